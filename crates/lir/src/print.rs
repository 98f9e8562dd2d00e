//! The text form of a function: for dumps, for tests, and as the input of the object cache's hash.
//!
//! Deterministic and complete: whatever changes the generated code changes the text. Symbols appear by link name only
//! (`Function::sym_names`), never by id, so the text of a class-library method is the same in every program. Dependencies are not
//! part of it.

use crate::function::{BlockId, Function, StackSlot, ValueId};
use crate::inst::{CallTarget, Clause, Inst, LTy, MemFlags, Term};
use crate::sym::Sym;
use kiln_support::FxHashMap;
use std::fmt::{self, Display, Formatter, Write as _};

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

/// Lower-case name of a type.
const fn ty(t: LTy) -> &'static str {
    match t {
        LTy::Void => "void",
        LTy::I1 => "i1",
        LTy::I8 => "i8",
        LTy::I16 => "i16",
        LTy::I32 => "i32",
        LTy::I64 => "i64",
        LTy::F32 => "f32",
        LTy::F64 => "f64",
        LTy::Ref => "ref",
        LTy::Ptr => "ptr",
    }
}

/// Items with commas between.
fn list<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    let mut text = String::new();
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            text.push_str(", ");
        }
        // Writing to a String does not fail.
        let _ = write!(text, "{item}");
    }
    text
}

fn flags(f: MemFlags) -> String {
    let mut text = String::new();
    if f.volatile {
        text.push_str(" volatile");
    }
    if f.once {
        text.push_str(" once");
    }
    if f.align != 0 {
        let _ = write!(text, " align {}", f.align);
    }
    if f.invariant {
        text.push_str(" invariant");
    }
    text
}

fn typed(values: &[(ValueId, LTy)]) -> String {
    list(values.iter().map(|(v, t)| format!("{v}: {}", ty(*t))))
}

fn target(block: BlockId, args: &[ValueId]) -> String {
    if args.is_empty() { block.to_string() } else { format!("{block}({})", list(args)) }
}

impl Printer<'_> {
    /// `@"link name"`.
    fn symbol(&self, sym: &Sym) -> String {
        let name = match (self.names.get(sym), sym) {
            (Some(name), _) => name,
            (None, Sym::Helper(helper)) => helper.name(),
            (None, Sym::Native(name, _)) => name.as_str(),
            (None, _) => return format!("?{sym:?}"),
        };
        format!("@{name:?}")
    }

    fn function(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let f = self.function;
        let sret = if f.sret { " sret" } else { "" };
        writeln!(out, "function {:?}({}) -> {} {:?} inline={:?}{sret} {{", f.name, typed(&f.params), ty(f.ret), f.linkage, f.inline)?;
        for (index, slot) in f.slots.iter().enumerate() {
            writeln!(out, "  ss{index} = {}", slot_text(slot))?;
        }
        for (index, block) in f.blocks.iter().enumerate() {
            write!(out, "bb{index}({})", typed(&block.params))?;
            if let Some(clauses) = &block.landing_pad {
                let text = clauses.iter().map(|c| match c {
                    Clause::Catch(sym) => format!("catch {}", self.symbol(sym)),
                    Clause::Filter(sym) => format!("filter {}", self.symbol(sym)),
                    Clause::Cleanup => "cleanup".to_owned(),
                });
                write!(out, " pad [{}]", list(text))?;
            }
            writeln!(out, "{}:", if block.cold { " cold" } else { "" })?;
            for (results, inst) in &block.insts {
                write!(out, "  ")?;
                if !results.is_empty() {
                    let results = results.iter().map(|r| format!("{r}: {}", f.value_types.get(r.index()).map_or("?", |t| ty(*t))));
                    write!(out, "{} = ", list(results))?;
                }
                writeln!(out, "{}", self.inst(inst))?;
            }
            writeln!(out, "  {}", term(&block.term))?;
        }
        if let Some(source) = &f.source {
            writeln!(out, "  source {:?} line {} in {:?}", source.name, source.line, source.documents)?;
            for mark in &source.lines {
                writeln!(out, "  line {} {} = {}:{}:{}", mark.block, mark.inst, mark.document, mark.line, mark.column)?;
            }
        }
        writeln!(out, "}}")
    }

    fn inst(&self, inst: &Inst) -> String {
        match inst {
            Inst::IConst(t, v) => format!("const.{} {v}", ty(*t)),
            Inst::F32Const(bits) => format!("const.f32 {bits:#010x}"),
            Inst::F64Const(bits) => format!("const.f64 {bits:#018x}"),
            Inst::SymAddr(sym, 0) => format!("addr {}", self.symbol(sym)),
            Inst::SymAddr(sym, offset) => format!("addr {}{offset:+}", self.symbol(sym)),
            Inst::FrozenRef(sym) => format!("frozen {}", self.symbol(sym)),
            Inst::ThreadAddr(offset) => format!("thread {offset}"),
            Inst::SlotAddr(slot, offset) => format!("slot {slot}+{offset}"),
            Inst::PtrToRef(v) => format!("ptr_to_ref {v}"),
            Inst::PtrToInt(v) => format!("ptr_to_int {v}"),
            Inst::IntToPtr(v) => format!("int_to_ptr {v}"),
            Inst::IntToRef(v) => format!("int_to_ref {v}"),
            Inst::RefToInt(v) => format!("ref_to_int {v}"),
            Inst::Load { ty: t, base, offset, flags: f } => format!("load.{} [{base}{offset:+}]{}", ty(*t), flags(*f)),
            Inst::Store { ty: t, base, offset, value, flags: f } => format!("store.{} [{base}{offset:+}], {value}{}", ty(*t), flags(*f)),
            Inst::Addr { base, index: Some(index), scale, offset } => format!("lea [{base} + {index}*{scale}{offset:+}]"),
            Inst::Addr { base, index: None, offset, .. } => format!("lea [{base}{offset:+}]"),
            Inst::Bin(op, t, a, b) => format!("{op:?}.{} {a}, {b}", ty(*t)),
            Inst::BinOverflow { op, signed, ty: t, a, b } => format!("{op:?}_ovf{}.{} {a}, {b}", if *signed { "" } else { "_un" }, ty(*t)),
            Inst::Un(op, t, a) => format!("{op:?}.{} {a}", ty(*t)),
            Inst::Math(op, t, args) => format!("math {op:?}.{} {}", ty(*t), list(args)),
            Inst::ICmp(c, t, a, b) => format!("icmp {c:?}.{} {a}, {b}", ty(*t)),
            Inst::FCmp(c, t, a, b) => format!("fcmp {c:?}.{} {a}, {b}", ty(*t)),
            Inst::Select(t, c, a, b) => format!("select.{} {c}, {a}, {b}", ty(*t)),
            Inst::Cast { op, from, to, value } => format!("cast {op:?} {} -> {} {value}", ty(*from), ty(*to)),
            Inst::Call { target, params, ret, args, flags, unwind } => {
                let callee = match target {
                    CallTarget::Direct(sym) => self.symbol(sym),
                    CallTarget::Indirect(v) => format!("*{v}"),
                };
                let args = list(args.iter().zip(params).map(|(a, t)| format!("{a}: {}", ty(*t))));
                let more: String = flags.more.iter().flatten().map(|t| format!("+{}", ty(*t))).collect();
                let mut text = format!("call.{}{more} {callee}({args})", ty(*ret));
                for (set, name) in [
                    (flags.leaf, " leaf"),
                    (flags.noreturn, " noreturn"),
                    (flags.native, " native"),
                    (flags.readonly, " readonly"),
                    (flags.sret, " sret"),
                ] {
                    if set {
                        text.push_str(name);
                    }
                }
                if let Some(pad) = unwind {
                    let _ = write!(text, " unwind {pad}");
                }
                text
            }
            Inst::MemMove { dst, src, size } => format!("memmove {dst}, {src}, {size}"),
            Inst::MemSet { dst, byte, size } => format!("memset {dst}, {byte}, {size}"),
            Inst::ZeroSlot { slot, offset, size } => format!("zero {slot}+{offset}, {size}"),
            Inst::StackAlloc { size, zero } => format!("stack_alloc {size}{}", if *zero { " zero" } else { "" }),
            Inst::AtomicRmw { op, ty: t, addr, value } => format!("atomic {op:?}.{} [{addr}], {value}", ty(*t)),
            Inst::AtomicCas { ty: t, addr, expected, new } => format!("cas.{} [{addr}], {expected}, {new}", ty(*t)),
            Inst::Fence => "fence".to_owned(),
        }
    }
}

fn slot_text(slot: &StackSlot) -> String {
    let mut text = format!("slot {} align {}", slot.size, slot.align);
    if !slot.ref_offsets.is_empty() {
        let _ = write!(text, " refs [{}]", list(&slot.ref_offsets));
    }
    if slot.pinned {
        text.push_str(" pinned");
    }
    if let Some(scalar) = slot.scalar {
        let _ = write!(text, " {}", ty(scalar));
    }
    let _ = write!(text, " ; {}", slot.name);
    text
}

fn term(t: &Term) -> String {
    match t {
        Term::Jump(to, args) => format!("jump {}", target(*to, args)),
        Term::Branch { cond, then_to, else_to, likely } => {
            let hint = match likely {
                Some(true) => " likely",
                Some(false) => " unlikely",
                None => "",
            };
            format!("branch {cond}, {}, {}{hint}", target(then_to.0, &then_to.1), target(else_to.0, &else_to.1))
        }
        Term::Switch { value, cases, default } => {
            format!("switch {value} [{}] else {default}", list(cases.iter().map(|(v, b)| format!("{v}: {b}"))))
        }
        Term::Return(Some(v)) => format!("return {v}"),
        Term::Return(None) => "return".to_owned(),
        Term::Unreachable => "unreachable".to_owned(),
    }
}
