//! Members as messages name them: `Ns.Outer.Type<T>.Method<U>(List<T>, Int32)`, `Ns.Type.Property.get`, types of parameters without their
//! namespaces.

use crate::requirement::property_of;
use kiln_metadata::TypeOrMethodDef;
use kiln_typesys::{FieldDesc, MethodDesc, ModuleId, TypeDesc, TypeKind, TypeSystem};

/// A method, or the accessor of a property.
#[must_use]
pub fn method(ts: &TypeSystem, m: MethodDesc) -> String {
    let m = ts.method_definition(m);
    let owner = ts.method_owner(m);
    let (type_name, name) = (definition(ts, owner), ts.method_name(m));
    let Some((module, row)) = ts.method_def(m) else { return format!("{type_name}.{name}") };
    let property = property_of(ts, module, row).and_then(|p| Some(ts.module(module).property(p).ok()?.name.to_owned()));
    if let Some(property) = property {
        let accessor = if name.contains("get_") { "get" } else { "set" };
        return format!("{type_name}.{property}.{accessor}");
    }
    let scope = Scope { module, owner: ts.type_def(owner).map(|d| d.1.into()), method: row.into() };
    let name = if ts.is_ctor(m) {
        simple(&ts.namespace_and_name(owner).1).rsplit('.').next().unwrap_or_default().to_owned()
    } else {
        name + &parameters(ts, module, row.into())
    };
    let types: Vec<String> = ts.method_sig(m).iter().flat_map(|s| s.params.iter()).map(|&p| short(ts, p, scope)).collect();
    format!("{type_name}.{name}({})", types.join(", "))
}

/// A field.
pub(crate) fn field(ts: &TypeSystem, f: FieldDesc) -> String {
    format!("{}.{}", definition(ts, ts.field_owner(f)), ts.field_name(f))
}

/// A parameter of a method, by position without `this`.
pub(crate) fn parameter(ts: &TypeSystem, m: MethodDesc, index: usize) -> String {
    let Some((module, row)) = ts.method_def(ts.method_definition(m)) else { return String::new() };
    let metadata = ts.module(module);
    let mut rows = metadata.params_of(row).into_iter().flatten().filter_map(|id| metadata.param(id).ok());
    rows.find(|row| usize::from(row.sequence) == index + 1).map(|row| row.name.to_owned()).unwrap_or_default()
}

/// A type parameter of a method's definition.
pub(crate) fn method_parameter(ts: &TypeSystem, m: MethodDesc, index: usize) -> String {
    let Some((module, row)) = ts.method_def(m) else { return String::new() };
    variable(ts, module, Some(row.into()), u32::try_from(index).unwrap_or(u32::MAX))
}

/// A type parameter of a type's definition.
pub(crate) fn type_parameter(ts: &TypeSystem, t: TypeDesc, index: usize) -> String {
    let Some((module, row)) = ts.type_def(t) else { return String::new() };
    variable(ts, module, Some(row.into()), u32::try_from(index).unwrap_or(u32::MAX))
}

/// Whose variables have which names.
#[derive(Clone, Copy)]
struct Scope {
    module: ModuleId,
    owner: Option<TypeOrMethodDef>,
    method: TypeOrMethodDef,
}

/// `Ns.Outer.Type<T>`, variables as declared.
#[must_use]
pub fn definition(ts: &TypeSystem, t: TypeDesc) -> String {
    let (namespace, name) = ts.namespace_and_name(t);
    let dot = if namespace.is_empty() { "" } else { "." };
    let variables = ts.type_def(t).map(|(module, row)| parameters(ts, module, row.into())).unwrap_or_default();
    format!("{namespace}{dot}{}{variables}", simple(&name))
}

/// `Outer.Type` of ``Outer`1+Type``.
fn simple(name: &str) -> String {
    let parts: Vec<&str> = name.split('+').map(|part| part.split('`').next().unwrap_or(part)).collect();
    parts.join(".")
}

/// `<T, U>`, or nothing.
fn parameters(ts: &TypeSystem, module: ModuleId, owner: TypeOrMethodDef) -> String {
    let metadata = ts.module(module);
    let names: Vec<&str> = metadata.generic_params_of(owner).filter_map(|id| metadata.generic_param(id).ok().map(|p| p.name)).collect();
    if names.is_empty() { String::new() } else { format!("<{}>", names.join(", ")) }
}

fn variable(ts: &TypeSystem, module: ModuleId, owner: Option<TypeOrMethodDef>, index: u32) -> String {
    let metadata = ts.module(module);
    let mut rows = owner.into_iter().flat_map(|o| metadata.generic_params_of(o)).filter_map(|id| metadata.generic_param(id).ok());
    rows.find(|row| u32::from(row.number) == index).map(|row| row.name.to_owned()).unwrap_or_default()
}

/// A type without its namespace.
fn short(ts: &TypeSystem, t: TypeDesc, scope: Scope) -> String {
    match ts.kind(t) {
        TypeKind::Var(i) => variable(ts, scope.module, scope.owner, i),
        TypeKind::MVar(i) => variable(ts, scope.module, Some(scope.method), i),
        TypeKind::SzArray(e) => format!("{}[]", short(ts, e, scope)),
        TypeKind::MdArray(e, rank) => format!("{}[{}]", short(ts, e, scope), ",".repeat(rank.saturating_sub(1) as usize)),
        TypeKind::ByRef(e) => format!("{}&", short(ts, e, scope)),
        TypeKind::Ptr(e) => format!("{}*", short(ts, e, scope)),
        TypeKind::Def { args, .. } => {
            let name = simple(&ts.namespace_and_name(t).1);
            let args: Vec<String> = args.iter().map(|&a| short(ts, a, scope)).collect();
            if args.is_empty() { name } else { format!("{name}<{}>", args.join(", ")) }
        }
        _ => ts.type_display(t),
    }
}
