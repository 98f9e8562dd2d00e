//! `kiln-iltext`: assembles IL text (the grammar of ECMA-335 II, as ilasm reads it) to the bytes of an assembly. For tests only.
//!
//! [`assemble`] parses one or more texts to a tree ([`ast`]), gives every definition its row, and writes tables, heaps, bodies and the PE
//! container. Widths of columns come from `kiln_metadata::Table` and operands from `kiln_il::Opcode`, so the assembler can say exactly what the
//! compiler can read. Left out, each with an error of its own: `vararg`, security declarations, resources, edit-and-continue.
#![forbid(unsafe_code)]

pub mod ast;
mod emit;
mod error;
mod lexer;
mod parse;
mod write;

pub use error::{AssembleError, ErrorKind};

/// One text of an assembly; `name` is what errors call it.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// What errors call it.
    pub name: &'a str,
    /// The IL.
    pub text: &'a str,
}

/// An assembly, and where its instructions come from.
#[derive(Clone, Debug)]
pub struct Assembled {
    /// The PE image.
    pub bytes: Vec<u8>,
    /// Every method with a body.
    pub methods: Vec<MethodLines>,
}

/// Which lines the instructions of a method are from.
#[derive(Clone, Debug)]
pub struct MethodLines {
    /// `Ns.Outer/Inner::Method`.
    pub name: String,
    /// IL offset and line in the method's text, ascending.
    pub lines: Vec<(u32, u32)>,
}

/// Assembles texts to one assembly: a PE image with metadata and no native code.
///
/// # Errors
///
/// The first thing that is wrong, with its place.
pub fn assemble(sources: &[Source<'_>]) -> Result<Vec<u8>, AssembleError> {
    assemble_with_lines(sources).map(|assembled| assembled.bytes)
}

/// The same, and says which line every instruction is from.
///
/// # Errors
///
/// The first thing that is wrong, with its place.
pub fn assemble_with_lines(sources: &[Source<'_>]) -> Result<Assembled, AssembleError> {
    let mut unit = ast::Unit::default();
    for (file, source) in sources.iter().enumerate() {
        parse::unit(source.text, file as u16, &mut unit).map_err(|e| e.in_file(sources))?;
    }
    emit::image(&unit).map_err(|e| e.in_file(sources))
}
