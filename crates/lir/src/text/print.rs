//! Functions as text; see [`crate::text`].

use super::insts::operation;
use crate::function::{BlockData, BlockId, Function, Scope, ScopeId, Source, SourcePlace, StackSlot, ValueId};
use crate::inst::{CallFlags, CallTarget, Clause, Inst, LTy, MemFlags, Term};
use crate::sym::{Sym, SymKind};
use kiln_support::FxHashMap;
use std::fmt::{self, Display, Formatter};

/// Prints a function.
#[must_use]
pub fn print(function: &Function) -> String {
    Text(function).to_string()
}

/// A function as text.
pub struct Text<'a>(pub &'a Function);

impl Display for Text<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let names = self.0.sym_names.iter().map(|(s, n)| (s, n.as_str())).collect();
        Printer { function: self.0, names }.function(out)
    }
}

struct Printer<'a> {
    function: &'a Function,
    names: FxHashMap<&'a Sym, &'a str>,
}

/// A text in quotes; what would end or break it is escaped.
struct Quoted<'a>(&'a str);

impl Display for Quoted<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.write_str("\"")?;
        for c in self.0.chars() {
            match c {
                '"' => out.write_str("\\\"")?,
                '\\' => out.write_str("\\\\")?,
                c if c.is_control() => write!(out, "\\u{{{:x}}}", u32::from(c))?,
                c => write!(out, "{c}")?,
            }
        }
        out.write_str("\"")
    }
}

/// Items with commas between.
struct List<'a, T>(&'a [T]);

impl<T: Display> Display for List<'_, T> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        for (index, item) in self.0.iter().enumerate() {
            let comma = if index > 0 { ", " } else { "" };
            write!(out, "{comma}{item}")?;
        }
        Ok(())
    }
}

/// `v1: i32`.
struct Typed(ValueId, LTy);

impl Display for Typed {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.0, self.1.word())
    }
}

fn typed(values: &[(ValueId, LTy)]) -> Vec<Typed> {
    values.iter().map(|(v, t)| Typed(*v, *t)).collect()
}

/// An offset with its sign; nothing when it is zero.
struct Offset(i64);

impl Display for Offset {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        if self.0 == 0 { Ok(()) } else { write!(out, "{:+}", self.0) }
    }
}

/// A block with its arguments.
struct Target<'a>(BlockId, &'a [ValueId]);

impl Display for Target<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self.1 {
            [] => write!(out, "{}", self.0),
            args => write!(out, "{}({})", self.0, List(args)),
        }
    }
}

impl Display for MemFlags {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let Self { volatile, once, align, invariant } = *self;
        words(out, &[(volatile, " volatile"), (once, " once"), (invariant, " invariant")])?;
        if align == 0 { Ok(()) } else { write!(out, " align {align}") }
    }
}

/// The words whose condition holds.
fn words(out: &mut Formatter<'_>, words: &[(bool, &str)]) -> fmt::Result {
    words.iter().filter(|(set, _)| *set).try_for_each(|(_, word)| out.write_str(word))
}

/// A symbol with its link name.
struct Symbol<'a>(&'a Sym, Option<&'a str>);

impl Display for Symbol<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self(Sym::Helper(helper), _) => write!(out, "@{}", helper.name()),
            Self(sym, Some(name)) => write!(out, "@{} {}", sym.kind().word(), Quoted(name)),
            Self(Sym::Native(native), None) => write!(out, "@{} {}", SymKind::Native.word(), Quoted(&native.0)),
            // No finished function has one (`verify`).
            Self(sym, None) => write!(out, "?{sym:?}"),
        }
    }
}

impl Printer<'_> {
    fn symbol<'s>(&'s self, sym: &'s Sym) -> Symbol<'s> {
        Symbol(sym, self.names.get(sym).copied())
    }

    fn function(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let f = self.function;
        write!(out, "function {}({}) -> {}", Symbol(&f.sym, Some(&f.name)), List(&typed(&f.params)), f.ret.word())?;
        if f.sret {
            write!(out, " sret")?;
        }
        if f.context {
            write!(out, " context")?;
        }
        if !f.needs.is_empty() {
            write!(out, " needs {}", f.needs.0)?;
        }
        if f.once {
            write!(out, " once")?;
        }
        writeln!(out, " {{")?;
        for (index, slot) in f.slots.iter().enumerate() {
            write!(out, "  ss{index} = ")?;
            print_slot(slot, out)?;
        }
        for (index, scope) in f.scopes.iter().enumerate() {
            print_scope(ScopeId::new(index + 1), scope, out)?;
        }
        for (index, block) in f.blocks.iter().enumerate() {
            self.block(index, block, out)?;
        }
        if let Some(source) = &f.source {
            print_source(source, out)?;
        }
        writeln!(out, "}}")
    }

    fn block(&self, index: usize, block: &BlockData, out: &mut Formatter<'_>) -> fmt::Result {
        write!(out, "bb{index}({})", List(&typed(&block.params)))?;
        if let Some(clauses) = &block.landing_pad {
            write!(out, " pad [")?;
            for (index, clause) in clauses.iter().enumerate() {
                let comma = if index > 0 { ", " } else { "" };
                match clause {
                    Clause::Catch(sym) => write!(out, "{comma}catch {}", self.symbol(sym))?,
                    Clause::Filter(sym) => write!(out, "{comma}filter {}", self.symbol(sym))?,
                    Clause::Cleanup => write!(out, "{comma}cleanup")?,
                }
            }
            write!(out, "]")?;
        }
        writeln!(out, "{}:", if block.cold { " cold" } else { "" })?;
        for (results, inst) in &block.insts {
            write!(out, "  ")?;
            if !results.is_empty() {
                let ty = |v: ValueId| self.function.value_types.get(v.index()).copied().unwrap_or(LTy::Void);
                let results: Vec<_> = results.iter().map(|v| Typed(*v, ty(*v))).collect();
                write!(out, "{} = ", List(&results))?;
            }
            self.inst(inst, out)?;
            writeln!(out)?;
        }
        write!(out, "  ")?;
        print_term(&block.term, out)?;
        writeln!(out)
    }

    fn inst(&self, inst: &Inst, out: &mut Formatter<'_>) -> fmt::Result {
        operation(inst, out)?;
        match inst {
            Inst::IConst(_, v) => write!(out, " {v}"),
            Inst::F32Const(bits) => write!(out, " {bits:#010x}"),
            Inst::F64Const(bits) => write!(out, " {bits:#018x}"),
            Inst::SymAddr(sym, offset) => write!(out, " {}{}", self.symbol(sym), Offset(*offset)),
            Inst::FrozenRef(sym) => write!(out, " {}", self.symbol(sym)),
            Inst::ThreadAddr(offset) => write!(out, " {offset}"),
            Inst::SlotAddr(slot, offset) => write!(out, " {slot}{}", Offset(i64::from(*offset))),
            Inst::PtrToRef(v) | Inst::PtrToInt(v) | Inst::IntToPtr(v) | Inst::IntToRef(v) | Inst::RefToInt(v) => write!(out, " {v}"),
            Inst::Load { base, offset, flags, .. } => write!(out, " [{base}{}]{flags}", Offset(i64::from(*offset))),
            Inst::Store { base, offset, value, flags, .. } => write!(out, " [{base}{}], {value}{flags}", Offset(i64::from(*offset))),
            Inst::Addr { base, index: Some(index), scale, offset } => {
                write!(out, " [{base} + {index}*{scale}{}]", Offset(i64::from(*offset)))
            }
            Inst::Addr { base, index: None, offset, .. } => write!(out, " [{base}{}]", Offset(i64::from(*offset))),
            Inst::Bin(_, _, a, b) | Inst::BinOverflow { a, b, .. } | Inst::ICmp(_, _, a, b) | Inst::FCmp(_, _, a, b) => {
                write!(out, " {a}, {b}")
            }
            Inst::Un(_, _, v) => write!(out, " {v}"),
            Inst::Math(_, _, args) => write!(out, " {}", List(args)),
            Inst::Vector(op, args) => write!(out, " {}({})", Quoted(&op.word()), List(args)),
            Inst::CpuHas(needs) => write!(out, " {}", needs.0),
            Inst::Select(_, c, a, b) => write!(out, " {c}, {a}, {b}"),
            Inst::Cast { from, to, value, .. } => write!(out, " {} -> {} {value}", from.word(), to.word()),
            Inst::Call(c) => self.call(&c.target, &c.params, &c.args, c.flags, c.unwind, out),
            Inst::MemMove { dst, src, size } => write!(out, " {dst}, {src}, {size}"),
            Inst::MemSet { dst, byte, size } => write!(out, " {dst}, {byte}, {size}"),
            Inst::ZeroSlot { slot, offset, size } => write!(out, " {slot}{}, {size}", Offset(i64::from(*offset))),
            Inst::StackAlloc { size, zero } => write!(out, " {size}{}", if *zero { " zero" } else { "" }),
            Inst::AtomicRmw { addr, value, .. } => write!(out, " [{addr}], {value}"),
            Inst::AtomicCas { addr, expected, new, .. } => write!(out, " [{addr}], {expected}, {new}"),
            Inst::Fence => Ok(()),
        }
    }

    fn call(
        &self,
        target: &CallTarget,
        params: &[LTy],
        args: &[ValueId],
        flags: CallFlags,
        unwind: Option<BlockId>,
        out: &mut Formatter<'_>,
    ) -> fmt::Result {
        match target {
            CallTarget::Direct(sym) => write!(out, " {}", self.symbol(sym))?,
            CallTarget::Indirect(v) => write!(out, " *{v}")?,
        }
        let args: Vec<_> = args.iter().zip(params).map(|(a, t)| Typed(*a, *t)).collect();
        write!(out, "({})", List(&args))?;
        let CallFlags { leaf, noreturn, native, more: _, sret, readonly, tail, scope } = flags;
        let set =
            [(leaf, " leaf"), (noreturn, " noreturn"), (native, " native"), (sret, " sret"), (readonly, " readonly"), (tail, " tail")];
        words(out, &set)?;
        if scope != ScopeId::FUNCTION {
            write!(out, " {scope}")?;
        }
        unwind.map_or(Ok(()), |pad| write!(out, " unwind {pad}"))
    }
}

fn print_slot(slot: &StackSlot, out: &mut Formatter<'_>) -> fmt::Result {
    write!(out, "slot {} align {}", slot.size, slot.align)?;
    if !slot.ref_offsets.is_empty() {
        write!(out, " refs [{}]", List(&slot.ref_offsets))?;
    }
    if slot.pinned {
        write!(out, " pinned")?;
    }
    if let Some(scalar) = slot.scalar {
        write!(out, " {}", scalar.word())?;
    }
    writeln!(out, " {}", Quoted(&slot.name))
}

/// `document:line:column`.
impl Display for SourcePlace {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}:{}", self.document, self.line, self.column)
    }
}

fn print_scope(id: ScopeId, scope: &Scope, out: &mut Formatter<'_>) -> fmt::Result {
    write!(out, "  {id} = {} in {}", Symbol(&scope.callee, Some(&scope.name)), scope.call.scope)?;
    if let Some(source) = &scope.source {
        write!(out, " source {} {} call {}", Quoted(&source.name), source.start, source.call)?;
    }
    writeln!(out)
}

fn print_source(source: &Source, out: &mut Formatter<'_>) -> fmt::Result {
    let documents: Vec<_> = source.documents.iter().map(|d| Quoted(d)).collect();
    writeln!(out, "  source {} line {} in [{}]", Quoted(&source.name), source.line, List(&documents))?;
    for mark in &source.lines {
        write!(out, "  line {} {} = {}", mark.block, mark.inst, mark.place)?;
        if mark.scope != ScopeId::FUNCTION {
            write!(out, " {}", mark.scope)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn print_term(term: &Term, out: &mut Formatter<'_>) -> fmt::Result {
    match term {
        Term::Jump(to, args) => write!(out, "jump {}", Target(*to, args)),
        Term::Branch { cond, then_to, else_to, likely } => {
            let hint = likely.map_or("", |likely| if likely { " likely" } else { " unlikely" });
            write!(out, "branch {cond}, {}, {}{hint}", Target(then_to.0, &then_to.1), Target(else_to.0, &else_to.1))
        }
        Term::Switch { value, cases, default } => {
            write!(out, "switch {value} [")?;
            for (index, (case, to)) in cases.iter().enumerate() {
                write!(out, "{}{case}: {to}", if index > 0 { ", " } else { "" })?;
            }
            write!(out, "] else {default}")
        }
        Term::Return(Some(v)) => write!(out, "return {v}"),
        Term::Return(None) => write!(out, "return"),
        Term::Unreachable => write!(out, "unreachable"),
    }
}
