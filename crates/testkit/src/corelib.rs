//! The tests' own class library (`tests/minicorelib`), and type systems over it.

use kiln_iltext::{Assembled, Source, assemble, assemble_with_lines};
use kiln_metadata::{Module, Table, TypeDefId};
use kiln_typesys::{GenericArgs, MethodDesc, TypeDesc, TypeKind, TypeSystem, WellKnown};
use std::fs;
use std::sync::{Arc, OnceLock};

/// What every IL test may name without declaring it: the class library as `[core]`, and an assembly of its own.
const REFERENCE: Source<'_> = Source { name: "(prelude)", text: ".assembly extern System.Private.CoreLib as core {}" };
const ASSEMBLY: Source<'_> = Source { name: "(prelude)", text: ".assembly test {}" };

/// The bytes of the class library.
///
/// # Errors
///
/// A file that does not assemble.
pub fn bytes() -> Result<Arc<[u8]>, String> {
    static BYTES: OnceLock<Result<Arc<[u8]>, String>> = OnceLock::new();
    BYTES.get_or_init(read).clone()
}

fn read() -> Result<Arc<[u8]>, String> {
    let folder = crate::folder("minicorelib");
    let mut files: Vec<_> =
        folder.read_dir().map_err(|e| format!("{}: {e}", folder.display()))?.flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "il"));
    files.sort();
    let texts: Result<Vec<(String, String)>, String> = files
        .iter()
        .map(|path| Ok((path.display().to_string(), fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?)))
        .collect();
    let texts = texts?;
    let sources: Vec<Source<'_>> = texts.iter().map(|(name, text)| Source { name, text }).collect();
    assemble(&sources).map(Arc::from).map_err(|e| e.to_string())
}

/// Assembles the text of a test.
///
/// # Errors
///
/// What is wrong with it, and where.
pub fn assemble_test(name: &str, text: &str) -> Result<Vec<u8>, String> {
    assemble_test_with_lines(name, text).map(|assembled| assembled.bytes)
}

/// The same, and says which line every instruction is from.
///
/// # Errors
///
/// What is wrong with the text, and where.
pub fn assemble_test_with_lines(name: &str, text: &str) -> Result<Assembled, String> {
    let mut sources = Vec::new();
    let lines = || text.lines().map(str::trim_start);
    if !lines().any(|line| line.starts_with(".assembly extern System.Private.CoreLib")) {
        sources.push(REFERENCE);
    }
    if !lines().any(|line| line.starts_with(".assembly ") && !line.starts_with(".assembly extern")) {
        sources.push(ASSEMBLY);
    }
    sources.push(Source { name, text });
    assemble_with_lines(&sources).map_err(|e| e.to_string())
}

/// A type system over a test's assembly, which is its first module, and the class library.
///
/// # Errors
///
/// A text that does not assemble, or assemblies that do not load.
pub fn universe(name: &str, text: &str) -> Result<TypeSystem, String> {
    let test = Module::parse(assemble_test(name, text)?).map_err(|e| e.to_string())?;
    let core = Module::parse(bytes()?).map_err(|e| e.to_string())?;
    TypeSystem::new(vec![test, core]).map_err(|e| e.to_string())
}

/// The types of the test's assembly, over their own variables, in the order of their definitions.
#[must_use]
pub fn types(ts: &TypeSystem) -> Vec<TypeDesc> {
    let Some(module) = ts.modules().into_iter().next() else { return Vec::new() };
    let rows = ts.module(module).row_count(Table::TypeDef) as usize;
    let def = |n| TypeDefId::from_index(n);
    (0..rows).filter_map(|n| ts.resolve_type(module, def(n).token(), &GenericArgs::empty()).ok()).collect()
}

/// A type by the name that tests write: `int32`, `string[]`, `Outer/Inner`, `G<int32,!0>`.
///
/// # Errors
///
/// A name that means nothing.
pub fn type_named(ts: &TypeSystem, text: &str) -> Result<TypeDesc, String> {
    let mut rest = text.trim();
    let t = parse_type(ts, &mut rest)?;
    if rest.is_empty() { Ok(t) } else { Err(format!("`{text}`: what is `{rest}`?")) }
}

fn parse_type(ts: &TypeSystem, rest: &mut &str) -> Result<TypeDesc, String> {
    let end = rest.find(['<', '>', ',', '[', '&', '*']).unwrap_or(rest.len());
    let (name, behind) = rest.split_at(end);
    *rest = behind;
    let mut args = Vec::new();
    if rest.starts_with('<') {
        while !rest.starts_with('>') {
            if rest.is_empty() {
                return Err(format!("`{name}` has no `>`"));
            }
            *rest = &rest[1..];
            args.push(parse_type(ts, rest)?);
        }
        *rest = &rest[1..];
    }
    let mut t = simple_type(ts, name.trim(), &args)?;
    loop {
        let (next, length) = match rest.as_bytes() {
            [b'[', b']', ..] => (ts.sz_array(t), 2),
            [b'[', ..] => {
                let end = rest.find(']').ok_or("an array has no `]`")?;
                (ts.md_array(t, end as u32), end + 1)
            }
            [b'&', ..] => (ts.byref(t), 1),
            [b'*', ..] => (ts.ptr(t), 1),
            _ => return Ok(t),
        };
        t = next;
        *rest = &rest[length..];
    }
}

fn simple_type(ts: &TypeSystem, name: &str, args: &[TypeDesc]) -> Result<TypeDesc, String> {
    use WellKnown as w;
    let known = match name {
        "object" => Some(w::Object),
        "string" => Some(w::String),
        "bool" => Some(w::Boolean),
        "char" => Some(w::Char),
        "int8" => Some(w::SByte),
        "uint8" => Some(w::Byte),
        "int16" => Some(w::Int16),
        "uint16" => Some(w::UInt16),
        "int32" => Some(w::Int32),
        "uint32" => Some(w::UInt32),
        "int64" => Some(w::Int64),
        "uint64" => Some(w::UInt64),
        "float32" => Some(w::Single),
        "float64" => Some(w::Double),
        "nint" => Some(w::IntPtr),
        "nuint" => Some(w::UIntPtr),
        "__Canon" => Some(w::Canon),
        _ => None,
    };
    if let Some(known) = known {
        return Ok(ts.well_known(known));
    }
    if let Some(number) = name.strip_prefix("!!").and_then(|n| n.parse().ok()) {
        return Ok(ts.intern(TypeKind::MVar(number)));
    }
    if let Some(number) = name.strip_prefix('!').and_then(|n| n.parse().ok()) {
        return Ok(ts.intern(TypeKind::Var(number)));
    }
    let plain = name.replace('/', "+");
    // Compilers add the number of parameters to a name; a nested type has it only for those of its own.
    let spellings = [format!("{plain}`{}", args.len()), plain];
    let own = types(ts);
    let find = |full: &String| {
        // A name that the test defines itself wins over one of the class library.
        own.iter().copied().find(|t| plain_name(ts, *t) == *full).or_else(|| ts.find_type_by_full_name(full))
    };
    let def = spellings[usize::from(args.is_empty())..].iter().find_map(find);
    let def = def.ok_or_else(|| format!("there is no type `{}`", spellings[usize::from(args.is_empty())]))?;
    Ok(if args.is_empty() { def } else { ts.instantiate(def, args) })
}

/// `Ns.Outer+Inner`.
fn plain_name(ts: &TypeSystem, t: TypeDesc) -> String {
    let (namespace, name) = ts.namespace_and_name(t);
    match ts.enclosing_type(t) {
        Some(outer) => format!("{}+{name}", plain_name(ts, outer)),
        None if namespace.is_empty() => name,
        None => format!("{namespace}.{name}"),
    }
}

/// The methods of a test's types and of the instantiations that it names, those whose name is wanted.
///
/// # Errors
///
/// An instantiation that means nothing.
pub fn methods(ts: &TypeSystem, header: &crate::Header) -> Result<Vec<MethodDesc>, String> {
    let mut all = types(ts);
    for name in &header.instances.0 {
        // `T::M<A>` is one method, anything else all methods of a type.
        if !name.contains("::") {
            all.push(type_named(ts, name)?);
        }
    }
    let mut found: Vec<MethodDesc> = all.iter().flat_map(|t| ts.methods(*t).to_vec()).collect();
    for name in &header.instances.0 {
        if name.contains("::") {
            found.push(method_named(ts, name)?);
        }
    }
    found.retain(|m| header.wanted(&ts.method_display(*m)));
    Ok(found)
}

/// A method by the name that tests write: `G<string>::M<int32>`.
///
/// # Errors
///
/// A name that means nothing.
pub fn method_named(ts: &TypeSystem, name: &str) -> Result<MethodDesc, String> {
    let (owner, method) = name.split_once("::").ok_or_else(|| format!("`{name}` is no method"))?;
    let owner = type_named(ts, owner)?;
    let (name, args) = method.split_once('<').map_or((method, ""), |(name, args)| (name, args.strip_suffix('>').unwrap_or(args)));
    let mut types = Vec::new();
    let mut rest = args;
    while !rest.is_empty() {
        types.push(parse_type(ts, &mut rest)?);
        rest = rest.strip_prefix(',').unwrap_or(rest);
    }
    let found = ts.find_methods(owner, name).into_iter().find(|m| ts.method_generic_count(*m) == types.len());
    let m = found.ok_or_else(|| format!("no method `{name}` with {} type parameters", types.len()))?;
    Ok(if types.is_empty() { m } else { ts.instantiate_method(m, owner, &types) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_class_library_loads_and_types_are_found_by_the_names_that_tests_write() {
        let ts = universe("t", ".class G`1<T> { .class nested public I {} .method static void M<U>() { ret } }").expect("loads");
        for (name, display) in [
            ("int32[]", "System.Int32[]"),
            ("string[,]", "System.String[,]"),
            ("G<System.Nullable<int64>>", "G`1<System.Nullable`1<System.Int64>>"),
            ("G`1/I", "G`1+I"),
            ("System.Func<object,!0>", "System.Func`2<System.Object,!0>"),
        ] {
            assert_eq!(type_named(&ts, name).map(|t| ts.type_display(t)).as_deref(), Ok(display));
        }
        assert!(type_named(&ts, "Missing").is_err() && type_named(&ts, "G<int32").is_err() && type_named(&ts, "int32>").is_err());
        assert!(method_named(&ts, "G<string>::M<int32>").is_ok());
        assert!(method_named(&ts, "G<string>::M").is_err());
    }
}
