//! How far a function's canonical frame address (CFA) is from its frame pointer, for targets where that differs by function
//! (`kiln_target::FrameShape`).
//!
//! Read from `.eh_frame` of the object: once the frame is set up, LLVM writes the rule "CFA = frame pointer + distance". Without
//! relocation an entry's start address is that of its own field, where the relocation with the function is.

use gimli::{BaseAddresses, CfaRule, CieOrFde, EhFrame, LittleEndian, UnwindContext, UnwindSection};
use std::collections::BTreeMap;

/// Where a function is: section and offset.
pub(crate) type Start = (usize, u64);
/// Distances by the functions' places.
pub(crate) type Distances = BTreeMap<Start, i64>;

/// Reads the distances of all functions that have a frame pointer. `relocations`: offset in the section → place of the function.
pub(crate) fn read(section: &[u8], relocations: &BTreeMap<u64, Start>, fp: u16) -> Result<Distances, String> {
    let bases = BaseAddresses::default().set_eh_frame(0);
    let frames = EhFrame::new(section, LittleEndian);
    let mut entries = frames.entries(&bases);
    let mut context = UnwindContext::new();
    let mut found = Distances::new();
    while let Some(entry) = entries.next().map_err(|e| e.to_string())? {
        let CieOrFde::Fde(partial) = entry else { continue };
        let fde = partial.parse(EhFrame::cie_from_offset).map_err(|e| e.to_string())?;
        let function = *relocations.get(&fde.initial_address()).ok_or("unwind entry without relocation")?;
        let mut rows = fde.rows(&frames, &bases, &mut context).map_err(|e| e.to_string())?;
        while let Some(row) = rows.next_row().map_err(|e| e.to_string())? {
            if let CfaRule::RegisterAndOffset { register, offset } = *row.cfa()
                && register.0 == fp
                && *found.entry(function).or_insert(offset) != offset
            {
                return Err(format!("two frames in one function, {offset} and {} bytes", found[&function]));
            }
        }
    }
    Ok(found)
}
