//! From text back to functions; see [`crate::text`]. Any text gives functions or an error with its line: nothing here panics, and what is
//! allocated is bounded by the text. Whether the functions obey LIR's rules is asked of [`crate::verify`].

use super::lex::{Token, lex};
use super::symbols::Resolve;
use crate::function::{BlockId, Function, ScopeId, SlotId, ValueId};
use crate::inst::LTy;
use crate::sym::{Sym, SymKind};
use kiln_support::FxHashMap;
use thiserror::Error;

/// Why a text is no LIR.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("line {line}: {problem}")]
pub struct ParseError {
    /// Line, from 1.
    pub line: u32,
    /// What is wrong there.
    pub problem: Problem,
}

/// What is wrong with a line.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum Problem {
    /// Another token than the grammar wants.
    #[error("{found} where {wanted} is expected")]
    Unexpected {
        /// What is there.
        found: String,
        /// What should be.
        wanted: &'static str,
    },
    /// A word that means nothing in its place.
    #[error("unknown {what} `{name}`")]
    Unknown {
        /// What the word should name.
        what: &'static str,
        /// The word.
        name: String,
    },
    /// A number that does not fit into its place.
    #[error("{number} does not fit here")]
    Range {
        /// The number.
        number: String,
    },
    /// Slots and blocks are numbered from zero, without gaps.
    #[error("{found} where {wanted} comes next")]
    Order {
        /// The number that is there.
        found: String,
        /// The number that is next.
        wanted: String,
    },
    /// Two definitions of a value disagree.
    #[error("{value} is {} and {}", first.word(), second.word())]
    TwoTypes {
        /// The value.
        value: ValueId,
        /// Its type at the first definition.
        first: LTy,
        /// Its type at this one.
        second: LTy,
    },
    /// A text in quotes that does not end.
    #[error("a text in quotes does not end")]
    OpenText,
    /// `\` before something else than a quote, `\`, `n` or `u{…}`.
    #[error("unknown escape in a text in quotes")]
    BadEscape,
}

/// Result of one step; the line is added at the end.
pub(super) type Step<T> = Result<T, Problem>;

/// Value numbers end here, so that one number does not ask for a table of gigabytes.
const MAX_VALUES: usize = 1 << 20;

/// Reads all functions of a text.
///
/// # Errors
///
/// The first line that is no LIR, or names a symbol that `resolve` does not know.
pub fn parse(text: &str, resolve: &mut dyn Resolve) -> Result<Vec<Function>, ParseError> {
    let mut parser =
        Parser { tokens: lex(text)?, at: 0, resolve, value_types: Vec::new(), syms: FxHashMap::default(), sym_names: Vec::new() };
    let mut functions = Vec::new();
    while parser.peek() != &Token::End {
        let function = parser.function().map_err(|problem| ParseError { line: parser.line(), problem })?;
        functions.push(function);
    }
    Ok(functions)
}

pub(super) struct Parser<'a> {
    tokens: Vec<(Token<'a>, u32)>,
    pub(super) at: usize,
    resolve: &'a mut dyn Resolve,
    /// Of the function at hand: types of the values defined so far.
    pub(super) value_types: Vec<Option<LTy>>,
    /// Of the function at hand: what it names, in the order of the text.
    pub(super) syms: FxHashMap<(SymKind, String), Sym>,
    pub(super) sym_names: Vec<(Sym, String)>,
}

// Tokens.
impl<'a> Parser<'a> {
    pub(super) fn peek(&self) -> &Token<'a> {
        // `End` is the last token and is never passed.
        self.tokens.get(self.at).map_or(&Token::End, |t| &t.0)
    }

    /// The line of the token that was read last, which is the one that did not fit.
    fn line(&self) -> u32 {
        self.tokens.get(self.at.saturating_sub(1)).map_or(1, |t| t.1)
    }

    fn next(&mut self) -> Token<'a> {
        let token = self.peek().clone();
        self.at = (self.at + 1).min(self.tokens.len());
        token
    }

    fn unexpected<T>(found: &Token<'_>, wanted: &'static str) -> Step<T> {
        Err(Problem::Unexpected { found: found.to_string(), wanted })
    }

    /// Passes a character if it is next.
    pub(super) fn eat(&mut self, mark: char) -> bool {
        let hit = self.peek() == &Token::Mark(mark);
        self.at += usize::from(hit);
        hit
    }

    /// Passes a word if it is next.
    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        let hit = self.peek() == &Token::Word(word);
        self.at += usize::from(hit);
        hit
    }

    pub(super) fn mark(&mut self, mark: char) -> Step<()> {
        const WANTED: [(char, &str); 11] = [
            ('(', "`(`"),
            (')', "`)`"),
            ('[', "`[`"),
            (']', "`]`"),
            ('{', "`{`"),
            ('}', "`}`"),
            (',', "`,`"),
            (':', "`:`"),
            ('=', "`=`"),
            ('*', "`*`"),
            ('@', "a symbol"),
        ];
        match self.next() {
            Token::Mark(found) if found == mark => Ok(()),
            found => Self::unexpected(&found, WANTED.iter().find(|w| w.0 == mark).map_or("another character", |w| w.1)),
        }
    }

    pub(super) fn arrow(&mut self) -> Step<()> {
        match self.next() {
            Token::Arrow => Ok(()),
            found => Self::unexpected(&found, "`->`"),
        }
    }

    pub(super) fn word(&mut self, wanted: &'static str) -> Step<&'a str> {
        match self.next() {
            Token::Word(word) => Ok(word),
            found => Self::unexpected(&found, wanted),
        }
    }

    pub(super) fn this_word(&mut self, word: &str, wanted: &'static str) -> Step<()> {
        if self.word(wanted)? == word { Ok(()) } else { Self::unexpected(&self.tokens[self.at - 1].0, wanted) }
    }

    pub(super) fn text(&mut self) -> Step<String> {
        match self.next() {
            Token::Text(text) => Ok(text),
            found => Self::unexpected(&found, "a text in quotes"),
        }
    }

    /// A number of any integer type.
    pub(super) fn number<T: TryFrom<i128>>(&mut self) -> Step<T> {
        let text = match self.next() {
            Token::Number(text) => text,
            found => return Self::unexpected(&found, "a number"),
        };
        let range = || Problem::Range { number: text.to_owned() };
        let number = match text.strip_prefix("0x") {
            Some(digits) => i128::from_str_radix(digits, 16).ok(),
            None => text.parse().ok(),
        };
        number.and_then(|n| T::try_from(n).ok()).ok_or_else(range)
    }

    /// A number with a sign, or zero without a word.
    pub(super) fn offset<T: TryFrom<i128>>(&mut self) -> Step<T> {
        match self.peek() {
            Token::Number(text) if text.starts_with(['+', '-']) => self.number(),
            _ => T::try_from(0).map_err(|_| Problem::Range { number: "0".to_owned() }),
        }
    }

    /// A word of a prefix and a number.
    fn id(&mut self, prefix: &str, wanted: &'static str) -> Step<usize> {
        let word = self.word(wanted)?;
        let digits = word.strip_prefix(prefix).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
        match digits.and_then(|digits| digits.parse::<usize>().ok()) {
            Some(id) if id < MAX_VALUES => Ok(id),
            Some(_) => Err(Problem::Range { number: word.to_owned() }),
            None => Err(Problem::Unexpected { found: format!("`{word}`"), wanted }),
        }
    }
}

// What instructions are made of.
impl Parser<'_> {
    pub(super) fn value(&mut self) -> Step<ValueId> {
        self.id("v", "a value").map(ValueId::new)
    }

    pub(super) fn block(&mut self) -> Step<BlockId> {
        self.id("bb", "a block").map(BlockId::new)
    }

    pub(super) fn slot(&mut self) -> Step<SlotId> {
        self.id("ss", "a slot").map(SlotId::new)
    }

    pub(super) fn scope(&mut self) -> Step<ScopeId> {
        self.id("sc", "a scope").map(ScopeId::new)
    }

    /// The function's own code where no scope is named.
    pub(super) fn scope_if_any(&mut self) -> Step<ScopeId> {
        if matches!(self.peek(), Token::Word(word) if word.starts_with("sc")) { self.scope() } else { Ok(ScopeId::FUNCTION) }
    }

    /// Values with commas between.
    pub(super) fn values<const N: usize>(&mut self) -> Step<[ValueId; N]> {
        let mut values = [ValueId::new(0); N];
        for (index, value) in values.iter_mut().enumerate() {
            if index > 0 {
                self.mark(',')?;
            }
            *value = self.value()?;
        }
        Ok(values)
    }

    /// `[v1]`.
    pub(super) fn bare_address(&mut self) -> Step<ValueId> {
        self.mark('[')?;
        let value = self.value()?;
        self.mark(']')?;
        Ok(value)
    }

    pub(super) fn ty(&mut self) -> Step<LTy> {
        let word = self.word("a type")?;
        LTy::find(word).ok_or_else(|| Problem::Unknown { what: "type", name: word.to_owned() })
    }

    /// Items in brackets with commas between.
    pub(super) fn list<T>(&mut self, open: char, close: char, mut item: impl FnMut(&mut Self) -> Step<T>) -> Step<Vec<T>> {
        self.mark(open)?;
        let mut items = Vec::new();
        if self.eat(close) {
            return Ok(items);
        }
        loop {
            items.push(item(self)?);
            if !self.eat(',') {
                self.mark(close)?;
                return Ok(items);
            }
        }
    }

    fn typed_value(&mut self) -> Step<(ValueId, LTy)> {
        let value = self.value()?;
        self.mark(':')?;
        Ok((value, self.ty()?))
    }

    /// `(v1: i32, v2: ref)`.
    pub(super) fn typed_values(&mut self) -> Step<Vec<(ValueId, LTy)>> {
        self.list('(', ')', Self::typed_value)
    }

    /// `v1: i32` where it is defined.
    pub(super) fn definition(&mut self) -> Step<(ValueId, LTy)> {
        let (value, second) = self.typed_value()?;
        if self.value_types.len() <= value.index() {
            self.value_types.resize(value.index() + 1, None);
        }
        match self.value_types[value.index()].replace(second) {
            Some(first) if first != second => Err(Problem::TwoTypes { value, first, second }),
            _ => Ok((value, second)),
        }
    }

    pub(super) fn definitions(&mut self) -> Step<Vec<(ValueId, LTy)>> {
        self.list('(', ')', Self::definition)
    }

    /// `@method "name"`, `@RhpHelper`.
    pub(super) fn symbol(&mut self) -> Step<Sym> {
        let (sym, name) = self.named_symbol()?;
        let key = (sym.kind(), name.clone());
        if let Some(known) = self.syms.get(&key) {
            return Ok(known.clone());
        }
        self.syms.insert(key, sym.clone());
        self.sym_names.push((sym.clone(), name));
        Ok(sym)
    }

    pub(super) fn named_symbol(&mut self) -> Step<(Sym, String)> {
        self.mark('@')?;
        let word = self.word("a kind of symbol or a helper")?;
        let (kind, name) = match (SymKind::find(word), self.peek()) {
            (Some(kind), Token::Text(_)) => (kind, self.text()?),
            _ => (SymKind::Helper, word.to_owned()),
        };
        match self.resolve.sym(kind, &name) {
            Some(sym) => Ok((sym, name)),
            None => Err(Problem::Unknown { what: kind.word(), name }),
        }
    }
}
