//! Dispatch cells, handles that `ldtoken` yields, RVA data, P/Invoke caches.

use crate::DataError;
use crate::image::{Image, Place, Record};
use kiln_abi::method_table::VTABLE_OFFSET;
use kiln_lir::Sym;

/// Where every cell points before its first use.
const EMPTY_ENTRY: &str = "kiln_empty_dispatch_entry";

/// Emits them.
pub(crate) fn emit(image: &mut Image<'_>) -> Result<(), DataError> {
    let program = image.program;
    let ts = image.ts;
    for &m in &program.cells {
        let name = image.name(&Sym::DispatchCell(m));
        let mut r = Record::default();
        r.ptr(EMPTY_ENTRY);
        let interface = image.name(&Sym::NecessaryType(ts.method_owner(m)));
        r.ptr(&interface);
        r.u16(u16::try_from(ts.interface_slot(m)).map_err(|_| DataError::TooLarge("an interface"))?);
        r.u16(0);
        r.u32(image.shared_slots.get(&m).map_or(0, |slot| VTABLE_OFFSET as u32 + 8 * slot));
        r.u64(0);
        image.define(&name, "dispatch", Place::Data, 8, r);
    }
    for (handles, gvm) in [(&program.gvm_handles, true), (&program.method_handles, false)] {
        for &m in handles {
            let name = image.name(&if gvm { Sym::GvmHandle(m) } else { Sym::MethodHandle(m) });
            let text = image.text(&ts.method_name(m));
            let mut r = Record::default();
            r.opt(image.method_table(ts.method_owner(m)).as_deref());
            r.ptr(&text);
            image.constant(&name, "handle", 8, r);
        }
    }
    for &f in &program.rvas {
        let name = image.name(&Sym::FieldRva(f));
        let mut r = Record::default();
        r.bytes = ts.rva_data(f).unwrap_or_default();
        // Vectors of any width may be read from it.
        image.constant(&name, "constant data", 16, r);
    }
    for &f in &program.field_handles {
        let name = image.name(&Sym::FieldHandle(f));
        let text = image.text(&ts.field_name(f));
        let rva = program.rvas.contains(&f).then(|| image.name(&Sym::FieldRva(f)));
        let mut r = Record::default();
        r.opt(image.method_table(ts.field_owner(f)).as_deref());
        r.ptr(&text);
        r.opt(rva.as_deref());
        image.constant(&name, "handle", 8, r);
    }
    for (library, entry) in &program.pinvoke_cells {
        let mut r = Record::default();
        r.u64(0);
        let name = image.name(&Sym::PInvokeCell(library.clone(), entry.clone()));
        image.define(&name, "dispatch", Place::Bss, 8, r);
    }
    Ok(())
}
