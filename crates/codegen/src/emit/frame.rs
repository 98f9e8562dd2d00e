//! Frames that are described once: what replaces statepoints where nothing is optimised (contract §9).
//!
//! Statepoints keep LLVM's quick instruction selection from working: two thirds of the time of `-O0` went into the slow one. Without an
//! optimiser they are not needed either. Every reference that is needed behind a call is in a word of the frame ([`Homes`]), is read
//! again behind the call, and no pass moves such a read; the words are null at entry, and one stack map tells where they and the slots are.

use super::function::{FunctionEmitter, Step};
use super::homes::{self, Homes};
use crate::late::Layout;
use crate::llvm::{Opcode, Value};
use crate::stackmap::FRAME;
use kiln_abi::helpers::Helper;
use kiln_lir::{BlockId, Function, Inst, LTy, SlotId, Sym, Term, ValueId};
use kiln_support::{FxHashMap, FxHashSet};
use std::cell::RefCell;

/// So many words are zeroed one by one.
const FEW: usize = 16;

/// The frame of a function under emission.
#[derive(Default)]
pub(super) struct Frame<'c> {
    homes: Homes,
    /// The homes; nothing when there are none.
    words: Option<Value<'c>>,
    /// What was read from homes since the last GC point of the block.
    read: RefCell<FxHashMap<ValueId, Value<'c>>>,
    /// Blocks that ask at their end whether to stop.
    polls: Vec<bool>,
}

/// Words of slots that straight-line code at the start of a function writes before anything can collect.
fn written_first(f: &Function, polls: &[bool]) -> FxHashSet<(SlotId, u32)> {
    let mut written = FxHashSet::default();
    let mut addresses: FxHashMap<ValueId, (SlotId, u32)> = FxHashMap::default();
    let mut at = BlockId::new(0);
    for _ in &f.blocks {
        let Some(block) = f.blocks.get(at.index()) else { break };
        for (results, inst) in &block.insts {
            match inst {
                _ if homes::collects(inst) => return written,
                Inst::SlotAddr(slot, offset) => addresses.extend(results.iter().map(|v| (*v, (*slot, *offset)))),
                Inst::Store { ty: LTy::Ref, base, offset, .. } => {
                    if let Some((slot, start)) = addresses.get(base) {
                        written.extend(start.checked_add_signed(*offset).map(|word| (*slot, word)));
                    }
                }
                Inst::ZeroSlot { slot, offset, size } => {
                    let words = (offset.next_multiple_of(8)..offset.saturating_add(*size)).step_by(8);
                    written.extend(words.filter(|word| word + 8 <= offset + size).map(|word| (*slot, word)));
                }
                _ => {}
            }
        }
        match &block.term {
            Term::Jump(to, _) if !polls[at.index()] => at = *to,
            _ => break,
        }
    }
    written
}

impl<'c> FunctionEmitter<'_, '_, 'c> {
    /// Gives the function its frame; the builder is in the entry block, behind the slots.
    pub(super) fn open_frame(&mut self, successors: &[Vec<BlockId>], order: &[BlockId]) -> Step<()> {
        let polls = homes::polls(successors, order);
        let homes = homes::find(self.f, successors, order, &polls);
        let t = &self.e.types;
        let words = (homes.count > 0).then(|| self.b.alloca(self.e.context.array(t.reference, homes.count as u64), 8));
        self.frame = Some(Frame { homes, words, polls, ..Frame::default() });
        self.zero_frame()
    }

    fn zero_frame(&self) -> Step<()> {
        let Some(frame) = self.frame.as_ref().filter(|f| f.homes.collects) else { return Ok(()) };
        let t = &self.e.types;
        let written = written_first(self.f, &frame.polls);
        let mut zeroed: Vec<(Value<'c>, u64)> = Vec::new();
        for (index, (slot, alloca)) in self.f.slots.iter().zip(&self.slots).enumerate() {
            let offsets = slot.ref_offsets.iter().filter(|offset| !written.contains(&(SlotId::new(index), **offset)));
            zeroed.extend(offsets.map(|offset| (*alloca, u64::from(*offset))));
        }
        if let Some(words) = frame.words {
            let stored: FxHashSet<usize> = self.f.params.iter().filter_map(|(v, _)| frame.homes.of.get(v).copied()).collect();
            zeroed.extend((0..frame.homes.count).filter(|word| !stored.contains(word)).map(|word| (words, 8 * word as u64)));
        }
        let address =
            |base: Value<'c>, offset: u64| if offset == 0 { base } else { self.b.byte_offset(base, t.i64.const_int(offset), true) };
        if zeroed.len() <= FEW {
            for (base, offset) in zeroed {
                self.b.store(t.reference.null(), address(base, offset)).set_alignment(8);
            }
            return Ok(());
        }
        let mut at = 0;
        while let Some(&(base, start)) = zeroed.get(at) {
            let count = zeroed[at..].iter().zip(0..).take_while(|((b, o), n)| *b == base && *o == start + 8 * n).count();
            if count > FEW {
                self.b.memset(address(base, start), t.i8.null(), t.i64.const_int(8 * count as u64), 8);
            } else {
                for word in 0..count as u64 {
                    self.b.store(t.reference.null(), address(base, start + 8 * word)).set_alignment(8);
                }
            }
            at += count;
        }
        Ok(())
    }

    /// Describes the frame, at the end of the entry block.
    pub(super) fn describe_frame(&self) {
        let Some(frame) = self.frame.as_ref().filter(|f| f.homes.collects) else { return };
        let t = &self.e.types;
        let mut layouts = self.e.layouts.borrow_mut();
        let mut arguments = vec![t.i64.const_int(FRAME), t.i32.null()];
        let mut describe = |address: Value<'c>, offsets: Vec<u32>, pinned| {
            let number = layouts.insert(Layout { offsets, pinned });
            arguments.extend([address, t.i32.const_int(number as u64)]);
        };
        for (slot, alloca) in self.f.slots.iter().zip(&self.slots).filter(|(slot, _)| !slot.ref_offsets.is_empty()) {
            describe(*alloca, slot.ref_offsets.clone(), slot.pinned);
        }
        if let Some(words) = frame.words {
            describe(words, (0..frame.homes.count as u32).map(|word| 8 * word).collect(), false);
        }
        if arguments.len() > 2 {
            let function = self.e.module.intrinsic("llvm.experimental.stackmap", &[]);
            self.b.call(self.e.module.function_type(function), function, &arguments, None);
        }
    }

    fn home(&self, id: ValueId) -> Option<Value<'c>> {
        let frame = self.frame.as_ref()?;
        let (word, words) = (*frame.homes.of.get(&id)?, frame.words?);
        let offset = self.e.types.i64.const_int(8 * word as u64);
        Some(if word == 0 { words } else { self.b.byte_offset(words, offset, true) })
    }

    /// Stores a value that is new to its home.
    pub(super) fn keep(&self, id: ValueId, value: Value<'c>) {
        if let (Some(home), Some(frame)) = (self.home(id), &self.frame) {
            self.b.store(value, home).set_alignment(8);
            frame.read.borrow_mut().insert(id, value);
        }
    }

    /// A value that has a home, as it is now.
    pub(super) fn kept(&self, id: ValueId) -> Option<Value<'c>> {
        let frame = self.frame.as_ref().filter(|f| f.homes.of.contains_key(&id))?;
        if let Some(value) = frame.read.borrow().get(&id) {
            return Some(*value);
        }
        let value = self.b.load(self.e.types.reference, self.home(id)?);
        value.set_alignment(8);
        frame.read.borrow_mut().insert(id, value);
        Some(value)
    }

    /// From here on values that have homes may be others: behind a GC point, and where a block begins.
    pub(super) fn forget(&self) {
        if let Some(frame) = &self.frame {
            frame.read.borrow_mut().clear();
        }
    }

    /// Asks whether to stop, where the end of a block closes a loop.
    pub(super) fn poll(&self, id: BlockId) {
        if self.frame.as_ref().is_some_and(|f| f.polls[id.index()]) {
            let ty = self.e.signature(std::iter::empty(), LTy::Void);
            let poll = self.e.symbol(&Sym::Helper(Helper::RhpPoll), Helper::RhpPoll.name(), Some(ty));
            self.b.call(ty, poll, &[], None);
            self.forget();
        }
    }

    /// A raw pointer as a reference. Quick instruction selection knows no casts between address spaces.
    pub(super) fn pointer_to_reference(&self, value: Value<'c>) -> Value<'c> {
        let t = &self.e.types;
        if self.frame.is_none() {
            return self.b.cast(Opcode::LLVMAddrSpaceCast, value, t.reference);
        }
        self.b.cast(Opcode::LLVMIntToPtr, self.b.cast(Opcode::LLVMPtrToInt, value, t.i64), t.reference)
    }
}
