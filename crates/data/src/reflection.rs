//! Reflection data (`abi::reflection`, ADR 0005): rows of the described types and their members per module, code and field offsets
//! per closed type.
//!
//! From the analysis' plan, the metadata (ECMA-335 II.22) and the compiled functions. Tokens are the original ones.

mod rows;
mod signatures;

use crate::DataError;
use crate::image::{Image, Record};
use crate::methods::MethodRecord;
use kiln_abi::reflection as abi;
use kiln_analysis::{Reflection, method_code, objects_thunk};
use kiln_lir::Sym;
use kiln_metadata::{HasCustomAttribute, TypeDefId};
use kiln_support::{FxHashSet, FxIndexMap};
use kiln_typesys::{MethodDesc, ModuleId, TypeDesc};
use rows::ModuleRows;

/// The symbol of the whole.
const ROOT: &str = "kiln_reflection";

/// Emits everything; the symbol that the program header names, if the program reflects on members.
pub(crate) fn emit(image: &mut Image<'_>, methods: &[MethodRecord]) -> Result<Option<&'static str>, DataError> {
    let program = image.program;
    let Some(plan) = &program.reflection else { return Ok(None) };
    let mut types: FxIndexMap<ModuleId, Vec<TypeDefId>> = plan.modules.iter().map(|&m| (m, Vec::new())).collect();
    for &t in &plan.described {
        if let Some((module, def)) = image.ts.type_def(t) {
            types.entry(module).or_default().push(def);
        }
    }
    let mut frames = Record::default();
    let mut frame_count = 0u64;
    if plan.frames {
        let described: FxHashSet<TypeDesc> = plan.described.iter().copied().collect();
        for m in methods {
            let Some(method) = m.method else { continue };
            let owner = image.ts.generic_definition(image.ts.method_owner(method));
            let (true, Some((module, def))) = (described.contains(&owner), image.ts.method_def(method)) else { continue };
            frames.ptr(&m.symbol);
            frames.ptr(&module_symbol(image, module));
            frames.u32(def.token().0);
            frames.u32(0);
            frame_count += 1;
        }
    }
    image.constant("reflection:frames", "reflection", 8, frames);

    let mut modules = Record::default();
    let count = types.len() as u64;
    for (module, defs) in types {
        let name = emit_module(image, plan, module, &defs)?;
        modules.ptr(&name);
    }
    image.constant("reflection:modules", "reflection", 8, modules);

    let mut generic = Record::default();
    let mut generic_count = 0u64;
    for &m in &plan.generic_methods {
        generic_count += u64::from(generic_method(image, &mut generic, m));
    }
    image.constant("reflection:generic methods", "reflection", 8, generic);

    let mut delegates = Record::default();
    let mut delegate_count = 0u64;
    if plan.binds || plan.wraps {
        for &t in program.multicast.keys() {
            let (Some(table), Some(invoke)) = (image.method_table(t), image.ts.delegate_invoke(t)) else { continue };
            let compiled = |s: Sym| Some(image.name(&s)).filter(|name| image.functions.contains(name));
            let shuffle = compiled(Sym::DelegateShuffle(image.ts.canonical_method(invoke)));
            let objects = objects_thunk(image.ts, t).and_then(compiled);
            delegates.ptr(&table);
            delegates.opt(shuffle.as_deref());
            delegates.opt(objects.as_deref());
            delegate_count += 1;
        }
    }
    image.constant("reflection:delegates", "reflection", 8, delegates);

    let mut implementations = Record::default();
    if plan.interface_maps {
        for &t in &plan.exact {
            interface_map(image, &mut implementations, t);
        }
    }
    let implementation_count = (implementations.bytes.len() / size_of::<abi::Implementation>()) as u64;
    image.constant("reflection:implementations", "reflection", 8, implementations);

    let mut instantiations = Record::default();
    for (&t, _) in program.types.iter().filter(|(_, constructed)| !**constructed) {
        let is_closed = !image.ts.type_args(t).is_empty() && !image.ts.contains_vars(t) && !image.ts.contains_canon(t);
        if let Some(table) = image.method_table(t).filter(|_| is_closed) {
            instantiations.ptr(&table);
        }
    }
    let instantiation_count = instantiations.bytes.len() as u64 / 8;
    image.constant("reflection:instantiations", "reflection", 8, instantiations);

    let mut r = Record::default();
    for (name, n) in [
        ("reflection:modules", count),
        ("reflection:generic methods", generic_count),
        ("reflection:delegates", delegate_count),
        ("reflection:frames", frame_count),
        ("reflection:implementations", implementation_count),
        ("reflection:instantiations", instantiation_count),
    ] {
        r.ptr(name);
        r.u64(n);
    }
    assert_eq!(r.bytes.len(), size_of::<abi::Reflection>(), "the record is written field by field");
    image.constant(ROOT, "reflection", 8, r);
    Ok(Some(ROOT))
}

/// The record of a module. A prefix of its own: assemblies may have any name.
fn module_symbol(image: &Image<'_>, module: ModuleId) -> String {
    format!("reflection module:{}", image.ts.assembly_name(module))
}

fn emit_module(image: &mut Image<'_>, plan: &Reflection, module: ModuleId, defs: &[TypeDefId]) -> Result<String, DataError> {
    let ts = image.ts;
    let metadata = ts.module(module);
    let mut rows = ModuleRows::new(ts, module, metadata.clone());
    for &def in defs {
        rows.add_type(def, plan.attributes);
    }
    if plan.attributes && plan.modules.contains(&module) {
        rows.add_attributes(HasCustomAttribute::Assembly(kiln_metadata::AssemblyId(1)));
    }
    let row_of: FxIndexMap<TypeDefId, u64> = defs.iter().enumerate().map(|(i, &d)| (d, i as u64)).collect();
    let symbol = module_symbol(image, module);

    let rows_of_exact = plan.exact.iter().filter_map(|&t| {
        let (m, def) = ts.type_def(t)?;
        Some((*row_of.get(&def).filter(|_| m == module)?, t))
    });
    let mut all: Vec<(u64, TypeDesc)> = rows_of_exact.collect();
    all.sort_by_key(|&(row, _)| row);
    let mut exact = Record::default();
    let mut exact_count = 0u64;
    for (row, t) in all {
        let Some(table) = image.method_table(t) else { continue };
        exact.ptr(&table);
        exact.opt(code_of_type(image, t).as_deref());
        exact.opt(offsets(image, t).as_deref());
        exact.u64(row);
        exact_count += 1;
    }
    let exact_symbol = format!("{symbol}:exact");
    image.constant(&exact_symbol, "reflection", 8, exact);

    let finished = rows.finish();
    let mut pool = Record::default();
    for &t in &finished.pool {
        pool.opt(image.method_table(t).as_deref());
    }
    let pool_symbol = format!("{symbol}:types");
    image.constant(&pool_symbol, "reflection", 8, pool);

    // The same text as in the type descriptions: the runtime compares addresses.
    let display = metadata.identity().ok().flatten().map_or_else(|| ts.assembly_name(module), |i| i.to_string());
    let mut r = Record::default();
    let display = image.text(&display);
    r.ptr(&display);
    let name = image.text(metadata.name().unwrap_or_default());
    r.ptr(&name);
    let heap = image.blob(finished.heap, "reflection", 8);
    r.ptr(&heap);
    r.ptr(&pool_symbol);
    r.u32(finished.pool.len() as u32);
    r.u32(metadata.entry_point().map_or(0, |m| m.token().0));
    r.bytes.extend(metadata.mvid().ok().flatten().unwrap_or_default());
    for (bytes, size) in finished.tables {
        let count = (bytes.len() as u32).checked_div(size).unwrap_or(0);
        let name = image.blob(bytes, "reflection", 8);
        r.ptr(&name);
        r.u32(count);
        r.u32(size);
    }
    r.ptr(&exact_symbol);
    r.u64(exact_count);
    assert_eq!(r.bytes.len(), size_of::<abi::ModuleInfo>(), "the record is written field by field");
    image.constant(&symbol, "reflection", 8, r);
    Ok(symbol)
}

/// The three addresses of `MethodCode`; false when the method has none.
fn method_words(image: &Image<'_>, r: &mut Record, m: MethodDesc) -> bool {
    let compiled = |s: &Sym| {
        let name = image.name(s);
        image.functions.contains(&name).then_some(name)
    };
    let code = method_code(image.ts, m);
    let entry = code.as_ref().and_then(|c| c.entry.as_ref()).and_then(compiled);
    let call = code.as_ref().and_then(|c| compiled(&c.call));
    let invoker = code.as_ref().and_then(|c| compiled(&c.invoker));
    for word in [&entry, &call, &invoker] {
        r.opt(word.as_deref());
    }
    entry.is_some() || call.is_some()
}

fn code_of_type(image: &mut Image<'_>, t: TypeDesc) -> Option<String> {
    let mut r = Record::default();
    let mut any = false;
    for &m in image.ts.methods(t).iter() {
        if image.ts.method_generic_count(m) == 0 {
            any |= method_words(image, &mut r, m);
        } else {
            for _ in 0..3 {
                r.u64(0);
            }
        }
    }
    any.then(|| {
        let name = format!("reflection code:{}", image.ts.type_name(t));
        image.constant(&name, "reflection", 8, r);
        name
    })
}

fn generic_method(image: &mut Image<'_>, r: &mut Record, m: MethodDesc) -> bool {
    let ts = image.ts;
    let args = ts.method_args(m);
    let tables: Option<Vec<String>> = args.iter().map(|&a| image.method_table(a)).collect();
    let (Some(owner), Some(tables), Some((_, def))) = (image.method_table(ts.method_owner(m)), tables, ts.method_def(m)) else {
        return false;
    };
    let mut list = Record::default();
    for t in &tables {
        list.ptr(t);
    }
    let name = format!("reflection args:{}", ts.method_name_full(m));
    image.constant(&name, "reflection", 8, list);
    r.ptr(&owner);
    r.ptr(&name);
    r.u32(args.len() as u32);
    r.u32(def.token().0);
    method_words(image, r, m);
    true
}

/// Which methods of a type or its bases implement its interfaces' methods.
fn interface_map(image: &mut Image<'_>, r: &mut Record, t: TypeDesc) {
    let ts = image.ts;
    if ts.is_interface(t) {
        return;
    }
    let Some(table) = image.method_table(t) else { return };
    for &interface in ts.interfaces(t).iter() {
        let Some(interface_table) = image.method_table(interface) else { continue };
        for &m in ts.methods(interface).iter().filter(|&&m| ts.is_virtual(m)) {
            let Some((_, def)) = ts.method_def(m) else { continue };
            let target = ts.interface_target(m, t);
            let owner = target.and_then(|m| image.method_table(ts.method_owner(m)));
            r.ptr(&table);
            r.ptr(&interface_table);
            r.opt(owner.as_deref());
            r.u32(def.token().0);
            r.u32(target.and_then(|m| ts.method_def(m)).map_or(0, |(_, d)| d.token().0));
        }
    }
}

/// Offset per field row.
fn offsets(image: &mut Image<'_>, t: TypeDesc) -> Option<String> {
    let ts = image.ts;
    let fields = ts.fields(t);
    if fields.is_empty() {
        return None;
    }
    let has_statics = image.statics.contains(&t);
    let from_object = if ts.is_value_type(t) { 0 } else { kiln_abi::object::BOX_DATA_OFFSET as u32 };
    let mut bytes = Vec::with_capacity(4 * fields.len());
    for &f in fields.iter() {
        let offset = match (ts.is_static(f), ts.is_literal(f) || ts.is_thread_static(f) || ts.has_rva(f)) {
            (false, _) => ts.field_offset(f).ok().map(|o| o - from_object),
            (true, false) if has_statics => ts.field_offset(f).ok(),
            (true, _) => None,
        };
        bytes.extend(offset.unwrap_or(abi::NONE).to_le_bytes());
    }
    Some(image.blob(bytes, "reflection", 8))
}
