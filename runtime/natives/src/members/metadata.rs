//! `System.Reflection.MetadataImport`: rows by token. Every internal call answers an HRESULT; the managed side throws when it fails.

use core::ptr::{null, null_mut};

use kiln_abi::managed::{ConstArray, MODULE_DATA};
use kiln_abi::reflection::{
    AttributeRow, EventRow, FieldRow, GenericParamRow, MemberRefRow, MethodRow, ModuleInfo, NONE, ParamRow, PropertyRow, TypeRow, sig,
};

use kiln_rt::mt::{self, Mt, Obj};

use super::tables::{self, Row, by_row, find, heap, range, row, rows, u32_at};
use crate::text::decode;

/// `COR_E_BADIMAGEFORMAT`.
const BAD_IMAGE: i32 = 0x8007_000Bu32 as i32;

/// What a token is of.
const TYPE_DEF: u32 = TypeRow::KIND;
const FIELD: u32 = FieldRow::KIND;
const METHOD: u32 = MethodRow::KIND;
const PARAM: u32 = ParamRow::KIND;
const ATTRIBUTE: u32 = AttributeRow::KIND;
const EVENT: u32 = EventRow::KIND;
const PROPERTY: u32 = PropertyRow::KIND;
/// A type of another module, by its position in the pool: there are no rows.
const TYPE_REF: u32 = 0x01;
/// The one row of the table Assembly.
const ASSEMBLY: u32 = 0x2000_0001;

type Scope = &'static ModuleInfo;

/// The attribute behind a token that `Enum` made: its position.
fn attribute(scope: Scope, token: u32) -> Option<&'static AttributeRow> {
    (token >> 24 == ATTRIBUTE).then(|| rows::<AttributeRow>(scope).get((token & 0xFF_FFFF) as usize - 1)).flatten()
}

fn done(found: bool) -> i32 {
    if found { 0 } else { BAD_IMAGE }
}

fn owner_token(scope: Scope, owner: u32) -> u32 {
    rows::<TypeRow>(scope)[owner as usize].token
}

#[unsafe(export_name = "System.Reflection.MetadataImport::GetMetadataImport(System.Reflection.RuntimeModule):System.IntPtr")]
unsafe extern "C" fn metadata_import(module: Obj) -> *const u8 {
    // SAFETY: a fixed field.
    unsafe { module.add(MODULE_DATA).cast::<*const u8>().read() }
}

#[unsafe(export_name = "System.Reflection.MetadataImport::IsValidToken(System.IntPtr,System.Int32):System.Boolean")]
unsafe extern "C" fn is_valid(scope: Scope, token: u32) -> i32 {
    i32::from(match token >> 24 {
        TYPE_REF => token & 0xFF_FFFF < scope.type_count,
        ATTRIBUTE => attribute(scope, token).is_some(),
        _ => {
            let tables = by_row!(
                scope,
                token,
                [TypeRow, FieldRow, MethodRow, ParamRow, MemberRefRow, EventRow, PropertyRow, GenericParamRow],
                |_r| ()
            );
            tables.is_some() || token == ASSEMBLY
        }
    })
}

#[unsafe(export_name = "System.Reflection.MetadataImport::GetName(System.IntPtr,System.Int32,System.Byte*&):System.Int32")]
unsafe extern "C" fn name(scope: Scope, token: u32, result: *mut *const u8) -> i32 {
    let at = by_row!(scope, token, [TypeRow, FieldRow, MethodRow, ParamRow, EventRow, PropertyRow, GenericParamRow], |r| r.name);
    // SAFETY: an out parameter.
    unsafe { result.write(heap(scope, at.unwrap_or(0))) }
    done(at.is_some())
}

#[unsafe(export_name = "System.Reflection.MetadataImport::GetNamespace(System.IntPtr,System.Int32,System.Byte*&):System.Int32")]
unsafe extern "C" fn namespace(scope: Scope, token: u32, result: *mut *const u8) -> i32 {
    let r = row::<TypeRow>(scope, token);
    // SAFETY: an out parameter.
    unsafe { result.write(heap(scope, r.map_or(0, |r| r.namespace))) }
    done(r.is_some())
}

/// The token of what a token is part of. Classes of other modules have tokens of TypeRefs by their position in the pool.
#[unsafe(export_name = "System.Reflection.MetadataImport::GetParentToken(System.IntPtr,System.Int32,System.Int32&):System.Int32")]
unsafe extern "C" fn parent(scope: Scope, token: u32, result: *mut u32) -> i32 {
    let parent = match token >> 24 {
        TYPE_DEF => row::<TypeRow>(scope, token).map(|r| if r.enclosing == 0 { TYPE_DEF << 24 } else { r.enclosing }),
        ATTRIBUTE => attribute(scope, token).map(|r| r.parent),
        MemberRefRow::KIND => row::<MemberRefRow>(scope, token).map(|r| TYPE_REF << 24 | r.class),
        _ => by_row!(scope, token, [FieldRow, MethodRow, EventRow, PropertyRow], |r| owner_token(scope, r.owner))
            .or_else(|| by_row!(scope, token, [ParamRow, GenericParamRow], |r| r.owner)),
    };
    // SAFETY: an out parameter.
    unsafe { result.write(parent.unwrap_or(0)) }
    done(parent.is_some())
}

#[unsafe(export_name = "System.Reflection.MetadataImport::GetEventProps(System.IntPtr,System.Int32,System.Void*&,System.Int32&):System.Int32")]
unsafe extern "C" fn event_props(scope: Scope, token: u32, name: *mut *const u8, attributes: *mut u32) -> i32 {
    let Some(r) = row::<EventRow>(scope, token) else { return BAD_IMAGE };
    // SAFETY: out parameters.
    unsafe {
        name.write(heap(scope, r.name));
        attributes.write(r.attributes);
    }
    0
}

#[unsafe(export_name = "System.Reflection.MetadataImport::GetFieldDefProps(System.IntPtr,System.Int32,System.Int32&):System.Int32")]
unsafe extern "C" fn field_props(scope: Scope, token: u32, attributes: *mut u32) -> i32 {
    let Some(r) = row::<FieldRow>(scope, token) else { return BAD_IMAGE };
    // SAFETY: an out parameter.
    unsafe { attributes.write(r.attributes) }
    0
}

#[unsafe(export_name = "System.Reflection.MetadataImport::GetPropertyProps(System.IntPtr,System.Int32,System.Void*&,System.Int32&,System.Reflection.ConstArray&):System.Int32")]
unsafe extern "C" fn property_props(
    scope: Scope,
    token: u32,
    name: *mut *const u8,
    attributes: *mut u32,
    signature: *mut ConstArray,
) -> i32 {
    let Some(r) = row::<PropertyRow>(scope, token) else { return BAD_IMAGE };
    // SAFETY: out parameters.
    unsafe {
        name.write(heap(scope, r.name));
        attributes.write(r.attributes);
        // The length is unknown and nobody needs it: blobs say where they end.
        signature.write(ConstArray { length: 1, bytes: heap(scope, r.signature) });
    }
    0
}

#[unsafe(export_name = "System.Reflection.MetadataImport::GetParamDefProps(System.IntPtr,System.Int32,System.Int32&,System.Int32&):System.Int32")]
unsafe extern "C" fn param_props(scope: Scope, token: u32, sequence: *mut u32, attributes: *mut u32) -> i32 {
    let Some(r) = row::<ParamRow>(scope, token) else { return BAD_IMAGE };
    // SAFETY: out parameters.
    unsafe {
        sequence.write(u32::from(r.sequence));
        attributes.write(u32::from(r.attributes));
    }
    0
}

#[unsafe(export_name = "System.Reflection.MetadataImport::GetGenericParamProps(System.IntPtr,System.Int32,System.Int32&):System.Int32")]
unsafe extern "C" fn generic_param_props(scope: Scope, token: u32, attributes: *mut u32) -> i32 {
    let Some(r) = row::<GenericParamRow>(scope, token) else { return BAD_IMAGE };
    // SAFETY: an out parameter.
    unsafe { attributes.write(u32::from(r.attributes)) }
    0
}

#[unsafe(export_name = "System.Reflection.MetadataImport::GetScopeProps(System.IntPtr,System.Guid&):System.Int32")]
unsafe extern "C" fn scope_props(scope: Scope, mvid: *mut [u8; 16]) -> i32 {
    // SAFETY: an out parameter.
    unsafe { mvid.write(scope.mvid) }
    0
}

/// CoreLib only asks such signatures (of attributes' constructors) whether there are parameters, to make objects without them in a
/// way of its own. Here all are made by the constructor.
fn short_signature() -> ConstArray {
    static WITH_PARAMETERS: [u8; 2] = [sig::HAS_THIS, 1];
    ConstArray { length: 2, bytes: WITH_PARAMETERS.as_ptr() }
}

#[unsafe(export_name = "System.Reflection.MetadataImport::GetSigOfMethodDef(System.IntPtr,System.Int32,System.Reflection.ConstArray&):System.Int32")]
unsafe extern "C" fn sig_of_method(scope: Scope, token: u32, result: *mut ConstArray) -> i32 {
    if find::<MethodRow>(scope, token).is_none() {
        return BAD_IMAGE;
    }
    // SAFETY: an out parameter.
    unsafe { result.write(short_signature()) }
    0
}

#[unsafe(export_name = "System.Reflection.MetadataImport::GetMemberRefProps(System.IntPtr,System.Int32,System.Reflection.ConstArray&):System.Int32")]
unsafe extern "C" fn member_ref_props(scope: Scope, token: u32, result: *mut ConstArray) -> i32 {
    if find::<MemberRefRow>(scope, token).is_none() {
        return BAD_IMAGE;
    }
    // SAFETY: an out parameter.
    unsafe { result.write(short_signature()) }
    0
}

#[unsafe(export_name = "System.Reflection.MetadataImport::GetSigOfFieldDef(System.IntPtr,System.Int32,System.Reflection.ConstArray&):System.Int32")]
unsafe extern "C" fn sig_of_field(scope: Scope, token: u32, result: *mut ConstArray) -> i32 {
    let Some(r) = row::<FieldRow>(scope, token) else { return BAD_IMAGE };
    // SAFETY: an out parameter.
    unsafe { result.write(ConstArray { length: 1, bytes: heap(scope, r.signature) }) }
    0
}

#[unsafe(export_name = "System.Reflection.MetadataImport::GetCustomAttributeProps(System.IntPtr,System.Int32,System.Int32&,System.Reflection.ConstArray&):System.Int32")]
unsafe extern "C" fn attribute_props(scope: Scope, token: u32, constructor: *mut u32, blob: *mut ConstArray) -> i32 {
    let Some(r) = attribute(scope, token) else { return BAD_IMAGE };
    let value = heap(scope, r.value);
    // SAFETY: out parameters; the value starts with its size.
    unsafe {
        constructor.write(r.constructor);
        blob.write(ConstArray { length: u32_at(value) as i32, bytes: value.add(4) });
    }
    0
}

#[unsafe(export_name = "System.Reflection.MetadataImport::GetDefaultValue(System.IntPtr,System.Int32,System.Int64&,System.Char*&,System.Int32&,System.Int32&):System.Int32")]
unsafe extern "C" fn default_value(
    scope: Scope,
    token: u32,
    number: *mut u64,
    text: *mut *const u16,
    length: *mut i32,
    kind: *mut i32,
) -> i32 {
    let at = by_row!(scope, token, [FieldRow, ParamRow, PropertyRow], |r| r.constant);
    // SAFETY: out parameters; a constant is its element type, its size and its bytes. Unaligned UTF-16 is copied by the reader.
    unsafe {
        number.write(0);
        text.write(null());
        length.write(0);
        // ELEMENT_TYPE_VOID: no constant.
        kind.write(1);
        if let Some(at) = at.filter(|a| *a != 0) {
            let blob = heap(scope, at);
            let (ty, size, bytes) = (blob.read(), u32_at(blob.add(1)) as usize, blob.add(5));
            kind.write(i32::from(ty));
            if ty == 0x0e {
                text.write(bytes.cast());
                length.write((size / 2) as i32);
            } else {
                core::ptr::copy_nonoverlapping(bytes, number.cast::<u8>(), size.min(8));
            }
        }
    }
    0
}

#[unsafe(export_name = "System.Reflection.MetadataImport::GetClassLayout(System.IntPtr,System.Int32,System.Int32&,System.Int32&):System.Int32")]
unsafe extern "C" fn class_layout(scope: Scope, token: u32, pack: *mut u32, size: *mut u32) -> i32 {
    let r = row::<TypeRow>(scope, token);
    // SAFETY: out parameters.
    unsafe {
        pack.write(r.map_or(0, |r| r.pack));
        size.write(r.map_or(0, |r| r.size));
    }
    0
}

#[unsafe(export_name = "System.Reflection.MetadataImport::GetFieldOffset(System.IntPtr,System.Int32,System.Int32,System.Int32&,System.Boolean&):System.Int32")]
unsafe extern "C" fn field_offset(scope: Scope, _type: u32, field: u32, offset: *mut u32, found: *mut u8) -> i32 {
    let at = row::<FieldRow>(scope, field).map_or(NONE, |r| r.explicit_offset);
    // SAFETY: out parameters.
    unsafe {
        offset.write(if at == NONE { 0 } else { at });
        found.write(u8::from(at != NONE));
    }
    0
}

/// Marshalling descriptors are not kept.
#[unsafe(export_name = "System.Reflection.MetadataImport::GetFieldMarshal(System.IntPtr,System.Int32,System.Reflection.ConstArray&):System.Int32")]
unsafe extern "C" fn field_marshal(_scope: Scope, _token: u32, result: *mut ConstArray) -> i32 {
    // SAFETY: an out parameter.
    unsafe { result.write(ConstArray { length: 0, bytes: null() }) }
    0
}

#[unsafe(export_name = "System.Reflection.MetadataImport::GetPInvokeMap(System.IntPtr,System.Int32,System.Int32&,System.Byte*&,System.Byte*&):System.Int32")]
unsafe extern "C" fn pinvoke_map(_scope: Scope, _token: u32, attributes: *mut u32, name: *mut *const u8, library: *mut *const u8) -> i32 {
    // SAFETY: out parameters.
    unsafe {
        attributes.write(0);
        name.write(c"".as_ptr().cast());
        library.write(c"".as_ptr().cast());
    }
    0
}

/// `Kiln.Members::Enum(scope, kind, parent, buffer, capacity)`: tokens of a kind in a parent, as many as fit; how many there are.
#[unsafe(export_name = "Kiln.Members::Enum(System.IntPtr,System.Int32,System.Int32,System.Int32*,System.Int32):System.Int32")]
unsafe extern "C" fn enumerate(scope: Scope, kind: u32, parent: u32, buffer: *mut u32, capacity: i32) -> i32 {
    let mut count = 0;
    let mut put = |token: u32| {
        if count < capacity {
            // SAFETY: below the capacity.
            unsafe { buffer.add(count as usize).write(token) }
        }
        count += 1;
    };
    let class = row::<TypeRow>(scope, parent);
    match (kind >> 24, class) {
        (FIELD, Some(c)) => range::<FieldRow>(scope, c.fields).iter().for_each(|r| put(r.token)),
        (PROPERTY, Some(c)) => range::<PropertyRow>(scope, c.properties).iter().for_each(|r| put(r.token)),
        (EVENT, Some(c)) => range::<EventRow>(scope, c.events).iter().for_each(|r| put(r.token)),
        (METHOD, Some(c)) => range::<MethodRow>(scope, c.methods).iter().for_each(|r| put(r.token)),
        (TYPE_DEF, Some(_)) => rows::<TypeRow>(scope)
            .iter()
            .filter(|r| r.enclosing == parent && !tables::pooled(scope, r.table).is_null())
            .for_each(|r| put(r.token)),
        // All types of the module but `<Module>`.
        (TYPE_DEF, None) if parent == 0 => {
            rows::<TypeRow>(scope).iter().filter(|r| r.token != TYPE_DEF << 24 | 1).for_each(|r| put(r.token))
        }
        (PARAM, _) => {
            if let Some(m) = row::<MethodRow>(scope, parent) {
                range::<ParamRow>(scope, m.params).iter().for_each(|r| put(r.token));
            }
        }
        (ATTRIBUTE, _) => {
            let all = rows::<AttributeRow>(scope);
            let first = all.partition_point(|r| r.parent < parent);
            let found = all[first..].iter().take_while(|r| r.parent == parent).count();
            for i in first..first + found {
                put(ATTRIBUTE << 24 | (i as u32 + 1));
            }
        }
        // Accessors: a method and its semantics (II.23.1.12), alternating.
        (METHOD, None) => {
            let accessors = match (row::<PropertyRow>(scope, parent), row::<EventRow>(scope, parent)) {
                (Some(p), _) => [(p.setter, 1), (p.getter, 2), (0, 0)],
                (None, Some(e)) => [(e.add, 8), (e.remove, 16), (e.raise, 32)],
                (None, None) => [(0, 0); 3],
            };
            for (token, semantics) in accessors {
                if token != 0 {
                    put(token);
                    put(semantics);
                }
            }
        }
        _ => {}
    }
    count
}

/// `[AttributeUsage]`: targets, then named arguments (II.23.3).
#[unsafe(no_mangle)]
unsafe extern "C" fn CustomAttribute_ParseAttributeUsageAttribute(
    blob: *const u8,
    length: i32,
    targets: *mut u32,
    multiple: *mut i32,
    inherited: *mut i32,
) -> i32 {
    // SAFETY: `length` readable bytes; out parameters.
    unsafe {
        let bytes = core::slice::from_raw_parts(blob, usize::try_from(length).unwrap_or(0));
        let (Some(&[a, b, c, d]), Some(&[n, _])) =
            (bytes.get(2..6).and_then(|s| s.first_chunk::<4>()), bytes.get(6..8).and_then(|s| s.first_chunk::<2>()))
        else {
            return 0;
        };
        targets.write(u32::from_le_bytes([a, b, c, d]));
        multiple.write(0);
        inherited.write(1);
        let mut at = 8;
        for _ in 0..n {
            // Property marker, type bool, name with a one-byte length, value.
            let Some(&size) = bytes.get(at + 2) else { return 0 };
            let (Some(name), Some(&value)) = (bytes.get(at + 3..at + 3 + usize::from(size)), bytes.get(at + 3 + usize::from(size))) else {
                return 0;
            };
            match name {
                b"AllowMultiple" => multiple.write(i32::from(value)),
                b"Inherited" => inherited.write(i32::from(value)),
                _ => {}
            }
            at += 4 + usize::from(size);
        }
    }
    1
}

/// The module record of an assembly nothing was kept of.
pub(crate) fn empty_module(assembly: *const u8) -> *const ModuleInfo {
    struct Empty {
        info: ModuleInfo,
        next: *mut Empty,
    }
    static mut ALL: *mut Empty = null_mut();
    // SAFETY: the list only grows; one thread is inside at a time. A zeroed record has no rows.
    unsafe {
        let mut at = ALL;
        while !at.is_null() {
            if core::ptr::eq((*at).info.assembly, assembly) {
                return &raw const (*at).info;
            }
            at = (*at).next;
        }
        let e = super::zeroed::<Empty>();
        (*e).info.assembly = assembly;
        (*e).info.name = c"".as_ptr().cast();
        (*e).info.heap = c"".as_ptr().cast();
        (*e).next = ALL;
        ALL = e;
        &raw const (*e).info
    }
}

/// The module record of a type.
pub(crate) fn module_handle(mt: Mt) -> *const ModuleInfo {
    match tables::module_of(mt) {
        Some(m) => m,
        // SAFETY: a type.
        None => empty_module(unsafe { mt::info(mt) }.map_or(c"".as_ptr().cast(), |i| i.assembly)),
    }
}

/// Are two names of `size` bytes equal but for case?
#[unsafe(no_mangle)]
unsafe extern "C" fn MdUtf8String_EqualsCaseInsensitive(left: *const u8, right: *const u8, size: i32) -> i32 {
    let size = usize::try_from(size).unwrap_or(0);
    // SAFETY: the caller has compared the lengths.
    let (left, right) = unsafe { (core::slice::from_raw_parts(left, size), core::slice::from_raw_parts(right, size)) };
    i32::from(decode(left).flat_map(char::to_uppercase).eq(decode(right).flat_map(char::to_uppercase)))
}
