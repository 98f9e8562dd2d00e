//! The large-object space: whole 4 KB pages, first fit, never moved.

use super::Heap;
use super::address::{Address, ObjectRef};
use super::memcheck;
use super::space::PAGE_SHIFT;
use crate::mt::Mt;
use crate::pal::{self, Buf};

const PAGE: usize = 1 << PAGE_SHIFT;
/// Pages of at least this size are cleared by the system, when they are touched: the program may never touch them all.
const CLEARED_LATE: usize = 256 << 10;
/// Free pages keep their memory up to this size, and up to a part of what is in use.
const KEPT: usize = 32 << 20;
/// The first collection comes when so much was allocated: it shows how much survives.
const FIRST_BUDGET: usize = 4 << 20;
/// Later ones come when at least so much was.
const SMALLEST_BUDGET: usize = 16 << 20;

/// So many survivors are remembered for who asks for their generation.
const MOST_RECENT: usize = 256;
/// .NET's large objects, which belong to the oldest generation from the start.
const NEVER_YOUNG: usize = 85_000;

/// Pages in a row: an object's, or free.
#[derive(Clone, Copy)]
struct Run {
    at: Address,
    pages: usize,
}

impl Run {
    const fn size(self) -> usize {
        self.pages << PAGE_SHIFT
    }

    fn end(self) -> Address {
        self.at + self.size()
    }

    /// The object in it.
    const fn object(self) -> ObjectRef {
        // SAFETY: an address after another one is not zero.
        unsafe { ObjectRef::at(self.at.moved(kiln_abi::object::HEADER_SIZE)) }
    }
}

/// State of the space.
pub(super) struct Large {
    end: Address,
    /// Pages from here on were never used.
    top: Address,
    /// Sorted by address; no two of them touch.
    free: Buf<Run>,
    old: Buf<Run>,
    young: Buf<Run>,
    /// Where the objects are that survived their first collection in the last one, or some of them.
    recent: Buf<Address>,
    /// Bytes of those that were allocated since the last collection that the program is told of.
    young_bytes: usize,
    /// Bytes in use.
    pub bytes: usize,
    /// So many bytes may be allocated between collections.
    budget: usize,
    /// The budget follows what is in use up to this.
    most: usize,
    /// Bytes of free pages that may still have memory.
    kept: usize,
}

impl Large {
    pub const fn new() -> Self {
        Self {
            end: Address::ZERO,
            top: Address::ZERO,
            free: Buf::new(),
            old: Buf::new(),
            young: Buf::new(),
            recent: Buf::new(),
            young_bytes: 0,
            bytes: 0,
            budget: FIRST_BUDGET,
            most: SMALLEST_BUDGET,
            kept: 0,
        }
    }

    pub fn init(&mut self, base: Address, end: Address) {
        (self.top, self.end) = (base, end);
        self.most = SMALLEST_BUDGET.max(usize::try_from(pal::memory::physical().0).unwrap_or(0) / 8);
    }

    /// The end of the pages that were ever used.
    pub const fn top(&self) -> Address {
        self.top
    }

    /// Would an object of this size make the young ones too many?
    pub const fn wants_collection(&self, size: usize) -> bool {
        self.young_bytes != 0 && self.young_bytes + size > self.budget
    }

    /// Bytes of large objects that were allocated since the last collection that the program is told of.
    pub const fn young_bytes(&self) -> usize {
        self.young_bytes
    }

    /// After a collection: the more survived, the longer the next one is put off, but not so long that the heap outgrows the machine.
    fn set_budget(&mut self) {
        let more = self.bytes / 2 * 7;
        self.budget = more.min(self.most.max(self.bytes)).max(SMALLEST_BUDGET);
    }

    /// Pages, and whether they are known to be zero.
    fn take(&mut self, pages: usize) -> Option<(Address, bool)> {
        for i in 0..self.free.len() {
            let run = self.free.get(i);
            if run.pages >= pages {
                if run.pages == pages {
                    self.free.remove(i);
                } else {
                    self.free.as_mut_slice()[i] = Run { at: run.at + (pages << PAGE_SHIFT), pages: run.pages - pages };
                }
                self.kept = self.kept.saturating_sub(pages << PAGE_SHIFT);
                return Some((run.at, false));
            }
        }
        let size = pages << PAGE_SHIFT;
        if size > self.end - self.top {
            return None;
        }
        let at = self.top;
        self.top = at + size;
        Some((at, true))
    }

    /// Adds pages to the free ones.
    ///
    /// # Safety
    /// They were taken from here, and nothing refers to what is in them.
    unsafe fn give(&mut self, run: Run) {
        self.bytes -= run.size();
        self.kept += run.size();
        let at = self.free.as_slice().partition_point(|r| r.at < run.at);
        self.free.insert(at, run);
        let list = self.free.as_mut_slice();
        if at + 1 < list.len() && list[at].end() == list[at + 1].at {
            list[at].pages += list[at + 1].pages;
            self.free.remove(at + 1);
        }
        let list = self.free.as_mut_slice();
        if at > 0 && list[at - 1].end() == list[at].at {
            list[at - 1].pages += list[at].pages;
            self.free.remove(at);
        }
    }
}

impl Heap {
    /// Zeroed pages for a large object, without collecting.
    ///
    /// # Safety
    /// The heap is reserved; before the next collection the memory holds an object of this size.
    pub(super) unsafe fn large_memory(&mut self, size: usize) -> Option<Address> {
        let pages = size.div_ceil(PAGE);
        let (at, zero) = self.large.take(pages)?;
        let run = Run { at, pages };
        // SAFETY: the pages lie in the space and are nobody's.
        unsafe {
            if zero {
                memcheck::cleared(at, size);
            } else {
                memcheck::taken(at, size);
                if run.size() >= CLEARED_LATE {
                    pal::decommit(at.get(), run.size());
                    memcheck::cleared(at, size);
                } else {
                    at.fill(0, size);
                }
            }
            self.space.set_pages(at, pages);
        }
        self.large.young.push(run);
        self.large.young_bytes += run.size();
        self.large.bytes += run.size();
        self.stats.allocated += size as u64;
        Some(at)
    }

    /// The large object around an address.
    ///
    /// # Safety
    /// `a` lies in the large-object space.
    pub(super) unsafe fn find_large(&self, a: Address) -> Option<ObjectRef> {
        // SAFETY: a run begins with its object, whose memory is at least zeroed.
        unsafe {
            let o = ObjectRef::at(self.space.large_start(a)? + kiln_abi::object::HEADER_SIZE);
            // The object being allocated right now has no MethodTable yet.
            (!o.address().read::<Mt>().is_null() && a < o.start() + o.size()).then_some(o)
        }
    }

    /// Is it a large object that no collection has seen?
    #[inline(always)]
    pub(super) fn is_young_large(&self, o: ObjectRef) -> bool {
        // Old ones keep their mark between collections.
        // SAFETY: in the large-object space, so in the reservation.
        self.space.in_large(o.address()) && !unsafe { self.space.marked(o) }
    }

    /// The generation of a large object, as .NET counts: what is large here need not be large there.
    pub(super) fn large_generation(&self, o: ObjectRef) -> u8 {
        // SAFETY: an object of the heap.
        let size = unsafe { o.size() };
        if size >= NEVER_YOUNG {
            2
        } else if self.is_young_large(o) {
            0
        } else if self.large.recent.as_slice().contains(&o.address()) {
            1
        } else {
            2
        }
    }

    /// # Safety
    /// Nothing refers to the object in the run any more, which is neither in `young` nor in `old`.
    unsafe fn free_run(&mut self, run: Run) {
        // SAFETY: a dead object's pages. Their number is whole, so their cards are theirs alone.
        unsafe {
            self.space.clear_pages(run.at, run.pages);
            self.space.clear_mark(run.object());
            self.space.cards().clean(run.at, run.size());
            memcheck::freed(run.at, run.size());
            self.large.give(run);
        }
    }

    /// After a minor collection: survivors are old, the rest is free.
    ///
    /// # Safety
    /// What of the young large objects is in use is marked.
    pub(super) unsafe fn sweep_young_large(&mut self) {
        self.large.recent.truncate(0);
        for i in 0..self.large.young.len() {
            let run = self.large.young.get(i);
            // SAFETY: runs lie in the reservation; one without mark is dead, and the list is emptied below.
            unsafe {
                if self.space.marked(run.object()) {
                    if self.large.recent.len() < MOST_RECENT {
                        self.large.recent.push(run.object().address());
                    }
                    self.large.old.push(run);
                } else {
                    self.free_run(run);
                }
            }
        }
        self.large.young.truncate(0);
        if !self.extra {
            self.large.young_bytes = 0;
            self.large.set_budget();
        }
        self.return_large();
    }

    /// Gives the memory of free pages back to the system when there is much of it.
    fn return_large(&mut self) {
        if self.large.kept <= KEPT.max(self.large.bytes / 4) {
            return;
        }
        for run in self.large.free.as_slice() {
            // SAFETY: pages of the reservation with dead contents.
            unsafe { pal::decommit(run.at.get(), run.size()) }
        }
        self.large.kept = 0;
    }

    /// Before marking in a major collection.
    pub(super) fn clear_large_marks(&mut self) {
        for i in 0..self.large.old.len() {
            let o = self.large.old.get(i).object();
            // SAFETY: runs lie in the reservation.
            unsafe { self.space.clear_mark(o) }
        }
    }

    /// After marking in a major collection.
    ///
    /// # Safety
    /// What of the large objects is in use is marked.
    pub(super) unsafe fn sweep_large(&mut self) {
        let mut i = 0;
        while i < self.large.old.len() {
            let run = self.large.old.get(i);
            // SAFETY: runs lie in the reservation; one without mark is dead, and it leaves the list.
            unsafe {
                if self.space.marked(run.object()) {
                    i += 1;
                } else {
                    self.large.old.swap_remove(i);
                    self.free_run(run);
                }
            }
        }
        if !self.extra {
            self.large.set_budget();
        }
        self.return_large();
    }
}
