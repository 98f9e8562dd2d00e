//! Slots, indirect access, fields, statics, atomics (III.3.42–3.62, III.4.10–4.31).

use super::Lowerer;
use crate::LowerError;
use crate::cx::{Loc, Place, Val};
use crate::types::{Kind, Rep, rep};
use kiln_abi::helpers::Helper as h;
use kiln_lir::{self as lir, AtomicOp, CastOp, LTy, MemFlags, Sym, ValueId};
use kiln_mir::{self as mir, Inst, LocalKind, MemTy, Ty};
use kiln_typesys::{FieldDesc, TypeClass, TypeDesc};

fn kind(t: MemTy) -> Option<Kind> {
    Some(match t {
        MemTy::I8 => Kind::I8,
        MemTy::U8 => Kind::U8,
        MemTy::I16 => Kind::I16,
        MemTy::U16 => Kind::U16,
        MemTy::I32 => Kind::I32,
        MemTy::I64 | MemTy::NInt => Kind::I64,
        MemTy::F32 => Kind::F32,
        MemTy::F64 => Kind::F64,
        MemTy::Ref | MemTy::ByRef => Kind::Ref,
        MemTy::Struct(_) => return None,
    })
}

fn flags(volatile: bool, unaligned: bool) -> MemFlags {
    MemFlags { volatile, align: u8::from(unaligned), ..MemFlags::default() }
}

impl Lowerer<'_> {
    pub(super) fn memory(&mut self, r: Option<mir::ValueId>, i: &Inst) -> Result<(), LowerError> {
        match i {
            Inst::LoadSlot(s) => {
                let slot = &self.f.slots[s.index()];
                if s.index() == 0
                    && self.this_const
                    && self.abi.has_this
                    && slot.kind == LocalKind::Arg(0)
                    && self.filter.is_none()
                    && let Some(t) = self.bound.this
                {
                    return self.set_reg(r, t);
                }
                let ty = slot.ty;
                let l = self.home(*s)?;
                let v = self.load_ty(ty, l, MemFlags::default())?;
                self.set(r, v)
            }
            Inst::StoreSlot(s, v) => {
                let ty = self.f.slots[s.index()].ty;
                let v = self.val(*v)?;
                let l = self.home(*s)?;
                self.store_ty(ty, l, v, MemFlags::default())
            }
            Inst::SlotAddr(s) => {
                let l = self.home(*s)?;
                let v = self.addr_ref(l);
                self.facts.nonnull.insert(v);
                self.set_reg(r, v)
            }
            Inst::Load { ty, addr, volatile, unaligned } => {
                let a = self.address(*addr)?;
                let l = self.cx.deref(a);
                let fl = flags(*volatile, *unaligned);
                let v = match (ty, kind(*ty)) {
                    (_, Some(k)) => Val::Reg(self.cx.load_kind(k, l, fl)),
                    (MemTy::Struct(t), _) => self.load_ty(*t, l, fl)?,
                    _ => return Err(LowerError::Unsupported("load".to_owned())),
                };
                self.set(r, v)
            }
            Inst::Store { ty, addr, value, volatile, unaligned } => {
                let a = self.address(*addr)?;
                let l = self.cx.deref(a);
                let v = self.val(*value)?;
                let fl = flags(*volatile, *unaligned);
                match (ty, kind(*ty)) {
                    (MemTy::ByRef, Some(k)) => {
                        let v = self.reg(*value)?;
                        self.cx.store_kind(k, Loc { place: Place::Plain, ..l }, v, fl);
                    }
                    (_, Some(k)) => {
                        let v = self.reg(*value)?;
                        self.cx.store_kind(k, l, v, fl);
                    }
                    (MemTy::Struct(t), _) => self.store_ty(*t, l, v, fl)?,
                    _ => {}
                }
                Ok(())
            }
            Inst::InitObj { ty, addr } => {
                let a = self.address(*addr)?;
                let l = self.cx.deref(a);
                match rep(self.ts, *ty)? {
                    Rep::Void => Ok(()),
                    Rep::Scalar(k) => {
                        let z = self.b.zero(k.mem());
                        self.b.store(k.mem(), l.base, l.off, z, MemFlags::default());
                        Ok(())
                    }
                    Rep::Struct => self.zero_struct(*ty, l),
                }
            }
            Inst::CopyObj { ty, dst, src } => {
                let (d, s) = (self.address(*dst)?, self.address(*src)?);
                let (d, s) = (self.cx.deref(d), self.cx.deref(s));
                match rep(self.ts, *ty)? {
                    Rep::Struct => self.copy_struct(*ty, d, s, MemFlags::default()),
                    _ => {
                        let v = self.load_ty(*ty, s, MemFlags::default())?;
                        self.store_ty(*ty, d, v, MemFlags::default())
                    }
                }
            }
            Inst::CopyBlock { dst, src, size } => {
                let (dst, src) = (self.address(*dst)?, self.address(*src)?);
                let size = self.size(*size)?;
                self.b.eff(lir::Inst::MemMove { dst, src, size });
                Ok(())
            }
            Inst::InitBlock { addr, value, size } => {
                let dst = self.address(*addr)?;
                let byte = self.reg_as(*value, LTy::I8)?;
                let size = self.size(*size)?;
                self.b.eff(lir::Inst::MemSet { dst, byte, size });
                Ok(())
            }
            Inst::LocAlloc(n) => {
                let size = self.size(*n)?;
                let zero = self.f.init_locals;
                let p = self.b.op(lir::Inst::StackAlloc { size, zero }, LTy::Ptr);
                let p = self.b.coerce(p, LTy::I64);
                self.set_reg(r, p)
            }
            Inst::LoadField { obj, field, volatile } => {
                let (l, t) = self.field_loc(*obj, *field)?;
                let v = self.load_ty(t, l, flags(*volatile, false))?;
                self.set(r, v)
            }
            Inst::StoreField { obj, field, value, volatile } => {
                let (l, t) = self.field_loc(*obj, *field)?;
                let v = self.val(*value)?;
                self.store_ty(t, l, v, flags(*volatile, false))
            }
            Inst::FieldAddr { obj, field } => {
                let (l, _) = self.field_loc(*obj, *field)?;
                let v = if self.b.ty(l.base) == LTy::I64 { self.b.offset(l.base, l.off) } else { self.addr_ref(l) };
                self.facts.nonnull.insert(v);
                self.set_reg(r, v)
            }
            Inst::LoadStatic { field, volatile } => {
                let (l, t) = self.static_loc(*field)?;
                let v = self.load_ty(t, l, flags(*volatile, false))?;
                self.set(r, v)
            }
            Inst::StoreStatic { field, value, volatile } => {
                let (l, t) = self.static_loc(*field)?;
                let v = self.val(*value)?;
                self.store_ty(t, l, v, flags(*volatile, false))
            }
            Inst::StaticAddr(field) => {
                let (l, _) = self.static_loc(*field)?;
                let v = self.addr_ref(l);
                self.facts.nonnull.insert(v);
                self.set_reg(r, v)
            }
            Inst::RvaData(f) => {
                let p = self.b.sym(Sym::FieldRva(*f));
                let v = self.b.coerce(p, LTy::I64);
                self.set_reg(r, v)
            }
            Inst::EnsureClassInit(t) => self.init_class(*t),
            Inst::AtomicXchg { ty, addr, value } => self.atomic(r, AtomicOp::Xchg, *ty, *addr, *value),
            Inst::AtomicAdd { ty, addr, value } => self.atomic(r, AtomicOp::Add, *ty, *addr, *value),
            Inst::AtomicAnd { ty, addr, value } => self.atomic(r, AtomicOp::And, *ty, *addr, *value),
            Inst::AtomicOr { ty, addr, value } => self.atomic(r, AtomicOp::Or, *ty, *addr, *value),
            Inst::AtomicCas { ty, addr, value, comparand } => {
                let a = self.address(*addr)?;
                let k = kind(*ty).ok_or_else(|| LowerError::Unsupported("atomic of a struct".to_owned()))?;
                let v = if k == Kind::Ref {
                    let (v, c) = (self.reg_as(*value, LTy::Ref)?, self.reg_as(*comparand, LTy::Ref)?);
                    self.b.helper1(h::RhpInterlockedCasRef, &[a, v, c])
                } else {
                    let (new, ty) = self.atomic_operand(k, *value)?;
                    let (expected, _) = self.atomic_operand(k, *comparand)?;
                    let v = self.b.op(lir::Inst::AtomicCas { ty, addr: a, expected, new }, ty);
                    self.atomic_result(k, v)
                };
                self.set_reg(r, v)
            }
            other => Err(LowerError::Unsupported(format!("MIR instruction {other:?}"))),
        }
    }

    fn size(&mut self, v: mir::ValueId) -> Result<ValueId, LowerError> {
        let s = self.reg(v)?;
        // Block sizes are unsigned int32 or native.
        Ok(if self.b.ty(s) == LTy::I32 { self.b.cast(CastOp::ZExt, LTy::I64, s) } else { self.b.coerce(s, LTy::I64) })
    }

    /// An address operand: byref or native int.
    pub(super) fn address(&mut self, v: mir::ValueId) -> Result<ValueId, LowerError> {
        let a = self.reg(v)?;
        Ok(match self.b.ty(a) {
            LTy::Ref | LTy::I64 | LTy::Ptr => a,
            _ => self.b.coerce(a, LTy::I64),
        })
    }

    /// Floats are exchanged as integers of their size.
    fn atomic_operand(&mut self, k: Kind, v: mir::ValueId) -> Result<(ValueId, LTy), LowerError> {
        let ty = match k {
            Kind::F32 => LTy::I32,
            Kind::F64 => LTy::I64,
            k => k.mem(),
        };
        let v = self.reg_as(v, k.reg())?;
        Ok((self.b.coerce(v, ty), ty))
    }

    fn atomic_result(&mut self, k: Kind, v: ValueId) -> ValueId {
        match k {
            Kind::F32 | Kind::F64 => self.b.coerce(v, k.reg()),
            k => self.cx.widen(k, v),
        }
    }

    fn atomic(
        &mut self,
        r: Option<mir::ValueId>,
        op: AtomicOp,
        ty: MemTy,
        addr: mir::ValueId,
        value: mir::ValueId,
    ) -> Result<(), LowerError> {
        let a = self.address(addr)?;
        let k = kind(ty).ok_or_else(|| LowerError::Unsupported("atomic of a struct".to_owned()))?;
        if k == Kind::Ref {
            let v = self.reg_as(value, LTy::Ref)?;
            let v = self.b.helper1(h::RhpInterlockedExchangeRef, &[a, v]);
            return self.set_reg(r, v);
        }
        let (value, ty) = self.atomic_operand(k, value)?;
        let v = self.b.op(lir::Inst::AtomicRmw { op, ty, addr: a, value }, ty);
        let v = self.atomic_result(k, v);
        self.set_reg(r, v)
    }

    /// Location and type of an instance field.
    fn field_loc(&mut self, obj: mir::ValueId, field: FieldDesc) -> Result<(Loc, TypeDesc), LowerError> {
        let ts = self.ts;
        let t = ts.field_type(field)?;
        let off = ts.field_offset(ts.canonical_field(field))?;
        let owner = ts.canonical_type(ts.field_owner(field));
        let l = match (self.f.values[obj.index()], self.val(obj)?) {
            (_, Val::Slot(s)) => self.slot_loc(s),
            (Ty::Ref(_), Val::Reg(v)) => {
                self.cx.null_check(v);
                Loc { base: v, off: 0, place: if ts.is_value_type(owner) { self.cx.place_of(v) } else { Place::Heap } }
            }
            (Ty::Value(t), Val::Reg(v)) => {
                let s = self.struct_slot(t, "spill")?;
                let l = self.slot_loc(s);
                let ty = self.b.ty(v);
                self.b.store(ty, l.base, 0, v, MemFlags::default());
                l
            }
            (_, Val::Reg(v)) => {
                let a = if matches!(self.b.ty(v), LTy::Ref | LTy::I64 | LTy::Ptr) { v } else { self.b.coerce(v, LTy::I64) };
                // Fields of a class seen through a byref (Unsafe.As) are the object's.
                if !ts.is_value_type(owner) {
                    self.cx.null_check(a);
                }
                self.cx.deref(a)
            }
        };
        let mut l = l.at(off);
        if matches!(ts.type_class(t), TypeClass::ByRef) || ts.is_by_ref_like(owner) {
            l.place = Place::Plain;
        }
        Ok((l, t))
    }

    /// The check that a type's class constructor has run, unless this is that constructor.
    pub(super) fn init_class(&mut self, t: TypeDesc) -> Result<(), LowerError> {
        let ts = self.ts;
        let own = ts.canonical_type(ts.method_owner(self.method)) == ts.canonical_type(t) && ts.is_cctor(self.method);
        self.cx.ensure_init(t, own)
    }

    fn static_loc(&mut self, field: FieldDesc) -> Result<(Loc, TypeDesc), LowerError> {
        let ts = self.ts;
        let t = ts.field_type(field)?;
        if ts.has_rva(field) {
            let base = self.b.sym(Sym::FieldRva(field));
            return Ok((Loc { base, off: 0, place: Place::Plain }, t));
        }
        let owner = ts.field_owner(field);
        self.init_class(owner)?;
        let canon = ts.canonical_type(owner);
        let cf = ts.canonical_field(field);
        let thread = ts.is_thread_static(field);
        let layout = if thread { ts.thread_static_layout(canon)? } else { ts.static_layout(canon)? };
        let off = layout
            .fields
            .iter()
            .find(|f| f.0 == cf)
            .map(|f| f.1)
            .ok_or_else(|| LowerError::Unsupported(format!("static field {} has no place", ts.field_name(field))))?;
        let base = if thread {
            let d = self.cx.thread_statics(owner)?;
            self.b.helper1(h::RhpThreadStaticBase, &[d])
        } else {
            self.cx.statics(owner)?
        };
        Ok((Loc { base, off: off as i32, place: Place::Plain }, t))
    }
}
