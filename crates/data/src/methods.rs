//! The method table `kiln_methods`, GC records and display names (`abi::program::MethodEntry`, contract §9).

use crate::DataError;
use crate::image::{Image, Place, Record};
use kiln_abi::line_info::{HAS_LINES, NAME};
use kiln_support::FxHashMap;
use kiln_typesys::MethodDesc;

/// One compiled function, in link order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MethodRecord {
    /// Its symbol.
    pub symbol: String,
    /// Encoded GC record (`abi::gc_info`); `None` when it has no call sites.
    pub gc: Option<Vec<u8>>,
    /// `Ns.Type.Method(params)` for stack traces; `None` = hidden.
    pub display: Option<String>,
    /// What it is compiled from, for methods with a name.
    pub method: Option<MethodDesc>,
    /// `line_info::HIDDEN` and `ASYNC`, as they apply.
    pub flags: u32,
    /// Lines of its calls, by ascending return offset: file and line; only with `-g`.
    pub lines: Vec<(u32, String, u32)>,
}

/// Symbols of the three parts.
pub(crate) const METHODS: &str = "kiln_methods";
/// GC records.
pub(crate) const GC: &str = "kiln_gc_bytes";
/// Display names.
pub(crate) const NAMES: &str = "kiln_method_names";

/// Appends a NUL-terminated name. Its offset leaves room for a flag.
fn name(names: &mut Vec<u8>, text: &str) -> Result<u32, DataError> {
    let offset = u32::try_from(names.len()).ok().filter(|o| *o <= NAME).ok_or(DataError::TooLarge("the name table"))?;
    names.extend_from_slice(text.as_bytes());
    names.push(0);
    Ok(offset)
}

/// Appends the lines of a method (`abi::line_info`).
fn lines(names: &mut Vec<u8>, lines: &[(u32, String, u32)], files: &FxHashMap<&str, u32>) {
    let mut varint = |mut value: u32| {
        while value >= 0x80 {
            names.push(value as u8 | 0x80);
            value >>= 7;
        }
        names.push(value as u8);
    };
    varint(lines.len() as u32);
    let mut last = 0;
    for (offset, file, line) in lines {
        varint(offset.wrapping_sub(last));
        varint(files.get(file.as_str()).copied().unwrap_or_default());
        varint(*line);
        last = *offset;
    }
}

/// Emits the table.
pub(crate) fn emit(image: &mut Image<'_>, methods: &[MethodRecord]) -> Result<(), DataError> {
    let mut table = Record::default();
    let mut gc: Vec<u8> = Vec::new();
    let mut names: Vec<u8> = Vec::new();
    let mut known: FxHashMap<&[u8], u32> = FxHashMap::default();
    let mut known_names: FxHashMap<&str, u32> = FxHashMap::default();
    let mut known_files: FxHashMap<&str, u32> = FxHashMap::default();
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
            Some(d) if !m.lines.is_empty() => {
                for (_, file, _) in &m.lines {
                    if !known_files.contains_key(file.as_str()) {
                        known_files.insert(file, name(&mut names, file)?);
                    }
                }
                let o = name(&mut names, d)?;
                lines(&mut names, &m.lines, &known_files);
                o | HAS_LINES
            }
            Some(d) => match known_names.get(d) {
                Some(&o) => o,
                None => {
                    let o = name(&mut names, d)?;
                    known_names.insert(d, o);
                    o
                }
            },
        };
        table.rel32(&m.symbol);
        table.u32(gc_offset);
        table.u32(if name_offset == u32::MAX { name_offset } else { name_offset | m.flags });
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
