//! A whole assembly as a root: every type, and the code of every method, as .NET's `TrimmerRootAssembly` means it. Generic ones come in
//! the form that reference types share; a parameter that only takes value types stands for `int`.

use kiln_importer::check::types_of;
use kiln_lir::Sym;
use kiln_lower::method_entry;
use kiln_metadata::GenericParamId;
use kiln_metadata::flags::generic_param_attributes::NOT_NULLABLE_VALUE_TYPE_CONSTRAINT;
use kiln_typesys::{MethodDesc, ModuleId, TypeDesc, TypeSystem, WellKnown};

/// What the assembly needs.
#[must_use]
pub fn symbols_of(ts: &TypeSystem, module: ModuleId) -> Vec<Sym> {
    let mut out = Vec::new();
    for definition in types_of(ts, module) {
        let Some((_, row)) = ts.type_def(definition) else { continue };
        let parameters: Vec<GenericParamId> = ts.module(module).generic_params_of(row).collect();
        let args = arguments(ts, module, &parameters, ts.type_args(definition).len());
        let t = if args.is_empty() { definition } else { ts.instantiate(definition, &args) };
        if ts.contains_canon(t) || ts.check_type(t).is_err() {
            out.push(Sym::NecessaryType(definition));
        } else {
            out.push(Sym::ConstructedType(t));
        }
        out.extend(ts.methods(t).iter().filter(|&&m| has_code(ts, m)).map(|&m| code(ts, module, m, t)));
    }
    out
}

fn has_code(ts: &TypeSystem, m: MethodDesc) -> bool {
    !ts.is_abstract_method(m) && !ts.is_runtime_impl(m) && !ts.is_internal_call(m)
}

fn code(ts: &TypeSystem, module: ModuleId, m: MethodDesc, owner: TypeDesc) -> Sym {
    let count = ts.method_args(m).len();
    let m = match ts.method_def(m) {
        Some((_, row)) if count > 0 => {
            let parameters: Vec<GenericParamId> = ts.module(module).generic_params_of(row).collect();
            ts.instantiate_method(m, owner, &arguments(ts, module, &parameters, count))
        }
        _ => m,
    };
    let canonical = ts.canonical_method(m);
    if ts.is_shared_method(canonical) { Sym::Method(canonical) } else { method_entry(ts, m) }
}

/// Stands for the type parameters of a definition.
fn arguments(ts: &TypeSystem, module: ModuleId, parameters: &[GenericParamId], count: usize) -> Vec<TypeDesc> {
    let metadata = ts.module(module);
    let mut out = vec![ts.well_known(WellKnown::Canon); count];
    for &id in parameters {
        if let Ok(row) = metadata.generic_param(id)
            && row.flags & NOT_NULLABLE_VALUE_TYPE_CONSTRAINT != 0
            && let Some(place) = out.get_mut(usize::from(row.number))
        {
            *place = ts.well_known(WellKnown::Int32);
        }
    }
    out
}
