//! Constraints of generic parameters (ECMA-335 II.10.1.7, II.22.20, II.22.21): whether arguments keep them. Only what is exactly known
//! is judged; an argument that is a variable has been judged where it was given.

use crate::TypeSystem;
use crate::desc::*;
use crate::error::{Result, TypeSysError};
use kiln_metadata::flags::{generic_param_attributes as gp, method_attributes as ma};
use kiln_metadata::{GenericParamId, TypeOrMethodDef};

impl TypeSystem {
    /// The arguments of an instantiated type.
    pub(crate) fn check_constraints(&self, t: TypeDesc) -> Result<()> {
        let Some((module, def)) = self.type_def(t) else { return Ok(()) };
        let own = GenericArgs { type_args: self.type_args(t), method_args: self.empty.clone() };
        match self.violated(module, def.into(), &own.type_args, &own)? {
            None => Ok(()),
            Some((n, argument, parameter)) => {
                let on = self.definition_with_parameters(t);
                Err(TypeSysError::NotLoaded(format!(
                    "GenericArguments[{n}], '{argument}', on '{on}' violates the constraint of type parameter '{parameter}'."
                )))
            }
        }
    }

    /// The arguments of an instantiated method and of its owner.
    pub fn check_method_loads(&self, m: MethodDesc) -> Result<()> {
        let Some((module, def)) = self.method_def(m) else { return self.check_loads(self.method_owner(m)) };
        self.check_loads(self.method_owner(m))?;
        let args = self.method_args(m);
        if args.is_empty() {
            return Ok(());
        }
        self.memo.method_loads.get(m, || {
            for &a in args.iter() {
                self.check_loads(a)?;
            }
            match self.violated(module, def.into(), &args, &self.method_generic_context(m))? {
                None => Ok(()),
                Some((_, argument, parameter)) => {
                    let (owner, _) = self.loader_names(self.method_owner(m));
                    let name = self.method_name(m);
                    Err(TypeSysError::Violated(format!(
                        "Method {owner}.{name}: type argument '{argument}' violates the constraint of type parameter '{parameter}'."
                    )))
                }
            }
        })
    }

    /// The first argument that breaks a constraint: its number, its name and that of the parameter.
    fn violated(
        &self,
        module: ModuleId,
        owner: TypeOrMethodDef,
        args: &[TypeDesc],
        context: &GenericArgs,
    ) -> Result<Option<(usize, String, String)>> {
        let data = self.module_data(module);
        for id in data.metadata.generic_params_of(owner) {
            let row = data.metadata.generic_param(id).map_err(self.meta_err(module))?;
            let number = usize::from(row.number);
            let Some(&argument) = args.get(number) else { continue };
            if self.is_open(argument) {
                continue;
            }
            if !self.keeps_flags(argument, row.flags) || !self.keeps_constraints(module, id, argument, context)? {
                return Ok(Some((number, self.reflection_name(argument), row.name.to_owned())));
            }
        }
        Ok(None)
    }

    /// Known at run time only, in whole or in part.
    fn is_open(&self, t: TypeDesc) -> bool {
        self.contains_vars(t) || self.is_runtime_determined(t) || self.contains_canon(t)
    }

    fn keeps_flags(&self, argument: TypeDesc, flags: u16) -> bool {
        let value_type = self.is_value_type(argument);
        let class = self.type_class(argument);
        if matches!(class, TypeClass::ByRef | TypeClass::Ptr | TypeClass::Prim(Prim::Void)) {
            return false;
        }
        if flags & gp::REFERENCE_TYPE_CONSTRAINT != 0 && class != TypeClass::Ref {
            return false;
        }
        if flags & gp::NOT_NULLABLE_VALUE_TYPE_CONSTRAINT != 0 && (!value_type || self.is_nullable(argument)) {
            return false;
        }
        if flags & gp::DEFAULT_CONSTRUCTOR_CONSTRAINT != 0 && !value_type {
            let public = |m: MethodDesc| self.method_flags(m).0 & ma::ACCESS_MASK == ma::PUBLIC;
            if self.is_abstract(argument) || !self.default_ctor(argument).is_some_and(public) {
                return false;
            }
        }
        flags & gp::ALLOW_BY_REF_LIKE != 0 || !self.is_by_ref_like(argument)
    }

    fn keeps_constraints(&self, module: ModuleId, id: GenericParamId, argument: TypeDesc, context: &GenericArgs) -> Result<bool> {
        let data = self.module_data(module);
        for constraint in data.metadata.constraints_of(id) {
            let row = data.metadata.generic_param_constraint(constraint).map_err(self.meta_err(module))?;
            let wanted = self.substitute(self.type_def_or_ref(module, row.constraint)?, context);
            if self.is_open(wanted) {
                continue;
            }
            let kept = match self.is_by_ref_like(argument) {
                // There is no box that could be cast; it has the interface or not.
                true => wanted == self.well_known(WellKnown::ValueType) || self.interfaces(argument).contains(&wanted),
                false => self.can_cast_to(argument, wanted),
            };
            if !kept {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
