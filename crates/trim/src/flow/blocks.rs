//! The basic blocks of a method's IL, with the handlers around them, and which of them are in the program: branches that feature switches
//! exclude are not in its MIR.

use kiln_il::{Flow, Instr, Opcode, decode_body, index_at};
use kiln_metadata::{EhKind, MethodBody};

/// A basic block.
#[derive(Debug)]
pub(crate) struct Block {
    /// Its instructions, by index.
    pub(crate) range: std::ops::Range<usize>,
    /// Where it goes, by offset.
    next: Vec<u32>,
    /// Handlers and filters that an exception in it may reach, by offset, and whether they begin with the exception.
    pub(crate) handlers: Vec<(u32, bool)>,
    /// Something of it is in the program.
    live: bool,
    /// It ends with a branch that is not: which way it goes was known.
    decided: bool,
}

/// The blocks of a body.
#[derive(Debug)]
pub(crate) struct Blocks<'a> {
    pub(crate) code: Vec<Instr<'a>>,
    pub(crate) blocks: Vec<Block>,
}

impl<'a> Blocks<'a> {
    /// `live`: sorted offsets of what is in the program. `None` for code that cannot be read.
    pub(crate) fn new(body: &MethodBody<'a>, live: &[u32]) -> Option<Self> {
        let code: Vec<Instr<'a>> = decode_body(body).ok()?.into_iter().map(Instr::canonical).collect();
        let mut starts = vec![0u32];
        for i in &code {
            starts.extend(i.targets());
            if i.targets().next().is_some() || !i.falls_through() {
                starts.push(i.end);
            }
        }
        for c in &body.clauses {
            starts.extend([c.try_offset, c.try_offset + c.try_length, c.handler_offset, c.handler_offset + c.handler_length]);
            if let EhKind::Filter { filter_offset } = c.kind {
                starts.push(filter_offset);
            }
        }
        starts.sort_unstable();
        starts.dedup();
        let indices: Vec<usize> = starts.iter().filter_map(|&s| index_at(&code, s)).collect();
        let mut blocks = Vec::new();
        for (n, &first) in indices.iter().enumerate() {
            let end = indices.get(n + 1).copied().unwrap_or(code.len());
            blocks.push(block(body, &code, first..end, live)?);
        }
        Some(Self { code, blocks })
    }

    /// Where a block goes in the program: behind a branch that was decided, to what is in it.
    pub(crate) fn next(&self, b: usize) -> Vec<usize> {
        let Some(block) = self.blocks.get(b) else { return Vec::new() };
        let all: Vec<usize> = block.next.iter().filter_map(|&to| self.at(to)).collect();
        let live = |&to: &usize| self.blocks[to].live;
        if block.decided && all.iter().any(live) { all.into_iter().filter(live).collect() } else { all }
    }

    /// The block that begins at an offset.
    pub(crate) fn at(&self, offset: u32) -> Option<usize> {
        self.blocks.binary_search_by_key(&offset, |b| self.code[b.range.start].offset).ok()
    }
}

fn block(body: &MethodBody<'_>, code: &[Instr<'_>], range: std::ops::Range<usize>, live: &[u32]) -> Option<Block> {
    let (first, last) = (code.get(range.start)?, code.get(range.end.checked_sub(1)?)?);
    let mut next: Vec<u32> = last.targets().collect();
    if last.falls_through() {
        next.push(last.end);
    }
    if last.opcode == Opcode::Endfinally {
        next.extend(behind_finally(body, code, last.offset));
    }
    let mut handlers = Vec::new();
    for c in &body.clauses {
        if (c.try_offset..c.try_offset + c.try_length).contains(&first.offset) {
            match c.kind {
                EhKind::Filter { filter_offset } => handlers.extend([(filter_offset, true), (c.handler_offset, true)]),
                EhKind::Catch(_) => handlers.push((c.handler_offset, true)),
                _ => handlers.push((c.handler_offset, false)),
            }
        }
    }
    let at = live.partition_point(|&o| o < first.offset);
    let decided = last.opcode.flow() == Flow::CondBranch && live.binary_search(&last.offset).is_err();
    let live = live.get(at).is_some_and(|&o| o < last.end);
    Some(Block { range, next, handlers, live, decided })
}

/// Where the code goes on behind a finally block: at what the protected code leaves for.
fn behind_finally(body: &MethodBody<'_>, code: &[Instr<'_>], offset: u32) -> Vec<u32> {
    let mut out = Vec::new();
    for c in body.clauses.iter().filter(|c| (c.handler_offset..c.handler_offset + c.handler_length).contains(&offset)) {
        let protected = c.try_offset..c.try_offset + c.try_length;
        let leaving = code.iter().filter(|i| i.opcode == Opcode::Leave && protected.contains(&i.offset));
        out.extend(leaving.flat_map(|i| i.targets()).filter(|t| !protected.contains(t)));
    }
    out.sort_unstable();
    out.dedup();
    out
}
