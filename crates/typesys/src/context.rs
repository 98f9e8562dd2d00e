//! The `TypeSystem` context: modules, interners and well-known types.
//!
//! Interior mutability (`RefCell`) behind `&self`; one thread. All answers are memoised, failures too. The questions live in their
//! own modules by subject; this one owns identity (ECMA-335 II.7, II.22.37).

use crate::added::AddedAttribute;
use crate::desc::*;
use crate::error::{Result, TypeSysError};
use crate::memo::Memo;
use crate::modules::ModuleData;
use kiln_metadata::{FieldId, HasCustomAttribute, Module, TypeDefId};
use rustc_hash::FxHashMap;
use std::cell::{OnceCell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

/// Mentions `!i` / `!!i` outside of RD.
pub(crate) const HAS_VARS: u8 = 1;
/// Mentions RD.
pub(crate) const HAS_RD: u8 = 2;
/// Mentions `__Canon` outside of RD.
pub(crate) const HAS_CANON: u8 = 4;

/// Types nested more deeply than this do not load.
pub const MAX_DEPTH: u16 = 200;
/// Nor do types that are made of more parts.
const MAX_PARTS: u32 = 1 << 14;

#[derive(Debug)]
struct TypeEntry {
    kind: TypeKind,
    flags: u8,
    depth: u16,
    parts: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct FieldRec {
    pub owner: TypeDesc,
    pub module: ModuleId,
    pub def: FieldId,
}

/// Interners and caches of one type universe.
#[derive(Debug)]
pub struct TypeSystem {
    pub(crate) modules: RefCell<Vec<Rc<ModuleData>>>,
    by_name: RefCell<FxHashMap<String, ModuleId>>,
    corelib: ModuleId,
    types: RefCell<Vec<TypeEntry>>,
    type_ids: RefCell<FxHashMap<TypeKind, TypeDesc>>,
    methods: RefCell<Vec<MethodKind>>,
    method_ids: RefCell<FxHashMap<MethodKind, MethodDesc>>,
    fields: RefCell<Vec<FieldRec>>,
    field_ids: RefCell<FxHashMap<FieldRec, FieldDesc>>,
    well_known: OnceCell<Vec<TypeDesc>>,
    pub(crate) prims: OnceCell<FxHashMap<TypeDesc, Prim>>,
    pub(crate) empty: Instantiation,
    pub(crate) memo: Memo,
    pub(crate) added: RefCell<FxHashMap<(ModuleId, HasCustomAttribute), Vec<Rc<AddedAttribute>>>>,
}

/// Namespace and name of each well-known type; the order is that of the enum.
const WELL_KNOWN: &[(WellKnown, &str, &str)] = &[
    (WellKnown::Object, "System", "Object"),
    (WellKnown::String, "System", "String"),
    (WellKnown::ValueType, "System", "ValueType"),
    (WellKnown::Enum, "System", "Enum"),
    (WellKnown::Array, "System", "Array"),
    (WellKnown::Void, "System", "Void"),
    (WellKnown::Boolean, "System", "Boolean"),
    (WellKnown::Char, "System", "Char"),
    (WellKnown::SByte, "System", "SByte"),
    (WellKnown::Byte, "System", "Byte"),
    (WellKnown::Int16, "System", "Int16"),
    (WellKnown::UInt16, "System", "UInt16"),
    (WellKnown::Int32, "System", "Int32"),
    (WellKnown::UInt32, "System", "UInt32"),
    (WellKnown::Int64, "System", "Int64"),
    (WellKnown::UInt64, "System", "UInt64"),
    (WellKnown::Single, "System", "Single"),
    (WellKnown::Double, "System", "Double"),
    (WellKnown::IntPtr, "System", "IntPtr"),
    (WellKnown::UIntPtr, "System", "UIntPtr"),
    (WellKnown::Canon, "System", "__Canon"),
    (WellKnown::Delegate, "System", "Delegate"),
    (WellKnown::MulticastDelegate, "System", "MulticastDelegate"),
    (WellKnown::Exception, "System", "Exception"),
    (WellKnown::Nullable, "System", "Nullable`1"),
    (WellKnown::RuntimeTypeHandle, "System", "RuntimeTypeHandle"),
    (WellKnown::RuntimeMethodHandle, "System", "RuntimeMethodHandle"),
    (WellKnown::RuntimeFieldHandle, "System", "RuntimeFieldHandle"),
    (WellKnown::RuntimeType, "System", "RuntimeType"),
    (WellKnown::TypedReference, "System", "TypedReference"),
    (WellKnown::Type, "System", "Type"),
    (WellKnown::SzArrayHelper, "System", "SZArrayHelper"),
    (WellKnown::ByReferenceOfT, "System", "ByReference"),
    (WellKnown::Attribute, "System", "Attribute"),
];

const PRIMS: &[(WellKnown, Prim)] = &[
    (WellKnown::Void, Prim::Void),
    (WellKnown::Boolean, Prim::Bool),
    (WellKnown::Char, Prim::Char),
    (WellKnown::SByte, Prim::I1),
    (WellKnown::Byte, Prim::U1),
    (WellKnown::Int16, Prim::I2),
    (WellKnown::UInt16, Prim::U2),
    (WellKnown::Int32, Prim::I4),
    (WellKnown::UInt32, Prim::U4),
    (WellKnown::Int64, Prim::I8),
    (WellKnown::UInt64, Prim::U8),
    (WellKnown::Single, Prim::R4),
    (WellKnown::Double, Prim::R8),
    (WellKnown::IntPtr, Prim::I),
    (WellKnown::UIntPtr, Prim::U),
];

impl TypeSystem {
    /// Builds a universe over these assemblies; System.Private.CoreLib must be among them.
    pub fn new(modules: Vec<Module>) -> Result<TypeSystem> {
        Self::over(modules, &[])
    }

    /// Builds a universe over these assemblies and those of `other`. Only what is the same for every universe is shared: the images
    /// and their name tables. All answers are computed anew, so nothing that was asked before can change what is said here.
    pub fn beside(other: &TypeSystem, modules: Vec<Module>) -> Result<TypeSystem> {
        Self::over(modules, &other.modules.borrow())
    }

    fn over(modules: Vec<Module>, shared: &[Rc<ModuleData>]) -> Result<TypeSystem> {
        let mut ts = TypeSystem {
            modules: RefCell::default(),
            by_name: RefCell::default(),
            corelib: ModuleId(0),
            types: RefCell::default(),
            type_ids: RefCell::default(),
            methods: RefCell::default(),
            method_ids: RefCell::default(),
            fields: RefCell::default(),
            field_ids: RefCell::default(),
            well_known: OnceCell::new(),
            prims: OnceCell::new(),
            empty: Arc::from([]),
            memo: Memo::default(),
            added: RefCell::default(),
        };
        for m in modules {
            ts.add_module(m)?;
        }
        for data in shared {
            ts.add_data(data.clone())?;
        }
        ts.corelib = ts.find_module("System.Private.CoreLib").ok_or(TypeSysError::NoCoreLib)?;
        let core = ts.module_data(ts.corelib);
        let mut known = Vec::with_capacity(WELL_KNOWN.len());
        for &(w, ns, name) in WELL_KNOWN {
            let def = match core.find_top_level(ns, name) {
                Some(def) => def,
                // Only some versions have it and nothing depends on it.
                None if w == WellKnown::ByReferenceOfT => {
                    known.push(TypeDesc(u32::MAX));
                    continue;
                }
                None => return Err(TypeSysError::MissingWellKnown(format!("{ns}.{name}"))),
            };
            known.push(ts.type_of_def(ts.corelib, def));
        }
        let _ = ts.well_known.set(known);
        let _ = ts.prims.set(PRIMS.iter().map(|&(w, p)| (ts.well_known(w), p)).collect());
        Ok(ts)
    }

    /// Adds an assembly.
    pub fn add_module(&self, module: Module) -> Result<ModuleId> {
        self.add_data(Rc::new(ModuleData::new(module)?))
    }

    fn add_data(&self, data: Rc<ModuleData>) -> Result<ModuleId> {
        let key = data.name.to_ascii_lowercase();
        let id = ModuleId::new(self.modules.borrow().len());
        if self.by_name.borrow().contains_key(&key) {
            return Err(TypeSysError::DuplicateAssembly(data.name.clone()));
        }
        self.by_name.borrow_mut().insert(key, id);
        self.modules.borrow_mut().push(data);
        Ok(id)
    }

    /// The metadata of a module.
    pub fn module(&self, id: ModuleId) -> Arc<Module> {
        self.module_data(id).metadata.clone()
    }

    pub(crate) fn module_data(&self, id: ModuleId) -> Rc<ModuleData> {
        self.modules.borrow()[id.index()].clone()
    }

    /// All modules in load order.
    pub fn modules(&self) -> Vec<ModuleId> {
        (0..self.modules.borrow().len()).map(ModuleId::new).collect()
    }

    /// By simple assembly name (case-insensitive).
    pub fn find_module(&self, simple_name: &str) -> Option<ModuleId> {
        self.by_name.borrow().get(&simple_name.to_ascii_lowercase()).copied()
    }

    /// System.Private.CoreLib.
    pub fn corelib(&self) -> ModuleId {
        self.corelib
    }

    /// Simple assembly name.
    pub fn assembly_name(&self, id: ModuleId) -> String {
        self.module_data(id).name.clone()
    }

    /// The record of a type.
    pub fn kind(&self, t: TypeDesc) -> TypeKind {
        self.types.borrow()[t.index()].kind.clone()
    }

    pub(crate) fn flags(&self, t: TypeDesc) -> u8 {
        self.types.borrow()[t.index()].flags
    }

    /// How deeply generic arguments, arrays and pointers are nested. Beyond `MAX_DEPTH` a type does not load: a worklist that
    /// follows generic recursion (`M<T>` calls `M<List<T>>`) ends there.
    pub fn type_depth(&self, t: TypeDesc) -> u16 {
        self.types.borrow()[t.index()].depth
    }

    /// How many types its name mentions, each as often as it is mentioned: `KeyValuePair<T, T>` of itself doubles.
    pub fn type_parts(&self, t: TypeDesc) -> u32 {
        self.types.borrow()[t.index()].parts
    }

    /// The error of a type that is nested too deeply.
    pub(crate) fn check_depth(&self, t: TypeDesc) -> Result<()> {
        let (depth, parts) = (self.type_depth(t), self.type_parts(t));
        if depth <= MAX_DEPTH && parts <= MAX_PARTS {
            return Ok(());
        }
        Err(TypeSysError::TooDeep(self.type_display(self.generic_definition(t))))
    }

    /// Number of types interned so far.
    pub fn type_count(&self) -> usize {
        self.types.borrow().len()
    }

    /// The type with this record.
    pub fn intern(&self, kind: TypeKind) -> TypeDesc {
        if let Some(&t) = self.type_ids.borrow().get(&kind) {
            return t;
        }
        let (flags, depth, parts) = self.shape(&kind);
        let mut types = self.types.borrow_mut();
        let t = TypeDesc::new(types.len());
        types.push(TypeEntry { kind: kind.clone(), flags, depth, parts });
        self.type_ids.borrow_mut().insert(kind, t);
        t
    }

    fn shape(&self, kind: &TypeKind) -> (u8, u16, u32) {
        let types = self.types.borrow();
        let of = |ts: &[TypeDesc]| {
            ts.iter().fold((0, 0, 0u32), |(f, d, n), t| {
                let e = &types[t.index()];
                (f | e.flags, d.max(e.depth), n.saturating_add(e.parts))
            })
        };
        let (flags, depth, parts) = match kind {
            TypeKind::Def { args, module, def } => {
                let (mut f, d, n) = of(args);
                if args.is_empty() && *module == self.corelib && self.canon_def() == Some(*def) {
                    f |= HAS_CANON;
                }
                (f, d, n)
            }
            TypeKind::SzArray(t) | TypeKind::MdArray(t, _) | TypeKind::ByRef(t) | TypeKind::Ptr(t) => of(&[*t]),
            TypeKind::FnPtr(sig) => {
                let (f, d, n) = of(&sig.params);
                let (g, e, o) = of(&[sig.ret]);
                (f | g, d.max(e), n.saturating_add(o))
            }
            TypeKind::Var(_) | TypeKind::MVar(_) => (HAS_VARS, 0, 0),
            TypeKind::RuntimeDetermined { canon, .. } => {
                let (_, d, n) = of(&[*canon]);
                (HAS_RD, d, n)
            }
        };
        (flags, depth.saturating_add(1), parts.saturating_add(1))
    }

    fn canon_def(&self) -> Option<TypeDefId> {
        // Asked for every plain type interned: the module memoises the row.
        self.modules.borrow().get(self.corelib.index())?.canon_def()
    }

    pub(crate) fn type_of_def(&self, module: ModuleId, def: TypeDefId) -> TypeDesc {
        let n = self.module_data(module).type_generic_count(def);
        let args: Instantiation = (0..n as u32).map(|i| self.intern(TypeKind::Var(i))).collect();
        self.intern(TypeKind::Def { module, def, args })
    }

    /// A type known by name (generic ones: over their own variables). Existence is checked in `new`.
    pub fn well_known(&self, w: WellKnown) -> TypeDesc {
        match self.well_known.get() {
            Some(k) => k[w as usize],
            None => TypeDesc(u32::MAX),
        }
    }

    /// Whether `t` is (an instantiation of) this well-known type.
    pub fn is_well_known(&self, t: TypeDesc, w: WellKnown) -> bool {
        let k = self.well_known(w);
        t == k || (w == WellKnown::Nullable && self.type_def(t).is_some() && self.type_def(t) == self.type_def(k))
    }

    /// `T[]`.
    pub fn sz_array(&self, t: TypeDesc) -> TypeDesc {
        self.intern(TypeKind::SzArray(t))
    }

    /// `T[,…]`.
    pub fn md_array(&self, t: TypeDesc, rank: u32) -> TypeDesc {
        self.intern(TypeKind::MdArray(t, rank))
    }

    /// `T&`.
    pub fn byref(&self, t: TypeDesc) -> TypeDesc {
        self.intern(TypeKind::ByRef(t))
    }

    /// `T*`.
    pub fn ptr(&self, t: TypeDesc) -> TypeDesc {
        self.intern(TypeKind::Ptr(t))
    }

    /// The generic type of `def` (any instantiation of it) over `args`.
    pub fn instantiate(&self, def: TypeDesc, args: &[TypeDesc]) -> TypeDesc {
        match self.kind(def) {
            TypeKind::Def { module, def, .. } => self.intern(TypeKind::Def { module, def, args: args.into() }),
            _ => def,
        }
    }

    /// The definition over its own variables (itself when not generic).
    pub fn generic_definition(&self, t: TypeDesc) -> TypeDesc {
        match self.kind(t) {
            TypeKind::Def { module, def, args } if !args.is_empty() => self.type_of_def(module, def),
            _ => t,
        }
    }

    /// Generic arguments (empty when not generic).
    pub fn type_args(&self, t: TypeDesc) -> Instantiation {
        match &self.types.borrow()[t.index()].kind {
            TypeKind::Def { args, .. } => args.clone(),
            _ => self.empty.clone(),
        }
    }

    /// The definition row.
    pub fn type_def(&self, t: TypeDesc) -> Option<(ModuleId, TypeDefId)> {
        match self.types.borrow().get(t.index())?.kind {
            TypeKind::Def { module, def, .. } => Some((module, def)),
            _ => None,
        }
    }

    /// The method with this record.
    pub fn intern_method(&self, kind: MethodKind) -> MethodDesc {
        if let Some(&m) = self.method_ids.borrow().get(&kind) {
            return m;
        }
        let mut methods = self.methods.borrow_mut();
        let m = MethodDesc::new(methods.len());
        methods.push(kind.clone());
        self.method_ids.borrow_mut().insert(kind, m);
        m
    }

    /// The record of a method.
    pub fn method_kind(&self, m: MethodDesc) -> MethodKind {
        self.methods.borrow()[m.index()].clone()
    }

    pub(crate) fn with_method<R>(&self, m: MethodDesc, f: impl FnOnce(&MethodKind) -> R) -> R {
        f(&self.methods.borrow()[m.index()])
    }

    pub(crate) fn intern_field(&self, rec: FieldRec) -> FieldDesc {
        if let Some(&f) = self.field_ids.borrow().get(&rec) {
            return f;
        }
        let mut fields = self.fields.borrow_mut();
        let f = FieldDesc::new(fields.len());
        fields.push(rec);
        self.field_ids.borrow_mut().insert(rec, f);
        f
    }

    pub(crate) fn field_rec(&self, f: FieldDesc) -> FieldRec {
        self.fields.borrow()[f.index()]
    }

    pub(crate) fn meta_err(&self, module: ModuleId) -> impl Fn(kiln_metadata::MetadataError) -> TypeSysError + '_ {
        move |source| TypeSysError::Metadata { module: self.assembly_name(module), source }
    }

    /// By name; nested: `Outer+Inner`. Follows forwarders. Generic types come over their own variables.
    pub fn find_type(&self, module: ModuleId, namespace: &str, name: &str) -> Option<TypeDesc> {
        let mut parts = name.split('+');
        let (mut m, mut def) = self.resolve_name(module, namespace, parts.next()?, 0).ok()?;
        for inner in parts {
            def = self.module_data(m).find_nested(def, inner)?;
            // Nested types live where their outer type lives.
            m = ModuleId(m.0);
        }
        Some(self.type_of_def(m, def))
    }

    /// `Ns.Outer+Inner`; CoreLib first, then all modules in order.
    pub fn find_type_by_full_name(&self, name: &str) -> Option<TypeDesc> {
        let outer = name.split('+').next().unwrap_or(name);
        let (ns, simple) = match outer.rfind('.') {
            Some(dot) => (&name[..dot], &name[dot + 1..]),
            None => ("", name),
        };
        self.find_type(self.corelib, ns, simple).or_else(|| self.modules().into_iter().find_map(|m| self.find_type(m, ns, simple)))
    }
}
