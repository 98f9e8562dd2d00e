//! What the nodes of the program's graph are, the reasons of its edges, and how both are said to people.

use crate::abilities::Ability;
use kiln_depgraph::NodeId;
use kiln_flow::Demand;
use kiln_lir::{LookupCtx, Sym};
use kiln_typesys::{MethodDesc, TypeDesc, TypeSystem};
use std::fmt;
use std::sync::Arc;

/// The program's graph.
pub type Graph = kiln_depgraph::Graph<Node, Reason>;

/// The program's graph while it is being marked.
pub(crate) type Marking = kiln_depgraph::Marking<Node, Reason, Meeting>;

/// Something that the program needs, or that is true of it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Node {
    /// What the program starts from, by name.
    Root(&'static str),
    /// A file that says what is kept, by name.
    Descriptor(Arc<str>),
    /// Code or data with a symbol.
    Sym(Sym),
    /// A virtual or interface method is called virtually (introducing declaration, canonical form).
    VirtualUse(MethodDesc),
    /// The dictionary of an exact instantiated type.
    TypeDictionary(TypeDesc),
    /// Reflection of some kind is in the program.
    Ability(Ability),
    /// Code outside of CoreLib names the type.
    Named(TypeDesc),
    /// Objects of the type may be made by its parameterless constructor.
    Activated(TypeDesc),
    /// The type is described if members are read.
    Candidate(TypeDesc),
    /// The program lists the type among those of its assembly.
    Listed(TypeDesc),
    /// The application makes objects of a type of the class library.
    Used(TypeDesc),
    /// Text names the type: it can be found by its name.
    Findable(TypeDesc),
    /// Code asks for members of a type that is known.
    Demanded(Demand),
    /// The application takes the address of what a virtual method is on an object.
    Bound(MethodDesc),
    /// Objects of a described type hold values of the type, or the program hands such to generic code.
    Content(TypeDesc),
    /// What objects of a library's type hold is looked at: its members are described, and the program's objects hold such.
    Held(TypeDesc),
    /// An instantiation of the class library's that such objects hold, in a program that looks at any type.
    Collection(TypeDesc),
    /// A generic definition is named where generic types are made.
    Pattern(TypeDesc),
    /// The same in a program that makes any.
    Made(TypeDesc),
    /// A generic method whose name a string of the application has.
    Sought(MethodDesc),
    /// The same in a program that instantiates any.
    MadeMethod(MethodDesc),
    /// A generic method of the class library that is among the members that are asked for of a type, none of them by name, in such a program.
    Picked(MethodDesc),
    /// A generic method that is among the members that are asked for of a type, in such a program.
    DemandedMethod(MethodDesc),
    /// Objects hold values of the type, or collections of such.
    Value(TypeDesc),
    /// Objects of the first type hold something of the second, and one of the two is a value type.
    Pair(TypeDesc, TypeDesc),
    /// The definition of a type has rows.
    Described(TypeDesc),
    /// The members of a closed type have offsets and, if they can be called, code.
    Members(TypeDesc),
    /// The members of a closed type can be called.
    MemberCode(TypeDesc),
    /// Code names the method (`ldtoken`), or a library that looks methods up by name will.
    Token(MethodDesc),
    /// Reflection may look at the instantiated generic method.
    Instance(MethodDesc),
    /// Reflection can call the method.
    Callable(MethodDesc),
    /// The application's code has the string.
    Literal(Arc<str>),
    /// Code of a library's outermost type has the string.
    Text(TypeDesc, Arc<str>),
    /// Members may be looked up by the string.
    MemberName(Arc<str>),
    /// Code of the outermost type looks members up.
    LooksUp(TypeDesc),
    /// The strings of the outermost type come to code that does.
    Speaks(TypeDesc),
    /// Strings of the first outermost type come to the second.
    Hands(TypeDesc, TypeDesc),
    /// The application's code takes the address of the method.
    AddressTaken(MethodDesc),
    /// Methods of the application's type (its definition) are compiled.
    CodeOf(TypeDesc),
}

impl From<Sym> for Node {
    fn from(s: Sym) -> Self {
        Self::Sym(s)
    }
}

/// Two groups of nodes whose members bring something along in pairs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Meeting {
    /// Types with objects, and calls through the slot that this declaration introduces.
    Slot(MethodDesc),
    /// Types with objects that implement this canonical interface, and calls of its methods.
    Interface(TypeDesc),
    /// Vectors whose elements have this in common, and exact calls of their generic interfaces over such.
    Vectors(TypeDesc),
    /// Types with objects, and calls of the generic virtual method of this slot of a class.
    GenericSlot(MethodDesc),
    /// Types with objects, and calls of generic virtual methods of this interface (of its definition if it is variant).
    GenericInterface(TypeDesc),
    /// Dictionaries of this context, and lookups in it.
    Context(LookupCtx),
    /// Generic definitions that are instantiated at run time, and types that they may be instantiated over.
    Prediction,
    /// Members that are asked for of what is made of a generic definition, and described instantiations of it.
    Members(TypeDesc),
    /// What the ability is about, and the ability itself.
    Ability(Ability),
}

/// Why an edge exists.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reason {
    /// The compiler or the runtime needs it in every program.
    Root,
    /// Code refers to it.
    Code,
    /// Code calls it virtually.
    VirtualCall,
    /// It is the base class.
    Base,
    /// It is implemented.
    Interface,
    /// It is the element type, a generic argument, the definition or the enclosing type.
    Part,
    /// It overrides a virtual method in use on a constructed type.
    Override,
    /// It implements an interface method in use on a constructed type.
    Implements,
    /// It implements a generic virtual method in use.
    GenericVirtual,
    /// It is in a generic dictionary.
    Dictionary,
    /// It is the class constructor of statics in use.
    ClassConstructor,
    /// It is the finalizer.
    Finalizer,
    /// The type can be created by reflection.
    Activation,
    /// Delegates of the type can be combined.
    Delegate,
    /// Boxing a `Nullable<T>` makes it.
    Boxing,
    /// Reflection in code that the flow of types was followed through asks for it.
    DataFlow,
    /// A file says that it is kept.
    Descriptor,
    /// Reflection may look at it.
    Reflection,
    /// Reflection of a kind begins here.
    Ability,
    /// The runtime makes instantiations of it.
    Template,
    /// It crosses to native code.
    Interop,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Root => "needed by every program",
            Self::Code => "referenced by",
            Self::VirtualCall => "called virtually by",
            Self::Base => "base class of",
            Self::Interface => "interface of",
            Self::Part => "part of",
            Self::Override => "override in constructed type",
            Self::Implements => "interface implementation in constructed type",
            Self::GenericVirtual => "implements generic virtual method in constructed type",
            Self::Dictionary => "in the generic dictionary of",
            Self::ClassConstructor => "class constructor for",
            Self::Finalizer => "finalizer of",
            Self::Activation => "activated by reflection from",
            Self::Delegate => "invocation of combined delegates of",
            Self::Boxing => "boxed form of",
            Self::DataFlow => "asked for by reflection in",
            Self::Descriptor => "kept as it is said by",
            Self::Reflection => "kept for reflection by",
            Self::Ability => "brought by",
            Self::Template => "template for",
            Self::Interop => "crosses to native code for",
        })
    }
}

/// Name of a node for people.
#[must_use]
pub fn node_name(ts: &TypeSystem, n: &Node) -> String {
    match n {
        Node::Root(s) => format!("root `{s}`"),
        Node::Descriptor(name) => format!("the file `{name}`"),
        Node::Sym(s) => kiln_lower::sym_name(ts, s),
        Node::VirtualUse(m) => format!("virtual calls of {}", ts.method_display(*m)),
        Node::TypeDictionary(t) => format!("dictionary of {}", ts.type_display(*t)),
        Node::Ability(a) => format!("reflection that {a}"),
        Node::Named(t) => format!("name of {} in code", ts.type_display(*t)),
        Node::Activated(t) => format!("activation of {}", ts.type_display(*t)),
        Node::Candidate(t) => format!("interest in {}", ts.type_display(*t)),
        Node::Listed(t) => format!("list with {}", ts.type_display(*t)),
        Node::Used(t) => format!("use of {} in the application", ts.type_display(*t)),
        Node::Findable(t) => format!("text that names {}", ts.type_display(*t)),
        Node::Demanded(d) => demand_name(ts, d),
        Node::Bound(m) => format!("address on an object of {}", ts.method_display(*m)),
        Node::Content(t) => format!("content of type {}", ts.type_display(*t)),
        Node::Held(t) => format!("content of objects of {}", ts.type_display(*t)),
        Node::Collection(t) => format!("collection {}", ts.type_display(*t)),
        Node::Pattern(t) => format!("name of {} where generic types are made", ts.type_display(*t)),
        Node::Made(t) => format!("instantiation of {}", ts.type_display(*t)),
        Node::Sought(m) => format!("name of {} in text", ts.method_display(*m)),
        Node::MadeMethod(m) => format!("instantiation of {}", ts.method_display(*m)),
        Node::Picked(m) => format!("{} among members that are asked for", ts.method_display(*m)),
        Node::DemandedMethod(m) => format!("instantiation of {} that is asked for", ts.method_display(*m)),
        Node::Value(t) => format!("values of {}", ts.type_display(*t)),
        Node::Pair(holder, t) => format!("{} in {}", ts.type_display(*t), ts.type_display(*holder)),
        Node::Described(t) => format!("description of {}", ts.type_display(*t)),
        Node::Members(t) => format!("members of {}", ts.type_display(*t)),
        Node::MemberCode(t) => format!("calls of members of {}", ts.type_display(*t)),
        Node::Token(m) => format!("token of {}", ts.method_display(*m)),
        Node::Instance(m) => format!("instance {}", ts.method_display(*m)),
        Node::Callable(m) => format!("reflection's call of {}", ts.method_display(*m)),
        Node::Literal(text) => format!("string {text:?}"),
        Node::MemberName(text) => format!("name {text:?}"),
        Node::Text(t, text) => format!("string {text:?} in {}", ts.type_display(*t)),
        Node::LooksUp(t) => format!("lookups of {}", ts.type_display(*t)),
        Node::Speaks(t) => format!("names from {}", ts.type_display(*t)),
        Node::Hands(t, to) => format!("strings of {} in {}", ts.type_display(*t), ts.type_display(*to)),
        Node::AddressTaken(m) => format!("address of {}", ts.method_display(*m)),
        Node::CodeOf(t) => format!("code of {}", ts.type_display(*t)),
    }
}

fn demand_name(ts: &TypeSystem, d: &Demand) -> String {
    let ty = ts.type_display(d.ty);
    match &d.name {
        Some(name) => format!("members `{name}` of {ty}"),
        None => format!("{} of {ty}", d.members),
    }
}

/// Name of what a node is an instance of, for people.
pub(crate) fn definition_name(ts: &TypeSystem, n: &Node) -> String {
    let of_type = |t: TypeDesc| format!("`{}`", ts.type_display(ts.generic_definition(t)));
    let of_method = |m: MethodDesc| format!("`{}`", ts.method_display(ts.method_definition(m)));
    match n {
        Node::TypeDictionary(t) | Node::Members(t) | Node::Described(t) => of_type(*t),
        Node::Sym(Sym::ConstructedType(t) | Sym::NecessaryType(t) | Sym::Statics(t) | Sym::ThreadStatics(t)) => of_type(*t),
        Node::Sym(Sym::Method(m) | Sym::MethodEntry(m) | Sym::UnboxingStub(m) | Sym::MethodDictionary(m)) => of_method(*m),
        Node::Sym(Sym::DispatchCell(m) | Sym::GvmHandle(m) | Sym::MethodHandle(m)) => of_method(*m),
        n => format!("`{}`", node_name(ts, n)),
    }
}

/// A step from a node towards a root, in words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// The node's name.
    pub name: String,
    /// Why it is needed, to be followed by the next step's name; `None` for a root.
    pub reason: Option<String>,
    /// What else must be there for that reason to hold.
    pub condition: Option<String>,
}

/// The path by which a node was found, from the node back to its root.
#[must_use]
pub fn path(ts: &TypeSystem, graph: &Graph, id: NodeId) -> Vec<Step> {
    let name = |id: NodeId| graph.node(id).map(|n| node_name(ts, n)).unwrap_or_default();
    graph
        .path(id)
        .into_iter()
        .map(|s| Step {
            name: name(s.node),
            reason: s.edge.map(|e| e.reason.to_string()),
            condition: s.edge.and_then(|e| e.condition).map(name),
        })
        .collect()
}

/// The nodes whose name contains `text`: those whose whole name it is come first, then the order of discovery decides.
#[must_use]
pub fn named(ts: &TypeSystem, graph: &Graph, text: &str) -> Vec<NodeId> {
    let mut hits: Vec<(bool, NodeId)> = Vec::new();
    for (id, n) in graph.iter() {
        let name = node_name(ts, n);
        if name.contains(text) {
            hits.push((name != text, id));
        }
    }
    hits.sort_unstable();
    hits.into_iter().map(|(_, id)| id).collect()
}
