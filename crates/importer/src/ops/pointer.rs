//! Memory through addresses: `ldind.*`, `stind.*`, `ldobj`, `stobj`, `initobj`, blocks, `localloc` (ECMA-335 III.3.42, III.3.62, III.4).

use crate::build::{Fact, Importer, Prefix, Res};
use crate::coerce::kind_name;
use crate::error::invalid;
use kiln_il::{Instr, Opcode as O};
use kiln_mir::{ConvTo, Inst, MemTy, Ty, ValueId};
use kiln_typesys::TypeDesc;

/// Memory type of `ldind.*`.
fn loaded(op: O) -> Option<MemTy> {
    Some(match op {
        O::LdindI1 => MemTy::I8,
        O::LdindU1 => MemTy::U8,
        O::LdindI2 => MemTy::I16,
        O::LdindU2 => MemTy::U16,
        O::LdindI4 | O::LdindU4 => MemTy::I32,
        O::LdindI8 => MemTy::I64,
        O::LdindI => MemTy::NInt,
        O::LdindR4 => MemTy::F32,
        O::LdindR8 => MemTy::F64,
        O::LdindRef => MemTy::Ref,
        _ => return None,
    })
}

/// Memory type of `stind.*`.
fn stored(op: O) -> Option<MemTy> {
    Some(match op {
        O::StindI1 => MemTy::U8,
        O::StindI2 => MemTy::U16,
        O::StindI4 => MemTy::I32,
        O::StindI8 => MemTy::I64,
        O::StindI => MemTy::NInt,
        O::StindR4 => MemTy::F32,
        O::StindR8 => MemTy::F64,
        O::StindRef => MemTy::Ref,
        _ => return None,
    })
}

impl Importer<'_> {
    /// `ldind.*` … `initblk`: whether the opcode is one of them; then it is done.
    pub fn memory_op(&mut self, i: &Instr<'_>, prefix: &Prefix) -> Res<bool> {
        match i.opcode {
            O::Ldobj | O::Stobj | O::Cpobj | O::Initobj => {
                let t = self.ty_operand(i)?;
                match i.opcode {
                    O::Ldobj => self.ldobj(t, prefix)?,
                    O::Stobj => self.stobj(t, prefix)?,
                    O::Cpobj => self.cpobj(t, prefix)?,
                    _ => self.initobj(t)?,
                }
            }
            O::Localloc if self.stack.len() != 1 => return invalid("localloc with values on the evaluation stack"),
            O::Localloc => self.localloc()?,
            O::Cpblk => self.cpblk()?,
            O::Initblk => self.initblk()?,
            op => {
                if let Some(mem) = loaded(op) {
                    self.ldind(mem, prefix)?;
                } else if let Some(mem) = stored(op) {
                    let value = self.pop()?;
                    let addr = self.pop()?;
                    self.store_mem(mem, addr, value, prefix)?;
                } else {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// `ldind.*`.
    fn ldind(&mut self, mem: MemTy, prefix: &Prefix) -> Res {
        let addr = self.pop()?;
        let mut ty = Self::mem_stack_ty(mem);
        if let (MemTy::Ref, Ty::ByRef(Some(t))) = (mem, self.ty(addr))
            && self.is_ref(t)
        {
            ty = Ty::Ref(Some(t));
        }
        let addr = self.address(addr)?;
        self.push_def(Inst::Load { ty: mem, addr, volatile: prefix.volatile, unaligned: prefix.unaligned }, ty);
        Ok(())
    }

    /// Stores a value, converted to the memory type.
    pub fn store_mem(&mut self, mem: MemTy, addr: ValueId, value: ValueId, prefix: &Prefix) -> Res {
        let addr = self.address(addr)?;
        let value = match (mem, self.ty(value)) {
            // A byref stored through `stind.i` stays a byref only in by-ref-like structs; as an integer it is its address.
            (MemTy::ByRef, _) => self.coerce(value, Ty::ByRef(None))?,
            (m, _) => self.coerce(value, Self::mem_stack_ty(m))?,
        };
        self.eff(Inst::Store { ty: mem, addr, value, volatile: prefix.volatile, unaligned: prefix.unaligned });
        Ok(())
    }

    /// Reads a value of type `t`.
    pub fn load_mem(&mut self, t: TypeDesc, addr: ValueId, prefix: &Prefix) -> Res<ValueId> {
        let ty = self.stack_ty(t);
        if let Fact::SlotAddr(s) = *self.fact(addr)
            && self.slots[s.index()].ty == t
            && !prefix.volatile
        {
            return Ok(self.def(Inst::LoadSlot(s), ty));
        }
        let addr = self.address(addr)?;
        let mem = self.mem_ty(t);
        Ok(self.def(Inst::Load { ty: mem, addr, volatile: prefix.volatile, unaligned: prefix.unaligned }, ty))
    }

    /// `ldobj`.
    pub fn ldobj(&mut self, t: TypeDesc, prefix: &Prefix) -> Res {
        let addr = self.pop()?;
        let v = self.load_mem(t, addr, prefix)?;
        self.push(v);
        Ok(())
    }

    /// `stobj`.
    pub fn stobj(&mut self, t: TypeDesc, prefix: &Prefix) -> Res {
        let value = self.pop()?;
        let addr = self.pop()?;
        let ty = self.stack_ty(t);
        let value = self.coerce(value, ty)?;
        let mem = self.mem_ty(t);
        self.store_mem(mem, addr, value, prefix)
    }

    /// `cpobj`.
    pub fn cpobj(&mut self, ty: TypeDesc, prefix: &Prefix) -> Res {
        let src = self.pop()?;
        let dst = self.pop()?;
        let src = self.address(src)?;
        let dst = self.address(dst)?;
        if prefix.volatile || prefix.unaligned {
            let v = self.load_mem(ty, src, prefix)?;
            let mem = self.mem_ty(ty);
            return self.store_mem(mem, dst, v, prefix);
        }
        self.eff(Inst::CopyObj { ty, dst, src });
        Ok(())
    }

    /// `initobj`.
    pub fn initobj(&mut self, ty: TypeDesc) -> Res {
        let addr = self.pop()?;
        if let Fact::SlotAddr(s) = *self.fact(addr)
            && self.slots[s.index()].ty == ty
        {
            let v = self.default_value(ty);
            self.eff(Inst::StoreSlot(s, v));
            return Ok(());
        }
        let addr = self.address(addr)?;
        self.eff(Inst::InitObj { ty, addr });
        Ok(())
    }

    /// `localloc`.
    pub fn localloc(&mut self) -> Res {
        let n = self.pop()?;
        if self.graph.blocks[self.blocks[self.cur].flow].nesting.iter().any(|n| !matches!(n, kiln_mir::Nesting::Try(_))) {
            return invalid("localloc inside a handler");
        }
        let n = self.size_operand(n)?;
        self.push_def(Inst::LocAlloc(n), Ty::NInt);
        Ok(())
    }

    /// An unsigned size as a native int.
    pub fn size_operand(&mut self, v: ValueId) -> Res<ValueId> {
        match self.ty(v) {
            Ty::NInt => Ok(v),
            Ty::I32 | Ty::I64 => Ok(self.conv(v, ConvTo::NUInt)),
            t => invalid(format!("{} where a size is expected", kind_name(t))),
        }
    }

    /// `cpblk`.
    pub fn cpblk(&mut self) -> Res {
        let size = self.pop()?;
        let src = self.pop()?;
        let dst = self.pop()?;
        let dst = self.address(dst)?;
        let src = self.address(src)?;
        let size = self.size_operand(size)?;
        self.eff(Inst::CopyBlock { dst, src, size });
        Ok(())
    }

    /// `initblk`.
    pub fn initblk(&mut self) -> Res {
        let size = self.pop()?;
        let value = self.pop()?;
        let addr = self.pop()?;
        let addr = self.address(addr)?;
        let value = self.coerce(value, Ty::I32)?;
        let size = self.size_operand(size)?;
        self.eff(Inst::InitBlock { addr, value, size });
        Ok(())
    }
}
