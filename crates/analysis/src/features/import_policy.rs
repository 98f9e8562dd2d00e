//! What folds while importing: substitutions, `[FeatureSwitchDefinition]` properties and what the processor has.

use super::substitutions::{Action, parse, split_signature};
use super::{FeatureSettings, constants};
use crate::AnalysisError;
use kiln_importer::{Constant, HardwareAnswer, ImportPolicy, Processor, Replacement, hardware_answer};
use kiln_metadata::{AttrValue, HasCustomAttribute, MetadataError, MethodDefId, Module, flags::method_semantics};
use kiln_support::FxHashMap;
use kiln_typesys::{FieldDesc, MethodDesc, ModuleId, Prim, TypeClass, TypeDesc, TypeSystem};
use std::cell::RefCell;

/// What is substituted in libraries because of how Kiln's programs are; the file says why of each.
const KNOWN: &str = include_str!("known_libraries.xml");

/// The import policy of a closed program.
#[derive(Debug, Default)]
pub struct FeaturePolicy {
    methods: FxHashMap<MethodDesc, Replacement>,
    fields: FxHashMap<FieldDesc, Constant>,
    processor: Processor,
    /// Memo of what the processor is asked for, by definition of the method that does.
    hardware: RefCell<FxHashMap<MethodDesc, Option<HardwareAnswer>>>,
    /// Memo of the methods that return what was substituted in others, by definition.
    computed: RefCell<FxHashMap<MethodDesc, Option<Constant>>>,
    /// The module of the entry point, whose initialiser runs first.
    entry: Option<ModuleId>,
}

impl FeaturePolicy {
    /// Reads the resources and attributes of every loaded assembly, and the files that were given. `entry`: the module with the entry point.
    pub fn new(ts: &TypeSystem, features: &FeatureSettings, entry: Option<ModuleId>) -> Result<Self, AnalysisError> {
        let mut policy = Self { entry, processor: features.processor, ..Self::default() };
        let known = parse(KNOWN, features).map_err(|e| AnalysisError::Substitutions("Kiln".to_owned(), e))?;
        for id in ts.modules() {
            let module = ts.module(id);
            let name = ts.assembly_name(id);
            for s in known.iter().filter(|s| s.assembly == name) {
                policy.add(ts, id, &s.ty, &s.member, &s.action);
            }
            if let Ok(Some(bytes)) = module.resource_by_name("ILLink.Substitutions.xml") {
                let text = String::from_utf8_lossy(bytes);
                let all = parse(&text, features).map_err(|e| AnalysisError::Substitutions(name, e))?;
                for s in all {
                    policy.add(ts, id, &s.ty, &s.member, &s.action);
                }
            }
            // Damaged attribute tables concern nobody who does not use them.
            let _ = policy.switch_definitions(ts, id, &module, features);
        }
        for (name, text) in features.substitutions() {
            for s in parse(text, features).map_err(|e| AnalysisError::Substitutions(name.clone(), e))? {
                if let Some(id) = ts.find_module(&s.assembly) {
                    policy.add(ts, id, &s.ty, &s.member, &s.action);
                }
            }
        }
        Ok(policy)
    }

    /// Number of substituted members.
    #[must_use]
    pub fn len(&self) -> usize {
        self.methods.len() + self.fields.len()
    }

    /// Nothing is substituted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn add(&mut self, ts: &TypeSystem, module: ModuleId, ty: &str, member: &str, action: &Action) {
        let (namespace, name) = split_type_name(ty);
        // Entries for other architectures or flavours of the library name types that are not there.
        let Some(owner) = ts.find_type(module, namespace, name) else { return };
        match action {
            Action::Field(value) => {
                let Some(f) = ts.find_field(owner, member) else { return };
                let c = ts.field_type(f).ok().and_then(|t| constant(ts, t, Some(value)));
                if let Some(c) = c {
                    self.fields.insert(f, c);
                }
            }
            Action::Remove | Action::Stub(_) => {
                let Some(m) = find_method(ts, owner, member) else { return };
                let replacement = match action {
                    Action::Stub(value) => match ts.method_sig(m).ok().map(|s| s.ret) {
                        Some(ret) if ts.type_class(ret) != TypeClass::Prim(Prim::Void) => {
                            Replacement::Return(Some(constant(ts, ret, value.as_deref()).unwrap_or(Constant::Default)))
                        }
                        _ => Replacement::Return(None),
                    },
                    _ => Replacement::Throw,
                };
                self.methods.insert(m, replacement);
            }
        }
    }

    /// `[FeatureSwitchDefinition("name")]` on static boolean properties; and `[FeatureGuard(typeof(Requires…))]`, which says that one is false
    /// where the program cannot rely on what the attribute is about. A switch is what it is set to, and without a value what its code says.
    fn switch_definitions(
        &mut self,
        ts: &TypeSystem,
        id: ModuleId,
        module: &Module,
        features: &FeatureSettings,
    ) -> Result<(), MetadataError> {
        for attr in module.custom_attributes() {
            let row = module.custom_attribute(attr)?;
            let HasCustomAttribute::Property(property) = row.parent else { continue };
            let is_switch = || module.find_attribute(property, "System.Diagnostics.CodeAnalysis", "FeatureSwitchDefinitionAttribute");
            let is_guard = match module.attribute_name(attr)? {
                ("System.Diagnostics.CodeAnalysis", "FeatureSwitchDefinitionAttribute") => false,
                ("System.Diagnostics.CodeAnalysis", "FeatureGuardAttribute") if is_switch()?.is_none() => true,
                _ => continue,
            };
            let args = module.decode_attribute(attr, &mut |_| None)?;
            let value = match args.fixed.first() {
                Some(AttrValue::Type(Some(guarded))) if is_guard && is_never_there(guarded) => false,
                Some(name) if !is_guard => match name.as_str().and_then(|name| features.bool(name)) {
                    Some(value) => value,
                    None => continue,
                },
                _ => continue,
            };
            let Some(getter) = module.accessor(property, method_semantics::GETTER)? else { continue };
            let may_fold = |m: &MethodDesc| kiln_trim::may_be_constant(ts, id, property, *m);
            if let Some(m) = method_of_row(ts, id, module, getter)?.filter(may_fold) {
                self.methods.insert(m, Replacement::Return(Some(Constant::I32(i32::from(value)))));
            }
        }
        Ok(())
    }

    fn computed_result(&self, ts: &TypeSystem, m: MethodDesc) -> Option<Constant> {
        if let Some(&known) = self.computed.borrow().get(&m) {
            return known;
        }
        // A method that calls itself returns nothing that is known.
        self.computed.borrow_mut().insert(m, None);
        // What is asked at run time is not asked by the class library.
        let library = matches!(ts.method_def(m), Some((module, _)) if module == ts.corelib());
        let answer = constants::result(ts, m, &mut |callee| match self.hardware(ts, ts.method_definition(callee)) {
            Some(HardwareAnswer::Asked(_)) if library => Some(Constant::I32(0)),
            _ => self.constant_result(ts, callee),
        });
        self.computed.borrow_mut().insert(m, answer);
        answer
    }

    fn hardware(&self, ts: &TypeSystem, m: MethodDesc) -> Option<HardwareAnswer> {
        if let Some(&known) = self.hardware.borrow().get(&m) {
            return known;
        }
        let answer = hardware_answer(ts, &self.processor, m);
        self.hardware.borrow_mut().insert(m, answer);
        answer
    }

    fn known_hardware(&self, ts: &TypeSystem, m: MethodDesc) -> Option<Constant> {
        match self.hardware(ts, m) {
            Some(HardwareAnswer::Known(known)) => Some(Constant::I32(i32::from(known))),
            _ => None,
        }
    }
}

impl ImportPolicy for FeaturePolicy {
    fn constant_result(&self, ts: &TypeSystem, m: MethodDesc) -> Option<Constant> {
        let m = ts.method_definition(m);
        match self.methods.get(&m) {
            Some(Replacement::Return(c)) => *c,
            Some(Replacement::Throw) => None,
            None if matches!(self.hardware(ts, m), Some(HardwareAnswer::Asked(_))) => None,
            None => self.known_hardware(ts, m).or_else(|| self.computed_result(ts, m)),
        }
    }

    fn constant_field(&self, ts: &TypeSystem, f: FieldDesc) -> Option<Constant> {
        if self.fields.is_empty() {
            return None;
        }
        // Substituted fields are on types that are not generic.
        self.fields.get(&f).copied().filter(|_| !ts.is_generic(ts.field_owner(f)))
    }

    fn removed_body(&self, ts: &TypeSystem, m: MethodDesc) -> Option<Replacement> {
        let m = ts.method_definition(m);
        self.methods.get(&m).copied().or_else(|| self.known_hardware(ts, m).map(|c| Replacement::Return(Some(c))))
    }

    fn processor(&self) -> &Processor {
        &self.processor
    }

    fn is_initialized(&self, module: ModuleId) -> bool {
        self.entry == Some(module)
    }
}

/// Whether what an attribute is about is what a natively compiled program does without: members that nothing names, code made at run time,
/// assemblies as files.
fn is_never_there(attribute: &str) -> bool {
    let name = attribute.split(',').next().unwrap_or(attribute).trim();
    ["RequiresUnreferencedCodeAttribute", "RequiresDynamicCodeAttribute", "RequiresAssemblyFilesAttribute"]
        .iter()
        .any(|known| name.strip_prefix("System.Diagnostics.CodeAnalysis.") == Some(known))
}

/// `A.B.C+D` → (`A.B`, `C+D`).
pub(crate) fn split_type_name(full: &str) -> (&str, &str) {
    let outer = full.find('+').unwrap_or(full.len());
    match full[..outer].rfind('.') {
        Some(dot) => (&full[..dot], &full[dot + 1..]),
        None => ("", full),
    }
}

/// The method that a substitution means: by name and number of parameters, then by the parameters' names.
pub(crate) fn find_method(ts: &TypeSystem, owner: TypeDesc, signature: &str) -> Option<MethodDesc> {
    let (name, args) = split_signature(signature);
    let mut found = ts.find_methods(owner, name);
    let Some(args) = args else { return found.first().copied() };
    found.retain(|&m| ts.method_sig(m).is_ok_and(|s| s.params.len() == args.len()));
    if found.len() > 1 {
        found.retain(|&m| {
            ts.method_sig(m).is_ok_and(|s| s.params.iter().zip(&args).all(|(&p, a)| ts.type_display(p).replace('+', "/") == *a))
        });
    }
    found.first().copied()
}

fn method_of_row(ts: &TypeSystem, id: ModuleId, module: &Module, method: MethodDefId) -> Result<Option<MethodDesc>, MetadataError> {
    let Some(mut def) = module.method_owner(method) else { return Ok(None) };
    let row = module.type_def(def)?;
    let mut name = row.name.to_owned();
    let mut namespace = row.namespace.to_owned();
    while let Some(outer) = module.enclosing_type(def)? {
        let row = module.type_def(outer)?;
        name = format!("{}+{name}", row.name);
        namespace = row.namespace.to_owned();
        def = outer;
    }
    let Some(owner) = ts.find_type(id, &namespace, &name) else { return Ok(None) };
    Ok(ts.methods(owner).iter().copied().find(|&m| ts.method_def(m) == Some((id, method))))
}

/// A written value as a constant of the type.
fn constant(ts: &TypeSystem, t: TypeDesc, value: Option<&str>) -> Option<Constant> {
    let TypeClass::Prim(p) = ts.type_class(t) else {
        return Some(if ts.type_class(t) == TypeClass::Ref { Constant::Null } else { Constant::Default });
    };
    let v = value.unwrap_or("0");
    let int = match v {
        _ if v.eq_ignore_ascii_case("true") => 1,
        _ if v.eq_ignore_ascii_case("false") => 0,
        _ => v.parse::<i64>().ok().or_else(|| v.parse::<u64>().ok().map(|u| u as i64)).unwrap_or(0),
    };
    Some(match p {
        Prim::Void => return None,
        Prim::I8 | Prim::U8 => Constant::I64(int),
        Prim::I | Prim::U => Constant::NInt(int),
        Prim::R4 => Constant::F32(v.parse::<f32>().ok()?.to_bits()),
        Prim::R8 => Constant::F64(v.parse::<f64>().ok()?.to_bits()),
        _ => Constant::I32(int as i32),
    })
}

#[cfg(test)]
mod tests {
    use super::{Action, KNOWN, parse};
    use crate::FeatureSettings;

    #[test]
    fn what_is_known_of_libraries_is_well_formed_and_has_reasons() {
        let all = parse(KNOWN, &FeatureSettings::default()).expect("XML");
        assert!(all.iter().all(|s| matches!(&s.action, Action::Stub(Some(_)))) && !all.is_empty());
        assert!(KNOWN.matches("<!--").count() > KNOWN.matches("<assembly ").count());
    }
}
