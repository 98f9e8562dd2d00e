//! What is promised of types that go through a place: `DynamicallyAccessedMembers`, read once for every definition.

use crate::members::Members;
use kiln_metadata::{GenericParamId, HasCustomAttribute, Module, TypeOrMethodDef};
use kiln_support::FxHashMap;
use kiln_typesys::{FieldDesc, MethodDesc, TypeDesc, TypeSystem};
use std::rc::Rc;

const NAMESPACE: &str = "System.Diagnostics.CodeAnalysis";
const NAME: &str = "DynamicallyAccessedMembersAttribute";

/// What a method asks of its arguments and promises of its result.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct OfMethod {
    /// Of `this` (of methods of `System.Type`).
    pub this: Members,
    /// Of parameters, by their position from zero.
    pub params: Vec<(usize, Members)>,
    /// Of what it returns.
    pub result: Members,
}

impl OfMethod {
    /// Whether it asks for anything.
    pub(crate) fn asks(&self) -> bool {
        !self.this.is_empty() || !self.params.is_empty()
    }

    /// Of an argument; `this` comes first.
    pub(crate) fn argument(&self, index: usize, is_static: bool) -> Members {
        let param = if is_static { Some(index) } else { index.checked_sub(1) };
        let Some(param) = param else { return self.this };
        self.params.iter().find(|p| p.0 == param).map_or(Members::NONE, |p| p.1)
    }
}

/// All that was read so far.
#[derive(Debug, Default)]
pub struct Annotations {
    methods: FxHashMap<MethodDesc, Option<Rc<OfMethod>>>,
    fields: FxHashMap<FieldDesc, Members>,
    type_parameters: FxHashMap<TypeDesc, Rc<[(usize, Members)]>>,
    method_parameters: FxHashMap<MethodDesc, Rc<[(usize, Members)]>>,
}

impl Annotations {
    /// Of a method definition; `None` if it has nothing.
    pub fn of_method(&mut self, ts: &TypeSystem, m: MethodDesc) -> Option<Rc<OfMethod>> {
        self.methods.entry(m).or_insert_with(|| read_method(ts, m).map(Rc::new)).clone()
    }

    /// Of a field.
    pub fn of_field(&mut self, ts: &TypeSystem, f: FieldDesc) -> Members {
        let read = || {
            let (module, def) = ts.field_def(f);
            of(&ts.module(module), def.into())
        };
        *self.fields.entry(f).or_insert_with(read)
    }

    /// Of the parameters of a generic type definition, by position.
    pub fn of_type_parameters(&mut self, ts: &TypeSystem, definition: TypeDesc) -> Rc<[(usize, Members)]> {
        let read = || match ts.type_def(definition) {
            Some((module, def)) => parameters(&ts.module(module), def.into()),
            None => Rc::from([]),
        };
        self.type_parameters.entry(definition).or_insert_with(read).clone()
    }

    /// Of the parameters of a generic method definition, by position.
    pub fn of_method_parameters(&mut self, ts: &TypeSystem, definition: MethodDesc) -> Rc<[(usize, Members)]> {
        let read = || match ts.method_def(definition) {
            Some((module, def)) => parameters(&ts.module(module), def.into()),
            None => Rc::from([]),
        };
        self.method_parameters.entry(definition).or_insert_with(read).clone()
    }
}

fn parameters(metadata: &Module, owner: TypeOrMethodDef) -> Rc<[(usize, Members)]> {
    let ids: Vec<GenericParamId> = metadata.generic_params_of(owner).collect();
    let of = |id: &GenericParamId| Some((usize::from(metadata.generic_param(*id).ok()?.number), of(metadata, (*id).into())));
    ids.iter().filter_map(of).filter(|(_, members)| !members.is_empty()).collect()
}

fn read_method(ts: &TypeSystem, m: MethodDesc) -> Option<OfMethod> {
    let (module, def) = ts.method_def(m)?;
    let metadata = ts.module(module);
    let mut out = OfMethod { this: of(&metadata, def.into()), ..OfMethod::default() };
    for id in metadata.params_of(def).ok()? {
        let members = of(&metadata, id.into());
        if members.is_empty() {
            continue;
        }
        match metadata.param(id).ok()?.sequence.checked_sub(1) {
            Some(index) => out.params.push((usize::from(index), members)),
            None => out.result = members,
        }
    }
    (out.asks() || !out.result.is_empty()).then_some(out)
}

/// What the attribute says, if there is one: its only argument is an enum of 32 bits (II.23.3).
fn of(metadata: &Module, on: HasCustomAttribute) -> Members {
    let Ok(Some(id)) = metadata.find_attribute(on, NAMESPACE, NAME) else { return Members::NONE };
    let bits = metadata.custom_attribute(id).ok().and_then(|row| row.value.get(2..6).and_then(|b| b.try_into().ok()));
    bits.map_or(Members::NONE, |b| Members::from_bits(u32::from_le_bytes(b)))
}
