//! Instructions: the operation that a line begins with, written and read; what follows it, read.

use super::parse::{Parser, Problem, Step};
use crate::inst::{AtomicOp, BinOp, Call, CallFlags, CallTarget, CastOp, FloatCond, Inst, InstKind, IntCond, LTy, MathOp, MemFlags, UnOp};
use kiln_simd::{IsaSet, Op};
use std::fmt::{self, Formatter};

/// Behind the word of an operation that is checked for overflow, and behind that when it is unsigned.
const OVERFLOW: &str = "_ovf";
const UNSIGNED: &str = "_un";

/// Writes what a line begins with, up to the operands.
pub(super) fn operation(inst: &Inst, out: &mut Formatter<'_>) -> fmt::Result {
    let kind = inst.kind().word();
    match inst {
        Inst::Bin(op, t, ..) => write!(out, "{}.{}", op.word(), t.word()),
        Inst::BinOverflow { op, signed, ty, .. } => {
            write!(out, "{}{OVERFLOW}{}.{}", op.word(), if *signed { "" } else { UNSIGNED }, ty.word())
        }
        Inst::Un(op, t, _) => write!(out, "{}.{}", op.word(), t.word()),
        Inst::F32Const(_) => write!(out, "{kind}.{}", LTy::F32.word()),
        Inst::F64Const(_) => write!(out, "{kind}.{}", LTy::F64.word()),
        Inst::IConst(t, _) | Inst::Load { ty: t, .. } | Inst::Store { ty: t, .. } | Inst::Select(t, ..) | Inst::AtomicCas { ty: t, .. } => {
            write!(out, "{kind}.{}", t.word())
        }
        Inst::Math(op, t, _) => write!(out, "{kind} {}.{}", op.word(), t.word()),
        Inst::ICmp(cond, t, ..) => write!(out, "{kind} {}.{}", cond.word(), t.word()),
        Inst::FCmp(cond, t, ..) => write!(out, "{kind} {}.{}", cond.word(), t.word()),
        Inst::AtomicRmw { op, ty, .. } => write!(out, "{kind} {}.{}", op.word(), ty.word()),
        Inst::Cast { op, .. } => write!(out, "{kind} {}", op.word()),
        Inst::Call(call) => {
            write!(out, "{kind}.{}", call.ret.word())?;
            call.flags.more.iter().flatten().try_for_each(|more| write!(out, "+{}", more.word()))
        }
        _ => out.write_str(kind),
    }
}

/// A word and the type behind its point.
fn split(word: &str) -> (&str, Option<LTy>) {
    match word.split_once('.') {
        Some((name, ty)) => (name, LTy::find(ty)),
        None => (word, None),
    }
}

impl Parser<'_> {
    /// An instruction from its operation on.
    pub(super) fn inst(&mut self) -> Step<Inst> {
        let word = self.word("an instruction")?;
        let (name, ty) = split(word);
        let unknown = || Problem::Unknown { what: "instruction", name: word.to_owned() };
        if let Some(ty) = ty
            && let Some(inst) = self.arithmetic(name, ty)?
        {
            return Ok(inst);
        }
        let kind = InstKind::find(name).ok_or_else(unknown)?;
        match (kind, ty) {
            (InstKind::Const, Some(ty)) => self.constant(ty),
            (InstKind::Load | InstKind::Store | InstKind::AtomicCas, Some(ty)) => self.access(kind, ty),
            (InstKind::Select, Some(ty)) => {
                let [cond, a, b] = self.values()?;
                Ok(Inst::Select(ty, cond, a, b))
            }
            (InstKind::Call, Some(ret)) => self.call(ret),
            (InstKind::Const | InstKind::Load | InstKind::Store | InstKind::AtomicCas | InstKind::Select | InstKind::Call, None) => {
                Err(unknown())
            }
            (InstKind::Math | InstKind::ICmp | InstKind::FCmp | InstKind::AtomicRmw | InstKind::Cast, None) => self.of_operation(kind),
            (_, None) if !word.contains('.') => self.plain(kind).and_then(|inst| inst.ok_or_else(unknown)),
            _ => Err(unknown()),
        }
    }

    /// Arithmetic that begins with the word of its operation.
    fn arithmetic(&mut self, name: &str, ty: LTy) -> Step<Option<Inst>> {
        if let Some(op) = BinOp::find(name) {
            let [a, b] = self.values()?;
            return Ok(Some(Inst::Bin(op, ty, a, b)));
        }
        if let Some(op) = UnOp::find(name) {
            return Ok(Some(Inst::Un(op, ty, self.value()?)));
        }
        let (checked, signed) = name.strip_suffix(UNSIGNED).map_or((name, true), |name| (name, false));
        let Some(op) = checked.strip_suffix(OVERFLOW).and_then(BinOp::find) else { return Ok(None) };
        let [a, b] = self.values()?;
        Ok(Some(Inst::BinOverflow { op, signed, ty, a, b }))
    }

    fn constant(&mut self, ty: LTy) -> Step<Inst> {
        Ok(match ty {
            LTy::F32 => Inst::F32Const(self.number()?),
            LTy::F64 => Inst::F64Const(self.number()?),
            ty => Inst::IConst(ty, self.number()?),
        })
    }

    /// Instructions whose second word is the operation.
    fn of_operation(&mut self, kind: InstKind) -> Step<Inst> {
        let word = self.word("an operation")?;
        let unknown = || Problem::Unknown { what: "operation", name: word.to_owned() };
        let (name, ty) = split(word);
        if kind == InstKind::Cast {
            let op = CastOp::find(word).ok_or_else(unknown)?;
            let from = self.ty()?;
            self.arrow()?;
            return Ok(Inst::Cast { op, from, to: self.ty()?, value: self.value()? });
        }
        let ty = ty.ok_or_else(unknown)?;
        Ok(match kind {
            InstKind::ICmp => {
                let cond = IntCond::find(name).ok_or_else(unknown)?;
                let [a, b] = self.values()?;
                Inst::ICmp(cond, ty, a, b)
            }
            InstKind::FCmp => {
                let cond = FloatCond::find(name).ok_or_else(unknown)?;
                let [a, b] = self.values()?;
                Inst::FCmp(cond, ty, a, b)
            }
            InstKind::AtomicRmw => {
                let op = AtomicOp::find(name).ok_or_else(unknown)?;
                let addr = self.bare_address()?;
                self.mark(',')?;
                Inst::AtomicRmw { op, ty, addr, value: self.value()? }
            }
            _ => {
                let op = MathOp::find(name).ok_or_else(unknown)?;
                let mut args = vec![self.value()?];
                while self.eat(',') {
                    args.push(self.value()?);
                }
                Inst::Math(op, ty, args)
            }
        })
    }

    /// Loads, stores, compare-exchange.
    fn access(&mut self, kind: InstKind, ty: LTy) -> Step<Inst> {
        if kind == InstKind::AtomicCas {
            let addr = self.bare_address()?;
            self.mark(',')?;
            let [expected, new] = self.values()?;
            return Ok(Inst::AtomicCas { ty, addr, expected, new });
        }
        self.mark('[')?;
        let base = self.value()?;
        let offset = self.offset()?;
        self.mark(']')?;
        if kind == InstKind::Load {
            return Ok(Inst::Load { ty, base, offset, flags: self.mem_flags()? });
        }
        self.mark(',')?;
        let value = self.value()?;
        Ok(Inst::Store { ty, base, offset, value, flags: self.mem_flags()? })
    }

    fn mem_flags(&mut self) -> Step<MemFlags> {
        let mut flags = MemFlags::default();
        loop {
            if self.eat_word("volatile") {
                flags.volatile = true;
            } else if self.eat_word("once") {
                flags.once = true;
            } else if self.eat_word("invariant") {
                flags.invariant = true;
            } else if self.eat_word("align") {
                flags.align = self.number()?;
            } else {
                return Ok(flags);
            }
        }
    }

    fn call(&mut self, ret: LTy) -> Step<Inst> {
        let mut flags = CallFlags::default();
        for more in &mut flags.more {
            if !self.eat('+') {
                break;
            }
            *more = Some(self.ty()?);
        }
        let target = if self.eat('*') { CallTarget::Indirect(self.value()?) } else { CallTarget::Direct(self.symbol()?) };
        let (args, params) = self.typed_values()?.into_iter().unzip();
        loop {
            if self.eat_word("leaf") {
                flags.leaf = true;
            } else if self.eat_word("noreturn") {
                flags.noreturn = true;
            } else if self.eat_word("native") {
                flags.native = true;
            } else if self.eat_word("sret") {
                flags.sret = true;
            } else if self.eat_word("readonly") {
                flags.readonly = true;
            } else if self.eat_word("tail") {
                flags.tail = true;
            } else {
                break;
            }
        }
        flags.scope = self.scope_if_any()?;
        let unwind = if self.eat_word("unwind") { Some(self.block()?) } else { None };
        Ok(Inst::Call(Box::new(Call { target, params, ret, args, flags, unwind })))
    }

    /// The rest; nothing for a kind that is written by its operation.
    fn plain(&mut self, kind: InstKind) -> Step<Option<Inst>> {
        Ok(Some(match kind {
            InstKind::SymAddr => Inst::SymAddr(self.symbol()?, self.offset()?),
            InstKind::FrozenRef => Inst::FrozenRef(self.symbol()?),
            InstKind::ThreadAddr => Inst::ThreadAddr(self.number()?),
            InstKind::SlotAddr => Inst::SlotAddr(self.slot()?, self.offset()?),
            InstKind::PtrToRef => Inst::PtrToRef(self.value()?),
            InstKind::PtrToInt => Inst::PtrToInt(self.value()?),
            InstKind::IntToPtr => Inst::IntToPtr(self.value()?),
            InstKind::IntToRef => Inst::IntToRef(self.value()?),
            InstKind::RefToInt => Inst::RefToInt(self.value()?),
            InstKind::CpuHas => Inst::CpuHas(IsaSet(self.number()?)),
            InstKind::Vector => {
                let word = self.text()?;
                let op = Op::find(&word).ok_or(Problem::Unknown { what: "operation", name: word })?;
                let args = self.list('(', ')', Self::value)?;
                Inst::Vector(op, args)
            }
            InstKind::Addr => self.address()?,
            InstKind::MemMove => {
                let [dst, src, size] = self.values()?;
                Inst::MemMove { dst, src, size }
            }
            InstKind::MemSet => {
                let [dst, byte, size] = self.values()?;
                Inst::MemSet { dst, byte, size }
            }
            InstKind::ZeroSlot => {
                let (slot, offset) = (self.slot()?, self.offset()?);
                self.mark(',')?;
                Inst::ZeroSlot { slot, offset, size: self.number()? }
            }
            InstKind::StackAlloc => Inst::StackAlloc { size: self.value()?, zero: self.eat_word("zero") },
            InstKind::Fence => Inst::Fence,
            _ => return Ok(None),
        }))
    }

    /// `[base + index*scale+offset]` or `[base+offset]`.
    fn address(&mut self) -> Step<Inst> {
        self.mark('[')?;
        let base = self.value()?;
        let (mut index, mut scale) = (None, 1);
        if self.eat('+') {
            index = Some(self.value()?);
            self.mark('*')?;
            scale = self.number()?;
        }
        let offset = self.offset()?;
        self.mark(']')?;
        Ok(Inst::Addr { base, index, scale, offset })
    }
}
