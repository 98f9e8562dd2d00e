//! The field that the C# compiler made for a property, read off its accessors: the one field of the type that `get` reads, or `set` writes,
//! and that is marked `[CompilerGenerated]`.

use kiln_il::{Decoder, Opcode, Operand};
use kiln_typesys::{FieldDesc, MethodDesc, TypeSystem};

/// The field behind an accessor.
pub(super) fn field(ts: &TypeSystem, accessor: MethodDesc, writes: bool) -> Option<FieldDesc> {
    let il = ts.method_body(accessor).ok()??;
    let body = il.body().ok()?;
    let context = il.map_context(&ts.method_generic_context(accessor));
    let mut found = None;
    for i in Decoder::new(body.code).flatten() {
        let is_meant = match i.opcode {
            Opcode::Ldfld | Opcode::Ldsfld => !writes,
            Opcode::Stfld | Opcode::Stsfld => writes,
            _ => false,
        };
        let Operand::Field(token) = i.operand else { continue };
        if !is_meant {
            continue;
        }
        let f = ts.resolve_field(il.module, token.token(), &context).ok()?;
        if found.is_some_and(|known| known != f) {
            return None;
        }
        found = Some(f);
    }
    found.filter(|&f| ts.generic_definition(ts.field_owner(f)) == ts.generic_definition(ts.method_owner(accessor)) && is_made(ts, f))
}

fn is_made(ts: &TypeSystem, f: FieldDesc) -> bool {
    let (module, row) = ts.field_def(f);
    matches!(ts.module(module).find_attribute(row, "System.Runtime.CompilerServices", "CompilerGeneratedAttribute"), Ok(Some(_)))
}
