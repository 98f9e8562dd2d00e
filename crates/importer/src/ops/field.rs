//! Fields (ECMA-335 III.4.10 to III.4.14, III.4.28, III.4.30).

use crate::build::{Fact, Importer, Prefix, Res};
use crate::coerce::kind_name;
use crate::error::invalid;
use kiln_il::{Instr, Opcode as O, Operand};
use kiln_metadata::Token;
use kiln_mir::{Inst, Ty, ValueId};
use kiln_typesys::{FieldDesc, TypeDesc, TypeSysError, WellKnown};

impl Importer<'_> {
    /// `ldfld` … `stsfld`: whether the opcode is one of them; then it is done.
    pub fn field_op(&mut self, i: &Instr<'_>, prefix: &Prefix) -> Res<bool> {
        match (i.opcode, i.operand) {
            (O::Ldfld, Operand::Field(t)) => self.ldfld(t.token(), prefix)?,
            (O::Ldflda, Operand::Field(t)) => self.ldflda(t.token())?,
            (O::Stfld, Operand::Field(t)) => self.stfld(t.token(), prefix)?,
            (O::Ldsfld, Operand::Field(t)) => self.ldsfld(t.token(), prefix)?,
            (O::Ldsflda, Operand::Field(t)) => self.ldsflda(t.token())?,
            (O::Stsfld, Operand::Field(t)) => self.stsfld(t.token(), prefix)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The field that an instruction reads or writes. A literal is none: it has a value in the metadata and no place.
    fn stored_field(&self, token: Token) -> Res<FieldDesc> {
        let field = self.field_token(token)?;
        if self.ts.is_literal(field) {
            let owner = self.ts.reflection_name(self.ts.field_owner(field));
            return Err(TypeSysError::FieldNotFound(format!("{owner}.{}", self.ts.field_name(field))).into());
        }
        Ok(field)
    }

    /// Loads the type of a field.
    fn field_ty(&self, f: FieldDesc) -> Res<TypeDesc> {
        Ok(self.ts.field_type(f)?)
    }

    /// The object operand of an instance field instruction: reference, byref, pointer (or struct value).
    fn field_object(&mut self, v: ValueId, f: FieldDesc, value_ok: bool) -> Res<ValueId> {
        match self.ty(v) {
            Ty::Ref(_) | Ty::ByRef(_) | Ty::NInt => Ok(v),
            Ty::I32 | Ty::I64 => self.address(v),
            Ty::Value(_) if value_ok => Ok(v),
            t => invalid(format!("field {} of {}", self.ts.field_name(f), kind_name(t))),
        }
    }

    /// `ldfld`; static fields are allowed (the object is dropped).
    pub fn ldfld(&mut self, token: Token, prefix: &Prefix) -> Res {
        let field = self.stored_field(token)?;
        if self.refuses_field(field) {
            return Ok(());
        }
        let obj = self.pop()?;
        if self.ts.is_static(field) {
            return self.load_static(field, prefix.volatile);
        }
        let t = self.field_ty(field)?;
        let ty = self.stack_ty(t);
        // The primitive's own field (`Int32.m_value`) of a primitive on the stack: not of one at an address of that number.
        let obj = if self.is_scalar_value_of(obj, field) { self.spill(obj, field)? } else { self.field_object(obj, field, true)? };
        let obj = self.as_byref(obj);
        self.push_def(Inst::LoadField { obj, field, volatile: prefix.volatile }, ty);
        Ok(())
    }

    fn is_scalar_value_of(&self, obj: ValueId, field: FieldDesc) -> bool {
        let owner = self.ts.field_owner(field);
        matches!(self.ty(obj), Ty::I32 | Ty::I64 | Ty::F32 | Ty::F64) && self.ts.prim(owner).is_some()
    }

    /// A slot that holds a value, for instructions that need its address.
    fn spill(&mut self, v: ValueId, field: FieldDesc) -> Res<ValueId> {
        let owner = self.ts.field_owner(field);
        let s = self.temp(owner);
        self.store_slot(s, v)?;
        Ok(self.slot_addr(s))
    }

    /// `ldflda`.
    pub fn ldflda(&mut self, token: Token) -> Res {
        let field = self.stored_field(token)?;
        if self.refuses_field(field) {
            return Ok(());
        }
        let obj = self.pop()?;
        if self.ts.is_static(field) {
            return self.static_addr(field);
        }
        let t = self.field_ty(field)?;
        let obj = self.field_object(obj, field, false)?;
        let ty = if self.ty(obj) == Ty::NInt { Ty::NInt } else { Ty::ByRef(Some(t)) };
        self.push_def(Inst::FieldAddr { obj, field }, ty);
        Ok(())
    }

    /// `stfld`.
    pub fn stfld(&mut self, token: Token, prefix: &Prefix) -> Res {
        let field = self.stored_field(token)?;
        if self.refuses_field(field) {
            return Ok(());
        }
        let value = self.pop()?;
        let obj = self.pop()?;
        let t = self.field_ty(field)?;
        let ty = self.stack_ty(t);
        let value = self.coerce(value, ty)?;
        if self.ts.is_static(field) {
            self.eff(Inst::StoreStatic { field, value, volatile: prefix.volatile });
            return Ok(());
        }
        let obj = self.field_object(obj, field, false)?;
        let obj = self.as_byref(obj);
        self.eff(Inst::StoreField { obj, field, value, volatile: prefix.volatile });
        Ok(())
    }

    /// `ldsfld`.
    pub fn ldsfld(&mut self, token: Token, prefix: &Prefix) -> Res {
        let field = self.stored_field(token)?;
        if self.refuses_field(field) {
            return Ok(());
        }
        if !self.ts.is_static(field) {
            return invalid("ldsfld of an instance field");
        }
        self.load_static(field, prefix.volatile)
    }

    fn load_static(&mut self, field: FieldDesc, volatile: bool) -> Res {
        let t = self.field_ty(field)?;
        let ty = self.stack_ty(t);
        if let Some(c) = self.policy.constant_field(self.ts, field) {
            let v = self.constant(c, t);
            self.push(v);
            return Ok(());
        }
        if let Some(v) = self.known_field(field) {
            self.push(v);
            return Ok(());
        }
        self.initialize_module_of(field);
        if self.ts.has_rva(field) {
            let addr = self.def(Inst::RvaData(field), Ty::NInt);
            let mem = self.mem_ty(t);
            self.push_def(Inst::Load { ty: mem, addr, volatile, unaligned: true }, ty);
            return Ok(());
        }
        self.push_def(Inst::LoadStatic { field, volatile }, ty);
        Ok(())
    }

    /// The first access to another module's static field runs that module's initialiser; code of the same module has run it already.
    fn initialize_module_of(&mut self, field: FieldDesc) {
        let module = self.ts.field_def(field).0;
        if self.ts.method_def(self.method).is_none_or(|(own, _)| own != module) {
            self.initialize_module(module);
        }
    }

    /// Fields of the class library whose value is fixed: `String.Empty` (set by the runtime), `IntPtr.Zero`, `BitConverter.IsLittleEndian`.
    fn known_field(&mut self, f: FieldDesc) -> Option<ValueId> {
        let owner = self.ts.field_owner(f);
        if owner == self.wk(WellKnown::String) && self.ts.field_name(f) == "Empty" {
            let string = self.wk(WellKnown::String);
            return Some(self.def_fact(Inst::String(std::sync::Arc::from([])), Ty::Ref(Some(string)), Fact::Exact(string)));
        }
        if (owner == self.wk(WellKnown::IntPtr) || owner == self.wk(WellKnown::UIntPtr)) && self.ts.field_name(f) == "Zero" {
            return Some(self.nint(0));
        }
        if self.ts.field_def(f).0 == self.ts.corelib()
            && self.ts.field_name(f) == "IsLittleEndian"
            && self.ts.namespace_and_name(owner).1 == "BitConverter"
        {
            return Some(self.i32(1));
        }
        None
    }

    /// `ldsflda`.
    pub fn ldsflda(&mut self, token: Token) -> Res {
        let field = self.stored_field(token)?;
        if self.refuses_field(field) {
            return Ok(());
        }
        if !self.ts.is_static(field) {
            return invalid("ldsflda of an instance field");
        }
        self.static_addr(field)
    }

    fn static_addr(&mut self, field: FieldDesc) -> Res {
        let t = self.field_ty(field)?;
        self.initialize_module_of(field);
        if self.ts.has_rva(field) {
            let p = self.def(Inst::RvaData(field), Ty::NInt);
            self.push_def(Inst::Reinterpret(p), Ty::ByRef(Some(t)));
            return Ok(());
        }
        self.push_def(Inst::StaticAddr(field), Ty::ByRef(Some(t)));
        Ok(())
    }

    /// `stsfld`.
    pub fn stsfld(&mut self, token: Token, prefix: &Prefix) -> Res {
        let field = self.stored_field(token)?;
        if self.refuses_field(field) {
            return Ok(());
        }
        if !self.ts.is_static(field) {
            return invalid("stsfld of an instance field");
        }
        let value = self.pop()?;
        let t = self.field_ty(field)?;
        let ty = self.stack_ty(t);
        let value = self.coerce(value, ty)?;
        self.initialize_module_of(field);
        self.eff(Inst::StoreStatic { field, value, volatile: prefix.volatile });
        Ok(())
    }
}
