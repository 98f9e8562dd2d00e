//! The method table `kiln_methods`, GC records and display names (`abi::program::MethodEntry`, contract §9).

use crate::DataError;
use crate::image::{Image, Place, Record};
use kiln_support::FxHashMap;

/// One compiled function, in link order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MethodRecord {
    /// Its symbol.
    pub symbol: String,
    /// Encoded GC record (`abi::gc_info`); `None` when it has no call sites.
    pub gc: Option<Vec<u8>>,
    /// `Ns.Type.Method(params)` for stack traces; `None` = hidden.
    pub display: Option<String>,
}

/// Symbols of the three parts.
pub(crate) const METHODS: &str = "kiln_methods";
/// GC records.
pub(crate) const GC: &str = "kiln_gc_bytes";
/// Display names.
pub(crate) const NAMES: &str = "kiln_method_names";

/// Emits the table.
pub(crate) fn emit(image: &mut Image<'_>, methods: &[MethodRecord]) -> Result<(), DataError> {
    let mut table = Record::default();
    let mut gc: Vec<u8> = Vec::new();
    let mut names: Vec<u8> = Vec::new();
    let mut known: FxHashMap<&[u8], u32> = FxHashMap::default();
    let mut known_names: FxHashMap<&str, u32> = FxHashMap::default();
    for m in methods {
        let gc_offset = match &m.gc {
            None => u32::MAX,
            Some(bytes) => match known.get(bytes.as_slice()) {
                Some(&o) => o,
                None => {
                    let o = u32::try_from(gc.len()).map_err(|_| DataError::TooLarge("the GC table"))?;
                    gc.extend_from_slice(bytes);
                    known.insert(bytes, o);
                    o
                }
            },
        };
        let name_offset = match m.display.as_deref() {
            None => u32::MAX,
            Some(d) => match known_names.get(d) {
                Some(&o) => o,
                None => {
                    let o = u32::try_from(names.len()).map_err(|_| DataError::TooLarge("the name table"))?;
                    names.extend_from_slice(d.as_bytes());
                    names.push(0);
                    known_names.insert(d, o);
                    o
                }
            },
        };
        table.rel32(&m.symbol);
        table.u32(gc_offset);
        table.u32(name_offset);
    }
    // The decoder reads a whole varint at a time: room behind the last one.
    gc.extend_from_slice(&[0; 16]);
    names.push(0);
    image.define(METHODS, "methods", Place::ReadOnly, 8, table);
    let record = |bytes: Vec<u8>| {
        let mut r = Record::default();
        r.bytes = bytes;
        r
    };
    image.define(GC, "gc", Place::ReadOnly, 8, record(gc));
    image.define(NAMES, "names", Place::ReadOnly, 8, record(names));
    Ok(())
}
