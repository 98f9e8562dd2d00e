//! Generic dictionaries: contexts, what a lookup is for exact arguments, and the limit that ends generic recursion (contract §6).

pub(crate) mod dictionaries;
pub(crate) mod expansion;

use kiln_lir::{Lookup, LookupCtx, Sym};
use kiln_lower::{default_comparer_type, method_entry, names::unboxing_entry};
use kiln_typesys::{GenericArgs, MethodDesc, TypeDesc, TypeKind, TypeSystem, WellKnown};
use std::sync::Arc;

/// Instantiations nested deeper than this come from recursion that never ends (`void F<T>() => F<List<T>>()`).
pub const MAX_DEPTH: usize = 12;

/// Recursion that nests one pattern again and again makes few types; it may go on this far. As far as any type goes.
const MAX_REPEATED: u16 = 64;

/// A type of more parts is too deep, whatever its shape: `F<T>` that goes on with `F<(T, T)>` doubles it each time.
const MAX_PARTS: u32 = 4096;

/// What the program says where it goes on beyond that.
const BEYOND: &str = "The program makes generic types or methods out of each other without end, and got further than was compiled.";

/// What is called in the place of a method that is nested too deeply.
#[must_use]
pub fn beyond() -> Sym {
    Sym::ThrowStub(BEYOND.to_owned())
}

/// What a lookup finds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Found {
    /// Address of a symbol.
    Sym(Sym),
    /// Nothing: no method implements the constraint, or the type does not load. The text says which.
    Nothing(String),
    /// What is nested too deeply: generic recursion was cut off here.
    TooDeep(Sym),
}

/// Nesting depth of a type, as far as it matters: four arrays in a row count as one, and so does a pattern that repeats itself.
#[must_use]
pub fn depth(ts: &TypeSystem, t: TypeDesc) -> usize {
    if ts.type_parts(t) > MAX_PARTS {
        return MAX_DEPTH * 2;
    }
    let (from, repeated) = match (MAX_DEPTH as u16 / 2..=MAX_REPEATED).contains(&ts.type_depth(t)) {
        true => behind_pattern(ts, t),
        false => (t, 0),
    };
    repeated + plain_depth(ts, from)
}

fn plain_depth(ts: &TypeSystem, t: TypeDesc) -> usize {
    match ts.kind(t) {
        TypeKind::Def { args, .. } => args.iter().map(|&a| plain_depth(ts, a)).max().map_or(1, |d| d + 1),
        TypeKind::SzArray(_) | TypeKind::MdArray(..) => {
            let (mut element, mut run) = (t, 0);
            while let Some(e) = ts.element_type(element).filter(|&e| rank(ts, element) == rank(ts, t) || e == t) {
                (element, run) = (e, run + 1);
            }
            plain_depth(ts, element) + usize::div_ceil(run, 4)
        }
        TypeKind::ByRef(e) | TypeKind::Ptr(e) => plain_depth(ts, e) + 1,
        TypeKind::RuntimeDetermined { canon, .. } => plain_depth(ts, canon),
        TypeKind::FnPtr(_) | TypeKind::Var(_) | TypeKind::MVar(_) => 1,
    }
}

fn rank(ts: &TypeSystem, t: TypeDesc) -> Option<u32> {
    match ts.kind(t) {
        TypeKind::SzArray(_) => Some(0),
        TypeKind::MdArray(_, rank) => Some(rank),
        _ => None,
    }
}

/// The outermost layer of a type, with a hole for what is nested deepest in it, and that.
fn peel(ts: &TypeSystem, t: TypeDesc) -> Option<(TypeKind, TypeDesc)> {
    let hole = ts.well_known(WellKnown::Void);
    match ts.kind(t) {
        TypeKind::Def { module, def, args } => {
            let inner = args.iter().copied().max_by_key(|&a| (ts.type_depth(a), std::cmp::Reverse(a)))?;
            let args = args.iter().map(|&a| if a == inner { hole } else { a }).collect();
            Some((TypeKind::Def { module, def, args }, inner))
        }
        TypeKind::SzArray(e) => Some((TypeKind::SzArray(hole), e)),
        TypeKind::MdArray(e, rank) => Some((TypeKind::MdArray(hole, rank), e)),
        _ => None,
    }
}

/// The type behind a pattern of one or two layers that repeats itself, with no more than two layers around it all and two behind
/// it, and how many layers remain in front of that type if the pattern counts once; else the type itself.
fn behind_pattern(ts: &TypeSystem, t: TypeDesc) -> (TypeDesc, usize) {
    let mut layers = Vec::new();
    let mut at = t;
    while let Some((layer, inner)) = peel(ts, at) {
        layers.push((layer, at));
        at = inner;
    }
    for around in 0..=2 {
        for period in 1..=2 {
            let layers = layers.get(around..).unwrap_or_default();
            let repeats = layers.iter().zip(layers.iter().skip(period)).take_while(|(a, b)| a.0 == b.0).count();
            let rest = repeats + period;
            if repeats > 0 && rest + 2 >= layers.len() {
                return (layers.get(rest).map_or(at, |l| l.1), around + period);
            }
        }
    }
    (t, 0)
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
    if too_deep { Found::TooDeep(sym) } else { Found::Sym(sym) }
}
