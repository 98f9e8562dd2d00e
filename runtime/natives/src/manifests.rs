//! What programs ask of assemblies themselves: embedded resources, references, public keys (`kiln_abi::manifest`).

use core::ptr::{null, null_mut};

use kiln_abi::manifest::{Manifest, Resource};
use kiln_abi::program::exception_kind;

use kiln_rt::array;
use kiln_rt::helpers::{RhpNewArray, RhpThrowHelper};
use kiln_rt::mt;

use crate::lookup;
use crate::members::tables;
use crate::qcall::{NativeHandle, ObjectHandle, StringHandle};
use crate::text::{c_bytes, decode, string_from_utf8, wide};

/// `System.Reflection.ResourceLocation`: Embedded and ContainedInManifestFile.
const IN_THE_ASSEMBLY: i32 = 1 | 4;

fn manifests() -> &'static [Manifest] {
    // SAFETY: null or an array that the compiler emitted.
    unsafe {
        let program = &kiln_rt::mt::program();
        if program.manifests.is_null() { &[] } else { core::slice::from_raw_parts(program.manifests, program.manifest_count as usize) }
    }
}

/// The manifest of an assembly by its display name, which is what an assembly's handle points to (see the overlay).
unsafe fn of(assembly: *const u8) -> Option<&'static Manifest> {
    // SAFETY: NUL-terminated names.
    unsafe { manifests().iter().find(|m| core::ptr::eq(m.assembly, assembly) || c_bytes(m.assembly) == c_bytes(assembly)) }
}

unsafe fn resources(assembly: NativeHandle) -> &'static [Resource] {
    // SAFETY: a handle; the array is as long as it says.
    unsafe {
        match of(assembly.handle) {
            Some(m) if m.resource_count > 0 => core::slice::from_raw_parts(m.resources, m.resource_count as usize),
            _ => &[],
        }
    }
}

unsafe fn resource(assembly: NativeHandle, name: *const u16) -> Option<&'static Resource> {
    // SAFETY: a handle; NUL-terminated names.
    unsafe {
        if name.is_null() {
            RhpThrowHelper(exception_kind::ARGUMENT_NULL, c"resourceName".as_ptr());
        }
        let name = wide(name);
        if name.is_empty() {
            RhpThrowHelper(exception_kind::ARGUMENT, c"String cannot have zero length.".as_ptr());
        }
        let is = |r: &&Resource| {
            let wanted = char::decode_utf16(name.iter().copied()).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER));
            decode(c_bytes(r.name)).eq(wanted)
        };
        resources(assembly).iter().find(is)
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn AssemblyNative_GetResource(assembly: NativeHandle, name: *const u16, size: *mut u32) -> *const u8 {
    // SAFETY: a handle, a NUL-terminated name, an out parameter.
    unsafe {
        let found = resource(assembly, name);
        size.write(found.map_or(0, |r| r.size as u32));
        found.map_or(null(), |r| r.bytes)
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn AssemblyNative_GetManifestResourceNames(assembly: NativeHandle, result: ObjectHandle) {
    // SAFETY: a handle; the array is read again after every allocation.
    unsafe {
        let all = resources(assembly);
        result.set(RhpNewArray(mt::well_known().string_array, all.len() as isize));
        for (i, r) in all.iter().enumerate() {
            let name = string_from_utf8(c_bytes(r.name));
            array::set(result.get(), i, name);
        }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn AssemblyNative_GetManifestResourceInfo(
    assembly: NativeHandle,
    name: *const u16,
    referenced: ObjectHandle,
    file: StringHandle,
) -> i32 {
    // SAFETY: a handle, a NUL-terminated name, out parameters.
    unsafe {
        // Resources in other files and assemblies are not kept.
        referenced.set(null_mut());
        file.set(null_mut());
        if resource(assembly, name).is_some() { IN_THE_ASSEMBLY } else { -1 }
    }
}

/// Display name of what an assembly refers to; null behind the last.
#[unsafe(export_name = "Kiln.Manifests::Reference(System.IntPtr,System.Int32):System.Byte*")]
unsafe extern "C" fn reference(assembly: *const u8, index: i32) -> *const u8 {
    // SAFETY: a handle; the array is as long as it says.
    unsafe {
        match of(assembly) {
            Some(m) if (index as u64) < m.reference_count => m.references.add(index as usize).read(),
            _ => null(),
        }
    }
}

/// Display name of an assembly that has types in the program, the application's first; null behind the last.
#[unsafe(export_name = "Kiln.Manifests::Loaded(System.Int32):System.Byte*")]
unsafe extern "C" fn loaded(index: i32) -> *const u8 {
    /// More than any framework has.
    const MOST: usize = 1024;
    let mut known = [null(); MOST];
    let mut count = 0;
    // SAFETY: types with the compiler's descriptions. Equal names have one address in the program's data.
    let types = lookup::types().iter().filter_map(|t| unsafe { mt::info(*t) }).map(|i| i.assembly).filter(|a| !a.is_null());
    for assembly in tables::modules().iter().map(|m| m.assembly).chain(types) {
        if count == MOST || known[..count].contains(&assembly) {
            continue;
        }
        if count == index as usize {
            return assembly;
        }
        known[count] = assembly;
        count += 1;
    }
    null()
}

/// Display name of an assembly that the program can ask about, one without types included; null behind the last.
#[unsafe(export_name = "Kiln.Manifests::Known(System.Int32):System.Byte*")]
extern "C" fn known(index: i32) -> *const u8 {
    manifests().get(index as usize).map_or(null(), |m| m.assembly)
}

/// The public key of an assembly; null when it has none.
#[unsafe(export_name = "Kiln.Manifests::PublicKey(System.IntPtr,System.Int32&):System.Byte*")]
unsafe extern "C" fn public_key(assembly: *const u8, size: *mut i32) -> *const u8 {
    // SAFETY: a handle and an out parameter.
    unsafe {
        let m = of(assembly);
        size.write(m.map_or(0, |m| m.public_key_size as i32));
        m.map_or(null(), |m| m.public_key)
    }
}
