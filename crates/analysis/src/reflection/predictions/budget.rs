//! How many instantiations are predicted (`predictions`). What names ask for, and what is asked for without a name,
//! have a budget each, so that neither takes from the other; within one, what was found first is there.

use crate::graph::Node;
use kiln_lir::Sym;
use kiln_support::{FxHashMap, FxHashSet};

/// As many are predicted of each kind.
const OF_ALL: usize = 1500;
/// As many of one definition.
const OF_ONE: usize = 48;

/// Why something is predicted.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Kind {
    /// A generic type is named where such are made, or a method's name is in a string.
    Named,
    /// A method is among the members that are asked for of a type that is known.
    Demanded,
}

/// What was predicted.
#[derive(Debug, Default)]
pub(crate) struct Budget {
    of_one: FxHashMap<(Kind, Node), FxHashSet<Sym>>,
    of_all: FxHashMap<Kind, usize>,
    exhausted: bool,
}

impl Budget {
    /// Whether one more instantiation of a definition is within the budget; one that is known is.
    pub(crate) fn affords(&mut self, kind: Kind, definition: &Node, made: Sym) -> bool {
        let of_one = self.of_one.entry((kind, definition.clone())).or_default();
        if of_one.contains(&made) {
            return true;
        }
        let all = self.of_all.entry(kind).or_default();
        let affords = of_one.len() < OF_ONE && *all < OF_ALL;
        if affords {
            of_one.insert(made);
            *all += 1;
        }
        affords
    }

    /// Something is left out; whether it is the first.
    pub(crate) fn exhaust(&mut self) -> bool {
        !std::mem::replace(&mut self.exhausted, true)
    }
}

#[cfg(test)]
mod tests {
    use super::{Budget, Kind, OF_ALL, OF_ONE};
    use crate::graph::Node;
    use kiln_lir::Sym;

    fn made(n: usize) -> Sym {
        Sym::CString(n.to_string())
    }

    #[test]
    fn one_definition_does_not_take_all_and_what_is_known_is_free() {
        let mut budget = Budget::default();
        let one = Node::Root("one");
        assert_eq!((0..2 * OF_ONE).filter(|&n| budget.affords(Kind::Named, &one, made(n))).count(), OF_ONE);
        assert!(budget.affords(Kind::Named, &one, made(0)), "it is there already");
        assert!(budget.affords(Kind::Named, &Node::Root("other"), made(OF_ONE)));
    }

    #[test]
    fn a_kind_takes_nothing_from_another() {
        let mut budget = Budget::default();
        let definitions: Vec<Node> = (0..=OF_ALL / OF_ONE).map(|n| Node::Literal(n.to_string().into())).collect();
        let afforded = definitions.iter().flat_map(|d| (0..OF_ONE).map(move |n| (d, n)));
        assert_eq!(afforded.filter(|&(d, n)| budget.affords(Kind::Demanded, d, made(n))).count(), OF_ALL);
        assert!(budget.affords(Kind::Named, &definitions[0], made(0)));
    }

    #[test]
    fn that_something_is_left_out_is_said_once() {
        let mut budget = Budget::default();
        assert_eq!([budget.exhaust(), budget.exhaust()], [true, false]);
    }
}
