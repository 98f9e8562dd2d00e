//! The rules of MIR, checked.
//!
//! 1. Ids are in range. Every value is defined exactly once: as a block parameter or as the result of one instruction. An
//!    instruction has a result exactly when its operation gives one.
//! 2. A use is dominated by the definition. Handlers and filters are entered from anywhere in their try part, so nothing defined in
//!    the try part dominates them; values cross there only through slots.
//! 3. Operand types fit (`insts`): references where objects are expected, byrefs or native ints where
//!    addresses are, equal kinds in arithmetic and comparisons. Struct types are not compared (the importer knows the instantiation).
//! 4. `Jump`, `Branch`, `Switch` stay in the same regions or enter further try parts; their arguments match the target's parameters
//!    in number and kind. `Leave` only leaves regions (and may enter further try parts); its target has no parameters.
//! 5. Handlers of `catch` and filters, and filter expressions, have one parameter, a reference; `finally` and `fault` have none.
//!    Handler entries are entered by exceptions only. `Return` is outside of regions; `EndFinally`, `EndFilter`, `Rethrow` name an
//!    enclosing handler of the right kind.
//! 6. Regions are listed inner before outer, and a block's nesting is ordered so.
//! 7. A position's scope exists; an inlined call comes after the scope it is in. The `this` of a scope is usable wherever its code is.

mod dominators;
mod insts;
mod terms;

use crate::{BlockId, Function, Nesting, RegionId, RegionKind, ScopeId, Ty, ValueId};
use dominators::Dominators;
use kiln_typesys::{TypeClass, TypeSystem};

/// Kind of a stack type without its desc.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    I32,
    I64,
    NInt,
    F32,
    F64,
    Ref,
    ByRef,
    Value,
}

fn kind(t: Ty) -> Kind {
    match t {
        Ty::I32 => Kind::I32,
        Ty::I64 => Kind::I64,
        Ty::NInt => Kind::NInt,
        Ty::F32 => Kind::F32,
        Ty::F64 => Kind::F64,
        Ty::Ref(_) => Kind::Ref,
        Ty::ByRef(_) => Kind::ByRef,
        Ty::Value(_) => Kind::Value,
    }
}

struct Verifier<'a> {
    f: &'a Function,
    ts: &'a TypeSystem,
    /// Block of each value's definition, and position (parameters: 0, instruction n: n + 1).
    defs: Vec<Option<(usize, usize)>>,
    dominators: Dominators,
}

type V = Result<(), String>;

/// Checks a function; the error says where and what.
pub fn verify(f: &Function, ts: &TypeSystem) -> Result<(), String> {
    if f.blocks.is_empty() {
        return Err("no blocks".to_owned());
    }
    let mut v = Verifier { f, ts, defs: vec![None; f.values.len()], dominators: Dominators::default() };
    v.definitions()?;
    v.structure()?;
    v.dominators = Dominators::of(f);
    for b in 0..f.blocks.len() {
        v.block(b).map_err(|e| format!("{}: {e}", BlockId::new(b)))?;
    }
    Ok(())
}

impl Verifier<'_> {
    fn define(&mut self, v: ValueId, at: (usize, usize)) -> V {
        match self.defs.get_mut(v.index()) {
            None => Err(format!("{v} is out of range")),
            Some(Some(_)) => Err(format!("{v} is defined twice")),
            Some(d) => {
                *d = Some(at);
                Ok(())
            }
        }
    }

    fn definitions(&mut self) -> V {
        for (n, b) in self.f.blocks.iter().enumerate() {
            for p in &b.params {
                self.define(*p, (n, 0))?;
            }
            for (i, (r, inst, _)) in b.insts.iter().enumerate() {
                if let Some(r) = r {
                    self.define(*r, (n, i + 1))?;
                }
                if let Some(s) = inst.slot()
                    && s.index() >= self.f.slots.len()
                {
                    return Err(format!("{s} is out of range"));
                }
            }
        }
        Ok(())
    }

    fn region(&self, r: RegionId) -> Result<&crate::Region, String> {
        self.f.regions.get(r.index()).ok_or_else(|| format!("{r} is out of range"))
    }

    fn handler_entries(&self) -> Vec<(BlockId, RegionId, bool)> {
        let mut out = Vec::new();
        for (i, r) in self.f.regions.iter().enumerate() {
            let id = RegionId::new(i);
            if let RegionKind::Filter { filter } = r.kind {
                out.push((filter, id, true));
            }
            out.push((r.handler, id, false));
        }
        out
    }

    fn structure(&self) -> V {
        let n = self.f.blocks.len();
        let entries = self.handler_entries();
        for (b, r, filter) in &entries {
            let Some(data) = self.f.blocks.get(b.index()) else { return Err(format!("handler of {r} is out of range")) };
            let inside = if *filter { Nesting::Filter(*r) } else { Nesting::Handler(*r) };
            if !data.nesting.contains(inside) {
                return Err(format!("{b} starts a handler of {r} but does not lie in it"));
            }
            let want = match self.region(*r)?.kind {
                RegionKind::Catch(_) | RegionKind::Filter { .. } => 1,
                RegionKind::Finally | RegionKind::Fault => 0,
            };
            if data.params.len() != want || data.params.iter().any(|p| kind(self.f.values[p.index()]) != Kind::Ref) {
                return Err(format!("{b}: wrong parameters of a handler"));
            }
        }
        for (i, b) in self.f.blocks.iter().enumerate() {
            let mut last = None;
            for x in b.nesting.iter() {
                let (Nesting::Try(r) | Nesting::Handler(r) | Nesting::Filter(r)) = x;
                self.region(r)?;
                if last.is_some_and(|l| l >= r) {
                    return Err(format!("{}: regions out of order", BlockId::new(i)));
                }
                last = Some(r);
            }
            let mut bad = None;
            b.term.for_each_successor(|to, _| {
                if to.index() >= n {
                    bad = Some(format!("{to} is out of range"));
                } else if entries.iter().any(|e| e.0 == to) {
                    bad = Some(format!("branch to the handler {to}"));
                }
            });
            if let Some(e) = bad {
                return Err(format!("{}: {e}", BlockId::new(i)));
            }
        }
        Ok(())
    }

    fn usable(&self, v: ValueId, block: usize, at: usize) -> V {
        let Some(Some((b, i))) = self.defs.get(v.index()).copied() else { return Err(format!("{v} is not defined")) };
        let fine = if b == block { i < at } else { !self.dominators.reached(block) || self.dominators.dominates(b, block) };
        if fine { Ok(()) } else { Err(format!("{v} is used where its definition does not dominate")) }
    }

    /// Rule 7, at a place.
    fn scope(&self, pos: crate::SourcePos, block: usize, at: usize) -> V {
        let mut pos = pos;
        while pos.scope != ScopeId::FUNCTION {
            let scope = self.f.scope(pos.scope).ok_or_else(|| format!("{} is out of range", pos.scope))?;
            if scope.call.scope >= pos.scope {
                return Err(format!("{} is in a later scope", pos.scope));
            }
            if let Some(this) = scope.this {
                self.usable(this, block, at)?;
            }
            pos = scope.call;
        }
        Ok(())
    }

    fn k(&self, v: ValueId) -> Kind {
        kind(self.f.values[v.index()])
    }

    fn block(&self, n: usize) -> V {
        let b = &self.f.blocks[n];
        for (i, (r, inst, pos)) in b.insts.iter().enumerate() {
            let fail = |e: String| format!("IL_{:04x}: {e} in {inst:?}", pos.offset);
            let mut err = self.scope(*pos, n, i + 1).err();
            inst.for_each_operand(|v| {
                if let Err(e) = self.usable(v, n, i + 1) {
                    err.get_or_insert(e);
                }
            });
            if let Some(e) = err {
                return Err(fail(e));
            }
            self.check_inst(*r, inst).map_err(fail)?;
        }
        let mut err = self.scope(b.term_pos, n, usize::MAX).err();
        b.term.for_each_operand(|v| {
            if let Err(e) = self.usable(v, n, usize::MAX) {
                err.get_or_insert(e);
            }
        });
        match err {
            Some(e) => Err(e),
            None => self.check_term(n, &b.term).map_err(|e| format!("IL_{:04x}: {e} in {:?}", b.term_pos.offset, b.term)),
        }
    }

    fn slot_kind(&self, s: crate::SlotId) -> Kind {
        self.type_kind(self.f.slots[s.index()].ty)
    }

    fn type_kind(&self, t: kiln_typesys::TypeDesc) -> Kind {
        use kiln_typesys::Prim as P;
        match self.ts.type_class(t) {
            TypeClass::Prim(p) => match p {
                P::I8 | P::U8 => Kind::I64,
                P::R4 => Kind::F32,
                P::R8 => Kind::F64,
                P::I | P::U => Kind::NInt,
                _ => Kind::I32,
            },
            TypeClass::Ref => Kind::Ref,
            TypeClass::ByRef => Kind::ByRef,
            TypeClass::Ptr => Kind::NInt,
            TypeClass::Struct | TypeClass::Unknown => Kind::Value,
        }
    }
}
