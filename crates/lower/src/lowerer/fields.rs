//! Instance fields, statics and the class constructor check before them (III.4.10–4.14, III.4.28, III.4.30, II.10.5.3).

use super::memory::flags;
use super::{Lowerer, unexpected};
use crate::LowerError;
use crate::cx::{Loc, Place, Val};
use kiln_abi::helpers::Helper as h;
use kiln_lir::{LTy, MemFlags, Sym};
use kiln_mir::{self as mir, Inst, Ty};
use kiln_typesys::{FieldDesc, TypeClass, TypeDesc};

impl Lowerer<'_> {
    pub(super) fn field(&mut self, r: Option<mir::ValueId>, i: &Inst) -> Result<(), LowerError> {
        match i {
            Inst::LoadField { obj, field, volatile } => {
                let (l, t) = self.accessed_field(*obj, *field)?;
                if r.is_none_or(|r| self.uses[r.index()] == 0) {
                    self.cx.guard_always(l.base);
                }
                let v = self.load_ty(t, l, flags(*volatile, false))?;
                self.set(r, v)
            }
            Inst::StoreField { obj, field, value, volatile } => {
                let (l, t) = self.accessed_field(*obj, *field)?;
                let v = self.val(*value)?;
                self.store_ty(t, l, v, flags(*volatile, false))
            }
            Inst::FieldAddr { obj, field } => {
                let (l, _) = self.field_loc(*obj, *field)?;
                if self.b.ty(l.base) == LTy::I64 {
                    self.cx.guard_always(l.base);
                }
                let v = if self.b.ty(l.base) == LTy::I64 { self.b.offset(l.base, l.off) } else { self.addr_ref(l) };
                if self.facts.nonnull.contains(&l.base) || self.b.ty(l.base) == LTy::Ptr {
                    self.facts.nonnull.insert(v);
                } else if v != l.base {
                    // What CoreCLR checks here, too, is left to the access.
                    self.derived.insert(v, l.base);
                }
                self.set_reg(r, v)
            }
            other => Err(unexpected(other)),
        }
    }

    pub(super) fn statics(&mut self, r: Option<mir::ValueId>, i: &Inst) -> Result<(), LowerError> {
        match i {
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
            other => Err(unexpected(other)),
        }
    }

    /// As `field_loc`, for an access.
    fn accessed_field(&mut self, obj: mir::ValueId, field: FieldDesc) -> Result<(Loc, TypeDesc), LowerError> {
        let (l, t) = self.field_loc(obj, field)?;
        self.cx.guard(l.base);
        Ok((l, t))
    }

    /// Location and type of an instance field.
    pub(super) fn field_loc(&mut self, obj: mir::ValueId, field: FieldDesc) -> Result<(Loc, TypeDesc), LowerError> {
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

    pub(super) fn static_loc(&mut self, field: FieldDesc) -> Result<(Loc, TypeDesc), LowerError> {
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
