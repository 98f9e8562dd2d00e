//! What code that names members needs (`ldtoken`, ECMA-335 III.4.17), and the library of expression trees, which makes delegates,
//! lambdas and queries by reflection of its own.

use crate::graph::{NodeId, Reason};
use crate::worklist::Analyzer;
use kiln_lir::Sym;
use kiln_lower::objects_signature;
use kiln_typesys::{FieldDesc, MethodDesc, TypeDesc, TypeSystem};

impl Analyzer<'_> {
    /// Code names a method (`ldtoken`), as expression trees do.
    pub(crate) fn reflection_method_token(&mut self, m: MethodDesc, id: NodeId) {
        let ts = self.ts;
        self.candidate(ts.method_owner(m), id);
        for &a in ts.method_args(m).iter() {
            self.reach_sym(Sym::NecessaryType(a), id, Reason::Part);
        }
        if let Ok(sig) = ts.method_sig(m) {
            for p in sig.params.iter().chain([&sig.ret]) {
                self.keep_part(*p, id);
            }
        }
        if !ts.method_args(m).is_empty() && !ts.contains_vars_method(m) {
            self.members.generic_methods.insert(m, id);
        }
        if self.members.tokens.insert(m, id).is_none() && self.members.calls() {
            self.keep_code(m, id);
        }
    }

    /// Code names a field.
    pub(crate) fn reflection_field_token(&mut self, f: FieldDesc, id: NodeId) {
        let ts = self.ts;
        let owner = ts.field_owner(f);
        self.candidate(owner, id);
        let stored = ts.is_static(f) && !ts.is_literal(f) && !ts.is_thread_static(f) && !ts.has_rva(f);
        if stored && !ts.contains_vars(owner) {
            self.reach_sym(Sym::Statics(owner), id, Reason::Reflection);
        }
    }

    /// A method of Queryable asks a delegate over itself which method it is; the query then calls the Enumerable method of the same name.
    pub(super) fn keep_query(&mut self, m: MethodDesc, enumerable: TypeDesc, id: NodeId) {
        let ts = self.ts;
        let arguments = ts.method_args(m);
        self.candidate(ts.method_owner(m), id);
        self.candidate(enumerable, id);
        for found in ts.find_methods(enumerable, &ts.method_name(m)) {
            if ts.method_generic_count(found) != arguments.len() {
                continue;
            }
            let found = if arguments.is_empty() { found } else { ts.instantiate_method(found, enumerable, &arguments) };
            self.reflection_method_token(found, id);
        }
    }

    /// Delegates of a type can be made of functions of objects.
    pub(super) fn keep_objects_thunk(&mut self, t: TypeDesc, id: NodeId) {
        if let Some(thunk) = objects_thunk(self.ts, t) {
            self.reach_sym(Sym::ConstructedType(t), id, Reason::Reflection);
            self.reach_sym(thunk, id, Reason::Reflection);
        }
    }

    /// The library makes lambdas of a delegate type by a method of a generic type, which it finds by reflection.
    pub(super) fn keep_lambda(&mut self, delegate: TypeDesc, id: NodeId) {
        let ts = self.ts;
        if !ts.is_delegate(delegate) || ts.contains_vars(delegate) {
            return;
        }
        let Some(creator) = ts.find_type_by_full_name("System.Linq.Expressions.ExpressionCreator`1") else { return };
        let creator = ts.instantiate(creator, &[delegate]);
        self.reach_sym(Sym::ConstructedType(creator), id, Reason::Reflection);
        for create in ts.find_methods(creator, "CreateExpressionFunc") {
            self.reflection_method_token(create, id);
        }
    }
}

/// The delegate type of an expression tree's type: the library asks it for `Invoke`.
pub(super) fn expression_delegate(ts: &TypeSystem, t: TypeDesc) -> Option<TypeDesc> {
    let arguments = ts.type_args(t);
    let &[delegate] = arguments.as_ref() else { return None };
    (ts.is_delegate(delegate) && ts.namespace_and_name(t) == ("System.Linq.Expressions".to_owned(), "Expression`1".to_owned()))
        .then_some(delegate)
}

/// The thunk of delegates of a type that are made of a `Func<object[], object>`; `None` for other types, and where a parameter cannot
/// be an object.
#[must_use]
pub fn objects_thunk(ts: &TypeSystem, t: TypeDesc) -> Option<Sym> {
    if !ts.is_delegate(t) || ts.contains_vars(t) || ts.contains_canon(t) {
        return None;
    }
    let sig = ts.method_sig(ts.delegate_invoke(t)?).ok()?;
    objects_signature(ts, &sig).map(Sym::DelegateObjects)
}
