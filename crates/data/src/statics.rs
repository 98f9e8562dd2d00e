//! Statics blocks and thread-statics descriptors (`abi::statics`).

use crate::DataError;
use crate::image::{Image, Place, Record};
use kiln_abi::statics::STATICS_READY;
use kiln_lir::Sym;

/// Offset of `StaticsHeader::exception`.
const EXCEPTION: i64 = 16;

/// Emits statics.
pub(crate) fn emit(image: &mut Image<'_>) -> Result<(), DataError> {
    let program = image.program;
    for (t, cctor) in &program.statics {
        let layout = image.ts.static_layout(*t)?;
        let name = image.name(&Sym::Statics(*t));
        let mut r = Record::default();
        r.u32(if cctor.is_some() { 0 } else { STATICS_READY as u32 });
        r.u32(0);
        r.opt(cctor.as_ref().map(|s| image.code(s)).as_deref());
        r.u64(0);
        r.opt(image.method_table(*t).as_deref());
        r.bytes.resize((layout.size as usize).max(r.bytes.len()), 0);
        if cctor.is_some() {
            image.static_refs.push((name.clone(), EXCEPTION));
        }
        for offset in &layout.refs {
            image.static_refs.push((name.clone(), i64::from(*offset)));
        }
        image.define(&name, "static", Place::Data, u64::from(layout.align.max(8)), r);
    }
    for (index, t) in program.thread_statics.iter().enumerate() {
        let layout = image.ts.thread_static_layout(*t)?;
        let name = image.name(&Sym::ThreadStatics(*t));
        let refs = (!layout.refs.is_empty()).then(|| image.blob(layout.refs.iter().flat_map(|o| o.to_le_bytes()).collect(), "static", 8));
        let mut r = Record::default();
        r.u32(layout.size);
        r.u32(index as u32);
        r.u32(layout.refs.len() as u32);
        r.u32(0);
        r.opt(refs.as_deref());
        image.constant(&name, "static", 8, r);
    }
    Ok(())
}
