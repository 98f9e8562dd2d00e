//! Ids of members as documentation comments have them (C# specification, annex D.4.2): `M:Ns.Outer.Type`1.Method``1(System.Int32,`0)`.

use kiln_typesys::{MethodDesc, TypeDesc, TypeKind, TypeSystem};

/// `T:Ns.Type`.
pub(crate) fn of_type(ts: &TypeSystem, t: TypeDesc) -> String {
    format!("T:{}", definition(ts, t))
}

/// `M:Ns.Type.Method(…)`.
pub(crate) fn of_method(ts: &TypeSystem, m: MethodDesc) -> String {
    let m = ts.method_definition(m);
    // Dots and angles of explicit implementations and constructors are written otherwise.
    let name = ts.method_name(m).replace('.', "#").replace('<', "{").replace('>', "}");
    let count = ts.method_generic_count(m);
    let arity = if count == 0 { String::new() } else { format!("``{count}") };
    let types: Vec<String> = ts.method_sig(m).iter().flat_map(|s| s.params.iter()).map(|&p| parameter(ts, p)).collect();
    let types = if types.is_empty() { String::new() } else { format!("({})", types.join(",")) };
    format!("M:{}.{name}{arity}{types}", definition(ts, ts.method_owner(m)))
}

fn definition(ts: &TypeSystem, t: TypeDesc) -> String {
    let (namespace, name) = ts.namespace_and_name(t);
    let dot = if namespace.is_empty() { "" } else { "." };
    format!("{namespace}{dot}{}", name.replace('+', "."))
}

fn parameter(ts: &TypeSystem, t: TypeDesc) -> String {
    match ts.kind(t) {
        TypeKind::Var(i) => format!("`{i}"),
        TypeKind::MVar(i) => format!("``{i}"),
        TypeKind::SzArray(e) => format!("{}[]", parameter(ts, e)),
        TypeKind::MdArray(e, rank) => format!("{}[{}]", parameter(ts, e), vec!["0:"; rank as usize].join(",")),
        TypeKind::ByRef(e) => format!("{}@", parameter(ts, e)),
        TypeKind::Ptr(e) => format!("{}*", parameter(ts, e)),
        TypeKind::Def { args, .. } if !args.is_empty() => {
            let name = definition(ts, t);
            let mut args = args.iter();
            let parts: Vec<String> = name
                .split('.')
                .map(|part| match part.split_once('`') {
                    Some((plain, count)) => {
                        let own: Vec<String> = args.by_ref().take(count.parse().unwrap_or(0)).map(|&a| parameter(ts, a)).collect();
                        format!("{plain}{{{}}}", own.join(","))
                    }
                    None => part.to_owned(),
                })
                .collect();
            parts.join(".")
        }
        _ => definition(ts, t),
    }
}
