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
mod stack;
mod typed_reference;

use crate::build::{Importer, Prefix, Res};
use crate::error::{ImportErrorKind, invalid};
use kiln_il::{Instr, Opcode as O, Operand};
use kiln_typesys::TypeDesc;

impl Importer<'_> {
    /// Imports one instruction (in general form).
    pub fn instr(&mut self, i: &Instr<'_>) -> Res {
        match i.opcode {
            O::Volatile => self.prefix.volatile = true,
            O::Unaligned => self.prefix.unaligned = true,
            O::Readonly => self.prefix.readonly = true,
            O::Constrained => self.prefix.constrained = Some(self.ty_operand(i)?),
            O::Tail => self.prefix.tail = true,
            O::No | O::Nop | O::Break => {}
            _ => {
                let prefix = std::mem::take(&mut self.prefix);
                if prefix.any() {
                    self.check_prefix(i, &prefix)?;
                }
                self.plain(i, &prefix)?;
            }
        }
        Ok(())
    }

    /// A prefix stands before an instruction that has a use for it (III.2).
    fn check_prefix(&self, i: &Instr<'_>, prefix: &Prefix) -> Res {
        use Operand as P;
        let call = matches!(i.opcode, O::Call | O::Callvirt | O::Calli);
        let static_field = matches!(i.opcode, O::Ldsfld | O::Stsfld);
        let access = self.accesses_memory(i.opcode);
        let fits = (!prefix.tail || call)
            && (!prefix.volatile || access || static_field)
            && (!prefix.unaligned || access)
            && (!prefix.readonly || matches!((i.opcode, i.operand), (O::Ldelema | O::Call | O::Callvirt, P::Type(_) | P::Method(_))))
            && (prefix.constrained.is_none() || matches!(i.opcode, O::Callvirt | O::Call | O::Ldftn));
        if fits { Ok(()) } else { invalid(format!("a prefix that {} does not have", i.opcode.mnemonic())) }
    }

    /// Each family says whether the opcode is one of its own; then it is done.
    fn plain(&mut self, i: &Instr<'_>, prefix: &Prefix) -> Res {
        let done = self.stack_op(i)?
            || self.field_op(i, prefix)?
            || self.call_op(i, prefix)?
            || self.branch_op(i)?
            || self.arith_op(i.opcode)?
            || self.convert_op(i.opcode)?
            || self.object_op(i)?
            || self.array_op(i, prefix)?
            || self.memory_op(i, prefix)?
            || self.exception_op(i)?
            || self.typed_reference_op(i)?;
        match i.opcode {
            _ if done => Ok(()),
            op @ O::Arglist => Err(ImportErrorKind::Unsupported(op.mnemonic()).into()),
            op => invalid(format!("{} does not fit its operand", op.mnemonic())),
        }
    }

    /// The type that the instruction names.
    fn ty_operand(&self, i: &Instr<'_>) -> Res<TypeDesc> {
        match i.operand {
            Operand::Type(t) => self.type_token(t.token()),
            _ => invalid("a type token is expected"),
        }
    }
}
