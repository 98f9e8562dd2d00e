//! A value goes where members of its type are asked for: whether they are promised, and .NET's code for what is not. The codes are those
//! of every kind of source into every kind of target (IL2067 to IL2091), and of values that nothing is known of (IL2062 to IL2066).

use super::Scan;
use super::lookups::named;
use super::value::{Place, Value, Values};
use crate::names;
use kiln_diag::{Code, codes};
use kiln_flow::Members;
use kiln_metadata::TypeName;
use kiln_typesys::{FieldDesc, MethodDesc, TypeKind, TypeSystem};

/// Who asks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Target {
    /// A parameter, by position without `this`.
    Param(MethodDesc, usize),
    /// The result of the method itself.
    Result(MethodDesc),
    /// A field.
    Field(FieldDesc),
    /// `this` of a method of `System.Type`.
    This(MethodDesc),
    /// A type parameter, by name, of what is named.
    Generic(String, String),
}

impl Target {
    fn index(&self) -> usize {
        match self {
            Self::Param(..) => 0,
            Self::Result(_) => 1,
            Self::Field(_) => 2,
            Self::This(_) => 3,
            Self::Generic(..) => 4,
        }
    }

    /// As the beginning of a sentence.
    fn says(&self, ts: &TypeSystem) -> String {
        match self {
            Self::Param(m, index) => {
                format!("`{}` asks of its parameter `{}` for", names::method(ts, *m), names::parameter(ts, *m, *index))
            }
            Self::Result(m) => format!("`{}` promises of what it returns", names::method(ts, *m)),
            Self::Field(f) => format!("`{}` promises of what is in it", names::field(ts, *f)),
            Self::This(m) => format!("`{}` asks of its type for", names::method(ts, *m)),
            Self::Generic(name, of) => format!("`{of}` asks of its type argument `{name}` for"),
        }
    }
}

/// The codes of what comes from a parameter, a result, a field, `this` and a type parameter, by target.
const CODES: [[Code; 5]; 5] = [
    [
        codes::PARAMETER_TO_PARAMETER,
        codes::PARAMETER_TO_RESULT,
        codes::PARAMETER_TO_FIELD,
        codes::PARAMETER_TO_THIS,
        codes::PARAMETER_TO_TYPE_ARGUMENT,
    ],
    [codes::RESULT_TO_PARAMETER, codes::RESULT_TO_RESULT, codes::RESULT_TO_FIELD, codes::RESULT_TO_THIS, codes::RESULT_TO_TYPE_ARGUMENT],
    [codes::FIELD_TO_PARAMETER, codes::FIELD_TO_RESULT, codes::FIELD_TO_FIELD, codes::FIELD_TO_THIS, codes::FIELD_TO_TYPE_ARGUMENT],
    [codes::THIS_TO_PARAMETER, codes::THIS_TO_RESULT, codes::THIS_TO_FIELD, codes::THIS_TO_THIS, codes::THIS_TO_TYPE_ARGUMENT],
    [
        codes::TYPE_PARAMETER_TO_PARAMETER,
        codes::TYPE_PARAMETER_TO_RESULT,
        codes::TYPE_PARAMETER_TO_FIELD,
        codes::TYPE_PARAMETER_TO_THIS,
        codes::TYPE_PARAMETER_TO_TYPE_ARGUMENT,
    ],
];

/// The codes of what nothing is known of.
const UNKNOWN: [Code; 5] = [
    codes::UNKNOWN_TO_PARAMETER,
    codes::UNKNOWN_TO_RESULT,
    codes::UNKNOWN_TO_FIELD,
    codes::UNKNOWN_TO_THIS,
    codes::UNKNOWN_TO_TYPE_ARGUMENT,
];

impl Scan<'_> {
    /// Values go where these members are asked for.
    pub(super) fn require(&mut self, values: Values, members: Members, target: &Target, at: u32) {
        if !self.report || members.is_empty() {
            return;
        }
        for v in self.sets.get(values).iter() {
            self.require_of(v, members, target, at);
        }
    }

    fn require_of(&mut self, v: &Value, members: Members, target: &Target, at: u32) {
        let ts = self.ts;
        let (row, promised, source) = match v {
            Value::Null | Value::Int(_) => return,
            Value::Text(name) => {
                self.require_name(name, members, at);
                return;
            }
            Value::Type(t) => match ts.kind(*t) {
                TypeKind::Var(_) | TypeKind::MVar(_) => {
                    let variable = self.known.promises.variable(ts, &self.origins, *t);
                    (4, variable.members, format!("the type parameter `{}`", variable.name))
                }
                _ => {
                    self.reach(*t, members, at);
                    return;
                }
            },
            Value::From(place, promised) => {
                let (row, source) = match place {
                    Place::Param(m, index) => (0, format!("the parameter `{}`", names::parameter(ts, *m, usize::from(*index)))),
                    Place::Result(m) => (1, format!("what `{}` returns", names::method(ts, *m))),
                    Place::Field(f) => (2, format!("the field `{}`", names::field(ts, *f))),
                    Place::This(_) => (3, "`this`".to_owned()),
                };
                (row, *promised, source)
            }
            Value::Unknown | Value::Object(_) | Value::Method(_) | Value::Address(_) | Value::Vector(_) => {
                let text = format!(
                    "{} {members}, and which type it will be cannot be told here: name the type, or take it from something that has `[DynamicallyAccessedMembers]`",
                    target.says(ts)
                );
                self.say(UNKNOWN[target.index()], at, text);
                return;
            }
        };
        let missing = members.without(promised);
        if missing.is_empty() {
            return;
        }
        let owner = match v {
            Value::From(Place::Param(m, _) | Place::This(m) | Place::Result(m), _) => ts.method_def(*m).map(|d| d.0),
            Value::From(Place::Field(f), _) => Some(ts.field_def(*f).0),
            _ => None,
        };
        let cure = match owner {
            Some(module) if !self.known.application.contains(&module) => "name the type, or take it from something that does".to_owned(),
            _ => format!("put `[DynamicallyAccessedMembers({})]` on it", members.written()),
        };
        let text = format!("{} {members}, which {source} does not promise: {cure}", target.says(ts));
        self.say(CODES[row][target.index()], at, text);
    }
    /// Text goes where members of the type that it names are asked for.
    fn require_name(&mut self, name: &str, members: Members, at: u32) {
        let Ok(parsed) = TypeName::parse(name) else { return };
        if parsed.assembly.is_none() {
            let text = format!(
                "\"{name}\" names a type without its assembly, and which is meant depends on who looks for it: write `Name, Assembly`"
            );
            self.say(codes::TYPE_NAME_WITHOUT_ASSEMBLY, at, text);
        } else if let Some(t) = named(self.ts, name) {
            self.reach(t, members, at);
        }
    }
}
