//! Descs: `Copy` handles with identity inside one `TypeSystem`, and the records they stand for.

use kiln_support::entity_impl;
use std::sync::Arc;

entity_impl!(/// A loaded module (one assembly file), in load order.
    ModuleId, "mod");
entity_impl!(/// A type: definition, instantiation, array, pointer, byref, function pointer, variable or runtime-determined. Interned.
    TypeDesc, "type");
entity_impl!(/// A method of a possibly instantiated owner with possibly instantiated method arguments. Interned.
    MethodDesc, "method");
entity_impl!(/// A field of a possibly instantiated owner. Interned.
    FieldDesc, "field");

/// Generic arguments.
pub type Instantiation = Arc<[TypeDesc]>;

/// The shape of a type.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum TypeKind {
    /// A TypeDef, instantiated when it is generic (`args.len()` = number of its generic parameters, enclosing types' included).
    Def {
        /// Defining module.
        module: ModuleId,
        /// Row.
        def: kiln_metadata::TypeDefId,
        /// Arguments.
        args: Instantiation,
    },
    /// `T[]`, zero-based vector.
    SzArray(TypeDesc),
    /// `T[,]` with a rank (also rank 1 with `[*]`).
    MdArray(TypeDesc, u32),
    /// `T&`.
    ByRef(TypeDesc),
    /// `T*`.
    Ptr(TypeDesc),
    /// Function pointer.
    FnPtr(Arc<MethodSig>),
    /// `!i`.
    Var(u32),
    /// `!!i`.
    MVar(u32),
    /// In shared code: whatever `var` is at run time; laid out and treated as `canon`.
    RuntimeDetermined {
        /// The variable.
        var: TypeDesc,
        /// Its canonical form here.
        canon: TypeDesc,
    },
}

/// A method signature with types resolved and substituted.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct MethodSig {
    /// `this` is passed (HASTHIS).
    pub has_this: bool,
    /// Calling convention: 0 default, 1 C, 2 stdcall, 5 vararg, 9 unmanaged (II.23.2.1).
    pub call_conv: u8,
    /// Number of generic method parameters.
    pub generic_count: u32,
    /// Return type (`void` is the well-known Void type).
    pub ret: TypeDesc,
    /// Parameters without `this`.
    pub params: Vec<TypeDesc>,
}

/// How a type behaves on the evaluation stack and in memory.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "the names are the CLI's element types")]
pub enum Prim {
    Void,
    Bool,
    Char,
    I1,
    U1,
    I2,
    U2,
    I4,
    U4,
    I8,
    U8,
    R4,
    R8,
    I,
    U,
}

/// Category of a type, after resolving enums to their underlying primitive and RD to its canonical form.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TypeClass {
    /// Primitive or enum.
    Prim(Prim),
    /// Object reference: class, interface, array, string, delegate, `__Canon`, boxed.
    Ref,
    /// Managed byref.
    ByRef,
    /// Unmanaged pointer or function pointer.
    Ptr,
    /// Any other value type.
    Struct,
    /// `!i`/`!!i` of unknown kind (only when importing open generic code for verification).
    Unknown,
}

/// Types the compiler knows by name, all in System.Private.CoreLib.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "the names are the types' names")]
pub enum WellKnown {
    Object,
    String,
    ValueType,
    Enum,
    Array,
    Void,
    Boolean,
    Char,
    SByte,
    Byte,
    Int16,
    UInt16,
    Int32,
    UInt32,
    Int64,
    UInt64,
    Single,
    Double,
    IntPtr,
    UIntPtr,
    Canon,
    Delegate,
    MulticastDelegate,
    Exception,
    Nullable,
    RuntimeTypeHandle,
    RuntimeMethodHandle,
    RuntimeFieldHandle,
    RuntimeType,
    TypedReference,
    Type,
    SzArrayHelper,
    ByReferenceOfT,
    Attribute,
}

/// Memory layout of instances of a type.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Layout {
    /// Size in bytes: of the value for value types; for classes the end of the last field from the object pointer (not rounded
    /// up: a derived class may continue there; see `TypeSystem::base_size` for allocation).
    pub size: u32,
    /// Alignment in bytes.
    pub align: u32,
    /// Instance fields of this type only (not of its bases) with their offsets: value types from 0, classes from the object pointer (first field at 8).
    pub fields: Vec<(FieldDesc, u32)>,
    /// Offsets of references inside (objects and byrefs), ascending, bases and nested structs included; same origin as `fields`.
    pub refs: Vec<u32>,
    /// Contains byrefs (by-ref-like).
    pub by_ref_like: bool,
    /// Fields overlap (explicit layout).
    pub overlapping: bool,
}

/// Layout of static fields, offsets from the start of the statics block (header included).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct StaticLayout {
    /// Whole size of the block.
    pub size: u32,
    /// Alignment.
    pub align: u32,
    /// Ordinary statics (no literals, no RVA fields, no thread statics).
    pub fields: Vec<(FieldDesc, u32)>,
    /// Offsets of references.
    pub refs: Vec<u32>,
}

/// How a value type is passed (contract §3).
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AbiClass {
    /// Not a struct: one scalar of the type's own class.
    Scalar,
    /// One or two leaves: (offset, leaf type).
    Scalars(Vec<(u32, TypeDesc)>),
    /// By pointer to a caller-owned copy.
    Memory,
}

/// One virtual slot of a type's vtable.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct VtableSlot {
    /// The method that introduced the slot (on its own owner instantiation).
    pub decl: MethodDesc,
    /// What the slot holds in this type: the most derived override (may be abstract).
    pub imp: MethodDesc,
}

/// One word of a vtable: virtual slots and dictionary pointers share one index space.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum VtableEntry {
    /// A virtual method.
    Method(VtableSlot),
    /// The generic dictionary of this (instantiated) class of the hierarchy.
    Dictionary(TypeDesc),
}

/// Generic arguments in effect: of the owner type and of the method. Empty = open (variables stay).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct GenericArgs {
    /// `!i`.
    pub type_args: Instantiation,
    /// `!!i`.
    pub method_args: Instantiation,
}

impl GenericArgs {
    /// No arguments: variables stay open.
    #[must_use]
    pub fn empty() -> Self {
        Self { type_args: Arc::from([]), method_args: Arc::from([]) }
    }
    /// From slices.
    #[must_use]
    pub fn new(type_args: &[TypeDesc], method_args: &[TypeDesc]) -> Self {
        Self { type_args: type_args.into(), method_args: method_args.into() }
    }
    /// Neither type nor method arguments.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.type_args.is_empty() && self.method_args.is_empty()
    }
}

impl Default for GenericArgs {
    fn default() -> Self {
        Self::empty()
    }
}

/// The record of a method.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum MethodKind {
    /// A MethodDef on an owner (instantiated when generic), over method arguments (its own variables when uninstantiated).
    #[allow(missing_docs, reason = "named in the variant's text")]
    Def { owner: TypeDesc, module: ModuleId, def: kiln_metadata::MethodDefId, args: Instantiation },
    /// A method of an array type; the constructor's parameter count distinguishes constructors.
    #[allow(missing_docs, reason = "named in the variant's text")]
    Array { owner: TypeDesc, method: ArrayMethod },
}

/// Variance of a generic parameter.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Variance {
    /// Invariant.
    None,
    /// `out`.
    Covariant,
    /// `in`.
    Contravariant,
}

/// What a custom attribute can be asked of.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AttrOwner {
    /// A type (its definition).
    Type(TypeDesc),
    /// A method.
    Method(MethodDesc),
    /// A field.
    Field(FieldDesc),
    /// The assembly of a module.
    Assembly(ModuleId),
}

macro_rules! attr_owner_from {
    ($($t:ident => $v:ident),+) => {$(
        impl From<$t> for AttrOwner {
            fn from(x: $t) -> Self {
                Self::$v(x)
            }
        }
    )+};
}
attr_owner_from!(TypeDesc => Type, MethodDesc => Method, FieldDesc => Field, ModuleId => Assembly);

/// A local variable of a method body.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LocalType {
    /// Type.
    pub ty: TypeDesc,
    /// `pinned`.
    pub pinned: bool,
}

/// The generic context argument of a shared method (contract §2).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum HiddenParam {
    /// No hidden parameter (`this` may serve).
    None,
    /// The exact owner's MethodTable.
    MethodTable,
    /// The method's dictionary.
    MethodDictionary,
}

/// A method the runtime provides on array types (II.14.2).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ArrayMethod {
    /// Constructor with this many parameters (rank, or twice the rank with lower bounds; for jagged vectors more).
    Ctor(u32),
    /// `Get`.
    Get,
    /// `Set`.
    Set,
    /// `Address`.
    Address,
}

/// The native target of a P/Invoke method.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PInvoke {
    /// Library name as written.
    pub library: String,
    /// Entry point.
    pub entry: String,
    /// `kiln_metadata::flags::pinvoke_attributes`.
    pub flags: u16,
}

/// Where the IL of a method is: the method's own body or its overlay replacement's.
#[derive(Clone, Debug)]
pub struct MethodIl {
    /// Module whose tokens the body uses.
    pub module: ModuleId,
    /// Its metadata.
    pub metadata: Arc<kiln_metadata::Module>,
    /// Method row that holds the body.
    pub def: kiln_metadata::MethodDefId,
    /// Generic context for the tokens of the body (differs from the method's own in a replacement: type arguments come first there).
    pub args: GenericArgs,
    /// The body is an overlay replacement (static; `this` is its first argument, so argument numbers agree).
    pub replaced: bool,
}

impl MethodIl {
    /// Maps a generic context of the method (exact, canonical or runtime-determined) to that of the body's tokens: a replacement
    /// is a generic method whose variables are the owner's, then the method's.
    #[must_use]
    pub fn map_context(&self, of_method: &GenericArgs) -> GenericArgs {
        if !self.replaced {
            return of_method.clone();
        }
        let all = of_method.type_args.iter().chain(of_method.method_args.iter()).copied().collect();
        GenericArgs { type_args: Arc::from([]), method_args: all }
    }

    /// Decodes the body.
    pub fn body(&self) -> Result<kiln_metadata::MethodBody<'_>, crate::TypeSysError> {
        let err = |source| crate::TypeSysError::Metadata { module: self.metadata.name().unwrap_or("?").to_owned(), source };
        self.metadata.method_body(self.def).map_err(err)?.ok_or_else(|| err(kiln_metadata::MetadataError::BadBody("no body")))
    }
}

/// Result of resolving an interface call or `constrained.` call on a type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Resolved {
    /// A method of the type or one of its bases (class method, maybe virtual in turn; this is the final one for that exact type).
    Method(MethodDesc),
    /// A default interface method (its owner is an interface).
    Default(MethodDesc),
    /// Several equally good default methods.
    Ambiguous,
    /// Not implemented (abstract or missing).
    None,
}
