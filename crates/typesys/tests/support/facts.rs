//! What the type system says of a type, as text. Descs appear by name, for their numbers depend on the order of questions.

use kiln_il::{Operand, decode_body};
use kiln_metadata::Token;
use kiln_support::FxHashMap;
use kiln_typesys::{
    AbiClass, FieldDesc, GenericArgs, LocalType, MethodDesc, MethodSig, Resolved, TypeDesc, TypeSystem, VtableEntry, WellKnown,
};
use std::cell::RefCell;

use std::fmt::{Debug, Write as _};
use std::rc::Rc;

/// Attributes that the compiler asks for.
const ATTRIBUTES: [&str; 4] = [
    "System.Runtime.CompilerServices.IntrinsicAttribute",
    "System.Runtime.CompilerServices.IsByRefLikeAttribute",
    "System.Runtime.CompilerServices.InlineArrayAttribute",
    "System.ThreadStaticAttribute",
];

pub struct Facts<'a> {
    ts: &'a TypeSystem,
    /// Names are asked for again and again.
    types: RefCell<FxHashMap<TypeDesc, Rc<str>>>,
    methods: RefCell<FxHashMap<MethodDesc, Rc<str>>>,
}

/// Writing to a String does not fail.
macro_rules! say {
    ($out:expr, $($part:tt)*) => {{ let _ = write!($out, $($part)*); let _ = writeln!($out); }};
}

impl<'a> Facts<'a> {
    pub fn new(ts: &'a TypeSystem) -> Self {
        Self { ts, types: RefCell::default(), methods: RefCell::default() }
    }

    fn ty(&self, t: TypeDesc) -> Rc<str> {
        self.types.borrow_mut().entry(t).or_insert_with(|| self.ts.type_name(t).into()).clone()
    }

    fn method(&self, m: MethodDesc) -> Rc<str> {
        self.methods.borrow_mut().entry(m).or_insert_with(|| self.ts.method_name_full(m).into()).clone()
    }

    fn field(&self, f: FieldDesc) -> String {
        format!("{}::{}", self.ty(self.ts.field_owner(f)), self.ts.field_name(f))
    }

    fn tys<'t>(&self, list: impl IntoIterator<Item = &'t TypeDesc>) -> Vec<Rc<str>> {
        list.into_iter().map(|t| self.ty(*t)).collect()
    }

    fn sig(&self, s: &MethodSig) -> String {
        format!("{} {} {} {} {:?}", s.has_this, s.call_conv, s.generic_count, self.ty(s.ret), self.tys(&s.params))
    }

    fn or_error<T, E: Debug>(&self, r: Result<T, E>, text: impl FnOnce(T) -> String) -> String {
        r.map_or_else(|e| format!("{e:?}"), text)
    }

    /// Names, kind, base, interfaces, special methods.
    pub fn of_type(&self, t: TypeDesc) -> String {
        let ts = self.ts;
        let mut out = String::new();
        let some = |m: Option<MethodDesc>| m.map(|m| self.method(m));
        say!(out, "{} {} {:?} {:?}", self.ty(t), ts.type_display(t), ts.namespace_and_name(t), ts.type_class(t));
        say!(out, "{:?} {} {} {}", ts.prim(t), ts.type_flags(t), ts.type_depth(t), ts.generic_param_count(t));
        say!(out, "{} {} {} {}", ts.is_value_type(t), ts.is_interface(t), ts.is_abstract(t), ts.is_sealed(t));
        say!(out, "{} {} {} {}", ts.is_delegate(t), ts.is_enum(t), ts.is_nullable(t), ts.is_by_ref_like(t));
        say!(out, "{} {} {:?}", ts.is_array(t), ts.is_generic(t), ts.enum_underlying(t).map(|t| self.ty(t)));
        say!(out, "{:?} {:?}", ts.variance(t), ts.enclosing_type(t).map(|t| self.ty(t)));
        say!(out, "{:?} {:?}", ts.base_type(t).map(|t| self.ty(t)), self.tys(ts.interfaces(t).iter()));
        say!(out, "{:?} {} {:?}", some(ts.has_cctor(t)), ts.is_before_field_init(t), some(ts.finalizer(t)));
        say!(out, "{:?} {:?}", some(ts.default_ctor(t)), some(ts.delegate_invoke(t)));
        let found = ts.type_def(t).map(|(module, _)| {
            let (namespace, name) = ts.namespace_and_name(t);
            (ts.assembly_name(module), ts.find_type(module, &namespace, &name).map(|t| self.ty(t)))
        });
        say!(out, "{found:?} {:?}", ts.element_type(t).map(|t| self.ty(t)));
        for made in [ts.sz_array(t), ts.md_array(t, 2), ts.byref(t), ts.ptr(t)] {
            say!(out, "{} {:?} {:?}", self.ty(made), ts.type_class(made), ts.element_type(made).map(|t| self.ty(t)));
        }
        for attribute in ATTRIBUTES {
            say!(out, "{} {:?}", ts.has_attribute(t, attribute), ts.custom_attribute(t, attribute));
        }
        out
    }

    /// Fields with types, flags and initial data.
    pub fn of_fields(&self, t: TypeDesc) -> String {
        let ts = self.ts;
        let mut out = String::new();
        for &f in ts.fields(t).iter() {
            say!(out, "{} {} {:?}", self.field(f), ts.field_flags(f), ts.field_def(f).1);
            say!(out, "{}", self.or_error(ts.field_type(f), |t| self.ty(t).to_string()));
            say!(out, "{} {} {} {}", ts.is_static(f), ts.is_literal(f), ts.is_init_only(f), ts.is_thread_static(f));
            say!(out, "{} {:?}", ts.has_rva(f), ts.rva_data(f));
            say!(out, "{:?}", ts.find_field(t, &ts.field_name(f)).map(|f| self.field(f)));
        }
        out
    }

    /// Methods with names, flags, signatures.
    pub fn of_methods(&self, t: TypeDesc) -> String {
        let ts = self.ts;
        let mut out = String::new();
        for &m in ts.methods(t).iter() {
            say!(out, "{} {} {}", self.method(m), ts.method_display(m), ts.fcall_name(m));
            say!(out, "{:?} {}", ts.method_flags(m), ts.method_generic_count(m));
            say!(out, "{}", self.or_error(ts.method_sig(m), |s| self.sig(&s)));
            let asked = [
                ts.is_static_method(m),
                ts.is_virtual(m),
                ts.is_abstract_method(m),
                ts.is_final(m),
                ts.is_newslot(m),
                ts.is_ctor(m),
                ts.is_cctor(m),
                ts.is_pinvoke(m),
                ts.is_internal_call(m),
                ts.is_runtime_impl(m),
                ts.is_no_inlining(m),
                ts.sees_caller(m),
                ts.is_aggressive_inlining(m),
                ts.is_synchronized(m),
                ts.is_intrinsic(m),
                ts.is_delegate_invoke(m),
            ];
            say!(out, "{asked:?} {:?}", ts.impl_map(m));
            say!(out, "{:?} {}", ts.hidden_param(ts.canonical_method(m)), ts.method_name(m));
            let parameters = ts.method_sig(m).map_or(0, |s| s.params.len());
            say!(out, "{:?}", ts.find_method(t, &ts.method_name(m), parameters).map(|m| self.method(m)));
            for attribute in ATTRIBUTES {
                say!(out, "{} {:?}", ts.has_attribute(m, attribute), ts.custom_attribute(m, attribute));
            }
        }
        out
    }

    /// What the tokens of bodies stand for.
    pub fn of_bodies(&self, t: TypeDesc) -> String {
        let ts = self.ts;
        let mut out = String::new();
        let open = GenericArgs::empty();
        for &m in ts.methods(t).iter() {
            let Ok(Some(il)) = ts.method_body(m) else { continue };
            let Ok(body) = il.body() else { continue };
            let Ok(instrs) = decode_body(&body) else { continue };
            say!(out, "{} {}", self.method(m), body.code.len());
            if let Some(locals) = body.locals {
                let local = |l: &LocalType| format!("{} {}", self.ty(l.ty), l.pinned);
                let locals = ts.local_types(il.module, locals.token(), &open);
                say!(out, "{}", self.or_error(locals, |l| format!("{:?}", l.iter().map(local).collect::<Vec<_>>())));
            }
            let ty = |t: Token| self.or_error(ts.resolve_type(il.module, t, &open), |t| self.ty(t).to_string());
            let method = |t: Token| self.or_error(ts.resolve_method(il.module, t, &open), |m| self.method(m).to_string());
            let field = |t: Token| self.or_error(ts.resolve_field(il.module, t, &open), |f| self.field(f));
            for i in &instrs {
                match i.operand {
                    Operand::Type(t) => say!(out, "{}", ty(t.token())),
                    Operand::Method(t) => say!(out, "{}", method(t.token())),
                    Operand::Field(t) => say!(out, "{}", field(t.token())),
                    Operand::Sig(t) => {
                        say!(out, "{}", self.or_error(ts.resolve_sig(il.module, t.token(), &open), |s| self.sig(&s)));
                    }
                    Operand::Token(t) if ts.is_field_token(il.module, t.token()) => say!(out, "{}", field(t.token())),
                    Operand::Token(t) if ts.is_method_token(il.module, t.token()) => say!(out, "{}", method(t.token())),
                    Operand::Token(t) => say!(out, "{}", ty(t.token())),
                    _ => {}
                }
            }
        }
        out
    }

    /// Sizes and offsets.
    pub fn of_layout(&self, t: TypeDesc) -> String {
        let ts = self.ts;
        let mut out = String::new();
        let places = |list: &[(FieldDesc, u32)]| list.iter().map(|(f, at)| format!("{at} {}", ts.field_name(*f))).collect::<Vec<_>>();
        say!(out, "{} {:?}", self.ty(t), ts.check_type(t).is_ok());
        let layout = ts.layout(t);
        say!(
            out,
            "{}",
            self.or_error(layout, |l| {
                format!("{} {} {:?} {} {} {:?}", l.size, l.align, l.refs, l.overlapping, l.by_ref_like, places(&l.fields))
            })
        );
        for statics in [ts.static_layout(t), ts.thread_static_layout(t)] {
            say!(out, "{}", self.or_error(statics, |s| format!("{} {} {:?} {:?}", s.size, s.align, s.refs, places(&s.fields))));
        }
        say!(out, "{:?} {:?} {}", ts.value_size(t).ok(), ts.base_size(t).ok(), ts.contains_refs(t));
        let passed = match ts.abi_class(t) {
            Ok(AbiClass::Scalars(leaves)) => format!("{:?}", leaves.iter().map(|(at, t)| (*at, self.ty(*t))).collect::<Vec<_>>()),
            other => format!("{other:?}"),
        };
        say!(out, "{:?} {passed}", ts.inline_array_length(t));
        for &f in ts.fields(t).iter() {
            say!(out, "{:?}", ts.field_offset(f).ok());
        }
        out
    }

    /// Every slot.
    pub fn of_vtable(&self, t: TypeDesc) -> String {
        let ts = self.ts;
        let mut out = String::new();
        say!(out, "{} {:?} {:?}", self.ty(t), ts.vtable_len(t).ok(), ts.dictionary_slot(t));
        for entry in ts.vtable(t).iter().flat_map(|v| v.iter()) {
            match entry {
                VtableEntry::Method(slot) => say!(out, "{} {}", self.method(slot.decl), self.method(slot.imp)),
                VtableEntry::Dictionary(owner) => say!(out, "dictionary of {}", self.ty(*owner)),
            }
        }
        for &m in ts.methods(t).iter().filter(|m| ts.is_virtual(**m) && !ts.is_static_method(**m)) {
            if ts.is_interface(t) {
                say!(out, "{}", ts.interface_slot(m));
            } else {
                say!(out, "{:?}", ts.vtable_slot(m).ok());
            }
        }
        out
    }

    /// What interface and virtual methods are on the type.
    pub fn of_dispatch(&self, t: TypeDesc) -> String {
        let ts = self.ts;
        let mut out = String::new();
        if ts.is_interface(t) || ts.is_abstract(t) {
            return out;
        }
        let some = |m: Option<MethodDesc>| m.map(|m| self.method(m));
        for &interface in ts.interfaces(t).iter() {
            for &m in ts.methods(interface).iter().filter(|m| ts.is_virtual(**m)) {
                let found = if ts.is_static_method(m) {
                    format!("{:?}", some(ts.resolve_static_virtual(m, t)))
                } else {
                    match ts.resolve_interface(m, t) {
                        Resolved::Method(m) => self.method(m).to_string(),
                        Resolved::Default(m) => format!("default {}", self.method(m)),
                        other => format!("{other:?}"),
                    }
                };
                say!(out, "{} {found} {:?} {:?}", self.method(m), some(ts.interface_target(m, t)), some(ts.resolve_constrained(m, t)));
            }
        }
        for entry in ts.vtable(t).iter().flat_map(|v| v.iter()) {
            if let VtableEntry::Method(slot) = entry {
                say!(out, "{:?} {:?}", some(ts.resolve_virtual(slot.decl, t)), some(ts.resolve_constrained(slot.decl, t)));
                say!(out, "{}", ts.has_own_implementation(slot.decl, ts.canonical_type(t)));
            }
        }
        out
    }

    /// What a value of the type can be cast to: bases, interfaces, arrays of them, and the same over other arguments.
    pub fn of_casts(&self, t: TypeDesc) -> String {
        let ts = self.ts;
        let mut out = String::new();
        let mut to: Vec<TypeDesc> = ts.interfaces(t).to_vec();
        to.extend(ts.base_type(t));
        let definition = ts.generic_definition(t);
        let count = ts.type_args(definition).len();
        if count > 0 {
            let over = |known| ts.instantiate(definition, &vec![ts.well_known(known); count]);
            to.extend([WellKnown::Object, WellKnown::String, WellKnown::UInt32].map(over));
        }
        for other in to {
            say!(out, "{} {} {}", self.ty(other), ts.can_cast_to(t, other), ts.can_cast_to(other, t));
            say!(out, "{}", ts.can_cast_to(ts.sz_array(t), ts.sz_array(other)));
        }
        out
    }

    /// Canonical forms, and what shared code is told.
    pub fn of_canonical_form(&self, t: TypeDesc) -> String {
        let ts = self.ts;
        let mut out = String::new();
        say!(out, "{} {} {} {}", self.ty(t), self.ty(ts.canonical_type(t)), self.ty(ts.canonical_arg(t)), ts.contains_canon(t));
        say!(out, "{} {}", ts.contains_vars(t), ts.is_runtime_determined(t));
        for &m in ts.methods(t).iter() {
            let shared = ts.canonical_method(m);
            say!(out, "{} {} {:?}", self.method(shared), ts.is_shared_method(shared), ts.hidden_param(shared));
            if ts.is_shared_method(shared) && ts.contains_canon(t) {
                let context = ts.shared_context(shared);
                say!(out, "{:?} {:?}", self.tys(context.type_args.iter()), self.tys(context.method_args.iter()));
                let exact = GenericArgs::new(&ts.type_args(t), &context.method_args);
                let back = |t: &TypeDesc| self.ty(ts.substitute(*t, &exact));
                say!(out, "{:?}", context.type_args.iter().map(back).collect::<Vec<_>>());
                say!(out, "{}", ts.is_runtime_determined_method(ts.substitute_method(ts.method_definition(m), &context)));
            }
        }
        for &f in ts.fields(t).iter() {
            say!(out, "{} {}", self.field(ts.canonical_field(f)), ts.is_runtime_determined_field(f));
        }
        out
    }
}
