//! Inlined calls as stack traces tell them: from the scopes of MIR to those of LIR.
//!
//! Every inlined call is a frame that the processor does not have, and traces show it all the same, as they do on .NET, where code that runs
//! for the first time has nothing inlined. The exception is what .NET itself compiles ahead of time: there the least methods of an assembly
//! are inlined into its others, and those that ask for it into all, and no trace shows them. Telling those would be most of what there is to tell.

use crate::{LowerError, LowerOptions};
use kiln_lir::{IlPlace, Scope, ScopeId, Sym};
use kiln_mir::{Function, SourcePos};
use kiln_typesys::{MethodDesc, TypeSystem};

/// What is told of a scope: which one code in it belongs to, and of a scope that is not told the place in that which it counts as.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told {
    scope: ScopeId,
    at: Option<u32>,
}

const INTRINSIC: &str = "System.Runtime.CompilerServices.IntrinsicAttribute";
/// Up to here .NET's own compiler inlines a method's IL: twice what it does not weigh at all, as it takes most of what is a little larger.
const SMALL: usize = 32;
/// `ret` (ECMA-335 III.3.57).
const RET: u8 = 0x2A;

/// The scopes that traces tell, and by MIR scope what is told of it.
pub(super) fn tell(ts: &TypeSystem, f: &Function, scopes: &mut Vec<Scope>) -> Vec<Told> {
    let mut told = vec![Told { scope: ScopeId::FUNCTION, at: None }];
    let mut callees = vec![f.method];
    for s in &f.scopes {
        let callee = ts.canonical_method(s.callee);
        let call = place(&told, s.call);
        callees.push(callee);
        if is_hidden(ts, callees[s.call.scope.index()], callee) {
            told.push(Told { scope: call.scope, at: Some(call.offset) });
            continue;
        }
        let sym = Sym::Method(callee);
        let name = crate::sym_name(ts, &sym);
        scopes.push(Scope { callee: sym, name, call, source: None });
        told.push(Told { scope: ScopeId::new(scopes.len()), at: None });
    }
    told
}

/// Where code counts as coming from.
pub(super) fn place(told: &[Told], pos: SourcePos) -> IlPlace {
    let t = told[pos.scope.index()];
    IlPlace { scope: t.scope, offset: t.at.unwrap_or(pos.offset) }
}

/// Whether no trace of .NET shows the callee: a method of an assembly that is compiled ahead of time.
fn is_hidden(ts: &TypeSystem, caller: MethodDesc, callee: MethodDesc) -> bool {
    let Some((id, def)) = ts.method_def(callee) else { return false };
    let module = ts.module(id);
    if !module.is_ready_to_run() {
        return false;
    }
    let within = ts.method_def(caller).is_some_and(|(home, _)| home == id);
    // What only throws is never inlined.
    let is_small = || matches!(module.method_body(def), Ok(Some(body)) if body.code.len() <= SMALL && body.code.last() == Some(&RET));
    is_never_called(ts, callee) || within && is_small()
}

/// Whether .NET's compiled code never calls the method, so that it is in no trace: methods of assemblies that are compiled ahead of time that
/// ask to be inlined, and accessors that are instructions wherever they are called (indexers of strings and spans).
#[must_use]
pub fn is_never_called(ts: &TypeSystem, m: MethodDesc) -> bool {
    let is_compiled = || ts.method_def(m).is_some_and(|(id, _)| ts.module(id).is_ready_to_run());
    let is_expanded = || ts.method_name(m).starts_with("get_") && ts.has_attribute(m, INTRINSIC);
    is_compiled() && (ts.is_aggressive_inlining(m) || is_expanded())
}

/// Whether any code of the function is of a module whose lines are wanted.
pub(super) fn have_source(ts: &TypeSystem, f: &Function, opts: &LowerOptions) -> Result<bool, LowerError> {
    if opts.origins.is_empty() {
        return Ok(false);
    }
    for m in std::iter::once(f.method).chain(f.scopes.iter().map(|s| ts.canonical_method(s.callee))) {
        if ts.method_body(m)?.is_some_and(|il| opts.origins.contains(&il.module)) {
            return Ok(true);
        }
    }
    Ok(false)
}
