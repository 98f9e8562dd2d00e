//! Type descriptions (`abi::type_info`): names, generic arguments, enum constants, fields of value types.

use crate::DataError;
use crate::image::{Image, Record};
use kiln_metadata::{ConstantValue, PrimitiveValue};
use kiln_typesys::{TypeClass, TypeDesc, TypeKind, Variance, WellKnown};

/// Emits the description of a type; its symbol.
pub(crate) fn emit(image: &mut Image<'_>, t: TypeDesc) -> Result<String, DataError> {
    let ts = image.ts;
    let symbol = format!("info:{}", ts.type_name(t));
    let def = ts.type_def(t);
    let open = ts.contains_vars(t);
    let mut r = Record::default();
    let (namespace, name) = ts.namespace_and_name(t);
    // The metadata name of a nested type is its own, without the enclosing ones.
    let own = def.and_then(|(module, row)| ts.module(module).type_def(row).ok().map(|d| d.name.to_owned())).unwrap_or(name);
    let described = def.is_some();
    if described {
        let n = image.text(&namespace);
        r.ptr(&n);
        let n = image.text(&own);
        r.ptr(&n);
    } else {
        let empty = image.text("");
        r.ptr(&empty);
        r.u64(0);
    }
    let assembly = match def {
        Some((module, _)) => ts.module(module).identity().ok().flatten().map_or_else(|| ts.assembly_name(module), |i| i.to_string()),
        None => String::new(),
    };
    let assembly = image.text(&assembly);
    r.ptr(&assembly);
    r.opt(ts.enclosing_type(t).and_then(|e| image.method_table(e)).as_deref());
    let args = ts.type_args(t);
    let definition = ts.generic_definition(t);
    r.opt(if args.is_empty() || definition == t { None } else { image.method_table(definition) }.as_deref());
    let arg_tables: Vec<Option<String>> = args.iter().map(|&a| image.method_table(a)).collect();
    if !args.is_empty() && arg_tables.iter().all(Option::is_some) {
        let mut list = Record::default();
        for a in arg_tables.iter().flatten() {
            list.ptr(a);
        }
        let n = format!("args:{symbol}");
        image.constant(&n, "type", 8, list);
        r.ptr(&n);
    } else {
        r.u64(0);
    }
    let variance = ts.variance(t);
    if variance.iter().any(|v| *v != Variance::None) {
        let bytes = variance
            .iter()
            .map(|v| match v {
                Variance::None => 0,
                Variance::Covariant => 1,
                Variance::Contravariant => 2,
            })
            .collect();
        let n = image.blob(bytes, "type", 8);
        r.ptr(&n);
    } else {
        r.u64(0);
    }
    r.u16(u16::try_from(args.len()).unwrap_or(u16::MAX));
    r.u16(match ts.kind(t) {
        TypeKind::SzArray(_) => 1,
        TypeKind::MdArray(_, rank) => u16::try_from(rank).unwrap_or(u16::MAX),
        _ => 0,
    });
    r.u32(ts.type_flags(t));
    r.u32(def.map_or(0, |(_, d)| d.token().0));
    enum_constants(image, t, &symbol, &mut r);
    let has_value = !open && ts.is_value_type(t) && described;
    r.u32(if has_value { ts.value_size(t)?.0 } else { 0 });
    value_fields(image, t, &symbol, has_value, &mut r)?;
    image.constant(&symbol, "type", 8, r);
    Ok(symbol)
}

/// Count, values, names, [Flags] and padding of the record.
fn enum_constants(image: &mut Image<'_>, t: TypeDesc, symbol: &str, r: &mut Record) {
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
        constants.sort_by_key(|c| c.0);
    }
    r.u32(constants.len() as u32);
    if constants.is_empty() {
        r.u64(0);
        r.u64(0);
    } else {
        let mut values = Record::default();
        let mut names = Record::default();
        for (v, n) in &constants {
            values.u64(*v);
            let n = image.text(n);
            names.ptr(&n);
        }
        let (v, n) = (format!("evalues:{symbol}"), format!("enames:{symbol}"));
        image.constant(&v, "type", 8, values);
        image.constant(&n, "type", 8, names);
        r.ptr(&v);
        r.ptr(&n);
    }
    r.u32(u32::from(ts.is_enum(t) && ts.has_attribute(t, "System.FlagsAttribute")));
}

/// Field list of a value type and whether its bytes decide equality.
fn value_fields(image: &mut Image<'_>, t: TypeDesc, symbol: &str, has_value: bool, r: &mut Record) -> Result<(), DataError> {
    let ts = image.ts;
    let mut fields = Vec::new();
    let wanted = has_value && image.constructed.contains(&t) && ts.prim(t).is_none();
    if wanted {
        for &(f, offset) in &ts.layout(t)?.fields {
            let ty = ts.field_type(f)?;
            let table = match ts.type_class(ty) {
                TypeClass::Ref => Some(ts.well_known(WellKnown::Object)),
                _ => Some(ty),
            };
            let table = table.and_then(|x| image.method_table(x)).or_else(|| image.method_table(ts.well_known(WellKnown::IntPtr)));
            if let Some(table) = table {
                fields.push((table, offset));
            }
        }
    }
    r.u32(fields.len() as u32);
    r.u32(u32::from(has_value && compares_bitwise(image, t)?));
    if fields.is_empty() {
        r.u64(0);
    } else {
        let mut list = Record::default();
        for (table, offset) in &fields {
            list.ptr(table);
            list.u64(u64::from(*offset));
        }
        let n = format!("vfields:{symbol}");
        image.constant(&n, "type", 8, list);
        r.ptr(&n);
    }
    Ok(())
}

/// No references, no padding, no floats, no nested value type with its own `Equals`.
pub(crate) fn compares_bitwise(image: &Image<'_>, t: TypeDesc) -> Result<bool, DataError> {
    let ts = image.ts;
    match ts.type_class(t) {
        TypeClass::Prim(p) => return Ok(!matches!(p, kiln_typesys::Prim::R4 | kiln_typesys::Prim::R8)),
        TypeClass::Ptr => return Ok(true),
        TypeClass::Struct => {}
        _ => return Ok(false),
    }
    let l = ts.layout(t)?;
    if !l.refs.is_empty() || l.overlapping {
        return Ok(false);
    }
    let mut covered = 0;
    for &(f, _) in &l.fields {
        let ty = ts.field_type(f)?;
        covered += ts.value_size(ty)?.0;
        let overrides = ts.type_class(ty) == TypeClass::Struct && ts.find_method(ty, "Equals", 1).is_some();
        if overrides || !compares_bitwise(image, ty)? {
            return Ok(false);
        }
    }
    Ok(covered == l.size)
}
