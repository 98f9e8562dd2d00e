//! Method and field handles: what `RuntimeMethodHandleInternal` and `RuntimeFieldHandleInternal` point to. Interned, immortal.

use core::ptr::{null, null_mut};

use kiln_abi::managed::METHOD_INFO_HANDLE;
use kiln_abi::reflection::{FieldRow, FrameMethod, MethodCode, MethodRow, ModuleInfo, NONE};

use kiln_rt::mt::{Mt, Obj};

use super::tables;
use super::zeroed;
use crate::text::c_bytes;

/// A method on an exact type, over exact arguments.
#[repr(C)]
pub(crate) struct MethodHandle {
    /// The type: a definition for the typical method.
    pub owner: Mt,
    pub module: &'static ModuleInfo,
    pub row: &'static MethodRow,
    pub arguments: *const Mt,
    pub count: usize,
    pub code: MethodCode,
    next: *mut MethodHandle,
}

/// A field of an exact type.
#[repr(C)]
pub(crate) struct FieldHandle {
    pub owner: Mt,
    pub module: &'static ModuleInfo,
    pub row: &'static FieldRow,
    /// `NONE` when the program does not have the field.
    pub offset: u32,
    next: *mut FieldHandle,
}

const BUCKETS: usize = 256;
static mut METHODS: [*mut MethodHandle; BUCKETS] = [null_mut(); BUCKETS];
static mut FIELDS: [*mut FieldHandle; BUCKETS] = [null_mut(); BUCKETS];

fn bucket(owner: Mt, token: u32) -> usize {
    ((owner.addr() >> 4) ^ (token as usize).wrapping_mul(31)) % BUCKETS
}

impl MethodHandle {
    /// Exact arguments, or none.
    pub fn arguments(&self) -> &'static [Mt] {
        // SAFETY: `count` interned arguments.
        unsafe { if self.count == 0 { &[] } else { core::slice::from_raw_parts(self.arguments, self.count) } }
    }

    pub fn name(&self) -> &'static [u8] {
        // SAFETY: names are NUL-terminated.
        unsafe { c_bytes(tables::heap(self.module, self.row.name)) }
    }

    pub fn is_constructor(&self) -> bool {
        matches!(self.name(), b".ctor" | b".cctor")
    }
}

fn code_of(owner: Mt, module: &'static ModuleInfo, row: &'static MethodRow, arguments: &[Mt]) -> MethodCode {
    let none = MethodCode { entry: null(), call: null(), invoker: null() };
    if row.arity > 0 {
        let found = tables::generic_methods().iter().find(|g| {
            // SAFETY: `count` arguments.
            core::ptr::eq(g.owner, owner)
                && g.token == row.token
                && unsafe { core::slice::from_raw_parts(g.arguments, g.count as usize) } == arguments
        });
        // SAFETY: a row of its own type; the caller is inside.
        let made = || unsafe { crate::loader::members::generic_code(owner, row, arguments) };
        return found.map(|g| g.code).or_else(|| if arguments.is_empty() { None } else { made() }).unwrap_or(none);
    }
    let first = tables::owner_row(module, row).methods.first as usize;
    let Some(index) = tables::find::<MethodRow>(module, row.token) else { return none };
    let noted = |table: Mt| {
        let exact = tables::own_exact(module, table).filter(|e| !e.code.is_null())?;
        // SAFETY: one record per method row of the type.
        Some(unsafe { (*exact.code.add(index - first)).unpacked() }).filter(|code| !code.call.is_null())
    };
    // SAFETY: a row of its own type; the caller is inside.
    let shared = || unsafe { Some(crate::loader::members::code_on(owner, row, noted(crate::loader::template_for(owner)?.table)?)) };
    noted(owner).or_else(shared).unwrap_or(none)
}

/// The handle of a method.
///
/// # Safety
/// A row of the module, on its own type (exact or definition); as many arguments as it takes, or none.
pub(crate) unsafe fn method(owner: Mt, module: &'static ModuleInfo, row: &'static MethodRow, arguments: &[Mt]) -> *mut MethodHandle {
    let b = bucket(owner, row.token);
    // SAFETY: one thread is inside at a time; entries are immortal.
    unsafe {
        let mut at = METHODS[b];
        while !at.is_null() {
            if core::ptr::eq((*at).owner, owner) && core::ptr::eq((*at).row, row) && (*at).arguments() == arguments {
                return at;
            }
            at = (*at).next;
        }
        let copy = kiln_pal::memory::allocate_zeroed(arguments.len().max(1) * size_of::<Mt>()).cast::<Mt>();
        core::ptr::copy_nonoverlapping(arguments.as_ptr(), copy, arguments.len());
        let h = zeroed::<MethodHandle>();
        let code = code_of(owner, module, row, arguments);
        h.write(MethodHandle { owner, module, row, arguments: copy, count: arguments.len(), code, next: METHODS[b] });
        METHODS[b] = h;
        h
    }
}

/// The handle of a field.
///
/// # Safety
/// A row of the module, on its own type (exact or definition).
pub(crate) unsafe fn field(owner: Mt, module: &'static ModuleInfo, row: &'static FieldRow) -> *mut FieldHandle {
    let b = bucket(owner, row.token);
    // SAFETY: one thread is inside at a time; entries are immortal.
    unsafe {
        let mut at = FIELDS[b];
        while !at.is_null() {
            if core::ptr::eq((*at).owner, owner) && core::ptr::eq((*at).row, row) {
                return at;
            }
            at = (*at).next;
        }
        let offset = tables::exact(module, owner).filter(|e| !e.offsets.is_null()).and_then(|e| {
            let first = tables::field_owner_row(module, row).fields.first as usize;
            tables::find::<FieldRow>(module, row.token).map(|i| e.offsets.add(i - first).read())
        });
        let h = zeroed::<FieldHandle>();
        h.write(FieldHandle { owner, module, row, offset: offset.unwrap_or(NONE), next: FIELDS[b] });
        FIELDS[b] = h;
        h
    }
}

/// The definition of a frame's method, by what `kiln_rt::eh::trace::frame_method` gives.
pub(crate) fn definition_at(code: usize) -> Option<*mut MethodHandle> {
    let r = tables::reflection().filter(|r| r.frame_count > 0)?;
    let find = |records: *const FrameMethod, count: u64| {
        if count == 0 {
            return None;
        }
        // SAFETY: arrays of records of the program, in the order of the addresses.
        let all: &[FrameMethod] = unsafe { core::slice::from_raw_parts(records, count as usize) };
        all.binary_search_by_key(&code, |f| f.function.address()).ok().map(|i| &all[i])
    };
    let found = find(r.frames, r.frame_count).or_else(|| find(r.inlined, r.inlined_count))?;
    // SAFETY: a module of the program; the row of its own type.
    unsafe {
        let module = &*found.module.pointer::<ModuleInfo>();
        let row = tables::row::<MethodRow>(module, found.token)?;
        let owner = tables::table_of(module, tables::owner_row(module, row));
        (!owner.is_null()).then(|| method(owner, module, row, &[]))
    }
}

/// The handle in an `IRuntimeMethodInfo`.
///
/// # Safety
/// A RuntimeMethodInfo, RuntimeConstructorInfo or RuntimeMethodInfoStub.
pub(crate) unsafe fn of_object(info: Obj) -> *mut MethodHandle {
    // SAFETY: promised.
    unsafe { info.add(METHOD_INFO_HANDLE).cast::<*mut MethodHandle>().read() }
}
