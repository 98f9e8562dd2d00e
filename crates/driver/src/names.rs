//! Method names as .NET's stack traces print them: `Ns.Type.Method(Int32 count, String[] names)`.

use kiln_lir::Sym;
use kiln_typesys::{MethodDesc, TypeDesc, TypeKind, TypeSystem};

/// Name of a function in stack traces; `None` for code that has no place in them (stubs).
pub(crate) fn display_name(ts: &TypeSystem, sym: &Sym) -> Option<String> {
    match sym {
        Sym::Method(m) => Some(method(ts, *m)),
        _ => None,
    }
}

fn short(ts: &TypeSystem, t: TypeDesc) -> String {
    match ts.kind(t) {
        TypeKind::SzArray(e) => format!("{}[]", short(ts, e)),
        TypeKind::MdArray(e, rank) => format!("{}[{}]", short(ts, e), ",".repeat(rank.saturating_sub(1) as usize)),
        TypeKind::ByRef(e) => format!("{}&", short(ts, e)),
        TypeKind::Ptr(e) => format!("{}*", short(ts, e)),
        _ => {
            let (_, name) = ts.namespace_and_name(t);
            name.rsplit('+').next().unwrap_or(&name).to_owned()
        }
    }
}

fn method(ts: &TypeSystem, m: MethodDesc) -> String {
    // Parameter types as declared: `T`, not what it is instantiated with.
    let definition = ts.method_definition(m);
    let (namespace, name) = ts.namespace_and_name(ts.method_owner(definition));
    let mut out = if namespace.is_empty() { name.replace('+', ".") } else { format!("{namespace}.{}", name.replace('+', ".")) };
    out.push('.');
    out.push_str(&ts.method_name(definition));
    let metadata = ts.method_def(definition).map(|(module, row)| (ts.module(module), row));
    out.push('(');
    if let Ok(sig) = ts.method_sig(definition) {
        for (i, &p) in sig.params.iter().enumerate() {
            if i > 0 {
                out.push_str(", ");
            }
            out.push_str(&short(ts, p));
            let parameter = metadata.as_ref().and_then(|(module, row)| {
                let list = module.params_of(*row).ok()?;
                list.into_iter()
                    .filter_map(|id| module.param(id).ok())
                    .find(|r| usize::from(r.sequence) == i + 1)
                    .map(|r| r.name.to_owned())
            });
            if let Some(parameter) = parameter.filter(|n| !n.is_empty()) {
                out.push(' ');
                out.push_str(&parameter);
            }
        }
    }
    out.push(')');
    out
}
