//! The rules every LIR function obeys: one definition per value, definitions dominate uses, operand types fit, landing pads are
//! reached by unwinding only. [`Rule`] lists them.
//!
//! From a `Function` to the first violation. `codegen` relies on it; lowering asks it in builds with debug assertions.

mod dominance;
mod insts;
mod rule;

pub use rule::{Place, Rule, Violation};

use crate::function::{BlockId, Function, StackSlot, ValueId};
use crate::inst::{Inst, LTy};
use crate::sym::Sym;
use dominance::{At, Dominators};
use kiln_support::FxHashSet;

/// Checks a function.
///
/// # Errors
///
/// The first rule that is broken, and where.
pub fn verify(f: &Function) -> Result<(), Violation> {
    let names = f.sym_names.iter().map(|(s, _)| s).collect();
    let mut verifier = Verifier { f, defs: vec![None; f.value_types.len()], dominators: Dominators::of(f), names, place: None };
    verifier.run().map_err(|(rule, detail)| Violation { function: f.name.clone(), place: verifier.place, rule, detail })
}

/// A rule, and what breaks it.
type Broken = (Rule, String);

fn broken<T>(rule: Rule, detail: String) -> Result<T, Broken> {
    Err((rule, detail))
}

struct Verifier<'a> {
    f: &'a Function,
    /// Where each value is defined.
    defs: Vec<Option<At>>,
    dominators: Dominators,
    names: FxHashSet<&'a Sym>,
    /// Where the check is.
    place: Option<Place>,
}

impl Verifier<'_> {
    fn run(&mut self) -> Result<(), Broken> {
        let f = self.f;
        let Some(entry) = f.blocks.first() else { return broken(Rule::HasBlocks, "no blocks".to_owned()) };
        if !entry.params.is_empty() || entry.landing_pad.is_some() {
            return broken(Rule::PlainEntry, "bb0".to_owned());
        }
        if (f.sret || f.context) && f.params.first().map(|p| p.1) != Some(LTy::Ptr) || f.sret && f.context {
            return broken(Rule::ResultAddress, f.name.clone());
        }
        f.slots.iter().try_for_each(slot)?;
        self.scopes()?;
        self.lines()?;
        for &(v, t) in &f.params {
            self.define(v, t, (0, 0))?;
        }
        self.definitions()?;
        self.uses()
    }

    fn definitions(&mut self) -> Result<(), Broken> {
        let f = self.f;
        for (b, block) in f.blocks.iter().enumerate() {
            self.place = Some(Place { block: BlockId::new(b), inst: 0 });
            for &(v, t) in &block.params {
                self.define(v, t, (b as u32, 0))?;
            }
            if block.landing_pad.is_some() && !block.params.is_empty() {
                return broken(Rule::PadWithoutParameters, format!("bb{b}"));
            }
            for (i, (results, inst)) in block.insts.iter().enumerate() {
                self.place = Some(Place { block: BlockId::new(b), inst: i });
                let types = result_types(f, inst);
                if types.len() != results.len() {
                    return broken(Rule::ResultCount, format!("{} results, {} defined", types.len(), results.len()));
                }
                for (&v, &t) in results.iter().zip(&types) {
                    self.define(v, t, (b as u32, i as u32 + 1))?;
                }
            }
        }
        Ok(())
    }

    fn uses(&mut self) -> Result<(), Broken> {
        let f = self.f;
        for (b, block) in f.blocks.iter().enumerate() {
            self.place = Some(Place { block: BlockId::new(b), inst: 0 });
            block.landing_pad.iter().flatten().try_for_each(|clause| self.clause(clause))?;
            for (i, (_, inst)) in block.insts.iter().enumerate() {
                self.place = Some(Place { block: BlockId::new(b), inst: i });
                self.inst(inst, (b as u32, i as u32 + 1))?;
            }
            self.place = Some(Place { block: BlockId::new(b), inst: block.insts.len() });
            self.term(&block.term, (b as u32, u32::MAX))?;
        }
        Ok(())
    }

    fn define(&mut self, v: ValueId, t: LTy, at: At) -> Result<(), Broken> {
        let Some(&declared) = self.f.value_types.get(v.index()) else { return broken(Rule::TypedValue, v.to_string()) };
        if self.defs[v.index()].replace(at).is_some() {
            return broken(Rule::DefinedOnce, format!("{v} is defined again"));
        }
        if declared != t {
            return broken(Rule::DeclaredType, format!("{v} is declared {}, defined as {}", declared.word(), t.word()));
        }
        if t == LTy::Void {
            return broken(Rule::ValueType, format!("{v} is nothing"));
        }
        Ok(())
    }

    fn used(&self, v: ValueId, at: At) -> Result<LTy, Broken> {
        let Some(&Some(d)) = self.defs.get(v.index()) else { return broken(Rule::Defined, v.to_string()) };
        if !self.dominators.dominates(d, at) {
            return broken(Rule::Dominance, format!("{v}, defined in bb{}", d.0));
        }
        Ok(self.f.value_types[v.index()])
    }

    fn want(&self, v: ValueId, t: LTy, at: At) -> Result<(), Broken> {
        let have = self.used(v, at)?;
        if have == t { Ok(()) } else { broken(Rule::OperandType, format!("{v} is {}, {} expected", have.word(), t.word())) }
    }

    fn address(&self, v: ValueId, at: At) -> Result<(), Broken> {
        match self.used(v, at)? {
            LTy::Ref | LTy::Ptr | LTy::I64 => Ok(()),
            t => broken(Rule::Address, format!("{v} is {}", t.word())),
        }
    }

    fn scopes(&self) -> Result<(), Broken> {
        let mut calls = (1..).zip(&self.f.scopes);
        match calls.find(|(id, scope)| scope.call.scope.index() >= *id) {
            Some((id, scope)) => broken(Rule::Scope, format!("sc{id} in {}", scope.call.scope)),
            None => Ok(()),
        }
    }

    fn lines(&self) -> Result<(), Broken> {
        let Some(source) = &self.f.source else { return Ok(()) };
        let places: Vec<_> = source.lines.iter().map(|m| (m.block, m.inst)).collect();
        let inlined = self.f.scopes.iter().filter_map(|s| s.source.as_ref()).flat_map(|s| [s.start, s.call]);
        let exist = source.lines.iter().all(|m| m.block.index() < self.f.blocks.len() && m.scope.index() <= self.f.scopes.len());
        let documented = source.lines.iter().map(|m| m.place).chain(inlined).all(|p| (p.document as usize) < source.documents.len());
        let good = places.is_sorted() && exist && documented && !source.documents.is_empty();
        if good { Ok(()) } else { broken(Rule::LineMarks, source.name.clone()) }
    }
}

fn slot(s: &StackSlot) -> Result<(), Broken> {
    let name = || s.name.clone();
    if !s.align.is_power_of_two() {
        return broken(Rule::SlotAlignment, format!("{}: {}", s.name, s.align));
    }
    let inside = s.ref_offsets.iter().all(|o| o % 8 == 0 && u64::from(*o) + 8 <= u64::from(s.size));
    if !inside || !s.ref_offsets.is_sorted_by(|a, b| a < b) {
        return broken(Rule::SlotReferences, format!("{}: {:?} in {}", s.name, s.ref_offsets, s.size));
    }
    if let Some(scalar) = s.scalar
        && (insts::size(scalar) != Some(s.size) || (scalar == LTy::Ref) != (s.ref_offsets == [0]))
    {
        return broken(Rule::SlotScalar, format!("{}: {} in {}", s.name, scalar.word(), s.size));
    }
    if s.pinned && s.ref_offsets != [0] {
        return broken(Rule::PinnedSlot, name());
    }
    Ok(())
}

/// Types of an instruction's results.
fn result_types(f: &Function, inst: &Inst) -> Vec<LTy> {
    match inst {
        Inst::IConst(t, _)
        | Inst::Load { ty: t, .. }
        | Inst::Bin(_, t, _, _)
        | Inst::Un(_, t, _)
        | Inst::Math(_, t, _)
        | Inst::Select(t, ..)
        | Inst::Cast { to: t, .. }
        | Inst::AtomicRmw { ty: t, .. }
        | Inst::AtomicCas { ty: t, .. } => vec![*t],
        Inst::F32Const(_) => vec![LTy::F32],
        Inst::F64Const(_) => vec![LTy::F64],
        Inst::SymAddr(..) | Inst::ThreadAddr(_) | Inst::SlotAddr(..) | Inst::IntToPtr(_) | Inst::StackAlloc { .. } => vec![LTy::Ptr],
        Inst::FrozenRef(_) | Inst::PtrToRef(_) | Inst::IntToRef(_) => vec![LTy::Ref],
        Inst::PtrToInt(_) | Inst::RefToInt(_) => vec![LTy::I64],
        Inst::Addr { base, .. } => vec![f.value_types.get(base.index()).copied().unwrap_or(LTy::Void)],
        Inst::BinOverflow { ty, .. } => vec![*ty, LTy::I1],
        Inst::ICmp(..) | Inst::FCmp(..) | Inst::CpuHas(_) => vec![LTy::I1],
        Inst::Vector(op, _) => Some(LTy::of(op.to)).filter(|&t| t != LTy::Void).into_iter().collect(),
        Inst::Call(call) if call.ret == LTy::Void => Vec::new(),
        Inst::Call(call) => std::iter::once(call.ret).chain(call.flags.more.into_iter().flatten()).collect(),
        Inst::Store { .. } | Inst::MemMove { .. } | Inst::MemSet { .. } | Inst::ZeroSlot { .. } | Inst::Fence => Vec::new(),
    }
}
