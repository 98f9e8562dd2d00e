//! Link names in the runtime (`docs/internals/runtime.md`): its crates call each other by Rust paths, which the compiler checks and the
//! layer table sees. An `extern "C"` import names what is outside of the runtime, or assembly of the same crate.

use std::collections::{BTreeMap, BTreeSet};

/// Symbols of the runtime and of the compiled program with the runtime's prefix: each is known to compiled code or to `data`.
const SHARED: &[&str] = &[
    "kiln_empty_dispatch_entry",
    // The type loader's code for calls that no row of the program answers, and for vectors.
    "kiln_generic_virtual",
    "kiln_of_vectors",
    "kiln_personality",
    // What the processor has.
    "kiln_processor",
    // The header of the compiled program.
    "kiln_program",
    "kiln_thread",
    "kiln_unreachable",
];
/// Imports made by a macro: they are for the crate whose assembly defines them.
const DECLARED_HELPERS: (&str, &str) = ("helpers::link", "runtime/rt/src/arch");

/// A name at a line of a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    name: String,
    file: String,
    line: usize,
}

/// What was seen of the runtime's files.
#[derive(Default)]
pub(super) struct LinkNames {
    imports: Vec<Place>,
    /// Definitions: name → crates.
    defined: BTreeMap<String, BTreeSet<String>>,
    problems: Vec<String>,
}

impl LinkNames {
    /// Notes the link names of a file, if it belongs to the runtime; `name` is its path from the repository's root.
    pub(super) fn note(&mut self, name: &str, text: &str) {
        let Some(krate) = crate_of(name).filter(|_| name.ends_with(".rs")) else { return };
        // Comments go; the lines stay where they are.
        let text: String = text.lines().flat_map(|line| [line.split("//").next().unwrap_or_default(), "\n"]).collect();
        let line_of = |at: usize| text[..at].matches('\n').count() + 1;
        let blocks = blocks(&text);
        for (from, to) in &blocks {
            for (at, item) in items(&text[*from..*to]) {
                let renamed = quoted_after(text[*from..from + at].rsplit(';').next().unwrap_or_default(), "link_name = ");
                self.imports.push(Place { name: renamed.unwrap_or(item).to_owned(), file: name.to_owned(), line: line_of(from + at) });
            }
        }
        for (at, _) in text.match_indices("no_mangle").chain(text.match_indices("export_name = ")) {
            if blocks.iter().any(|(from, to)| (*from..*to).contains(&at)) {
                continue;
            }
            let Some((offset, item)) = items(&text[at..]).next() else { continue };
            let symbol = quoted_after(&text[at..at + offset], "export_name = ").unwrap_or(item);
            self.define(symbol, krate);
            if symbol.starts_with("kiln_") && !SHARED.contains(&symbol) {
                let what = "is a link name that compiled code does not know: call it by its path, or list it in link_names.rs";
                self.problems.push(format!("{name}:{}: `{symbol}` {what}", line_of(at + offset)));
            }
        }
        for (at, directive) in text.match_indices(".globl ") {
            self.define(identifier(&text[at + directive.len()..]), krate);
        }
        for (at, _) in text.match_indices(DECLARED_HELPERS.0) {
            if !name.starts_with(DECLARED_HELPERS.1) {
                self.problems.push(format!("{name}:{}: helpers are called by `kiln_rt::helpers`, not by link name", line_of(at)));
            }
        }
    }

    fn define(&mut self, symbol: &str, krate: &str) {
        if symbol.is_empty() {
            return;
        }
        self.defined.entry(symbol.to_owned()).or_default().insert(krate.to_owned());
    }

    /// Reports imports that cross the runtime's crates.
    pub(super) fn check(mut self, problems: &mut Vec<String>) {
        problems.append(&mut self.problems);
        for Place { name, file, line } in &self.imports {
            let krate = crate_of(file).unwrap_or_default();
            let others: Vec<&str> = self.defined.get(name).into_iter().flatten().map(String::as_str).collect();
            if others.contains(&krate) {
                continue;
            }
            if let Some(other) = others.first() {
                problems
                    .push(format!("{file}:{line}: `{name}` is imported by link name, but runtime/{other} defines it: call it by its path"));
            } else if (name.starts_with("kiln_") || name.starts_with("Rhp")) && !SHARED.contains(&name.as_str()) {
                problems.push(format!("{file}:{line}: `{name}` is imported by link name, but the compiled program has no such symbol"));
            }
        }
    }
}

/// The runtime's crate that a file belongs to.
fn crate_of(name: &str) -> Option<&str> {
    name.strip_prefix("runtime/")?.split('/').next()
}

/// What is between the braces of every block of imports.
fn blocks(text: &str) -> Vec<(usize, usize)> {
    const START: &str = "extern \"C\" {";
    text.match_indices(START)
        .map(|(at, _)| {
            let from = at + START.len();
            let mut depth = 1;
            let end = text[from..].find(|c| {
                depth += i32::from(c == '{') - i32::from(c == '}');
                depth == 0
            });
            (from, end.map_or(text.len(), |end| from + end))
        })
        .collect()
}

/// The functions and variables that are declared or defined, with their places.
fn items(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let words = text.match_indices("fn ").chain(text.match_indices("static ")).filter(|(at, _)| {
        let before = text[..*at].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric() && c != '_')
    });
    let mut found: Vec<(usize, &str)> = words
        .map(|(at, word)| {
            let name = text[at + word.len()..].trim_start();
            (at, identifier(name.strip_prefix("mut ").unwrap_or(name)))
        })
        .filter(|(_, name)| !name.is_empty())
        .collect();
    found.sort_unstable();
    found.into_iter()
}

fn identifier(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

/// The quotation behind a key.
fn quoted_after<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    text.split(key).nth(1)?.split('"').nth(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(files: &[(&str, &str)]) -> Vec<String> {
        let mut names = LinkNames::default();
        for (name, text) in files {
            names.note(name, text);
        }
        let mut problems = Vec::new();
        names.check(&mut problems);
        problems
    }

    const DEFINITION: (&str, &str) =
        ("runtime/rt/src/a.rs", "#[unsafe(no_mangle)]\npub unsafe extern \"C\" fn RhpBox(mt: Mt) -> Obj {\n}\n");

    #[test]
    fn an_import_of_another_runtime_crates_function_is_reported() {
        let found = problems(&[
            DEFINITION,
            ("runtime/natives/src/b.rs", "unsafe extern \"C\" {\n    /// Boxes.\n    pub fn RhpBox(mt: Mt) -> Obj;\n}\n"),
        ]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("runtime/natives/src/b.rs:3: `RhpBox`"), "{found:?}");
    }

    #[test]
    fn an_exported_name_and_a_renamed_import_are_one_symbol() {
        let exported =
            "#[unsafe(export_name = \"System.Object::GetType():System.Type\")]\nunsafe extern \"C\" fn get_type(this: Obj) -> Obj {\n}\n";
        let import = "unsafe extern \"C\" { #[link_name = \"System.Object::GetType():System.Type\"] fn other(this: Obj) -> Obj; }\n";
        assert_eq!(problems(&[("runtime/natives/src/a.rs", exported), ("runtime/rt/src/b.rs", import)]).len(), 1);
    }

    #[test]
    fn a_variable_of_another_crates_assembly_is_reported() {
        let assembly = "core::arch::global_asm!(\n    \".globl kiln_thread\",\n);\n";
        let import = "unsafe extern \"C\" {\n    static mut kiln_thread: u8;\n}\n";
        assert_eq!(problems(&[("runtime/pal/src/tls.rs", assembly), ("runtime/rt/src/b.rs", import)]).len(), 1);
    }

    #[test]
    fn the_c_library_the_program_and_own_assembly_are_imported() {
        let text = "core::arch::global_asm!(\".globl RhpThing\");\nunsafe extern \"C\" {\n    fn modf(x: f64) -> f64;\n    static kiln_program: Header;\n    fn RhpThing();\n}\n";
        assert_eq!(problems(&[DEFINITION, ("runtime/natives/src/b.rs", text)]), Vec::<String>::new());
    }

    #[test]
    fn a_name_with_our_prefix_that_nobody_defines_is_reported() {
        assert_eq!(problems(&[("runtime/natives/src/b.rs", "unsafe extern \"C\" {\n    fn kiln_enter();\n}\n")]).len(), 1);
    }

    #[test]
    fn a_link_name_that_compiled_code_does_not_know_is_reported() {
        let found = problems(&[("runtime/rt/src/a.rs", "#[unsafe(no_mangle)]\npub extern \"C\" fn kiln_enter() {\n}\n")]);
        assert!(found[0].starts_with("runtime/rt/src/a.rs:2: `kiln_enter`"), "{found:?}");
    }

    #[test]
    fn helpers_are_not_called_by_their_declarations() {
        let text = "use kiln_abi::helpers::link::RhpBox;\n";
        assert_eq!(problems(&[("runtime/natives/src/a.rs", text)]).len(), 1);
        assert_eq!(problems(&[("runtime/rt/src/arch/x64.rs", text)]), Vec::<String>::new());
    }

    #[test]
    fn other_crates_and_comments_are_left_alone() {
        let import = "// unsafe extern \"C\" {\nunsafe extern \"C\" {\n    fn RhpBox();\n}\n";
        assert_eq!(problems(&[DEFINITION, ("crates/codegen/src/a.rs", import)]), Vec::<String>::new());
    }
}
