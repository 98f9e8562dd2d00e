//! Calls that ask for members of types: by the annotations of what is called, and a few methods whose names or effect say more.

use crate::annotations::OfMethod;
use crate::values::{Origins, Resolver, Value};
use crate::{Annotations, Demand, Finding, Findings, Flow, Types, Unmet, What};
use kiln_mir::{Function, Inst, SourcePos, ValueId};
use kiln_support::FxHashMap;
use kiln_typesys::{MethodDesc, ModuleId, TypeDesc, TypeSystem};
use std::rc::Rc;
use std::sync::Arc;

/// What a method does beyond what its annotations say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Special {
    /// Looks up members of `this` by the name that is its first parameter.
    Named,
    /// Makes an object of its parameter, a type, without running a constructor.
    Allocates,
    /// Makes a vector of its parameter, a type.
    Vector,
    /// Instantiates `this`.
    Instantiates,
    /// Returns the definition of `this`.
    Definition,
}

/// Type, name and what it does.
const SPECIAL: &[(&str, &str, Special)] = &[
    ("System.Type", "GetMethod", Special::Named),
    ("System.Type", "GetProperty", Special::Named),
    ("System.Type", "GetField", Special::Named),
    ("System.Type", "GetEvent", Special::Named),
    ("System.Type", "GetMember", Special::Named),
    ("System.Type", "MakeGenericType", Special::Instantiates),
    ("System.RuntimeType", "MakeGenericType", Special::Instantiates),
    ("System.Type", "GetGenericTypeDefinition", Special::Definition),
    ("System.RuntimeType", "GetGenericTypeDefinition", Special::Definition),
    ("System.Runtime.CompilerServices.RuntimeHelpers", "GetUninitializedObject", Special::Allocates),
    ("System.Enum", "GetValues", Special::Vector),
    ("System.Array", "CreateInstance", Special::Vector),
];

/// The special methods of the class library at hand.
#[derive(Debug)]
pub(crate) struct Rules(FxHashMap<MethodDesc, Special>);

impl Rules {
    pub(crate) fn new(ts: &TypeSystem) -> Self {
        let mut rules = FxHashMap::default();
        for &(ty, name, special) in SPECIAL {
            let (namespace, simple) = ty.rsplit_once('.').unwrap_or(("", ty));
            let Some(t) = ts.find_type(ts.corelib(), namespace, simple) else { continue };
            rules.extend(ts.find_methods(t, name).into_iter().map(|m| (m, special)));
        }
        Self(rules)
    }
}

/// A call that asks for something.
struct Asking<'f> {
    method: MethodDesc,
    args: &'f [ValueId],
    at: SourcePos,
    annotations: Option<Rc<OfMethod>>,
    special: Option<Special>,
    /// The object is new: arguments begin behind it.
    makes: bool,
}

pub(crate) fn findings(flow: &mut Flow, ts: &TypeSystem, f: &Function, types: Types) -> Findings {
    let mut out = Findings::default();
    let mut makes_types = false;
    let mut asking = Vec::new();
    for (_, inst, at) in f.blocks.iter().flat_map(|b| &b.insts) {
        let (method, args, makes) = match inst {
            Inst::Call { method, args, .. } | Inst::CallVirt { method, args } => (*method, args, false),
            Inst::NewObj { ctor, args } => (*ctor, args, true),
            Inst::TypeOf(t) | Inst::TypeHandle(t)
                if types == Types::All && is_known(ts, *t) || types >= Types::Definitions && is_open(ts, *t) =>
            {
                out.known.push(Finding { what: What::TypeOf(*t), at: *at });
                continue;
            }
            Inst::VirtFnAddr { method, .. } if types == Types::All => {
                out.known.push(Finding { what: What::VirtualAddress(*method), at: *at });
                continue;
            }
            Inst::NewDelegate { method, virt: true, .. } if types == Types::All => {
                out.known.push(Finding { what: What::VirtualAddress(*method), at: *at });
                continue;
            }
            _ => continue,
        };
        let definition = ts.method_definition(method);
        let annotations = flow.annotations.of_method(ts, definition).filter(|of| of.asks());
        let special = flow.rules.0.get(&definition).copied();
        makes_types |= special == Some(Special::Instantiates);
        if annotations.is_some() || special.is_some() {
            asking.push(Asking { method, args, at: *at, annotations, special, makes });
        }
    }
    if !asking.is_empty() {
        let origins = Origins::new(f);
        for call in asking {
            if call.special != Some(Special::Definition) {
                ask(&mut flow.annotations, ts, &origins, &call, &mut out);
            } else if types >= Types::Definitions
                // Elsewhere a definition is asked for to be compared.
                && makes_types
                && let Some(&this) = call.args.first()
            {
                let mut resolver = Resolver { ts, annotations: &mut flow.annotations, origins: &origins };
                let definitions = self::types(resolver.values(this)).map(|t| ts.generic_definition(t)).filter(|&t| is_open(ts, t));
                out.known.extend(definitions.map(|t| Finding { what: What::TypeOf(t), at: call.at }));
            }
        }
    }
    let module = ts.method_def(f.method).map(|(module, _)| module);
    let patterns: Vec<Finding> = out.known.iter().filter_map(|f| pattern(ts, f, if makes_types { None } else { module })).collect();
    out.known.extend(patterns);
    out
}

fn ask(annotations: &mut Annotations, ts: &TypeSystem, origins: &Origins<'_>, call: &Asking<'_>, out: &mut Findings) {
    let mut resolver = Resolver { ts, annotations, origins };
    let is_static = call.makes || ts.is_static_method(call.method);
    if let Some(special @ (Special::Allocates | Special::Vector)) = call.special
        && let Some(&first) = call.args.first()
    {
        for t in types(resolver.values(first)) {
            let what = if special == Special::Allocates { What::Object(t) } else { What::Vector(t) };
            out.known.push(Finding { what, at: call.at });
        }
    }
    let Some(of) = &call.annotations else { return };
    let name: Option<Arc<str>> = match (call.special, call.args) {
        (Some(Special::Named), [_, name, ..]) => resolver.text(*name),
        _ => None,
    };
    for (index, &arg) in call.args.iter().enumerate() {
        let members = of.argument(index, is_static);
        if members.is_empty() {
            continue;
        }
        let values = resolver.values(arg);
        let enough = values.as_ref().is_some_and(|all| all.iter().all(|v| !matches!(v, Value::Promised(p) if !p.contains(members))));
        if !enough {
            out.unmet.push(Unmet { callee: call.method, argument: index, members, at: call.at });
        }
        for ty in types(values) {
            out.known.push(Finding { what: What::Members(Demand { ty, members, name: name.clone() }), at: call.at });
        }
    }
}

fn types(values: Option<Vec<Value>>) -> impl Iterator<Item = TypeDesc> {
    values.into_iter().flatten().filter_map(|v| if let Value::Type(t) = v { Some(t) } else { None })
}

/// A generic definition: `typeof(X<>)`.
fn is_open(ts: &TypeSystem, t: TypeDesc) -> bool {
    !ts.type_args(t).is_empty() && ts.generic_definition(t) == t
}

/// A generic definition that is named in code that makes generic types; elsewhere, one of the code's own module, for others to instantiate.
fn pattern(ts: &TypeSystem, f: &Finding, of: Option<ModuleId>) -> Option<Finding> {
    match f.what {
        What::TypeOf(t) if is_open(ts, t) && (of.is_none() || ts.type_def(t).map(|d| d.0) == of) => {
            Some(Finding { what: What::Pattern(t), at: f.at })
        }
        _ => None,
    }
}

fn is_known(ts: &TypeSystem, t: TypeDesc) -> bool {
    !ts.is_runtime_determined(t) && !ts.contains_canon(t)
}
