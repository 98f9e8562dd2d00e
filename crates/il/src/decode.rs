//! Decodes IL bytes into typed instructions (ECMA-335 III.1.2 for encodings, III.1.9 for tokens).

use crate::{Flow, IlError, Opcode, OperandKind};
use core::fmt;
use kiln_metadata::{FieldToken, LdToken, MethodToken, StandAloneSigId, Token, TypeDefOrRef};

/// The decoded operand of an instruction.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Operand<'a> {
    /// None.
    None,
    /// Argument number (0 is `this` in instance methods).
    Arg(u16),
    /// Local variable number.
    Local(u16),
    /// Integer constant of the instruction's width: `ldc.i4*`, `unaligned.`, `no.`.
    I32(i32),
    /// `ldc.i8`
    I64(i64),
    /// `ldc.r4`
    F32(f32),
    /// `ldc.r8`
    F64(f64),
    /// Branch target: an offset in the code.
    Target(u32),
    /// Targets of a `switch`.
    Switch(SwitchTargets<'a>),
    /// Method of a call, `newobj`, `ldftn`, `ldvirtftn`, `jmp`.
    Method(MethodToken),
    /// Field.
    Field(FieldToken),
    /// Type.
    Type(TypeDefOrRef),
    /// What `ldtoken` loads.
    Token(LdToken),
    /// `#US` offset of a literal: `Module::user_string`.
    String(u32),
    /// Signature of a `calli` site: `Module::call_site_sig`.
    Sig(StandAloneSigId),
}

/// The jump table of a `switch`.
#[derive(Clone, Copy, PartialEq)]
pub struct SwitchTargets<'a> {
    table: &'a [u8],
    /// Offset of the next instruction, which the distances count from.
    base: u32,
}

impl<'a> SwitchTargets<'a> {
    /// Number of cases.
    #[must_use]
    pub fn len(&self) -> usize {
        self.table.len() / 4
    }

    /// Whether there are no cases.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    /// The target offsets in case order. The decoder has checked that they lie in the code.
    pub fn iter(self) -> impl ExactSizeIterator<Item = u32> + Clone + 'a {
        let base = self.base;
        self.table.chunks_exact(4).map(move |c| base.wrapping_add(u32::from_le_bytes([c[0], c[1], c[2], c[3]])))
    }
}

impl fmt::Debug for SwitchTargets<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// One instruction. A prefix is an instruction of its own.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Instr<'a> {
    /// Offset of the first byte.
    pub offset: u32,
    /// Offset of the next instruction.
    pub end: u32,
    /// The opcode.
    pub opcode: Opcode,
    /// The operand.
    pub operand: Operand<'a>,
}

impl<'a> Instr<'a> {
    /// The offsets this instruction may jump to (without falling through).
    pub fn targets(&self) -> impl Iterator<Item = u32> + Clone + 'a {
        let (one, table) = match self.operand {
            Operand::Target(t) => (Some(t), None),
            Operand::Switch(t) => (None, Some(t)),
            _ => (None, None),
        };
        one.into_iter().chain(table.into_iter().flat_map(|t| t.iter()))
    }

    /// Whether the next instruction can be reached by falling through.
    #[must_use]
    pub fn falls_through(&self) -> bool {
        matches!(self.opcode.flow(), Flow::Next | Flow::CondBranch | Flow::Call | Flow::Prefix)
    }

    /// The same instruction in its general form: `ldarg.0` becomes `ldarg` 0, `ldc.i4.m1` becomes `ldc.i4` -1,
    /// `br.s` becomes `br`, and so on. Offsets stay as they are.
    #[must_use]
    pub fn canonical(self) -> Self {
        use Opcode as O;
        let (opcode, operand) = match self.opcode {
            O::Ldarg0 | O::Ldarg1 | O::Ldarg2 | O::Ldarg3 => (O::Ldarg, Operand::Arg(self.opcode as u16 - O::Ldarg0 as u16)),
            O::Ldloc0 | O::Ldloc1 | O::Ldloc2 | O::Ldloc3 => (O::Ldloc, Operand::Local(self.opcode as u16 - O::Ldloc0 as u16)),
            O::Stloc0 | O::Stloc1 | O::Stloc2 | O::Stloc3 => (O::Stloc, Operand::Local(self.opcode as u16 - O::Stloc0 as u16)),
            O::LdcI4M1 | O::LdcI40 | O::LdcI41 | O::LdcI42 | O::LdcI43 | O::LdcI44 | O::LdcI45 | O::LdcI46 | O::LdcI47 | O::LdcI48 => {
                (O::LdcI4, Operand::I32(i32::from(self.opcode as u16) - O::LdcI40 as i32))
            }
            O::LdargS => (O::Ldarg, self.operand),
            O::LdargaS => (O::Ldarga, self.operand),
            O::StargS => (O::Starg, self.operand),
            O::LdlocS => (O::Ldloc, self.operand),
            O::LdlocaS => (O::Ldloca, self.operand),
            O::StlocS => (O::Stloc, self.operand),
            O::LdcI4S => (O::LdcI4, self.operand),
            O::BrS => (O::Br, self.operand),
            O::BrfalseS => (O::Brfalse, self.operand),
            O::BrtrueS => (O::Brtrue, self.operand),
            O::BeqS => (O::Beq, self.operand),
            O::BgeS => (O::Bge, self.operand),
            O::BgtS => (O::Bgt, self.operand),
            O::BleS => (O::Ble, self.operand),
            O::BltS => (O::Blt, self.operand),
            O::BneUnS => (O::BneUn, self.operand),
            O::BgeUnS => (O::BgeUn, self.operand),
            O::BgtUnS => (O::BgtUn, self.operand),
            O::BleUnS => (O::BleUn, self.operand),
            O::BltUnS => (O::BltUn, self.operand),
            O::LeaveS => (O::Leave, self.operand),
            _ => return self,
        };
        Self { opcode, operand, ..self }
    }
}

/// Iterates over the instructions of a code block. After an error it ends.
///
/// Branch targets are checked to lie in the code; that they are starts of instructions is checked by
/// [`crate::decode_all`], which sees them all.
#[derive(Clone, Debug)]
pub struct Decoder<'a> {
    code: &'a [u8],
    pos: usize,
    failed: bool,
}

impl<'a> Decoder<'a> {
    /// Starts at offset 0.
    #[must_use]
    pub fn new(code: &'a [u8]) -> Self {
        Self::at(code, 0)
    }

    /// Starts at an offset.
    #[must_use]
    pub fn at(code: &'a [u8], offset: u32) -> Self {
        Self { code, pos: offset as usize, failed: false }
    }

    /// The offset of the next instruction.
    #[must_use]
    pub fn offset(&self) -> u32 {
        self.pos as u32
    }

    fn bytes<const N: usize>(&mut self, start: u32) -> Result<[u8; N], IlError> {
        let s = self.code.get(self.pos..).and_then(|s| s.get(..N)).ok_or(IlError::Truncated { offset: start })?;
        self.pos += N;
        let mut a = [0; N];
        a.copy_from_slice(s);
        Ok(a)
    }

    fn target(&self, offset: u32, distance: i32) -> Result<u32, IlError> {
        let target = self.pos as i64 + i64::from(distance);
        if target < 0 || target >= self.code.len() as i64 {
            return Err(IlError::TargetOutside { offset, target });
        }
        Ok(target as u32)
    }

    fn token<T: TryFrom<Token>>(&mut self, offset: u32, expected: &'static str) -> Result<T, IlError> {
        let token = u32::from_le_bytes(self.bytes(offset)?);
        T::try_from(Token(token)).map_err(|_| IlError::BadToken { offset, token, expected })
    }

    fn instr(&mut self) -> Result<Instr<'a>, IlError> {
        let offset = self.pos as u32;
        let [first] = self.bytes(offset)?;
        let code = if first == 0xFE {
            let [second] = self.bytes(offset)?;
            0xFE00 | u16::from(second)
        } else {
            u16::from(first)
        };
        let opcode = Opcode::from_code(code).ok_or(IlError::UnknownOpcode { offset, code })?;
        let operand = match opcode.operand_kind() {
            OperandKind::None => Operand::None,
            OperandKind::ShortArg => Operand::Arg(u16::from(self.bytes::<1>(offset)?[0])),
            OperandKind::Arg => Operand::Arg(u16::from_le_bytes(self.bytes(offset)?)),
            OperandKind::ShortLocal => Operand::Local(u16::from(self.bytes::<1>(offset)?[0])),
            OperandKind::Local => Operand::Local(u16::from_le_bytes(self.bytes(offset)?)),
            OperandKind::ShortI => Operand::I32(i32::from(i8::from_le_bytes(self.bytes(offset)?))),
            OperandKind::U1 => Operand::I32(i32::from(self.bytes::<1>(offset)?[0])),
            OperandKind::I4 => Operand::I32(i32::from_le_bytes(self.bytes(offset)?)),
            OperandKind::I8 => Operand::I64(i64::from_le_bytes(self.bytes(offset)?)),
            OperandKind::R4 => Operand::F32(f32::from_le_bytes(self.bytes(offset)?)),
            OperandKind::R8 => Operand::F64(f64::from_le_bytes(self.bytes(offset)?)),
            OperandKind::ShortTarget => {
                let distance = i32::from(i8::from_le_bytes(self.bytes(offset)?));
                Operand::Target(self.target(offset, distance)?)
            }
            OperandKind::Target => {
                let distance = i32::from_le_bytes(self.bytes(offset)?);
                Operand::Target(self.target(offset, distance)?)
            }
            OperandKind::Switch => {
                let n = u32::from_le_bytes(self.bytes(offset)?) as usize;
                let len = n.checked_mul(4).ok_or(IlError::Truncated { offset })?;
                let table = self.code.get(self.pos..).and_then(|s| s.get(..len));
                let table = table.ok_or(IlError::Truncated { offset })?;
                self.pos += len;
                for c in table.chunks_exact(4) {
                    self.target(offset, i32::from_le_bytes([c[0], c[1], c[2], c[3]]))?;
                }
                Operand::Switch(SwitchTargets { table, base: self.pos as u32 })
            }
            OperandKind::Method => Operand::Method(self.token(offset, "method")?),
            OperandKind::Field => Operand::Field(self.token(offset, "field")?),
            OperandKind::Type => Operand::Type(self.token(offset, "type")?),
            OperandKind::Token => Operand::Token(self.token(offset, "type, field or method")?),
            OperandKind::String => {
                let token = u32::from_le_bytes(self.bytes(offset)?);
                let bad = IlError::BadToken { offset, token, expected: "string literal" };
                Operand::String(Token(token).user_string().ok_or(bad)?)
            }
            OperandKind::Sig => {
                let token = u32::from_le_bytes(self.bytes(offset)?);
                let bad = IlError::BadToken { offset, token, expected: "call-site signature" };
                Operand::Sig(StandAloneSigId::from_token(Token(token)).ok_or(bad)?)
            }
        };
        Ok(Instr { offset, end: self.pos as u32, opcode, operand })
    }
}

impl<'a> Iterator for Decoder<'a> {
    type Item = Result<Instr<'a>, IlError>;
    fn next(&mut self) -> Option<Self::Item> {
        if self.failed || self.pos >= self.code.len() {
            return None;
        }
        let i = self.instr();
        self.failed = i.is_err();
        Some(i)
    }
}
