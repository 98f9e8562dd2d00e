//! `System.Runtime.Loader.AssemblyLoadContext`, and what else asks for a loader and a compiler at run time: a program loads no assemblies, so
//! all of its own are in the default context, and its code is compiled.

use kiln_rt::mt::Obj;

use crate::qcall::{NativeHandle, ObjectHandle, TypeHandle};

/// The context's own handle stands for it; nothing here asks for it again.
#[unsafe(no_mangle)]
extern "C" fn AssemblyNative_InitializeAssemblyLoadContext(context: *mut u8, _default: i32, _collectible: i32) -> *mut u8 {
    context
}

/// Null: the default context.
#[unsafe(no_mangle)]
extern "C" fn AssemblyNative_GetLoadContextForAssembly(_assembly: NativeHandle) -> *mut u8 {
    core::ptr::null_mut()
}

/// Nothing is in a context but the default one: there is nothing to release.
#[unsafe(no_mangle)]
extern "C" fn AssemblyNative_PrepareForAssemblyLoadContextRelease(_context: *mut u8, _strong: *mut u8) {}

#[unsafe(export_name = "System.Runtime.Loader.AssemblyLoadContext::IsTracingEnabled():System.Boolean")]
extern "C" fn is_tracing_enabled() -> i32 {
    0
}

/// There is no file whose place could be told.
#[unsafe(no_mangle)]
extern "C" fn AssemblyNative_GetCodeBase(_assembly: NativeHandle, _result: ObjectHandle) -> i32 {
    0
}

/// The program carries no metadata in the form of the standard.
#[unsafe(no_mangle)]
unsafe extern "C" fn AssemblyNative_InternalTryGetRawMetadata(_assembly: NativeHandle, blob: *mut *const u8, length: *mut i32) -> i32 {
    // SAFETY: out parameters of the caller.
    unsafe {
        blob.write(core::ptr::null());
        length.write(0);
    }
    0
}

#[unsafe(no_mangle)]
extern "C" fn AssemblyNative_IsApplyUpdateSupported() -> i32 {
    0
}

/// SHA-1, what assemblies say when nobody asked for another.
#[unsafe(no_mangle)]
extern "C" fn AssemblyNative_GetHashAlgorithm(_assembly: NativeHandle) -> i32 {
    0x8004
}

/// Hints for a compiler at run time.
#[unsafe(no_mangle)]
extern "C" fn MultiCoreJIT_InternalSetProfileRoot(_path: *const u16) {}

#[unsafe(no_mangle)]
extern "C" fn MultiCoreJIT_InternalStartProfile(_profile: *const u16, _context: *mut u8) {}

/// The row of the table Module (ECMA-335 II.22.30).
#[unsafe(export_name = "System.ModuleHandle::GetToken(System.Reflection.RuntimeModule):System.Int32")]
extern "C" fn module_token(_module: Obj) -> i32 {
    1
}

/// Version 2.0, that of the standard's tables since its fourth edition.
#[unsafe(export_name = "System.ModuleHandle::GetMDStreamVersion(System.Reflection.RuntimeModule):System.Int32")]
extern "C" fn stream_version(_module: Obj) -> i32 {
    0x0002_0000
}

/// `PortableExecutableKinds.ILOnly` and `ImageFileMachine.I386`: what assemblies for any processor say.
#[unsafe(no_mangle)]
unsafe extern "C" fn ModuleHandle_GetPEKind(_module: NativeHandle, kinds: *mut i32, machine: *mut i32) {
    // SAFETY: out parameters of the caller.
    unsafe {
        kinds.write(1);
        machine.write(0x014C);
    }
}

/// Code is compiled already.
#[unsafe(no_mangle)]
extern "C" fn ReflectionInvocation_CompileMethod(_method: usize) {}

/// Code is compiled already.
#[unsafe(no_mangle)]
extern "C" fn ReflectionInvocation_PrepareMethod(_method: usize, _instantiation: usize, _count: i32) {}

/// Zeroed memory that lives as long as the type: as long as the program.
#[unsafe(no_mangle)]
extern "C" fn RuntimeTypeHandle_AllocateTypeAssociatedMemory(_ty: TypeHandle, size: u32) -> *mut u8 {
    kiln_pal::memory::allocate_zeroed(size.max(1) as usize)
}
