//! Bytes under construction, with the places that hold addresses. A record of `kiln_abi` is written by naming its fields
//! (`kiln_abi::record`): nothing else here knows what a number or an address in a record means.

use crate::LinkName;
use kiln_abi::record::{Emit, Field, Sink};

/// The address of a symbol plus an offset, or null.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Address(Option<(LinkName, i64)>);

impl Address {
    /// Null.
    pub const NULL: Self = Self(None);

    /// An address inside of what a symbol names.
    pub fn inside(symbol: &str, offset: i64) -> Self {
        Self(Some((symbol.into(), offset)))
    }
}

impl From<LinkName> for Address {
    fn from(symbol: LinkName) -> Self {
        Self(Some((symbol, 0)))
    }
}

impl From<String> for Address {
    fn from(symbol: String) -> Self {
        Self(Some((symbol.into(), 0)))
    }
}

impl From<&str> for Address {
    fn from(symbol: &str) -> Self {
        Self::inside(symbol, 0)
    }
}

impl<T: Into<LinkName>> From<Option<T>> for Address {
    fn from(symbol: Option<T>) -> Self {
        Self(symbol.map(|s| (s.into(), 0)))
    }
}

/// A place that the linker fills in.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Reference {
    /// Offset of the place.
    pub at: usize,
    /// What it refers to.
    pub symbol: LinkName,
    /// Offset from the symbol.
    pub addend: i64,
    /// Four bytes that count from their own place; else eight.
    pub relative: bool,
}

/// Records, or arrays of what records consist of.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Record {
    bytes: Vec<u8>,
    references: Vec<Reference>,
}

impl Record {
    /// One record.
    pub fn of(fields: impl Emit<Address>) -> Self {
        let mut record = Self::default();
        record.push(fields);
        record
    }

    /// An array.
    pub fn array<T: Field<Address>>(items: impl IntoIterator<Item = T::Written>) -> Self {
        let mut record = Self::default();
        record.items::<T>(items);
        record
    }

    /// Bytes without a structure.
    pub fn raw(bytes: Vec<u8>) -> Self {
        Self { bytes, references: Vec::new() }
    }

    /// Appends a record.
    pub fn push(&mut self, fields: impl Emit<Address>) {
        fields.emit(self);
    }

    /// Appends an array.
    pub fn items<T: Field<Address>>(&mut self, items: impl IntoIterator<Item = T::Written>) {
        for item in items {
            T::write(item, self);
        }
    }

    /// Appends the address of a symbol, or null.
    pub fn pointer(&mut self, to: impl Into<Address>) {
        self.address(to.into());
    }

    /// Appends zeros up to a size.
    pub fn grow(&mut self, size: usize) {
        self.bytes.resize(size.max(self.bytes.len()), 0);
    }

    /// Bytes.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Number of items of a type.
    pub fn count<T>(&self) -> u64 {
        (self.bytes.len() / size_of::<T>()) as u64
    }

    /// Holds addresses that are known when the program is loaded? Distances are known before.
    pub fn has_addresses(&self) -> bool {
        self.references.iter().any(|r| !r.relative)
    }

    /// Holds nothing but zeros.
    pub fn is_zero(&self) -> bool {
        self.references.is_empty() && self.bytes.iter().all(|&b| b == 0)
    }

    /// Bytes and places.
    pub fn into_parts(self) -> (Vec<u8>, Vec<Reference>) {
        (self.bytes, self.references)
    }

    fn refer(&mut self, Address(to): Address, relative: bool) {
        if let Some((symbol, addend)) = to {
            self.references.push(Reference { at: self.bytes.len(), symbol, addend, relative });
        }
        self.bytes.extend(std::iter::repeat_n(0, if relative { 4 } else { 8 }));
    }
}

impl Sink for Record {
    type Address = Address;

    fn position(&self) -> usize {
        self.bytes.len()
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.bytes.extend(bytes);
    }

    fn address(&mut self, address: Address) {
        self.refer(address, false);
    }

    fn relative(&mut self, address: Address) {
        self.refer(address, true);
    }
}

#[cfg(test)]
mod tests {
    use super::{Address, LinkName, Record};
    use core::mem::offset_of;
    use kiln_abi::dispatch::{DispatchCell, DispatchCellFields};
    use kiln_abi::program::{MethodEntry, MethodEntryFields};

    #[test]
    fn addresses_are_where_the_record_has_their_fields() {
        let record = Record::of(DispatchCellFields {
            slot: 5,
            interface: Address::inside("interface", 8),
            entry: "entry".into(),
            misses: 0,
            active_offset: 0,
            vtable_offset: 0x1234_5678,
        });
        let (bytes, references) = record.into_parts();
        assert_eq!(bytes.len(), size_of::<DispatchCell>());
        assert_eq!(bytes[offset_of!(DispatchCell, slot)], 5);
        assert_eq!(bytes[offset_of!(DispatchCell, vtable_offset)], 0x78);
        let at = |symbol: &str| references.iter().find(|r| &*r.symbol == symbol).map(|r| (r.at, r.addend));
        assert_eq!(at("entry"), Some((offset_of!(DispatchCell, entry), 0)));
        assert_eq!(at("interface"), Some((offset_of!(DispatchCell, interface), 8)));
    }

    #[test]
    fn null_takes_room_and_no_reference() {
        let record = Record::array::<*const u8>([Address::NULL, Address::from(None::<LinkName>)]);
        assert_eq!((record.len(), record.has_addresses()), (16, false));
    }

    #[test]
    fn distances_are_relative_references() {
        let entry = |name: &str| MethodEntryFields { name_offset: 0, gc_offset: 0, function: name.into() };
        let (_, references) = Record::array::<MethodEntry>([entry("a"), entry("b")]).into_parts();
        assert!(references.iter().all(|r| r.relative));
        assert_eq!(references[1].at, size_of::<MethodEntry>() + offset_of!(MethodEntry, function));
    }
}
