//! What is promised of types that go through a place: `DynamicallyAccessedMembers`, read once for every definition.

use crate::members::Members;
use kiln_metadata::flags::{method_attributes, method_semantics};
use kiln_metadata::{GenericParamId, HasCustomAttribute, MethodDefId, Module, PropertyId, TypeDefId, TypeOrMethodDef};
use kiln_support::FxHashMap;
use kiln_typesys::{FieldDesc, MethodDesc, ModuleId, TypeDesc, TypeSystem};
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
    #[must_use]
    pub fn asks(&self) -> bool {
        !self.this.is_empty() || !self.params.is_empty()
    }

    /// Of an argument; `this` comes first.
    #[must_use]
    pub fn argument(&self, index: usize, is_static: bool) -> Members {
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
    objects: FxHashMap<TypeDesc, Members>,
    /// The properties of a type that have an annotation.
    properties: FxHashMap<(ModuleId, TypeDefId), Rc<[(PropertyId, Members)]>>,
    type_parameters: FxHashMap<TypeDesc, Rc<[(usize, Members)]>>,
    method_parameters: FxHashMap<MethodDesc, Rc<[(usize, Members)]>>,
}

impl Annotations {
    /// Of a method definition; `None` if it has nothing.
    pub fn of_method(&mut self, ts: &TypeSystem, m: MethodDesc) -> Option<Rc<OfMethod>> {
        if let Some(known) = self.methods.get(&m) {
            return known.clone();
        }
        let read = self.read_method(ts, m).map(Rc::new);
        self.methods.insert(m, read.clone());
        read
    }

    /// Of a field.
    pub fn of_field(&mut self, ts: &TypeSystem, f: FieldDesc) -> Members {
        if let Some(&known) = self.fields.get(&f) {
            return known;
        }
        let (module, def) = ts.field_def(f);
        let own = promised(ts, module, def);
        let read = if own.is_empty() { self.of_backing(ts, f).unwrap_or(own) } else { own };
        self.fields.insert(f, read);
        read
    }

    /// Of the types of objects that a place of this type may hold: what the type, its base types and its interfaces say of those that derive
    /// from them.
    pub fn of_objects(&mut self, ts: &TypeSystem, t: TypeDesc) -> Members {
        let definition = ts.generic_definition(t);
        if let Some(&known) = self.objects.get(&definition) {
            return known;
        }
        let own = |t: TypeDesc| ts.type_def(t).map_or(Members::NONE, |(module, def)| promised(ts, module, def));
        let bases = std::iter::successors(Some(definition), |&t| ts.base_type(t)).map(own);
        let all = bases.chain(ts.interfaces(definition).iter().map(|&i| own(i))).fold(Members::NONE, Members::and);
        self.objects.insert(definition, all);
        all
    }

    /// Of the parameters of a generic type definition, by position.
    pub fn of_type_parameters(&mut self, ts: &TypeSystem, definition: TypeDesc) -> Rc<[(usize, Members)]> {
        let read = || match ts.type_def(definition) {
            Some((module, def)) => parameters(ts, module, def.into()),
            None => Rc::from([]),
        };
        self.type_parameters.entry(definition).or_insert_with(read).clone()
    }

    /// Of the parameters of a generic method definition, by position.
    pub fn of_method_parameters(&mut self, ts: &TypeSystem, definition: MethodDesc) -> Rc<[(usize, Members)]> {
        let read = || match ts.method_def(definition) {
            Some((module, def)) => parameters(ts, module, def.into()),
            None => Rc::from([]),
        };
        self.method_parameters.entry(definition).or_insert_with(read).clone()
    }

    fn read_method(&mut self, ts: &TypeSystem, m: MethodDesc) -> Option<OfMethod> {
        let (module, def) = ts.method_def(m)?;
        let metadata = ts.module(module);
        let mut out = OfMethod { this: promised(ts, module, def), ..OfMethod::default() };
        if let Some((members, sets)) = self.of_accessor(ts, module, &metadata, def) {
            match ts.method_sig(m).ok()?.params.len().checked_sub(1) {
                Some(last) if sets => out.params.push((last, members)),
                _ => out.result = members,
            }
        }
        for id in metadata.params_of(def).ok()? {
            let members = promised(ts, module, id);
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

    fn of_properties(&mut self, ts: &TypeSystem, module: ModuleId, metadata: &Module, t: TypeDefId) -> Rc<[(PropertyId, Members)]> {
        let read = || {
            let all = metadata.properties_of(t).into_iter().flatten().map(|p| (p, promised(ts, module, p)));
            all.filter(|(_, members)| !members.is_empty()).collect()
        };
        self.properties.entry((module, t)).or_insert_with(read).clone()
    }

    /// What the property of an accessor promises, and whether the accessor sets it.
    fn of_accessor(&mut self, ts: &TypeSystem, module: ModuleId, metadata: &Module, def: MethodDefId) -> Option<(Members, bool)> {
        if metadata.method_def(def).ok()?.flags & method_attributes::SPECIAL_NAME == 0 {
            return None;
        }
        let of = self.of_properties(ts, module, metadata, metadata.method_owner(def)?);
        of.iter().find_map(|&(p, members)| {
            let is = |which| metadata.accessor(p, which) == Ok(Some(def));
            if is(method_semantics::GETTER) { Some((members, false)) } else { is(method_semantics::SETTER).then_some((members, true)) }
        })
    }

    /// What the property promises whose value is in a field that the C# compiler made.
    fn of_backing(&mut self, ts: &TypeSystem, f: FieldDesc) -> Option<Members> {
        let (module, owner) = ts.type_def(ts.field_owner(f))?;
        let metadata = ts.module(module);
        let row = metadata.field(ts.field_def(f).1).ok()?;
        let property = row.name.strip_prefix('<')?.strip_suffix(">k__BackingField")?;
        let of = self.of_properties(ts, module, &metadata, owner);
        of.iter().find(|(p, _)| metadata.property(*p).is_ok_and(|row| row.name == property)).map(|(_, members)| *members)
    }
}

fn parameters(ts: &TypeSystem, module: ModuleId, owner: TypeOrMethodDef) -> Rc<[(usize, Members)]> {
    let metadata = ts.module(module);
    let ids: Vec<GenericParamId> = metadata.generic_params_of(owner).collect();
    let of = |id: &GenericParamId| Some((usize::from(metadata.generic_param(*id).ok()?.number), promised(ts, module, *id)));
    ids.iter().filter_map(of).filter(|(_, members)| !members.is_empty()).collect()
}

/// What the attribute says, if there is one: its only argument is an enum of 32 bits (II.23.3). One that a file adds counts as well.
#[must_use]
pub fn promised(ts: &TypeSystem, module: ModuleId, on: impl Into<HasCustomAttribute>) -> Members {
    let (metadata, on) = (ts.module(module), on.into());
    let added = ts.added_attributes(module, on, NAMESPACE, NAME);
    let added = added.iter().filter_map(|a| a.arguments.first()).fold(Members::NONE, |all, text| all.and(Members::parse(text)));
    let Ok(Some(id)) = metadata.find_attribute(on, NAMESPACE, NAME) else { return added };
    let bits = metadata.custom_attribute(id).ok().and_then(|row| row.value.get(2..6).and_then(|b| b.try_into().ok()));
    bits.map_or(added, |b| Members::from_bits(u32::from_le_bytes(b)).and(added))
}
