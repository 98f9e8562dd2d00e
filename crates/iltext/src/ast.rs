//! The tree of an IL text: declarations by name, before anything has a row.

use crate::error::Place;
use kiln_il::Opcode;

/// Everything that the texts of one assembly declare.
#[derive(Clone, Debug, Default)]
pub struct Unit {
    /// `.assembly`.
    pub assembly: Option<Assembly>,
    /// `.module`.
    pub module: Option<String>,
    /// `.assembly extern`.
    pub references: Vec<Assembly>,
    /// `.module extern`.
    pub modules: Vec<String>,
    /// Top-level classes.
    pub classes: Vec<Class>,
    /// What belongs to `<Module>`.
    pub global: Class,
    /// `.data`.
    pub data: Vec<Data>,
    /// `.class extern forwarder`: the type's name and the assembly that has it now.
    pub forwarders: Vec<(Place, String, String)>,
    /// Attributes of the module.
    pub attributes: Vec<Attribute>,
}

/// `.assembly` or `.assembly extern`.
#[derive(Clone, Debug, Default)]
pub struct Assembly {
    /// Its place.
    pub place: Place,
    /// The simple name.
    pub name: String,
    /// What the text calls it (`as`).
    pub alias: String,
    /// `AssemblyFlags`.
    pub flags: u32,
    /// `.ver`.
    pub version: [u16; 4],
    /// `.publickey` or `.publickeytoken`.
    pub key: Vec<u8>,
    /// `.locale`.
    pub culture: String,
    /// `.hash algorithm`.
    pub hash_algorithm: u32,
    /// Attributes.
    pub attributes: Vec<Attribute>,
}

/// `.class`.
#[derive(Clone, Debug, Default)]
pub struct Class {
    /// Its place.
    pub place: Place,
    /// `TypeAttributes`.
    pub flags: u32,
    /// Declared `value` or `enum`: what it extends when it does not say.
    pub implied_base: Option<&'static str>,
    /// Namespace and name.
    pub name: String,
    /// Type parameters.
    pub typars: Vec<Typar>,
    /// The base class.
    pub extends: Option<Spec>,
    /// The interfaces, with attributes of the implementations.
    pub implements: Vec<(Spec, Vec<Attribute>)>,
    /// `.pack`.
    pub pack: Option<u16>,
    /// `.size`.
    pub size: Option<u32>,
    /// Fields.
    pub fields: Vec<Field>,
    /// Methods.
    pub methods: Vec<Method>,
    /// Properties.
    pub properties: Vec<Property>,
    /// Events.
    pub events: Vec<Event>,
    /// Nested classes.
    pub nested: Vec<Class>,
    /// `.override DECL with method BODY`.
    pub overrides: Vec<(MethodRef, MethodRef)>,
    /// Attributes.
    pub attributes: Vec<Attribute>,
}

/// A type parameter.
#[derive(Clone, Debug)]
pub struct Typar {
    /// `GenericParamAttributes`.
    pub flags: u16,
    /// Its name.
    pub name: String,
    /// The constraints.
    pub constraints: Vec<Spec>,
    /// Attributes (`.param type`).
    pub attributes: Vec<Attribute>,
}

/// Where a type name is looked up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Scope {
    /// In this assembly.
    Here,
    /// `[NAME]`.
    Assembly(String),
    /// `[.module NAME]`.
    Module(String),
}

/// A type by name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TypeName {
    /// Its place.
    pub place: Place,
    /// Where it is defined.
    pub scope: Scope,
    /// The outer types' names, outermost first, and its own; the first with its namespace.
    pub path: Vec<String>,
}

/// A type parameter by number or name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Parameter {
    /// `!0`.
    Number(u32),
    /// `!T`.
    Name(Place, String),
}

/// A type in a signature.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ty {
    /// One `ELEMENT_TYPE_*` byte.
    Primitive(u8),
    /// `class NAME` or `valuetype NAME`.
    Named(bool, TypeName),
    /// The same with arguments.
    Instance(bool, TypeName, Vec<Ty>),
    /// `T*`.
    Pointer(Box<Ty>),
    /// `T&`.
    ByRef(Box<Ty>),
    /// `T[]`.
    Vector(Box<Ty>),
    /// `T[0...,0...3]`: lower bound and size of each dimension.
    Array(Box<Ty>, Vec<(Option<i32>, Option<u32>)>),
    /// `!T`.
    Var(Parameter),
    /// `!!T`.
    MVar(Parameter),
    /// `method RET *(PARAMS)`.
    Function(Box<Signature>),
    /// `modreq` (true) or `modopt`.
    Modified(bool, Box<Spec>, Box<Ty>),
    /// `pinned`.
    Pinned(Box<Ty>),
}

/// What stands where a `TypeDefOrRef` is wanted: a bare name or any type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Spec {
    /// Without `class`.
    Name(TypeName),
    /// A type.
    Ty(Ty),
}

/// A method signature.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signature {
    /// The first byte of the blob, without the bit for generics.
    pub convention: u8,
    /// The return type.
    pub ret: Ty,
    /// The parameters' types.
    pub params: Vec<Ty>,
}

/// Type arguments behind a method's name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum MethodArgs {
    /// Not generic.
    None,
    /// `<int32>`.
    Types(Vec<Ty>),
    /// `<[1]>`: the generic method itself.
    Arity(u32),
}

/// A method by name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MethodRef {
    /// Its place.
    pub place: Place,
    /// The signature.
    pub signature: Signature,
    /// The owner; none for a global function.
    pub owner: Option<Spec>,
    /// The name.
    pub name: String,
    /// Type arguments.
    pub args: MethodArgs,
}

/// A field by name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FieldRef {
    /// Its place.
    pub place: Place,
    /// Its type.
    pub ty: Ty,
    /// The owner; none for a global field.
    pub owner: Option<Spec>,
    /// The name.
    pub name: String,
}

/// A constant (II.22.9): its element type and its bytes.
#[derive(Clone, Debug)]
pub struct Constant {
    /// `ELEMENT_TYPE_*`.
    pub ty: u8,
    /// The value's bytes.
    pub bytes: Vec<u8>,
}

/// `.custom`.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// The constructor.
    pub ctor: MethodRef,
    /// The blob.
    pub blob: Vec<u8>,
}

/// `.field`.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its place.
    pub place: Place,
    /// `FieldAttributes`.
    pub flags: u16,
    /// The type.
    pub ty: Ty,
    /// The name.
    pub name: String,
    /// `[n]`.
    pub offset: Option<u32>,
    /// `= value`.
    pub constant: Option<Constant>,
    /// `at label`.
    pub data: Option<String>,
    /// `marshal(…)`.
    pub marshal: Option<Vec<u8>>,
    /// Attributes.
    pub attributes: Vec<Attribute>,
}

/// `.data`.
#[derive(Clone, Debug)]
pub struct Data {
    /// Its place.
    pub place: Place,
    /// The label.
    pub label: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// A parameter of a method; the first of a list is the return value where a list has it.
#[derive(Clone, Debug, Default)]
pub struct Param {
    /// `ParamAttributes`.
    pub flags: u16,
    /// The name.
    pub name: String,
    /// `marshal(…)`.
    pub marshal: Option<Vec<u8>>,
    /// `.param [n] = value`.
    pub constant: Option<Constant>,
    /// Attributes behind `.param [n]`.
    pub attributes: Vec<Attribute>,
}

/// `pinvokeimpl(…)`.
#[derive(Clone, Debug)]
pub struct PInvoke {
    /// The library.
    pub module: String,
    /// The function.
    pub name: String,
    /// `PInvokeAttributes`.
    pub flags: u16,
}

/// `.method`.
#[derive(Clone, Debug)]
pub struct Method {
    /// Its place.
    pub place: Place,
    /// `MethodAttributes`.
    pub flags: u16,
    /// `MethodImplAttributes`.
    pub impl_flags: u16,
    /// The signature.
    pub signature: Signature,
    /// The name.
    pub name: String,
    /// Type parameters.
    pub typars: Vec<Typar>,
    /// The return value, then the parameters.
    pub params: Vec<Param>,
    /// `pinvokeimpl`.
    pub pinvoke: Option<PInvoke>,
    /// `.entrypoint`.
    pub entry_point: bool,
    /// `.maxstack`.
    pub max_stack: u16,
    /// `init`.
    pub init_locals: bool,
    /// Locals and their names.
    pub locals: Vec<(Ty, String)>,
    /// `.override`.
    pub overrides: Vec<MethodOverride>,
    /// Labels, marks and instructions.
    pub body: Vec<Item>,
    /// Exception clauses, inner before outer.
    pub clauses: Vec<Clause>,
    /// Attributes.
    pub attributes: Vec<Attribute>,
}

/// `.override` in a method.
#[derive(Clone, Debug)]
pub enum MethodOverride {
    /// `.override TYPE::NAME`: the method's own signature.
    Short(Spec, String),
    /// `.override method …`.
    Full(MethodRef),
}

/// A piece of a body.
#[derive(Clone, Debug)]
pub enum Item {
    /// `NAME:`.
    Label(Place, String),
    /// The start or end of a block.
    Mark(u32),
    /// An instruction.
    Instr(Box<Instr>),
}

/// An instruction.
#[derive(Clone, Debug)]
pub struct Instr {
    /// Its place.
    pub place: Place,
    /// What it does.
    pub opcode: Opcode,
    /// Its operand.
    pub operand: Operand,
}

/// An operand.
#[derive(Clone, Debug)]
pub enum Operand {
    /// None.
    None,
    /// An argument or local.
    Variable(Variable),
    /// An integer of any width.
    Int(i64),
    /// A `float32`'s or `float64`'s bits.
    Float(f64),
    /// The bits themselves.
    FloatBits(u64),
    /// A label.
    Target(Target),
    /// A jump table.
    Switch(Vec<Target>),
    /// A method.
    Method(MethodRef),
    /// A field.
    Field(FieldRef),
    /// A type.
    Type(Spec),
    /// UTF-16 units of a string.
    String(Vec<u16>),
    /// A call site.
    Signature(Signature),
}

/// An argument or local by number or name.
#[derive(Clone, Debug)]
pub enum Variable {
    /// By number.
    Number(u16),
    /// By name.
    Name(String),
}

/// Where a branch goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Target {
    /// To a label.
    Label(String),
    /// To the start or end of a block.
    Mark(u32),
    /// So many bytes on (a branch), or to this offset (a clause).
    Offset(i64),
}

/// An exception clause.
#[derive(Clone, Debug)]
pub struct Clause {
    /// Its place.
    pub place: Place,
    /// Start and end of the protected code.
    pub protected: (Target, Target),
    /// What it does.
    pub kind: ClauseKind,
    /// Start and end of the handler.
    pub handler: (Target, Target),
}

/// The kind of a clause.
#[derive(Clone, Debug)]
pub enum ClauseKind {
    /// `catch`.
    Catch(Spec),
    /// `filter`, from here.
    Filter(Target),
    /// `finally`.
    Finally,
    /// `fault`.
    Fault,
}

/// `.property`.
#[derive(Clone, Debug)]
pub struct Property {
    /// Its place.
    pub place: Place,
    /// `PropertyAttributes`.
    pub flags: u16,
    /// The name.
    pub name: String,
    /// Type and index parameters.
    pub signature: Signature,
    /// `MethodSemanticsAttributes` and the method.
    pub accessors: Vec<(u16, MethodRef)>,
    /// Attributes.
    pub attributes: Vec<Attribute>,
}

/// `.event`.
#[derive(Clone, Debug)]
pub struct Event {
    /// Its place.
    pub place: Place,
    /// `EventAttributes`.
    pub flags: u16,
    /// The name.
    pub name: String,
    /// The delegate.
    pub ty: Spec,
    /// `MethodSemanticsAttributes` and the method.
    pub accessors: Vec<(u16, MethodRef)>,
    /// Attributes.
    pub attributes: Vec<Attribute>,
}
