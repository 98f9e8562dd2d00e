//! Optimisation of MIR with facts about the whole program (ADR 0008).
//!
//! It runs between the closure and the final marking: from the MIR of one method and the [`Facts`] of the closed program to changed MIR that
//! verifies. What a rewrite names, the closed program must have: here a program only becomes smaller. A rewrite costs a unit of fuel,
//! so that the one that breaks a program can be found by halving.

#![forbid(unsafe_code)]

mod devirtualize;
mod facts;
mod inline;

pub use facts::{Facts, ObjectType};

use kiln_mir::Function;
use kiln_typesys::TypeSystem;

/// What a pass has in hand: the type system, the facts, and fuel.
#[derive(Debug)]
pub struct Cx<'a> {
    pub(crate) ts: &'a TypeSystem,
    pub(crate) facts: &'a Facts,
    fuel: Option<u64>,
}

impl Cx<'_> {
    /// Whether one more rewrite may be done.
    pub(crate) fn burn(&mut self) -> bool {
        match &mut self.fuel {
            None => true,
            Some(0) => false,
            Some(n) => {
                *n -= 1;
                true
            }
        }
    }
}

/// A transformation of one method. It leaves MIR that verifies, and its result depends on the method and the facts alone.
pub(crate) trait Pass {
    /// The number of rewrites done.
    fn run(&mut self, cx: &mut Cx<'_>, f: &mut Function) -> usize;
}

/// What was done so far.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Done {
    /// Methods that changed.
    pub methods: usize,
    /// Virtual and interface calls that became direct.
    pub direct_calls: usize,
    /// Calls that became the code of the method.
    pub inlined_calls: usize,
}

/// All passes, in order, and the fuel that is left.
#[derive(Debug)]
pub struct Optimizer<'a> {
    cx: Cx<'a>,
    devirtualize: devirtualize::Devirtualize,
    inline: inline::Inline,
    done: Done,
}

impl<'a> Optimizer<'a> {
    /// `fuel` is the most rewrites that are done in all; `None`: as many as there are.
    #[must_use]
    pub fn new(ts: &'a TypeSystem, facts: &'a Facts, fuel: Option<u64>) -> Self {
        let cx = Cx { ts, facts, fuel };
        Self { cx, devirtualize: devirtualize::Devirtualize::default(), inline: inline::Inline::default(), done: Done::default() }
    }

    /// First, on every method: what needs no other method's code. Whether anything changed.
    pub fn alone(&mut self, f: &mut Function) -> bool {
        let direct = self.devirtualize.run(&mut self.cx, f);
        self.done.direct_calls += direct;
        self.check(direct > 0, f)
    }

    /// Then, once: the order in which [`Self::together`] takes the methods.
    pub fn order(&mut self, functions: &[Function]) -> Vec<usize> {
        self.inline.prepare(self.cx.ts, functions)
    }

    /// Last: what needs other methods' code, which is final where it comes earlier in the order. Whether anything changed.
    pub fn together(&mut self, functions: &mut [Function], index: usize) -> bool {
        let Some(f) = functions.get(index) else { return false };
        let mut f = f.clone();
        let inlined = self.inline.run(&mut self.cx, functions, &mut f);
        self.done.inlined_calls += inlined.calls;
        let changed = self.check(inlined != inline::Inlined::default(), &f);
        if changed {
            self.inline.settle(self.cx.ts, &f);
            functions[index] = f;
        }
        changed
    }

    /// What a pass leaves verifies.
    fn check(&self, changed: bool, f: &Function) -> bool {
        debug_assert_eq!(if changed { kiln_mir::verify::verify(f, self.cx.ts) } else { Ok(()) }, Ok(()));
        changed
    }

    /// What was done, if so many methods changed.
    #[must_use]
    pub fn done(&self, methods: usize) -> Done {
        Done { methods, ..self.done }
    }
}
