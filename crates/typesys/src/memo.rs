//! Memo tables of the `TypeSystem`: answers already computed, by subject.

use crate::desc::*;
use crate::error::{Result, TypeSysError};
use crate::native_form::{NativeForm, NoForm};
use crate::types::DefInfo;
use crate::vtable::Built;
use kiln_metadata::{FieldId, MethodDefId, TypeDefId};
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::hash::Hash;
use std::rc::Rc;
use std::sync::Arc;

/// A memo table that also knows what is being computed, so that cycles become errors instead of recursion.
#[derive(Debug)]
pub(crate) struct Table<K, V> {
    map: RefCell<FxHashMap<K, Option<V>>>,
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self { map: RefCell::default() }
    }
}

impl<K: Eq + Hash + Copy, V: Clone> Table<K, V> {
    /// The remembered answer, or `f`'s.
    pub(crate) fn get(&self, key: K, f: impl FnOnce() -> V) -> V {
        if let Some(Some(v)) = self.map.borrow().get(&key) {
            return v.clone();
        }
        let v = f();
        self.map.borrow_mut().insert(key, Some(v.clone()));
        v
    }
}

impl<K: Eq + Hash + Copy, V: Clone> Table<K, Result<V>> {
    /// The same where a question may lead back to itself.
    pub(crate) fn get_acyclic(&self, key: K, cycle: impl FnOnce() -> TypeSysError, f: impl FnOnce() -> Result<V>) -> Result<V> {
        match self.map.borrow().get(&key) {
            Some(Some(v)) => return v.clone(),
            Some(None) => return Err(cycle()),
            None => {}
        }
        self.map.borrow_mut().insert(key, None);
        let v = f();
        self.map.borrow_mut().insert(key, Some(v.clone()));
        v
    }
}

impl<K: Eq + Hash + Copy, V: Clone> Table<K, V> {
    /// The same where a question that leads back to itself has an answer.
    pub(crate) fn get_cyclic(&self, key: K, cycle: V, f: impl FnOnce() -> V) -> V {
        match self.map.borrow().get(&key) {
            Some(Some(v)) => return v.clone(),
            Some(None) => return cycle,
            None => {}
        }
        self.map.borrow_mut().insert(key, None);
        let v = f();
        self.map.borrow_mut().insert(key, Some(v.clone()));
        v
    }
}

/// All tables.
#[derive(Debug, Default)]
pub(crate) struct Memo {
    pub def_info: Table<(ModuleId, TypeDefId), Rc<DefInfo>>,
    pub type_refs: Table<(ModuleId, u32), Result<(ModuleId, TypeDefId)>>,
    pub type_specs: Table<(ModuleId, u32), Result<TypeDesc>>,
    pub member_methods: Table<(ModuleId, u32), Result<MethodDesc>>,
    pub member_fields: Table<(ModuleId, u32), Result<FieldDesc>>,
    pub method_specs: Table<(ModuleId, u32), Result<MethodDesc>>,
    pub open_sigs: Table<(ModuleId, MethodDefId), Result<Arc<MethodSig>>>,
    pub open_fields: Table<(ModuleId, FieldId), Result<TypeDesc>>,
    pub sigs: Table<MethodDesc, Result<Arc<MethodSig>>>,
    pub bases: Table<TypeDesc, Result<Option<TypeDesc>>>,
    pub interfaces: Table<TypeDesc, Result<Rc<[TypeDesc]>>>,
    pub listed_interfaces: Table<TypeDesc, Result<Rc<[TypeDesc]>>>,
    pub own_fields: Table<TypeDesc, Rc<[FieldDesc]>>,
    pub own_methods: Table<TypeDesc, Rc<[MethodDesc]>>,
    pub method_names: Table<(ModuleId, TypeDefId), Rc<FxHashMap<String, Vec<MethodDefId>>>>,
    pub canonical_args: Table<TypeDesc, TypeDesc>,
    pub canonical_types: Table<TypeDesc, TypeDesc>,
    pub variances: Table<(ModuleId, TypeDefId), Rc<[Variance]>>,
    pub layouts: Table<TypeDesc, Result<Rc<Layout>>>,
    pub native_forms: Table<(TypeDesc, u32), std::result::Result<Rc<NativeForm>, NoForm>>,
    pub holds_objects: Table<TypeDesc, Result<bool>>,
    pub statics: Table<(TypeDesc, bool), Result<Rc<StaticLayout>>>,
    pub thread_static: Table<(ModuleId, FieldId), bool>,
    pub intrinsic: Table<(ModuleId, MethodDefId), bool>,
    pub vtables: Table<TypeDesc, Result<Rc<[VtableEntry]>>>,
    pub built_vtables: Table<TypeDesc, Result<Rc<Built>>>,
    pub rules: Table<TypeDesc, Result<()>>,
    pub loads: Table<TypeDesc, Result<()>>,
    pub method_loads: Table<MethodDesc, Result<()>>,
    pub method_impls: Table<TypeDesc, Result<Rc<[(MethodDesc, MethodDesc)]>>>,
    pub interface_slots: Table<(ModuleId, MethodDefId), u32>,
    pub resolved: Table<(MethodDesc, TypeDesc), Resolved>,
    pub casts: Table<(TypeDesc, TypeDesc), bool>,
    pub type_names: Table<TypeDesc, Rc<str>>,
    pub method_full_names: Table<MethodDesc, Rc<str>>,
    /// Modules of the overlay.
    pub overlay_modules: RefCell<Vec<ModuleId>>,
    pub overlay: RefCell<FxHashMap<(ModuleId, MethodDefId), (ModuleId, MethodDefId)>>,
    /// Link names of methods that the overlay gives to the runtime.
    pub natives: RefCell<FxHashMap<(ModuleId, MethodDefId), Rc<str>>>,
}
