//! Records: what the compiler writes as data and the runtime reads through a pointer, declared once by [`record!`](crate::record!).
//!
//! A record is a `#[repr(C)]` struct for the runtime; `core::mem::offset_of!` gives its offsets to assembly and to lowered code. With a
//! second name it is also what the compiler fills in, a struct of the same fields in which an address is whatever the writer takes for
//! one: every field is named, none can be left out, and the order of the declaration is nobody's business but this file's.

use core::mem::size_of;

// Addresses are 8 bytes on every target, and the compiler lays records out as it is laid out itself.
const _: () = assert!(size_of::<usize>() == 8, "records are those of 64-bit targets");

/// Where a record is written to.
pub trait Sink {
    /// What stands for the address of something.
    type Address;
    /// Bytes written so far.
    fn position(&self) -> usize;
    /// Appends bytes.
    fn bytes(&mut self, bytes: &[u8]);
    /// Appends an address.
    fn address(&mut self, address: Self::Address);
    /// Appends an address minus that of the place it is written at, in four bytes.
    fn relative(&mut self, address: Self::Address);
}

/// What a record can be made of.
pub trait Field<A> {
    /// What the compiler gives for it.
    type Written;
    /// Writes it.
    fn write<S: Sink<Address = A>>(value: Self::Written, sink: &mut S);
}

/// The compiler's side of a record.
pub trait Emit<A> {
    /// Writes the record.
    fn emit<S: Sink<Address = A>>(self, sink: &mut S);
}

/// Zeros up to a position.
pub fn pad<S: Sink>(sink: &mut S, position: usize) {
    while sink.position() < position {
        sink.bytes(&[0]);
    }
}

macro_rules! numbers {
    ($($ty:ty),*) => {
        $(
            impl<A> Field<A> for $ty {
                type Written = $ty;
                fn write<S: Sink<Address = A>>(value: $ty, sink: &mut S) {
                    sink.bytes(&value.to_le_bytes());
                }
            }
        )*
    };
}
numbers!(u8, u16, u32, u64, i32, i64);

impl<A, T> Field<A> for *const T {
    type Written = A;
    fn write<S: Sink<Address = A>>(value: A, sink: &mut S) {
        sink.address(value);
    }
}

impl<A, T> Field<A> for *mut T {
    type Written = A;
    fn write<S: Sink<Address = A>>(value: A, sink: &mut S) {
        sink.address(value);
    }
}

impl<A, T: Field<A>, const N: usize> Field<A> for [T; N] {
    type Written = [T::Written; N];
    fn write<S: Sink<Address = A>>(value: Self::Written, sink: &mut S) {
        for item in value {
            T::write(item, sink);
        }
    }
}

/// An address as its distance from here: such data needs no relocation when the program is loaded.
#[repr(transparent)]
#[derive(Debug)]
pub struct Relative(i32);

impl Relative {
    /// The address meant.
    #[inline(always)]
    #[must_use]
    pub fn address(&self) -> usize {
        (&raw const self.0).addr().wrapping_add_signed(self.0 as isize)
    }

    /// The address meant, or null: nothing is at its own place.
    #[inline(always)]
    #[must_use]
    pub fn pointer<T>(&self) -> *const T {
        if self.0 == 0 { core::ptr::null() } else { core::ptr::with_exposed_provenance(self.address()) }
    }
}

/// Set in an address that a MethodTable has of what was made at run time, which lies too far from the program for distances.
const MADE: usize = 1;

/// What a MethodTable has of a record that was made at run time, in the place of one that the program has.
pub(crate) fn mark_made<Made, Packed>(record: *const Made) -> *const Packed {
    record.cast::<u8>().wrapping_add(MADE).cast()
}

/// The record that was made at run time; null where it is the program's.
pub(crate) fn made_at<Packed, Made>(record: *const Packed) -> *const Made {
    if record.addr() & MADE == 0 { core::ptr::null() } else { record.cast::<u8>().wrapping_sub(MADE).cast() }
}

impl<A> Field<A> for Relative {
    type Written = A;
    fn write<S: Sink<Address = A>>(value: A, sink: &mut S) {
        sink.relative(value);
    }
}

/// Declares a record: `pub struct Name { … }`, or `pub struct Name, NameFields { … }` when the compiler writes it.
#[macro_export]
macro_rules! record {
    (
        $(#[doc = $doc:literal])*
        $(#[derive($($derive:ident),*)])?
        pub struct $name:ident $(, $fields:ident)? { $( $(#[doc = $field_doc:literal])* pub $field:ident: $ty:ty, )* }
    ) => {
        $(#[doc = $doc])*
        #[repr(C)]
        #[derive(Debug $($(, $derive)*)?)]
        pub struct $name {
            $( $(#[doc = $field_doc])* pub $field: $ty, )*
        }

        $crate::record!(@write $name $($fields)? { $($field: $ty,)* });
    };
    (@write $name:ident { $($field:ident: $ty:ty,)* }) => {};
    (@write $name:ident $fields:ident { $($field:ident: $ty:ty,)* }) => {
        #[doc = concat!("What the compiler writes a [`", stringify!($name), "`] from.")]
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[allow(missing_docs, reason = "the fields are those of the record")]
        pub struct $fields<A> {
            $( pub $field: <$ty as $crate::record::Field<A>>::Written, )*
        }

        impl<A> $crate::record::Emit<A> for $fields<A> {
            fn emit<S: $crate::record::Sink<Address = A>>(self, sink: &mut S) {
                let start = sink.position();
                $(
                    $crate::record::pad(sink, start + core::mem::offset_of!($name, $field));
                    <$ty as $crate::record::Field<A>>::write(self.$field, sink);
                )*
                $crate::record::pad(sink, start + core::mem::size_of::<$name>());
            }
        }

        impl<A> $crate::record::Field<A> for $name {
            type Written = $fields<A>;
            fn write<S: $crate::record::Sink<Address = A>>(value: $fields<A>, sink: &mut S) {
                $crate::record::Emit::emit(value, sink);
            }
        }
    };
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::{Emit, Relative, Sink};
    use std::vec::Vec;

    record! {
        /// A record inside of another.
        pub struct Inner, InnerFields {
            /// A number.
            pub number: u16,
            /// An address.
            pub address: *const u8,
        }
    }

    record! {
        /// A record of everything that a record can have.
        pub struct Outer, OuterFields {
            /// A byte, which leaves a gap behind it.
            pub byte: u8,
            /// Records.
            pub inner: [Inner; 2],
            /// A distance.
            pub near: Relative,
        }
    }

    /// Writes addresses as they are.
    #[derive(Default)]
    struct Plain(Vec<u8>);

    impl Sink for Plain {
        type Address = u64;
        fn position(&self) -> usize {
            self.0.len()
        }
        fn bytes(&mut self, bytes: &[u8]) {
            self.0.extend(bytes);
        }
        fn address(&mut self, address: u64) {
            self.0.extend(address.to_le_bytes());
        }
        fn relative(&mut self, address: u64) {
            self.0.extend((address as u32).wrapping_sub(self.0.len() as u32).to_le_bytes());
        }
    }

    #[test]
    fn a_record_reads_back_as_it_was_written() {
        let inner = |n: u16| InnerFields { address: 1000 + u64::from(n), number: n };
        let mut sink = Plain::default();
        OuterFields { near: 64, inner: [inner(1), inner(2)], byte: 7 }.emit(&mut sink);
        assert_eq!(sink.0.len(), size_of::<Outer>());
        let words: Vec<u64> = sink.0.chunks(8).map(|c| u64::from_le_bytes(c.try_into().unwrap())).collect();
        // SAFETY: as many aligned bytes as the struct has, of which any value is valid.
        let outer = unsafe { &*words.as_ptr().cast::<Outer>() };
        assert_eq!(outer.byte, 7);
        for (i, inner) in outer.inner.iter().enumerate() {
            assert_eq!((usize::from(inner.number), inner.address.addr()), (i + 1, 1001 + i));
        }
        assert_eq!(outer.near.address(), words.as_ptr().addr() + 64);
    }

    #[test]
    fn a_distance_is_from_its_own_place() {
        let near = Relative(-4);
        assert_eq!(near.address(), (&raw const near).addr() - 4);
    }
}
