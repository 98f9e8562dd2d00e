//! Compares Kiln's layouts with the ones CoreCLR made (`xtask/layouts/Layouts.cs` prints them).
//!
//! Every non-generic class and value type of the framework is compared: instance size and the offset of each own instance field.

use kiln_metadata::{FieldId, Token, TypeDefId};
use kiln_toolchain::{CSharpOptions, Compilation, CsSeverity, Framework, Oracle, find_csc};
use kiln_typesys::TypeSystem;
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// What CoreCLR says of one type.
#[derive(Debug)]
pub struct ClrType {
    /// Simple assembly name.
    pub assembly: String,
    /// TypeDef token.
    pub token: u32,
    /// Size: of the value, or of the instance with its MethodTable pointer; 0 = unknown.
    pub size: u32,
    /// A value type.
    pub value: bool,
    /// Field token → offset.
    pub fields: BTreeMap<u32, u32>,
}

/// The framework's managed assemblies (its folder holds native libraries called `.dll` as well).
pub fn managed_assemblies(framework: &Framework) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut all = framework.assemblies()?;
    all.retain(|p| fs::read(p).is_ok_and(|bytes| kiln_metadata::Module::parse(bytes).is_ok()));
    Ok(all)
}

/// Runs the printer on CoreCLR.
pub fn from_clr(root: &Path, framework: &Framework) -> Result<Vec<ClrType>, Box<dyn Error>> {
    let compilation = Compilation {
        name: "Layouts".into(),
        sources: vec![root.join("xtask/layouts/Layouts.cs")],
        references: managed_assemblies(framework)?,
        resources: Vec::new(),
        options: CSharpOptions { debug: false, nullable: false, ..CSharpOptions::default() },
    };
    let done = find_csc()?.compile_cached(std::slice::from_ref(&compilation))?;
    let done = done.first().ok_or("no result from the C# compiler")?;
    if !done.ok {
        let errors: Vec<String> = done.diagnostics.iter().filter(|d| d.severity == CsSeverity::Error).map(ToString::to_string).collect();
        return Err(errors.join("\n").into());
    }
    let output = Oracle::new(framework)?.run(&done.assembly, &[&framework.dir], b"")?;
    parse(&String::from_utf8_lossy(&output.stdout))
}

fn parse(text: &str) -> Result<Vec<ClrType>, Box<dyn Error>> {
    let mut types: Vec<ClrType> = Vec::new();
    for line in text.lines() {
        let parts: Vec<&str> = line.split('\t').collect();
        match parts.as_slice() {
            ["T", assembly, token, size, kind] => types.push(ClrType {
                assembly: (*assembly).to_owned(),
                token: u32::from_str_radix(token, 16)?,
                size: size.parse()?,
                value: *kind == "V",
                fields: BTreeMap::new(),
            }),
            ["F", token, offset] => {
                let t = types.last_mut().ok_or("a field before the first type")?;
                t.fields.insert(u32::from_str_radix(token, 16)?, offset.parse()?);
            }
            _ => return Err(format!("unexpected line from the layout printer: {line}").into()),
        }
    }
    Ok(types)
}

/// Compares; returns the number of types compared and one line per difference.
pub fn compare(ts: &TypeSystem, clr: &[ClrType]) -> (usize, Vec<String>) {
    let mut differences = Vec::new();
    let mut compared = 0;
    for c in clr {
        let Some(module) = ts.find_module(&c.assembly) else { continue };
        let Some(def) = TypeDefId::from_token(Token(c.token)) else { continue };
        let t = match ts.resolve_type(module, def.token(), &kiln_typesys::GenericArgs::default()) {
            Ok(t) => t,
            Err(e) => {
                differences.push(format!("[{}] {:08x}: does not load: {e}", c.assembly, c.token));
                continue;
            }
        };
        let layout = match ts.layout(t) {
            Ok(l) => l,
            Err(e) => {
                differences.push(format!("{}: no layout: {e}", ts.type_name(t)));
                continue;
            }
        };
        compared += 1;
        // A class's base size is rounded up to a word (but String's, which counts its terminator, is not compared here).
        let size = if c.value { layout.size } else { layout.size.next_multiple_of(8).max(16) };
        if c.size != 0 && size != c.size {
            differences.push(format!("{}: size {} but {} on CoreCLR", ts.type_name(t), size, c.size));
        }
        for (field, offset) in &layout.fields {
            let (_, row): (_, FieldId) = ts.field_def(*field);
            match c.fields.get(&row.token().0) {
                Some(o) if o == offset => {}
                Some(o) => differences.push(format!("{}::{}: offset {offset} but {o} on CoreCLR", ts.type_name(t), ts.field_name(*field))),
                None => {}
            }
        }
    }
    (compared, differences)
}
