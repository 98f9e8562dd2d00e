//! Frozen objects: string literals, outside the moving heap, in one section (`abi::object`).

use crate::image::{Image, Place, Record};
use kiln_lir::Sym;
use kiln_typesys::WellKnown;

/// Start of the frozen objects.
pub(crate) const START: &str = "kiln_frozen_start";
/// End of the frozen objects.
pub(crate) const END: &str = "kiln_frozen_end";

/// Emits string literals and, apart from them, NUL-terminated texts.
pub(crate) fn emit(image: &mut Image<'_>) {
    let mut pad = Record::default();
    pad.u64(0);
    image.define(START, "string", Place::Frozen, 16, pad);
    let string = image.name(&Sym::NecessaryType(image.ts.well_known(WellKnown::String)));
    for s in &image.program.strings {
        let Sym::StringLiteral(units) = s else { continue };
        let name = image.name(s);
        // The header word lies in front of the object; the symbol is the object.
        let mut header = Record::default();
        header.u64(0);
        image.define(&format!("hdr:{name}"), "string", Place::Frozen, 8, header);
        let mut r = Record::default();
        r.ptr(&string);
        r.u32(units.len() as u32);
        for u in units.iter() {
            r.u16(*u);
        }
        r.u16(0);
        r.bytes.resize(r.bytes.len().next_multiple_of(8), 0);
        image.define(&name, "string", Place::Frozen, 8, r);
    }
    let mut end = Record::default();
    end.u64(0);
    image.define(END, "string", Place::Frozen, 8, end);
    // Stubs that were added after the analysis bring texts of their own.
    let mut texts: std::collections::BTreeSet<&String> = image.program.cstrings.iter().collect();
    for (s, _) in image.program.functions.iter().flat_map(|f| &f.sym_names) {
        if let Sym::CString(t) = s {
            texts.insert(t);
        }
    }
    for t in texts {
        let mut r = Record::default();
        r.bytes.extend(t.as_bytes().iter().copied().filter(|b| *b != 0));
        r.u8(0);
        let name = image.name(&Sym::CString(t.clone()));
        image.constant(&name, "names", 1, r);
    }
}
