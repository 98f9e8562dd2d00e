//! What a virtual, interface or constrained call reaches on an exact type (ECMA-335 II.12.2, III.2.1; static virtual methods: the
//! runtime's augmentation of II.12).
//!
//! An interface method is searched class by class, the most derived first. A class says something of it for an interface that it
//! lists, or by an explicit override; what it says of exactly this instantiation goes before what it says of one that converts to
//! it by variance, and those come in the order of declaration. Where no class says anything, interfaces do ([`crate::defaults`]).

use crate::TypeSystem;
use crate::desc::*;
use kiln_metadata::flags::method_attributes as ma;

/// A chain of bases that is longer does not end.
const MAX_BASES: usize = 1000;

impl TypeSystem {
    /// What a virtual class method is on an exact type, with the method arguments of `m`. `None`: abstract, or not a class method.
    pub fn resolve_virtual(&self, m: MethodDesc, exact_type: TypeDesc) -> Option<MethodDesc> {
        let owner = self.method_owner(m);
        if self.is_static_method(m) || self.is_interface(owner) {
            return None;
        }
        if !self.is_virtual(m) {
            return Some(m);
        }
        self.resolve_slot(m, exact_type).filter(|&found| !self.is_abstract_method(found))
    }

    /// What the slot of a virtual class method holds on a type, abstract or not.
    pub(crate) fn resolve_slot(&self, m: MethodDesc, t: TypeDesc) -> Option<MethodDesc> {
        let slot = self.vtable_slot(m).ok()?;
        let VtableEntry::Method(s) = *self.vtable(t).ok()?.get(slot as usize)? else { return None };
        Some(self.with_args_of(s.imp, m))
    }

    pub(crate) fn with_args_of(&self, imp: MethodDesc, m: MethodDesc) -> MethodDesc {
        let args = self.method_args(m);
        if args.is_empty() { imp } else { self.instantiate_method(imp, self.method_owner(imp), &args) }
    }

    /// A class, its base, the base of that …; nothing for an interface.
    pub(crate) fn classes(&self, t: TypeDesc) -> impl Iterator<Item = TypeDesc> + '_ {
        let first = Some(t).filter(|&t| !self.is_interface(t));
        std::iter::successors(first, |&class| self.base_type(class)).take(MAX_BASES)
    }

    /// The method that stands for an interface method on a type: what [`Self::resolve_interface`] finds, or an abstract method of a class.
    pub fn interface_target(&self, m: MethodDesc, exact_type: TypeDesc) -> Option<MethodDesc> {
        match self.resolve_interface(m, exact_type) {
            Resolved::Method(found) | Resolved::Default(found) => Some(found),
            Resolved::Ambiguous => None,
            Resolved::None => self.class_implementation(m, self.strip_rd(exact_type)),
        }
    }

    /// What an interface method is on an exact type. Value types: their own method, with `this` by reference.
    pub fn resolve_interface(&self, m: MethodDesc, exact_type: TypeDesc) -> Resolved {
        let t = self.strip_rd(exact_type);
        self.memo.resolved.get((m, t), || {
            if self.is_static_method(m) {
                return self.resolve_static_virtual(m, t).map_or(Resolved::None, Resolved::Method);
            }
            if let Some(found) = self.array_interface(m, t) {
                return Resolved::Method(found);
            }
            match self.class_implementation(m, t) {
                Some(found) if self.is_abstract_method(found) => Resolved::None,
                Some(found) => Resolved::Method(self.with_args_of(found, m)),
                None => self.default_implementation(m, t),
            }
        })
    }

    /// Vectors implement the generic collection interfaces by the generic methods of SZArrayHelper.
    fn array_interface(&self, m: MethodDesc, t: TypeDesc) -> Option<MethodDesc> {
        let TypeKind::SzArray(_) = self.kind(t) else { return None };
        let owner = self.method_owner(m);
        if !self.is_vector_interface(owner) {
            return None;
        }
        let &element = self.type_args(owner).first()?;
        let helper = self.well_known(WellKnown::SzArrayHelper);
        let name = self.method_name(m);
        let params = self.method_sig(m).ok()?.params.len();
        let found = self.find_methods(helper, &name).into_iter();
        let found = found.filter(|&x| self.method_generic_count(x) == 1);
        let found = found.into_iter().find(|&x| self.method_sig(x).is_ok_and(|s| s.params.len() == params))?;
        Some(self.instantiate_method(found, helper, &[element]))
    }

    /// The implementation of an interface method by the class hierarchy.
    fn class_implementation(&self, m: MethodDesc, t: TypeDesc) -> Option<MethodDesc> {
        let found = self.classes(t).find_map(|class| self.each_instantiation(m, class, |on| self.said_by(on, class)));
        found.map(|found| self.resolve_slot(found, t).unwrap_or(found))
    }

    /// The first answer for an interface method over exactly its interface, then over those of a class that convert to it.
    fn each_instantiation(&self, m: MethodDesc, class: TypeDesc, ask: impl Fn(MethodDesc) -> Option<MethodDesc>) -> Option<MethodDesc> {
        let wanted = self.method_owner(m);
        ask(m).or_else(|| {
            if self.variance(wanted).iter().all(|v| *v == Variance::None) {
                return None;
            }
            let def = self.type_def(wanted);
            let map = self.interfaces(class);
            let mut others = map.iter().filter(|&&i| i != wanted && self.type_def(i) == def && self.can_cast_to(i, wanted));
            others.find_map(|&i| ask(self.method_on(m, i)))
        })
    }

    /// The method that a class itself gives to an interface method; its slot may be overridden below.
    ///
    /// Everything is compared in terms of the definition, so that `M(T)` and `M(int)` stay two methods when T is int. Where
    /// interfaces become equal, the first that is listed counts.
    fn said_by(&self, m: MethodDesc, class: TypeDesc) -> Option<MethodDesc> {
        let itf = self.method_owner(m);
        let def = self.generic_definition(class);
        let args = GenericArgs { type_args: self.type_args(class), method_args: self.empty.clone() };
        let of = self.type_def(itf);
        let map = self.interfaces(def);
        let same = map.iter().filter(|&&open| self.type_def(open) == of && self.substitute(open, &args) == itf);
        let mut found = same.map(|&open| self.method_in_own_terms(m, open)).filter_map(|wanted| self.listed_method(wanted, def));
        found.next().map(|x| self.substitute_owner(x, &args))
    }

    /// On `owner`, over its own method variables (declarations of explicit overrides are).
    pub(crate) fn method_in_own_terms(&self, m: MethodDesc, owner: TypeDesc) -> MethodDesc {
        match self.method_def(m) {
            Some((module, def)) => self.method_in(owner, module, def),
            None => m,
        }
    }

    /// The method of a definition or its bases that is taken for an interface method (II.12.2): the explicit override; else, where the
    /// definition lists the interface, its own public virtual method of that name and signature; else, where its base does not
    /// have the interface, the last such method of the base's vtable.
    fn listed_method(&self, wanted: MethodDesc, def: TypeDesc) -> Option<MethodDesc> {
        if let Some(&(body, _)) = self.method_impls(def).ok()?.iter().find(|&&(_, decl)| decl == wanted) {
            return Some(body);
        }
        let itf = self.method_owner(wanted);
        let base = self.base_type(def);
        let inherited = base.filter(|&b| self.interfaces(b).contains(&itf));
        if let Some(b) = inherited
            && !self.listed_interfaces(def).ok()?.contains(&itf)
            && (!self.is_abstract(b) || self.class_implementation(wanted, b).is_some())
        {
            return None;
        }
        let sig = self.method_sig(wanted).ok()?;
        let name = self.method_name(wanted);
        let fits = |x: MethodDesc| {
            let flags = self.method_flags(x).0;
            let open = flags & ma::ACCESS_MASK == ma::PUBLIC && flags & ma::VIRTUAL != 0 && flags & ma::STATIC == 0;
            open && self.method_sig(x).is_ok_and(|s| s.params == sig.params && s.ret == sig.ret && s.generic_count == sig.generic_count)
        };
        if let Some(own) = self.find_methods(def, &name).into_iter().find(|&x| fits(x)) {
            return Some(own);
        }
        let base = base.filter(|_| inherited.is_none())?;
        let slots = self.vtable(base).ok()?;
        slots.iter().rev().find_map(|e| match e {
            VtableEntry::Method(s) if self.method_name(s.decl) == name && fits(s.decl) => Some(s.decl),
            _ => None,
        })
    }

    /// What a static virtual interface method is on a type.
    pub fn resolve_static_virtual(&self, m: MethodDesc, exact_type: TypeDesc) -> Option<MethodDesc> {
        let t = self.strip_rd(exact_type);
        let found = self.classes(t).find_map(|class| self.each_instantiation(m, class, |on| self.static_said_by(on, class)));
        let found = found.or_else(|| match self.default_implementation(m, t) {
            Resolved::Default(found) => Some(found),
            _ => None,
        });
        found.filter(|&f| !self.is_abstract_method(f)).map(|f| self.with_args_of(f, m))
    }

    /// The static method that a class itself gives to one of an interface: by an explicit override, never by its name.
    fn static_said_by(&self, m: MethodDesc, class: TypeDesc) -> Option<MethodDesc> {
        let wanted = self.method_in_own_terms(m, self.method_owner(m));
        self.method_impls(class).ok()?.iter().find(|&&(_, decl)| decl == wanted).map(|x| x.0)
    }

    /// What `constrained. t callvirt m` calls directly when `t` is exactly known: on value types the override (None: box), on
    /// reference types the final method or None (dispatch).
    pub fn resolve_constrained(&self, m: MethodDesc, t: TypeDesc) -> Option<MethodDesc> {
        if self.is_static_method(m) {
            return if self.is_virtual(m) { self.resolve_static_virtual(m, t) } else { Some(m) };
        }
        let value_type = self.is_value_type(t);
        if !value_type && !self.is_sealed(t) {
            // The method itself may still be final.
            if self.has_slots(self.method_owner(m)) && (!self.is_virtual(m) || self.is_final(m)) {
                return Some(m);
            }
            return None;
        }
        if !value_type && self.is_array(t) {
            return None;
        }
        let found = if self.is_interface(self.method_owner(m)) {
            match self.resolve_interface(m, t) {
                Resolved::Method(x) => x,
                _ => return None,
            }
        } else {
            self.resolve_virtual(m, t)?
        };
        // On a value type, a method of System.Object, ValueType or Enum needs the box.
        if value_type && !self.is_value_type(self.method_owner(found)) { None } else { Some(found) }
    }

    /// Whether a constrained call of `m`, whose arguments may be known at run time only, reaches a method of the value type itself
    /// rather than one that needs a box. `canon` is the value type's canonical form, whose interfaces may be given over other
    /// arguments than those of `m`: every instantiation of the same interface must agree.
    pub fn has_own_implementation(&self, m: MethodDesc, canon: TypeDesc) -> bool {
        let owner = self.method_owner(m);
        if !self.is_interface(owner) {
            return self.resolve_constrained(m, canon).is_some();
        }
        let def = self.type_def(owner);
        let map = self.interfaces(canon);
        let mut same = map.iter().filter(|&&i| self.type_def(i) == def).peekable();
        same.peek().is_some() && same.all(|&i| self.resolve_constrained(self.method_on(m, i), canon).is_some())
    }
}
