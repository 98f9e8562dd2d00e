//! The method table `kiln_methods`, GC records and display names (`abi::program::MethodEntry`, contract §9).

mod inlined;

use crate::DataError;
use crate::image::{Image, Place};
use crate::names::Names;
use crate::record::Record;
use inlined::Inlined;
use kiln_abi::line_info::{HAS_INLINED, HAS_LINES};
use kiln_abi::program::MethodEntryFields;
use kiln_support::FxHashMap;
use kiln_typesys::MethodDesc;

pub(crate) use inlined::methods as inlined_methods;

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
    /// Where its calls are, as far as there is something to tell, by ascending return offset.
    pub places: Vec<CallPlace>,
    /// Calls that were inlined, an outer one before those in it.
    pub inlined: Vec<InlinedCall>,
}

/// File and line.
pub type Line = (String, u32);

/// Where a call is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CallPlace {
    /// Its return offset.
    pub return_offset: u32,
    /// The inlined call that it is in: 0 is none, 1 the first.
    pub inlined: u32,
    /// Its line, with `-g`.
    pub line: Option<Line>,
}

/// An inlined call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InlinedCall {
    /// What was called.
    pub method: MethodDesc,
    /// As [`MethodRecord::display`].
    pub display: (String, String),
    /// As [`MethodRecord::flags`].
    pub flags: u32,
    /// The inlined call that it is in: 0 is none, 1 the first.
    pub outer: u32,
    /// Its line, with `-g`.
    pub line: Option<Line>,
}

/// Symbols of the parts.
pub(crate) const METHODS: &str = "kiln_methods";
/// GC records.
pub(crate) const GC: &str = "kiln_gc_bytes";
/// Display names.
pub(crate) const NAMES: &str = "kiln_method_names";
/// Methods of inlined calls.
pub(crate) const INLINED: &str = "kiln_inlined_methods";

/// Emits the table.
pub(crate) fn emit(image: &mut Image<'_>, methods: &[MethodRecord]) -> Result<(), DataError> {
    let mut table = Record::default();
    let mut gc: Vec<u8> = Vec::new();
    let mut names = Names::new();
    let mut known: FxHashMap<Vec<u8>, u32> = FxHashMap::default();
    let numbers = inlined::numbers(methods);
    for m in methods {
        let inlined = Inlined::of(m);
        let gc_offset = match &m.gc {
            None => u32::MAX,
            Some(bytes) => {
                let mut bytes = bytes.clone();
                inlined.encode(&numbers, &mut bytes);
                match known.get(&bytes) {
                    Some(&o) => o,
                    None => {
                        let o = u32::try_from(gc.len()).map_err(|_| DataError::TooLarge("the GC table"))?;
                        gc.extend_from_slice(&bytes);
                        known.insert(bytes, o);
                        o
                    }
                }
            }
        };
        let name_offset = match &m.display {
            None => u32::MAX,
            Some(name) => named(&mut names, name, m, &inlined)? | m.flags | if inlined.is_empty() { 0 } else { HAS_INLINED },
        };
        table.push(MethodEntryFields { function: m.symbol.as_str().into(), gc_offset, name_offset });
    }
    // The decoder reads a whole varint at a time: room behind the last one.
    gc.extend_from_slice(&[0; 16]);
    let mut pool = Vec::with_capacity(numbers.len());
    for call in numbers.values() {
        pool.push(names.share(&call.display)? | call.flags);
    }
    image.define(METHODS, "methods", Place::ReadOnly, 8, table);
    image.define(GC, "gc", Place::ReadOnly, 8, Record::raw(gc));
    image.define(NAMES, "names", Place::ReadOnly, 8, Record::raw(names.finish()));
    image.define(INLINED, "names", Place::ReadOnly, 8, Record::array::<u32>(pool));
    Ok(())
}

/// Offset of a method's name, with its lines behind it where there are any.
fn named(names: &mut Names, name: &(String, String), m: &MethodRecord, inlined: &Inlined<'_>) -> Result<u32, DataError> {
    let sites: Vec<_> = m.places.iter().filter_map(|p| Some((p.return_offset, p.line.as_ref()?))).collect();
    if sites.is_empty() && inlined.calls().all(|c| c.line.is_none()) {
        return names.share(name);
    }
    // The files' names come first: the record is in one piece.
    let mut numbers = vec![sites.len() as u32];
    let mut last = 0;
    for (offset, (file, line)) in sites {
        numbers.extend([offset.wrapping_sub(last), names.file(file)?, *line]);
        last = offset;
    }
    for call in inlined.calls() {
        numbers.extend(match &call.line {
            Some((file, line)) => [names.file(file)?, *line],
            None => [0, 0],
        });
    }
    let offset = names.add(name)?;
    numbers.into_iter().for_each(|n| names.varint(n));
    Ok(offset | HAS_LINES)
}
