//! Allocation, boxing, class constructor checks (contract §4).

use super::{Cx, Loc, Place, Val};
use crate::LowerError;
use crate::types::{Rep, rep};
use core::mem::offset_of;
use kiln_abi::helpers::Helper as h;
use kiln_abi::object::BOX_DATA_OFFSET;
use kiln_abi::statics::{STATICS_READY, StaticsHeader};
use kiln_lir::{IntCond, LTy, MemFlags, ValueId};
use kiln_typesys::TypeDesc;

impl Cx<'_> {
    /// Allocates a zeroed object of a type.
    pub fn alloc(&mut self, t: TypeDesc) -> Result<ValueId, LowerError> {
        let mt = self.mt(t, true)?;
        if self.ts.finalizer(self.ts.canonical_type(t)).is_some() {
            let o = self.b.helper1(h::RhpNewFinalizable, &[mt]);
            self.facts.nonnull.insert(o);
            return Ok(o);
        }
        Ok(self.alloc_mt(mt))
    }

    /// Allocates a zeroed fixed-size object: the one place where an inline fast path belongs.
    pub fn alloc_mt(&mut self, mt: ValueId) -> ValueId {
        let o = self.b.helper1(h::RhpNewObject, &[mt]);
        self.facts.nonnull.insert(o);
        o
    }

    /// Boxes a value (or returns the reference when `t` is a reference type).
    pub fn box_value(&mut self, t: TypeDesc, v: Val) -> Result<ValueId, LowerError> {
        match (rep(self.ts, t)?, v) {
            (_, Val::Reg(v)) if !self.ts.is_value_type(self.ts.canonical_type(t)) => Ok(v),
            (Rep::Scalar(k), Val::Reg(v)) => {
                let o = self.alloc(t)?;
                self.store_kind(k, Loc { base: o, off: BOX_DATA_OFFSET as i32, place: Place::Plain }, v, MemFlags::default());
                Ok(o)
            }
            (_, Val::Slot(s)) => {
                let src = self.slot_loc(s);
                self.box_loc(t, src)
            }
            _ => Err(LowerError::Unsupported(format!("box of {}", self.ts.type_name(t)))),
        }
    }

    /// Boxes the struct at a location.
    pub fn box_loc(&mut self, t: TypeDesc, src: Loc) -> Result<ValueId, LowerError> {
        if self.ts.is_nullable(self.ts.canonical_type(t)) {
            let mt = self.mt(t, true)?;
            let a = self.addr_ref(src);
            return Ok(self.b.helper1(h::RhpBox, &[mt, a]));
        }
        match rep(self.ts, t)? {
            Rep::Scalar(k) => {
                let v = self.load_kind(k, src, MemFlags::default());
                self.box_value(t, Val::Reg(v))
            }
            _ => {
                let o = self.alloc(t)?;
                self.copy_struct(t, Loc { base: o, off: BOX_DATA_OFFSET as i32, place: Place::Heap }, src, MemFlags::default())?;
                Ok(o)
            }
        }
    }

    /// Runs the class constructor of `t` when it has one that has not run; returns nothing when the type has none.
    pub fn ensure_init(&mut self, t: TypeDesc, skip: bool) -> Result<(), LowerError> {
        let scope = if self.ts.is_runtime_determined(t) { self.scope } else { kiln_mir::ScopeId::FUNCTION };
        if skip || self.facts.inited.contains(&(scope, t)) || self.ts.has_cctor(self.ts.canonical_type(t)).is_none() {
            return Ok(());
        }
        let block = self.statics(t)?;
        // Field reads must not move before the check.
        let acquire = MemFlags { volatile: true, once: true, ..MemFlags::default() };
        let state = self.b.load(LTy::I32, block, offset_of!(StaticsHeader, state) as i32, acquire);
        let ready = self.b.iconst(LTy::I32, i64::from(STATICS_READY));
        let c = self.b.icmp(IntCond::Eq, state, ready);
        let (slow, next) = (self.b.cold_block(), self.b.block());
        self.b.branch(c, next, slow, Some(true));
        self.b.switch_to(slow);
        self.b.helper(h::RhpRunClassConstructor, &[block]);
        self.b.jump(next, Vec::new());
        self.b.switch_to(next);
        self.facts.inited.insert((scope, t));
        Ok(())
    }
}
