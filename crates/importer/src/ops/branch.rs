//! Branches, `switch`, `ret`; only edges that can be taken are followed.

use crate::build::{Importer, Res};
use crate::coerce::kind_name;
use crate::error::invalid;
use crate::walk::MAX_KNOWN;
use kiln_il::{Instr, Opcode as O, Operand, SwitchTargets};
use kiln_mir::{CompareOp, ConvTo, Inst, Nesting, Term, Ty, ValueId};

/// `beq` … `blt.un`.
fn comparison_of(op: O) -> Option<CompareOp> {
    Some(match op {
        O::Beq => CompareOp::Eq,
        O::BneUn => CompareOp::Ne,
        O::Bge => CompareOp::Ge,
        O::BgeUn => CompareOp::GeUn,
        O::Bgt => CompareOp::Gt,
        O::BgtUn => CompareOp::GtUn,
        O::Ble => CompareOp::Le,
        O::BleUn => CompareOp::LeUn,
        O::Blt => CompareOp::Lt,
        O::BltUn => CompareOp::LtUn,
        _ => return None,
    })
}

impl Importer<'_> {
    /// Branches, `switch`, `ret`: whether the opcode is one of them; then it is done.
    pub fn branch_op(&mut self, i: &Instr<'_>) -> Res<bool> {
        match (i.opcode, i.operand) {
            (O::Br, Operand::Target(t)) => self.br(t)?,
            (O::Brtrue, Operand::Target(t)) => self.br_if(t, i.end, true)?,
            (O::Brfalse, Operand::Target(t)) => self.br_if(t, i.end, false)?,
            (O::Switch, Operand::Switch(t)) => self.switch(t, i.end)?,
            (O::Ret, _) => self.ret_op()?,
            (op, Operand::Target(t)) => match comparison_of(op) {
                Some(op) => self.br_compare(op, t, i.end)?,
                None => return Ok(false),
            },
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// `br`.
    pub fn br(&mut self, to: u32) -> Res {
        let known = std::mem::take(&mut self.known);
        let t = self.jump_target(to)?;
        let (b, args) = self.edge(t, known);
        self.end(Term::Jump(b, args));
        Ok(())
    }

    /// A target that an ordinary branch may reach: the same regions, or the start of further try blocks.
    fn jump_target(&self, to: u32) -> Res<usize> {
        let t = self.target(to)?;
        self.check_jump(t)?;
        Ok(t)
    }

    /// The same for a block.
    pub fn check_jump(&self, t: usize) -> Res {
        let here = &self.graph.blocks[self.blocks[self.cur].flow].nesting;
        let there = &self.graph.blocks[t].nesting;
        // A try block is entered at its first instruction.
        let at = self.graph.instrs[self.graph.blocks[t].start].offset;
        let enters = |n: Nesting| matches!(n, Nesting::Try(r) if self.graph.clauses[r.index()].try_range().start == at);
        let common = here.common(there);
        let fine = common.depth() == here.depth() && there.inside(&common).all(enters);
        if fine && !self.graph.blocks[t].handler_entry { Ok(()) } else { invalid("a branch out of or into a protected region") }
    }

    /// `brtrue`, `brfalse`.
    pub fn br_if(&mut self, to: u32, next: u32, when: bool) -> Res {
        let cond = self.pop()?;
        if matches!(self.ty(cond), Ty::Value(_) | Ty::F32 | Ty::F64) {
            return invalid(format!("branch on {}", kind_name(self.ty(cond))));
        }
        self.branch(cond, to, next, when)
    }

    fn branch(&mut self, cond: ValueId, to: u32, next: u32, when: bool) -> Res {
        match self.known_truth(cond) {
            Some(c) => self.br(if c == when { to } else { next }),
            None if to == next => self.br(to),
            None => {
                let (yes, no) = if when { (to, next) } else { (next, to) };
                let known = std::mem::take(&mut self.known);
                let yes = self.jump_target(yes)?;
                let no = self.jump_target(no)?;
                let then_to = self.edge(yes, known.clone());
                let else_to = self.edge(no, known);
                self.end(Term::Branch { cond, then_to, else_to });
                Ok(())
            }
        }
    }

    /// `beq` and its family. For floats III.3.6 ff. define `bge` as "not `clt.un`": unordered operands make `bge` fail and `bge.un`
    /// succeed, as `Ge` and `GeUn` do.
    pub fn br_compare(&mut self, op: CompareOp, to: u32, next: u32) -> Res {
        let b = self.pop()?;
        let a = self.pop()?;
        let cond = self.compare(op, a, b)?;
        self.branch(cond, to, next, true)
    }

    /// `switch`.
    pub fn switch(&mut self, targets: SwitchTargets<'_>, next: u32) -> Res {
        let mut v = self.pop()?;
        v = match self.ty(v) {
            Ty::I32 => v,
            Ty::NInt | Ty::I64 => self.conv(v, ConvTo::I32),
            t => return invalid(format!("switch on {}", kind_name(t))),
        };
        if let Some(n) = self.fact(v).int() {
            let to = usize::try_from(n as u32).ok().and_then(|n| targets.iter().nth(n));
            return self.br(to.unwrap_or(next));
        }
        let mut known = std::mem::take(&mut self.known);
        if targets.len() > MAX_KNOWN {
            known.clear();
        }
        let mut out = Vec::with_capacity(targets.len());
        for t in targets.iter() {
            let t = self.jump_target(t)?;
            out.push(self.edge(t, known.clone()));
        }
        let d = self.jump_target(next)?;
        let default = self.edge(d, known);
        self.end(Term::Switch { value: v, targets: out, default });
        Ok(())
    }

    /// `ret`.
    pub fn ret_op(&mut self) -> Res {
        if !self.graph.blocks[self.blocks[self.cur].flow].nesting.is_empty() {
            return invalid("ret inside a protected region");
        }
        let v = match self.ret {
            None => None,
            Some(t) => {
                let v = self.pop()?;
                let ty = self.stack_ty(t);
                Some(self.coerce(v, ty)?)
            }
        };
        if !self.stack.is_empty() {
            return invalid("values are left on the evaluation stack");
        }
        self.end(Term::Return(v));
        Ok(())
    }

    /// A check that a reference is not null, unless known.
    pub fn null_check(&mut self, v: ValueId) {
        if !self.fact(v).non_null() && !matches!(self.fact(v), crate::build::Fact::SlotAddr(_)) {
            self.eff(Inst::NullCheck(v));
        }
    }
}
