//! The overlay: methods of another body than the class library's, named by attributes (docs/internals/natives.md).

use crate::TypeSystem;
use crate::desc::*;
use crate::error::{Result, TypeSysError};
use kiln_metadata::{MethodDefId, Module};
use std::rc::Rc;

const NAMESPACE: &str = "Kiln";

fn refused(text: String) -> TypeSysError {
    TypeSysError::Overlay(text)
}

impl TypeSystem {
    /// Static methods with `[Kiln.Replaces(name)]` replace the methods named (`fcall_name` form); every name must resolve, unless it is of
    /// an assembly (the attribute's second argument) that the program does not have. What is replaced by an `extern` method is a native:
    /// of its own name, or of the name that `[Kiln.Native(name)]` says.
    ///
    /// # Errors
    ///
    /// A name that resolves to nothing, or a replacement that does not fit.
    pub fn set_overlay(&self, module: ModuleId) -> Result<()> {
        let data = self.module_data(module);
        self.memo.overlay_modules.borrow_mut().push(module);
        for id in data.metadata.method_defs() {
            let link_name = self.overlay_attribute(module, &data.metadata, id, "NativeAttribute")?.map(|(name, _)| Rc::from(name));
            let Some((key, assembly)) = self.overlay_attribute(module, &data.metadata, id, "ReplacesAttribute")? else {
                if let Some(name) = link_name {
                    self.memo.natives.borrow_mut().insert((module, id), name);
                }
                continue;
            };
            if assembly.is_some_and(|assembly| !self.modules().into_iter().any(|m| self.assembly_name(m) == assembly)) {
                continue;
            }
            let (target, by) = (self.replaced(&key)?, self.method_of_def(module, id)?);
            self.check_replacement(&key, target, by)?;
            let Some(place) = self.method_def(target) else { continue };
            if self.is_internal_call(by) {
                // The overlay may call its own declaration as well.
                let name = link_name.unwrap_or_else(|| Rc::from(key));
                self.memo.natives.borrow_mut().extend([(place, Rc::clone(&name)), ((module, id), name)]);
            } else {
                self.memo.overlay.borrow_mut().insert(place, (module, id));
            }
        }
        Ok(())
    }

    /// The texts that one of the overlay's attributes has.
    fn overlay_attribute(
        &self,
        module: ModuleId,
        metadata: &Module,
        id: MethodDefId,
        name: &str,
    ) -> Result<Option<(String, Option<String>)>> {
        let Some(attribute) = metadata.find_attribute(id, NAMESPACE, name).map_err(self.meta_err(module))? else { return Ok(None) };
        let args = metadata.decode_attribute(attribute, &mut |_| None).map_err(self.meta_err(module))?;
        let mut texts = args.fixed.iter().map(|v| v.as_str().map(str::to_owned));
        let Some(first) = texts.next().flatten() else { return Err(refused("an attribute without a name".to_owned())) };
        Ok(Some((first, texts.next().flatten())))
    }

    fn replaced(&self, key: &str) -> Result<MethodDesc> {
        self.find_by_key(key).ok_or_else(|| refused(format!("no method {key}")))
    }

    fn check_replacement(&self, key: &str, target: MethodDesc, by: MethodDesc) -> Result<()> {
        let (target_sig, sig) = (self.method_sig(target)?, self.method_sig(by)?);
        if sig.has_this || sig.params.len() != target_sig.params.len() + usize::from(target_sig.has_this) {
            return Err(refused(format!("{key}: the replacement's parameters do not fit")));
        }
        let variables = self.type_args(self.method_owner(target)).len() + self.method_args(target).len();
        if self.method_args(by).len() != variables {
            return Err(refused(format!("{key}: the replacement needs {variables} type parameters")));
        }
        Ok(())
    }

    fn find_by_key(&self, key: &str) -> Option<MethodDesc> {
        let (owner, rest) = key.split_once("::")?;
        let owner = owner.split('<').next().unwrap_or(owner);
        let t = self.find_type_by_full_name(owner)?;
        let name = rest.split(['(', '<']).next()?;
        let full = format!("{owner}::{rest}");
        self.find_methods(t, name).into_iter().find(|&m| self.method_key(m) == full)
    }

    /// The definition of the replacement of `m`, if any.
    pub fn overlay_of(&self, m: MethodDesc) -> Option<MethodDesc> {
        let place = self.method_def(m)?;
        let &(module, def) = self.memo.overlay.borrow().get(&place)?;
        self.method_of_def(module, def).ok()
    }
}
