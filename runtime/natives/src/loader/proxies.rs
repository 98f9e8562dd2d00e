//! Proxies (`System.Reflection.DispatchProxy`, `kiln_abi::proxies`): a type that derives from a class of the program and implements an interface
//! by code that takes from its thunk which method it stands for.
//!
//! Its MethodTable is a copy of the base class's; what is its own is the name, the interfaces and the dispatch map.

use core::mem::offset_of;
use core::ptr::{eq, null, null_mut};

use kiln_abi::dispatch::{self, DispatchRow, GvmHandle, MadeDispatchMap};
use kiln_abi::method_table::{MADE_AT_RUN_TIME, MethodTable, VTABLE_OFFSET, kind_flags};
use kiln_abi::proxies::{Proxies, ProxyGeneric, ProxyMethod, ProxyTarget};
use kiln_abi::reflection::MethodRow;
use kiln_abi::type_info::{self, TypeInfo};

use kiln_pal::memory::allocate_zeroed;
use kiln_rt::mt::{self, Mt};

use super::tables::Made;
use super::{NOTHING, registry, thunks};
use crate::members::{handles, tables as rows, zeroed};

/// The assembly of types that .NET makes for this.
const ASSEMBLY: &core::ffi::CStr = c"ProxyBuilder, Version=0.0.0.0, Culture=neutral, PublicKeyToken=null";
/// TypeAttributes (II.23.1.15): public.
const PUBLIC: u32 = 1;

/// A proxy type.
struct Known {
    table: Mt,
    base: Mt,
    interface: Mt,
    next: *mut Known,
}

static mut ALL: *mut Known = null_mut();

fn proxies() -> Option<&'static Proxies> {
    // SAFETY: null or immutable data of the program.
    rows::reflection().and_then(|r| unsafe { r.proxies.as_ref() })
}

fn list<T>(at: *const T, count: u64) -> &'static [T] {
    // SAFETY: an array of the program's records.
    unsafe { if count == 0 { &[] } else { core::slice::from_raw_parts(at, count as usize) } }
}

/// The interface that has the rows of another: itself, or the template of an instantiation.
fn described(all: &Proxies, interface: Mt) -> Option<Mt> {
    let known = list(all.interfaces, all.interface_count);
    if known.contains(&interface) {
        return Some(interface);
    }
    let template = super::template_for(interface)?.table;
    known.contains(&template).then_some(template)
}

/// The type of proxies of an interface whose base is a class; null where the program has not the code.
///
/// # Safety
/// A class with objects and an interface; the caller is inside.
#[unsafe(export_name = "Kiln.Proxies::Make(System.Runtime.CompilerServices.MethodTable*,System.Runtime.CompilerServices.MethodTable*):System.Runtime.CompilerServices.MethodTable*")]
unsafe extern "C" fn make(base: Mt, interface: Mt) -> Mt {
    // SAFETY: promised; the list only grows.
    unsafe {
        let Some(all) = proxies() else { return null() };
        registry::fill();
        let mut at = ALL;
        let mut count = 1;
        while let Some(k) = at.as_ref() {
            if eq(k.base, base) && eq(k.interface, interface) {
                return k.table;
            }
            count += 1;
            at = k.next;
        }
        let inherited = mt::interfaces(&*interface);
        if inherited.iter().chain([&interface]).any(|&i| described(all, i).is_none()) {
            return null();
        }
        let table = derived(base, count);
        add_interfaces(table, inherited.iter().copied().chain([interface]));
        implement(all, table, inherited.iter().copied().chain([interface]));
        let k = zeroed::<Known>();
        k.write(Known { table, base, interface, next: ALL });
        ALL = k;
        table
    }
}

/// A class that derives from another and adds nothing.
unsafe fn derived(base: Mt, number: usize) -> *mut MethodTable {
    // SAFETY: a MethodTable is as long as its vtable says; fresh memory.
    unsafe {
        let size = VTABLE_OFFSET + size_of::<*const u8>() * usize::from((*base).num_virtuals);
        let made = allocate_zeroed(offset_of!(Made, table) + size).cast::<Made>();
        let table = &raw mut (*made).table;
        core::ptr::copy_nonoverlapping(base.cast::<u8>(), table.cast::<u8>(), size);
        let info = &raw mut (*made).info;
        (*info).namespace = c"".as_ptr().cast();
        (*info).name = name(number);
        (*info).assembly = ASSEMBLY.as_ptr().cast();
        (*info).attributes = PUBLIC;
        (*table).origin = MADE_AT_RUN_TIME;
        (*table).parent = base;
        (*table).type_info = type_info::made(info.cast_const().cast::<TypeInfo>());
        if let Some(model) = (*base).aux.as_ref() {
            (*made).aux.flags = model.flags;
        }
        (*table).aux = &raw mut (*made).aux;
        (*table).kind_flags &= !(kind_flags::ABSTRACT | kind_flags::SEALED);
        table
    }
}

/// `generatedProxy_1` and so on, as .NET has it.
fn name(number: usize) -> *const u8 {
    const STEM: &[u8] = b"generatedProxy_";
    let text = allocate_zeroed(STEM.len() + 21);
    let mut digits = [0; 20];
    let mut rest = number;
    let mut length = 0;
    while rest > 0 {
        digits[length] = b'0' + (rest % 10) as u8;
        rest /= 10;
        length += 1;
    }
    // SAFETY: room for the stem, twenty digits and a NUL.
    unsafe {
        core::ptr::copy_nonoverlapping(STEM.as_ptr(), text, STEM.len());
        for (i, &digit) in digits[..length].iter().rev().enumerate() {
            text.add(STEM.len() + i).write(digit);
        }
    }
    text
}

/// The interfaces of the base class, and others behind them.
unsafe fn add_interfaces(table: *mut MethodTable, more: impl Iterator<Item = Mt> + Clone) {
    // SAFETY: room for all.
    unsafe {
        let own = mt::interfaces(&*(*table).parent);
        let map = allocate_zeroed((own.len() + more.clone().count()) * size_of::<Mt>()).cast::<Mt>();
        let mut count = 0;
        for i in own.iter().copied().chain(more) {
            if !core::slice::from_raw_parts(map, count).contains(&i) {
                map.add(count).write(i);
                count += 1;
            }
        }
        (*table).interface_map = map;
        (*table).interface_count = count as u16;
    }
}

/// The dispatch map: the methods of some interfaces, then what the base class implements.
unsafe fn implement(all: &Proxies, table: *mut MethodTable, interfaces: impl Iterator<Item = Mt> + Clone) {
    // SAFETY: room for as many rows as there are of the interfaces and of the base class.
    unsafe {
        let methods = list(all.methods, all.method_count);
        let of = |i: Mt| {
            described(all, i).into_iter().flat_map(move |d| methods.iter().filter(move |m| eq(m.interface, d)).map(move |m| (i, m)))
        };
        let inherited = (*(*table).parent).dispatch_map;
        let most = interfaces.clone().map(|i| of(i).count()).sum::<usize>()
            + if inherited.is_null() { 0 } else { dispatch::rows(inherited).count() };
        let map = allocate_zeroed(offset_of!(MadeDispatchMap, entries) + most * size_of::<DispatchRow>()).cast::<MadeDispatchMap>();
        let entries = (&raw mut (*map).entries).cast::<DispatchRow>();
        let mut count = 0;
        for (interface, m) in interfaces.flat_map(of) {
            entries.add(count).write(DispatchRow { interface, slot: u64::from(m.slot), target: code(m, interface) });
            count += 1;
        }
        if !inherited.is_null() {
            for row in dispatch::rows(inherited) {
                let known = core::slice::from_raw_parts(entries, count);
                if !known.iter().any(|r| eq(r.interface, row.interface) && r.slot == row.slot) {
                    entries.add(count).write(row);
                    count += 1;
                }
            }
        }
        (*map).count = count as u64;
        (*table).dispatch_map = dispatch::made(map);
    }
}

/// What implements a method of an exact interface.
unsafe fn code(m: &ProxyMethod, interface: Mt) -> *const u8 {
    // SAFETY: a record of the program.
    unsafe { with_target(m.code, interface, m.token, &[]) }
}

/// The thunk of code over a method; null where the method has no row.
unsafe fn with_target(code: *const u8, owner: Mt, token: u32, arguments: &[Mt]) -> *const u8 {
    // SAFETY: a row of the interface's own.
    unsafe {
        let Some(module) = rows::module_of(owner) else { return NOTHING };
        let Some(row) = rows::row::<MethodRow>(module, token) else { return NOTHING };
        let method = handles::method(owner, module, row, arguments);
        let target = zeroed::<ProxyTarget>();
        target.write(ProxyTarget { method: method.cast(), kept: 0 });
        thunks::of(code, target.cast())
    }
}

/// What implements a generic method on a proxy; null for other receivers, and for arguments that the program does not have.
///
/// # Safety
/// A type with objects and a handle; the caller is inside.
pub(super) unsafe fn generic(receiver: Mt, handle: *const GvmHandle) -> *const u8 {
    // SAFETY: promised.
    unsafe {
        let is_proxy = || {
            let mut at = ALL;
            while at.as_ref().is_some_and(|k| !eq(k.table, receiver)) {
                at = (*at).next;
            }
            !at.is_null()
        };
        let Some(all) = proxies().filter(|_| is_proxy()) else { return NOTHING };
        let find = |handle| list(all.generics, all.generic_count).iter().find(|g: &&ProxyGeneric| eq(g.handle, handle));
        if let Some(g) = find(handle) {
            return with_target(g.code, (*handle).owner, g.token, list(g.arguments, u64::from(g.count)));
        }
        // A handle that was made has the code of the template's.
        let Some((template, arguments)) = super::generics::made(handle) else { return NOTHING };
        find(template).map_or(NOTHING, |g| with_target(g.code, (*handle).owner, g.token, arguments))
    }
}
