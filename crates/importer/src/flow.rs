//! Static control flow of a body: instructions, basic blocks, protected regions (ECMA-335 I.12.4.2, III.1.7).
//!
//! From a `MethodBody` to blocks in reverse postorder with the regions around each. Nothing is folded here: these are the edges
//! that could exist; the importer follows those that do.

use crate::error::{ImportError, invalid};
use kiln_il::{Flow, Instr, Opcode, decode_body, index_at};
use kiln_metadata::{EhClause, EhKind, MethodBody};
use kiln_mir::{Look, Nest, Nesting, Outward, RegionId};
use kiln_support::FxHashMap;
use std::collections::BTreeMap;

/// A static basic block.
#[derive(Clone, Debug)]
pub(crate) struct FlowBlock {
    /// Instructions `start..end` (indexes).
    pub start: usize,
    /// Behind the last.
    pub end: usize,
    /// Static predecessors by normal edges.
    pub preds: u32,
    /// Some static predecessor does not come earlier in reverse postorder: values cannot be inherited.
    pub retreating: bool,
    /// First block of a handler or filter.
    pub handler_entry: bool,
    /// Position in reverse postorder; `u32::MAX` when statically unreachable.
    pub order: u32,
    /// Regions around it, innermost first. Region ids are clause numbers.
    pub nesting: Nest,
}

/// The whole body.
#[derive(Clone, Debug)]
pub(crate) struct FlowGraph<'a> {
    /// Instructions in general form.
    pub instrs: Vec<Instr<'a>>,
    /// Blocks in code order.
    pub blocks: Vec<FlowBlock>,
    /// Clauses.
    pub clauses: Vec<EhClause>,
    /// Nothing writes to the first argument.
    pub keeps_this: bool,
    block_of: Vec<u32>,
}

impl<'a> FlowGraph<'a> {
    /// Computes it.
    pub fn new(body: &MethodBody<'a>) -> Result<Self, ImportError> {
        let instrs: Vec<Instr<'a>> = decode_body(body)?.into_iter().map(Instr::canonical).collect();
        if instrs.is_empty() {
            return invalid("the body is empty");
        }
        let mut leader = vec![false; instrs.len() + 1];
        leader[0] = true;
        let mut mark = |offset: u32| {
            if let Some(i) = index_at(&instrs, offset) {
                leader[i] = true;
            }
        };
        for i in &instrs {
            i.targets().for_each(&mut mark);
            if ends_block(i.opcode) {
                mark(i.end);
            }
        }
        for c in &body.clauses {
            let (t, h) = (c.try_range(), c.handler_range());
            [t.start, t.end, h.start, h.end].into_iter().for_each(&mut mark);
            if let EhKind::Filter { filter_offset } = c.kind {
                mark(filter_offset);
            }
        }
        let mut blocks = Vec::new();
        let mut block_of = vec![0u32; instrs.len()];
        let mut start = 0;
        let mut around = Around::new(&body.clauses);
        for i in 1..=instrs.len() {
            if i == instrs.len() || leader[i] {
                block_of[start..i].fill(blocks.len() as u32);
                blocks.push(FlowBlock {
                    start,
                    end: i,
                    preds: 0,
                    retreating: false,
                    handler_entry: false,
                    order: u32::MAX,
                    nesting: around.at(instrs[start].offset)?,
                });
                start = i;
            }
        }
        let writes_this = |i: &Instr<'_>| matches!((i.opcode, i.operand), (Opcode::Starg | Opcode::Ldarga, kiln_il::Operand::Arg(n)) if usize::from(n) == 0);
        let keeps_this = !instrs.iter().any(writes_this);
        let mut g = Self { instrs, blocks, clauses: body.clauses.clone(), keeps_this, block_of };
        for c in &body.clauses {
            for at in entries(c) {
                match g.block_at(at) {
                    Some(b) => g.blocks[b].handler_entry = true,
                    None => return invalid("a handler starts behind the code"),
                }
            }
        }
        g.order()?;
        Ok(g)
    }

    /// The first block can be entered again or lies in a protected region.
    pub fn has_prologue_block(&self) -> bool {
        self.blocks[0].preds > 0 || !self.blocks[0].nesting.is_empty()
    }

    /// The block that starts at an offset.
    pub fn block_at(&self, offset: u32) -> Option<usize> {
        let i = index_at(&self.instrs, offset)?;
        let b = *self.block_of.get(i)? as usize;
        (self.blocks[b].start == i).then_some(b)
    }

    /// Static successors by normal edges.
    pub fn successors(&self, b: usize) -> Vec<usize> {
        let last = &self.instrs[self.blocks[b].end - 1];
        let mut out: Vec<usize> = last.targets().filter_map(|t| self.block_at(t)).collect();
        if last.falls_through() && b + 1 < self.blocks.len() {
            out.push(b + 1);
        }
        out
    }

    /// The first block, on from the innermost region, where a handler of a try block around `b` starts and that is not `done`; a block
    /// that is done stays so, and the same `walk` serves all blocks.
    pub fn next_handler(&self, b: usize, walk: &mut Outward, done: impl Fn(usize) -> bool) -> Option<usize> {
        let open = |r: RegionId| entries(&self.clauses[r.index()]).filter_map(|at| self.block_at(at)).find(|&x| !done(x));
        let found = walk.next(&self.blocks[b].nesting, |n| match n {
            Nesting::Try(r) if open(r).is_some() => Look::Found,
            _ => Look::Past,
        });
        match found {
            Some(Nesting::Try(r)) => open(r),
            _ => None,
        }
    }

    fn order(&mut self) -> Result<(), ImportError> {
        let n = self.blocks.len();
        let succ: Vec<Vec<usize>> = (0..n).map(|b| self.successors(b)).collect();
        let mut walk = Outward::default();
        // Depth-first without recursion; handlers are visited first so that they come late in reverse postorder.
        let mut state = vec![0u8; n];
        let mut post = Vec::with_capacity(n);
        let mut stack = vec![(0usize, 0usize)];
        state[0] = 1;
        while let Some(top) = stack.last_mut() {
            let b = top.0;
            let next = self.next_handler(b, &mut walk, |x| state[x] != 0).or_else(|| {
                top.1 += 1;
                succ[b].get(top.1 - 1).copied()
            });
            match next {
                Some(x) if state[x] == 0 => {
                    state[x] = 1;
                    stack.push((x, 0));
                }
                Some(_) => {}
                None => {
                    post.push(b);
                    stack.pop();
                }
            }
        }
        for (i, &b) in post.iter().rev().enumerate() {
            self.blocks[b].order = i as u32;
        }
        for (b, succ) in succ.iter().enumerate() {
            if self.blocks[b].order == u32::MAX {
                continue;
            }
            for &s in succ {
                self.blocks[s].preds += 1;
                if self.blocks[s].order <= self.blocks[b].order {
                    self.blocks[s].retreating = true;
                }
            }
        }
        Ok(())
    }
}

fn ends_block(op: Opcode) -> bool {
    matches!(op.flow(), Flow::Branch | Flow::CondBranch | Flow::Return | Flow::Throw)
}

fn entries(c: &EhClause) -> impl Iterator<Item = u32> + use<> {
    let filter = match c.kind {
        EhKind::Filter { filter_offset } => Some(filter_offset),
        _ => None,
    };
    filter.into_iter().chain([c.handler_offset])
}

/// The regions around each place, from one place to the next.
struct Around<'a> {
    clauses: &'a [EhClause],
    /// Offsets where a region starts or ends, the last first.
    borders: Vec<(u32, usize)>,
    /// The regions around the place, outermost first, each with those around it.
    regions: Vec<(usize, Nest)>,
    /// What lies around each region.
    outer: FxHashMap<Nesting, Nest>,
}

impl<'a> Around<'a> {
    fn new(clauses: &'a [EhClause]) -> Self {
        let mut borders = Vec::new();
        for (i, c) in clauses.iter().enumerate() {
            let (t, h) = (c.try_range(), c.handler_range());
            let filter = entries(c).next();
            borders.extend([t.start, t.end, h.start, h.end].into_iter().chain(filter).map(|at| (at, i)));
        }
        borders.sort_unstable_by(|a, b| b.cmp(a));
        Self { clauses, borders, regions: Vec::new(), outer: FxHashMap::default() }
    }

    /// Goes on to a place that lies behind the last.
    fn at(&mut self, offset: u32) -> Result<Nest, ImportError> {
        let behind = self.borders.partition_point(|b| b.0 > offset);
        let changed: Vec<usize> = self.borders.split_off(behind).into_iter().map(|b| b.1).collect();
        if let Some(&outermost) = changed.iter().max() {
            let inner = self.regions.split_off(self.regions.partition_point(|r| r.0 > outermost));
            // What changes is looked at again, once; what is in between stays as it is.
            let mut now: BTreeMap<usize, Option<Nesting>> = inner.into_iter().map(|(i, nest)| (i, nest.iter().next())).collect();
            now.extend(changed.into_iter().map(|i| (i, place_in(RegionId::new(i), &self.clauses[i], offset))));
            for (i, here) in now.into_iter().rev() {
                self.enter(i, here)?;
            }
        }
        Ok(self.innermost())
    }

    fn innermost(&self) -> Nest {
        self.regions.last().map_or(Nest::OUTSIDE, |r| r.1.clone())
    }

    /// A region inside of the others. The same regions are always around it, unless two overlap.
    fn enter(&mut self, region: usize, here: Option<Nesting>) -> Result<(), ImportError> {
        let Some(here) = here else { return Ok(()) };
        let outer = self.innermost();
        if *self.outer.entry(here).or_insert_with(|| outer.clone()) != outer {
            return invalid("protected regions overlap");
        }
        self.regions.push((region, outer.with(here)));
        Ok(())
    }
}

/// What a place is to a region.
fn place_in(r: RegionId, c: &EhClause, offset: u32) -> Option<Nesting> {
    match c.kind {
        _ if c.try_range().contains(&offset) => Some(Nesting::Try(r)),
        _ if c.handler_range().contains(&offset) => Some(Nesting::Handler(r)),
        EhKind::Filter { filter_offset } if (filter_offset..c.handler_offset).contains(&offset) => Some(Nesting::Filter(r)),
        _ => None,
    }
}
