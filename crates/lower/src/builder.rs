//! Builds one LIR function: blocks, values, slots, and the small combinations every lowering needs.
//!
//! Input: requests of the lowering modules. Output: `kiln_lir::Function` pieces. Knows the helper list of `kiln_abi`, nothing of types.

mod finish;

use kiln_abi::helpers::{Effect, Helper, kind::Register};
use kiln_lir::{
    BinOp, BlockData, BlockId, Call, CallFlags, CallTarget, CastOp, Clause, Dep, IlPlace, Inst, IntCond, LTy, MemFlags, Results, Scope,
    ScopeId, SlotId, StackSlot, Sym, Term, ValueId,
};
use kiln_support::{FxHashMap, FxIndexSet};

/// A LIR function under construction.
pub struct Builder {
    /// Parameters.
    pub params: Vec<(ValueId, LTy)>,
    /// Stack slots.
    pub slots: Vec<StackSlot>,
    /// Dependencies without symbols.
    pub deps: FxIndexSet<Dep>,
    /// Landing pad for calls made now.
    pub unwind: Option<BlockId>,
    /// See `Function::sret`.
    pub sret: bool,
    /// See `Function::context`.
    pub context: bool,
    /// Where code made now comes from.
    pub origin: Option<IlPlace>,
    /// Inlined calls that origins are in.
    pub scopes: Vec<Scope>,
    /// Marks of each block, when origins are wanted.
    origins: Option<Vec<Vec<(u32, Option<IlPlace>)>>>,
    blocks: Vec<BlockData>,
    done: Vec<bool>,
    value_types: Vec<LTy>,
    cur: BlockId,
    throw_blocks: FxHashMap<(Helper, Option<BlockId>, ScopeId, Option<IlPlace>), BlockId>,
}

/// A function with one empty block, which is current.
impl Default for Builder {
    fn default() -> Self {
        let mut b = Self {
            params: Vec::new(),
            slots: Vec::new(),
            deps: FxIndexSet::default(),
            unwind: None,
            sret: false,
            context: false,
            origin: None,
            scopes: Vec::new(),
            origins: None,
            blocks: Vec::new(),
            done: Vec::new(),
            value_types: Vec::new(),
            cur: BlockId(0),
            throw_blocks: FxHashMap::default(),
        };
        b.cur = b.block();
        b
    }
}

impl Builder {
    /// From now on, keeps where instructions come from.
    pub fn record_origins(&mut self) {
        self.origins = Some(vec![Vec::new(); self.blocks.len()]);
    }

    /// Marks the next instruction of a block (or its end).
    fn mark(&mut self, b: BlockId) {
        let Some(marks) = self.origins.as_mut().and_then(|o| o.get_mut(b.index())) else { return };
        if marks.last().map_or(self.origin.is_some(), |m| m.1 != self.origin) {
            marks.push((self.blocks[b.index()].insts.len() as u32, self.origin));
        }
    }

    /// A fresh value.
    pub fn value(&mut self, ty: LTy) -> ValueId {
        self.value_types.push(ty);
        ValueId::new(self.value_types.len() - 1)
    }

    /// Whether these have the types of the function's own parameters.
    pub fn has_parameters(&self, values: &[ValueId]) -> bool {
        values.iter().map(|&v| self.ty(v)).eq(self.params.iter().map(|p| p.1))
    }

    /// Whether the function's parameters and these arguments are all in registers.
    #[must_use]
    pub fn are_in_registers(&self, values: &[ValueId], (integers, floats): (u8, u8)) -> bool {
        let fits = |(i, f): (usize, usize)| i <= usize::from(integers) && f <= usize::from(floats);
        fits(LTy::register_kinds(values.iter().map(|&v| self.ty(v)))) && fits(LTy::register_kinds(self.params.iter().map(|p| p.1)))
    }

    /// Type of a value.
    #[must_use]
    pub fn ty(&self, v: ValueId) -> LTy {
        self.value_types[v.index()]
    }

    /// Adds a function parameter.
    pub fn param(&mut self, ty: LTy) -> ValueId {
        let v = self.value(ty);
        self.params.push((v, ty));
        v
    }

    /// A new empty block.
    pub fn block(&mut self) -> BlockId {
        self.blocks.push(BlockData { params: Vec::new(), landing_pad: None, insts: Vec::new(), term: Term::Unreachable, cold: false });
        self.done.push(false);
        if let Some(origins) = &mut self.origins {
            origins.push(Vec::new());
        }
        BlockId::new(self.blocks.len() - 1)
    }

    /// A new block that rarely runs.
    pub fn cold_block(&mut self) -> BlockId {
        let b = self.block();
        self.blocks[b.index()].cold = true;
        b
    }

    /// A new landing pad.
    pub fn pad(&mut self, clauses: Vec<Clause>) -> BlockId {
        let b = self.cold_block();
        self.blocks[b.index()].landing_pad = Some(clauses);
        b
    }

    /// Adds a parameter to a block.
    pub fn block_param(&mut self, b: BlockId, ty: LTy) -> ValueId {
        let v = self.value(ty);
        self.blocks[b.index()].params.push((v, ty));
        v
    }

    /// Types of a block's parameters.
    #[must_use]
    pub fn block_param_types(&self, b: BlockId) -> Vec<LTy> {
        self.blocks[b.index()].params.iter().map(|p| p.1).collect()
    }

    /// Makes a block current.
    pub fn switch_to(&mut self, b: BlockId) {
        self.cur = b;
    }

    /// The current block.
    #[must_use]
    pub fn current(&self) -> BlockId {
        self.cur
    }

    /// Whether the current block has its terminator.
    #[must_use]
    pub fn terminated(&self) -> bool {
        self.done[self.cur.index()]
    }

    /// Ends the current block.
    pub fn term(&mut self, t: Term) {
        if !self.terminated() {
            self.mark(self.cur);
            self.blocks[self.cur.index()].term = t;
            self.done[self.cur.index()] = true;
        }
    }

    /// Sets the end of some block, whatever it was.
    pub fn set_term(&mut self, b: BlockId, t: Term) {
        self.blocks[b.index()].term = t;
        self.done[b.index()] = true;
    }

    /// Jumps.
    pub fn jump(&mut self, b: BlockId, args: Vec<ValueId>) {
        self.term(Term::Jump(b, args));
    }

    /// Branches without arguments.
    pub fn branch(&mut self, cond: ValueId, then_to: BlockId, else_to: BlockId, likely: Option<bool>) {
        self.term(Term::Branch { cond, then_to: (then_to, Vec::new()), else_to: (else_to, Vec::new()), likely });
    }

    /// Appends an instruction with results of the given types.
    pub fn insert(&mut self, inst: Inst, tys: &[LTy]) -> Vec<ValueId> {
        let rs: Vec<ValueId> = tys.iter().map(|&t| self.value(t)).collect();
        if !self.terminated() {
            self.mark(self.cur);
            self.blocks[self.cur.index()].insts.push((Results::new(&rs).unwrap_or(Results::NONE), inst));
        }
        rs
    }

    /// Appends an instruction with one result.
    pub fn op(&mut self, inst: Inst, ty: LTy) -> ValueId {
        self.insert(inst, &[ty])[0]
    }

    /// Appends an instruction without result.
    pub fn eff(&mut self, inst: Inst) {
        self.insert(inst, &[]);
    }

    /// Integer (or null) constant.
    pub fn iconst(&mut self, ty: LTy, v: i64) -> ValueId {
        self.op(Inst::IConst(ty, v), ty)
    }

    /// Zero of a type.
    pub fn zero(&mut self, ty: LTy) -> ValueId {
        match ty {
            LTy::F32 => self.op(Inst::F32Const(0), ty),
            LTy::F64 => self.op(Inst::F64Const(0), ty),
            _ => self.iconst(ty, 0),
        }
    }

    /// Symbol address.
    pub fn sym(&mut self, s: Sym) -> ValueId {
        self.op(Inst::SymAddr(s, 0), LTy::Ptr)
    }

    /// Loads.
    pub fn load(&mut self, ty: LTy, base: ValueId, offset: i32, flags: MemFlags) -> ValueId {
        self.op(Inst::Load { ty, base, offset, flags }, ty)
    }

    /// Loads something that never changes.
    pub fn load_inv(&mut self, ty: LTy, base: ValueId, offset: i32) -> ValueId {
        self.load(ty, base, offset, MemFlags { invariant: true, ..MemFlags::default() })
    }

    /// Stores.
    pub fn store(&mut self, ty: LTy, base: ValueId, offset: i32, value: ValueId, flags: MemFlags) {
        self.eff(Inst::Store { ty, base, offset, value, flags });
    }

    /// `base + offset`, same kind as `base`.
    pub fn offset(&mut self, base: ValueId, offset: i32) -> ValueId {
        if offset == 0 {
            return base;
        }
        let ty = self.ty(base);
        self.op(Inst::Addr { base, index: None, scale: 1, offset }, ty)
    }

    /// Two-operand arithmetic.
    pub fn bin(&mut self, op: BinOp, ty: LTy, a: ValueId, b: ValueId) -> ValueId {
        self.op(Inst::Bin(op, ty, a, b), ty)
    }

    /// Compare.
    pub fn icmp(&mut self, c: IntCond, a: ValueId, b: ValueId) -> ValueId {
        let ty = self.ty(a);
        self.op(Inst::ICmp(c, ty, a, b), LTy::I1)
    }

    /// Compare with zero or null.
    pub fn is_zero(&mut self, v: ValueId) -> ValueId {
        let ty = self.ty(v);
        let z = self.iconst(ty, 0);
        self.icmp(IntCond::Eq, v, z)
    }

    /// Cast.
    pub fn cast(&mut self, op: CastOp, to: LTy, value: ValueId) -> ValueId {
        let from = self.ty(value);
        if from == to {
            return value;
        }
        self.op(Inst::Cast { op, from, to, value }, to)
    }

    /// A stack slot.
    pub fn slot(&mut self, size: u32, align: u32, ref_offsets: Vec<u32>, scalar: Option<LTy>, name: &str) -> SlotId {
        self.slots.push(StackSlot { size, align, ref_offsets, pinned: false, scalar, name: name.to_owned() });
        SlotId::new(self.slots.len() - 1)
    }

    /// Address of a slot.
    pub fn slot_addr(&mut self, s: SlotId, off: u32) -> ValueId {
        self.op(Inst::SlotAddr(s, off), LTy::Ptr)
    }

    /// The inlined call that code made now is of, as far as a stack trace could tell.
    fn scope(&self) -> ScopeId {
        self.origin.map_or(ScopeId::FUNCTION, |o| o.scope)
    }

    /// A call; with the current landing pad unless leaf.
    pub fn call(&mut self, target: CallTarget, args: Vec<ValueId>, ret: LTy, flags: CallFlags) -> Option<ValueId> {
        let params = args.iter().map(|&a| self.ty(a)).collect();
        let unwind = if flags.leaf { None } else { self.unwind };
        let flags = if flags.leaf || flags.tail { flags } else { CallFlags { scope: self.scope(), ..flags } };
        let inst = Inst::Call(Box::new(Call { target, params, ret, args, flags, unwind }));
        let r = if ret == LTy::Void { self.insert(inst, &[]) } else { self.insert(inst, &[ret]) };
        if flags.noreturn {
            self.term(Term::Unreachable);
        }
        r.first().copied()
    }

    /// A call of a C function, which may return a structure in several registers.
    pub fn call_all(&mut self, target: CallTarget, args: Vec<ValueId>, ret: LTy, flags: CallFlags) -> Vec<ValueId> {
        let params = args.iter().map(|&a| self.ty(a)).collect();
        let results: Vec<LTy> = std::iter::once(ret).chain(flags.more.into_iter().flatten()).filter(|&t| t != LTy::Void).collect();
        let flags = CallFlags { scope: self.scope(), ..flags };
        let call = Call { target, params, ret, args, flags, unwind: self.unwind };
        self.insert(Inst::Call(Box::new(call)), &results)
    }

    /// Calls a runtime helper; arguments must have the types of `kiln_abi::helpers`. Byref parameters accept raw pointers.
    pub fn helper(&mut self, helper: Helper, args: &[ValueId]) -> Option<ValueId> {
        let signature = helper.signature();
        debug_assert_eq!(args.len(), signature.params.len(), "{helper}");
        let vs = args.iter().zip(signature.params).map(|(&a, &register)| self.coerce(a, lty(register))).collect();
        let flags =
            CallFlags { leaf: signature.effect == Effect::Leaf, noreturn: signature.effect == Effect::NoReturn, ..CallFlags::default() };
        self.call(CallTarget::Direct(Sym::Helper(helper)), vs, lty(signature.ret), flags)
    }

    /// Helper with a result.
    pub fn helper1(&mut self, helper: Helper, args: &[ValueId]) -> ValueId {
        match self.helper(helper, args) {
            Some(v) => v,
            None => self.value(LTy::Void),
        }
    }

    /// The shared cold block that calls a throwing helper without arguments, for the current landing pad and scope; with origins, only
    /// instructions of one origin share it, so that the line of the exception is known.
    pub fn throw_block(&mut self, helper: Helper) -> BlockId {
        let key = (helper, self.unwind, self.scope(), self.origins.as_ref().and(self.origin));
        if let Some(&b) = self.throw_blocks.get(&key) {
            return b;
        }
        let b = self.cold_block();
        let save = self.cur;
        self.switch_to(b);
        self.helper(helper, &[]);
        self.switch_to(save);
        self.throw_blocks.insert(key, b);
        b
    }

    /// Throws through `helper` when `cond` holds; continues in a new block.
    pub fn throw_if(&mut self, cond: ValueId, helper: Helper) {
        let t = self.throw_block(helper);
        let next = self.block();
        self.branch(cond, t, next, Some(false));
        self.switch_to(next);
    }

    /// Converts between register types where IL is lax (int32 ↔ native int, references ↔ pointers).
    pub fn coerce(&mut self, v: ValueId, want: LTy) -> ValueId {
        let have = self.ty(v);
        if have == want {
            return v;
        }
        match (have, want) {
            (LTy::I1, LTy::I8 | LTy::I16 | LTy::I32 | LTy::I64) => self.cast(CastOp::ZExt, want, v),
            (LTy::I8 | LTy::I16 | LTy::I32, LTy::I64) | (LTy::I8 | LTy::I16, LTy::I32) => self.cast(CastOp::SExt, want, v),
            (LTy::I64, LTy::I32 | LTy::I16 | LTy::I8) | (LTy::I32, LTy::I16 | LTy::I8) => self.cast(CastOp::Trunc, want, v),
            (LTy::F32, LTy::F64) => self.cast(CastOp::FpExt, want, v),
            (LTy::F64, LTy::F32) => self.cast(CastOp::FpTrunc, want, v),
            (LTy::Ref, LTy::I64) => self.op(Inst::RefToInt(v), LTy::I64),
            (LTy::I64, LTy::Ref) => self.op(Inst::IntToRef(v), LTy::Ref),
            (LTy::Ptr, LTy::Ref) => self.op(Inst::PtrToRef(v), LTy::Ref),
            (LTy::Ptr, LTy::I64) => self.op(Inst::PtrToInt(v), LTy::I64),
            (LTy::I64, LTy::Ptr) => self.op(Inst::IntToPtr(v), LTy::Ptr),
            (LTy::Ref, LTy::Ptr) => {
                let i = self.op(Inst::RefToInt(v), LTy::I64);
                self.op(Inst::IntToPtr(i), LTy::Ptr)
            }
            (LTy::I32, LTy::Ref | LTy::Ptr) => {
                let i = self.cast(CastOp::SExt, LTy::I64, v);
                self.coerce(i, want)
            }
            (LTy::Ref | LTy::Ptr, LTy::I32) => {
                let i = self.coerce(v, LTy::I64);
                self.cast(CastOp::Trunc, LTy::I32, i)
            }
            (LTy::I32, LTy::F32) | (LTy::I64, LTy::F64) | (LTy::F32, LTy::I32) | (LTy::F64, LTy::I64) => {
                self.cast(CastOp::Bitcast, want, v)
            }
            // Only dead or invalid code gets here; the verifier reports what is left.
            _ => self.zero(want),
        }
    }
}

fn lty(register: Register) -> LTy {
    match register {
        Register::Void => LTy::Void,
        Register::Ref => LTy::Ref,
        Register::Ptr => LTy::Ptr,
        Register::I32 => LTy::I32,
        Register::I64 => LTy::I64,
    }
}

#[cfg(test)]
mod tests {
    use super::Builder;
    use kiln_abi::helpers::Helper;
    use kiln_lir::{Inst, IntCond, LTy, MemFlags, ProgramStub, Sym, Term};

    #[test]
    fn built_functions_verify() {
        let mut b = Builder::default();
        let a = b.param(LTy::Ref);
        let i = b.param(LTy::I32);
        let z = b.is_zero(a);
        b.throw_if(z, Helper::RhpThrowNullReference);
        let n = b.load_inv(LTy::I32, a, 8);
        let c = b.icmp(IntCond::Uge, i, n);
        b.throw_if(c, Helper::RhpThrowIndexOutOfRange);
        let wide = b.coerce(i, LTy::I64);
        let at = b.op(Inst::Addr { base: a, index: Some(wide), scale: 4, offset: 16 }, LTy::Ref);
        let v = b.load(LTy::I32, at, 0, MemFlags::default());
        b.term(Term::Return(Some(v)));
        // Never reached: dropped.
        b.block();
        let f = b.finish(Sym::ProgramStub(ProgramStub::Main), "test".to_owned(), LTy::I32);
        assert_eq!(f.blocks.len(), 5);
        assert_eq!(kiln_lir::verify(&f), Ok(()));
    }

    #[test]
    fn the_first_end_of_a_block_stands() {
        let mut b = Builder::default();
        assert!(!b.terminated());
        let i = b.iconst(LTy::I32, 1);
        b.term(Term::Return(Some(i)));
        assert!(b.terminated());
        b.term(Term::Unreachable);
        let f = b.finish(Sym::ProgramStub(ProgramStub::Main), "test".to_owned(), LTy::I32);
        assert!(matches!(f.blocks[0].term, Term::Return(Some(_))));
    }

    #[test]
    fn a_wrong_type_is_reported() {
        let mut b = Builder::default();
        let i = b.param(LTy::I32);
        b.term(Term::Return(Some(i)));
        let f = b.finish(Sym::ProgramStub(ProgramStub::Main), "test".to_owned(), LTy::I64);
        assert!(kiln_lir::verify(&f).is_err_and(|e| e.rule == kiln_lir::Rule::OperandType && e.detail.contains("i64 expected")));
    }
}
