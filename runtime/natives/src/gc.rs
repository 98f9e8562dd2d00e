//! `System.GC`, `GCSettings`: the collector's switches and counters.

use kiln_abi::managed::{
    FrameRegistration, GC_MEMORY_AVAILABLE, GC_MEMORY_COMMITTED, GC_MEMORY_HEAP, GC_MEMORY_HIGH_LOAD, GC_MEMORY_INDEX, GC_MEMORY_LOAD,
};
use kiln_rt::alloc::{self, Counter};
use kiln_rt::mt::Obj;
use kiln_rt::thread::{current, push_roots};
use kiln_rt::{finalize, header};

use crate::qcall::ObjectHandle;

fn count(what: Counter) -> i64 {
    // SAFETY: natives are called inside.
    unsafe { alloc::counter(what) as i64 }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn GCInterface_Collect(generation: i32, _mode: i32) {
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
    count(Counter::Allocated)
}

#[unsafe(export_name = "System.GC::_CollectionCount(System.Int32,System.Int32):System.Int32")]
unsafe extern "C" fn collection_count(generation: i32, _special: i32) -> i32 {
    match generation {
        // A major collection begins with a minor one.
        0 => count(Counter::Minor) as i32,
        1 | 2 => count(Counter::Major) as i32,
        _ => 0,
    }
}

#[unsafe(export_name = "System.GC::GetGeneration(System.Object):System.Int32")]
unsafe extern "C" fn generation(object: Obj) -> i32 {
    // SAFETY: an object.
    unsafe { alloc::generation(object) }
}

#[unsafe(export_name = "System.GC::GetMaxGeneration():System.Int32")]
extern "C" fn max_generation() -> i32 {
    2
}

#[unsafe(export_name = "System.GC::_GetTotalPauseDuration():System.Int64")]
unsafe extern "C" fn pause_duration() -> i64 {
    0
}

#[unsafe(export_name = "System.GC::GetLastGCPercentTimeInGC():System.Int32")]
extern "C" fn percent_in_gc() -> i32 {
    0
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
    let fields = [
        (GC_MEMORY_HIGH_LOAD, total / 10 * 9),
        (GC_MEMORY_AVAILABLE, total),
        (GC_MEMORY_LOAD, total - free),
        (GC_MEMORY_HEAP, heap),
        (GC_MEMORY_COMMITTED, heap),
        (GC_MEMORY_INDEX, count(Counter::Minor) + count(Counter::Major)),
    ];
    for (offset, value) in fields {
        // SAFETY: 64-bit fields of the object.
        unsafe { data.add(offset).cast::<i64>().write(value) }
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

#[unsafe(no_mangle)]
extern "C" fn GCInterface_AddMemoryPressure(_bytes: u64) {}

#[unsafe(no_mangle)]
extern "C" fn GCInterface_RemoveMemoryPressure(_bytes: u64) {}

/// No-GC regions are not offered: 1 = NotEnoughMemory.
#[unsafe(no_mangle)]
extern "C" fn GCInterface_StartNoGCRegion(_total: i64, _has_loh: i32, _loh: i64, _disallow_full: i32) -> i32 {
    1
}

/// 1 = not in progress.
#[unsafe(no_mangle)]
extern "C" fn GCInterface_EndNoGCRegion() -> i32 {
    1
}

#[unsafe(export_name = "System.Runtime.GCSettings::get_IsServerGC():System.Boolean")]
extern "C" fn is_server() -> i32 {
    0
}

/// Interactive.
#[unsafe(export_name = "System.Runtime.GCSettings::GetGCLatencyMode():System.Runtime.GCLatencyMode")]
extern "C" fn latency_mode() -> i32 {
    1
}

#[unsafe(export_name = "System.Runtime.GCSettings::SetGCLatencyMode(System.Runtime.GCLatencyMode):System.Runtime.GCSettings+SetLatencyModeStatus")]
extern "C" fn set_latency_mode(_mode: i32) -> i32 {
    0
}

/// Default.
#[unsafe(export_name = "System.Runtime.GCSettings::GetLOHCompactionMode():System.Runtime.GCLargeObjectHeapCompactionMode")]
extern "C" fn loh_mode() -> i32 {
    1
}

#[unsafe(export_name = "System.Runtime.GCSettings::SetLOHCompactionMode(System.Runtime.GCLargeObjectHeapCompactionMode):System.Void")]
extern "C" fn set_loh_mode(_mode: i32) {}

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
