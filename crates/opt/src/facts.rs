//! What is known of the whole program.

use kiln_support::{FxHashMap, FxHashSet};
use kiln_typesys::{TypeDesc, TypeSystem};

/// A type that objects may be exactly of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ObjectType {
    /// The type.
    pub ty: TypeDesc,
    /// The program has what calls on its objects reach. Of other types reflection may make objects, though nothing constructs them.
    pub constructed: bool,
}

/// Facts about a closed program. Objects of types that are not listed here are never made, by code or by the runtime.
#[derive(Debug, Default)]
pub struct Facts {
    /// By canonical class: the types with objects that are it or derive from it, in the order in which they were listed.
    derived: FxHashMap<TypeDesc, Vec<ObjectType>>,
    /// By the definition of an interface: the types with objects that implement it in some instantiation.
    implementing: FxHashMap<TypeDesc, Vec<ObjectType>>,
    /// Definitions of interfaces that types which are made at run time may implement besides.
    open: FxHashSet<TypeDesc>,
}

impl Facts {
    /// From the types that objects may be exactly of.
    #[must_use]
    pub fn new(ts: &TypeSystem, objects: impl IntoIterator<Item = ObjectType>) -> Self {
        let mut facts = Self::default();
        for object in objects {
            let t = object.ty;
            let mut at = Some(t);
            while let Some(class) = at {
                facts.derived.entry(ts.canonical_type(class)).or_default().push(object);
                at = ts.base_type(class);
            }
            for &i in ts.interfaces(t).iter() {
                let list = facts.implementing.entry(ts.generic_definition(i)).or_default();
                // Instantiations of one interface follow each other or not: the type is listed once.
                if list.last() != Some(&object) {
                    list.push(object);
                }
            }
        }
        facts
    }

    /// Interfaces that types may implement which nobody knows yet, in any instantiation.
    #[must_use]
    pub fn with_open(mut self, ts: &TypeSystem, interfaces: impl IntoIterator<Item = TypeDesc>) -> Self {
        self.open.extend(interfaces.into_iter().map(|i| ts.generic_definition(i)));
        self
    }

    /// Whether the objects that a reference to the type may refer to are known.
    #[must_use]
    pub fn is_closed(&self, ts: &TypeSystem, t: TypeDesc) -> bool {
        !self.open.contains(&ts.generic_definition(t))
    }

    /// The types with objects that a reference to a class or interface may refer to. For a generic interface: those that implement it in
    /// any instantiation.
    #[must_use]
    pub fn objects_of(&self, ts: &TypeSystem, t: TypeDesc) -> &[ObjectType] {
        let found =
            if ts.is_interface(t) { self.implementing.get(&ts.generic_definition(t)) } else { self.derived.get(&ts.canonical_type(t)) };
        found.map_or(&[], Vec::as_slice)
    }
}
