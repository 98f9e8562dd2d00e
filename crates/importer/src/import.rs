//! From a method to its MIR: the body's flow graph is walked ([`crate::walk`]) and finished ([`crate::finish`]); bodies that are
//! substituted, or that an attribute stands for, are made.

use crate::build::{Importer, Res};
use crate::error::{ImportError, ImportErrorKind, invalid};
use crate::flow::FlowGraph;
use crate::policy::{Constant, ImportPolicy, Replacement};
use crate::unsafe_accessor::Accessor;
use kiln_abi::helpers::throw_kind as kinds;
use kiln_mir::{Function, Local, LocalKind, Term};
use kiln_support::FxHashMap;
use kiln_typesys::{MethodDesc, TypeClass, TypeDesc, TypeSystem};

/// How to import.
#[derive(Clone, Copy, Default, Debug)]
pub struct ImportOptions {
    /// A token that does not resolve is an error of the method, not a throw at its place.
    pub strict: bool,
}

/// The method over the arguments its body is imported with: runtime-determined for canonical shared methods.
#[must_use]
pub fn symbolic_method(ts: &TypeSystem, m: MethodDesc) -> MethodDesc {
    if !ts.is_shared_method(m) {
        return m;
    }
    let ctx = ts.shared_context(m);
    let owner = ts.method_owner(m);
    let owner = if ctx.type_args.is_empty() { owner } else { ts.instantiate(owner, &ctx.type_args) };
    ts.instantiate_method(ts.method_definition(m), owner, &ctx.method_args)
}

/// IL → MIR for one method: exact, canonical shared, or an open definition (checking only).
pub fn import_method(
    ts: &TypeSystem,
    method: MethodDesc,
    policy: &dyn ImportPolicy,
    opts: &ImportOptions,
) -> Result<Function, ImportError> {
    let sym = symbolic_method(ts, method);
    let (mut slots, ret) = arguments(ts, sym)?;
    let arg_count = slots.len() as u32;
    if let Some(r) = policy.removed_body(ts, sym) {
        return made(ts, policy, method, sym, slots, ret, |im| {
            match r {
                Replacement::Return(c) => {
                    let v = ret.map(|t| im.constant(c.unwrap_or(Constant::Default), t));
                    im.end(Term::Return(v));
                }
                Replacement::Throw => im.end(Term::ThrowHelper(kinds::NOT_SUPPORTED, ts.method_display(sym))),
            }
            Ok(())
        });
    }
    if crate::special::hardware::stands_in(ts, policy.processor(), sym) {
        return made(ts, policy, method, sym, slots, ret, |im| im.stand_in());
    }
    let Some(il) = ts.method_body(sym)? else {
        if let Some(accessor) = Accessor::of(ts, sym) {
            return made(ts, policy, method, sym, slots, ret, |im| accessor.emit(im));
        }
        return Err(ImportErrorKind::NoBody.into());
    };
    let body = il.body()?;
    let graph = FlowGraph::new(&body)?;
    if let Some(sig) = body.locals {
        for (i, l) in ts.local_types(il.module, sig.token(), &il.args)?.into_iter().enumerate() {
            ts.check_loads(l.ty)?;
            slots.push(Local { ty: l.ty, kind: LocalKind::Local(i as u32), pinned: l.pinned, address_taken: false });
        }
    }
    let exposed = exposed(&graph, arg_count as usize, slots.len())?;
    let mut forced = FxHashMap::default();
    for _ in 0..2 * graph.blocks.len() + 16 {
        let mut im = Importer {
            strict: opts.strict,
            args: il.args.clone(),
            exposed: exposed.clone(),
            local_count: slots.len() as u32 - arg_count,
            init_locals: body.init_locals,
            max_stack: usize::from(body.max_stack),
            forced: std::mem::take(&mut forced),
            ..Importer::new(ts, policy, sym, (il.module, il.metadata.clone()), &graph, (slots.clone(), arg_count), ret)
        };
        im.run()?;
        if !im.restart {
            let mut f = im.finish(method)?;
            kiln_mir::opt::jumps::run(&mut f);
            kiln_mir::opt::dce::run(&mut f);
            return Ok(f);
        }
        forced = im.forced;
    }
    invalid("the evaluation stack's types do not settle")
}

/// Which slots' addresses some instruction takes.
fn exposed(graph: &FlowGraph<'_>, arg_count: usize, slots: usize) -> Res<Vec<bool>> {
    let mut exposed = vec![false; slots];
    for i in &graph.instrs {
        let at = match (i.opcode, i.operand) {
            (kiln_il::Opcode::Ldarga, kiln_il::Operand::Arg(n)) => usize::from(n),
            (kiln_il::Opcode::Ldloca, kiln_il::Operand::Local(n)) => arg_count + usize::from(n),
            _ => continue,
        };
        match exposed.get_mut(at) {
            Some(e) => *e = true,
            None => return invalid("no such local or argument"),
        }
    }
    Ok(exposed)
}

/// Argument slots and return type.
fn arguments(ts: &TypeSystem, m: MethodDesc) -> Res<(Vec<Local>, Option<TypeDesc>)> {
    let sig = ts.method_sig(m)?;
    let mut slots = Vec::with_capacity(sig.params.len() + 1);
    let mut add = |ty| {
        let kind = LocalKind::Arg(slots.len() as u32);
        slots.push(Local { ty, kind, pinned: false, address_taken: false });
        ts.check_loads(ty)
    };
    if sig.has_this {
        let owner = ts.method_owner(m);
        add(if ts.is_value_type(owner) { ts.byref(owner) } else { owner })?;
    }
    sig.params.iter().copied().try_for_each(add)?;
    Ok((slots, ret_type(ts, sig.ret)))
}

/// `None` for void.
pub(crate) fn ret_type(ts: &TypeSystem, t: TypeDesc) -> Option<TypeDesc> {
    (ts.type_class(t) != TypeClass::Prim(kiln_typesys::Prim::Void)).then_some(t)
}

/// The body of a substituted method.
fn made(
    ts: &TypeSystem,
    policy: &dyn ImportPolicy,
    method: MethodDesc,
    sym: MethodDesc,
    slots: Vec<Local>,
    ret: Option<TypeDesc>,
    emit: impl FnOnce(&mut Importer<'_>) -> Res,
) -> Result<Function, ImportError> {
    let arg_count = slots.len() as u32;
    let graph =
        FlowGraph::new(&kiln_metadata::MethodBody { max_stack: 8, init_locals: false, locals: None, code: &[0x2A], clauses: Vec::new() })?;
    let (module, _) = ts.method_def(sym).unwrap_or((ts.corelib(), kiln_metadata::MethodDefId(1)));
    let mut im = Importer::new(ts, policy, sym, (module, ts.module(module)), &graph, (slots, arg_count), ret);
    im.block_for(0);
    emit(&mut im)?;
    im.finish(method)
}
