//! Rules for single files: documentation, length, notes, skipped tests, white space.

/// The longest that a source file may be.
const MAX_LINES: usize = 800;

/// Files that are longer, with the length they had when they got here. The list only shrinks: a file may not grow past its
/// entry, and leaves the list when it fits.
const LONG: &[(&str, usize)] = &[];

/// Checks one file; `name` is its path from the repository's root.
pub(super) fn check(name: &str, text: &str, problems: &mut Vec<String>) {
    let mut problem = |line: usize, what: &str| problems.push(format!("{name}:{}: {what}", line + 1));
    for (number, line) in text.lines().enumerate() {
        if line.ends_with([' ', '\t']) {
            problem(number, "white space at the end of the line");
        }
        if note_without_issue(line) {
            problem(number, "a note names its issue, like `TODO(#12)`");
        }
    }
    if !text.is_empty() && !text.ends_with('\n') {
        problem(0, "the last line does not end");
    }
    if !name.ends_with(".rs") {
        return;
    }
    if name.ends_with("/mod.rs") {
        problem(0, "modules are `foo.rs` beside `foo/`, not `foo/mod.rs`");
    }
    if !documented(text) {
        problem(0, "the file does not open with `//!`: what it computes, from what, by which rule");
    }
    // In two parts, so that this line is not what it looks for.
    let skipped = concat!("#[ign", "ore");
    if let Some((number, _)) = text.lines().enumerate().find(|(_, line)| line.trim_start().starts_with(skipped)) {
        problem(number, "tests are not skipped; assert what happens today and name the issue");
    }
    let lines = text.lines().count();
    match LONG.iter().find(|(long, _)| *long == name) {
        None if lines > MAX_LINES => problem(MAX_LINES, &format!("{lines} lines; split it (at most {MAX_LINES})")),
        Some((_, limit)) if lines > *limit => problem(*limit, &format!("{lines} lines; it had {limit} and may only shrink")),
        Some(_) if lines <= MAX_LINES => problem(0, "fits now; remove it from the list in xtask/src/tidy/files.rs"),
        _ => {}
    }
}

/// Whether the first thing in the file, apart from a `#!` line, is module documentation.
fn documented(text: &str) -> bool {
    text.lines().find(|line| !line.trim().is_empty()).is_some_and(|line| line.starts_with("//!"))
}

/// Whether the line has a note for later that nobody can find again.
fn note_without_issue(line: &str) -> bool {
    ["TODO", "FIXME", "XXX"].iter().any(|word| {
        line.match_indices(word).any(|(at, _)| {
            let before = line[..at].chars().next_back();
            let after = &line[at + word.len()..];
            // Only where a note begins, not within a word or a quotation.
            let begins = before.is_none_or(|c| c.is_whitespace() || c == '/');
            let ends = after.is_empty() || after.starts_with([':', ' ', '(']);
            begins && ends && line[..at].contains("//") && !after.starts_with("(#")
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(name: &str, text: &str) -> Vec<String> {
        let mut found = Vec::new();
        check(name, text, &mut found);
        found
    }

    #[test]
    fn each_rule_is_noticed() {
        assert_eq!(problems("a.rs", "//! Doc.\nfn f() {}\n"), Vec::<String>::new());
        assert_eq!(problems("a.rs", "fn f() {}\n").len(), 1);
        assert_eq!(problems("x/mod.rs", "//! Doc.\n").len(), 1);
        assert_eq!(problems("a.md", "text \n").len(), 1);
        assert_eq!(problems("a.rs", "//! Doc.\n// TO\u{44}O: later\n").len(), 1);
        assert_eq!(problems("a.rs", "//! Doc.\n// TO\u{44}O(#3): later\n").len(), 0);
        assert_eq!(problems("a.rs", &format!("//! Doc.\n{}", "x\n".repeat(800))).len(), 1);
    }
}
