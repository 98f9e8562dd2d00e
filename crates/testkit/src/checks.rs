//! `// CHECK: TEXT` and `// CHECK-NOT: TEXT` lines: what a rendering must contain in this order, and what not in between.

/// One expectation and its line in the test file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Check<'a> {
    line: usize,
    /// Whether the text must not occur.
    not: bool,
    text: &'a str,
}

/// The expectations in a test file, in order.
#[must_use]
pub fn checks(file: &str) -> Vec<Check<'_>> {
    let of = |(n, line): (usize, &'_ str)| -> Option<(usize, bool, usize)> {
        let at = line.find("// CHECK")?;
        let rest = &line[at + 8..];
        let not = rest.starts_with("-NOT:");
        (not || rest.starts_with(':')).then(|| (n + 1, not, at + 8 + if not { 5 } else { 1 }))
    };
    file.lines()
        .enumerate()
        .filter_map(|(n, line)| of((n, line)).map(|(line_number, not, start)| Check { line: line_number, not, text: line[start..].trim() }))
        .collect()
}

/// Compares a rendering with the expectations of its file.
///
/// # Errors
///
/// The first expectation that does not hold, with the rendering.
pub fn verify(checks: &[Check<'_>], rendered: &str) -> Result<(), String> {
    let lines: Vec<&str> = rendered.lines().collect();
    let mut at = 0;
    for (n, check) in checks.iter().enumerate() {
        if check.text.is_empty() {
            return Err(format!("line {}: an expectation says what it expects", check.line));
        }
        if check.not {
            let next = checks[n + 1..].iter().find(|c| !c.not);
            let end = next.and_then(|c| find(&lines, at, c.text)).unwrap_or(lines.len());
            if let Some(found) = find(&lines[..end], at, check.text) {
                return Err(format!("line {}: `{}` occurs in line {} of\n{rendered}", check.line, check.text, found + 1));
            }
        } else {
            match find(&lines, at, check.text) {
                Some(found) => at = found + 1,
                None => return Err(format!("line {}: `{}` does not occur behind line {at} of\n{rendered}", check.line, check.text)),
            }
        }
    }
    Ok(())
}

fn find(lines: &[&str], from: usize, text: &str) -> Option<usize> {
    (from..lines.len()).find(|n| lines[*n].contains(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expectations_hold_in_their_order() {
        let file = "x // CHECK: b\n// CHECK-NOT: d\n// CHECK: c\n// CHECKED: no\n";
        let found = checks(file);
        assert_eq!(found.len(), 3);
        assert!(verify(&found, "a\nb\nc\nd\n").is_ok());
        assert!(verify(&found, "a\nb\nd\nc\n").is_err());
        assert!(verify(&found, "a\nc\nb\n").is_err());
        assert!(verify(&checks("// CHECK: a\n// CHECK: a"), "a\n").is_err());
        assert!(verify(&checks("// CHECK:"), "a\n").is_err());
    }
}
