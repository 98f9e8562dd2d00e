//! Dispatch cells, handles that `ldtoken` yields, RVA data, P/Invoke caches.

use crate::DataError;
use crate::image::{Image, Place, Record};
use kiln_abi::method_table::VTABLE_OFFSET;
use kiln_abi::reflection::MemberToken;
use kiln_lir::Sym;
use kiln_typesys::TypeDesc;

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
    for &m in &program.gvm_handles {
        let name = image.name(&Sym::GvmHandle(m));
        let text = image.text(&ts.method_name(m));
        let mut r = Record::default();
        r.opt(image.method_table(ts.method_owner(m)).as_deref());
        r.ptr(&text);
        image.constant(&name, "handle", 8, r);
    }
    for &m in &program.method_handles {
        let name = image.name(&Sym::MethodHandle(m));
        let arguments = ts.method_args(m);
        let mut list = Record::default();
        for &a in arguments.iter() {
            list.opt(image.method_table(a).as_deref());
        }
        let token = ts.method_def(m).map_or(0, |(_, d)| d.token().0);
        member_token(image, &name, ts.method_owner(m), arguments.len(), list, token);
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
        member_token(image, &name, ts.field_owner(f), 0, Record::default(), ts.field_def(f).1.token().0);
    }
    for (library, entry) in &program.pinvoke_cells {
        let mut r = Record::default();
        r.u64(0);
        let name = image.name(&Sym::PInvokeCell(library.clone(), entry.clone()));
        image.define(&name, "dispatch", Place::Bss, 8, r);
    }
    Ok(())
}

/// `abi::reflection::MemberToken`.
fn member_token(image: &mut Image<'_>, name: &str, owner: TypeDesc, count: usize, arguments: Record, token: u32) {
    let mut r = Record::default();
    r.opt(image.method_table(owner).as_deref());
    if count == 0 {
        r.u64(0);
    } else {
        let list = format!("{name}:arguments");
        image.constant(&list, "handle", 8, arguments);
        r.ptr(&list);
    }
    r.u32(count as u32);
    r.u32(token);
    assert_eq!(r.bytes.len(), size_of::<MemberToken>(), "the record is written field by field");
    image.constant(name, "handle", 8, r);
}
