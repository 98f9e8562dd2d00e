//! Bodies: declarations, labels, instructions, exception blocks (ECMA-335 II.15.4, II.19).

use super::Parser;
use crate::ast::{Clause, ClauseKind, Instr, Item, Method, Operand, Signature, Spec, Target, Variable};
use crate::error::{ErrorKind, Result, at};
use crate::lexer::Tok;
use kiln_il::{Opcode, OperandKind};

impl Parser<'_> {
    /// What stands in braces, up to and with the closing one.
    pub(super) fn block(&mut self, method: &mut Method) -> Result<()> {
        self.nested(|p| {
            while !p.eat("}") {
                p.body_item(method)?;
            }
            Ok(())
        })
    }

    fn body_item(&mut self, method: &mut Method) -> Result<()> {
        if matches!(self.tok(), Tok::Word(_) | Tok::Quoted(_)) && *self.second() == Tok::Punct(":") {
            let place = self.place();
            let name = self.name()?;
            self.bump();
            method.body.push(Item::Label(place, name));
            return Ok(());
        }
        match self.word() {
            ".maxstack" => {
                self.bump();
                method.max_stack = self.fitting("16-bit number")?;
            }
            ".locals" => self.locals(method)?,
            ".entrypoint" => {
                self.bump();
                method.entry_point = true;
            }
            ".zeroinit" => {
                self.bump();
                method.init_locals = true;
            }
            ".custom" => {
                let attribute = self.attribute()?;
                method.attributes.push(attribute);
            }
            ".override" => {
                let found = self.method_override()?;
                method.overrides.push(found);
            }
            ".param" => self.param(method)?,
            ".try" => self.protected(method)?,
            _ if self.is("{") => {
                self.bump();
                self.block(method)?;
            }
            _ => {
                let instr = self.instruction()?;
                method.body.push(Item::Instr(Box::new(instr)));
            }
        }
        Ok(())
    }

    fn mark(&mut self, method: &mut Method) -> Target {
        self.marks += 1;
        method.body.push(Item::Mark(self.marks));
        Target::Mark(self.marks)
    }

    /// A block with marks around it.
    fn marked_block(&mut self, method: &mut Method) -> Result<(Target, Target)> {
        self.expect("{")?;
        let start = self.mark(method);
        self.block(method)?;
        Ok((start, self.mark(method)))
    }

    /// `.try { … }` or `.try A to B`, and its handlers.
    fn protected(&mut self, method: &mut Method) -> Result<()> {
        let place = self.place();
        self.bump();
        let protected = if self.is("{") { self.marked_block(method)? } else { self.range()? };
        let mut found = false;
        loop {
            let kind = match self.word() {
                "catch" => {
                    self.bump();
                    ClauseKind::Catch(self.spec()?)
                }
                "filter" => {
                    self.bump();
                    if self.is("{") { ClauseKind::Filter(self.marked_block(method)?.0) } else { ClauseKind::Filter(self.target()?) }
                }
                "finally" => {
                    self.bump();
                    ClauseKind::Finally
                }
                "fault" => {
                    self.bump();
                    ClauseKind::Fault
                }
                _ if found => return Ok(()),
                _ => return self.unexpected("a handler"),
            };
            found = true;
            let handler = if self.eat_word("handler") { self.range()? } else { self.marked_block(method)? };
            method.clauses.push(Clause { place, protected: protected.clone(), kind, handler });
        }
    }

    /// `A to B`.
    fn range(&mut self) -> Result<(Target, Target)> {
        let start = self.target()?;
        self.expect_word("to")?;
        Ok((start, self.target()?))
    }

    fn target(&mut self) -> Result<Target> {
        if matches!(self.tok(), Tok::Num(_)) || self.is("-") {
            return self.integer().map(Target::Offset);
        }
        self.name().map(Target::Label)
    }

    fn instruction(&mut self) -> Result<Instr> {
        let place = self.place();
        let word = self.word();
        if word.is_empty() {
            return self.unexpected("an instruction");
        }
        let opcode = opcode(word);
        let Some(opcode) = opcode else { return at(place, ErrorKind::UnknownInstruction(word.to_owned())) };
        self.bump();
        let operand = self.operand(opcode)?;
        Ok(Instr { place, opcode, operand })
    }

    fn operand(&mut self, opcode: Opcode) -> Result<Operand> {
        Ok(match opcode.operand_kind() {
            OperandKind::None => Operand::None,
            OperandKind::ShortArg | OperandKind::Arg | OperandKind::ShortLocal | OperandKind::Local => {
                Operand::Variable(match self.tok() {
                    Tok::Num(_) => Variable::Number(self.fitting("number of a variable")?),
                    _ => Variable::Name(self.name()?),
                })
            }
            OperandKind::ShortI => Operand::Int(i64::from(self.fitting::<i8>("8-bit number")?)),
            OperandKind::I4 => {
                let place = self.place();
                let value = self.integer()?;
                if i32::try_from(value).is_err() && u32::try_from(value).is_err() {
                    return at(place, ErrorKind::BadNumber { text: value.to_string(), expected: "32-bit number" });
                }
                Operand::Int(value)
            }
            OperandKind::I8 => Operand::Int(self.integer()?),
            OperandKind::U1 => Operand::Int(i64::from(self.fitting::<u8>("8-bit number")?)),
            OperandKind::R4 => self.float(false)?,
            OperandKind::R8 => self.float(true)?,
            OperandKind::ShortTarget | OperandKind::Target => Operand::Target(self.target()?),
            OperandKind::Switch => {
                self.expect("(")?;
                let mut targets = Vec::new();
                while !self.is(")") {
                    targets.push(self.target()?);
                    if !self.eat(",") {
                        break;
                    }
                }
                self.expect(")")?;
                Operand::Switch(targets)
            }
            OperandKind::Method => Operand::Method(self.method_ref()?),
            OperandKind::Field => Operand::Field(self.field_ref()?),
            OperandKind::Type => Operand::Type(self.spec()?),
            OperandKind::Token => self.token_operand()?,
            OperandKind::String => self.string_operand()?,
            OperandKind::Sig => {
                let convention = self.convention()?;
                let ret = self.ty()?;
                Operand::Signature(Signature { convention, ret, params: self.param_types()? })
            }
        })
    }

    /// `1.5`, `float64(0x7FF8000000000000)` (bits) or `(00 00 …)` (bytes).
    fn float(&mut self, wide: bool) -> Result<Operand> {
        let place = self.place();
        if self.is("(") {
            let bytes = self.bytes()?;
            if bytes.len() != if wide { 8 } else { 4 } {
                return at(place, ErrorKind::Invalid("a floating-point number has 4 or 8 bytes"));
            }
            let bits = bytes.iter().rev().fold(0, |bits, byte| bits << 8 | u64::from(*byte));
            return Ok(Operand::FloatBits(bits));
        }
        if matches!(self.word(), "float32" | "float64") {
            self.bump();
            self.expect("(")?;
            let bits = self.float_bits(wide)?;
            self.expect(")")?;
            return Ok(Operand::FloatBits(bits));
        }
        // An integer stands for itself here, whatever its notation.
        let negative = self.eat("-");
        let value = match self.tok() {
            Tok::Num(text) => text.parse::<f64>().ok(),
            _ => None,
        };
        let Some(value) = value else { return self.unexpected("a floating-point number") };
        self.bump();
        Ok(Operand::Float(if negative { -value } else { value }))
    }

    /// `ldtoken method …`, `ldtoken field …`, `ldtoken TYPE`.
    fn token_operand(&mut self) -> Result<Operand> {
        if self.word() == "method" {
            // `method` also starts the type of a function pointer; that one has a star before its parameters.
            let start = self.pos;
            if let Ok(ty @ crate::ast::Ty::Function(_)) = self.ty() {
                return Ok(Operand::Type(Spec::Ty(ty)));
            }
            self.pos = start + 1;
            return self.method_ref().map(Operand::Method);
        }
        if self.eat_word("field") {
            return self.field_ref().map(Operand::Field);
        }
        self.spec().map(Operand::Type)
    }

    /// `"a" + "b"`, or `bytearray (…)` with UTF-16 units.
    fn string_operand(&mut self) -> Result<Operand> {
        if self.eat_word("bytearray") {
            let bytes = self.bytes()?;
            return Ok(Operand::String(bytes.chunks(2).map(|pair| pair.iter().rev().fold(0, |u, b| u << 8 | u16::from(*b))).collect()));
        }
        let mut units = Vec::new();
        loop {
            let Tok::Str(text) = self.tok() else { return self.unexpected("a string") };
            units.extend(text.encode_utf16());
            self.bump();
            if !self.eat("+") {
                return Ok(Operand::String(units));
            }
        }
    }
}

/// The instruction with this name; the standard's second names included.
fn opcode(word: &str) -> Option<Opcode> {
    let word = match word {
        "brnull" | "brzero" => "brfalse",
        "brnull.s" | "brzero.s" => "brfalse.s",
        "brinst" => "brtrue",
        "brinst.s" => "brtrue.s",
        "endfault" => "endfinally",
        "ldelem.any" => "ldelem",
        "stelem.any" => "stelem",
        "ldelem.u8" => "ldelem.i8",
        "ldind.u8" => "ldind.i8",
        "ldc.i4.M1" => "ldc.i4.m1",
        other => other,
    };
    Opcode::ALL.iter().copied().find(|o| o.mnemonic() == word)
}
