//! Loads, stores, block operations and atomics (ECMA-335 I.12.6).
//!
//! References are loaded and stored as unordered atomics: a reference is never torn (I.12.6.6), and LLVM does not merge two of
//! them into a vector. `volatile.` is acquire and release (I.12.6.7). Stores to pinned slots are volatile in LLVM's sense so that the object stays
//! in the slot for the collector to see. Where stores may be seen out of order, a reference is stored with release anywhere but on the
//! stack: who sees it sees the object whole (.NET's memory model; the write barrier's helpers do the same).

use super::function::{FunctionEmitter, Step};
use super::inst::integer;
use crate::llvm::{Opcode, Ordering, RmwOp, Value};
use kiln_lir::{AtomicOp, Inst, LTy, MemFlags, StackSlot, ValueId};
use kiln_target::MemoryModel;

/// Natural size of a scalar in memory.
fn size_of(ty: LTy) -> Step<u32> {
    match ty {
        LTy::I8 => Ok(1),
        LTy::I16 => Ok(2),
        LTy::I32 | LTy::F32 => Ok(4),
        LTy::I64 | LTy::F64 | LTy::Ref | LTy::Ptr => Ok(8),
        LTy::V128 => Ok(16),
        LTy::V256 => Ok(32),
        LTy::V512 => Ok(64),
        LTy::I1 | LTy::Void => Err(format!("{ty:?} is never in memory")),
    }
}

/// The address of an alloca or of a place in one.
fn is_stack(address: Value<'_>) -> bool {
    let base = if address.is_instruction() && address.opcode() == Opcode::LLVMGetElementPtr { address.operand(0) } else { address };
    base.is_instruction() && base.opcode() == Opcode::LLVMAlloca
}

impl<'e, 'c> FunctionEmitter<'e, '_, 'c> {
    fn offset_address(&self, base: ValueId, offset: i32) -> Step<(Value<'c>, LTy)> {
        let (address, ty) = self.address(base)?;
        if offset == 0 {
            return Ok((address, ty));
        }
        let index = self.e.types.i64.const_int(i64::from(offset) as u64);
        Ok((self.b.byte_offset(address, index, ty == LTy::Ref && offset > 0), ty))
    }

    /// Alignment and ordering of an access.
    fn access(&self, access: Value<'c>, ty: LTy, flags: MemFlags, ordering: Ordering) -> Step<()> {
        if ty.is_vector() {
            // Objects are aligned to eight bytes, and no access of a vector is atomic.
            access.set_alignment(if flags.align == 0 { 8 } else { u32::from(flags.align).next_power_of_two().min(8) });
            if flags.volatile {
                access.set_volatile();
            }
            return Ok(());
        }
        let natural = size_of(ty)?;
        let align = if flags.align == 0 { natural } else { u32::from(flags.align).next_power_of_two().min(natural) };
        access.set_alignment(align);
        match (flags.volatile, align == natural) {
            (true, true) => access.set_ordering(ordering),
            // An access that is not aligned cannot be atomic; volatile at least keeps it where it is.
            (true, false) => access.set_volatile(),
            // What is not optimised is one instruction by itself, and quick instruction selection knows no atomics.
            (false, true) if ty == LTy::Ref && self.frame.is_none() => access.set_ordering(Ordering::LLVMAtomicOrderingUnordered),
            (false, _) => {}
        }
        Ok(())
    }

    /// Instructions that have a result.
    pub(super) fn memory_value(&mut self, inst: &'e Inst) -> Step<(Value<'c>, LTy)> {
        Ok(match inst {
            Inst::Load { ty, base, offset, flags } => {
                let (address, _) = self.offset_address(*base, *offset)?;
                let load = self.b.load(self.e.ty(*ty), address);
                self.access(load, *ty, *flags, Ordering::LLVMAtomicOrderingAcquire)?;
                if flags.once {
                    load.set_metadata(self.e.once_kind, self.e.context.metadata_node(None, &[]));
                }
                if flags.invariant {
                    load.set_metadata(self.e.invariant_kind, self.e.context.metadata_node(None, &[]));
                }
                (load, *ty)
            }
            Inst::StackAlloc { size, zero } => {
                let size = self.typed(*size, LTy::I64)?;
                let memory = self.b.dynamic_alloca(size, 16);
                if *zero {
                    self.b.memset(memory, self.e.types.i8.null(), size, 16);
                }
                (memory, LTy::Ptr)
            }
            Inst::AtomicRmw { op, ty, addr, value } => {
                integer(*ty)?;
                let (address, _) = self.address(*addr)?;
                let op = match op {
                    AtomicOp::Xchg => RmwOp::LLVMAtomicRMWBinOpXchg,
                    AtomicOp::Add => RmwOp::LLVMAtomicRMWBinOpAdd,
                    AtomicOp::And => RmwOp::LLVMAtomicRMWBinOpAnd,
                    AtomicOp::Or => RmwOp::LLVMAtomicRMWBinOpOr,
                };
                (self.b.atomic_rmw(op, address, self.typed(*value, *ty)?), *ty)
            }
            Inst::AtomicCas { ty, addr, expected, new } => {
                integer(*ty)?;
                let (address, _) = self.address(*addr)?;
                let pair = self.b.atomic_cas(address, self.typed(*expected, *ty)?, self.typed(*new, *ty)?);
                (self.b.extract(pair, 0), *ty)
            }
            Inst::RefToInt(value) => {
                // Through memory, so that the number is never recomputed or reused across a collection.
                let value = self.typed(*value, LTy::Ref)?;
                let word = self.scratch_word();
                let store = self.b.store(value, word);
                store.set_alignment(8);
                store.set_volatile();
                let load = self.b.load(self.e.types.i64, word);
                load.set_alignment(8);
                load.set_volatile();
                (load, LTy::I64)
            }
            other => return Err(format!("unexpected instruction {other:?}")),
        })
    }

    /// Instructions without result.
    pub(super) fn memory_effect(&mut self, inst: &'e Inst) -> Step<()> {
        match inst {
            Inst::Store { ty, base, offset, value, flags } => {
                let value = self.stored(*value, *ty)?;
                let (address, _) = self.offset_address(*base, *offset)?;
                let publishes = *ty == LTy::Ref && self.e.opts.target.memory == MemoryModel::Weak && !is_stack(address);
                let pinned = self.f.slots.iter().zip(&self.slots).any(|(slot, alloca)| slot.pinned && *alloca == address);
                let store = self.b.store(value, address);
                if pinned {
                    store.set_alignment(size_of(*ty)?);
                    store.set_volatile();
                } else {
                    let flags = MemFlags { volatile: flags.volatile || publishes, ..*flags };
                    self.access(store, *ty, flags, Ordering::LLVMAtomicOrderingRelease)?;
                }
            }
            Inst::MemMove { dst, src, size } => {
                let (dst, src) = (self.address(*dst)?.0, self.address(*src)?.0);
                self.b.memmove(dst, src, self.typed(*size, LTy::I64)?);
            }
            Inst::MemSet { dst, byte, size } => {
                let dst = self.address(*dst)?.0;
                let (byte, ty) = self.get(*byte)?;
                let byte = if integer(ty)? > 8 { self.b.cast(Opcode::LLVMTrunc, byte, self.e.types.i8) } else { byte };
                self.b.memset(dst, byte, self.typed(*size, LTy::I64)?, 1);
            }
            Inst::ZeroSlot { slot, offset, size } => {
                let (record, alloca) = self.slot_of(*slot)?;
                if offset.checked_add(*size).is_none_or(|end| end > record.size) {
                    return Err(format!("{slot}+{offset}, {size} bytes, is outside the slot"));
                }
                self.zero_slot(record, alloca, *offset, *size)?;
            }
            Inst::Fence => {
                self.b.fence();
            }
            other => return Err(format!("unexpected instruction {other:?}")),
        }
        Ok(())
    }

    /// A value to store: a wider integer is cut.
    fn stored(&self, id: ValueId, ty: LTy) -> Step<Value<'c>> {
        let (value, have) = self.get(id)?;
        match (integer(have), integer(ty)) {
            (Ok(a), Ok(b)) if a > b => Ok(self.b.cast(Opcode::LLVMTrunc, value, self.e.ty(ty))),
            _ => self.typed(id, ty),
        }
    }

    /// Zeroes part of a slot. References are stored one by one as nulls: scalar replacement cannot turn a memset
    /// into a non-integral pointer.
    fn zero_slot(&self, slot: &StackSlot, alloca: Value<'c>, offset: u32, size: u32) -> Step<()> {
        let t = &self.e.types;
        let end = offset + size;
        let at =
            |position: u32| if position == 0 { alloca } else { self.b.byte_offset(alloca, t.i64.const_int(u64::from(position)), true) };
        let zero_bytes = |from: u32, to: u32| {
            if to > from {
                self.b.memset(at(from), t.i8.null(), t.i64.const_int(u64::from(to - from)), 1);
            }
        };
        if let Some(scalar) = slot.scalar
            && offset == 0
            && size == size_of(scalar)?
        {
            let store = self.b.store(self.e.ty(scalar).null(), alloca);
            if slot.pinned {
                store.set_volatile();
            }
            return Ok(());
        }
        let mut done = offset;
        for reference in &slot.ref_offsets {
            if *reference < offset || reference + 8 > end {
                continue;
            }
            zero_bytes(done, *reference);
            let store = self.b.store(t.reference.null(), at(*reference));
            store.set_alignment(8);
            if slot.pinned {
                store.set_volatile();
            }
            done = reference + 8;
        }
        zero_bytes(done, end);
        Ok(())
    }
}
