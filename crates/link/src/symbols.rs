//! Symbol sets of objects, archives and shared libraries: what is still undefined, and who can define it.

use crate::LinkError;
use object::{Object, ObjectSymbol};
use std::collections::BTreeSet;
use std::path::Path;

fn bad(file: &str, error: impl std::fmt::Display) -> LinkError {
    LinkError::BadObject { file: file.to_owned(), what: error.to_string() }
}

/// Undefined (not weak) symbols of an object.
///
/// # Errors
/// Not an object.
pub fn undefined_symbols(object: &[u8]) -> Result<BTreeSet<String>, LinkError> {
    let file = object::File::parse(object).map_err(|e| bad("object", e))?;
    Ok(file
        .symbols()
        .filter(|s| s.is_undefined() && !s.is_weak())
        .filter_map(|s| s.name().ok())
        .filter(|n| !n.is_empty())
        .map(str::to_owned)
        .collect())
}

/// Global symbols that an object defines.
///
/// # Errors
/// Not an object.
pub fn defined_symbols(object: &[u8]) -> Result<BTreeSet<String>, LinkError> {
    let file = object::File::parse(object).map_err(|e| bad("object", e))?;
    Ok(file.symbols().filter(|s| s.is_definition() && s.is_global()).filter_map(|s| s.name().ok()).map(str::to_owned).collect())
}

/// Global symbols that an archive (by its index, or else its members) or a shared library (dynamic symbols) defines.
///
/// # Errors
/// Neither archive nor ELF file, or unreadable.
pub fn archive_symbols(path: &Path) -> Result<BTreeSet<String>, LinkError> {
    let name = path.display().to_string();
    let data = std::fs::read(path).map_err(|e| bad(&name, e))?;
    let Ok(archive) = object::read::archive::ArchiveFile::parse(data.as_slice()) else {
        let file = object::File::parse(data.as_slice()).map_err(|e| bad(&name, e))?;
        return Ok(file.dynamic_symbols().filter(|s| s.is_definition()).filter_map(|s| s.name().ok()).map(str::to_owned).collect());
    };
    let mut set = BTreeSet::new();
    if let Some(index) = archive.symbols().map_err(|e| bad(&name, e))? {
        for symbol in index {
            let symbol = symbol.map_err(|e| bad(&name, e))?;
            set.insert(String::from_utf8_lossy(symbol.name()).into_owned());
        }
        return Ok(set);
    }
    for member in archive.members() {
        let member = member.map_err(|e| bad(&name, e))?;
        let bytes = member.data(data.as_slice()).map_err(|e| bad(&name, e))?;
        if let Ok(symbols) = defined_symbols(bytes) {
            set.extend(symbols);
        }
    }
    Ok(set)
}
