//! Which registers carry the values of C functions: System V x86-64 psABI §3.2.3, for types without references.

use crate::LowerError;
use crate::types::{Kind, Rep, rep};
use kiln_lir::LTy;
use kiln_typesys::{TypeDesc, TypeSystem};

/// Registers for integers and addresses among the arguments.
pub(super) const INT_REGS: usize = 6;
/// Vector registers among the arguments.
pub(super) const SSE_REGS: usize = 8;

/// Class of eight bytes of a structure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Class {
    /// Padding so far.
    None,
    Integer,
    /// Floating point; the end of the last float within the eight bytes.
    Sse(u32),
}

impl Class {
    /// Merges a scalar that ends at `end` (psABI: INTEGER wins).
    fn with(self, kind: Kind, end: u32) -> Class {
        match (self, kind) {
            (Class::None, Kind::F32 | Kind::F64) => Class::Sse(end),
            (Class::Sse(n), Kind::F32 | Kind::F64) => Class::Sse(n.max(end)),
            _ => Class::Integer,
        }
    }
}

/// Register type of each eightbyte of a struct of at most 16 bytes; `None`: it goes through memory.
pub(super) fn classify(ts: &TypeSystem, t: TypeDesc) -> Result<Option<Vec<LTy>>, LowerError> {
    let size = ts.layout(t)?.size.max(1);
    if size > 16 {
        return Ok(None);
    }
    let mut classes = [Class::None; 2];
    if !merge(ts, t, 0, &mut classes)? {
        return Ok(None);
    }
    let words = classes.iter().take(size.div_ceil(8) as usize);
    Ok(Some(
        words
            .map(|c| match c {
                Class::Sse(end) if *end <= 4 => LTy::F32,
                Class::Sse(_) => LTy::F64,
                // Bytes that no field names (an empty struct, explicit sizes) travel as integers, as on CoreCLR.
                Class::None | Class::Integer => LTy::I64,
            })
            .collect(),
    ))
}

/// Merges the fields of a struct at `base`; false when a field is not aligned.
fn merge(ts: &TypeSystem, t: TypeDesc, base: u32, classes: &mut [Class; 2]) -> Result<bool, LowerError> {
    let t = ts.canonical_type(t);
    let layout = ts.layout(t)?;
    for &(field, offset) in &layout.fields {
        let ft = ts.field_type(field)?;
        let (size, align) = ts.value_size(ft)?;
        // One field in a larger struct is the first element of a buffer (`fixed`, `[InlineArray]`).
        let count = if layout.fields.len() == 1 && size > 0 { (layout.size.saturating_sub(offset) / size).max(1) } else { 1 };
        for at in (0..count).map(|i| base + offset + i * size) {
            if !at.is_multiple_of(align.max(1)) {
                return Ok(false);
            }
            match rep(ts, ft)? {
                Rep::Void => {}
                Rep::Struct if !merge(ts, ft, at, classes)? => return Ok(false),
                Rep::Struct => {}
                Rep::Scalar(kind) => {
                    let class = &mut classes[(at / 8).min(1) as usize];
                    *class = class.with(kind, at % 8 + size);
                }
            }
        }
    }
    Ok(true)
}

/// What is to be passed, one argument after the other.
#[derive(Debug)]
pub(super) struct Args<V> {
    int: Vec<V>,
    sse: Vec<V>,
    stack: Vec<Word<V>>,
}

#[derive(Debug)]
enum Word<V> {
    Value(V),
    Padding,
}

impl<V: Copy> Args<V> {
    pub(super) fn new() -> Self {
        Args { int: Vec::new(), sse: Vec::new(), stack: Vec::new() }
    }

    /// A scalar, or the words of a structure that travels in registers: all of them, or none when the registers do not suffice.
    pub(super) fn registers(&mut self, words: &[(V, LTy)], align: u32) {
        let sse = words.iter().filter(|w| is_float(w.1)).count();
        let int = words.len() - sse;
        if self.int.len() + int > INT_REGS || self.sse.len() + sse > SSE_REGS {
            return self.memory(words.iter().map(|w| w.0), align);
        }
        for &(v, t) in words {
            if is_float(t) { self.sse.push(v) } else { self.int.push(v) }
        }
    }

    /// Words on the stack.
    pub(super) fn memory(&mut self, words: impl Iterator<Item = V>, align: u32) {
        if align > 8 && !self.stack.len().is_multiple_of(2) {
            self.stack.push(Word::Padding);
        }
        self.stack.extend(words.map(Word::Value));
    }

    /// The arguments in an order that LLVM's C convention assigns in this way: registers first, filled up, then the stack.
    pub(super) fn ordered(self, mut filler: impl FnMut(LTy) -> V) -> Vec<V> {
        let mut out = self.int;
        if !self.stack.is_empty() {
            while out.len() < INT_REGS {
                out.push(filler(LTy::I64));
            }
        }
        let floats = self.sse.len();
        out.extend(self.sse);
        if !self.stack.is_empty() {
            out.extend((floats..SSE_REGS).map(|_| filler(LTy::F64)));
        }
        for w in self.stack {
            out.push(match w {
                Word::Value(v) => v,
                Word::Padding => filler(LTy::I64),
            });
        }
        out
    }
}

pub(super) fn is_float(t: LTy) -> bool {
    matches!(t, LTy::F32 | LTy::F64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_structure_that_does_not_fit_goes_to_the_stack_whole_and_later_scalars_still_use_registers() {
        let mut a = Args::new();
        for v in 0..5 {
            a.registers(&[(v, LTy::I64)], 8);
        }
        a.registers(&[(10, LTy::I64), (11, LTy::I64)], 8);
        a.registers(&[(5, LTy::I32)], 4);
        a.registers(&[(6, LTy::I32)], 4);
        a.registers(&[(20, LTy::F64)], 8);
        assert_eq!(a.ordered(|_| -1), [0, 1, 2, 3, 4, 5, 20, -1, -1, -1, -1, -1, -1, -1, 10, 11, 6]);
    }

    #[test]
    fn without_words_on_the_stack_nothing_is_filled_up() {
        let mut a = Args::new();
        a.registers(&[(1, LTy::F32), (2, LTy::I64)], 8);
        assert_eq!(a.ordered(|_| -1), [2, 1]);
    }

    #[test]
    fn sixteen_byte_alignment_pads_the_stack() {
        let mut a = Args::new();
        a.memory([1].into_iter(), 8);
        a.memory([2, 3].into_iter(), 16);
        assert_eq!(a.ordered(|_| -1)[INT_REGS + SSE_REGS..], [1, -1, 2, 3]);
    }
}
