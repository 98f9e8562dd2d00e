//! Which references need a word of the frame where nothing is optimised, from the LIR of a function.
//!
//! There are no statepoints then (`emit/frame.rs`): a reference that is needed behind a call that is a GC point has a word of its own, its
//! *home*, which the collector sees and may change. A value needs one when such a call lies on a way from its definition to a use.

use kiln_lir::{BlockId, Call, Function, Inst, LTy, ValueId};
use kiln_support::{FxHashMap, FxHashSet, FxIndexMap};

/// Place in a block: an instruction uses at four times its number, collects one behind that, and defines another one behind.
type At = usize;
const CALL: At = 1;
const RESULT: At = 2;

/// GC points of a block, ascending.
type Points = Vec<At>;

/// The homes of a function.
#[derive(Default, Debug)]
pub(super) struct Homes {
    /// Number of a value's word.
    pub(super) of: FxHashMap<ValueId, usize>,
    /// Words.
    pub(super) count: usize,
    /// A call of the function is a GC point.
    pub(super) collects: bool,
}

/// What the end of a block does besides what LIR says: a loop asks whether to stop (`RhpPoll`).
pub(super) fn polls(successors: &[Vec<BlockId>], order: &[BlockId]) -> Vec<bool> {
    let mut number = vec![usize::MAX; successors.len()];
    for (n, id) in order.iter().enumerate() {
        number[id.index()] = n;
    }
    // In the reverse postorder of one depth-first walk, exactly the edges that do not go forward close cycles.
    let closes = |from: usize| number[from] != usize::MAX && successors[from].iter().any(|to| number[to.index()] <= number[from]);
    (0..successors.len()).map(closes).collect()
}

/// Is the call a GC point?
pub(super) fn is_gc_point(call: &Call) -> bool {
    !call.flags.leaf && !call.flags.tail
}

/// Is the instruction a GC point?
pub(super) fn collects(inst: &Inst) -> bool {
    matches!(inst, Inst::Call(call) if is_gc_point(call))
}

impl Homes {
    /// Gives a value a word of its own.
    fn add(&mut self, v: ValueId) {
        self.of.entry(v).or_insert_with(|| {
            self.count += 1;
            self.count - 1
        });
    }
}

struct Search<'f> {
    f: &'f Function,
    points: Vec<Points>,
    predecessors: Vec<Vec<usize>>,
    /// Where each reference is defined.
    defined: Vec<Option<(usize, At)>>,
    /// The value whose use was followed to a block last.
    seen: Vec<Option<ValueId>>,
}

/// Uses of a value within the block of its definition.
#[derive(Clone, Copy)]
struct Local {
    last: At,
    crosses: bool,
}

/// Finds the homes. `successors` of the blocks in `order`, which are those that can be reached.
pub(super) fn find(f: &Function, successors: &[Vec<BlockId>], order: &[BlockId], polls: &[bool]) -> Homes {
    let points: Vec<Points> = f.blocks.iter().zip(polls).map(|(block, polls)| points(block, *polls)).collect();
    if order.iter().all(|id| points[id.index()].is_empty()) {
        return Homes::default();
    }
    let mut predecessors = vec![Vec::new(); f.blocks.len()];
    for from in order {
        for to in &successors[from.index()] {
            predecessors[to.index()].push(from.index());
        }
    }
    let mut search = Search { f, points, predecessors, defined: vec![None; f.value_types.len()], seen: vec![None; f.blocks.len()] };
    search.definitions(order);
    search.homes(order)
}

fn points(block: &kiln_lir::BlockData, polls: bool) -> Points {
    let calls = block.insts.iter().enumerate().filter(|(_, (_, inst))| collects(inst)).map(|(i, _)| 4 * i + CALL);
    calls.chain(polls.then_some(4 * block.insts.len() + CALL)).collect()
}

/// Where the end of a block uses what it uses: behind the poll.
fn end(block: &kiln_lir::BlockData) -> At {
    4 * block.insts.len() + RESULT
}

impl Search<'_> {
    fn definitions(&mut self, order: &[BlockId]) {
        let reference = |v: &ValueId| self.f.value_types.get(v.index()) == Some(&LTy::Ref);
        for (v, _) in self.f.params.iter().filter(|(v, _)| reference(v)) {
            self.defined[v.index()] = Some((0, 0));
        }
        for id in order {
            let block = &self.f.blocks[id.index()];
            for (v, _) in block.params.iter().filter(|(v, _)| reference(v)) {
                self.defined[v.index()] = Some((id.index(), 0));
            }
            for (i, (results, inst)) in block.insts.iter().enumerate() {
                // What never moves needs no home.
                if matches!(inst, Inst::IConst(..) | Inst::FrozenRef(_)) {
                    continue;
                }
                for v in results.iter().filter(|v| reference(v)) {
                    self.defined[v.index()] = Some((id.index(), 4 * i + RESULT));
                }
            }
        }
    }

    /// Values that are used in other blocks have a word each; others share words where their uses allow it.
    fn homes(&mut self, order: &[BlockId]) -> Homes {
        let mut homes = Homes { collects: true, ..Homes::default() };
        let mut locals: Vec<FxIndexMap<ValueId, Local>> = vec![FxIndexMap::default(); self.f.blocks.len()];
        let mut elsewhere = FxHashSet::default();
        for id in order {
            let block = &self.f.blocks[id.index()];
            let mut uses: Vec<(ValueId, At)> = Vec::new();
            for (i, (_, inst)) in block.insts.iter().enumerate() {
                inst.each_operand(|v| uses.push((v, 4 * i)));
            }
            block.term.each_operand(|v| uses.push((v, end(block))));
            for (v, at) in uses {
                let Some((home, from)) = self.defined.get(v.index()).copied().flatten() else { continue };
                if home == id.index() {
                    let local = locals[home].entry(v).or_insert(Local { last: at, crosses: false });
                    local.last = at;
                    local.crosses |= any(&self.points[home], from, at);
                } else {
                    elsewhere.insert(v);
                    if !homes.of.contains_key(&v) && self.crosses(v, (home, from), (id.index(), at)) {
                        homes.add(v);
                    }
                }
            }
        }
        locals.iter_mut().for_each(|block| block.retain(|_, local| local.crosses));
        for &v in locals.iter().flat_map(FxIndexMap::keys).filter(|v| elsewhere.contains(*v)) {
            homes.add(v);
        }
        let own = homes.count;
        for block in locals {
            let mut words: Vec<_> = block.into_iter().filter(|(v, _)| !homes.of.contains_key(v)).collect();
            let from = |v: ValueId| self.defined[v.index()].map_or(0, |d| d.1);
            words.sort_by_key(|(v, _)| from(*v));
            let mut busy: Vec<At> = Vec::new();
            for (v, local) in words {
                let word = busy.iter().position(|&until| until <= from(v)).unwrap_or(busy.len());
                if word == busy.len() {
                    busy.push(0);
                }
                busy[word] = local.last;
                homes.of.insert(v, own + word);
                homes.count = homes.count.max(own + word + 1);
            }
        }
        homes
    }

    /// Is a GC point on a way from a definition to a use in another block?
    fn crosses(&mut self, v: ValueId, defined: (usize, At), used: (usize, At)) -> bool {
        if any(&self.points[used.0], 0, used.1) {
            return true;
        }
        let mut work = vec![used.0];
        while let Some(block) = work.pop() {
            for &from in &self.predecessors[block] {
                if from == defined.0 {
                    if any(&self.points[from], defined.1, At::MAX) {
                        return true;
                    }
                } else if self.seen[from] != Some(v) {
                    self.seen[from] = Some(v);
                    if !self.points[from].is_empty() {
                        return true;
                    }
                    work.push(from);
                }
            }
        }
        false
    }
}

/// Is one of the points between two places?
fn any(points: &Points, from: At, to: At) -> bool {
    let first = points.partition_point(|&p| p <= from);
    points.get(first).is_some_and(|&p| p < to)
}
