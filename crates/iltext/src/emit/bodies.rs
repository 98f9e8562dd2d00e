//! Bodies and data (ECMA-335 II.25.4, II.22.18): instructions to bytes, labels to distances, exception clauses.

use super::{Cx, Def, Generics};
use crate::MethodLines;
use crate::ast::{ClauseKind, Instr, Item, Method, Operand, Target, Variable};
use crate::error::{ErrorKind, Place, Result, at};
use crate::write::{compressed, place_of_bodies};
use kiln_il::OperandKind;
use kiln_metadata::flags::{method_attributes, method_impl_attributes};
use kiln_metadata::{Table, Token};
use kiln_support::FxHashMap;

/// A method's code while it is written.
#[derive(Default)]
struct Code<'a> {
    bytes: Vec<u8>,
    labels: FxHashMap<&'a str, u32>,
    marks: FxHashMap<u32, u32>,
    fixups: Vec<Fixup<'a>>,
}

/// A distance that is known when all labels are.
struct Fixup<'a> {
    place: Place,
    mnemonic: &'static str,
    position: usize,
    /// The branch is relative to the end of its instruction.
    end: usize,
    short: bool,
    target: &'a Target,
}

impl<'a> Cx<'a> {
    pub(super) fn bodies(&mut self) -> Result<()> {
        for def in self.defs.clone() {
            let first = self.first_members[def.rid as usize - 1].1;
            for (n, method) in def.class.methods.iter().enumerate() {
                let rid = first + n as u32;
                if method.entry_point {
                    self.entry_point = Token::new(Table::MethodDef, rid).0;
                }
                let no_body = method.flags & (method_attributes::ABSTRACT | method_attributes::PINVOKE_IMPL) != 0
                    || method.impl_flags & (method_impl_attributes::INTERNAL_CALL | method_impl_attributes::CODE_TYPE_MASK) != 0;
                if no_body {
                    continue;
                }
                let bytes = self.body(def, method)?;
                self.code.resize(self.code.len().next_multiple_of(4), 0);
                let rva = place_of_bodies() + self.code.len() as u32;
                self.tables.set(Table::MethodDef, rid, 0, rva);
                self.code.extend(bytes);
            }
        }
        self.data()
    }

    /// `.data`, and the fields that lie in it.
    fn data(&mut self) -> Result<()> {
        let mut places = FxHashMap::default();
        for data in &self.unit.data {
            // Bodies start at an address that is a multiple of eight.
            self.code.resize(self.code.len().next_multiple_of(8), 0);
            let rva = place_of_bodies() + self.code.len() as u32;
            self.code.extend(&data.bytes);
            if places.insert(data.label.as_str(), rva).is_some() {
                return at(data.place, ErrorKind::Duplicate { what: "data", name: data.label.clone() });
            }
        }
        for def in self.defs.clone() {
            let first = self.first_members[def.rid as usize - 1].0;
            for (n, field) in def.class.fields.iter().enumerate() {
                let Some(label) = &field.data else { continue };
                let Some(&rva) = places.get(label.as_str()) else {
                    return at(field.place, ErrorKind::UnknownName { what: "data", name: label.clone() });
                };
                self.tables.add(Table::FieldRva, &[rva, first + n as u32]);
            }
        }
        Ok(())
    }

    fn body(&mut self, def: Def<'a>, method: &'a Method) -> Result<Vec<u8>> {
        let generics = self.generics(def, &method.typars);
        let mut code = Code::default();
        let mut lines = Vec::new();
        for item in &method.body {
            let here = code.bytes.len() as u32;
            match item {
                Item::Mark(mark) => {
                    code.marks.insert(*mark, here);
                }
                Item::Label(place, name) => {
                    if code.labels.insert(name, here).is_some() {
                        return at(*place, ErrorKind::Duplicate { what: "label", name: name.clone() });
                    }
                }
                Item::Instr(instr) => {
                    lines.push((here, instr.place.line));
                    self.instr(def, method, instr, generics, &mut code)?;
                }
            }
        }
        self.lines.push(MethodLines { name: format!("{}::{}", self.path(def), method.name), lines });
        code.resolve()?;
        let clauses = self.clauses(method, &code, generics)?;
        let locals = self.locals(method, generics)?;
        let tiny = code.bytes.len() < 64 && locals == 0 && clauses.is_empty() && method.max_stack <= 8;
        let mut out = Vec::new();
        if tiny {
            out.push((code.bytes.len() as u8) << 2 | 2);
            out.extend(code.bytes);
            return Ok(out);
        }
        let more = if clauses.is_empty() { 0 } else { 0x08 };
        let init = if method.init_locals { 0x10 } else { 0 };
        out.extend((0x3003u16 | more | init).to_le_bytes());
        out.extend(method.max_stack.to_le_bytes());
        out.extend((code.bytes.len() as u32).to_le_bytes());
        out.extend(locals.to_le_bytes());
        out.extend(code.bytes);
        if !clauses.is_empty() {
            out.resize(out.len().next_multiple_of(4), 0);
            out.extend((0x41 | (clauses.len() as u32 + 4) << 8).to_le_bytes());
            out.extend(clauses);
        }
        Ok(out)
    }

    /// `Ns.Outer/Inner`.
    fn path(&self, def: Def<'a>) -> String {
        match def.outer.and_then(|outer| self.defs.get(outer as usize - 1)) {
            Some(&outer) => format!("{}/{}", self.path(outer), def.class.name),
            None => def.class.name.clone(),
        }
    }

    /// Token of the locals' signature, or 0.
    fn locals(&mut self, method: &Method, generics: Generics<'_>) -> Result<u32> {
        if method.locals.is_empty() {
            return Ok(0);
        }
        let mut blob = vec![0x07];
        compressed(method.locals.len() as u32, &mut blob);
        for (ty, _) in &method.locals {
            self.ty(ty, generics, &mut blob)?;
        }
        let row = [self.heaps.blob(&blob)];
        Ok(Token::new(Table::StandAloneSig, self.tables.intern(Table::StandAloneSig, &row)).0)
    }

    /// Clauses in their wide form.
    fn clauses(&mut self, method: &Method, code: &Code<'_>, generics: Generics<'_>) -> Result<Vec<u8>> {
        let mut out = Vec::new();
        for clause in &method.clauses {
            let offset = |target: &Target| code.offset(clause.place, target);
            let range = |pair: &(Target, Target)| -> Result<(u32, u32)> {
                let (start, end) = (offset(&pair.0)?, offset(&pair.1)?);
                match end.checked_sub(start) {
                    Some(length) => Ok((start, length)),
                    None => at(clause.place, ErrorKind::Invalid("a range ends before it starts")),
                }
            };
            let ((start, length), (handler, handler_length)) = (range(&clause.protected)?, range(&clause.handler)?);
            let (kind, extra) = match &clause.kind {
                ClauseKind::Catch(spec) => (0, self.spec(spec, generics)?.0),
                ClauseKind::Filter(target) => (1, offset(target)?),
                ClauseKind::Finally => (2, 0),
                ClauseKind::Fault => (4, 0),
            };
            out.extend([kind, start, length, handler, handler_length, extra].iter().flat_map(|n: &u32| n.to_le_bytes()));
        }
        Ok(out)
    }

    fn instr(&mut self, def: Def<'a>, method: &'a Method, instr: &'a Instr, generics: Generics<'a>, code: &mut Code<'a>) -> Result<()> {
        let number = instr.opcode as u16;
        if number > 0xFF {
            code.bytes.push((number >> 8) as u8);
        }
        code.bytes.push(number as u8);
        let token = match &instr.operand {
            Operand::None => return Ok(()),
            Operand::Variable(variable) => return variable_operand(def, method, instr, variable, code),
            Operand::Int(value) => {
                let width = match instr.opcode.operand_kind() {
                    OperandKind::I8 => 8,
                    OperandKind::I4 => 4,
                    _ => 1,
                };
                code.bytes.extend(&value.to_le_bytes()[..width]);
                return Ok(());
            }
            Operand::Float(value) if instr.opcode.operand_kind() == OperandKind::R4 => {
                code.bytes.extend((*value as f32).to_le_bytes());
                return Ok(());
            }
            Operand::Float(value) => {
                code.bytes.extend(value.to_le_bytes());
                return Ok(());
            }
            Operand::FloatBits(bits) => {
                let width = if instr.opcode.operand_kind() == OperandKind::R4 { 4 } else { 8 };
                code.bytes.extend(&bits.to_le_bytes()[..width]);
                return Ok(());
            }
            Operand::Target(target) => {
                code.branch(instr, target);
                return Ok(());
            }
            Operand::Switch(targets) => {
                code.switch(instr, targets);
                return Ok(());
            }
            Operand::Method(m) => self.method_token(m, generics)?,
            Operand::Field(f) => self.field_token(f, generics)?,
            Operand::Type(spec) => self.spec(spec, generics)?,
            Operand::String(units) => Token(u32::from(Token::USER_STRING) << 24 | self.heaps.user_string(units)),
            Operand::Signature(signature) => {
                let mut blob = Vec::new();
                self.signature(signature, 0, generics, &mut blob)?;
                let row = [self.heaps.blob(&blob)];
                Token::new(Table::StandAloneSig, self.tables.intern(Table::StandAloneSig, &row))
            }
        };
        code.bytes.extend(token.0.to_le_bytes());
        Ok(())
    }
}

fn variable_operand(def: Def<'_>, method: &Method, instr: &Instr, variable: &Variable, code: &mut Code<'_>) -> Result<()> {
    let kind = instr.opcode.operand_kind();
    let number = match variable {
        Variable::Number(n) => *n,
        Variable::Name(name) => {
            let local = matches!(kind, OperandKind::ShortLocal | OperandKind::Local);
            let this = u16::from(def.rid != 1 && method.flags & method_attributes::STATIC == 0);
            let found = if local {
                method.locals.iter().rposition(|(_, n)| n == name).map(|n| n as u16)
            } else {
                method.params.iter().skip(1).position(|p| p.name == *name).map(|n| n as u16 + this)
            };
            match found {
                Some(n) => n,
                None => {
                    let what = if local { "local" } else { "argument" };
                    return at(instr.place, ErrorKind::UnknownName { what, name: name.clone() });
                }
            }
        }
    };
    if matches!(kind, OperandKind::ShortArg | OperandKind::ShortLocal) {
        match u8::try_from(number) {
            Ok(short) => code.bytes.push(short),
            Err(_) => {
                return at(instr.place, ErrorKind::BadNumber { text: number.to_string(), expected: "8-bit number" });
            }
        }
    } else {
        code.bytes.extend(number.to_le_bytes());
    }
    Ok(())
}

impl<'a> Code<'a> {
    fn branch(&mut self, instr: &Instr, target: &'a Target) {
        let short = instr.opcode.operand_kind() == OperandKind::ShortTarget;
        let position = self.bytes.len();
        self.bytes.resize(position + if short { 1 } else { 4 }, 0);
        let end = self.bytes.len();
        self.fixups.push(Fixup { place: instr.place, mnemonic: instr.opcode.mnemonic(), position, end, short, target });
    }

    fn switch(&mut self, instr: &Instr, targets: &'a [Target]) {
        self.bytes.extend((targets.len() as u32).to_le_bytes());
        let first = self.bytes.len();
        let end = first + targets.len() * 4;
        self.bytes.resize(end, 0);
        for (n, target) in targets.iter().enumerate() {
            let position = first + n * 4;
            self.fixups.push(Fixup { place: instr.place, mnemonic: "switch", position, end, short: false, target });
        }
    }

    /// The offset that a clause means.
    fn offset(&self, place: Place, target: &Target) -> Result<u32> {
        let found = match target {
            Target::Label(name) => self.labels.get(name.as_str()).copied(),
            Target::Mark(mark) => self.marks.get(mark).copied(),
            Target::Offset(offset) => u32::try_from(*offset).ok(),
        };
        match (found, target) {
            (Some(offset), _) => Ok(offset),
            (None, Target::Label(name)) => at(place, ErrorKind::UnknownLabel(name.clone())),
            (None, _) => at(place, ErrorKind::Invalid("an offset is not negative")),
        }
    }

    fn resolve(&mut self) -> Result<()> {
        for fixup in std::mem::take(&mut self.fixups) {
            let distance = match fixup.target {
                // A number is the distance itself.
                Target::Offset(distance) => *distance,
                target => i64::from(self.offset(fixup.place, target)?) - fixup.end as i64,
            };
            let bytes = &mut self.bytes[fixup.position..];
            match (fixup.short, i8::try_from(distance), i32::try_from(distance)) {
                (true, Ok(near), _) => bytes[0] = near as u8,
                (false, _, Ok(far)) => bytes[..4].copy_from_slice(&far.to_le_bytes()),
                _ => return at(fixup.place, ErrorKind::TooFar(fixup.mnemonic)),
            }
        }
        Ok(())
    }
}
