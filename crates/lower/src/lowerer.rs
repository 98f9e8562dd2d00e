//! One method body: MIR blocks in reverse postorder to LIR blocks.
//!
//! From `mir::Function` to the method's `lir::Function` and its outlined filters. Instruction families are in the submodules.

mod arith;
mod arrays;
mod atomics;
mod blocks;
mod calls;
mod conv;
mod delegates;
mod eh;
mod entry;
mod fields;
mod memory;
mod objects;
mod scan;
pub mod scopes;
mod terms;
mod values;
mod vectors;
mod versions;

use crate::abi::{AbiSig, hidden_of};
use crate::cx::{Bound, Cx, Facts, Inlined, Val};
use crate::{LowerError, LowerOptions};
use eh::Eh;
use kiln_lir::{self as lir, BlockId, IlPlace, LTy, SlotId, Sym, ValueId};
use kiln_mir::{self as mir, Inst, RegionId, RegionKind};
use kiln_simd::IsaSet;
use kiln_support::FxHashMap;
use kiln_typesys::{HiddenParam, MethodDesc, TypeDesc, TypeSystem};
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
    eh: Eh,
    frame: FrameLayout,
    /// By MIR scope: what traces tell of it.
    told: Vec<scopes::Told>,
    /// What this version of the method is compiled for beyond the program's processors.
    version: IsaSet,
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
    if let Some(versions) = versions::lower(ts, f, opts)? {
        return Ok(versions);
    }
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

/// A block hands on what is known of this many references, or of none.
const MAX_FACTS: usize = 256;

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
            eh: Eh::default(),
            frame: FrameLayout::default(),
            told: Vec::new(),
            version: IsaSet::EMPTY,
        };
        l.told = scopes::tell(ts, f, &mut l.cx.b.scopes);
        if scopes::have_source(ts, f, opts)? {
            l.b.record_origins();
        }
        let scopes = f.scopes.iter();
        l.cx.inlined = scopes.map(|s| Inlined { callee: s.callee, parent: s.call.scope, this: None }).collect();
        l.scan();
        l.frame_layout()?;
        Ok(l)
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
            self.b.origin = Some(IlPlace { scope: lir::ScopeId::FUNCTION, offset: 0 });
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
        let (sym, ret) = match self.filter {
            Some(r) => (Sym::Filter(self.method, r.0), LTy::I32),
            None => (Sym::Method(self.method), self.abi.ret_ty()),
        };
        let once = self.filter.is_none() && self.ts.is_cctor(self.method);
        Ok(lir::Function { once, ..self.cx.finish(sym, ret) })
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
        self.scope = mir::ScopeId::FUNCTION;
        self.b.origin = None;
        self.b.switch_to(start);
        let pad = self.pad_of(id)?;
        self.b.unwind = pad;
        self.b.switch_to(start);
        for (r, i, pos) in &data.insts {
            if self.b.terminated() {
                break;
            }
            self.at(*pos)?;
            if matches!(i, Inst::TailPrefix) {
                let rest: Vec<_> = data.insts.iter().skip_while(|x| !std::ptr::eq(&x.1, i)).skip(1).map(|x| (x.0, &x.1)).collect();
                self.cx.tail = self.ends_with(&rest, &data.term);
                continue;
            }
            self.inst(*r, i)?;
            self.cx.tail = None;
        }
        if !self.b.terminated() {
            self.at(data.term_pos)?;
            self.term(id, &data.term)?;
        }
        self.b.origin = None;
        let facts = std::mem::take(&mut self.facts);
        // A block takes over the facts of its only predecessor. Where these are many, copying them along a chain of thousands of
        // blocks would be most of the work.
        if facts.nonnull.len() <= MAX_FACTS {
            self.out_facts.insert(id, facts);
        }
        Ok(())
    }

    /// Code from here on is of this place.
    fn at(&mut self, pos: mir::SourcePos) -> Result<(), LowerError> {
        self.b.origin = Some(scopes::place(&self.told, pos));
        if self.scope == pos.scope {
            return Ok(());
        }
        self.scope = pos.scope;
        let mut at = pos;
        while let Some(scope) = self.f.scope(at.scope) {
            if let Some(this) = scope.this {
                let this = self.reg_as(this, LTy::Ref)?;
                self.inlined[at.scope.index() - 1].this = Some(this);
            }
            at = scope.call;
        }
        Ok(())
    }

    /// How the method returns if the only instruction that is left is a call whose result it returns and its frame is not needed for it:
    /// no lock and no filter ends with it, and nothing in it is pinned.
    fn ends_with(&self, rest: &[(Option<mir::ValueId>, &Inst)], term: &mir::Term) -> Option<(AbiSig, Option<ValueId>)> {
        let [(result, call)] = rest else { return None };
        let is_call = matches!(call, Inst::Call { .. } | Inst::CallVirt { .. } | Inst::CallConstrained { .. } | Inst::CallIndirect { .. });
        let returned = matches!(term, mir::Term::Return(v) if v == result);
        let bound_to_frame = self.eh.lock.is_some() || self.eh.frame_slot.is_some() || self.f.slots.iter().any(|s| s.pinned);
        (is_call && returned && !bound_to_frame).then(|| (self.abi.clone(), self.bound.sret))
    }

    fn inst(&mut self, r: Option<mir::ValueId>, i: &Inst) -> Result<(), LowerError> {
        match i {
            // Where it counts, the block looks at it.
            Inst::TailPrefix => Ok(()),
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
            Inst::Conv { to, range, value } => self.conv(r, *to, *range, *value),
            Inst::Intrinsic(op, args) => self.intrinsic(r, *op, args),
            Inst::Vector { op, needs, method, args } => self.vector(r, *op, *needs, *method, args),
            Inst::CpuHas(needs) => self.cpu_has(r, *needs),
            Inst::ArrayLen(_)
            | Inst::LoadElem { .. }
            | Inst::StoreElem { .. }
            | Inst::CheckArrayStore { .. }
            | Inst::ElemAddr { .. }
            | Inst::ArrayDataAddr(_)
            | Inst::MdElemAddr { .. }
            | Inst::NewArr { .. }
            | Inst::NewMdArr { .. } => self.array(r, i),
            Inst::Default(_) | Inst::SizeOf(_) | Inst::BitCastValue { .. } => self.value(r, i),
            Inst::TypeHandle(_) | Inst::TypeOf(_) | Inst::FieldHandle(_) | Inst::MethodHandle(_) => self.token(r, i),
            Inst::Allocate(_) | Inst::NewObj { .. } | Inst::NewDefaultComparer { .. } | Inst::Box { .. } => self.allocation(r, i),
            Inst::Unbox { .. } | Inst::UnboxAny { .. } | Inst::IsInst { .. } | Inst::CastClass { .. } => self.cast(r, i),
            Inst::FnAddr(_)
            | Inst::FnAddrConstrained { .. }
            | Inst::VirtFnAddr { .. }
            | Inst::NewDelegate { .. }
            | Inst::NewDelegateIndirect { .. } => self.delegate(r, i),
            Inst::Call { .. } | Inst::CallVirt { .. } | Inst::CallConstrained { .. } | Inst::CallIndirect { .. } => self.call(r, i),
            Inst::LoadSlot(_) | Inst::StoreSlot(..) | Inst::SlotAddr(_) => self.slot(r, i),
            Inst::Load { .. } | Inst::Store { .. } | Inst::InitObj { .. } | Inst::CopyObj { .. } => self.memory(r, i),
            Inst::CopyBlock { .. } | Inst::InitBlock { .. } | Inst::LocAlloc(_) => self.block_memory(r, i),
            Inst::LoadField { .. } | Inst::StoreField { .. } | Inst::FieldAddr { .. } => self.field(r, i),
            Inst::LoadStatic { .. } | Inst::StoreStatic { .. } | Inst::StaticAddr(_) | Inst::RvaData(_) | Inst::EnsureClassInit(_) => {
                self.statics(r, i)
            }
            Inst::AtomicXchg { .. } | Inst::AtomicAdd { .. } | Inst::AtomicAnd { .. } | Inst::AtomicOr { .. } | Inst::AtomicCas { .. } => {
                self.atomics(r, i)
            }
        }
    }
}

/// A family got an instruction that is not its own.
fn unexpected(i: &Inst) -> LowerError {
    LowerError::Unsupported(format!("MIR instruction {i:?}"))
}

#[cfg(test)]
mod tests {
    use kiln_mir::Inst;

    #[test]
    fn an_instruction_in_the_wrong_family_is_named() {
        assert_eq!(super::unexpected(&Inst::ConstI32(7)).to_string(), "MIR instruction ConstI32(7)");
    }
}
