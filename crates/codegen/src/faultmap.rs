//! LLVM's fault map section, version 1 (LLVM documentation: FaultMaps and implicit null checks): which instructions stand for a null check, and
//! where the function goes on when one faults.

use crate::elf::MapSection;
use crate::stackmap::Reader;
use std::collections::BTreeMap;

/// Pairs (instruction, handler) by function, ascending; offsets from the function's start.
pub(crate) fn read(section: &MapSection<'_>) -> Result<BTreeMap<String, Vec<(u32, u32)>>, String> {
    let mut result = BTreeMap::new();
    if section.data.is_empty() {
        return Ok(result);
    }
    let mut r = Reader::new(section.data);
    let version = r.u8()?;
    if version != 1 {
        return Err(format!("fault map version {version}"));
    }
    r.u8()?;
    r.u16()?;
    for _ in 0..r.u32()? {
        let symbol = section.function_at(r.at())?.to_owned();
        r.u64()?;
        let count = r.u32()?;
        r.u32()?;
        let mut faults = Vec::new();
        for _ in 0..count {
            // Loads, stores and what is both go on alike.
            let _kind = r.u32()?;
            faults.push((r.u32()?, r.u32()?));
        }
        faults.sort_unstable();
        result.insert(symbol, faults);
    }
    Ok(result)
}
