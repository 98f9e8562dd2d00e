//! `[UnconditionalSuppressMessage(category, "IL2026:…")]`: on the member, its property, the types around it, or on the assembly and module with
//! a `Scope` and a `Target` in the form of documentation ids.

use crate::doc_id;
use crate::requirement::property_of;
use kiln_metadata::{AssemblyId, HasCustomAttribute, ModuleRowId};
use kiln_support::FxHashMap;
use kiln_typesys::{MethodDesc, ModuleId, TypeDesc, TypeSystem};

const NAMESPACE: &str = "System.Diagnostics.CodeAnalysis";
const NAME: &str = "UnconditionalSuppressMessageAttribute";

/// What an assembly's own attributes suppress: code, and id of what it is about (`None`: everything).
type OfAssembly = Vec<(String, Option<String>)>;

/// Suppressions, those of assemblies read once.
#[derive(Debug, Default)]
pub(crate) struct Suppressions {
    assemblies: FxHashMap<ModuleId, OfAssembly>,
}

impl Suppressions {
    /// Whether a warning about any of these methods, which were made from one another, is suppressed.
    pub(crate) fn covers(&mut self, ts: &TypeSystem, methods: &[MethodDesc], code: &str) -> bool {
        methods.iter().any(|&m| self.covers_method(ts, m, code))
    }

    /// Whether a warning about a type is suppressed.
    pub(crate) fn covers_type(&mut self, ts: &TypeSystem, t: TypeDesc, code: &str) -> bool {
        let Some((module, _)) = ts.type_def(t) else { return false };
        let types: Vec<TypeDesc> = std::iter::successors(Some(t), |&t| ts.enclosing_type(t)).collect();
        self.covers_types(ts, module, &types, code, None)
    }

    fn covers_method(&mut self, ts: &TypeSystem, m: MethodDesc, code: &str) -> bool {
        let Some((module, row)) = ts.method_def(m) else { return false };
        let own = [Some(row.into()), property_of(ts, module, row).map(Into::into)];
        if own.into_iter().flatten().any(|owner| stands_on(ts, module, owner, code)) {
            return true;
        }
        let types: Vec<TypeDesc> = std::iter::successors(Some(ts.method_owner(m)), |&t| ts.enclosing_type(t)).collect();
        self.covers_types(ts, module, &types, code, Some(m))
    }

    /// By an attribute on one of these types, or of the assembly about one of them or the method.
    fn covers_types(&mut self, ts: &TypeSystem, module: ModuleId, types: &[TypeDesc], code: &str, m: Option<MethodDesc>) -> bool {
        if types.iter().filter_map(|&t| ts.type_def(t)).any(|(module, row)| stands_on(ts, module, row.into(), code)) {
            return true;
        }
        let listed = self.assemblies.entry(module).or_insert_with(|| of_assembly(ts, module));
        let mut listed = listed.iter().filter(|(c, _)| c == code).peekable();
        if listed.peek().is_none() {
            return false;
        }
        let of_method = m.map(|m| doc_id::of_method(ts, m));
        let ids: Vec<String> = of_method.into_iter().chain(types.iter().map(|&t| doc_id::of_type(ts, t))).collect();
        listed.any(|(_, target)| target.as_ref().is_none_or(|t| ids.contains(t)))
    }
}

fn stands_on(ts: &TypeSystem, module: ModuleId, owner: HasCustomAttribute, code: &str) -> bool {
    let mut found = false;
    each(ts, module, owner, |suppressed, _| found |= suppressed == code);
    found
}

fn of_assembly(ts: &TypeSystem, module: ModuleId) -> OfAssembly {
    let mut out = Vec::new();
    for (code, scope, target) in on_assembly(ts, module) {
        match (scope.as_deref(), target) {
            (None, None) | (Some("module"), _) => out.push((code, None)),
            (Some("type" | "member"), Some(target)) => out.push((code, Some(target.trim_start_matches('~').to_owned()))),
            _ => {}
        }
    }
    out
}

/// Suppressions of an assembly that suppress nothing, since their scope is none: code, scope and target.
pub(crate) fn without_scope(ts: &TypeSystem, module: ModuleId) -> Vec<(String, String, String)> {
    let is_none =
        |scope: Option<&str>, target: Option<&str>| !matches!((scope, target), (None, None) | (Some("module" | "type" | "member"), _));
    let all = on_assembly(ts, module).into_iter();
    let wrong = all.filter(|(code, scope, target)| is_none(scope.as_deref(), target.as_deref()) && code.starts_with("IL"));
    wrong.map(|(code, scope, target)| (code, scope.unwrap_or_default(), target.unwrap_or_default())).collect()
}

/// What stands on an assembly and its module: code, scope and target.
fn on_assembly(ts: &TypeSystem, module: ModuleId) -> Vec<(String, Option<String>, Option<String>)> {
    let mut out = Vec::new();
    for owner in [HasCustomAttribute::from(AssemblyId(1)), ModuleRowId(1).into()] {
        each(ts, module, owner, |code, named| out.push((code.to_owned(), named("Scope"), named("Target"))));
    }
    out
}

/// Calls `f` with the code and the named arguments of every such attribute.
fn each(ts: &TypeSystem, module: ModuleId, owner: HasCustomAttribute, mut f: impl FnMut(&str, &dyn Fn(&str) -> Option<String>)) {
    // `IL2026` or `IL2026:Title`.
    fn code(check: &str) -> &str {
        check.split(':').next().unwrap_or(check).trim()
    }
    let metadata = ts.module(module);
    for id in metadata.custom_attributes_of(owner) {
        if metadata.attribute_name(id) != Ok((NAMESPACE, NAME)) {
            continue;
        }
        let Ok(args) = metadata.decode_attribute(id, &mut |_| None) else { continue };
        if let Some(check) = args.fixed.get(1).and_then(|v| v.as_str()) {
            f(code(check), &|name| args.named(name).and_then(|v| v.as_str()).map(str::to_owned));
        }
    }
    for added in ts.added_attributes(module, owner, NAMESPACE, NAME) {
        if let Some(check) = added.arguments.get(1) {
            f(code(check), &|name| added.named(name).map(str::to_owned));
        }
    }
}
