//! The program header `kiln_program` and the tables it points to (`abi::program`).

use crate::DataError;
use crate::frozen;
use crate::image::{Image, Record};
use crate::methods::{self, MethodRecord};
use kiln_abi::program::{MethodEntry, PROGRAM_SYMBOL, PROGRAM_VERSION, ProgramHeader};
use kiln_lir::Sym;

/// Emits the header.
pub(crate) fn emit(image: &mut Image<'_>, all: &[MethodRecord]) -> Result<(), DataError> {
    let program = image.program;
    let refs = std::mem::take(&mut image.static_refs);
    let mut statics = Record::default();
    for (symbol, offset) in &refs {
        statics.ptr_offset(symbol, *offset);
    }
    image.constant("kiln_static_refs", "static", 8, statics);

    let mut gvm = Record::default();
    let mut gvm_count = 0u64;
    for row in &program.gvm {
        let Some(receiver) = image.method_table(row.receiver) else { continue };
        gvm.ptr(&receiver);
        let handle = image.name(&Sym::GvmHandle(row.handle));
        gvm.ptr(&handle);
        let target = image.code(&row.target);
        gvm.ptr(&target);
        gvm_count += 1;
    }
    for _ in 0..3 {
        gvm.u64(0);
    }
    image.constant("kiln_gvm", "dispatch", 8, gvm);

    let mut types = Record::default();
    let mut type_count = 0u64;
    for (t, constructed) in &program.types {
        if *constructed {
            let name = image.name(&Sym::NecessaryType(*t));
            types.ptr(&name);
            type_count += 1;
        }
    }
    image.constant("kiln_types", "type", 8, types);

    let mut properties = Record::default();
    for (key, value) in &program.app_properties {
        for text in [key, value] {
            let mut units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            units.extend([0, 0]);
            let n = image.blob(units, "constant data", 8);
            properties.ptr(&n);
        }
    }
    image.constant("kiln_app_properties", "constant data", 8, properties);

    let reflection = crate::reflection::emit(image, all)?;
    let (manifests, manifest_count) = crate::manifests::emit(image);
    let method_bytes = size_of::<MethodEntry>();
    let method_count = image.size_of(methods::METHODS) / method_bytes as u64;
    let mut r = Record::default();
    r.u64(PROGRAM_VERSION);
    r.ptr(methods::METHODS);
    r.u64(method_count);
    r.ptr(methods::GC);
    r.ptr(methods::NAMES);
    r.ptr("kiln_static_refs");
    r.u64(refs.len() as u64);
    r.ptr(frozen::START);
    r.ptr(frozen::END);
    r.ptr("kiln_gvm");
    r.u64(gvm_count);
    r.ptr("kiln_types");
    r.u64(type_count);
    r.u64(program.thread_statics.len() as u64);
    r.ptr("kiln_app_properties");
    r.u64(program.app_properties.len() as u64);
    r.opt(reflection);
    r.opt(manifests);
    r.u64(manifest_count);
    for t in program.well_known.list() {
        r.opt(t.and_then(|t| image.method_table(t)).as_deref());
    }
    for s in &program.entries.list {
        r.opt(s.as_ref().map(|s| image.code(s)).as_deref());
    }
    assert_eq!(r.bytes.len(), size_of::<ProgramHeader>(), "the header is written field by field");
    image.constant(PROGRAM_SYMBOL, "program", 8, r);
    Ok(())
}
