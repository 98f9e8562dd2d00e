//! What the program's method table says of a function: from its LIR and what code generation made of it to a record of `data`.

use crate::cache::Entry;
use crate::names;
use kiln_codegen::SitePlace;
use kiln_data::{CallPlace, InlinedCall, MethodRecord};
use kiln_lir::{Function, Scope, Sym};
use kiln_typesys::TypeSystem;

/// The record of a function.
pub(crate) fn record(ts: &TypeSystem, f: &Function, entry: &Entry) -> MethodRecord {
    // What chooses between the versions of a method is no frame of its own.
    let chooses = f.sym_names.iter().any(|(s, _)| matches!(s, Sym::Version(..)));
    let method = match f.sym {
        Sym::Method(m) | Sym::Version(m, _) if !chooses => Some(m),
        _ => None,
    };
    let g = &entry.gc;
    MethodRecord {
        symbol: g.symbol.clone(),
        gc: (!g.gc.is_empty()).then(|| g.gc.clone()),
        method,
        flags: names::trace_flags(ts, &f.sym),
        display: names::display_name(ts, &f.sym).filter(|_| !chooses),
        places: g.places.iter().map(|&(at, place)| call_place(f, at, place)).collect(),
        inlined: f.scopes.iter().map_while(|s| inlined_call(ts, f, s)).collect(),
    }
}

/// A place in the source of a function.
fn line(f: &Function, document: u32, line: u32) -> Option<(String, u32)> {
    let file = f.source.as_ref()?.documents.get(document as usize)?;
    (line != 0).then(|| (file.clone(), line))
}

fn call_place(f: &Function, return_offset: u32, place: SitePlace) -> CallPlace {
    CallPlace { return_offset, inlined: place.scope, line: line(f, place.document, place.line) }
}

/// An inlined call; all are of methods, which have names.
fn inlined_call(ts: &TypeSystem, f: &Function, scope: &Scope) -> Option<InlinedCall> {
    let Sym::Method(method) = scope.callee else { return None };
    Some(InlinedCall {
        method,
        display: names::display_name(ts, &scope.callee)?,
        flags: names::trace_flags(ts, &scope.callee),
        outer: scope.call.scope.0,
        line: scope.source.as_ref().and_then(|s| line(f, s.call.document, s.call.line)),
    })
}
