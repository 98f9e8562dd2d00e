//! Methods that ask what the processor has, or use what it may not have: one piece of code for processors that have all of it, one for all
//! others, and before them the question (ADR 0013). An instruction never moves to before the question that way.

use super::Lowerer;
use crate::abi::{AbiSig, hidden_of};
use crate::cx::Cx;
use crate::{LowerError, LowerOptions};
use kiln_lir::{self as lir, CallFlags, CallTarget, Inst, LTy, Sym, Term};
use kiln_mir as mir;
use kiln_simd::IsaSet;
use kiln_typesys::{HiddenParam, TypeSystem};

/// What the code of a method asks for or uses beyond what the program is compiled for.
fn wants(f: &mir::Function) -> IsaSet {
    let insts = f.blocks.iter().flat_map(|b| &b.insts);
    insts.fold(IsaSet::EMPTY, |set, inst| match &inst.1 {
        mir::Inst::Vector { needs, .. } | mir::Inst::CpuHas(needs) => set.and(*needs),
        _ => set,
    })
}

/// The versions of a method and what chooses between them; `None` for a method that has no versions.
///
/// A filter reads its method's frame, of which there is one form: a method with filters is compiled for every processor.
pub(super) fn lower(ts: &TypeSystem, f: &mir::Function, opts: &LowerOptions) -> Result<Option<Vec<lir::Function>>, LowerError> {
    let wants = wants(f);
    let filters = f.regions.iter().any(|r| match &r.kind {
        mir::RegionKind::Filter { .. } => true,
        mir::RegionKind::Catch(t) => ts.is_runtime_determined(*t),
        _ => false,
    });
    if wants.is_empty() || filters {
        return Ok(None);
    }
    let mut out = vec![choice(ts, f, opts, wants)?];
    for version in [wants, IsaSet::EMPTY] {
        let mut lowerer = Lowerer::new(ts, f, opts, None)?;
        lowerer.version = version;
        let mut code = lowerer.run()?;
        code.sym = Sym::Version(code_of(ts, f), version);
        code.name = crate::sym_name(ts, &code.sym);
        code.needs = version;
        out.push(code);
    }
    Ok(Some(out))
}

fn code_of(ts: &TypeSystem, f: &mir::Function) -> kiln_typesys::MethodDesc {
    ts.canonical_method(f.method)
}

/// Asks the processor, and calls the version that is for it.
fn choice(ts: &TypeSystem, f: &mir::Function, opts: &LowerOptions, wants: IsaSet) -> Result<lir::Function, LowerError> {
    let method = code_of(ts, f);
    let abi = AbiSig::of_method(ts, method, hidden_of(ts, method) != HiddenParam::None)?;
    let mut cx = Cx::new(ts, opts);
    cx.bind(&abi);
    let args: Vec<_> = cx.b.params.iter().map(|p| p.0).collect();
    let has = cx.b.op(Inst::CpuHas(wants), LTy::I1);
    let (with, without) = (cx.b.block(), cx.b.block());
    cx.b.branch(has, with, without, Some(true));
    for (block, version) in [(with, wants), (without, IsaSet::EMPTY)] {
        cx.b.switch_to(block);
        let target = CallTarget::Direct(Sym::Version(method, version));
        let v = cx.b.call(target, args.clone(), abi.ret_ty(), CallFlags::default());
        cx.b.term(Term::Return(v));
    }
    Ok(cx.finish(Sym::Method(method), abi.ret_ty()))
}
