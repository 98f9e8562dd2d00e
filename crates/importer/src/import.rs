//! The walk: from the entry along the edges that survive folding, in reverse postorder; then block arguments, regions and ids.
//!
//! A block without retreating predecessors is imported after all edges into it are known. With one edge it inherits the values of
//! its predecessor; with several, stack entries become parameters. An edge that contradicts what was assumed restarts the walk with
//! the contradiction recorded (`forced` only grows, so this ends).

use crate::build::{Building, Edge, Fact, Importer, Known, KnownMap, Prefix, Res};
use crate::error::{ImportError, ImportErrorKind, invalid, throw_kind};
use crate::flow::FlowGraph;
use crate::policy::{Constant, ImportPolicy, Replacement};
use crate::unsafe_accessor::Accessor;
use kiln_abi::helpers::throw_kind as kinds;
use kiln_metadata::EhKind;
use kiln_mir::{BlockData, BlockId, Function, Inst, Local, LocalKind, Nesting, Region, RegionId, RegionKind, SlotId, Term, Ty, ValueId};
use kiln_support::FxHashMap;
use kiln_typesys::{MethodDesc, TypeClass, TypeDesc, TypeSystem, WellKnown};

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
    };
    if sig.has_this {
        let owner = ts.method_owner(m);
        add(if ts.is_value_type(owner) { ts.byref(owner) } else { owner });
    }
    sig.params.iter().copied().for_each(add);
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

impl Importer<'_> {
    fn block_for(&mut self, flow: usize) -> BlockId {
        if let Some(b) = self.block_ids[flow] {
            return b;
        }
        let b = BlockId::new(self.blocks.len());
        self.block_ids[flow] = Some(b);
        self.blocks.push(Building { flow, params: Vec::new(), insts: Vec::new(), term: None });
        b
    }

    fn enqueue(&mut self, flow: usize) {
        if !self.imported[flow] {
            self.queue.insert((self.graph.blocks[flow].order, flow));
        }
    }

    /// Takes an edge to the block at `flow` with the current state.
    pub fn edge(&mut self, flow: usize, known: KnownMap) -> (BlockId, Vec<ValueId>) {
        let id = self.block_for(flow);
        let stack = self.stack.clone();
        if self.imported[flow] {
            self.check_edge(flow, &stack);
        }
        self.incoming[flow].push(Edge { stack: stack.clone(), known });
        self.enqueue(flow);
        (id, stack)
    }

    /// Whether a late edge agrees with how its target was imported.
    fn check_edge(&mut self, flow: usize, stack: &[ValueId]) {
        if self.inherited[flow] || !self.graph.blocks[flow].retreating && !self.forced.contains_key(&flow) {
            self.forced.insert(flow, None);
            self.restart = true;
            return;
        }
        let params = self.blocks[self.block_ids[flow].map_or(0, BlockId::index)].params.clone();
        let have: Vec<Ty> = params.iter().map(|p| self.ty(*p)).collect();
        let merged: Option<Vec<Ty>> = have.iter().zip(stack).map(|(a, b)| self.merge_ty(*a, self.ty(*b))).collect();
        if let Some(merged) = merged
            && merged != have
        {
            self.forced.insert(flow, Some(merged));
            self.restart = true;
        }
    }

    /// Flow block that a branch target names.
    pub fn target(&self, offset: u32) -> Res<usize> {
        self.graph.block_at(offset).map_or_else(|| invalid("branch into the middle of an instruction"), Ok)
    }

    fn run(&mut self) -> Res {
        // What runs once and outside of every region (class constructor check) has a block of its own where the first block does not serve.
        let entry = self.block_for(0);
        if self.graph.has_prologue_block() {
            self.block_ids[0] = None;
            self.cur = entry.index();
            self.prologue();
            let (b, args) = self.edge(0, KnownMap::default());
            self.end(Term::Jump(b, args));
        } else {
            self.incoming[0].push(Edge { stack: Vec::new(), known: KnownMap::default() });
            self.enqueue(0);
        }
        while let Some((_, flow)) = self.queue.pop_first() {
            if self.restart {
                return Ok(());
            }
            self.import_block(flow)?;
        }
        Ok(())
    }

    /// Class constructor check of precise types (II.10.5.3).
    fn prologue(&mut self) {
        let owner = self.ts.method_owner(self.method);
        let m = self.method;
        if (self.ts.is_static_method(m) || self.ts.is_ctor(m) || self.ts.is_value_type(owner))
            && !self.ts.is_cctor(m)
            && self.ts.has_cctor(owner).is_some()
            && !self.ts.is_before_field_init(owner)
        {
            self.eff(Inst::EnsureClassInit(owner));
        }
    }

    fn import_block(&mut self, flow: usize) -> Res {
        self.imported[flow] = true;
        let id = self.block_for(flow);
        self.cur = id.index();
        self.prefix = Prefix::default();
        let fb = &self.graph.blocks[flow];
        self.pos = self.graph.instrs[fb.start].offset;
        self.enter(flow)?;
        if flow == 0 && !self.graph.has_prologue_block() {
            self.prologue();
        }
        let handlers: Vec<_> = self.graph.handlers_of(flow).collect();
        for (_, h) in handlers {
            self.block_for(h);
            self.enqueue(h);
        }
        for at in fb.start..fb.end {
            let i = self.graph.instrs[at];
            self.pos = i.offset;
            match self.instr(&i) {
                Ok(()) => {}
                Err(e) if !self.strict && matches!(e.kind, ImportErrorKind::Type(_)) => {
                    self.end(Term::ThrowHelper(throw_kind(&e.kind), e.kind.to_string()));
                }
                Err(mut e) => {
                    e.offset = e.offset.or(Some(i.offset));
                    return Err(e);
                }
            }
            if self.restart || self.ended() {
                break;
            }
        }
        if !self.ended() && !self.restart {
            if flow + 1 >= self.graph.blocks.len() {
                return invalid("the code runs off its end");
            }
            self.check_jump(flow + 1)?;
            let known = std::mem::take(&mut self.known);
            let (b, args) = self.edge(flow + 1, known);
            self.end(Term::Jump(b, args));
        }
        Ok(())
    }

    /// Sets up stack and known slots at the start of a block.
    fn enter(&mut self, flow: usize) -> Res {
        let fb = &self.graph.blocks[flow];
        self.known = KnownMap::default();
        self.stack.clear();
        if fb.handler_entry {
            self.enter_handler(flow)?;
            return Ok(());
        }
        let edges = std::mem::take(&mut self.incoming[flow]);
        let forced = self.forced.get(&flow).cloned();
        let open = fb.retreating || forced.is_some();
        if let [only] = &edges[..]
            && !open
        {
            self.stack = only.stack.clone();
            self.known = only.known.clone();
            self.inherited[flow] = true;
            self.incoming[flow] = edges;
            return Ok(());
        }
        let depth = edges.first().map_or(0, |e| e.stack.len());
        if edges.iter().any(|e| e.stack.len() != depth) {
            return invalid("the evaluation stack's depth differs between paths");
        }
        for i in 0..depth {
            let first = edges[0].stack[i];
            let mut ty = self.ty(first);
            for e in &edges[1..] {
                ty = match self.merge_ty(ty, self.ty(e.stack[i])) {
                    Some(t) => t,
                    None => return invalid("the evaluation stack's types differ between paths"),
                };
            }
            if open {
                if let Some(Some(f)) = &forced {
                    ty = self.merge_ty(ty, f.get(i).copied().unwrap_or(ty)).unwrap_or(ty);
                }
                ty = match ty {
                    Ty::Ref(_) => Ty::Ref(None),
                    Ty::ByRef(_) => Ty::ByRef(None),
                    t => t,
                };
            }
            let mut fact = Fact::None;
            if !open && edges.iter().all(|e| self.ty(e.stack[i]) == ty) {
                fact = self.fact(first).clone();
                for e in &edges[1..] {
                    fact = fact.merge(self.fact(e.stack[i]));
                }
                fact = fact.merge(&fact.clone());
            }
            let v = ValueId::new(self.values.len());
            self.values.push(ty);
            self.facts.push(fact);
            self.blocks[self.cur].params.push(v);
            self.stack.push(v);
        }
        if !open && let Some((first, rest)) = edges.split_first() {
            let mut known = first.known.clone();
            known.retain(|s, k| {
                for e in rest {
                    let Some(o) = e.known.get(s) else { return false };
                    *k = Known { value: k.value.filter(|v| o.value == Some(*v)), fact: k.fact.merge(&o.fact) };
                }
                k.value.is_some() || k.fact != Fact::None
            });
            self.known = known;
        }
        self.incoming[flow] = edges;
        Ok(())
    }

    fn enter_handler(&mut self, flow: usize) -> Res {
        let start = self.graph.instrs[self.graph.blocks[flow].start].offset;
        let mut ty = None;
        let mut found = false;
        for (i, c) in self.graph.clauses.iter().enumerate() {
            match c.kind {
                EhKind::Catch(t) if c.handler_offset == start => {
                    let _ = i;
                    ty = Some(self.type_token(t.token())?);
                    found = true;
                }
                EhKind::Filter { filter_offset } if c.handler_offset == start || filter_offset == start => {
                    ty = Some(self.wk(WellKnown::Object));
                    found = true;
                }
                _ if c.handler_offset == start => found = true,
                _ => {}
            }
        }
        if !found {
            return invalid("a handler without a clause");
        }
        if let Some(t) = ty {
            let v = ValueId::new(self.values.len());
            self.values.push(Ty::Ref(Some(t)));
            self.facts.push(Fact::NonNull);
            self.blocks[self.cur].params.push(v);
            self.stack.push(v);
        }
        Ok(())
    }

    /// Block arguments, regions, block data.
    fn finish(mut self, method: MethodDesc) -> Result<Function, ImportError> {
        self.link_arguments()?;
        let mut region_map = vec![None; self.graph.clauses.len()];
        for b in self.blocks.iter().filter(|b| self.imported[b.flow]) {
            for n in &self.graph.blocks[b.flow].nesting {
                if let Nesting::Try(r) = n {
                    region_map[r.index()] = Some(RegionId(0));
                }
            }
        }
        let mut regions = Vec::new();
        for (i, c) in self.graph.clauses.iter().enumerate() {
            if region_map[i].is_none() {
                continue;
            }
            region_map[i] = Some(RegionId::new(regions.len()));
            let block = |at: u32| {
                let b = self.graph.block_at(at).and_then(|f| self.block_ids[f]);
                b.map_or_else(|| invalid("a handler without a block"), Ok)
            };
            let kind = match c.kind {
                EhKind::Catch(t) => RegionKind::Catch(self.type_token(t.token())?),
                EhKind::Filter { filter_offset } => RegionKind::Filter { filter: block(filter_offset)? },
                EhKind::Finally => RegionKind::Finally,
                EhKind::Fault => RegionKind::Fault,
            };
            regions.push(Region { kind, handler: block(c.handler_offset)? });
        }
        let map = |r: RegionId| region_map.get(r.index()).copied().flatten();
        let mut blocks = Vec::with_capacity(self.blocks.len());
        let entry_extra = self.graph.has_prologue_block();
        for (n, b) in self.blocks.into_iter().enumerate() {
            let (mut term, term_pos) = b.term.unwrap_or((Term::Unreachable, 0));
            match &mut term {
                Term::EndFinally(r) | Term::EndFilter(r, _) | Term::Rethrow(r) => match map(*r) {
                    Some(x) => *r = x,
                    None => return invalid("end of a handler that is not one"),
                },
                _ => {}
            }
            let nesting = if n == 0 && entry_extra {
                Vec::new()
            } else {
                let all = &self.graph.blocks[b.flow].nesting;
                all.iter()
                    .filter_map(|x| match *x {
                        Nesting::Try(r) => map(r).map(Nesting::Try),
                        Nesting::Handler(r) => map(r).map(Nesting::Handler),
                        Nesting::Filter(r) => map(r).map(Nesting::Filter),
                    })
                    .collect()
            };
            blocks.push(BlockData { params: b.params, insts: b.insts, term, term_pos, nesting });
        }
        Ok(Function {
            method,
            arg_count: self.arg_count,
            ret: self.ret,
            slots: self.slots,
            init_locals: self.init_locals,
            values: self.values,
            blocks,
            regions,
        })
    }

    /// Gives every edge the arguments its target's parameters want, converted at the end of the source block.
    fn link_arguments(&mut self) -> Res {
        for b in 0..self.blocks.len() {
            let Some((mut term, pos)) = self.blocks[b].term.take() else { continue };
            self.cur = b;
            self.pos = pos;
            let fix = |im: &mut Self, to: BlockId, args: &mut Vec<ValueId>| -> Res {
                let params = im.blocks[to.index()].params.clone();
                if params.is_empty() {
                    args.clear();
                    return Ok(());
                }
                if params.len() != args.len() {
                    return invalid("the evaluation stack's depth differs between paths");
                }
                for (a, p) in args.iter_mut().zip(params) {
                    let ty = im.ty(p);
                    *a = im.coerce(*a, ty)?;
                }
                Ok(())
            };
            match &mut term {
                Term::Jump(to, args) => fix(self, *to, args)?,
                Term::Branch { then_to, else_to, .. } => {
                    fix(self, then_to.0, &mut then_to.1)?;
                    fix(self, else_to.0, &mut else_to.1)?;
                }
                Term::Switch { targets, default, .. } => {
                    for t in targets {
                        fix(self, t.0, &mut t.1)?;
                    }
                    fix(self, default.0, &mut default.1)?;
                }
                _ => {}
            }
            self.blocks[b].term = Some((term, pos));
        }
        Ok(())
    }

    /// Slot of an argument.
    pub fn arg_slot(&self, n: u16) -> Res<SlotId> {
        if u32::from(n) < self.arg_count { Ok(SlotId(u32::from(n))) } else { invalid("no such argument") }
    }
    /// Slot of a local.
    pub fn local_slot(&self, n: u16) -> Res<SlotId> {
        if u32::from(n) < self.local_count { Ok(SlotId(self.arg_count + u32::from(n))) } else { invalid("no such local") }
    }
}
