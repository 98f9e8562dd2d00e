//! The rules every LIR function obeys: one definition per value, definitions dominate uses, operand types fit, landing pads are
//! reached by unwinding only.
//!
//! From a `Function` to the first violation as text. Run after lowering in tests and debug builds; `codegen` relies on it.

use crate::function::{BlockId, Function, ValueId};
use crate::inst::{CallTarget, Inst, LTy, Term};

/// Checks a function; the error names block, instruction and rule.
pub fn verify(f: &Function) -> Result<(), String> {
    Verifier { f, defs: vec![None; f.value_types.len()], idom: dominators(f) }.run().map_err(|e| format!("{}: {e}", f.name))
}

/// Where a value is defined: block and position (0 = on entry).
type Def = (u32, u32);

struct Verifier<'a> {
    f: &'a Function,
    defs: Vec<Option<Def>>,
    idom: Vec<Option<u32>>,
}

impl Verifier<'_> {
    fn run(mut self) -> Result<(), String> {
        let f = self.f;
        if f.blocks.is_empty() {
            return Err("no blocks".to_owned());
        }
        for &(v, t) in &f.params {
            self.define(v, t, (0, 0))?;
        }
        for (b, block) in f.blocks.iter().enumerate() {
            for &(v, t) in &block.params {
                self.define(v, t, (b as u32, 0))?;
            }
            if block.landing_pad.is_some() && !block.params.is_empty() {
                return Err(format!("bb{b}: landing pad with parameters"));
            }
            for (i, (results, inst)) in block.insts.iter().enumerate() {
                let tys = result_types(f, inst);
                if tys.len() != results.len() {
                    return Err(format!("bb{b}.{i}: {} results, {} expected: {inst:?}", results.len(), tys.len()));
                }
                for (&v, &t) in results.iter().zip(&tys) {
                    self.define(v, t, (b as u32, i as u32 + 1))?;
                }
            }
        }
        for (b, block) in f.blocks.iter().enumerate() {
            for (i, (_, inst)) in block.insts.iter().enumerate() {
                let at = (b as u32, i as u32 + 1);
                self.inst(inst, at).map_err(|e| format!("bb{b}.{i}: {e}: {inst:?}"))?;
            }
            let at = (b as u32, u32::MAX);
            self.term(&block.term, at).map_err(|e| format!("bb{b}: {e}: {:?}", block.term))?;
        }
        Ok(())
    }

    fn define(&mut self, v: ValueId, t: LTy, at: Def) -> Result<(), String> {
        match self.defs.get_mut(v.index()) {
            None => return Err(format!("{v} has no type")),
            Some(Some(_)) => return Err(format!("{v} is defined twice")),
            Some(d) => *d = Some(at),
        }
        if self.f.value_types[v.index()] != t {
            return Err(format!("{v} is declared {:?}, defined as {t:?}", self.f.value_types[v.index()]));
        }
        Ok(())
    }

    fn used(&self, v: ValueId, at: Def) -> Result<LTy, String> {
        let Some(&Some(d)) = self.defs.get(v.index()) else { return Err(format!("{v} is used but never defined")) };
        let ok = if d.0 == at.0 { d.1 < at.1 } else { self.dominates(d.0, at.0) };
        if !ok {
            return Err(format!("{v} (defined in bb{}) does not dominate its use", d.0));
        }
        Ok(self.f.value_types[v.index()])
    }

    fn dominates(&self, a: u32, mut b: u32) -> bool {
        // Unreachable uses are not checked.
        loop {
            if a == b {
                return true;
            }
            match self.idom[b as usize] {
                Some(p) if p != b => b = p,
                Some(_) => return false,
                None => return true,
            }
        }
    }

    fn want(&self, v: ValueId, t: LTy, at: Def) -> Result<(), String> {
        let have = self.used(v, at)?;
        if have == t { Ok(()) } else { Err(format!("{v} is {have:?}, {t:?} expected")) }
    }

    fn address(&self, v: ValueId, at: Def) -> Result<(), String> {
        match self.used(v, at)? {
            LTy::Ref | LTy::Ptr | LTy::I64 => Ok(()),
            t => Err(format!("{v} is {t:?}, an address expected")),
        }
    }

    fn inst(&self, inst: &Inst, at: Def) -> Result<(), String> {
        match inst {
            Inst::IConst(..)
            | Inst::F32Const(_)
            | Inst::F64Const(_)
            | Inst::SymAddr(..)
            | Inst::FrozenRef(_)
            | Inst::ThreadAddr(_)
            | Inst::Fence => Ok(()),
            Inst::SlotAddr(s, o) => match self.f.slots.get(s.index()) {
                Some(slot) if *o < slot.size.max(1) => Ok(()),
                _ => Err("bad slot".to_owned()),
            },
            Inst::ZeroSlot { slot, offset, size } => match self.f.slots.get(slot.index()) {
                Some(s) if offset + size <= s.size => Ok(()),
                _ => Err("bad slot range".to_owned()),
            },
            Inst::PtrToRef(v) | Inst::PtrToInt(v) => self.want(*v, LTy::Ptr, at),
            Inst::IntToPtr(v) | Inst::IntToRef(v) => self.want(*v, LTy::I64, at),
            Inst::RefToInt(v) => self.want(*v, LTy::Ref, at),
            Inst::Load { base, .. } => self.address(*base, at),
            Inst::Store { ty, base, value, .. } => {
                self.address(*base, at)?;
                self.want(*value, *ty, at)
            }
            Inst::Addr { base, index, .. } => {
                self.address(*base, at)?;
                index.map_or(Ok(()), |i| self.want(i, LTy::I64, at))
            }
            Inst::Bin(_, t, a, b) | Inst::ICmp(_, t, a, b) | Inst::FCmp(_, t, a, b) => {
                self.want(*a, *t, at)?;
                self.want(*b, *t, at)
            }
            Inst::BinOverflow { ty, a, b, .. } => {
                self.want(*a, *ty, at)?;
                self.want(*b, *ty, at)
            }
            Inst::Un(_, t, v) => self.want(*v, *t, at),
            Inst::Math(_, t, vs) => vs.iter().try_for_each(|v| self.want(*v, *t, at)),
            Inst::Select(t, c, a, b) => {
                self.want(*c, LTy::I1, at)?;
                self.want(*a, *t, at)?;
                self.want(*b, *t, at)
            }
            Inst::Cast { from, value, .. } => self.want(*value, *from, at),
            Inst::Call { target, params, args, flags, unwind, .. } => {
                if let CallTarget::Indirect(v) = target {
                    match self.used(*v, at)? {
                        LTy::Ptr | LTy::I64 => {}
                        t => return Err(format!("call through {t:?}")),
                    }
                }
                if params.len() != args.len() {
                    return Err("arguments and parameter types differ in number".to_owned());
                }
                for (a, t) in args.iter().zip(params) {
                    if matches!(t, LTy::I1 | LTy::I8 | LTy::I16 | LTy::Void) {
                        return Err(format!("parameter of type {t:?}"));
                    }
                    self.want(*a, *t, at)?;
                }
                if let Some(u) = unwind {
                    if flags.leaf {
                        return Err("leaf call with a landing pad".to_owned());
                    }
                    match self.f.blocks.get(u.index()) {
                        Some(b) if b.landing_pad.is_some() => {}
                        _ => return Err(format!("{u} is no landing pad")),
                    }
                }
                Ok(())
            }
            Inst::MemMove { dst, src, size } => {
                self.address(*dst, at)?;
                self.address(*src, at)?;
                self.want(*size, LTy::I64, at)
            }
            Inst::MemSet { dst, byte, size } => {
                self.address(*dst, at)?;
                self.want(*byte, LTy::I8, at)?;
                self.want(*size, LTy::I64, at)
            }
            Inst::StackAlloc { size, .. } => self.want(*size, LTy::I64, at),
            Inst::AtomicRmw { ty, addr, value, .. } => {
                self.address(*addr, at)?;
                self.want(*value, *ty, at)
            }
            Inst::AtomicCas { ty, addr, expected, new } => {
                self.address(*addr, at)?;
                self.want(*expected, *ty, at)?;
                self.want(*new, *ty, at)
            }
        }
    }

    fn edge(&self, to: BlockId, args: &[ValueId], at: Def) -> Result<(), String> {
        let Some(b) = self.f.blocks.get(to.index()) else { return Err(format!("{to} does not exist")) };
        if b.landing_pad.is_some() {
            return Err(format!("jump to the landing pad {to}"));
        }
        if b.params.len() != args.len() {
            return Err(format!("{to} takes {} arguments, {} given", b.params.len(), args.len()));
        }
        for (a, p) in args.iter().zip(&b.params) {
            self.want(*a, p.1, at)?;
        }
        Ok(())
    }

    fn term(&self, t: &Term, at: Def) -> Result<(), String> {
        match t {
            Term::Jump(b, a) => self.edge(*b, a, at),
            Term::Branch { cond, then_to, else_to, .. } => {
                self.want(*cond, LTy::I1, at)?;
                self.edge(then_to.0, &then_to.1, at)?;
                self.edge(else_to.0, &else_to.1, at)
            }
            Term::Switch { value, cases, default } => {
                match self.used(*value, at)? {
                    LTy::I32 | LTy::I64 => {}
                    t => return Err(format!("switch on {t:?}")),
                }
                for c in cases {
                    self.edge(c.1, &[], at)?;
                }
                self.edge(*default, &[], at)
            }
            Term::Return(None) if self.f.ret == LTy::Void => Ok(()),
            Term::Return(None) => Err("return without value".to_owned()),
            Term::Return(Some(v)) => self.want(*v, self.f.ret, at),
            Term::Unreachable => Ok(()),
        }
    }
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
        Inst::ICmp(..) | Inst::FCmp(..) => vec![LTy::I1],
        Inst::Call { ret: LTy::Void, .. } => Vec::new(),
        Inst::Call { ret, flags, .. } => std::iter::once(*ret).chain(flags.more.into_iter().flatten()).collect(),
        Inst::Store { .. } | Inst::MemMove { .. } | Inst::MemSet { .. } | Inst::ZeroSlot { .. } | Inst::Fence => Vec::new(),
    }
}

fn successors(f: &Function, b: usize) -> Vec<usize> {
    let mut out = Vec::new();
    let block = &f.blocks[b];
    for (_, i) in &block.insts {
        if let Inst::Call { unwind: Some(u), .. } = i {
            out.push(u.index());
        }
    }
    match &block.term {
        Term::Jump(t, _) => out.push(t.index()),
        Term::Branch { then_to, else_to, .. } => out.extend([then_to.0.index(), else_to.0.index()]),
        Term::Switch { cases, default, .. } => {
            out.extend(cases.iter().map(|c| c.1.index()));
            out.push(default.index());
        }
        Term::Return(_) | Term::Unreachable => {}
    }
    out.retain(|t| *t < f.blocks.len());
    out
}

/// Immediate dominators (Cooper, Harvey, Kennedy); `None` for unreachable blocks.
fn dominators(f: &Function) -> Vec<Option<u32>> {
    let n = f.blocks.len();
    let mut idom: Vec<Option<u32>> = vec![None; n];
    if n == 0 {
        return idom;
    }
    let succ: Vec<Vec<usize>> = (0..n).map(|b| successors(f, b)).collect();
    let mut preds = vec![Vec::new(); n];
    let (mut post, mut number, mut seen) = (Vec::new(), vec![0usize; n], vec![false; n]);
    let mut stack = vec![(0usize, 0usize)];
    seen[0] = true;
    while let Some(top) = stack.last_mut() {
        let (b, i) = *top;
        if let Some(&s) = succ[b].get(i) {
            top.1 += 1;
            preds[s].push(b);
            if !seen[s] {
                seen[s] = true;
                stack.push((s, 0));
            }
        } else {
            number[b] = post.len();
            post.push(b);
            stack.pop();
        }
    }
    idom[0] = Some(0);
    let mut changed = true;
    while changed {
        changed = false;
        for &b in post.iter().rev().filter(|b| **b != 0) {
            let mut new: Option<usize> = None;
            for &p in preds[b].iter().filter(|p| idom[**p].is_some()) {
                new = Some(match new {
                    None => p,
                    Some(mut x) => {
                        let mut y = p;
                        while x != y {
                            while number[x] < number[y] {
                                x = idom[x].map_or(0, |v| v as usize);
                            }
                            while number[y] < number[x] {
                                y = idom[y].map_or(0, |v| v as usize);
                            }
                        }
                        x
                    }
                });
            }
            let new = new.map(|x| x as u32);
            if new != idom[b] {
                idom[b] = new;
                changed = true;
            }
        }
    }
    idom
}
