//! Arithmetic, comparisons, reductions, elements.

use super::super::function::{FunctionEmitter, Step};
use crate::llvm::{IntPredicate, Opcode, RealPredicate, Value};
use kiln_simd::{Kind as K, Lane, Op, Shape};

impl<'c> FunctionEmitter<'_, '_, 'c> {
    /// What is not a shuffle, on operands of their shapes.
    pub(super) fn lanes(&self, op: Op, v: &[Value<'c>]) -> Step<Value<'c>> {
        let shape = op.from;
        let float = shape.lane.is_float();
        Ok(match op.kind {
            K::Add | K::Sub | K::Mul | K::Div => self.b.bin(arithmetic(op.kind, float), v[0], v[1]),
            K::And | K::Or | K::Xor | K::AndNot | K::Not | K::Select => self.bitwise(op.kind, shape, v),
            K::Min | K::Max | K::AddSat | K::SubSat | K::Average | K::MulHigh | K::MulEven => self.integers(op.kind, shape, v),
            K::Eq | K::Ne | K::Lt | K::Le | K::Gt | K::Ge | K::NotLt | K::NotLe | K::NotGt | K::NotGe | K::Ordered | K::Unordered => {
                return self.comparison(op, v);
            }
            K::Neg if float => self.b.fneg(v[0]),
            K::Neg => self.b.bin(Opcode::LLVMSub, self.shape(shape).null(), v[0]),
            K::Abs if float => self.overloaded("llvm.fabs", &[self.shape(shape)], v),
            K::Abs if shape.lane.is_signed() => self.overloaded("llvm.abs", &[self.shape(shape)], &[v[0], self.e.types.i1.null()]),
            K::Abs => v[0],
            K::Sqrt | K::Ceil | K::Floor | K::Trunc | K::Round => self.overloaded(rounding(op.kind), &[self.shape(shape)], v),
            K::Fma | K::FmaSub | K::FmaNegAdd | K::FmaNegSub | K::FmaAddSub | K::FmaSubAdd => self.fused(op.kind, shape, v),
            K::Shl | K::Shr | K::Sar => self.shift(op.kind, shape, v[0], v[1]),
            K::ShlImm | K::ShrImm | K::SarImm => self.shift_by(op, v[0]),
            K::All | K::Any | K::SignMask => self.signs(op, v[0]),
            K::Sum => self.overloaded("llvm.vector.reduce.add", &[self.shape(shape)], v),
            K::Ones => self.constant(op.to, u64::MAX),
            K::Splat => self.splat(v[0], op.to),
            K::First => self.b.with_element(self.shape(op.to).null(), v[0], self.index(0)),
            K::Build => (0..).zip(v).fold(self.shape(op.to).poison(), |all, (n, &one)| self.b.with_element(all, one, self.index(n))),
            K::Extract => self.b.element(v[0], self.index(u32::from(op.imm))),
            K::Insert => self.b.with_element(v[0], v[1], self.index(u32::from(op.imm))),
            K::Convert | K::ConvertUpper | K::Narrow => self.conversion(op, v),
            K::Table => self.table(op, v),
            _ => self.scalars(op, v)?,
        })
    }

    fn bitwise(&self, kind: K, shape: Shape, v: &[Value<'c>]) -> Value<'c> {
        let ty = self.bits_of(shape);
        let bits: Vec<_> = v.iter().map(|&x| self.cast_to(x, ty)).collect();
        let not = |x| self.b.bin(Opcode::LLVMXor, x, self.constant(shape, u64::MAX));
        match kind {
            K::And => self.b.bin(Opcode::LLVMAnd, bits[0], bits[1]),
            K::Or => self.b.bin(Opcode::LLVMOr, bits[0], bits[1]),
            K::Xor => self.b.bin(Opcode::LLVMXor, bits[0], bits[1]),
            K::AndNot => self.b.bin(Opcode::LLVMAnd, not(bits[0]), bits[1]),
            K::Not => not(bits[0]),
            _ => {
                let yes = self.b.bin(Opcode::LLVMAnd, bits[1], bits[0]);
                let no = self.b.bin(Opcode::LLVMAnd, bits[2], not(bits[0]));
                self.b.bin(Opcode::LLVMOr, yes, no)
            }
        }
    }

    fn integers(&self, kind: K, shape: Shape, v: &[Value<'c>]) -> Value<'c> {
        let ty = self.shape(shape);
        let by_sign = |signed, unsigned| if shape.lane.is_signed() { signed } else { unsigned };
        match kind {
            K::Min | K::Max if shape.lane.is_float() => {
                let predicate = if kind == K::Min { RealPredicate::LLVMRealOLT } else { RealPredicate::LLVMRealOGT };
                self.b.select(self.b.fcmp(predicate, v[0], v[1]), v[0], v[1])
            }
            K::Min => self.overloaded(by_sign("llvm.smin", "llvm.umin"), &[ty], v),
            K::Max => self.overloaded(by_sign("llvm.smax", "llvm.umax"), &[ty], v),
            K::AddSat => self.overloaded(by_sign("llvm.sadd.sat", "llvm.uadd.sat"), &[ty], v),
            K::SubSat => self.overloaded(by_sign("llvm.ssub.sat", "llvm.usub.sat"), &[ty], v),
            K::MulEven => {
                let wide = Shape { lane: Lane::U64, ..shape };
                let half = self.constant(wide, 32);
                let even = |x| {
                    let x = self.cast_to(x, self.shape(wide));
                    if shape.lane.is_signed() {
                        self.b.bin(Opcode::LLVMAShr, self.b.bin(Opcode::LLVMShl, x, half), half)
                    } else {
                        self.b.bin(Opcode::LLVMAnd, x, self.constant(wide, u64::from(u32::MAX)))
                    }
                };
                self.b.bin(Opcode::LLVMMul, even(v[0]), even(v[1]))
            }
            _ => {
                // In elements of twice the width.
                let lane = self.e.context.int(shape.lane.bits() * 2);
                let wide = if shape.is_vector() { lane.vector(shape.count()) } else { lane };
                let extend = if shape.lane.is_signed() { Opcode::LLVMSExt } else { Opcode::LLVMZExt };
                let (a, b) = (self.b.cast(extend, v[0], wide), self.b.cast(extend, v[1], wide));
                let number = |n: u32| {
                    let one = lane.const_int(u64::from(n));
                    if shape.is_vector() { crate::llvm::const_vector(&vec![one; shape.count() as usize]) } else { one }
                };
                let (sum, shift) = if kind == K::Average {
                    (self.b.bin(Opcode::LLVMAdd, self.b.bin(Opcode::LLVMAdd, a, b), number(1)), 1)
                } else {
                    (self.b.bin(Opcode::LLVMMul, a, b), shape.lane.bits())
                };
                self.b.cast(Opcode::LLVMTrunc, self.b.bin(Opcode::LLVMLShr, sum, number(shift)), ty)
            }
        }
    }

    fn comparison(&self, op: Op, v: &[Value<'c>]) -> Step<Value<'c>> {
        let shape = op.from;
        let (a, b) =
            if op.to.is_vector() { (v[0], v[1]) } else { (self.b.element(v[0], self.index(0)), self.b.element(v[1], self.index(0))) };
        let yes = if shape.lane.is_float() {
            self.b.fcmp(float_predicate(op.kind), a, b)
        } else {
            self.b.icmp(int_predicate(op.kind, shape.lane.is_signed())?, a, b)
        };
        Ok(if op.to.is_vector() {
            self.b.cast(Opcode::LLVMSExt, yes, self.bits_of(shape))
        } else {
            self.b.cast(Opcode::LLVMZExt, yes, self.e.types.i32)
        })
    }

    fn fused(&self, kind: K, shape: Shape, v: &[Value<'c>]) -> Value<'c> {
        let fma = |a, b, c| self.overloaded("llvm.fma", &[self.shape(shape)], &[a, b, c]);
        let (a, b, c) = (v[0], v[1], v[2]);
        match kind {
            K::Fma => fma(a, b, c),
            K::FmaSub => fma(a, b, self.b.fneg(c)),
            K::FmaNegAdd => fma(self.b.fneg(a), b, c),
            K::FmaNegSub => fma(self.b.fneg(a), b, self.b.fneg(c)),
            _ => {
                let (sum, difference) = (fma(a, b, c), fma(a, b, self.b.fneg(c)));
                let (even, odd) = if kind == K::FmaAddSub { (difference, sum) } else { (sum, difference) };
                let count = shape.count();
                let numbers: Vec<_> = (0..count).map(|n| if n % 2 == 0 { n } else { n + count }).collect();
                self.by_numbers(even, odd, &numbers)
            }
        }
    }

    fn shift(&self, kind: K, shape: Shape, value: Value<'c>, count: Value<'c>) -> Value<'c> {
        let t = &self.e.types;
        let width = u64::from(shape.lane.bits());
        let count = self.b.bin(Opcode::LLVMAnd, count, t.i32.const_int(width - 1));
        let lane = self.lane(shape.lane);
        let count = match width {
            32 => count,
            64 => self.b.cast(Opcode::LLVMZExt, count, lane),
            _ => self.b.cast(Opcode::LLVMTrunc, count, lane),
        };
        let opcode = match kind {
            K::Shl => Opcode::LLVMShl,
            K::Shr => Opcode::LLVMLShr,
            _ => Opcode::LLVMAShr,
        };
        self.b.bin(opcode, value, self.splat(count, shape))
    }

    fn shift_by(&self, op: Op, value: Value<'c>) -> Value<'c> {
        let (shape, width) = (op.from, op.from.lane.bits());
        let count = u32::from(op.imm);
        let by = |opcode, count| self.b.bin(opcode, value, self.constant(shape, u64::from(count)));
        match op.kind {
            K::SarImm => by(Opcode::LLVMAShr, count.min(width - 1)),
            _ if count >= width => self.shape(shape).null(),
            K::ShlImm => by(Opcode::LLVMShl, count),
            _ => by(Opcode::LLVMLShr, count),
        }
    }

    /// The highest bits of the elements, and what they say together.
    fn signs(&self, op: Op, value: Value<'c>) -> Value<'c> {
        let bits = self.bits_of(op.from);
        let set = self.b.icmp(IntPredicate::LLVMIntSLT, self.cast_to(value, bits), bits.null());
        let word = self.e.context.int(op.from.count());
        let mask = self.cast_to(set, word);
        let to = self.lane(op.to.lane);
        let answer = match op.kind {
            K::All => self.b.icmp(IntPredicate::LLVMIntEQ, mask, word.const_int(u64::MAX)),
            K::Any => self.b.icmp(IntPredicate::LLVMIntNE, mask, word.null()),
            _ => mask,
        };
        if answer.ty() == to { answer } else { self.b.cast(Opcode::LLVMZExt, answer, to) }
    }

    /// Operations on general registers.
    fn scalars(&self, op: Op, v: &[Value<'c>]) -> Step<Value<'c>> {
        let ty = self.shape(op.from);
        let no = self.e.types.i1.null();
        let minus_one = || self.b.bin(Opcode::LLVMSub, v[0], ty.const_int(1));
        Ok(match op.kind {
            K::PopCount => self.overloaded("llvm.ctpop", &[ty], v),
            K::LeadingZeros => self.overloaded("llvm.ctlz", &[ty], &[v[0], no]),
            K::TrailingZeros => self.overloaded("llvm.cttz", &[ty], &[v[0], no]),
            K::HighestBit => {
                let zeros = self.overloaded("llvm.ctlz", &[ty], &[v[0], no]);
                self.b.bin(Opcode::LLVMXor, zeros, ty.const_int(u64::from(op.from.lane.bits() - 1)))
            }
            K::DivWide | K::RemWide => {
                let signed = op.from.lane.is_signed();
                let wide = self.e.context.int(op.from.lane.bits() * 2);
                let half = wide.const_int(u64::from(op.from.lane.bits()));
                let extend = |x| self.b.cast(if signed { Opcode::LLVMSExt } else { Opcode::LLVMZExt }, x, wide);
                let low = self.b.cast(Opcode::LLVMZExt, v[0], wide);
                let all = self.b.bin(Opcode::LLVMOr, self.b.bin(Opcode::LLVMShl, extend(v[1]), half), low);
                let opcode = match (op.kind, signed) {
                    (K::DivWide, true) => Opcode::LLVMSDiv,
                    (K::DivWide, false) => Opcode::LLVMUDiv,
                    (_, true) => Opcode::LLVMSRem,
                    (_, false) => Opcode::LLVMURem,
                };
                self.b.cast(Opcode::LLVMTrunc, self.b.bin(opcode, all, extend(v[2])), ty)
            }
            K::LowestBit => self.b.bin(Opcode::LLVMAnd, v[0], self.b.bin(Opcode::LLVMSub, ty.null(), v[0])),
            K::LowestMask => self.b.bin(Opcode::LLVMXor, v[0], minus_one()),
            K::ResetLowest => self.b.bin(Opcode::LLVMAnd, v[0], minus_one()),
            K::BitField => {
                let byte = |x| self.b.bin(Opcode::LLVMAnd, x, ty.const_int(0xFF));
                let length = self.b.bin(Opcode::LLVMShl, byte(v[2]), ty.const_int(8));
                let control = self.b.bin(Opcode::LLVMOr, byte(v[1]), length);
                let name = if op.from.lane.size() == 8 { "llvm.x86.bmi.bextr.64" } else { "llvm.x86.bmi.bextr.32" };
                self.overloaded(name, &[], &[v[0], control])
            }
            _ => return Err(format!("unexpected operation {}", op.word())),
        })
    }
}

fn arithmetic(kind: K, float: bool) -> Opcode {
    match (kind, float) {
        (K::Add, false) => Opcode::LLVMAdd,
        (K::Sub, false) => Opcode::LLVMSub,
        (K::Mul, false) => Opcode::LLVMMul,
        (K::Add, true) => Opcode::LLVMFAdd,
        (K::Sub, true) => Opcode::LLVMFSub,
        (K::Mul, true) => Opcode::LLVMFMul,
        _ => Opcode::LLVMFDiv,
    }
}

fn rounding(kind: K) -> &'static str {
    match kind {
        K::Sqrt => "llvm.sqrt",
        K::Ceil => "llvm.ceil",
        K::Floor => "llvm.floor",
        K::Trunc => "llvm.trunc",
        _ => "llvm.roundeven",
    }
}

fn float_predicate(kind: K) -> RealPredicate {
    match kind {
        K::Eq => RealPredicate::LLVMRealOEQ,
        K::Ne => RealPredicate::LLVMRealUNE,
        K::Lt => RealPredicate::LLVMRealOLT,
        K::Le => RealPredicate::LLVMRealOLE,
        K::Gt => RealPredicate::LLVMRealOGT,
        K::Ge => RealPredicate::LLVMRealOGE,
        K::NotLt => RealPredicate::LLVMRealUGE,
        K::NotLe => RealPredicate::LLVMRealUGT,
        K::NotGt => RealPredicate::LLVMRealULE,
        K::NotGe => RealPredicate::LLVMRealULT,
        K::Ordered => RealPredicate::LLVMRealORD,
        _ => RealPredicate::LLVMRealUNO,
    }
}

fn int_predicate(kind: K, signed: bool) -> Step<IntPredicate> {
    Ok(match (kind, signed) {
        (K::Eq, _) => IntPredicate::LLVMIntEQ,
        (K::Ne, _) => IntPredicate::LLVMIntNE,
        (K::Lt, true) => IntPredicate::LLVMIntSLT,
        (K::Le, true) => IntPredicate::LLVMIntSLE,
        (K::Gt, true) => IntPredicate::LLVMIntSGT,
        (K::Ge, true) => IntPredicate::LLVMIntSGE,
        (K::Lt, false) => IntPredicate::LLVMIntULT,
        (K::Le, false) => IntPredicate::LLVMIntULE,
        (K::Gt, false) => IntPredicate::LLVMIntUGT,
        (K::Ge, false) => IntPredicate::LLVMIntUGE,
        _ => return Err(format!("{} of integers", kind.word())),
    })
}
