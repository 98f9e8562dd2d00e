//! What is told to the policies: a node was marked, in their words.

use crate::abilities::Ability;
use crate::graph::Node;
use kiln_flow::Demand;
use kiln_lir::{Lookup, LookupCtx, Sym};
use kiln_typesys::{FieldDesc, MethodDesc, TypeDesc};
use std::sync::Arc;

/// Something came into the program. Each event comes once.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Event<'n> {
    /// The code of a method.
    MethodReached(MethodDesc),
    /// A stub with the plain signature, or for boxed objects, of a method.
    EntryReached(MethodDesc),
    /// The dictionary of a generic method.
    MethodInstantiated(MethodDesc),
    /// The dictionary of a type.
    TypeInstantiated(TypeDesc),
    /// The identity of a type.
    TypeIdentified(TypeDesc),
    /// Objects of a type may exist, or its MethodTable is a generic context.
    TypeConstructed(TypeDesc),
    /// Code outside of CoreLib names a type.
    TypeNamed(TypeDesc),
    /// A statics block.
    StaticsUsed(TypeDesc),
    /// A virtual method is called virtually: its introducing declaration, or an interface's method.
    CalledVirtually(MethodDesc),
    /// A generic virtual method is called.
    GenericCalledVirtually(MethodDesc),
    /// A dispatch cell.
    CellUsed(MethodDesc),
    /// A lookup in the dictionaries of a context.
    LookupDone(LookupCtx, Lookup),
    /// A structure is described for native code.
    FormUsed(TypeDesc),
    /// A method's handle.
    MethodNamed(MethodDesc),
    /// A field's handle.
    FieldNamed(FieldDesc),
    /// A function of the runtime or of a native library.
    NativeReached(&'n str),
    /// A kind of reflection.
    AbilityReached(Ability),
    /// Reflection makes objects of a type by its parameterless constructor.
    TypeActivated(TypeDesc),
    /// A type is of interest to reflection.
    TypeOfInterest(TypeDesc),
    /// The program lists a type.
    TypeListed(TypeDesc),
    /// The application makes objects of a type of the class library.
    TypeUsed(TypeDesc),
    /// Code asks for members of a type.
    MembersDemanded(&'n Demand),
    /// The application takes the address of what a virtual method is on an object.
    MethodBound,
    /// Objects of a described type hold values of a type.
    TypeHeld(TypeDesc),
    /// What objects of a library's type hold is looked at.
    HolderFound(TypeDesc),
    /// A collection is held.
    CollectionHeld(TypeDesc),
    /// A generic definition is named where generic types are made.
    PatternFound(TypeDesc),
    /// It, or a generic method, is instantiated at run time.
    PatternMade,
    /// A generic method is looked up by its name.
    GenericSought(MethodDesc),
    /// A generic method is among members that are listed.
    GenericPicked(MethodDesc),
    /// It may be instantiated over what the node is.
    ArgumentsFound,
    /// A definition is described.
    TypeDescribed(TypeDesc),
    /// The members of a closed type are described.
    MembersDescribed(TypeDesc),
    /// The members of a closed type can be called.
    MembersCalled(TypeDesc),
    /// A method is named by code or looked up by a library.
    TokenUsed(MethodDesc),
    /// Reflection may look at an instantiated generic method.
    InstanceDescribed(MethodDesc),
    /// Reflection can call a method.
    MethodCallable(MethodDesc),
    /// A string of the application.
    LiteralFound(&'n str),
    /// A string of a library.
    TextFound(TypeDesc, &'n Arc<str>),
    /// Strings of one library's type come to another.
    StringsHanded(TypeDesc, TypeDesc),
    /// The application takes a method's address.
    AddressTaken(MethodDesc),
    /// The application's type has compiled methods.
    CodeOf(TypeDesc),
    /// Nothing that brings anything along but its code.
    Other,
}

impl<'n> Event<'n> {
    /// The event of a node.
    pub(crate) fn of(node: &'n Node) -> Self {
        match node {
            Node::Root(_) | Node::Descriptor(_) => Self::Other,
            Node::Sym(s) => Self::of_sym(s),
            Node::VirtualUse(m) => Self::CalledVirtually(*m),
            Node::TypeDictionary(t) => Self::TypeInstantiated(*t),
            Node::Ability(a) => Self::AbilityReached(*a),
            Node::Named(t) => Self::TypeNamed(*t),
            Node::Activated(t) => Self::TypeActivated(*t),
            Node::Candidate(t) => Self::TypeOfInterest(*t),
            Node::Listed(t) => Self::TypeListed(*t),
            Node::Used(t) => Self::TypeUsed(*t),
            Node::Findable(_) => Self::Other,
            Node::Demanded(d) => Self::MembersDemanded(d),
            Node::Bound(_) => Self::MethodBound,
            Node::Content(t) => Self::TypeHeld(*t),
            Node::Held(t) => Self::HolderFound(*t),
            Node::Collection(t) => Self::CollectionHeld(*t),
            Node::Pattern(t) => Self::PatternFound(*t),
            Node::Made(_) | Node::MadeMethod(_) | Node::DemandedMethod(_) => Self::PatternMade,
            Node::Sought(m) => Self::GenericSought(*m),
            Node::Picked(m) => Self::GenericPicked(*m),
            Node::Value(_) | Node::Pair(..) => Self::ArgumentsFound,
            Node::Described(t) => Self::TypeDescribed(*t),
            Node::Members(t) => Self::MembersDescribed(*t),
            Node::MemberCode(t) => Self::MembersCalled(*t),
            Node::Token(m) => Self::TokenUsed(*m),
            Node::Instance(m) => Self::InstanceDescribed(*m),
            Node::Callable(m) => Self::MethodCallable(*m),
            Node::Literal(text) => Self::LiteralFound(text),
            Node::Text(t, text) => Self::TextFound(*t, text),
            Node::Hands(from, to) => Self::StringsHanded(*from, *to),
            Node::MemberName(_) | Node::LooksUp(_) | Node::Speaks(_) => Self::Other,
            Node::AddressTaken(m) => Self::AddressTaken(*m),
            Node::CodeOf(t) => Self::CodeOf(*t),
        }
    }

    fn of_sym(s: &'n Sym) -> Self {
        match s {
            Sym::Method(m) => Self::MethodReached(*m),
            Sym::MethodEntry(m) | Sym::UnboxingStub(m) => Self::EntryReached(*m),
            Sym::ConstructedType(t) => Self::TypeConstructed(*t),
            Sym::NecessaryType(t) => Self::TypeIdentified(*t),
            Sym::Statics(t) => Self::StaticsUsed(*t),
            Sym::DispatchCell(m) => Self::CellUsed(*m),
            Sym::MethodDictionary(m) => Self::MethodInstantiated(*m),
            Sym::DictSlotOffset(ctx, l) => Self::LookupDone(*ctx, *l),
            Sym::GvmHandle(m) => Self::GenericCalledVirtually(*m),
            Sym::FieldHandle(f) => Self::FieldNamed(*f),
            Sym::NativeForm(t) => Self::FormUsed(*t),
            Sym::MethodHandle(m) => Self::MethodNamed(*m),
            Sym::Native(native) => Self::NativeReached(&native.0),
            _ => Self::Other,
        }
    }
}
