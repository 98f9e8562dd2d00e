//! Runtime helpers, the functions that compiled code calls: each is declared once, in `list.rs`, with its parameters and effect.
//!
//! Here the list becomes what both sides need. The compiler has [`Helper`] with its [`Signature`]; the runtime has [`link`], by which
//! it calls what is written in assembly, and [`signature`], against which it checks what it defines:
//!
//! ```text
//! macro_rules! check { ($($(#[$doc:meta])* $name:ident $rest:tt -> $result:ident, $effect:ident;)*) => {
//!     $( const _: kiln_abi::helpers::signature::$name = $name; )*
//! } }
//! kiln_abi::for_each_helper!(check);
//! ```

pub mod kind;
mod list;

use crate::for_each_helper;
use kind::{Kind, Register};

/// What a helper may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It may collect and throw: a statepoint.
    Gc,
    /// Neither.
    Leaf,
    /// As `Gc`, and it never returns.
    NoReturn,
}

/// A helper as compiled code sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    /// Parameters.
    pub params: &'static [Register],
    /// Result.
    pub ret: Register,
    /// Effect.
    pub effect: Effect,
}

macro_rules! compiler_side {
    ($($(#[$doc:meta])* $name:ident($($param:ident: $kind:ident),*) -> $ret:ident, $effect:ident;)*) => {
        /// A helper; its name is the link name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Helper {
            $($(#[$doc])* $name,)*
        }

        impl Helper {
            /// All of them, in the order of the list.
            pub const ALL: &[Helper] = &[$(Helper::$name),*];

            /// Link name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Helper::$name => stringify!($name),)*
                }
            }

            /// Parameters, result, effect.
            #[must_use]
            pub const fn signature(self) -> Signature {
                match self {
                    $(Helper::$name => Signature {
                        params: &[$(<kind::$kind as Kind>::REGISTER),*],
                        ret: <kind::$ret as Kind>::REGISTER,
                        effect: Effect::$effect,
                    },)*
                }
            }
        }
    };
}
for_each_helper!(compiler_side);

impl Helper {
    /// The helper of a link name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|h| h.name() == name)
    }
}

// By name, as everything that is sorted for an output.
impl Ord for Helper {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        self.name().cmp(other.name())
    }
}

impl PartialOrd for Helper {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl core::fmt::Display for Helper {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.name())
    }
}

macro_rules! runtime_side {
    ($($(#[$doc:meta])* $name:ident($($param:ident: $kind:ident),*) -> $ret:ident, $effect:ident;)*) => {
        /// The type of each helper: a definition that is not of it does not compile.
        pub mod signature {
            use super::kind::{self, Kind};
            $(
                $(#[$doc])*
                pub type $name = unsafe extern "C" fn($(<kind::$kind as Kind>::Rust),*) -> <kind::$ret as Kind>::Rust;
            )*
        }

        /// Declarations, for those that the runtime defines in assembly. Such as do not return are not declared so: the frames that
        /// call them are left by unwinding.
        pub mod link {
            use super::kind::{self, Kind};
            unsafe extern "C" {
                $(
                    $(#[$doc])*
                    pub fn $name($($param: <kind::$kind as Kind>::Rust),*) -> <kind::$ret as Kind>::Rust;
                )*
            }
        }
    };
}
for_each_helper!(runtime_side);

/// `RhpThrowHelper` kinds.
pub mod throw_kind {
    /// TypeLoadException.
    pub const TYPE_LOAD: i32 = 1;
    /// MissingMethodException.
    pub const MISSING_METHOD: i32 = 2;
    /// MissingFieldException.
    pub const MISSING_FIELD: i32 = 3;
    /// FileNotFoundException (assembly).
    pub const FILE_NOT_FOUND: i32 = 4;
    /// InvalidProgramException.
    pub const INVALID_PROGRAM: i32 = 5;
    /// PlatformNotSupportedException.
    pub const PLATFORM_NOT_SUPPORTED: i32 = 6;
    /// AmbiguousImplementationException.
    pub const AMBIGUOUS_IMPLEMENTATION: i32 = 7;
    /// NotSupportedException.
    pub const NOT_SUPPORTED: i32 = 8;
    /// EntryPointNotFoundException (interface method missing on the receiver).
    pub const ENTRY_POINT_NOT_FOUND: i32 = 9;
    /// BadImageFormatException (a call of an abstract method that is no virtual call).
    pub const BAD_IMAGE_FORMAT: i32 = 10;
    /// VerificationException (type arguments of a method that break a constraint).
    pub const VERIFICATION: i32 = 11;
    /// TypeAccessException.
    pub const TYPE_ACCESS: i32 = 12;
    /// MethodAccessException.
    pub const METHOD_ACCESS: i32 = 13;
    /// FieldAccessException.
    pub const FIELD_ACCESS: i32 = 14;
    /// InvalidOperationException (an instance of an abstract class).
    pub const ABSTRACT_INSTANCE: i32 = 15;
}

#[cfg(test)]
mod tests {
    use super::{Effect, Helper, kind::Register};

    #[test]
    fn a_helper_is_found_by_its_link_name() {
        for &helper in Helper::ALL {
            assert_eq!(Helper::find(helper.name()), Some(helper));
        }
        assert_eq!(Helper::find("RhpNothing"), None);
    }

    #[test]
    fn signatures_follow_the_list() {
        let boxing = Helper::RhpBox.signature();
        assert_eq!((boxing.params, boxing.ret, boxing.effect), (&[Register::Ptr, Register::Ref][..], Register::Ref, Effect::Gc));
        let throw = Helper::RhpThrowOverflow.signature();
        assert_eq!((throw.params, throw.ret, throw.effect), (&[][..], Register::Void, Effect::NoReturn));
    }

    #[test]
    fn helpers_that_do_not_return_give_nothing() {
        for helper in Helper::ALL {
            let signature = helper.signature();
            assert!(signature.effect != Effect::NoReturn || signature.ret == Register::Void, "{helper}");
        }
    }
}
