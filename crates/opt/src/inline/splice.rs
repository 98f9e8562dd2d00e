//! One call replaced by the callee's code.

use kiln_mir::{
    BlockData, BlockId, ConvRange, ConvTo, Function, Inst, Local, LocalKind, Scope, ScopeId, SlotId, SourcePos, Term, Ty, ValueId,
};
use kiln_typesys::{HiddenParam, MethodDesc, Prim, TypeClass, TypeDesc, TypeSystem};

/// Where to go on looking for calls.
pub(super) enum Next {
    /// In the same block, at an instruction.
    Here(usize),
    /// In another block: what came after the call.
    Block(usize),
}

/// What becomes of a slot of the callee.
#[derive(Clone, Copy)]
enum Home {
    /// An argument that is never written: its value.
    Value(ValueId),
    /// A slot of the caller.
    Slot(SlotId),
}

/// Replaces calls in one function.
pub(super) struct Splicer {
    /// Results of replaced calls, and what they are now.
    rename: Vec<Option<ValueId>>,
}

/// A callee on its way into a caller.
struct Body<'a> {
    from: &'a Function,
    homes: Vec<Home>,
    values: Vec<Option<ValueId>>,
    /// The scope that the callee's own code gets.
    scope: ScopeId,
    /// The block that the callee's first block becomes, and those behind it from here on.
    entry: BlockId,
    blocks: usize,
}

impl Splicer {
    pub(super) fn new(f: &Function) -> Self {
        Self { rename: vec![None; f.values.len()] }
    }

    fn resolve(&self, mut v: ValueId) -> ValueId {
        while let Some(r) = self.rename.get(v.index()).copied().flatten() {
            v = r;
        }
        v
    }

    /// Whether the arguments are of the kinds that the callee's code expects.
    pub(super) fn accepts(&self, ts: &TypeSystem, f: &Function, block: usize, at: usize, from: &Function) -> bool {
        let (args, skipped) = match &f.blocks[block].insts[at].1 {
            Inst::Call { args, .. } => (args, 0),
            Inst::NewObj { args, .. } => (args, 1),
            _ => return false,
        };
        args.len() + skipped == from.arg_count as usize
            && args.iter().zip(&from.slots[skipped..]).all(|(&a, s)| f.values[self.resolve(a).index()].is_kind_of(Ty::of(ts, s.ty)))
    }

    /// Replaces the call of `method` at a place by the code of `from`.
    pub(super) fn splice(
        &mut self,
        ts: &TypeSystem,
        f: &mut Function,
        (block, at): (usize, usize),
        method: MethodDesc,
        from: &Function,
    ) -> Next {
        let (result, inst, pos) = f.blocks[block].insts[at].clone();
        let mut head: Vec<(Option<ValueId>, Inst, SourcePos)> = Vec::new();
        let (mut args, mut result) = (Vec::new(), result);
        match inst {
            Inst::Call { args: a, null_check, .. } => {
                args.extend(a.iter().map(|&a| self.resolve(a)));
                if let (true, Some(&this)) = (null_check, args.first()) {
                    head.push((None, Inst::NullCheck(this), pos));
                }
            }
            Inst::NewObj { args: a, .. } => {
                let owner = ts.method_owner(method);
                let object = result.take().unwrap_or_else(|| new_value(f, Ty::Ref(Some(owner))));
                head.push((Some(object), Inst::Allocate(owner), pos));
                args.push(object);
                args.extend(a.iter().map(|&a| self.resolve(a)));
            }
            _ => {}
        }
        let multiple = from.blocks.len() > 1;
        let mut body = Body {
            from,
            homes: Vec::with_capacity(from.slots.len()),
            values: vec![None; from.values.len()],
            scope: add_scopes(ts, f, method, pos, args.first().copied()),
            entry: BlockId::new(block),
            // The rest of the block comes first.
            blocks: f.blocks.len() + usize::from(multiple),
        };
        body.enter(ts, f, &args, &mut head);
        body.add_inner_scopes(f);
        if !multiple {
            let only = &from.blocks[0];
            body.instructions(f, only, &mut head);
            if let (Some(result), Term::Return(Some(v))) = (result, &only.term) {
                let v = body.value(f, *v);
                let v = narrowed(ts, f, from.ret, v, body.pos(only.term_pos), &mut head);
                self.rename.resize(f.values.len(), None);
                self.rename[result.index()] = Some(v);
            }
            let next = at + head.len();
            f.blocks[block].insts.splice(at..=at, head);
            return Next::Here(next);
        }
        let rest = f.blocks.len();
        let nesting = f.blocks[block].nesting.clone();
        let tail = f.blocks[block].insts.split_off(at + 1);
        f.blocks[block].insts.truncate(at);
        let last = &mut f.blocks[block];
        let (term, term_pos) = (std::mem::replace(&mut last.term, Term::Unreachable), last.term_pos);
        f.blocks.push(BlockData { params: result.into_iter().collect(), insts: tail, term, term_pos, nesting: nesting.clone() });
        body.copy_blocks(ts, f, head, (BlockId::new(rest), result.is_some(), pos), &nesting);
        self.rename.resize(f.values.len(), None);
        Next::Block(rest)
    }

    /// Uses of replaced calls' results become uses of what the callees returned.
    pub(super) fn finish(self, f: &mut Function) {
        if self.rename.iter().all(Option::is_none) {
            return;
        }
        for b in &mut f.blocks {
            for (_, i, _) in &mut b.insts {
                i.for_each_operand_mut(|v| *v = self.resolve(*v));
            }
            b.term.for_each_operand_mut(|v| *v = self.resolve(*v));
        }
        for s in &mut f.scopes {
            s.this = s.this.map(|v| self.resolve(v));
        }
    }
}

fn new_value(f: &mut Function, ty: Ty) -> ValueId {
    f.values.push(ty);
    ValueId::new(f.values.len() - 1)
}

/// The scope of the call.
fn add_scopes(ts: &TypeSystem, f: &mut Function, callee: MethodDesc, call: SourcePos, this: Option<ValueId>) -> ScopeId {
    let shared = ts.canonical_method(callee);
    let from_this = ts.is_shared_method(shared) && ts.hidden_param(shared) == HiddenParam::None;
    f.scopes.push(Scope { callee, call, this: this.filter(|_| from_this) });
    ScopeId::new(f.scopes.len())
}

impl Body<'_> {
    fn pos(&self, pos: SourcePos) -> SourcePos {
        SourcePos { scope: ScopeId(self.scope.0 + pos.scope.0), ..pos }
    }

    fn value(&mut self, f: &mut Function, v: ValueId) -> ValueId {
        *self.values[v.index()].get_or_insert_with(|| new_value(f, self.from.values[v.index()]))
    }

    fn block(&self, b: BlockId) -> BlockId {
        if b.index() == 0 { self.entry } else { BlockId::new(self.blocks + b.index() - 1) }
    }

    /// Homes of the callee's slots, and their first values.
    fn enter(&mut self, ts: &TypeSystem, f: &mut Function, args: &[ValueId], head: &mut Vec<(Option<ValueId>, Inst, SourcePos)>) {
        let from = self.from;
        let written = written(from);
        let start = self.pos(SourcePos::default());
        for (i, s) in from.slots.iter().enumerate() {
            let arg = args.get(i).copied().filter(|_| i < from.arg_count as usize);
            if let (Some(arg), false) = (arg, written[i]) {
                let arg = narrowed(ts, f, Some(s.ty), arg, start, head);
                self.homes.push(Home::Value(arg));
                continue;
            }
            let slot = SlotId::new(f.slots.len());
            f.slots.push(Local { kind: LocalKind::Inlined, address_taken: false, ..s.clone() });
            self.homes.push(Home::Slot(slot));
            if let Some(arg) = arg {
                head.push((None, Inst::StoreSlot(slot, arg), start));
            } else if s.kind != LocalKind::Inlined
                && (from.init_locals || holds_references(ts, s.ty))
                && is_read_first(from, SlotId::new(i))
            {
                zero(ts, f, slot, s.ty, start, head);
            }
        }
        for (r, inst, _) in from.blocks.iter().flat_map(|b| &b.insts) {
            if let (Some(r), Inst::LoadSlot(s)) = (r, inst)
                && let Home::Value(v) = self.homes[s.index()]
            {
                self.values[r.index()] = Some(v);
            }
        }
    }

    /// What was inlined into the callee is inlined into its caller now.
    fn add_inner_scopes(&mut self, f: &mut Function) {
        for s in &self.from.scopes {
            let this = s.this.map(|v| self.value(f, v));
            f.scopes.push(Scope { callee: s.callee, call: self.pos(s.call), this });
        }
    }

    fn instructions(&mut self, f: &mut Function, block: &BlockData, out: &mut Vec<(Option<ValueId>, Inst, SourcePos)>) {
        for (r, inst, pos) in &block.insts {
            let mut inst = inst.clone();
            if let Inst::LoadSlot(s) | Inst::StoreSlot(s, _) | Inst::SlotAddr(s) = &mut inst {
                match self.homes[s.index()] {
                    Home::Slot(slot) => *s = slot,
                    Home::Value(_) => continue,
                }
            }
            inst.for_each_operand_mut(|v| *v = self.value(f, *v));
            let r = r.map(|r| self.value(f, r));
            out.push((r, inst, self.pos(*pos)));
        }
    }

    /// The callee's blocks behind the caller's; the first goes on where the call was. Returns go to `rest`.
    fn copy_blocks(
        &mut self,
        ts: &TypeSystem,
        f: &mut Function,
        head: Vec<(Option<ValueId>, Inst, SourcePos)>,
        (rest, with_result, call): (BlockId, bool, SourcePos),
        nesting: &kiln_mir::Nest,
    ) {
        let from = self.from;
        let mut head = head;
        for (i, block) in from.blocks.iter().enumerate() {
            let params = block.params.iter().map(|&p| self.value(f, p)).collect();
            let mut insts = std::mem::take(&mut head);
            self.instructions(f, block, &mut insts);
            let mut term_pos = self.pos(block.term_pos);
            let term = match &block.term {
                Term::Return(v) => {
                    let value = v.filter(|_| with_result).map(|v| {
                        let v = self.value(f, v);
                        narrowed(ts, f, from.ret, v, term_pos, &mut insts)
                    });
                    term_pos = call;
                    Term::Jump(rest, value.into_iter().collect())
                }
                term => {
                    let mut term = term.clone();
                    term.for_each_operand_mut(|v| *v = self.value(f, *v));
                    term.for_each_successor_mut(|b| *b = self.block(*b));
                    term
                }
            };
            if i == 0 {
                let entry = &mut f.blocks[self.entry.index()];
                entry.insts.append(&mut insts);
                (entry.term, entry.term_pos) = (term, term_pos);
            } else {
                f.blocks.push(BlockData { params, insts, term, term_pos, nesting: nesting.clone() });
            }
        }
    }
}

/// Slots that the callee writes or takes the address of.
fn written(f: &Function) -> Vec<bool> {
    let mut written = vec![false; f.slots.len()];
    for (_, inst, _) in f.blocks.iter().flat_map(|b| &b.insts) {
        if let Inst::StoreSlot(s, _) | Inst::SlotAddr(s) = inst {
            written[s.index()] = true;
        }
    }
    written
}

/// Whether some block reads the slot, or takes its address, before it writes it.
fn is_read_first(f: &Function, slot: SlotId) -> bool {
    f.blocks.iter().any(|b| {
        let first = b.insts.iter().find(|(_, inst, _)| inst.slot() == Some(slot));
        first.is_some_and(|(_, inst, _)| !matches!(inst, Inst::StoreSlot(..)))
    })
}

fn holds_references(ts: &TypeSystem, t: TypeDesc) -> bool {
    match ts.type_class(t) {
        TypeClass::Ref | TypeClass::ByRef => true,
        TypeClass::Prim(_) | TypeClass::Ptr => false,
        TypeClass::Struct | TypeClass::Unknown => ts.layout(ts.canonical_type(t)).map_or(true, |l| !l.refs.is_empty()),
    }
}

fn zero(ts: &TypeSystem, f: &mut Function, slot: SlotId, t: TypeDesc, pos: SourcePos, out: &mut Vec<(Option<ValueId>, Inst, SourcePos)>) {
    let ty = Ty::of(ts, t);
    let constant = match ty {
        Ty::I32 => Inst::ConstI32(0),
        Ty::I64 => Inst::ConstI64(0),
        Ty::NInt => Inst::ConstNInt(0),
        Ty::F32 => Inst::ConstF32(0),
        Ty::F64 => Inst::ConstF64(0),
        Ty::Ref(_) => Inst::Null,
        Ty::ByRef(_) | Ty::Value(_) => {
            let addr = new_value(f, Ty::ByRef(Some(t)));
            out.push((Some(addr), Inst::SlotAddr(slot), pos));
            out.push((None, Inst::InitObj { ty: t, addr }, pos));
            return;
        }
    };
    let v = new_value(f, ty);
    out.push((Some(v), constant, pos));
    out.push((None, Inst::StoreSlot(slot, v), pos));
}

/// A value as a location of a small integer type holds it.
fn narrowed(
    ts: &TypeSystem,
    f: &mut Function,
    t: Option<TypeDesc>,
    value: ValueId,
    pos: SourcePos,
    out: &mut Vec<(Option<ValueId>, Inst, SourcePos)>,
) -> ValueId {
    let to = match t.map(|t| ts.type_class(t)) {
        Some(TypeClass::Prim(Prim::I1)) => ConvTo::I8,
        Some(TypeClass::Prim(Prim::Bool | Prim::U1)) => ConvTo::U8,
        Some(TypeClass::Prim(Prim::I2)) => ConvTo::I16,
        Some(TypeClass::Prim(Prim::Char | Prim::U2)) => ConvTo::U16,
        _ => return value,
    };
    let v = new_value(f, Ty::I32);
    out.push((Some(v), Inst::Conv { to, range: ConvRange::Unchecked, value }, pos));
    v
}
