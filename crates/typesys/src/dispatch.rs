//! What a virtual, interface or constrained call reaches on an exact type (ECMA-335 II.12.2, III.2.1; default interface methods and
//! static virtual methods: the runtime's augmentations of II.12).

use crate::TypeSystem;
use crate::desc::*;
use crate::types::SZ_ARRAY_INTERFACES;
use kiln_metadata::flags::method_attributes as ma;

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
        let slot = self.vtable_slot(m).ok()?;
        let VtableEntry::Method(s) = *self.vtable(exact_type).ok()?.get(slot as usize)? else { return None };
        if self.is_abstract_method(s.imp) {
            return None;
        }
        Some(self.with_args_of(s.imp, m))
    }

    fn with_args_of(&self, imp: MethodDesc, m: MethodDesc) -> MethodDesc {
        let args = self.method_args(m);
        if args.is_empty() { imp } else { self.instantiate_method(imp, self.method_owner(imp), &args) }
    }

    /// The method that stands for an interface method on a type: what [`Self::resolve_interface`] finds, or an abstract method of a class.
    pub fn interface_target(&self, m: MethodDesc, exact_type: TypeDesc) -> Option<MethodDesc> {
        match self.resolve_interface(m, exact_type) {
            Resolved::Method(found) | Resolved::Default(found) => Some(found),
            Resolved::Ambiguous => None,
            Resolved::None => {
                let targets = self.target_interfaces(self.method_owner(m), exact_type);
                targets.iter().find_map(|&target| self.class_implementation(self.method_on(m, target), exact_type, false))
            }
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
            let targets = self.target_interfaces(self.method_owner(m), t);
            for &target in &targets {
                let on = self.method_on(m, target);
                if let Some(found) = self.class_implementation(on, t, false) {
                    return match self.is_abstract_method(found) {
                        true => Resolved::None,
                        false => Resolved::Method(self.with_args_of(found, m)),
                    };
                }
                match self.default_implementation(on, t) {
                    Resolved::Default(found) => return Resolved::Default(self.with_args_of(found, m)),
                    Resolved::None => {}
                    other => return other,
                }
            }
            Resolved::None
        })
    }

    /// The entries of the interface map that answer for `wanted`: the exact one, else the variant ones in map order.
    fn target_interfaces(&self, wanted: TypeDesc, t: TypeDesc) -> Vec<TypeDesc> {
        let map = self.interfaces(t);
        if t == wanted || map.contains(&wanted) {
            return vec![wanted];
        }
        let def = self.type_def(wanted);
        map.iter().rev().copied().filter(|&i| self.type_def(i) == def && self.can_cast_to(i, wanted)).collect()
    }

    /// Vectors implement the generic collection interfaces by the generic methods of SZArrayHelper.
    fn array_interface(&self, m: MethodDesc, t: TypeDesc) -> Option<MethodDesc> {
        let TypeKind::SzArray(_) = self.kind(t) else { return None };
        let owner = self.method_owner(m);
        let (module, _) = self.type_def(owner)?;
        let info = self.info(owner)?;
        if module != self.corelib() || info.namespace != "System.Collections.Generic" || !SZ_ARRAY_INTERFACES.contains(&info.name.as_str())
        {
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

    /// The implementation of an interface method (owner: an entry of the interface map) by the class hierarchy.
    fn class_implementation(&self, m: MethodDesc, t: TypeDesc, is_static: bool) -> Option<MethodDesc> {
        let itf = self.method_owner(m);
        let wanted = self.uninstantiated(m);
        let mut at = Some(t);
        let mut steps = 0;
        while let Some(level) = at {
            if self.is_interface(level) {
                return None;
            }
            let impls = self.method_impls(level).ok()?;
            if let Some(&(body, _)) = impls.iter().find(|&&(_, decl)| decl == wanted) {
                return Some(if is_static { body } else { self.final_override(body, t) });
            }
            let base = self.base_type(level);
            if self.declared_interfaces(level).ok()?.contains(&itf) {
                let inherited = base.is_some_and(|b| self.interfaces(b).contains(&itf));
                // A class that lists an interface which its base has already may only add its own methods.
                if let Some(found) = self.by_name_and_sig(m, level, inherited, is_static) {
                    return Some(if is_static { found } else { self.final_override(found, t) });
                }
            }
            at = base;
            steps += 1;
            if steps > 1000 {
                return None;
            }
        }
        None
    }

    /// Over its own method variables (declarations of explicit overrides are).
    fn uninstantiated(&self, m: MethodDesc) -> MethodDesc {
        match self.method_kind(m) {
            MethodKind::Def { owner, module, def, .. } => self.method_in(owner, module, def),
            MethodKind::Array { .. } => m,
        }
    }

    fn final_override(&self, body: MethodDesc, t: TypeDesc) -> MethodDesc {
        if !self.is_virtual(body) || self.is_final(body) && self.method_owner(body) == t {
            return body;
        }
        match self.vtable_slot(body).ok().and_then(|s| self.vtable(t).ok()?.get(s as usize).copied()) {
            Some(VtableEntry::Method(s)) => s.imp,
            _ => body,
        }
    }

    /// A public virtual method with the interface method's name and signature, on `level` or (unless `own_only`) its bases.
    /// Compared in terms of the definition, so that `M(T)` and `M(int)` stay two methods when T is int.
    fn by_name_and_sig(&self, m: MethodDesc, level: TypeDesc, own_only: bool, is_static: bool) -> Option<MethodDesc> {
        let def = self.generic_definition(level);
        let args = GenericArgs { type_args: self.type_args(level), method_args: self.empty.clone() };
        let itf = self.method_owner(m);
        let name = self.method_name(m);
        let declared = self.declared_interfaces(def).ok()?;
        for &open in declared.iter().filter(|&&i| self.substitute(i, &args) == itf) {
            let sig = self.method_sig(self.uninstantiated(self.method_on(m, open))).ok()?;
            let mut at = Some(def);
            while let Some(class) = at {
                for x in self.find_methods(class, &name) {
                    let flags = self.method_flags(x).0;
                    let fits = flags & ma::ACCESS_MASK == ma::PUBLIC
                        && (flags & ma::STATIC != 0) == is_static
                        && (is_static || flags & ma::VIRTUAL != 0);
                    if !fits {
                        continue;
                    }
                    if let Ok(s) = self.method_sig(x)
                        && s.params == sig.params
                        && s.ret == sig.ret
                        && s.generic_count == sig.generic_count
                    {
                        return Some(self.substitute_owner(x, &args));
                    }
                }
                at = if own_only { None } else { self.base_type(class) };
            }
        }
        None
    }

    /// The most specific default implementation among the interfaces of a type.
    fn default_implementation(&self, m: MethodDesc, t: TypeDesc) -> Resolved {
        let wanted = self.uninstantiated(m);
        let itf = self.method_owner(m);
        let mut candidates: Vec<(TypeDesc, MethodDesc)> = Vec::new();
        let mut map = self.interfaces(t).to_vec();
        if self.is_interface(t) {
            map.push(t);
        }
        for &i in &map {
            if i == itf {
                if !self.is_abstract_method(wanted) {
                    candidates.push((i, wanted));
                }
            } else if self.interfaces(i).contains(&itf)
                && let Ok(impls) = self.method_impls(i)
                && let Some(&(body, _)) = impls.iter().find(|&&(_, decl)| decl == wanted)
            {
                candidates.push((i, body));
            }
        }
        let best: Vec<MethodDesc> = candidates
            .iter()
            .filter(|(i, _)| !candidates.iter().any(|(j, _)| j != i && self.interfaces(*j).contains(i)))
            .map(|c| c.1)
            .collect();
        match best[..] {
            [] => Resolved::None,
            [one] if self.is_abstract_method(one) => Resolved::None,
            [one] => Resolved::Default(one),
            _ => Resolved::Ambiguous,
        }
    }

    /// What a static virtual interface method is on a type.
    pub fn resolve_static_virtual(&self, m: MethodDesc, exact_type: TypeDesc) -> Option<MethodDesc> {
        let t = exact_type;
        for target in self.target_interfaces(self.method_owner(m), t) {
            let on = self.method_on(m, target);
            if let Some(found) = self.class_implementation(on, t, true) {
                if self.is_abstract_method(found) {
                    return None;
                }
                return Some(self.with_args_of(found, m));
            }
            if let Resolved::Default(found) = self.default_implementation(on, t) {
                return Some(self.with_args_of(found, m));
            }
        }
        None
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
