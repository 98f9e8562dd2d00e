//! IL text to tokens (ECMA-335 II.5.2). Dots belong to words: `.class`, `System.Object` and `ldc.i4.0` are one token each.

use crate::error::{ErrorKind, Place, Result, at};

/// What a token is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Tok {
    /// A keyword, an instruction or a name, dotted or not.
    Word(String),
    /// A name with a quoted part: never a keyword.
    Quoted(String),
    /// A string, its escapes resolved.
    Str(String),
    /// Starts with a digit; what it means depends on where it stands.
    Num(String),
    /// Punctuation.
    Punct(&'static str),
    /// The end of the text.
    End,
}

/// A token and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub tok: Tok,
    pub place: Place,
    /// Bytes of the text from here on: byte lists are read from the text, since `1E` and `B7` would be tokens of different kinds.
    pub start: usize,
}

/// Longest first.
const PUNCT: [&str; 21] = ["...", "::", "!!", "!", ":", "{", "}", "(", ")", "[", "]", "<", ">", ",", "=", "&", "*", "+", "-", "/", ";"];

fn starts_word(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '_' | '$' | '@' | '?' | '`' | '#')
}

fn in_word(c: char) -> bool {
    starts_word(c) || c.is_ascii_digit()
}

struct Lexer<'a> {
    text: &'a str,
    pos: usize,
    place: Place,
}

/// All tokens, the end included.
pub(crate) fn tokens(text: &str, file: u16) -> Result<Vec<Token>> {
    let mut lexer = Lexer { text, pos: 0, place: Place { file, line: 1 } };
    let mut out = Vec::new();
    loop {
        lexer.blank()?;
        let (start, place) = (lexer.pos, lexer.place);
        let tok = lexer.token()?;
        let end = tok == Tok::End;
        out.push(Token { tok, place, start });
        if end {
            return Ok(out);
        }
    }
}

impl Lexer<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.pos..].chars().next()
    }

    fn peek_second(&self) -> Option<char> {
        self.text[self.pos..].chars().nth(1)
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.pos += c.len_utf8();
        if c == '\n' {
            self.place.line += 1;
        }
        Some(c)
    }

    fn blank(&mut self) -> Result<()> {
        loop {
            let rest = &self.text[self.pos..];
            if rest.starts_with("//") {
                self.pos += rest.find('\n').unwrap_or(rest.len());
            } else if rest.starts_with("/*") {
                let place = self.place;
                let Some(length) = rest.find("*/") else { return at(place, ErrorKind::Unterminated("a comment")) };
                self.place.line += rest[..length].matches('\n').count() as u32;
                self.pos += length + 2;
            } else if self.peek().is_some_and(char::is_whitespace) || rest.starts_with('\u{FEFF}') {
                self.bump();
            } else {
                return Ok(());
            }
        }
    }

    fn token(&mut self) -> Result<Tok> {
        let Some(c) = self.peek() else { return Ok(Tok::End) };
        if c == '"' {
            return self.string().map(Tok::Str);
        }
        if c == '\'' || starts_word(c) || c == '.' && self.peek_second().is_some_and(|n| starts_word(n) || n == '\'') {
            return self.word();
        }
        if c.is_ascii_digit() {
            return Ok(Tok::Num(self.number()));
        }
        for p in PUNCT {
            if self.text[self.pos..].starts_with(p) {
                self.pos += p.len();
                return Ok(Tok::Punct(p));
            }
        }
        at(self.place, ErrorKind::BadCharacter(c))
    }

    fn word(&mut self) -> Result<Tok> {
        let mut out = String::new();
        let mut quoted = false;
        while let Some(c) = self.peek() {
            if c == '\'' && (out.is_empty() || out.ends_with('.')) {
                out.push_str(&self.quoted()?);
                quoted = true;
            } else if in_word(c) || c == '.' && self.peek_second().is_some_and(|n| in_word(n) || n == '\'') {
                out.push(c);
                self.pos += c.len_utf8();
            } else {
                break;
            }
        }
        // The prefix instructions are the only words that end with a dot.
        if self.peek() == Some('.') && matches!(out.as_str(), "volatile" | "unaligned" | "tail" | "constrained" | "readonly" | "no") {
            out.push('.');
            self.pos += 1;
        }
        Ok(if quoted { Tok::Quoted(out) } else { Tok::Word(out) })
    }

    fn quoted(&mut self) -> Result<String> {
        let place = self.place;
        self.bump();
        let mut out = String::new();
        loop {
            match self.bump() {
                None | Some('\n') => return at(place, ErrorKind::Unterminated("a quoted name")),
                Some('\'') => return Ok(out),
                Some('\\') => out.extend(self.escape()),
                Some(c) => out.push(c),
            }
        }
    }

    fn string(&mut self) -> Result<String> {
        let place = self.place;
        self.bump();
        let mut out = String::new();
        loop {
            match self.bump() {
                None => return at(place, ErrorKind::Unterminated("a string")),
                Some('"') => return Ok(out),
                Some('\\') => out.extend(self.escape()),
                Some(c) => out.push(c),
            }
        }
    }

    /// Behind a backslash: the escapes of C, three octal digits, and a line end, which joins two lines.
    fn escape(&mut self) -> Option<char> {
        let c = self.bump()?;
        Some(match c {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'a' => '\u{7}',
            'b' => '\u{8}',
            'f' => '\u{C}',
            'v' => '\u{B}',
            '0'..='7' => {
                let mut value = c as u32 - '0' as u32;
                for _ in 0..2 {
                    let Some(d @ '0'..='7') = self.peek() else { break };
                    value = value * 8 + (d as u32 - '0' as u32);
                    self.bump();
                }
                char::from_u32(value)?
            }
            '\n' => {
                while self.peek().is_some_and(|c| c == ' ' || c == '\t') {
                    self.bump();
                }
                return None;
            }
            other => other,
        })
    }

    fn number(&mut self) -> String {
        let start = self.pos;
        let hexadecimal = self.text[start..].starts_with("0x") || self.text[start..].starts_with("0X");
        while let Some(c) = self.peek() {
            let dot = c == '.' && self.peek_second().is_some_and(|n| n.is_ascii_digit());
            let sign = matches!(c, '+' | '-') && !hexadecimal && self.text[start..self.pos].ends_with(['e', 'E']);
            if !(c.is_ascii_alphanumeric() || dot || sign) {
                break;
            }
            self.pos += 1;
        }
        self.text[start..self.pos].to_owned()
    }
}
