//! Rules that a type breaks only by what it is, not by how it is used: what derives from what, which methods override which, whether
//! all that must be implemented is (ECMA-335 II.10.1, II.10.3, II.12.2, II.22.27, II.22.37; the runtime's loader refuses the same, in
//! these words). Constraints of generic parameters are in [`crate::constraints`].
//!
//! A rule is checked once per definition, over its own variables.

use crate::TypeSystem;
use crate::desc::*;
use crate::error::{Result, TypeSysError};
use kiln_abi::version::FrameworkVersion;
use kiln_metadata::flags::{method_attributes as ma, type_attributes as ta};

/// Bases, interfaces and arguments are followed this far; what is nested more deeply has a limit of its own.
const MAX_STEPS: u32 = 32;

impl TypeSystem {
    /// Whether the runtime would load a type: it, what it derives from and its arguments keep the rules, and these the constraints.
    pub fn check_loads(&self, t: TypeDesc) -> Result<()> {
        self.loads(t, 0)
    }

    fn loads(&self, t: TypeDesc, steps: u32) -> Result<()> {
        let t = self.strip_rd(t);
        if steps > MAX_STEPS || self.check_depth(t).is_err() {
            return Ok(());
        }
        if let Some(e) = self.element_type(t) {
            self.check_element(t, e)?;
            return self.loads(e, steps + 1);
        }
        if self.type_def(t).is_none() {
            return Ok(());
        }
        // A type may lead back to itself: it is as good as the rest of it.
        self.memo.loads.get_cyclic(t, Ok(()), || {
            let def = self.generic_definition(t);
            self.check_base(def)?;
            self.check_listed(def)?;
            if let Some(base) = self.try_base_type(t)? {
                self.loads(base, steps + 1)?;
            }
            for &i in self.listed_interfaces(t)?.iter() {
                self.loads(i, steps + 1)?;
            }
            self.check_rules(def)?;
            if def != t {
                for &a in self.type_args(t).iter() {
                    self.loads(a, steps + 1)?;
                }
                self.check_constraints(t)?;
            }
            self.check_contents(t)
        })
    }

    /// There are no arrays of byrefs, of what may hold one, and of nothing.
    fn check_element(&self, t: TypeDesc, element: TypeDesc) -> Result<()> {
        if !self.is_array(t) {
            return Ok(());
        }
        let mut innermost = element;
        while let Some(e) = self.element_type(innermost) {
            innermost = e;
        }
        let (_, assembly) = self.loader_names(innermost);
        let (name, what) = if self.is_by_ref_like(element) {
            (self.reflection_name(t), "ByRef-like")
        } else if self.type_class(element) == TypeClass::ByRef {
            (self.reflection_name(element), "ByRef")
        } else if self.is_well_known(element, WellKnown::Void) {
            (self.reflection_name(t), "System.Void")
        } else {
            return Ok(());
        };
        Err(TypeSysError::NotLoaded(format!(
            "Could not create array type '{name}' from assembly '{assembly}' because the element type is {what}."
        )))
    }

    /// What only the layout of a value type shows.
    fn check_contents(&self, t: TypeDesc) -> Result<()> {
        let explicit = self.type_flags(t) & ta::LAYOUT_MASK == ta::EXPLICIT_LAYOUT;
        // Values that a class holds of its arguments may be too large together.
        let holds = || self.type_args(t).iter().any(|&a| self.is_value_type(a));
        if self.contains_vars(t) || !(explicit || self.is_value_type(t) || holds()) {
            return Ok(());
        }
        match self.layout(t) {
            Err(TypeSysError::Recursive(_)) if self.is_value_type(t) => {
                let core = self.module(self.corelib());
                let major = core.assembly().ok().flatten().map_or(0, |row| row.major);
                if FrameworkVersion::find(major).is_some_and(|version| !version.tells_recursive_field) {
                    return Err(self.refused(t, ""));
                }
                let (name, assembly) = self.loader_names(t);
                Err(TypeSysError::NotLoaded(format!(
                    "Could not load the value type '{name}' from assembly '{assembly}' because it has an instance field of itself."
                )))
            }
            other => other.map(drop),
        }
    }

    fn refused(&self, t: TypeDesc, why: &str) -> TypeSysError {
        let (name, assembly) = self.loader_names(t);
        TypeSysError::NotLoaded(format!("Could not load type '{name}' from assembly '{assembly}'{why}."))
    }

    fn unimplemented(&self, t: TypeDesc, m: MethodDesc) -> TypeSysError {
        let (name, assembly) = self.loader_names(t);
        let method = self.method_name(m);
        TypeSysError::NotLoaded(format!("Method '{method}' in type '{name}' from assembly '{assembly}' does not have an implementation."))
    }

    /// Of a definition over its own variables.
    fn check_rules(&self, def: TypeDesc) -> Result<()> {
        self.memo.rules.get(def, || {
            self.check_methods(def)?;
            self.check_overrides(def)?;
            self.check_explicit_overrides(def)?;
            self.check_implemented(def)
        })
    }

    fn check_base(&self, def: TypeDesc) -> Result<()> {
        let Some(base) = self.try_base_type(def)? else { return Ok(()) };
        if self.is_interface(base) && !self.is_interface(def) {
            return Err(self.refused(def, " because the parent type is an interface"));
        }
        if self.type_flags(base) & ta::SEALED != 0 {
            return Err(self.refused(def, " because the parent type is sealed"));
        }
        // Only what has a layout lends it to who derives from it.
        let is_auto = |t: TypeDesc| self.type_flags(t) & ta::LAYOUT_MASK == ta::AUTO_LAYOUT;
        if !is_auto(def) && is_auto(base) && !self.is_value_type(def) && !self.is_well_known(base, WellKnown::Object) {
            return Err(self.refused(def, " because the format is invalid"));
        }
        // A chain that does not end is one of these.
        if matches!(self.vtable(def), Err(TypeSysError::Recursive(_))) {
            return Err(self.refused(def, ""));
        }
        Ok(())
    }

    fn check_listed(&self, def: TypeDesc) -> Result<()> {
        match self.listed_interfaces(def) {
            Err(TypeSysError::BadType { .. }) => Err(self.refused(def, " because it attempts to implement a class as an interface")),
            other => other.map(drop),
        }
    }

    fn check_methods(&self, def: TypeDesc) -> Result<()> {
        if self.is_abstract(def) {
            return Ok(());
        }
        match self.methods(def).iter().any(|&m| self.is_abstract_method(m)) {
            true => Err(TypeSysError::NotLoaded("Abstract method in non-abstract class.".to_owned())),
            false => Ok(()),
        }
    }

    /// Virtual methods that take a slot of the base by their name.
    fn check_overrides(&self, def: TypeDesc) -> Result<()> {
        let Some(base) = self.try_base_type(def)?.filter(|_| !self.is_interface(def)) else { return Ok(()) };
        let inherited = self.vtable(base)?;
        for &m in self.methods(def).iter() {
            if !self.is_virtual(m) || self.is_static_method(m) || self.is_newslot(m) {
                continue;
            }
            let Some(VtableEntry::Method(old)) = inherited.get(self.vtable_slot(m)? as usize) else { continue };
            if self.is_final(old.imp) {
                return Err(self.final_declaration(def));
            }
            if !self.keeps_access(m, old.imp) {
                return Err(self.reduced(def, m));
            }
        }
        Ok(())
    }

    fn reduced(&self, t: TypeDesc, m: MethodDesc) -> TypeSysError {
        let (name, assembly) = self.loader_names(t);
        let method = self.method_name(m);
        TypeSysError::NotLoaded(format!("Derived method '{method}' in type '{name}' from assembly '{assembly}' cannot reduce access."))
    }

    fn final_declaration(&self, t: TypeDesc) -> TypeSysError {
        let (name, assembly) = self.loader_names(t);
        TypeSysError::NotLoaded(format!(
            "Declaration referenced in a method implementation cannot be a final method.  Type: '{name}'.  Assembly: '{assembly}'."
        ))
    }

    /// An override is as accessible as what it overrides; what is seen in the assembly as well may lose that in another one (II.10.3.3).
    fn keeps_access(&self, m: MethodDesc, old: MethodDesc) -> bool {
        let access = |m: MethodDesc| self.method_flags(m).0 & ma::ACCESS_MASK;
        let elsewhere = self.method_def(m).map(|d| d.0) != self.method_def(old).map(|d| d.0);
        access(m) >= access(old) || (elsewhere && access(old) == ma::FAM_OR_ASSEM && access(m) == ma::FAMILY)
    }

    fn check_explicit_overrides(&self, def: TypeDesc) -> Result<()> {
        let impls = self.method_impls(def)?;
        for (n, &(body, decl)) in impls.iter().enumerate() {
            let owner = self.method_owner(decl);
            let is_static = self.is_static_method(decl);
            if !self.is_virtual(decl) || is_static != self.is_static_method(body) || (!is_static && !self.is_virtual(body)) {
                let (name, assembly) = self.loader_names(def);
                let method = self.method_name(body);
                return Err(TypeSysError::NotLoaded(format!(
                    "Method '{method}' on type '{name}' from assembly '{assembly}' must be virtual to implement a method on an interface or super type."
                )));
            }
            if self.is_final(decl) {
                return Err(self.final_declaration(def));
            }
            if self.is_interface(def) && !is_static && !self.is_final(body) && owner != def {
                let (name, assembly) = self.loader_names(def);
                return Err(TypeSysError::NotLoaded(format!(
                    "Method implementation on an interface '{name}' from assembly '{assembly}' must be a final method."
                )));
            }
            if self.is_interface(owner) && owner != def && !self.try_interfaces(def)?.contains(&owner) {
                let (name, assembly) = self.loader_names(def);
                let method = self.method_name(body);
                return Err(TypeSysError::NotLoaded(format!(
                    "Type '{name}' from assembly '{assembly}' tried to override method '{method}' but does not implement or inherit that method."
                )));
            }
            if impls.iter().take(n).any(|&(other, same)| same == decl && other != body) {
                let (name, assembly) = self.loader_names(def);
                let method = self.method_name(body);
                return Err(TypeSysError::NotLoaded(format!(
                    "Method '{method}' on type '{name}' from assembly '{assembly}' is overriding a method that has been overridden."
                )));
            }
        }
        Ok(())
    }

    /// A class that is not abstract has no abstract method, and implements what its interfaces want. What one of these made abstract
    /// again (by a final method), or several answer, is found out when it is called.
    fn check_implemented(&self, def: TypeDesc) -> Result<()> {
        if self.is_abstract(def) {
            return Ok(());
        }
        for e in self.vtable(def)?.iter() {
            if let VtableEntry::Method(s) = e
                && self.is_abstract_method(s.imp)
            {
                return Err(self.unimplemented(def, s.imp));
            }
        }
        for &i in self.interfaces(def).iter() {
            for &m in self.methods(i).iter().filter(|&&m| self.is_virtual(m) && self.is_abstract_method(m) && !self.is_final(m)) {
                let said_by_interface = || self.default_implementation(m, def) != Resolved::None || self.is_abstract_again(m, def);
                if self.is_static_method(m) {
                    if self.resolve_static_virtual(m, def).is_none() && !said_by_interface() {
                        let (name, assembly) = self.loader_names(def);
                        let method = self.method_name(m);
                        return Err(TypeSysError::NotLoaded(format!(
                            "Virtual static method '{method}' is not implemented on type '{name}' from assembly '{assembly}'."
                        )));
                    }
                } else if self.resolve_interface(m, def) == Resolved::None && !said_by_interface() {
                    return Err(self.unimplemented(def, m));
                }
            }
        }
        Ok(())
    }
}
