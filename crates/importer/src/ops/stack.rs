//! Constants, arguments, locals and the evaluation stack itself (ECMA-335 III.3.35, III.3.38 to III.3.45, III.3.54 ff.).

use crate::build::{Importer, Res};
use kiln_il::{Instr, Opcode as O, Operand};
use kiln_mir::{Inst, SlotId, Ty};

impl Importer<'_> {
    /// `ldarg` … `pop`: whether the opcode is one of them; then it is done.
    pub fn stack_op(&mut self, i: &Instr<'_>) -> Res<bool> {
        match (i.opcode, i.operand) {
            (O::Ldarg | O::Starg | O::Ldarga, Operand::Arg(n)) => {
                let slot = self.arg_slot(n)?;
                self.slot_op(i.opcode, slot)?;
            }
            (O::Ldloc | O::Stloc | O::Ldloca, Operand::Local(n)) => {
                let slot = self.local_slot(n)?;
                self.slot_op(i.opcode, slot)?;
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
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Loads, stores, or takes the address of an argument or local.
    fn slot_op(&mut self, op: O, slot: SlotId) -> Res {
        let v = match op {
            O::Starg | O::Stloc => {
                let v = self.pop()?;
                return self.store_slot(slot, v);
            }
            O::Ldarga | O::Ldloca => self.slot_addr(slot),
            _ => self.load_slot(slot),
        };
        self.push(v);
        Ok(())
    }
}
