//! Pieces, put together to one object: the linker opens one file instead of thousands, and what several functions have alike is in it once.
//!
//! The functions' code comes in the order of the pieces, in one section (contract §9).

use crate::piece::{External, Piece, Place, Section, To};
use kiln_support::FxHashMap;
use kiln_target::{Architecture, ObjectFormat, Target};
use object::write::{Object, Relocation, SectionId, StandardSection, Symbol, SymbolId, SymbolSection};
use object::{BinaryFormat, Endianness, RelocationFlags, SectionKind, SymbolFlags, SymbolKind, SymbolScope, elf};

/// Where a section of a piece ended up.
#[derive(Clone, Copy)]
struct Put {
    section: SectionId,
    offset: u64,
}

struct Joiner<'p> {
    object: Object<'static>,
    /// Filler between functions: what traps, where code is never meant to be.
    filler: u8,
    sections: FxHashMap<(Place, usize), SectionId>,
    symbols: FxHashMap<&'p str, SymbolId>,
    /// Shared sections by content: bytes, and their relocations by name.
    shared: FxHashMap<SharedKey<'p>, Put>,
}

/// A shared section's bytes, and of each relocation the offset, kind, target and addend.
type SharedKey<'p> = (&'p [u8], Vec<(u32, u32, SharedTo<'p>, i64)>);

#[derive(PartialEq, Eq, Hash)]
enum SharedTo<'p> {
    External(&'p str),
    Section(SectionId, u64),
}

/// Makes one relocatable file of all.
///
/// # Errors
/// A piece that does not fit together, or more than ELF's tables hold.
pub fn join<'p>(pieces: impl Iterator<Item = &'p Piece>, target: &Target) -> Result<Vec<u8>, String> {
    let format = match target.object_format {
        ObjectFormat::Elf => BinaryFormat::Elf,
    };
    let (architecture, filler) = match target.architecture {
        Architecture::X64 => (object::Architecture::X86_64, 0xCC),
        Architecture::Arm64 => (object::Architecture::Aarch64, 0),
    };
    let object = Object::new(format, architecture, Endianness::Little);
    let mut joiner = Joiner { object, filler, sections: FxHashMap::default(), symbols: FxHashMap::default(), shared: FxHashMap::default() };
    for piece in pieces {
        joiner.add(piece).map_err(|what| format!("{what} in `{}`", piece.symbol))?;
    }
    joiner.object.write().map_err(|e| e.to_string())
}

impl<'p> Joiner<'p> {
    fn section(&mut self, place: Place, size: usize) -> SectionId {
        let key = match place {
            Place::Constant => (place, size),
            Place::Frame { .. } | Place::FrameHeader => (Place::FrameHeader, 0),
            place => (place, 0),
        };
        if let Some(&known) = self.sections.get(&key) {
            return known;
        }
        let object = &mut self.object;
        let mut named = |name: String| object.add_section(Vec::new(), name.into_bytes(), SectionKind::ReadOnlyData);
        let id = match place {
            Place::Code => object.section_id(StandardSection::Text),
            Place::ReadOnly => object.section_id(StandardSection::ReadOnlyData),
            Place::RelRo => object.section_id(StandardSection::ReadOnlyDataWithRel),
            Place::Word => object.section_id(StandardSection::Data),
            Place::LandingPads => named(".gcc_except_table".to_owned()),
            Place::Constant => named(format!(".rodata.cst{size}")),
            Place::Frame { .. } | Place::FrameHeader => named(".eh_frame".to_owned()),
        };
        self.sections.insert(key, id);
        id
    }

    fn symbol(&mut self, external: &'p External) -> SymbolId {
        let object = &mut self.object;
        *self.symbols.entry(&external.name).or_insert_with(|| {
            object.add_symbol(Symbol {
                name: external.name.as_bytes().to_vec(),
                value: 0,
                size: 0,
                kind: if external.kind == elf::STT_TLS { SymbolKind::Tls } else { SymbolKind::Unknown },
                scope: SymbolScope::Unknown,
                weak: false,
                section: SymbolSection::Undefined,
                flags: SymbolFlags::Elf { st_info: elf::STB_GLOBAL << 4 | external.kind, st_other: external.visibility },
            })
        })
    }

    fn define(&mut self, name: &'p str, at: Put, size: u64) -> Result<(), String> {
        let external = Symbol {
            name: name.as_bytes().to_vec(),
            value: at.offset,
            size,
            kind: SymbolKind::Text,
            scope: SymbolScope::Linkage,
            weak: false,
            section: SymbolSection::Section(at.section),
            flags: SymbolFlags::None,
        };
        match self.symbols.get(name) {
            None => {
                let id = self.object.add_symbol(external);
                self.symbols.insert(name, id);
            }
            Some(&id) => {
                let symbol = self.object.symbol_mut(id);
                if symbol.section != SymbolSection::Undefined {
                    return Err("a second definition".to_owned());
                }
                *symbol = external;
            }
        }
        Ok(())
    }

    fn append(&mut self, section: &Section) -> Put {
        let id = self.section(section.place, section.data.len());
        let to = self.object.section_mut(id);
        if section.place == Place::Code {
            // The gap before a function.
            let end = to.data().len().next_multiple_of(section.align as usize);
            let gap = vec![self.filler; end - to.data().len()];
            to.append_data(&gap, 1);
        }
        let offset = to.append_data(&section.data, u64::from(section.align));
        Put { section: id, offset }
    }

    fn add(&mut self, piece: &'p Piece) -> Result<(), String> {
        let mut put: Vec<Option<Put>> = vec![None; piece.sections.len()];
        let all = || piece.sections.iter().enumerate();
        let is_frame = |s: &Section| matches!(s.place, Place::Frame { .. });
        let mut fresh = Vec::new();
        for (index, section) in all().filter(|(_, s)| !s.place.is_shared() && !is_frame(s)) {
            put[index] = Some(self.append(section));
            fresh.push(index);
        }
        // What is shared refers to a section of the function's own, or to what is shared and comes later in the piece.
        for (index, section) in all().rev().filter(|(_, s)| s.place.is_shared()) {
            let relocations = section.relocations.iter().map(|r| {
                let to = match r.to {
                    To::External(index) => SharedTo::External(&piece.externals[index as usize].name),
                    To::Section(index) => {
                        let at = put.get(index as usize).copied().flatten().ok_or("a cycle of shared data")?;
                        SharedTo::Section(at.section, at.offset)
                    }
                };
                Ok((r.offset, r.kind, to, r.addend))
            });
            let key = (section.data.as_slice(), relocations.collect::<Result<Vec<_>, String>>()?);
            put[index] = Some(match self.shared.get(&key) {
                Some(&known) => known,
                None => {
                    let at = self.append(section);
                    self.shared.insert(key, at);
                    fresh.push(index);
                    at
                }
            });
        }
        // An unwind entry lies behind its header.
        for (index, section) in all().filter(|(_, s)| is_frame(s)) {
            put[index] = Some(self.append(section));
            fresh.push(index);
        }
        let code = piece.sections.first().ok_or("no code")?;
        let start = put[0].ok_or("no code")?;
        self.define(&piece.symbol, start, code.data.len() as u64)?;
        for index in fresh {
            let at = put[index].ok_or("a section without a place")?;
            self.relocate(piece, index, at, &put)?;
        }
        Ok(())
    }

    fn relocate(&mut self, piece: &'p Piece, index: usize, at: Put, put: &[Option<Put>]) -> Result<(), String> {
        let section = &piece.sections[index];
        let place = |index: u32| put.get(index as usize).copied().flatten().ok_or("a section without a place");
        if let Place::Frame { header } = section.place {
            // How far the header lies before this field.
            let distance = at.offset + 4 - place(header)?.offset;
            let distance = u32::try_from(distance).map_err(|e| e.to_string())?;
            let bytes = self.object.section_mut(at.section).data_mut();
            let field = bytes.get_mut(at.offset as usize + 4..at.offset as usize + 8).ok_or("a short unwind entry")?;
            field.copy_from_slice(&distance.to_le_bytes());
        }
        for r in &section.relocations {
            let (symbol, addend) = match r.to {
                To::External(index) => (self.symbol(&piece.externals[index as usize]), r.addend),
                To::Section(index) => {
                    let to = place(index)?;
                    (self.object.section_symbol(to.section), r.addend.wrapping_add_unsigned(to.offset))
                }
            };
            let flags = RelocationFlags::Elf { r_type: r.kind };
            let relocation = Relocation { offset: at.offset + u64::from(r.offset), symbol, addend, flags };
            self.object.add_relocation(at.section, relocation).map_err(|e| e.to_string())?;
        }
        Ok(())
    }
}
