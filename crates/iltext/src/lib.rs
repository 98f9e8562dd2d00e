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

/// Assembles texts to one assembly: a PE image with metadata and no native code.
///
/// # Errors
///
/// The first thing that is wrong, with its place.
pub fn assemble(sources: &[Source<'_>]) -> Result<Vec<u8>, AssembleError> {
    let mut unit = ast::Unit::default();
    for (file, source) in sources.iter().enumerate() {
        parse::unit(source.text, file as u16, &mut unit).map_err(|e| e.in_file(sources))?;
    }
    emit::image(&unit).map_err(|e| e.in_file(sources))
}
