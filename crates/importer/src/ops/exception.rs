//! `throw`, `rethrow`, `leave` and the ends of handlers (ECMA-335 III.3.34 ff., III.4.23, III.4.31).

use crate::build::{Importer, KnownMap, Res};
use crate::error::invalid;
use kiln_il::{Instr, Opcode as O, Operand};
use kiln_metadata::EhKind;
use kiln_mir::{Nest, Nesting, RegionId, Term, Ty};

impl Importer<'_> {
    /// `throw`, `leave` and their like: whether the opcode is one of them; then it is done.
    pub fn exception_op(&mut self, i: &Instr<'_>) -> Res<bool> {
        match (i.opcode, i.operand) {
            (O::Leave, Operand::Target(t)) => self.leave(t)?,
            (O::Throw, _) => self.throw()?,
            (O::Rethrow, _) => self.rethrow()?,
            (O::Endfinally, _) => self.end_finally()?,
            (O::Endfilter, _) => self.end_filter()?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn nesting(&self) -> &Nest {
        &self.graph.blocks[self.blocks[self.cur].flow].nesting
    }

    /// `leave`.
    pub fn leave(&mut self, to: u32) -> Res {
        self.stack.clear();
        let t = self.target(to)?;
        let here = self.nesting();
        let there = &self.graph.blocks[t].nesting;
        // The target lies in an enclosing place, perhaps at the start of other try blocks there.
        let common = here.common(there);
        let left = || here.inside(&common);
        if self.graph.blocks[t].handler_entry
            || there.inside(&common).any(|n| !matches!(n, Nesting::Try(_)))
            || left().any(|n| matches!(n, Nesting::Filter(_)))
        {
            return invalid("leave into a handler or out of a filter");
        }
        let finally = left().any(|n| matches!(n, Nesting::Try(r) if matches!(self.graph.clauses[r.index()].kind, EhKind::Finally)));
        let jump = here.depth() == common.depth();
        let known = std::mem::take(&mut self.known);
        // Finally blocks in between may write any slot.
        let (b, args) = self.edge(t, if finally { KnownMap::default() } else { known });
        self.end(if jump { Term::Jump(b, args) } else { Term::Leave(b) });
        Ok(())
    }

    /// `throw`.
    pub fn throw(&mut self) -> Res {
        let v = self.pop()?;
        let v = match self.ty(v) {
            Ty::Ref(_) => v,
            _ => self.object(v)?,
        };
        self.end(Term::Throw(v));
        Ok(())
    }

    fn handler_of(&self, accept: impl Fn(EhKind) -> bool) -> Option<RegionId> {
        self.nesting().iter().find_map(|n| match n {
            Nesting::Handler(r) if accept(self.graph.clauses[r.index()].kind) => Some(r),
            _ => None,
        })
    }

    /// `rethrow`.
    pub fn rethrow(&mut self) -> Res {
        match self.handler_of(|k| matches!(k, EhKind::Catch(_) | EhKind::Filter { .. })) {
            Some(r) => self.end(Term::Rethrow(r)),
            None => return invalid("rethrow outside of a catch handler"),
        }
        Ok(())
    }

    /// `endfinally`, `endfault`.
    pub fn end_finally(&mut self) -> Res {
        match self.handler_of(|k| matches!(k, EhKind::Finally | EhKind::Fault)) {
            Some(r) => self.end(Term::EndFinally(r)),
            None => return invalid("endfinally outside of a finally or fault handler"),
        }
        Ok(())
    }

    /// `endfilter`.
    pub fn end_filter(&mut self) -> Res {
        let v = self.pop()?;
        let v = self.coerce(v, Ty::I32)?;
        let region = self.nesting().iter().find_map(|n| match n {
            Nesting::Filter(r) => Some(r),
            _ => None,
        });
        match region {
            Some(r) => self.end(Term::EndFilter(r, v)),
            None => return invalid("endfilter outside of a filter"),
        }
        Ok(())
    }
}
