//! Which method of an interface answers where no class does: the most specific default implementation (the runtime's augmentation of
//! ECMA-335 II.12 for default interface methods).
//!
//! Candidates are the interface's own method and the explicit overrides in interfaces that derive from it. Of two, that of the
//! interface which derives from the other's is more specific. If several are left, a call of exactly this instantiation is
//! ambiguous; if only a variant one matches, the first is taken.

use crate::TypeSystem;
use crate::desc::*;

/// A method, and the interface it is found in.
type Candidate = (TypeDesc, MethodDesc);

impl TypeSystem {
    /// The most specific default implementation among the interfaces of a type.
    pub(crate) fn default_implementation(&self, m: MethodDesc, t: TypeDesc) -> Resolved {
        let exact = self.most_specific(m, t, false);
        match exact[..] {
            [] => {}
            [(_, one)] if self.is_abstract_method(one) => return Resolved::None,
            [(_, one)] => return Resolved::Default(self.with_args_of(one, m)),
            _ => return Resolved::Ambiguous,
        }
        if self.variance(self.method_owner(m)).iter().all(|v| *v == Variance::None) {
            return Resolved::None;
        }
        let variant = self.most_specific(m, t, true);
        match variant[..] {
            [_, _, ..] if self.is_static_method(m) => Resolved::Ambiguous,
            [(_, first), ..] if !self.is_abstract_method(first) => Resolved::Default(self.with_args_of(first, m)),
            _ => Resolved::None,
        }
    }

    /// Whether an interface of a type makes a method abstract again that another one has.
    pub(crate) fn is_abstract_again(&self, m: MethodDesc, t: TypeDesc) -> bool {
        self.most_specific(m, t, false).iter().any(|c| self.method_def(c.1) != self.method_def(m))
    }

    fn most_specific(&self, m: MethodDesc, t: TypeDesc, variant: bool) -> Vec<Candidate> {
        let mut best: Vec<Candidate> = Vec::new();
        for i in self.interfaces_by_class(t) {
            if let Some(method) = self.candidate(m, i, variant) {
                self.insert(&mut best, (i, method), variant);
            }
        }
        best
    }

    /// An interface itself, or what the most derived class adds to the interfaces of its base, then what the base adds …
    fn interfaces_by_class(&self, t: TypeDesc) -> Vec<TypeDesc> {
        if self.is_interface(t) {
            return std::iter::once(t).chain(self.interfaces(t).iter().copied()).collect();
        }
        let mut out = Vec::new();
        for class in self.classes(t) {
            let inherited = self.base_type(class).map_or(0, |b| self.interfaces(b).len());
            out.extend_from_slice(self.interfaces(class).get(inherited..).unwrap_or_default());
        }
        out
    }

    /// What an interface has to say of a method of another one, or of its own.
    fn candidate(&self, m: MethodDesc, i: TypeDesc, variant: bool) -> Option<MethodDesc> {
        let wanted = self.method_owner(m);
        let matches = |found: TypeDesc| found == wanted || (variant && self.can_cast_to(found, wanted));
        let def = self.type_def(wanted);
        if self.type_def(i) == def {
            return (matches(i) && !self.is_abstract_method(m)).then(|| self.method_in_own_terms(m, i));
        }
        if !self.interfaces(i).iter().any(|&base| self.type_def(base) == def) {
            return None;
        }
        let method = self.method_def(m);
        let impls = self.method_impls(i).ok()?;
        impls.iter().find(|&&(_, decl)| self.method_def(decl) == method && matches(self.method_owner(decl))).map(|x| x.0)
    }

    /// Keeps only what nothing more specific is known for.
    fn insert(&self, best: &mut Vec<Candidate>, new: Candidate, variant: bool) {
        let mut replaced = false;
        let mut k = 0;
        while let Some(&(known, _)) = best.get(k) {
            let tie = variant && self.type_def(known) == self.type_def(new.0);
            if known == new.0 || (!tie && !self.can_cast_to(new.0, known) && self.can_cast_to(known, new.0)) {
                return;
            }
            if !tie && self.can_cast_to(new.0, known) {
                if replaced {
                    best.remove(k);
                    continue;
                }
                best[k] = new;
                replaced = true;
            }
            k += 1;
        }
        if !replaced {
            best.push(new);
        }
    }
}
