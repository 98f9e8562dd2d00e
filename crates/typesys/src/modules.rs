//! One loaded module: its simple name and the name tables that lookups need (ECMA-335 II.22.14, II.22.32, II.22.37).

use crate::error::{Result, TypeSysError};
use kiln_metadata::{ExportedTypeId, Implementation, Module, TypeDefId};
use rustc_hash::FxHashMap;
use std::cell::OnceCell;
use std::sync::Arc;

type ByName<T> = FxHashMap<String, FxHashMap<String, T>>;

/// A module and its indexes.
#[derive(Debug)]
pub(crate) struct ModuleData {
    pub metadata: Arc<Module>,
    pub name: String,
    index: OnceCell<Index>,
    canon: OnceCell<Option<TypeDefId>>,
    generic_counts: OnceCell<(Vec<u16>, Vec<u16>)>,
}

#[derive(Debug, Default)]
struct Index {
    top_level: ByName<TypeDefId>,
    nested: FxHashMap<TypeDefId, FxHashMap<String, TypeDefId>>,
    enclosing: FxHashMap<TypeDefId, TypeDefId>,
    exported: ByName<ExportedTypeId>,
}

impl ModuleData {
    pub(crate) fn new(module: Module) -> Result<Self> {
        let file = module.name().unwrap_or("?").to_owned();
        let name = match module.assembly() {
            Ok(Some(a)) => a.name.to_owned(),
            Ok(None) => return Err(TypeSysError::NotAnAssembly(file)),
            Err(source) => return Err(TypeSysError::Metadata { module: file, source }),
        };
        Ok(Self { metadata: Arc::new(module), name, index: OnceCell::new(), canon: OnceCell::new(), generic_counts: OnceCell::new() })
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| {
            let m = &*self.metadata;
            let mut ix = Index::default();
            // Rows that do not decode are not found by name: whoever asks gets a missing-type error.
            for id in m.nested_classes() {
                if let Ok(row) = m.nested_class(id) {
                    ix.enclosing.insert(row.nested, row.enclosing);
                    if let Ok(def) = m.type_def(row.nested) {
                        let inner = ix.nested.entry(row.enclosing).or_default();
                        inner.entry(nested_name(def.namespace, def.name)).or_insert(row.nested);
                    }
                }
            }
            for id in m.type_defs() {
                if let Ok(row) = m.type_def(id)
                    && !ix.enclosing.contains_key(&id)
                {
                    let ns = ix.top_level.entry(row.namespace.to_owned()).or_default();
                    ns.entry(row.name.to_owned()).or_insert(id);
                }
            }
            for id in m.exported_types() {
                if let Ok(row) = m.exported_type(id)
                    && !matches!(row.implementation, Implementation::ExportedType(_))
                {
                    let ns = ix.exported.entry(row.namespace.to_owned()).or_default();
                    ns.entry(row.name.to_owned()).or_insert(id);
                }
            }
            ix
        })
    }

    pub(crate) fn find_top_level(&self, ns: &str, name: &str) -> Option<TypeDefId> {
        self.index().top_level.get(ns)?.get(name).copied()
    }

    pub(crate) fn find_nested(&self, outer: TypeDefId, name: &str) -> Option<TypeDefId> {
        self.index().nested.get(&outer)?.get(name).copied()
    }

    pub(crate) fn find_exported(&self, ns: &str, name: &str) -> Option<ExportedTypeId> {
        self.index().exported.get(ns)?.get(name).copied()
    }

    pub(crate) fn enclosing(&self, def: TypeDefId) -> Option<TypeDefId> {
        self.index().enclosing.get(&def).copied()
    }

    /// Row of `System.__Canon` when this is the class library.
    pub(crate) fn canon_def(&self) -> Option<TypeDefId> {
        *self.canon.get_or_init(|| self.find_top_level("System", "__Canon"))
    }

    fn generic_counts(&self) -> &(Vec<u16>, Vec<u16>) {
        use kiln_metadata::TypeOrMethodDef as O;
        self.generic_counts.get_or_init(|| {
            let m = &*self.metadata;
            let mut types = vec![0u16; m.type_defs().len() + 1];
            let mut methods = vec![0u16; m.method_defs().len() + 1];
            for id in m.generic_params() {
                let Ok(row) = m.generic_param(id) else { continue };
                let slot = match row.owner {
                    O::TypeDef(t) => types.get_mut(t.0 as usize),
                    O::MethodDef(d) => methods.get_mut(d.0 as usize),
                };
                if let Some(slot) = slot {
                    *slot = (*slot).max(row.number.saturating_add(1));
                }
            }
            (types, methods)
        })
    }

    pub(crate) fn type_generic_count(&self, def: TypeDefId) -> usize {
        self.generic_counts().0.get(def.0 as usize).map_or(0, |&n| usize::from(n))
    }

    pub(crate) fn method_generic_count(&self, def: kiln_metadata::MethodDefId) -> usize {
        self.generic_counts().1.get(def.0 as usize).map_or(0, |&n| usize::from(n))
    }
}

/// Nested types have no namespace as a rule; when one has, it is part of the name.
pub(crate) fn nested_name(ns: &str, name: &str) -> String {
    if ns.is_empty() { name.to_owned() } else { format!("{ns}.{name}") }
}
