//! `System.RuntimeTypeHandle` and its QCalls: questions about types that the compiler's tables answer without metadata.

use core::ptr::null_mut;

use kiln_abi::method_table::flags;
use kiln_abi::object::rank_of_array;

pub(crate) use kiln_abi::element_type as element;
use kiln_rt::alloc;
use kiln_rt::cast;
use kiln_rt::helpers::{RhpGetRuntimeType, RhpIsInstance, RhpNewArray, RhpNewMdArray, RhpThrowHelper};
use kiln_rt::mt::{self, Mt, Obj};
use kiln_rt::types;

use crate::lookup;
use crate::names::{self, Kind};
use crate::qcall::{NativeHandle, ObjectHandle, StringHandle, TypeHandle};
use crate::text::Text;

/// Element type as in signatures: enums are value types, every reference type but arrays is a class.
unsafe fn signature_element(mt: Mt) -> u8 {
    // SAFETY: a type.
    unsafe {
        let kind = (*mt).cor_element_type;
        if matches!(kind, element::PTR | element::BYREF | element::FNPTR | element::VAR | element::MVAR | element::VOID) {
            return kind;
        }
        match mt::category(&*mt) {
            flags::CATEGORY_SZ_ARRAY => element::SZARRAY,
            _ if mt::is_array(&*mt) => element::ARRAY,
            flags::CATEGORY_TRUE_PRIMITIVE => kind,
            _ if mt::is_value_type(&*mt) => element::VALUETYPE,
            _ => element::CLASS,
        }
    }
}

/// Element type with enums as their underlying type.
unsafe fn primitive_element(mt: Mt) -> u8 {
    // SAFETY: a type.
    unsafe {
        let kind = (*mt).cor_element_type;
        if mt::category(&*mt) != flags::CATEGORY_PRIMITIVE_ENUM || kind != element::VALUETYPE {
            return kind;
        }
        match mt::info(mt).map_or(0, |info| info.value_size) {
            1 => 0x05,
            2 => 0x06,
            8 => 0x0A,
            _ => 0x08,
        }
    }
}

#[unsafe(export_name = "System.RuntimeTypeHandle::GetCorElementType(System.RuntimeType):System.Reflection.CorElementType")]
unsafe extern "C" fn cor_element_type(ty: Obj) -> i32 {
    // SAFETY: a RuntimeType.
    unsafe { i32::from(signature_element(types::handle_of(ty))) }
}

#[unsafe(export_name = "System.Runtime.CompilerServices.MethodTable::GetPrimitiveCorElementType():System.Reflection.CorElementType")]
unsafe extern "C" fn primitive_cor_element_type(mt: Mt) -> i32 {
    // SAFETY: `this` is the MethodTable.
    unsafe { i32::from(primitive_element(mt)) }
}

#[unsafe(export_name = "System.Array::GetCorElementTypeOfElementType():System.Reflection.CorElementType")]
unsafe extern "C" fn element_type_of_array(array: Obj) -> i32 {
    // SAFETY: an array has an element type.
    unsafe {
        let element = (*mt::mt_of(array)).element_type;
        i32::from(if mt::category(&*element) == flags::CATEGORY_PRIMITIVE_ENUM {
            primitive_element(element)
        } else {
            signature_element(element)
        })
    }
}

#[unsafe(export_name = "System.RuntimeTypeHandle::GetBaseType(System.RuntimeType):System.RuntimeType")]
unsafe extern "C" fn base_type(ty: Obj) -> Obj {
    // SAFETY: a RuntimeType.
    unsafe {
        let mt = types::handle_of(ty);
        if mt::category(&*mt) == flags::CATEGORY_INTERFACE || (*mt).parent.is_null() { null_mut() } else { RhpGetRuntimeType((*mt).parent) }
    }
}

#[unsafe(export_name = "System.RuntimeTypeHandle::GetElementType(System.RuntimeType):System.RuntimeType")]
unsafe extern "C" fn element_type(ty: Obj) -> Obj {
    // SAFETY: a RuntimeType.
    unsafe {
        let mt = types::handle_of(ty);
        let has_element = mt::is_array(&*mt) || matches!((*mt).cor_element_type, element::PTR | element::BYREF);
        if !has_element || (*mt).element_type.is_null() { null_mut() } else { RhpGetRuntimeType((*mt).element_type) }
    }
}

#[unsafe(export_name = "System.RuntimeTypeHandle::GetArrayRank(System.RuntimeType):System.Int32")]
unsafe extern "C" fn array_rank(ty: Obj) -> i32 {
    // SAFETY: a RuntimeType.
    unsafe {
        let mt = types::handle_of(ty);
        if !mt::is_array(&*mt) {
            0
        } else if mt::category(&*mt) == flags::CATEGORY_SZ_ARRAY {
            1
        } else {
            rank_of_array((*mt).base_size) as i32
        }
    }
}

#[unsafe(export_name = "System.RuntimeTypeHandle::CanCastTo(System.RuntimeType,System.RuntimeType):System.Boolean")]
unsafe extern "C" fn can_cast_to(from: Obj, to: Obj) -> i32 {
    // SAFETY: RuntimeTypes.
    unsafe { i32::from(cast::castable(types::handle_of(from), types::handle_of(to))) }
}

#[unsafe(export_name = "System.RuntimeTypeHandle::IsInstanceOfType(System.RuntimeType,System.Object):System.Boolean")]
unsafe extern "C" fn is_instance_of_type(ty: Obj, object: Obj) -> i32 {
    if object.is_null() {
        return 0;
    }
    // SAFETY: a RuntimeType and an object.
    unsafe { i32::from(!RhpIsInstance(types::handle_of(ty), object).is_null()) }
}

#[unsafe(export_name = "System.RuntimeTypeHandle::IsEquivalentTo(System.RuntimeType,System.RuntimeType):System.Boolean")]
extern "C" fn is_equivalent_to(left: Obj, right: Obj) -> i32 {
    i32::from(left == right)
}

#[unsafe(export_name = "System.RuntimeTypeHandle::GetAttributes(System.RuntimeType):System.Reflection.TypeAttributes")]
unsafe extern "C" fn attributes(ty: Obj) -> i32 {
    /// Public, sealed, serializable: what arrays are.
    const ARRAY: u32 = 0x2101;
    // SAFETY: a RuntimeType.
    unsafe {
        let mt = types::handle_of(ty);
        if mt::is_array(&*mt) {
            return ARRAY as i32;
        }
        mt::info(mt).map_or(0, |info| info.attributes as i32)
    }
}

#[unsafe(export_name = "System.RuntimeTypeHandle::GetToken(System.RuntimeType):System.Int32")]
unsafe extern "C" fn token(ty: Obj) -> i32 {
    /// TypeDef table, nil row.
    const NIL: u32 = 0x0200_0000;
    // SAFETY: a RuntimeType.
    unsafe {
        let mt = types::handle_of(ty);
        if mt::is_array(&*mt) {
            return NIL as i32;
        }
        mt::info(mt).map_or(NIL, |info| info.token) as i32
    }
}

#[unsafe(export_name = "System.RuntimeTypeHandle::GetDeclaringType(System.RuntimeType):System.RuntimeType")]
unsafe extern "C" fn declaring_type(ty: Obj) -> Obj {
    // SAFETY: a RuntimeType.
    unsafe {
        let mt = types::handle_of(ty);
        match mt::info(mt) {
            Some(info) if !info.declaring.is_null() && !mt::is_array(&*mt) => RhpGetRuntimeType(info.declaring),
            _ => null_mut(),
        }
    }
}

#[unsafe(export_name = "System.RuntimeTypeHandle::IsGenericVariable(System.RuntimeType):System.Boolean")]
unsafe extern "C" fn is_generic_variable(ty: Obj) -> i32 {
    // SAFETY: a RuntimeType.
    unsafe { i32::from(matches!((*types::handle_of(ty)).cor_element_type, element::VAR | element::MVAR)) }
}

#[unsafe(export_name = "System.RuntimeTypeHandle::ContainsGenericVariables(System.RuntimeType):System.Boolean")]
unsafe extern "C" fn contains_generic_variables(ty: Obj) -> i32 {
    // SAFETY: a RuntimeType.
    unsafe { i32::from((*types::handle_of(ty)).flags & flags::CONTAINS_GENERIC_VARIABLES != 0 || is_definition(types::handle_of(ty))) }
}

unsafe fn generics(mt: Mt) -> u32 {
    // SAFETY: a type.
    unsafe { if (*mt).flags & flags::HAS_COMPONENT_SIZE != 0 { 0 } else { (*mt).flags & flags::GENERICS_MASK } }
}

unsafe fn is_definition(mt: Mt) -> bool {
    // SAFETY: a type.
    unsafe { generics(mt) == flags::GENERICS_TYPICAL }
}

#[unsafe(export_name = "System.RuntimeTypeHandle::CompareCanonicalHandles(System.RuntimeType,System.RuntimeType):System.Boolean")]
unsafe extern "C" fn compare_canonical(left: Obj, right: Obj) -> i32 {
    // SAFETY: RuntimeTypes.
    unsafe {
        let (left, right) = (types::handle_of(left), types::handle_of(right));
        let definition = |mt| {
            mt::info(mt).map_or(core::ptr::null(), |info| if info.generic_definition.is_null() { mt } else { info.generic_definition })
        };
        i32::from(left == right || core::ptr::eq(definition(left), definition(right)))
    }
}

#[unsafe(export_name = "System.RuntimeTypeHandle::_GetUtf8Name(System.RuntimeType):System.Void*")]
unsafe extern "C" fn utf8_name(ty: Obj) -> *const u8 {
    // SAFETY: a RuntimeType; names are immutable data.
    unsafe { mt::info(types::handle_of(ty)).map_or(core::ptr::null(), |info| info.name) }
}

#[unsafe(export_name = "System.Type::GetTypeFromHandleUnsafe(System.IntPtr):System.RuntimeType")]
unsafe extern "C" fn type_from_handle(handle: Mt) -> Obj {
    if handle.is_null() {
        return null_mut();
    }
    // SAFETY: a type.
    unsafe { RhpGetRuntimeType(handle) }
}

/// May a value of one type be passed by reflection where another is wanted, as it is or widened? Native integers and pointers where
/// pointers are, and the numbers that widen (`System.Reflection.InvokeUtils`).
#[unsafe(export_name = "System.RuntimeType::CanValueSpecialCast(System.RuntimeType,System.RuntimeType):System.Boolean")]
unsafe extern "C" fn can_value_special_cast(from: Obj, to: Obj) -> i32 {
    // SAFETY: RuntimeTypes; a pointer type has an element type.
    unsafe {
        let (from, to) = (types::handle_of(from), types::handle_of(to));
        let (kind, wanted) = ((*from).cor_element_type, (*to).cor_element_type);
        i32::from(match wanted {
            element::PTR if kind == element::PTR => {
                core::ptr::eq((*from).element_type, (*to).element_type) || (*(*to).element_type).cor_element_type == element::VOID
            }
            element::PTR | element::FNPTR => kind == element::I && mt::is_value_type(&*from),
            _ => mt::is_value_type(&*from) && mt::is_value_type(&*to) && widens(primitive_element(from), primitive_element(to)),
        })
    }
}

/// ECMA-335 III.1.6's widening of primitive types, as reflection has it.
const fn widens(from: u8, to: u8) -> bool {
    use element::{BOOLEAN, CHAR, I, I1, I2, I4, I8, R4, R8, U, U1, U2, U4, U8};
    match from {
        BOOLEAN | I | U => from == to,
        CHAR | U2 => matches!(to, CHAR | U2 | I4 | U4 | I8 | U8 | R4 | R8),
        I1 => matches!(to, I1 | I2 | I4 | I8 | R4 | R8),
        U1 => matches!(to, U1 | CHAR | I2 | U2 | I4 | U4 | I8 | U8 | R4 | R8),
        I2 => matches!(to, I2 | I4 | I8 | R4 | R8),
        I4 => matches!(to, I4 | I8 | R4 | R8),
        U4 => matches!(to, U4 | I8 | U8 | R4 | R8),
        I8 => matches!(to, I8 | R4 | R8),
        U8 => matches!(to, U8 | R4 | R8),
        R4 => matches!(to, R4 | R8),
        R8 => to == R8,
        _ => false,
    }
}

/// The constructor that `Array.Initialize` runs for each element, which takes the element's address.
#[unsafe(no_mangle)]
unsafe extern "C" fn Array_GetElementConstructorEntrypoint(array: TypeHandle) -> *const u8 {
    // SAFETY: an array type, whose elements have a constructor without parameters.
    unsafe { (*(*array.handle).element_type).aux.as_ref().map_or(core::ptr::null(), |aux| aux.default_ctor) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn RuntimeTypeHandle_GetGenericTypeDefinition(ty: TypeHandle, result: ObjectHandle) {
    // SAFETY: a generic type.
    unsafe {
        let definition = mt::info(ty.handle).map_or(core::ptr::null(), |info| info.generic_definition);
        result.set(RhpGetRuntimeType(if definition.is_null() { ty.handle } else { definition }));
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn RuntimeTypeHandle_IsCollectible(_ty: TypeHandle) -> i32 {
    0
}

#[unsafe(no_mangle)]
unsafe extern "C" fn RuntimeTypeHandle_RegisterCollectibleTypeDependency(_ty: TypeHandle, _assembly: NativeHandle) {}

#[unsafe(no_mangle)]
unsafe extern "C" fn RuntimeTypeHandle_IsVisible(ty: TypeHandle) -> i32 {
    // SAFETY: the compiler's descriptions.
    unsafe {
        let mut info = mt::info(ty.handle);
        while let Some(this) = info {
            // TypeAttributes: 1 public, 2 nested public.
            if !matches!(this.attributes & 7, 1 | 2) {
                return 0;
            }
            info = mt::info(this.declaring);
        }
        1
    }
}

/// `TypeNameFormatFlags`: namespace 1, full instantiation 2, assembly 4.
#[unsafe(no_mangle)]
unsafe extern "C" fn RuntimeTypeHandle_ConstructName(ty: TypeHandle, format: u32, result: StringHandle) {
    let kind = match format & 7 {
        0 => Kind::Name,
        1 => Kind::Display,
        2 | 3 => Kind::Full,
        _ => Kind::Qualified,
    };
    let mut name = Text::new();
    // SAFETY: a type with the compiler's description.
    unsafe {
        names::write(&mut name, ty.handle, kind);
        result.set(name.into_string());
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn RuntimeTypeHandle_VerifyInterfaceIsImplemented(ty: TypeHandle, interface: TypeHandle) {
    // SAFETY: two types.
    unsafe {
        if !cast::castable(ty.handle, interface.handle) {
            RhpThrowHelper(kiln_abi::program::exception_kind::ARGUMENT, c"Interface not found.".as_ptr());
        }
    }
}

/// May a type be the element of an array? Not `void`, references to places and what holds them.
unsafe fn is_element(mt: Mt) -> bool {
    // SAFETY: a type.
    unsafe {
        let by_ref_like =
            (*mt).flags & (flags::HAS_COMPONENT_SIZE | flags::IS_BY_REF_LIKE) == flags::IS_BY_REF_LIKE && mt::is_value_type(&*mt);
        !by_ref_like && !matches!((*mt).cor_element_type, element::VOID | element::BYREF)
    }
}

/// Throws TypeLoadException with a text made of pieces, in which these stand for names of a type.
enum Piece {
    Text(&'static [u8]),
    Type,
    Assembly,
    /// `[,]` of so many dimensions, none for a vector.
    Rank(u32),
}

unsafe fn refuse(mt: Mt, pieces: &[Piece]) {
    let mut text = Text::new();
    // SAFETY: a type with the compiler's description; the message lives on: nothing runs after the throw.
    unsafe {
        for piece in pieces {
            match piece {
                Piece::Text(bytes) => text.put(bytes),
                Piece::Type => _ = names::write(&mut text, mt, Kind::Display),
                Piece::Assembly => _ = names::write(&mut text, mt, Kind::Assembly),
                Piece::Rank(rank) => {
                    text.put(b"[");
                    text.put(if *rank == 1 { b"*" } else { b"" });
                    (1..*rank).for_each(|_| text.put(b","));
                    text.put(b"]");
                }
            }
        }
        text.put(b"\0");
        RhpThrowHelper(kiln_abi::helpers::throw_kind::TYPE_LOAD, text.bytes().as_ptr().cast());
    }
}

/// The same for an array over what is no element of one.
unsafe fn refuse_array(mt: Mt, rank: u32) {
    // SAFETY: a type with the compiler's description.
    unsafe {
        let (suffix, why): (_, &[u8]) = match (*mt).cor_element_type {
            element::BYREF => (Piece::Text(b""), b"ByRef"),
            element::VOID => (Piece::Rank(rank), b"System.Void"),
            _ => (Piece::Rank(rank), b"ByRef-like"),
        };
        let [start, from, because] = [&b"Could not create array type '"[..], b"' from assembly '", b"' because the element type is "];
        let pieces = [
            Piece::Text(start),
            Piece::Type,
            suffix,
            Piece::Text(from),
            Piece::Assembly,
            Piece::Text(because),
            Piece::Text(why),
            Piece::Text(b"."),
        ];
        refuse(mt, &pieces);
    }
}

/// The same for a type over a reference to a place.
unsafe fn refuse_over_reference(mt: Mt, what: &'static [u8]) {
    let [middle, end] = [&b" ByRef. Type: '"[..], b"'. Assembly: '"];
    let pieces = [Piece::Text(what), Piece::Text(middle), Piece::Type, Piece::Text(end), Piece::Assembly, Piece::Text(b"'.")];
    // SAFETY: a type with the compiler's description.
    unsafe { refuse(mt, &pieces) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn RuntimeTypeHandle_MakeSZArray(ty: TypeHandle, result: ObjectHandle) {
    // SAFETY: a type.
    unsafe {
        if !is_element(ty.handle) {
            return refuse_array(ty.handle, 0);
        }
        result.set(RhpGetRuntimeType(crate::members::types::array(ty.handle, 0)));
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn RuntimeTypeHandle_MakeByRef(ty: TypeHandle, result: ObjectHandle) {
    // SAFETY: a type.
    unsafe {
        if (*ty.handle).cor_element_type == element::BYREF {
            return refuse_over_reference(ty.handle, b"Could not create a ByRef of a");
        }
        result.set(RhpGetRuntimeType(lookup::derived_from(ty.handle, element::BYREF)));
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn RuntimeTypeHandle_MakePointer(ty: TypeHandle, result: ObjectHandle) {
    // SAFETY: a type.
    unsafe {
        if (*ty.handle).cor_element_type == element::BYREF {
            return refuse_over_reference(ty.handle, b"Could not create a pointer to a");
        }
        result.set(RhpGetRuntimeType(lookup::derived_from(ty.handle, element::PTR)));
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn RuntimeTypeHandle_MakeArray(ty: TypeHandle, rank: i32, result: ObjectHandle) {
    /// The most dimensions that the class library's arrays have.
    const MOST: i32 = 32;
    // SAFETY: a type.
    unsafe {
        if rank > MOST {
            let [quote, from, end] = [&b"'"[..], b"' from assembly '", b"' has too many dimensions."];
            let pieces = [Piece::Text(quote), Piece::Type, Piece::Rank(rank as u32), Piece::Text(from), Piece::Assembly, Piece::Text(end)];
            return refuse(ty.handle, &pieces);
        }
        if !is_element(ty.handle) {
            return refuse_array(ty.handle, rank as u32);
        }
        result.set(RhpGetRuntimeType(crate::members::types::array(ty.handle, rank as u32)));
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn Array_CreateInstance(
    ty: TypeHandle,
    rank: i32,
    lengths: *const i32,
    lower_bounds: *const i32,
    from_array_type: i32,
    result: ObjectHandle,
) {
    // SAFETY: `rank` lengths, and as many lower bounds or none.
    unsafe {
        if from_array_type == 0 && (!is_element(ty.handle) || (*ty.handle).flags & flags::CONTAINS_GENERIC_VARIABLES != 0) {
            return RhpThrowHelper(kiln_abi::helpers::throw_kind::NOT_SUPPORTED, core::ptr::null());
        }
        let based = !lower_bounds.is_null() && (0..rank as usize).any(|i| lower_bounds.add(i).read() != 0);
        let vector = rank == 1 && !based;
        let array =
            if from_array_type != 0 { ty.handle } else { crate::members::types::array(ty.handle, if vector { 0 } else { rank as u32 }) };
        if array.is_null() || (*array).num_virtuals == 0 {
            lookup::missing(b"array", ty.handle);
        }
        let object = if mt::category(&*array) == flags::CATEGORY_SZ_ARRAY {
            RhpNewArray(array, lengths.read() as isize)
        } else {
            RhpNewMdArray(array, rank, lengths, lower_bounds)
        };
        result.set(object);
    }
}

#[unsafe(export_name = "System.GC::AllocateNewArray(System.IntPtr,System.Int32,System.GC+GC_ALLOC_FLAGS):System.Array")]
unsafe extern "C" fn allocate_new_array(mt: Mt, length: i32, flags: u32) -> Obj {
    const PINNED_OBJECT_HEAP: u32 = 0x40;
    // SAFETY: an array type.
    unsafe { if flags & PINNED_OBJECT_HEAP != 0 { alloc::new_pinned_array(mt, length as isize) } else { RhpNewArray(mt, length as isize) } }
}
