//! The instruction builder.

use super::context::Context;
use super::debug::DebugNode;
use super::value::{BasicBlock, Type, Value};
use llvm_sys::core::*;
use llvm_sys::prelude::*;
use llvm_sys::{LLVMAtomicOrdering, LLVMAtomicRMWBinOp, LLVMIntPredicate, LLVMOpcode, LLVMRealPredicate};
use std::ffi::c_uint;

const NO_NAME: *const std::ffi::c_char = c"".as_ptr();

/// Appends instructions at a position.
pub(crate) struct Builder<'c> {
    raw: LLVMBuilderRef,
    context: &'c Context,
}

impl<'c> Builder<'c> {
    /// A builder without position.
    pub(crate) fn new(context: &'c Context) -> Self {
        // SAFETY: the context is alive and outlives the builder.
        Self { raw: unsafe { LLVMCreateBuilderInContext(context.raw()) }, context }
    }

    pub(super) fn raw(&self) -> LLVMBuilderRef {
        self.raw
    }

    /// Positions at the end of a block.
    pub(crate) fn at_end(&self, block: BasicBlock<'c>) {
        // SAFETY: the block belongs to the context.
        unsafe { LLVMPositionBuilderAtEnd(self.raw, block.raw()) }
    }

    /// Sets where the instructions to come are from.
    pub(crate) fn set_location(&self, location: DebugNode<'c>) {
        // SAFETY: the node is a location of this context.
        unsafe { LLVMSetCurrentDebugLocation2(self.raw, location.raw()) }
    }

    /// Positions before an instruction, with its location.
    pub(crate) fn before(&self, instruction: Value<'c>) {
        // SAFETY: instruction is in a block.
        unsafe { LLVMPositionBuilderBefore(self.raw, instruction.raw()) }
    }

    /// The block the builder is in.
    pub(crate) fn block(&self) -> BasicBlock<'c> {
        // SAFETY: the builder has a position.
        BasicBlock::from_raw(unsafe { LLVMGetInsertBlock(self.raw) })
    }

    fn wrap(&self, raw: LLVMValueRef) -> Value<'c> {
        Value::from_raw(raw)
    }

    /// Two-operand arithmetic.
    pub(crate) fn bin(&self, op: LLVMOpcode, a: Value<'c>, b: Value<'c>) -> Value<'c> {
        // SAFETY: operands have one type that fits the opcode (checked by emit).
        self.wrap(unsafe { LLVMBuildBinOp(self.raw, op, a.raw(), b.raw(), NO_NAME) })
    }

    /// A cast instruction.
    pub(crate) fn cast(&self, op: LLVMOpcode, value: Value<'c>, to: Type<'c>) -> Value<'c> {
        // SAFETY: the cast is valid for the types (checked by emit).
        self.wrap(unsafe { LLVMBuildCast(self.raw, op, value.raw(), to.raw(), NO_NAME) })
    }

    /// Float negation.
    pub(crate) fn fneg(&self, value: Value<'c>) -> Value<'c> {
        // SAFETY: value is a float.
        self.wrap(unsafe { LLVMBuildFNeg(self.raw, value.raw(), NO_NAME) })
    }

    /// Integer or pointer compare.
    pub(crate) fn icmp(&self, predicate: LLVMIntPredicate, a: Value<'c>, b: Value<'c>) -> Value<'c> {
        // SAFETY: operands have one integer or pointer type.
        self.wrap(unsafe { LLVMBuildICmp(self.raw, predicate, a.raw(), b.raw(), NO_NAME) })
    }

    /// Float compare.
    pub(crate) fn fcmp(&self, predicate: LLVMRealPredicate, a: Value<'c>, b: Value<'c>) -> Value<'c> {
        // SAFETY: operands have one float type.
        self.wrap(unsafe { LLVMBuildFCmp(self.raw, predicate, a.raw(), b.raw(), NO_NAME) })
    }

    /// `select`.
    pub(crate) fn select(&self, cond: Value<'c>, a: Value<'c>, b: Value<'c>) -> Value<'c> {
        // SAFETY: cond is i1, a and b have one type.
        self.wrap(unsafe { LLVMBuildSelect(self.raw, cond.raw(), a.raw(), b.raw(), NO_NAME) })
    }

    /// `base + index` bytes.
    pub(crate) fn byte_offset(&self, base: Value<'c>, index: Value<'c>, in_bounds: bool) -> Value<'c> {
        let i8_type = self.context.int(8);
        let mut indices = [index.raw()];
        // SAFETY: base is a pointer, index an i64.
        self.wrap(unsafe {
            if in_bounds {
                LLVMBuildInBoundsGEP2(self.raw, i8_type.raw(), base.raw(), indices.as_mut_ptr(), 1, NO_NAME)
            } else {
                LLVMBuildGEP2(self.raw, i8_type.raw(), base.raw(), indices.as_mut_ptr(), 1, NO_NAME)
            }
        })
    }

    /// `base + index * size` with an array element type as the scale.
    pub(crate) fn scaled_offset(&self, element: Type<'c>, base: Value<'c>, index: Value<'c>) -> Value<'c> {
        let mut indices = [index.raw()];
        // SAFETY: base is a pointer, index an i64, element sized.
        self.wrap(unsafe { LLVMBuildGEP2(self.raw, element.raw(), base.raw(), indices.as_mut_ptr(), 1, NO_NAME) })
    }

    /// A load.
    pub(crate) fn load(&self, ty: Type<'c>, address: Value<'c>) -> Value<'c> {
        // SAFETY: address is a pointer, ty a sized first-class type.
        self.wrap(unsafe { LLVMBuildLoad2(self.raw, ty.raw(), address.raw(), NO_NAME) })
    }

    /// A store.
    pub(crate) fn store(&self, value: Value<'c>, address: Value<'c>) -> Value<'c> {
        // SAFETY: address is a pointer.
        self.wrap(unsafe { LLVMBuildStore(self.raw, value.raw(), address.raw()) })
    }

    /// A fixed-size stack slot.
    pub(crate) fn alloca(&self, ty: Type<'c>, align: u32) -> Value<'c> {
        // SAFETY: ty is sized; align a power of two.
        let slot = self.wrap(unsafe { LLVMBuildAlloca(self.raw, ty.raw(), NO_NAME) });
        slot.set_alignment(align);
        slot
    }

    /// A stack allocation of dynamic size in bytes.
    pub(crate) fn dynamic_alloca(&self, size: Value<'c>, align: u32) -> Value<'c> {
        // SAFETY: size is an i64.
        let slot = self.wrap(unsafe { LLVMBuildArrayAlloca(self.raw, self.context.int(8).raw(), size.raw(), NO_NAME) });
        slot.set_alignment(align);
        slot
    }

    /// `memmove`.
    pub(crate) fn memmove(&self, dst: Value<'c>, src: Value<'c>, size: Value<'c>) -> Value<'c> {
        // SAFETY: dst and src are pointers, size an i64.
        self.wrap(unsafe { LLVMBuildMemMove(self.raw, dst.raw(), 1, src.raw(), 1, size.raw()) })
    }

    /// `memset`.
    pub(crate) fn memset(&self, dst: Value<'c>, byte: Value<'c>, size: Value<'c>, align: u32) -> Value<'c> {
        // SAFETY: dst is a pointer, byte an i8, size an i64.
        self.wrap(unsafe { LLVMBuildMemSet(self.raw, dst.raw(), byte.raw(), size.raw(), align) })
    }

    /// A call, with a `"deopt"` bundle when `deopt` is given.
    pub(crate) fn call(&self, ty: Type<'c>, callee: Value<'c>, args: &[Value<'c>], deopt: Option<&[Value<'c>]>) -> Value<'c> {
        let mut raw: Vec<LLVMValueRef> = args.iter().map(|v| v.raw()).collect();
        let bundle = Bundle::new(deopt);
        let mut bundles = bundle.list();
        // SAFETY: the argument types are those of ty (checked by emit); the bundle lives over the call.
        self.wrap(unsafe {
            LLVMBuildCallWithOperandBundles(
                self.raw,
                ty.raw(),
                callee.raw(),
                raw.as_mut_ptr(),
                raw.len() as c_uint,
                bundles.as_mut_ptr(),
                bundles.len() as c_uint,
                NO_NAME,
            )
        })
    }

    /// The same integer, but nobody can tell where it comes from: an empty inline assembly.
    pub(crate) fn opaque(&self, value: Value<'c>, ty: Type<'c>) -> Value<'c> {
        const CONSTRAINTS: &str = "=r,0";
        let mut raw = [value.raw()];
        // SAFETY: the type is the value's own; the texts are passed with their lengths.
        self.wrap(unsafe {
            let mut param = ty.raw();
            let signature = LLVMFunctionType(ty.raw(), &raw mut param, 1, 0);
            let asm = LLVMGetInlineAsm(
                signature,
                CONSTRAINTS.as_ptr().cast(),
                0,
                CONSTRAINTS.as_ptr().cast(),
                CONSTRAINTS.len(),
                0,
                0,
                llvm_sys::LLVMInlineAsmDialect::LLVMInlineAsmDialectATT,
                0,
            );
            LLVMBuildCall2(self.raw, signature, asm, raw.as_mut_ptr(), 1, NO_NAME)
        })
    }

    /// An invoke, with a `"deopt"` bundle when `deopt` is given.
    pub(crate) fn invoke(
        &self,
        ty: Type<'c>,
        callee: Value<'c>,
        args: &[Value<'c>],
        normal: BasicBlock<'c>,
        unwind: BasicBlock<'c>,
        deopt: Option<&[Value<'c>]>,
    ) -> Value<'c> {
        let mut raw: Vec<LLVMValueRef> = args.iter().map(|v| v.raw()).collect();
        let bundle = Bundle::new(deopt);
        let mut bundles = bundle.list();
        // SAFETY: the argument types are those of ty (checked by emit); the bundle lives over the call.
        self.wrap(unsafe {
            LLVMBuildInvokeWithOperandBundles(
                self.raw,
                ty.raw(),
                callee.raw(),
                raw.as_mut_ptr(),
                raw.len() as c_uint,
                normal.raw(),
                unwind.raw(),
                bundles.as_mut_ptr(),
                bundles.len() as c_uint,
                NO_NAME,
            )
        })
    }

    /// A landing pad of token type.
    pub(crate) fn landing_pad(&self, clauses: &[Value<'c>], cleanup: bool) {
        // SAFETY: the builder is at the start of a block reached by invokes only; clauses are constants.
        let pad = self.wrap(unsafe {
            LLVMBuildLandingPad(self.raw, self.context.token().raw(), std::ptr::null_mut(), clauses.len() as c_uint, NO_NAME)
        });
        for clause in clauses {
            pad.add_clause(*clause);
        }
        // SAFETY: pad is a landing pad.
        unsafe { LLVMSetCleanup(pad.raw(), i32::from(cleanup)) }
    }

    /// A phi without incoming values.
    pub(crate) fn phi(&self, ty: Type<'c>) -> Value<'c> {
        // SAFETY: the builder is in the phi part of a block.
        self.wrap(unsafe { LLVMBuildPhi(self.raw, ty.raw(), NO_NAME) })
    }

    /// A field of an aggregate value.
    pub(crate) fn extract(&self, aggregate: Value<'c>, index: u32) -> Value<'c> {
        // SAFETY: aggregate has more than `index` fields.
        self.wrap(unsafe { LLVMBuildExtractValue(self.raw, aggregate.raw(), index, NO_NAME) })
    }

    /// Atomic read-modify-write, sequentially consistent.
    pub(crate) fn atomic_rmw(&self, op: LLVMAtomicRMWBinOp, address: Value<'c>, value: Value<'c>) -> Value<'c> {
        // SAFETY: address is a pointer, value an integer.
        self.wrap(unsafe {
            LLVMBuildAtomicRMW(self.raw, op, address.raw(), value.raw(), LLVMAtomicOrdering::LLVMAtomicOrderingSequentiallyConsistent, 0)
        })
    }

    /// Atomic compare-exchange, sequentially consistent: `{old, i1}`.
    pub(crate) fn atomic_cas(&self, address: Value<'c>, expected: Value<'c>, new: Value<'c>) -> Value<'c> {
        let order = LLVMAtomicOrdering::LLVMAtomicOrderingSequentiallyConsistent;
        // SAFETY: address is a pointer, expected and new have one integer type.
        self.wrap(unsafe { LLVMBuildAtomicCmpXchg(self.raw, address.raw(), expected.raw(), new.raw(), order, order, 0) })
    }

    /// Sequentially consistent fence.
    pub(crate) fn fence(&self) -> Value<'c> {
        // SAFETY: the builder has a position.
        self.wrap(unsafe { LLVMBuildFence(self.raw, LLVMAtomicOrdering::LLVMAtomicOrderingSequentiallyConsistent, 0, NO_NAME) })
    }

    /// Unconditional branch.
    pub(crate) fn br(&self, to: BasicBlock<'c>) -> Value<'c> {
        // SAFETY: the block has no terminator yet.
        self.wrap(unsafe { LLVMBuildBr(self.raw, to.raw()) })
    }

    /// Conditional branch.
    pub(crate) fn cond_br(&self, cond: Value<'c>, then_to: BasicBlock<'c>, else_to: BasicBlock<'c>) -> Value<'c> {
        // SAFETY: cond is i1; the block has no terminator yet.
        self.wrap(unsafe { LLVMBuildCondBr(self.raw, cond.raw(), then_to.raw(), else_to.raw()) })
    }

    /// `switch` without cases.
    pub(crate) fn switch(&self, value: Value<'c>, default: BasicBlock<'c>, cases: usize) -> Value<'c> {
        // SAFETY: value is an integer; the block has no terminator yet.
        self.wrap(unsafe { LLVMBuildSwitch(self.raw, value.raw(), default.raw(), cases as c_uint) })
    }

    /// `ret` of a value or nothing.
    pub(crate) fn ret(&self, value: Option<Value<'c>>) -> Value<'c> {
        // SAFETY: the value has the function's return type (checked by emit).
        self.wrap(unsafe {
            match value {
                Some(value) => LLVMBuildRet(self.raw, value.raw()),
                None => LLVMBuildRetVoid(self.raw),
            }
        })
    }

    /// `unreachable`.
    pub(crate) fn unreachable(&self) -> Value<'c> {
        // SAFETY: the block has no terminator yet.
        self.wrap(unsafe { LLVMBuildUnreachable(self.raw) })
    }
}

impl Drop for Builder<'_> {
    fn drop(&mut self) {
        // SAFETY: owned here.
        unsafe { LLVMDisposeBuilder(self.raw) }
    }
}

/// A `"deopt"` operand bundle for the time of one call construction.
struct Bundle(Option<LLVMOperandBundleRef>);

impl Bundle {
    fn new(deopt: Option<&[Value<'_>]>) -> Self {
        Self(deopt.map(|values| {
            let mut raw: Vec<LLVMValueRef> = values.iter().map(|v| v.raw()).collect();
            // SAFETY: the tag is passed with its length; LLVM copies the values.
            unsafe { LLVMCreateOperandBundle(c"deopt".as_ptr(), 5, raw.as_mut_ptr(), raw.len() as c_uint) }
        }))
    }

    fn list(&self) -> Vec<LLVMOperandBundleRef> {
        self.0.iter().copied().collect()
    }
}

impl Drop for Bundle {
    fn drop(&mut self) {
        if let Some(bundle) = self.0 {
            // SAFETY: owned here; the call has copied it.
            unsafe { LLVMDisposeOperandBundle(bundle) }
        }
    }
}
