//! What the back end reads from and changes in the ELF object that LLVM wrote: functions, the stack map and fault map sections with their
//! relocations, and section flags.

use crate::FunctionCode;
use crate::frames::{self, Distances};
use kiln_target::{FrameShape, Target};
use object::read::elf::{ElfFile64, FileHeader, SectionHeader};
use object::{LittleEndian, Object, ObjectSection, ObjectSymbol, RelocationTarget, SectionKind, SymbolKind, elf};
use std::collections::BTreeMap;

/// Parsed facts of an object.
pub(crate) struct ObjectInfo<'d> {
    /// Functions by ascending place.
    pub(crate) functions: Vec<FunctionCode>,
    /// `.llvm_stackmaps`.
    pub(crate) stackmaps: MapSection<'d>,
    /// `.llvm_faultmaps`.
    pub(crate) faultmaps: MapSection<'d>,
    /// Distance of the canonical address from the frame pointer, by offset of the function; only where it differs.
    pub(crate) distances: Distances,
    /// File offsets of the section headers to exclude from the link.
    pub(crate) excluded: Vec<usize>,
}

/// A section that LLVM writes for the runtime: its content, empty when there is none, and its relocations: offset in it → function symbol.
#[derive(Default)]
pub(crate) struct MapSection<'d> {
    pub(crate) data: &'d [u8],
    functions: Vec<(u64, String)>,
}

impl MapSection<'_> {
    /// The function whose address is written at an offset.
    pub(crate) fn function_at(&self, offset: usize) -> Result<&str, String> {
        let index = self.functions.binary_search_by_key(&(offset as u64), |f| f.0).map_err(|_| "function of a map without relocation")?;
        Ok(&self.functions[index].1)
    }
}

impl<'d> ObjectInfo<'d> {
    /// Parses an object.
    pub(crate) fn read(data: &'d [u8], target: &Target) -> Result<Self, String> {
        let text_error = |e: object::Error| e.to_string();
        let file = ElfFile64::<LittleEndian>::parse(data).map_err(text_error)?;
        let mut functions = Vec::new();
        for symbol in file.symbols() {
            if symbol.kind() == SymbolKind::Text && symbol.is_definition() {
                let section = symbol.section_index().and_then(|i| file.section_by_index(i).ok());
                if let Some(section) = section.filter(|s| s.kind() == SectionKind::Text) {
                    functions.push(FunctionCode {
                        symbol: symbol.name().map_err(text_error)?.to_owned(),
                        section: section.index().0,
                        offset: symbol.address(),
                        size: symbol.size(),
                    });
                }
            }
        }
        functions.sort_by(|a, b| (a.section, a.offset, &a.symbol).cmp(&(b.section, b.offset, &b.symbol)));
        let distances = match target.frame.shape {
            FrameShape::Fixed(_) => Distances::new(),
            FrameShape::PerFunction => distances(&file, target)?,
        };
        let mut info =
            Self { functions, stackmaps: MapSection::default(), faultmaps: MapSection::default(), distances, excluded: Vec::new() };
        info.stackmaps = info.map_section(&file, target.stack_map_section)?;
        info.faultmaps = info.map_section(&file, target.fault_map_section)?;
        Ok(info)
    }

    /// Reads a section, and notes that the linker shall not.
    fn map_section(&mut self, file: &ElfFile64<'d, LittleEndian>, name: &str) -> Result<MapSection<'d>, String> {
        let text_error = |e: object::Error| e.to_string();
        let Some(section) = file.section_by_name(name) else { return Ok(MapSection::default()) };
        let mut functions = Vec::new();
        for (offset, relocation) in section.relocations() {
            let RelocationTarget::Symbol(index) = relocation.target() else { return Err(format!("relocation without symbol in {name}")) };
            let symbol = file.symbol_by_index(index).map_err(text_error)?;
            let function = if symbol.kind() == SymbolKind::Section {
                let at = u64::try_from(relocation.addend()).map_err(|e| e.to_string())?;
                let section = symbol.section_index().map_or(0, |s| s.0);
                let found = self.functions.iter().find(|f| (f.section, f.offset) == (section, at));
                found.map(|f| f.symbol.clone()).ok_or_else(|| format!("unknown function in {name}"))?
            } else {
                symbol.name().map_err(text_error)?.to_owned()
            };
            functions.push((offset, function));
        }
        functions.sort();
        let header = file.elf_header();
        let endian = LittleEndian;
        let table = usize::try_from(header.e_shoff(endian)).map_err(|e| e.to_string())?;
        let entry = usize::from(header.e_shentsize(endian));
        let wanted = section.index().0;
        for (index, each) in file.elf_section_table().iter().enumerate() {
            let relocations_of_it = matches!(each.sh_type(endian), elf::SHT_RELA | elf::SHT_REL) && each.sh_info(endian) as usize == wanted;
            if index == wanted || relocations_of_it {
                self.excluded.push(table + index * entry);
            }
        }
        Ok(MapSection { data: section.data().map_err(text_error)?, functions })
    }

    /// Distance of a function's canonical address from its frame pointer, where it has one of its own.
    pub(crate) fn distance_of(&self, symbol: &str) -> Option<i64> {
        let function = self.functions.iter().find(|f| f.symbol == symbol)?;
        self.distances.get(&(function.section, function.offset)).copied()
    }
}

/// See [`ObjectInfo::distances`].
fn distances(file: &ElfFile64<'_, LittleEndian>, target: &Target) -> Result<Distances, String> {
    let Some(section) = file.section_by_name(".eh_frame") else { return Ok(Distances::new()) };
    let mut relocations = BTreeMap::new();
    for (offset, relocation) in section.relocations() {
        let RelocationTarget::Symbol(index) = relocation.target() else { continue };
        let symbol = file.symbol_by_index(index).map_err(|e| e.to_string())?;
        let in_section = symbol.address().wrapping_add_signed(relocation.addend());
        relocations.insert(offset, (symbol.section_index().map_or(0, |s| s.0), in_section));
    }
    frames::read(section.data().map_err(|e| e.to_string())?, &relocations, target.frame.fp)
}

/// Sets SHF_EXCLUDE (and clears SHF_ALLOC) in the section headers at these file offsets: linkers drop such sections.
pub(crate) fn exclude_sections(data: &mut [u8], headers: &[usize]) {
    const FLAGS: usize = 8;
    for header in headers {
        if let Some(field) = data.get_mut(header + FLAGS..header + FLAGS + 8)
            && let Ok(bytes) = <[u8; 8]>::try_from(&*field)
        {
            let flags = (u64::from_le_bytes(bytes) | u64::from(elf::SHF_EXCLUDE)) & !u64::from(elf::SHF_ALLOC);
            field.copy_from_slice(&flags.to_le_bytes());
        }
    }
}
