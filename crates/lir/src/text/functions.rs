//! Functions with their slots, blocks and source, read.

use super::lex::Token;
use super::parse::{Parser, Problem, Step};
use crate::function::{
    BlockData, BlockId, Function, IlPlace, LineMark, Results, Scope, ScopeId, ScopeSource, SlotId, Source, SourcePlace, StackSlot, ValueId,
};
use crate::inst::{Clause, Inst, LTy, Term};
use kiln_simd::IsaSet;

impl Parser<'_> {
    /// A function.
    pub(super) fn function(&mut self) -> Step<Function> {
        self.this_word("function", "`function`")?;
        self.value_types.clear();
        self.syms.clear();
        let (sym, name) = self.named_symbol()?;
        let params = self.definitions()?;
        self.arrow()?;
        let ret = self.ty()?;
        let sret = self.eat_word("sret");
        let context = self.eat_word("context");
        let needs = if self.eat_word("needs") { IsaSet(self.number()?) } else { IsaSet::EMPTY };
        let once = self.eat_word("once");
        self.mark('{')?;
        let (mut slots, mut scopes, mut blocks, mut source) = (Vec::new(), Vec::new(), Vec::new(), None);
        loop {
            match self.peek() {
                Token::Word(word) if word.starts_with("ss") => slots.push(self.stack_slot(slots.len())?),
                Token::Word(word) if word.starts_with("sc") => scopes.push(self.inlined_call(scopes.len())?),
                Token::Word(word) if word.starts_with("bb") => blocks.push(self.block_data(blocks.len())?),
                Token::Word("source") => source = Some(self.source()?),
                _ => break,
            }
        }
        self.mark('}')?;
        Ok(Function {
            sym,
            name,
            params,
            ret,
            slots,
            blocks,
            scopes,
            value_types: self.value_types.drain(..).map(|t| t.unwrap_or(LTy::Void)).collect(),
            sret,
            context,
            needs,
            once,
            sym_names: std::mem::take(&mut self.sym_names),
            deps: Vec::new(),
            origins: Vec::new(),
            source,
        })
    }

    fn stack_slot(&mut self, next: usize) -> Step<StackSlot> {
        let slot = self.slot()?;
        Self::in_order(slot.index(), next, &slot, &SlotId::new(next))?;
        self.mark('=')?;
        self.this_word("slot", "`slot`")?;
        let size = self.number()?;
        self.this_word("align", "`align`")?;
        let align = self.number()?;
        let ref_offsets = if self.eat_word("refs") { self.list('[', ']', Self::number)? } else { Vec::new() };
        let pinned = self.eat_word("pinned");
        let scalar = if matches!(self.peek(), Token::Word(_)) { Some(self.ty()?) } else { None };
        Ok(StackSlot { size, align, ref_offsets, pinned, scalar, name: self.text()? })
    }

    fn inlined_call(&mut self, known: usize) -> Step<Scope> {
        let scope = self.scope()?;
        Self::in_order(scope.index(), known + 1, &scope, &ScopeId::new(known + 1))?;
        self.mark('=')?;
        let (callee, name) = self.named_symbol()?;
        self.this_word("in", "`in`")?;
        let call = IlPlace { scope: self.scope()?, offset: 0 };
        let source = if self.eat_word("source") {
            let (name, start) = (self.text()?, self.place()?);
            self.this_word("call", "`call`")?;
            Some(ScopeSource { name, start, call: self.place()? })
        } else {
            None
        };
        Ok(Scope { callee, name, call, source })
    }

    /// `document:line:column`.
    fn place(&mut self) -> Step<SourcePlace> {
        let document = self.number()?;
        self.mark(':')?;
        let line = self.number()?;
        self.mark(':')?;
        Ok(SourcePlace { document, line, column: self.number()? })
    }

    fn in_order(found: usize, next: usize, is: &dyn std::fmt::Display, wanted: &dyn std::fmt::Display) -> Step<()> {
        if found == next { Ok(()) } else { Err(Problem::Order { found: is.to_string(), wanted: wanted.to_string() }) }
    }

    fn block_data(&mut self, next: usize) -> Step<BlockData> {
        let block = self.block()?;
        Self::in_order(block.index(), next, &block, &BlockId::new(next))?;
        let params = self.definitions()?;
        let landing_pad = if self.eat_word("pad") { Some(self.list('[', ']', Self::clause)?) } else { None };
        let cold = self.eat_word("cold");
        self.mark(':')?;
        let mut insts = Vec::new();
        loop {
            if let Some(term) = self.term()? {
                return Ok(BlockData { params, landing_pad, insts, term, cold });
            }
            insts.push(self.inst_line()?);
        }
    }

    fn clause(&mut self) -> Step<Clause> {
        match self.word("`catch`, `filter` or `cleanup`")? {
            "catch" => Ok(Clause::Catch(self.symbol()?)),
            "filter" => Ok(Clause::Filter(self.symbol()?)),
            "cleanup" => Ok(Clause::Cleanup),
            other => Err(Problem::Unknown { what: "clause", name: other.to_owned() }),
        }
    }

    /// An instruction with its results.
    fn inst_line(&mut self) -> Step<(Results, Inst)> {
        let mut results = Vec::new();
        let defines = |token: &Token<'_>| matches!(token, Token::Word(w) if w.strip_prefix('v').is_some_and(|n| n.starts_with(|c: char| c.is_ascii_digit())));
        if defines(self.peek()) {
            loop {
                results.push(self.definition()?.0);
                if !self.eat(',') {
                    break;
                }
            }
            self.mark('=')?;
        }
        let wanted = "no further result";
        let results = Results::new(&results).ok_or_else(|| Problem::Unexpected { found: "a fifth".to_owned(), wanted })?;
        Ok((results, self.inst()?))
    }

    /// The end of a block, if it is next.
    fn term(&mut self) -> Step<Option<Term>> {
        let Token::Word(word) = *self.peek() else { return Ok(None) };
        if !["jump", "branch", "switch", "return", "unreachable"].contains(&word) {
            return Ok(None);
        }
        self.at += 1;
        Ok(Some(match word {
            "jump" => {
                let (to, args) = self.target()?;
                Term::Jump(to, args)
            }
            "branch" => {
                let cond = self.value()?;
                self.mark(',')?;
                let then_to = self.target()?;
                self.mark(',')?;
                let else_to = self.target()?;
                let likely = if self.eat_word("likely") { Some(true) } else { self.eat_word("unlikely").then_some(false) };
                Term::Branch { cond, then_to, else_to, likely }
            }
            "switch" => {
                let value = self.value()?;
                let cases = self.list('[', ']', |p| {
                    let case = p.number()?;
                    p.mark(':')?;
                    Ok((case, p.block()?))
                })?;
                self.this_word("else", "`else`")?;
                Term::Switch { value, cases, default: self.block()? }
            }
            // A value that is returned is not one that the next line defines: there is none in this block.
            "return" => match self.peek() {
                Token::Word(next) if next.starts_with('v') => Term::Return(Some(self.value()?)),
                _ => Term::Return(None),
            },
            _ => Term::Unreachable,
        }))
    }

    fn target(&mut self) -> Step<(BlockId, Vec<ValueId>)> {
        let block = self.block()?;
        let args = if self.peek() == &Token::Mark('(') { self.list('(', ')', Self::value)? } else { Vec::new() };
        Ok((block, args))
    }

    fn source(&mut self) -> Step<Source> {
        self.this_word("source", "`source`")?;
        let name = self.text()?;
        self.this_word("line", "`line`")?;
        let line = self.number()?;
        self.this_word("in", "`in`")?;
        let documents = self.list('[', ']', Self::text)?;
        let mut lines = Vec::new();
        while self.eat_word("line") {
            let (block, inst) = (self.block()?, self.number()?);
            self.mark('=')?;
            let place = self.place()?;
            lines.push(LineMark { block, inst, scope: self.scope_if_any()?, place });
        }
        Ok(Source { name, documents, line, lines })
    }
}
