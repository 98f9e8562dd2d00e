//! The rules of MIR, checked.
//!
//! 1. Ids are in range. Every value is defined exactly once: as a block parameter or as the result of one instruction. An
//!    instruction has a result exactly when its operation gives one.
//! 2. A use is dominated by the definition. Handlers and filters are entered from anywhere in their try part, so nothing defined in
//!    the try part dominates them; values cross there only through slots.
//! 3. Operand types fit (see [`kind`] rules in `check_inst`): references where objects are expected, byrefs or native ints where
//!    addresses are, equal kinds in arithmetic and comparisons. Struct types are not compared (the importer knows the instantiation).
//! 4. `Jump`, `Branch`, `Switch` stay in the same regions or enter further try parts; their arguments match the target's parameters
//!    in number and kind. `Leave` only leaves regions (and may enter further try parts); its target has no parameters.
//! 5. Handlers of `catch` and filters, and filter expressions, have one parameter, a reference; `finally` and `fault` have none.
//!    Handler entries are entered by exceptions only. `Return` is outside of regions; `EndFinally`, `EndFilter`, `Rethrow` name an
//!    enclosing handler of the right kind.
//! 6. Regions are listed inner before outer, and a block's nesting is ordered so.

use crate::{BlockId, Function, Inst, MemTy, Nesting, RegionId, RegionKind, Term, Ty, ValueId};
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
    idom: Vec<Option<usize>>,
    depth: Vec<u32>,
}

type V = Result<(), String>;

/// Checks a function; the error says where and what.
pub fn verify(f: &Function, ts: &TypeSystem) -> Result<(), String> {
    if f.blocks.is_empty() {
        return Err("no blocks".to_owned());
    }
    let mut v = Verifier { f, ts, defs: vec![None; f.values.len()], idom: Vec::new(), depth: Vec::new() };
    v.definitions()?;
    v.structure()?;
    v.dominators();
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
            if !data.nesting.contains(&inside) {
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
            for x in &b.nesting {
                let (Nesting::Try(r) | Nesting::Handler(r) | Nesting::Filter(r)) = x;
                self.region(*r)?;
                if last.is_some_and(|l| l >= *r) {
                    return Err(format!("{}: regions out of order", BlockId::new(i)));
                }
                last = Some(*r);
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

    /// Immediate dominators (Cooper, Harvey, Kennedy) with edges from the first block of each try part to its handlers' entries:
    /// every block of the part is such a source, so the nearest common dominator is what counts.
    fn dominators(&mut self) {
        let n = self.f.blocks.len();
        let mut succ: Vec<Vec<usize>> = vec![Vec::new(); n];
        let entries = self.handler_entries();
        for (i, b) in self.f.blocks.iter().enumerate() {
            b.term.for_each_successor(|t, _| succ[i].push(t.index()));
        }
        // An exception may leave a block before any of its values exist: the edge starts where the block's predecessors end. Modelled by
        // edges from the predecessors, and from the block itself only for the entry.
        let mut extra: Vec<(usize, usize)> = Vec::new();
        for (i, b) in self.f.blocks.iter().enumerate() {
            for x in &b.nesting {
                if let Nesting::Try(r) = x {
                    for (h, _, _) in entries.iter().filter(|e| e.1 == *r) {
                        extra.push((i, h.index()));
                    }
                }
            }
        }
        for &(i, h) in &extra {
            succ[i].push(h);
        }
        let mut order = Vec::new();
        let mut seen = vec![false; n];
        let mut stack = vec![(0usize, 0usize)];
        seen[0] = true;
        while let Some(top) = stack.last_mut() {
            let (b, at) = *top;
            top.1 += 1;
            match succ[b].get(at) {
                Some(&s) if !seen[s] => {
                    seen[s] = true;
                    stack.push((s, 0));
                }
                Some(_) => {}
                None => {
                    order.push(b);
                    stack.pop();
                }
            }
        }
        let mut post = vec![usize::MAX; n];
        for (i, &b) in order.iter().enumerate() {
            post[b] = i;
        }
        let mut preds: Vec<Vec<usize>> = vec![Vec::new(); n];
        for b in 0..n {
            if seen[b] {
                for &s in &succ[b] {
                    preds[s].push(b);
                }
            }
        }
        let mut idom: Vec<Option<usize>> = vec![None; n];
        idom[0] = Some(0);
        let mut changed = true;
        while changed {
            changed = false;
            for &b in order.iter().rev() {
                if b == 0 {
                    continue;
                }
                let mut new = None;
                for &p in &preds[b] {
                    if idom[p].is_none() {
                        continue;
                    }
                    new = Some(match new {
                        None => p,
                        Some(q) => intersect(&idom, &post, p, q),
                    });
                }
                if new.is_some() && idom[b] != new {
                    idom[b] = new;
                    changed = true;
                }
            }
        }
        let mut depth = vec![0; n];
        for &b in order.iter().rev() {
            if b != 0 {
                depth[b] = idom[b].map_or(0, |d| depth[d] + 1);
            }
        }
        self.idom = idom;
        self.depth = depth;
    }

    fn dominates(&self, a: usize, mut b: usize) -> bool {
        while self.depth[b] > self.depth[a] {
            match self.idom[b] {
                Some(d) => b = d,
                None => return false,
            }
        }
        a == b
    }

    fn usable(&self, v: ValueId, block: usize, at: usize) -> V {
        let Some(Some((b, i))) = self.defs.get(v.index()).copied() else { return Err(format!("{v} is not defined")) };
        let fine = if b == block { i < at } else { self.idom[block].is_none() || self.dominates(b, block) };
        if fine { Ok(()) } else { Err(format!("{v} is used where its definition does not dominate")) }
    }

    fn k(&self, v: ValueId) -> Kind {
        kind(self.f.values[v.index()])
    }

    fn block(&self, n: usize) -> V {
        let b = &self.f.blocks[n];
        for (i, (r, inst, pos)) in b.insts.iter().enumerate() {
            let fail = |e: String| format!("IL_{pos:04x}: {e} in {inst:?}");
            let mut err = None;
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
        let mut err = None;
        b.term.for_each_operand(|v| {
            if let Err(e) = self.usable(v, n, usize::MAX) {
                err.get_or_insert(e);
            }
        });
        match err {
            Some(e) => Err(e),
            None => self.check_term(n, &b.term).map_err(|e| format!("IL_{:04x}: {e} in {:?}", b.term_pos, b.term)),
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

    fn check_inst(&self, r: Option<ValueId>, inst: &Inst) -> V {
        use Inst as I;
        let rk = r.map(|v| self.k(v));
        let want = |v: ValueId, ok: &[Kind]| -> V {
            if ok.contains(&self.k(v)) { Ok(()) } else { Err(format!("{v} is {:?}, expected {ok:?}", self.k(v))) }
        };
        let gives = |ok: &[Kind]| -> V {
            match rk {
                Some(k) if ok.contains(&k) => Ok(()),
                k => Err(format!("result is {k:?}, expected {ok:?}")),
            }
        };
        let nothing = || if r.is_some() { Err("result where there is none".to_owned()) } else { Ok(()) };
        const ADDR: &[Kind] = &[Kind::ByRef, Kind::NInt];
        const OBJ: &[Kind] = &[Kind::Ref];
        const INT: &[Kind] = &[Kind::I32, Kind::I64, Kind::NInt];
        const INDEX: &[Kind] = &[Kind::I32, Kind::NInt];
        match inst {
            I::ConstI32(_) | I::SizeOf(_) => gives(&[Kind::I32]),
            I::ConstI64(_) => gives(&[Kind::I64]),
            I::ConstNInt(_) | I::FnAddr(_) | I::FnAddrConstrained { .. } | I::RvaData(_) => gives(&[Kind::NInt]),
            I::ConstF32(_) => gives(&[Kind::F32]),
            I::ConstF64(_) => gives(&[Kind::F64]),
            I::Null | I::String(_) | I::TypeOf(_) | I::AllocObj(_) | I::NewDefaultComparer { .. } | I::NewObj { .. } => gives(OBJ),
            I::TypeHandle(_) | I::FieldHandle(_) | I::MethodHandle(_) => gives(&[Kind::Value]),
            I::VirtFnAddr { obj, .. } => want(*obj, OBJ).and(gives(&[Kind::NInt])),
            I::Bin(op, a, b) => {
                use crate::BinOp as B;
                let (ka, kb) = (self.k(*a), self.k(*b));
                let ok = match (op, ka, kb) {
                    (B::Shl | B::Shr | B::ShrUn, x, Kind::I32 | Kind::NInt) => INT.contains(&x) && rk == Some(x),
                    (B::Sub, Kind::ByRef, Kind::ByRef) => rk == Some(Kind::NInt),
                    (B::Add | B::Sub, Kind::ByRef, Kind::NInt) => rk == Some(Kind::ByRef),
                    (_, x, y) => x == y && !matches!(x, Kind::Ref | Kind::Value | Kind::ByRef) && rk == Some(x),
                };
                if ok { Ok(()) } else { Err(format!("{op:?} of {ka:?} and {kb:?} gives {rk:?}")) }
            }
            I::Un(_, v) => gives(&[self.k(*v)]),
            I::Compare(_, a, b) => {
                if self.k(*a) != self.k(*b) || self.k(*a) == Kind::Value {
                    return Err(format!("comparison of {:?} with {:?}", self.k(*a), self.k(*b)));
                }
                gives(&[Kind::I32])
            }
            I::Conv { value, .. } => {
                if self.k(*value) == Kind::Value {
                    return Err("conversion of a struct".to_owned());
                }
                gives(&[Kind::I32, Kind::I64, Kind::NInt, Kind::F32, Kind::F64])
            }
            I::Intrinsic(op, _) => match op {
                crate::IntrinsicOp::MemoryBarrier | crate::IntrinsicOp::KeepAlive => nothing(),
                _ => gives(&[Kind::I32, Kind::I64, Kind::NInt, Kind::F32, Kind::F64]),
            },
            I::Default(t) => gives(&[self.type_kind(*t)]),
            I::LoadSlot(s) => gives(&[self.slot_kind(*s)]),
            I::StoreSlot(s, v) => want(*v, &[self.slot_kind(*s)]).and(nothing()),
            I::SlotAddr(_) | I::StaticAddr(_) => gives(&[Kind::ByRef]),
            I::Load { ty, addr, .. } => want(*addr, ADDR).and(gives(&[mem_kind(*ty)])),
            I::Store { ty, addr, value, .. } => want(*addr, ADDR).and(want(*value, &[mem_kind(*ty)])).and(nothing()),
            I::InitObj { addr, .. } => want(*addr, ADDR).and(nothing()),
            I::CopyObj { dst, src, .. } => want(*dst, ADDR).and(want(*src, ADDR)).and(nothing()),
            I::CopyBlock { dst, src, size } => want(*dst, ADDR).and(want(*src, ADDR)).and(want(*size, &[Kind::NInt])).and(nothing()),
            I::InitBlock { addr, value, size } => {
                want(*addr, ADDR).and(want(*value, &[Kind::I32])).and(want(*size, &[Kind::NInt])).and(nothing())
            }
            I::LocAlloc(n) => want(*n, &[Kind::NInt]).and(gives(&[Kind::NInt])),
            I::LoadField { obj, field, .. } => {
                want(*obj, &[Kind::Ref, Kind::ByRef, Kind::NInt, Kind::Value])?;
                self.ts.field_type(*field).map_err(|e| e.to_string()).and_then(|t| gives(&[self.type_kind(t)]))
            }
            I::StoreField { obj, field, value, .. } => {
                want(*obj, &[Kind::Ref, Kind::ByRef, Kind::NInt])?;
                let t = self.ts.field_type(*field).map_err(|e| e.to_string())?;
                want(*value, &[self.type_kind(t)]).and(nothing())
            }
            I::FieldAddr { obj, .. } => want(*obj, &[Kind::Ref, Kind::ByRef, Kind::NInt]).and(gives(ADDR)),
            I::LoadStatic { field, .. } => self.ts.field_type(*field).map_err(|e| e.to_string()).and_then(|t| gives(&[self.type_kind(t)])),
            I::StoreStatic { field, value, .. } => {
                let t = self.ts.field_type(*field).map_err(|e| e.to_string())?;
                want(*value, &[self.type_kind(t)]).and(nothing())
            }
            I::EnsureClassInit(_) => nothing(),
            I::ArrayLen(a) => want(*a, OBJ).and(gives(&[Kind::NInt])),
            I::LoadElem { ty, array, index } => want(*array, OBJ).and(want(*index, INDEX)).and(gives(&[self.type_kind(*ty)])),
            I::StoreElem { ty, array, index, value } => {
                want(*array, OBJ).and(want(*index, INDEX)).and(want(*value, &[self.type_kind(*ty)])).and(nothing())
            }
            I::CheckArrayStore { array, value } => want(*array, OBJ).and(want(*value, OBJ)).and(nothing()),
            I::ElemAddr { array, index, .. } => want(*array, OBJ).and(want(*index, INDEX)).and(gives(&[Kind::ByRef])),
            I::ArrayDataAddr(a) => want(*a, OBJ).and(gives(&[Kind::ByRef])),
            I::MdElemAddr { array, indices, .. } => {
                indices.iter().try_for_each(|i| want(*i, &[Kind::I32])).and(want(*array, OBJ)).and(gives(&[Kind::ByRef]))
            }
            I::NewArr { len, .. } => want(*len, INDEX).and(gives(OBJ)),
            I::NewMdArr { lengths, lower_bounds, .. } => {
                lengths.iter().chain(lower_bounds).try_for_each(|i| want(*i, &[Kind::I32])).and(gives(OBJ))
            }
            I::NewDelegate { target, .. } => want(*target, OBJ).and(gives(OBJ)),
            I::NewDelegateIndirect { target, ptr, .. } => want(*target, OBJ).and(want(*ptr, &[Kind::NInt])).and(gives(OBJ)),
            I::Box { ty, value } => want(*value, &[self.type_kind(*ty)]).and(gives(OBJ)),
            I::Unbox { obj, .. } => want(*obj, OBJ).and(gives(&[Kind::ByRef])),
            I::UnboxAny { ty, obj } => want(*obj, OBJ).and(gives(&[self.type_kind(*ty)])),
            I::IsInst { obj, .. } | I::CastClass { obj, .. } => want(*obj, OBJ).and(gives(OBJ)),
            I::NullCheck(v) => want(*v, &[Kind::Ref, Kind::ByRef, Kind::NInt]).and(nothing()),
            I::Call { method, args, .. } | I::CallVirt { method, args } => {
                let sig = self.ts.method_sig(*method).map_err(|e| e.to_string())?;
                self.check_args(&sig, args)?;
                if matches!(inst, I::CallVirt { .. }) {
                    want(args[0], OBJ)?;
                }
                self.check_ret(sig.ret, rk)
            }
            I::CallConstrained { method, args, .. } => {
                let sig = self.ts.method_sig(*method).map_err(|e| e.to_string())?;
                if let (true, Some(a)) = (sig.has_this, args.first()) {
                    want(*a, &[Kind::ByRef])?;
                }
                self.check_args(&sig, args)?;
                self.check_ret(sig.ret, rk)
            }
            I::CallIndirect { sig, ptr, args } => {
                want(*ptr, &[Kind::NInt])?;
                self.check_args(sig, args)?;
                self.check_ret(sig.ret, rk)
            }
            I::AtomicXchg { ty, addr, value }
            | I::AtomicAdd { ty, addr, value }
            | I::AtomicAnd { ty, addr, value }
            | I::AtomicOr { ty, addr, value } => want(*addr, ADDR).and(want(*value, &[mem_kind(*ty)])).and(gives(&[mem_kind(*ty)])),
            I::AtomicCas { ty, addr, value, comparand } => {
                want(*addr, ADDR).and(want(*value, &[mem_kind(*ty)])).and(want(*comparand, &[mem_kind(*ty)])).and(gives(&[mem_kind(*ty)]))
            }
            I::Reinterpret(_) => {
                if r.is_some() {
                    Ok(())
                } else {
                    Err("no result".to_owned())
                }
            }
            I::BitCastValue { to, .. } => gives(&[self.type_kind(*to)]),
        }
    }

    fn check_ret(&self, t: kiln_typesys::TypeDesc, rk: Option<Kind>) -> V {
        let void = self.ts.type_class(t) == TypeClass::Prim(kiln_typesys::Prim::Void);
        let want = (!void).then(|| self.type_kind(t));
        if want == rk { Ok(()) } else { Err(format!("result is {rk:?}, the signature says {want:?}")) }
    }

    fn check_args(&self, sig: &kiln_typesys::MethodSig, args: &[ValueId]) -> V {
        let this = usize::from(sig.has_this);
        if args.len() != sig.params.len() + this {
            return Err(format!("{} arguments, expected {}", args.len(), sig.params.len() + this));
        }
        for (a, p) in args[this..].iter().zip(&sig.params) {
            if self.k(*a) != self.type_kind(*p) {
                return Err(format!("argument {a} is {:?}, expected {:?}", self.k(*a), self.type_kind(*p)));
            }
        }
        if this == 1 && !matches!(self.k(args[0]), Kind::Ref | Kind::ByRef) {
            return Err(format!("`this` is {:?}", self.k(args[0])));
        }
        Ok(())
    }

    fn check_term(&self, n: usize, term: &Term) -> V {
        let here = &self.f.blocks[n].nesting;
        let mut err = None;
        term.for_each_successor(|to, args| {
            let target = &self.f.blocks[to.index()];
            let there = &target.nesting;
            if args.len() != target.params.len() {
                err = Some(format!("{} arguments for {to} with {} parameters", args.len(), target.params.len()));
            }
            for (a, p) in args.iter().zip(&target.params) {
                if self.k(*a) != self.k(*p) {
                    err = Some(format!("{a} is {:?}, parameter {p} of {to} is {:?}", self.k(*a), self.k(*p)));
                }
            }
            let common = here.iter().rev().zip(there.iter().rev()).take_while(|(a, b)| a == b).count();
            let entered = &there[..there.len() - common];
            if entered.iter().any(|x| !matches!(x, Nesting::Try(_))) {
                err = Some(format!("branch into a handler at {to}"));
            }
            if !matches!(term, Term::Leave(_)) && common != here.len() {
                err = Some(format!("branch out of a region to {to}"));
            }
        });
        if let Some(e) = err {
            return Err(e);
        }
        match term {
            Term::Branch { cond, .. } if matches!(self.k(*cond), Kind::F32 | Kind::F64 | Kind::Value) => {
                Err("branch on a float or struct".to_owned())
            }
            Term::Switch { value, .. } if self.k(*value) != Kind::I32 => Err("switch on something else than I32".to_owned()),
            Term::Return(v) => {
                if !here.is_empty() {
                    return Err("return inside a region".to_owned());
                }
                let want = self.f.ret.map(|t| self.type_kind(t));
                let have = v.map(|v| self.k(v));
                if want == have { Ok(()) } else { Err(format!("return of {have:?}, expected {want:?}")) }
            }
            Term::EndFinally(r) => match self.region(*r)?.kind {
                RegionKind::Finally | RegionKind::Fault if here.contains(&Nesting::Handler(*r)) => Ok(()),
                _ => Err("end of a finally that is not one".to_owned()),
            },
            Term::EndFilter(r, v) => {
                if !here.contains(&Nesting::Filter(*r)) || self.k(*v) != Kind::I32 {
                    return Err("end of a filter that is not one".to_owned());
                }
                Ok(())
            }
            Term::Rethrow(r) => match self.region(*r)?.kind {
                RegionKind::Catch(_) | RegionKind::Filter { .. } if here.contains(&Nesting::Handler(*r)) => Ok(()),
                _ => Err("rethrow outside of a handler".to_owned()),
            },
            Term::Throw(v) if self.k(*v) != Kind::Ref => Err("throw of something else than an object".to_owned()),
            _ => Ok(()),
        }
    }
}

fn mem_kind(t: MemTy) -> Kind {
    match t {
        MemTy::I8 | MemTy::U8 | MemTy::I16 | MemTy::U16 | MemTy::I32 => Kind::I32,
        MemTy::I64 => Kind::I64,
        MemTy::NInt => Kind::NInt,
        MemTy::F32 => Kind::F32,
        MemTy::F64 => Kind::F64,
        MemTy::Ref => Kind::Ref,
        MemTy::ByRef => Kind::ByRef,
        MemTy::Struct(_) => Kind::Value,
    }
}

fn intersect(idom: &[Option<usize>], post: &[usize], mut a: usize, mut b: usize) -> usize {
    while a != b {
        while post[a] < post[b] {
            match idom[a] {
                Some(d) => a = d,
                None => return b,
            }
        }
        while post[b] < post[a] {
            match idom[b] {
                Some(d) => b = d,
                None => return a,
            }
        }
    }
    a
}
