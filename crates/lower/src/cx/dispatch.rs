//! Virtual, interface and generic virtual dispatch (contract §7).

use super::Cx;
use crate::LowerError;
use core::mem::offset_of;
use kiln_abi::dispatch::{DispatchCell, DispatchEntry};
use kiln_abi::helpers::Helper as h;
use kiln_abi::method_table::vtable_slot_offset;
use kiln_lir::{Dep, Inst, IntCond, LTy, MemFlags, ValueId};
use kiln_typesys::MethodDesc;

impl Cx<'_> {
    /// Code that a virtual call of `m` on `o` reaches (plain signature): `Ptr`.
    pub fn virtual_target(&mut self, m: MethodDesc, o: ValueId) -> Result<ValueId, LowerError> {
        let ts = self.ts;
        self.null_check(o);
        if !ts.is_virtual(m) {
            return self.entry(m);
        }
        let c = ts.canonical_method(m);
        let owner = ts.method_owner(m);
        if !ts.method_args(m).is_empty() {
            let handle = match self.brought {
                Some(handle) => handle,
                None => self.gvm_handle(m)?,
            };
            self.b.deps.insert(Dep::GenericVirtualUse(c));
            return Ok(self.b.helper1(h::RhpResolveGenericVirtual, &[o, handle]));
        }
        self.b.deps.insert(Dep::VirtualUse(c));
        if !ts.is_interface(owner) {
            let slot = ts.vtable_slot(m)?;
            let mt = self.mt_of(o);
            return Ok(self.b.load_inv(LTy::Ptr, mt, vtable_slot_offset(slot) as i32));
        }
        let cell = match self.brought {
            Some(cell) => cell,
            None => self.cell(m)?,
        };
        let e = self.b.load(LTy::Ptr, cell, offset_of!(DispatchCell, entry) as i32, MemFlags::default());
        let emt = self.b.load(LTy::Ptr, e, offset_of!(DispatchEntry, method_table) as i32, MemFlags::default());
        let omt = self.mt_of(o);
        let same = self.b.icmp(IntCond::Eq, emt, omt);
        let (fast, slow, next) = (self.b.block(), self.b.block(), self.b.block());
        let target = self.b.block_param(next, LTy::Ptr);
        self.b.branch(same, fast, slow, Some(true));
        self.b.switch_to(fast);
        let t = self.b.load(LTy::Ptr, e, offset_of!(DispatchEntry, target) as i32, MemFlags::default());
        self.b.jump(next, vec![t]);
        self.b.switch_to(slow);
        // Many receivers: one vtable slot holds the target on all of them.
        let offset = self.b.load(LTy::I64, cell, offset_of!(DispatchCell, active_offset) as i32, MemFlags::default());
        let none = self.b.is_zero(offset);
        let (search, shared) = (self.b.cold_block(), self.b.block());
        self.b.branch(none, search, shared, Some(false));
        self.b.switch_to(shared);
        let slot = self.b.op(Inst::Addr { base: omt, index: Some(offset), scale: 1, offset: 0 }, LTy::Ptr);
        let t = self.b.load_inv(LTy::Ptr, slot, 0);
        self.b.jump(next, vec![t]);
        self.b.switch_to(search);
        let t = self.b.helper1(h::RhpResolveInterface, &[o, cell]);
        self.b.jump(next, vec![t]);
        self.b.switch_to(next);
        Ok(target)
    }
}
