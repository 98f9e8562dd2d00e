//! The object under construction: sections, symbols by link name, records with relocations.

use crate::{Data, DataError, SizeRow};
use kiln_analysis::Program;
use kiln_lir::Sym;
use kiln_support::{FxHashMap, FxHashSet};
use kiln_target::{Architecture, ObjectFormat, Target};
use kiln_typesys::{MethodDesc, TypeDesc, TypeSystem};
use object::write::{Object, Relocation, SectionId, StandardSection, Symbol, SymbolId, SymbolSection};
use object::{
    BinaryFormat, Endianness, RelocationEncoding, RelocationFlags, RelocationKind, SectionKind, SymbolFlags, SymbolKind, SymbolScope,
};

/// Where a record goes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Place {
    /// Constant bytes without addresses.
    ReadOnly,
    /// Constant after relocation.
    RelRo,
    /// Writable.
    Data,
    /// Writable, zero.
    Bss,
    /// Frozen objects.
    Frozen,
}

/// A record: bytes and the places that hold addresses.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    pub bytes: Vec<u8>,
    relocs: Vec<(usize, String, i64, bool)>,
}

impl Record {
    pub fn u8(&mut self, v: u8) {
        self.bytes.push(v);
    }
    pub fn u16(&mut self, v: u16) {
        self.bytes.extend(v.to_le_bytes());
    }
    pub fn u32(&mut self, v: u32) {
        self.bytes.extend(v.to_le_bytes());
    }
    pub fn u64(&mut self, v: u64) {
        self.bytes.extend(v.to_le_bytes());
    }
    /// Address of a symbol.
    pub fn ptr(&mut self, name: &str) {
        self.ptr_offset(name, 0);
    }
    /// Address of a symbol plus an offset.
    pub fn ptr_offset(&mut self, name: &str, addend: i64) {
        self.relocs.push((self.bytes.len(), name.to_owned(), addend, false));
        self.u64(0);
    }
    /// Address of a symbol or null.
    pub fn opt(&mut self, name: Option<&str>) {
        match name {
            Some(n) => self.ptr(n),
            None => self.u64(0),
        }
    }
    /// Symbol address minus the address of this field.
    pub fn rel32(&mut self, name: &str) {
        self.relocs.push((self.bytes.len(), name.to_owned(), 0, true));
        self.u32(0);
    }
    pub fn has_relocs(&self) -> bool {
        !self.relocs.is_empty()
    }
}

/// The object and what every emitter asks.
pub(crate) struct Image<'a> {
    pub ts: &'a TypeSystem,
    pub program: &'a Program,
    object: Object<'static>,
    symbols: FxHashMap<String, SymbolId>,
    sections: FxHashMap<Place, SectionId>,
    sizes: Vec<SizeRow>,
    texts: FxHashMap<Vec<u8>, String>,
    pub functions: FxHashSet<String>,
    pub constructed: FxHashSet<TypeDesc>,
    /// Types with a statics block.
    pub statics: FxHashSet<TypeDesc>,
    /// Vtable slots that stand for interface methods.
    pub shared_slots: FxHashMap<MethodDesc, u32>,
    /// Slots of receivers that such calls use.
    pub filled_slots: FxHashSet<(TypeDesc, u32)>,
    /// Addresses of static reference words: symbol and offset.
    pub static_refs: Vec<(String, i64)>,
}

impl<'a> Image<'a> {
    pub fn new(ts: &'a TypeSystem, program: &'a Program, target: &Target) -> Self {
        let format = match target.object_format {
            ObjectFormat::Elf => BinaryFormat::Elf,
        };
        let architecture = match target.architecture {
            Architecture::X64 => object::Architecture::X86_64,
            Architecture::Arm64 => object::Architecture::Aarch64,
        };
        let mut object = Object::new(format, architecture, Endianness::Little);
        let mut sections = FxHashMap::default();
        sections.insert(Place::ReadOnly, object.section_id(StandardSection::ReadOnlyData));
        sections.insert(Place::RelRo, object.section_id(StandardSection::ReadOnlyDataWithRel));
        sections.insert(Place::Data, object.section_id(StandardSection::Data));
        sections.insert(Place::Bss, object.section_id(StandardSection::UninitializedData));
        sections.insert(Place::Frozen, object.add_section(Vec::new(), b"kiln_frozen".to_vec(), SectionKind::Data));
        Self {
            ts,
            program,
            object,
            symbols: FxHashMap::default(),
            sections,
            sizes: Vec::new(),
            texts: FxHashMap::default(),
            functions: program.functions.iter().map(|f| f.name.clone()).collect(),
            constructed: program.types.iter().filter(|(_, c)| **c).map(|(t, _)| *t).collect(),
            statics: program.statics.iter().map(|(t, _)| *t).collect(),
            shared_slots: FxHashMap::default(),
            filled_slots: FxHashSet::default(),
            static_refs: Vec::new(),
        }
    }

    fn symbol(&mut self, name: &str) -> SymbolId {
        if let Some(&s) = self.symbols.get(name) {
            return s;
        }
        let id = self.object.add_symbol(Symbol {
            name: name.as_bytes().to_vec(),
            value: 0,
            size: 0,
            kind: SymbolKind::Unknown,
            scope: SymbolScope::Unknown,
            weak: false,
            section: SymbolSection::Undefined,
            flags: SymbolFlags::None,
        });
        self.symbols.insert(name.to_owned(), id);
        id
    }

    /// Link name of a symbol.
    pub fn name(&self, s: &Sym) -> String {
        kiln_lower::sym_name(self.ts, s)
    }

    /// Link name of a type's MethodTable if the program has it.
    pub fn method_table(&self, t: TypeDesc) -> Option<String> {
        self.program.types.contains_key(&t).then(|| self.name(&Sym::NecessaryType(t)))
    }

    /// Link name of code if it was compiled, else of the stub that reports an impossible call.
    pub fn code(&self, s: &Sym) -> String {
        let name = self.name(s);
        if self.functions.contains(&name) || matches!(s, Sym::Helper(_) | Sym::Native(..)) { name } else { "kiln_unreachable".to_owned() }
    }

    /// Defines a symbol.
    pub fn define(&mut self, name: &str, category: &'static str, place: Place, align: u64, record: Record) {
        let id = self.symbol(name);
        let section = self.sections[&place];
        let symbol = self.object.symbol_mut(id);
        symbol.kind = SymbolKind::Data;
        symbol.scope = SymbolScope::Linkage;
        self.sizes.push(SizeRow { name: name.to_owned(), category, size: record.bytes.len() as u64 });
        let at = if place == Place::Bss {
            self.object.add_symbol_bss(id, section, record.bytes.len() as u64, align)
        } else {
            self.object.add_symbol_data(id, section, &record.bytes, align)
        };
        for (offset, target, addend, relative) in record.relocs {
            let symbol = self.symbol(&target);
            let (kind, size) = if relative { (RelocationKind::Relative, 32) } else { (RelocationKind::Absolute, 64) };
            let flags = RelocationFlags::Generic { kind, encoding: RelocationEncoding::Generic, size };
            // Kinds and sizes are ELF's plainest: the writer knows them.
            let _ = self.object.add_relocation(section, Relocation { offset: at + offset as u64, symbol, addend, flags });
        }
    }

    /// Constant data: with or without addresses.
    pub fn constant(&mut self, name: &str, category: &'static str, align: u64, record: Record) {
        let place = if record.has_relocs() { Place::RelRo } else { Place::ReadOnly };
        self.define(name, category, place, align, record);
    }

    /// A NUL-terminated UTF-8 text, shared by content.
    pub fn text(&mut self, text: &str) -> String {
        let mut bytes = text.as_bytes().to_vec();
        bytes.push(0);
        self.blob(bytes, "names", 1)
    }

    /// Constant bytes, shared by content.
    pub fn blob(&mut self, bytes: Vec<u8>, category: &'static str, align: u64) -> String {
        if let Some(n) = self.texts.get(&bytes) {
            return n.clone();
        }
        let name = format!("blob:{}", self.texts.len());
        self.texts.insert(bytes.clone(), name.clone());
        // All are aligned alike so that sharing never breaks a larger alignment.
        self.define(
            &name,
            category,
            Place::ReadOnly,
            align.max(if category == "names" { 1 } else { 8 }),
            Record { bytes, relocs: Vec::new() },
        );
        name
    }

    /// Bytes of a defined symbol.
    pub fn size_of(&self, name: &str) -> u64 {
        self.sizes.iter().rev().find(|r| r.name == name).map_or(0, |r| r.size)
    }

    pub fn finish(self) -> Result<Data, DataError> {
        let object = self.object.write().map_err(|e| DataError::Object(e.to_string()))?;
        Ok(Data { object, sizes: self.sizes })
    }
}
