//! State of importing one method: the function under construction, the evaluation stack, what is known about values.
//!
//! Values get facts when they are made (constants, exact types, `typeof`); the operations fold by looking at facts. Slots that
//! are never address-taken are tracked too, along single-predecessor edges.

use crate::error::{ImportError, invalid};
use crate::flow::FlowGraph;
use crate::policy::{Constant, ImportPolicy};
use kiln_metadata::Token;
use kiln_mir::{BlockId, Inst, Local, LocalKind, MemTy, SlotId, SourcePos, Term, Ty, ValueId};
use kiln_support::FxHashMap;
use kiln_typesys::{FieldDesc, GenericArgs, MethodDesc, ModuleId, TypeClass, TypeDesc, TypeKind, TypeSystem, WellKnown};
use std::sync::Arc;

/// Result of everything here.
pub(crate) type Res<T = ()> = Result<T, ImportError>;

/// What is known about a value.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) enum Fact {
    /// Nothing.
    #[default]
    None,
    /// An int32.
    I32(i32),
    /// An int64.
    I64(i64),
    /// A native int.
    NInt(i64),
    /// The null reference.
    Null,
    /// The object that an instance method of a class runs on: null only where the caller's `call` let it be.
    This,
    /// Not null.
    NonNull,
    /// Not null and of exactly this type.
    Exact(TypeDesc),
    /// `typeof(T)`.
    TypeOf(TypeDesc),
    /// `ldtoken T`.
    TypeHandle(TypeDesc),
    /// `ldtoken field`.
    FieldHandle(FieldDesc),
    /// `ldftn`.
    FnAddr(MethodDesc),
    /// `ldvirtftn` on the value.
    VirtFn(ValueId, MethodDesc),
    /// A box of a value of exactly this type (not Nullable).
    Boxed(TypeDesc, ValueId),
    /// Address of a slot.
    SlotAddr(SlotId),
    /// A byref as a native int.
    RawAddr(ValueId),
}

impl Fact {
    pub(crate) fn int(&self) -> Option<i64> {
        match self {
            Fact::I32(v) => Some(i64::from(*v)),
            Fact::I64(v) | Fact::NInt(v) => Some(*v),
            _ => None,
        }
    }
    pub(crate) fn non_null(&self) -> bool {
        matches!(self, Fact::NonNull | Fact::Exact(_) | Fact::TypeOf(_) | Fact::Boxed(..) | Fact::SlotAddr(_) | Fact::FnAddr(_))
    }
    /// Whether the fact holds without regard to where the value was made.
    fn movable(&self) -> bool {
        !matches!(self, Fact::VirtFn(..) | Fact::Boxed(..) | Fact::RawAddr(_))
    }
    /// What holds when either holds.
    pub(crate) fn merge(&self, other: &Fact) -> Fact {
        if self == other && self.movable() {
            self.clone()
        } else if self.non_null() && other.non_null() {
            Fact::NonNull
        } else {
            Fact::None
        }
    }
}

/// What a slot holds.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Known {
    /// The value itself.
    pub value: Option<ValueId>,
    /// About it.
    pub fact: Fact,
}

pub(crate) type KnownMap = FxHashMap<SlotId, Known>;

/// Prefixes waiting for their instruction.
#[derive(Clone, Default, Debug)]
pub(crate) struct Prefix {
    pub volatile: bool,
    pub unaligned: bool,
    pub readonly: bool,
    pub tail: bool,
    pub constrained: Option<TypeDesc>,
}

impl Prefix {
    /// Whether there is one.
    pub fn any(&self) -> bool {
        self.volatile || self.unaligned || self.readonly || self.tail || self.constrained.is_some()
    }
}

/// A MIR block under construction.
#[derive(Clone, Debug)]
pub(crate) struct Building {
    /// Which static block.
    pub flow: usize,
    pub params: Vec<ValueId>,
    pub insts: Vec<(Option<ValueId>, Inst, SourcePos)>,
    pub term: Option<(Term, u32)>,
}

/// An edge taken.
#[derive(Clone, Debug)]
pub(crate) struct Edge {
    pub stack: Vec<ValueId>,
    pub known: KnownMap,
}

/// The importer's state.
pub(crate) struct Importer<'a> {
    pub ts: &'a TypeSystem,
    pub policy: &'a dyn ImportPolicy,
    /// Unresolvable tokens are errors instead of throws.
    pub strict: bool,
    /// The method over its symbolic arguments.
    pub method: MethodDesc,
    pub args: GenericArgs,
    pub module: ModuleId,
    pub meta: Arc<kiln_metadata::Module>,
    pub graph: &'a FlowGraph<'a>,
    pub ret: Option<TypeDesc>,
    pub slots: Vec<Local>,
    pub arg_count: u32,
    pub local_count: u32,
    /// Slots whose address some instruction takes.
    pub exposed: Vec<bool>,
    pub init_locals: bool,
    /// Most values that the evaluation stack holds.
    pub max_stack: usize,
    pub values: Vec<Ty>,
    pub facts: Vec<Fact>,
    pub blocks: Vec<Building>,
    /// MIR block of each static block.
    pub block_ids: Vec<Option<BlockId>>,
    pub incoming: Vec<Vec<Edge>>,
    /// Blocks imported with values of their only predecessor.
    pub inherited: Vec<bool>,
    pub imported: Vec<bool>,
    pub queue: std::collections::BTreeSet<(u32, usize)>,
    /// Which handlers are in the queue or were.
    pub handlers: kiln_mir::Outward,
    /// Survives restarts: blocks that must take parameters, and their types when known to differ from the first edge's.
    pub forced: FxHashMap<usize, Option<Vec<Ty>>>,
    pub restart: bool,
    pub cur: usize,
    pub pos: u32,
    pub stack: Vec<ValueId>,
    pub known: KnownMap,
    pub prefix: Prefix,
    /// The call that is imported next has `tail.`.
    pub tail: bool,
}

impl<'a> Importer<'a> {
    /// Nothing imported yet, and no locals; `sym` over its symbolic arguments, with the module of its tokens and its argument slots.
    pub fn new(
        ts: &'a TypeSystem,
        policy: &'a dyn ImportPolicy,
        sym: MethodDesc,
        (module, meta): (ModuleId, Arc<kiln_metadata::Module>),
        graph: &'a FlowGraph<'a>,
        (slots, arg_count): (Vec<Local>, u32),
        ret: Option<TypeDesc>,
    ) -> Self {
        let blocks = graph.blocks.len();
        Self {
            ts,
            policy,
            strict: false,
            method: sym,
            args: ts.method_generic_context(sym),
            module,
            meta,
            graph,
            ret,
            exposed: vec![false; slots.len()],
            slots,
            arg_count,
            local_count: 0,
            init_locals: false,
            max_stack: usize::MAX,
            values: Vec::new(),
            facts: Vec::new(),
            blocks: Vec::new(),
            block_ids: vec![None; blocks],
            incoming: vec![Vec::new(); blocks],
            inherited: vec![false; blocks],
            imported: vec![false; blocks],
            queue: std::collections::BTreeSet::new(),
            forced: FxHashMap::default(),
            handlers: kiln_mir::Outward::default(),
            restart: false,
            cur: 0,
            pos: 0,
            stack: Vec::new(),
            known: KnownMap::default(),
            prefix: Prefix::default(),
            tail: false,
        }
    }

    // Emission.

    /// An instruction with a result.
    pub fn def(&mut self, inst: Inst, ty: Ty) -> ValueId {
        let v = ValueId::new(self.values.len());
        self.values.push(ty);
        self.facts.push(Fact::None);
        self.blocks[self.cur].insts.push((Some(v), inst, self.pos.into()));
        v
    }
    /// With a fact.
    pub fn def_fact(&mut self, inst: Inst, ty: Ty, fact: Fact) -> ValueId {
        let v = self.def(inst, ty);
        self.facts[v.index()] = fact;
        v
    }
    /// An instruction without a result.
    pub fn eff(&mut self, inst: Inst) {
        self.blocks[self.cur].insts.push((None, inst, self.pos.into()));
    }
    /// Ends the block.
    pub fn end(&mut self, term: Term) {
        let b = &mut self.blocks[self.cur];
        if b.term.is_none() {
            b.term = Some((term, self.pos));
        }
    }
    pub fn ended(&self) -> bool {
        self.blocks[self.cur].term.is_some()
    }
    pub fn i32(&mut self, v: i32) -> ValueId {
        self.def_fact(Inst::ConstI32(v), Ty::I32, Fact::I32(v))
    }
    pub fn i64(&mut self, v: i64) -> ValueId {
        self.def_fact(Inst::ConstI64(v), Ty::I64, Fact::I64(v))
    }
    pub fn nint(&mut self, v: i64) -> ValueId {
        self.def_fact(Inst::ConstNInt(v), Ty::NInt, Fact::NInt(v))
    }
    pub fn null(&mut self) -> ValueId {
        self.def_fact(Inst::Null, Ty::Ref(None), Fact::Null)
    }
    /// `default(T)`, as a constant where the stack type has one.
    pub fn default_value(&mut self, t: TypeDesc) -> ValueId {
        match self.stack_ty(t) {
            Ty::I32 => self.i32(0),
            Ty::I64 => self.i64(0),
            Ty::NInt => self.nint(0),
            Ty::Ref(_) => self.def_fact(Inst::Null, Ty::Ref(Some(t)), Fact::Null),
            ty => self.def(Inst::Default(t), ty),
        }
    }
    /// A constant of the policy, as type `t`.
    pub fn constant(&mut self, c: Constant, t: TypeDesc) -> ValueId {
        let ty = self.stack_ty(t);
        match (c, ty) {
            (Constant::I32(v), Ty::I64) => self.i64(i64::from(v)),
            (Constant::I32(v), Ty::NInt) => self.nint(i64::from(v)),
            (Constant::I32(v), _) => self.i32(v),
            (Constant::I64(v), Ty::NInt) | (Constant::NInt(v), _) => self.nint(v),
            (Constant::I64(v), Ty::I32) => self.i32(v as i32),
            (Constant::I64(v), _) => self.i64(v),
            (Constant::F32(v), _) => self.def(Inst::ConstF32(v), Ty::F32),
            (Constant::F64(v), _) => self.def(Inst::ConstF64(v), Ty::F64),
            (Constant::Null | Constant::Default, _) => self.default_value(t),
        }
    }

    // Stack.

    pub fn push(&mut self, v: ValueId) {
        self.stack.push(v);
    }
    pub fn push_def(&mut self, inst: Inst, ty: Ty) -> ValueId {
        let v = self.def(inst, ty);
        self.push(v);
        v
    }
    pub fn pop(&mut self) -> Res<ValueId> {
        self.stack.pop().map_or_else(|| invalid("the evaluation stack is empty"), Ok)
    }
    /// Pops `n` values, the first pushed first.
    pub fn pop_n(&mut self, n: usize) -> Res<Vec<ValueId>> {
        let at = self.stack.len().checked_sub(n);
        at.map_or_else(|| invalid("the evaluation stack is empty"), |at| Ok(self.stack.split_off(at)))
    }
    pub fn ty(&self, v: ValueId) -> Ty {
        self.values[v.index()]
    }
    pub fn fact(&self, v: ValueId) -> &Fact {
        &self.facts[v.index()]
    }

    // Types.

    /// Type on the evaluation stack of a location of type `t` (III.1.1.1).
    pub fn stack_ty(&self, t: TypeDesc) -> Ty {
        Ty::of(self.ts, t)
    }
    /// How memory of type `t` is accessed.
    pub fn mem_ty(&self, t: TypeDesc) -> MemTy {
        use kiln_typesys::Prim as P;
        match self.ts.type_class(t) {
            TypeClass::Prim(p) => match p {
                P::I1 => MemTy::I8,
                P::Bool | P::U1 => MemTy::U8,
                P::I2 => MemTy::I16,
                P::Char | P::U2 => MemTy::U16,
                P::Void | P::I4 | P::U4 => MemTy::I32,
                P::I8 | P::U8 => MemTy::I64,
                P::R4 => MemTy::F32,
                P::R8 => MemTy::F64,
                P::I | P::U => MemTy::NInt,
            },
            TypeClass::Ref => MemTy::Ref,
            TypeClass::ByRef => MemTy::ByRef,
            TypeClass::Ptr => MemTy::NInt,
            TypeClass::Struct | TypeClass::Unknown => MemTy::Struct(t),
        }
    }
    /// Stack type of what a memory access gives.
    pub fn mem_stack_ty(m: MemTy) -> Ty {
        match m {
            MemTy::I8 | MemTy::U8 | MemTy::I16 | MemTy::U16 | MemTy::I32 => Ty::I32,
            MemTy::I64 => Ty::I64,
            MemTy::NInt => Ty::NInt,
            MemTy::F32 => Ty::F32,
            MemTy::F64 => Ty::F64,
            MemTy::Ref => Ty::Ref(None),
            MemTy::ByRef => Ty::ByRef(None),
            MemTy::Struct(t) => Ty::Value(t),
        }
    }
    pub fn wk(&self, w: WellKnown) -> TypeDesc {
        self.ts.well_known(w)
    }
    /// No variables and no runtime-determined parts: the type is what it is at run time.
    pub fn is_exact(&self, t: TypeDesc) -> bool {
        !self.ts.contains_vars(t) && !self.ts.is_runtime_determined(t)
    }
    /// Reference type for certain.
    pub fn is_ref(&self, t: TypeDesc) -> bool {
        self.ts.type_class(t) == TypeClass::Ref
    }
    /// Value type for certain.
    pub fn is_value(&self, t: TypeDesc) -> bool {
        matches!(self.ts.type_class(t), TypeClass::Prim(_) | TypeClass::Struct)
    }
    /// Nullable over something, also when only the definition is known.
    pub fn may_be_nullable(&self, t: TypeDesc) -> bool {
        match self.ts.kind(t) {
            TypeKind::Var(_) | TypeKind::MVar(_) => true,
            TypeKind::RuntimeDetermined { canon, .. } => self.ts.is_nullable(canon),
            _ => self.ts.is_nullable(t),
        }
    }

    // Tokens.

    pub fn type_token(&self, t: impl Into<Token>) -> Res<TypeDesc> {
        let t = self.ts.resolve_type(self.module, t.into(), &self.args)?;
        self.ts.check_loads(t)?;
        Ok(t)
    }
    pub fn method_token(&self, t: impl Into<Token>) -> Res<MethodDesc> {
        let m = self.ts.resolve_method(self.module, t.into(), &self.args)?;
        self.ts.check_method_loads(m)?;
        Ok(m)
    }
    pub fn field_token(&self, t: impl Into<Token>) -> Res<FieldDesc> {
        let f = self.ts.resolve_field(self.module, t.into(), &self.args)?;
        self.ts.check_loads(self.ts.field_owner(f))?;
        Ok(f)
    }

    // Slots.

    /// A new slot.
    pub fn temp(&mut self, ty: TypeDesc) -> SlotId {
        let s = SlotId::new(self.slots.len());
        self.slots.push(Local { ty, kind: LocalKind::Temp, pinned: false, address_taken: false });
        self.exposed.push(true);
        s
    }
    /// Reads a slot, forwarding what is known to be in it.
    pub fn load_slot(&mut self, s: SlotId) -> ValueId {
        let t = self.slots[s.index()].ty;
        let ty = self.stack_ty(t);
        if let Some(k) = self.known.get(&s).cloned() {
            match k.fact {
                Fact::I32(v) if ty == Ty::I32 => return self.i32(v),
                Fact::I64(v) if ty == Ty::I64 => return self.i64(v),
                Fact::NInt(v) if ty == Ty::NInt => return self.nint(v),
                Fact::Null if matches!(ty, Ty::Ref(_)) => return self.default_value(t),
                _ => {}
            }
            if let Some(v) = k.value {
                return v;
            }
            if k.fact != Fact::This {
                return self.def_fact(Inst::LoadSlot(s), ty, k.fact);
            }
        }
        let fact = if s.index() == 0 && self.graph.keeps_this && self.has_object() { Fact::This } else { Fact::None };
        let v = self.def_fact(Inst::LoadSlot(s), ty, fact.clone());
        if self.trackable(s) {
            self.known.insert(s, Known { value: Some(v), fact });
        }
        v
    }
    /// An instance method of a class.
    fn has_object(&self) -> bool {
        !self.ts.is_static_method(self.method) && !self.ts.is_value_type(self.ts.method_owner(self.method))
    }
    /// Writes a slot.
    pub fn store_slot(&mut self, s: SlotId, v: ValueId) -> Res {
        let t = self.slots[s.index()].ty;
        let ty = self.stack_ty(t);
        let v = self.coerce(v, ty)?;
        self.eff(Inst::StoreSlot(s, v));
        if self.exposed[s.index()] {
            return Ok(());
        }
        let fact = self.fact(v).clone();
        let known = match (self.narrow_range(t), &fact) {
            (Some((lo, hi)), Fact::I32(c)) if (lo..=hi).contains(c) => Some(Known { value: Some(v), fact }),
            // Narrowed by the store: only a load tells what is there.
            (Some(_), _) => None,
            _ => Some(Known { value: self.trackable(s).then_some(v), fact }),
        };
        match known {
            Some(k) => self.known.insert(s, k),
            None => self.known.remove(&s),
        };
        Ok(())
    }
    /// Values may be carried from stores to loads.
    fn trackable(&self, s: SlotId) -> bool {
        // Pinned slots must be read and written as written; structs would be copied more often, not less.
        !self.exposed[s.index()]
            && !self.slots[s.index()].pinned
            && self.narrow_range(self.slots[s.index()].ty).is_none()
            && !matches!(self.stack_ty(self.slots[s.index()].ty), Ty::Value(_))
    }
    /// Value range of types smaller than int32.
    fn narrow_range(&self, t: TypeDesc) -> Option<(i32, i32)> {
        use kiln_typesys::Prim as P;
        match self.ts.type_class(t) {
            TypeClass::Prim(P::Bool | P::U1) => Some((0, 0xFF)),
            TypeClass::Prim(P::I1) => Some((-0x80, 0x7F)),
            TypeClass::Prim(P::U2 | P::Char) => Some((0, 0xFFFF)),
            TypeClass::Prim(P::I2) => Some((-0x8000, 0x7FFF)),
            _ => None,
        }
    }
    /// A byref to a slot.
    pub fn slot_addr(&mut self, s: SlotId) -> ValueId {
        let ty = Ty::ByRef(Some(self.slots[s.index()].ty));
        self.def_fact(Inst::SlotAddr(s), ty, Fact::SlotAddr(s))
    }
}
