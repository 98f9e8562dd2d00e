//! What custom attributes need (ECMA-335 II.23.3): their constructors and setters, and the types that their values name.

use super::{members, names};
use crate::cx::Cx;
use crate::graph::{Node, Reason};
use kiln_flow::Demand;
use kiln_lir::Sym;
use kiln_metadata::{AttrValue, CustomAttributeId, HasCustomAttribute, TypeName};
use kiln_typesys::{GenericArgs, ModuleId, TypeDesc, TypeSystem};

/// Attributes of a type and of its members.
pub(super) fn of_definition(cx: &mut Cx<'_>, t: TypeDesc) {
    let Some((module, def)) = cx.ts.type_def(t) else { return };
    let metadata = cx.ts.module(module);
    for owner in attribute_owners(&metadata, def) {
        of_owner(cx, module, owner);
    }
}

/// Whether a type has attributes that a library could look for: not only those for compilers and debuggers.
pub(super) fn has_any(ts: &TypeSystem, t: TypeDesc) -> bool {
    let Some((module, def)) = ts.type_def(t) else { return false };
    let metadata = ts.module(module);
    let looked_for = |namespace: &str| {
        !["System", "System.Reflection", "System.Runtime.CompilerServices"].contains(&namespace)
            && !namespace.starts_with("System.Diagnostics")
    };
    metadata.custom_attributes_of(def).into_iter().any(|id| metadata.attribute_name(id).is_ok_and(|(namespace, _)| looked_for(namespace)))
}

/// Attributes come in arrays of the type that was asked for.
pub(super) fn array_of(cx: &mut Cx<'_>, t: TypeDesc) {
    let ts = cx.ts;
    let Some(attribute) = ts.find_type(ts.corelib(), "System", "Attribute") else { return };
    if !ts.contains_vars(t) && ts.can_cast_to(t, attribute) {
        cx.need(Sym::ConstructedType(ts.sz_array(t)), Reason::Reflection);
    }
}

/// The attributes that are bits of metadata, by namespace and name (ECMA-335 II.21.2.1): CoreLib makes their descriptions of their only
/// public constructors.
const PSEUDO: &[(&str, &str)] = &[
    ("System", "SerializableAttribute"),
    ("System", "NonSerializedAttribute"),
    ("System.Runtime.CompilerServices", "TypeForwardedToAttribute"),
    ("System.Runtime.InteropServices", "ComImportAttribute"),
    ("System.Runtime.InteropServices", "DllImportAttribute"),
    ("System.Runtime.InteropServices", "FieldOffsetAttribute"),
    ("System.Runtime.InteropServices", "InAttribute"),
    ("System.Runtime.InteropServices", "MarshalAsAttribute"),
    ("System.Runtime.InteropServices", "OptionalAttribute"),
    ("System.Runtime.InteropServices", "OutAttribute"),
    ("System.Runtime.InteropServices", "PreserveSigAttribute"),
];

/// They are described.
pub(super) fn pseudo(cx: &mut Cx<'_>) {
    let ts = cx.ts;
    for (namespace, name) in PSEUDO {
        if let Some(t) = ts.find_type(ts.corelib(), namespace, name) {
            members::describe(cx, t);
        }
    }
}

/// Attributes of one row.
pub(super) fn of_owner(cx: &mut Cx<'_>, module: ModuleId, owner: HasCustomAttribute) {
    let metadata = cx.ts.module(module);
    for attribute in metadata.custom_attributes_of(owner) {
        keep(cx, module, attribute);
    }
}

fn keep(cx: &mut Cx<'_>, module: ModuleId, attribute: CustomAttributeId) {
    let ts = cx.ts;
    let metadata = ts.module(module);
    let Ok(row) = metadata.custom_attribute(attribute) else { return };
    let Ok(constructor) = ts.resolve_method(module, row.constructor.token(), &GenericArgs::default()) else { return };
    let class = ts.method_owner(constructor);
    let named = names_for_libraries(cx, module, class);
    members::describe(cx, class);
    cx.need(Node::Callable(constructor), Reason::Reflection);
    let Ok(args) = metadata
        .decode_attribute(attribute, &mut |_| None)
        .or_else(|_| metadata.decode_attribute(attribute, &mut |e| enum_primitive(ts, module, e)))
    else {
        return;
    };
    for value in args.fixed.iter().chain(args.named.iter().map(|n| &n.value)) {
        keep_value(cx, module, value, named);
    }
    let annotations = cx.annotations.of_method(ts, ts.method_definition(constructor));
    for &(index, members) in annotations.iter().flat_map(|of| &of.params) {
        let name = args.fixed.get(index).and_then(AttrValue::as_str).and_then(|name| TypeName::parse(name).ok());
        if let Some(ty) = name.and_then(|name| ts.type_of_name(&name, Some(module))) {
            cx.need(Node::Demanded(Demand { ty, members, name: None }), Reason::DataFlow);
        }
    }
    for named in args.named.iter().filter(|n| !n.is_field) {
        let setter = format!("set_{}", named.name);
        let mut at = Some(class);
        while let Some(t) = at {
            if let Some(m) = ts.find_method(t, &setter, 1) {
                cx.need(Node::Callable(m), Reason::Reflection);
                break;
            }
            at = ts.base_type(t);
        }
    }
}

fn enum_primitive(ts: &TypeSystem, module: ModuleId, e: kiln_metadata::EnumType<'_>) -> Option<kiln_metadata::Primitive> {
    let t = match e {
        kiln_metadata::EnumType::Sig(token) => ts.resolve_type(module, token.token(), &GenericArgs::default()).ok()?,
        kiln_metadata::EnumType::Name(name) => ts.type_of_name(&TypeName::parse(name).ok()?, Some(module))?,
    };
    ts.enum_underlying(t).and_then(|u| primitive(ts, u))
}

/// Whether the types in an attribute are for a library that reads it: the application's attributes name converters, implementations and the like;
/// those for compilers and debuggers name what nobody makes.
fn names_for_libraries(cx: &Cx<'_>, module: ModuleId, class: TypeDesc) -> bool {
    let (namespace, _) = cx.ts.namespace_and_name(class);
    cx.is_application(module) && !matches!(namespace.as_str(), "System.Diagnostics" | "System.Runtime.CompilerServices")
}

/// The types that a value names. `named`: as code does.
fn keep_value(cx: &mut Cx<'_>, module: ModuleId, value: &AttrValue<'_>, named: bool) {
    match value {
        AttrValue::Type(Some(name)) | AttrValue::Enum { ty: kiln_metadata::EnumType::Name(name), .. } => {
            if let Some(t) = TypeName::parse(name).ok().and_then(|n| cx.ts.type_of_name(&n, Some(module))) {
                members::part(cx, t);
                names::findable(cx, t);
                if named {
                    cx.need(Node::Candidate(t), Reason::Reflection);
                    cx.need(Node::Named(t), Reason::Reflection);
                }
            }
        }
        AttrValue::Array { items: Some(items), .. } => {
            for v in items {
                keep_value(cx, module, v, named);
            }
        }
        AttrValue::Boxed(v) => keep_value(cx, module, v, named),
        _ => {}
    }
}

fn primitive(ts: &TypeSystem, t: TypeDesc) -> Option<kiln_metadata::Primitive> {
    use kiln_metadata::Primitive as P;
    use kiln_typesys::Prim;
    Some(match ts.prim(t)? {
        Prim::Bool => P::Boolean,
        Prim::Char => P::Char,
        Prim::I1 => P::I1,
        Prim::U1 => P::U1,
        Prim::I2 => P::I2,
        Prim::U2 => P::U2,
        Prim::I4 => P::I4,
        Prim::U4 => P::U4,
        Prim::I8 => P::I8,
        Prim::U8 => P::U8,
        _ => return None,
    })
}

/// What attributes of a type definition can be on.
#[must_use]
pub fn attribute_owners(module: &kiln_metadata::Module, def: kiln_metadata::TypeDefId) -> Vec<HasCustomAttribute> {
    let mut out = vec![HasCustomAttribute::TypeDef(def)];
    out.extend(module.generic_params_of(def).map(HasCustomAttribute::GenericParam));
    for m in module.methods_of(def).into_iter().flatten() {
        out.push(HasCustomAttribute::MethodDef(m));
        out.extend(module.params_of(m).into_iter().flatten().map(HasCustomAttribute::Param));
        out.extend(module.generic_params_of(m).map(HasCustomAttribute::GenericParam));
    }
    out.extend(module.fields_of(def).into_iter().flatten().map(HasCustomAttribute::Field));
    out.extend(module.properties_of(def).into_iter().flatten().map(HasCustomAttribute::Property));
    out.extend(module.events_of(def).into_iter().flatten().map(HasCustomAttribute::Event));
    out
}
