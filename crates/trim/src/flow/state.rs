//! The state of a method between two instructions: evaluation stack, arguments, locals, and the vectors that it made.

use super::value::{Sets, Values};

/// Vectors that are longer are not followed.
const LONGEST: i32 = 64;

/// A vector, by the offset of the instruction that made it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Vector {
    pub(crate) made: u32,
    /// What is in it; nothing if that is not known.
    pub(crate) elements: Option<Vec<Values>>,
}

/// See above.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct State {
    pub(crate) stack: Vec<Values>,
    pub(crate) args: Vec<Values>,
    pub(crate) locals: Vec<Values>,
    pub(crate) vectors: Vec<Vector>,
}

impl State {
    pub(crate) fn pop(&mut self) -> Values {
        self.stack.pop().unwrap_or(Values::UNKNOWN)
    }

    /// The last `n`, in order.
    pub(crate) fn pop_many(&mut self, n: usize) -> Vec<Values> {
        let missing = n.saturating_sub(self.stack.len());
        let mut out = vec![Values::UNKNOWN; missing];
        out.extend(self.stack.split_off(self.stack.len() - (n - missing)));
        out
    }

    pub(crate) fn make(&mut self, made: u32, length: Option<i32>) {
        let elements = length.filter(|n| (0..=LONGEST).contains(n)).map(|n| vec![Values::NULL; n as usize]);
        self.vectors.retain(|v| v.made != made);
        self.vectors.push(Vector { made, elements });
        self.vectors.sort_by_key(|v| v.made);
    }

    pub(crate) fn vector(&mut self, made: u32) -> Option<&mut Vector> {
        self.vectors.iter_mut().find(|v| v.made == made)
    }

    /// Adds what may be on another way here; whether that is more than there was.
    pub(crate) fn join(&mut self, sets: &mut Sets, other: &Self) -> bool {
        // Stacks of different heights are no valid code: what is common is followed.
        let height = self.stack.len().min(other.stack.len());
        let mut changed = self.stack.len() > height;
        self.stack.truncate(height);
        changed |= join_all(sets, &mut self.stack, &other.stack);
        changed | self.join_variables(sets, other)
    }

    /// The same without the stack.
    pub(crate) fn join_variables(&mut self, sets: &mut Sets, other: &Self) -> bool {
        let mut changed = join_all(sets, &mut self.args, &other.args);
        changed |= join_all(sets, &mut self.locals, &other.locals);
        for theirs in &other.vectors {
            let Some(own) = self.vectors.iter_mut().find(|v| v.made == theirs.made) else {
                self.vectors.push(theirs.clone());
                self.vectors.sort_by_key(|v| v.made);
                changed = true;
                continue;
            };
            match (&mut own.elements, &theirs.elements) {
                (Some(a), Some(b)) if a.len() == b.len() => changed |= join_all(sets, a, b),
                (None, _) => {}
                (own, _) => {
                    *own = None;
                    changed = true;
                }
            }
        }
        changed
    }
}

fn join_all(sets: &mut Sets, own: &mut [Values], other: &[Values]) -> bool {
    let mut changed = false;
    for (a, &b) in own.iter_mut().zip(other) {
        let joined = sets.join(*a, b);
        changed |= joined != *a;
        *a = joined;
    }
    changed
}
