//! Type descriptions (`abi::type_info`): names, generic arguments, enum constants, fields of value types.

use crate::enum_order;
use crate::image::Image;
use crate::record::{Address, Record};
use crate::{DataError, LinkName};
use kiln_abi::type_info::{PackedTypeInfoFields, PackedValueInfoFields, ValueField, ValueFieldFields, value_equality};
use kiln_metadata::flags::type_attributes as ta;
use kiln_metadata::{ConstantValue, PrimitiveValue};
use kiln_support::FxHashMap;
use kiln_typesys::{MethodSig, TypeClass, TypeDesc, TypeKind, TypeSystem, Variance, WellKnown};

/// What arrays are, whatever their elements are: public, sealed, serializable.
const ARRAY: u32 = ta::PUBLIC | ta::SEALED | ta::SERIALIZABLE;

/// Emits the description of a type; its symbol.
pub(crate) fn emit(image: &mut Image<'_>, t: TypeDesc) -> Result<LinkName, DataError> {
    let ts = image.ts;
    let symbol = format!("info:{}", ts.type_name(t));
    let def = ts.type_def(t);
    let open = ts.contains_vars(t);
    let (namespace, name) = ts.namespace_and_name(t);
    // The metadata name of a nested type is its own, without the enclosing ones.
    let own = def.and_then(|(module, row)| ts.module(module).type_def(row).ok().map(|d| d.name.to_owned())).unwrap_or(name);
    let described = def.is_some();
    let namespace = image.text(if described { &namespace } else { "" });
    let text = match ts.kind(t) {
        TypeKind::FnPtr(sig) => Some(signature_text(ts, &sig)),
        _ => described.then_some(own),
    };
    let name = text.map(|text| image.text(&text));
    let assembly = match def {
        Some((module, _)) => ts.module(module).identity().ok().flatten().map_or_else(|| ts.assembly_name(module), |i| i.to_string()),
        None => String::new(),
    };
    let assembly = image.text(&assembly);
    let args = ts.type_args(t);
    let definition = ts.generic_definition(t);
    let generic_definition = if args.is_empty() || definition == t { None } else { image.method_table(definition) };
    let generic_args = generic_args(image, t, &symbol);
    let variance = variance(image, t);
    let constants = enum_constants(image, t, &symbol)?;
    let has_value = !open && ts.is_value_type(t) && described;
    let fields = value_fields(image, t, &symbol, has_value)?;
    let value = PackedValueInfoFields {
        enum_values: constants.values,
        enum_names: constants.names,
        value_fields: fields.0,
        enum_count: constants.count,
        value_size: if has_value { ts.value_size(t)?.0 } else { 0 },
        value_field_count: fields.1,
        value_equality: equality(image, t, has_value)?,
        enum_flags: u16::from(ts.is_enum(t) && ts.has_attribute(t, "System.FlagsAttribute")),
    };
    let value = value_info(image, &symbol, value);
    let r = Record::of(PackedTypeInfoFields {
        namespace: namespace.into(),
        name: name.into(),
        assembly: assembly.into(),
        declaring: ts.enclosing_type(t).and_then(|e| image.method_table(e)).into(),
        generic_definition: generic_definition.into(),
        generic_args,
        variance,
        value,
        generic_arity: u16::try_from(args.len()).unwrap_or(u16::MAX),
        rank: match ts.kind(t) {
            TypeKind::SzArray(_) => 1,
            TypeKind::MdArray(_, rank) => u16::try_from(rank).unwrap_or(u16::MAX),
            _ => 0,
        },
        attributes: if ts.is_array(t) { ARRAY } else { ts.type_flags(t) },
        token: def.map_or(0, |(_, d)| d.token().0),
    });
    // Vectors are described alike.
    Ok(image.shared(&symbol, "type", 4, r))
}

/// What only value types have; nothing of others.
fn value_info(image: &mut Image<'_>, symbol: &str, fields: PackedValueInfoFields<Address>) -> Address {
    let r = Record::of(fields);
    if r.is_zero() {
        return Address::NULL;
    }
    let name = format!("value:{symbol}");
    image.constant(&name, "type", 4, r);
    name.into()
}

/// What `ToString` says of a function pointer: they have no name.
fn signature_text(ts: &TypeSystem, sig: &MethodSig) -> String {
    let params: Vec<String> = sig.params.iter().map(|&p| pointer_text(ts, p)).collect();
    format!("{}({})", pointer_text(ts, sig.ret), params.join(", "))
}

fn pointer_text(ts: &TypeSystem, t: TypeDesc) -> String {
    match ts.kind(t) {
        TypeKind::FnPtr(sig) => signature_text(ts, &sig),
        _ => ts.type_display(t),
    }
}

/// Exact arguments, where the program has all of them.
fn generic_args(image: &mut Image<'_>, t: TypeDesc, symbol: &str) -> Address {
    let tables: Option<Vec<LinkName>> = image.ts.type_args(t).iter().map(|&a| image.method_table(a)).collect();
    let Some(tables) = tables.filter(|tables| !tables.is_empty()) else { return Address::NULL };
    let list = format!("args:{symbol}");
    image.shared(&list, "type", 8, Record::array::<*const u8>(tables.into_iter().map(Address::from))).into()
}

/// One byte for each parameter, when one is variant.
fn variance(image: &mut Image<'_>, t: TypeDesc) -> Address {
    let variance = image.ts.variance(t);
    if variance.iter().all(|v| *v == Variance::None) {
        return Address::NULL;
    }
    let code = |v: &Variance| match v {
        Variance::None => 0,
        Variance::Covariant => 1,
        Variance::Contravariant => 2,
    };
    image.numbers::<u8>(variance.iter().map(code), "type").into()
}

/// Constants of an enum: their number, values and names.
struct Constants {
    count: u32,
    values: Address,
    names: Address,
}

fn enum_constants(image: &mut Image<'_>, t: TypeDesc, symbol: &str) -> Result<Constants, DataError> {
    let ts = image.ts;
    let mut constants: Vec<(u64, String)> = Vec::new();
    let size = if ts.is_enum(t) { ts.value_size(t).map_or(4, |s| s.0) } else { 4 };
    if ts.is_enum(t) && image.constructed.contains(&t) {
        for &f in ts.fields(t).iter() {
            if !ts.is_literal(f) {
                continue;
            }
            let (module, row) = ts.field_def(f);
            let module = ts.module(module);
            if let Some(ConstantValue::Primitive(p)) = module.constant_value(row).ok().flatten() {
                let bits = match p {
                    PrimitiveValue::U8(v) => Some(v),
                    // Zero-extended from the underlying type's size.
                    _ => p.as_i64().map(|v| v as u64 & (u64::MAX >> (64 - 8 * size.clamp(1, 8)))),
                };
                constants.extend(bits.map(|b| (b, ts.field_name(f))));
            }
        }
        enum_order::sort(&mut constants);
    }
    if constants.is_empty() {
        return Ok(Constants { count: 0, values: Address::NULL, names: Address::NULL });
    }
    let count = u32::try_from(constants.len()).map_err(|_| DataError::TooLarge("an enum"))?;
    let names: Vec<LinkName> = constants.iter().map(|(_, name)| image.text(name)).collect();
    let (values_symbol, names_symbol) = (format!("evalues:{symbol}"), format!("enames:{symbol}"));
    image.constant(&values_symbol, "type", 8, Record::array::<u64>(constants.iter().map(|c| c.0)));
    image.constant(&names_symbol, "type", 8, Record::array::<*const u8>(names.into_iter().map(Address::from)));
    Ok(Constants { count, values: values_symbol.into(), names: names_symbol.into() })
}

/// The fields of a value type that may be boxed, and their number.
fn value_fields(image: &mut Image<'_>, t: TypeDesc, symbol: &str, has_value: bool) -> Result<(Address, u32), DataError> {
    let ts = image.ts;
    let mut list = Record::default();
    if has_value && image.constructed.contains(&t) && ts.prim(t).is_none() {
        for &(f, offset) in &ts.layout(t)?.fields {
            let ty = ts.field_type(f)?;
            let table = match ts.type_class(ty) {
                TypeClass::Ref => Some(ts.well_known(WellKnown::Object)),
                _ => Some(ty),
            };
            let table = table.and_then(|x| image.method_table(x)).or_else(|| image.method_table(ts.well_known(WellKnown::IntPtr)));
            if let Some(table) = table {
                list.push(ValueFieldFields { method_table: table.into(), offset: u64::from(offset) });
            }
        }
    }
    let count = list.count::<ValueField>() as u32;
    if count == 0 {
        return Ok((Address::NULL, 0));
    }
    let name = format!("vfields:{symbol}");
    image.constant(&name, "type", 8, list);
    Ok((name.into(), count))
}

fn equality(image: &Image<'_>, t: TypeDesc, has_value: bool) -> Result<u16, DataError> {
    Ok(match has_value {
        true if image.ts.inline_array_length(t).is_some() => value_equality::INLINE_ARRAY,
        true if compares_bitwise(image, t)? => value_equality::BITS,
        _ => value_equality::FIELDS,
    })
}

/// No references, no padding, no floats, no nested value type with its own `Equals`, or one that cannot be compared: an inline array.
pub(crate) fn compares_bitwise(image: &Image<'_>, t: TypeDesc) -> Result<bool, DataError> {
    compares(image, t, &mut FxHashMap::default())
}

/// The same with what is known already: a structure may have another one several times, and that others.
fn compares(image: &Image<'_>, t: TypeDesc, known: &mut FxHashMap<TypeDesc, bool>) -> Result<bool, DataError> {
    if let Some(&answer) = known.get(&t) {
        return Ok(answer);
    }
    let answer = compares_by_fields(image, t, known)?;
    known.insert(t, answer);
    Ok(answer)
}

fn compares_by_fields(image: &Image<'_>, t: TypeDesc, known: &mut FxHashMap<TypeDesc, bool>) -> Result<bool, DataError> {
    let ts = image.ts;
    match ts.type_class(t) {
        TypeClass::Prim(p) => return Ok(!matches!(p, kiln_typesys::Prim::R4 | kiln_typesys::Prim::R8)),
        TypeClass::Ptr => return Ok(true),
        TypeClass::Struct => {}
        _ => return Ok(false),
    }
    let l = ts.layout(t)?;
    if !l.refs.is_empty() || l.overlapping || ts.inline_array_length(t).is_some() {
        return Ok(false);
    }
    let mut covered = 0;
    for &(f, _) in &l.fields {
        let ty = ts.field_type(f)?;
        covered += ts.value_size(ty)?.0;
        let overrides = ts.type_class(ty) == TypeClass::Struct && ts.find_method(ty, "Equals", 1).is_some();
        if overrides || !compares(image, ty, known)? {
            return Ok(false);
        }
    }
    Ok(covered == l.size)
}
