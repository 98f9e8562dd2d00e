//! Statics blocks and thread-statics descriptors (`abi::statics`).

use crate::DataError;
use crate::image::{Image, Place};
use crate::record::{Address, Record};
use core::mem::offset_of;
use kiln_abi::statics::{STATICS_NOT_RUN, STATICS_READY, StaticsHeader, StaticsHeaderFields, ThreadStaticsDescriptorFields};
use kiln_lir::Sym;

/// Emits statics.
pub(crate) fn emit(image: &mut Image<'_>) -> Result<(), DataError> {
    let program = image.program;
    for (t, cctor) in &program.statics {
        let layout = image.ts.static_layout(*t)?;
        let name = image.name(&Sym::Statics(*t));
        let mut r = Record::of(StaticsHeaderFields {
            state: if cctor.is_some() { STATICS_NOT_RUN } else { STATICS_READY },
            thread: 0,
            cctor: cctor.as_ref().map(|s| image.code(s)).into(),
            exception: Address::NULL,
            method_table: image.method_table(*t).into(),
        });
        r.grow(layout.size as usize);
        if cctor.is_some() {
            image.static_refs.push((name.clone(), offset_of!(StaticsHeader, exception) as i64));
        }
        for offset in &layout.refs {
            image.static_refs.push((name.clone(), i64::from(*offset)));
        }
        image.define(&name, "static", Place::Data, u64::from(layout.align.max(8)), r);
    }
    for (index, t) in program.thread_statics.iter().enumerate() {
        let layout = image.ts.thread_static_layout(*t)?;
        let name = image.name(&Sym::ThreadStatics(*t));
        let refs = (!layout.refs.is_empty()).then(|| image.numbers::<u32>(layout.refs.iter().copied(), "static"));
        let r = Record::of(ThreadStaticsDescriptorFields {
            size: layout.size,
            index: index as u32,
            ref_count: layout.refs.len() as u32,
            ref_offsets: refs.into(),
        });
        image.constant(&name, "static", 8, r);
    }
    Ok(())
}
