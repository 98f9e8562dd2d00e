//! The walk: from the entry along the edges that survive folding, in reverse postorder.
//!
//! A block without retreating predecessors is imported after all edges into it are known. With one edge it inherits the values of
//! its predecessor; with several, stack entries become parameters. An edge that contradicts what was assumed restarts the walk with
//! the contradiction recorded (`forced` only grows, so this ends).

use crate::build::{Building, Edge, Fact, Importer, Known, KnownMap, Prefix, Res};
use crate::error::{ImportErrorKind, invalid, throw_kind};
use kiln_metadata::EhKind;
use kiln_mir::{BlockId, Inst, SlotId, Term, Ty, ValueId};
use kiln_typesys::{ModuleId, TypeSysError, WellKnown};

/// Edges carry what is known of this many slots, or of none: in a method with thousands of slots and branches they would be most of the
/// work.
pub(crate) const MAX_KNOWN: usize = 256;

impl Importer<'_> {
    pub(crate) fn block_for(&mut self, flow: usize) -> BlockId {
        if let Some(b) = self.block_ids[flow] {
            return b;
        }
        let b = BlockId::new(self.blocks.len());
        self.block_ids[flow] = Some(b);
        self.blocks.push(Building { flow, params: Vec::new(), insts: Vec::new(), term: None });
        b
    }

    /// A block that no block of the IL is, made current.
    pub(crate) fn extra_block(&mut self) -> BlockId {
        let b = BlockId::new(self.blocks.len());
        self.blocks.push(Building { flow: 0, params: Vec::new(), insts: Vec::new(), term: None });
        self.cur = b.index();
        b
    }

    fn enqueue(&mut self, flow: usize) {
        if !self.imported[flow] {
            self.queue.insert((self.graph.blocks[flow].order, flow));
        }
    }

    /// Takes an edge to the block at `flow` with the current state.
    pub fn edge(&mut self, flow: usize, mut known: KnownMap) -> (BlockId, Vec<ValueId>) {
        let id = self.block_for(flow);
        if known.len() > MAX_KNOWN {
            known = KnownMap::default();
        }
        let stack = self.stack.clone();
        if self.imported[flow] {
            self.check_edge(flow, &stack);
        } else {
            self.incoming[flow].push(Edge { stack: stack.clone(), known });
            self.enqueue(flow);
        }
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

    pub(crate) fn run(&mut self) -> Res {
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

    /// The module's initialiser, then the class constructor check of precise types (II.10.5.3). Methods of objects of a class need none of
    /// the latter, for the constructor made it; boxed values and implementers of interfaces were made without.
    fn prologue(&mut self) {
        let owner = self.ts.method_owner(self.method);
        let m = self.method;
        if let Some((module, _)) = self.ts.method_def(m) {
            self.initialize_module(module);
        }
        if (self.ts.is_static_method(m) || self.ts.is_ctor(m) || self.ts.is_value_type(owner) || self.ts.is_interface(owner))
            && !self.ts.is_cctor(m)
            && self.ts.has_cctor(owner).is_some()
            && !self.ts.is_before_field_init(owner)
        {
            self.eff(Inst::EnsureClassInit(owner));
        }
    }

    /// The check that a module's initialiser has run, where that may be otherwise: not in the initialiser itself.
    pub(crate) fn initialize_module(&mut self, module: ModuleId) {
        if let Some(t) = self.ts.initialized_module(module)
            && !self.policy.is_initialized(module)
            && !(self.ts.is_cctor(self.method) && self.ts.method_owner(self.method) == t)
        {
            self.eff(Inst::EnsureClassInit(t));
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
        let mut walk = std::mem::take(&mut self.handlers);
        while let Some(h) = self.graph.next_handler(flow, &mut walk, |h| self.block_ids[h].is_some()) {
            self.block_for(h);
            self.enqueue(h);
        }
        self.handlers = walk;
        for at in fb.start..fb.end {
            let i = self.graph.instrs[at];
            self.pos = i.offset;
            match self.instr(&i).and_then(|()| self.check_depth()) {
                Ok(()) => {}
                // Generic recursion is cut off where it goes on; whatever else does not load, the whole method does not run.
                Err(e) if !self.strict && matches!(e.kind, ImportErrorKind::Type(TypeSysError::TooDeep(_))) => {
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

    /// No more values than the body says that there are at once (III.1.7.4).
    fn check_depth(&self) -> Res {
        if self.stack.len() <= self.max_stack { Ok(()) } else { invalid("more values on the evaluation stack than the body's maximum") }
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

    /// Slot of an argument.
    pub fn arg_slot(&self, n: u16) -> Res<SlotId> {
        if u32::from(n) < self.arg_count { Ok(SlotId(u32::from(n))) } else { invalid("no such argument") }
    }
    /// Slot of a local.
    pub fn local_slot(&self, n: u16) -> Res<SlotId> {
        if u32::from(n) < self.local_count { Ok(SlotId(self.arg_count + u32::from(n))) } else { invalid("no such local") }
    }
}
