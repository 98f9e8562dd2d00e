//! What a program runs on is known to `crates/target`, and to the few places that are about it: the C conventions, the runtime's
//! processor and system, the linker. Everyone else asks the target. So nothing else mentions an architecture or an operating system,
//! not even in a comment: what holds for one of them only is no rule there.

use super::code;

/// Where the words may be, with the reason.
const MAY: &[(&str, &str)] = &[
    ("crates/target/", "the facts"),
    ("crates/lower/src/stubs/convention", "the C conventions"),
    ("crates/simd/", "instruction sets are a processor's, and LLVM's names of their instructions have its name"),
    ("crates/link/", "the linker's arguments and the machine's folders"),
    ("runtime/rt/src/arch", "the processor"),
    ("runtime/pal/", "the system"),
    ("runtime/system-native/", "speaks the system's C interface, which the class library's own shims name"),
    ("crates/codegen/src/emit/vector", "LLVM's functions for one instruction have its names"),
    ("crates/codegen/src/llvm/machine.rs", "LLVM's functions that register its back ends have their names"),
    ("crates/codegen/src/join.rs", "translates the target's architecture to the object writer's"),
    ("crates/data/src/image.rs", "translates the target's architecture to the object writer's"),
    ("crates/cli/src/args.rs", "the help shows a RID"),
    ("crates/corehost/", "starts CoreCLR on this machine"),
    ("crates/testkit/", "tests of one target"),
    ("xtask/src/setup", "names of packages"),
    ("xtask/src/tidy/", "the words themselves"),
];

/// Words that mean nothing else, also as a part of a longer one.
const PARTS: &[&str] = &[
    "x86",
    "amd64",
    "aarch64",
    "arm64",
    "target_arch",
    "target_os",
    "target_env",
    "linux",
    "darwin",
    "macos",
    "win32",
    "win64",
    "sysv",
    "aapcs",
    "glibc",
    "musl",
];
/// Words that do so only when they stand alone: short names, and registers.
const WORDS: &[&str] = &["x64", "arm", "osx", "rax", "rbp", "rdi", "x29", "tpidr_el0"];

/// Checks one file.
pub(super) fn check(name: &str, text: &str, problems: &mut Vec<String>) {
    let exempt = MAY.iter().any(|(place, _)| name.starts_with(place)) || name.contains("/examples/");
    if exempt || !code::is_shipped(name, &["crates/", "runtime/", "xtask/"]) {
        return;
    }
    // Tests name what they are about.
    let shipped = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    for (number, line) in shipped.lines().enumerate() {
        if let Some(word) = mention(&line.to_ascii_lowercase()) {
            problems.push(format!("{name}:{}: `{word}` is for crates/target and others to know (xtask/src/tidy/systems.rs)", number + 1));
        }
    }
}

/// The first word in a line of lower case.
fn mention(line: &str) -> Option<&'static str> {
    let part = |word: &&&str| line.match_indices(**word).any(|(at, _)| !line[..at].ends_with(|c: char| c.is_ascii_digit()));
    let alone = |word: &&&str| line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(|found| found == **word);
    PARTS.iter().find(part).or_else(|| WORDS.iter().find(alone)).copied()
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
    fn a_stage_does_not_know_a_processor_or_a_system() {
        for line in [
            "if cfg!(target_os = \"linux\") {}",
            "const TRIPLE: &str = \"x86_64-unknown\";",
            "// the frame pointer, rbp",
            "LLVMInitializeX86Target();",
            "let rid = \"linux-x64\";",
        ] {
            assert_eq!(problems("crates/codegen/src/a.rs", line), 1, "{line}");
        }
    }

    #[test]
    fn numbers_and_longer_words_are_no_mentions() {
        for line in ["0x86 ConvOvfU1Un", "let max64 = x64bits;", "// harm, charm and arms", "windows(2)"] {
            assert_eq!(problems("crates/il/src/a.rs", line), 0, "{line}");
        }
    }

    #[test]
    fn places_that_are_about_them_and_tests_may() {
        let line = "mov rbp,rsp // x86-64\n";
        assert_eq!(problems("runtime/rt/src/arch/x64.rs", line), 0);
        assert_eq!(problems("crates/target/src/linux.rs", line), 0);
        assert_eq!(problems("crates/driver/src/a.rs", &format!("#[cfg(test)]\nmod tests {{\n{line}}}\n")), 0);
        assert_eq!(problems("crates/driver/tests/a.rs", line), 0);
        assert_eq!(problems("runtime/rt/src/eh.rs", line), 1);
    }
}
