//! Operations on vectors and of instruction sets: LLVM's ordinary instructions where they say the same, else its functions for one instruction.
//!
//! A LIR vector has no elements; an operation sees it with those of its shape, and its result loses them again. LLVM joins the casts between.

mod convert;
mod lanes;
mod memory;
mod shuffle;

use super::function::{FunctionEmitter, Step};
use crate::llvm::{IntPredicate, Opcode, Type, Value, const_vector};
use kiln_lir::{LTy, ValueId};
use kiln_simd::{Call, Kind as K, Lane, Op, Shape};

impl<'c> FunctionEmitter<'_, '_, 'c> {
    /// Whether the processor has what these bits say.
    pub(super) fn cpu_has(&self, bits: u64) -> Value<'c> {
        let t = &self.e.types;
        let word = self.b.load(t.i64, self.e.processor_word());
        word.set_alignment(8);
        // Written before any compiled code runs.
        word.set_metadata(self.e.invariant_kind, self.e.context.metadata_node(None, &[]));
        let bits = t.i64.const_int(bits);
        self.b.icmp(IntPredicate::LLVMIntEQ, self.b.bin(Opcode::LLVMAnd, word, bits), bits)
    }

    /// Emits an operation; nothing for one without a result.
    pub(super) fn vector(&mut self, op: Op, args: &[ValueId]) -> Step<Option<Value<'c>>> {
        if op.params().is_some_and(|n| n != args.len()) {
            return Err(format!("{} operands of {}", args.len(), op.word()));
        }
        if op.first {
            return self.first(op, args).map(Some);
        }
        if let K::Call(call) = op.kind {
            return self.call_instruction(call, op, args);
        }
        if let Some(done) = self.vector_memory(op, args)? {
            return Ok(done);
        }
        if let Some(value) = self.whole(op, args)? {
            return Ok(Some(value));
        }
        let mut values = Vec::with_capacity(args.len());
        for (index, &arg) in args.iter().enumerate() {
            values.push(match op.param(index) {
                kiln_simd::Param::Value(shape) => self.shaped(arg, shape)?,
                _ => return Err(format!("operand {index} of {}", op.word())),
            });
        }
        let value = match self.shuffled(op, &values)? {
            Some(value) => value,
            None => self.lanes(op, &values)?,
        };
        self.plain(value, op.to).map(Some)
    }

    /// LLVM's type of an element.
    pub(super) fn lane(&self, lane: Lane) -> Type<'c> {
        let t = &self.e.types;
        match lane {
            Lane::I8 | Lane::U8 => t.i8,
            Lane::I16 | Lane::U16 => t.i16,
            Lane::I32 | Lane::U32 => t.i32,
            Lane::I64 | Lane::U64 => t.i64,
            Lane::F32 => t.f32,
            Lane::F64 => t.f64,
        }
    }

    /// LLVM's type of a shape.
    pub(super) fn shape(&self, shape: Shape) -> Type<'c> {
        let lane = self.lane(shape.lane);
        if shape.is_vector() { lane.vector(shape.count()) } else { lane }
    }

    /// The integer type, or vector of integers, of the elements' width.
    pub(super) fn bits_of(&self, shape: Shape) -> Type<'c> {
        let lane = self.e.context.int(shape.lane.bits());
        if shape.is_vector() { lane.vector(shape.count()) } else { lane }
    }

    pub(super) fn cast_to(&self, value: Value<'c>, ty: Type<'c>) -> Value<'c> {
        if value.ty() == ty { value } else { self.b.cast(Opcode::LLVMBitCast, value, ty) }
    }

    /// A LIR value as an operand of a shape.
    pub(super) fn shaped(&self, id: ValueId, shape: Shape) -> Step<Value<'c>> {
        let value = self.typed(id, LTy::of(shape))?;
        let ty = self.shape(shape);
        Ok(if shape.is_vector() {
            self.cast_to(value, ty)
        } else if shape.lane.size() < 4 {
            self.b.cast(Opcode::LLVMTrunc, value, ty)
        } else {
            value
        })
    }

    /// A result of a shape as a LIR value.
    pub(super) fn plain(&self, value: Value<'c>, shape: Shape) -> Step<Value<'c>> {
        let ty = self.e.ty(LTy::of(shape));
        Ok(if shape.is_vector() {
            self.cast_to(value, ty)
        } else if shape.lane.size() < 4 {
            self.b.cast(if shape.lane.is_signed() { Opcode::LLVMSExt } else { Opcode::LLVMZExt }, value, ty)
        } else {
            value
        })
    }

    /// A function of LLVM that has several types.
    pub(super) fn overloaded(&self, name: &str, types: &[Type<'c>], args: &[Value<'c>]) -> Value<'c> {
        let function = self.e.module.intrinsic(name, types);
        self.b.call(self.e.module.function_type(function), function, args, None)
    }

    pub(super) fn index(&self, index: u32) -> Value<'c> {
        self.e.types.i32.const_int(u64::from(index))
    }

    /// A constant in every element.
    pub(super) fn constant(&self, shape: Shape, value: u64) -> Value<'c> {
        let lane = self.e.context.int(shape.lane.bits()).const_int(value);
        if shape.is_vector() { const_vector(&vec![lane; shape.count() as usize]) } else { lane }
    }

    /// A shuffle by numbers; what is out of range of both is not looked at.
    pub(super) fn by_numbers(&self, a: Value<'c>, b: Value<'c>, numbers: &[u32]) -> Value<'c> {
        let mask: Vec<_> = numbers.iter().map(|&n| self.index(n)).collect();
        self.b.shuffle(a, b, const_vector(&mask))
    }

    /// A scalar in every element.
    pub(super) fn splat(&self, scalar: Value<'c>, shape: Shape) -> Value<'c> {
        let ty = scalar.ty().vector(shape.count());
        let one = self.b.with_element(ty.poison(), scalar, self.index(0));
        self.by_numbers(one, ty.poison(), &vec![0; shape.count() as usize])
    }

    /// An operation on the first element; the others are the first operand's.
    fn first(&mut self, op: Op, args: &[ValueId]) -> Step<Value<'c>> {
        let [base, rest @ ..] = args else { return Err(format!("no operand of {}", op.word())) };
        let to = if op.kind == K::Convert { op.to } else { op.from };
        let base_value = self.shaped(*base, to)?;
        let unary = rest.len() == 1 && Op::on(op.kind, op.from).params() == Some(1) || matches!(op.kind, K::Call(_));
        let plain = Op { first: false, ..op };
        let first = if op.kind == K::Convert {
            let value = self.shaped(rest[0], op.from)?;
            let value = if op.from.is_vector() { self.b.element(value, self.index(0)) } else { value };
            self.converted(value, Shape::scalar(op.from.lane), Shape::scalar(op.to.lane))
        } else {
            let value = self.vector(plain, if unary { rest } else { args })?.ok_or_else(|| format!("no result of {}", op.word()))?;
            self.b.element(self.cast_to(value, self.shape(to)), self.index(0))
        };
        let value = self.b.with_element(base_value, first, self.index(0));
        self.plain(value, op.to)
    }

    /// An instruction that LLVM has a function for.
    fn call_instruction(&mut self, call: Call, op: Op, args: &[ValueId]) -> Step<Option<Value<'c>>> {
        let function = self.e.module.intrinsic(&format!("llvm.{}", call.name()), &[]);
        let ty = self.e.module.function_type(function);
        let params = ty.params();
        let mut values = Vec::with_capacity(params.len());
        for (&arg, &param) in args.iter().zip(&params) {
            let (value, have) = self.get(arg)?;
            values.push(self.adapted(value, have, param)?);
        }
        if params.len() == args.len() + 1 {
            values.push(params[args.len()].const_int(u64::from(op.imm)));
        }
        if params.len() != values.len() {
            return Err(format!("{} operands of {}", args.len(), call.name()));
        }
        let value = self.b.call(ty, function, &values, None);
        if op.to == Shape::nothing() {
            return Ok(None);
        }
        let want = self.e.ty(LTy::of(op.to));
        Ok(Some(if op.to.is_vector() { self.cast_to(value, want) } else { value }))
    }

    /// A value as a function of LLVM takes it.
    pub(super) fn adapted(&self, value: Value<'c>, have: LTy, want: Type<'c>) -> Step<Value<'c>> {
        let ty = value.ty();
        let is_int = |t: Type<'c>| [1, 8, 16, 32, 64].iter().any(|&w| t == self.e.context.int(w));
        Ok(if ty == want {
            value
        } else if want == self.e.types.ptr {
            match have {
                LTy::I64 => self.b.cast(Opcode::LLVMIntToPtr, value, want),
                _ => return Err(format!("{have:?} is no address")),
            }
        } else if is_int(ty) && is_int(want) {
            let op = if ty.int_width() > want.int_width() { Opcode::LLVMTrunc } else { Opcode::LLVMZExt };
            self.b.cast(op, value, want)
        } else {
            self.b.cast(Opcode::LLVMBitCast, value, want)
        })
    }
}
