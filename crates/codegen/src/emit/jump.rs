//! Tail calls between functions of different parameters (contract §3): LLVM guarantees a jump (`musttail`) between equal prototypes only. What
//! both have in registers stays there whatever else the prototype says, so a function that ends like this has one that fills all argument
//! registers: its own parameters as whole registers, then what nobody passes. The callee finds its arguments in the registers where it
//! expects them; so do callers, who know nothing of this.

use super::Emitter;
use super::function::{FunctionEmitter, Step};
use crate::llvm::{Opcode, Type, Value};
use kiln_lir::{Function, Inst, LTy, ValueId};

/// Whether a function ends in a call whose parameters are not its own.
fn jumps(f: &Function) -> bool {
    let own = || f.params.iter().map(|p| p.1);
    let calls = f.blocks.iter().flat_map(|b| &b.insts);
    calls
        .filter_map(|(_, i)| match i {
            Inst::Call(call) if call.flags.tail => Some(&call.params),
            _ => None,
        })
        .any(|params| !own().eq(params.iter().copied()))
}

/// A whole register: references stay such, so that they are told to the collector.
fn register(ty: LTy) -> LTy {
    match ty {
        LTy::Ref => LTy::Ref,
        t if t.is_float_register() => LTy::V128,
        _ => LTy::I64,
    }
}

/// The registers of a function that jumps, its own first; nothing for another.
pub(super) fn registers(f: &Function, (integers, floats): (u8, u8)) -> Option<Vec<LTy>> {
    if !jumps(f) {
        return None;
    }
    let mut all: Vec<LTy> = f.params.iter().map(|p| register(p.1)).collect();
    let (i, n) = LTy::register_kinds(all.iter().copied());
    all.extend(std::iter::repeat_n(LTy::I64, usize::from(integers).saturating_sub(i)));
    all.extend(std::iter::repeat_n(LTy::V128, usize::from(floats).saturating_sub(n)));
    Some(all)
}

impl<'c> Emitter<'_, 'c> {
    /// The prototype by which a function is defined.
    pub(super) fn prototype(&self, f: &Function) -> Type<'c> {
        match registers(f, self.opts.target.argument_registers) {
            Some(all) => self.signature(all.into_iter(), f.ret),
            None => self.signature(f.params.iter().map(|p| p.1), f.ret),
        }
    }
}

impl<'c> FunctionEmitter<'_, '_, 'c> {
    /// The value of a parameter.
    pub(super) fn parameter(&mut self, index: u32, ty: LTy) -> Value<'c> {
        let value = self.llvm.param(index);
        if self.registers.is_none() { value } else { self.of_register(value, ty) }
    }

    fn of_register(&mut self, value: Value<'c>, ty: LTy) -> Value<'c> {
        let t = &self.e.types;
        let first = || self.b.element(value, t.i32.null());
        match ty {
            LTy::I32 => self.b.cast(Opcode::LLVMTrunc, value, t.i32),
            LTy::Ptr => self.b.cast(Opcode::LLVMIntToPtr, value, t.ptr),
            LTy::F64 => self.b.cast(Opcode::LLVMBitCast, first(), t.f64),
            LTy::F32 => {
                let word = self.b.cast(Opcode::LLVMTrunc, first(), t.i32);
                self.b.cast(Opcode::LLVMBitCast, word, t.f32)
            }
            _ => value,
        }
    }

    fn as_register(&mut self, value: Value<'c>, ty: LTy, want: LTy) -> Value<'c> {
        let t = &self.e.types;
        let lane = |word| self.b.with_element(self.e.ty(LTy::V128).poison(), word, t.i32.null());
        match (ty, want) {
            (LTy::F64, _) => lane(self.b.cast(Opcode::LLVMBitCast, value, t.i64)),
            (LTy::F32, _) => {
                let word = self.b.cast(Opcode::LLVMBitCast, value, t.i32);
                lane(self.b.cast(Opcode::LLVMZExt, word, t.i64))
            }
            (LTy::Ref, LTy::I64) => self.through_memory(value, LTy::I64),
            (LTy::Ref | LTy::V128, _) => value,
            (_, want) => {
                let word = match ty {
                    LTy::I32 => self.b.cast(Opcode::LLVMZExt, value, t.i64),
                    LTy::Ptr => self.b.cast(Opcode::LLVMPtrToInt, value, t.i64),
                    _ => value,
                };
                if want == LTy::Ref { self.through_memory(word, LTy::Ref) } else { word }
            }
        }
    }

    /// As another type, here and nowhere else: a number is no reference of the function, nor a reference a number.
    fn through_memory(&mut self, value: Value<'c>, want: LTy) -> Value<'c> {
        let word = self.scratch_word();
        let store = self.b.store(value, word);
        store.set_alignment(8);
        store.set_volatile();
        let load = self.b.load(self.e.ty(want), word);
        load.set_alignment(8);
        load.set_volatile();
        load
    }

    /// The arguments of a call that the function ends with, each in its register.
    pub(super) fn in_registers(&mut self, all: &[LTy], args: &[ValueId], params: &[LTy]) -> Step<Vec<Value<'c>>> {
        let mut integers = Vec::new();
        let mut floats = Vec::new();
        for (&a, &t) in args.iter().zip(params) {
            let list = if t.is_float_register() { &mut floats } else { &mut integers };
            list.push((self.typed(a, t)?, t));
        }
        let (mut integers, mut floats) = (integers.into_iter(), floats.into_iter());
        let mut out = Vec::with_capacity(all.len());
        for &want in all {
            let next = if want.is_float_register() { floats.next() } else { integers.next() };
            out.push(match next {
                Some((value, ty)) => self.as_register(value, ty, want),
                None => self.e.ty(want).poison(),
            });
        }
        match (integers.next(), floats.next()) {
            (None, None) => Ok(out),
            _ => Err("a tail call with more arguments than there are registers".to_owned()),
        }
    }
}
