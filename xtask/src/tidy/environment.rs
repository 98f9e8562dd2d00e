//! Only the crates that talk to the machine touch its files, processes and environment (ARCHITECTURE, invariant 7): what decides a program
//! comes in as an option or as bytes, and is part of the cache's key.

use super::code;

/// Crates that may, with the reason.
const MAY: &[(&str, &str)] = &[
    ("crates/cli/", "the product's face"),
    ("crates/driver/", "puts the options together"),
    ("crates/link/", "finds the linker"),
    ("crates/toolchain/", "finds .NET, Roslyn and the cache"),
    ("crates/corehost/", "starts CoreCLR"),
    ("crates/filetest/", "the tests' runner"),
    ("crates/progfuzz/", "runs CoreCLR and the compiler on programs that it makes"),
    ("crates/testkit/", "the tests' runner"),
    ("xtask/", "the project's own tool"),
];

/// What reads the environment. The compiler's `env!` does not: it is fixed when Kiln is built, by Cargo.
const READS: &[&str] = &["env::", "option_env!"];
/// What touches the machine in other ways.
const TOUCHES: &[&str] = &["std::env", "std::fs", "std::process", "std::net"];

/// Checks one file.
pub(super) fn check(name: &str, text: &str, problems: &mut Vec<String>) {
    if !code::is_shipped(name, &["crates/", "runtime/"])
        || !name.contains("/src/")
        || MAY.iter().any(|(folder, _)| name.starts_with(folder))
    {
        return;
    }
    for (number, line) in code::lines(text) {
        // Of the system's own crates and modules with that name, only the standard library's.
        let reads = READS
            .iter()
            .any(|read| line.match_indices(read).any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_')));
        if reads || TOUCHES.iter().any(|module| line.contains(module)) {
            problems.push(format!("{name}:{}: this crate does not touch the machine (xtask/src/tidy/environment.rs)", number + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(name: &str, text: &str) -> usize {
        let mut found = Vec::new();
        check(name, text, &mut found);
        found.len()
    }

    #[test]
    fn a_lower_crate_does_not_read_it() {
        assert_eq!(problems("crates/lower/src/a.rs", "let home = std::env::var(\"HOME\");\n"), 1);
        assert_eq!(problems("crates/lower/src/a.rs", "use std::env;\n"), 1);
        assert_eq!(problems("crates/data/src/a.rs", "let bytes = std::fs::read(path);\n"), 1);
        assert_eq!(problems("crates/codegen/src/a.rs", "const D: Option<&str> = option_env!(\"DEBUG\");\n"), 1);
        assert_eq!(problems("crates/codegen/src/a.rs", "const D: &str = env!(\"CARGO_PKG_VERSION\");\n"), 0);
        assert_eq!(problems("crates/lower/src/a.rs", "// std::env is not for us\nlet e = my_env::f();\n"), 0);
    }

    #[test]
    fn those_that_talk_to_the_machine_may() {
        assert_eq!(problems("crates/driver/src/a.rs", "let home = std::env::var(\"HOME\");\n"), 0);
        assert_eq!(problems("crates/lower/tests/a.rs", "let home = std::env::var(\"HOME\");\n"), 0);
        assert_eq!(problems("crates/lower/src/a.rs", "#[cfg(test)]\nmod tests {\n    use std::env;\n}\n"), 0);
    }
}
