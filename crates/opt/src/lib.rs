//! Optimisation of MIR with facts about the whole program (ADR 0008).
//!
//! It runs between the closure and the final marking: from the MIR of one method and the [`Facts`] of the closed program to changed MIR that
//! verifies. What a rewrite names, the closed program must have: here a program only becomes smaller. A rewrite costs a unit of fuel,
//! so that the one that breaks a program can be found by halving.

#![forbid(unsafe_code)]

mod devirtualize;
mod facts;

pub use facts::{Facts, ObjectType};

use kiln_mir::{Function, Inst};
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

/// Whether a pass may do something about a method: of others the MIR need not be kept.
#[must_use]
pub fn wants(f: &Function) -> bool {
    f.blocks.iter().flat_map(|b| &b.insts).any(|(_, inst, _)| matches!(inst, Inst::CallVirt { .. }))
}

/// What was done so far.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Done {
    /// Methods that changed.
    pub methods: usize,
    /// Virtual and interface calls that became direct.
    pub direct_calls: usize,
}

/// All passes, in order, and the fuel that is left.
#[derive(Debug)]
pub struct Optimizer<'a> {
    cx: Cx<'a>,
    devirtualize: devirtualize::Devirtualize,
    done: Done,
}

impl<'a> Optimizer<'a> {
    /// `fuel` is the most rewrites that are done in all; `None`: as many as there are.
    #[must_use]
    pub fn new(ts: &'a TypeSystem, facts: &'a Facts, fuel: Option<u64>) -> Self {
        Self { cx: Cx { ts, facts, fuel }, devirtualize: devirtualize::Devirtualize::default(), done: Done::default() }
    }

    /// Optimises one method; whether anything changed.
    pub fn run(&mut self, f: &mut Function) -> bool {
        let direct = self.devirtualize.run(&mut self.cx, f);
        self.done.direct_calls += direct;
        self.done.methods += usize::from(direct > 0);
        debug_assert_eq!(if direct > 0 { kiln_mir::verify::verify(f, self.cx.ts) } else { Ok(()) }, Ok(()));
        direct > 0
    }

    /// What was done so far.
    #[must_use]
    pub fn done(&self) -> Done {
        self.done
    }
}
