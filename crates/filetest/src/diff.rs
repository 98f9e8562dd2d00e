//! Shows where two texts differ, for failure messages.

use std::fmt::Write;

/// Lines of context around the first difference.
const CONTEXT: usize = 3;
/// Differing lines shown.
const SHOWN: usize = 8;

/// The first difference between `expected` and `actual` with some lines around it; `None` when they are equal.
#[must_use]
pub fn difference(expected: &[u8], actual: &[u8]) -> Option<String> {
    if expected == actual {
        return None;
    }
    let expected = String::from_utf8_lossy(expected);
    let actual = String::from_utf8_lossy(actual);
    // The end of the last line counts.
    let left: Vec<&str> = expected.split('\n').collect();
    let right: Vec<&str> = actual.split('\n').collect();
    let first = left.iter().zip(&right).take_while(|(a, b)| a == b).count();
    let mut text = format!("first difference in line {} (- expected, + actual):\n", first + 1);
    let mut line = |mark: char, line: &str| {
        let cut: String = line.chars().take(300).collect();
        let _ = writeln!(text, "{mark} {cut}");
    };
    left[first.saturating_sub(CONTEXT)..first].iter().for_each(|l| line(' ', l));
    left[first..].iter().take(SHOWN).for_each(|l| line('-', l));
    right[first..].iter().take(SHOWN).for_each(|l| line('+', l));
    if left.len().max(right.len()) > first + SHOWN {
        let _ = writeln!(text, "… ({} lines expected, {} lines actual)", left.len(), right.len());
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_differing_line_is_named() {
        assert_eq!(difference(b"a\n", b"a\n"), None);
        let text = difference(b"a\nb\nc\n", b"a\nx\nc\n").expect("a difference");
        assert!(text.contains("line 2") && text.contains("- b") && text.contains("+ x"), "{text}");
        assert!(difference(b"a", b"a\n").is_some());
    }
}
