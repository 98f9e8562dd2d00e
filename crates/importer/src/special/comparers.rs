//! Factories that CoreLib implements with reflection: default comparers and sort helpers.

use super::{Done, Site, done};
use crate::build::{Fact, Importer, Res};
use kiln_mir::{Inst, Ty};

impl Importer<'_> {
    pub(super) fn comparer_helpers(&mut self, s: &Site<'_>) -> Res<Done> {
        let equality = match s.name {
            "CreateDefaultEqualityComparer" => true,
            "CreateDefaultComparer" => false,
            _ => return Ok(None),
        };
        let Some(Fact::TypeOf(t)) = s.args.first().map(|v| self.fact(*v).clone()) else { return Ok(None) };
        let base = if equality { "System.Collections.Generic.EqualityComparer`1" } else { "System.Collections.Generic.Comparer`1" };
        let ty = self.ts.find_type_by_full_name(base).map(|d| self.ts.instantiate(d, &[t]));
        let v = self.def_fact(Inst::NewDefaultComparer { ty: t, equality }, Ty::Ref(ty), Fact::NonNull);
        done(v)
    }

    /// `ArraySortHelper<T>.CreateArraySortHelper()`: the specialised helper needs `T : IComparable<T>`; the plain one always works.
    pub(super) fn sort_helper(&mut self, s: &Site<'_>) -> Res<Done> {
        if s.name != "CreateArraySortHelper" || !s.args.is_empty() {
            return Ok(None);
        }
        let args = self.ts.type_args(s.owner);
        let Some(&t) = args.first() else { return Ok(None) };
        let mut helper = s.owner;
        if self.is_exact(s.owner)
            && let Some(c) = self.ts.find_type_by_full_name("System.IComparable`1")
            && self.ts.can_cast_to(t, self.ts.instantiate(c, &[t]))
            && let Some(g) = self.ts.find_type_by_full_name(&format!("System.Collections.Generic.GenericArraySortHelper`{}", args.len()))
        {
            helper = self.ts.instantiate(g, &args);
        }
        let Some(ctor) = self.ts.default_ctor(helper) else { return Ok(None) };
        let v = self.new_object(ctor, Vec::new())?;
        let _ = s.method;
        done(v)
    }
}
