//! Generic dictionaries: contexts, what a lookup is for exact arguments, and the limit that ends generic recursion (contract §6).

pub(crate) mod dictionaries;
pub(crate) mod expansion;

use kiln_lir::{Lookup, LookupCtx, Sym};
use kiln_lower::{default_comparer_type, method_entry, names::unboxing_entry};
use kiln_typesys::{GenericArgs, MethodDesc, TypeDesc, TypeKind, TypeSystem};
use std::sync::Arc;

/// Instantiations nested deeper than this come from recursion that never ends (`void F<T>() => F<List<T>>()`).
pub const MAX_DEPTH: usize = 12;

/// What a lookup finds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Found {
    /// Address of a symbol.
    Sym(Sym),
    /// Nothing: generic recursion was cut off here, or no method implements the constraint. The text says which.
    Nothing(String),
}

/// Nesting depth of a type.
#[must_use]
pub fn depth(ts: &TypeSystem, t: TypeDesc) -> usize {
    match ts.kind(t) {
        TypeKind::Def { args, .. } => args.iter().map(|&a| depth(ts, a)).max().map_or(1, |d| d + 1),
        TypeKind::SzArray(e) | TypeKind::MdArray(e, _) | TypeKind::ByRef(e) | TypeKind::Ptr(e) => depth(ts, e) + 1,
        TypeKind::RuntimeDetermined { canon, .. } => depth(ts, canon),
        TypeKind::FnPtr(_) | TypeKind::Var(_) | TypeKind::MVar(_) => 1,
    }
}

/// Nesting depth of a method: of its owner or its deepest argument.
#[must_use]
pub fn method_depth(ts: &TypeSystem, m: MethodDesc) -> usize {
    let args = ts.method_args(m);
    args.iter().map(|&a| depth(ts, a) + 1).max().unwrap_or(0).max(depth(ts, ts.method_owner(m)))
}

/// The context and arguments of an exact type's dictionary; `None` when its code is not shared.
#[must_use]
pub fn type_context(ts: &TypeSystem, t: TypeDesc) -> Option<(LookupCtx, GenericArgs)> {
    let c = ts.canonical_type(t);
    if !ts.contains_canon(c) {
        return None;
    }
    Some((LookupCtx::Type(c), GenericArgs { type_args: ts.type_args(t), method_args: Arc::from([]) }))
}

/// The context and arguments of an exact generic method's dictionary.
#[must_use]
pub fn method_context(ts: &TypeSystem, m: MethodDesc) -> (LookupCtx, GenericArgs) {
    (LookupCtx::Method(ts.canonical_method(m)), ts.method_generic_context(m))
}

/// What a lookup is for exact arguments.
#[must_use]
pub fn resolve_lookup(ts: &TypeSystem, l: &Lookup, args: &GenericArgs) -> Found {
    let ty = |t: TypeDesc| ts.substitute(t, args);
    let method = |m: MethodDesc| ts.substitute_method(m, args);
    let sym = match *l {
        Lookup::TypeHandle(t) => Sym::ConstructedType(ty(t)),
        Lookup::NecessaryTypeHandle(t) => Sym::NecessaryType(ty(t)),
        Lookup::MethodDictionary(m) => Sym::MethodDictionary(method(m)),
        Lookup::MethodEntry(m) => method_entry(ts, method(m)),
        Lookup::UnboxingEntry(m) => unboxing_entry(ts, method(m)),
        Lookup::Statics(t) => Sym::Statics(ty(t)),
        Lookup::ThreadStatics(t) => Sym::ThreadStatics(ty(t)),
        Lookup::DispatchCell(m) => Sym::DispatchCell(method(m)),
        Lookup::GvmHandle(m) => Sym::GvmHandle(method(m)),
        Lookup::DefaultEqualityComparer(t) | Lookup::DefaultComparer(t) => {
            match default_comparer_type(ts, ty(t), matches!(l, Lookup::DefaultEqualityComparer(_))) {
                Ok(c) => Sym::ConstructedType(c),
                Err(e) => return Found::Nothing(e.to_string()),
            }
        }
        Lookup::FieldHandle(f) => Sym::FieldHandle(ts.substitute_field(f, args)),
        Lookup::MethodHandle(m) => Sym::MethodHandle(method(m)),
        Lookup::ConstrainedEntry(t, m) => {
            let (t, m) = (ty(t), method(m));
            let found = if ts.is_static_method(m) { ts.resolve_static_virtual(m, t) } else { ts.resolve_constrained(m, t) };
            match found {
                Some(f) => method_entry(ts, f),
                None => return Found::Nothing(format!("{} has no {}", ts.type_display(t), ts.method_display(m))),
            }
        }
    };
    let too_deep = match &sym {
        Sym::ConstructedType(t) | Sym::NecessaryType(t) | Sym::Statics(t) | Sym::ThreadStatics(t) => depth(ts, *t) > MAX_DEPTH,
        Sym::MethodDictionary(m)
        | Sym::Method(m)
        | Sym::MethodEntry(m)
        | Sym::UnboxingStub(m)
        | Sym::DispatchCell(m)
        | Sym::GvmHandle(m)
        | Sym::MethodHandle(m) => method_depth(ts, *m) > MAX_DEPTH,
        _ => false,
    };
    if too_deep { Found::Nothing(format!("{} is nested too deeply", kiln_lower::sym_name(ts, &sym))) } else { Found::Sym(sym) }
}
