//! Tokens, allocation, boxing, casts (III.4.1–4.33): inline exact-type paths, helpers for the rest.

use super::{Lowerer, unexpected};
use crate::LowerError;
use crate::cx::{Loc, Place, Val};
use crate::types::{Rep, rep};
use kiln_abi::helpers::Helper as h;
use kiln_abi::object::BOX_DATA_OFFSET;
use kiln_lir::{self as lir, IntCond, LTy, Lookup, MemFlags, Sym, ValueId};
use kiln_mir::{self as mir, Inst, Ty};
use kiln_typesys::{TypeDesc, TypeKind};

impl Lowerer<'_> {
    /// Default values, sizes and the bits of a value as another type.
    pub(super) fn value(&mut self, r: Option<mir::ValueId>, i: &Inst) -> Result<(), LowerError> {
        let ts = self.ts;
        match i {
            Inst::Default(t) => match rep(ts, *t)? {
                Rep::Void => Ok(()),
                Rep::Scalar(k) => {
                    let z = self.b.zero(k.reg());
                    if k == crate::types::Kind::Ref {
                        self.nulls.insert(z);
                    }
                    self.set_reg(r, z)
                }
                Rep::Struct => {
                    let s = self.struct_slot(*t, "zero")?;
                    let size = self.info(*t)?.size;
                    self.b.eff(lir::Inst::ZeroSlot { slot: s, offset: 0, size });
                    self.set(r, Val::Slot(s))
                }
            },
            Inst::SizeOf(t) => {
                let (n, _) = ts.value_size(*t)?;
                let v = self.b.iconst(LTy::I32, i64::from(n));
                self.set_reg(r, v)
            }
            Inst::BitCastValue { to, value } => {
                let src = match self.val(*value)? {
                    Val::Slot(s) => self.slot_loc(s),
                    Val::Reg(v) => {
                        let ty = self.b.ty(v);
                        let refs = if ty == LTy::Ref { vec![0] } else { Vec::new() };
                        let size = match ty {
                            LTy::V128 => 16,
                            LTy::V256 => 32,
                            LTy::V512 => 64,
                            LTy::I32 | LTy::F32 => 4,
                            _ => 8,
                        };
                        let s = self.b.slot(size, size.min(16), refs, Some(ty), "bits");
                        let l = self.slot_loc(s);
                        self.b.store(ty, l.base, 0, v, MemFlags::default());
                        l
                    }
                };
                let v = self.load_ty(*to, src, MemFlags::default())?;
                self.set(r, v)
            }
            other => Err(unexpected(other)),
        }
    }

    /// `ldtoken` and `typeof`.
    pub(super) fn token(&mut self, r: Option<mir::ValueId>, i: &Inst) -> Result<(), LowerError> {
        let ts = self.ts;
        match i {
            Inst::TypeHandle(t) => {
                let mt = self.cx.mt(*t, false)?;
                if matches!(r.map(|r| self.f.values[r.index()]), Some(Ty::Value(_))) {
                    // RuntimeTypeHandle wraps the RuntimeType.
                    let o = self.b.helper1(h::RhpGetRuntimeType, &[mt]);
                    return self.set_reg(r, o);
                }
                let v = self.b.coerce(mt, LTy::I64);
                self.set_reg(r, v)
            }
            Inst::TypeOf(t) => {
                let mt = self.cx.mt(*t, false)?;
                let o = self.b.helper1(h::RhpGetRuntimeType, &[mt]);
                self.facts.nonnull.insert(o);
                self.set_reg(r, o)
            }
            Inst::FieldHandle(_) | Inst::MethodHandle(_) if r.is_none_or(|r| self.uses[r.index()] == 0) => Ok(()),
            Inst::FieldHandle(f) => {
                let p = if ts.is_runtime_determined_field(*f) {
                    self.cx.lookup(Lookup::FieldHandle(*f))?
                } else {
                    self.b.sym(Sym::FieldHandle(*f))
                };
                self.member_token(r, p, "FieldToken")
            }
            Inst::MethodHandle(m) => {
                let p = if ts.is_runtime_determined_method(*m) {
                    self.cx.lookup(Lookup::MethodHandle(*m))?
                } else {
                    self.b.sym(Sym::MethodHandle(*m))
                };
                self.member_token(r, p, "MethodToken")
            }
            other => Err(unexpected(other)),
        }
    }

    /// Allocation.
    pub(super) fn allocation(&mut self, r: Option<mir::ValueId>, i: &Inst) -> Result<(), LowerError> {
        let ts = self.ts;
        match i {
            Inst::Allocate(t) => {
                let o = self.cx.alloc(*t)?;
                self.set_reg(r, o)
            }
            Inst::NewObj { ctor, args } => {
                let owner = ts.method_owner(*ctor);
                let o = self.cx.alloc(owner)?;
                let mut vals = Vec::new();
                let mut owned = Vec::new();
                for &a in args {
                    vals.push(self.val(a)?);
                    owned.push(self.owned(a));
                }
                self.call_direct(*ctor, Some(o), &vals, &owned)?;
                self.set_reg(r, o)
            }
            Inst::NewDefaultComparer { ty, equality } => {
                let mt = if ts.is_runtime_determined(*ty) {
                    self.cx.lookup(if *equality { Lookup::DefaultEqualityComparer(*ty) } else { Lookup::DefaultComparer(*ty) })?
                } else {
                    let c = crate::default_comparer_type(ts, *ty, *equality)?;
                    self.cx.mt(c, true)?
                };
                let o = self.cx.alloc_mt(mt);
                self.set_reg(r, o)
            }
            Inst::Box { ty, value } => {
                let v = self.val(*value)?;
                let o = self.cx.box_value(*ty, v)?;
                self.set_reg(r, o)
            }
            other => Err(unexpected(other)),
        }
    }

    /// `unbox`, `unbox.any`, `isinst`, `castclass`.
    pub(super) fn cast(&mut self, r: Option<mir::ValueId>, i: &Inst) -> Result<(), LowerError> {
        let ts = self.ts;
        match i {
            Inst::Unbox { ty, obj } => {
                let o = self.reg_as(*obj, LTy::Ref)?;
                let canon = ts.canonical_type(*ty);
                let v = if ts.is_nullable(canon) {
                    let s = self.unbox_nullable(*ty, o)?;
                    let l = self.slot_loc(s);
                    self.addr_ref(l)
                } else {
                    self.unbox(*ty, o)?
                };
                self.facts.nonnull.insert(v);
                self.set_reg(r, v)
            }
            Inst::UnboxAny { ty, obj } => {
                let o = self.reg_as(*obj, LTy::Ref)?;
                let canon = ts.canonical_type(*ty);
                if !ts.is_value_type(canon) {
                    let v = self.cast_class(*ty, o)?;
                    return self.set_reg(r, v);
                }
                if ts.is_nullable(canon) {
                    let s = self.unbox_nullable(*ty, o)?;
                    return self.set(r, Val::Slot(s));
                }
                let a = self.unbox(*ty, o)?;
                let v = self.load_ty(*ty, Loc { base: a, off: 0, place: Place::Heap }, MemFlags::default())?;
                self.set(r, v)
            }
            Inst::IsInst { ty, obj } => {
                let o = self.reg_as(*obj, LTy::Ref)?;
                let v = self.is_inst(*ty, o)?;
                self.set_reg(r, v)
            }
            Inst::CastClass { ty, obj } => {
                let o = self.reg_as(*obj, LTy::Ref)?;
                let v = self.cast_class(*ty, o)?;
                self.set_reg(r, v)
            }
            other => Err(unexpected(other)),
        }
    }

    /// The object in the handle of a member: the overlay makes it of the member's record.
    fn member_token(&mut self, r: Option<mir::ValueId>, record: ValueId, maker: &str) -> Result<(), LowerError> {
        let ts = self.ts;
        let maker = ts.find_type_by_full_name("Kiln.Members").and_then(|t| ts.find_method(t, maker, 1));
        let maker = maker.ok_or_else(|| LowerError::Unsupported("a member's handle without the overlay".to_owned()))?;
        let record = self.b.coerce(record, LTy::I64);
        match self.call_direct(maker, None, &[Val::Reg(record)], &[true])? {
            Some(v) => self.set(r, v),
            None => Ok(()),
        }
    }

    fn unbox_nullable(&mut self, t: TypeDesc, o: ValueId) -> Result<lir::SlotId, LowerError> {
        let mt = self.cx.mt(t, false)?;
        let s = self.struct_slot(t, "nullable")?;
        let a = self.b.slot_addr(s, 0);
        self.b.helper(h::RhpUnboxNullable, &[mt, o, a]);
        Ok(s)
    }

    /// Byref to the value in a box of exactly `t` (or of a type with the same underlying primitive).
    fn unbox(&mut self, t: TypeDesc, o: ValueId) -> Result<ValueId, LowerError> {
        self.cx.null_check(o);
        let mt = self.cx.mt(t, false)?;
        let omt = self.cx.mt_of(o);
        let c = self.b.icmp(IntCond::Eq, omt, mt);
        let (fast, slow, next) = (self.b.block(), self.b.cold_block(), self.b.block());
        let v = self.b.block_param(next, LTy::Ref);
        self.b.branch(c, fast, slow, Some(true));
        self.b.switch_to(fast);
        let a = self.b.offset(o, BOX_DATA_OFFSET as i32);
        self.b.jump(next, vec![a]);
        self.b.switch_to(slow);
        let a = self.b.helper1(h::RhpUnbox, &[mt, o]);
        self.b.jump(next, vec![a]);
        self.b.switch_to(next);
        self.places.insert(v, Place::Heap);
        Ok(v)
    }

    /// An object is an instance exactly when its MethodTable is this one.
    fn exact_class(&self, t: TypeDesc) -> bool {
        let ts = self.ts;
        if ts.is_runtime_determined(t) {
            return false;
        }
        match ts.kind(t) {
            TypeKind::SzArray(e) => {
                // int[] and uint[] are compatible with each other: only references and structs are exact.
                match rep(ts, e) {
                    Ok(Rep::Struct) => true,
                    Ok(Rep::Scalar(crate::types::Kind::Ref)) => !ts.is_array(e) && ts.is_sealed(e) && !ts.is_delegate(e),
                    _ => false,
                }
            }
            TypeKind::Def { .. } => {
                (ts.is_sealed(t) || ts.is_value_type(t)) && !ts.is_nullable(t) && !ts.is_delegate(t) && !ts.is_interface(t)
            }
            _ => false,
        }
    }

    fn is_inst(&mut self, t: TypeDesc, o: ValueId) -> Result<ValueId, LowerError> {
        let ts = self.ts;
        // isinst Nullable<T> is isinst T (III.4.6).
        let t = if ts.is_nullable(t) { ts.type_args(t).first().copied().unwrap_or(t) } else { t };
        let mt = self.cx.mt(t, false)?;
        if !self.exact_class(t) {
            return Ok(self.b.helper1(h::RhpIsInstance, &[mt, o]));
        }
        let (test, next) = (self.b.block(), self.b.block());
        let v = self.b.block_param(next, LTy::Ref);
        let z = self.b.is_zero(o);
        self.b.term(lir::Term::Branch { cond: z, then_to: (next, vec![o]), else_to: (test, Vec::new()), likely: None });
        self.b.switch_to(test);
        let omt = self.cx.mt_of(o);
        let c = self.b.icmp(IntCond::Eq, omt, mt);
        let null = self.b.iconst(LTy::Ref, 0);
        let x = self.b.op(lir::Inst::Select(LTy::Ref, c, o, null), LTy::Ref);
        self.b.jump(next, vec![x]);
        self.b.switch_to(next);
        Ok(v)
    }

    fn cast_class(&mut self, t: TypeDesc, o: ValueId) -> Result<ValueId, LowerError> {
        if self.nulls.contains(&o) {
            return Ok(o);
        }
        let ts = self.ts;
        let t = if ts.is_nullable(t) { ts.type_args(t).first().copied().unwrap_or(t) } else { t };
        if ts.is_well_known(t, kiln_typesys::WellKnown::Object) {
            return Ok(o);
        }
        let mt = self.cx.mt(t, false)?;
        if !self.exact_class(t) {
            return Ok(self.b.helper1(h::RhpCastClass, &[mt, o]));
        }
        let (test, slow, next) = (self.b.block(), self.b.cold_block(), self.b.block());
        let z = self.b.is_zero(o);
        self.b.branch(z, next, test, None);
        self.b.switch_to(test);
        let omt = self.cx.mt_of(o);
        let c = self.b.icmp(IntCond::Eq, omt, mt);
        self.b.branch(c, next, slow, Some(true));
        self.b.switch_to(slow);
        self.b.helper(h::RhpCastClass, &[mt, o]);
        self.b.jump(next, Vec::new());
        self.b.switch_to(next);
        Ok(o)
    }
}
