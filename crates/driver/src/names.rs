//! Method names: as .NET's stack traces print them, `Ns.Type.Method(Int32 count, String[] names)`, and for debuggers.

use kiln_abi::line_info::{ASYNC, HIDDEN};
use kiln_lir::Sym;
use kiln_metadata::{AttrValue, TypeName};
use kiln_typesys::{GenericArgs, MethodDesc, TypeDesc, TypeKind, TypeSystem};

/// Name of a function in stack traces, the type and the rest; `None` for code that has no place in them (stubs, and where threads start, which
/// is the runtime's on .NET).
pub(crate) fn display_name(ts: &TypeSystem, sym: &Sym) -> Option<(String, String)> {
    match sym {
        Sym::Method(m) | Sym::Version(m, _) if !starts_threads(ts, *m) => Some(method(ts, *m)),
        _ => None,
    }
}

fn starts_threads(ts: &TypeSystem, m: MethodDesc) -> bool {
    ts.method_name(m) == "Run" && ts.namespace_and_name(ts.method_owner(m)) == ("Kiln".to_owned(), "Threads".to_owned())
}

/// Flags of `MethodEntry::name_offset`: what traces leave out, `[StackTraceHidden]` on the method or its type and what .NET inlines; and methods without a
/// border behind their frame, as `await` makes one per method.
pub(crate) fn trace_flags(ts: &TypeSystem, sym: &Sym) -> u32 {
    const HIDDEN_NAME: &str = "System.Diagnostics.StackTraceHiddenAttribute";
    let (Sym::Method(m) | Sym::Version(m, _)) = sym else { return 0 };
    let owner = ts.method_owner(ts.method_definition(*m));
    let hidden = ts.has_attribute(*m, HIDDEN_NAME) || ts.has_attribute(owner, HIDDEN_NAME) || kiln_lower::is_never_called(ts, *m);
    let is_async = ts.has_attribute(owner, COMPILER_GENERATED) && implements(ts, owner, ASYNC_MACHINE);
    (u32::from(hidden) * HIDDEN) | (u32::from(is_async) * ASYNC)
}

const COMPILER_GENERATED: &str = "System.Runtime.CompilerServices.CompilerGeneratedAttribute";
/// Namespaces and names of interfaces.
const ASYNC_MACHINE: (&str, &str) = ("System.Runtime.CompilerServices", "IAsyncStateMachine");
const ENUMERATOR: (&str, &str) = ("System.Collections", "IEnumerator");

fn implements(ts: &TypeSystem, t: TypeDesc, (namespace, name): (&str, &str)) -> bool {
    ts.find_type(ts.corelib(), namespace, name).is_some_and(|i| ts.can_cast_to(t, i))
}

/// Name of a method in debuggers, which show arguments themselves: `Ns.Type<T>.Nested.Method<U>`, type parameters as declared.
pub(crate) fn debug_name(ts: &TypeSystem, m: MethodDesc) -> String {
    let definition = ts.method_definition(m);
    let owner = ts.method_owner(definition);
    let (namespace, name) = ts.namespace_and_name(owner);
    let mut out = namespace;
    // A nested type repeats the parameters of the types around it.
    let mut parameters = type_parameters(ts, owner).into_iter();
    for part in name.split('+') {
        if !out.is_empty() {
            out.push('.');
        }
        let (name, count) = part.rsplit_once('`').and_then(|(n, c)| Some((n, c.parse().ok()?))).unwrap_or((part, 0));
        out.push_str(name);
        list(&mut out, ['<', '>'], parameters.by_ref().take(count));
    }
    out.push('.');
    out.push_str(&ts.method_name(definition));
    list(&mut out, ['<', '>'], method_parameters(ts, definition).into_iter());
    out
}

/// Names of a type's parameters, those of the types around it included.
fn type_parameters(ts: &TypeSystem, t: TypeDesc) -> Vec<String> {
    let Some((module, row)) = ts.type_def(t) else { return Vec::new() };
    let module = ts.module(module);
    module.generic_params_of(row).filter_map(|id| module.generic_param(id).ok().map(|p| p.name.to_owned())).collect()
}

/// Names of a method's own type parameters.
fn method_parameters(ts: &TypeSystem, definition: MethodDesc) -> Vec<String> {
    let Some((module, row)) = ts.method_def(definition) else { return Vec::new() };
    let module = ts.module(module);
    module.generic_params_of(row).filter_map(|id| module.generic_param(id).ok().map(|p| p.name.to_owned())).collect()
}

/// `<T,U>`; nothing for no parameters.
fn list(out: &mut String, [open, close]: [char; 2], names: impl Iterator<Item = String>) {
    let names: Vec<String> = names.collect();
    if !names.is_empty() {
        out.push(open);
        out.push_str(&names.join(","));
        out.push(close);
    }
}

/// A parameter's type; variables have the names that the type and the method declare.
fn short(ts: &TypeSystem, t: TypeDesc, of_type: &[String], of_method: &[String]) -> String {
    let short = |ts: &TypeSystem, e: TypeDesc| short(ts, e, of_type, of_method);
    match ts.kind(t) {
        TypeKind::Var(i) => of_type.get(i as usize).cloned().unwrap_or_default(),
        TypeKind::MVar(i) => of_method.get(i as usize).cloned().unwrap_or_default(),
        TypeKind::SzArray(e) => format!("{}[]", short(ts, e)),
        TypeKind::MdArray(e, rank) => format!("{}[{}]", short(ts, e), ",".repeat(rank.saturating_sub(1) as usize)),
        TypeKind::ByRef(e) => format!("{}&", short(ts, e)),
        TypeKind::Ptr(e) => format!("{}*", short(ts, e)),
        // As .NET names it.
        TypeKind::FnPtr(..) => String::new(),
        _ => {
            let (_, name) = ts.namespace_and_name(t);
            name.rsplit('+').next().unwrap_or(&name).to_owned()
        }
    }
}

/// The method whose body became the state machine that this is a method of, and whether it is an iterator. By its attribute, as
/// .NET's traces find it.
fn source_of(ts: &TypeSystem, definition: MethodDesc) -> Option<(MethodDesc, bool)> {
    const NAMESPACE: &str = "System.Runtime.CompilerServices";
    const MACHINES: [(&str, bool); 3] =
        [("AsyncStateMachineAttribute", false), ("IteratorStateMachineAttribute", true), ("AsyncIteratorStateMachineAttribute", true)];
    let owner = ts.method_owner(definition);
    if !ts.has_attribute(owner, COMPILER_GENERATED) || !(implements(ts, owner, ASYNC_MACHINE) || implements(ts, owner, ENUMERATOR)) {
        return None;
    }
    let (module, row) = ts.type_def(owner)?;
    let metadata = ts.module(module);
    let machine = metadata.type_def(row).ok()?.name;
    let outer = metadata.enclosing_type(row).ok()??;
    for candidate in metadata.methods_of(outer).ok()? {
        for (name, iterates) in MACHINES {
            let Ok(Some(attribute)) = metadata.find_attribute(candidate, NAMESPACE, name) else { continue };
            let Ok(arguments) = metadata.decode_attribute(attribute, &mut |_| None) else { continue };
            if let [AttrValue::Type(Some(text))] = arguments.fixed.as_slice()
                && TypeName::parse(text).is_ok_and(|n| n.names.last().is_some_and(|n| n == machine))
            {
                let source = ts.resolve_method(module, candidate.token(), &GenericArgs::default()).ok()?;
                return Some((source, iterates));
            }
        }
    }
    None
}

fn method(ts: &TypeSystem, m: MethodDesc) -> (String, String) {
    // Parameter types as declared: `T`, not what it is instantiated with.
    let definition = ts.method_definition(m);
    match source_of(ts, definition) {
        Some((source, false)) => signature(ts, source),
        Some((source, true)) => {
            let (owner, member) = signature(ts, source);
            (owner, format!("{member}+{}()", ts.method_name(definition)))
        }
        None => signature(ts, definition),
    }
}

/// `Ns.Type` and `Method[T](Int32 count)`.
fn signature(ts: &TypeSystem, definition: MethodDesc) -> (String, String) {
    let (namespace, name) = ts.namespace_and_name(ts.method_owner(definition));
    let owner = if namespace.is_empty() { name.replace('+', ".") } else { format!("{namespace}.{}", name.replace('+', ".")) };
    let mut out = ts.method_name(definition);
    let (of_type, of_method) = (type_parameters(ts, ts.method_owner(definition)), method_parameters(ts, definition));
    list(&mut out, ['[', ']'], of_method.iter().cloned());
    let metadata = ts.method_def(definition).map(|(module, row)| (ts.module(module), row));
    out.push('(');
    if let Ok(sig) = ts.method_sig(definition) {
        for (i, &p) in sig.params.iter().enumerate() {
            if i > 0 {
                out.push_str(", ");
            }
            out.push_str(&short(ts, p, &of_type, &of_method));
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
    (owner, out)
}
