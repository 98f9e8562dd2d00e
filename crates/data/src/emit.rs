//! The order of emission, and what the driver hands over.

use crate::DataError;
use crate::writer::{Chunk, Place, Sec, SizeRow, Target, Writer};
use kiln_analysis::generics::{Found, method_context, resolve_lookup, type_context};
use kiln_analysis::{Program, throwing};
use kiln_lir::{Function, LookupCtx, Sym};
use kiln_lower::sym_name;
use kiln_support::{FxHashMap, FxHashSet};
use kiln_typesys::{GenericArgs, ModuleId, TypeDesc, TypeSysError, TypeSystem};
use std::collections::BTreeSet;

/// What code generation tells about one function.
#[derive(Clone, Debug, Default)]
pub struct MethodRecord {
    /// Link name.
    pub symbol: String,
    /// Encoded GC record (`abi::gc_info`); `None` without call sites.
    pub gc: Option<Vec<u8>>,
    /// Name in stack traces; `None`: hidden.
    pub display: Option<String>,
}

/// What goes in besides the program.
#[derive(Clone, Debug, Default)]
pub struct DataOptions {
    /// All functions in the order in which they are linked.
    pub methods: Vec<MethodRecord>,
}

/// The result.
#[derive(Clone, Debug)]
pub struct DataObject {
    /// ELF relocatable object.
    pub object: Vec<u8>,
    /// What takes how much.
    pub sizes: Vec<SizeRow>,
}

/// The function that stands for a `Sym::Native` that the runtime does not define: prints its name and aborts (contract §10). It belongs
/// to `Program::functions`.
#[must_use]
pub fn native_abort_stub(ts: &TypeSystem, sym: &Sym) -> Function {
    match sym {
        Sym::Native(name, library) => throwing::native_abort_stub(ts, name, library),
        other => throwing::native_abort_stub(ts, &sym_name(ts, other), ""),
    }
}

/// Symbol of the dispatch entry that matches no type.
const EMPTY_DISPATCH: &str = "kiln_empty_dispatch_entry";

/// Emits everything.
pub fn emit_data(ts: &TypeSystem, p: &Program, opts: &DataOptions) -> Result<DataObject, DataError> {
    let mut e = Emitter {
        ts,
        p,
        w: Writer::new(),
        statics: p.statics.iter().map(|s| s.0).collect(),
        dictionaries: FxHashMap::default(),
        assemblies: FxHashMap::default(),
    };
    e.texts();
    e.slot_offsets();
    e.all_dictionaries();
    for (&t, &constructed) in &p.types {
        e.method_table(t, constructed)?;
    }
    let static_refs = e.all_statics()?;
    e.all_thread_statics()?;
    e.strings();
    e.cells();
    e.handles()?;
    e.program_header(opts, &static_refs)?;
    let (object, sizes) = e.w.finish()?;
    Ok(DataObject { object, sizes })
}

/// State of the emission.
pub(crate) struct Emitter<'a> {
    pub ts: &'a TypeSystem,
    pub p: &'a Program,
    pub w: Writer,
    /// Types with a statics block.
    pub statics: FxHashSet<TypeDesc>,
    /// Dictionaries of exact types.
    pub dictionaries: FxHashMap<TypeDesc, Place>,
    /// Display names of assemblies.
    pub assemblies: FxHashMap<ModuleId, Place>,
}

impl Emitter<'_> {
    /// A type's MethodTable; null when the program does not have it.
    pub fn mt(&self, t: TypeDesc) -> Target {
        if self.p.types.contains_key(&t) { self.sym(&Sym::NecessaryType(t)) } else { Target::Null }
    }

    pub fn sym(&self, s: &Sym) -> Target {
        Target::Sym(sym_name(self.ts, s))
    }

    pub fn opt_sym(&self, s: Option<&Sym>) -> Target {
        s.map_or(Target::Null, |s| self.sym(s))
    }

    /// Names the type of a type-system error.
    pub fn err(&self, t: TypeDesc) -> impl FnOnce(TypeSysError) -> DataError {
        let name = self.ts.type_display(t);
        move |e| DataError::Type(name, e)
    }

    fn texts(&mut self) {
        let mut all: BTreeSet<String> = self.p.cstrings.iter().cloned().collect();
        // Stubs that were added after the analysis bring theirs.
        for (s, _) in self.p.functions.iter().flat_map(|f| &f.sym_names) {
            if let Sym::CString(t) = s {
                all.insert(t.clone());
            }
        }
        for t in all {
            let mut c = Chunk::new();
            c.bytes(t.as_bytes()).u8(0);
            self.w.define(sym_name(self.ts, &Sym::CString(t)), Sec::Ro, 1, c, 0, "texts");
        }
    }

    fn slot_offsets(&mut self) {
        let mut all: Vec<(String, u32)> = Vec::new();
        for (ctx, lookups) in &self.p.layouts {
            let header = u32::from(matches!(ctx, LookupCtx::Method(_)));
            for (i, l) in lookups.iter().enumerate() {
                all.push((sym_name(self.ts, &Sym::DictSlotOffset(*ctx, *l)), 8 * (header + i as u32)));
            }
        }
        all.sort();
        for (name, offset) in all {
            let mut c = Chunk::new();
            c.u32(offset);
            self.w.define(name, Sec::Ro, 4, c, 0, "dictionary offsets");
        }
    }

    fn slots(&self, c: &mut Chunk, ctx: &LookupCtx, args: &GenericArgs) {
        let Some(lookups) = self.p.layouts.get(ctx) else { return };
        for l in lookups {
            c.ptr(match resolve_lookup(self.ts, l, args) {
                Found::Sym(s) => self.sym(&s),
                Found::Nothing(_) => Target::Null,
            });
        }
    }

    fn all_dictionaries(&mut self) {
        for &t in &self.p.type_dictionaries {
            let Some((ctx, args)) = type_context(self.ts, t) else { continue };
            let mut c = Chunk::new();
            self.slots(&mut c, &ctx, &args);
            // Something must be there so that the address is the dictionary's own.
            c.pad_to(8);
            let place = self.w.put(Sec::RelRo, 8, c, "dictionaries");
            self.dictionaries.insert(t, place);
        }
        for &m in &self.p.method_dictionaries {
            let (ctx, args) = method_context(self.ts, m);
            let mut c = Chunk::new();
            c.ptr(self.mt(self.ts.method_owner(m)));
            self.slots(&mut c, &ctx, &args);
            self.w.define(sym_name(self.ts, &Sym::MethodDictionary(m)), Sec::RelRo, 8, c, 0, "dictionaries");
        }
    }

    fn strings(&mut self) {
        let table = self.p.well_known.string.map_or(Target::Null, |t| self.mt(t));
        for s in &self.p.strings {
            let Sym::StringLiteral(units) = s else { continue };
            let mut c = Chunk::new();
            c.u64(0).ptr(table.clone()).u32(units.len() as u32);
            for u in units.iter() {
                c.u16(*u);
            }
            c.u16(0);
            c.pad_to(c.len().next_multiple_of(8).max(kiln_abi::object::MIN_OBJECT_SIZE));
            self.w.define(sym_name(self.ts, s), Sec::Frozen, 8, c, kiln_abi::object::HEADER_SIZE as u64, "string literals");
        }
    }

    fn cells(&mut self) {
        for &m in &self.p.cells {
            let mut c = Chunk::new();
            c.ptr(Target::Sym(EMPTY_DISPATCH.to_owned()));
            c.ptr(self.mt(self.ts.method_owner(m)));
            c.u32(self.ts.interface_slot(m)).u32(0);
            self.w.define(sym_name(self.ts, &Sym::DispatchCell(m)), Sec::Data, 8, c, 0, "dispatch cells");
        }
        for (l, e) in &self.p.pinvoke_cells {
            let mut c = Chunk::new();
            c.u64(0);
            self.w.define(sym_name(self.ts, &Sym::PInvokeCell(l.clone(), e.clone())), Sec::Data, 8, c, 0, "dispatch cells");
        }
    }

    fn handles(&mut self) -> Result<(), DataError> {
        let ts = self.ts;
        for &f in &self.p.rvas {
            let data = ts.rva_data(f).ok_or_else(|| DataError::Limit(format!("{} has no data in its image", ts.field_name(f))))?;
            let mut c = Chunk::new();
            c.bytes(&data);
            // Natives copy whole words.
            c.pad_to(c.len().next_multiple_of(8).max(8));
            let align = if data.len() >= 16 { 16 } else { 8 };
            self.w.define(sym_name(ts, &Sym::FieldRva(f)), Sec::Ro, align, c, 0, "field data");
        }
        for &m in &self.p.gvm_handles {
            let mut c = Chunk::new();
            c.ptr(self.mt(ts.method_owner(m))).u64(u64::from(method_token(ts, m)));
            self.w.define(sym_name(ts, &Sym::GvmHandle(m)), Sec::RelRo, 8, c, 0, "handles");
        }
        for &f in &self.p.field_handles {
            let mut c = Chunk::new();
            let size = ts.field_type(f).and_then(|t| ts.value_size(t)).map_or(0, |s| s.0);
            c.ptr(self.mt(ts.field_owner(f))).u32(0x0400_0000 | ts.field_def(f).1.0).u32(size);
            c.ptr(if ts.has_rva(f) { self.sym(&Sym::FieldRva(f)) } else { Target::Null });
            self.w.define(sym_name(ts, &Sym::FieldHandle(f)), Sec::RelRo, 8, c, 0, "handles");
        }
        for &m in &self.p.method_handles {
            let mut c = Chunk::new();
            c.ptr(self.mt(ts.method_owner(m))).u64(u64::from(method_token(ts, m)));
            self.w.define(sym_name(ts, &Sym::MethodHandle(m)), Sec::RelRo, 8, c, 0, "handles");
        }
        Ok(())
    }
}

fn method_token(ts: &TypeSystem, m: kiln_typesys::MethodDesc) -> u32 {
    ts.method_def(m).map_or(0, |(_, d)| 0x0600_0000 | d.0)
}
