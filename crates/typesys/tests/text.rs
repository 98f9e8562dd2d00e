//! Text tests of the type system (`tests/layout`, `vtable`, `dispatch`, `casts`, `canon`, `facts`, `loads`, `access`, `native`), on the tests' own class library.

#![forbid(unsafe_code)]

use kiln_metadata::{MemberRefId, Table};
use kiln_testkit::corelib::{method_named, methods, type_named, types};
use kiln_testkit::{Case, Outcome, run_with};
use kiln_typesys::{AbiClass, FieldForm, HiddenParam, Layout, NoForm, ParamMarshal, Refused, Resolved, TypeDesc, TypeSystem, VtableEntry};
use libtest_mimic::{Failed, Trial};
use std::fmt::Write as _;
use std::process::ExitCode;

const IL: &[&str] = &["il"];

fn main() -> ExitCode {
    let stages = [
        ("layout", IL),
        ("vtable", IL),
        ("dispatch", IL),
        ("casts", IL),
        ("canon", IL),
        ("facts", IL),
        ("loads", IL),
        ("access", IL),
        ("native", IL),
    ];
    let refused = Trial::test("a_class_library_without_a_well_known_type_is_refused_by_its_name", || incomplete().map_err(Failed::from));
    run_with(&stages, vec![refused], |case| {
        let ts = case.universe()?;
        let mut out = String::new();
        let mut wanted = types(&ts);
        for name in &case.header.instances.0 {
            if !name.contains("::") {
                wanted.push(type_named(&ts, name)?);
            }
        }
        let asked = wanted.clone();
        wanted.retain(|t| case.header.wanted(&ts.type_display(*t)));
        match case.header.test.as_str() {
            "casts" => casts(&ts, case, &mut out)?,
            "canon" => canon(&ts, case, &mut out)?,
            "access" => access(&ts, &wanted, &mut out),
            "loads" => loads(&ts, case, &wanted, &mut out)?,
            stage => {
                if stage == "facts" {
                    module_facts(&ts, &mut out);
                }
                for t in wanted {
                    match stage {
                        "layout" => layout(&ts, t, &mut out),
                        "vtable" => vtable(&ts, t, &mut out),
                        "facts" => facts(&ts, t, &mut out),
                        "native" => native(&ts, t, &mut out),
                        _ => dispatch(&ts, t, &asked, &mut out),
                    }
                }
            }
        }
        Ok(Outcome::Text(out))
    })
}

/// The error names the first type that is missing, whatever else is.
fn incomplete() -> Result<(), String> {
    let text = ".assembly System.Private.CoreLib {} .class public System.Object {}";
    let bytes = kiln_testkit::corelib::assemble_test("core", text)?;
    let module = kiln_metadata::Module::parse(bytes).map_err(|e| e.to_string())?;
    match TypeSystem::new(vec![module]) {
        Err(kiln_typesys::TypeSysError::MissingWellKnown(name)) if name == "System.String" => Ok(()),
        other => Err(format!("{:?}", other.map(|_| "a type system"))),
    }
}

fn field_line(ts: &TypeSystem, f: kiln_typesys::FieldDesc, offset: u32, out: &mut String) {
    let ty = ts.field_type(f).map_or_else(|e| format!("<{e}>"), |t| ts.type_display(t));
    let _ = writeln!(out, "  {offset:4}  {} : {ty}", ts.field_name(f));
}

/// Size, alignment, references, the way of passing, fields; then statics.
fn layout(ts: &TypeSystem, t: TypeDesc, out: &mut String) {
    if ts.contains_vars(t) || ts.is_interface(t) || ts.type_display(t) == "<Module>" {
        return;
    }
    let name = ts.type_display(t);
    if let Err(e) = ts.check_type(t) {
        let _ = writeln!(out, "{name}: does not load: {e}");
        return;
    }
    match ts.layout(t) {
        Ok(l) => instance_layout(ts, t, &name, &l, out),
        Err(e) => {
            let _ = writeln!(out, "{name}: {e}");
        }
    }
    for (kind, statics) in [("statics", ts.static_layout(t)), ("thread statics", ts.thread_static_layout(t))] {
        match statics {
            Ok(s) if s.fields.is_empty() => {}
            Ok(s) => {
                let _ = writeln!(out, "  {kind}: size {}, align {}, references at {:?}", s.size, s.align, s.refs);
                s.fields.iter().for_each(|(f, offset)| field_line(ts, *f, *offset, out));
            }
            Err(e) => {
                let _ = writeln!(out, "  {kind}: {e}");
            }
        }
    }
}

fn instance_layout(ts: &TypeSystem, t: TypeDesc, name: &str, l: &Layout, out: &mut String) {
    let _ = write!(out, "{name}: size {}, align {}, references at {:?}", l.size, l.align, l.refs);
    if l.overlapping {
        let _ = write!(out, ", overlapping");
    }
    if l.by_ref_like {
        let _ = write!(out, ", by-ref-like");
    }
    if ts.is_value_type(t) {
        let passed = match ts.abi_class(t) {
            Ok(AbiClass::Scalar) => "as a scalar".to_owned(),
            Ok(AbiClass::Memory) => "in memory".to_owned(),
            Ok(AbiClass::Scalars(leaves)) => {
                let leaves: Vec<String> = leaves.iter().map(|(at, ty)| format!("{} at {at}", ts.type_display(*ty))).collect();
                format!("as {}", leaves.join(" and "))
            }
            Err(e) => format!("<{e}>"),
        };
        let _ = writeln!(out, ", passed {passed}");
    } else {
        let _ = writeln!(out, ", base size {}", ts.base_size(t).map_or_else(|e| format!("<{e}>"), |n| n.to_string()));
    }
    if let Some(n) = ts.inline_array_length(t) {
        let _ = writeln!(out, "  inline array of {n}");
    }
    l.fields.iter().for_each(|(f, offset)| field_line(ts, *f, *offset, out));
}

/// What a type is to native code: as a structure, and what its methods say of their parameters.
fn native(ts: &TypeSystem, t: TypeDesc, out: &mut String) {
    let name = ts.type_display(t);
    match ts.native_form(t) {
        Ok(form) => {
            let same = if form.same { ", the same" } else { "" };
            let blittable = if form.is_blittable() { ", blittable" } else { "" };
            let _ = writeln!(out, "{name}: size {}, align {}{same}{blittable}", form.size, form.align);
            for f in form.fields {
                let _ = writeln!(out, "  {:4} -> {:4}  {}", f.managed, f.native, field_form(ts, &f.how));
            }
        }
        Err(NoForm::Layout) => {
            let _ = writeln!(out, "{name}: no structure");
        }
        Err(NoForm::Field(f, why)) => {
            let _ = writeln!(out, "{name}: {}: {why}", ts.field_name(f));
        }
    }
    if ts.is_derived_from_safe_handle(t) {
        let _ = writeln!(out, "  a safe handle");
    }
    const POINTER: &str = "System.Runtime.InteropServices.UnmanagedFunctionPointerAttribute";
    if ts.has_attribute(t, POINTER) {
        let [set, error, none] = ["CharSet", "SetLastError", "BestFitMapping"].map(|n| ts.attribute_number(t, POINTER, n));
        let _ = writeln!(out, "  function pointer: character set {set:?}, last error {error:?}, best fit {none:?}");
    }
    for &m in ts.methods(t).iter() {
        let count = ts.method_sig(m).map_or(0, |sig| sig.params.len());
        for (n, p) in (0..=count).map(|n| (n, ts.param_marshal(m, n))).filter(|(_, p)| *p != ParamMarshal::default()) {
            let _ = writeln!(out, "  {}: {n}: {:?}, in {}, out {}", ts.method_name(m), p.descriptor, p.is_in, p.is_out);
        }
    }
}

fn field_form(ts: &TypeSystem, how: &FieldForm) -> String {
    match how {
        FieldForm::InlineArray { array, count, size, element } => {
            format!("{count} of {} in place, {size} each: {}", ts.type_display(*array), field_form(ts, element))
        }
        FieldForm::Struct(t) => format!("structure {}", ts.type_display(*t)),
        FieldForm::Class(t) => format!("structure of {}", ts.type_display(*t)),
        FieldForm::Delegate(t) => format!("function {}", ts.type_display(*t)),
        other => format!("{other:?}"),
    }
}

/// The module's initialiser, and what its references to members are.
fn module_facts(ts: &TypeSystem, out: &mut String) {
    let Some(module) = ts.modules().into_iter().next() else { return };
    let initialised = ts.initialized_module(module).map_or("none".to_owned(), |t| ts.type_display(t));
    let _ = writeln!(out, "module: initialised by {initialised}");
    let metadata = ts.module(module);
    for n in 0..metadata.row_count(Table::MemberRef) as usize {
        let token = MemberRefId::from_index(n).token();
        let name = metadata.member_ref(MemberRefId::from_index(n)).map_or("?", |row| row.name);
        let _ = writeln!(out, "  member {name}: field {}, method {}", ts.is_field_token(module, token), ts.is_method_token(module, token));
    }
}

/// Every slot: which declaration it is, and which method fills it.
fn vtable(ts: &TypeSystem, t: TypeDesc, out: &mut String) {
    let name = ts.type_display(t);
    if name == "<Module>" {
        return;
    }
    let _ = writeln!(out, "{name}:");
    match ts.vtable(t) {
        Ok(v) => {
            for (n, entry) in v.iter().enumerate() {
                let _ = match entry {
                    VtableEntry::Method(slot) => {
                        let filled = if slot.decl == slot.imp { String::new() } else { format!(" = {}", ts.method_display(slot.imp)) };
                        writeln!(out, "  {n:2}  {}{filled}", ts.method_display(slot.decl))
                    }
                    VtableEntry::Dictionary(owner) => writeln!(out, "  {n:2}  dictionary of {}", ts.type_display(*owner)),
                };
            }
        }
        Err(e) => {
            let _ = writeln!(out, "  {e}");
        }
    }
}

/// What is asked of types and members one by one.
fn facts(ts: &TypeSystem, t: TypeDesc, out: &mut String) {
    let says =
        |list: &[(&'static str, bool)]| -> String { list.iter().filter(|(_, is)| *is).map(|(word, _)| format!(" {word}")).collect() };
    let method = |m: Option<kiln_typesys::MethodDesc>| m.map_or("none".to_owned(), |m| ts.method_display(m));
    let kinds = says(&[
        ("interface", ts.is_interface(t)),
        ("abstract", ts.is_abstract(t)),
        ("sealed", ts.is_sealed(t)),
        ("value", ts.is_value_type(t)),
        ("enum", ts.is_enum(t)),
        ("delegate", ts.is_delegate(t)),
        ("by-ref-like", ts.is_by_ref_like(t)),
        ("generic", ts.is_generic(t)),
        ("before-field-init", ts.is_before_field_init(t)),
    ]);
    let _ = writeln!(out, "{}:{kinds}, {} parameters {:?}", ts.type_display(t), ts.generic_param_count(t), ts.variance(t));
    let named = |t: Option<TypeDesc>| t.map_or("none".to_owned(), |t| ts.type_display(t));
    let _ =
        writeln!(out, "  base {}, in {}, underlying {}", named(ts.base_type(t)), named(ts.enclosing_type(t)), named(ts.enum_underlying(t)));
    if ts.is_vector_interface(t) {
        let _ = writeln!(out, "  an interface of vectors");
    }
    if ts.reduced_element(t) != t {
        let _ = writeln!(out, "  in vectors like {}", ts.type_display(ts.reduced_element(t)));
    }
    let _ = writeln!(
        out,
        "  constructors {} and {}, finalizer {}",
        method(ts.default_ctor(t)),
        method(ts.has_cctor(t)),
        method(ts.finalizer(t))
    );
    for &f in ts.fields(t).iter() {
        let kinds = says(&[
            ("static", ts.is_static(f)),
            ("literal", ts.is_literal(f)),
            ("init-only", ts.is_init_only(f)),
            ("thread-static", ts.is_thread_static(f)),
            ("rva", ts.has_rva(f)),
        ]);
        let _ = writeln!(out, "  field {}:{kinds} {:?}", ts.field_name(f), ts.rva_data(f));
    }
    for &m in ts.methods(t).iter() {
        let kinds = says(&[
            ("static", ts.is_static_method(m)),
            ("virtual", ts.is_virtual(m)),
            ("abstract", ts.is_abstract_method(m)),
            ("final", ts.is_final(m)),
            ("newslot", ts.is_newslot(m)),
            ("ctor", ts.is_ctor(m)),
            ("cctor", ts.is_cctor(m)),
            ("pinvoke", ts.is_pinvoke(m)),
            ("internal-call", ts.is_internal_call(m)),
            ("runtime", ts.is_runtime_impl(m)),
            ("no-inlining", ts.is_no_inlining(m)),
            ("aggressive-inlining", ts.is_aggressive_inlining(m)),
            ("synchronized", ts.is_synchronized(m)),
            ("intrinsic", ts.is_intrinsic(m)),
            ("invoke", ts.is_delegate_invoke(m)),
        ]);
        let _ =
            writeln!(out, "  method {} ({}):{kinds}, {} parameters", ts.method_display(m), ts.fcall_name(m), ts.method_generic_count(m));
        if let Some(map) = ts.impl_map(m) {
            let _ = writeln!(out, "    {} of {}", map.entry, map.library);
        }
        if ts.own_implementation(m) != m {
            let _ = writeln!(out, "    runs {}", ts.method_display(ts.own_implementation(m)));
        }
    }
}

/// What every method of every interface of a class is at run time, and of the interfaces asked for that it converts to by variance; and
/// every generic virtual method.
fn dispatch(ts: &TypeSystem, t: TypeDesc, asked: &[TypeDesc], out: &mut String) {
    let name = ts.type_display(t);
    if ts.is_interface(t) || name == "<Module>" {
        return;
    }
    let _ = writeln!(out, "{name}:");
    if let Err(e) = ts.try_interfaces(t) {
        let _ = writeln!(out, "  {e}");
    }
    let map = ts.interfaces(t);
    let variant = asked.iter().filter(|&&i| ts.is_interface(i) && !map.contains(&i) && ts.can_cast_to(t, i));
    for &interface in map.iter().chain(variant) {
        for &m in ts.methods(interface).iter() {
            if !ts.is_virtual(m) {
                continue;
            }
            let found = if ts.is_static_method(m) {
                ts.resolve_static_virtual(m, t).map_or("nothing".to_owned(), |m| ts.method_display(m))
            } else {
                match ts.resolve_interface(m, t) {
                    Resolved::Method(m) => ts.method_display(m),
                    Resolved::Default(m) => format!("default {}", ts.method_display(m)),
                    Resolved::Ambiguous => "ambiguous".to_owned(),
                    Resolved::None => "nothing".to_owned(),
                }
            };
            let _ = writeln!(out, "  {} -> {found}", ts.method_display(m));
        }
    }
    let mut at = Some(t);
    while let Some(level) = at {
        for &m in ts.methods(level).iter() {
            if ts.is_virtual(m) && ts.is_newslot(m) && ts.method_generic_count(m) > 0 {
                let found = ts.resolve_virtual(m, t).map_or("nothing".to_owned(), |m| ts.method_display(m));
                let _ = writeln!(out, "  {} -> {found}", ts.method_display(m));
            }
        }
        at = ts.base_type(level);
    }
}

/// Whether the runtime would load the types and the methods asked for, and what it says if not.
fn loads(ts: &TypeSystem, case: &Case, wanted: &[TypeDesc], out: &mut String) -> Result<(), String> {
    for &t in wanted {
        let _ = writeln!(out, "{}: {}", ts.type_display(t), ts.check_loads(t).map_or_else(|e| e.to_string(), |()| "loads".to_owned()));
    }
    for name in case.header.instances.0.iter().filter(|name| name.contains("::")) {
        let m = method_named(ts, name)?;
        let said = ts.check_method_loads(m).map_or_else(|e| e.to_string(), |()| "loads".to_owned());
        let _ = writeln!(out, "{}: {said}", ts.method_display(m));
    }
    Ok(())
}

/// What the methods called `Here` may not name of the types at hand and of their members; and whose code is asked at all.
fn access(ts: &TypeSystem, wanted: &[TypeDesc], out: &mut String) {
    for module in ts.modules() {
        let _ = writeln!(out, "{} is checked: {}", ts.assembly_name(module), ts.checks_access(module));
    }
    let visible = wanted.iter().filter(|&&t| ts.is_visible(t)).map(|&t| ts.type_display(t)).collect::<Vec<_>>();
    let _ = writeln!(out, "everybody may name {}", visible.join(", "));
    for &from in wanted {
        for &m in ts.methods(from).iter().filter(|&&m| ts.method_name(m) == "Here") {
            let _ = writeln!(out, "{}:", ts.method_display(m));
            for &t in wanted {
                let arrays = [t, ts.sz_array(t)];
                let types = arrays.into_iter().map(|t| ts.refused_type(m, t));
                let methods = ts.methods(t).to_vec().into_iter().map(|other| ts.refused_method(m, other));
                let fields = ts.fields(t).to_vec().into_iter().map(|f| ts.refused_field(m, f));
                for refused in types.chain(methods).chain(fields).flatten() {
                    let _ = match refused {
                        Refused::Type(text) => writeln!(out, "  type: {text}"),
                        Refused::Method(text) => writeln!(out, "  method: {text}"),
                        Refused::Field(text) => writeln!(out, "  field: {text}"),
                    };
                }
            }
        }
    }
}

/// For each of the named types, which of the others a value of it can be cast to.
fn casts(ts: &TypeSystem, case: &Case, out: &mut String) -> Result<(), String> {
    let all = case.header.instances.0.iter().map(|name| type_named(ts, name)).collect::<Result<Vec<_>, _>>()?;
    for &from in &all {
        let to: Vec<String> = all.iter().filter(|to| **to != from && ts.can_cast_to(from, **to)).map(|to| ts.type_display(*to)).collect();
        let list = if to.is_empty() { "nothing else".to_owned() } else { to.join(", ") };
        let _ = writeln!(out, "{} -> {list}", ts.type_display(from));
    }
    Ok(())
}

/// Canonical forms of the named types and methods, and what their shared code is told about its type arguments.
fn canon(ts: &TypeSystem, case: &Case, out: &mut String) -> Result<(), String> {
    for name in case.header.instances.0.iter().filter(|name| !name.contains("::")) {
        let t = type_named(ts, name)?;
        let _ = writeln!(out, "{}: {}", ts.type_display(t), ts.type_display(ts.canonical_type(t)));
    }
    for m in methods(ts, &case.header)?.into_iter().filter(|m| !ts.contains_vars_method(*m)) {
        let shared = ts.canonical_method(m);
        let hidden = match ts.hidden_param(shared) {
            HiddenParam::None => "nothing",
            HiddenParam::MethodTable => "its type",
            HiddenParam::MethodDictionary => "its dictionary",
        };
        let _ = writeln!(out, "{}: {} with {hidden}", ts.method_display(m), ts.method_display(shared));
        if ts.is_shared_method(shared) {
            let context = ts.shared_context(shared);
            let show = |list: &[TypeDesc]| list.iter().map(|t| ts.type_display(*t)).collect::<Vec<_>>().join(", ");
            let _ = writeln!(out, "  type arguments [{}], method arguments [{}]", show(&context.type_args), show(&context.method_args));
        }
    }
    Ok(())
}
