//! The result of the analysis.

use crate::graph::Graph;
use crate::roots::{EntryPoints, WellKnownTypes};
use crate::stats::Stats;
use kiln_lir::{Function, Lookup, LookupCtx, Sym};
use kiln_support::{FxHashSet, FxIndexMap, FxIndexSet};
use kiln_typesys::{FieldDesc, MethodDesc, TypeDesc, TypeSystem};

/// One row of a type's interface dispatch map.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DispatchRow {
    /// Exact interface.
    pub interface: TypeDesc,
    /// Slot in it.
    pub slot: u32,
    /// Entry to call; `None`: several default implementations are equally good.
    pub target: Option<Sym>,
}

/// One resolved generic virtual method.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GvmRow {
    /// Type of the receiver.
    pub receiver: TypeDesc,
    /// What is called (`Sym::GvmHandle`).
    pub handle: MethodDesc,
    /// Entry to call; `None`: several default implementations are equally good.
    pub target: Option<Sym>,
}

/// Something that does not load or import and throws at run time instead, or that trimming or compiling ahead of time may break.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Warning {
    /// Diagnostic code.
    pub code: kiln_diag::Code,
    /// Method (or type) for people.
    pub place: String,
    /// The method (a definition) whose IL it is about, where its line matters.
    pub method: Option<MethodDesc>,
    /// IL offset.
    pub offset: Option<u32>,
    /// What is wrong.
    pub text: String,
    /// For what is about the source (`Code::is_of_source`): the methods by which the place is reached, from the one that starts the program.
    pub path: Vec<String>,
}

/// Everything that a program consists of.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// All code, sorted by link name.
    pub functions: Vec<Function>,
    /// MethodTables, sorted by name; `true`: objects of the type may exist.
    pub types: FxIndexMap<TypeDesc, bool>,
    /// Introducing declarations (canonical) of the virtual slots in use.
    pub used_slots: FxHashSet<MethodDesc>,
    /// Interface dispatch maps of constructed types.
    pub dispatch: FxIndexMap<TypeDesc, Vec<DispatchRow>>,
    /// Generic virtual methods.
    pub gvm: Vec<GvmRow>,
    /// Slots of the dictionaries of each context.
    pub layouts: FxIndexMap<LookupCtx, FxIndexSet<Lookup>>,
    /// What dictionaries would hold, if it were not beyond the bounds of generic expansion.
    pub refused: FxHashSet<Sym>,
    /// Exact types with a dictionary.
    pub type_dictionaries: Vec<TypeDesc>,
    /// Exact generic methods with a dictionary.
    pub method_dictionaries: Vec<MethodDesc>,
    /// Statics blocks, with the class constructor's entry.
    pub statics: Vec<(TypeDesc, Option<Sym>)>,
    /// Thread-statics descriptors.
    pub thread_statics: Vec<TypeDesc>,
    /// String literals.
    pub strings: Vec<Sym>,
    /// NUL-terminated texts.
    pub cstrings: Vec<String>,
    /// Exact interface methods with a dispatch cell.
    pub cells: Vec<MethodDesc>,
    /// Generic virtual method handles.
    pub gvm_handles: Vec<MethodDesc>,
    /// Field handles.
    pub field_handles: Vec<FieldDesc>,
    /// Method handles.
    pub method_handles: Vec<MethodDesc>,
    /// Fields whose image data is used.
    pub rvas: Vec<FieldDesc>,
    /// Natives: entry name and library.
    pub natives: Vec<(String, String)>,
    /// P/Invoke caches: library and entry name.
    pub pinvoke_cells: Vec<(String, String)>,
    /// Entries of parameterless constructors, for reflection.
    pub default_ctors: FxIndexMap<TypeDesc, Sym>,
    /// Multicast thunks of delegate types.
    pub multicast: FxIndexMap<TypeDesc, Sym>,
    /// Finalizers of constructed types.
    pub finalizers: FxIndexMap<TypeDesc, Sym>,
    /// Code that the runtime calls.
    pub entries: EntryPoints,
    /// Types that the runtime knows.
    pub well_known: WellKnownTypes,
    /// Members for reflection.
    pub reflection: Option<crate::reflection::Reflection>,
    /// Delegate types that may become C functions or are made of such, by their `Invoke`.
    pub native_delegates: Vec<MethodDesc>,
    /// Structures that are described for native code.
    pub native_forms: Vec<TypeDesc>,
    /// What is asked of assemblies.
    pub manifests: crate::manifests::Manifests,
    /// AppContext properties.
    pub app_properties: Vec<(String, String)>,
    /// What will throw.
    pub warnings: Vec<Warning>,
    /// Why everything is here.
    pub graph: Graph,
    /// Counts.
    pub stats: Stats,
}

impl Program {
    /// Position of a lookup in the dictionaries of a context, in words from the start.
    #[must_use]
    pub fn dictionary_index(&self, ctx: &LookupCtx, l: &Lookup) -> Option<usize> {
        let header = usize::from(matches!(ctx, LookupCtx::Method(_)));
        self.layouts.get(ctx)?.get_index_of(l).map(|i| i + header)
    }

    /// Whether a virtual slot is called by the program, given its introducing declaration.
    #[must_use]
    pub fn is_slot_used(&self, ts: &TypeSystem, decl: MethodDesc) -> bool {
        self.used_slots.contains(&ts.canonical_method(decl))
    }
}
