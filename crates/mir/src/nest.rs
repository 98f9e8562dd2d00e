//! Where a block lies with respect to protected regions (ECMA-335 I.12.4.2.5): a list, innermost first, whose outer part is shared with
//! the blocks around it. Thousands of regions in each other are then as many nodes, not their square.

use crate::RegionId;
use kiln_support::FxHashMap;
use std::sync::Arc;

/// Where a block lies with respect to a protected region.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Nesting {
    /// In the try block of the region.
    Try(RegionId),
    /// In the handler of the region.
    Handler(RegionId),
    /// In the filter expression of the region.
    Filter(RegionId),
}

/// All regions around a block.
#[derive(Clone, Default, Debug)]
pub struct Nest(Option<Arc<Node>>);

#[derive(Debug)]
struct Node {
    here: Nesting,
    outer: Nest,
    depth: u32,
}

impl Nest {
    /// Outside of all regions.
    pub const OUTSIDE: Self = Self(None);

    /// The list with one more region, inside of the others.
    #[must_use]
    pub fn with(&self, here: Nesting) -> Self {
        Self(Some(Arc::new(Node { here, outer: self.clone(), depth: self.depth() + 1 })))
    }

    /// A list, innermost first.
    pub fn of(regions: impl DoubleEndedIterator<Item = Nesting>) -> Self {
        regions.rev().fold(Self::OUTSIDE, |outer, here| outer.with(here))
    }

    /// How many regions.
    #[must_use]
    pub fn depth(&self) -> u32 {
        self.0.as_ref().map_or(0, |n| n.depth)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The regions, innermost first.
    pub fn iter(&self) -> impl Iterator<Item = Nesting> + '_ {
        self.lists().filter_map(|n| n.0.as_ref()).map(|n| n.here)
    }

    /// Whether a region is one of them.
    #[must_use]
    pub fn contains(&self, region: Nesting) -> bool {
        self.iter().any(|n| n == region)
    }

    /// What both have in common, from outside.
    #[must_use]
    pub fn common(&self, other: &Self) -> Self {
        let depth = self.depth().min(other.depth());
        let (mut a, mut b) = (self.at_depth(depth), other.at_depth(depth));
        // The outermost difference counts; whoever shares their lists stops at once.
        let mut common = a;
        while !a.is(b) {
            let (Some(x), Some(y)) = (&a.0, &b.0) else { break };
            (a, b) = (&x.outer, &y.outer);
            if x.here != y.here {
                common = a;
            }
        }
        common.clone()
    }

    /// The regions inside of an outer part of the list, innermost first.
    pub fn inside<'a>(&'a self, outer: &'a Self) -> impl Iterator<Item = Nesting> + 'a {
        self.iter().take((self.depth() - outer.depth()) as usize)
    }

    /// This list, and what is left of it after each region.
    fn lists(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |n| n.0.as_ref().map(|n| &n.outer))
    }

    fn at_depth(&self, depth: u32) -> &Self {
        self.lists().find(|n| n.depth() <= depth).unwrap_or(self)
    }

    fn address(&self) -> usize {
        self.0.as_ref().map_or(0, |n| Arc::as_ptr(n).addr())
    }

    fn is(&self, other: &Self) -> bool {
        self.address() == other.address()
    }
}

impl PartialEq for Nest {
    fn eq(&self, other: &Self) -> bool {
        self.depth() == other.depth() && {
            let differ = self.lists().zip(other.lists()).take_while(|(a, b)| !a.is(b)).any(|(a, b)| match (&a.0, &b.0) {
                (Some(a), Some(b)) => a.here != b.here,
                _ => true,
            });
            !differ
        }
    }
}

impl Drop for Nest {
    /// Without recursion: lists can be longer than the stack is deep.
    fn drop(&mut self) {
        let mut next = self.0.take();
        while let Some(mut node) = next.and_then(Arc::into_inner) {
            next = node.outer.0.take();
        }
    }
}

/// Lists under other numbers, which share what the lists share.
#[derive(Default, Debug)]
pub struct Renumbered {
    done: FxHashMap<usize, Nest>,
}

impl Renumbered {
    /// A list under its new numbers, without the regions that have none; the answers of `number` never change.
    pub fn list(&mut self, nest: &Nest, number: impl Fn(Nesting) -> Option<Nesting>) -> Nest {
        let mut path = Vec::new();
        let mut new = Nest::OUTSIDE;
        for list in nest.lists() {
            if let Some(done) = self.done.get(&list.address()) {
                new = done.clone();
                break;
            }
            path.extend(list.0.as_ref().map(|node| (list.address(), node.here)));
        }
        for (address, here) in path.into_iter().rev() {
            new = number(here).map_or_else(|| new.clone(), |n| new.with(n));
            self.done.insert(address, new.clone());
        }
        new
    }
}

/// What a search does with a region.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Look {
    /// It is wanted.
    Found,
    /// It is not wanted, and never will be.
    Past,
    /// Neither it nor what is around it is wanted.
    Stop,
}

/// The next region around a block that is wanted, for walks that want each once: what they are done with is stepped over, however deep.
#[derive(Default, Debug)]
pub struct Outward {
    /// By node: from where on something may be wanted.
    past: FxHashMap<usize, Nest>,
}

impl Outward {
    /// The innermost region that is wanted.
    pub fn next(&mut self, from: &Nest, mut look: impl FnMut(Nesting) -> Look) -> Option<Nesting> {
        let (mut at, mut walked) = (from.clone(), Vec::new());
        let found = loop {
            let Some(node) = &at.0 else { break None };
            match look(node.here) {
                Look::Found => break Some(node.here),
                Look::Stop => break None,
                Look::Past => {}
            }
            walked.push(at.address());
            at = self.past.get(&at.address()).unwrap_or(&node.outer).clone();
        };
        for node in walked {
            self.past.insert(node, at.clone());
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tries(regions: &[u32]) -> Nest {
        Nest::of(regions.iter().map(|&r| Nesting::Try(RegionId(r))))
    }

    #[test]
    fn lists_are_equal_whether_or_not_they_share() {
        let (a, b) = (tries(&[1, 2, 3]), tries(&[1, 2, 3]));
        assert_eq!(a, b);
        assert_eq!(a, a.clone());
        assert_ne!(a, tries(&[0, 2, 3]));
        assert_ne!(a, tries(&[1, 2, 4]));
        assert_ne!(a, tries(&[2, 3]));
        assert_eq!(Nest::OUTSIDE, tries(&[]));
    }

    #[test]
    fn what_is_common_is_counted_from_outside() {
        let (a, b) = (tries(&[1, 2, 3, 4]), tries(&[2, 7, 4]));
        assert_eq!(a.common(&b), tries(&[4]));
        assert_eq!(a.inside(&a.common(&b)).collect::<Vec<_>>(), tries(&[1, 2, 3]).iter().collect::<Vec<_>>());
        assert_eq!(a.common(&a.with(Nesting::Try(RegionId(0)))), a);
        assert_eq!(tries(&[1, 2]).common(&tries(&[3, 2])), tries(&[2]));
        assert_eq!(a.common(&Nest::OUTSIDE), Nest::OUTSIDE);
    }

    #[test]
    fn a_walk_meets_each_region_once() {
        let (outer, mut seen) = (tries(&[5, 6]), Vec::new());
        let inner = outer.with(Nesting::Handler(RegionId(4))).with(Nesting::Try(RegionId(3)));
        let mut walk = Outward::default();
        for from in [&outer, &inner, &outer, &inner] {
            while let Some(Nesting::Try(r)) = walk.next(from, |n| match n {
                Nesting::Try(r) if !seen.contains(&r.0) => Look::Found,
                _ => Look::Past,
            }) {
                seen.push(r.0);
            }
        }
        assert_eq!(seen, [5, 6, 3]);
        assert_eq!(Outward::default().next(&inner, |n| if n == Nesting::Handler(RegionId(4)) { Look::Stop } else { Look::Past }), None);
    }

    #[test]
    fn a_long_list_is_freed_without_a_deep_stack() {
        let long = (0..1_000_000).fold(Nest::OUTSIDE, |n, r| n.with(Nesting::Handler(RegionId(r))));
        assert_eq!(long.depth(), 1_000_000);
        drop(long);
    }
}
