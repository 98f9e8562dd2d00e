//! `System.RuntimeMethodHandle` and the member lists of `System.RuntimeTypeHandle`.

use core::ptr::null_mut;

use kiln_abi::method_table::flags::CATEGORY_INTERFACE;
use kiln_abi::program::exception_kind;
use kiln_abi::reflection::{FieldRow, Implementation, MemberRefRow, MethodRow, ModuleInfo, NONE, TypeRow};

use kiln_rt::array;
use kiln_rt::helpers::{RhpBox, RhpGetRuntimeType, RhpNewObject, RhpThrowHelper, RhpUnboxNullable};
use kiln_rt::mt::{self, Mt, Obj};
use kiln_rt::types;

use super::handles::{self, MethodHandle, of_object};
use super::tables::{self, range, row};
use super::variables;
use crate::qcall::{NativeHandle, ObjectHandle, TypeHandle};
use crate::text::string_from_utf8;

type Handle = *mut MethodHandle;

#[unsafe(export_name = "System.RuntimeTypeHandle::GetFirstIntroducedMethod(System.RuntimeType):System.RuntimeMethodHandleInternal")]
unsafe extern "C" fn first_method(ty: Obj) -> Handle {
    // SAFETY: a RuntimeType; rows of its own type.
    unsafe {
        let mt = types::handle_of(ty);
        let Some((module, class)) = tables::type_row(mt) else { return null_mut() };
        match range::<MethodRow>(module, class.methods).first() {
            Some(r) => handles::method(mt, module, r, &[]),
            None => null_mut(),
        }
    }
}

#[unsafe(export_name = "System.RuntimeTypeHandle::GetNextIntroducedMethod(System.RuntimeMethodHandleInternal&):System.Void")]
unsafe extern "C" fn next_method(handle: *mut Handle) {
    // SAFETY: a handle of this enumeration.
    unsafe {
        let h = &**handle;
        let class = tables::owner_row(h.module, h.row);
        let all = range::<MethodRow>(h.module, class.methods);
        let next = all.iter().position(|r| core::ptr::eq(r, h.row)).and_then(|i| all.get(i + 1));
        handle.write(next.map_or(null_mut(), |r| handles::method(h.owner, h.module, r, &[])));
    }
}

/// Fields with storage: instance fields, then statics. In: room, out: how many there are.
#[unsafe(export_name = "System.RuntimeTypeHandle::GetFields(System.RuntimeType,System.IntPtr*,System.Int32*):System.Boolean")]
unsafe extern "C" fn fields(ty: Obj, result: *mut *mut handles::FieldHandle, count: *mut i32) -> i32 {
    const STATIC: u32 = 0x10;
    const LITERAL: u32 = 0x40;
    // SAFETY: a RuntimeType; `count` places.
    unsafe {
        let room = count.read();
        let mt = types::handle_of(ty);
        let Some((module, class)) = tables::type_row(mt) else {
            count.write(0);
            return 1;
        };
        let all = range::<FieldRow>(module, class.fields);
        let mut n = 0;
        for kind in [0, STATIC] {
            for r in all.iter().filter(|r| r.attributes & LITERAL == 0 && r.attributes & STATIC == kind) {
                if n < room {
                    result.add(n as usize).write(handles::field(mt, module, r));
                }
                n += 1;
            }
        }
        count.write(n);
        i32::from(n <= room)
    }
}

/// Virtual slots of a type: as many as the nearest described base says.
fn virtuals(mut mt: Mt) -> i32 {
    while !mt.is_null() {
        if let Some((_, class)) = tables::type_row(mt) {
            return class.virtuals as i32;
        }
        // SAFETY: a type.
        mt = unsafe { (*mt).parent };
    }
    0
}

#[unsafe(export_name = "System.RuntimeTypeHandle::GetNumVirtuals(System.RuntimeType):System.Int32")]
unsafe extern "C" fn num_virtuals(ty: Obj) -> i32 {
    // SAFETY: a RuntimeType.
    virtuals(unsafe { types::handle_of(ty) })
}

/// Virtual methods of an interface: those of instances have slots, static ones follow.
fn interface_methods(interface: Mt) -> Option<(&'static ModuleInfo, impl Iterator<Item = &'static MethodRow>)> {
    const STATIC: u16 = 0x10;
    const VIRTUAL: u16 = 0x40;
    let (module, class) = tables::type_row(interface)?;
    let methods = range::<MethodRow>(module, class.methods).iter().filter(|r| r.attributes & VIRTUAL != 0);
    Some((module, methods.clone().filter(|r| r.attributes & STATIC == 0).chain(methods.filter(|r| r.attributes & STATIC != 0))))
}

#[unsafe(no_mangle)]
unsafe extern "C" fn RuntimeTypeHandle_GetNumVirtualsAndStaticVirtuals(ty: TypeHandle) -> i32 {
    // SAFETY: a type.
    if unsafe { mt::category(&*ty.handle) == CATEGORY_INTERFACE } {
        return interface_methods(ty.handle).map_or(0, |(_, methods)| methods.count() as i32);
    }
    virtuals(ty.handle)
}

/// What an interface method is on a type. Throws NotSupportedException where the compiler did not note it.
#[unsafe(no_mangle)]
unsafe extern "C" fn RuntimeTypeHandle_GetInterfaceMethodImplementation(ty: TypeHandle, interface: TypeHandle, h: Handle) -> Handle {
    let all = tables::implementations();
    let is = |i: &&Implementation| i.table.pointer() == ty.handle && i.interface.pointer() == interface.handle;
    // SAFETY: types and a handle of a method of the interface.
    unsafe {
        let Some(found) = all.iter().filter(is).find(|i| i.method == (*h).row.token) else {
            crate::lookup::missing(b"with its interface map", ty.handle);
            return null_mut();
        };
        let owner = found.owner.pointer();
        let Some((module, _)) = tables::type_row(owner) else { return null_mut() };
        row::<MethodRow>(module, found.target).map_or(null_mut(), |r| handles::method(owner, module, r, &[]))
    }
}

/// The most derived method in a slot.
#[unsafe(export_name = "System.RuntimeTypeHandle::GetMethodAt(System.RuntimeType,System.Int32):System.RuntimeMethodHandleInternal")]
unsafe extern "C" fn method_in_slot(ty: Obj, slot: i32) -> Handle {
    // SAFETY: a RuntimeType and its bases.
    unsafe {
        let mut mt = types::handle_of(ty);
        if mt::category(&*mt) == CATEGORY_INTERFACE {
            let found = interface_methods(mt).and_then(|(module, mut all)| Some((module, all.nth(slot as usize)?)));
            return found.map_or(null_mut(), |(module, r)| handles::method(mt, module, r, &[]));
        }
        while !mt.is_null() {
            if let Some((module, class)) = tables::type_row(mt)
                && let Some(r) = range::<MethodRow>(module, class.methods).iter().find(|r| r.slot == slot as u32)
            {
                return handles::method(mt, module, r, &[]);
            }
            mt = (*mt).parent;
        }
    }
    null_mut()
}

#[unsafe(export_name = "System.RuntimeMethodHandle::GetAttributes(System.RuntimeMethodHandleInternal):System.Reflection.MethodAttributes")]
unsafe extern "C" fn attributes(h: Handle) -> i32 {
    // SAFETY: a handle.
    unsafe { i32::from((*h).row.attributes) }
}

#[unsafe(export_name = "System.RuntimeMethodHandle::GetImplAttributes(System.IRuntimeMethodInfo):System.Reflection.MethodImplAttributes")]
unsafe extern "C" fn impl_attributes(info: Obj) -> i32 {
    // SAFETY: an IRuntimeMethodInfo.
    unsafe { i32::from((*of_object(info)).row.impl_attributes) }
}

#[unsafe(export_name = "System.RuntimeMethodHandle::GetDeclaringType(System.RuntimeMethodHandleInternal):System.RuntimeType")]
unsafe extern "C" fn declaring_type(h: Handle) -> Obj {
    // SAFETY: a handle.
    unsafe { RhpGetRuntimeType((*h).owner) }
}

#[unsafe(export_name = "System.RuntimeMethodHandle::GetSlot(System.RuntimeMethodHandleInternal):System.Int32")]
unsafe extern "C" fn slot(h: Handle) -> i32 {
    // SAFETY: a handle.
    let row = unsafe { (*h).row };
    // What is not virtual has a slot behind all that are.
    if row.slot == NONE { i32::MAX } else { row.slot as i32 }
}

#[unsafe(export_name = "System.RuntimeMethodHandle::GetMethodDef(System.IRuntimeMethodInfo):System.Int32")]
unsafe extern "C" fn method_def(info: Obj) -> i32 {
    // SAFETY: an IRuntimeMethodInfo.
    unsafe { (*of_object(info)).row.token as i32 }
}

#[unsafe(export_name = "System.RuntimeMethodHandle::GetName(System.RuntimeMethodHandleInternal):System.String")]
unsafe extern "C" fn name(h: Handle) -> Obj {
    // SAFETY: a handle.
    unsafe { string_from_utf8((*h).name()) }
}

#[unsafe(export_name = "System.RuntimeMethodHandle::_GetUtf8Name(System.RuntimeMethodHandleInternal):System.Void*")]
unsafe extern "C" fn utf8_name(h: Handle) -> *const u8 {
    // SAFETY: a handle.
    unsafe { tables::heap((*h).module, (*h).row.name) }
}

#[unsafe(export_name = "System.RuntimeMethodHandle::HasMethodInstantiation(System.RuntimeMethodHandleInternal):System.Boolean")]
unsafe extern "C" fn has_instantiation(h: Handle) -> i32 {
    // SAFETY: a handle.
    unsafe { i32::from((*h).row.arity > 0) }
}

#[unsafe(export_name = "System.RuntimeMethodHandle::IsGenericMethodDefinition(System.RuntimeMethodHandleInternal):System.Boolean")]
unsafe extern "C" fn is_generic_definition(h: Handle) -> i32 {
    // SAFETY: a handle.
    unsafe { i32::from((*h).row.arity > 0 && (*h).count == 0) }
}

#[unsafe(export_name = "System.RuntimeMethodHandle::GetGenericParameterCount(System.RuntimeMethodHandleInternal):System.Int32")]
unsafe extern "C" fn generic_parameter_count(h: Handle) -> i32 {
    // SAFETY: a handle.
    unsafe { (*h).row.arity as i32 }
}

#[unsafe(export_name = "System.RuntimeMethodHandle::IsTypicalMethodDefinition(System.IRuntimeMethodInfo):System.Boolean")]
unsafe extern "C" fn is_typical(info: Obj) -> i32 {
    // SAFETY: an IRuntimeMethodInfo.
    unsafe {
        let h = &*of_object(info);
        i32::from(h.count == 0 && core::ptr::eq(tables::definition(h.owner), h.owner))
    }
}

#[unsafe(export_name = "System.RuntimeMethodHandle::IsConstructor(System.RuntimeMethodHandleInternal):System.Boolean")]
unsafe extern "C" fn is_constructor(h: Handle) -> i32 {
    // SAFETY: a handle.
    unsafe { i32::from((*h).is_constructor()) }
}

/// There are no dynamic methods.
#[unsafe(export_name = "System.RuntimeMethodHandle::IsDynamicMethod(System.RuntimeMethodHandleInternal):System.Boolean")]
extern "C" fn is_dynamic(_h: Handle) -> i32 {
    0
}

#[unsafe(export_name = "System.RuntimeMethodHandle::GetResolver(System.RuntimeMethodHandleInternal):System.Resolver")]
extern "C" fn resolver(_h: Handle) -> Obj {
    null_mut()
}

/// Nothing is ever unloaded.
#[unsafe(export_name = "System.RuntimeMethodHandle::GetLoaderAllocator(System.RuntimeMethodHandleInternal):System.Reflection.LoaderAllocator")]
extern "C" fn loader_allocator(_h: Handle) -> Obj {
    null_mut()
}

#[unsafe(no_mangle)]
extern "C" fn RuntimeMethodHandle_GetIsCollectible(_h: Handle) -> i32 {
    0
}

/// IL is not kept.
#[unsafe(export_name = "System.RuntimeMethodHandle::GetMethodBody(System.IRuntimeMethodInfo,System.RuntimeType):System.Reflection.RuntimeMethodBody")]
extern "C" fn method_body(_info: Obj, _ty: Obj) -> Obj {
    null_mut()
}

#[unsafe(no_mangle)]
unsafe extern "C" fn RuntimeMethodHandle_GetFunctionPointer(h: Handle) -> *const u8 {
    // SAFETY: a handle.
    unsafe { (*h).code.entry }
}

#[unsafe(no_mangle)]
extern "C" fn RuntimeMethodHandle_IsCAVisibleFromDecoratedType(
    _attribute: TypeHandle,
    _constructor: Handle,
    _on: TypeHandle,
    _module: NativeHandle,
) -> i32 {
    1
}

/// The method on another instantiation of its type: the type, if it is one.
unsafe fn on(h: Handle, ty: Obj) -> Mt {
    // SAFETY: a handle; a RuntimeType or null.
    unsafe {
        if ty.is_null() {
            return (*h).owner;
        }
        let mt = types::handle_of(ty);
        if core::ptr::eq(tables::definition(mt), tables::definition((*h).owner)) { mt } else { (*h).owner }
    }
}

/// The method on an exact type and over exact arguments (null: as it is).
#[unsafe(export_name = "System.RuntimeMethodHandle::GetStubIfNeeded(System.RuntimeMethodHandleInternal,System.RuntimeType,System.RuntimeType[]):System.RuntimeMethodHandleInternal")]
unsafe extern "C" fn stub_if_needed(h: Handle, ty: Obj, arguments: Obj) -> Handle {
    // SAFETY: a handle, a RuntimeType, a vector of them or null.
    unsafe {
        let owner = on(h, ty);
        if arguments.is_null() {
            return handles::method(owner, (*h).module, (*h).row, (*h).arguments());
        }
        let mut tables = [core::ptr::null(); 64];
        let n = array::length(arguments).min(tables.len());
        for (i, slot) in tables.iter_mut().take(n).enumerate() {
            *slot = types::handle_of(array::data(arguments).cast::<Obj>().add(i).read());
        }
        let own = variables::of_method(handles::method(owner, (*h).module, (*h).row, &[]));
        let arguments = if own == &tables[..n] { &[][..] } else { &tables[..n] };
        handles::method(owner, (*h).module, (*h).row, arguments)
    }
}

#[unsafe(export_name = "System.RuntimeMethodHandle::GetMethodFromCanonical(System.RuntimeMethodHandleInternal,System.RuntimeType):System.RuntimeMethodHandleInternal")]
unsafe extern "C" fn from_canonical(h: Handle, ty: Obj) -> Handle {
    // SAFETY: a handle and a RuntimeType.
    unsafe { handles::method(on(h, ty), (*h).module, (*h).row, &[]) }
}

/// Boxed `T` from a boxed `T?`: boxes never hold a Nullable but those that invocation makes.
#[unsafe(export_name = "System.RuntimeMethodHandle::ReboxFromNullable(System.Object):System.Object")]
unsafe extern "C" fn rebox_from_nullable(object: Obj) -> Obj {
    // SAFETY: a boxed Nullable; boxing it gives null or the value's box.
    unsafe { RhpBox(mt::mt_of(object), object.add(kiln_abi::object::BOX_DATA_OFFSET)) }
}

/// An object whose data is the `T?` of a boxed `T` or null, so that its address can be passed.
#[unsafe(export_name = "System.RuntimeMethodHandle::ReboxToNullable(System.Object,System.RuntimeType):System.Object")]
unsafe extern "C" fn rebox_to_nullable(object: Obj, ty: Obj) -> Obj {
    // SAFETY: the handle follows the object over the allocation.
    unsafe {
        let mt = types::handle_of(ty);
        let kept = kiln_rt::handles::new(object, null_mut(), kiln_rt::handles::HandleKind::Normal);
        let made = RhpNewObject(mt);
        let object = kept.read();
        kiln_rt::handles::free(kept);
        RhpUnboxNullable(mt, object, made.add(kiln_abi::object::BOX_DATA_OFFSET));
        made
    }
}

/// The module of a handle, where it has rows.
unsafe fn module(handle: NativeHandle) -> &'static ModuleInfo {
    // SAFETY: `m_pData` of a RuntimeModule.
    unsafe { &*handle.handle.cast::<ModuleInfo>() }
}

/// Throws for a token without a row; the callers say which it was.
fn no_row() {
    // SAFETY: a constant text; nothing of the caller is pending.
    unsafe { RhpThrowHelper(exception_kind::ARGUMENT, c"The token is not in this program.".as_ptr()) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn ModuleHandle_ResolveType(
    handle: NativeHandle,
    token: u32,
    _type_arguments: *const Mt,
    _type_count: i32,
    _method_arguments: *const Mt,
    _method_count: i32,
    result: ObjectHandle,
) {
    // SAFETY: a module; a stack slot.
    unsafe {
        let module = module(handle);
        let mt = match token >> 24 {
            0x01 => tables::pooled(module, token & 0xFF_FFFF),
            0x02 => match row::<TypeRow>(module, token) {
                Some(r) => tables::table_of(module, r),
                None => {
                    no_row();
                    core::ptr::null()
                }
            },
            _ => core::ptr::null(),
        };
        result.set(if mt.is_null() { null_mut() } else { RhpGetRuntimeType(mt) });
    }
}

/// As CoreCLR: a MethodDef's method is on the definition of its type, whatever the arguments.
#[unsafe(no_mangle)]
unsafe extern "C" fn ModuleHandle_ResolveMethod(
    handle: NativeHandle,
    token: u32,
    _type_arguments: *const Mt,
    _type_count: i32,
    _method_arguments: *const Mt,
    _method_count: i32,
) -> Handle {
    // SAFETY: a module.
    unsafe {
        let module = module(handle);
        if let Some(r) = row::<MemberRefRow>(module, token) {
            let owner = tables::pooled(module, r.class);
            let Some((target, _)) = tables::type_row(owner) else { return null_mut() };
            return row::<MethodRow>(target, r.method).map_or(null_mut(), |m| handles::method(owner, target, m, &[]));
        }
        let Some(r) = row::<MethodRow>(module, token) else {
            no_row();
            return null_mut();
        };
        let definition = tables::table_of(module, tables::owner_row(module, r));
        handles::method(definition, module, r, &[])
    }
}

/// The field of a token on the definition of its type; null for constants, which have no storage.
#[unsafe(export_name = "Kiln.Members::ResolveField(System.IntPtr,System.Int32):System.IntPtr")]
unsafe extern "C" fn resolve_field(module: &'static ModuleInfo, token: u32) -> *mut handles::FieldHandle {
    const LITERAL: u32 = 0x40;
    let Some(r) = row::<FieldRow>(module, token).filter(|r| r.attributes & LITERAL == 0) else { return null_mut() };
    // SAFETY: a row of its own type.
    unsafe { handles::field(tables::table_of(module, tables::field_owner_row(module, r)), module, r) }
}
