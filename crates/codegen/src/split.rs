//! One object of many functions, taken apart into a [`Piece`] for each.
//!
//! Every function is in a section group of its own (`Module::group_functions`), which holds its code, its landing pads, jump tables and
//! constant data. What LLVM keeps in sections of the whole object is found by the relocations that lead there: constants of the code
//! (`.rodata.cst*`, each with a symbol), words with addresses (`.data`) and the personality routine's (`DW.ref.*`); unwind entries
//! (`.eh_frame`) by the relocation to their function.

use crate::piece::{External, Piece, Place, Relocation, Section, To};
use gimli::{BaseAddresses, CallFrameInstruction, CieOrFde, EhFrame, UnwindSection};
use kiln_support::{FxHashMap, FxIndexSet};
use object::read::elf::{ElfFile64, FileHeader as _, Rela as _, SectionHeader as _, Sym as _, SymbolTable};
use object::{LittleEndian, elf};

const LE: LittleEndian = LittleEndian;
type Result<T> = std::result::Result<T, String>;

/// A relocation as it is in the object.
#[derive(Clone, Copy)]
struct Rela {
    offset: u64,
    kind: u32,
    symbol: usize,
    addend: i64,
}

/// A section as it is in the object.
#[derive(Default)]
struct Raw<'d> {
    name: &'d str,
    kind: u32,
    flags: u64,
    align: u64,
    entry_size: u64,
    data: &'d [u8],
    relocations: Vec<Rela>,
    group: Option<usize>,
}

/// A symbol as it is in the object.
struct RawSymbol<'d> {
    name: &'d str,
    value: u64,
    section: Option<usize>,
    kind: u8,
    binding: u8,
    visibility: u8,
}

struct Elf<'d> {
    sections: Vec<Raw<'d>>,
    symbols: Vec<RawSymbol<'d>>,
    /// Members of every group.
    groups: Vec<Vec<usize>>,
}

fn text(e: impl std::fmt::Display) -> String {
    e.to_string()
}

fn read(data: &[u8]) -> Result<Elf<'_>> {
    let file = ElfFile64::<LittleEndian>::parse(data).map_err(text)?;
    let table = file.elf_section_table();
    let mut sections: Vec<Raw<'_>> = Vec::new();
    let mut groups = Vec::new();
    for header in table.iter() {
        let name = table.section_name(LE, header).map_err(text)?;
        let kind = header.sh_type(LE);
        let content = if kind == elf::SHT_NOBITS { &[][..] } else { header.data(LE, data).map_err(text)? };
        sections.push(Raw {
            name: std::str::from_utf8(name).map_err(text)?,
            kind,
            flags: header.sh_flags(LE),
            align: header.sh_addralign(LE),
            entry_size: header.sh_entsize(LE),
            data: content,
            ..Raw::default()
        });
    }
    for header in table.iter() {
        if let Some((relocations, _)) = header.rela(LE, data).map_err(text)? {
            let of = sections.get_mut(header.sh_info(LE) as usize).ok_or("relocations of no section")?;
            let each = relocations.iter().map(|r| Rela {
                offset: r.r_offset(LE),
                kind: r.r_type(LE, false),
                symbol: r.r_sym(LE, false) as usize,
                addend: r.r_addend(LE),
            });
            of.relocations = each.collect();
            of.relocations.sort_by_key(|r| r.offset);
        }
        if let Some((_, members)) = header.group(LE, data).map_err(text)? {
            let members: Vec<usize> = members.iter().map(|m| m.get(LE) as usize).collect();
            for &member in &members {
                sections.get_mut(member).ok_or("a group of no section")?.group = Some(groups.len());
            }
            groups.push(members);
        }
    }
    let symbols: &SymbolTable<'_, _, _> = file.elf_symbol_table();
    let symbols = symbols.iter().map(|s| {
        let name = s.name(LE, symbols.strings()).map_err(text)?;
        let section = s.st_shndx(LE);
        Ok(RawSymbol {
            name: std::str::from_utf8(name).map_err(text)?,
            value: s.st_value(LE),
            section: (section != elf::SHN_UNDEF && section < elf::SHN_LORESERVE).then_some(usize::from(section)),
            kind: s.st_type(),
            binding: s.st_bind(),
            visibility: s.st_visibility(),
        })
    });
    let symbols = symbols.collect::<Result<Vec<_>>>()?;
    debug_assert_eq!(file.elf_header().e_type(LE), elf::ET_REL);
    Ok(Elf { sections, symbols, groups })
}

/// The pieces of an object. `functions`: names in the object, and link names.
pub(crate) fn split(object: &[u8], functions: &[(String, &str)]) -> Result<Vec<Piece>> {
    let elf = read(object)?;
    let frames = elf.frames()?;
    let mut defined: FxHashMap<&str, usize> = FxHashMap::default();
    for symbol in &elf.symbols {
        if symbol.kind == elf::STT_FUNC
            && symbol.value == 0
            && let Some(section) = symbol.section
        {
            defined.insert(symbol.name, section);
        }
    }
    let piece = |(name, link_name): &(String, &str)| {
        let code = *defined.get(name.as_str()).ok_or_else(|| format!("`{link_name}` is not in the object"))?;
        let frame = frames.get(&code).ok_or_else(|| format!("`{link_name}` has no unwind entry"))?;
        Splitter::new(&elf, link_name, code)?.piece(*frame)
    };
    functions.iter().map(piece).collect()
}

/// Bytes of the length that an unwind entry begins with, and of the pointer to its header that follows.
const LENGTH: usize = 4;

/// An unwind entry: ranges in `.eh_frame`.
#[derive(Clone, Copy)]
struct Frame {
    section: usize,
    header: (usize, usize),
    entry: (usize, usize),
}

impl Elf<'_> {
    /// Unwind entries by the section of their code.
    fn frames(&self) -> Result<FxHashMap<usize, Frame>> {
        let mut found = FxHashMap::default();
        let Some(section) = self.sections.iter().position(|s| s.name == ".eh_frame") else { return Ok(found) };
        let Raw { data, relocations, .. } = &self.sections[section];
        let bases = BaseAddresses::default().set_eh_frame(0);
        let table = EhFrame::new(data, gimli::LittleEndian);
        let mut entries = table.entries(&bases);
        while let Some(entry) = entries.next().map_err(text)? {
            let CieOrFde::Fde(partial) = entry else { continue };
            let entry = partial.parse(EhFrame::cie_from_offset).map_err(text)?;
            let mut instructions = entry.instructions(&table, &bases);
            // What fills the entry up depends on where it is.
            let mut filler = 0;
            while let Some(instruction) = instructions.next().map_err(text)? {
                filler = if instruction == CallFrameInstruction::Nop { filler + 1 } else { 0 };
            }
            let (start, header) = (entry.offset(), entry.cie().offset());
            let length = (LENGTH + entry.entry_len()).saturating_sub(filler).next_multiple_of(LENGTH);
            let function = relocations.iter().find(|r| r.offset == (start + 2 * LENGTH) as u64).ok_or("an unwind entry of no function")?;
            let code = self.symbols.get(function.symbol).and_then(|s| s.section).ok_or("an unwind entry of an undefined function")?;
            let header = (header, header + LENGTH + entry.cie().entry_len());
            let frame = Frame { section, header, entry: (start, start + length) };
            if found.insert(code, frame).is_some() {
                return Err("two unwind entries of one function".to_owned());
            }
        }
        Ok(found)
    }
}

/// Where a section of a piece comes from: section of the object, start, end.
type Origin = (usize, usize, usize);

struct Splitter<'e, 'd> {
    elf: &'e Elf<'d>,
    symbol: &'e str,
    group: usize,
    origins: Vec<Origin>,
    places: Vec<Place>,
    known: FxHashMap<(usize, usize), u32>,
    externals: FxIndexSet<External>,
}

impl<'e, 'd> Splitter<'e, 'd> {
    fn new(elf: &'e Elf<'d>, symbol: &'e str, code: usize) -> Result<Self> {
        let group = elf.sections[code].group.ok_or_else(|| format!("`{symbol}` is in no group"))?;
        let mut new = Self {
            elf,
            symbol,
            group,
            origins: Vec::new(),
            places: Vec::new(),
            known: FxHashMap::default(),
            externals: FxIndexSet::default(),
        };
        new.add(code, 0, elf.sections[code].data.len(), Place::Code);
        for &member in elf.groups[group].iter().filter(|&&m| m != code) {
            let section = &elf.sections[member];
            if matches!(section.kind, elf::SHT_RELA | elf::SHT_GROUP) {
                continue;
            }
            let place = new.place_of(section)?;
            new.add(member, 0, section.data.len(), place);
        }
        Ok(new)
    }

    fn place_of(&self, section: &Raw<'_>) -> Result<Place> {
        let writable = section.flags & u64::from(elf::SHF_WRITE) != 0;
        let executable = section.flags & u64::from(elf::SHF_EXECINSTR) != 0;
        match section.name {
            _ if executable || section.kind == elf::SHT_NOBITS => {}
            name if name.starts_with(".gcc_except_table") => return Ok(Place::LandingPads),
            name if name.starts_with(".data.rel.ro") => return Ok(Place::RelRo),
            name if name.starts_with(".rodata") && !writable => return Ok(Place::ReadOnly),
            _ => {}
        }
        Err(format!("`{}` has a section `{}`", self.symbol, section.name))
    }

    fn add(&mut self, section: usize, start: usize, end: usize, place: Place) -> u32 {
        let index = self.origins.len() as u32;
        self.origins.push((section, start, end));
        self.places.push(place);
        self.known.insert((section, start), index);
        index
    }

    /// All sections, with what their relocations lead to.
    fn piece(mut self, frame: Frame) -> Result<Piece> {
        let header = self.add(frame.section, frame.header.0, frame.header.1, Place::FrameHeader);
        self.add(frame.section, frame.entry.0, frame.entry.1, Place::Frame { header });
        let mut sections = Vec::new();
        // The list grows while it is walked.
        while let Some(&(section, start, end)) = self.origins.get(sections.len()) {
            let place = self.places[sections.len()];
            let raw = &self.elf.sections[section];
            let mut data = raw.data.get(start..end).ok_or_else(|| format!("`{}` ends early", raw.name))?.to_vec();
            if let Place::Frame { .. } = place {
                let length = u32::try_from(data.len() - LENGTH).map_err(text)?;
                let (fields, _) = data.split_at_mut(2 * LENGTH);
                fields[..LENGTH].copy_from_slice(&length.to_le_bytes());
                // The distance to the header is that in the object it is put into.
                fields[LENGTH..].fill(0);
            }
            let first = raw.relocations.partition_point(|r| r.offset < start as u64);
            let inside = raw.relocations[first..].iter().take_while(|r| r.offset < end as u64);
            let relocations = inside.map(|r| self.relocation(r, start)).collect::<Result<Vec<_>>>()?;
            let align = match place {
                Place::Constant => data.len() as u64,
                // They follow each other without a gap.
                Place::FrameHeader | Place::Frame { .. } => 4,
                _ => raw.align.max(1),
            };
            sections.push(Section { place, align: u32::try_from(align).map_err(text)?, data, relocations });
        }
        Ok(Piece { symbol: self.symbol.to_owned(), sections, externals: self.externals.into_iter().collect() })
    }

    fn relocation(&mut self, r: &Rela, start: usize) -> Result<Relocation> {
        let elf = self.elf;
        let symbol = elf.symbols.get(r.symbol).ok_or("a relocation without a symbol")?;
        let offset = u32::try_from(r.offset - start as u64).map_err(text)?;
        let relocation = |to, addend| Ok(Relocation { offset, kind: r.kind, to, addend });
        let global = symbol.binding == elf::STB_GLOBAL;
        let Some(section) = symbol.section.filter(|_| !global) else {
            // The only function of the object that can be named is the one itself.
            let (name, kind) = match symbol.section {
                Some(section) if section == self.origins[0].0 => (self.symbol, elf::STT_NOTYPE),
                Some(_) => return Err(format!("`{}` names another function's section", self.symbol)),
                None => (symbol.name, symbol.kind),
            };
            let external = External { name: name.into(), kind, visibility: symbol.visibility };
            let index = self.externals.insert_full(external).0;
            return relocation(To::External(index as u32), r.addend);
        };
        let raw = &elf.sections[section];
        if raw.group == Some(self.group) {
            let index = *self.known.get(&(section, 0)).ok_or_else(|| format!("`{}` is not kept", raw.name))?;
            return relocation(To::Section(index), r.addend.wrapping_add_unsigned(symbol.value));
        }
        let of_section = symbol.kind == elf::STT_SECTION;
        let (at, rest) = if of_section { (symbol.value.wrapping_add_signed(r.addend), 0) } else { (symbol.value, r.addend) };
        let at = usize::try_from(at).map_err(text)?;
        let (size, place) = match raw.name {
            // By symbol where the relocation adds something, else by place.
            name if name.starts_with(".rodata.cst") => (usize::try_from(raw.entry_size).map_err(text)?, Place::Constant),
            ".data" if of_section => (8, Place::Word),
            name if name.starts_with(".data.DW.ref.") && at == 0 => (8, Place::Word),
            name => return Err(format!("`{}` uses `{name}` of the whole object", self.symbol)),
        };
        if size == 0 || at % size != 0 {
            return Err(format!("`{}` uses {at:#x} in `{}`", self.symbol, raw.name));
        }
        let known = self.known.get(&(section, at)).copied();
        let index = known.unwrap_or_else(|| self.add(section, at, at + size, place));
        relocation(To::Section(index), rest)
    }
}
