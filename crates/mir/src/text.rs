//! The text form of MIR: one list of mnemonics serves printer and parser.
//!
//! Types, methods and fields are written as quoted unique names (`type_name`, `method_name_full`); the parser gets them back through
//! [`Resolve`]. [`Names`] resolves what one function mentions, which is what a round trip needs.

mod insts;
mod parts;

use crate::{BlockData, Function, Local, LocalKind, Nest, Nesting, Region, RegionKind, Scope, ScopeId, SourcePos};
use kiln_support::FxHashMap;
use kiln_typesys::{FieldDesc, MethodDesc, TypeDesc, TypeSystem};
pub(crate) use parts::Part;
use parts::Text;

/// Finds descs by the names the printer writes.
pub trait Resolve {
    /// A type by `type_name`.
    fn ty(&self, name: &str) -> Option<TypeDesc>;
    /// A method by `method_name_full`.
    fn method(&self, name: &str) -> Option<MethodDesc>;
    /// A field by `type_name(owner)::name`.
    fn field(&self, name: &str) -> Option<FieldDesc>;
}

/// The names of everything a printed function mentions.
#[derive(Clone, Default, Debug)]
pub struct Names {
    types: FxHashMap<String, TypeDesc>,
    methods: FxHashMap<String, MethodDesc>,
    fields: FxHashMap<String, FieldDesc>,
}

impl Resolve for Names {
    fn ty(&self, name: &str) -> Option<TypeDesc> {
        self.types.get(name).copied()
    }
    fn method(&self, name: &str) -> Option<MethodDesc> {
        self.methods.get(name).copied()
    }
    fn field(&self, name: &str) -> Option<FieldDesc> {
        self.fields.get(name).copied()
    }
}

/// Writes; remembers the names.
pub(crate) struct Printer<'a> {
    ts: &'a TypeSystem,
    out: String,
    names: Names,
}

/// The names of all instructions and terminators.
pub fn mnemonics() -> impl Iterator<Item = &'static str> {
    insts::INSTS.iter().chain(insts::TERMS).copied()
}

/// The text of a function.
#[must_use]
pub fn print(f: &Function, ts: &TypeSystem) -> String {
    print_with_names(f, ts).0
}

/// The text and the names in it.
#[must_use]
pub fn print_with_names(f: &Function, ts: &TypeSystem) -> (String, Names) {
    let mut p = Printer { ts, out: String::new(), names: Names::default() };
    p.function(f);
    (p.out, p.names)
}

impl Printer<'_> {
    fn word(&mut self, s: &str) {
        if !self.out.ends_with(['\n', ' ', '(', '[']) {
            self.out.push(' ');
        }
        self.out.push_str(s);
    }

    fn function(&mut self, f: &Function) {
        self.out.push_str("method");
        f.method.write(self);
        self.word(&format!("args {}", f.arg_count));
        self.word(if f.init_locals { "init" } else { "noinit" });
        self.word("ret");
        f.ret.write(self);
        self.out.push('\n');
        for (i, s) in f.slots.iter().enumerate() {
            self.out.push_str(&format!("slot ss{i}"));
            match s.kind {
                LocalKind::Arg(n) => self.word(&format!("arg {n}")),
                LocalKind::Local(n) => self.word(&format!("local {n}")),
                LocalKind::Temp => self.word("temp 0"),
                LocalKind::Inlined => self.word("inlined 0"),
            }
            s.ty.write(self);
            self.word(if s.pinned { "pinned" } else { "free" });
            self.word(if s.address_taken { "exposed" } else { "private" });
            self.out.push('\n');
        }
        for (i, r) in f.regions.iter().enumerate() {
            self.out.push_str(&format!("region r{i}"));
            match &r.kind {
                RegionKind::Catch(t) => {
                    self.word("catch");
                    t.write(self);
                }
                RegionKind::Filter { filter } => {
                    self.word("filter");
                    filter.write(self);
                }
                RegionKind::Finally => self.word("finally"),
                RegionKind::Fault => self.word("fault"),
            }
            self.word("handler");
            r.handler.write(self);
            self.out.push('\n');
        }
        for (i, s) in f.scopes.iter().enumerate() {
            self.out.push_str(&format!("scope sc{}", i + 1));
            s.callee.write(self);
            self.word("this");
            s.this.write(self);
            self.out.push_str(&format!(" {}\n", s.call));
        }
        for (i, b) in f.blocks.iter().enumerate() {
            self.out.push_str(&format!("block bb{i}"));
            for n in b.nesting.iter() {
                match n {
                    Nesting::Try(r) => self.word(&format!("try {r}")),
                    Nesting::Handler(r) => self.word(&format!("in {r}")),
                    Nesting::Filter(r) => self.word(&format!("filter {r}")),
                }
            }
            for v in &b.params {
                self.word("param");
                v.write(self);
                f.values[v.index()].write(self);
            }
            self.out.push('\n');
            for (r, inst, pos) in &b.insts {
                self.out.push_str("  ");
                if let Some(v) = r {
                    v.write(self);
                    f.values[v.index()].write(self);
                    self.word("=");
                }
                inst.write(self);
                self.out.push_str(&format!(" {pos}\n"));
            }
            self.out.push_str("  ");
            b.term.write(self);
            self.out.push_str(&format!(" {}\n", b.term_pos));
        }
        self.out.push_str("end\n");
    }
}

/// Reads.
pub(crate) struct Parser<'a> {
    tokens: Vec<&'a str>,
    at: usize,
    resolve: &'a dyn Resolve,
}

/// The function a text stands for.
pub fn parse(text: &str, resolve: &dyn Resolve) -> Result<Function, String> {
    let mut p = Parser { tokens: lex(text), at: 0, resolve };
    p.function().map_err(|e| format!("token {} ({:?}): {e}", p.at, p.tokens.get(p.at.saturating_sub(1))))
}

/// Words, quoted strings, brackets. Quoted text has no quotes inside (names escape them as `\u{22}`).
fn lex(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let b = text.as_bytes();
    let mut i = 0;
    while i < b.len() {
        match b[i] {
            b' ' | b'\n' | b'\r' | b'\t' => i += 1,
            b'"' => {
                let end = text[i + 1..].find('"').map_or(b.len(), |n| i + 2 + n);
                out.push(&text[i..end]);
                i = end;
            }
            b'[' | b']' | b'(' | b')' => {
                out.push(&text[i..=i]);
                i += 1;
            }
            _ => {
                let end = text[i..].find([' ', '\n', '\r', '\t', '"', '[', ']', '(', ')']).map_or(b.len(), |n| i + n);
                out.push(&text[i..end]);
                i = end;
            }
        }
    }
    out
}

impl<'a> Parser<'a> {
    fn peek(&self) -> &'a str {
        self.tokens.get(self.at).copied().unwrap_or("")
    }
    fn next(&mut self) -> Result<&'a str, String> {
        let t = self.tokens.get(self.at).copied().ok_or("unexpected end")?;
        self.at += 1;
        Ok(t)
    }
    fn expect(&mut self, word: &str) -> Result<(), String> {
        match self.next()? {
            t if t == word => Ok(()),
            t => Err(format!("{t} where {word} is expected")),
        }
    }
    fn eat(&mut self, word: &str) -> bool {
        let hit = self.peek() == word;
        self.at += usize::from(hit);
        hit
    }
    fn one_of<T: Copy>(&mut self, options: &[(&str, T)]) -> Result<T, String> {
        let t = self.next()?;
        options.iter().find(|o| o.0 == t).map(|o| o.1).ok_or_else(|| format!("unexpected {t}"))
    }
    fn pos(&mut self) -> Result<SourcePos, String> {
        let t = self.next()?;
        let read = |t: &str| {
            let (scope, offset) = t.strip_prefix("sc").and_then(|t| t.split_once(':')).unwrap_or(("0", t));
            Some(SourcePos { scope: ScopeId(scope.parse().ok()?), offset: offset.parse().ok()? })
        };
        t.strip_prefix('@').and_then(read).ok_or_else(|| format!("{t} where a position is expected"))
    }

    fn function(&mut self) -> Result<Function, String> {
        self.expect("method")?;
        let method = MethodDesc::read(self)?;
        self.expect("args")?;
        let arg_count = u32::read(self)?;
        let init_locals = self.one_of(&[("init", true), ("noinit", false)])?;
        self.expect("ret")?;
        let ret = Option::read(self)?;
        let mut f = Function {
            method,
            arg_count,
            ret,
            slots: Vec::new(),
            init_locals,
            values: Vec::new(),
            blocks: Vec::new(),
            regions: Vec::new(),
            scopes: Vec::new(),
        };
        while self.eat("slot") {
            self.next()?;
            let word = self.next()?;
            let n = u32::read(self)?;
            let kind = match word {
                "arg" => LocalKind::Arg(n),
                "local" => LocalKind::Local(n),
                "inlined" => LocalKind::Inlined,
                _ => LocalKind::Temp,
            };
            let ty = TypeDesc::read(self)?;
            let pinned = self.one_of(&[("pinned", true), ("free", false)])?;
            let address_taken = self.one_of(&[("exposed", true), ("private", false)])?;
            f.slots.push(Local { ty, kind, pinned, address_taken });
        }
        while self.eat("region") {
            self.next()?;
            let kind = match self.next()? {
                "catch" => RegionKind::Catch(TypeDesc::read(self)?),
                "filter" => RegionKind::Filter { filter: Text::read(self)? },
                "finally" => RegionKind::Finally,
                _ => RegionKind::Fault,
            };
            self.expect("handler")?;
            f.regions.push(Region { kind, handler: Text::read(self)? });
        }
        while self.eat("scope") {
            self.next()?;
            let callee = MethodDesc::read(self)?;
            self.expect("this")?;
            let this = Option::read(self)?;
            f.scopes.push(Scope { callee, call: self.pos()?, this });
        }
        while self.eat("block") {
            self.next()?;
            let block = self.block(&mut f)?;
            f.blocks.push(block);
        }
        self.expect("end")?;
        Ok(f)
    }

    fn block(&mut self, f: &mut Function) -> Result<BlockData, String> {
        let mut b = BlockData {
            params: Vec::new(),
            insts: Vec::new(),
            term: crate::Term::Unreachable,
            term_pos: SourcePos::default(),
            nesting: Nest::OUTSIDE,
        };
        let mut nesting = Vec::new();
        loop {
            if self.eat("try") {
                nesting.push(Nesting::Try(Text::read(self)?));
            } else if self.eat("in") {
                nesting.push(Nesting::Handler(Text::read(self)?));
            } else if self.eat("filter") {
                nesting.push(Nesting::Filter(Text::read(self)?));
            } else if self.eat("param") {
                let v = self.value(f)?;
                b.params.push(v);
            } else {
                break;
            }
        }
        b.nesting = Nest::of(nesting.into_iter());
        loop {
            let name = self.peek();
            if insts::TERMS.contains(&name) {
                b.term = Text::read(self)?;
                b.term_pos = self.pos()?;
                return Ok(b);
            }
            let result = if name.starts_with('v') && name[1..].parse::<u32>().is_ok() {
                let v = self.value(f)?;
                self.expect("=")?;
                Some(v)
            } else {
                None
            };
            let inst = Text::read(self)?;
            let pos = self.pos()?;
            b.insts.push((result, inst, pos));
        }
    }

    /// A definition: id and type.
    fn value(&mut self, f: &mut Function) -> Result<crate::ValueId, String> {
        let v = crate::ValueId::read(self)?;
        let ty = crate::Ty::read(self)?;
        if f.values.len() <= v.index() {
            if v.index() > 1 << 24 {
                return Err("value number too large".to_owned());
            }
            f.values.resize(v.index() + 1, crate::Ty::I32);
        }
        f.values[v.index()] = ty;
        Ok(v)
    }
}
