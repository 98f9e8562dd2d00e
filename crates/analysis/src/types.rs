//! What types bring along: bases, interfaces, parts, dictionaries, finalizers, statics.

use crate::dispatch::has_instances;
use crate::generics::{Found, method_context, resolve_lookup, type_context};
use crate::graph::{Node, NodeId, Reason};
use crate::worklist::Analyzer;
use kiln_lir::{Lookup, LookupCtx, Sym};
use kiln_lower::method_entry;
use kiln_typesys::{GenericArgs, MethodDesc, ModuleId, TypeClass, TypeDesc, TypeKind, VtableEntry, WellKnown};

impl Analyzer<'_> {
    /// Identity of a type.
    pub(crate) fn necessary_type(&mut self, t: TypeDesc, id: NodeId) {
        let ts = self.ts;
        self.types.entry(t).or_insert(false);
        self.reflection_type(t, id);
        if let Some(b) = ts.base_type(t) {
            self.necessary(b, id, Reason::Base);
        }
        if !ts.contains_vars(t) {
            for &i in ts.interfaces(t).iter() {
                self.necessary(i, id, Reason::Interface);
            }
        }
        if let Some(e) = ts.element_type(t) {
            self.necessary(e, id, Reason::Part);
        }
        let args = ts.type_args(t);
        let definition = ts.generic_definition(t);
        if !args.is_empty() && definition != t {
            for &a in args.iter() {
                self.necessary(a, id, Reason::Part);
            }
            self.necessary(definition, id, Reason::Part);
        } else if let Some(outer) = ts.enclosing_type(t) {
            self.necessary(outer, id, Reason::Part);
        }
        // Natives make objects of these given only their identity: arrays (`GC.AllocateUninitializedArray`), boxed values.
        if !ts.contains_vars(t) && (ts.is_array(t) || (ts.is_value_type(t) && !ts.is_by_ref_like(t))) {
            self.reach_sym(Sym::ConstructedType(t), id, Reason::Part);
        }
    }

    fn necessary(&mut self, t: TypeDesc, id: NodeId, reason: Reason) {
        self.reach_sym(Sym::NecessaryType(t), id, reason);
    }

    /// Objects of a type may exist, or its MethodTable is a generic context.
    pub(crate) fn constructed_type(&mut self, t: TypeDesc, id: NodeId) {
        let ts = self.ts;
        self.types.insert(t, true);
        self.necessary(t, id, Reason::Part);
        if ts.contains_vars(t) {
            return;
        }
        if let Err(e) = ts.check_type(t) {
            self.type_warning(t, &e);
            return;
        }
        if let Ok(vtable) = ts.vtable(t) {
            for e in vtable.iter() {
                if let VtableEntry::Dictionary(d) = e
                    && type_context(ts, *d).is_some()
                {
                    self.reach(Node::TypeDictionary(*d), id, Reason::Dictionary);
                }
            }
        }
        if !has_instances(ts, t) {
            return;
        }
        if ts.is_nullable(t)
            && let Some(&u) = ts.type_args(t).first()
        {
            self.reach_sym(Sym::ConstructedType(u), id, Reason::Boxing);
        }
        if let Some(f) = ts.finalizer(t) {
            let entry = method_entry(ts, f);
            self.reach_sym(entry.clone(), id, Reason::Finalizer);
            self.finalizers.insert(t, entry);
        }
        if ts.is_delegate(t)
            && let Some(invoke) = ts.delegate_invoke(t)
        {
            let thunk = Sym::DelegateMulticast(ts.canonical_method(invoke));
            self.reach_sym(thunk.clone(), id, Reason::Delegate);
            self.multicast.insert(t, thunk);
        }
        if ts.is_value_type(t) {
            // `ValueType.Equals` and `GetHashCode` look at the fields.
            for &f in ts.fields(t).iter() {
                if ts.is_static(f) {
                    continue;
                }
                if let Ok(ft) = ts.field_type(f) {
                    match ts.type_class(ft) {
                        TypeClass::Prim(_) | TypeClass::Struct if !ts.is_by_ref_like(ft) => self.necessary(ft, id, Reason::Part),
                        TypeClass::Ptr => self.necessary(ts.well_known(WellKnown::IntPtr), id, Reason::Part),
                        _ => {}
                    }
                }
            }
        }
        self.join_type(t, id);
    }

    /// A statics block.
    pub(crate) fn statics(&mut self, t: TypeDesc, id: NodeId) {
        let ts = self.ts;
        self.necessary(t, id, Reason::Part);
        let cctor = ts.has_cctor(t).map(|c| method_entry(ts, c));
        if let Some(c) = &cctor {
            self.reach_sym(c.clone(), id, Reason::ClassConstructor);
        }
        self.statics.push((t, cctor));
    }

    /// A lookup is done in a context: all instances get the slot.
    pub(crate) fn add_lookup(&mut self, ctx: LookupCtx, l: Lookup) {
        if !self.layouts.entry(ctx).or_default().insert(l) {
            return;
        }
        let instances = self.instances.get(&ctx).cloned().unwrap_or_default();
        for (args, id) in instances {
            self.fill_slot(&l, &args, id);
        }
    }

    fn fill_slot(&mut self, l: &Lookup, args: &GenericArgs, id: NodeId) {
        match resolve_lookup(self.ts, l, args) {
            Found::Sym(s) => self.reach_sym(s, id, Reason::Dictionary),
            Found::Nothing(text) => {
                if self.warned_lookups.insert(*l) {
                    self.lookup_warning(id, text);
                }
            }
        }
    }

    fn add_instance(&mut self, ctx: LookupCtx, args: GenericArgs, id: NodeId) {
        self.instances.entry(ctx).or_default().push((args.clone(), id));
        let lookups: Vec<Lookup> = self.layouts.get(&ctx).map(|l| l.iter().copied().collect()).unwrap_or_default();
        for l in lookups {
            self.fill_slot(&l, &args, id);
        }
    }

    /// The dictionary of an exact type.
    pub(crate) fn type_dictionary(&mut self, t: TypeDesc, id: NodeId) {
        if let Some((ctx, args)) = type_context(self.ts, t) {
            self.type_dictionaries.push(t);
            self.add_instance(ctx, args, id);
        }
    }

    /// The dictionary of an exact generic method.
    pub(crate) fn method_dictionary(&mut self, m: MethodDesc, id: NodeId) {
        let ts = self.ts;
        let owner = ts.method_owner(m);
        let word0 = if type_context(ts, owner).is_some() { Sym::ConstructedType(owner) } else { Sym::NecessaryType(owner) };
        self.reach_sym(word0, id, Reason::Part);
        self.method_dictionaries.push(m);
        let (ctx, args) = method_context(ts, m);
        self.add_instance(ctx, args, id);
        self.activation(m, id);
        self.reflection_instance(m, id);
    }

    /// `Activator.CreateInstance<T>` needs T's parameterless constructor.
    pub(crate) fn activation(&mut self, m: MethodDesc, id: NodeId) {
        let ts = self.ts;
        if self.create_instance != Some(ts.method_definition(m)) {
            return;
        }
        let Some(&t) = ts.method_args(m).first() else { return };
        self.keep_default_ctor(t, id);
    }

    /// Code that is not the class library's own names a type: reflection may create it, if the program creates by `Type` at all.
    /// The module of the code.
    pub(crate) fn note_named_type(&mut self, t: TypeDesc, from: NodeId) -> Option<ModuleId> {
        let ts = self.ts;
        let module = match self.graph.node(from) {
            Some(Node::Sym(Sym::Method(m) | Sym::MethodEntry(m) | Sym::MethodDictionary(m))) => ts.method_def(*m).map(|d| d.0),
            Some(Node::TypeDictionary(d)) => ts.type_def(*d).map(|d| d.0),
            _ => None,
        };
        if module.is_none_or(|m| m == ts.corelib()) || !self.named_types.insert(t) {
            return module;
        }
        if self.creates_by_type {
            self.activate(t, from);
        }
        if self.runs_cctors {
            self.keep_cctor(t, from);
        }
        if self.makes_generics && self.ts.is_generic(t) {
            self.reach_sym(Sym::ConstructedType(t), from, Reason::Activation);
        }
        module
    }

    /// `Type.MakeGenericType` is in the program: it finds the instantiations that code names.
    pub(crate) fn make_generics(&mut self, id: NodeId) {
        if std::mem::replace(&mut self.makes_generics, true) {
            return;
        }
        let all: Vec<TypeDesc> = self.named_types.iter().copied().filter(|&t| self.ts.is_generic(t)).collect();
        for t in all {
            self.reach_sym(Sym::ConstructedType(t), id, Reason::Activation);
        }
    }

    /// `RuntimeHelpers.RunClassConstructor(typeof(T).TypeHandle)` is in the program.
    pub(crate) fn run_cctors(&mut self, id: NodeId) {
        if std::mem::replace(&mut self.runs_cctors, true) {
            return;
        }
        let all: Vec<TypeDesc> = self.named_types.iter().copied().collect();
        for t in all {
            self.keep_cctor(t, id);
        }
    }

    fn keep_cctor(&mut self, t: TypeDesc, id: NodeId) {
        let ts = self.ts;
        if !ts.contains_vars(t) && ts.has_cctor(t).is_some() {
            self.reach_sym(Sym::Statics(t), id, Reason::Activation);
        }
    }

    /// `Activator.CreateInstance(Type)` is in the program.
    pub(crate) fn create_by_type(&mut self, id: NodeId) {
        if std::mem::replace(&mut self.creates_by_type, true) {
            return;
        }
        let all: Vec<TypeDesc> = self.named_types.iter().copied().collect();
        for t in all {
            self.activate(t, id);
        }
    }

    fn activate(&mut self, t: TypeDesc, id: NodeId) {
        if has_instances(self.ts, t) && self.ts.default_ctor(t).is_some() {
            self.keep_default_ctor(t, id);
        }
    }

    /// Objects of the type may be made by reflection.
    pub(crate) fn keep_default_ctor(&mut self, t: TypeDesc, id: NodeId) {
        let ts = self.ts;
        if ts.contains_vars(t) || matches!(ts.kind(t), TypeKind::RuntimeDetermined { .. }) || ts.contains_canon(t) {
            return;
        }
        self.reach_sym(Sym::ConstructedType(t), id, Reason::Activation);
        if let Some(c) = ts.default_ctor(t) {
            let entry = method_entry(ts, c);
            self.reach_sym(entry.clone(), id, Reason::Activation);
            self.default_ctors.insert(t, entry);
        }
    }
}
