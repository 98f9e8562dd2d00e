//! Generic context and dictionary lookups (contract §2, §6).

use super::Cx;
use crate::LowerError;
use crate::abi::hidden_of;
use core::mem::offset_of;
use kiln_abi::dispatch::MethodDictionary;
use kiln_abi::method_table::vtable_slot_offset;
use kiln_lir::{Dep, Inst, LTy, Lookup, LookupCtx, Sym, ValueId};
use kiln_mir::ScopeId;
use kiln_typesys::{HiddenParam, MethodDesc, TypeDesc, TypeSystem};

/// The owner of a shared method over its own runtime-determined arguments; of others nothing is determined at run time.
pub fn own_type(ts: &TypeSystem, method: MethodDesc) -> Option<TypeDesc> {
    if !ts.is_shared_method(method) {
        return None;
    }
    let owner = ts.canonical_type(ts.method_owner(method));
    let args = ts.shared_context(method).type_args;
    Some(if args.is_empty() { owner } else { ts.instantiate(owner, &args) })
}

/// Where the dictionary of the function comes from.
#[derive(Clone, Copy, Debug)]
pub enum GenericSource {
    /// Not shared code.
    None,
    /// From the MethodTable of `this`.
    This(ValueId, TypeDesc),
    /// Hidden MethodTable parameter.
    Table(ValueId, TypeDesc),
    /// Hidden method dictionary parameter.
    Method(ValueId, MethodDesc),
    /// The dictionary itself, handed to an outlined filter.
    Dictionary(ValueId, LookupCtx),
}

/// An inlined call, as the source of a generic context.
#[derive(Clone, Copy, Debug)]
pub struct Inlined {
    /// What was called, in terms of `parent`.
    pub callee: MethodDesc,
    /// The scope that the call is in.
    pub parent: ScopeId,
    /// `this`, once it has a value.
    pub this: Option<ValueId>,
}

impl Cx<'_> {
    /// Where generic lookups start in the current scope. In an inlined call that is what the call would have handed over, found anew by
    /// each lookup: the loads are invariant.
    fn source(&mut self) -> Result<GenericSource, LowerError> {
        let Some(inlined) = self.inlined_call() else { return Ok(self.generic) };
        let method = self.ts.canonical_method(inlined.callee);
        if !self.ts.is_shared_method(method) {
            return Ok(GenericSource::None);
        }
        let owner = self.ts.canonical_type(self.ts.method_owner(method));
        let inside = std::mem::replace(&mut self.scope, inlined.parent);
        let hidden = self.hidden_arg(inlined.callee);
        self.scope = inside;
        Ok(match (hidden_of(self.ts, method), hidden?, inlined.this) {
            (HiddenParam::MethodTable, Some(h), _) => GenericSource::Table(h, owner),
            (HiddenParam::MethodDictionary, Some(h), _) => GenericSource::Method(h, method),
            (_, _, Some(this)) => GenericSource::This(this, owner),
            _ => GenericSource::None,
        })
    }

    /// The inlined call that the current scope is.
    fn inlined_call(&self) -> Option<Inlined> {
        self.inlined.get(self.scope.index().checked_sub(1)?).copied()
    }

    /// The owner of the current scope's method over its own runtime-determined arguments.
    fn own_type(&self) -> Option<TypeDesc> {
        match self.inlined_call() {
            Some(inlined) => own_type(self.ts, self.ts.canonical_method(inlined.callee)),
            None => self.own_type,
        }
    }

    /// Context of lookups.
    fn lookup_ctx(source: GenericSource) -> Option<LookupCtx> {
        match source {
            GenericSource::None => None,
            GenericSource::This(_, t) | GenericSource::Table(_, t) => Some(LookupCtx::Type(t)),
            GenericSource::Method(_, m) => Some(LookupCtx::Method(m)),
            GenericSource::Dictionary(_, c) => Some(c),
        }
    }

    /// The dictionary pointer; that of the function's own code is computed once in the entry block. `None` outside of shared code.
    pub fn dictionary(&mut self) -> Result<Option<ValueId>, LowerError> {
        let source = self.source()?;
        self.dictionary_from(source)
    }

    fn dictionary_from(&mut self, source: GenericSource) -> Result<Option<ValueId>, LowerError> {
        if self.scope != ScopeId::FUNCTION {
            return self.read_dictionary(source);
        }
        if let Some(d) = self.dict {
            return Ok(Some(d));
        }
        let save = (self.b.current(), self.b.origin.take());
        self.b.switch_to(kiln_lir::BlockId(0));
        let d = self.read_dictionary(source)?;
        self.b.switch_to(save.0);
        self.b.origin = save.1;
        self.dict = d;
        Ok(d)
    }

    fn read_dictionary(&mut self, source: GenericSource) -> Result<Option<ValueId>, LowerError> {
        Ok(match source {
            GenericSource::None => None,
            GenericSource::Method(d, _) | GenericSource::Dictionary(d, _) => Some(d),
            GenericSource::This(this, t) => {
                let mt = self.mt_of(this);
                Some(self.dictionary_of(mt, t)?)
            }
            GenericSource::Table(mt, t) => Some(self.dictionary_of(mt, t)?),
        })
    }

    fn dictionary_of(&mut self, mt: ValueId, t: TypeDesc) -> Result<ValueId, LowerError> {
        let slot = self
            .ts
            .dictionary_slot(t)
            .ok_or_else(|| LowerError::Unsupported(format!("{} has no dictionary slot", self.ts.type_name(t))))?;
        Ok(self.b.load_inv(LTy::Ptr, mt, vtable_slot_offset(slot) as i32))
    }

    /// Reads a dictionary slot: `Ptr`.
    pub fn lookup(&mut self, l: Lookup) -> Result<ValueId, LowerError> {
        let source = self.source()?;
        let (Some(ctx), Some(d)) = (Self::lookup_ctx(source), self.dictionary_from(source)?) else {
            return Err(LowerError::Unsupported("generic lookup outside of shared code".to_owned()));
        };
        self.b.deps.insert(Dep::Lookup(ctx, l));
        let off = self.b.sym(Sym::DictSlotOffset(ctx, l));
        let off = self.b.load_inv(LTy::I32, off, 0);
        let off = self.b.coerce(off, LTy::I64);
        let slot = self.b.op(Inst::Addr { base: d, index: Some(off), scale: 1, offset: 0 }, LTy::Ptr);
        Ok(self.b.load_inv(LTy::Ptr, slot, 0))
    }

    /// MethodTable of a type.
    pub fn mt(&mut self, t: TypeDesc, constructed: bool) -> Result<ValueId, LowerError> {
        if self.ts.is_runtime_determined(t) {
            if self.own_type() == Some(t) {
                match self.source()? {
                    GenericSource::Table(mt, _) => return Ok(mt),
                    GenericSource::Method(d, _) => return Ok(self.b.load_inv(LTy::Ptr, d, offset_of!(MethodDictionary, owner) as i32)),
                    _ => {}
                }
            }
            return self.lookup(if constructed { Lookup::TypeHandle(t) } else { Lookup::NecessaryTypeHandle(t) });
        }
        Ok(self.b.sym(if constructed { Sym::ConstructedType(t) } else { Sym::NecessaryType(t) }))
    }

    /// Statics block of a type.
    pub fn statics(&mut self, t: TypeDesc) -> Result<ValueId, LowerError> {
        if self.ts.is_runtime_determined(t) { self.lookup(Lookup::Statics(t)) } else { Ok(self.b.sym(Sym::Statics(t))) }
    }

    /// Thread-statics descriptor of a type.
    pub fn thread_statics(&mut self, t: TypeDesc) -> Result<ValueId, LowerError> {
        if self.ts.is_runtime_determined(t) { self.lookup(Lookup::ThreadStatics(t)) } else { Ok(self.b.sym(Sym::ThreadStatics(t))) }
    }

    /// Dispatch cell of an interface method.
    pub fn cell(&mut self, m: MethodDesc) -> Result<ValueId, LowerError> {
        if self.ts.is_runtime_determined_method(m) { self.lookup(Lookup::DispatchCell(m)) } else { Ok(self.b.sym(Sym::DispatchCell(m))) }
    }

    /// Identity of a generic virtual method.
    pub fn gvm_handle(&mut self, m: MethodDesc) -> Result<ValueId, LowerError> {
        if self.ts.is_runtime_determined_method(m) { self.lookup(Lookup::GvmHandle(m)) } else { Ok(self.b.sym(Sym::GvmHandle(m))) }
    }

    /// Plain-signature entry address of a method.
    pub fn entry(&mut self, m: MethodDesc) -> Result<ValueId, LowerError> {
        if self.ts.is_runtime_determined_method(m) && hidden_of(self.ts, m) != HiddenParam::None {
            return self.lookup(Lookup::MethodEntry(m));
        }
        let s = crate::method_entry(self.ts, m);
        Ok(self.b.sym(s))
    }

    /// Entry that takes the boxed value as `this`.
    pub fn unboxing_entry(&mut self, m: MethodDesc) -> Result<ValueId, LowerError> {
        if self.ts.is_runtime_determined_method(m) && hidden_of(self.ts, m) == HiddenParam::MethodDictionary {
            return self.lookup(Lookup::UnboxingEntry(m));
        }
        let s = crate::names::unboxing_entry(self.ts, m);
        Ok(self.b.sym(s))
    }

    /// Hidden argument for a direct call of `m`'s code, if it takes one.
    pub fn hidden_arg(&mut self, m: MethodDesc) -> Result<Option<ValueId>, LowerError> {
        Ok(match hidden_of(self.ts, m) {
            HiddenParam::None => None,
            HiddenParam::MethodTable => {
                let owner = self.ts.method_owner(m);
                Some(self.mt(owner, true)?)
            }
            HiddenParam::MethodDictionary => Some(if self.ts.is_runtime_determined_method(m) {
                self.lookup(Lookup::MethodDictionary(m))?
            } else {
                self.b.sym(Sym::MethodDictionary(m))
            }),
        })
    }
}
