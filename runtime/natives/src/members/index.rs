//! Methods by the address of their code, for delegates and frames: the addresses are known only at run time, so the index is made
//! when it is first asked.

use core::ptr::null_mut;

use kiln_abi::reflection::{ExactType, GenericMethod, MethodRow, ModuleInfo, TypeRow};

use super::handles::{self, MethodHandle};
use super::tables;

/// Where an address comes from.
#[derive(Clone, Copy)]
enum Origin {
    /// An instantiated generic method.
    Generic(&'static GenericMethod),
    /// A method of a closed type, by its position there.
    Exact(&'static ModuleInfo, &'static ExactType, usize),
}

#[derive(Clone, Copy)]
struct Entry {
    code: usize,
    /// Of several methods with one address the first counts.
    order: usize,
    origin: Origin,
}

static mut ENTRIES: *mut Entry = null_mut();
static mut COUNT: usize = 0;

/// Calls `put` with the address and origin of all methods that have code.
fn for_each(mut put: impl FnMut(usize, Origin)) {
    for g in tables::generic_methods().iter().filter(|g| !g.code.entry.is_null()) {
        put(g.code.entry.addr(), Origin::Generic(g));
    }
    for module in tables::modules() {
        for e in tables::all_exact(module).iter().filter(|e| !e.code.is_null()) {
            let methods = tables::rows::<TypeRow>(module)[e.row as usize].methods;
            for i in 0..methods.count as usize {
                // SAFETY: one record per method row.
                let code = unsafe { (*e.code.add(i)).unpacked().entry };
                if !code.is_null() {
                    put(code.addr(), Origin::Exact(module, e, i));
                }
            }
        }
    }
}

fn entries() -> &'static [Entry] {
    // SAFETY: one thread is inside at a time; the array is written once, as many entries as were counted.
    unsafe {
        if ENTRIES.is_null() {
            let mut count = 0;
            for_each(|_, _| count += 1);
            let memory = kiln_pal::memory::allocate_zeroed(count.max(1) * size_of::<Entry>()).cast::<Entry>();
            let mut order = 0;
            for_each(|code, origin| {
                memory.add(order).write(Entry { code, order, origin });
                order += 1;
            });
            core::slice::from_raw_parts_mut(memory, count).sort_unstable_by_key(|e| (e.code, e.order));
            ENTRIES = memory;
            COUNT = count;
        }
        core::slice::from_raw_parts(ENTRIES, COUNT)
    }
}

/// The method whose code starts at an address.
pub(crate) fn method_at(code: *const u8) -> Option<*mut MethodHandle> {
    let all = entries();
    let found = all.get(all.partition_point(|e| e.code < code.addr())).filter(|e| e.code == code.addr())?;
    // SAFETY: rows of their own types, with as many arguments as they take.
    unsafe {
        match found.origin {
            Origin::Generic(g) => {
                let module = tables::module_of(g.owner)?;
                let arguments = core::slice::from_raw_parts(g.arguments, g.count as usize);
                Some(handles::method(g.owner, module, tables::row::<MethodRow>(module, g.token)?, arguments))
            }
            Origin::Exact(module, e, i) => {
                let methods = tables::rows::<TypeRow>(module)[e.row as usize].methods;
                Some(handles::method(e.table, module, &tables::range::<MethodRow>(module, methods)[i], &[]))
            }
        }
    }
}
