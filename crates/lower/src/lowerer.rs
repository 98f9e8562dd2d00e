//! One method body: MIR blocks in reverse postorder to LIR blocks.
//!
//! From `mir::Function` to the method's `lir::Function` and its outlined filters. Instruction families are in the submodules.

mod arith;
mod arrays;
mod calls;
mod conv;
mod delegates;
mod eh;
mod memory;
mod objects;
mod terms;

use crate::abi::{AbiSig, ArgAbi, hidden_of};
use crate::cx::{Bound, Cx, Facts, GenericSource, Loc, Place, Val};
use crate::types::{Kind, Rep, rep};
use crate::{LowerError, LowerOptions};
use eh::Eh;
use kiln_lir::{self as lir, BlockId, InlineHint, LTy, LookupCtx, MemFlags, SlotId, Sym, ValueId};
use kiln_mir::{self as mir, Inst, RegionId, RegionKind, Ty};
use kiln_support::FxHashMap;
use kiln_typesys::{HiddenParam, MethodDesc, TypeClass, TypeDesc, TypeSystem};
use std::ops::{Deref, DerefMut};

/// Where a MIR slot lives.
#[derive(Clone, Copy, Debug)]
enum Home {
    /// In a LIR slot at an offset.
    Slot(SlotId, u32),
    /// Behind a pointer at an offset.
    Ptr(ValueId, u32),
}

/// The frame struct that filters see.
#[derive(Clone, Debug, Default)]
struct FrameLayout {
    /// Offset per MIR slot.
    offsets: FxHashMap<u32, u32>,
    size: u32,
    refs: Vec<u32>,
}

/// Offset of the dictionary pointer in the frame struct.
const FRAME_DICT: u32 = 0;

/// State of lowering one body (or one of its filters).
struct Lowerer<'a> {
    cx: Cx<'a>,
    f: &'a mir::Function,
    method: MethodDesc,
    abi: AbiSig,
    bound: Bound,
    /// The region whose filter this function is.
    filter: Option<RegionId>,
    homes: Vec<Option<Home>>,
    vals: Vec<Option<Val>>,
    /// LIR block and slots of struct parameters, per MIR block.
    blocks: Vec<BlockId>,
    struct_params: Vec<Vec<Option<SlotId>>>,
    out_facts: FxHashMap<mir::BlockId, Facts>,
    conds: FxHashMap<mir::ValueId, ValueId>,
    defs: FxHashMap<mir::ValueId, Inst>,
    uses: Vec<u32>,
    /// MIR block a value was set in.
    set_in: Vec<u32>,
    here: u32,
    this_const: bool,
    /// Field handles only used by `InitializeArray`, which needs no record.
    dead_handles: kiln_support::FxHashSet<mir::ValueId>,
    eh: Eh,
    frame: FrameLayout,
}

impl<'a> Deref for Lowerer<'a> {
    type Target = Cx<'a>;
    fn deref(&self) -> &Cx<'a> {
        &self.cx
    }
}

impl DerefMut for Lowerer<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.cx
    }
}

/// Lowers a method: its code, then its filters.
pub fn lower_method(ts: &TypeSystem, f: &mir::Function, opts: &LowerOptions) -> Result<Vec<lir::Function>, LowerError> {
    let mut out = vec![Lowerer::new(ts, f, opts, None)?.run()?];
    for (i, r) in f.regions.iter().enumerate() {
        let id = RegionId::new(i);
        match &r.kind {
            RegionKind::Filter { .. } => out.push(Lowerer::new(ts, f, opts, Some(id))?.run()?),
            RegionKind::Catch(t) if ts.is_runtime_determined(*t) => out.push(Lowerer::new(ts, f, opts, Some(id))?.run_catch_test(*t)?),
            _ => {}
        }
    }
    Ok(out)
}

impl<'a> Lowerer<'a> {
    fn new(ts: &'a TypeSystem, f: &'a mir::Function, opts: &'a LowerOptions, filter: Option<RegionId>) -> Result<Self, LowerError> {
        let method = ts.canonical_method(f.method);
        let hidden = hidden_of(ts, method);
        let abi = AbiSig::of_method(ts, method, hidden != HiddenParam::None)?;
        let mut l = Self {
            cx: Cx::new(ts, opts),
            f,
            method,
            abi,
            bound: Bound::default(),
            filter,
            homes: vec![None; f.slots.len()],
            vals: vec![None; f.values.len()],
            blocks: Vec::new(),
            struct_params: Vec::new(),
            out_facts: FxHashMap::default(),
            conds: FxHashMap::default(),
            defs: FxHashMap::default(),
            uses: vec![0; f.values.len()],
            set_in: vec![u32::MAX; f.values.len()],
            here: 0,
            this_const: false,
            dead_handles: kiln_support::FxHashSet::default(),
            eh: Eh::default(),
            frame: FrameLayout::default(),
        };
        if !opts.origins.is_empty() && ts.method_body(f.method)?.is_some_and(|il| opts.origins.contains(&il.module)) {
            l.b.record_origins();
        }
        l.scan();
        l.frame_layout()?;
        Ok(l)
    }

    /// Counts uses, finds definitions and whether argument 0 is ever written.
    fn scan(&mut self) {
        let f = self.f;
        let mut this_written = f.slots.first().is_none_or(|s| s.address_taken);
        for b in &f.blocks {
            for (r, i, _) in &b.insts {
                if let Some(r) = r
                    && matches!(
                        i,
                        Inst::Null
                            | Inst::Compare(..)
                            | Inst::FieldHandle(_)
                            | Inst::ConstI32(_)
                            | Inst::ConstI64(_)
                            | Inst::ConstNInt(_)
                            | Inst::NewArr { .. }
                    )
                {
                    self.defs.insert(*r, i.clone());
                }
                if let Inst::StoreSlot(s, _) | Inst::SlotAddr(s) = i {
                    this_written |= s.index() == 0;
                }
                i.for_each_operand(|v| self.uses[v.index()] += 1);
            }
            b.term.for_each_operand(|v| self.uses[v.index()] += 1);
        }
        self.this_const = !this_written;
        for b in &f.blocks {
            for (_, i, _) in &b.insts {
                let Inst::Call { method, args, .. } = i else { continue };
                let [_, handle] = args.as_slice() else { continue };
                if self.uses[handle.index()] == 1
                    && matches!(self.defs.get(handle), Some(Inst::FieldHandle(_)))
                    && self.is_initialize_array(*method)
                {
                    self.dead_handles.insert(*handle);
                }
            }
        }
    }

    /// Places the slots that filters use in one frame struct.
    fn frame_layout(&mut self) -> Result<(), LowerError> {
        let f = self.f;
        let ts = self.ts;
        let has = f.regions.iter().any(|r| match &r.kind {
            RegionKind::Filter { .. } => true,
            RegionKind::Catch(t) => ts.is_runtime_determined(*t),
            _ => false,
        });
        if !has {
            return Ok(());
        }
        let mut l = FrameLayout { size: 8, ..FrameLayout::default() };
        for b in &f.blocks {
            if !b.nesting.iter().any(|n| matches!(n, mir::function::Nesting::Filter(_))) {
                continue;
            }
            for (_, i, _) in &b.insts {
                let (Inst::LoadSlot(s) | Inst::StoreSlot(s, _) | Inst::SlotAddr(s)) = i else { continue };
                if l.offsets.contains_key(&s.0) {
                    continue;
                }
                let at = l.size.next_multiple_of(8);
                match rep(ts, f.slots[s.index()].ty)? {
                    Rep::Void => continue,
                    Rep::Scalar(k) => {
                        if k == Kind::Ref {
                            l.refs.push(at);
                        }
                        l.size = at + 8;
                    }
                    Rep::Struct => {
                        let i = self.cx.info(f.slots[s.index()].ty)?;
                        l.refs.extend(i.refs.iter().map(|o| at + o));
                        l.size = at + i.size;
                    }
                }
                l.offsets.insert(s.0, at);
            }
        }
        l.size = l.size.next_multiple_of(8);
        self.frame = l;
        Ok(())
    }

    fn has_frame(&self) -> bool {
        self.frame.size != 0
    }

    /// Lowers the body (or the filter expression).
    fn run(mut self) -> Result<lir::Function, LowerError> {
        self.prologue()?;
        let entry = match self.filter {
            None => mir::BlockId(0),
            Some(r) => match self.f.regions[r.index()].kind {
                RegionKind::Filter { filter } => filter,
                _ => return Err(LowerError::Unsupported("not a filter".to_owned())),
            },
        };
        let order = self.order(entry);
        self.make_blocks(&order)?;
        let start = self.b.current();
        let body = self.b.block();
        self.b.switch_to(body);
        if self.filter.is_none() {
            self.b.origin = Some(0);
            self.init_slots()?;
            let t = self.blocks[entry.index()];
            self.b.jump(t, Vec::new());
        } else {
            let t = self.blocks[entry.index()];
            let ex = self.b.params[0].0;
            self.b.jump(t, vec![ex]);
        }
        let preds = self.pred_counts(&order);
        for &b in &order {
            self.block(b, &preds)?;
        }
        self.finish_finallys()?;
        self.b.set_term(start, lir::Term::Jump(body, Vec::new()));
        self.finish_function()
    }

    /// The test of a `catch` whose type is only known at run time, as a filter.
    fn run_catch_test(mut self, t: TypeDesc) -> Result<lir::Function, LowerError> {
        self.prologue()?;
        let start = self.b.current();
        let body = self.b.block();
        self.b.switch_to(body);
        let mt = self.mt(t, false)?;
        let ex = self.b.params[0].0;
        let o = self.b.helper1(kiln_abi::helpers::Helper::RhpIsInstance, &[mt, ex]);
        let z = self.b.is_zero(o);
        let one = self.b.iconst(LTy::I32, 1);
        let z = self.b.coerce(z, LTy::I32);
        let r = self.b.bin(lir::BinOp::Xor, LTy::I32, z, one);
        self.b.term(lir::Term::Return(Some(r)));
        self.b.set_term(start, lir::Term::Jump(body, Vec::new()));
        self.finish_function()
    }

    fn finish_function(self) -> Result<lir::Function, LowerError> {
        let cost = self.f.blocks.iter().map(|b| b.insts.len() as u32 + 1).sum();
        let ts = self.ts;
        // The runtime finds the frame struct of a filter by its physical frame: two of them in one frame would be ambiguous.
        // Frames that code or traces look for stay: the caller of what reads its caller's frame, and the entry point.
        let seen = self.cx.opts.entry_point == Some(self.method)
            || self
                .f
                .blocks
                .iter()
                .flat_map(|b| &b.insts)
                .any(|(_, i, _)| matches!(i, Inst::Call { method, .. } if ts.sees_caller(*method)));
        let no_inline = ts.is_no_inlining(self.method) || self.eh.frame_slot.is_some() || seen;
        let inline = if self.filter.is_some() || no_inline {
            InlineHint::Never
        } else if ts.is_aggressive_inlining(self.method) {
            if cost <= 200 && self.f.regions.is_empty() { InlineHint::Always } else { InlineHint::Hint }
        } else {
            InlineHint::Default
        };
        let (sym, ret) = match self.filter {
            Some(r) => (Sym::Filter(self.method, r.0), LTy::I32),
            None => (Sym::Method(self.method), self.abi.ret_ty()),
        };
        Ok(self.cx.finish(sym, ret, inline, cost))
    }

    /// Parameters, generic context, homes of the slots.
    fn prologue(&mut self) -> Result<(), LowerError> {
        if self.filter.is_some() {
            self.b.param(LTy::Ref);
            let fp = self.b.param(LTy::Ptr);
            if let Some(c) = self.shared_ctx() {
                let d = self.b.load_inv(LTy::Ptr, fp, FRAME_DICT as i32);
                self.generic = GenericSource::Dictionary(d, c);
            }
            for i in 0..self.f.slots.len() {
                self.homes[i] = self.frame.offsets.get(&(i as u32)).map(|&o| Home::Ptr(fp, o));
            }
            return Ok(());
        }
        let abi = self.abi.clone();
        self.bound = self.cx.bind(&abi);
        let ts = self.ts;
        let owner = ts.canonical_type(ts.method_owner(self.method));
        if ts.is_shared_method(self.method) {
            let args = ts.shared_context(self.method).type_args;
            self.own_type = Some(if args.is_empty() { owner } else { ts.instantiate(owner, &args) });
            self.generic = match (hidden_of(ts, self.method), self.bound.hidden, self.bound.this) {
                (HiddenParam::MethodTable, Some(h), _) => GenericSource::Table(h, owner),
                (HiddenParam::MethodDictionary, Some(h), _) => GenericSource::Method(h, self.method),
                (_, _, Some(t)) => GenericSource::This(t, owner),
                _ => GenericSource::None,
            };
        }
        if let Some(t) = self.bound.this
            && self.this_const
        {
            self.facts.nonnull.insert(t);
        }
        if self.has_frame() {
            let (size, refs) = (self.frame.size, self.frame.refs.clone());
            let s = self.b.slot(size, 8, refs, None, "frame");
            self.eh.frame_slot = Some(s);
            for (&k, &o) in &self.frame.offsets {
                self.homes[k as usize] = Some(Home::Slot(s, o));
            }
        }
        Ok(())
    }

    fn shared_ctx(&self) -> Option<LookupCtx> {
        let ts = self.ts;
        if !ts.is_shared_method(self.method) {
            return None;
        }
        Some(match hidden_of(ts, self.method) {
            HiddenParam::MethodDictionary => LookupCtx::Method(self.method),
            _ => LookupCtx::Type(ts.canonical_type(ts.method_owner(self.method))),
        })
    }

    /// Makes the slots and gives arguments and locals their first values.
    fn init_slots(&mut self) -> Result<(), LowerError> {
        let f = self.f;
        let bound = self.bound.clone();
        for (i, s) in f.slots.iter().enumerate() {
            let r = rep(self.ts, s.ty)?;
            if r == Rep::Void {
                continue;
            }
            let this = self.abi.has_this && i == 0;
            let arg = (i < f.arg_count as usize && !this).then(|| i - usize::from(self.abi.has_this));
            let abi = match arg {
                Some(a) => Some(
                    self.abi
                        .args
                        .get(a)
                        .cloned()
                        .ok_or_else(|| LowerError::Unsupported("more argument slots than parameters".to_owned()))?,
                ),
                None => None,
            };
            // A struct passed in memory: the caller's copy is the home.
            if let (Some(a), Some(ArgAbi::Memory(_)), None) = (arg, &abi, self.homes[i]) {
                self.homes[i] = Some(Home::Ptr(bound.args[a][0], 0));
                continue;
            }
            if self.homes[i].is_none() {
                let name = match s.kind {
                    mir::LocalKind::Arg(n) => format!("arg{n}"),
                    mir::LocalKind::Local(n) => format!("loc{n}"),
                    mir::LocalKind::Temp => "tmp".to_owned(),
                };
                let id = match r {
                    Rep::Scalar(k) => self.cx.scalar_slot(k, &name),
                    _ => self.cx.struct_slot(s.ty, &name)?,
                };
                self.b.slots[id.index()].pinned = s.pinned;
                self.homes[i] = Some(Home::Slot(id, 0));
            }
            let loc = self.home(mir::SlotId::new(i))?;
            if this {
                if let Some(t) = bound.this {
                    self.cx.store_kind(Kind::Ref, loc, t, MemFlags::default());
                }
            } else if let (Some(a), Some(abi)) = (arg, abi) {
                match abi {
                    ArgAbi::Scalar(k) => self.cx.store_kind(k, loc, bound.args[a][0], MemFlags::default()),
                    ArgAbi::Leaves(_, l) => {
                        for (n, (o, k)) in l.iter().enumerate() {
                            self.cx.store_kind(*k, loc.at(*o), bound.args[a][n], MemFlags::default());
                        }
                    }
                    ArgAbi::Memory(t) => {
                        let src = Loc { base: bound.args[a][0], off: 0, place: Place::Plain };
                        self.cx.copy_struct(t, loc, src, MemFlags::default())?;
                    }
                }
            } else {
                let refs = match r {
                    Rep::Scalar(k) => k == Kind::Ref,
                    _ => !self.cx.info(s.ty)?.refs.is_empty(),
                };
                if f.init_locals || refs {
                    match r {
                        Rep::Scalar(k) => {
                            let z = self.b.zero(k.mem());
                            self.b.store(k.mem(), loc.base, loc.off, z, MemFlags::default());
                        }
                        _ => match self.homes[i] {
                            Some(Home::Slot(slot, offset)) => {
                                let size = self.cx.info(s.ty)?.size;
                                self.b.eff(lir::Inst::ZeroSlot { slot, offset, size });
                            }
                            _ => self.cx.zero_struct(s.ty, loc)?,
                        },
                    }
                }
            }
        }
        self.enter_method()
    }

    /// Location of a MIR slot.
    fn home(&mut self, s: mir::SlotId) -> Result<Loc, LowerError> {
        match self.homes[s.index()] {
            Some(Home::Slot(id, o)) => {
                let base = self.b.slot_addr(id, o);
                Ok(Loc { base, off: 0, place: Place::Plain })
            }
            Some(Home::Ptr(p, o)) => Ok(Loc { base: p, off: o as i32, place: Place::Plain }),
            None => Err(LowerError::Unsupported(format!("slot {s} has no home"))),
        }
    }

    /// Reverse postorder over normal and exceptional edges.
    fn order(&self, entry: mir::BlockId) -> Vec<mir::BlockId> {
        let f = self.f;
        let mut seen = vec![false; f.blocks.len()];
        let mut post = Vec::new();
        let mut stack = vec![(entry, self.mir_successors(entry), 0usize)];
        seen[entry.index()] = true;
        while let Some((b, succ, i)) = stack.last_mut() {
            if let Some(&s) = succ.get(*i) {
                *i += 1;
                if !seen[s.index()] {
                    seen[s.index()] = true;
                    let n = self.mir_successors(s);
                    stack.push((s, n, 0));
                }
            } else {
                post.push(*b);
                stack.pop();
            }
        }
        post.reverse();
        post
    }

    fn mir_successors(&self, b: mir::BlockId) -> Vec<mir::BlockId> {
        let data = &self.f.blocks[b.index()];
        let mut out = Vec::new();
        for n in &data.nesting {
            match n {
                mir::function::Nesting::Try(r) => out.push(self.f.regions[r.index()].handler),
                mir::function::Nesting::Filter(r) if self.filter == Some(*r) => break,
                _ => {}
            }
        }
        data.term.for_each_successor(|b, _| out.push(b));
        out
    }

    fn pred_counts(&self, order: &[mir::BlockId]) -> FxHashMap<mir::BlockId, (u32, mir::BlockId)> {
        let mut m: FxHashMap<mir::BlockId, (u32, mir::BlockId)> = FxHashMap::default();
        for &b in order {
            self.f.blocks[b.index()].term.for_each_successor(|s, _| m.entry(s).or_insert((0, b)).0 += 1);
        }
        m
    }

    fn make_blocks(&mut self, order: &[mir::BlockId]) -> Result<(), LowerError> {
        let f = self.f;
        self.blocks = vec![BlockId(0); f.blocks.len()];
        self.struct_params = vec![Vec::new(); f.blocks.len()];
        for &b in order {
            let id = self.b.block();
            self.blocks[b.index()] = id;
            for &p in &f.blocks[b.index()].params {
                match self.lty(p)? {
                    Some(t) => {
                        let v = self.b.block_param(id, t);
                        self.vals[p.index()] = Some(Val::Reg(v));
                        self.struct_params[b.index()].push(None);
                    }
                    None => {
                        let Ty::Value(t) = f.values[p.index()] else { continue };
                        let s = self.cx.struct_slot(t, "phi")?;
                        self.vals[p.index()] = Some(Val::Slot(s));
                        self.struct_params[b.index()].push(Some(s));
                    }
                }
            }
        }
        Ok(())
    }

    /// Register type of a MIR value; `None` for structs.
    fn lty(&self, v: mir::ValueId) -> Result<Option<LTy>, LowerError> {
        Ok(match self.f.values[v.index()] {
            Ty::I32 => Some(LTy::I32),
            Ty::I64 | Ty::NInt => Some(LTy::I64),
            Ty::F32 => Some(LTy::F32),
            Ty::F64 => Some(LTy::F64),
            Ty::Ref(_) | Ty::ByRef(_) => Some(LTy::Ref),
            Ty::Value(t) => match rep(self.ts, t)? {
                Rep::Scalar(k) => Some(k.reg()),
                _ => None,
            },
        })
    }

    fn block(&mut self, id: mir::BlockId, preds: &FxHashMap<mir::BlockId, (u32, mir::BlockId)>) -> Result<(), LowerError> {
        let f = self.f;
        let data = &f.blocks[id.index()];
        let start = self.blocks[id.index()];
        let handler = f.regions.iter().any(|r| r.handler == id);
        self.facts = match preds.get(&id) {
            Some(&(1, p)) if !handler => self.out_facts.get(&p).cloned().unwrap_or_default(),
            _ => Facts::default(),
        };
        if self.this_const
            && let Some(t) = self.bound.this
        {
            self.facts.nonnull.insert(t);
        }
        self.here = id.0;
        self.b.origin = None;
        self.b.switch_to(start);
        let pad = self.pad_of(id)?;
        self.b.unwind = pad;
        self.b.switch_to(start);
        for (r, i, offset) in &data.insts {
            if self.b.terminated() {
                break;
            }
            self.b.origin = Some(*offset);
            self.inst(*r, i)?;
        }
        if !self.b.terminated() {
            self.b.origin = Some(data.term_pos);
            self.term(id, &data.term)?;
        }
        self.b.origin = None;
        let facts = std::mem::take(&mut self.facts);
        self.out_facts.insert(id, facts);
        Ok(())
    }

    // ---- values

    fn set(&mut self, r: Option<mir::ValueId>, v: Val) -> Result<(), LowerError> {
        let Some(r) = r else { return Ok(()) };
        // A struct with one scalar the importer treats as a scalar, or the reverse.
        let v = match (self.lty(r)?, v) {
            (Some(t), Val::Reg(x)) => {
                let x2 = self.b.coerce(x, t);
                if x2 != x {
                    if self.facts.nonnull.contains(&x) {
                        self.facts.nonnull.insert(x2);
                    }
                    if let Some(&p) = self.places.get(&x) {
                        self.places.insert(x2, p);
                    }
                }
                Val::Reg(x2)
            }
            (Some(t), Val::Slot(s)) => {
                let l = self.cx.slot_loc(s);
                Val::Reg(self.b.load(t, l.base, 0, MemFlags::default()))
            }
            (None, Val::Reg(x)) => {
                let Ty::Value(t) = self.f.values[r.index()] else { return Err(LowerError::Unsupported("value type".to_owned())) };
                let s = self.cx.struct_slot(t, "wrap")?;
                let l = self.cx.slot_loc(s);
                let ty = self.b.ty(x);
                self.b.store(ty, l.base, 0, x, MemFlags::default());
                Val::Slot(s)
            }
            (None, v) => v,
        };
        self.vals[r.index()] = Some(v);
        self.set_in[r.index()] = self.here;
        Ok(())
    }

    fn set_reg(&mut self, r: Option<mir::ValueId>, v: ValueId) -> Result<(), LowerError> {
        self.set(r, Val::Reg(v))
    }

    fn val(&self, v: mir::ValueId) -> Result<Val, LowerError> {
        self.vals[v.index()].ok_or_else(|| LowerError::Unsupported(format!("{v} is used before its definition")))
    }

    fn reg(&mut self, v: mir::ValueId) -> Result<ValueId, LowerError> {
        match self.val(v)? {
            Val::Reg(r) => Ok(r),
            Val::Slot(s) => {
                // The only scalar of a struct wanted as such.
                let l = self.cx.slot_loc(s);
                let refs = !self.b.slots[s.index()].ref_offsets.is_empty();
                let ty = match (self.b.slots[s.index()].size, refs) {
                    (8, true) => LTy::Ref,
                    (8, false) => LTy::I64,
                    (4, _) => LTy::I32,
                    _ => return Err(LowerError::Unsupported(format!("{v} is a struct where a scalar is wanted"))),
                };
                Ok(self.b.load(ty, l.base, 0, MemFlags::default()))
            }
        }
    }

    /// Register value of a wanted type.
    fn reg_as(&mut self, v: mir::ValueId, ty: LTy) -> Result<ValueId, LowerError> {
        let r = self.reg(v)?;
        Ok(self.b.coerce(r, ty))
    }

    /// Whether the slot of a struct operand can be given away: its only use is now, in the block that made it (not in a loop after it).
    fn owned(&self, v: mir::ValueId) -> bool {
        self.uses[v.index()] == 1 && self.set_in[v.index()] == self.here && matches!(self.val(v), Ok(Val::Slot(_)))
    }

    fn const_of(&self, v: mir::ValueId) -> Option<i64> {
        match self.defs.get(&v)? {
            Inst::ConstI32(c) => Some(i64::from(*c)),
            Inst::ConstI64(c) | Inst::ConstNInt(c) => Some(*c),
            _ => None,
        }
    }

    /// Loads a value of a type.
    fn load_ty(&mut self, t: TypeDesc, l: Loc, flags: MemFlags) -> Result<Val, LowerError> {
        match rep(self.ts, t)? {
            Rep::Void => Err(LowerError::Unsupported("load of void".to_owned())),
            Rep::Scalar(k) => Ok(Val::Reg(self.cx.load_kind(k, l, flags))),
            Rep::Struct => {
                let s = self.cx.struct_slot(t, "val")?;
                let d = self.cx.slot_loc(s);
                self.cx.copy_struct(t, d, l, flags)?;
                Ok(Val::Slot(s))
            }
        }
    }

    /// Stores a value of a type.
    fn store_ty(&mut self, t: TypeDesc, l: Loc, v: Val, flags: MemFlags) -> Result<(), LowerError> {
        match (rep(self.ts, t)?, v) {
            (Rep::Scalar(k), Val::Reg(v)) => {
                let l = if matches!(self.ts.type_class(t), TypeClass::ByRef) { Loc { place: Place::Plain, ..l } } else { l };
                self.cx.store_kind(k, l, v, flags);
            }
            (Rep::Struct, Val::Slot(s)) => {
                let src = self.cx.slot_loc(s);
                self.cx.copy_struct(t, l, src, flags)?;
            }
            (Rep::Scalar(k), Val::Slot(s)) => {
                let src = self.cx.slot_loc(s);
                let v = self.cx.load_kind(k, src, MemFlags::default());
                self.cx.store_kind(k, l, v, flags);
            }
            (Rep::Struct, Val::Reg(v)) => {
                let ty = self.b.ty(v);
                self.b.store(ty, l.base, l.off, v, flags);
            }
            (Rep::Void, _) => {}
        }
        Ok(())
    }

    fn inst(&mut self, r: Option<mir::ValueId>, i: &Inst) -> Result<(), LowerError> {
        match i {
            Inst::ConstI32(c) => {
                let v = self.b.iconst(LTy::I32, i64::from(*c));
                self.set_reg(r, v)
            }
            Inst::ConstI64(c) | Inst::ConstNInt(c) => {
                let v = self.b.iconst(LTy::I64, *c);
                self.set_reg(r, v)
            }
            Inst::ConstF32(c) => {
                let v = self.b.op(lir::Inst::F32Const(*c), LTy::F32);
                self.set_reg(r, v)
            }
            Inst::ConstF64(c) => {
                let v = self.b.op(lir::Inst::F64Const(*c), LTy::F64);
                self.set_reg(r, v)
            }
            Inst::Null => {
                let v = self.b.iconst(LTy::Ref, 0);
                self.nulls.insert(v);
                self.set_reg(r, v)
            }
            Inst::String(s) => {
                let v = self.b.op(lir::Inst::FrozenRef(Sym::StringLiteral(s.clone())), LTy::Ref);
                self.facts.nonnull.insert(v);
                self.set_reg(r, v)
            }
            Inst::Reinterpret(v) => {
                let v = self.val(*v)?;
                self.set(r, v)
            }
            Inst::NullCheck(v) => {
                let v = self.reg(*v)?;
                self.cx.null_check(v);
                Ok(())
            }
            Inst::Bin(op, a, b) => self.bin(r, *op, *a, *b),
            Inst::Un(op, a) => self.un(r, *op, *a),
            Inst::Compare(op, a, b) => self.compare(r, *op, *a, *b),
            Inst::Conv { to, ovf, un, value } => self.conv(r, *to, *ovf, *un, *value),
            Inst::Intrinsic(op, args) => self.intrinsic(r, *op, args),
            Inst::ArrayLen(_)
            | Inst::LoadElem { .. }
            | Inst::StoreElem { .. }
            | Inst::CheckArrayStore { .. }
            | Inst::ElemAddr { .. }
            | Inst::ArrayDataAddr(_)
            | Inst::MdElemAddr { .. }
            | Inst::NewArr { .. }
            | Inst::NewMdArr { .. } => self.array(r, i),
            Inst::Default(_)
            | Inst::TypeHandle(_)
            | Inst::TypeOf(_)
            | Inst::FieldHandle(_)
            | Inst::MethodHandle(_)
            | Inst::SizeOf(_)
            | Inst::NewObj { .. }
            | Inst::AllocObj(_)
            | Inst::Box { .. }
            | Inst::Unbox { .. }
            | Inst::UnboxAny { .. }
            | Inst::IsInst { .. }
            | Inst::CastClass { .. }
            | Inst::NewDefaultComparer { .. }
            | Inst::BitCastValue { .. } => self.object(r, i),
            Inst::FnAddr(_)
            | Inst::FnAddrConstrained { .. }
            | Inst::VirtFnAddr { .. }
            | Inst::NewDelegate { .. }
            | Inst::NewDelegateIndirect { .. } => self.delegate(r, i),
            Inst::Call { .. } | Inst::CallVirt { .. } | Inst::CallConstrained { .. } | Inst::CallIndirect { .. } => self.call(r, i),
            _ => self.memory(r, i),
        }
    }
}
