//! A small builder of LIR functions for tests. Every symbol is a helper or a native, whose link name is its own.
#![allow(dead_code, reason = "not every test uses every shortcut")]

use kiln_abi::helpers::Helper;
use kiln_lir::*;

pub struct Fb {
    pub f: Function,
    at: BlockId,
}

pub fn sym(name: &'static str) -> Sym {
    Helper::find(name).map_or_else(|| Sym::native(name, ""), Sym::Helper)
}

fn results(values: &[ValueId]) -> Results {
    Results::new(values).expect("few results")
}

impl Fb {
    pub fn new(name: &'static str, params: &[LTy], ret: LTy) -> (Self, Vec<ValueId>) {
        let f = Function {
            sym: sym(name),
            name: name.to_owned(),
            params: Vec::new(),
            ret,
            slots: Vec::new(),
            blocks: Vec::new(),
            value_types: Vec::new(),
            sret: false,
            context: false,
            needs: kiln_simd::IsaSet::EMPTY,
            once: false,
            sym_names: Vec::new(),
            deps: Vec::new(),
            origins: Vec::new(),
            scopes: Vec::new(),
            source: None,
        };
        let mut b = Self { f, at: BlockId::new(0) };
        let mut values = Vec::new();
        for ty in params {
            let v = b.value(*ty);
            b.f.params.push((v, *ty));
            values.push(v);
        }
        b.block(&[]);
        (b, values)
    }
    fn value(&mut self, ty: LTy) -> ValueId {
        self.f.value_types.push(ty);
        ValueId::new(self.f.value_types.len() - 1)
    }
    pub fn block(&mut self, params: &[LTy]) -> BlockId {
        let params = params.iter().map(|t| (self.value(*t), *t)).collect();
        self.f.blocks.push(BlockData { params, landing_pad: None, insts: Vec::new(), term: Term::Unreachable, cold: false });
        BlockId::new(self.f.blocks.len() - 1)
    }
    pub fn pad(&mut self, clauses: Vec<Clause>) -> BlockId {
        let b = self.block(&[]);
        self.f.blocks[b.index()].landing_pad = Some(clauses);
        b
    }
    pub fn param(&self, b: BlockId, i: usize) -> ValueId {
        self.f.blocks[b.index()].params[i].0
    }
    pub fn slot(&mut self, size: u32, refs: &[u32], scalar: Option<LTy>, pinned: bool) -> SlotId {
        self.f.slots.push(StackSlot {
            size,
            align: 8,
            ref_offsets: refs.to_vec(),
            pinned,
            scalar,
            name: format!("s{}", self.f.slots.len()),
        });
        SlotId::new(self.f.slots.len() - 1)
    }
    pub fn go(&mut self, b: BlockId) {
        self.at = b;
    }
    pub fn i(&mut self, ty: LTy, inst: Inst) -> ValueId {
        let v = self.value(ty);
        self.f.blocks[self.at.index()].insts.push((results(&[v]), inst));
        v
    }
    pub fn e(&mut self, inst: Inst) {
        self.f.blocks[self.at.index()].insts.push((results(&[]), inst));
    }
    pub fn overflow(&mut self, op: BinOp, ty: LTy, a: ValueId, b: ValueId) -> (ValueId, ValueId) {
        let (v, o) = (self.value(ty), self.value(LTy::I1));
        self.f.blocks[self.at.index()].insts.push((results(&[v, o]), Inst::BinOverflow { op, signed: true, ty, a, b }));
        (v, o)
    }
    pub fn end(&mut self, term: Term) {
        self.f.blocks[self.at.index()].term = term;
    }
    pub fn jump(&mut self, b: BlockId, args: &[ValueId]) {
        self.end(Term::Jump(b, args.to_vec()));
    }
    pub fn branch(&mut self, cond: ValueId, a: BlockId, b: BlockId) {
        self.end(Term::Branch { cond, then_to: (a, vec![]), else_to: (b, vec![]), likely: None });
    }
    pub fn ret(&mut self, v: ValueId) {
        self.end(Term::Return(Some(v)));
    }
    pub fn c(&mut self, v: i64) -> ValueId {
        self.i(LTy::I64, Inst::IConst(LTy::I64, v))
    }
    pub fn bin(&mut self, op: BinOp, a: ValueId, b: ValueId) -> ValueId {
        self.i(LTy::I64, Inst::Bin(op, LTy::I64, a, b))
    }
    pub fn add(&mut self, a: ValueId, b: ValueId) -> ValueId {
        self.bin(BinOp::Add, a, b)
    }
    pub fn cmp(&mut self, cond: IntCond, ty: LTy, a: ValueId, b: ValueId) -> ValueId {
        self.i(LTy::I1, Inst::ICmp(cond, ty, a, b))
    }
    pub fn load(&mut self, ty: LTy, base: ValueId, offset: i32) -> ValueId {
        self.i(ty, Inst::Load { ty, base, offset, flags: MemFlags::default() })
    }
    pub fn store(&mut self, ty: LTy, base: ValueId, offset: i32, value: ValueId) {
        self.e(Inst::Store { ty, base, offset, value, flags: MemFlags::default() });
    }
    pub fn slot_addr(&mut self, s: SlotId) -> ValueId {
        self.i(LTy::Ptr, Inst::SlotAddr(s, 0))
    }
    pub fn call_inst(name: &'static str, params: &[LTy], ret: LTy, args: &[ValueId], unwind: Option<BlockId>) -> Inst {
        let leaf = matches!(name, "RhpMatchCatch" | "RhpMatchFilter" | "RhpBeginCatch");
        let noreturn = matches!(name, "RhpThrowEx" | "RhpResume");
        Inst::Call(Box::new(Call {
            target: CallTarget::Direct(sym(name)),
            params: params.to_vec(),
            ret,
            args: args.to_vec(),
            flags: CallFlags { leaf, noreturn, ..CallFlags::default() },
            unwind,
        }))
    }
    pub fn call(&mut self, name: &'static str, params: &[LTy], ret: LTy, args: &[ValueId], unwind: Option<BlockId>) -> ValueId {
        self.i(ret, Self::call_inst(name, params, ret, args, unwind))
    }
    pub fn call_void(&mut self, name: &'static str, params: &[LTy], args: &[ValueId], unwind: Option<BlockId>) {
        self.e(Self::call_inst(name, params, LTy::Void, args, unwind));
    }
    pub fn alloc(&mut self, mt: &'static str) -> ValueId {
        let mt = self.i(LTy::Ptr, Inst::SymAddr(sym(mt), 0));
        self.call("RhpNewObject", &[LTy::Ptr], LTy::Ref, &[mt], None)
    }
    pub fn match_catch(&mut self, mt: &'static str) -> ValueId {
        let mt = self.i(LTy::Ptr, Inst::SymAddr(sym(mt), 0));
        let m = self.call("RhpMatchCatch", &[LTy::Ptr], LTy::I32, &[mt], None);
        let zero = self.i(LTy::I32, Inst::IConst(LTy::I32, 0));
        self.cmp(IntCond::Ne, LTy::I32, m, zero)
    }
    pub fn resume(&mut self) {
        self.call_void("RhpResume", &[], &[], None);
        self.end(Term::Unreachable);
    }
}
