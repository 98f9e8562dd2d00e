//! `System.IO.Stream`: which of its virtual methods a class overrides.

use kiln_rt::mt::Obj;

/// Does a stream class implement the old asynchronous pattern itself? The answer "no" is always correct, only slower.
#[unsafe(export_name = "System.IO.Stream::HasOverriddenBeginEndRead():System.Boolean")]
extern "C" fn overridden_begin_read(_stream: Obj) -> i32 {
    0
}

#[unsafe(export_name = "System.IO.Stream::HasOverriddenBeginEndWrite():System.Boolean")]
extern "C" fn overridden_begin_write(_stream: Obj) -> i32 {
    0
}
