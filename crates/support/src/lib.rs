//! What every other crate may use: deterministic maps, typed ids and content hashes.
//!
//! `FxHashMap` is for lookups only; whatever is iterated into an output is an `IndexMap`,
//! a `BTreeMap` or sorted first (determinism is a rule of the project, see STYLE.md).

#![forbid(unsafe_code)]

pub mod hash;

pub use hash::{ContentHash, ContentHasher};
pub use indexmap::{IndexMap, IndexSet, map as index_map};
pub use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

/// An insertion-ordered map with a fast deterministic hasher.
pub type FxIndexMap<K, V> = IndexMap<K, V, FxBuildHasher>;
/// An insertion-ordered set with a fast deterministic hasher.
pub type FxIndexSet<K> = IndexSet<K, FxBuildHasher>;

/// Defines a `Copy` 32-bit id with a display prefix.
///
/// `entity_impl!(BlockId, "bb")` prints as `bb3`.
#[macro_export]
macro_rules! entity_impl {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u32);
        impl $name {
            /// The id of the `index`-th entity.
            #[must_use]
            pub fn new(index: usize) -> Self {
                Self(u32::try_from(index).expect("fewer than 2^32 entities"))
            }
            /// The position in the table that this id indexes.
            #[must_use]
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }
        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }
    };
}
