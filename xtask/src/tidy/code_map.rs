//! ARCHITECTURE.md against the repository: its code map has one row for each crate of `layers.rs`, with the arrows that the crate may have, and
//! every invariant names the check that holds it.

use crate::layers::{LAYERS, Layer};
use std::fs;
use std::path::Path;

/// Where the crates are; the packages' folders have their short names.
const GROUPS: [&str; 2] = ["crates", "runtime"];

/// Checks the page.
pub(super) fn check(root: &Path, problems: &mut Vec<String>) -> Result<(), String> {
    let page = root.join("ARCHITECTURE.md");
    let text = fs::read_to_string(&page).map_err(|e| format!("{}: {e}", page.display()))?;
    for layer in LAYERS {
        let folder = folder(root, layer.package);
        if let Err(problem) = row(&text, &folder, layer) {
            problems.push(format!("ARCHITECTURE.md: {problem}"));
        }
    }
    for (folder, _) in rows(&text).filter(|(folder, _)| GROUPS.iter().any(|group| folder.starts_with(group))) {
        if !root.join(folder).join("Cargo.toml").is_file() {
            problems.push(format!("ARCHITECTURE.md: there is no crate {folder}"));
        }
    }
    problems.extend(unheld(&text).map(|line| format!("ARCHITECTURE.md: an invariant says what holds it (`Held by`): {line}")));
    Ok(())
}

/// Folder of a package, from the root.
fn folder(root: &Path, package: &str) -> String {
    let short = short(package);
    let candidates = GROUPS.iter().map(|group| format!("{group}/{short}"));
    candidates.into_iter().find(|folder| root.join(folder).is_dir()).unwrap_or_else(|| short.to_owned())
}

/// A package's name on the page. The product's crate is called like the product.
fn short(package: &str) -> &str {
    if package == "kiln" { "cli" } else { package.strip_prefix("kiln-").unwrap_or(package) }
}

/// The rows of the code map: folder and arrows.
fn rows(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let map = text.split("\n## Code map\n").nth(1).and_then(|rest| rest.split("\n## ").next()).unwrap_or_default();
    map.lines().filter_map(|line| {
        let mut cells = line.trim_matches('|').split(" | ").map(str::trim);
        let folder = cells.next()?.strip_prefix('`')?.strip_suffix('`')?;
        Some((folder, cells.nth(1)?))
    })
}

fn row(text: &str, folder: &str, layer: &Layer) -> Result<(), String> {
    let arrows = if layer.may_use.is_empty() {
        "–".to_owned()
    } else {
        layer.may_use.iter().map(|package| short(package)).collect::<Vec<_>>().join(", ")
    };
    match rows(text).find(|(name, _)| *name == folder) {
        None => Err(format!("the code map has no row for `{folder}` (it depends on: {arrows})")),
        Some((_, found)) if found != arrows => Err(format!("the code map says that `{folder}` depends on: {found}; it is: {arrows}")),
        Some(_) => Ok(()),
    }
}

/// The invariants that name no check.
fn unheld(text: &str) -> impl Iterator<Item = &str> {
    let list = text.split("\n## Invariants\n").nth(1).and_then(|rest| rest.split("\n## ").next()).unwrap_or_default();
    list.split("\n").filter(|line| line.starts_with(|c: char| c.is_ascii_digit()) && !line.contains("Held by "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# A\n\n## Code map\n\n| Where | What | Depends on |\n|---|---|---|\n| `crates/a` | x | – |\n| `crates/b` | y | a |\n\n\
                        ## Invariants\n\n1. One. Held by a test.\n2. Two.\n\n## Next\n\n3. Not one.\n";

    fn layer(package: &'static str, may_use: &'static [&'static str]) -> Layer {
        Layer { package, may_use, unsafe_because: None }
    }

    #[test]
    fn a_row_has_the_arrows_of_its_layer() {
        assert_eq!(row(PAGE, "crates/a", &layer("kiln-a", &[])), Ok(()));
        assert_eq!(row(PAGE, "crates/b", &layer("kiln-b", &["kiln-a"])), Ok(()));
        assert!(row(PAGE, "crates/b", &layer("kiln-b", &["kiln-a", "kiln-c"])).is_err_and(|e| e.ends_with("it is: a, c")));
        assert!(row(PAGE, "crates/c", &layer("kiln-c", &[])).is_err_and(|e| e.contains("no row")));
    }

    #[test]
    fn an_invariant_without_a_check_is_found() {
        assert_eq!(unheld(PAGE).collect::<Vec<_>>(), ["2. Two."]);
    }
}
