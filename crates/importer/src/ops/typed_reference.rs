//! Typed references, and `jmp` (ECMA-335 III.3.37, III.4.19, III.4.22, III.4.23).
//!
//! A `System.TypedReference` is an address and the handle of a type. `jmp` is a tail call with the arguments as they are now.

use crate::build::{Building, Importer, Res};
use crate::error::invalid;
use kiln_abi::program::exception_kind;
use kiln_il::{Instr, Opcode as O, Operand};
use kiln_metadata::Token;
use kiln_mir::{BlockId, CompareOp, Inst, SlotId, Term, Ty, ValueId};
use kiln_typesys::{FieldDesc, TypeDesc, TypeSysError, WellKnown};

impl Importer<'_> {
    /// Whether the opcode is one of these; then it is done.
    pub fn typed_reference_op(&mut self, i: &Instr<'_>) -> Res<bool> {
        match (i.opcode, i.operand) {
            (O::Jmp, Operand::Method(t)) => self.jmp(t.token())?,
            (O::Mkrefany, Operand::Type(t)) => self.mkrefany(t.token())?,
            (O::Refanyval, Operand::Type(t)) => self.refanyval(t.token())?,
            (O::Refanytype, _) => self.refanytype()?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn reference_field(&self, name: &str) -> Res<FieldDesc> {
        let fields = self.ts.fields(self.wk(WellKnown::TypedReference));
        let found = fields.iter().copied().find(|&f| self.ts.field_name(f) == name);
        Ok(found.ok_or_else(|| TypeSysError::MissingField(format!("System.TypedReference::{name}")))?)
    }

    /// A conversion between `RuntimeTypeHandle` and the number in a typed reference.
    fn handle_conversion(&mut self, name: &str, v: ValueId) -> Res<ValueId> {
        let handle = self.wk(WellKnown::RuntimeTypeHandle);
        let found = self.ts.find_method(handle, name, 1);
        let m = found.ok_or_else(|| TypeSysError::MissingMethod(format!("System.RuntimeTypeHandle::{name}")))?;
        self.direct_call(m, vec![v], false)?;
        self.pop()
    }

    fn type_number(&mut self, t: TypeDesc) -> Res<ValueId> {
        let handle = self.def(Inst::TypeHandle(t), Ty::Value(self.wk(WellKnown::RuntimeTypeHandle)));
        self.handle_conversion("ToIntPtr", handle)
    }

    fn mkrefany(&mut self, token: Token) -> Res {
        let t = self.type_token(token)?;
        let address = self.pop()?;
        let to = self.ts.byref(t);
        let ty = self.stack_ty(to);
        let value = self.coerce(address, ty)?;
        let number = self.type_number(t)?;
        let reference = self.wk(WellKnown::TypedReference);
        let s = self.temp(reference);
        let (value_field, type_field) = (self.reference_field("_value")?, self.reference_field("_type")?);
        let obj = self.slot_addr(s);
        self.eff(Inst::StoreField { obj, field: value_field, value, volatile: false });
        self.eff(Inst::StoreField { obj, field: type_field, value: number, volatile: false });
        self.push_def(Inst::LoadSlot(s), Ty::Value(reference));
        Ok(())
    }

    /// A field of the typed reference on the stack.
    fn part(&mut self, s: SlotId, name: &str, ty: Ty) -> Res<ValueId> {
        let field = self.reference_field(name)?;
        let obj = self.slot_addr(s);
        Ok(self.def(Inst::LoadField { obj, field, volatile: false }, ty))
    }

    fn popped_reference(&mut self) -> Res<SlotId> {
        let v = self.pop()?;
        let reference = self.wk(WellKnown::TypedReference);
        if self.ty(v) != Ty::Value(reference) {
            return invalid("a typed reference is expected");
        }
        let s = self.temp(reference);
        self.store_slot(s, v)?;
        Ok(s)
    }

    fn refanyval(&mut self, token: Token) -> Res {
        let t = self.type_token(token)?;
        let s = self.popped_reference()?;
        let have = self.part(s, "_type", Ty::NInt)?;
        let want = self.type_number(t)?;
        let same = self.def(Inst::Compare(CompareOp::Eq, have, want), Ty::I32);
        let (next, wrong) = (self.more(), self.more());
        self.end(Term::Branch { cond: same, then_to: (next, Vec::new()), else_to: (wrong, Vec::new()) });
        self.cur = wrong.index();
        self.end(Term::ThrowHelper(exception_kind::INVALID_CAST, "Specified cast is not valid.".to_owned()));
        self.cur = next.index();
        let byte = self.ts.byref(self.wk(WellKnown::Byte));
        let from = self.stack_ty(byte);
        let value = self.part(s, "_value", from)?;
        self.push_def(Inst::Reinterpret(value), Ty::ByRef(Some(t)));
        Ok(())
    }

    /// Another block of the code at hand.
    fn more(&mut self) -> BlockId {
        let id = BlockId::new(self.blocks.len());
        let flow = self.blocks[self.cur].flow;
        self.blocks.push(Building { flow, params: Vec::new(), insts: Vec::new(), term: None });
        id
    }

    fn refanytype(&mut self) -> Res {
        let s = self.popped_reference()?;
        let number = self.part(s, "_type", Ty::NInt)?;
        let handle = self.handle_conversion("FromIntPtr", number)?;
        self.push(handle);
        Ok(())
    }

    fn jmp(&mut self, token: Token) -> Res {
        let m = self.method_token(token)?;
        let sig = self.ts.method_sig(m)?;
        let count = sig.params.len() + usize::from(sig.has_this);
        if !self.stack.is_empty() || count != self.arg_count as usize || sig.call_conv & 0xF == 5 {
            return invalid("jmp to a method of another signature, or with values on the stack");
        }
        for n in 0..self.arg_count {
            let v = self.load_slot(SlotId(n));
            self.push(v);
        }
        self.tail = true;
        let args = self.pop_args(m, &sig)?;
        self.direct_call(m, args, false)?;
        self.ret_op()
    }
}
