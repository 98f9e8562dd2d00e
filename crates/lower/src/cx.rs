//! Services shared by method bodies and stubs: what is known of values and places, slots for scalars and structs.
//!
//! From `typesys` layouts and the builder to LIR instructions; contract §3 (convention) and §5 (references).

mod calls;
mod dispatch;
mod generics;
mod memory;
mod objects;

pub use generics::{GenericSource, Inlined, own_type};

use crate::abi::AbiSig;
use crate::builder::Builder;
use crate::types::{Kind, StructInfo};
use crate::{LowerError, LowerOptions};
use kiln_abi::object::METHOD_TABLE_OFFSET;
use kiln_lir::{CallTarget, Inst, LTy, SlotId, Sym, ValueId};
use kiln_mir as mir;
use kiln_support::{FxHashMap, FxHashSet, FxIndexSet};
use kiln_typesys::{TypeDesc, TypeSystem};
use std::rc::Rc;

/// Where a store goes: decides the write barrier.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// Stack, statics, native memory: no barrier.
    Plain,
    /// Inside a heap object.
    Heap,
    /// Either.
    Maybe,
}

/// A memory location.
#[derive(Clone, Copy, Debug)]
pub struct Loc {
    /// `Ref`, `Ptr` or `I64`.
    pub base: ValueId,
    /// Bytes after it.
    pub off: i32,
    /// What is there.
    pub place: Place,
}

impl Loc {
    /// The location `by` bytes further.
    #[must_use]
    pub fn at(self, by: u32) -> Loc {
        Loc { off: self.off + by as i32, ..self }
    }
}

/// A lowered value: a register, or a struct in a slot that nobody changes any more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Val {
    /// Scalar.
    Reg(ValueId),
    /// Struct.
    Slot(SlotId),
}

/// What is known at a point of a method.
#[derive(Clone, Default, Debug)]
pub struct Facts {
    /// References that are not null.
    pub nonnull: FxHashSet<ValueId>,
    /// Types whose class constructor has run, and the scope in whose terms those are that only run time determines.
    pub inited: FxHashSet<(mir::ScopeId, TypeDesc)>,
}

/// The function's parameters after binding.
#[derive(Clone, Default, Debug)]
pub struct Bound {
    /// Result pointer.
    pub sret: Option<ValueId>,
    /// `this`.
    pub this: Option<ValueId>,
    /// Generic context.
    pub hidden: Option<ValueId>,
    /// Per IL parameter, its scalars (or the pointer).
    pub args: Vec<Vec<ValueId>>,
}

/// State of building one LIR function.
pub struct Cx<'a> {
    /// Types.
    pub ts: &'a TypeSystem,
    /// Options.
    pub opts: &'a LowerOptions,
    /// The function.
    pub b: Builder,
    /// Facts at the current point.
    pub facts: Facts,
    /// Known places of byrefs.
    pub places: FxHashMap<ValueId, Place>,
    /// Byrefs made of raw pointers (stack, statics): access goes through the pointer, which optimises better.
    raw: FxHashMap<ValueId, ValueId>,
    /// Addresses of fields, and what they were made of.
    pub derived: FxHashMap<ValueId, ValueId>,
    /// Values that are the null constant.
    pub nulls: FxHashSet<ValueId>,
    /// Where generic lookups of the function's own code start.
    pub generic: GenericSource,
    /// Whose code is being lowered.
    pub scope: mir::ScopeId,
    /// The inlined calls.
    pub inlined: Vec<Inlined>,
    /// The owner of a shared method over its own runtime-determined arguments.
    pub own_type: Option<TypeDesc>,
    dict: Option<ValueId>,
    /// What a thunk brings for the dispatch of a stub, in the place of the symbol for it.
    pub brought: Option<ValueId>,
    /// The call that is lowered next may end the function: how that returns.
    pub tail: Option<(AbiSig, Option<ValueId>)>,
    infos: FxHashMap<TypeDesc, Rc<StructInfo>>,
}

impl<'a> Cx<'a> {
    /// A new function whose entry block (current) only gets lazily computed context values and must end in a jump.
    #[must_use]
    pub fn new(ts: &'a TypeSystem, opts: &'a LowerOptions) -> Self {
        Self {
            ts,
            opts,
            b: Builder::default(),
            facts: Facts::default(),
            places: FxHashMap::default(),
            raw: FxHashMap::default(),
            derived: FxHashMap::default(),
            nulls: FxHashSet::default(),
            generic: GenericSource::None,
            scope: mir::ScopeId::FUNCTION,
            inlined: Vec::new(),
            own_type: None,
            dict: None,
            brought: None,
            tail: None,
            infos: FxHashMap::default(),
        }
    }

    /// Layout facts of a struct type.
    pub fn info(&mut self, t: TypeDesc) -> Result<Rc<StructInfo>, LowerError> {
        let c = self.ts.canonical_type(t);
        if let Some(i) = self.infos.get(&c) {
            return Ok(i.clone());
        }
        let i = Rc::new(StructInfo::of(self.ts, c)?);
        self.infos.insert(c, i.clone());
        Ok(i)
    }

    /// A stack slot for a struct.
    pub fn struct_slot(&mut self, t: TypeDesc, name: &str) -> Result<SlotId, LowerError> {
        let i = self.info(t)?;
        Ok(self.b.slot(i.size, i.align, i.refs.clone(), None, name))
    }

    /// A stack slot for a scalar.
    pub fn scalar_slot(&mut self, k: Kind, name: &str) -> SlotId {
        let refs = if k == Kind::Ref { vec![0] } else { Vec::new() };
        self.b.slot(k.size(), k.align(), refs, Some(k.mem()), name)
    }

    /// Location of a slot.
    pub fn slot_loc(&mut self, s: SlotId) -> Loc {
        let base = self.b.slot_addr(s, 0);
        Loc { base, off: 0, place: Place::Plain }
    }

    /// Throws NullReferenceException when `v` is null, unless known.
    pub fn null_check(&mut self, v: ValueId) {
        if self.b.ty(v) != LTy::Ref && self.b.ty(v) != LTy::Ptr {
            return;
        }
        if self.facts.nonnull.contains(&v) {
            return;
        }
        let c = self.b.is_zero(v);
        self.b.throw_if(c, kiln_abi::helpers::Helper::RhpThrowNullReference);
        self.facts.nonnull.insert(v);
    }

    /// Before an access through a byref or a native pointer: throws NullReferenceException when it is null, in a protected region. Elsewhere the
    /// access itself does it: a fault ends the function as if its call had thrown (`kiln_rt::faults`).
    pub fn guard(&mut self, v: ValueId) {
        if self.b.unwind.is_some() {
            self.guard_always(v);
        }
    }

    /// The same anywhere: for an access that the optimiser might drop, as nobody uses what is read.
    pub fn guard_always(&mut self, v: ValueId) {
        // Of a field's address, the address it was made of.
        let mut base = v;
        while let Some(&of) = self.derived.get(&base) {
            base = of;
        }
        let known = self.facts.nonnull.contains(&base) || self.raw.contains_key(&base);
        if known || !matches!(self.b.ty(base), LTy::Ref | LTy::I64) {
            return;
        }
        let c = self.b.is_zero(base);
        self.b.throw_if(c, kiln_abi::helpers::Helper::RhpThrowNullReference);
        self.facts.nonnull.insert(base);
    }

    /// MethodTable of an object (not null).
    pub fn mt_of(&mut self, obj: ValueId) -> ValueId {
        self.b.load_inv(LTy::Ptr, obj, METHOD_TABLE_OFFSET as i32)
    }

    /// The finished function.
    #[must_use]
    pub fn finish(self, sym: Sym, ret: LTy) -> kiln_lir::Function {
        let name = crate::sym_name(self.ts, &sym);
        let mut f = self.b.finish(sym, name, ret);
        let mut seen: FxIndexSet<Sym> = FxIndexSet::default();
        for b in &f.blocks {
            for c in b.landing_pad.iter().flatten() {
                if let kiln_lir::Clause::Catch(s) | kiln_lir::Clause::Filter(s) = c {
                    seen.insert(s.clone());
                }
            }
            for (_, i) in &b.insts {
                match i {
                    Inst::SymAddr(s, _) | Inst::FrozenRef(s) => {
                        seen.insert(s.clone());
                    }
                    Inst::Call(call) => {
                        if let CallTarget::Direct(s) = &call.target {
                            seen.insert(s.clone());
                        }
                    }
                    _ => {}
                }
            }
        }
        f.sym_names = seen
            .into_iter()
            .map(|s| {
                let n = crate::sym_name(self.ts, &s);
                (s, n)
            })
            .collect();
        #[cfg(debug_assertions)]
        if let Err(violation) = kiln_lir::verify(&f) {
            panic!("{violation}\n{}", kiln_lir::print(&f));
        }
        f
    }
}
