//! MethodTables with their vtables, auxiliary data, GC layouts, interface and dispatch maps (`abi::method_table`, contract §7).

use crate::image::{Image, Place};
use crate::record::{Address, Record};
use crate::type_info;
use crate::{DataError, LinkName};
use kiln_abi::dispatch::{DispatchMapEntryFields, DispatchMapFields};
use kiln_abi::element_type;
use kiln_abi::method_table::{AuxDataFields, MethodTableFields, TO_STRING_SLOT, aux_flags, flags, kind_flags};
use kiln_analysis::object_entry;
use kiln_lir::Sym;
use kiln_metadata::flags::method_attributes;
use kiln_typesys::{Prim, TypeClass, TypeDesc, TypeKind, Variance, VtableEntry, WellKnown};

/// Fills the slots that nobody calls.
const UNREACHABLE: &str = "kiln_unreachable";

/// Emits every MethodTable of the program.
pub(crate) fn emit(image: &mut Image<'_>) -> Result<(), DataError> {
    let to_string = image.ts.find_method(image.ts.well_known(WellKnown::Object), "ToString", 0);
    if to_string.and_then(|m| image.ts.vtable_slot(m).ok()) != Some(TO_STRING_SLOT as u32) {
        return Err(DataError::Library("Object.ToString is not where the runtime looks for it"));
    }
    let all: Vec<(TypeDesc, bool)> = image.program.types.iter().map(|(t, c)| (*t, *c)).collect();
    for (t, constructed) in all {
        method_table(image, t, constructed)?;
    }
    Ok(())
}

/// ELEMENT_TYPE_* (ECMA-335 II.23.1.16) of a type; enums have that of their underlying type.
fn cor_element_type(image: &Image<'_>, t: TypeDesc) -> u8 {
    let ts = image.ts;
    match ts.kind(t) {
        TypeKind::SzArray(_) => return element_type::SZARRAY,
        TypeKind::MdArray(..) => return element_type::ARRAY,
        TypeKind::ByRef(_) => return element_type::BYREF,
        TypeKind::Ptr(_) => return element_type::PTR,
        TypeKind::FnPtr(_) => return element_type::FNPTR,
        TypeKind::Var(_) => return element_type::VAR,
        TypeKind::MVar(_) => return element_type::MVAR,
        _ => {}
    }
    match ts.type_class(t) {
        TypeClass::Prim(p) => match p {
            Prim::Void => element_type::VOID,
            Prim::Bool => element_type::BOOLEAN,
            Prim::Char => element_type::CHAR,
            Prim::I1 => element_type::I1,
            Prim::U1 => element_type::U1,
            Prim::I2 => element_type::I2,
            Prim::U2 => element_type::U2,
            Prim::I4 => element_type::I4,
            Prim::U4 => element_type::U4,
            Prim::I8 => element_type::I8,
            Prim::U8 => element_type::U8,
            Prim::R4 => element_type::R4,
            Prim::R8 => element_type::R8,
            Prim::I => element_type::I,
            Prim::U => element_type::U,
        },
        TypeClass::Struct => element_type::VALUETYPE,
        _ => element_type::CLASS,
    }
}

fn is_open(image: &Image<'_>, t: TypeDesc) -> bool {
    image.ts.contains_vars(t)
}

/// High flags, and the low half: component size or low flags.
fn flag_bits(image: &Image<'_>, t: TypeDesc, refs: bool, component: Option<u16>) -> u32 {
    let ts = image.ts;
    let mut f = match ts.kind(t) {
        TypeKind::SzArray(_) => flags::CATEGORY_SZ_ARRAY,
        TypeKind::MdArray(..) => flags::CATEGORY_ARRAY,
        TypeKind::Def { .. } if ts.is_interface(t) => flags::CATEGORY_INTERFACE,
        TypeKind::Def { .. } if ts.is_nullable(t) => flags::CATEGORY_NULLABLE,
        TypeKind::Def { .. } if ts.is_enum(t) => flags::CATEGORY_PRIMITIVE_ENUM,
        TypeKind::Def { .. } if ts.prim(t).is_some() => flags::CATEGORY_TRUE_PRIMITIVE,
        TypeKind::Def { .. } if ts.is_value_type(t) => flags::CATEGORY_VALUE_TYPE,
        _ => 0,
    };
    if refs {
        f |= flags::CONTAINS_GC_POINTERS;
    }
    if image.program.finalizers.contains_key(&t) {
        f |= flags::HAS_FINALIZER;
    }
    if is_open(image, t) {
        f |= flags::CONTAINS_GENERIC_VARIABLES;
    }
    match component {
        Some(c) => f |= flags::HAS_COMPONENT_SIZE | u32::from(c),
        None => {
            if ts.default_ctor(t).is_some() {
                f |= flags::HAS_DEFAULT_CTOR;
            }
            if ts.is_by_ref_like(t) {
                f |= flags::IS_BY_REF_LIKE;
            }
            if ts.is_generic(t) {
                f |= if ts.generic_definition(t) == t { flags::GENERICS_TYPICAL } else { flags::GENERICS_INSTANTIATION };
            }
        }
    }
    f
}

fn kind_bits(image: &Image<'_>, t: TypeDesc) -> u8 {
    let ts = image.ts;
    let mut k = 0;
    if ts.variance(t).iter().any(|v| *v != Variance::None) {
        k |= kind_flags::HAS_VARIANCE;
    }
    if ts.is_abstract(t) {
        k |= kind_flags::ABSTRACT;
    }
    if ts.is_sealed(t) {
        k |= kind_flags::SEALED;
    }
    if ts.is_delegate(t) {
        k |= kind_flags::DELEGATE;
    }
    if ts.is_vector_interface(t) || ts.vector_element(t).is_some() {
        k |= kind_flags::OF_VECTORS;
    }
    let is_public = |m| ts.method_flags(m).0 & method_attributes::ACCESS_MASK == method_attributes::PUBLIC;
    if ts.default_ctor(t).is_some_and(|m| !is_public(m)) {
        k |= kind_flags::HIDDEN_CTOR;
    }
    k
}

/// Size of an element, and reference offsets: in an object from the object pointer, in arrays from the element's start.
fn shape(image: &Image<'_>, t: TypeDesc) -> Result<(Option<u16>, Vec<u32>), DataError> {
    let ts = image.ts;
    if is_open(image, t) {
        return Ok((None, Vec::new()));
    }
    match ts.kind(t) {
        TypeKind::SzArray(e) | TypeKind::MdArray(e, _) => {
            let (size, _) = ts.value_size(e)?;
            let refs = match ts.type_class(e) {
                TypeClass::Ref => vec![0],
                TypeClass::Struct => ts.layout(e)?.refs.clone(),
                _ => Vec::new(),
            };
            Ok((Some(u16::try_from(size).map_err(|_| DataError::TooLarge("an array element"))?), refs))
        }
        TypeKind::Def { .. } if ts.is_well_known(t, WellKnown::String) => Ok((Some(2), Vec::new())),
        TypeKind::Def { .. } if ts.is_interface(t) => Ok((None, Vec::new())),
        TypeKind::Def { .. } => {
            let l = ts.layout(t)?;
            let base = if ts.is_value_type(t) { 8 } else { 0 };
            Ok((None, l.refs.iter().map(|r| r + base).collect()))
        }
        _ => Ok((None, Vec::new())),
    }
}

/// Link name of an exact type's dictionary, if it has one.
pub(crate) fn type_dictionary_name(image: &Image<'_>, t: TypeDesc) -> LinkName {
    format!("tdict:{}", image.ts.type_name(t)).into()
}

fn method_table(image: &mut Image<'_>, t: TypeDesc, constructed: bool) -> Result<(), DataError> {
    let ts = image.ts;
    let name = image.name(&Sym::NecessaryType(t));
    let open = is_open(image, t);
    let (component, refs) = shape(image, t)?;
    let is_def = matches!(ts.kind(t), TypeKind::Def { .. });
    let has_objects = !open && (is_def || ts.is_array(t)) && !ts.is_interface(t);
    let base_size = if has_objects { ts.base_size(t)? } else { 0 };
    // A type that no object is of and that is nobody's generic context needs no vtable.
    let instances = constructed && kiln_analysis::has_instances(ts, t);
    let vtable = if open || !constructed || !(is_def || ts.is_array(t)) { Vec::new() } else { vtable(image, t, instances)? };
    let listed = |i: &&TypeDesc| !(open || ts.is_array(t) && ts.is_vector_interface(**i));
    let interfaces: Vec<LinkName> = ts.interfaces(t).iter().filter(listed).filter_map(|&i| image.method_table(i)).collect();

    let info = type_info::emit(image, t)?;
    let aux = aux(image, t, &name);
    let gc_layout = (!refs.is_empty()).then(|| {
        let count = refs.len() as u32;
        image.numbers::<u32>([count].into_iter().chain(refs.iter().copied()), "gc layout")
    });
    let interface_map = (!interfaces.is_empty()).then(|| {
        let list = Record::array::<*const u8>(interfaces.iter().map(|i| i.clone().into()));
        image.shared(format!("imap:{name}"), "type", 8, list)
    });
    let dispatch = dispatch_map(image, t, &name);

    let mut r = Record::of(MethodTableFields {
        flags: flag_bits(image, t, !refs.is_empty(), component),
        base_size,
        cor_element_type: cor_element_type(image, t),
        kind_flags: kind_bits(image, t),
        num_virtuals: u16::try_from(vtable.len()).map_err(|_| DataError::TooLarge("a vtable"))?,
        origin: 0,
        interface_count: u16::try_from(interfaces.len()).map_err(|_| DataError::TooLarge("an interface map"))?,
        parent: ts.base_type(t).and_then(|b| image.method_table(b)).into(),
        type_info: info.into(),
        aux: aux.into(),
        gc_layout: gc_layout.into(),
        element_type: ts.element_type(t).and_then(|e| image.method_table(e)).into(),
        interface_map: interface_map.into(),
        dispatch_map: dispatch.into(),
        finalizer: image.program.finalizers.get(&t).map(|s| image.code(s)).into(),
    });
    for slot in vtable {
        match slot {
            Slot::Code(code) => r.pointer(code),
            Slot::Dictionary(Some(dictionary)) => r.pointer(dictionary),
            Slot::Dictionary(None) => r.pointer(Address::NULL),
            Slot::Unused => r.pointer(UNREACHABLE),
        }
    }
    image.define(&name, "type", Place::RelRo, 8, r);
    Ok(())
}

/// What a vtable slot holds.
enum Slot {
    Code(LinkName),
    /// Or nothing, where no code reads it.
    Dictionary(Option<LinkName>),
    Unused,
}

/// The slots of a type up to the last that anything reads. One there is always: none at all say that there are no objects.
fn vtable(image: &mut Image<'_>, t: TypeDesc, instances: bool) -> Result<Vec<Slot>, DataError> {
    let ts = image.ts;
    let entries = ts.vtable(t)?;
    let mut out = Vec::with_capacity(entries.len());
    for (i, e) in entries.iter().enumerate() {
        out.push(match e {
            VtableEntry::Method(slot) => {
                let used = instances && (image.program.is_slot_used(ts, slot.decl) || image.filled_slots.contains(&(t, i as u32)));
                match used && !ts.is_abstract_method(slot.imp) && ts.method_generic_count(slot.imp) == 0 {
                    true => Slot::Code(image.code(&object_entry(ts, slot.imp))),
                    false => Slot::Unused,
                }
            }
            VtableEntry::Dictionary(owner) => {
                let exists = image.program.type_dictionaries.contains(owner);
                Slot::Dictionary(exists.then(|| type_dictionary_name(image, *owner)))
            }
        });
    }
    // What is made of a template has its dictionaries where the template has.
    let is_template = ts.contains_canon(t);
    let is_read = |s: &Slot| match s {
        Slot::Code(_) | Slot::Dictionary(Some(_)) => true,
        Slot::Dictionary(None) => is_template,
        Slot::Unused => false,
    };
    let end = out.iter().rposition(is_read).map_or(0, |last| last + 1);
    out.truncate(end.max(1));
    Ok(out)
}

fn aux(image: &mut Image<'_>, t: TypeDesc, name: &str) -> String {
    let program = image.program;
    let constructor = program.multicast.get(&t).or_else(|| program.default_ctors.get(&t)).map(|s| image.code(s));
    let statics = image.statics.contains(&t).then(|| image.name(&Sym::Statics(t)));
    // What `ValueType.Equals` finds out at run time elsewhere is known here.
    let value = !is_open(image, t) && image.ts.is_value_type(t);
    let bits = value && type_info::compares_bitwise(image, t).unwrap_or(false);
    let mut flags = 0;
    if value {
        flags |= aux_flags::HAS_CHECKED_CAN_COMPARE_BITS;
    }
    if bits {
        flags |= aux_flags::CAN_COMPARE_BITS;
    }
    let r = Record::of(AuxDataFields { flags, runtime_type: Address::NULL, default_ctor: constructor.into(), statics: statics.into() });
    let aux = format!("aux:{name}");
    let place = if r.has_addresses() || value { Place::Data } else { Place::Bss };
    image.define(&aux, "type", place, 8, r);
    aux
}

fn dispatch_map(image: &mut Image<'_>, t: TypeDesc, name: &str) -> Option<LinkName> {
    let rows = image.program.dispatch.get(&t)?;
    let mut rows: Vec<(LinkName, u32, Option<LinkName>)> = rows
        .iter()
        .filter_map(|row| Some((image.method_table(row.interface)?, row.slot, row.target.as_ref().map(|s| image.code(s)))))
        .collect();
    rows.sort();
    rows.dedup();
    let mut r = Record::of(DispatchMapFields { count: rows.len() as u32, entries: [] });
    for (interface, slot, target) in rows {
        r.push(DispatchMapEntryFields { interface: interface.into(), target: target.into(), slot });
    }
    let map = LinkName::from(format!("dmap:{name}"));
    image.constant(&map, "type", 4, r);
    Some(map)
}
