//! Methods of the class library that do more, or ask for less, than their annotations say.

use kiln_support::FxHashMap;
use kiln_typesys::{MethodDesc, TypeSystem};

/// What a method does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Rule {
    /// Returns what it is called on or given.
    Pass,
    /// `Object.GetType`.
    TypeOfObject,
    /// Looks members up: how they are bound decides whether public ones are asked for, others, or both.
    Members,
}

/// Namespace, type, method, and what it does.
const RULES: &[(&str, &str, &str, Rule)] = &[
    ("System", "Type", "GetTypeFromHandle", Rule::Pass),
    ("System", "Type", "get_TypeHandle", Rule::Pass),
    ("System", "Type", "get_UnderlyingSystemType", Rule::Pass),
    ("System.Reflection", "TypeInfo", "AsType", Rule::Pass),
    ("System.Reflection", "IntrospectionExtensions", "GetTypeInfo", Rule::Pass),
    ("System.Reflection", "MethodBase", "GetMethodFromHandle", Rule::Pass),
    ("System", "Object", "GetType", Rule::TypeOfObject),
    ("System", "Type", "GetMethods", Rule::Members),
    ("System", "Type", "GetMethod", Rule::Members),
    ("System", "Type", "GetFields", Rule::Members),
    ("System", "Type", "GetField", Rule::Members),
    ("System", "Type", "GetProperties", Rule::Members),
    ("System", "Type", "GetProperty", Rule::Members),
    ("System", "Type", "GetEvents", Rule::Members),
    ("System", "Type", "GetEvent", Rule::Members),
    ("System", "Type", "GetConstructors", Rule::Members),
    ("System", "Type", "GetConstructor", Rule::Members),
    ("System", "Type", "GetNestedTypes", Rule::Members),
    ("System", "Type", "GetNestedType", Rule::Members),
    ("System", "Type", "GetMembers", Rule::Members),
    ("System", "Type", "GetMember", Rule::Members),
];

/// The rules for the class library at hand.
#[derive(Debug)]
pub(crate) struct Rules(FxHashMap<MethodDesc, Rule>);

impl Rules {
    pub(crate) fn new(ts: &TypeSystem) -> Self {
        let mut rules = FxHashMap::default();
        for &(namespace, ty, name, rule) in RULES {
            let Some(t) = ts.find_type(ts.corelib(), namespace, ty) else { continue };
            rules.extend(ts.find_methods(t, name).into_iter().map(|m| (m, rule)));
        }
        Self(rules)
    }

    /// The rule of a definition.
    pub(crate) fn of(&self, definition: MethodDesc) -> Option<Rule> {
        self.0.get(&definition).copied()
    }
}
