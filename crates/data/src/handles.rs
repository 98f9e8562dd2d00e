//! Dispatch cells, handles that `ldtoken` yields, RVA data, P/Invoke caches.

use crate::DataError;
use crate::image::{Image, Place};
use crate::record::{Address, Record};
use kiln_abi::dispatch::{DispatchCellFields, GvmHandleFields};
use kiln_abi::method_table::vtable_slot_offset;
use kiln_abi::reflection::MemberTokenFields;
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
        let r = Record::of(DispatchCellFields {
            entry: EMPTY_ENTRY.into(),
            interface: image.name(&Sym::NecessaryType(ts.method_owner(m))).into(),
            slot: u16::try_from(ts.interface_slot(m)).map_err(|_| DataError::TooLarge("an interface"))?,
            misses: 0,
            vtable_offset: image.shared_slots.get(&m).map_or(0, |slot| vtable_slot_offset(*slot)),
            active_offset: 0,
        });
        image.define(&name, "dispatch", Place::Data, 8, r);
    }
    for &m in &program.gvm_handles {
        let name = image.name(&Sym::GvmHandle(m));
        let text = image.text(&ts.method_name(m));
        let owner = image.method_table(ts.method_owner(m));
        image.constant(&name, "handle", 8, Record::of(GvmHandleFields { owner: owner.into(), name: text.into() }));
    }
    for &m in &program.method_handles {
        let name = image.name(&Sym::MethodHandle(m));
        let arguments = ts.method_args(m);
        let list = Record::array::<*const u8>(arguments.iter().map(|&a| Address::from(image.method_table(a))));
        let token = ts.method_def(m).map_or(0, |(_, d)| d.token().0);
        member_token(image, &name, ts.method_owner(m), arguments.len(), list, token);
    }
    for &f in &program.rvas {
        let name = image.name(&Sym::FieldRva(f));
        let r = Record::raw(ts.rva_data(f).unwrap_or_default());
        // Vectors of any width may be read from it.
        image.constant(&name, "constant data", 16, r);
    }
    for &f in &program.field_handles {
        let name = image.name(&Sym::FieldHandle(f));
        member_token(image, &name, ts.field_owner(f), 0, Record::default(), ts.field_def(f).1.token().0);
    }
    for (library, entry) in &program.pinvoke_cells {
        let r = Record::array::<*const u8>([Address::NULL]);
        let name = image.name(&Sym::pinvoke_cell(library, entry));
        image.define(&name, "dispatch", Place::Bss, 8, r);
    }
    Ok(())
}

/// `abi::reflection::MemberToken`.
fn member_token(image: &mut Image<'_>, name: &str, owner: TypeDesc, count: usize, arguments: Record, token: u32) {
    let owner = image.method_table(owner);
    let list = (count != 0).then(|| {
        let list = format!("{name}:arguments");
        image.constant(&list, "handle", 8, arguments);
        list
    });
    let r = Record::of(MemberTokenFields { owner: owner.into(), arguments: list.into(), count: count as u32, token });
    image.constant(name, "handle", 8, r);
}
