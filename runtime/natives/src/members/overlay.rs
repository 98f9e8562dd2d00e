//! `Kiln.Members`: what the overlay's C# asks of the reflection tables. Handles and modules are opaque there. Names of modules are in
//! `Kiln.Natives`: to ask for them does not make a program reflect on members.

use core::ptr::{null, null_mut};

use kiln_abi::reflection::{DelegateThunk, FieldRow, MemberToken, MethodRow, ModuleInfo};

use kiln_rt::array;
use kiln_rt::helpers::{RhpGetRuntimeType, RhpNewArray};
use kiln_rt::mt::{self, Mt, Obj};
use kiln_rt::types;

use super::handles::{self, FieldHandle, MethodHandle};
use super::signature::{self, Context};
use super::{index, metadata, tables, variables};
use crate::lookup;
use crate::qcall::{ObjectHandle, TypeHandle};
use crate::text::{c_bytes, equal_ignoring_case};

type Method = *mut MethodHandle;

#[unsafe(export_name = "Kiln.Members::ModuleOf(System.Runtime.CompilerServices.MethodTable*):System.IntPtr")]
extern "C" fn module_of(mt: Mt) -> *const ModuleInfo {
    metadata::module_handle(mt)
}

/// The module of an assembly by its display name.
#[unsafe(export_name = "Kiln.Natives::ModuleOfAssembly(System.Byte*):System.IntPtr")]
unsafe extern "C" fn module_of_assembly(name: *const u8) -> *const ModuleInfo {
    // SAFETY: NUL-terminated texts.
    unsafe {
        match tables::modules().iter().find(|m| c_bytes(m.assembly) == c_bytes(name)) {
            Some(m) => *m,
            None => metadata::empty_module(name),
        }
    }
}

/// The display name of the assembly with a simple name that has types in the program, or null. Case does not matter.
#[unsafe(export_name = "Kiln.Natives::FindAssembly(System.Byte*):System.Byte*")]
unsafe extern "C" fn find_assembly(simple: *const u8) -> *const u8 {
    // SAFETY: NUL-terminated texts; types with descriptions.
    unsafe {
        let wanted = c_bytes(simple);
        let is = |display: *const u8| {
            let name = c_bytes(display);
            let end = name.iter().position(|b| *b == b',').unwrap_or(name.len());
            equal_ignoring_case(&name[..end], wanted)
        };
        if let Some(m) = tables::modules().iter().find(|m| is(m.assembly)) {
            return m.assembly;
        }
        lookup::types().iter().filter_map(|t| mt::info(*t)).map(|i| i.assembly).find(|a| !a.is_null() && is(*a)).unwrap_or(null())
    }
}

#[unsafe(export_name = "Kiln.Natives::ModuleName(System.IntPtr):System.Byte*")]
unsafe extern "C" fn module_name(module: &ModuleInfo) -> *const u8 {
    module.name
}

/// A mark for the compiler, which then keeps all types.
#[unsafe(export_name = "Kiln.Members::ListsTypes():System.Void")]
extern "C" fn lists_types() {}

#[unsafe(export_name = "Kiln.Members::EntryPoint(System.IntPtr):System.Int32")]
unsafe extern "C" fn entry_point(module: &ModuleInfo) -> u32 {
    module.entry_point
}

#[unsafe(export_name = "Kiln.Members::MethodModule(System.IntPtr):System.IntPtr")]
unsafe extern "C" fn method_module(h: Method) -> *const ModuleInfo {
    // SAFETY: a handle.
    unsafe { (*h).module }
}

#[unsafe(export_name = "Kiln.Members::MethodOwner(System.IntPtr):System.Runtime.CompilerServices.MethodTable*")]
unsafe extern "C" fn method_owner(h: Method) -> Mt {
    // SAFETY: a handle.
    unsafe { (*h).owner }
}

#[unsafe(export_name = "Kiln.Members::MethodSignature(System.IntPtr):System.Byte*")]
unsafe extern "C" fn method_signature(h: Method) -> *const u8 {
    // SAFETY: a handle.
    unsafe { tables::heap((*h).module, (*h).row.signature) }
}

#[unsafe(export_name = "Kiln.Members::FieldModule(System.IntPtr):System.IntPtr")]
unsafe extern "C" fn field_module(h: *mut FieldHandle) -> *const ModuleInfo {
    // SAFETY: a handle.
    unsafe { (*h).module }
}

#[unsafe(export_name = "Kiln.Members::FieldOwner(System.IntPtr):System.Runtime.CompilerServices.MethodTable*")]
unsafe extern "C" fn field_owner(h: *mut FieldHandle) -> Mt {
    // SAFETY: a handle.
    unsafe { (*h).owner }
}

#[unsafe(export_name = "Kiln.Members::FieldSignature(System.IntPtr):System.Byte*")]
unsafe extern "C" fn field_signature(h: *mut FieldHandle) -> *const u8 {
    // SAFETY: a handle.
    unsafe { tables::heap((*h).module, (*h).row.signature) }
}

/// Reads the head of a method's or property's signature; the number of parameters.
#[unsafe(export_name = "Kiln.Members::ReadHead(System.Byte*&,System.Int32&):System.Int32")]
unsafe extern "C" fn read_head(at: *mut *const u8, convention: *mut i32) -> i32 {
    // SAFETY: a cursor at such a blob; an out parameter.
    unsafe {
        let (c, _, params) = signature::read_head(&mut *at);
        convention.write(i32::from(c));
        i32::from(params)
    }
}

/// Reads a type; null when the program does not have it.
#[unsafe(export_name = "Kiln.Members::ReadType(System.Byte*&,System.IntPtr,System.Runtime.CompilerServices.MethodTable*,System.IntPtr):System.Runtime.CompilerServices.MethodTable*")]
unsafe extern "C" fn read_type(at: *mut *const u8, module: &'static ModuleInfo, owner: Mt, method: *const MethodHandle) -> Mt {
    // SAFETY: a cursor at a type.
    unsafe { signature::read_type(&mut *at, &Context { module, owner, method }) }
}

/// Type arguments of a method, or its parameters when it is a definition.
unsafe fn arguments(h: Method) -> &'static [Mt] {
    // SAFETY: a handle.
    unsafe {
        match ((*h).row.arity, (*h).count) {
            (0, _) => &[],
            (_, 0) => variables::of_method(h),
            _ => (*h).arguments(),
        }
    }
}

#[unsafe(export_name = "Kiln.Members::MethodArgumentCount(System.IntPtr):System.Int32")]
unsafe extern "C" fn method_argument_count(h: Method) -> i32 {
    // SAFETY: a handle.
    unsafe { arguments(h).len() as i32 }
}

#[unsafe(export_name = "Kiln.Members::MethodArgument(System.IntPtr,System.Int32):System.Runtime.CompilerServices.MethodTable*")]
unsafe extern "C" fn method_argument(h: Method, index: i32) -> Mt {
    // SAFETY: a handle; the overlay stays below the count.
    unsafe { arguments(h).get(index as usize).copied().unwrap_or(null()) }
}

/// The method on the definition of its type, without arguments.
#[unsafe(export_name = "Kiln.Members::TypicalMethod(System.IntPtr):System.IntPtr")]
unsafe extern "C" fn typical(h: Method) -> Method {
    // SAFETY: a handle.
    unsafe { handles::method(tables::definition((*h).owner), (*h).module, (*h).row, &[]) }
}

/// The generic method definition on the same type.
#[unsafe(export_name = "Kiln.Members::StrippedMethod(System.IntPtr):System.IntPtr")]
unsafe extern "C" fn stripped(h: Method) -> Method {
    // SAFETY: a handle.
    unsafe { handles::method((*h).owner, (*h).module, (*h).row, &[]) }
}

/// What reflection calls, or null.
#[unsafe(export_name = "Kiln.Members::Call(System.IntPtr):System.Void*")]
unsafe extern "C" fn call(h: Method) -> *const u8 {
    // SAFETY: a handle.
    unsafe { (*h).code.call }
}

/// What a delegate over a method and an object holds, or null.
#[unsafe(export_name = "Kiln.Members::Entry(System.IntPtr):System.Void*")]
unsafe extern "C" fn entry(h: Method) -> *const u8 {
    // SAFETY: a handle.
    unsafe { (*h).code.entry }
}

/// The value of a field as an object; the address of a pointer field's target in a box.
#[unsafe(export_name = "Kiln.Members::FieldValue(System.IntPtr,System.Object):System.Object")]
unsafe extern "C" fn field_value(h: *mut FieldHandle, object: Obj) -> Obj {
    // SAFETY: a handle; an object of its type unless static.
    unsafe { super::fields::value(h, object) }
}

/// How it is called, or null.
#[unsafe(export_name = "Kiln.Members::Invoker(System.IntPtr):System.Void*")]
unsafe extern "C" fn invoker(h: Method) -> *const u8 {
    // SAFETY: a handle.
    unsafe { (*h).code.invoker }
}

fn thunks(mt: Mt) -> Option<&'static DelegateThunk> {
    let r = tables::reflection().filter(|r| r.delegate_count > 0)?;
    // SAFETY: an array of records.
    let all = unsafe { core::slice::from_raw_parts(r.delegates, r.delegate_count as usize) };
    let of = |table: Mt| all.iter().find(|d| core::ptr::eq(d.table, table));
    of(mt).or_else(|| of(crate::loader::template_for(mt)?.table))
}

/// The thunk of open delegates of a type, or null.
#[unsafe(export_name = "Kiln.Members::OpenThunk(System.Runtime.CompilerServices.MethodTable*):System.Void*")]
extern "C" fn open_thunk(mt: Mt) -> *const u8 {
    thunks(mt).map_or(null(), |d| d.shuffle)
}

/// The thunk of delegates of a type whose target is a function of objects, or null.
#[unsafe(export_name = "Kiln.Members::ObjectsThunk(System.Runtime.CompilerServices.MethodTable*):System.Void*")]
extern "C" fn objects_thunk(mt: Mt) -> *const u8 {
    thunks(mt).map_or(null(), |d| d.objects)
}

/// The method whose code starts at an address, or null.
#[unsafe(export_name = "Kiln.Members::FindMethod(System.Void*):System.IntPtr")]
extern "C" fn find_method(code: *const u8) -> Method {
    index::method_at(code).unwrap_or(null_mut())
}

/// The method that `ldtoken` names; null when nothing was kept of it.
#[unsafe(export_name = "Kiln.Members::MethodOfToken(System.IntPtr):System.IntPtr")]
unsafe extern "C" fn method_of_token(t: &MemberToken) -> Method {
    // SAFETY: a record of the program; as many arguments as it says, all known where the method is.
    unsafe {
        let Some((module, _)) = tables::type_row(t.owner) else { return null_mut() };
        let Some(r) = tables::row::<MethodRow>(module, t.token) else { return null_mut() };
        let arguments = if t.count == 0 { &[][..] } else { core::slice::from_raw_parts(t.arguments, t.count as usize) };
        if arguments.contains(&null()) {
            return null_mut();
        }
        handles::method(t.owner, module, r, arguments)
    }
}

/// The field that `ldtoken` names; null when nothing was kept of it.
#[unsafe(export_name = "Kiln.Members::FieldOfToken(System.IntPtr):System.IntPtr")]
unsafe extern "C" fn field_of_token(t: &MemberToken) -> *mut FieldHandle {
    let Some((module, _)) = tables::type_row(t.owner) else { return null_mut() };
    // SAFETY: a row of its own type.
    tables::row::<FieldRow>(module, t.token).map_or(null_mut(), |r| unsafe { handles::field(t.owner, module, r) })
}

/// The definition of the method whose code starts at an address, or null.
#[unsafe(export_name = "Kiln.Members::FrameMethod(System.UIntPtr):System.IntPtr")]
extern "C" fn frame_method(code: usize) -> Method {
    handles::definition_at(code).unwrap_or(null_mut())
}

/// The generic method that declares a type parameter, or null.
#[unsafe(export_name = "Kiln.Members::VariableMethod(System.Runtime.CompilerServices.MethodTable*):System.IntPtr")]
extern "C" fn variable_method(mt: Mt) -> *const MethodHandle {
    variables::variable(mt).map_or(null(), |v| v.method)
}

/// A constraint of a type parameter; null behind the last.
#[unsafe(export_name = "Kiln.Natives::VariableConstraint(System.Runtime.CompilerServices.MethodTable*,System.Int32):System.Runtime.CompilerServices.MethodTable*")]
extern "C" fn variable_constraint(mt: Mt, index: i32) -> Mt {
    let Some(v) = variables::variable(mt) else { return null() };
    if v.row.constraints == 0 {
        return null();
    }
    let mut at = tables::heap(v.module, v.row.constraints);
    // SAFETY: a count, then types.
    unsafe {
        let count = i32::from(at.read());
        at = at.add(1);
        let mut found = null();
        for i in 0..count {
            let t = signature::read_type(&mut at, &Context { module: v.module, owner: v.owner, method: v.method });
            if i == index {
                found = t;
            }
        }
        found
    }
}

/// Whether arguments of a generic method meet the constraints of one of its parameters.
#[unsafe(export_name = "Kiln.Natives::Satisfies(System.Runtime.CompilerServices.MethodTable*,System.Runtime.CompilerServices.MethodTable**,System.Int32):System.Boolean")]
unsafe extern "C" fn satisfies(parameter: Mt, arguments: *const Mt, count: i32) -> i32 {
    let Some(v) = variables::variable(parameter) else { return 1 };
    // SAFETY: as many arguments as the method has parameters.
    unsafe {
        let all = core::slice::from_raw_parts(arguments, count as usize);
        // A parameter of the method stands for its argument.
        let closed = |t: Mt| match if t.is_null() { None } else { variables::variable(t) } {
            Some(other) if !other.method.is_null() => all.get(usize::from(other.row.index)).copied().unwrap_or(null()),
            _ => t,
        };
        let constraints = (0..).map_while(|i| (i < constraint_count(v)).then(|| closed(variable_constraint(parameter, i))));
        let argument = all.get(usize::from(v.row.index)).copied().unwrap_or(null());
        i32::from(crate::loader::check::meets(argument, v.row.attributes, constraints))
    }
}

fn constraint_count(v: &variables::Variable) -> i32 {
    if v.row.constraints == 0 {
        return 0;
    }
    // SAFETY: a blob that starts with the number.
    unsafe { i32::from(tables::heap(v.module, v.row.constraints).read()) }
}

/// GenericParamAttributes of a type parameter.
#[unsafe(export_name = "Kiln.Natives::VariableAttributes(System.Runtime.CompilerServices.MethodTable*):System.Int32")]
extern "C" fn variable_attributes(mt: Mt) -> i32 {
    variables::variable(mt).map_or(0, |v| i32::from(v.row.attributes))
}

#[unsafe(export_name = "System.RuntimeTypeHandle::GetGenericVariableIndex(System.RuntimeType):System.Int32")]
unsafe extern "C" fn variable_index(ty: Obj) -> i32 {
    // SAFETY: a RuntimeType.
    variables::variable(unsafe { types::handle_of(ty) }).map_or(0, |v| i32::from(v.row.index))
}

#[unsafe(export_name = "System.RuntimeTypeHandle::SatisfiesConstraints(System.RuntimeType,System.IntPtr*,System.Int32,System.IntPtr*,System.Int32,System.RuntimeType):System.Boolean")]
extern "C" fn satisfies_constraints(_parameter: Obj, _a: *const Mt, _n: i32, _b: *const Mt, _m: i32, _argument: Obj) -> i32 {
    // Instantiations that violate a constraint are not in the program, so they are not found.
    1
}

/// The arguments of a type as `RuntimeType[]` or `Type[]`.
#[unsafe(no_mangle)]
unsafe extern "C" fn RuntimeTypeHandle_GetInstantiation(ty: TypeHandle, result: ObjectHandle, as_runtime_types: i32) {
    // SAFETY: a type; RuntimeType derives from TypeInfo, which derives from Type; type objects do not move.
    unsafe {
        let all = tables::arguments(crate::names::root(ty.handle));
        if all.is_empty() {
            return result.set(null_mut());
        }
        let runtime_type = mt::well_known().runtime_type;
        let mut array = lookup::array_of(runtime_type, 0);
        if as_runtime_types == 0 || array.is_null() {
            let of_types = lookup::array_of((*(*runtime_type).parent).parent, 0);
            array = if of_types.is_null() { array } else { of_types };
        }
        let made = RhpNewArray(array, all.len() as isize);
        result.set(made);
        for (i, a) in all.iter().enumerate() {
            array::set(result.get(), i, RhpGetRuntimeType(*a));
        }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn RuntimeTypeHandle_Instantiate(ty: TypeHandle, arguments: *const Mt, count: i32, result: ObjectHandle) {
    // SAFETY: a definition and as many types.
    unsafe {
        let all = core::slice::from_raw_parts(arguments, count as usize);
        result.set(RhpGetRuntimeType(crate::loader::checked_instantiation(tables::definition(ty.handle), all)));
    }
}
