//! The method table `kiln_methods`, GC records and display names (`abi::program::MethodEntry`, contract §9).

use crate::DataError;
use crate::image::{Image, Place};
use crate::names::Names;
use crate::record::Record;
use kiln_abi::line_info::HAS_LINES;
use kiln_abi::program::MethodEntryFields;
use kiln_support::FxHashMap;
use kiln_typesys::MethodDesc;

/// One compiled function, in link order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MethodRecord {
    /// Its symbol.
    pub symbol: String,
    /// Encoded GC record (`abi::gc_info`); `None` when it has no call sites.
    pub gc: Option<Vec<u8>>,
    /// `Ns.Type` and `Method(params)` for stack traces; `None` = hidden.
    pub display: Option<(String, String)>,
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

/// Emits the table.
pub(crate) fn emit(image: &mut Image<'_>, methods: &[MethodRecord]) -> Result<(), DataError> {
    let mut table = Record::default();
    let mut gc: Vec<u8> = Vec::new();
    let mut names = Names::new();
    let mut known: FxHashMap<&[u8], u32> = FxHashMap::default();
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
        let name_offset = match &m.display {
            None => u32::MAX,
            Some(name) if m.lines.is_empty() => names.share(name)?,
            Some(name) => {
                // The files' names come first: the record is in one piece.
                let files = m.lines.iter().map(|(_, file, _)| names.file(file)).collect::<Result<Vec<_>, _>>()?;
                let offset = names.add(name)?;
                names.varint(m.lines.len() as u32);
                let mut last = 0;
                for ((offset, _, line), file) in m.lines.iter().zip(files) {
                    for value in [offset.wrapping_sub(last), file, *line] {
                        names.varint(value);
                    }
                    last = *offset;
                }
                offset | HAS_LINES
            }
        };
        table.push(MethodEntryFields {
            function: m.symbol.as_str().into(),
            gc_offset,
            name_offset: if name_offset == u32::MAX { name_offset } else { name_offset | m.flags },
        });
    }
    // The decoder reads a whole varint at a time: room behind the last one.
    gc.extend_from_slice(&[0; 16]);
    image.define(METHODS, "methods", Place::ReadOnly, 8, table);
    image.define(GC, "gc", Place::ReadOnly, 8, Record::raw(gc));
    image.define(NAMES, "names", Place::ReadOnly, 8, Record::raw(names.finish()));
    Ok(())
}
