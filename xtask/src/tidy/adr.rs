//! The index of decisions: `docs/adr/README.md` lists every `NNNN-title.md`, numbers are not reused and have no gaps.

use std::fs;
use std::path::Path;

/// Checks the folder of decisions.
pub(super) fn check(root: &Path, problems: &mut Vec<String>) -> Result<(), String> {
    let folder = root.join("docs/adr");
    let entries = folder.read_dir().map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut names: Vec<String> = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.retain(|name| name != "README.md");
    names.sort();
    let index = fs::read_to_string(folder.join("README.md")).unwrap_or_default();
    for (number, name) in names.iter().enumerate() {
        if !name.starts_with(&format!("{number:04}-")) || !name.ends_with(".md") {
            problems.push(format!("docs/adr/{name}: expected `{number:04}-title.md`; numbers are not reused and have no gaps"));
        }
        if !index.contains(&format!("]({name})")) {
            problems.push(format!("docs/adr/README.md: {name} is not in the index"));
        }
    }
    for target in index.match_indices("](0").filter_map(|(at, _)| index[at + 2..].split(')').next()) {
        if !names.iter().any(|name| name == target) {
            problems.push(format!("docs/adr/README.md: there is no {target}"));
        }
    }
    Ok(())
}
