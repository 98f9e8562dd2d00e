//! Templates (`abi::templates`, ADR 0015): the canonical instantiations of the program, and signatures that say what differs between the
//! instantiations that share their code.
//!
//! From the types of the program over `__Canon` and the layouts of their dictionaries. A program without such types has none.

mod encode;

use crate::DataError;
use crate::image::Image;
use crate::record::{Address, Record};
use encode::Encoder;
use kiln_abi::templates as abi;
use kiln_analysis::GvmRow;
use kiln_lir::{LookupCtx, Sym};
use kiln_metadata::TypeOrMethodDef;
use kiln_support::FxHashSet;
use kiln_typesys::{GenericArgs, MethodDesc, Resolved, TypeDesc, TypeKind, TypeSystem, VtableEntry, WellKnown};

/// The symbol of the whole.
const ROOT: &str = "kiln_templates";

/// The runtime's code that makes what calls reach.
const GENERIC_VIRTUAL: &str = "kiln_generic_virtual";
const OF_VECTORS: &str = "kiln_of_vectors";

/// Whether a type is a template: an instantiation over `__Canon` that the program has, or the vector of `__Canon`.
fn is_template(image: &Image<'_>, t: TypeDesc) -> bool {
    let ts = image.ts;
    let vector = matches!(ts.kind(t), TypeKind::SzArray(e) if ts.is_well_known(e, WellKnown::Canon));
    let instantiation = ts.type_def(t).is_some() && !ts.type_args(t).is_empty();
    (vector || instantiation)
        && ts.contains_canon(t)
        && !ts.contains_vars(t)
        && ts.canonical_type(t) == t
        && (image.constructed.contains(&t) || ts.is_interface(t))
}

/// Emits everything; the symbol that the reflection data names.
pub(crate) fn emit(image: &mut Image<'_>) -> Result<Option<&'static str>, DataError> {
    let all: Vec<TypeDesc> = image.program.types.keys().copied().filter(|&t| is_template(image, t)).collect();
    // Generic virtual calls may come to the loader: of canonical forms, and on proxies.
    let proxies = image.program.reflection.as_ref().is_some_and(|plan| plan.proxies);
    let called = proxies || image.program.gvm.iter().any(|row| image.ts.is_shared_method(row.handle));
    if !called && !all.iter().any(|t| image.constructed.contains(t)) {
        return Ok(None);
    }
    let mut e = Encoder::new(image);
    let mut types = Record::default();
    for &t in &all {
        let fields = type_template(&mut e, t)?;
        types.push(fields);
    }
    let (generics, generic_count) = generics(&mut e);
    let (calls, call_count) = calls(&mut e);
    let (constraints, constraint_count) = constraints(&mut e);
    for &m in &e.image.program.method_dictionaries.clone() {
        if e.image.ts.is_shared_method(m) && e.image.ts.canonical_method(m) == m {
            e.method_index(m);
        }
    }
    let (methods, method_count) = methods(&mut e);
    let (thread_statics, thread_statics_count) = thread_statics(e.image);
    let comparers = comparers(e.image);
    let Encoder { image, pool, addresses, blobs, .. } = e;
    image.constant("templates:types", "template", 8, types);
    image.constant("templates:methods", "template", 8, methods);
    image.constant("templates:generics", "template", 8, generics);
    image.constant("templates:calls", "template", 8, calls);
    image.constant("templates:constraints", "template", 8, constraints);
    image.constant("templates:thread statics", "template", 8, thread_statics);
    let pool = Record::array::<*const u8>(pool.iter().map(|&t| image.method_table(t).into()));
    image.constant("templates:pool", "template", 8, pool);
    let addresses = Record::array::<*const u8>(addresses.iter().map(|a| a.clone().into()));
    image.constant("templates:addresses", "template", 8, addresses);
    image.constant("templates:blobs", "template", 8, Record::raw(blobs));
    let canon = image.method_table(image.ts.well_known(WellKnown::Canon));
    let r = Record::of(abi::TemplatesFields {
        types: "templates:types".into(),
        type_count: all.len() as u64,
        methods: "templates:methods".into(),
        method_count,
        generics: "templates:generics".into(),
        generic_count,
        calls: "templates:calls".into(),
        call_count,
        constraints: "templates:constraints".into(),
        constraint_count,
        thread_statics: "templates:thread statics".into(),
        thread_statics_count,
        pool: "templates:pool".into(),
        addresses: "templates:addresses".into(),
        blobs: "templates:blobs".into(),
        canon: canon.into(),
        comparers,
        generic_virtual: GENERIC_VIRTUAL.into(),
        of_vectors: OF_VECTORS.into(),
    });
    image.constant(ROOT, "template", 8, r);
    Ok(Some(ROOT))
}

/// The type over its own runtime-determined arguments.
fn determined(ts: &TypeSystem, t: TypeDesc) -> TypeDesc {
    if let TypeKind::SzArray(canon) = ts.kind(t) {
        let var = ts.intern(TypeKind::Var(0));
        return ts.sz_array(ts.intern(TypeKind::RuntimeDetermined { var, canon }));
    }
    let args: Vec<TypeDesc> = ts
        .type_args(t)
        .iter()
        .enumerate()
        .map(|(i, &canon)| match ts.contains_canon(canon) {
            true => ts.intern(TypeKind::RuntimeDetermined { var: ts.intern(TypeKind::Var(i as u32)), canon }),
            false => canon,
        })
        .collect();
    ts.instantiate(ts.generic_definition(t), &args)
}

fn type_template(e: &mut Encoder<'_, '_>, t: TypeDesc) -> Result<abi::TypeTemplateFields<Address>, DataError> {
    let ts = e.image.ts;
    let open = determined(ts, t);
    let supertypes = supertypes(e, open);
    let dispatch = dispatch(e, t, open);
    let layout = e.image.program.layouts.get(&LookupCtx::Type(t));
    let dictionary = e.slots(layout);
    let vtable = if e.image.constructed.contains(&t) { ts.vtable(t)?.to_vec() } else { Vec::new() };
    let own = |d: TypeDesc| ts.type_def(d) == ts.type_def(t);
    let mut dictionary_slot = abi::NO_SLOT;
    let mut inherited = Vec::new();
    for (i, entry) in vtable.iter().enumerate() {
        match entry {
            VtableEntry::Dictionary(d) if own(*d) => dictionary_slot = i as u32,
            VtableEntry::Dictionary(d) if ts.contains_canon(*d) => inherited.push(i as u32),
            _ => {}
        }
    }
    let mut blob = Record::array::<u16>([inherited.len() as u16]);
    blob.items::<u32>(inherited);
    let inherited = e.blob(blob);
    let statics = e.image.statics.contains(&t);
    let layout = if statics { Some(ts.static_layout(t)?) } else { None };
    let static_refs = layout.as_ref().map(|l| {
        let refs = [l.refs.len() as u32].into_iter().chain(l.refs.iter().copied());
        e.image.numbers::<u32>(refs, "template")
    });
    let thread_statics = e.image.program.thread_statics.contains(&t).then(|| e.image.name(&Sym::ThreadStatics(t)));
    Ok(abi::TypeTemplateFields {
        table: e.image.name(&Sym::NecessaryType(t)).into(),
        supertypes,
        dispatch,
        dictionary,
        dictionary_slot,
        inherited,
        statics_size: layout.map_or(0, |l| l.size),
        statics: statics.then(|| e.image.name(&Sym::Statics(t))).into(),
        static_refs: static_refs.into(),
        thread_statics: thread_statics.into(),
    })
}

fn supertypes(e: &mut Encoder<'_, '_>, open: TypeDesc) -> u32 {
    let ts = e.image.ts;
    let mut blob = Record::default();
    let base = ts.base_type(open);
    blob.items::<u8>([u8::from(base.is_some())]);
    if let Some(base) = base {
        e.ty(base, &mut blob);
    }
    let all = ts.interfaces(open);
    let interfaces: Vec<TypeDesc> = all.iter().copied().filter(|&i| !ts.is_array(open) || !ts.is_vector_interface(i)).collect();
    blob.items::<u16>([interfaces.len() as u16]);
    for i in interfaces {
        e.ty(i, &mut blob);
    }
    e.blob(blob)
}

/// The rows of the template's dispatch map over the parameters.
fn dispatch(e: &mut Encoder<'_, '_>, t: TypeDesc, open: TypeDesc) -> u32 {
    let ts = e.image.ts;
    let Some(rows) = e.image.program.dispatch.get(&t) else { return 0 };
    // The parameter of a vector is its element.
    let type_args = ts.element_type(t).map_or_else(|| ts.type_args(t), |e| [e].into());
    let args = GenericArgs { type_args, ..GenericArgs::default() };
    let mut blob = Record::default();
    let mut count = 0u16;
    // An interface has rows for vectors.
    let vectors = Some(open).filter(|&t| ts.is_interface(t));
    let receiver = vectors.and_then(|t| ts.type_args(t).first().map(|&e| ts.sz_array(e))).unwrap_or(open);
    for &interface in vectors.iter().chain(ts.interfaces(open).iter()) {
        let over_canon = ts.substitute(interface, &args);
        for row in rows.iter().filter(|r| r.interface == over_canon) {
            count += 1;
            e.ty(interface, &mut blob);
            blob.items::<u16>([row.slot as u16]);
            let found = method_in_slot(ts, interface, row.slot).map(|m| ts.resolve_interface(m, receiver));
            match (found, &row.target) {
                (Some(Resolved::Method(m) | Resolved::Default(m)), _) if !ts.is_value_type(ts.method_owner(m)) => e.entry(m, &mut blob),
                (_, Some(target)) => e.code(target, &mut blob),
                (_, None) => blob.items::<u8>([abi::slot::NONE]),
            }
        }
    }
    let mut out = Record::array::<u16>([count]);
    out.items::<u8>(blob.into_parts().0);
    e.blob(out)
}

/// The method of an interface with a slot number.
fn method_in_slot(ts: &TypeSystem, interface: TypeDesc, slot: u32) -> Option<MethodDesc> {
    let definition = ts.generic_definition(interface);
    let all = ts.methods(definition);
    let m = all.iter().copied().find(|&m| ts.is_virtual(m) && !ts.is_static_method(m) && ts.interface_slot(m) == slot)?;
    Some(ts.method_on(m, interface))
}

/// Generic virtual methods whose receiver or handle is a template.
fn generics(e: &mut Encoder<'_, '_>) -> (Record, u64) {
    let mut out = Record::default();
    for row in &e.image.program.gvm {
        let ts = e.image.ts;
        let shared_handle = ts.is_shared_method(row.handle);
        let is_canonical = |t: TypeDesc| !ts.contains_canon(t) || ts.canonical_type(t) == t;
        if !ts.contains_canon(row.receiver) && !shared_handle || !is_canonical(row.receiver) {
            continue;
        }
        if shared_handle && ts.canonical_method(row.handle) != row.handle {
            continue;
        }
        let (Some(receiver), Some(target)) = (e.image.method_table(row.receiver), &row.target) else { continue };
        let arguments = if shared_handle { 0 } else { e.arguments_alone(row.handle) };
        let mut targets = alternatives(e, row);
        if targets.is_empty() {
            targets.push((0, target.clone()));
        }
        for (interface, target) in targets {
            let (method, target) = match &target {
                Sym::MethodEntry(m) | Sym::UnboxingStub(m) if ts.is_shared_method(*m) => {
                    let canonical = ts.canonical_method(*m);
                    let with = |m| if matches!(target, Sym::MethodEntry(_)) { Sym::MethodEntry(m) } else { Sym::UnboxingStub(m) };
                    (e.method_index(canonical), with(canonical))
                }
                s => (abi::NO_METHOD, s.clone()),
            };
            out.push(abi::GenericVirtualTemplateFields {
                receiver: receiver.clone().into(),
                handle: e.image.name(&Sym::GvmHandle(row.handle)).into(),
                code: e.image.code(&target).into(),
                arguments,
                method,
                interface,
                reserved: 0,
            });
        }
    }
    let count = out.count::<abi::GenericVirtualTemplate>();
    (out, count)
}

/// The implementations of a method for each of the interfaces that have the canonical form of its owner, if a template has several; interfaces over
/// the template's parameters.
fn alternatives(e: &mut Encoder<'_, '_>, row: &GvmRow) -> Vec<(u32, Sym)> {
    let ts = e.image.ts;
    let owner = ts.method_owner(row.handle);
    if !ts.contains_canon(row.receiver) || !ts.contains_canon(owner) || !ts.is_interface(owner) {
        return Vec::new();
    }
    let open = determined(ts, row.receiver);
    let all: Vec<TypeDesc> = ts.interfaces(open).iter().copied().filter(|&i| ts.canonical_type(i) == owner).collect();
    if all.len() < 2 {
        return Vec::new();
    }
    let mut out = Vec::new();
    for interface in all {
        let (Resolved::Method(m) | Resolved::Default(m)) = ts.resolve_interface(ts.method_on(row.handle, interface), open) else {
            continue;
        };
        let mut blob = Record::default();
        e.ty(interface, &mut blob);
        let unboxes = ts.is_value_type(ts.method_owner(m));
        let canonical = ts.canonical_method(m);
        out.push((e.blob(blob), if unboxes { Sym::UnboxingStub(canonical) } else { Sym::MethodEntry(canonical) }));
    }
    out
}

/// Calls of generic virtual methods whose canonical form the program has a handle of.
fn calls(e: &mut Encoder<'_, '_>) -> (Record, u64) {
    let mut out = Record::default();
    let handles: FxHashSet<MethodDesc> = e.image.program.gvm_handles.iter().copied().collect();
    for &m in &e.image.program.gvm_handles {
        let canonical = e.image.ts.canonical_method(m);
        if canonical == m || !handles.contains(&canonical) || e.image.ts.is_shared_method(m) {
            continue;
        }
        let arguments = e.arguments_alone(m);
        let name = |m| e.image.name(&Sym::GvmHandle(m)).into();
        out.push(abi::GenericVirtualCallFields { handle: name(m), canonical: name(canonical), arguments, reserved: 0 });
    }
    let count = out.count::<abi::GenericVirtualCall>();
    (out, count)
}

/// Generic methods in their canonical form, those that slots name included: they may name more.
fn methods(e: &mut Encoder<'_, '_>) -> (Record, u64) {
    let mut out = Record::default();
    let mut at = 0;
    while let Some(&m) = e.methods.get_index(at) {
        at += 1;
        let ts = e.image.ts;
        let layout = e.image.program.layouts.get(&LookupCtx::Method(m));
        let dictionary = e.slots(layout);
        let arguments = ts.method_args(m);
        let mut blob = Record::array::<u8>([arguments.len() as u8]);
        for &a in arguments.iter() {
            e.ty(a, &mut blob);
        }
        let arguments = e.blob(blob);
        let code = Sym::MethodEntry(m);
        out.push(abi::MethodTemplateFields {
            owner: e.image.method_table(ts.method_owner(m)).into(),
            arguments,
            token: ts.method_def(m).map_or(0, |(_, d)| d.token().0),
            dictionary,
            reserved: 0,
            handle: e.image.program.gvm_handles.contains(&m).then(|| e.image.name(&Sym::GvmHandle(m))).into(),
            code: Some(e.image.name(&code)).filter(|n| e.image.functions.contains(&**n)).into(),
        });
    }
    let count = out.count::<abi::MethodTemplate>();
    (out, count)
}

/// Constraints of the generic definitions of the program (II.22.20, II.22.21).
fn constraints(e: &mut Encoder<'_, '_>) -> (Record, u64) {
    let mut out = Record::default();
    let definitions: Vec<TypeDesc> = e.image.program.types.keys().copied().collect();
    for t in definitions {
        let ts = e.image.ts;
        let Some((module, def)) = ts.type_def(t).filter(|_| ts.is_generic(t) && ts.generic_definition(t) == t) else { continue };
        let Some(definition) = e.image.method_table(t) else { continue };
        let metadata = ts.module(module).clone();
        let context = GenericArgs { type_args: ts.type_args(t), ..GenericArgs::default() };
        let mut blob = Record::default();
        let (mut count, mut any) = (0u8, false);
        for p in metadata.generic_params_of(TypeOrMethodDef::TypeDef(def)) {
            let Ok(row) = metadata.generic_param(p) else { continue };
            let types: Vec<TypeDesc> = metadata
                .constraints_of(p)
                .filter_map(|c| metadata.generic_param_constraint(c).ok())
                .filter_map(|c| ts.resolve_type(module, c.constraint.token(), &context).ok())
                .collect();
            count += 1;
            any |= row.flags & !3 != 0 || !types.is_empty();
            blob.items::<u16>([row.flags]);
            blob.items::<u8>([types.len() as u8]);
            for t in types {
                e.ty(t, &mut blob);
            }
        }
        if any {
            let mut all = Record::array::<u8>([count]);
            all.items::<u8>(blob.into_parts().0);
            let parameters = u64::from(e.blob(all));
            out.push(abi::ConstraintsFields { definition: definition.into(), parameters });
        }
    }
    let count = out.count::<abi::Constraints>();
    (out, count)
}

/// Descriptors of compiled instantiations that made ones share code with.
fn thread_statics(image: &Image<'_>) -> (Record, u64) {
    let mut out = Record::default();
    for &t in &image.program.thread_statics {
        if let Some(table) = image.method_table(t).filter(|_| !image.ts.type_args(t).is_empty()) {
            out.push(abi::ThreadStaticsOfFields { table: table.into(), descriptor: image.name(&Sym::ThreadStatics(t)).into() });
        }
    }
    let count = out.count::<abi::ThreadStaticsOf>();
    (out, count)
}

fn comparers(image: &Image<'_>) -> [Address; abi::comparer::COUNT] {
    let ts = image.ts;
    let names = [
        ("System", "IEquatable`1"),
        ("System.Collections.Generic", "GenericEqualityComparer`1"),
        ("System.Collections.Generic", "ObjectEqualityComparer`1"),
        ("System", "IComparable`1"),
        ("System.Collections.Generic", "GenericComparer`1"),
        ("System.Collections.Generic", "ObjectComparer`1"),
    ];
    names.map(|(namespace, name)| ts.find_type(ts.corelib(), namespace, name).and_then(|t| image.method_table(t)).into())
}
