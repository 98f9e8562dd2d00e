//! What reflection over members needs (ADR 0005): which types are described, and which of their methods must be compiled.
//!
//! Nothing is kept until the program reaches a native that reads members. Then the application's own types, and those of the class
//! library that it names with `typeof`, get their descriptions. Their methods are compiled only when the program can call
//! methods by reflection: all of the application's; of the class library's the constructors, and the members whose names the
//! application has as string literals. A method that is not compiled is described all the same.

mod attributes;
mod trees;

pub use attributes::attribute_owners;
pub use trees::objects_thunk;

use crate::dispatch::object_entry;
use crate::graph::{NodeId, Reason};
use crate::worklist::Analyzer;
use kiln_lir::{Function, Inst, Sym};
use kiln_lower::{invoker_signature, method_entry};
use kiln_metadata::{HasCustomAttribute, TypeModifier, TypeName};
use kiln_support::{FxHashSet, FxIndexMap, FxIndexSet};
use kiln_typesys::{GenericArgs, MethodDesc, ModuleId, TypeClass, TypeDesc, TypeKind, TypeSystem, WellKnown};

/// Natives (prefixes of their link names) that read members.
const MEMBER_NATIVES: &[&str] = &[
    "System.Reflection.MetadataImport::",
    "System.RuntimeMethodHandle::",
    "System.RuntimeFieldHandle::",
    "System.RuntimeTypeHandle::GetFirstIntroducedMethod(",
    "System.RuntimeTypeHandle::GetFields(",
    "Kiln.Members::",
    "RuntimeTypeHandle_GetInstantiation",
];
/// Reads custom attributes, and so makes their objects.
const ATTRIBUTES: &str = "System.Reflection.MetadataImport::GetCustomAttributeProps(";
/// Asks a delegate for its method.
const DELEGATE_METHOD: &str = "Kiln.Members::FindMethod(";
/// Binds delegates to methods.
const OPEN_THUNK: &str = "Kiln.Members::OpenThunk(";
/// Finds the methods of stack frames.
const FRAME_METHOD: &str = "Kiln.Members::FrameMethod(";
/// Makes delegates of functions of objects.
const OBJECTS_THUNK: &str = "Kiln.Members::ObjectsThunk(";
/// Lists the types of a module.
const MODULE_TYPES: &str = "Kiln.Members::ListsTypes(";
/// Asks which methods implement an interface.
const INTERFACE_MAP: &str = "RuntimeTypeHandle_GetInterfaceMethodImplementation";
/// Reads and writes static fields.
const STATIC_FIELDS: &[&str] = &["System.RuntimeFieldHandle::GetStaticFieldAddress(", "Kiln.Members::FieldValue("];

/// The result: what the data object describes.
#[derive(Clone, Debug, Default)]
pub struct Reflection {
    /// Type definitions with rows, sorted by module and row.
    pub described: Vec<TypeDesc>,
    /// Closed types whose members have code and offsets, sorted by name.
    pub exact: Vec<TypeDesc>,
    /// Instantiated generic methods, sorted by name.
    pub generic_methods: Vec<MethodDesc>,
    /// Custom attributes are read.
    pub attributes: bool,
    /// Delegates are bound to methods: delegate types need their thunks.
    pub binds: bool,
    /// Stack frames are asked for their methods.
    pub frames: bool,
    /// Delegates are made of functions of objects.
    pub wraps: bool,
    /// Implementations of interface methods are asked for.
    pub interface_maps: bool,
    /// Modules whose own attributes are described.
    pub modules: Vec<ModuleId>,
}

/// What can be done with a described type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Rank {
    /// The application's: everything.
    Own,
    /// The class library's: constructors and members that are named.
    Named,
}

/// State during the analysis.
#[derive(Debug, Default)]
pub(crate) struct Members {
    /// Modules that are not the class library's.
    application: FxHashSet<ModuleId>,
    /// Methods of CoreLib by which a program calls others by reflection.
    invokers: FxHashSet<MethodDesc>,
    /// `Delegate.DynamicInvoke`.
    dynamic_invoke: Option<MethodDesc>,
    /// What makes an expression tree's lambda of a delegate type that is known at run time only.
    lambda_maker: Option<MethodDesc>,
    makes_lambdas: bool,
    /// `System.Linq.Queryable` and `System.Linq.Enumerable`: a query over objects becomes calls of the latter's methods, found by name.
    queries: Option<(TypeDesc, TypeDesc)>,
    dynamic: bool,
    active: bool,
    invokes: bool,
    attributes: bool,
    binds: bool,
    wraps: bool,
    statics: bool,
    finds_delegates: bool,
    lists_types: bool,
    frames: bool,
    /// Definitions of the application's types whose methods are compiled.
    with_code: FxIndexMap<TypeDesc, NodeId>,
    interface_maps: bool,
    /// Types to describe once reflection is active.
    candidates: FxIndexMap<TypeDesc, NodeId>,
    described: FxIndexMap<TypeDesc, NodeId>,
    exact: FxIndexMap<TypeDesc, (Rank, NodeId)>,
    generic_methods: FxIndexMap<MethodDesc, NodeId>,
    /// Methods that code names: what has such a handle can be called.
    tokens: FxIndexMap<MethodDesc, NodeId>,
    /// String literals of the application.
    literals: FxIndexSet<String>,
    /// Methods whose addresses the application takes.
    addresses: FxIndexMap<MethodDesc, NodeId>,
}

impl Members {
    pub(crate) fn new(ts: &TypeSystem, application: impl IntoIterator<Item = ModuleId>) -> Self {
        let mut invokers = FxHashSet::default();
        for (ty, method) in [
            ("RuntimeMethodInfo", "Invoke"),
            ("RuntimeConstructorInfo", "Invoke"),
            ("MethodInvoker", "Create"),
            ("ConstructorInvoker", "Create"),
        ] {
            if let Some(t) = ts.find_type(ts.corelib(), "System.Reflection", ty) {
                invokers.extend(ts.find_methods(t, method));
            }
        }
        let dynamic_invoke = ts.find_method(ts.well_known(WellKnown::Delegate), "DynamicInvokeImpl", 1);
        let lambda_maker = ts
            .find_type_by_full_name("System.Linq.Expressions.Expression")
            .and_then(|t| ts.find_methods(t, "CreateLambda").into_iter().next());
        let queries = ts.find_type_by_full_name("System.Linq.Queryable").zip(ts.find_type_by_full_name("System.Linq.Enumerable"));
        Self { application: application.into_iter().collect(), invokers, dynamic_invoke, lambda_maker, queries, ..Self::default() }
    }

    fn is_own(&self, ts: &TypeSystem, t: TypeDesc) -> bool {
        ts.type_def(t).is_some_and(|(module, _)| self.application.contains(&module))
    }

    /// The plan; `None` when nothing was reflected on.
    pub(crate) fn finish(self, ts: &TypeSystem) -> Option<Reflection> {
        if !self.active {
            return None;
        }
        let modules = self.modules();
        let mut described: Vec<TypeDesc> = self.described.into_keys().collect();
        described.sort_by_key(|&t| ts.type_def(t).map(|(m, d)| (m, d.token().0)));
        let mut exact: Vec<TypeDesc> = self.exact.into_keys().collect();
        exact.sort_by_cached_key(|&t| ts.type_name(t));
        let mut generic_methods: Vec<MethodDesc> = self.generic_methods.into_keys().collect();
        generic_methods.sort_by_cached_key(|&m| ts.method_name_full(m));
        Some(Reflection {
            described,
            exact,
            generic_methods,
            attributes: self.attributes,
            binds: self.binds,
            wraps: self.wraps,
            frames: self.frames,
            interface_maps: self.interface_maps,
            modules,
        })
    }
}

impl Analyzer<'_> {
    /// A native was reached.
    pub(crate) fn reflection_native(&mut self, name: &str, id: NodeId) {
        if name.starts_with(ATTRIBUTES) && !self.members.attributes {
            self.members.attributes = true;
            let types: Vec<(TypeDesc, NodeId)> = self.members.described.iter().map(|(t, n)| (*t, *n)).collect();
            for (t, from) in types {
                self.keep_attributes(t, from);
                self.keep_attribute_array(t, from);
            }
            for module in self.members.modules() {
                self.keep_attributes_of(module, HasCustomAttribute::Assembly(kiln_metadata::AssemblyId(1)), id);
            }
        }
        if name.starts_with(DELEGATE_METHOD) && !self.members.finds_delegates {
            self.members.finds_delegates = true;
            self.activate_members();
            for (m, from) in self.members.addresses.clone() {
                self.describe_method(m, from);
            }
        }
        if name.starts_with(OPEN_THUNK) && !self.members.binds {
            self.members.binds = true;
            self.keep_all_code();
            self.delegates(id);
        }
        if name.starts_with(FRAME_METHOD) && !self.members.frames {
            self.members.frames = true;
            self.activate_members();
            for (t, from) in self.members.with_code.clone() {
                self.describe(t, from);
            }
        }
        if name.starts_with(OBJECTS_THUNK) && !self.members.wraps {
            self.members.wraps = true;
            for (t, (_, from)) in self.members.exact.clone() {
                self.keep_objects_thunk(t, from);
            }
        }
        if name.starts_with(MODULE_TYPES) && !self.members.lists_types {
            self.members.lists_types = true;
            for module in self.members.modules() {
                self.keep_types_of(module, id);
            }
        }
        if name.starts_with(INTERFACE_MAP) && !self.members.interface_maps {
            self.members.interface_maps = true;
            for (t, (_, from)) in self.members.exact.clone() {
                self.keep_interfaces(t, from);
            }
        }
        if STATIC_FIELDS.iter().any(|p| name.starts_with(p)) && !self.members.statics {
            self.members.statics = true;
            for (t, (_, from)) in self.members.exact.clone() {
                self.keep_statics(t, from);
            }
        }
        if MEMBER_NATIVES.iter().any(|p| name.starts_with(p)) {
            self.activate_members();
        }
    }

    /// A method was reached: it may be one by which others are called.
    pub(crate) fn reflection_method(&mut self, m: MethodDesc, id: NodeId) {
        if self.members.dynamic_invoke == Some(m) {
            self.members.dynamic = true;
            self.activate_members();
            self.delegates(id);
        }
        if self.members.lambda_maker == Some(m) && !self.members.makes_lambdas {
            self.members.makes_lambdas = true;
            for (t, (_, from)) in self.members.exact.clone() {
                self.keep_lambda(t, from);
            }
        }
        if !self.members.invokes && self.members.invokers.contains(&m) {
            self.members.invokes = true;
            self.keep_all_code();
        }
    }

    /// An exact generic method is in the program.
    pub(crate) fn reflection_instance(&mut self, m: MethodDesc, id: NodeId) {
        let ts = self.ts;
        if ts.is_shared_method(m) || ts.contains_vars_method(m) {
            return;
        }
        let owner = ts.method_owner(m);
        let queries = self.members.queries.filter(|&(queryable, _)| queryable == owner);
        if let Some((_, enumerable)) = queries {
            self.keep_query(m, enumerable, id);
        }
        if !ts.method_args(m).is_empty()
            && (queries.is_some() || self.members.is_own(ts, owner))
            && self.members.generic_methods.insert(m, id).is_none()
            && self.members.calls()
        {
            self.keep_code(m, id);
        }
    }

    /// A delegate type is known: delegates of it may be made by reflection, or called.
    pub(crate) fn reflection_delegate(&mut self, t: TypeDesc, id: NodeId) {
        let ts = self.ts;
        let (true, Some(invoke)) = (ts.is_delegate(t), ts.delegate_invoke(t)) else { return };
        if ts.contains_vars(t) || ts.contains_canon(t) {
            return;
        }
        if self.members.binds {
            self.reach_sym(Sym::ConstructedType(t), id, Reason::Reflection);
            self.reach_sym(Sym::DelegateShuffle(ts.canonical_method(invoke)), id, Reason::Reflection);
            self.describe(t, id);
        }
        if self.members.dynamic {
            self.describe(t, id);
            self.keep_code(invoke, id);
        }
    }

    fn delegates(&mut self, id: NodeId) {
        let all: Vec<TypeDesc> = self.types.keys().copied().collect();
        for t in all {
            self.reflection_delegate(t, id);
        }
    }

    /// A type has an identity in the program.
    pub(crate) fn reflection_type(&mut self, t: TypeDesc, id: NodeId) {
        if self.members.is_own(self.ts, t) {
            self.candidate(t, id);
        }
        if let Some(delegate) = trees::expression_delegate(self.ts, t) {
            self.candidate(delegate, id);
            if let Some(invoke) = self.ts.delegate_invoke(delegate) {
                self.reflection_method_token(invoke, id);
            }
        }
        if self.members.binds || self.members.dynamic {
            self.reflection_delegate(t, id);
        }
    }

    /// Code names a type other than by making objects of it.
    pub(crate) fn reflection_named(&mut self, t: TypeDesc, module: Option<ModuleId>, id: NodeId) {
        if module.is_some_and(|m| self.members.application.contains(&m)) && self.ts.type_def(t).is_some() {
            self.candidate(t, id);
        }
    }

    /// Code of the application: its literals, and the methods whose addresses it takes.
    pub(crate) fn reflection_code(&mut self, f: &Function, id: NodeId) {
        let ts = self.ts;
        let (Sym::Method(owner) | Sym::MethodEntry(owner)) = &f.sym else { return };
        if !ts.method_def(*owner).is_some_and(|(module, _)| self.members.application.contains(&module)) {
            return;
        }
        let definition = ts.generic_definition(ts.method_owner(*owner));
        if self.members.with_code.insert(definition, id).is_none() && self.members.frames {
            self.describe(definition, id);
        }
        for (s, _) in &f.sym_names {
            if let Sym::StringLiteral(units) = s
                && let Ok(text) = String::from_utf16(units)
                && text.len() < 512
                && self.members.literals.insert(text.clone())
                && self.members.active
            {
                self.literal(&text, id);
            }
        }
        for (_, inst) in f.blocks.iter().flat_map(|b| &b.insts) {
            let Inst::SymAddr(Sym::Method(m) | Sym::MethodEntry(m) | Sym::UnboxingStub(m), _) = inst else { continue };
            if self.members.addresses.insert(*m, id).is_none() && self.members.finds_delegates {
                self.describe_method(*m, id);
            }
        }
    }

    fn activate_members(&mut self) {
        if std::mem::replace(&mut self.members.active, true) {
            return;
        }
        for (t, from) in self.members.candidates.clone() {
            self.describe(t, from);
        }
        for text in self.members.literals.clone() {
            self.literal(&text, NodeId(0));
        }
    }

    fn candidate(&mut self, t: TypeDesc, id: NodeId) {
        if self.members.candidates.insert(t, id).is_none() && self.members.active {
            self.describe(t, id);
        }
    }

    /// The method's type gets rows; nothing else of it is wanted.
    fn describe_method(&mut self, m: MethodDesc, id: NodeId) {
        let owner = self.ts.method_owner(m);
        if self.ts.type_def(owner).is_some() && !self.ts.contains_canon(owner) {
            self.describe(owner, id);
        }
    }

    /// Gives a type, its definition and its bases rows.
    fn describe(&mut self, t: TypeDesc, id: NodeId) {
        let ts = self.ts;
        if ts.contains_canon(t) || ts.is_runtime_determined(t) || ts.type_def(t).is_none() {
            return;
        }
        let definition = ts.generic_definition(t);
        if self.members.described.insert(definition, id).is_none() {
            self.reach_sym(Sym::NecessaryType(definition), id, Reason::Reflection);
            self.keep_signatures(definition, id);
            if self.members.attributes {
                self.keep_attributes(definition, id);
                self.keep_attribute_array(t, id);
            }
        }
        let closed = !ts.contains_vars(t) || definition == t && ts.type_args(t).is_empty();
        let rank = if self.members.is_own(ts, t) { Rank::Own } else { Rank::Named };
        if closed && self.members.exact.insert(t, (rank, id)).is_none() {
            self.reach_sym(Sym::NecessaryType(t), id, Reason::Reflection);
            if definition != t {
                self.keep_signatures(t, id);
            }
            if self.members.statics {
                self.keep_statics(t, id);
            }
            if self.members.interface_maps {
                self.keep_interfaces(t, id);
            }
            if self.members.wraps {
                self.keep_objects_thunk(t, id);
            }
            if self.members.makes_lambdas {
                self.keep_lambda(t, id);
            }
            if self.members.calls() {
                self.keep_type_code(t, rank, id);
            }
        }
        if let Some(base) = ts.base_type(t) {
            self.describe(base, id);
        }
    }

    /// The types in the signatures of members.
    fn keep_signatures(&mut self, t: TypeDesc, id: NodeId) {
        let ts = self.ts;
        for &m in ts.methods(t).iter() {
            if let Ok(sig) = ts.method_sig(m) {
                for p in sig.params.iter().chain([&sig.ret]) {
                    self.keep_part(*p, id);
                }
            }
        }
        for &f in ts.fields(t).iter() {
            if let Ok(ft) = ts.field_type(f) {
                self.keep_part(ft, id);
            }
        }
        for &i in ts.interfaces(t).iter() {
            self.keep_part(i, id);
        }
    }

    /// A type in a signature: what of it is closed gets an identity.
    fn keep_part(&mut self, t: TypeDesc, id: NodeId) {
        let ts = self.ts;
        match ts.kind(t) {
            TypeKind::ByRef(e) | TypeKind::Ptr(e) => self.keep_part(e, id),
            TypeKind::SzArray(e) | TypeKind::MdArray(e, _) if ts.contains_vars(t) => self.keep_part(e, id),
            TypeKind::Var(_) | TypeKind::MVar(_) | TypeKind::RuntimeDetermined { .. } => {}
            TypeKind::FnPtr(_) => self.reach_sym(Sym::NecessaryType(ts.well_known(WellKnown::IntPtr)), id, Reason::Reflection),
            TypeKind::Def { args, .. } if ts.contains_vars(t) => {
                self.reach_sym(Sym::NecessaryType(ts.generic_definition(t)), id, Reason::Reflection);
                for &a in args.iter() {
                    self.keep_part(a, id);
                }
            }
            _ if ts.type_depth(t) > 12 => {}
            _ => self.reach_sym(Sym::NecessaryType(t), id, Reason::Reflection),
        }
    }

    /// Methods can be called by reflection from now on.
    fn keep_all_code(&mut self) {
        for (t, (rank, id)) in self.members.exact.clone() {
            self.keep_type_code(t, rank, id);
        }
        for (m, id) in self.members.generic_methods.clone().into_iter().chain(self.members.tokens.clone()) {
            self.keep_code(m, id);
        }
    }

    fn keep_type_code(&mut self, t: TypeDesc, rank: Rank, id: NodeId) {
        let ts = self.ts;
        for &m in ts.methods(t).iter() {
            if rank == Rank::Own || ts.is_ctor(m) && is_public(ts, m) || self.is_named(&ts.method_name(m)) {
                self.keep_code(m, id);
            }
        }
    }

    fn is_named(&self, method: &str) -> bool {
        let property = ["get_", "set_", "add_", "remove_"].iter().find_map(|p| method.strip_prefix(p));
        self.members.literals.contains(method) || property.is_some_and(|p| self.members.literals.contains(p))
    }

    /// A string in the application's code: it may name a member or a type.
    fn literal(&mut self, text: &str, id: NodeId) {
        let ts = self.ts;
        if self.members.calls() {
            for (t, (rank, from)) in self.members.exact.clone() {
                if rank == Rank::Named {
                    for &m in ts.methods(t).iter() {
                        let name = ts.method_name(m);
                        if name == text || ["get_", "set_", "add_", "remove_"].iter().any(|p| name.strip_prefix(p) == Some(text)) {
                            self.keep_code(m, from);
                        }
                    }
                }
            }
        }
        if (text.contains('.') || self.members.application.len() == 1)
            && let Some(t) = TypeName::parse(text).ok().and_then(|n| self.named_type(&n, None))
        {
            self.keep_part(t, id);
            self.candidate(t, id);
        }
    }

    /// The type that a serialized name means.
    fn named_type(&self, name: &TypeName, module: Option<ModuleId>) -> Option<TypeDesc> {
        let ts = self.ts;
        let full = if name.namespace.is_empty() { name.names.join("+") } else { format!("{}.{}", name.namespace, name.names.join("+")) };
        let local = module.and_then(|m| ts.find_type(m, &name.namespace, &name.names.join("+")));
        let mut t = local.or_else(|| ts.find_type_by_full_name(&full))?;
        if !name.args.is_empty() {
            let args: Option<Vec<TypeDesc>> = name.args.iter().map(|a| self.named_type(a, module)).collect();
            let args = args?;
            if ts.type_args(t).len() != args.len() {
                return None;
            }
            t = ts.instantiate(t, &args);
        }
        for modifier in &name.modifiers {
            t = match modifier {
                TypeModifier::Pointer => ts.ptr(t),
                TypeModifier::ByRef => ts.byref(t),
                TypeModifier::SzArray => ts.sz_array(t),
                TypeModifier::Array(rank) => ts.md_array(t, *rank),
            };
        }
        Some(t)
    }

    /// Compiles a method so that reflection can call it.
    fn keep_code(&mut self, m: MethodDesc, id: NodeId) {
        let ts = self.ts;
        let Some(code) = method_code(ts, m) else { return };
        let owner = ts.method_owner(m);
        if ts.is_ctor(m) && has_objects(ts, owner) {
            self.reach_sym(Sym::ConstructedType(owner), id, Reason::Reflection);
        }
        for s in [code.entry, Some(code.call), Some(code.invoker)].into_iter().flatten() {
            self.reach_sym(s, id, Reason::Reflection);
        }
    }

    fn keep_statics(&mut self, t: TypeDesc, id: NodeId) {
        let ts = self.ts;
        let own = self.members.is_own(ts, t);
        let has = ts.fields(t).iter().any(|&f| ts.is_static(f) && !ts.is_literal(f) && !ts.is_thread_static(f) && !ts.has_rva(f));
        if own && has && !ts.contains_vars(t) {
            self.reach_sym(Sym::Statics(t), id, Reason::Reflection);
        }
    }

    /// The methods of a type's interfaces.
    fn keep_interfaces(&mut self, t: TypeDesc, id: NodeId) {
        for &i in self.ts.interfaces(t).iter() {
            self.describe(i, id);
        }
    }

    /// Every type of a module; of generic ones the definition.
    fn keep_types_of(&mut self, module: ModuleId, id: NodeId) {
        let ts = self.ts;
        let metadata = ts.module(module);
        // The first is `<Module>`.
        for def in metadata.type_defs().iter().skip(1) {
            if let Ok(t) = ts.resolve_type(module, def.token(), &GenericArgs::default()) {
                self.reach_sym(Sym::NecessaryType(ts.generic_definition(t)), id, Reason::Reflection);
            }
        }
    }
}

impl Members {
    /// The application's modules, in order.
    fn modules(&self) -> Vec<ModuleId> {
        let mut modules: Vec<ModuleId> = self.application.iter().copied().collect();
        modules.sort();
        modules
    }

    /// Methods can be called by reflection.
    fn calls(&self) -> bool {
        self.invokes || self.binds
    }
}

fn is_public(ts: &TypeSystem, m: MethodDesc) -> bool {
    ts.method_flags(m).0 & 7 == 6
}

fn has_objects(ts: &TypeSystem, t: TypeDesc) -> bool {
    crate::dispatch::has_instances(ts, t) && !ts.is_well_known(t, WellKnown::String)
}

/// The symbols of a method's code (`abi::reflection::MethodCode`).
#[derive(Clone, Debug)]
pub struct CodeSyms {
    /// What a delegate over it holds.
    pub entry: Option<Sym>,
    /// What reflection calls.
    pub call: Sym,
    /// How it is called.
    pub invoker: Sym,
}

/// How reflection calls a method; `None` for what it cannot call.
#[must_use]
pub fn method_code(ts: &TypeSystem, m: MethodDesc) -> Option<CodeSyms> {
    let owner = ts.method_owner(m);
    if ts.is_cctor(m) || ts.contains_vars(owner) || ts.contains_vars_method(m) || ts.method_def(m).is_none() {
        return None;
    }
    let is_static = ts.is_static_method(m);
    if !is_static && ts.is_by_ref_like(owner) {
        return None;
    }
    // Strings are made by static methods with the constructor's parameters.
    if ts.is_ctor(m) && ts.is_well_known(owner, WellKnown::String) {
        let sig = ts.method_sig(m).ok()?;
        let maker = ts.find_methods(owner, "Ctor").into_iter().find(|&c| ts.method_sig(c).is_ok_and(|s| s.params == sig.params))?;
        return method_code(ts, maker);
    }
    if ts.is_delegate(owner) && (ts.is_ctor(m) || !ts.is_delegate_invoke(m)) {
        return None;
    }
    let sig = ts.method_sig(m).ok()?;
    let impossible = |t: TypeDesc| ts.is_by_ref_like(t) || matches!(ts.kind(t), TypeKind::ByRef(e) if ts.is_by_ref_like(e));
    if sig.call_conv == 5 || sig.params.iter().chain([&sig.ret]).any(|&t| impossible(t) || ts.type_class(t) == TypeClass::Unknown) {
        return None;
    }
    let is_abstract = ts.is_abstract_method(m);
    if is_abstract && is_static {
        return None;
    }
    let entry = (!is_abstract).then(|| if is_static { method_entry(ts, m) } else { object_entry(ts, m) });
    let dispatched =
        !is_static && ts.is_virtual(m) && !ts.is_value_type(owner) && (is_abstract || !(ts.is_final(m) || ts.is_sealed(owner)));
    let call = if dispatched { Sym::VirtualCall(m) } else { entry.clone()? };
    Some(CodeSyms { entry, call, invoker: Sym::Invoker(invoker_signature(ts, &sig)) })
}
