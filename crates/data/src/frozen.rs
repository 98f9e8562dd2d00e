//! Frozen objects: string literals, outside the moving heap, in one section (`abi::object`).

use crate::image::{Image, Place};
use crate::record::Record;
use kiln_abi::object::{HEADER_SIZE, STRING_CHARS_OFFSET, STRING_LENGTH_OFFSET};
use kiln_abi::record::pad;
use kiln_lir::Sym;
use kiln_typesys::WellKnown;

/// Start of the frozen objects.
pub(crate) const START: &str = "kiln_frozen_start";
/// End of the frozen objects.
pub(crate) const END: &str = "kiln_frozen_end";

/// Emits string literals and, apart from them, NUL-terminated texts.
pub(crate) fn emit(image: &mut Image<'_>) {
    let word = || Record::raw(vec![0; HEADER_SIZE]);
    image.define(START, "string", Place::Frozen, 16, word());
    let string = image.name(&Sym::NecessaryType(image.ts.well_known(WellKnown::String)));
    for s in &image.program.strings {
        let Sym::StringLiteral(units) = s else { continue };
        let name = image.name(s);
        // The header word lies in front of the object; the symbol is the object.
        image.define(format!("hdr:{name}"), "string", Place::Frozen, 8, word());
        let mut r = Record::default();
        r.pointer(&*string);
        pad(&mut r, STRING_LENGTH_OFFSET);
        r.items::<u32>([units.len() as u32]);
        pad(&mut r, STRING_CHARS_OFFSET);
        r.items::<u16>(units.iter().copied().chain([0]));
        r.grow(r.len().next_multiple_of(8));
        image.define(&name, "string", Place::Frozen, 8, r);
    }
    image.define(END, "string", Place::Frozen, 8, word());
    // Stubs that were added after the analysis bring texts of their own.
    let mut texts: std::collections::BTreeSet<&String> = image.program.cstrings.iter().collect();
    for (s, _) in image.program.functions.iter().flat_map(|f| &f.sym_names) {
        if let Sym::CString(t) = s {
            texts.insert(t);
        }
    }
    for t in texts {
        let bytes = t.bytes().filter(|b| *b != 0).chain([0]).collect();
        let name = image.name(&Sym::CString(t.clone()));
        image.constant(&name, "names", 1, Record::raw(bytes));
    }
}
