//! Reflection data (`abi::reflection`, ADR 0005): rows of the described types and their members per module, code and field offsets
//! per closed type.
//!
//! From the analysis' plan, the metadata (ECMA-335 II.22) and the compiled functions. Tokens are the original ones.

mod proxies;
mod rows;
mod signatures;

use crate::image::Image;
use crate::methods::{INLINED, MethodRecord, inlined_methods};
use crate::record::{Address, Record};
use crate::{DataError, LinkName};
use kiln_abi::reflection as abi;
use kiln_analysis::{Reflection, objects_thunk};
use kiln_lir::Sym;
use kiln_metadata::{HasCustomAttribute, TypeDefId};
use kiln_support::{FxHashSet, FxIndexMap};
use kiln_typesys::{FieldDesc, MethodDesc, ModuleId, TypeDesc};
use rows::{ModuleRows, Table};

pub(crate) use signatures::encode_type;

/// The symbol of the whole.
const ROOT: &str = "kiln_reflection";

/// Emits everything; the symbol that the program header names, if the program reflects on members.
pub(crate) fn emit(image: &mut Image<'_>, methods: &[MethodRecord]) -> Result<Option<&'static str>, DataError> {
    let program = image.program;
    let templates = crate::templates::emit(image)?;
    let nothing = Reflection::default();
    let plan = match &program.reflection {
        Some(plan) => plan,
        None if templates.is_some() => &nothing,
        None => return Ok(None),
    };
    let mut types: FxIndexMap<ModuleId, Vec<TypeDefId>> = plan.modules.iter().map(|&m| (m, Vec::new())).collect();
    for &t in &plan.described {
        if let Some((module, def)) = image.ts.type_def(t) {
            types.entry(module).or_default().push(def);
        }
    }
    let frame_count = frames(image, plan, methods);
    let inlined_count = inlined(image, plan, methods);

    let mut modules = Record::default();
    let module_count = types.len() as u64;
    for (module, defs) in types {
        modules.pointer(emit_module(image, plan, module, &defs)?);
    }
    image.constant("reflection:modules", "reflection", 8, modules);

    let mut generic = Record::default();
    for &m in &plan.generic_methods {
        generic_method(image, &mut generic, m);
    }
    let generic_method_count = generic.count::<abi::GenericMethod>();
    image.constant("reflection:generic methods", "reflection", 8, generic);

    let delegate_count = delegates(image, plan);

    let mut implementations = Record::default();
    if plan.interface_maps {
        for &t in &plan.exact {
            interface_map(image, &mut implementations, t);
        }
    }
    let implementation_count = implementations.count::<abi::Implementation>();
    image.constant("reflection:implementations", "reflection", 8, implementations);

    let instantiation_count = instantiations(image, plan);
    let proxies = proxies::emit(image, plan);

    let r = Record::of(abi::ReflectionFields {
        modules: "reflection:modules".into(),
        module_count,
        generic_methods: "reflection:generic methods".into(),
        generic_method_count,
        delegates: "reflection:delegates".into(),
        delegate_count,
        frames: "reflection:frames".into(),
        frame_count,
        inlined: "reflection:inlined".into(),
        inlined_count,
        implementations: "reflection:implementations".into(),
        implementation_count,
        instantiations: "reflection:instantiations".into(),
        instantiation_count,
        templates: templates.map(str::to_owned).into(),
        proxies: proxies.map(str::to_owned).into(),
    });
    image.constant(ROOT, "reflection", 8, r);
    Ok(Some(ROOT))
}

/// Which method a frame of a stack trace is.
fn frames(image: &mut Image<'_>, plan: &Reflection, methods: &[MethodRecord]) -> u64 {
    let all = methods.iter().filter_map(|m| Some((Address::from(m.symbol.as_str()), m.method?)));
    frame_methods(image, plan, "reflection:frames", all)
}

/// Which method an inlined call is of.
fn inlined(image: &mut Image<'_>, plan: &Reflection, methods: &[MethodRecord]) -> u64 {
    let place = |number: usize| Address::inside(INLINED, (number * size_of::<u32>()) as i64);
    let all = inlined_methods(methods).into_iter().enumerate().map(|(number, method)| (place(number), method));
    frame_methods(image, plan, "reflection:inlined", all)
}

fn frame_methods(image: &mut Image<'_>, plan: &Reflection, symbol: &str, methods: impl Iterator<Item = (Address, MethodDesc)>) -> u64 {
    let mut frames = Record::default();
    if plan.frames {
        let described: FxHashSet<TypeDesc> = plan.described.iter().copied().collect();
        for (function, method) in methods {
            let owner = image.ts.generic_definition(image.ts.method_owner(method));
            let (true, Some((module, def))) = (described.contains(&owner), image.ts.method_def(method)) else { continue };
            frames.push(abi::FrameMethodFields { function, module: module_symbol(image, module).into(), token: def.token().0 });
        }
    }
    let count = frames.count::<abi::FrameMethod>();
    image.constant(symbol, "reflection", 8, frames);
    count
}

/// Thunks of delegates that reflection may make.
fn delegates(image: &mut Image<'_>, plan: &Reflection) -> u64 {
    let mut delegates = Record::default();
    if plan.binds || plan.wraps {
        for &t in image.program.multicast.keys() {
            let (Some(table), Some(invoke)) = (image.method_table(t), image.ts.delegate_invoke(t)) else { continue };
            let compiled = |s: Sym| Some(image.name(&s)).filter(|name| image.functions.contains(&**name));
            let shuffle = compiled(Sym::DelegateShuffle(image.ts.canonical_method(invoke)));
            let objects = objects_thunk(image.ts, t).and_then(compiled);
            delegates.push(abi::DelegateThunkFields { table: table.into(), shuffle: shuffle.into(), objects: objects.into() });
        }
    }
    let count = delegates.count::<abi::DelegateThunk>();
    image.constant("reflection:delegates", "reflection", 8, delegates);
    count
}

/// Closed instantiations that exist without having been made, and what is found by name.
fn instantiations(image: &mut Image<'_>, plan: &Reflection) -> u64 {
    let mut instantiations = Record::default();
    for (&t, _) in image.program.types.iter().filter(|(_, constructed)| !**constructed) {
        let is_closed = !image.ts.type_args(t).is_empty() && !image.ts.contains_vars(t) && !image.ts.contains_canon(t);
        if let Some(table) = image.method_table(t).filter(|_| is_closed) {
            instantiations.pointer(table);
        }
    }
    for &t in plan.findable.iter().filter(|&t| !image.program.types.get(t).is_some_and(|constructed| *constructed)) {
        if let Some(table) = image.method_table(t) {
            instantiations.pointer(table);
        }
    }
    let count = instantiations.count::<*const u8>();
    image.constant("reflection:instantiations", "reflection", 8, instantiations);
    count
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
    for (row, t) in all {
        let Some(table) = image.method_table(t) else { continue };
        let code = code_of_type(image, t).into();
        exact.push(abi::ExactTypeFields { table: table.into(), code, offsets: offsets(image, t).into(), row });
    }
    let exact_count = exact.count::<abi::ExactType>();
    let exact_symbol = format!("{symbol}:exact");
    image.constant(&exact_symbol, "reflection", 8, exact);

    let finished = rows.finish();
    let pool = Record::array::<*const u8>(finished.pool.iter().map(|&t| image.method_table(t).into()));
    let pool_symbol = format!("{symbol}:types");
    image.constant(&pool_symbol, "reflection", 8, pool);

    // The same text as in the type descriptions: the runtime compares addresses.
    let display = metadata.identity().ok().flatten().map_or_else(|| ts.assembly_name(module), |i| i.to_string());
    let display = image.text(&display);
    let name = image.text(metadata.name().unwrap_or_default());
    let heap = image.blob(finished.heap, "reflection", 8);
    let tables = finished.tables.map(|Table { bytes, size }| abi::RowsFields {
        count: (bytes.len() / size) as u32,
        rows: image.blob(bytes, "reflection", 8).into(),
        size: size as u32,
    });
    let r = Record::of(abi::ModuleInfoFields {
        assembly: display.into(),
        name: name.into(),
        heap: heap.into(),
        types: pool_symbol.into(),
        type_count: finished.pool.len() as u32,
        entry_point: metadata.entry_point().map_or(0, |m| m.token().0),
        mvid: metadata.mvid().ok().flatten().unwrap_or_default(),
        tables,
        exact: exact_symbol.into(),
        exact_count,
    });
    image.constant(&symbol, "reflection", 8, r);
    Ok(symbol)
}

/// Code of a method; nothing where none was compiled.
fn method_code(image: &Image<'_>, m: MethodDesc) -> abi::MethodCodeFields<Address> {
    let compiled = |s: &Sym| {
        let name = image.name(s);
        image.functions.contains(&*name).then_some(name)
    };
    let code = kiln_analysis::method_code(image.ts, m);
    abi::MethodCodeFields {
        entry: code.as_ref().and_then(|c| c.entry.as_ref()).and_then(compiled).into(),
        call: code.as_ref().and_then(|c| compiled(&c.call)).into(),
        invoker: code.as_ref().and_then(|c| compiled(&c.invoker)).into(),
    }
}

/// The code of each method row, if the type has any that can be called.
fn code_of_type(image: &mut Image<'_>, t: TypeDesc) -> Option<LinkName> {
    let none = || abi::MethodCodeFields { entry: Address::NULL, call: Address::NULL, invoker: Address::NULL };
    let packed = |c: abi::MethodCodeFields<Address>| abi::PackedMethodCodeFields { entry: c.entry, call: c.call, invoker: c.invoker };
    let of = |&m: &MethodDesc| if image.ts.method_generic_count(m) == 0 { method_code(image, m) } else { none() };
    let code: Vec<_> = image.ts.methods(t).iter().map(of).collect();
    code.iter().any(|c| c.entry != Address::NULL || c.call != Address::NULL).then(|| {
        // Instantiations that share their code have one.
        let name = format!("reflection code:{}", image.ts.type_name(t));
        image.shared(&name, "reflection", 4, Record::array::<abi::PackedMethodCode>(code.into_iter().map(packed)))
    })
}

/// An instantiated generic method, if the program has its owner and arguments.
fn generic_method(image: &mut Image<'_>, methods: &mut Record, m: MethodDesc) {
    let ts = image.ts;
    let args = ts.method_args(m);
    let tables: Option<Vec<LinkName>> = args.iter().map(|&a| image.method_table(a)).collect();
    let (Some(owner), Some(tables), Some((_, def))) = (image.method_table(ts.method_owner(m)), tables, ts.method_def(m)) else { return };
    let name = format!("reflection args:{}", ts.method_name_full(m));
    image.constant(&name, "reflection", 8, Record::array::<*const u8>(tables.into_iter().map(Address::from)));
    methods.push(abi::GenericMethodFields {
        owner: owner.into(),
        arguments: name.into(),
        count: args.len() as u32,
        token: def.token().0,
        code: method_code(image, m),
    });
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
            r.push(abi::ImplementationFields {
                table: table.clone().into(),
                interface: interface_table.clone().into(),
                owner: owner.into(),
                method: def.token().0,
                target: target.and_then(|m| ts.method_def(m)).map_or(0, |(_, d)| d.token().0),
            });
        }
    }
}

/// Offset per field row.
fn offsets(image: &mut Image<'_>, t: TypeDesc) -> Option<LinkName> {
    let ts = image.ts;
    let fields = ts.fields(t);
    if fields.is_empty() {
        return None;
    }
    let has_statics = image.statics.contains(&t);
    let from_object = if ts.is_value_type(t) { 0 } else { kiln_abi::object::BOX_DATA_OFFSET as u32 };
    let offset_of = |&f: &FieldDesc| {
        let offset = match (ts.is_static(f), ts.is_literal(f) || ts.is_thread_static(f) || ts.has_rva(f)) {
            (false, _) => ts.field_offset(f).ok().map(|o| o - from_object),
            (true, false) if has_statics => ts.field_offset(f).ok(),
            (true, _) => None,
        };
        offset.unwrap_or(abi::NONE)
    };
    Some(image.numbers::<u32>(fields.iter().map(offset_of), "reflection"))
}
