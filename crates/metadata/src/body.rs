//! Method bodies: headers and exception clauses (ECMA-335 II.25.4).

use crate::bytes::Reader;
use crate::ids::{MethodDefId, StandAloneSigId, TypeDefOrRef};
use crate::{MetadataError, Module, Result, Token, flags};

/// The body of a method.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MethodBody<'a> {
    /// Evaluation stack slots.
    pub max_stack: u16,
    /// Locals start zeroed.
    pub init_locals: bool,
    /// Signature of the locals.
    pub locals: Option<StandAloneSigId>,
    /// The instructions.
    pub code: &'a [u8],
    /// Exception clauses in file order (inner before outer).
    pub clauses: Vec<EhClause>,
}

/// An exception clause; offsets are relative to the start of the code and lie in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EhClause {
    /// What kind of handler.
    pub kind: EhKind,
    /// Start of the protected range.
    pub try_offset: u32,
    /// Its length.
    pub try_length: u32,
    /// Start of the handler.
    pub handler_offset: u32,
    /// Its length.
    pub handler_length: u32,
}

/// The kind of an exception handler.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EhKind {
    /// Catches this type.
    Catch(TypeDefOrRef),
    /// Catches what the filter code at `filter_offset` (up to the handler) accepts.
    Filter {
        /// Start of the filter code.
        filter_offset: u32,
    },
    /// Runs on every way out.
    Finally,
    /// Runs when an exception passes.
    Fault,
}

impl EhClause {
    /// The protected range.
    #[must_use]
    pub fn try_range(&self) -> core::ops::Range<u32> {
        self.try_offset..self.try_offset + self.try_length
    }

    /// The handler's range.
    #[must_use]
    pub fn handler_range(&self) -> core::ops::Range<u32> {
        self.handler_offset..self.handler_offset + self.handler_length
    }
}

const BODY: &str = "a method body";

impl<'a> MethodBody<'a> {
    /// Parses a body at the start of `data` (which may be longer).
    pub fn parse(data: &'a [u8]) -> Result<Self> {
        let mut r = Reader::new(data);
        let first = r.u8(BODY)?;
        if first & 3 == 2 {
            let code = r.take((first >> 2) as usize, BODY)?;
            return Ok(Self { max_stack: 8, init_locals: false, locals: None, code, clauses: Vec::new() });
        }
        if first & 3 != 3 {
            return Err(MetadataError::BadBody("neither a tiny nor a fat header"));
        }
        let flags = u16::from(first) | u16::from(r.u8(BODY)?) << 8;
        let header_words = flags >> 12;
        if header_words < 3 {
            return Err(MetadataError::BadBody("the fat header is too short"));
        }
        let max_stack = r.u16(BODY)?;
        let code_size = r.u32(BODY)?;
        let locals = Token(r.u32(BODY)?);
        r.seek(usize::from(header_words) * 4);
        let code = r.take(code_size as usize, BODY)?;
        let locals = if locals.0 == 0 {
            None
        } else {
            let bad = MetadataError::BadToken { token: locals.0, expected: "local variable signature" };
            Some(StandAloneSigId::from_token(locals).ok_or(bad)?)
        };
        let mut clauses = Vec::new();
        let mut more = flags & 0x8 != 0;
        while more {
            r.seek((r.pos() + 3) & !3);
            more = section(&mut r, code_size, &mut clauses)?;
        }
        Ok(Self { max_stack, init_locals: flags & 0x10 != 0, locals, code, clauses })
    }
}

/// Reads one extra section; says whether another follows. Every section takes at least 4 bytes, so the loop ends.
fn section(r: &mut Reader<'_>, code_size: u32, out: &mut Vec<EhClause>) -> Result<bool> {
    let start = r.pos();
    let header = r.u32(BODY)?;
    let kind = header as u8;
    let fat = kind & 0x40 != 0;
    let size = if fat { header >> 8 } else { header >> 8 & 0xFF } as usize;
    if kind & 1 != 0 {
        // Rounded down: with and without the header counted (compilers do both) this gives the number of clauses.
        let n = size / if fat { 24 } else { 12 };
        if n > r.remaining() / 12 {
            return Err(MetadataError::BadBody("more exception clauses than bytes"));
        }
        out.reserve(n);
        for _ in 0..n {
            out.push(clause(r, fat, code_size)?);
        }
    } else {
        r.seek(start);
        r.take(size.max(4), BODY)?;
    }
    Ok(kind & 0x80 != 0)
}

fn clause(r: &mut Reader<'_>, fat: bool, code_size: u32) -> Result<EhClause> {
    let (flags, try_offset, try_length, handler_offset, handler_length);
    if fat {
        flags = r.u32(BODY)?;
        try_offset = r.u32(BODY)?;
        try_length = r.u32(BODY)?;
        handler_offset = r.u32(BODY)?;
        handler_length = r.u32(BODY)?;
    } else {
        flags = u32::from(r.u16(BODY)?);
        try_offset = u32::from(r.u16(BODY)?);
        try_length = u32::from(r.u8(BODY)?);
        handler_offset = u32::from(r.u16(BODY)?);
        handler_length = u32::from(r.u8(BODY)?);
    }
    let extra = r.u32(BODY)?;
    let inside = |start: u32, len: u32| start.checked_add(len).is_some_and(|end| end <= code_size);
    if !inside(try_offset, try_length) || !inside(handler_offset, handler_length) {
        return Err(MetadataError::BadBody("an exception clause lies outside the code"));
    }
    let kind = match flags & 7 {
        0 => EhKind::Catch(TypeDefOrRef::try_from(Token(extra))?),
        1 if extra < handler_offset => EhKind::Filter { filter_offset: extra },
        1 => {
            return Err(MetadataError::BadBody("a filter does not lie before its handler"));
        }
        2 => EhKind::Finally,
        4 => EhKind::Fault,
        _ => return Err(MetadataError::BadBody("unknown kind of exception clause")),
    };
    Ok(EhClause { kind, try_offset, try_length, handler_offset, handler_length })
}

impl Module {
    /// The IL body of a method; `None` when it has none (abstract, extern, provided by the runtime, or native code).
    pub fn method_body(&self, id: MethodDefId) -> Result<Option<MethodBody<'_>>> {
        let row = self.raw_row(MethodDefId::TABLE, id.0)?;
        let code_type = row.u16(1)? & flags::method_impl_attributes::CODE_TYPE_MASK;
        let rva = row.raw(0);
        if rva == 0 || code_type != flags::method_impl_attributes::IL {
            return Ok(None);
        }
        MethodBody::parse(self.rva_tail(rva)?).map(Some)
    }
}
