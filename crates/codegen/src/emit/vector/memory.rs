//! Loads, stores and gathers of instruction sets: nothing is known about alignment.

use super::super::function::{FunctionEmitter, Step};
use crate::llvm::{Opcode, Type, Value};
use kiln_lir::{LTy, ValueId};
use kiln_simd::{Kind as K, Lane, Op, Shape};

impl<'c> FunctionEmitter<'_, '_, 'c> {
    /// An operation on memory and its result; `None`: the operation is something else.
    pub(super) fn vector_memory(&mut self, op: Op, args: &[ValueId]) -> Step<Option<Option<Value<'c>>>> {
        let value = match op.kind {
            K::Load => self.unaligned(self.e.ty(LTy::of(op.to)), args[0])?,
            K::LoadFirst | K::LoadSplat => {
                let one = self.unaligned(self.lane(op.to.lane), args[0])?;
                let all = if op.kind == K::LoadSplat {
                    self.splat(one, op.to)
                } else {
                    self.b.with_element(self.shape(op.to).null(), one, self.index(0))
                };
                self.plain(all, op.to)?
            }
            K::LoadHalf => {
                let half = self.words(self.unaligned(self.e.ty(LTy::V128), args[0])?);
                self.of_words(&[half.clone(), half].concat())
            }
            K::LoadLower | K::LoadUpper => {
                let word = self.unaligned(self.e.types.i64, args[1])?;
                let whole = self.typed(args[0], LTy::V128)?;
                self.b.with_element(whole, word, self.index(u32::from(op.kind == K::LoadUpper)))
            }
            K::LoadConvert => {
                let ty = self.lane(op.from.lane).vector(op.to.count());
                let narrow = self.unaligned(ty, args[0])?;
                let from = Shape { lane: op.from.lane, bytes: (op.to.count() * u32::from(op.from.lane.size())) as u8 };
                let wide = self.converted(narrow, from, op.to);
                self.plain(wide, op.to)?
            }
            K::Store | K::StoreFirst | K::StoreLower | K::StoreUpper => {
                self.vector_store(op, args)?;
                return Ok(Some(None));
            }
            K::Gather | K::GatherMask => self.gather(op, args)?,
            K::MulWide => self.mul_wide(op, args)?,
            K::Prefetch => {
                let (address, _) = self.address(args[0])?;
                let t = &self.e.types;
                let word = |n: u8| t.i32.const_int(u64::from(n));
                self.overloaded("llvm.prefetch", &[address.ty()], &[address, word(0), word(op.imm), word(1)]);
                return Ok(Some(None));
            }
            _ => return Ok(None),
        };
        Ok(Some(Some(value)))
    }

    fn unaligned(&self, ty: Type<'c>, address: ValueId) -> Step<Value<'c>> {
        let (address, _) = self.address(address)?;
        let load = self.b.load(ty, address);
        load.set_alignment(1);
        Ok(load)
    }

    fn vector_store(&self, op: Op, args: &[ValueId]) -> Step<()> {
        let value = match op.kind {
            K::Store => self.typed(args[1], LTy::of(op.from))?,
            K::StoreFirst => self.b.element(self.shaped(args[1], op.from)?, self.index(0)),
            _ => {
                let words = self.words(self.typed(args[1], LTy::of(op.from))?);
                let at = if op.kind == K::StoreLower { 0 } else { words.len() / 2 };
                *words.get(at).ok_or_else(|| format!("no half of {}", op.word()))?
            }
        };
        let (address, _) = self.address(args[0])?;
        self.b.store(value, address).set_alignment(1);
        Ok(())
    }

    /// Elements from everywhere, by LLVM's function for the shapes of indices and elements.
    fn gather(&self, op: Op, args: &[ValueId]) -> Step<Value<'c>> {
        let wide = op.to.bytes.max(op.from.bytes) == 32;
        let index = if op.from.lane.size() == 4 { "d" } else { "q" };
        let data = match (op.to.lane, op.to.lane.size()) {
            (Lane::F32, _) => "ps",
            (Lane::F64, _) => "pd",
            (_, 4) => "d",
            _ => "q",
        };
        let name = format!("llvm.x86.avx2.gather.{index}.{data}{}", if wide { ".256" } else { "" });
        let function = self.e.module.intrinsic(&name, &[]);
        let ty = self.e.module.function_type(function);
        let params = ty.params();
        let [source, _, indices, mask, scale] = params[..] else { return Err(format!("{name} has other parameters")) };
        let values = if op.kind == K::Gather {
            let ones = self.cast_to(self.constant(op.to, u64::MAX), mask);
            (source.null(), self.address(args[0])?.0, self.get(args[1])?.0, ones)
        } else {
            let mask_value = self.cast_to(self.get(args[3])?.0, mask);
            (self.cast_to(self.get(args[0])?.0, source), self.address(args[1])?.0, self.get(args[2])?.0, mask_value)
        };
        let scale = scale.const_int(u64::from(op.imm));
        let result = self.b.call(ty, function, &[values.0, values.1, self.cast_to(values.2, indices), values.3, scale], None);
        self.plain(result, op.to)
    }

    /// Both halves of a product.
    fn mul_wide(&self, op: Op, args: &[ValueId]) -> Step<Value<'c>> {
        let narrow = self.lane(op.from.lane);
        let width = op.from.lane.bits();
        let wide = self.e.context.int(width * 2);
        let operand = |id| Ok::<_, String>(self.b.cast(Opcode::LLVMZExt, self.shaped(id, op.from)?, wide));
        let product = self.b.bin(Opcode::LLVMMul, operand(args[0])?, operand(args[1])?);
        let (address, _) = self.address(args[2])?;
        self.b.store(self.b.cast(Opcode::LLVMTrunc, product, narrow), address).set_alignment(1);
        let high = self.b.bin(Opcode::LLVMLShr, product, wide.const_int(u64::from(width)));
        Ok(self.b.cast(Opcode::LLVMTrunc, high, narrow))
    }
}
