//! `System.GC`, `GCSettings`: the collector's switches and counters.

use crate::rt::{Obj, ObjectHandle};

unsafe extern "C" {
    /// Collects up to a generation (-1: all); mode as in `InternalGCCollectionMode`.
    fn kiln_gc_collect(generation: i32, mode: i32);
    /// Bytes in use on the heap.
    fn kiln_gc_heap_size() -> i64;
    /// Bytes allocated so far: by this thread (1) or all (0).
    fn kiln_gc_allocated_bytes(this_thread: i32) -> i64;
    /// Collections of at least this generation.
    fn kiln_gc_collection_count(generation: i32) -> i32;
    /// Generation that an object is in now.
    fn kiln_gc_generation(object: Obj) -> i32;
    /// Nanoseconds spent in pauses.
    fn kiln_gc_pause_nanoseconds() -> i64;
    /// The object needs no finalizer any more.
    fn kiln_suppress_finalize(object: Obj);
    /// It needs one again.
    fn kiln_register_finalize(object: Obj);
    /// Takes the next object whose finalizer has to run: stores it and returns the finalizer's code, or null.
    fn kiln_next_finalizable(result: *mut Obj) -> *const u8;
    /// Waits until the queue of finalizers is empty.
    fn kiln_wait_for_finalizers();
}

#[unsafe(no_mangle)]
unsafe extern "C" fn GCInterface_Collect(generation: i32, mode: i32) {
    // SAFETY: a point where every root is known.
    unsafe { kiln_gc_collect(generation, mode) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn GCInterface_GetTotalMemory() -> i64 {
    // SAFETY: a counter.
    unsafe { kiln_gc_heap_size() }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn GCInterface_GetTotalAllocatedBytesPrecise() -> i64 {
    // SAFETY: a counter.
    unsafe { kiln_gc_allocated_bytes(0) }
}

#[unsafe(export_name = "System.GC::GetTotalAllocatedBytesApproximate():System.Int64")]
unsafe extern "C" fn total_allocated() -> i64 {
    // SAFETY: a counter.
    unsafe { kiln_gc_allocated_bytes(0) }
}

#[unsafe(export_name = "System.GC::GetAllocatedBytesForCurrentThread():System.Int64")]
unsafe extern "C" fn thread_allocated() -> i64 {
    // SAFETY: a counter.
    unsafe { kiln_gc_allocated_bytes(1) }
}

#[unsafe(export_name = "System.GC::_CollectionCount(System.Int32,System.Int32):System.Int32")]
unsafe extern "C" fn collection_count(generation: i32, _special: i32) -> i32 {
    // SAFETY: a counter.
    unsafe { kiln_gc_collection_count(generation) }
}

#[unsafe(export_name = "System.GC::GetGeneration(System.Object):System.Int32")]
unsafe extern "C" fn generation(object: Obj) -> i32 {
    // SAFETY: an object.
    unsafe { kiln_gc_generation(object) }
}

#[unsafe(export_name = "System.GC::GetMaxGeneration():System.Int32")]
extern "C" fn max_generation() -> i32 {
    2
}

#[unsafe(export_name = "System.GC::_GetTotalPauseDuration():System.Int64")]
unsafe extern "C" fn pause_duration() -> i64 {
    // SAFETY: a counter; TimeSpan ticks are 100 ns.
    unsafe { kiln_gc_pause_nanoseconds() / 100 }
}

#[unsafe(export_name = "System.GC::GetLastGCPercentTimeInGC():System.Int32")]
extern "C" fn percent_in_gc() -> i32 {
    0
}

#[unsafe(export_name = "System.GC::GetGenerationSize(System.Int32):System.UInt64")]
unsafe extern "C" fn generation_size(generation: i32) -> u64 {
    // SAFETY: a counter.
    unsafe { if generation == 2 { kiln_gc_heap_size() as u64 } else { 0 } }
}

#[unsafe(export_name = "System.GC::GetSegmentSize():System.UInt64")]
extern "C" fn segment_size() -> u64 {
    4 << 20
}

/// Fills the leading fields of `GCMemoryInfoData` (sequential layout after the MethodTable): thresholds, loads, sizes.
#[unsafe(export_name = "System.GC::GetMemoryInfo(System.GCMemoryInfoData,System.Int32):System.Void")]
unsafe extern "C" fn memory_info(data: Obj, _kind: i32) {
    // SAFETY: `data` has ten 64-bit fields first.
    unsafe {
        let pages = libc::sysconf(libc::_SC_PHYS_PAGES).max(1);
        let page = libc::sysconf(libc::_SC_PAGESIZE).max(1);
        let free = libc::sysconf(libc::_SC_AVPHYS_PAGES).max(0);
        let total = pages * page;
        let fields = data.add(8).cast::<i64>();
        let heap = kiln_gc_heap_size();
        fields.write(total / 10 * 9);
        fields.add(1).write(total);
        fields.add(2).write(total - free * page);
        fields.add(3).write(heap);
        fields.add(5).write(heap);
        fields.add(9).write(i64::from(kiln_gc_collection_count(0)));
    }
}

#[unsafe(export_name = "System.GC::_SuppressFinalize(System.Object):System.Void")]
unsafe extern "C" fn suppress_finalize(object: Obj) {
    // SAFETY: an object (the caller checked for null).
    unsafe { kiln_suppress_finalize(object) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn GCInterface_ReRegisterForFinalize(object: ObjectHandle) {
    // SAFETY: an object.
    unsafe { kiln_register_finalize(object.get()) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn GCInterface_GetNextFinalizableObject(result: ObjectHandle) -> *const u8 {
    // SAFETY: a stack slot.
    unsafe { kiln_next_finalizable(result.0) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn GCInterface_WaitForPendingFinalizers() {
    // SAFETY: plain call.
    unsafe { kiln_wait_for_finalizers() }
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
