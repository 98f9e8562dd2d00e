//! What cannot be made, said to the program.

use kiln_abi::helpers::throw_kind;
use kiln_abi::program::exception_kind;

use kiln_rt::helpers::RhpThrowHelper;
use kiln_rt::mt::Mt;

use crate::members::variables;
use crate::names::{self, Kind};
use crate::text::Text;

/// The name of an instantiation that has no table: `G`1[A,B]`.
unsafe fn put_instantiation(text: &mut Text, definition: Mt, arguments: &[Mt]) {
    // SAFETY: types with descriptions.
    unsafe {
        names::write(text, definition, Kind::Full);
        for (i, &a) in arguments.iter().enumerate() {
            text.put(if i == 0 { b"[" } else { b"," });
            names::write(text, a, Kind::Display);
        }
        text.put(b"]");
    }
}

/// Unavailable code: an instantiation over value types that nothing in the program names, so that nobody compiled it.
///
/// # Safety
/// Types; called by a native that may throw, and nothing of it is pending.
#[cold]
pub(super) unsafe fn unavailable(definition: Mt, arguments: &[Mt]) {
    let mut text = Text::new();
    // SAFETY: promised; the message lives on: nothing runs after the throw.
    unsafe {
        text.put(b"'");
        put_instantiation(&mut text, definition, arguments);
        text.put(
            b"' has no code in this program: it was not made at compile time, and what is made at run time is over reference types. \
A type that the program names, with typeof or by using it, is compiled; so is what --root names.\0",
        );
        RhpThrowHelper(throw_kind::NOT_SUPPORTED, text.bytes().as_ptr().cast());
    }
}

/// Too many arguments or too few: the class library's own text.
///
/// # Safety
/// As `unavailable`.
#[cold]
pub(super) unsafe fn number(_definition: Mt) {
    let text = c"The number of generic arguments provided doesn't equal the arity of the generic type definition.";
    // SAFETY: a constant text; promised.
    unsafe { RhpThrowHelper(exception_kind::ARGUMENT, text.as_ptr()) }
}

/// An argument does not meet the constraints of its parameter: the runtime's own text, which `MakeGenericType` turns into its own.
///
/// # Safety
/// As `unavailable`.
#[cold]
pub(super) unsafe fn violates(definition: Mt, arguments: &[Mt], index: usize) {
    let mut text = Text::new();
    // SAFETY: as above.
    unsafe {
        text.put(b"GenericArguments[");
        if index >= 10 {
            text.put(&[b'0' + (index / 10 % 10) as u8]);
        }
        text.put(&[b'0' + (index % 10) as u8]);
        text.put(b"], '");
        names::write(&mut text, arguments[index], Kind::Display);
        text.put(b"', on '");
        names::write(&mut text, definition, Kind::Display);
        text.put(b"' violates the constraint of type parameter '");
        if let Some(&parameter) = variables::of_type(definition).get(index) {
            names::write(&mut text, parameter, Kind::Display);
        }
        text.put(b"'.\0");
        RhpThrowHelper(throw_kind::TYPE_LOAD, text.bytes().as_ptr().cast());
    }
}
