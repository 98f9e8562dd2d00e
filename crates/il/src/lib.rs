//! `kiln-il`: the instruction set of ECMA-335 III, decoded with typed operands and validated branch targets.
#![forbid(unsafe_code)]

mod decode;
mod disasm;
mod opcode;

pub use decode::{Decoder, Instr, Operand, SwitchTargets};
pub use disasm::Disasm;
pub use opcode::{Flow, Opcode, OperandKind, VARIES};

use kiln_metadata::{EhKind, MethodBody};

/// Why IL could not be decoded.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum IlError {
    /// The code ends inside an instruction.
    #[error("IL_{offset:04x}: the code ends inside the instruction")]
    Truncated {
        /// Offset of the instruction.
        offset: u32,
    },
    /// Not an instruction.
    #[error("IL_{offset:04x}: unknown opcode {code:#x}")]
    UnknownOpcode {
        /// Offset of the instruction.
        offset: u32,
        /// Its code.
        code: u16,
    },
    /// A branch that leaves the code.
    #[error("IL_{offset:04x}: branch target {target} is outside the code")]
    TargetOutside {
        /// Offset of the instruction.
        offset: u32,
        /// Where it would go.
        target: i64,
    },
    /// A branch into the middle of an instruction.
    #[error("IL_{offset:04x}: branch target IL_{target:04x} is not the start of an instruction")]
    TargetInside {
        /// Offset of the instruction.
        offset: u32,
        /// Where it goes.
        target: u32,
    },
    /// An exception clause that starts or ends in the middle of an instruction.
    #[error("exception clause {clause}: IL_{offset:04x} is not the start of an instruction")]
    ClauseInside {
        /// Number of the clause.
        clause: usize,
        /// The offset in question.
        offset: u32,
    },
    /// A token of the wrong table.
    #[error("IL_{offset:04x}: token {token:08x} is not a {expected}")]
    BadToken {
        /// Offset of the instruction.
        offset: u32,
        /// The token.
        token: u32,
        /// What the instruction takes.
        expected: &'static str,
    },
}

/// All instructions of a code block, in order, with branch targets checked to be starts of instructions.
pub fn decode_all(code: &[u8]) -> Result<Vec<Instr<'_>>, IlError> {
    let mut out = Vec::with_capacity(code.len() / 2);
    for i in Decoder::new(code) {
        out.push(i?);
    }
    for i in &out {
        for target in i.targets() {
            if index_at(&out, target).is_none() {
                return Err(IlError::TargetInside { offset: i.offset, target });
            }
        }
    }
    Ok(out)
}

/// All instructions of a body, with branch targets and the borders of exception clauses checked.
pub fn decode_body<'a>(body: &MethodBody<'a>) -> Result<Vec<Instr<'a>>, IlError> {
    let instrs = decode_all(body.code)?;
    let len = body.code.len() as u32;
    for (clause, c) in body.clauses.iter().enumerate() {
        let filter = match c.kind {
            EhKind::Filter { filter_offset } => Some(filter_offset),
            _ => None,
        };
        let (t, h) = (c.try_range(), c.handler_range());
        for offset in [t.start, t.end, h.start, h.end].into_iter().chain(filter) {
            if offset != len && index_at(&instrs, offset).is_none() {
                return Err(IlError::ClauseInside { clause, offset });
            }
        }
    }
    Ok(instrs)
}

/// The position of the instruction that starts at `offset`, in a list ordered by offset.
#[must_use]
pub fn index_at(instrs: &[Instr<'_>], offset: u32) -> Option<usize> {
    instrs.binary_search_by_key(&offset, |i| i.offset).ok()
}

#[cfg(test)]
mod tests;
