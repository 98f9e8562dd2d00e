//! From the tree to an image: every definition gets its row, then everything that names definitions is written.
//!
//! The order follows from the tables (ECMA-335 II.22): type definitions first, an enclosing one before its nested ones, then their members
//! in the same order, so that the lists of fields and methods are runs; then what hangs on them.

mod attributes;
mod bodies;
mod members;
mod refs;
mod signatures;
mod types;

use crate::ast::{Class, Typar, Unit};
use crate::error::{ErrorKind, Place, Result, at};
use crate::write::{Heaps, Image, Tables};
use crate::{Assembled, MethodLines};
use kiln_metadata::{CodedIndex, Table, Token};
use kiln_support::FxHashMap;

/// The bytes of the assembly.
pub(crate) fn image(unit: &Unit) -> Result<Assembled> {
    let mut cx = Cx::new(unit);
    cx.references()?;
    cx.module();
    cx.declare_types()?;
    cx.define_types()?;
    cx.declare_members()?;
    cx.generic_params()?;
    cx.hang_on_types()?;
    cx.hang_on_members()?;
    cx.bodies()?;
    cx.assembly()?;
    let image = Image { bodies: cx.code, tables: cx.tables.stream(&cx.heaps), heaps: cx.heaps, entry_point: cx.entry_point };
    Ok(Assembled { bytes: image.bytes(), methods: cx.lines })
}

/// A class with its row.
#[derive(Clone, Copy)]
struct Def<'a> {
    class: &'a Class,
    rid: u32,
    outer: Option<u32>,
}

/// The type parameters that names may mean.
#[derive(Clone, Copy, Default)]
struct Generics<'a> {
    class: &'a [Typar],
    method: &'a [Typar],
}

struct Cx<'a> {
    unit: &'a Unit,
    tables: Tables,
    heaps: Heaps,
    /// Bodies, then data.
    code: Vec<u8>,
    entry_point: u32,
    lines: Vec<MethodLines>,
    /// Rows of `.assembly extern` by what the text calls them.
    assemblies: FxHashMap<&'a str, u32>,
    modules: FxHashMap<&'a str, u32>,
    /// Type definitions in row order, `<Module>` first.
    defs: Vec<Def<'a>>,
    by_path: FxHashMap<Vec<&'a str>, u32>,
    /// Methods of a type by name: signature and row.
    methods: FxHashMap<(u32, &'a str), Vec<(Vec<u8>, u32)>>,
    fields: FxHashMap<(u32, &'a str), u32>,
    /// Row of a class's first field and first method.
    first_members: Vec<(u32, u32)>,
    /// Rows of type parameters by owner.
    typar_rows: FxHashMap<Token, u32>,
}

impl<'a> Cx<'a> {
    fn new(unit: &'a Unit) -> Self {
        Self {
            unit,
            tables: Tables::new(),
            heaps: Heaps::new(),
            code: Vec::new(),
            entry_point: 0,
            lines: Vec::new(),
            assemblies: FxHashMap::default(),
            modules: FxHashMap::default(),
            defs: Vec::new(),
            by_path: FxHashMap::default(),
            methods: FxHashMap::default(),
            fields: FxHashMap::default(),
            first_members: Vec::new(),
            typar_rows: FxHashMap::default(),
        }
    }

    fn references(&mut self) -> Result<()> {
        for a in &self.unit.references {
            let [major, minor, build, revision] = a.version.map(u32::from);
            let row = [
                major,
                minor,
                build,
                revision,
                a.flags,
                self.heaps.blob(&a.key),
                self.heaps.string(&a.name),
                self.heaps.string(&a.culture),
                0,
            ];
            let rid = self.tables.add(Table::AssemblyRef, &row);
            if self.assemblies.insert(&a.alias, rid).is_some() {
                return at(a.place, ErrorKind::Duplicate { what: "assembly reference", name: a.alias.clone() });
            }
        }
        for name in &self.unit.modules {
            let row = [self.heaps.string(name)];
            let rid = self.tables.intern(Table::ModuleRef, &row);
            self.modules.insert(name, rid);
        }
        Ok(())
    }

    fn module(&mut self) {
        let assembly = self.unit.assembly.as_ref().map_or("", |a| a.name.as_str());
        let name = self.unit.module.clone().unwrap_or_else(|| format!("{assembly}.dll"));
        // The same text gives the same bytes, and different assemblies of one test have different identities.
        let mut mvid = *b"kiln iltext mvid";
        for (n, byte) in name.bytes().enumerate() {
            mvid[n % 16] = mvid[n % 16].wrapping_mul(31).wrapping_add(byte);
        }
        let row = [0, self.heaps.string(&name), self.heaps.guid(mvid), 0, 0];
        self.tables.add(Table::Module, &row);
    }

    fn assembly(&mut self) -> Result<()> {
        let Some(a) = &self.unit.assembly else { return at(Place { file: 0, line: 1 }, ErrorKind::NoAssembly) };
        let [major, minor, build, revision] = a.version.map(u32::from);
        let row = [
            a.hash_algorithm,
            major,
            minor,
            build,
            revision,
            a.flags,
            self.heaps.blob(&a.key),
            self.heaps.string(&a.name),
            self.heaps.string(&a.culture),
        ];
        let rid = self.tables.add(Table::Assembly, &row);
        let none = Generics::default();
        self.attributes(Token::new(Table::Assembly, rid), &a.attributes, none)?;
        self.attributes(Token::new(Table::Module, 1), &self.unit.attributes, none)
    }

    /// The type parameters in sight inside a class and one of its methods.
    fn generics(&self, def: Def<'a>, method: &'a [Typar]) -> Generics<'a> {
        Generics { class: &def.class.typars, method }
    }
}

/// A token as a column of a coded index. The emitter only asks for what the index has; the null row is what is left.
fn coded<C: CodedIndex>(token: Token) -> u32 {
    C::from_token(token).map_or(0, C::encode)
}
