//! A small assembler: chunks of bytes and pointers, appended to sections, then written as ELF.

use kiln_support::FxHashMap;
use object::write::{Object, Relocation, StandardSection, Symbol, SymbolId, SymbolSection};
use object::{Architecture, BinaryFormat, Endianness, RelocationFlags, SectionFlags, SectionKind, SymbolFlags, SymbolKind, SymbolScope};

/// Where data goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub enum Sec {
    /// Constants with addresses inside: `.data.rel.ro`.
    RelRo,
    /// Plain constants: `.rodata`.
    Ro,
    /// Writable: `.data`.
    Data,
    /// Objects that are never moved or collected: `kiln_frozen`.
    Frozen,
}

const SECTIONS: [Sec; 4] = [Sec::RelRo, Sec::Ro, Sec::Data, Sec::Frozen];

impl Sec {
    /// Section name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::RelRo => ".data.rel.ro",
            Self::Ro => ".rodata",
            Self::Data => ".data",
            Self::Frozen => "kiln_frozen",
        }
    }
}

/// A position in a section.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct Place {
    /// Section.
    pub sec: Sec,
    /// Byte offset.
    pub offset: u64,
}

/// What a pointer points to.
#[derive(Clone, PartialEq, Eq, Debug, Hash)]
pub enum Target {
    /// Nothing.
    Null,
    /// A symbol by link name.
    Sym(String),
    /// A place without a name.
    At(Place),
}

/// Bytes in the making.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Chunk {
    bytes: Vec<u8>,
    pointers: Vec<(u32, Target)>,
    relative: Vec<(u32, Target)>,
}

impl Chunk {
    /// An empty chunk.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Length so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Nothing was put.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Appends bytes.
    pub fn bytes(&mut self, b: &[u8]) -> &mut Self {
        self.bytes.extend_from_slice(b);
        self
    }

    /// Appends a byte.
    pub fn u8(&mut self, v: u8) -> &mut Self {
        self.bytes(&[v])
    }

    /// Appends 16 bits.
    pub fn u16(&mut self, v: u16) -> &mut Self {
        self.bytes(&v.to_le_bytes())
    }

    /// Appends 32 bits.
    pub fn u32(&mut self, v: u32) -> &mut Self {
        self.bytes(&v.to_le_bytes())
    }

    /// Appends 64 bits.
    pub fn u64(&mut self, v: u64) -> &mut Self {
        self.bytes(&v.to_le_bytes())
    }

    /// Appends an address.
    pub fn ptr(&mut self, t: Target) -> &mut Self {
        if t != Target::Null {
            self.pointers.push((self.bytes.len() as u32, t));
        }
        self.u64(0)
    }

    /// Appends a 32-bit distance from here to the target.
    pub fn rel32(&mut self, t: Target) -> &mut Self {
        self.relative.push((self.bytes.len() as u32, t));
        self.u32(0)
    }

    /// Appends another chunk.
    pub fn append(&mut self, other: Chunk) -> &mut Self {
        let at = self.bytes.len() as u32;
        self.bytes.extend_from_slice(&other.bytes);
        self.pointers.extend(other.pointers.into_iter().map(|(o, t)| (o + at, t)));
        self.relative.extend(other.relative.into_iter().map(|(o, t)| (o + at, t)));
        self
    }

    /// Zeroes up to a length.
    pub fn pad_to(&mut self, len: usize) -> &mut Self {
        if self.bytes.len() < len {
            self.bytes.resize(len, 0);
        }
        self
    }
}

/// Size accounting of one symbol.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SizeRow {
    /// Link name, or a description of nameless data.
    pub symbol: String,
    /// Section name.
    pub section: &'static str,
    /// Bytes.
    pub size: u64,
    /// What kind of data it is.
    pub category: &'static str,
}

impl SizeRow {
    /// A row for a function.
    #[must_use]
    pub fn code(symbol: &str, size: u64) -> Self {
        Self { symbol: symbol.to_owned(), section: ".text", size, category: "code" }
    }
}

#[derive(Debug, Default)]
struct Buffer {
    bytes: Vec<u8>,
    align: u64,
    /// Offset, target, relative.
    relocations: Vec<(u64, Target, bool)>,
}

struct Definition {
    name: String,
    place: Place,
    size: u64,
}

/// The object file in the making.
#[derive(Default)]
pub struct Writer {
    buffers: [Buffer; 4],
    definitions: Vec<Definition>,
    memo: FxHashMap<(Sec, Chunk), Place>,
    /// Size accounting, in order of emission.
    pub sizes: Vec<SizeRow>,
}

impl Writer {
    /// An empty object.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn buffer(&mut self, sec: Sec) -> &mut Buffer {
        &mut self.buffers[sec as usize]
    }

    /// The place where the next chunk of this alignment would go.
    pub fn here(&mut self, sec: Sec, align: u64) -> Place {
        let b = self.buffer(sec);
        let padded = b.bytes.len().next_multiple_of(align as usize);
        b.bytes.resize(padded, 0);
        b.align = b.align.max(align);
        Place { sec, offset: padded as u64 }
    }

    fn append(&mut self, sec: Sec, align: u64, chunk: Chunk) -> Place {
        let place = self.here(sec, align);
        let b = self.buffer(sec);
        b.bytes.extend_from_slice(&chunk.bytes);
        b.relocations.extend(chunk.pointers.into_iter().map(|(o, t)| (place.offset + u64::from(o), t, false)));
        b.relocations.extend(chunk.relative.into_iter().map(|(o, t)| (place.offset + u64::from(o), t, true)));
        place
    }

    fn account(&mut self, symbol: String, sec: Sec, size: u64, category: &'static str) {
        self.sizes.push(SizeRow { symbol, section: sec.name(), size, category });
    }

    /// Appends data without a name.
    pub fn put(&mut self, sec: Sec, align: u64, chunk: Chunk, category: &'static str) -> Place {
        let size = chunk.len() as u64;
        let place = self.append(sec, align, chunk);
        self.account(category.to_owned(), sec, size, category);
        place
    }

    /// Appends data without a name, or finds the same data.
    pub fn share(&mut self, sec: Sec, align: u64, chunk: Chunk, category: &'static str) -> Place {
        if let Some(&p) = self.memo.get(&(sec, chunk.clone())) {
            if p.offset % align == 0 {
                return p;
            }
        }
        let p = self.put(sec, align, chunk.clone(), category);
        self.memo.insert((sec, chunk), p);
        p
    }

    /// Appends data under a link name; the name means `lead` bytes after the start.
    pub fn define(&mut self, name: String, sec: Sec, align: u64, chunk: Chunk, lead: u64, category: &'static str) -> Place {
        let size = chunk.len() as u64;
        let p = self.append(sec, align, chunk);
        let place = Place { sec, offset: p.offset + lead };
        self.account(name.clone(), sec, size, category);
        self.definitions.push(Definition { name, place, size: size - lead });
        place
    }

    /// A NUL-terminated text.
    pub fn text(&mut self, s: &str) -> Place {
        let mut c = Chunk::new();
        c.bytes(s.as_bytes()).u8(0);
        self.share(Sec::Ro, 1, c, "texts")
    }

    /// Writes the ELF object.
    pub fn finish(mut self) -> Result<(Vec<u8>, Vec<SizeRow>), object::write::Error> {
        let mut obj = Object::new(BinaryFormat::Elf, Architecture::X86_64, Endianness::Little);
        let mut ids = Vec::new();
        for sec in SECTIONS {
            ids.push(match sec {
                Sec::RelRo => obj.section_id(StandardSection::ReadOnlyDataWithRel),
                Sec::Ro => obj.section_id(StandardSection::ReadOnlyData),
                Sec::Data => obj.section_id(StandardSection::Data),
                Sec::Frozen => {
                    let id = obj.add_section(Vec::new(), sec.name().as_bytes().to_vec(), SectionKind::Data);
                    obj.section_mut(id).flags =
                        SectionFlags::Elf { sh_flags: u64::from(object::elf::SHF_ALLOC | object::elf::SHF_WRITE | object::elf::SHF_GNU_RETAIN) };
                    id
                }
            });
        }
        let mut symbols: FxHashMap<String, SymbolId> = FxHashMap::default();
        for d in &self.definitions {
            let id = obj.add_symbol(Symbol {
                name: d.name.as_bytes().to_vec(),
                value: d.place.offset,
                size: d.size,
                kind: SymbolKind::Data,
                scope: SymbolScope::Linkage,
                weak: false,
                section: SymbolSection::Section(ids[d.place.sec as usize]),
                flags: SymbolFlags::None,
            });
            symbols.insert(d.name.clone(), id);
        }
        for sec in SECTIONS {
            let id = ids[sec as usize];
            let buffer = std::mem::take(&mut self.buffers[sec as usize]);
            obj.append_section_data(id, &buffer.bytes, buffer.align.max(1));
            for (offset, target, relative) in buffer.relocations {
                let (symbol, addend) = match target {
                    Target::Null => continue,
                    Target::At(p) => (obj.section_symbol(ids[p.sec as usize]), p.offset as i64),
                    Target::Sym(name) => match symbols.get(&name) {
                        Some(&s) => (s, 0),
                        None => {
                            let s = obj.add_symbol(Symbol {
                                name: name.as_bytes().to_vec(),
                                value: 0,
                                size: 0,
                                kind: SymbolKind::Unknown,
                                scope: SymbolScope::Unknown,
                                weak: false,
                                section: SymbolSection::Undefined,
                                flags: SymbolFlags::None,
                            });
                            symbols.insert(name, s);
                            (s, 0)
                        }
                    },
                };
                let r_type = if relative { object::elf::R_X86_64_PC32 } else { object::elf::R_X86_64_64 };
                obj.add_relocation(id, Relocation { offset, symbol, addend, flags: RelocationFlags::Elf { r_type } })?;
            }
        }
        Ok((obj.write()?, self.sizes))
    }
}
