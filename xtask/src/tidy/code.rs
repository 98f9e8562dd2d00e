//! The code of a Rust file, line by line: what the other rules look at.

/// Numbered lines without comments, up to the file's own tests.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut lines = text.lines().enumerate().peekable();
    std::iter::from_fn(move || {
        let (number, line) = lines.next()?;
        // Tests close a file: nothing that is shipped follows them.
        let tests = line == "#[cfg(test)]" && lines.peek().is_some_and(|(_, next)| next.starts_with("mod ") && next.ends_with('{'));
        (!tests).then(|| (number, without_comment(line)))
    })
}

/// The line up to `//`, unless that is in a text.
fn without_comment(line: &str) -> &str {
    let mut in_text = false;
    let mut before = ' ';
    for (at, c) in line.char_indices() {
        match c {
            '"' if before != '\\' => in_text = !in_text,
            '/' if !in_text && before == '/' => return &line[..at - 1],
            _ => {}
        }
        before = c;
    }
    line
}

/// Whether a file is shipped code of one of these folders: no tests, no examples.
pub(super) fn is_shipped(name: &str, folders: &[&str]) -> bool {
    name.ends_with(".rs")
        && !name.ends_with("tests.rs")
        && !name.contains("/tests/")
        && folders.iter().any(|folder| name.starts_with(folder))
}

/// The value of an integer literal at the start of a text, and its length: `0xC_0000`, `24`, `8u32`.
pub(super) fn literal(text: &str) -> Option<(u64, usize)> {
    let body: String = text.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    if !body.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let digits = body.replace('_', "");
    let (digits, radix) = match digits.strip_prefix("0x") {
        Some(hex) => (hex.to_owned(), 16),
        None => (digits, 10),
    };
    let suffix = |c: char| if radix == 16 { c == 'u' || c == 'i' } else { c.is_alphabetic() };
    let number = digits.split(suffix).next().unwrap_or_default();
    u64::from_str_radix(number, radix).ok().map(|value| (value, body.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_tests_are_not_code() {
        let text = "let a = \"//\"; // no\n#[cfg(test)]\nuse x;\n#[cfg(test)]\nmod tests {\n    no\n}\n";
        let found: Vec<&str> = lines(text).map(|(_, line)| line).collect();
        assert_eq!(found, ["let a = \"//\"; ", "#[cfg(test)]", "use x;"]);
    }

    #[test]
    fn literals_have_values() {
        assert_eq!(literal("0xC_0000 == x"), Some((0xC_0000, 8)));
        assert_eq!(literal("24)"), Some((24, 2)));
        assert_eq!(literal("8u32;"), Some((8, 4)));
        assert_eq!(literal("HEADER_SIZE"), None);
    }

    #[test]
    fn tests_and_examples_are_not_shipped() {
        assert!(is_shipped("crates/data/src/a.rs", &["crates/data/src/"]));
        assert!(!is_shipped("crates/data/src/a/tests.rs", &["crates/data/src/"]));
        assert!(!is_shipped("crates/data/examples/a.rs", &["crates/data/src/"]));
    }
}
