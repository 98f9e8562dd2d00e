//! Calls (contract §3, §8): plain calls and invokes, leaf marks, attributes of well-known helpers.

use super::function::{FunctionEmitter, Step};
use super::homes;
use crate::gc::SitePlace;
use crate::llvm::{Type, Value};
use kiln_abi::helpers::Helper;
use kiln_lir::{Call, CallTarget, Inst, LTy, ScopeId, Sym, ValueId};

/// What `rewrite-statepoints-for-gc` takes for the id of a call's statepoint.
const PLACE_ATTRIBUTE: &str = "statepoint-id";

impl<'e, 'c> FunctionEmitter<'e, '_, 'c> {
    /// Emits a call; with `unwind` as an invoke that continues in a new block.
    pub(super) fn call(&mut self, results: &[ValueId], inst: &'e Call) -> Step<()> {
        let Call { target, params, ret, args, flags, unwind } = inst;
        if params.len() != args.len() {
            return Err(format!("{} parameters, {} arguments", params.len(), args.len()));
        }
        let more = || flags.more.into_iter().flatten();
        let (values, signature) = self.passed(inst)?;
        let callee = match target {
            CallTarget::Direct(sym) => self.symbol(sym, Some(signature))?,
            CallTarget::Indirect(value) => self.typed(*value, LTy::Ptr)?,
        };
        let call = match unwind {
            Some(pad) if !flags.leaf => {
                if self.f.blocks.get(pad.index()).is_none_or(|b| b.landing_pad.is_none()) {
                    return Err(format!("unwinds to {pad}, which is not a landing pad"));
                }
                if self.frame.is_some() {
                    // Quick instruction selection leaves the block of an invoke to the other one.
                    let alone = self.e.module.append_block(self.llvm, "");
                    self.b.br(alone);
                    self.b.at_end(alone);
                }
                let next = self.e.module.append_block(self.llvm, "");
                let call = self.b.invoke(signature, callee, &values, next, self.target(*pad)?, None);
                self.b.at_end(next);
                call
            }
            _ => self.b.call(signature, callee, &values, None),
        };
        if homes::is_gc_point(inst) {
            self.forget();
        }
        let a = &self.e.attributes;
        if flags.sret {
            call.add_call_attribute(1, a.sret);
        }
        const SITE: u32 = u32::MAX;
        if flags.leaf {
            self.e.mark_leaf(call);
            if flags.readonly {
                call.add_call_attribute(SITE, a.read_only);
                call.add_call_attribute(SITE, a.willreturn);
            }
        } else if let CallTarget::Direct(Sym::Native(..)) = target {
            // LLVM takes functions with the names of C library functions for leaves; a native call is a GC point.
            call.add_call_attribute(SITE, a.nobuiltin);
        }
        if !flags.leaf && !flags.tail {
            self.tell_place(call, flags.scope);
        }
        if flags.tail {
            // No statepoint: there is no frame any more when the callee runs. The prototypes are the same (jump.rs), so the jump is certain.
            call.set_must_tail();
            call.add_call_attribute(SITE, a.leaf);
        }
        if self.recurses(inst) {
            call.set_no_tail();
        }
        if flags.noreturn {
            call.add_call_attribute(SITE, a.noreturn);
            call.add_call_attribute(SITE, a.cold);
        }
        if let CallTarget::Direct(Sym::Helper(helper)) = target
            && matches!(helper, Helper::RhpNewObject | Helper::RhpNewArray | Helper::RhpNewMdArray)
        {
            call.add_call_attribute(0, a.noalias);
            call.add_call_attribute(0, a.nonnull);
        }
        match results {
            [] => Ok(()),
            [result] if *ret != LTy::Void => self.define(*result, *ret, call),
            several if several.len() == 1 + more().count() => {
                for ((index, result), ty) in (0..).zip(several).zip(std::iter::once(*ret).chain(more())) {
                    let part = self.b.extract(call, index);
                    self.define(*result, ty, part)?;
                }
                Ok(())
            }
            _ => Err("results do not fit the call".to_owned()),
        }
    }

    /// Whether the function calls itself with something left to do. LLVM would make a loop of sums and products over such calls; .NET's recursion
    /// uses the stack, and is told when there is no more of it.
    fn recurses(&self, inst: &Call) -> bool {
        let is_itself = matches!(&inst.target, CallTarget::Direct(sym) if *sym == self.f.sym);
        let mut ends = self.f.blocks.iter().filter_map(|b| b.insts.last());
        is_itself && !inst.flags.tail && !ends.any(|(_, end)| matches!(end, Inst::Call(last) if std::ptr::eq(&raw const **last, inst)))
    }

    /// Gives the statepoint that the call becomes an id that says where it is. Calls with different ids are never merged.
    fn tell_place(&self, call: Value<'_>, scope: ScopeId) {
        let at = self.line.filter(|mark| mark.scope == scope).map(|mark| mark.place).unwrap_or_default();
        let place = SitePlace { scope: scope.0, document: at.document, line: at.line };
        let Some(id) = place.id() else { return };
        call.add_call_attribute(u32::MAX, self.e.context.string_attribute(PLACE_ATTRIBUTE, &id.to_string()));
    }

    /// The arguments of a call, and its prototype.
    fn passed(&mut self, call: &Call) -> Step<(Vec<Value<'c>>, Type<'c>)> {
        let Call { params, ret, args, flags, .. } = call;
        if flags.tail
            && let Some(all) = self.registers.clone()
        {
            return Ok((self.in_registers(&all, args, params)?, self.e.signature(all.into_iter(), *ret)));
        }
        let values = args.iter().zip(params).map(|(a, t)| self.typed(*a, *t)).collect::<Step<Vec<_>>>()?;
        let mut more = flags.more.into_iter().flatten().peekable();
        let signature = match more.peek() {
            Some(_) => self.e.structure_signature(params.iter().copied(), std::iter::once(*ret).chain(more)),
            None => self.e.signature(params.iter().copied(), *ret),
        };
        Ok((values, signature))
    }
}
