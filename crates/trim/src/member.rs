//! The member that the user wrote, given a method that the C# compiler made of a part of it: lambdas, local functions, iterators, async
//! methods, one inside another.
//!
//! The compiler names what it makes after where it comes from (`<Outer>b__3_0`, `<Outer>g__Local|4_0`) and marks methods that became state
//! machines (`[AsyncStateMachine(typeof(<Outer>d__5))]`). A name alone may fit several overloads: then the one whose code names the method, or
//! the class that its variables are in, is it.

use kiln_il::Operand;
use kiln_metadata::{AttrValue, MethodDefId, TypeDefId, TypeName};
use kiln_typesys::{FieldDesc, GenericArgs, MethodDesc, ModuleId, TypeDesc, TypeSystem};

const COMPILER_SERVICES: &str = "System.Runtime.CompilerServices";
const MACHINES: [&str; 3] = ["AsyncStateMachineAttribute", "IteratorStateMachineAttribute", "AsyncIteratorStateMachineAttribute"];
/// Deepest nesting that is followed.
const DEPTH: usize = 16;

/// A method's definition, and what it was made from, up to what the user wrote, which is last.
pub(crate) fn origins(ts: &TypeSystem, m: MethodDesc) -> Vec<MethodDesc> {
    let mut out = vec![ts.method_definition(m)];
    while let Some(outer) = out.last().and_then(|&m| made_from(ts, m)) {
        if out.contains(&outer) || out.len() == DEPTH {
            break;
        }
        out.push(outer);
    }
    out
}

/// Whether a field is a variable that the C# compiler moved to the class of a lambda's captured variables or to a state machine.
pub(crate) fn is_hoisted(ts: &TypeSystem, f: FieldDesc) -> bool {
    let Some((module, row)) = ts.type_def(ts.field_owner(f)) else { return false };
    let metadata = ts.module(module);
    let is = |name: &str| name.starts_with("<>c__DisplayClass") || name.starts_with('<') && name.contains(">d");
    metadata.type_def(row).is_ok_and(|row| is(row.name))
}

/// Whether a method is one that the C# compiler made, or of a class that it made.
pub(crate) fn is_made(ts: &TypeSystem, m: MethodDesc) -> bool {
    let Some((module, row)) = ts.method_def(m) else { return false };
    let metadata = ts.module(module);
    let named = |name: &str| name.starts_with('<');
    metadata.method_def(row).is_ok_and(|row| named(row.name))
        || metadata.method_owner(row).is_some_and(|t| metadata.type_def(t).is_ok_and(|row| named(row.name)))
}

/// The name of the method that a lambda or local function is of.
pub(crate) fn named_after(ts: &TypeSystem, m: MethodDesc) -> Option<String> {
    let (module, row) = ts.method_def(m)?;
    outer_name(ts.module(module).method_def(row).ok()?.name)
}

/// Methods of a type that name the same state machine as one before them: both.
pub(crate) fn of_one_machine(ts: &TypeSystem, t: TypeDesc) -> Vec<(MethodDesc, MethodDesc)> {
    let mut known: Vec<(TypeDefId, MethodDesc)> = Vec::new();
    let mut out = Vec::new();
    for &m in ts.methods(t).iter() {
        let Some(machine) = ts.method_def(m).and_then(|(module, row)| machine_of(ts, module, row)) else { continue };
        match known.iter().find(|k| k.0 == machine) {
            Some(&(_, first)) => out.push((first, m)),
            None => known.push((machine, m)),
        }
    }
    out
}

fn made_from(ts: &TypeSystem, m: MethodDesc) -> Option<MethodDesc> {
    let (module, row) = ts.method_def(m)?;
    let metadata = ts.module(module);
    let owner = metadata.method_owner(row)?;
    let found = match outer_name(metadata.method_def(row).ok()?.name) {
        Some(name) => by_name(ts, module, row, &name)?,
        None => by_machine(ts, module, owner)?,
    };
    let outer = ts.resolve_method(module, found.token(), &GenericArgs::default()).ok()?;
    Some(ts.method_definition(outer))
}

/// `Outer` of `<Outer>b__3_0` and `<Outer>g__Local|4_0`; names nest: `<<Main>$>b__0_0`.
fn outer_name(name: &str) -> Option<String> {
    let mut depth = 0usize;
    let end = name.char_indices().find_map(|(at, c)| {
        match c {
            '<' => depth += 1,
            '>' => depth = depth.saturating_sub(1),
            _ => {}
        }
        (depth == 0).then_some(at)
    })?;
    let rest = name.get(end + 1..)?;
    (name.starts_with('<') && (rest.starts_with("b__") || rest.starts_with("g__"))).then(|| name[1..end].to_owned())
}

/// The method of that name in the types around, which a lambda's class is nested in.
fn by_name(ts: &TypeSystem, module: ModuleId, made: MethodDefId, name: &str) -> Option<MethodDefId> {
    let metadata = ts.module(module);
    let own = metadata.method_owner(made)?;
    let mut at = Some(own);
    while let Some(t) = at {
        let named: Vec<MethodDefId> =
            metadata.methods_of(t).ok()?.filter(|&m| m != made && metadata.method_def(m).is_ok_and(|row| row.name == name)).collect();
        match named.as_slice() {
            [] => {}
            [one] => return Some(*one),
            several => return several.iter().copied().find(|&m| names(ts, module, m, made, own, DEPTH)).or(several.first().copied()),
        }
        at = metadata.enclosing_type(t).ok()?;
    }
    None
}

/// Whether the code of a method, or that of what the compiler made of it, names another or makes an object of its class.
fn names(ts: &TypeSystem, module: ModuleId, m: MethodDefId, made: MethodDefId, class: TypeDefId, depth: usize) -> bool {
    let metadata = ts.module(module);
    if let Some(machine) = machine_of(ts, module, m).filter(|_| depth > 0) {
        return metadata.methods_of(machine).into_iter().flatten().any(|part| names(ts, module, part, made, class, 0));
    }
    let Ok(method) = ts.resolve_method(module, m.token(), &GenericArgs::default()) else { return false };
    let Ok(Some(il)) = ts.method_body(method) else { return false };
    let Ok(body) = il.body() else { return false };
    kiln_il::Decoder::new(body.code).flatten().any(|i| {
        let Operand::Method(token) = i.operand else { return false };
        let used = ts.resolve_method(module, token.token(), &GenericArgs::default()).ok().and_then(|m| ts.method_def(m));
        // The class of captured variables is one method's; the one for lambdas without any is its type's.
        used.is_some_and(|(_, row)| row == made || (metadata.method_owner(row) == Some(class) && is_closure(ts, module, class)))
    })
}

fn is_closure(ts: &TypeSystem, module: ModuleId, t: TypeDefId) -> bool {
    ts.module(module).type_def(t).is_ok_and(|row| row.name.starts_with("<>c__DisplayClass"))
}

/// The method that became a state machine.
fn by_machine(ts: &TypeSystem, module: ModuleId, machine: TypeDefId) -> Option<MethodDefId> {
    let metadata = ts.module(module);
    if !metadata.type_def(machine).ok()?.name.starts_with('<') {
        return None;
    }
    let outer = metadata.enclosing_type(machine).ok()??;
    metadata.methods_of(outer).ok()?.into_iter().find(|&m| machine_of(ts, module, m) == Some(machine))
}

/// The state machine that a method became.
fn machine_of(ts: &TypeSystem, module: ModuleId, m: MethodDefId) -> Option<TypeDefId> {
    let metadata = ts.module(module);
    let attribute = MACHINES.iter().find_map(|name| metadata.find_attribute(m, COMPILER_SERVICES, name).ok().flatten())?;
    let arguments = metadata.decode_attribute(attribute, &mut |_| None).ok()?;
    let [AttrValue::Type(Some(text))] = arguments.fixed.as_slice() else { return None };
    let name = TypeName::parse(text).ok()?;
    let last = name.names.last()?;
    metadata.nested_types(metadata.method_owner(m)?).find(|&t| metadata.type_def(t).is_ok_and(|row| row.name == last))
}

#[cfg(test)]
mod tests {
    use super::outer_name;

    #[test]
    fn names_of_parts_say_which_method_they_are_of() {
        assert_eq!(outer_name("<Main>b__3_0").as_deref(), Some("Main"));
        assert_eq!(outer_name("<Main>g__Local|4_0").as_deref(), Some("Main"));
        assert_eq!(outer_name("<<Main>$>b__0_0").as_deref(), Some("<Main>$"));
        assert_eq!(outer_name("<<Outer>b__1_0>g__In|0").as_deref(), Some("<Outer>b__1_0"));
        assert_eq!(outer_name("<Clone>$"), None);
        assert_eq!(outer_name("Main"), None);
        assert_eq!(outer_name("<broken"), None);
    }
}
