//! The data flow of types and names through what a member's code is made of: the method itself and its lambdas, local functions, iterators
//! and async bodies, which share the variables that they capture. What goes where nobody promised enough (`DynamicallyAccessedMembers`) is
//! said with .NET's codes IL2055 to IL2091.
//!
//! Methods are noted as the analysis reaches them, once for each definition, and followed when it is done: only then is it known which parts
//! of a member, and which branches in any of its instantiations, are in the program.

mod backing;
mod blocks;
mod calls;
mod lookups;
mod making;
mod memory;
mod misplaced;
mod native;
mod overriding;
mod promises;
mod reached;
mod require;
mod rules;
mod scan;
mod state;
mod types;
mod value;

use crate::check::Finding;
use crate::requirement::Kind;
use crate::suppression::Suppressions;
use crate::{member, requirement};
use kiln_support::{FxHashSet, FxIndexMap, FxIndexSet};
use kiln_typesys::{FieldDesc, MethodDesc, ModuleId, TypeDesc, TypeSystem};
use promises::Promises;
use reached::Only;
use rules::{Rule, Rules};
use scan::Scan;
use value::{Sets, Values};

/// Deepest nesting of type arguments that is looked into.
const DEPTH: usize = 8;

/// What captured variables hold is joined this often at most.
const ROUNDS: usize = 32;

/// What is read once.
#[derive(Debug)]
pub(crate) struct Known {
    promises: Promises,
    rules: Rules,
    suppressions: Suppressions,
    /// What is not the class library's.
    application: FxHashSet<ModuleId>,
}

/// A method that was reached.
#[derive(Debug, Default)]
struct Noted {
    /// Offsets of what is in the program in some instantiation, sorted.
    live: Vec<u32>,
    /// Something is asked of a type in it.
    asks: bool,
}

/// Variables that lambdas, iterators and async bodies share with the member around them.
#[derive(Debug, Default)]
pub(crate) struct Hoisted {
    values: FxIndexMap<FieldDesc, Values>,
    changed: bool,
}

impl Hoisted {
    fn key(ts: &TypeSystem, f: FieldDesc) -> FieldDesc {
        let definition = ts.generic_definition(ts.field_owner(f));
        let row = ts.field_def(f);
        ts.fields(definition).iter().copied().find(|&d| ts.field_def(d) == row).unwrap_or(f)
    }

    fn get(&self, ts: &TypeSystem, f: FieldDesc) -> Values {
        self.values.get(&Self::key(ts, f)).copied().unwrap_or(Values::NULL)
    }

    fn join(&mut self, ts: &TypeSystem, sets: &mut Sets, f: FieldDesc, v: Values) {
        let key = Self::key(ts, f);
        let known = self.values.get(&key).copied();
        let joined = known.map_or(v, |known| sets.join(known, v));
        self.changed |= known != Some(joined);
        self.values.insert(key, joined);
    }
}

/// See above.
#[derive(Debug)]
pub(crate) struct Flow {
    known: Known,
    noted: FxIndexMap<MethodDesc, Noted>,
    /// Types whose methods were reached, and the first in the order of their rows.
    types: FxIndexMap<TypeDesc, MethodDesc>,
    /// Types of places that hold objects whose class is asked for.
    looked_at: FxIndexSet<TypeDesc>,
}

impl Flow {
    pub(crate) fn new(ts: &TypeSystem, application: FxHashSet<ModuleId>) -> Self {
        let known = Known { promises: Promises::default(), rules: Rules::new(ts), suppressions: Suppressions::default(), application };
        Self { known, noted: FxIndexMap::default(), types: FxIndexMap::default(), looked_at: FxIndexSet::default() }
    }

    /// Whether a module is looked at.
    pub(crate) fn is_application(&self, module: ModuleId) -> bool {
        self.known.application.contains(&module)
    }

    /// Whether calling a method asks for something of a type.
    pub(crate) fn asks(&mut self, ts: &TypeSystem, m: MethodDesc) -> bool {
        let definition = ts.method_definition(m);
        let annotations = &mut self.known.promises.annotations;
        self.known.rules.of(definition).is_some_and(|rule| !matches!(rule, Rule::Pass | Rule::TypeOfHandle | Rule::TypeOfObject))
            || annotations.of_method(ts, definition).is_some_and(|of| of.asks())
            || ts.is_pinvoke(m)
            || calls::asks_of_arguments(annotations, ts, m)
    }

    /// Whether data flow decides about a method, and not its attributes.
    pub(crate) fn decides(&self, m: MethodDesc) -> bool {
        self.known.rules.decide(m)
    }

    /// Whether a field promises something, or its type asks for something.
    pub(crate) fn asks_of_field(&mut self, ts: &TypeSystem, f: FieldDesc) -> bool {
        let annotations = &mut self.known.promises.annotations;
        !annotations.of_field(ts, f).is_empty() || calls::asks_of_type_arguments(annotations, ts, ts.field_owner(f), 1)
    }

    /// A method was reached. `asks`: something is asked of a type in it, by what was said above; `has_parts`: it shares variables with others.
    pub(crate) fn note(&mut self, ts: &TypeSystem, m: MethodDesc, live: impl IntoIterator<Item = u32>, asks: bool, has_parts: bool) {
        let definition = ts.method_definition(m);
        let first = self.types.entry(ts.generic_definition(ts.method_owner(definition))).or_insert(definition);
        if ts.method_def(definition).map(|d| d.1) < ts.method_def(*first).map(|d| d.1) {
            *first = definition;
        }
        let promises = self.known.promises.annotations.of_method(ts, definition).is_some();
        if !(asks || has_parts || promises) {
            return;
        }
        let noted = self.noted.entry(definition).or_default();
        noted.asks |= asks || promises;
        noted.live.extend(live);
        noted.live.sort_unstable();
        noted.live.dedup();
    }

    /// What is missing in the methods that were noted, in their order.
    pub(crate) fn findings(&mut self, ts: &TypeSystem) -> Vec<Finding> {
        let noted = std::mem::take(&mut self.noted);
        let mut members: FxIndexMap<MethodDesc, Vec<Vec<MethodDesc>>> = FxIndexMap::default();
        for &m in noted.keys() {
            let origins = member::origins(ts, m);
            if let Some(&written) = origins.last() {
                members.entry(written).or_default().push(origins);
            }
        }
        let mut out = Vec::new();
        for parts in members.values() {
            if parts.iter().any(|o| noted.get(&o[0]).is_some_and(|n| n.asks)) {
                self.member(ts, &noted, parts, &mut out);
            }
        }
        let (types, looked_at) = (std::mem::take(&mut self.types), std::mem::take(&mut self.looked_at));
        for (t, at) in types {
            self.of_type(ts, t, at, &looked_at, &mut out);
        }
        out
    }

    fn member(&mut self, ts: &TypeSystem, noted: &FxIndexMap<MethodDesc, Noted>, parts: &[Vec<MethodDesc>], out: &mut Vec<Finding>) {
        let (mut sets, mut hoisted) = (Sets::new(), Hoisted::default());
        let mut said = Vec::new();
        for _ in 0..ROUNDS {
            hoisted.changed = false;
            said.clear();
            for origins in parts {
                let passed_on = Kind::ALL.map(|kind| origins.iter().any(|&m| requirement::is_passed_on(ts, m, kind)));
                let Some(noted) = noted.get(&origins[0]) else { continue };
                let Ok(Some(il)) = ts.method_body(origins[0]) else { continue };
                let context = il.map_context(&ts.method_generic_context(origins[0]));
                let mut scan = Scan {
                    ts,
                    known: &mut self.known,
                    sets: &mut sets,
                    hoisted: &mut hoisted,
                    looked_at: &mut self.looked_at,
                    origins: origins.clone(),
                    il,
                    context,
                    report: true,
                    out: &mut said,
                    passed_on,
                    only: Only::default(),
                    constrained: None,
                };
                // Code that cannot be read throws.
                let _ = scan.run(&noted.live);
            }
            if !hoisted.changed {
                break;
            }
        }
        out.append(&mut said);
    }
}
