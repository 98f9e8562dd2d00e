//! Statics blocks and thread-statics descriptors (contract §4).

use crate::DataError;
use crate::emit::Emitter;
use crate::writer::{Chunk, Place, Sec, Target};
use kiln_abi::statics::{STATICS_HEADER_SIZE, STATICS_READY};
use kiln_lir::Sym;
use kiln_lower::sym_name;

/// Offset of `StaticsHeader::exception`.
const EXCEPTION_OFFSET: u64 = 16;

impl Emitter<'_> {
    /// Emits all blocks; returns the places of the reference slots in them.
    pub(crate) fn all_statics(&mut self) -> Result<Vec<Place>, DataError> {
        let mut refs = Vec::new();
        for (t, cctor) in &self.p.statics {
            let layout = self.ts.static_layout(*t).map_err(self.err(*t))?;
            let mut c = Chunk::new();
            c.u32(if cctor.is_some() { 0 } else { STATICS_READY as u32 }).u32(0);
            c.ptr(self.opt_sym(cctor.as_ref())).u64(0).ptr(self.mt(*t));
            c.pad_to(layout.size.max(STATICS_HEADER_SIZE) as usize);
            let align = u64::from(layout.align).max(8);
            let place = self.w.define(sym_name(self.ts, &Sym::Statics(*t)), Sec::Data, align, c, 0, "statics");
            let mut slot = |offset: u64| refs.push(Place { sec: place.sec, offset: place.offset + offset });
            if cctor.is_some() {
                slot(EXCEPTION_OFFSET);
            }
            for &r in &layout.refs {
                slot(u64::from(r));
            }
        }
        Ok(refs)
    }

    /// Emits all descriptors.
    pub(crate) fn all_thread_statics(&mut self) -> Result<(), DataError> {
        for (index, &t) in self.p.thread_statics.iter().enumerate() {
            let layout = self.ts.thread_static_layout(t).map_err(self.err(t))?;
            let mut offsets = Chunk::new();
            for &r in &layout.refs {
                offsets.u32(r);
            }
            let refs = if layout.refs.is_empty() { Target::Null } else { Target::At(self.w.share(Sec::Ro, 4, offsets, "statics")) };
            let mut c = Chunk::new();
            c.u32(layout.size).u32(index as u32).u32(layout.refs.len() as u32).u32(0).ptr(refs);
            self.w.define(sym_name(self.ts, &Sym::ThreadStatics(t)), Sec::RelRo, 8, c, 0, "statics");
        }
        Ok(())
    }
}
