//! What is promised of the types that come out of a place: by `DynamicallyAccessedMembers` on it, and of a type parameter also by its
//! constraints. Type parameters of what the C# compiler made stand for those of the member that the user wrote, by name.

use super::value::{Place, Value};
use kiln_flow::{Annotations, Members};
use kiln_metadata::flags::generic_param_attributes::{DEFAULT_CONSTRUCTOR_CONSTRAINT, NOT_NULLABLE_VALUE_TYPE_CONSTRAINT};
use kiln_metadata::{GenericParamId, TypeOrMethodDef};
use kiln_typesys::{MethodDesc, ModuleId, TypeDesc, TypeKind, TypeSystem};

/// A type parameter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Variable {
    pub(crate) name: String,
    pub(crate) members: Members,
}

/// Reads promises, each once.
#[derive(Debug, Default)]
pub(crate) struct Promises {
    pub(crate) annotations: Annotations,
}

impl Promises {
    /// What comes out of a place.
    pub(crate) fn value(&mut self, ts: &TypeSystem, place: Place) -> Value {
        Value::From(place, self.of_place(ts, place))
    }

    fn of_place(&mut self, ts: &TypeSystem, place: Place) -> Members {
        let mut of_method = |m| self.annotations.of_method(ts, ts.method_definition(m));
        match place {
            Place::Param(m, index) => of_method(m).map_or(Members::NONE, |of| of.argument(usize::from(index), true)),
            Place::This(m) => of_method(m).map_or(Members::NONE, |of| of.this),
            Place::Result(m) => of_method(m).map_or(Members::NONE, |of| of.result),
            Place::Field(f) => self.annotations.of_field(ts, f),
        }
    }

    /// A type parameter that is named in the code of a method, the first of `origins`.
    pub(crate) fn variable(&mut self, ts: &TypeSystem, origins: &[MethodDesc], var: TypeDesc) -> Variable {
        let Some(&m) = origins.first() else { return Variable { name: String::new(), members: Members::NONE } };
        let owner = ts.method_owner(m);
        let (definition, index) = match ts.kind(var) {
            TypeKind::MVar(n) => (ts.method_def(m).map(|(module, row)| (module, TypeOrMethodDef::from(row))), n),
            TypeKind::Var(n) => (ts.type_def(owner).map(|(module, row)| (module, TypeOrMethodDef::from(row))), n),
            _ => (None, 0),
        };
        let own = definition.and_then(|(module, d)| self.declared(ts, module, d, |row| u32::from(row.number) == index));
        let own = own.unwrap_or(Variable { name: String::new(), members: Members::NONE });
        if !own.members.is_empty() {
            return own;
        }
        for &outer in origins.iter().skip(1) {
            let method = ts.method_def(outer).map(|(module, row)| (module, TypeOrMethodDef::from(row)));
            let ty = ts.type_def(ts.method_owner(outer)).map(|(module, row)| (module, TypeOrMethodDef::from(row)));
            for (module, d) in [method, ty].into_iter().flatten() {
                if let Some(found) = self.declared(ts, module, d, |row| row.name == own.name).filter(|v| !v.members.is_empty()) {
                    return found;
                }
            }
        }
        own
    }

    /// The parameters of a definition that ask for something of what stands for them, with their names.
    pub(crate) fn parameters(&mut self, ts: &TypeSystem, of: Option<(ModuleId, TypeOrMethodDef)>) -> Vec<(usize, Members, String)> {
        let Some((module, of)) = of else { return Vec::new() };
        let metadata = ts.module(module);
        let rows = metadata.generic_params_of(of).filter_map(|id| Some((id, metadata.generic_param(id).ok()?)));
        let all = rows.map(|(id, row)| {
            let made = row.flags & (DEFAULT_CONSTRUCTOR_CONSTRAINT | NOT_NULLABLE_VALUE_TYPE_CONSTRAINT) != 0;
            let asked = kiln_flow::promised(ts, module, id);
            let asked = if made { asked.and(Members::DEFAULT_CONSTRUCTOR) } else { asked };
            (usize::from(row.number), asked, row.name.to_owned())
        });
        all.filter(|(_, members, _)| !members.is_empty()).collect()
    }

    fn declared(
        &self,
        ts: &TypeSystem,
        module: ModuleId,
        of: TypeOrMethodDef,
        is: impl Fn(&kiln_metadata::GenericParamRow<'_>) -> bool,
    ) -> Option<Variable> {
        let metadata = ts.module(module);
        let id: GenericParamId = metadata.generic_params_of(of).find(|&id| metadata.generic_param(id).is_ok_and(|row| is(&row)))?;
        let row = metadata.generic_param(id).ok()?;
        let mut members = kiln_flow::promised(ts, module, id);
        if row.flags & (DEFAULT_CONSTRUCTOR_CONSTRAINT | NOT_NULLABLE_VALUE_TYPE_CONSTRAINT) != 0 {
            members = members.and(Members::DEFAULT_CONSTRUCTOR);
        }
        Some(Variable { name: row.name.to_owned(), members })
    }
}
