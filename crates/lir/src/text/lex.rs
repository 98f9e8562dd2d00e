//! The tokens of LIR's text form: words, numbers, texts in quotes, punctuation. `//` begins a comment.

use super::parse::{ParseError, Problem};
use std::fmt;

/// One token.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Token<'a> {
    /// Letters, digits, `_` and `.`; begins with a letter or `_`.
    Word(&'a str),
    /// Digits, or `0x` and hexadecimal digits, perhaps behind a sign.
    Number(&'a str),
    /// A text, without its quotes and escapes.
    Text(String),
    /// Any other character.
    Mark(char),
    /// `->`.
    Arrow,
    /// The end of the text.
    End,
}

impl fmt::Display for Token<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(text) | Self::Number(text) => write!(out, "`{text}`"),
            Self::Text(text) => write!(out, "{text:?}"),
            Self::Mark(c) => write!(out, "`{c}`"),
            Self::Arrow => out.write_str("`->`"),
            Self::End => out.write_str("the end"),
        }
    }
}

/// The tokens of a text with their lines; `End` is the last.
pub(super) fn lex(text: &str) -> Result<Vec<(Token<'_>, u32)>, ParseError> {
    let mut tokens = Vec::new();
    let (mut rest, mut line) = (text, 1);
    loop {
        let start = rest.trim_start();
        line += rest[..rest.len() - start.len()].matches('\n').count() as u32;
        rest = start;
        let Some(first) = rest.chars().next() else {
            tokens.push((Token::End, line));
            return Ok(tokens);
        };
        let second = rest[first.len_utf8()..].chars().next();
        let end = match (first, second) {
            ('/', Some('/')) => {
                rest = rest.find('\n').map_or("", |end| &rest[end..]);
                continue;
            }
            ('"', _) => {
                let (content, len) = quoted(rest).map_err(|problem| ParseError { line, problem })?;
                tokens.push((Token::Text(content), line));
                len
            }
            ('-', Some('>')) => {
                tokens.push((Token::Arrow, line));
                2
            }
            _ if is_word(first) && !first.is_ascii_digit() => {
                let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                tokens.push((Token::Word(&rest[..end]), line));
                end
            }
            ('+' | '-', Some('0'..='9')) | ('0'..='9', _) => {
                let end = rest[1..].find(|c: char| !c.is_ascii_alphanumeric()).map_or(rest.len(), |end| end + 1);
                tokens.push((Token::Number(&rest[..end]), line));
                end
            }
            _ => {
                tokens.push((Token::Mark(first), line));
                first.len_utf8()
            }
        };
        line += rest[..end].matches('\n').count() as u32;
        rest = &rest[end..];
    }
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '.'
}

/// The text in quotes at the start, and its length with them.
fn quoted(text: &str) -> Result<(String, usize), Problem> {
    let mut content = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Ok((content, at + 1)),
            '\\' => match chars.next() {
                Some((_, c @ ('"' | '\\'))) => content.push(c),
                Some((_, 'n')) => content.push('\n'),
                Some((_, 'u')) => {
                    let digits: String =
                        chars.by_ref().map(|(_, c)| c).skip_while(|c| *c == '{').take_while(|c| *c != '}').take(8).collect();
                    content.push(u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32).ok_or(Problem::BadEscape)?);
                }
                _ => return Err(Problem::BadEscape),
            },
            c => content.push(c),
        }
    }
    Err(Problem::OpenText)
}
