//! Shuffles: the numbers of the elements that a result has. Most go group by group of 16 bytes, as the instructions do.

use super::super::function::{FunctionEmitter, Step};
use crate::llvm::Value;
use kiln_lir::{LTy, ValueId};
use kiln_simd::{Kind as K, Lane, Op, Shape};

/// For each element of the result its number in the operands, the second's after the first's; of operations that are no more than that.
fn numbers(op: Op) -> Option<Vec<u32>> {
    let count = op.from.count();
    let group = if op.from.bytes < 16 { count } else { 16 / u32::from(op.from.lane.size()) };
    let imm = u32::from(op.imm);
    let field = |n: u32| (imm >> (2 * (n % 4))) & 3;
    let each = |number: &dyn Fn(u32, u32) -> u32| (0..count).map(|n| number(n / group * group, n % group)).collect();
    Some(match op.kind {
        K::ShuffleTwo if group == 2 => (0..count).map(|n| n / 2 * 2 + ((imm >> n) & 1) + if n % 2 == 1 { count } else { 0 }).collect(),
        K::ShuffleTwo => each(&|base, n| base + field(n) + if n >= 2 { count } else { 0 }),
        K::ShuffleOne if group == 2 => (0..count).map(|n| n / 2 * 2 + ((imm >> n) & 1)).collect(),
        K::ShuffleOne => each(&|base, n| base + field(n)),
        K::ShuffleLow => each(&|base, n| base + if n < 4 { field(n) } else { n }),
        K::ShuffleHigh => each(&|base, n| base + if n < 4 { n } else { 4 + field(n - 4) }),
        K::UnpackLow => each(&|base, n| base + n / 2 + if n % 2 == 1 { count } else { 0 }),
        K::UnpackHigh => each(&|base, n| base + group / 2 + n / 2 + if n % 2 == 1 { count } else { 0 }),
        K::Blend => (0..count).map(|n| n + if (imm >> (n % 8)) & 1 == 1 { count } else { 0 }).collect(),
        K::PermuteQuads => (0..count).map(field).collect(),
        K::HighToLow => (0..count).map(|n| if n < count / 2 { n + count / 2 } else { n + count }).collect(),
        K::LowToHigh => (0..count).map(|n| if n < count / 2 { n } else { n + count / 2 }).collect(),
        K::DupEven => (0..count).map(|n| n / 2 * 2).collect(),
        K::DupOdd => (0..count).map(|n| n / 2 * 2 + 1).collect(),
        K::SplatFirst => vec![0; op.to.count() as usize],
        K::MoveFirst => (0..count).map(|n| if n == 0 { count } else { n }).collect(),
        _ => return None,
    })
}

impl<'c> FunctionEmitter<'_, '_, 'c> {
    /// A shuffle of operands of their shapes; `None`: the operation is something else.
    pub(super) fn shuffled(&self, op: Op, v: &[Value<'c>]) -> Step<Option<Value<'c>>> {
        let second = || v.get(1).copied().unwrap_or_else(|| v[0].ty().poison());
        if let Some(numbers) = numbers(op) {
            return Ok(Some(self.by_numbers(v[0], second(), &numbers)));
        }
        let bytes = Shape { lane: Lane::U8, ..op.from };
        let as_bytes = |value| self.cast_to(value, self.shape(bytes));
        let imm = u32::from(op.imm).min(32);
        let count = u32::from(op.from.bytes);
        let zero = self.shape(bytes).null();
        // Number of a byte in its group, counted over both operands: the second's are 16 further on.
        let by_groups = |a, b, number: &dyn Fn(u32) -> u32| {
            let numbers: Vec<u32> = (0..count)
                .map(|n| {
                    let (base, at) = (n / 16 * 16, number(n % 16));
                    if at < 16 { base + at } else { count + base + at - 16 }
                })
                .collect();
            self.by_numbers(a, b, &numbers)
        };
        Ok(Some(match op.kind {
            K::KeepFirst => {
                let count = op.from.count();
                let numbers: Vec<u32> = (0..count).map(|n| if n == 0 { 0 } else { count }).collect();
                self.by_numbers(v[0], v[0].ty().null(), &numbers)
            }
            K::BytesLeft => by_groups(zero, as_bytes(v[0]), &|n| (n + 16).saturating_sub(imm.min(16))),
            K::BytesRight => by_groups(as_bytes(v[0]), zero, &|n| (n + imm.min(16)).min(31)),
            K::AlignRight if imm <= 16 => by_groups(as_bytes(v[1]), as_bytes(v[0]), &|n| n + imm),
            K::AlignRight => by_groups(as_bytes(v[0]), zero, &|n| (n + imm - 16).min(31)),
            _ => return Ok(None),
        }))
    }

    /// Halves, parts and wholes, by words of eight bytes; `None`: the operation is something else.
    pub(super) fn whole(&self, op: Op, args: &[ValueId]) -> Step<Option<Value<'c>>> {
        if !matches!(
            op.kind,
            K::Cast
                | K::Lower
                | K::Upper
                | K::Concat
                | K::Extend
                | K::WithLower
                | K::WithUpper
                | K::SplatHalf
                | K::ExtractPart
                | K::InsertPart
                | K::PermuteHalves
        ) {
            return Ok(None);
        }
        let a = self.get(args[0])?.0;
        let from = self.words(a);
        let mut words = from.clone();
        let half = from.len() / 2;
        let imm = usize::from(op.imm);
        match op.kind {
            K::Lower => words.truncate(half),
            K::Upper => drop(words.drain(..half)),
            K::Extend => words.resize(from.len() * 2, self.e.types.i64.null()),
            K::SplatHalf => words.extend(&from),
            K::Concat => words.extend(self.words(self.get(args[1])?.0)),
            K::WithLower => drop(words.splice(..half, self.words(self.get(args[1])?.0))),
            K::WithUpper => drop(words.splice(half.., self.words(self.get(args[1])?.0))),
            K::ExtractPart => {
                let part = usize::from(op.to.bytes / 8);
                words = from[imm * part..][..part].to_vec();
            }
            K::InsertPart => {
                let part = self.words(self.get(args[1])?.0);
                let at = imm * part.len();
                drop(words.splice(at..at + part.len(), part));
            }
            K::PermuteHalves => {
                let all = [from, self.words(self.get(args[1])?.0)].concat();
                let chosen = |control: usize| match control & 8 {
                    0 => all[(control & 3) * half..][..half].to_vec(),
                    _ => vec![self.e.types.i64.null(); half],
                };
                words = [chosen(imm & 15), chosen(imm >> 4)].concat();
            }
            _ => {}
        }
        let value = self.of_words(&words);
        let want = self.e.ty(LTy::of(op.to));
        if value.ty() == want { Ok(Some(value)) } else { Err(format!("{} words of {}", words.len(), op.word())) }
    }

    /// The words of a vector as it is.
    pub(super) fn words(&self, value: Value<'c>) -> Vec<Value<'c>> {
        if value.ty() == self.e.types.i64 {
            return vec![value];
        }
        (0..value.ty().vector_length()).map(|n| self.b.element(value, self.index(n))).collect()
    }

    /// A vector of words.
    pub(super) fn of_words(&self, words: &[Value<'c>]) -> Value<'c> {
        match words {
            [one] => *one,
            all => (0..)
                .zip(all)
                .fold(self.e.types.i64.vector(all.len() as u32).poison(), |v, (n, &w)| self.b.with_element(v, w, self.index(n))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{K, Lane, Op, Shape, numbers};

    fn of(kind: K, lane: Lane, bytes: u8, imm: u8) -> Vec<u32> {
        numbers(Op::on(kind, Shape::vector(lane, bytes)).with(imm)).expect("a shuffle")
    }

    #[test]
    fn shuffles_go_by_groups_of_sixteen_bytes() {
        assert_eq!(of(K::ShuffleOne, Lane::I32, 16, 0b00_01_10_11), [3, 2, 1, 0]);
        assert_eq!(of(K::ShuffleOne, Lane::I32, 32, 0b11_10_01_00), [0, 1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(of(K::ShuffleTwo, Lane::F32, 16, 0b11_10_01_00), [0, 1, 6, 7]);
        assert_eq!(of(K::ShuffleTwo, Lane::F64, 32, 0b0110), [0, 5, 3, 6]);
        assert_eq!(of(K::UnpackLow, Lane::I32, 32, 0), [0, 8, 1, 9, 4, 12, 5, 13]);
        assert_eq!(of(K::UnpackHigh, Lane::I64, 16, 0), [1, 3]);
        assert_eq!(of(K::ShuffleHigh, Lane::I16, 16, 0b00_01_10_11), [0, 1, 2, 3, 7, 6, 5, 4]);
        assert_eq!(of(K::Blend, Lane::I16, 32, 0b1), [16, 1, 2, 3, 4, 5, 6, 7, 24, 9, 10, 11, 12, 13, 14, 15]);
        assert_eq!(of(K::HighToLow, Lane::F32, 16, 0), [2, 3, 6, 7]);
        assert_eq!(of(K::LowToHigh, Lane::F32, 16, 0), [0, 1, 4, 5]);
    }
}
