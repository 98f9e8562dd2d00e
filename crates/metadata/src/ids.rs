//! Typed row ids, tokens and coded indexes (ECMA-335 II.22 and II.24.2.6).
//!
//! A row id holds the 1-based row number ("rid") of its table; rid 0 is null and is expressed as `None` by the accessors.

use crate::{MetadataError, Result, Table};
use core::fmt;

/// A raw metadata token: table number in the top byte, rid (or `#US` offset) below.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Token(pub u32);

impl Token {
    /// The "table" byte of a `ldstr` token.
    pub const USER_STRING: u8 = 0x70;

    /// Builds a token of `table` and `rid`.
    #[must_use]
    pub fn new(table: Table, rid: u32) -> Self {
        Self((table as u32) << 24 | rid & 0x00FF_FFFF)
    }

    /// The table, when the top byte names one.
    #[must_use]
    pub fn table(self) -> Option<Table> {
        Table::from_u8((self.0 >> 24) as u8)
    }

    /// The 1-based row number.
    #[must_use]
    pub fn rid(self) -> u32 {
        self.0 & 0x00FF_FFFF
    }

    /// Whether the row number is 0.
    #[must_use]
    pub fn is_null(self) -> bool {
        self.rid() == 0
    }

    /// The `#US` offset of a `ldstr` token.
    #[must_use]
    pub fn user_string(self) -> Option<u32> {
        ((self.0 >> 24) as u8 == Self::USER_STRING).then_some(self.rid())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

/// What every typed row id offers.
pub trait RowId: Copy + Eq + Ord + core::hash::Hash + fmt::Debug + 'static {
    /// The table whose rows are meant.
    const TABLE: Table;
    /// From a 1-based row number.
    fn from_rid(rid: u32) -> Self;
    /// The 1-based row number.
    fn rid(self) -> u32;
    /// The token form.
    fn token(self) -> Token {
        Token::new(Self::TABLE, self.rid())
    }
    /// From a token of the right table with a row number that is not 0.
    fn from_token(token: Token) -> Option<Self> {
        (token.table() == Some(Self::TABLE) && !token.is_null()).then(|| Self::from_rid(token.rid()))
    }
}

macro_rules! row_ids {
    ($($name:ident = $table:ident),+ $(,)?) => {$(
        #[doc = concat!("A row of table `", stringify!($table), "` (1-based).")]
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u32);

        impl $name {
            /// The table.
            pub const TABLE: Table = Table::$table;
            /// The 1-based row number.
            #[must_use]
            pub fn rid(self) -> u32 {
                self.0
            }
            /// The 0-based position in the table (for side arrays).
            #[must_use]
            pub fn index(self) -> usize {
                (self.0 as usize).wrapping_sub(1)
            }
            /// The row at the 0-based position `index`.
            #[must_use]
            pub fn from_index(index: usize) -> Self {
                Self(index as u32 + 1)
            }
            /// The token form.
            #[must_use]
            pub fn token(self) -> Token {
                Token::new(Table::$table, self.0)
            }
            /// From a token of this table with a row number that is not 0.
            #[must_use]
            pub fn from_token(token: Token) -> Option<Self> {
                <Self as RowId>::from_token(token)
            }
        }

        impl RowId for $name {
            const TABLE: Table = Table::$table;
            fn from_rid(rid: u32) -> Self {
                Self(rid)
            }
            fn rid(self) -> u32 {
                self.0
            }
        }

        impl From<$name> for Token {
            fn from(id: $name) -> Token {
                id.token()
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($table), "#{}"), self.0)
            }
        }
    )+};
}

row_ids! {
    ModuleRowId = Module, TypeRefId = TypeRef, TypeDefId = TypeDef, FieldPtrId = FieldPtr, FieldId = Field,
    MethodPtrId = MethodPtr, MethodDefId = MethodDef, ParamPtrId = ParamPtr, ParamId = Param,
    InterfaceImplId = InterfaceImpl, MemberRefId = MemberRef, ConstantId = Constant,
    CustomAttributeId = CustomAttribute, FieldMarshalId = FieldMarshal, DeclSecurityId = DeclSecurity,
    ClassLayoutId = ClassLayout, FieldLayoutId = FieldLayout, StandAloneSigId = StandAloneSig,
    EventMapId = EventMap, EventPtrId = EventPtr, EventId = Event, PropertyMapId = PropertyMap,
    PropertyPtrId = PropertyPtr, PropertyId = Property, MethodSemanticsId = MethodSemantics,
    MethodImplId = MethodImpl, ModuleRefId = ModuleRef, TypeSpecId = TypeSpec, ImplMapId = ImplMap,
    FieldRvaId = FieldRva, EncLogId = EncLog, EncMapId = EncMap, AssemblyId = Assembly,
    AssemblyProcessorId = AssemblyProcessor, AssemblyOsId = AssemblyOs, AssemblyRefId = AssemblyRef,
    AssemblyRefProcessorId = AssemblyRefProcessor, AssemblyRefOsId = AssemblyRefOs, FileId = File,
    ExportedTypeId = ExportedType, ManifestResourceId = ManifestResource, NestedClassId = NestedClass,
    GenericParamId = GenericParam, MethodSpecId = MethodSpec,
    GenericParamConstraintId = GenericParamConstraint,
    DocumentId = Document, MethodDebugInformationId = MethodDebugInformation, LocalScopeId = LocalScope,
    LocalVariableId = LocalVariable, LocalConstantId = LocalConstant, ImportScopeId = ImportScope,
    StateMachineMethodId = StateMachineMethod, CustomDebugInformationId = CustomDebugInformation,
}

/// A contiguous range of rows of one table.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RowRange<I> {
    start: u32,
    end: u32,
    marker: core::marker::PhantomData<I>,
}

impl<I: RowId> RowRange<I> {
    /// Rows `start..end` (1-based, end exclusive).
    #[must_use]
    pub fn new(start: u32, end: u32) -> Self {
        Self { start, end: end.max(start), marker: core::marker::PhantomData }
    }

    /// No rows.
    #[must_use]
    pub fn empty() -> Self {
        Self::new(1, 1)
    }

    /// Row number of the first row.
    #[must_use]
    pub fn start(&self) -> u32 {
        self.start
    }

    /// Row number behind the last row.
    #[must_use]
    pub fn end(&self) -> u32 {
        self.end
    }

    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// The row at a 0-based position in the range.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<I> {
        (index < self.len()).then(|| I::from_rid(self.start + index as u32))
    }

    /// Whether `id` is one of them.
    #[must_use]
    pub fn contains(&self, id: I) -> bool {
        (self.start..self.end).contains(&id.rid())
    }

    /// The rows, in order.
    #[must_use]
    pub fn iter(&self) -> RowRangeIter<I> {
        RowRangeIter { range: self.start..self.end, marker: core::marker::PhantomData }
    }
}

impl<I> fmt::Debug for RowRange<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.start, self.end)
    }
}

impl<I: RowId> IntoIterator for RowRange<I> {
    type Item = I;
    type IntoIter = RowRangeIter<I>;
    fn into_iter(self) -> RowRangeIter<I> {
        self.iter()
    }
}

impl<I: RowId> IntoIterator for &RowRange<I> {
    type Item = I;
    type IntoIter = RowRangeIter<I>;
    fn into_iter(self) -> RowRangeIter<I> {
        self.iter()
    }
}

/// Iterator over a [`RowRange`].
#[derive(Clone, Debug)]
pub struct RowRangeIter<I> {
    range: core::ops::Range<u32>,
    marker: core::marker::PhantomData<I>,
}

impl<I: RowId> Iterator for RowRangeIter<I> {
    type Item = I;
    fn next(&mut self) -> Option<I> {
        self.range.next().map(I::from_rid)
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.range.size_hint()
    }
}

impl<I: RowId> DoubleEndedIterator for RowRangeIter<I> {
    fn next_back(&mut self) -> Option<I> {
        self.range.next_back().map(I::from_rid)
    }
}

impl<I: RowId> ExactSizeIterator for RowRangeIter<I> {}

/// What the coded indexes have in common.
pub trait CodedIndex: Sized + Copy {
    /// The name used by the standard.
    const NAME: &'static str;
    /// How many tag bits the encoding has.
    const TAG_BITS: u32;
    /// The tables by tag; `None` is a tag that is not used.
    const TABLES: &'static [Option<Table>];
    /// Decodes a column; a zero row number is `None`.
    fn decode(raw: u32) -> Result<Option<Self>>;
    /// The encoded column value (used as search key).
    fn encode(self) -> u32;
    /// The token form.
    fn token(self) -> Token;
    /// From a token of one of the tables, with a row number that is not 0.
    fn from_token(token: Token) -> Option<Self>;
}

macro_rules! coded {
    ($($(#[$doc:meta])* $name:ident($bits:literal) { $($tag:literal => $variant:ident($id:ident)),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub enum $name {
            $(#[doc = concat!("Table `", stringify!($variant), "`.")] $variant($id),)+
        }

        impl CodedIndex for $name {
            const NAME: &'static str = stringify!($name);
            const TAG_BITS: u32 = $bits;
            const TABLES: &'static [Option<Table>] = &{
                let mut t = [None; 1 << $bits];
                $(t[$tag] = Some(Table::$variant);)+
                t
            };
            fn decode(raw: u32) -> Result<Option<Self>> {
                let rid = raw >> $bits;
                if rid == 0 {
                    return Ok(None);
                }
                match raw & ((1 << $bits) - 1) {
                    $($tag => Ok(Some(Self::$variant($id(rid)))),)+
                    #[allow(unreachable_patterns, reason = "some kinds use all tags")]
                    _ => Err(MetadataError::BadCodedIndex { kind: Self::NAME, raw }),
                }
            }
            fn encode(self) -> u32 {
                match self {
                    $(Self::$variant(id) => id.0.wrapping_shl($bits) | $tag,)+
                }
            }
            fn token(self) -> Token {
                match self {
                    $(Self::$variant(id) => id.token(),)+
                }
            }
            fn from_token(token: Token) -> Option<Self> {
                $(if let Some(id) = $id::from_token(token) {
                    return Some(Self::$variant(id));
                })+
                None
            }
        }

        impl $name {
            /// The token form.
            #[must_use]
            pub fn token(self) -> Token {
                CodedIndex::token(self)
            }
            /// From a token of one of the tables, with a row number that is not 0.
            #[must_use]
            pub fn from_token(token: Token) -> Option<Self> {
                <Self as CodedIndex>::from_token(token)
            }
        }

        $(impl From<$id> for $name {
            fn from(id: $id) -> Self {
                Self::$variant(id)
            }
        })+

        impl TryFrom<Token> for $name {
            type Error = MetadataError;
            fn try_from(token: Token) -> Result<Self> {
                Self::from_token(token).ok_or(MetadataError::BadToken { token: token.0, expected: Self::NAME })
            }
        }
    )+};
}

coded! {
    /// A type: definition, reference or constructed.
    TypeDefOrRef(2) { 0 => TypeDef(TypeDefId), 1 => TypeRef(TypeRefId), 2 => TypeSpec(TypeSpecId) }
    /// What a `Constant` row belongs to.
    HasConstant(2) { 0 => Field(FieldId), 1 => Param(ParamId), 2 => Property(PropertyId) }
    /// What a custom attribute sits on.
    HasCustomAttribute(5) {
        0 => MethodDef(MethodDefId), 1 => Field(FieldId), 2 => TypeRef(TypeRefId), 3 => TypeDef(TypeDefId),
        4 => Param(ParamId), 5 => InterfaceImpl(InterfaceImplId), 6 => MemberRef(MemberRefId),
        7 => Module(ModuleRowId), 8 => DeclSecurity(DeclSecurityId), 9 => Property(PropertyId),
        10 => Event(EventId), 11 => StandAloneSig(StandAloneSigId), 12 => ModuleRef(ModuleRefId),
        13 => TypeSpec(TypeSpecId), 14 => Assembly(AssemblyId), 15 => AssemblyRef(AssemblyRefId),
        16 => File(FileId), 17 => ExportedType(ExportedTypeId), 18 => ManifestResource(ManifestResourceId),
        19 => GenericParam(GenericParamId), 20 => GenericParamConstraint(GenericParamConstraintId),
        21 => MethodSpec(MethodSpecId),
    }
    /// What a `FieldMarshal` row belongs to.
    HasFieldMarshal(1) { 0 => Field(FieldId), 1 => Param(ParamId) }
    /// What a `DeclSecurity` row belongs to.
    HasDeclSecurity(2) { 0 => TypeDef(TypeDefId), 1 => MethodDef(MethodDefId), 2 => Assembly(AssemblyId) }
    /// The owner of a member reference.
    MemberRefParent(3) {
        0 => TypeDef(TypeDefId), 1 => TypeRef(TypeRefId), 2 => ModuleRef(ModuleRefId),
        3 => MethodDef(MethodDefId), 4 => TypeSpec(TypeSpecId),
    }
    /// What a `MethodSemantics` row belongs to.
    HasSemantics(1) { 0 => Event(EventId), 1 => Property(PropertyId) }
    /// A method that is not instantiated.
    MethodDefOrRef(1) { 0 => MethodDef(MethodDefId), 1 => MemberRef(MemberRefId) }
    /// What an `ImplMap` row belongs to.
    MemberForwarded(1) { 0 => Field(FieldId), 1 => MethodDef(MethodDefId) }
    /// Where an exported type or a resource lives.
    Implementation(2) { 0 => File(FileId), 1 => AssemblyRef(AssemblyRefId), 2 => ExportedType(ExportedTypeId) }
    /// The constructor of a custom attribute.
    CustomAttributeType(3) { 2 => MethodDef(MethodDefId), 3 => MemberRef(MemberRefId) }
    /// Where a type reference is resolved.
    ResolutionScope(2) {
        0 => Module(ModuleRowId), 1 => ModuleRef(ModuleRefId), 2 => AssemblyRef(AssemblyRefId),
        3 => TypeRef(TypeRefId),
    }
    /// The owner of a generic parameter.
    TypeOrMethodDef(1) { 0 => TypeDef(TypeDefId), 1 => MethodDef(MethodDefId) }
    /// What a `CustomDebugInformation` row belongs to (portable PDB).
    HasCustomDebugInformation(5) {
        0 => MethodDef(MethodDefId), 1 => Field(FieldId), 2 => TypeRef(TypeRefId), 3 => TypeDef(TypeDefId),
        4 => Param(ParamId), 5 => InterfaceImpl(InterfaceImplId), 6 => MemberRef(MemberRefId),
        7 => Module(ModuleRowId), 8 => DeclSecurity(DeclSecurityId), 9 => Property(PropertyId),
        10 => Event(EventId), 11 => StandAloneSig(StandAloneSigId), 12 => ModuleRef(ModuleRefId),
        13 => TypeSpec(TypeSpecId), 14 => Assembly(AssemblyId), 15 => AssemblyRef(AssemblyRefId),
        16 => File(FileId), 17 => ExportedType(ExportedTypeId), 18 => ManifestResource(ManifestResourceId),
        19 => GenericParam(GenericParamId), 20 => GenericParamConstraint(GenericParamConstraintId),
        21 => MethodSpec(MethodSpecId), 22 => Document(DocumentId), 23 => LocalScope(LocalScopeId),
        24 => LocalVariable(LocalVariableId), 25 => LocalConstant(LocalConstantId),
        26 => ImportScope(ImportScopeId),
    }
}

macro_rules! token_enums {
    ($($(#[$doc:meta])* $name:ident { $($variant:ident($id:ident)),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub enum $name {
            $(#[doc = concat!("Table `", stringify!($variant), "`.")] $variant($id),)+
        }

        impl $name {
            /// The token form.
            #[must_use]
            pub fn token(self) -> Token {
                match self {
                    $(Self::$variant(id) => id.token(),)+
                }
            }
            /// From a token of one of the tables, with a row number that is not 0.
            #[must_use]
            pub fn from_token(token: Token) -> Option<Self> {
                $(if let Some(id) = $id::from_token(token) {
                    return Some(Self::$variant(id));
                })+
                None
            }
        }

        $(impl From<$id> for $name {
            fn from(id: $id) -> Self {
                Self::$variant(id)
            }
        })+

        impl TryFrom<Token> for $name {
            type Error = MetadataError;
            fn try_from(token: Token) -> Result<Self> {
                Self::from_token(token).ok_or(MetadataError::BadToken { token: token.0, expected: stringify!($name) })
            }
        }
    )+};
}

token_enums! {
    /// What a `call`-like instruction names.
    MethodToken { MethodDef(MethodDefId), MemberRef(MemberRefId), MethodSpec(MethodSpecId) }
    /// What a field instruction names.
    FieldToken { Field(FieldId), MemberRef(MemberRefId) }
    /// What `ldtoken` names; a `MemberRef` may be a field or a method (its signature tells).
    LdToken {
        TypeDef(TypeDefId), TypeRef(TypeRefId), TypeSpec(TypeSpecId), Field(FieldId), MethodDef(MethodDefId),
        MemberRef(MemberRefId), MethodSpec(MethodSpecId),
    }
}

impl From<MethodDefOrRef> for MethodToken {
    fn from(m: MethodDefOrRef) -> Self {
        match m {
            MethodDefOrRef::MethodDef(id) => Self::MethodDef(id),
            MethodDefOrRef::MemberRef(id) => Self::MemberRef(id),
        }
    }
}

impl From<CustomAttributeType> for MethodDefOrRef {
    fn from(m: CustomAttributeType) -> Self {
        match m {
            CustomAttributeType::MethodDef(id) => Self::MethodDef(id),
            CustomAttributeType::MemberRef(id) => Self::MemberRef(id),
        }
    }
}
