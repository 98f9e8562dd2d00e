//! `System.GC`, `GCSettings`: the collector's switches and counters.

use core::sync::atomic::{AtomicBool, AtomicI32, AtomicU64, Ordering};

use kiln_abi::managed::{
    FrameRegistration, GC_MEMORY_AVAILABLE, GC_MEMORY_COMMITTED, GC_MEMORY_COMPACTED, GC_MEMORY_FINALIZERS, GC_MEMORY_GENERATION,
    GC_MEMORY_HEAP, GC_MEMORY_HIGH_LOAD, GC_MEMORY_INDEX, GC_MEMORY_LOAD, GC_MEMORY_PAUSE, GC_MEMORY_PERCENTAGE, GC_MEMORY_PINNED,
    GC_MEMORY_PROMOTED,
};
use kiln_abi::program::exception_kind;
use kiln_pal::time;
use kiln_rt::alloc::{self, Counter};
use kiln_rt::heap::Stats;
use kiln_rt::heap::quiet::Quiet;
use kiln_rt::helpers::RhpThrowHelper;
use kiln_rt::mt::Obj;
use kiln_rt::thread::{current, push_roots};
use kiln_rt::{finalize, header, lock};

use crate::qcall::ObjectHandle;

fn count(what: Counter) -> i64 {
    // SAFETY: natives are called inside.
    unsafe { alloc::counter(what) as i64 }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn GCInterface_Collect(generation: i32, _mode: i32) {
    // Who collects in a loop waits for something that another thread does.
    lock::pass(lock::frame());
    // SAFETY: a point where every root is known.
    unsafe { alloc::collect(generation) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn GCInterface_GetTotalMemory() -> i64 {
    count(Counter::Used)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn GCInterface_GetTotalAllocatedBytesPrecise() -> i64 {
    count(Counter::Allocated)
}

#[unsafe(export_name = "System.GC::GetTotalAllocatedBytesApproximate():System.Int64")]
unsafe extern "C" fn total_allocated() -> i64 {
    count(Counter::Allocated)
}

#[unsafe(export_name = "System.GC::GetAllocatedBytesForCurrentThread():System.Int64")]
unsafe extern "C" fn thread_allocated() -> i64 {
    count(Counter::Thread)
}

#[unsafe(export_name = "System.GC::_CollectionCount(System.Int32,System.Int32):System.Int32")]
unsafe extern "C" fn collection_count(generation: i32, _special: i32) -> i32 {
    match generation {
        // Every collection begins with the nursery.
        0 => count(Counter::Minor) as i32,
        1 => count(Counter::Middle) as i32,
        2 => count(Counter::Major) as i32,
        _ => 0,
    }
}

#[unsafe(export_name = "System.GC::GetGeneration(System.Object):System.Int32")]
unsafe extern "C" fn generation(object: Obj) -> i32 {
    // SAFETY: an object.
    unsafe {
        if object.is_null() {
            RhpThrowHelper(exception_kind::ARGUMENT_NULL, c"obj".as_ptr());
        }
        alloc::generation(object)
    }
}

#[unsafe(export_name = "System.GC::GetMaxGeneration():System.Int32")]
extern "C" fn max_generation() -> i32 {
    2
}

/// What a tick of `TimeSpan` has of nanoseconds.
const TICK: u64 = 100;

#[unsafe(export_name = "System.GC::_GetTotalPauseDuration():System.Int64")]
unsafe extern "C" fn pause_duration() -> i64 {
    (stats().nanoseconds / TICK) as i64
}

fn stats() -> Stats {
    // SAFETY: natives are called inside.
    unsafe { alloc::stats() }
}

/// Part of the program's time that collections took so far, of `whole`.
fn part_in_gc(whole: u64) -> i32 {
    let time = time::nanoseconds().saturating_sub(kiln_rt::startup::started()).max(1);
    (stats().nanoseconds.saturating_mul(whole) / time).min(whole) as i32
}

#[unsafe(export_name = "System.GC::GetLastGCPercentTimeInGC():System.Int32")]
extern "C" fn percent_in_gc() -> i32 {
    part_in_gc(100)
}

#[unsafe(export_name = "System.GC::GetGenerationSize(System.Int32):System.UInt64")]
unsafe extern "C" fn generation_size(generation: i32) -> u64 {
    if generation == 2 { count(Counter::Used) as u64 } else { 0 }
}

#[unsafe(export_name = "System.GC::GetSegmentSize():System.UInt64")]
extern "C" fn segment_size() -> u64 {
    4 << 20
}

/// Thresholds, loads, sizes.
#[unsafe(export_name = "System.GC::GetMemoryInfo(System.GCMemoryInfoData,System.Int32):System.Void")]
unsafe extern "C" fn memory_info(data: Obj, _kind: i32) {
    let (total, free) = kiln_pal::memory::physical();
    let heap = count(Counter::Used);
    let last = stats().last;
    let fields = [
        (GC_MEMORY_HIGH_LOAD, total / 10 * 9),
        (GC_MEMORY_AVAILABLE, total),
        (GC_MEMORY_LOAD, total - free),
        (GC_MEMORY_HEAP, heap),
        (GC_MEMORY_COMMITTED, heap),
        (GC_MEMORY_PROMOTED, last.promoted as i64),
        (GC_MEMORY_PINNED, last.pinned as i64),
        // SAFETY: natives are called inside.
        (GC_MEMORY_FINALIZERS, unsafe { finalize::due() } as i64),
        (GC_MEMORY_INDEX, count(Counter::Minor)),
        (GC_MEMORY_PAUSE, (last.nanoseconds / TICK) as i64),
    ];
    for (offset, value) in fields {
        // SAFETY: 64-bit fields of the object.
        unsafe { data.add(offset).cast::<i64>().write(value) }
    }
    // SAFETY: 32-bit fields of the object, and a byte.
    unsafe {
        data.add(GC_MEMORY_GENERATION).cast::<i32>().write(i32::from(last.generation));
        data.add(GC_MEMORY_PERCENTAGE).cast::<i32>().write(part_in_gc(100 * 100));
        data.add(GC_MEMORY_COMPACTED).write(1);
    }
}

#[unsafe(export_name = "System.GC::_SuppressFinalize(System.Object):System.Void")]
unsafe extern "C" fn suppress_finalize(object: Obj) {
    // SAFETY: an object (the caller checked for null).
    unsafe { header::suppress_finalizer(object) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn GCInterface_ReRegisterForFinalize(object: ObjectHandle) {
    // SAFETY: an object.
    unsafe { finalize::register_again(object.get()) }
}

/// Native memory that objects keep, as the program says: all, and what was added since it made a collection necessary.
static PRESSURE: AtomicU64 = AtomicU64::new(0);
static ADDED: AtomicU64 = AtomicU64::new(0);
/// Less does not make one necessary.
const SMALLEST_PRESSURE: u64 = 4 << 20;

/// A collection may free what keeps native memory: one comes when half as much as there is was added, or a third of the managed heap.
#[unsafe(no_mangle)]
unsafe extern "C" fn GCInterface_AddMemoryPressure(bytes: u64) {
    let all = PRESSURE.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes);
    let added = ADDED.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes);
    let heap = u64::try_from(count(Counter::Used)).unwrap_or(0);
    if added > SMALLEST_PRESSURE.max(all / 2).max(heap / 3) && !is_quiet() {
        ADDED.store(0, Ordering::Relaxed);
        // SAFETY: a point where every root is known.
        unsafe { alloc::collect(2) }
    }
}

#[unsafe(no_mangle)]
extern "C" fn GCInterface_RemoveMemoryPressure(bytes: u64) {
    let less = |all: u64| Some(all.saturating_sub(bytes));
    let _ = PRESSURE.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
}

/// `System.GC.StartNoGCRegionStatus`.
mod start_status {
    pub const SUCCEEDED: i32 = 0;
    pub const NOT_ENOUGH_MEMORY: i32 = 1;
    pub const IN_PROGRESS: i32 = 3;
}

/// Collects, then puts collections off until so many bytes were allocated; how they divide among the heap's parts does not matter here.
#[unsafe(no_mangle)]
unsafe extern "C" fn GCInterface_StartNoGCRegion(total: i64, _has_loh: i32, _loh: i64, disallow_full: i32) -> i32 {
    // SAFETY: natives are called inside; a point where every root is known.
    unsafe {
        // Who asks twice has neither, as on CoreCLR.
        if matches!(alloc::end_quiet(), Quiet::On(_)) {
            return start_status::IN_PROGRESS;
        }
        if total > kiln_pal::memory::physical().0 {
            return start_status::NOT_ENOUGH_MEMORY;
        }
        alloc::collect(if disallow_full != 0 { 1 } else { 2 });
        alloc::begin_quiet(usize::try_from(total).unwrap_or(0));
    }
    start_status::SUCCEEDED
}

/// `System.GC.EndNoGCRegionStatus`: succeeded, not in progress (as well when more was allocated than was said), a collection was induced.
#[unsafe(no_mangle)]
unsafe extern "C" fn GCInterface_EndNoGCRegion() -> i32 {
    // SAFETY: natives are called inside.
    match unsafe { alloc::end_quiet() } {
        Quiet::On(_) => 0,
        Quiet::Off | Quiet::Exceeded => 1,
        Quiet::Induced => 2,
    }
}

/// Somebody waits for complete collections.
static NOTIFIES: AtomicBool = AtomicBool::new(false);

#[unsafe(export_name = "System.GC::_RegisterForFullGCNotification(System.Int32,System.Int32):System.Boolean")]
extern "C" fn register_notification(_max_generation: i32, _large: i32) -> i32 {
    NOTIFIES.store(true, Ordering::Relaxed);
    1
}

#[unsafe(export_name = "System.GC::_CancelFullGCNotification():System.Boolean")]
extern "C" fn cancel_notification() -> i32 {
    NOTIFIES.store(false, Ordering::Relaxed);
    1
}

/// `GCNotificationStatus`.
mod notification {
    pub const SUCCEEDED: i32 = 0;
    pub const CANCELED: i32 = 2;
    pub const TIMEOUT: i32 = 3;
    pub const NOT_APPLICABLE: i32 = 4;
}

/// Waits for a complete collection, looking from time to time: one takes longer than that.
fn wait_for_full(milliseconds: i32) -> i32 {
    const STEP: u32 = 5000;
    if !NOTIFIES.load(Ordering::Relaxed) {
        return notification::NOT_APPLICABLE;
    }
    let (before, end) = (stats().major, time::milliseconds() + i64::from(milliseconds));
    while stats().major == before {
        if !NOTIFIES.load(Ordering::Relaxed) {
            return notification::CANCELED;
        }
        if milliseconds >= 0 && time::milliseconds() >= end {
            return notification::TIMEOUT;
        }
        lock::outside(lock::frame(), || time::sleep_microseconds(STEP));
    }
    notification::SUCCEEDED
}

/// A collection stops the program: that one approaches is told when it is over.
#[unsafe(no_mangle)]
extern "C" fn GCInterface_WaitForFullGCApproach(milliseconds: i32) -> i32 {
    wait_for_full(milliseconds)
}

#[unsafe(no_mangle)]
extern "C" fn GCInterface_WaitForFullGCComplete(milliseconds: i32) -> i32 {
    wait_for_full(milliseconds)
}

/// `RefreshMemoryStatus.Succeeded`: the limits of the machine are read whenever they are asked for.
#[unsafe(no_mangle)]
extern "C" fn GCInterface_RefreshMemoryLimit() -> i32 {
    0
}

/// Bytes that may be allocated in a generation between collections.
#[unsafe(no_mangle)]
unsafe extern "C" fn GCInterface_GetGenerationBudget(_generation: i32) -> i64 {
    // SAFETY: natives are called inside.
    unsafe { alloc::nursery_size() as i64 }
}

#[unsafe(export_name = "System.Runtime.GCSettings::get_IsServerGC():System.Boolean")]
extern "C" fn is_server() -> i32 {
    0
}

/// `GCLatencyMode.Interactive`, what programs start with.
const INTERACTIVE: i32 = 1;
/// `GCLatencyMode.NoGCRegion`.
const NO_GC_REGION: i32 = 4;
/// What the program set. All collections are short ones or complete ones: no mode changes what they do.
static LATENCY: AtomicI32 = AtomicI32::new(INTERACTIVE);

fn is_quiet() -> bool {
    // SAFETY: natives are called inside.
    matches!(unsafe { alloc::quiet() }, Quiet::On(_))
}

#[unsafe(export_name = "System.Runtime.GCSettings::GetGCLatencyMode():System.Runtime.GCLatencyMode")]
extern "C" fn latency_mode() -> i32 {
    if is_quiet() { NO_GC_REGION } else { LATENCY.load(Ordering::Relaxed) }
}

/// 1: not now.
#[unsafe(export_name = "System.Runtime.GCSettings::SetGCLatencyMode(System.Runtime.GCLatencyMode):System.Runtime.GCSettings+SetLatencyModeStatus")]
extern "C" fn set_latency_mode(mode: i32) -> i32 {
    if is_quiet() {
        return 1;
    }
    LATENCY.store(mode, Ordering::Relaxed);
    0
}

/// `GCLargeObjectHeapCompactionMode`: Default, and CompactOnce until the next complete collection.
const DEFAULT: i32 = 1;
/// What the program asked for, and how many complete collections there had been. Large objects lie in whole pages, which go back to the
/// system one by one when they are free: there is nothing to compact.
static COMPACTION: AtomicI32 = AtomicI32::new(DEFAULT);
static ASKED_AT: AtomicU64 = AtomicU64::new(0);

#[unsafe(export_name = "System.Runtime.GCSettings::GetLOHCompactionMode():System.Runtime.GCLargeObjectHeapCompactionMode")]
extern "C" fn loh_mode() -> i32 {
    if stats().major > ASKED_AT.load(Ordering::Relaxed) { DEFAULT } else { COMPACTION.load(Ordering::Relaxed) }
}

#[unsafe(export_name = "System.Runtime.GCSettings::SetLOHCompactionMode(System.Runtime.GCLargeObjectHeapCompactionMode):System.Void")]
extern "C" fn set_loh_mode(mode: i32) {
    COMPACTION.store(mode, Ordering::Relaxed);
    ASKED_AT.store(stats().major, Ordering::Relaxed);
}

#[unsafe(export_name = "System.Runtime.JitInfo::GetCompiledILBytes(System.Boolean):System.Int64")]
extern "C" fn jit_bytes(_this_thread: i32) -> i64 {
    0
}

#[unsafe(export_name = "System.Runtime.JitInfo::GetCompiledMethodCount(System.Boolean):System.Int64")]
extern "C" fn jit_methods(_this_thread: i32) -> i64 {
    0
}

#[unsafe(export_name = "System.Runtime.JitInfo::GetCompilationTimeInTicks(System.Boolean):System.Int64")]
extern "C" fn jit_ticks(_this_thread: i32) -> i64 {
    0
}

#[unsafe(export_name = "System.Runtime.GCFrameRegistration::RegisterForGCReporting(System.Runtime.GCFrameRegistration*):System.Void")]
unsafe extern "C" fn register_frame(registration: *mut FrameRegistration) {
    // SAFETY: a record of the caller's frame, which unregisters it.
    unsafe {
        (*registration).roots.count = (*registration).count as usize;
        push_roots(&raw mut (*registration).roots);
    }
}

/// Registrations may end in any order.
#[unsafe(export_name = "System.Runtime.GCFrameRegistration::UnregisterForGCReporting(System.Runtime.GCFrameRegistration*):System.Void")]
unsafe extern "C" fn unregister_frame(registration: *mut FrameRegistration) {
    // SAFETY: this thread's records; the list ends with null.
    unsafe {
        let record = &raw mut (*registration).roots;
        let mut link = &raw mut (*current()).local_roots;
        while !(*link).is_null() {
            if core::ptr::eq(*link, record) {
                *link = (*record).next;
                return;
            }
            link = &raw mut (**link).next;
        }
    }
}
