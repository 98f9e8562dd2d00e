//! The object under construction: sections, symbols by link name, records with relocations.

use crate::record::{Address, Record};
use crate::{Data, DataError, LinkName, SizeRow};
use kiln_abi::record::Field;
use kiln_analysis::Program;
use kiln_lir::Sym;
use kiln_support::{FxHashMap, FxHashSet};
use kiln_target::{Architecture, ObjectFormat, Target};
use kiln_typesys::{MethodDesc, TypeDesc, TypeSystem};
use object::write::{Object, Relocation, SectionId, StandardSection, Symbol, SymbolId, SymbolSection};
use object::{
    BinaryFormat, Endianness, RelocationEncoding, RelocationFlags, RelocationKind, SectionKind, SymbolFlags, SymbolKind, SymbolScope,
};
use std::cell::RefCell;

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

/// The object and what every emitter asks.
pub(crate) struct Image<'a> {
    pub ts: &'a TypeSystem,
    pub program: &'a Program,
    object: Object<'static>,
    symbols: FxHashMap<LinkName, SymbolId>,
    /// Link names are long, and most are named many times.
    names: RefCell<FxHashMap<Sym, LinkName>>,
    sections: FxHashMap<Place, SectionId>,
    sizes: Vec<SizeRow>,
    texts: FxHashMap<Vec<u8>, LinkName>,
    /// Lists of addresses, by what is in them.
    shared: FxHashMap<Record, LinkName>,
    pub functions: FxHashSet<&'a str>,
    pub constructed: FxHashSet<TypeDesc>,
    /// Types with a statics block.
    pub statics: FxHashSet<TypeDesc>,
    /// Vtable slots that stand for interface methods.
    pub shared_slots: FxHashMap<MethodDesc, u32>,
    /// Slots of receivers that such calls use.
    pub filled_slots: FxHashSet<(TypeDesc, u32)>,
    /// Addresses of static reference words: symbol and offset.
    pub static_refs: Vec<(LinkName, i64)>,
    /// What stands for what generic recursion does not get.
    pub beyond: crate::beyond::Beyond,
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
            names: RefCell::default(),
            sections,
            sizes: Vec::new(),
            texts: FxHashMap::default(),
            shared: FxHashMap::default(),
            functions: program.functions.iter().map(|f| f.name.as_str()).collect(),
            constructed: program.types.iter().filter(|(_, c)| **c).map(|(t, _)| *t).collect(),
            statics: program.statics.iter().map(|(t, _)| *t).collect(),
            shared_slots: FxHashMap::default(),
            filled_slots: FxHashSet::default(),
            static_refs: Vec::new(),
            beyond: crate::beyond::Beyond::default(),
        }
    }

    fn symbol(&mut self, name: &LinkName) -> SymbolId {
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
        self.symbols.insert(name.clone(), id);
        id
    }

    /// Link name of a symbol.
    pub fn name(&self, s: &Sym) -> LinkName {
        if let Some(name) = self.names.borrow().get(s) {
            return name.clone();
        }
        let name: LinkName = kiln_lower::sym_name(self.ts, s).into();
        self.names.borrow_mut().insert(s.clone(), name.clone());
        name
    }

    /// Link name of a type's MethodTable if the program has it.
    pub fn method_table(&self, t: TypeDesc) -> Option<LinkName> {
        self.program.types.contains_key(&t).then(|| self.name(&Sym::NecessaryType(t)))
    }

    /// Link name of code if it was compiled, else of the stub that reports an impossible call.
    pub fn code(&self, s: &Sym) -> LinkName {
        let name = self.name(s);
        if self.functions.contains(&*name) || matches!(s, Sym::Helper(_) | Sym::Native(..)) { name } else { "kiln_unreachable".into() }
    }

    /// Defines a symbol.
    pub fn define(&mut self, name: impl Into<LinkName>, category: &'static str, place: Place, align: u64, record: Record) {
        let name = name.into();
        let id = self.symbol(&name);
        let section = self.sections[&place];
        let symbol = self.object.symbol_mut(id);
        symbol.kind = SymbolKind::Data;
        symbol.scope = SymbolScope::Linkage;
        let (bytes, references) = record.into_parts();
        self.sizes.push(SizeRow { name, category, size: bytes.len() as u64 });
        let at = if place == Place::Bss {
            self.object.add_symbol_bss(id, section, bytes.len() as u64, align)
        } else {
            self.object.add_symbol_data(id, section, &bytes, align)
        };
        for reference in references {
            let symbol = self.symbol(&reference.symbol);
            let (kind, size) = if reference.relative { (RelocationKind::Relative, 32) } else { (RelocationKind::Absolute, 64) };
            let flags = RelocationFlags::Generic { kind, encoding: RelocationEncoding::Generic, size };
            // Kinds and sizes are ELF's plainest: the writer knows them.
            let _ = self
                .object
                .add_relocation(section, Relocation { offset: at + reference.at as u64, symbol, addend: reference.addend, flags });
        }
    }

    /// Constant data: with or without addresses.
    pub fn constant(&mut self, name: impl Into<LinkName>, category: &'static str, align: u64, record: Record) {
        let place = if record.has_addresses() { Place::RelRo } else { Place::ReadOnly };
        self.define(name, category, place, align, record);
    }

    /// Constant data that is the same wherever it is the same: the name of the first.
    pub fn shared(&mut self, name: impl Into<LinkName>, category: &'static str, align: u64, record: Record) -> LinkName {
        if let Some(known) = self.shared.get(&record) {
            return known.clone();
        }
        let name = name.into();
        self.shared.insert(record.clone(), name.clone());
        self.constant(name.clone(), category, align, record);
        name
    }

    /// A NUL-terminated UTF-8 text, shared by content.
    pub fn text(&mut self, text: &str) -> LinkName {
        let mut bytes = text.as_bytes().to_vec();
        bytes.push(0);
        self.blob(bytes, "names", 1)
    }

    /// Constant bytes, shared by content.
    pub fn blob(&mut self, bytes: Vec<u8>, category: &'static str, align: u64) -> LinkName {
        if let Some(n) = self.texts.get(&bytes) {
            return n.clone();
        }
        let name: LinkName = format!("blob:{}", self.texts.len()).into();
        self.texts.insert(bytes.clone(), name.clone());
        // All are aligned alike so that sharing never breaks a larger alignment.
        self.define(name.clone(), category, Place::ReadOnly, align.max(if category == "names" { 1 } else { 8 }), Record::raw(bytes));
        name
    }

    /// An array of numbers, shared by content.
    pub fn numbers<T: Field<Address>>(&mut self, items: impl IntoIterator<Item = T::Written>, category: &'static str) -> LinkName {
        self.blob(Record::array::<T>(items).into_parts().0, category, 8)
    }

    /// Bytes of a defined symbol.
    pub fn size_of(&self, name: &str) -> u64 {
        self.sizes.iter().rev().find(|r| &*r.name == name).map_or(0, |r| r.size)
    }

    pub fn finish(self) -> Result<Data, DataError> {
        // What only served to make it goes before there is another copy of everything.
        let (object, sizes) = self.into_object();
        let object = object.write().map_err(|e| DataError::Object(e.to_string()))?;
        Ok(Data { object, sizes })
    }

    fn into_object(self) -> (Object<'static>, Vec<SizeRow>) {
        (self.object, self.sizes)
    }
}
