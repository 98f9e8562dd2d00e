//! One instruction at a time: the dispatch over opcode families (ECMA-335 III.2 to III.4).

mod arith;
mod array;
mod branch;
mod call;
mod convert;
mod exception;
mod field;
mod generic;
mod object;
mod pointer;

use crate::build::{Importer, Prefix, Res};
use crate::error::{ImportErrorKind, invalid};
use kiln_il::{Instr, Opcode as O, Operand};
use kiln_mir::{BinOp, CompareOp, Inst, Ty};
use kiln_typesys::TypeDesc;

impl Importer<'_> {
    /// Imports one instruction (in general form).
    pub fn instr(&mut self, i: &Instr<'_>) -> Res {
        match i.opcode {
            O::Volatile => self.prefix.volatile = true,
            O::Unaligned => self.prefix.unaligned = true,
            O::Readonly => self.prefix.readonly = true,
            O::Constrained => self.prefix.constrained = Some(self.ty_operand(i)?),
            O::Tail | O::No | O::Nop | O::Break => {}
            _ => {
                let prefix = std::mem::take(&mut self.prefix);
                self.plain(i, &prefix)?;
            }
        }
        Ok(())
    }

    fn plain(&mut self, i: &Instr<'_>, prefix: &Prefix) -> Res {
        match (i.opcode, i.operand) {
            // Constants, locals, stack.
            (O::Ldarg, Operand::Arg(n)) => {
                let s = self.arg_slot(n)?;
                let v = self.load_slot(s);
                self.push(v);
            }
            (O::Starg, Operand::Arg(n)) => {
                let v = self.pop()?;
                let s = self.arg_slot(n)?;
                self.store_slot(s, v)?;
            }
            (O::Ldarga, Operand::Arg(n)) => {
                let s = self.arg_slot(n)?;
                let v = self.slot_addr(s);
                self.push(v);
            }
            (O::Ldloc, Operand::Local(n)) => {
                let s = self.local_slot(n)?;
                let v = self.load_slot(s);
                self.push(v);
            }
            (O::Stloc, Operand::Local(n)) => {
                let v = self.pop()?;
                let s = self.local_slot(n)?;
                self.store_slot(s, v)?;
            }
            (O::Ldloca, Operand::Local(n)) => {
                let s = self.local_slot(n)?;
                let v = self.slot_addr(s);
                self.push(v);
            }
            (O::LdcI4, Operand::I32(n)) => {
                let v = self.i32(n);
                self.push(v);
            }
            (O::LdcI8, Operand::I64(n)) => {
                let v = self.i64(n);
                self.push(v);
            }
            (O::LdcR4, Operand::F32(n)) => {
                self.push_def(Inst::ConstF32(n.to_bits()), Ty::F32);
            }
            (O::LdcR8, Operand::F64(n)) => {
                self.push_def(Inst::ConstF64(n.to_bits()), Ty::F64);
            }
            (O::Ldnull, _) => {
                let v = self.null();
                self.push(v);
            }
            (O::Dup, _) => {
                let v = self.pop()?;
                self.push(v);
                self.push(v);
            }
            (O::Pop, _) => {
                self.pop()?;
            }
            // Arithmetic.
            (O::Add, _) => self.binary(BinOp::Add)?,
            (O::Sub, _) => self.binary(BinOp::Sub)?,
            (O::Mul, _) => self.binary(BinOp::Mul)?,
            (O::Div, _) => self.binary(BinOp::Div)?,
            (O::DivUn, _) => self.binary(BinOp::DivUn)?,
            (O::Rem, _) => self.binary(BinOp::Rem)?,
            (O::RemUn, _) => self.binary(BinOp::RemUn)?,
            (O::And, _) => self.binary(BinOp::And)?,
            (O::Or, _) => self.binary(BinOp::Or)?,
            (O::Xor, _) => self.binary(BinOp::Xor)?,
            (O::AddOvf, _) => self.binary(BinOp::AddOvf)?,
            (O::AddOvfUn, _) => self.binary(BinOp::AddOvfUn)?,
            (O::SubOvf, _) => self.binary(BinOp::SubOvf)?,
            (O::SubOvfUn, _) => self.binary(BinOp::SubOvfUn)?,
            (O::MulOvf, _) => self.binary(BinOp::MulOvf)?,
            (O::MulOvfUn, _) => self.binary(BinOp::MulOvfUn)?,
            (O::Shl, _) => self.shift(BinOp::Shl)?,
            (O::Shr, _) => self.shift(BinOp::Shr)?,
            (O::ShrUn, _) => self.shift(BinOp::ShrUn)?,
            (O::Neg | O::Not | O::Ckfinite, _) => self.unary(i.opcode)?,
            (O::Ceq, _) => self.compare_op(CompareOp::Eq)?,
            (O::Cgt, _) => self.compare_op(CompareOp::Gt)?,
            (O::CgtUn, _) => self.compare_op(CompareOp::GtUn)?,
            (O::Clt, _) => self.compare_op(CompareOp::Lt)?,
            (O::CltUn, _) => self.compare_op(CompareOp::LtUn)?,
            // Control flow.
            (O::Br, Operand::Target(t)) => self.br(t)?,
            (O::Brtrue, Operand::Target(t)) => self.br_if(t, i.end, true)?,
            (O::Brfalse, Operand::Target(t)) => self.br_if(t, i.end, false)?,
            (O::Beq, Operand::Target(t)) => self.br_compare(CompareOp::Eq, t, i.end)?,
            (O::BneUn, Operand::Target(t)) => self.br_compare(CompareOp::Ne, t, i.end)?,
            (O::Bge, Operand::Target(t)) => self.br_compare(CompareOp::Ge, t, i.end)?,
            (O::BgeUn, Operand::Target(t)) => self.br_compare(CompareOp::GeUn, t, i.end)?,
            (O::Bgt, Operand::Target(t)) => self.br_compare(CompareOp::Gt, t, i.end)?,
            (O::BgtUn, Operand::Target(t)) => self.br_compare(CompareOp::GtUn, t, i.end)?,
            (O::Ble, Operand::Target(t)) => self.br_compare(CompareOp::Le, t, i.end)?,
            (O::BleUn, Operand::Target(t)) => self.br_compare(CompareOp::LeUn, t, i.end)?,
            (O::Blt, Operand::Target(t)) => self.br_compare(CompareOp::Lt, t, i.end)?,
            (O::BltUn, Operand::Target(t)) => self.br_compare(CompareOp::LtUn, t, i.end)?,
            (O::Switch, Operand::Switch(t)) => self.switch(t, i.end)?,
            (O::Ret, _) => self.ret_op()?,
            // Exceptions.
            (O::Leave, Operand::Target(t)) => self.leave(t)?,
            (O::Throw, _) => self.throw()?,
            (O::Rethrow, _) => self.rethrow()?,
            (O::Endfinally, _) => self.end_finally()?,
            (O::Endfilter, _) => self.end_filter()?,
            // Calls.
            (O::Call, Operand::Method(t)) => self.call(t.token(), prefix)?,
            (O::Callvirt, Operand::Method(t)) => self.callvirt(t.token(), prefix)?,
            (O::Calli, Operand::Sig(t)) => self.calli(t.token())?,
            (O::Newobj, Operand::Method(t)) => self.newobj(t.token())?,
            (O::Ldftn, Operand::Method(t)) => self.ldftn(t.token(), prefix)?,
            (O::Ldvirtftn, Operand::Method(t)) => self.ldvirtftn(t.token())?,
            // Fields.
            (O::Ldfld, Operand::Field(t)) => self.ldfld(t.token(), prefix)?,
            (O::Ldflda, Operand::Field(t)) => self.ldflda(t.token())?,
            (O::Stfld, Operand::Field(t)) => self.stfld(t.token(), prefix)?,
            (O::Ldsfld, Operand::Field(t)) => self.ldsfld(t.token(), prefix)?,
            (O::Ldsflda, Operand::Field(t)) => self.ldsflda(t.token())?,
            (O::Stsfld, Operand::Field(t)) => self.stsfld(t.token(), prefix)?,
            // Objects.
            (O::Ldstr, Operand::String(at)) => self.ldstr(at)?,
            (O::Ldtoken, Operand::Token(t)) => self.ldtoken(t.token())?,
            (O::Box, _) => {
                let t = self.ty_operand(i)?;
                self.box_op(t)?;
            }
            (O::Unbox, _) => {
                let t = self.ty_operand(i)?;
                self.unbox(t)?;
            }
            (O::UnboxAny, _) => {
                let t = self.ty_operand(i)?;
                self.unbox_any(t)?;
            }
            (O::Isinst, _) => {
                let t = self.ty_operand(i)?;
                self.isinst(t)?;
            }
            (O::Castclass, _) => {
                let t = self.ty_operand(i)?;
                self.castclass(t)?;
            }
            (O::Sizeof, _) => {
                let t = self.ty_operand(i)?;
                let v = self.size_of(t)?;
                self.push(v);
            }
            // Arrays.
            (O::Newarr, _) => {
                let t = self.ty_operand(i)?;
                self.newarr(t)?;
            }
            (O::Ldlen, _) => self.ldlen()?,
            (O::Ldelema, _) => {
                let t = self.ty_operand(i)?;
                self.ldelema(t, prefix.readonly)?;
            }
            (O::Ldelem, _) => {
                let t = self.ty_operand(i)?;
                self.ldelem(Some(t))?;
            }
            (O::Stelem, _) => {
                let t = self.ty_operand(i)?;
                self.stelem(Some(t))?;
            }
            // Memory.
            (O::Ldobj, _) => {
                let t = self.ty_operand(i)?;
                self.ldobj(t, prefix)?;
            }
            (O::Stobj, _) => {
                let t = self.ty_operand(i)?;
                self.stobj(t, prefix)?;
            }
            (O::Cpobj, _) => {
                let t = self.ty_operand(i)?;
                self.cpobj(t, prefix)?;
            }
            (O::Initobj, _) => {
                let t = self.ty_operand(i)?;
                self.initobj(t)?;
            }
            (O::Localloc, _) => self.localloc()?,
            (O::Cpblk, _) => self.cpblk()?,
            (O::Initblk, _) => self.initblk()?,
            (O::Jmp, _) => return unsupported("jmp"),
            (O::Arglist, _) => return unsupported("arglist"),
            (O::Mkrefany, _) => return unsupported("mkrefany"),
            (O::Refanyval, _) => return unsupported("refanyval"),
            (O::Refanytype, _) => return unsupported("refanytype"),
            (op, _) => {
                if !self.convert_op(op)? && !self.typed_access(op, prefix)? {
                    return invalid(format!("{} does not fit its operand", op.mnemonic()));
                }
            }
        }
        Ok(())
    }

    fn ty_operand(&self, i: &Instr<'_>) -> Res<TypeDesc> {
        match i.operand {
            Operand::Type(t) => self.type_token(t.token()),
            _ => invalid("a type token is expected"),
        }
    }
}

fn unsupported(name: &'static str) -> Res {
    Err(ImportErrorKind::Unsupported(name).into())
}
