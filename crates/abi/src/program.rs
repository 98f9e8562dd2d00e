//! The program header `kiln_program`: what the data object tells the runtime at start.

use crate::dispatch::GvmEntry;
use crate::method_table::MethodTable;
use crate::record;
use crate::record::Relative;

record! {
    /// One entry of the method table `kiln_methods`, sorted by code address.
    pub struct MethodEntry, MethodEntryFields {
        /// The function.
        pub function: Relative,
        /// Offset of its GC record in the GC bytes, `u32::MAX` when it has no sites.
        pub gc_offset: u32,
        /// Offset of its display name (NUL-terminated UTF-8, `Ns.Type.Method(params)`) in the names blob, `u32::MAX` = hidden from traces.
        /// With [`HAS_LINES`](crate::line_info::HAS_LINES), its lines follow the name; the other flags (`line_info`) are there too.
        pub name_offset: u32,
    }
}

record! {
    /// Well-known MethodTables the runtime creates objects of (null when the program has none).
    pub struct WellKnownTypes, WellKnownTypesFields {
        /// System.Object.
        pub object: *const MethodTable,
        /// System.String.
        pub string: *const MethodTable,
        /// System.RuntimeType.
        pub runtime_type: *const MethodTable,
        /// System.Object[].
        pub object_array: *const MethodTable,
        /// System.String[].
        pub string_array: *const MethodTable,
        /// System.Byte[].
        pub byte_array: *const MethodTable,
        /// System.UInt64[].
        pub uint64_array: *const MethodTable,
        /// System.Int64[] / IntPtr[] for stack traces.
        pub int64_array: *const MethodTable,
        /// System.Array.
        pub array: *const MethodTable,
        /// System.Enum.
        pub enum_: *const MethodTable,
        /// System.ValueType.
        pub value_type: *const MethodTable,
        /// System.Threading.Thread.
        pub thread: *const MethodTable,
        /// System.Reflection.RuntimeAssembly.
        pub runtime_assembly: *const MethodTable,
        /// System.Reflection.RuntimeModule.
        pub runtime_module: *const MethodTable,
        /// System.Exception.
        pub exception: *const MethodTable,
    }
}

record! {
    /// Managed methods the runtime calls (plain-signature entries, null when absent).
    pub struct ManagedEntryPoints, ManagedEntryPointsFields {
        /// User's Main, normalised by a compiler-made stub: `fn(args: Ref string[]) -> i32`.
        pub main: *const u8,
        /// Compiler-made `fn(kind: i32, message: Ref string or null, name: Ref string or null) -> Ref`: creates the exception of a `throw_kind`/`exception_kind`.
        pub create_exception: *const u8,
        /// `System.Environment::InitializeCommandLineArgs(char*, int, char**)` returning string[].
        pub initialize_command_line_args: *const u8,
        /// `System.AppContext::Setup(char**, char**, int)`.
        pub app_context_setup: *const u8,
        /// `System.AppContext::OnProcessExit()`.
        pub on_process_exit: *const u8,
        /// Compiler- or overlay-made `fn(inner: Ref, type_name: Ref string) -> Ref`: TypeInitializationException.
        pub create_type_init_exception: *const u8,
    }
}

record! {
    /// A property of `System.AppContext`. Both texts are NUL-terminated UTF-16.
    pub struct AppProperty, AppPropertyFields {
        /// Its name.
        pub key: *const u16,
        /// Its value.
        pub value: *const u16,
    }
}

record! {
    /// The header.
    pub struct ProgramHeader, ProgramHeaderFields {
        /// `PROGRAM_VERSION`.
        pub version: u64,
        /// `method_count` sorted entries.
        pub methods: *const MethodEntry,
        /// Number of methods.
        pub method_count: u64,
        /// GC records (`gc_info`).
        pub gc_bytes: *const u8,
        /// Names blob.
        pub names: *const u8,
        /// `inlined_method_count` methods of inlined calls (`inlined`): the `name_offset` of each.
        pub inlined_methods: *const u32,
        /// Number of them.
        pub inlined_method_count: u64,
        /// Array of `static_ref_count` addresses of static reference slots.
        pub static_refs: *const *mut u8,
        /// Number of static reference slots (statics blocks' `exception` words included).
        pub static_ref_count: u64,
        /// Frozen objects: start of the section that holds them (string literals…).
        pub frozen_start: *const u8,
        /// End of that section.
        pub frozen_end: *const u8,
        /// GVM table.
        pub gvm: *const GvmEntry,
        /// Number of GVM entries.
        pub gvm_count: u64,
        /// All constructed MethodTables (for instantiation lookups by reflection-like natives).
        pub types: *const *const MethodTable,
        /// Number of them.
        pub type_count: u64,
        /// Number of thread-statics descriptors.
        pub thread_static_count: u64,
        /// AppContext properties.
        pub app_properties: *const AppProperty,
        /// Number of them.
        pub app_property_count: u64,
        /// Members for reflection, or null when the program does not reflect on members.
        pub reflection: *const crate::reflection::Reflection,
        /// `manifest_count` assemblies that the program asks about.
        pub manifests: *const crate::manifest::Manifest,
        /// Number of them.
        pub manifest_count: u64,
        /// What crosses to native code, or null when the program asks of no type whether it does.
        pub interop: *const crate::interop::Interop,
        /// Instruction sets (`processor::InstructionSet`) that the program does not run without.
        pub instruction_sets: u64,
        /// Well-known types.
        pub well_known: WellKnownTypes,
        /// Managed entry points.
        pub entries: ManagedEntryPoints,
    }
}

/// Symbol of the header.
pub const PROGRAM_SYMBOL: &str = "kiln_program";
/// Version of the layouts in this crate.
pub const PROGRAM_VERSION: u64 = 6;

/// Exceptions the runtime asks `create_exception` for (beyond `throw_kind`).
pub mod exception_kind {
    /// System.NullReferenceException.
    pub const NULL_REFERENCE: i32 = 100;
    /// System.IndexOutOfRangeException.
    pub const INDEX_OUT_OF_RANGE: i32 = 101;
    /// System.OverflowException.
    pub const OVERFLOW: i32 = 102;
    /// System.DivideByZeroException.
    pub const DIVIDE_BY_ZERO: i32 = 103;
    /// System.ArithmeticException.
    pub const ARITHMETIC: i32 = 104;
    /// System.InvalidCastException (message).
    pub const INVALID_CAST: i32 = 105;
    /// System.ArrayTypeMismatchException.
    pub const ARRAY_TYPE_MISMATCH: i32 = 106;
    /// System.OutOfMemoryException.
    pub const OUT_OF_MEMORY: i32 = 107;
    /// System.StackOverflowException is never created: it is reported and aborts.
    pub const RANK: i32 = 108;
    /// System.DllNotFoundException.
    pub const DLL_NOT_FOUND: i32 = 109;
    /// System.EntryPointNotFoundException.
    pub const ENTRY_POINT_NOT_FOUND: i32 = 110;
    /// System.ArgumentException.
    pub const ARGUMENT: i32 = 111;
    /// System.Threading.SynchronizationLockException.
    pub const SYNCHRONIZATION_LOCK: i32 = 112;
    /// System.NotSupportedException.
    pub const NOT_SUPPORTED: i32 = 113;
    /// System.InvalidOperationException.
    pub const INVALID_OPERATION: i32 = 114;
    /// System.MissingMethodException.
    pub const MISSING_METHOD: i32 = 115;
    /// System.InsufficientExecutionStackException.
    pub const INSUFFICIENT_EXECUTION_STACK: i32 = 116;
    /// System.ArgumentNullException (the text is the parameter's name).
    pub const ARGUMENT_NULL: i32 = 118;
    /// System.ArgumentOutOfRangeException (the text is the parameter's name).
    pub const ARGUMENT_OUT_OF_RANGE: i32 = 119;
    /// System.Threading.ThreadStateException.
    pub const THREAD_STATE: i32 = 117;
    /// System.Threading.ThreadInterruptedException.
    pub const THREAD_INTERRUPTED: i32 = 120;
}
