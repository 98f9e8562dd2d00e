//! Reflection data: what `System.Reflection` reads at run time of the types and members that were kept.
//!
//! One [`ModuleInfo`] per assembly holds rows in the shape of the ECMA-335 tables (II.22), sorted by their original tokens, with
//! names and blobs in one heap. Types in signatures are resolved by the compiler: they are indices into the module's pool of
//! MethodTables, so nothing is looked up across assemblies at run time (ADR 0005).

use crate::method_table::MethodTable;
use crate::record;
use crate::record::Relative;

record! {
    /// What the program header points to, or null in a program that does not reflect on members.
    pub struct Reflection, ReflectionFields {
        /// `module_count` modules.
        pub modules: *const *const ModuleInfo,
        /// Number of modules.
        pub module_count: u64,
        /// `generic_method_count` instantiated generic methods.
        pub generic_methods: *const GenericMethod,
        /// Number of them.
        pub generic_method_count: u64,
        /// `delegate_count` delegate types that methods can be bound to.
        pub delegates: *const DelegateThunk,
        /// Number of them.
        pub delegate_count: u64,
        /// `frame_count` compiled methods, by ascending address.
        pub frames: *const FrameMethod,
        /// Number of them.
        pub frame_count: u64,
        /// `inlined_count` methods of inlined calls, by ascending address.
        pub inlined: *const FrameMethod,
        /// Number of them.
        pub inlined_count: u64,
        /// `implementation_count` implementations of interface methods, grouped by type and interface.
        pub implementations: *const Implementation,
        /// Number of them.
        pub implementation_count: u64,
        /// `instantiation_count` closed instantiations and types that text names which have an identity but no objects: the program's list of
        /// types does not have them.
        pub instantiations: *const *const MethodTable,
        /// Number of them.
        pub instantiation_count: u64,
        /// What instantiations are made of at run time, or null.
        pub templates: *const crate::templates::Templates,
        /// What proxies are made of, or null.
        pub proxies: *const crate::proxies::Proxies,
    }
}

record! {
    /// What a stack frame is of.
    pub struct FrameMethod, FrameMethodFields {
        /// Start of its code; of an inlined call its method's entry in `ProgramHeader::inlined_methods`.
        pub function: Relative,
        /// [`ModuleInfo`] of the definition.
        pub module: Relative,
        /// MethodDef token.
        pub token: u32,
    }
}

record! {
    /// One assembly.
    pub struct ModuleInfo, ModuleInfoFields {
        /// Display name of the assembly, NUL-terminated: the same address as `TypeInfo::assembly` of its types.
        pub assembly: *const u8,
        /// File name of the module, NUL-terminated.
        pub name: *const u8,
        /// NUL-terminated UTF-8 names and blobs; offset 0 is the empty name and "no blob".
        pub heap: *const u8,
        /// Types that signatures name (`sig::TYPE`); null where the program does not have the type.
        pub types: *const *const MethodTable,
        /// Number of `types`.
        pub type_count: u32,
        /// Token of the entry point or 0.
        pub entry_point: u32,
        /// Version id.
        pub mvid: [u8; 16],
        /// The tables, by `table`.
        pub tables: [Rows; table::COUNT],
        /// `exact_count` closed types whose members can be used, sorted by their rows.
        pub exact: *const ExactType,
        /// Number of them.
        pub exact_count: u64,
    }
}

record! {
    /// Rows of one table, sorted by their first field (a token).
    pub struct Rows, RowsFields {
        /// First row.
        pub rows: *const u8,
        /// Number of rows.
        pub count: u32,
        /// Bytes per row.
        pub size: u32,
    }
}

/// Indices into [`ModuleInfo::tables`].
pub mod table {
    /// [`super::TypeRow`].
    pub const TYPE: usize = 0;
    /// [`super::MethodRow`].
    pub const METHOD: usize = 1;
    /// [`super::FieldRow`].
    pub const FIELD: usize = 2;
    /// [`super::ParamRow`].
    pub const PARAM: usize = 3;
    /// [`super::PropertyRow`].
    pub const PROPERTY: usize = 4;
    /// [`super::EventRow`].
    pub const EVENT: usize = 5;
    /// [`super::GenericParamRow`].
    pub const GENERIC_PARAM: usize = 6;
    /// [`super::AttributeRow`], sorted by parent.
    pub const ATTRIBUTE: usize = 7;
    /// [`super::MemberRefRow`]: constructors of attributes that are not of this module.
    pub const MEMBER_REF: usize = 8;
    /// Number of tables.
    pub const COUNT: usize = 9;
}

/// Signature blobs: `[calling convention: u8][generic arity: u16][parameters: u16] type*` for methods and properties (return type
/// first), one type for fields and events. Numbers are little-endian and unaligned.
pub mod sig {
    use crate::element_type;

    /// Calling convention bit (II.23.2.1): has `this`.
    pub const HAS_THIS: u8 = 0x20;
    /// A type of the pool follows: u32. A generic definition here stands for itself.
    pub const TYPE: u8 = 0x21;
    /// `!i`: u8.
    pub const VAR: u8 = element_type::VAR;
    /// `!!i`: u8.
    pub const MVAR: u8 = element_type::MVAR;
    /// Vector: the element type follows.
    pub const SZ_ARRAY: u8 = element_type::SZARRAY;
    /// Array: rank u8, then the element type.
    pub const ARRAY: u8 = element_type::ARRAY;
    /// Pointer.
    pub const PTR: u8 = element_type::PTR;
    /// Managed reference.
    pub const BY_REF: u8 = element_type::BYREF;
    /// Instantiation over variables: pool index u32 of the definition, u8 arguments, then they.
    pub const GENERIC_INST: u8 = element_type::GENERICINST;
}

/// No pool index, no slot.
pub const NONE: u32 = u32::MAX;

record! {
    /// A range of rows of another table.
    #[derive(Clone, Copy, Default)]
    pub struct Range, RangeFields {
        /// First row.
        pub first: u32,
        /// Number of rows.
        pub count: u32,
    }
}

record! {
    /// TypeDef (II.22.37).
    pub struct TypeRow, TypeRowFields {
        /// Token.
        pub token: u32,
        /// Name.
        pub name: u32,
        /// Namespace.
        pub namespace: u32,
        /// TypeAttributes.
        pub attributes: u32,
        /// Token of the enclosing type or 0.
        pub enclosing: u32,
        /// Pool index of the type itself (a definition when generic).
        pub table: u32,
        /// Number of vtable slots.
        pub virtuals: u32,
        /// Bytes per element of a sequential layout (ClassLayout), 0 = default.
        pub pack: u32,
        /// Size of the class layout.
        pub size: u32,
        /// Of a generic definition: a blob with its base type and its interfaces over its parameters. A byte says whether there is a base type,
        /// two bytes how many interfaces there are; then come the types. 0 of other types.
        pub supertypes: u32,
        /// Methods.
        pub methods: Range,
        /// Fields.
        pub fields: Range,
        /// Properties.
        pub properties: Range,
        /// Events.
        pub events: Range,
    }
}

record! {
    /// MethodDef (II.22.26).
    pub struct MethodRow, MethodRowFields {
        /// Token.
        pub token: u32,
        /// Name.
        pub name: u32,
        /// MethodAttributes.
        pub attributes: u16,
        /// MethodImplAttributes.
        pub impl_attributes: u16,
        /// Signature.
        pub signature: u32,
        /// Index of the owner's row.
        pub owner: u32,
        /// Parameters.
        pub params: Range,
        /// Vtable slot (interface methods: position in the interface) or `NONE`.
        pub slot: u32,
        /// Number of generic parameters.
        pub arity: u32,
    }
}

record! {
    /// Field (II.22.15).
    pub struct FieldRow, FieldRowFields {
        /// Token.
        pub token: u32,
        /// Name.
        pub name: u32,
        /// FieldAttributes.
        pub attributes: u32,
        /// Signature.
        pub signature: u32,
        /// Index of the owner's row.
        pub owner: u32,
        /// Constant blob: element type u8, size u32, bytes; or 0.
        pub constant: u32,
        /// Offset that an explicit layout gives (FieldLayout) or `NONE`.
        pub explicit_offset: u32,
    }
}

record! {
    /// Param (II.22.33).
    pub struct ParamRow, ParamRowFields {
        /// Token.
        pub token: u32,
        /// Name.
        pub name: u32,
        /// ParamAttributes.
        pub attributes: u16,
        /// 0 is the return value.
        pub sequence: u16,
        /// Token of the method.
        pub owner: u32,
        /// Constant blob or 0.
        pub constant: u32,
    }
}

record! {
    /// Property (II.22.34) with its accessors (II.22.28).
    pub struct PropertyRow, PropertyRowFields {
        /// Token.
        pub token: u32,
        /// Name.
        pub name: u32,
        /// PropertyAttributes.
        pub attributes: u32,
        /// Signature.
        pub signature: u32,
        /// Index of the owner's row.
        pub owner: u32,
        /// Constant blob or 0.
        pub constant: u32,
        /// Token of the getter or 0.
        pub getter: u32,
        /// Token of the setter or 0.
        pub setter: u32,
    }
}

record! {
    /// Event (II.22.13) with its accessors.
    pub struct EventRow, EventRowFields {
        /// Token.
        pub token: u32,
        /// Name.
        pub name: u32,
        /// EventAttributes.
        pub attributes: u32,
        /// Type, as a signature blob of one type.
        pub event_type: u32,
        /// Index of the owner's row.
        pub owner: u32,
        /// Token of the adder or 0.
        pub add: u32,
        /// Token of the remover or 0.
        pub remove: u32,
        /// Token of the raiser or 0.
        pub raise: u32,
    }
}

record! {
    /// GenericParam (II.22.20).
    pub struct GenericParamRow, GenericParamRowFields {
        /// Token.
        pub token: u32,
        /// Name.
        pub name: u32,
        /// Token of the type or method.
        pub owner: u32,
        /// Position.
        pub index: u16,
        /// GenericParamAttributes.
        pub attributes: u16,
        /// Constraints: count u8, then types; or 0.
        pub constraints: u32,
    }
}

record! {
    /// CustomAttribute (II.22.10).
    pub struct AttributeRow, AttributeRowFields {
        /// Token of what it is on.
        pub parent: u32,
        /// Token.
        pub token: u32,
        /// Token of the constructor: MethodDef or MemberRef.
        pub constructor: u32,
        /// The value (II.23.3): size u32, bytes.
        pub value: u32,
    }
}

record! {
    /// MemberRef (II.22.25) of an attribute's constructor.
    pub struct MemberRefRow, MemberRefRowFields {
        /// Token.
        pub token: u32,
        /// Pool index of the type.
        pub class: u32,
        /// Token of the method in the module of the type.
        pub method: u32,
        /// Signature.
        pub signature: u32,
    }
}

record! {
    /// Code of a method. All addresses take the plain signature (contract §3); null where nothing was compiled.
    #[derive(Clone, Copy)]
    pub struct MethodCode, MethodCodeFields {
        /// What a delegate over the method holds: value types' instance methods take the box.
        pub entry: *const u8,
        /// As `entry`, but dispatches on `this` when the method is virtual; value types' instance methods take the address of the value.
        pub call: *const u8,
        /// `fn(code, this: Ref, arguments: *const Ref) -> Ref`: calls `call` with its `this` and arguments behind addresses, boxes the result.
        pub invoker: *const u8,
    }
}

record! {
    /// The same in distances, as the program has it of every method that may be called.
    pub struct PackedMethodCode, PackedMethodCodeFields {
        /// [`MethodCode::entry`].
        pub entry: Relative,
        /// [`MethodCode::call`].
        pub call: Relative,
        /// [`MethodCode::invoker`].
        pub invoker: Relative,
    }
}

impl PackedMethodCode {
    /// The addresses.
    #[must_use]
    pub fn unpacked(&self) -> MethodCode {
        MethodCode { entry: self.entry.pointer(), call: self.call.pointer(), invoker: self.invoker.pointer() }
    }
}

record! {
    /// A closed type.
    pub struct ExactType, ExactTypeFields {
        /// The type.
        pub table: *const MethodTable,
        /// Code per method row, or null.
        pub code: *const PackedMethodCode,
        /// Offset per field row: in an object or value from its first field, of statics from the statics block; `NONE` for others. Or null.
        pub offsets: *const u32,
        /// Index of its row.
        pub row: u64,
    }
}

record! {
    /// An instantiated generic method.
    pub struct GenericMethod, GenericMethodFields {
        /// Exact owner.
        pub owner: *const MethodTable,
        /// Arguments.
        pub arguments: *const *const MethodTable,
        /// Number of arguments.
        pub count: u32,
        /// Token of the definition.
        pub token: u32,
        /// Code.
        pub code: MethodCode,
    }
}

record! {
    /// A delegate type and its thunks (contract §7): for open delegates, and for functions of objects.
    pub struct DelegateThunk, DelegateThunkFields {
        /// The delegate type.
        pub table: *const MethodTable,
        /// Drops the delegate and jumps to `_methodPtrAux`, or null.
        pub shuffle: *const u8,
        /// For a target that is a `Func<object[], object>`, or null.
        pub objects: *const u8,
    }
}

record! {
    /// What an interface method is on a closed type.
    pub struct Implementation, ImplementationFields {
        /// The type, a MethodTable.
        pub table: Relative,
        /// The exact interface, a MethodTable.
        pub interface: Relative,
        /// The MethodTable of the type that declares the implementation; null where there is none, or no single one.
        pub owner: Relative,
        /// Token of the interface's method.
        pub method: u32,
        /// Token of the implementation.
        pub target: u32,
    }
}

record! {
    /// A method or field that code names (`ldtoken`).
    pub struct MemberToken, MemberTokenFields {
        /// Exact owner, or null when the program does not have it.
        pub owner: *const MethodTable,
        /// `count` exact arguments of a generic method, or null.
        pub arguments: *const *const MethodTable,
        /// Number of arguments.
        pub count: u32,
        /// Token of the definition.
        pub token: u32,
    }
}
