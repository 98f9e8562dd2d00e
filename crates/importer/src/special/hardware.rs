//! Hardware intrinsics: what of `System.Runtime.Intrinsics` the compiler answers or replaces.
//!
//! The IL body of a method of an instruction set (`Sse2.Add`) calls the method itself: it stands for the instruction. Where the
//! program's processor has none, that is a PlatformNotSupportedException.

use super::{Done, Site, done};
use crate::build::{Importer, Res};
use kiln_abi::helpers::throw_kind;
use kiln_mir::Term;

/// What .NET says (`PlatformNotSupported` of CoreLib's resources).
const MESSAGE: &str = "Operation is not supported on this platform.";

impl Importer<'_> {
    /// A method of the class of an instruction set.
    pub(super) fn instruction_set(&mut self, s: &Site<'_>) -> Res<Done> {
        if s.name == "get_IsSupported" {
            let v = self.i32(0);
            return done(v);
        }
        if self.ts.method_definition(s.method) != self.ts.method_definition(self.method) {
            return Ok(None);
        }
        self.end(Term::ThrowHelper(throw_kind::PLATFORM_NOT_SUPPORTED, MESSAGE.to_owned()));
        Ok(Some(None))
    }
}
