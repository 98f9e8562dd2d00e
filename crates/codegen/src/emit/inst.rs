//! Arithmetic, casts, constants and addresses.

use super::function::{FunctionEmitter, Step};
use crate::llvm::{IntPredicate, Opcode, RealPredicate, Value};
use kiln_lir::{BinOp, CastOp, FloatCond, Inst, IntCond, LTy, MathOp, UnOp, ValueId};

impl<'e, 'c> FunctionEmitter<'e, '_, 'c> {
    /// Emits one instruction and records its results.
    pub(super) fn inst(&mut self, results: &[ValueId], inst: &'e Inst) -> Step<()> {
        let (value, ty) = match inst {
            Inst::BinOverflow { op, signed, ty, a, b } => return self.overflow(results, *op, *signed, *ty, *a, *b),
            Inst::Call(call) => return self.call(results, call),
            Inst::Vector(op, args) => {
                let value = self.vector(*op, args)?;
                let ty = LTy::of(op.to);
                return match (results, value) {
                    ([], _) => Ok(()),
                    ([result], Some(value)) => self.define(*result, ty, value),
                    _ => Err(format!("{} results of {}", results.len(), op.word())),
                };
            }
            Inst::Store { .. } | Inst::MemMove { .. } | Inst::MemSet { .. } | Inst::ZeroSlot { .. } | Inst::Fence => {
                self.memory_effect(inst)?;
                if !results.is_empty() {
                    return Err("the instruction has no result".to_owned());
                }
                return Ok(());
            }
            Inst::Load { .. } | Inst::StackAlloc { .. } | Inst::AtomicRmw { .. } | Inst::AtomicCas { .. } | Inst::RefToInt(_) => {
                self.memory_value(inst)?
            }
            other => self.scalar(other)?,
        };
        match results {
            [] => Ok(()),
            [result] => {
                if let Some(constant) = self.float_of(inst) {
                    self.floats.insert(*result, constant);
                }
                self.define(*result, ty, value)
            }
            _ => Err(format!("{} results for one value", results.len())),
        }
    }

    fn scalar(&mut self, inst: &'e Inst) -> Step<(Value<'c>, LTy)> {
        let t = &self.e.types;
        Ok(match inst {
            Inst::IConst(ty, value) => (self.int_constant(*ty, *value)?, *ty),
            Inst::F32Const(bits) => (t.i32.const_int(u64::from(*bits)).const_bitcast(t.f32), LTy::F32),
            Inst::F64Const(bits) => (t.i64.const_int(*bits).const_bitcast(t.f64), LTy::F64),
            Inst::SymAddr(sym, offset) => (self.symbol(sym, None)?.const_offset(t.i8, t.i64, *offset), LTy::Ptr),
            Inst::FrozenRef(sym) if self.frame.is_some() => {
                (self.symbol(sym, None)?.const_ptr_to_int(t.i64).const_int_to_ptr(t.reference), LTy::Ref)
            }
            Inst::FrozenRef(sym) => (self.symbol(sym, None)?.const_addr_space_cast(t.reference), LTy::Ref),
            Inst::ThreadAddr(offset) if self.frame.is_some() => {
                let function = self.e.module.intrinsic("llvm.threadlocal.address", &[t.ptr]);
                let block = self.b.call(self.e.module.function_type(function), function, &[self.e.thread_block()], None);
                (self.b.byte_offset(block, t.i64.const_int(u64::from(*offset)), true), LTy::Ptr)
            }
            Inst::ThreadAddr(offset) => (self.e.thread_block().const_offset(t.i8, t.i64, i64::from(*offset)), LTy::Ptr),
            Inst::SlotAddr(slot, offset) => {
                let (record, alloca) = self.slot_of(*slot)?;
                if *offset > record.size {
                    return Err(format!("{slot}+{offset} is outside the slot"));
                }
                let address = if *offset == 0 { alloca } else { self.b.byte_offset(alloca, t.i64.const_int(u64::from(*offset)), true) };
                (address, LTy::Ptr)
            }
            Inst::PtrToRef(value) => {
                let value = self.typed(*value, LTy::Ptr)?;
                (self.pointer_to_reference(value), LTy::Ref)
            }
            Inst::PtrToInt(value) => {
                let value = self.typed(*value, LTy::Ptr)?;
                (self.b.cast(Opcode::LLVMPtrToInt, value, t.i64), LTy::I64)
            }
            Inst::IntToPtr(value) => {
                let value = self.typed(*value, LTy::I64)?;
                (self.b.cast(Opcode::LLVMIntToPtr, value, t.ptr), LTy::Ptr)
            }
            Inst::IntToRef(value) => {
                let value = self.typed(*value, LTy::I64)?;
                (self.b.cast(Opcode::LLVMIntToPtr, value, t.reference), LTy::Ref)
            }
            Inst::Addr { base, index, scale, offset } => self.element_address(*base, *index, *scale, *offset)?,
            Inst::Bin(op, ty @ (LTy::F32 | LTy::F64), a, b) => (self.float_operation(*op, *ty, *a, *b)?, *ty),
            Inst::Bin(op, ty, a, b) => (self.b.bin(bin_opcode(*op, *ty)?, self.typed(*a, *ty)?, self.typed(*b, *ty)?), *ty),
            Inst::Un(op, ty, a) => (self.unary(*op, *ty, *a)?, *ty),
            Inst::Math(op, ty, args) => (self.math(*op, *ty, args)?, *ty),
            Inst::CpuHas(needs) => (self.cpu_has(needs.0), LTy::I1),
            Inst::ICmp(cond, ty, a, b) => {
                if matches!(ty, LTy::F32 | LTy::F64 | LTy::Void) {
                    return Err(format!("integer compare of {ty:?}"));
                }
                (self.b.icmp(int_predicate(*cond), self.typed(*a, *ty)?, self.typed(*b, *ty)?), LTy::I1)
            }
            Inst::FCmp(cond, ty, a, b) => {
                float(*ty)?;
                (self.b.fcmp(float_predicate(*cond), self.typed(*a, *ty)?, self.typed(*b, *ty)?), LTy::I1)
            }
            Inst::Select(ty, cond, a, b) => (self.b.select(self.typed(*cond, LTy::I1)?, self.typed(*a, *ty)?, self.typed(*b, *ty)?), *ty),
            Inst::Cast { op, from, to, value } => (self.cast(*op, *from, *to, *value)?, *to),
            other => return Err(format!("unexpected instruction {other:?}")),
        })
    }

    fn int_constant(&self, ty: LTy, value: i64) -> Step<Value<'c>> {
        let t = &self.e.types;
        match ty {
            LTy::I1 | LTy::I8 | LTy::I16 | LTy::I32 | LTy::I64 => Ok(self.e.ty(ty).const_int(value as u64)),
            LTy::Ref | LTy::Ptr if value == 0 => Ok(self.e.ty(ty).null()),
            LTy::V128 | LTy::V256 | LTy::V512 if value == 0 => Ok(self.e.ty(ty).null()),
            LTy::V128 | LTy::V256 | LTy::V512 => Err(format!("integer constant of type {ty:?}")),
            LTy::Ref | LTy::Ptr => Ok(t.i64.const_int(value as u64).const_int_to_ptr(self.e.ty(ty))),
            LTy::F32 | LTy::F64 | LTy::Void => Err(format!("integer constant of type {ty:?}")),
        }
    }

    fn element_address(&self, base: ValueId, index: Option<ValueId>, scale: u32, offset: i32) -> Step<(Value<'c>, LTy)> {
        let t = &self.e.types;
        let (mut value, ty) = self.get(base)?;
        if ty == LTy::I64 {
            if let Some(index) = index {
                let index = self.typed(index, LTy::I64)?;
                let scaled = self.b.bin(Opcode::LLVMMul, index, t.i64.const_int(u64::from(scale)));
                value = self.b.bin(Opcode::LLVMAdd, value, scaled);
            }
            return Ok((self.b.bin(Opcode::LLVMAdd, value, t.i64.const_int(i64::from(offset) as u64)), ty));
        }
        if !matches!(ty, LTy::Ref | LTy::Ptr) {
            return Err(format!("{base} is {ty:?}, not an address"));
        }
        if offset != 0 {
            value = self.b.byte_offset(value, t.i64.const_int(i64::from(offset) as u64), false);
        }
        if let Some(index) = index {
            let index = self.typed(index, LTy::I64)?;
            let element = match scale {
                1 => t.i8,
                2 => t.i16,
                4 => t.i32,
                8 => t.i64,
                other => self.e.context.array(t.i8, u64::from(other)),
            };
            value = self.b.scaled_offset(element, value, index);
        }
        Ok((value, ty))
    }

    fn intrinsic(&self, name: &str, overloads: &[LTy], args: &[Value<'c>]) -> Value<'c> {
        let types: Vec<_> = overloads.iter().map(|t| self.e.ty(*t)).collect();
        let function = self.e.module.intrinsic(name, &types);
        self.b.call(self.e.module.function_type(function), function, args, None)
    }

    fn overflow(&mut self, results: &[ValueId], op: BinOp, signed: bool, ty: LTy, a: ValueId, b: ValueId) -> Step<()> {
        integer(ty)?;
        let name = match (op, signed) {
            (BinOp::Add, true) => "llvm.sadd.with.overflow",
            (BinOp::Add, false) => "llvm.uadd.with.overflow",
            (BinOp::Sub, true) => "llvm.ssub.with.overflow",
            (BinOp::Sub, false) => "llvm.usub.with.overflow",
            (BinOp::Mul, true) => "llvm.smul.with.overflow",
            (BinOp::Mul, false) => "llvm.umul.with.overflow",
            _ => return Err(format!("{op:?} has no overflow check")),
        };
        let [value, flag] = results else { return Err("an overflow check has two results".to_owned()) };
        let pair = self.intrinsic(name, &[ty], &[self.typed(a, ty)?, self.typed(b, ty)?]);
        let (first, second) = (self.b.extract(pair, 0), self.b.extract(pair, 1));
        self.define(*value, ty, first)?;
        self.define(*flag, LTy::I1, second)
    }

    fn unary(&self, op: UnOp, ty: LTy, a: ValueId) -> Step<Value<'c>> {
        let value = self.typed(a, ty)?;
        if op == UnOp::FNeg {
            float(ty)?;
            return Ok(self.b.fneg(value));
        }
        integer(ty)?;
        let llvm_type = self.e.ty(ty);
        let no = self.e.types.i1.null();
        Ok(match op {
            UnOp::Neg => self.b.bin(Opcode::LLVMSub, llvm_type.null(), value),
            UnOp::Not => self.b.bin(Opcode::LLVMXor, value, llvm_type.const_int(u64::MAX)),
            UnOp::Ctpop => self.intrinsic("llvm.ctpop", &[ty], &[value]),
            UnOp::Ctlz => self.intrinsic("llvm.ctlz", &[ty], &[value, no]),
            UnOp::Cttz => self.intrinsic("llvm.cttz", &[ty], &[value, no]),
            UnOp::Bswap => self.intrinsic("llvm.bswap", &[ty], &[value]),
            UnOp::BitReverse => self.intrinsic("llvm.bitreverse", &[ty], &[value]),
            UnOp::FNeg => return Err("unreachable".to_owned()),
        })
    }

    fn math(&self, op: MathOp, ty: LTy, args: &[ValueId]) -> Step<Value<'c>> {
        float(ty)?;
        let (name, arity) = match op {
            MathOp::Sqrt => ("llvm.sqrt", 1),
            MathOp::Floor => ("llvm.floor", 1),
            MathOp::Ceil => ("llvm.ceil", 1),
            MathOp::Trunc => ("llvm.trunc", 1),
            MathOp::RoundEven => ("llvm.roundeven", 1),
            MathOp::Fabs => ("llvm.fabs", 1),
            MathOp::CopySign => ("llvm.copysign", 2),
            MathOp::Fma => ("llvm.fma", 3),
            MathOp::Min => ("llvm.minimum", 2),
            MathOp::Max => ("llvm.maximum", 2),
            MathOp::Pow => ("llvm.pow", 2),
            MathOp::Exp => ("llvm.exp", 1),
            MathOp::Log => ("llvm.log", 1),
            MathOp::Log2 => ("llvm.log2", 1),
            MathOp::Log10 => ("llvm.log10", 1),
            MathOp::Sin => ("llvm.sin", 1),
            MathOp::Cos => ("llvm.cos", 1),
            MathOp::Tan => ("llvm.tan", 1),
        };
        if args.len() != arity {
            return Err(format!("{op:?} takes {arity} arguments"));
        }
        let values = args.iter().map(|a| self.typed(*a, ty)).collect::<Step<Vec<_>>>()?;
        Ok(self.intrinsic(name, &[ty], &values))
    }

    fn cast(&self, op: CastOp, from: LTy, to: LTy, value: ValueId) -> Step<Value<'c>> {
        let value = self.typed(value, from)?;
        let to_type = self.e.ty(to);
        let wrong = || Err(format!("{op:?} from {from:?} to {to:?}"));
        let opcode = match op {
            CastOp::Trunc | CastOp::SExt | CastOp::ZExt => {
                let (a, b) = (integer(from)?, integer(to)?);
                if a == b {
                    return Ok(value);
                }
                if (op == CastOp::Trunc) != (b < a) {
                    return wrong();
                }
                match op {
                    CastOp::Trunc => Opcode::LLVMTrunc,
                    CastOp::SExt => Opcode::LLVMSExt,
                    _ => Opcode::LLVMZExt,
                }
            }
            CastOp::FpExt | CastOp::FpTrunc => {
                float(from)?;
                float(to)?;
                match (op, from, to) {
                    _ if from == to => return Ok(value),
                    (CastOp::FpExt, LTy::F32, LTy::F64) => Opcode::LLVMFPExt,
                    (CastOp::FpTrunc, LTy::F64, LTy::F32) => Opcode::LLVMFPTrunc,
                    _ => return wrong(),
                }
            }
            CastOp::SiToFp | CastOp::UiToFp => {
                integer(from)?;
                float(to)?;
                if op == CastOp::SiToFp { Opcode::LLVMSIToFP } else { Opcode::LLVMUIToFP }
            }
            CastOp::FpToSiSat | CastOp::FpToUiSat => {
                float(from)?;
                integer(to)?;
                let name = if op == CastOp::FpToSiSat { "llvm.fptosi.sat" } else { "llvm.fptoui.sat" };
                return Ok(self.intrinsic(name, &[to, from], &[value]));
            }
            CastOp::Bitcast => match (from, to) {
                _ if from == to => return Ok(value),
                (LTy::I32, LTy::F32) | (LTy::F32, LTy::I32) | (LTy::I64, LTy::F64) | (LTy::F64, LTy::I64) => Opcode::LLVMBitCast,
                (LTy::I64, LTy::Ptr) => Opcode::LLVMIntToPtr,
                (LTy::Ptr, LTy::I64) => Opcode::LLVMPtrToInt,
                _ => return wrong(),
            },
        };
        Ok(self.b.cast(opcode, value, to_type))
    }
}

/// Width of an integer type.
pub(super) fn integer(ty: LTy) -> Step<u32> {
    match ty {
        LTy::I1 => Ok(1),
        LTy::I8 => Ok(8),
        LTy::I16 => Ok(16),
        LTy::I32 => Ok(32),
        LTy::I64 => Ok(64),
        other => Err(format!("{other:?} is not an integer type")),
    }
}

fn float(ty: LTy) -> Step<()> {
    if matches!(ty, LTy::F32 | LTy::F64) { Ok(()) } else { Err(format!("{ty:?} is not a float type")) }
}

pub(super) fn bin_opcode(op: BinOp, ty: LTy) -> Step<Opcode> {
    let (opcode, on_float) = match op {
        BinOp::Add => (Opcode::LLVMAdd, false),
        BinOp::Sub => (Opcode::LLVMSub, false),
        BinOp::Mul => (Opcode::LLVMMul, false),
        BinOp::SDiv => (Opcode::LLVMSDiv, false),
        BinOp::UDiv => (Opcode::LLVMUDiv, false),
        BinOp::SRem => (Opcode::LLVMSRem, false),
        BinOp::URem => (Opcode::LLVMURem, false),
        BinOp::And => (Opcode::LLVMAnd, false),
        BinOp::Or => (Opcode::LLVMOr, false),
        BinOp::Xor => (Opcode::LLVMXor, false),
        BinOp::Shl => (Opcode::LLVMShl, false),
        BinOp::LShr => (Opcode::LLVMLShr, false),
        BinOp::AShr => (Opcode::LLVMAShr, false),
        BinOp::FAdd => (Opcode::LLVMFAdd, true),
        BinOp::FSub => (Opcode::LLVMFSub, true),
        BinOp::FMul => (Opcode::LLVMFMul, true),
        BinOp::FDiv => (Opcode::LLVMFDiv, true),
        BinOp::FRem => (Opcode::LLVMFRem, true),
    };
    if on_float {
        float(ty)?;
    } else {
        integer(ty)?;
    }
    Ok(opcode)
}

fn int_predicate(cond: IntCond) -> IntPredicate {
    match cond {
        IntCond::Eq => IntPredicate::LLVMIntEQ,
        IntCond::Ne => IntPredicate::LLVMIntNE,
        IntCond::Slt => IntPredicate::LLVMIntSLT,
        IntCond::Sle => IntPredicate::LLVMIntSLE,
        IntCond::Sgt => IntPredicate::LLVMIntSGT,
        IntCond::Sge => IntPredicate::LLVMIntSGE,
        IntCond::Ult => IntPredicate::LLVMIntULT,
        IntCond::Ule => IntPredicate::LLVMIntULE,
        IntCond::Ugt => IntPredicate::LLVMIntUGT,
        IntCond::Uge => IntPredicate::LLVMIntUGE,
    }
}

fn float_predicate(cond: FloatCond) -> RealPredicate {
    match cond {
        FloatCond::Oeq => RealPredicate::LLVMRealOEQ,
        FloatCond::One => RealPredicate::LLVMRealONE,
        FloatCond::Olt => RealPredicate::LLVMRealOLT,
        FloatCond::Ole => RealPredicate::LLVMRealOLE,
        FloatCond::Ogt => RealPredicate::LLVMRealOGT,
        FloatCond::Oge => RealPredicate::LLVMRealOGE,
        FloatCond::Ueq => RealPredicate::LLVMRealUEQ,
        FloatCond::Une => RealPredicate::LLVMRealUNE,
        FloatCond::Ult => RealPredicate::LLVMRealULT,
        FloatCond::Ule => RealPredicate::LLVMRealULE,
        FloatCond::Ugt => RealPredicate::LLVMRealUGT,
        FloatCond::Uge => RealPredicate::LLVMRealUGE,
    }
}
