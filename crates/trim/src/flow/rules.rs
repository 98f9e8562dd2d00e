//! Methods of the class library that do more, or ask for less, than their annotations say.

use kiln_diag::{Code, codes};
use kiln_support::FxHashMap;
use kiln_typesys::{MethodDesc, TypeDesc, TypeSystem, WellKnown};

/// What a method does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Rule {
    /// Returns what it is called on or given.
    Pass,
    /// `Type.GetTypeFromHandle`.
    TypeOfHandle,
    /// `Object.GetType`.
    TypeOfObject,
    /// `Type.GetType` of text.
    TypeOfName,
    /// Looks members up: how they are bound decides whether public ones are asked for, others, or both.
    Members,
    /// `Type.BaseType`.
    Base,
    /// `Type.GetInterface`.
    Interface,
    /// `Nullable.GetUnderlyingType`.
    Underlying,
    /// `Type.MakeGenericType`.
    MakeType,
    /// `MethodInfo.MakeGenericMethod`.
    MakeMethod,
    /// `RuntimeHelpers.RunClassConstructor`.
    RunConstructor,
    /// Makes an object by a constructor that takes what is given.
    Activate,
    /// Needs code for a type, which is there if it is known.
    Code,
    /// Asks for nothing here.
    Nothing,
    /// `Expression.Call` by name.
    CallByName,
    /// `Expression.Property` by accessor.
    PropertyByAccessor,
    /// Cannot be followed.
    NotFollowed(Code),
}

/// Of which overloads a row is, by the type of the first parameter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum First {
    Any,
    Type,
    Text,
}

const ANY: First = First::Any;

/// Type, method, overloads, and what it does.
const RULES: &[(&str, &str, First, Rule)] = &[
    ("System.Type", "GetTypeFromHandle", ANY, Rule::TypeOfHandle),
    ("System.Type", "get_TypeHandle", ANY, Rule::Pass),
    ("System.Type", "get_UnderlyingSystemType", ANY, Rule::Pass),
    ("System.Reflection.TypeInfo", "AsType", ANY, Rule::Pass),
    ("System.Reflection.IntrospectionExtensions", "GetTypeInfo", ANY, Rule::Pass),
    ("System.Reflection.MethodBase", "GetMethodFromHandle", ANY, Rule::Pass),
    ("System.Object", "GetType", ANY, Rule::TypeOfObject),
    ("System.Type", "GetType", First::Text, Rule::TypeOfName),
    ("System.Type", "GetMethods", ANY, Rule::Members),
    ("System.Type", "GetMethod", ANY, Rule::Members),
    ("System.Type", "GetFields", ANY, Rule::Members),
    ("System.Type", "GetField", ANY, Rule::Members),
    ("System.Type", "GetProperties", ANY, Rule::Members),
    ("System.Type", "GetProperty", ANY, Rule::Members),
    ("System.Type", "GetEvents", ANY, Rule::Members),
    ("System.Type", "GetEvent", ANY, Rule::Members),
    ("System.Type", "GetConstructors", ANY, Rule::Members),
    ("System.Type", "GetConstructor", ANY, Rule::Members),
    ("System.Type", "GetNestedTypes", ANY, Rule::Members),
    ("System.Type", "GetNestedType", ANY, Rule::Members),
    ("System.Type", "GetMembers", ANY, Rule::Members),
    ("System.Type", "GetMember", ANY, Rule::Members),
    ("System.Reflection.RuntimeReflectionExtensions", "GetRuntimeMethod", ANY, Rule::Members),
    ("System.Reflection.RuntimeReflectionExtensions", "GetRuntimeField", ANY, Rule::Members),
    ("System.Reflection.RuntimeReflectionExtensions", "GetRuntimeProperty", ANY, Rule::Members),
    ("System.Reflection.RuntimeReflectionExtensions", "GetRuntimeEvent", ANY, Rule::Members),
    ("System.Type", "get_BaseType", ANY, Rule::Base),
    ("System.Type", "GetInterface", ANY, Rule::Interface),
    ("System.Nullable", "GetUnderlyingType", ANY, Rule::Underlying),
    ("System.Type", "MakeGenericType", ANY, Rule::MakeType),
    ("System.Reflection.MethodInfo", "MakeGenericMethod", ANY, Rule::MakeMethod),
    ("System.Runtime.CompilerServices.RuntimeHelpers", "RunClassConstructor", ANY, Rule::RunConstructor),
    ("System.Activator", "CreateInstance", First::Type, Rule::Activate),
    ("System.Activator", "CreateInstance", First::Text, Rule::NotFollowed(codes::UNKNOWN_TYPE_TO_CREATE)),
    ("System.Activator", "CreateInstanceFrom", First::Text, Rule::NotFollowed(codes::UNKNOWN_TYPE_TO_CREATE)),
    ("System.Reflection.Assembly", "CreateInstance", ANY, Rule::NotFollowed(codes::ASSEMBLY_CREATES)),
    ("System.Enum", "GetValues", First::Type, Rule::Code),
    ("System.Array", "CreateInstance", ANY, Rule::Nothing),
    ("System.Runtime.InteropServices.Marshal", "SizeOf", ANY, Rule::Code),
    ("System.Runtime.InteropServices.Marshal", "OffsetOf", ANY, Rule::Nothing),
    ("System.Runtime.InteropServices.Marshal", "PtrToStructure", ANY, Rule::Code),
    ("System.Runtime.InteropServices.Marshal", "DestroyStructure", ANY, Rule::Code),
    ("System.Runtime.InteropServices.Marshal", "GetDelegateForFunctionPointer", ANY, Rule::Code),
    ("System.Linq.Expressions.Expression", "Call", First::Type, Rule::CallByName),
    ("System.Linq.Expressions.Expression", "Property", ANY, Rule::PropertyByAccessor),
];

/// The rules for the class library at hand.
#[derive(Debug)]
pub(crate) struct Rules(FxHashMap<MethodDesc, Rule>);

impl Rules {
    pub(crate) fn new(ts: &TypeSystem) -> Self {
        let mut rules = FxHashMap::default();
        for &(ty, name, first, rule) in RULES {
            let (namespace, simple) = ty.rsplit_once('.').unwrap_or(("", ty));
            let module = match namespace {
                "System.Linq.Expressions" => ts.find_module(namespace),
                _ => Some(ts.corelib()),
            };
            let Some(t) = module.and_then(|m| ts.find_type(m, namespace, simple)) else { continue };
            rules.extend(ts.find_methods(t, name).into_iter().filter(|&m| fits(ts, m, first) && is_meant(ts, m, rule)).map(|m| (m, rule)));
        }
        Self(rules)
    }

    /// The rule of a definition.
    pub(crate) fn of(&self, definition: MethodDesc) -> Option<Rule> {
        self.0.get(&definition).copied()
    }

    /// Whether what it needs depends on what it is given: its attributes say nothing.
    pub(crate) fn decide(&self, definition: MethodDesc) -> bool {
        use Rule as R;
        matches!(
            self.of(definition),
            Some(
                R::TypeOfName
                    | R::MakeType
                    | R::MakeMethod
                    | R::Code
                    | R::Nothing
                    | R::CallByName
                    | R::PropertyByAccessor
                    | R::NotFollowed(_)
                    | R::RunConstructor
            )
        )
    }
}

fn first(ts: &TypeSystem, m: MethodDesc) -> Option<TypeDesc> {
    ts.method_sig(m).ok()?.params.first().copied()
}

fn fits(ts: &TypeSystem, m: MethodDesc, wanted: First) -> bool {
    let first = first(ts, m);
    match wanted {
        First::Any => true,
        First::Type => first.is_some_and(|t| ts.namespace_and_name(t) == ("System".to_owned(), "Type".to_owned())),
        First::Text => first == Some(ts.well_known(WellKnown::String)),
    }
}

/// Overloads that share a name with others.
fn is_meant(ts: &TypeSystem, m: MethodDesc, rule: Rule) -> bool {
    let Ok(sig) = ts.method_sig(m) else { return false };
    let second = || sig.params.get(1).map(|&t| ts.namespace_and_name(t).1).unwrap_or_default();
    match rule {
        Rule::CallByName => second() == "String",
        Rule::PropertyByAccessor => second() == "MethodInfo",
        // Those with a type parameter know what they are for.
        Rule::Code | Rule::Activate => ts.method_generic_count(m) == 0,
        _ => true,
    }
}
