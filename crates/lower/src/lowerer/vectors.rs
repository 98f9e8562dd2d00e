//! Operations on vectors and of instruction sets (ADR 0013): on registers as they are, or a call where the code is not compiled for them.

use super::Lowerer;
use crate::LowerError;
use crate::cx::Val;
use kiln_abi::helpers::throw_kind;
use kiln_lir::{self as lir, LTy, ValueId};
use kiln_mir as mir;
use kiln_simd::{IsaSet, Op, Param};
use kiln_typesys::MethodDesc;

impl Lowerer<'_> {
    pub(super) fn vector(
        &mut self,
        r: Option<mir::ValueId>,
        op: Op,
        needs: IsaSet,
        method: Option<MethodDesc>,
        args: &[mir::ValueId],
    ) -> Result<(), LowerError> {
        if let Some(method) = method.filter(|_| !self.version.has(needs)) {
            return self.elsewhere(r, op, method, args);
        }
        let mut operands = Vec::with_capacity(args.len());
        for (index, &arg) in args.iter().enumerate() {
            operands.push(match op.param(index) {
                Param::Value(shape) => self.reg_as(arg, LTy::of(shape))?,
                Param::Address => self.address(arg)?,
                Param::Any => self.reg(arg)?,
            });
        }
        let inst = lir::Inst::Vector(op, operands);
        match LTy::of(op.to) {
            LTy::Void => {
                self.b.eff(inst);
                Ok(())
            }
            ty => {
                let v = self.b.op(inst, ty);
                self.set_reg(r, v)
            }
        }
    }

    /// An operation that this code is not compiled for: the method that it stands for has code that is. On a processor without it, that throws.
    fn elsewhere(&mut self, r: Option<mir::ValueId>, op: Op, method: MethodDesc, args: &[mir::ValueId]) -> Result<(), LowerError> {
        if self.ts.method_definition(self.method) == method {
            self.throw_kind(throw_kind::PLATFORM_NOT_SUPPORTED, "Operation is not supported on this platform.");
            return Ok(());
        }
        let mut vals: Vec<Val> = args.iter().map(|&a| self.val(a)).collect::<Result<_, _>>()?;
        // The immediate is a part of the operation and the method's last argument.
        if vals.len() + 1 == self.ts.method_sig(method)?.params.len() {
            vals.push(Val::Reg(self.b.iconst(LTy::I32, i64::from(op.imm))));
        }
        match self.call_direct(method, None, &vals, &[])? {
            Some(v) => self.set(r, v),
            None => Ok(()),
        }
    }

    pub(super) fn cpu_has(&mut self, r: Option<mir::ValueId>, needs: IsaSet) -> Result<(), LowerError> {
        let v = if self.version.has(needs) {
            self.b.iconst(LTy::I32, 1)
        } else {
            let has: ValueId = self.b.op(lir::Inst::CpuHas(needs), LTy::I1);
            self.b.coerce(has, LTy::I32)
        };
        self.set_reg(r, v)
    }
}
