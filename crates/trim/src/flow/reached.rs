//! Members that reflection reaches on a known type: what they require, and what they promise that nobody can hold who calls them that way.

use super::Scan;
use crate::requirement::{Kind, of_method, of_type};
use crate::{member, names};
use kiln_diag::codes;
use kiln_flow::{Annotations, Members};
use kiln_metadata::flags::field_attributes as fa;
use kiln_metadata::flags::method_attributes as ma;
use kiln_typesys::{FieldDesc, MethodDesc, TypeDesc, TypeSystem};
use std::sync::Arc;

/// Which of the members of the kinds that are asked for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Only {
    /// Those of this name, or whose accessors have it.
    pub(crate) name: Option<Arc<str>>,
    /// Constructors with so many parameters.
    pub(crate) parameters: Option<usize>,
}

/// A member.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Member {
    Method(MethodDesc),
    Field(FieldDesc),
}

/// The members of a type, and which type has them.
pub(crate) fn members(ts: &TypeSystem, t: TypeDesc, wanted: Members, only: &Only) -> Vec<(Member, TypeDesc)> {
    let mut out = Vec::new();
    let mut at = Some(t);
    while let Some(owner) = at {
        let own = owner == t;
        for &m in ts.methods(owner).iter() {
            if is_wanted(ts, m, wanted, only, own) {
                out.push((Member::Method(m), owner));
            }
        }
        for &f in ts.fields(owner).iter() {
            let access = ts.field_flags(f) & fa::ACCESS_MASK;
            let kind = if access == fa::PUBLIC { Members::FIELDS } else { Members::NON_PUBLIC_FIELDS };
            let inherited = own || access != fa::PRIVATE;
            if inherited && wanted.meets(kind) && only.name.as_deref().is_none_or(|n| n == ts.field_name(f)) {
                out.push((Member::Field(f), owner));
            }
        }
        at = ts.base_type(owner);
    }
    out
}

fn is_wanted(ts: &TypeSystem, m: MethodDesc, wanted: Members, only: &Only, own: bool) -> bool {
    let flags = ts.method_flags(m).0;
    let access = flags & ma::ACCESS_MASK;
    let public = access == ma::PUBLIC;
    if ts.is_cctor(m) || !own && access == ma::PRIVATE {
        return false;
    }
    let of = |kind: Members, other: Members| if public { kind } else { other };
    let name = ts.method_name(m);
    if ts.is_ctor(m) {
        let count = ts.method_sig(m).map_or(0, |s| s.params.len());
        let kind = of(Members::CONSTRUCTORS, Members::NON_PUBLIC_CONSTRUCTORS);
        let fits = wanted.contains(kind) || count == 0 && public && wanted.meets(Members::DEFAULT_CONSTRUCTOR);
        return own && fits && only.parameters.is_none_or(|n| n == count);
    }
    let accessor = if flags & ma::SPECIAL_NAME == 0 { None } else { accessor(&name) };
    let mut kind = of(Members::METHODS, Members::NON_PUBLIC_METHODS);
    match accessor {
        Some((_, true)) => kind = kind.and(of(Members::PROPERTIES, Members::NON_PUBLIC_PROPERTIES)),
        Some((_, false)) => kind = kind.and(of(Members::EVENTS, Members::NON_PUBLIC_EVENTS)),
        None => {}
    }
    wanted.meets(kind) && only.name.as_deref().is_none_or(|n| n == name || accessor.is_some_and(|(of, _)| of == n))
}

/// Property or event, and whether it is a property.
fn accessor(name: &str) -> Option<(&str, bool)> {
    const PREFIXES: [(&str, bool); 4] = [("get_", true), ("set_", true), ("add_", false), ("remove_", false)];
    PREFIXES.iter().find_map(|(prefix, is_property)| Some((name.strip_prefix(prefix)?, *is_property)))
}

/// Whether who calls a method by reflection should have been asked for something of a type.
pub(crate) fn promises(annotations: &mut Annotations, ts: &TypeSystem, m: MethodDesc) -> bool {
    let of = annotations.of_method(ts, ts.method_definition(m));
    of.is_some_and(|of| !of.params.is_empty() || !of.result.is_empty() && ts.is_virtual(m))
}

impl Scan<'_> {
    /// Reflection is asked for members of a known type. Nothing is said of what a whole class of the class library has.
    pub(super) fn reach(&mut self, t: TypeDesc, wanted: Members, at: u32) {
        let ts = self.ts;
        let only = self.only.clone();
        for (reached, owner) in members(ts, t, wanted, &only) {
            let module = ts.type_def(owner).map(|d| d.0);
            if only.name.is_none() && !module.is_some_and(|m| self.known.application.contains(&m)) {
                continue;
            }
            match reached {
                // What the C# compiler made of a part of a member is warned of where that member is.
                Member::Method(m) if member::is_made(ts, m) => {}
                Member::Method(m) => {
                    self.reach_method(m, at);
                    self.reach_promises(m, at);
                }
                Member::Field(f) => self.reach_field(f, at),
            }
        }
    }

    fn reach_method(&mut self, m: MethodDesc, at: u32) {
        let ts = self.ts;
        for kind in Kind::ALL {
            let Some(required) = of_method(ts, m, kind).or_else(|| of_type(ts, ts.method_owner(m), kind)) else { continue };
            let text = format!("`{}`, which reflection reaches here, {}", names::method(ts, m), required.says(kind));
            self.say(kind.code(), at, text);
        }
    }

    /// A delegate or reflection calls a method that should be asked.
    pub(super) fn reach_promises(&mut self, m: MethodDesc, at: u32) {
        let ts = self.ts;
        if of_method(ts, m, Kind::UnreferencedCode).is_none() && promises(&mut self.known.promises.annotations, ts, m) {
            let text = format!(
                "`{}` has `[DynamicallyAccessedMembers]`, and who calls it by reflection or through a delegate is not asked for these members",
                names::method(ts, m)
            );
            self.say(codes::METHOD_WITH_PROMISES_REACHED, at, text);
        }
    }

    fn reach_field(&mut self, f: FieldDesc, at: u32) {
        let ts = self.ts;
        if ts.is_static(f)
            && let Some(required) = of_type(ts, ts.field_owner(f), Kind::UnreferencedCode)
        {
            let text = format!("`{}`, which reflection reaches here, {}", names::field(ts, f), required.says(Kind::UnreferencedCode));
            self.say(Kind::UnreferencedCode.code(), at, text);
            return;
        }
        if !self.known.promises.annotations.of_field(ts, f).is_empty() {
            let text = format!(
                "`{}` has `[DynamicallyAccessedMembers]`, and who sets it by reflection is not asked for these members",
                names::field(ts, f)
            );
            self.say(codes::FIELD_WITH_PROMISES_REACHED, at, text);
        }
    }
}
