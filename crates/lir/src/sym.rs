//! Symbols: everything that lowered code can name, and the dependencies that carry no name.

use kiln_abi::helpers::Helper;
use kiln_simd::IsaSet;
use kiln_typesys::{FieldDesc, MethodDesc, TypeDesc};
use std::sync::Arc;

/// The canonical generic context in which a lookup is done.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum LookupCtx {
    /// Dictionary of a canonical type (`ts.canonical_type` of the owner).
    Type(TypeDesc),
    /// Dictionary of a canonical generic method.
    Method(MethodDesc),
}

/// What a generic dictionary slot holds; descs contain runtime-determined types of the context.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum Lookup {
    /// MethodTable of a type that may be allocated (constructed).
    TypeHandle(TypeDesc),
    /// MethodTable for identity only (casts, typeof).
    NecessaryTypeHandle(TypeDesc),
    /// Dictionary (hidden argument) of a shared generic method.
    MethodDictionary(MethodDesc),
    /// Plain-signature entry address of a method (ldftn, direct calls without hidden argument).
    MethodEntry(MethodDesc),
    /// Statics block of a type.
    Statics(TypeDesc),
    /// Thread-statics descriptor of a type.
    ThreadStatics(TypeDesc),
    /// Interface dispatch cell.
    DispatchCell(MethodDesc),
    /// Handle of a generic virtual method, for resolution.
    GvmHandle(MethodDesc),
    /// MethodTable of the class that `EqualityComparer<T>.Default` is, for T.
    DefaultEqualityComparer(TypeDesc),
    /// MethodTable of the class that `Comparer<T>.Default` is, for T.
    DefaultComparer(TypeDesc),
    /// RuntimeFieldHandle value.
    FieldHandle(FieldDesc),
    /// RuntimeMethodHandle value.
    MethodHandle(MethodDesc),
    /// Entry of the method that a `constrained.` call on type `.0` of method `.1` reaches (exact argument types decide).
    ConstrainedEntry(TypeDesc, MethodDesc),
    /// Entry of a value type's instance method that takes the boxed object (delegates over it).
    UnboxingEntry(MethodDesc),
}

/// A function that the compiler makes once for a program, for the runtime to call (`abi::program::ManagedEntryPoints`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum ProgramStub {
    /// Runs the program's entry point: arguments in, exit code out.
    Main,
    /// Makes the exception of a kind (`abi::helpers::throw_kind`).
    CreateException,
    /// Makes the `TypeInitializationException` around another exception.
    CreateTypeInitException,
}

impl ProgramStub {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Main, Self::CreateException, Self::CreateTypeInitException];

    /// The name, of which the link name is made.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Main => "main",
            Self::CreateException => "create_exception",
            Self::CreateTypeInitException => "create_type_init_exception",
        }
    }

    /// The one with that name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stub| stub.name() == name)
    }
}

/// A symbol. Descs are exact or canonical, never runtime-determined.
#[derive(Clone, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum Sym {
    /// Code of a canonical (or exact unshared) method, with hidden parameter if it takes one.
    Method(MethodDesc),
    /// Plain-signature entry of an exact method: the method itself or an instantiating stub. Instance methods of value types: `this` is a byref.
    MethodEntry(MethodDesc),
    /// Entry of a value type's instance method that takes the boxed object as `this`.
    UnboxingStub(MethodDesc),
    /// MethodTable, used for allocation.
    ConstructedType(TypeDesc),
    /// MethodTable, identity only (same link name as `ConstructedType`).
    NecessaryType(TypeDesc),
    /// Statics block.
    Statics(TypeDesc),
    /// Thread-statics descriptor.
    ThreadStatics(TypeDesc),
    /// Frozen string object.
    StringLiteral(String16),
    /// Interface dispatch cell of an exact interface method.
    DispatchCell(MethodDesc),
    /// Dictionary of an exact generic method instantiation.
    MethodDictionary(MethodDesc),
    /// Read-only i32: byte offset of a slot in the dictionaries of a context.
    DictSlotOffset(LookupCtx, Lookup),
    /// Identity of a generic virtual method instantiation.
    GvmHandle(MethodDesc),
    /// RuntimeFieldHandle record.
    FieldHandle(FieldDesc),
    /// RuntimeMethodHandle record.
    MethodHandle(MethodDesc),
    /// What a structure is to native code (`abi::interop::NativeForm`).
    NativeForm(TypeDesc),
    /// RVA data of a field (read-only bytes of the image).
    FieldRva(FieldDesc),
    /// Thunk of a delegate over a static method: drops `this`, jumps to `_methodPtrAux`. Keyed by the delegate type's canonical Invoke.
    DelegateShuffle(MethodDesc),
    /// Thunk that calls every delegate of `_invocationList`. Keyed by the delegate type's canonical Invoke.
    DelegateMulticast(MethodDesc),
    /// Calls a virtual method with the plain signature, dispatching on `this`: what reflection holds of an exact virtual method.
    VirtualCall(MethodDesc),
    /// The C function that calls an `[UnmanagedCallersOnly]` method.
    UnmanagedEntry(MethodDesc),
    /// The C function that calls a delegate; a thunk brings the word that holds it. Keyed by the delegate type's Invoke.
    DelegateEntry(MethodDesc),
    /// Calls the C function whose address is in `_methodPtrAux`: what a delegate over a function pointer is. Keyed by the delegate type's Invoke.
    DelegateNative(MethodDesc),
    /// `fn(code, this: Ref, arguments: *const Ref) -> Ref`: calls code of a signature (a function pointer type) for reflection.
    Invoker(TypeDesc),
    /// Thunk of a delegate whose target is a `Func<object[], object>`. Keyed by the delegate's signature (a function pointer type).
    DelegateObjects(TypeDesc),
    /// Implements the interface methods of a signature (a function pointer type) on proxies; a thunk brings which method it is.
    ProxyMethod(TypeDesc),
    /// Outlined exception filter: method and EH clause index.
    Filter(MethodDesc, u32),
    /// A method's code for processors that have these instruction sets beyond the program's; none: for all others.
    Version(MethodDesc, IsaSet),
    /// A runtime helper.
    Helper(Helper),
    /// An FCall, QCall or P/Invoke entry by link name; `.1` is the library for P/Invokes ("QCall", "libSystem.Native", …; empty for FCalls).
    Native(Arc<(String, String)>),
    /// A method replaced by a body that throws (failed to load or import): text for the exception.
    ThrowStub(String),
    /// Compiler-made function of the program.
    ProgramStub(ProgramStub),
    /// Read-only UTF-8 bytes, NUL-terminated.
    CString(String),
    /// Writable word (initially 0) that caches the address of a lazily resolved P/Invoke: library, entry name.
    PInvokeCell(Arc<(String, String)>),
}

/// What a symbol is, without what it is of.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names are those of `Sym`")]
pub enum SymKind {
    Method,
    MethodEntry,
    UnboxingStub,
    ConstructedType,
    NecessaryType,
    Statics,
    ThreadStatics,
    StringLiteral,
    DispatchCell,
    MethodDictionary,
    DictSlotOffset,
    GvmHandle,
    FieldHandle,
    MethodHandle,
    NativeForm,
    FieldRva,
    DelegateShuffle,
    DelegateMulticast,
    VirtualCall,
    UnmanagedEntry,
    DelegateEntry,
    DelegateNative,
    Invoker,
    DelegateObjects,
    ProxyMethod,
    Filter,
    Version,
    Helper,
    Native,
    ThrowStub,
    ProgramStub,
    CString,
    PInvokeCell,
}

impl Sym {
    /// [`Sym::Native`] of an entry and its library.
    #[must_use]
    pub fn native(name: impl Into<String>, library: impl Into<String>) -> Self {
        Self::Native(Arc::new((name.into(), library.into())))
    }

    /// [`Sym::PInvokeCell`] of a library and its entry.
    #[must_use]
    pub fn pinvoke_cell(library: impl Into<String>, entry: impl Into<String>) -> Self {
        Self::PInvokeCell(Arc::new((library.into(), entry.into())))
    }

    /// What it is.
    #[must_use]
    pub const fn kind(&self) -> SymKind {
        match self {
            Self::Method(_) => SymKind::Method,
            Self::MethodEntry(_) => SymKind::MethodEntry,
            Self::UnboxingStub(_) => SymKind::UnboxingStub,
            Self::ConstructedType(_) => SymKind::ConstructedType,
            Self::NecessaryType(_) => SymKind::NecessaryType,
            Self::Statics(_) => SymKind::Statics,
            Self::ThreadStatics(_) => SymKind::ThreadStatics,
            Self::StringLiteral(_) => SymKind::StringLiteral,
            Self::DispatchCell(_) => SymKind::DispatchCell,
            Self::MethodDictionary(_) => SymKind::MethodDictionary,
            Self::DictSlotOffset(..) => SymKind::DictSlotOffset,
            Self::GvmHandle(_) => SymKind::GvmHandle,
            Self::FieldHandle(_) => SymKind::FieldHandle,
            Self::MethodHandle(_) => SymKind::MethodHandle,
            Self::NativeForm(_) => SymKind::NativeForm,
            Self::FieldRva(_) => SymKind::FieldRva,
            Self::DelegateShuffle(_) => SymKind::DelegateShuffle,
            Self::DelegateMulticast(_) => SymKind::DelegateMulticast,
            Self::VirtualCall(_) => SymKind::VirtualCall,
            Self::UnmanagedEntry(_) => SymKind::UnmanagedEntry,
            Self::DelegateEntry(_) => SymKind::DelegateEntry,
            Self::DelegateNative(_) => SymKind::DelegateNative,
            Self::Invoker(_) => SymKind::Invoker,
            Self::DelegateObjects(_) => SymKind::DelegateObjects,
            Self::ProxyMethod(_) => SymKind::ProxyMethod,
            Self::Filter(..) => SymKind::Filter,
            Self::Version(..) => SymKind::Version,
            Self::Helper(_) => SymKind::Helper,
            Self::Native(..) => SymKind::Native,
            Self::ThrowStub(_) => SymKind::ThrowStub,
            Self::ProgramStub(_) => SymKind::ProgramStub,
            Self::CString(_) => SymKind::CString,
            Self::PInvokeCell(..) => SymKind::PInvokeCell,
        }
    }
}

/// UTF-16 content of a string literal (may hold unpaired surrogates).
pub type String16 = Arc<[u16]>;

/// A dependency without a symbol.
#[derive(Clone, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum Dep {
    /// A virtual or interface method is called virtually: overriders in constructed types are reached. Canonical form.
    VirtualUse(MethodDesc),
    /// A generic virtual method is called virtually.
    GenericVirtualUse(MethodDesc),
    /// A lookup is done in a canonical context: every exact instance needs the instantiated target.
    Lookup(LookupCtx, Lookup),
    /// The type becomes constructed although no code names its MethodTable (created by a native).
    Constructed(TypeDesc),
}
