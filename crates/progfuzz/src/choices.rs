//! The choices that make a program: a recorded sequence of small numbers.
//!
//! The generator asks "which of `n`?" again and again. When a program is made from a seed the answers are random and are kept; when it is made
//! from a recorded sequence they are read back, and past its end the answer is 0. Since 0 always means the simplest alternative, *every*
//! sequence of numbers makes a valid program that ends, and reducing a program is reducing its sequence (`reduce`): no tool has to know C#.
//! Spans say which part of the sequence made one repeated thing (a statement, a member, a type) or one expression.

/// What a part of the sequence made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SpanKind {
    /// One of a list: without it the list is shorter.
    Item,
    /// One value: a single 0 in its place makes the simplest value.
    Value,
}

/// A part of the sequence.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Span {
    /// Its first choice.
    pub start: usize,
    /// The choice after its last.
    pub end: usize,
    /// What it made.
    pub kind: SpanKind,
}

/// How many answers are random: past these, as past the end of a recorded sequence, everything is the simplest. So this bounds a program.
pub const MOST: usize = 2400;

/// A source of answers that remembers them.
#[derive(Clone, Debug)]
pub struct Choices {
    taken: Vec<u32>,
    replay: Vec<u32>,
    state: Option<u64>,
    spans: Vec<Span>,
}

impl Choices {
    /// Random answers; the same ones for the same seed.
    #[must_use]
    pub fn random(seed: u64) -> Self {
        // SplitMix64 wants no special seed; the increment keeps seed 0 from starting at 0.
        Self {
            taken: Vec::new(),
            replay: Vec::new(),
            state: Some(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03),
            spans: Vec::new(),
        }
    }

    /// The answers of an earlier run, or a part of them.
    #[must_use]
    pub fn replay(recorded: Vec<u32>) -> Self {
        Self { taken: Vec::new(), replay: recorded, state: None, spans: Vec::new() }
    }

    /// One of `0..n`; 0 is the simplest.
    pub fn below(&mut self, n: u32) -> u32 {
        let n = n.max(1);
        let answer = match &mut self.state {
            Some(_) if self.taken.len() >= MOST => 0,
            Some(state) => {
                *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
                let mut z = *state;
                z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
                z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
                ((z ^ (z >> 31)) % u64::from(n)) as u32
            }
            // A recorded answer may have been given to another question.
            None => self.replay.get(self.taken.len()).map_or(0, |&answer| answer % n),
        };
        self.taken.push(answer);
        answer
    }

    /// True in `part` of `of` cases; false is the simpler.
    pub fn chance(&mut self, part: u32, of: u32) -> bool {
        self.below(of) >= of - part.min(of)
    }

    /// One of a list that is not empty; the first is the simplest.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len() as u32) as usize]
    }

    /// How many choices were made so far.
    #[must_use]
    pub fn position(&self) -> usize {
        self.taken.len()
    }

    /// Ends a span that began at `start`.
    pub fn end_span(&mut self, start: usize, kind: SpanKind) {
        if self.taken.len() > start + usize::from(kind == SpanKind::Value) {
            self.spans.push(Span { start, end: self.taken.len(), kind });
        }
    }

    /// The answers that were given.
    #[must_use]
    pub fn taken(&self) -> &[u32] {
        &self.taken
    }

    /// The spans, inner before outer.
    #[must_use]
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_is_chosen_again_and_then_nothing_but_the_simplest() {
        let mut random = Choices::random(7);
        let first: Vec<u32> = (1..50).map(|n| random.below(n)).collect();
        assert!(first.iter().any(|&answer| answer != 0));
        let mut again = Choices::replay(random.taken().to_vec());
        assert_eq!((1..50).map(|n| again.below(n)).collect::<Vec<_>>(), first);
        assert_eq!(again.below(1000), 0);
    }

    #[test]
    fn a_recorded_answer_never_exceeds_another_question() {
        let mut choices = Choices::replay(vec![99, 99]);
        assert!(choices.below(3) < 3);
        assert!(!Choices::replay(vec![0]).chance(1, 2));
        assert!(Choices::replay(vec![1]).chance(1, 2));
    }
}
