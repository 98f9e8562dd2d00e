//! Manifest resources (ECMA-335 II.22.24) and the binary format that `ResourceReader` defines for them
//! (the `.resources` files in which the framework keeps its message texts).

use crate::bytes::Reader;
use crate::ids::ManifestResourceId;
use crate::{MetadataError, Module, Result};

impl Module {
    /// The bytes of a resource; `None` when it lives in another file or assembly.
    pub fn resource_data(&self, id: ManifestResourceId) -> Result<Option<&[u8]>> {
        let row = self.manifest_resource(id)?;
        if row.implementation.is_some() {
            return Ok(None);
        }
        let (rva, size) = self.cli_header().ok_or(MetadataError::BadResource("bare metadata has none"))?.resources;
        let all = self.rva_data(rva, size)?;
        let mut r = Reader::at(all, row.offset as usize);
        let len = r.u32("a resource")? as usize;
        r.take(len, "a resource").map(Some)
    }

    /// The bytes of the resource with this name.
    pub fn resource_by_name(&self, name: &str) -> Result<Option<&[u8]>> {
        for id in self.manifest_resources() {
            if self.manifest_resource(id)?.name == name {
                return self.resource_data(id);
            }
        }
        Ok(None)
    }
}

/// A `.resources` file.
#[derive(Clone, Debug)]
pub struct ResourceSet<'a> {
    data: &'a [u8],
    version: u32,
    type_names: Vec<&'a str>,
    count: u32,
    hashes: usize,
    positions: usize,
    names: usize,
    values: usize,
}

/// A value of a `.resources` file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ResourceValue<'a> {
    /// Null.
    Null,
    /// Text.
    String(&'a str),
    /// Another type: its `ResourceTypeCode` (or type index in version 1) and the bytes up to the end of the file.
    Other {
        /// The code.
        code: u32,
        /// Its name, for types that are not built in.
        type_name: Option<&'a str>,
        /// What follows.
        bytes: &'a [u8],
    },
}

const RES: &str = "a .resources file";

fn bad<T>(reason: &'static str) -> Result<T> {
    Err(MetadataError::BadResource(reason))
}

/// A string of `BinaryWriter`.
fn text<'a>(r: &mut Reader<'a>) -> Result<&'a str> {
    let n = r.leb_u32(RES)?;
    match core::str::from_utf8(r.take(n as usize, RES)?) {
        Ok(s) => Ok(s),
        Err(_) => bad("a string is not UTF-8"),
    }
}

impl<'a> ResourceSet<'a> {
    /// Parses the header.
    pub fn parse(data: &'a [u8]) -> Result<Self> {
        let mut r = Reader::new(data);
        if r.u32(RES)? != 0xBEEF_CACE {
            return bad("no signature");
        }
        r.u32(RES)?;
        let skip = r.u32(RES)?;
        r.take(skip as usize, RES)?;
        let version = r.u32(RES)?;
        if !(1..=2).contains(&version) {
            return bad("unknown version");
        }
        let count = r.u32(RES)?;
        let type_count = r.u32(RES)?;
        if type_count as usize > r.remaining() {
            return bad("more types than bytes");
        }
        let mut type_names = Vec::new();
        for _ in 0..type_count {
            type_names.push(text(&mut r)?);
        }
        r.seek((r.pos() + 7) & !7);
        let table = (count as usize).saturating_mul(4);
        let hashes = r.pos();
        r.take(table, RES)?;
        let positions = r.pos();
        r.take(table, RES)?;
        let values = r.u32(RES)? as usize;
        Ok(Self { data, version, type_names, count, hashes, positions, names: r.pos(), values })
    }

    /// Number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count as usize
    }

    /// Whether there are no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Name bytes (UTF-16) and value of an entry, in hash order.
    fn entry(&self, index: usize) -> Result<(&'a [u8], ResourceValue<'a>)> {
        let position = Reader::at(self.data, self.positions + index * 4).u32(RES)?;
        let mut r = Reader::at(self.data, self.names.saturating_add(position as usize));
        let n = r.leb_u32(RES)?;
        let name = r.take(n as usize, RES)?;
        let offset = r.u32(RES)?;
        let mut r = Reader::at(self.data, self.values.saturating_add(offset as usize));
        let code = r.leb_u32(RES)?;
        if self.version == 1 {
            // Version 1 stores an index into the type names, -1 for null.
            if code == u32::MAX {
                return Ok((name, ResourceValue::Null));
            }
            let Some(&ty) = self.type_names.get(code as usize) else {
                return bad("unknown type index");
            };
            if ty.starts_with("System.String") {
                return Ok((name, ResourceValue::String(text(&mut r)?)));
            }
            return Ok((name, ResourceValue::Other { code, type_name: Some(ty), bytes: r.rest() }));
        }
        Ok((
            name,
            match code {
                0 => ResourceValue::Null,
                1 => ResourceValue::String(text(&mut r)?),
                // User types start at 0x40.
                _ => {
                    let type_name = code.checked_sub(0x40).and_then(|n| self.type_names.get(n as usize)).copied();
                    ResourceValue::Other { code, type_name, bytes: r.rest() }
                }
            },
        ))
    }

    /// All entries: names as text and values, in the order of the file (by hash of the name).
    pub fn entries(&self) -> impl Iterator<Item = Result<(String, ResourceValue<'a>)>> + '_ {
        (0..self.len()).map(|n| {
            let (name, value) = self.entry(n)?;
            let units = name.chunks_exact(2).map(|c| u16::from_le_bytes([c[0], c[1]]));
            let name = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
            Ok((name, value))
        })
    }

    /// The value with this name.
    pub fn get(&self, name: &str) -> Result<Option<ResourceValue<'a>>> {
        let wanted = name_hash(name);
        let hash = |n: usize| Reader::at(self.data, self.hashes + n * 4).i32(RES);
        let (mut lo, mut hi) = (0, self.len());
        while lo < hi {
            let mid = lo + (hi - lo) / 2;
            if hash(mid)? < wanted { lo = mid + 1 } else { hi = mid }
        }
        while lo < self.len() && hash(lo)? == wanted {
            let (utf16, value) = self.entry(lo)?;
            let units = utf16.chunks_exact(2).map(|c| u16::from_le_bytes([c[0], c[1]]));
            if units.eq(name.encode_utf16()) {
                return Ok(Some(value));
            }
            lo += 1;
        }
        Ok(None)
    }

    /// The text with this name.
    pub fn string(&self, name: &str) -> Result<Option<&'a str>> {
        Ok(match self.get(name)? {
            Some(ResourceValue::String(s)) => Some(s),
            _ => None,
        })
    }
}

/// The hash by which entries are sorted: `hash = (hash * 33) ^ unit`, from 5381.
fn name_hash(name: &str) -> i32 {
    let hash = name.encode_utf16().fold(5381u32, |h, c| h.wrapping_mul(33) ^ u32::from(c));
    hash.cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_strings() {
        let mut entries = [("Hello", "World"), ("B", "two"), ("Nothing", "")];
        entries.sort_by_key(|e| name_hash(e.0));
        let mut names = Vec::new();
        let mut values = Vec::new();
        let mut positions = Vec::new();
        for (name, value) in entries {
            positions.push(names.len() as u32);
            names.push((name.len() * 2) as u8);
            names.extend(name.encode_utf16().flat_map(u16::to_le_bytes));
            names.extend((values.len() as u32).to_le_bytes());
            values.extend([1, value.len() as u8]);
            values.extend(value.bytes());
        }
        let mut f = 0xBEEF_CACEu32.to_le_bytes().to_vec();
        for n in [1u32, 0, 2, 3, 0] {
            f.extend(n.to_le_bytes());
        }
        f.resize(f.len().next_multiple_of(8), b'P');
        for (name, _) in entries {
            f.extend(name_hash(name).to_le_bytes());
        }
        for p in positions {
            f.extend(p.to_le_bytes());
        }
        f.extend(((f.len() + 4 + names.len()) as u32).to_le_bytes());
        f.extend(names);
        f.extend(values);
        let set = ResourceSet::parse(&f).unwrap();
        for (name, value) in entries {
            assert_eq!(set.string(name).unwrap(), Some(value));
        }
        assert_eq!(set.string("Missing").unwrap(), None);
        assert_eq!(set.entries().count(), 3);
        for cut in 0..f.len() {
            if let Ok(set) = ResourceSet::parse(&f[..cut]) {
                let _ = set.string("Hello");
                assert!(set.entries().count() <= 3);
            }
        }
    }
}
