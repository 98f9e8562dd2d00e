//! Which types and names a value of a method may be: backwards through slots, joins and what only hands a value on.

use crate::annotations::Annotations;
use crate::members::Members;
use kiln_metadata::TypeName;
use kiln_mir::{Function, Inst, LocalKind, SlotId, Term, Ty, ValueId};
use kiln_support::{FxHashMap, FxHashSet};
use kiln_typesys::{MethodDesc, TypeDesc, TypeKind, TypeSystem};
use std::sync::Arc;

/// More than this many are as good as unknown.
const MOST: usize = 16;

/// What a value may be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Value {
    /// The object of a type.
    Type(TypeDesc),
    /// A string.
    Text(Arc<str>),
    /// The object of some type of which this much is promised.
    Promised(Members),
    /// A null reference.
    Null,
}

/// Where the values of a function come from.
pub(crate) struct Origins<'f> {
    f: &'f Function,
    /// The instruction of each value.
    insts: FxHashMap<ValueId, &'f Inst>,
    /// What is stored in a slot.
    stores: FxHashMap<SlotId, Vec<ValueId>>,
    /// What a block's parameter may be.
    incoming: FxHashMap<ValueId, Vec<ValueId>>,
}

impl<'f> Origins<'f> {
    pub(crate) fn new(f: &'f Function) -> Self {
        let mut out = Self { f, insts: FxHashMap::default(), stores: FxHashMap::default(), incoming: FxHashMap::default() };
        for block in &f.blocks {
            for (result, inst, _) in &block.insts {
                if let Some(v) = result {
                    out.insts.insert(*v, inst);
                }
                if let Inst::StoreSlot(slot, value) = inst {
                    out.stores.entry(*slot).or_default().push(*value);
                }
            }
            out.joins(&block.term);
        }
        out
    }

    fn joins(&mut self, term: &Term) {
        let f = self.f;
        term.for_each_successor(|to, args| {
            for (param, arg) in f.blocks[to.0 as usize].params.iter().zip(args) {
                self.incoming.entry(*param).or_default().push(*arg);
            }
        });
    }
}

/// Resolves values.
pub(crate) struct Resolver<'r> {
    pub(crate) ts: &'r TypeSystem,
    pub(crate) annotations: &'r mut Annotations,
    pub(crate) origins: &'r Origins<'r>,
}

impl Resolver<'_> {
    /// What a value may be; `None` when that is not known.
    pub(crate) fn values(&mut self, v: ValueId) -> Option<Vec<Value>> {
        let mut out = Vec::new();
        self.add(v, &mut FxHashSet::default(), &mut out).then_some(out)
    }

    /// The only string that a value may be.
    pub(crate) fn text(&mut self, v: ValueId) -> Option<Arc<str>> {
        match self.values(v)?.as_slice() {
            [Value::Text(text)] => Some(text.clone()),
            _ => None,
        }
    }

    /// Adds what a value may be; whether that is all known.
    fn add(&mut self, v: ValueId, seen: &mut FxHashSet<ValueId>, out: &mut Vec<Value>) -> bool {
        if !seen.insert(v) {
            return true;
        }
        let origins = self.origins;
        let Some(inst) = origins.insts.get(&v) else {
            return origins.incoming.get(&v).is_some_and(|args| args.iter().all(|&a| self.add(a, seen, out)));
        };
        let value = match inst {
            Inst::TypeOf(t) => self.of_type(*t),
            Inst::String(units) => String::from_utf16(units).ok().map(|s| Value::Text(s.into())),
            Inst::Null => Some(Value::Null),
            Inst::CastClass { obj, .. } | Inst::IsInst { obj, .. } | Inst::Reinterpret(obj) => return self.add(*obj, seen, out),
            Inst::LoadSlot(slot) => return self.slot(*slot, seen, out),
            Inst::LoadField { field, .. } | Inst::LoadStatic { field, .. } => promised(self.annotations.of_field(self.ts, *field)),
            Inst::Call { method, args, .. } | Inst::CallVirt { method, args } => self.result(*method, args),
            _ => None,
        };
        let Some(value) = value else { return false };
        if !out.contains(&value) {
            out.push(value);
        }
        out.len() <= MOST
    }

    fn slot(&mut self, slot: SlotId, seen: &mut FxHashSet<ValueId>, out: &mut Vec<Value>) -> bool {
        let f = self.origins.f;
        let local = &f.slots[slot.0 as usize];
        if local.address_taken {
            return false;
        }
        if let LocalKind::Arg(n) = local.kind {
            let is_static = self.ts.is_static_method(f.method);
            let of = self.annotations.of_method(self.ts, self.ts.method_definition(f.method));
            let Some(value) = promised(of.map_or(Members::NONE, |of| of.argument(n as usize, is_static))) else { return false };
            out.push(value);
        }
        self.origins.stores.get(&slot).is_none_or(|stored| stored.iter().all(|&v| self.add(v, seen, out)))
    }

    /// `typeof`: of a type parameter, what it promises.
    fn of_type(&mut self, t: TypeDesc) -> Option<Value> {
        if !self.ts.is_runtime_determined(t) && !self.ts.contains_canon(t) {
            return Some(Value::Type(t));
        }
        let TypeKind::RuntimeDetermined { var, .. } = self.ts.kind(t) else {
            // The definition stands for what it is in each instantiation of the method.
            let definition = self.ts.generic_definition(t);
            return (definition != t).then_some(Value::Type(definition));
        };
        let method = self.origins.f.method;
        let (index, promises) = match self.ts.kind(var) {
            TypeKind::Var(n) => {
                let owner = self.ts.generic_definition(self.ts.method_owner(method));
                (n as usize, self.annotations.of_type_parameters(self.ts, owner))
            }
            TypeKind::MVar(n) => (n as usize, self.annotations.of_method_parameters(self.ts, self.ts.method_definition(method))),
            _ => return None,
        };
        promised(promises.iter().find(|p| p.0 == index).map_or(Members::NONE, |p| p.1))
    }

    /// What a call returns.
    fn result(&mut self, m: MethodDesc, args: &[ValueId]) -> Option<Value> {
        let ts = self.ts;
        let definition = ts.method_definition(m);
        if let Some(of) = self.annotations.of_method(ts, definition)
            && !of.result.is_empty()
        {
            return Some(Value::Promised(of.result));
        }
        let (namespace, class) = ts.namespace_and_name(ts.method_owner(definition));
        if namespace != "System" {
            return None;
        }
        let &first = args.first()?;
        match (class.as_str(), ts.method_name(definition).as_str()) {
            ("Object", "GetType") => self.exact(first).map(Value::Type),
            ("Type", "GetType") => {
                let text = self.text(first)?;
                let name = TypeName::parse(&text).ok().filter(|n| n.args.is_empty() && n.modifiers.is_empty())?;
                ts.type_of_name(&name, None).map(Value::Type)
            }
            // The definition stands for what is made of it.
            ("Type" | "RuntimeType", "MakeGenericType") => match self.values(first)?.as_slice() {
                [Value::Type(t)] => Some(Value::Type(*t)),
                _ => None,
            },
            ("Type" | "RuntimeType", "GetGenericTypeDefinition") => match self.values(first)?.as_slice() {
                [Value::Type(t)] => Some(Value::Type(ts.generic_definition(*t))),
                _ => None,
            },
            ("Type", "MakeArrayType") if args.len() == 1 => match self.values(first)?.as_slice() {
                [Value::Type(t)] => Some(Value::Type(ts.sz_array(*t))),
                _ => None,
            },
            _ => None,
        }
    }

    /// The class of an object, where only one is possible.
    fn exact(&self, v: ValueId) -> Option<TypeDesc> {
        match self.origins.insts.get(&v) {
            Some(Inst::Box { ty, .. }) if !self.ts.is_runtime_determined(*ty) => return Some(*ty),
            Some(Inst::NewObj { ctor, .. }) => {
                let t = self.ts.method_owner(*ctor);
                return (!self.ts.is_runtime_determined(t) && !self.ts.contains_canon(t)).then_some(t);
            }
            _ => {}
        }
        let Ty::Ref(Some(t)) = self.origins.f.values[v.0 as usize] else { return None };
        (self.ts.is_sealed(t) && !self.ts.is_runtime_determined(t) && !self.ts.contains_canon(t)).then_some(t)
    }
}

fn promised(members: Members) -> Option<Value> {
    (!members.is_empty()).then_some(Value::Promised(members))
}
