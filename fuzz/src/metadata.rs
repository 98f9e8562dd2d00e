//! Targets over the metadata reader and the IL decoder.

use kiln_il::{Disasm, decode_all, decode_body};
use kiln_metadata::attribute::decode_args;
use kiln_metadata::{
    AttrType, EnumType, MarshalSpec, MethodBody, Module, PortablePdb, Primitive, ResourceSet, RowId, RowRange, SigReader, Table,
};
use std::hint::black_box;

/// Lookups scan tables that are not sorted; this bounds the work of one input.
const MAX_ROWS: usize = 300;

fn some<I: RowId>(rows: RowRange<I>) -> impl Iterator<Item = I> {
    let step = rows.len().div_ceil(MAX_ROWS).max(1);
    rows.into_iter().step_by(step)
}

macro_rules! read_rows {
    ($m:ident: $($all:ident $one:ident),+ $(,)?) => {
        $(for id in some($m.$all()) {
            let _ = black_box($m.$one(id));
        })+
    };
}

/// A whole image: PE, a portable PDB, or a `.resources` file.
pub fn metadata(data: &[u8]) {
    if let Ok(set) = ResourceSet::parse(data) {
        set.entries().take(MAX_ROWS).for_each(|e| drop(black_box(e)));
        let _ = set.string("Arg_OutOfMemoryException");
    }
    if let Ok(pdb) = PortablePdb::parse(data.to_vec()) {
        walk_pdb(&pdb);
    }
    for m in [Module::parse(data.to_vec()), Module::parse_bare(data.to_vec())].into_iter().flatten() {
        walk(&m);
    }
}

fn walk_pdb(pdb: &PortablePdb) {
    for d in some(pdb.tables().document_rows()) {
        let _ = black_box(pdb.document_name(d));
    }
    for m in some(pdb.tables().method_debug_informations()) {
        let method = kiln_metadata::MethodDefId(m.0);
        let _ = black_box(pdb.sequence_points(method));
        let _ = black_box(pdb.kickoff_method(method));
        pdb.local_scopes(method).take(MAX_ROWS).for_each(|s| drop(black_box(pdb.tables().local_scope(s))));
    }
    walk(pdb.tables());
}

fn walk(m: &Module) {
    for &t in Table::ALL {
        let rows = m.row_count(t);
        for rid in [0, 1, rows, rows.wrapping_add(1), u32::MAX] {
            if let Ok(row) = m.raw_row(t, rid) {
                for c in 0..t.columns().len() {
                    black_box(row.raw(c));
                }
            }
        }
    }
    let _ = black_box((m.name(), m.mvid(), m.identity(), m.entry_point(), m.is_ready_to_run(), m.runtime_version()));
    let _ = black_box((m.debug_entries(), m.code_view()));
    if let Ok(Some(pdb)) = m.embedded_pdb() {
        let _ = black_box(pdb.document_name(kiln_metadata::DocumentId(1)));
    }
    read_rows!(m:
        module_rows module_row, type_refs type_ref, type_defs type_def, field_ptrs field_ptr, fields field,
        method_ptrs method_ptr, method_defs method_def, param_ptrs param_ptr, params param,
        interface_impls interface_impl, member_refs member_ref, constants constant,
        custom_attributes custom_attribute, field_marshals field_marshal, decl_securities decl_security,
        class_layouts class_layout, field_layouts field_layout, stand_alone_sigs stand_alone_sig,
        event_maps event_map, event_ptrs event_ptr, events event, property_maps property_map,
        property_ptrs property_ptr, properties property, all_method_semantics method_semantics,
        method_impls method_impl, module_refs module_ref, type_specs type_spec, impl_maps impl_map,
        field_rvas field_rva, enc_logs enc_log, enc_maps enc_map, assembly_rows assembly_row,
        assembly_processors assembly_processor, assembly_oses assembly_os, assembly_refs assembly_ref_identity,
        assembly_ref_processors assembly_ref_processor, assembly_ref_oses assembly_ref_os, files file,
        exported_types exported_type, manifest_resources manifest_resource, nested_classes nested_class,
        generic_params generic_param, method_specs method_spec, generic_param_constraints generic_param_constraint,
        document_rows document_row, method_debug_informations method_debug_information, local_scopes local_scope,
        local_variables local_variable, local_constants local_constant, import_scopes import_scope,
        state_machine_methods state_machine_method, custom_debug_informations custom_debug_information,
        fields field_sig, method_defs method_sig, member_refs member_ref_sig, properties property_sig,
        stand_alone_sigs locals_sig, stand_alone_sigs call_site_sig, type_specs type_spec_sig,
        method_specs method_spec_sig, type_defs enclosing_type, type_defs class_layout_of, fields field_rva_of,
        fields field_offset_of, fields constant_value, params constant_value, properties constant_value,
        fields field_marshal_of, method_defs impl_map_of, fields field_owner, method_defs method_owner,
        params param_owner, events event_owner, properties property_owner, custom_attributes attribute_name,
    );
    for t in some(m.type_defs()) {
        let _ = m.fields_of(t).map(|l| l.take(MAX_ROWS).count());
        let _ = m.methods_of(t).map(|l| l.take(MAX_ROWS).count());
        let _ = m.events_of(t).map(|l| l.take(MAX_ROWS).count());
        let _ = m.properties_of(t).map(|l| l.take(MAX_ROWS).count());
        black_box(m.interface_impls_of(t).count() + m.method_impls_of(t).count());
        m.generic_params_of(t).take(9).for_each(|p| {
            black_box(m.constraints_of(p).count());
        });
    }
    for f in some(m.fields()) {
        let _ = black_box(m.field_rva_data(f, 16));
    }
    for p in some(m.properties()) {
        let _ = black_box(m.accessor(p, 1));
    }
    for a in some(m.custom_attributes()) {
        let _ = black_box(m.decode_attribute(a, &mut |_| Some(Primitive::I4)));
    }
    for r in some(m.manifest_resources()) {
        if let Ok(Some(bytes)) = m.resource_data(r)
            && let Ok(set) = ResourceSet::parse(bytes)
        {
            set.entries().take(MAX_ROWS).for_each(|e| drop(black_box(e)));
        }
    }
    for id in some(m.method_defs()) {
        if let Ok(Some(body)) = m.method_body(id) {
            let _ = black_box(decode_body(&body));
            black_box(Disasm { module: Some(m), body: &body }.to_string());
        }
        let _ = m.params_of(id).map(|l| l.take(MAX_ROWS).count());
    }
}

/// A single blob, read as everything a blob can be.
pub fn signature(data: &[u8]) {
    let _ = black_box(SigReader::new(data).method());
    let _ = black_box(SigReader::new(data).field());
    let _ = black_box(SigReader::new(data).property());
    let _ = black_box(SigReader::new(data).locals());
    let _ = black_box(SigReader::new(data).method_spec());
    let _ = black_box(SigReader::new(data).member());
    let _ = black_box(SigReader::new(data).ty());
    let _ = black_box(MarshalSpec::parse(data));
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = black_box(kiln_metadata::TypeName::parse(text));
    }
    let all = [
        AttrType::Primitive(Primitive::String),
        AttrType::Primitive(Primitive::I4),
        AttrType::Primitive(Primitive::Boolean),
        AttrType::Type,
        AttrType::Object,
        AttrType::Enum(EnumType::Name("E")),
        AttrType::SzArray(Box::new(AttrType::Object)),
        AttrType::SzArray(Box::new(AttrType::Primitive(Primitive::Void))),
    ];
    let mut underlying = |_: EnumType<'_>| Some(Primitive::U2);
    for n in 0..all.len() {
        let _ = black_box(decode_args(data, &all[n..n + 1], &mut underlying));
        let _ = black_box(decode_args(data, &all[..n], &mut underlying));
    }
}

/// A method body with its header; the same bytes are also read as bare code.
pub fn il_decode(data: &[u8]) {
    if let Ok(body) = MethodBody::parse(data) {
        if let Ok(instrs) = decode_body(&body) {
            for i in &instrs {
                assert!(i.offset < i.end && i.end as usize <= body.code.len());
                assert!(i.canonical().targets().eq(i.targets()));
            }
        }
        black_box(Disasm { module: None, body: &body }.to_string());
    }
    let _ = black_box(decode_all(data));
}
