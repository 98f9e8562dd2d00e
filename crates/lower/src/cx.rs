//! Services shared by method bodies and stubs: typed memory access, struct copies with barriers, calls by lowered signature.
//!
//! From `typesys` layouts and the builder to LIR instructions; contract §3 (convention) and §5 (references).

mod dispatch;
mod generics;
mod objects;

pub use generics::GenericSource;

use crate::abi::{AbiSig, ArgAbi, RetAbi};
use crate::builder::Builder;
use crate::types::{Kind, Piece, StructInfo};
use crate::{LowerError, LowerOptions};
use kiln_abi::object::METHOD_TABLE_OFFSET;
use kiln_lir::{CallFlags, CallTarget, CastOp, Inst, LTy, MemFlags, SlotId, Sym, Term, ValueId};
use kiln_support::{FxHashMap, FxHashSet, FxIndexSet};
use kiln_typesys::{TypeDesc, TypeSystem};
use std::rc::Rc;

/// Where a store goes: decides the write barrier.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// Stack, statics, native memory: no barrier.
    Plain,
    /// Inside a heap object.
    Heap,
    /// Either.
    Maybe,
}

/// A memory location.
#[derive(Clone, Copy, Debug)]
pub struct Loc {
    /// `Ref`, `Ptr` or `I64`.
    pub base: ValueId,
    /// Bytes after it.
    pub off: i32,
    /// What is there.
    pub place: Place,
}

impl Loc {
    /// The location `by` bytes further.
    #[must_use]
    pub fn at(self, by: u32) -> Loc {
        Loc { off: self.off + by as i32, ..self }
    }
}

/// A lowered value: a register, or a struct in a slot that nobody changes any more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Val {
    /// Scalar.
    Reg(ValueId),
    /// Struct.
    Slot(SlotId),
}

/// What is known at a point of a method.
#[derive(Clone, Default, Debug)]
pub struct Facts {
    /// References that are not null.
    pub nonnull: FxHashSet<ValueId>,
    /// Types whose class constructor has run.
    pub inited: FxHashSet<TypeDesc>,
}

/// The function's parameters after binding.
#[derive(Clone, Default, Debug)]
pub struct Bound {
    /// Result pointer.
    pub sret: Option<ValueId>,
    /// `this`.
    pub this: Option<ValueId>,
    /// Generic context.
    pub hidden: Option<ValueId>,
    /// Per IL parameter, its scalars (or the pointer).
    pub args: Vec<Vec<ValueId>>,
}

/// State of building one LIR function.
pub struct Cx<'a> {
    /// Types.
    pub ts: &'a TypeSystem,
    /// Options.
    pub opts: &'a LowerOptions,
    /// The function.
    pub b: Builder,
    /// Facts at the current point.
    pub facts: Facts,
    /// Known places of byrefs.
    pub places: FxHashMap<ValueId, Place>,
    /// Byrefs made of raw pointers (stack, statics): access goes through the pointer, which optimises better.
    raw: FxHashMap<ValueId, ValueId>,
    /// Values that are the null constant.
    pub nulls: FxHashSet<ValueId>,
    /// Where generic lookups start.
    pub generic: GenericSource,
    /// The owner of a shared method over its own runtime-determined arguments.
    pub own_type: Option<TypeDesc>,
    dict: Option<ValueId>,
    infos: FxHashMap<TypeDesc, Rc<StructInfo>>,
}

impl<'a> Cx<'a> {
    /// A new function whose entry block (current) only gets lazily computed context values and must end in a jump.
    #[must_use]
    pub fn new(ts: &'a TypeSystem, opts: &'a LowerOptions) -> Self {
        Self {
            ts,
            opts,
            b: Builder::new(),
            facts: Facts::default(),
            places: FxHashMap::default(),
            raw: FxHashMap::default(),
            nulls: FxHashSet::default(),
            generic: GenericSource::None,
            own_type: None,
            dict: None,
            infos: FxHashMap::default(),
        }
    }

    /// Layout facts of a struct type.
    pub fn info(&mut self, t: TypeDesc) -> Result<Rc<StructInfo>, LowerError> {
        let c = self.ts.canonical_type(t);
        if let Some(i) = self.infos.get(&c) {
            return Ok(i.clone());
        }
        let i = Rc::new(StructInfo::of(self.ts, c)?);
        self.infos.insert(c, i.clone());
        Ok(i)
    }

    /// A stack slot for a struct.
    pub fn struct_slot(&mut self, t: TypeDesc, name: &str) -> Result<SlotId, LowerError> {
        let i = self.info(t)?;
        Ok(self.b.slot(i.size, i.align, i.refs.clone(), None, name))
    }

    /// A stack slot for a scalar.
    pub fn scalar_slot(&mut self, k: Kind, name: &str) -> SlotId {
        let refs = if k == Kind::Ref { vec![0] } else { Vec::new() };
        self.b.slot(k.size(), k.size(), refs, Some(k.mem()), name)
    }

    /// Location of a slot.
    pub fn slot_loc(&mut self, s: SlotId) -> Loc {
        let base = self.b.slot_addr(s, 0);
        Loc { base, off: 0, place: Place::Plain }
    }

    /// The place a byref or pointer value points to.
    #[must_use]
    pub fn place_of(&self, v: ValueId) -> Place {
        if self.b.ty(v) == LTy::Ptr { Place::Plain } else { self.places.get(&v).copied().unwrap_or(Place::Maybe) }
    }

    /// The location a byref or pointer points to.
    #[must_use]
    pub fn deref(&self, v: ValueId) -> Loc {
        match self.raw.get(&v) {
            Some(&p) => Loc { base: p, off: 0, place: Place::Plain },
            None => Loc { base: v, off: 0, place: self.place_of(v) },
        }
    }

    /// A byref to a location.
    pub fn addr_ref(&mut self, l: Loc) -> ValueId {
        let a = self.b.offset(l.base, l.off);
        let r = self.b.coerce(a, LTy::Ref);
        if self.b.ty(a) == LTy::Ptr {
            self.raw.insert(r, a);
        }
        if l.place != Place::Maybe {
            self.places.insert(r, l.place);
        }
        r
    }

    /// Loads a scalar, widened.
    pub fn load_kind(&mut self, k: Kind, l: Loc, flags: MemFlags) -> ValueId {
        let v = self.b.load(k.mem(), l.base, l.off, flags);
        self.widen(k, v)
    }

    /// Widens a scalar of memory type to its register type.
    pub fn widen(&mut self, k: Kind, v: ValueId) -> ValueId {
        match k {
            Kind::I8 | Kind::I16 => self.b.cast(CastOp::SExt, LTy::I32, v),
            Kind::U8 | Kind::U16 => self.b.cast(CastOp::ZExt, LTy::I32, v),
            _ => v,
        }
    }

    /// A register value made to fit a kind in a signature: small integers truncated and extended.
    pub fn fit(&mut self, k: Kind, v: ValueId) -> ValueId {
        let v = self.b.coerce(v, k.reg());
        if k.mem() == k.reg() {
            return v;
        }
        let m = self.b.cast(CastOp::Trunc, k.mem(), v);
        self.widen(k, m)
    }

    /// Stores a scalar register value, narrowed; with the barrier the place needs.
    pub fn store_kind(&mut self, k: Kind, l: Loc, v: ValueId, flags: MemFlags) {
        let v = self.b.coerce(v, k.reg());
        if k == Kind::Ref && l.place != Place::Plain && !self.nulls.contains(&v) {
            let a = self.addr_ref(l);
            let helper = if l.place == Place::Heap {
                kiln_abi::helpers::Helper::RhpAssignRef
            } else {
                kiln_abi::helpers::Helper::RhpCheckedAssignRef
            };
            self.b.helper(helper, &[a, v]);
            return;
        }
        let v = self.b.coerce(v, k.mem());
        self.b.store(k.mem(), l.base, l.off, v, flags);
    }

    /// Copies a struct.
    pub fn copy_struct(&mut self, t: TypeDesc, dst: Loc, src: Loc, flags: MemFlags) -> Result<(), LowerError> {
        let i = self.info(t)?;
        let plain = dst.place == Place::Plain || i.refs.is_empty() || i.by_ref_like;
        if !plain && (i.refs.len() > 4 || i.leaves.is_none()) {
            let (d, s) = (self.addr_ref(dst), self.addr_ref(src));
            let mt = self.mt(t, false)?;
            self.b.helper(kiln_abi::helpers::Helper::RhpCopyStruct, &[d, s, mt]);
            return Ok(());
        }
        let dst = if plain { Loc { place: Place::Plain, ..dst } } else { dst };
        let flags = if i.align < 8 && i.leaves.is_none() { MemFlags { align: i.align as u8, ..flags } } else { flags };
        // All loads first: source and destination may be the same object seen twice.
        let pieces = i.pieces();
        let mut loaded = Vec::with_capacity(pieces.len());
        for p in &pieces {
            loaded.push(match *p {
                Piece::Scalar(o, k) => Some(self.b.load(k.mem(), src.base, src.off + o as i32, flags)),
                Piece::Bytes(..) => None,
            });
        }
        for (p, v) in pieces.iter().zip(loaded) {
            match (*p, v) {
                (Piece::Scalar(o, Kind::Ref), Some(v)) => self.store_kind(Kind::Ref, dst.at(o), v, flags),
                (Piece::Scalar(o, k), Some(v)) => self.b.store(k.mem(), dst.base, dst.off + o as i32, v, flags),
                (Piece::Bytes(o, n), _) => {
                    let d = self.b.offset(dst.base, dst.off + o as i32);
                    let s = self.b.offset(src.base, src.off + o as i32);
                    let size = self.b.iconst(LTy::I64, i64::from(n));
                    self.b.eff(Inst::MemMove { dst: d, src: s, size });
                }
                (Piece::Scalar(..), None) => {}
            }
        }
        Ok(())
    }

    /// Zeroes a struct location. Null references need no barrier.
    pub fn zero_struct(&mut self, t: TypeDesc, l: Loc) -> Result<(), LowerError> {
        let i = self.info(t)?;
        if let Some(leaves) = i.leaves.as_ref().filter(|l| l.len() <= 8) {
            for &(o, k) in leaves {
                let z = self.b.zero(k.mem());
                self.b.store(k.mem(), l.base, l.off + o as i32, z, MemFlags::default());
            }
            return Ok(());
        }
        let dst = self.b.offset(l.base, l.off);
        let byte = self.b.iconst(LTy::I8, 0);
        let size = self.b.iconst(LTy::I64, i64::from(i.size));
        self.b.eff(Inst::MemSet { dst, byte, size });
        Ok(())
    }

    /// Adds the parameters of a signature to the function.
    pub fn bind(&mut self, abi: &AbiSig) -> Bound {
        let mut r = Bound::default();
        if abi.sret() {
            r.sret = Some(self.b.param(LTy::Ptr));
        }
        if abi.has_this {
            r.this = Some(self.b.param(LTy::Ref));
        }
        if abi.hidden {
            r.hidden = Some(self.b.param(LTy::Ptr));
        }
        for a in &abi.args {
            r.args.push(match a {
                ArgAbi::Scalar(k) => vec![self.b.param(k.reg())],
                ArgAbi::Leaves(_, l) => l.iter().map(|x| self.b.param(x.1.reg())).collect(),
                ArgAbi::Memory(_) => vec![self.b.param(LTy::Ptr)],
            });
        }
        r
    }

    /// Appends the scalars that pass `arg`. `owned`: the slot of a struct may be given away.
    pub fn push_arg(&mut self, out: &mut Vec<ValueId>, abi: &ArgAbi, arg: Val, owned: bool) -> Result<(), LowerError> {
        match (abi, arg) {
            (ArgAbi::Scalar(k), Val::Reg(v)) => {
                let v = self.fit(*k, v);
                out.push(v);
            }
            (ArgAbi::Leaves(_, l), Val::Slot(s)) => {
                let loc = self.slot_loc(s);
                for &(o, k) in l {
                    let v = self.load_kind(k, loc.at(o), MemFlags::default());
                    out.push(v);
                }
            }
            (ArgAbi::Memory(t), Val::Slot(s)) => {
                let s = if owned { s } else { self.copy_of(*t, s)? };
                let a = self.b.slot_addr(s, 0);
                out.push(a);
            }
            (ArgAbi::Scalar(k), Val::Slot(s)) => {
                // The importer sees a struct where the signature has its only scalar (enum-like wrappers).
                let loc = self.slot_loc(s);
                let v = self.load_kind(*k, loc, MemFlags::default());
                out.push(v);
            }
            (ArgAbi::Leaves(t, _) | ArgAbi::Memory(t), Val::Reg(v)) => {
                let s = self.struct_slot(*t, "wrap")?;
                let a = self.b.slot_addr(s, 0);
                let ty = self.b.ty(v);
                self.b.store(ty, a, 0, v, MemFlags::default());
                self.push_arg(out, abi, Val::Slot(s), true)?;
            }
        }
        Ok(())
    }

    /// A copy of a struct in its own slot.
    pub fn copy_of(&mut self, t: TypeDesc, s: SlotId) -> Result<SlotId, LowerError> {
        let d = self.struct_slot(t, "copy")?;
        let (dl, sl) = (self.slot_loc(d), self.slot_loc(s));
        self.copy_struct(t, dl, sl, MemFlags::default())?;
        Ok(d)
    }

    /// Calls by a lowered signature. `args` without `this`; `owned[i]` see `push_arg`.
    pub fn call_sig(
        &mut self,
        target: CallTarget,
        abi: &AbiSig,
        this: Option<ValueId>,
        hidden: Option<ValueId>,
        args: &[Val],
        owned: &[bool],
        flags: CallFlags,
    ) -> Result<Option<Val>, LowerError> {
        let mut out = Vec::new();
        let mut result = None;
        if let RetAbi::Sret(t) = abi.ret {
            let s = self.struct_slot(t, "ret")?;
            let a = self.b.slot_addr(s, 0);
            out.push(a);
            result = Some(Val::Slot(s));
        }
        if abi.has_this {
            let t = this.ok_or_else(|| LowerError::Unsupported("call without this".to_owned()))?;
            let t = self.b.coerce(t, LTy::Ref);
            out.push(t);
        }
        if abi.hidden {
            out.push(hidden.ok_or_else(|| LowerError::Unsupported("call without generic context".to_owned()))?);
        }
        if abi.args.len() != args.len() {
            return Err(LowerError::Unsupported(format!("call with {} arguments, {} wanted", args.len(), abi.args.len())));
        }
        for (i, (a, &v)) in abi.args.iter().zip(args).enumerate() {
            self.push_arg(&mut out, a, v, owned.get(i).copied().unwrap_or(false))?;
        }
        let r = self.b.call(target, out, abi.ret_ty(), flags);
        match (&abi.ret, r) {
            (RetAbi::Scalar(_), Some(v)) => result = Some(Val::Reg(v)),
            (RetAbi::Leaf(t, o, k), Some(v)) => {
                let s = self.struct_slot(*t, "ret")?;
                let l = self.slot_loc(s).at(*o);
                self.store_kind(*k, l, v, MemFlags::default());
                result = Some(Val::Slot(s));
            }
            _ => {}
        }
        Ok(result)
    }

    /// Returns a value by a lowered signature.
    pub fn ret(&mut self, abi: &AbiSig, sret: Option<ValueId>, v: Option<Val>) -> Result<(), LowerError> {
        let r = match (&abi.ret, v) {
            (RetAbi::Void, _) => None,
            (RetAbi::Scalar(k), Some(Val::Reg(v))) => Some(self.fit(*k, v)),
            (RetAbi::Scalar(k), Some(Val::Slot(s))) => {
                let l = self.slot_loc(s);
                Some(self.load_kind(*k, l, MemFlags::default()))
            }
            (RetAbi::Leaf(_, o, k), Some(Val::Slot(s))) => {
                let l = self.slot_loc(s).at(*o);
                Some(self.load_kind(*k, l, MemFlags::default()))
            }
            (RetAbi::Leaf(_, _, k), Some(Val::Reg(v))) => Some(self.fit(*k, v)),
            (RetAbi::Sret(t), Some(Val::Slot(s))) => {
                let p = sret.ok_or_else(|| LowerError::Unsupported("return without result pointer".to_owned()))?;
                let src = self.slot_loc(s);
                self.copy_struct(*t, Loc { base: p, off: 0, place: Place::Plain }, src, MemFlags::default())?;
                None
            }
            _ => return Err(LowerError::Unsupported("return of a wrong value".to_owned())),
        };
        self.b.term(Term::Return(r));
        Ok(())
    }

    /// Throws NullReferenceException when `v` is null, unless known.
    pub fn null_check(&mut self, v: ValueId) {
        if self.b.ty(v) != LTy::Ref && self.b.ty(v) != LTy::Ptr {
            return;
        }
        if self.facts.nonnull.contains(&v) {
            return;
        }
        let c = self.b.is_zero(v);
        self.b.throw_if(c, kiln_abi::helpers::Helper::RhpThrowNullReference);
        self.facts.nonnull.insert(v);
    }

    /// MethodTable of an object (not null).
    pub fn mt_of(&mut self, obj: ValueId) -> ValueId {
        self.b.load_inv(LTy::Ptr, obj, METHOD_TABLE_OFFSET as i32)
    }

    /// The finished function.
    #[must_use]
    pub fn finish(self, sym: Sym, ret: LTy, inline: kiln_lir::InlineHint, cost: u32) -> kiln_lir::Function {
        let name = crate::sym_name(self.ts, &sym);
        let mut f = self.b.finish(sym, name, ret, inline, cost);
        let mut seen: FxIndexSet<Sym> = FxIndexSet::default();
        for b in &f.blocks {
            for c in b.landing_pad.iter().flatten() {
                if let kiln_lir::Clause::Catch(s) | kiln_lir::Clause::Filter(s) = c {
                    seen.insert(s.clone());
                }
            }
            for (_, i) in &b.insts {
                match i {
                    Inst::SymAddr(s, _) | Inst::FrozenRef(s) | Inst::Call { target: CallTarget::Direct(s), .. } => {
                        seen.insert(s.clone());
                    }
                    _ => {}
                }
            }
        }
        f.sym_names = seen
            .into_iter()
            .map(|s| {
                let n = crate::sym_name(self.ts, &s);
                (s, n)
            })
            .collect();
        #[cfg(debug_assertions)]
        if let Err(violation) = kiln_lir::verify(&f) {
            panic!("{violation}\n{}", kiln_lir::print(&f));
        }
        f
    }
}
