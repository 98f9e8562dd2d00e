//! Imports and verifies every method body of every loaded module over its open variables: the whole class library as a test.

use crate::{ImportOptions, ImportPolicy, import_method};
use kiln_metadata::TypeDefId;
use kiln_support::FxIndexMap;
use kiln_typesys::{MethodDesc, ModuleId, TypeDesc, TypeKind, TypeSysError, TypeSystem};

/// What was found.
#[derive(Clone, Default, Debug)]
pub struct Report {
    /// Bodies seen.
    pub bodies: usize,
    /// MIR instructions made.
    pub insts: usize,
    /// Bodies with an instruction that is not supported (KILN0302).
    pub unsupported: Vec<String>,
    /// `[UnsafeAccessor]` methods, which have no body, for types that are in no assembly here: they throw when they are called.
    pub absent: Vec<String>,
    /// Failures: method and reason.
    pub failures: Vec<(String, String)>,
}

impl Report {
    /// Failures grouped by reason (digits and quoted names do not count), most frequent first, with one example each.
    #[must_use]
    pub fn groups(&self) -> Vec<(String, usize, String)> {
        let mut m: FxIndexMap<String, (usize, String)> = FxIndexMap::default();
        for (method, reason) in &self.failures {
            let key: String = reason.chars().filter(|c| !c.is_ascii_digit()).take(90).collect();
            let e = m.entry(key).or_insert_with(|| (0, format!("{method}: {reason}")));
            e.0 += 1;
        }
        let mut out: Vec<_> = m.into_iter().map(|(k, (n, ex))| (k, n, ex)).collect();
        out.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        out
    }
}

/// All types defined in a module, over their own variables.
#[must_use]
pub fn types_of(ts: &TypeSystem, module: ModuleId) -> Vec<TypeDesc> {
    let meta = ts.module(module);
    let n = meta.row_count(kiln_metadata::Table::TypeDef);
    (0..n as usize)
        .map(|i| {
            let def = TypeDefId::from_index(i);
            let t = ts.resolve_type(module, def.token(), &kiln_typesys::GenericArgs::empty());
            t.unwrap_or_else(|_| ts.intern(TypeKind::Def { module, def, args: [].into() }))
        })
        .collect()
}

/// Imports and verifies one method; unresolvable tokens are failures.
pub fn check_method(ts: &TypeSystem, m: MethodDesc, policy: &dyn ImportPolicy, report: &mut Report) {
    check_with(ts, m, policy, ImportOptions { strict: true }, report);
}

fn check_with(ts: &TypeSystem, m: MethodDesc, policy: &dyn ImportPolicy, opts: ImportOptions, report: &mut Report) {
    match import_method(ts, m, policy, &opts) {
        Ok(f) => {
            report.bodies += 1;
            report.insts += f.blocks.iter().map(|b| b.insts.len()).sum::<usize>();
            if let Err(e) = kiln_mir::verify::verify(&f, ts) {
                report.failures.push((ts.method_display(m), format!("verifier: {e}")));
            }
        }
        Err(e) if e.kind == crate::ImportErrorKind::NoBody => {}
        Err(e) if matches!(e.kind, crate::ImportErrorKind::Unsupported(_)) => {
            report.bodies += 1;
            report.unsupported.push(format!("{}: {e}", ts.method_display(m)));
        }
        Err(e)
            if matches!(e.kind, crate::ImportErrorKind::Type(TypeSysError::MissingType { .. }))
                && matches!(ts.method_body(m), Ok(None)) =>
        {
            report.absent.push(format!("{}: {e}", ts.method_display(m)));
        }
        Err(e) => {
            report.bodies += 1;
            report.failures.push((ts.method_display(m), e.to_string()));
        }
    }
}

/// Every body of every loaded module.
pub fn check_bodies(ts: &TypeSystem, policy: &dyn ImportPolicy, report: &mut Report) {
    for module in ts.modules() {
        for t in types_of(ts, module) {
            for m in ts.methods(t).iter() {
                check_method(ts, *m, policy, report);
            }
        }
    }
}

/// The same over one argument for every generic parameter: `__Canon` gives the shared bodies, a value type exact ones. Arguments that
/// break constraints make calls that do not resolve; those throw in the body and are no failures here.
pub fn check_instantiations(ts: &TypeSystem, arg: TypeDesc, policy: &dyn ImportPolicy, report: &mut Report) {
    for module in ts.modules() {
        for t in types_of(ts, module) {
            let n = ts.type_args(t).len();
            let owner = if n == 0 { t } else { ts.instantiate(t, &vec![arg; n]) };
            for m in ts.methods(t).iter() {
                let k = ts.method_generic_count(*m);
                if n + k > 0 {
                    let m = ts.instantiate_method(*m, owner, &vec![arg; k]);
                    check_with(ts, m, policy, ImportOptions { strict: false }, report);
                }
            }
        }
    }
}
