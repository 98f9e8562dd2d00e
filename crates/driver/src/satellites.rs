//! Satellite assemblies: the resources of an assembly in one language (ECMA-335 II.22.2, `Culture`), in a file `LANGUAGE/NAME.resources.dll`
//! beside the assembly, as .NET looks for them, or named with `--reference`. They have no code.

use crate::BuildError;
use crate::inputs::{LoadedModule, load_module};
use kiln_metadata::Module;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// How the names of their files end.
const SUFFIX: &str = ".resources.dll";

/// Those of the application's assemblies, by their display names.
///
/// # Errors
///
/// A file with such a name that is no assembly.
pub(crate) fn find(modules: &[LoadedModule], references: &[PathBuf]) -> Result<BTreeMap<String, Module>, BuildError> {
    let mut found = BTreeMap::new();
    for LoadedModule { module, path, .. } in modules.iter().filter(|m| m.is_application) {
        let (Some(folder), Ok(Some(assembly))) = (path.parent(), module.assembly()) else { continue };
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let file = format!("{}{SUFFIX}", assembly.name);
        for language in folder.read_dir().into_iter().flatten().flatten() {
            let path = language.path().join(&file);
            if path.is_file() {
                add(&mut found, &path)?;
            }
        }
    }
    let named = |path: &&PathBuf| path.is_file() && path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(SUFFIX));
    for path in references.iter().filter(named) {
        add(&mut found, path)?;
    }
    Ok(found)
}

/// One file, if it says its language.
fn add(found: &mut BTreeMap<String, Module>, path: &Path) -> Result<(), BuildError> {
    let module = load_module(path)?;
    if let Ok(Some(identity)) = module.identity().map(|i| i.filter(|i| !i.culture.is_empty())) {
        found.entry(identity.to_string()).or_insert(module);
    }
    Ok(())
}
