//! The program header `kiln_program` and the tables it points to (`abi::program`).

use crate::DataError;
use crate::frozen;
use crate::image::Image;
use crate::methods::{self, MethodRecord};
use crate::record::{Address, Record};
use kiln_abi::dispatch::{GvmEntry, GvmEntryFields};
use kiln_abi::program::{
    AppPropertyFields, ManagedEntryPointsFields, MethodEntry, PROGRAM_SYMBOL, PROGRAM_VERSION, ProgramHeaderFields, WellKnownTypesFields,
};
use kiln_lir::Sym;
use kiln_typesys::{TypeDesc, TypeKind};

/// Emits the header.
pub(crate) fn emit(image: &mut Image<'_>, all: &[MethodRecord], instruction_sets: u64) -> Result<(), DataError> {
    let program = image.program;
    let refs = std::mem::take(&mut image.static_refs);
    let statics = Record::array::<*const u8>(refs.iter().map(|(symbol, offset)| Address::inside(symbol, *offset)));
    image.constant("kiln_static_refs", "static", 8, statics);

    let mut gvm = Record::default();
    for row in &program.gvm {
        let Some(receiver) = image.method_table(row.receiver) else { continue };
        gvm.push(GvmEntryFields {
            method_table: receiver.into(),
            handle: image.name(&Sym::GvmHandle(row.handle)).into(),
            target: row.target.as_ref().map(|s| image.code(s)).into(),
        });
    }
    let gvm_count = gvm.count::<GvmEntry>();
    gvm.push(GvmEntryFields { method_table: Address::NULL, handle: Address::NULL, target: Address::NULL });
    image.constant("kiln_gvm", "dispatch", 8, gvm);

    // Pointers and references have no objects, but reflection makes their types of others: they are found here.
    let derived = |t: TypeDesc| matches!(image.ts.kind(t), TypeKind::Ptr(_) | TypeKind::ByRef(_));
    let constructed = program.types.iter().filter(|&(t, constructed)| *constructed || derived(*t));
    let types = Record::array::<*const u8>(constructed.map(|(t, _)| image.name(&Sym::NecessaryType(*t)).into()));
    let type_count = types.count::<*const u8>();
    image.constant("kiln_types", "type", 8, types);

    let mut properties = Record::default();
    for (key, value) in &program.app_properties {
        let [key, value] = [key, value].map(|text| image.numbers::<u16>(text.encode_utf16().chain([0]), "constant data"));
        properties.push(AppPropertyFields { key: key.into(), value: value.into() });
    }
    image.constant("kiln_app_properties", "constant data", 8, properties);

    let reflection = crate::reflection::emit(image, all)?;
    let (manifests, manifest_count) = crate::manifests::emit(image);
    let interop = crate::interop::emit(image);
    let r = Record::of(ProgramHeaderFields {
        version: PROGRAM_VERSION,
        methods: methods::METHODS.into(),
        method_count: image.size_of(methods::METHODS) / size_of::<MethodEntry>() as u64,
        gc_bytes: methods::GC.into(),
        names: methods::NAMES.into(),
        inlined_methods: methods::INLINED.into(),
        inlined_method_count: image.size_of(methods::INLINED) / size_of::<u32>() as u64,
        static_refs: "kiln_static_refs".into(),
        static_ref_count: refs.len() as u64,
        frozen_start: frozen::START.into(),
        frozen_end: frozen::END.into(),
        gvm: "kiln_gvm".into(),
        gvm_count,
        types: "kiln_types".into(),
        type_count,
        thread_static_count: program.thread_statics.len() as u64,
        app_properties: "kiln_app_properties".into(),
        app_property_count: program.app_properties.len() as u64,
        reflection: reflection.map(str::to_owned).into(),
        manifests: manifests.map(str::to_owned).into(),
        manifest_count,
        interop: interop.map(str::to_owned).into(),
        instruction_sets,
        well_known: well_known(image),
        entries: entry_points(image),
    });
    image.constant(PROGRAM_SYMBOL, "program", 8, r);
    Ok(())
}

fn well_known(image: &Image<'_>) -> WellKnownTypesFields<Address> {
    let types = &image.program.well_known;
    let table = |t: Option<TypeDesc>| t.and_then(|t| image.method_table(t)).into();
    WellKnownTypesFields {
        object: table(types.object),
        string: table(types.string),
        runtime_type: table(types.runtime_type),
        object_array: table(types.object_array),
        string_array: table(types.string_array),
        byte_array: table(types.byte_array),
        uint64_array: table(types.uint64_array),
        int64_array: table(types.int64_array),
        array: table(types.array),
        enum_: table(types.enum_),
        value_type: table(types.value_type),
        thread: table(types.thread),
        runtime_assembly: table(types.runtime_assembly),
        runtime_module: table(types.runtime_module),
        exception: table(types.exception),
    }
}

fn entry_points(image: &Image<'_>) -> ManagedEntryPointsFields<Address> {
    let entries = &image.program.entries;
    let code = |s: &Option<Sym>| s.as_ref().map(|s| image.code(s)).into();
    ManagedEntryPointsFields {
        main: code(&entries.main),
        create_exception: code(&entries.create_exception),
        initialize_command_line_args: code(&entries.initialize_command_line_args),
        app_context_setup: code(&entries.app_context_setup),
        on_process_exit: code(&entries.on_process_exit),
        create_type_init_exception: code(&entries.create_type_init_exception),
    }
}
