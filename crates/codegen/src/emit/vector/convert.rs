//! Conversions of elements, and tables.

use super::super::function::FunctionEmitter;
use crate::llvm::{IntPredicate, Opcode, Value};
use kiln_simd::{Kind as K, Lane, Op, Shape};

impl<'c> FunctionEmitter<'_, '_, 'c> {
    /// Elements to another type; as many of either.
    pub(super) fn converted(&self, value: Value<'c>, from: Shape, to: Shape) -> Value<'c> {
        let ty = self.shape(to);
        let (a, b) = (from.lane, to.lane);
        let opcode = match (a.is_float(), b.is_float()) {
            (false, false) if a.size() == b.size() => return value,
            (false, false) if a.size() > b.size() => Opcode::LLVMTrunc,
            (false, false) => {
                if a.is_signed() {
                    Opcode::LLVMSExt
                } else {
                    Opcode::LLVMZExt
                }
            }
            (false, true) => {
                if a.is_signed() {
                    Opcode::LLVMSIToFP
                } else {
                    Opcode::LLVMUIToFP
                }
            }
            (true, true) if a == b => return value,
            (true, true) => {
                if a == Lane::F32 {
                    Opcode::LLVMFPExt
                } else {
                    Opcode::LLVMFPTrunc
                }
            }
            (true, false) => {
                let name = if b.is_signed() { "llvm.fptosi.sat" } else { "llvm.fptoui.sat" };
                return self.overloaded(name, &[ty, self.shape(from)], &[value]);
            }
        };
        self.b.cast(opcode, value, ty)
    }

    pub(super) fn conversion(&self, op: Op, v: &[Value<'c>]) -> Value<'c> {
        let count = op.from.count();
        let wanted = op.to.count();
        let ty = self.shape(op.from);
        let taken = match op.kind {
            K::Narrow => wanted,
            _ => count.min(wanted),
        };
        let numbers: Vec<u32> = if op.kind == K::ConvertUpper { (count - taken..count).collect() } else { (0..taken).collect() };
        let second = v.get(1).copied().unwrap_or_else(|| ty.poison());
        let value = if taken == count && op.kind == K::Convert { v[0] } else { self.by_numbers(v[0], second, &numbers) };
        // The shapes of what is left.
        let part = |lane: Lane| Shape { lane, bytes: (taken * u32::from(lane.size())) as u8 };
        let value = self.converted(value, part(op.from.lane), part(op.to.lane));
        if taken == wanted {
            return value;
        }
        let numbers: Vec<u32> = (0..wanted).map(|n| n.min(taken)).collect();
        self.by_numbers(value, value.ty().null(), &numbers)
    }

    /// Elements of 16 bytes by indices: bytes by an instruction whose indices with the highest bit give zero.
    pub(super) fn table(&self, op: Op, v: &[Value<'c>]) -> Value<'c> {
        let (count, width) = (op.from.count(), u64::from(op.from.lane.size()));
        let indices = Shape { lane: unsigned(op.from.lane), ..op.from };
        let index = self.cast_to(v[1], self.shape(indices));
        let valid = self.b.icmp(IntPredicate::LLVMIntULT, index, self.constant(indices, u64::from(count)));
        let bytes = |byte: &dyn Fn(u64) -> u64| (0..width).fold(0, |word, n| word | byte(n) << (8 * n));
        let first = self.b.bin(Opcode::LLVMMul, index, self.constant(indices, bytes(&|_| width)));
        let all = self.b.bin(Opcode::LLVMAdd, first, self.constant(indices, bytes(&|n| n)));
        let control = self.b.select(valid, all, self.constant(indices, bytes(&|_| 0x80)));
        let table = Shape::vector(Lane::I8, 16);
        let (value, control) = (self.cast_to(v[0], self.shape(table)), self.cast_to(control, self.shape(table)));
        self.overloaded("llvm.x86.ssse3.pshuf.b.128", &[], &[value, control])
    }
}

fn unsigned(lane: Lane) -> Lane {
    match lane.size() {
        1 => Lane::U8,
        2 => Lane::U16,
        4 => Lane::U32,
        _ => Lane::U64,
    }
}
