//! Text tests of the reader (`tests/metadata`): the rows of a test's assembly, with signatures, constants and attributes decoded.

#![forbid(unsafe_code)]

use kiln_metadata::{CustomAttributeId, EnumType, HasCustomAttribute, MetadataError, Module, Primitive, TypeDefId};
use kiln_testkit::{Outcome, corelib, run};
use std::fmt::Write as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    run("metadata", &["il"], |case| {
        let module = Module::parse(corelib::assemble_test(&case.name, &case.text)?).map_err(|e| e.to_string())?;
        print(&module, &|name| case.header.wanted(name)).map(Outcome::Text).map_err(|e| e.to_string())
    })
}

fn print(m: &Module, wanted: &dyn Fn(&str) -> bool) -> Result<String, MetadataError> {
    let mut out = String::new();
    if let Some(identity) = m.identity()? {
        let _ = writeln!(out, "assembly {identity}, entry point {:?}", m.entry_point());
        attributes(m, kiln_metadata::AssemblyId(1), "  ", &mut out)?;
    }
    for n in 0..m.row_count(kiln_metadata::Table::AssemblyRef) as usize {
        let identity = m.assembly_ref_identity(kiln_metadata::AssemblyRefId::from_index(n))?;
        let _ = writeln!(out, "needs {identity}");
    }
    for n in 0..m.row_count(kiln_metadata::Table::TypeDef) as usize {
        let id = TypeDefId::from_index(n);
        let row = m.type_def(id)?;
        if wanted(row.name) {
            type_def(m, id, &mut out)?;
        }
    }
    Ok(out)
}

fn type_def(m: &Module, id: TypeDefId, out: &mut String) -> Result<(), MetadataError> {
    let row = m.type_def(id)?;
    let _ = writeln!(out, "type {:?} {:?} flags {:#x} extends {:?}", row.namespace, row.name, row.flags, row.extends);
    if let Some(outer) = m.enclosing_type(id)? {
        let _ = writeln!(out, "  in {:?}", m.type_def(outer)?.name);
    }
    if let Some(layout) = m.class_layout_of(id)? {
        let _ = writeln!(out, "  pack {} size {}", layout.packing_size, layout.class_size);
    }
    for i in m.interface_impls_of(id) {
        let _ = writeln!(out, "  implements {:?}", m.interface_impl(i)?.interface);
    }
    for i in m.method_impls_of(id) {
        let row = m.method_impl(i)?;
        let _ = writeln!(out, "  {:?} is {:?}", row.declaration, row.body);
    }
    generics(m, id.into(), out)?;
    attributes(m, id, "  ", out)?;
    for f in m.fields_of(id)? {
        let row = m.field(f)?;
        let _ = write!(out, "  field {} flags {:#x} {:?}", row.name, row.flags, m.field_sig(f)?);
        if let Some(offset) = m.field_offset_of(f) {
            let _ = write!(out, " at {offset}");
        }
        if let Some(constant) = m.constant_of(f)? {
            let _ = write!(out, " = {:?}", constant.decode()?);
        }
        let data = if row.has_rva() { m.field_rva_data(f, 8)? } else { None };
        if let Some(data) = data {
            let _ = write!(out, " data {data:02x?}");
        }
        if let Some(marshal) = m.field_marshal_of(f)? {
            let _ = write!(out, " marshal {:?}", kiln_metadata::MarshalSpec::parse(marshal.native_type)?);
        }
        out.push('\n');
        attributes(m, f, "    ", out)?;
    }
    for method in m.methods_of(id)? {
        let row = m.method_def(method)?;
        let _ = writeln!(out, "  method {} flags {:#x} impl {:#x}", row.name, row.flags, row.impl_flags);
        let _ = writeln!(out, "    {:?}", m.method_sig(method)?);
        generics(m, method.into(), out)?;
        for p in m.params_of(method)? {
            let row = m.param(p)?;
            let constant = m.constant_of(p)?.map(|c| c.decode()).transpose()?;
            let _ = writeln!(out, "    param {} {:?} flags {:#x} default {constant:?}", row.sequence, row.name, row.flags);
        }
        if let Some(map) = m.impl_map_of(method)? {
            let _ = writeln!(out, "    native {:?} flags {:#x}", map.import_name, map.flags);
        }
        attributes(m, method, "    ", out)?;
    }
    for p in m.properties_of(id)? {
        let _ = writeln!(out, "  property {} {:?}", m.property(p)?.name, m.property_sig(p)?);
        for s in m.semantics_of(p) {
            let row = m.method_semantics(s)?;
            let _ = writeln!(out, "    semantics {:#x} {:?}", row.semantics, row.method);
        }
    }
    for e in m.events_of(id)? {
        let _ = writeln!(out, "  event {} of {:?}", m.event(e)?.name, m.event(e)?.ty);
    }
    Ok(())
}

fn generics(m: &Module, owner: kiln_metadata::TypeOrMethodDef, out: &mut String) -> Result<(), MetadataError> {
    for g in m.generic_params_of(owner) {
        let row = m.generic_param(g)?;
        let constraints: Result<Vec<_>, _> = m.constraints_of(g).map(|c| m.generic_param_constraint(c)).collect();
        let constraints: Vec<_> = constraints?.into_iter().map(|c| c.constraint).collect();
        let _ = writeln!(out, "  parameter {} {:?} flags {:#x} constraints {constraints:?}", row.number, row.name, row.flags);
    }
    Ok(())
}

fn attributes(m: &Module, owner: impl Into<HasCustomAttribute>, indent: &str, out: &mut String) -> Result<(), MetadataError> {
    for id in m.custom_attributes_of(owner) {
        attribute(m, id, indent, out)?;
    }
    Ok(())
}

fn attribute(m: &Module, id: CustomAttributeId, indent: &str, out: &mut String) -> Result<(), MetadataError> {
    let (namespace, name) = m.attribute_name(id)?;
    // The tests' enums are over int32.
    let args = m.decode_attribute(id, &mut |_: EnumType<'_>| Some(Primitive::I4))?;
    let _ = writeln!(out, "{indent}attribute {namespace}.{name} {:?} {:?}", args.fixed, args.named);
    Ok(())
}
