//! One function: slots, blocks with their phis, terminators.

use super::Emitter;
use super::debug::FunctionDebug;
use super::frame::Frame;
use crate::CodegenError;
use crate::llvm::{BasicBlock, Builder, Opcode, Type, Value};
use kiln_abi::helpers::Helper;
use kiln_lir::{BlockId, Call, CallTarget, Clause, Function, Inst, LTy, LineMark, SlotId, StackSlot, Sym, Term, ValueId};
use kiln_support::FxHashMap;

/// Result of emission steps; the text tells which rule of LIR is broken.
pub(super) type Step<T> = Result<T, String>;

/// State of the function under emission.
pub(super) struct FunctionEmitter<'e, 'm, 'c> {
    pub(super) e: &'e Emitter<'m, 'c>,
    pub(super) b: Builder<'c>,
    pub(super) f: &'e Function,
    pub(super) llvm: Value<'c>,
    pub(super) values: Vec<Option<(Value<'c>, LTy)>>,
    /// Values that are floating-point constants.
    pub(super) floats: FxHashMap<ValueId, super::nan::Float>,
    pub(super) slots: Vec<Value<'c>>,
    pub(super) blocks: Vec<Option<BasicBlock<'c>>>,
    names: FxHashMap<&'e Sym, &'e str>,
    /// Temporary word for `RefToInt`, created at the first use.
    scratch: Option<Value<'c>>,
    entry: BasicBlock<'c>,
    /// First block of the body; allocas go before the jump to it.
    entry_jump: Option<Value<'c>>,
    phis: Vec<Vec<Value<'c>>>,
    /// Descriptors of filters.
    filters: FxHashMap<Value<'c>, Value<'c>>,
    debug: Option<FunctionDebug<'e, 'c>>,
    /// Where the function has no statepoints.
    pub(super) frame: Option<Frame<'c>>,
    /// The line of the instructions to come.
    pub(super) line: Option<&'e LineMark>,
    /// All argument registers, in a function that ends in a call with other parameters.
    pub(super) registers: Option<Vec<LTy>>,
}

/// Emits the body of a declared function.
pub(super) fn emit<'e, 'c>(
    e: &'e Emitter<'_, 'c>,
    f: &'e Function,
    llvm: Value<'c>,
    debug: Option<FunctionDebug<'e, 'c>>,
) -> Result<(), CodegenError> {
    let entry = e.module.append_block(llvm, "entry");
    let mut emitter = FunctionEmitter {
        e,
        b: e.builder(),
        f,
        llvm,
        values: vec![None; f.value_types.len()],
        floats: FxHashMap::default(),
        slots: Vec::new(),
        blocks: vec![None; f.blocks.len()],
        names: f.sym_names.iter().map(|(s, n)| (s, n.as_str())).collect(),
        scratch: None,
        entry,
        entry_jump: None,
        phis: vec![Vec::new(); f.blocks.len()],
        filters: FxHashMap::default(),
        debug,
        frame: None,
        line: None,
        registers: super::jump::registers(f, e.opts.target.argument_registers),
    };
    emitter.body().map_err(|what| CodegenError::Malformed { function: f.name.clone(), what })
}

impl<'e, 'c> FunctionEmitter<'e, '_, 'c> {
    fn body(&mut self) -> Step<()> {
        let f = self.f;
        self.b.at_end(self.entry);
        for slot in &f.slots {
            let alloca = self.slot(slot);
            self.slots.push(alloca);
        }
        let first = BlockId::new(0);
        if f.blocks.is_empty() {
            return Err("no blocks".to_owned());
        }
        if !self.block(first)?.params.is_empty() || self.block(first)?.landing_pad.is_some() {
            return Err("the entry block has parameters or is a landing pad".to_owned());
        }
        let successors = (0..f.blocks.len()).map(|b| self.successors(BlockId::new(b))).collect::<Step<Vec<_>>>()?;
        let order = reverse_postorder(&successors)?;
        if self.e.frames {
            self.open_frame(&successors, &order)?;
        }
        for (index, (value, ty)) in f.params.iter().enumerate() {
            let param = self.parameter(index as u32, *ty);
            self.define(*value, *ty, param)?;
        }
        self.describe_frame();
        for id in &order {
            self.blocks[id.index()] = Some(self.e.module.append_block(self.llvm, &id.to_string()));
        }
        self.entry_jump = Some(self.b.br(self.target(first)?));
        if order.iter().any(|id| f.blocks[id.index()].landing_pad.is_some()) {
            self.llvm.set_personality(self.e.personality());
        }
        // A definition dominates its uses, so in reverse postorder every value exists before it is used, except along
        // back edges, whose phis are created first.
        for id in &order {
            self.b.at_end(self.target(*id)?);
            let mut phis = Vec::new();
            for (value, ty) in &f.blocks[id.index()].params {
                let phi = self.b.phi(self.e.ty(*ty));
                self.record(*value, *ty, phi)?;
                phis.push(phi);
            }
            self.phis[id.index()] = phis;
        }
        for id in order {
            self.emit_block(id).map_err(|what| format!("{id}: {what}"))?;
        }
        Ok(())
    }

    fn block(&self, id: BlockId) -> Step<&'e kiln_lir::BlockData> {
        self.f.blocks.get(id.index()).ok_or_else(|| format!("no block {id}"))
    }

    pub(super) fn target(&self, id: BlockId) -> Step<BasicBlock<'c>> {
        self.blocks.get(id.index()).copied().flatten().ok_or_else(|| format!("no block {id}"))
    }

    fn successors(&self, id: BlockId) -> Step<Vec<BlockId>> {
        let block = self.block(id)?;
        let mut list: Vec<BlockId> = block
            .insts
            .iter()
            .filter_map(|(_, inst)| match inst {
                kiln_lir::Inst::Call(call) => call.unwind,
                _ => None,
            })
            .collect();
        match &block.term {
            Term::Jump(to, _) => list.push(*to),
            Term::Branch { then_to, else_to, .. } => list.extend([then_to.0, else_to.0]),
            Term::Switch { cases, default, .. } => {
                list.extend(cases.iter().map(|c| c.1));
                list.push(*default);
            }
            Term::Return(_) | Term::Unreachable => {}
        }
        Ok(list)
    }

    fn emit_block(&mut self, id: BlockId) -> Step<()> {
        let block = self.block(id)?;
        self.b.at_end(self.target(id)?);
        let mut marks = self.marks(id);
        self.locate(None)?;
        self.forget();
        for ((value, _), phi) in block.params.iter().zip(&self.phis[id.index()]) {
            self.keep(*value, *phi);
        }
        if let Some(clauses) = &block.landing_pad {
            if !block.params.is_empty() {
                return Err("a landing pad has parameters".to_owned());
            }
            let mut constants = Vec::new();
            let mut cleanup = false;
            for clause in clauses {
                match clause {
                    Clause::Catch(sym) => constants.push(self.symbol(sym, None)?),
                    Clause::Filter(sym) => {
                        let filter = self.symbol(sym, None)?;
                        let descriptor = *self.filters.entry(filter).or_insert_with(|| self.e.filter_descriptor(filter));
                        constants.push(descriptor);
                    }
                    Clause::Cleanup => cleanup = true,
                }
            }
            self.b.landing_pad(&constants, cleanup || constants.is_empty());
        }
        for (index, (results, inst)) in block.insts.iter().enumerate() {
            if let Some(mark) = marks.next_if(|m| m.inst as usize <= index) {
                self.locate(Some(mark))?;
            }
            self.inst(results, inst).map_err(|what| format!("instruction {index}: {what}"))?;
        }
        if let Some(mark) = marks.next() {
            self.locate(Some(mark))?;
        }
        self.poll(id);
        self.terminator(&block.term)
    }

    /// The lines of a block.
    fn marks(&self, id: BlockId) -> std::iter::Peekable<std::slice::Iter<'e, LineMark>> {
        let lines = self.f.source.as_ref().map_or(&[][..], |s| &s.lines);
        let start = lines.partition_point(|m| m.block < id);
        let end = lines.partition_point(|m| m.block <= id);
        lines[start..end].iter().peekable()
    }

    /// Sets where the instructions to come are from.
    fn locate(&mut self, mark: Option<&'e LineMark>) -> Step<()> {
        self.line = mark;
        if let Some(debug) = &self.debug {
            self.b.set_location(debug.location(mark)?);
        }
        Ok(())
    }

    fn terminator(&mut self, term: &Term) -> Step<()> {
        match term {
            Term::Jump(to, args) => {
                self.pass_arguments(*to, args)?;
                self.b.br(self.target(*to)?);
            }
            Term::Branch { cond, then_to, else_to, likely } => {
                let cond = self.typed(*cond, LTy::I1)?;
                if then_to.0 == else_to.0 {
                    return self.branch_to_one(cond, then_to.0, &then_to.1, &else_to.1);
                }
                self.pass_arguments(then_to.0, &then_to.1)?;
                self.pass_arguments(else_to.0, &else_to.1)?;
                let branch = self.b.cond_br(cond, self.target(then_to.0)?, self.target(else_to.0)?);
                let likely = likely.or(match (self.block(then_to.0)?.cold, self.block(else_to.0)?.cold) {
                    (false, true) => Some(true),
                    (true, false) => Some(false),
                    _ => None,
                });
                if let Some(likely) = likely {
                    let weights = if likely { [2000, 1] } else { [1, 2000] };
                    branch.set_metadata(self.e.prof_kind, self.e.branch_weights(&weights));
                }
                if self.frame.is_none() && self.throws_null_reference(then_to.0)? {
                    branch.set_metadata(self.e.implicit_kind, self.e.context.metadata_node(None, &[]));
                }
            }
            Term::Switch { value, cases, default } => {
                let (value, ty) = self.get(*value)?;
                if !matches!(ty, LTy::I32 | LTy::I64) {
                    return Err(format!("switch on {ty:?}"));
                }
                for to in cases.iter().map(|c| c.1).chain([*default]) {
                    if !self.block(to)?.params.is_empty() {
                        return Err(format!("switch to {to}, which has parameters"));
                    }
                }
                let switch = self.b.switch(value, self.target(*default)?, cases.len());
                for (case, to) in cases {
                    switch.add_case(self.e.ty(ty).const_int(*case as u64), self.target(*to)?);
                }
            }
            Term::Return(value) => match (value, self.f.ret) {
                (None, LTy::Void) => {
                    self.b.ret(None);
                }
                (Some(value), ret) if ret != LTy::Void => {
                    let value = self.typed(*value, ret)?;
                    self.b.ret(Some(value));
                }
                (_, ret) => return Err(format!("return does not fit {ret:?}")),
            },
            Term::Unreachable => {
                self.b.unreachable();
            }
        }
        Ok(())
    }

    /// A block that only throws NullReferenceException: the branch to it may be left to a fault of the access behind it. The pass that does it
    /// (`ImplicitNullChecks`) makes sure that the branch compares the base of the access with null.
    fn throws_null_reference(&self, id: BlockId) -> Step<bool> {
        let call = self.block(id)?.insts.first().map(|(_, inst)| inst);
        let throws = |call: &Call| matches!(call.target, CallTarget::Direct(Sym::Helper(Helper::RhpThrowNullReference)));
        Ok(matches!(call, Some(Inst::Call(call)) if throws(call)))
    }

    /// Both ways of a branch lead to one block: the arguments are chosen by selects, for a phi has one value per predecessor.
    fn branch_to_one(&mut self, cond: Value<'c>, to: BlockId, a: &[ValueId], b: &[ValueId]) -> Step<()> {
        let params = &self.block(to)?.params;
        if a.len() != params.len() || b.len() != params.len() {
            return Err(format!("{to} takes {} arguments", params.len()));
        }
        let from = self.b.block();
        for (index, (_, ty)) in params.iter().enumerate() {
            let (x, y) = (self.typed(a[index], *ty)?, self.typed(b[index], *ty)?);
            let value = if x == y { x } else { self.b.select(cond, x, y) };
            self.phis[to.index()][index].add_incoming(value, from);
        }
        self.b.br(self.target(to)?);
        Ok(())
    }

    fn pass_arguments(&mut self, to: BlockId, args: &[ValueId]) -> Step<()> {
        let block = self.block(to)?;
        if block.landing_pad.is_some() {
            return Err(format!("jump to the landing pad {to}"));
        }
        if args.len() != block.params.len() {
            return Err(format!("{to} takes {} arguments, {} given", block.params.len(), args.len()));
        }
        for (index, arg) in args.iter().enumerate() {
            let value = self.typed(*arg, block.params[index].1)?;
            // A conversion may have opened no new block, so the current one is the predecessor.
            self.phis[to.index()][index].add_incoming(value, self.b.block());
        }
        Ok(())
    }

    /// Records the value of an id, and stores it where the collector looks for it.
    pub(super) fn define(&mut self, id: ValueId, ty: LTy, value: Value<'c>) -> Step<()> {
        self.record(id, ty, value)?;
        self.keep(id, value);
        Ok(())
    }

    fn record(&mut self, id: ValueId, ty: LTy, value: Value<'c>) -> Step<()> {
        let declared = self.f.value_types.get(id.index()).ok_or_else(|| format!("{id} has no type"))?;
        if *declared != ty {
            return Err(format!("{id} is declared {declared:?} but defined as {ty:?}"));
        }
        let place = &mut self.values[id.index()];
        if place.is_some() {
            return Err(format!("{id} is defined twice"));
        }
        *place = Some((value, ty));
        Ok(())
    }

    /// The value of an id and its type.
    pub(super) fn get(&self, id: ValueId) -> Step<(Value<'c>, LTy)> {
        let (value, ty) = self.values.get(id.index()).copied().flatten().ok_or_else(|| format!("{id} is used before it is defined"))?;
        Ok((self.kept(id).unwrap_or(value), ty))
    }

    /// The value of an id as a given type. Raw pointers and native ints convert to each other, and raw pointers to byrefs.
    pub(super) fn typed(&self, id: ValueId, want: LTy) -> Step<Value<'c>> {
        let (value, have) = self.get(id)?;
        match (have, want) {
            _ if have == want => Ok(value),
            (LTy::Ptr, LTy::I64) => Ok(self.b.cast(Opcode::LLVMPtrToInt, value, self.e.types.i64)),
            (LTy::I64, LTy::Ptr) => Ok(self.b.cast(Opcode::LLVMIntToPtr, value, self.e.types.ptr)),
            (LTy::Ptr, LTy::Ref) => Ok(self.pointer_to_reference(value)),
            _ => Err(format!("{id} is {have:?}, not {want:?}")),
        }
    }

    /// The value of an id as an address (`Ref` or raw pointer).
    pub(super) fn address(&self, id: ValueId) -> Step<(Value<'c>, LTy)> {
        let (value, ty) = self.get(id)?;
        match ty {
            LTy::Ref | LTy::Ptr => Ok((value, ty)),
            LTy::I64 => Ok((self.b.cast(Opcode::LLVMIntToPtr, value, self.e.types.ptr), LTy::Ptr)),
            _ => Err(format!("{id} is {ty:?}, not an address")),
        }
    }

    /// The link name of a symbol.
    pub(super) fn symbol_name(&self, sym: &'e Sym) -> Step<&'e str> {
        if let Some(name) = self.names.get(sym) {
            return Ok(name);
        }
        match sym {
            Sym::Helper(helper) => Ok(helper.name()),
            Sym::Native(native) => Ok(&native.0),
            other => Err(format!("no link name for {other:?}")),
        }
    }

    /// The global of a symbol.
    pub(super) fn symbol(&self, sym: &'e Sym, signature: Option<Type<'c>>) -> Step<Value<'c>> {
        let name = self.symbol_name(sym)?;
        if name == self.f.name { Ok(self.llvm) } else { Ok(self.e.symbol(sym, name, signature)) }
    }

    /// A word of stack that the optimiser does not look through.
    pub(super) fn scratch_word(&mut self) -> Value<'c> {
        if let Some(slot) = self.scratch {
            return slot;
        }
        let builder = self.e.builder();
        if let Some(jump) = self.entry_jump {
            builder.before(jump);
        } else {
            builder.at_end(self.entry);
        }
        let slot = builder.alloca(self.e.types.i64, 8);
        slot.set_name("reftoint");
        self.scratch = Some(slot);
        slot
    }

    /// Creates the alloca of a slot. Its type shows the references, so that scalar replacement keeps them typed and
    /// the late pass finds those that stay in memory.
    fn slot(&self, slot: &StackSlot) -> Value<'c> {
        let alloca = self.b.alloca(self.slot_type(slot), slot.align.clamp(1, 16).next_power_of_two());
        if slot.pinned {
            alloca.set_metadata(self.e.pinned_kind, self.e.context.metadata_node(None, &[]));
        }
        alloca.set_name(&slot.name);
        alloca
    }

    fn slot_type(&self, slot: &StackSlot) -> Type<'c> {
        let t = &self.e.types;
        if let Some(scalar) = slot.scalar {
            return if scalar == LTy::I1 { t.i8 } else { self.e.ty(scalar) };
        }
        let bytes = |count: u32| {
            let aligned = count.is_multiple_of(8) && count > 0;
            if aligned { self.e.context.array(t.i64, u64::from(count / 8)) } else { self.e.context.array(t.i8, u64::from(count)) }
        };
        if slot.ref_offsets.is_empty() {
            return self.e.context.array(t.i8, u64::from(slot.size.max(1)));
        }
        let mut fields = Vec::new();
        let mut at = 0;
        for offset in &slot.ref_offsets {
            if *offset > at {
                fields.push(bytes(offset - at));
            }
            fields.push(t.reference);
            at = offset + 8;
        }
        if slot.size > at {
            fields.push(bytes(slot.size - at));
        }
        self.e.context.struct_type(&fields, true)
    }

    /// Number of a slot → its record and alloca.
    pub(super) fn slot_of(&self, id: SlotId) -> Step<(&'e StackSlot, Value<'c>)> {
        let slot = self.f.slots.get(id.index()).ok_or_else(|| format!("no slot {id}"))?;
        Ok((slot, self.slots[id.index()]))
    }
}

/// Reachable blocks, each after its dominators.
fn reverse_postorder(successors: &[Vec<BlockId>]) -> Step<Vec<BlockId>> {
    let mut order = Vec::new();
    let mut seen = vec![false; successors.len()];
    let mut stack = vec![(BlockId::new(0), successors[0].as_slice())];
    seen[0] = true;
    while let Some((id, pending)) = stack.last_mut() {
        let Some((next, rest)) = pending.split_last() else {
            order.push(*id);
            stack.pop();
            continue;
        };
        *pending = rest;
        let visited = seen.get_mut(next.index()).ok_or_else(|| format!("no block {next}"))?;
        if !std::mem::replace(visited, true) {
            stack.push((*next, &successors[next.index()]));
        }
    }
    order.reverse();
    Ok(order)
}
