//! Fields of CoreLib's managed types whose places the compiler or the runtime knows. Each is a constant or part of a record here, and a
//! row of the list by which every build compares it with the class library at hand: one that lies elsewhere is an error that names it.
//!
//! What is here is the same in all supported versions of .NET; what is not is in the file of the version (`version/`).

pub mod system_native;

use crate::method_table::{AuxData, MethodTable};
use crate::object::{ARRAY_DATA_OFFSET, ARRAY_LENGTH_OFFSET, BOX_DATA_OFFSET, Obj, STRING_CHARS_OFFSET, STRING_LENGTH_OFFSET};
use crate::record;
use crate::thread::LocalRoots;
use core::mem::offset_of;

/// A field whose place is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ManagedField {
    /// Full name of its type.
    pub ty: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Offset: in a class from the object pointer, in a struct from its start.
    pub offset: usize,
}

/// Numbers that the code of a method of CoreLib has, because they stand for the same as here: flags that it tests.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ManagedNumbers {
    /// Full name of its type.
    pub ty: &'static str,
    /// The method's name.
    pub method: &'static str,
    /// The numbers: its IL loads each of them.
    pub numbers: &'static [u32],
}

macro_rules! fields {
    ($( $ty:literal { $( $( $(#[$doc:meta])* const $constant:ident )? $name:literal = $offset:expr; )* } )*) => {
        $( $( $( $(#[$doc])* pub const $constant: usize = $offset; )? )* )*

        /// All of them.
        pub const FIELDS: &[ManagedField] = &[$( $( ManagedField { ty: $ty, name: $name, offset: $offset }, )* )*];
    };
}

fields! {
    "System.Runtime.CompilerServices.RawData" {
        "Data" = BOX_DATA_OFFSET;
    }
    "System.Runtime.CompilerServices.RawArrayData" {
        "Length" = ARRAY_LENGTH_OFFSET;
        "Data" = ARRAY_DATA_OFFSET;
    }
    "System.String" {
        "_stringLength" = STRING_LENGTH_OFFSET;
        "_firstChar" = STRING_CHARS_OFFSET;
    }
    "System.Delegate" {
        /// The object that the method is called on; of an open delegate the delegate itself.
        const DELEGATE_TARGET "_target" = 8;
        /// An object that stands for the method, or null.
        const DELEGATE_METHOD_BASE "_methodBase" = 16;
        /// Code, called with the target.
        const DELEGATE_METHOD_PTR "_methodPtr" = 24;
        /// Code of an open delegate's method.
        const DELEGATE_METHOD_PTR_AUX "_methodPtrAux" = 32;
    }
    "System.MulticastDelegate" {
        /// Several delegates.
        const DELEGATE_INVOCATION_LIST "_invocationList" = 40;
        /// Their number.
        const DELEGATE_INVOCATION_COUNT "_invocationCount" = 48;
    }
    "System.Exception" {
        /// The message, or null for the type's own.
        const EXCEPTION_MESSAGE "_message" = 16;
        /// The inner exception.
        const EXCEPTION_INNER "_innerException" = 32;
        /// The stack trace: an array of return addresses.
        const EXCEPTION_STACK_TRACE "_stackTrace" = 48;
        /// Its text, of an exception that was thrown elsewhere.
        const EXCEPTION_STACK_TRACE_STRING "_stackTraceString" = 64;
        /// The number that COM knows the exception by.
        const EXCEPTION_HRESULT "_HResult" = 108;
    }
    "System.RuntimeType" {
        /// The MethodTable.
        const RUNTIME_TYPE_HANDLE "m_handle" = 24;
    }
    "System.Reflection.RuntimeModule" {
        /// The module's `ModuleInfo`.
        const MODULE_DATA "m_pData" = 24;
    }
    "System.Reflection.RuntimeMethodInfo" {
        /// The handle of a method, in everything that is an `IRuntimeMethodInfo`.
        const METHOD_INFO_HANDLE "m_handle" = 80;
    }
    "System.Reflection.RuntimeConstructorInfo" {
        "m_handle" = METHOD_INFO_HANDLE;
    }
    "System.RuntimeMethodInfoStub" {
        "m_value" = METHOD_INFO_HANDLE;
    }
    "System.Reflection.RtFieldInfo" {
        /// The handle of a field, in everything that is an `IRuntimeFieldInfo`.
        const FIELD_INFO_HANDLE "m_fieldHandle" = 56;
    }
    "System.RuntimeFieldInfoStub" {
        "m_fieldHandle" = FIELD_INFO_HANDLE;
    }
    "System.RuntimeTypeHandle" {
        "m_type" = 0;
    }
    "System.RuntimeMethodHandle" {
        "m_value" = 0;
    }
    "System.RuntimeFieldHandle" {
        "m_ptr" = 0;
    }
    "System.GCMemoryInfoData" {
        /// Load of the machine's memory from which on the collector hurries.
        const GC_MEMORY_HIGH_LOAD "_highMemoryLoadThresholdBytes" = 8;
        /// Memory that the program may use.
        const GC_MEMORY_AVAILABLE "_totalAvailableMemoryBytes" = 16;
        /// Memory in use on the machine.
        const GC_MEMORY_LOAD "_memoryLoadBytes" = 24;
        /// Bytes of the heap.
        const GC_MEMORY_HEAP "_heapSizeBytes" = 32;
        /// Bytes that the heap took from the system.
        const GC_MEMORY_COMMITTED "_totalCommittedBytes" = 48;
        /// Bytes that the last collection moved out of the nursery.
        const GC_MEMORY_PROMOTED "_promotedBytes" = 56;
        /// Objects that it found pinned.
        const GC_MEMORY_PINNED "_pinnedObjectsCount" = 64;
        /// Finalizers that are due.
        const GC_MEMORY_FINALIZERS "_finalizationPendingCount" = 72;
        /// Number of the collection.
        const GC_MEMORY_INDEX "_index" = 80;
        /// Its generation.
        const GC_MEMORY_GENERATION "_generation" = 88;
        /// Part of the time that collections took, in hundredths of a percent.
        const GC_MEMORY_PERCENTAGE "_pauseTimePercentage" = 92;
        /// Whether it moved objects.
        const GC_MEMORY_COMPACTED "_compacted" = 96;
        /// How long it took, in ticks.
        const GC_MEMORY_PAUSE "_pauseDuration0" = 264;
    }
    "System.Runtime.CompilerServices.MethodTable" {
        // The component size is the low half of the flags.
        "ComponentSize" = offset_of!(MethodTable, flags);
        "Flags" = offset_of!(MethodTable, flags);
        "BaseSize" = offset_of!(MethodTable, base_size);
        "InterfaceCount" = offset_of!(MethodTable, interface_count);
        "ParentMethodTable" = offset_of!(MethodTable, parent);
        "AuxiliaryData" = offset_of!(MethodTable, aux);
        "ElementType" = offset_of!(MethodTable, element_type);
        "InterfaceMap" = offset_of!(MethodTable, interface_map);
    }
    "System.Runtime.CompilerServices.MethodTableAuxiliaryData" {
        "Flags" = offset_of!(AuxData, flags);
    }
    "System.Runtime.CompilerServices.TypeHandle" {
        "m_asTAddr" = 0;
    }
    "System.Runtime.CompilerServices.ObjectHandleOnStack" {
        "_ptr" = 0;
    }
    "System.Runtime.CompilerServices.StringHandleOnStack" {
        "_ptr" = 0;
    }
    "System.Runtime.CompilerServices.QCallTypeHandle" {
        "_ptr" = offset_of!(QCallTypeHandle, object);
        "_handle" = offset_of!(QCallTypeHandle, handle);
    }
    "System.Runtime.CompilerServices.QCallAssembly" {
        "_ptr" = offset_of!(QCallHandle, object);
        "_assembly" = offset_of!(QCallHandle, handle);
    }
    "System.Runtime.CompilerServices.QCallModule" {
        "_ptr" = offset_of!(QCallHandle, object);
        "_module" = offset_of!(QCallHandle, handle);
    }
    "System.Reflection.ConstArray" {
        "m_length" = offset_of!(ConstArray, length);
        "m_constArray" = offset_of!(ConstArray, bytes);
    }
    "System.Runtime.GCFrameRegistration" {
        "_reserved1" = offset_of!(LocalRoots, next);
        "_reserved2" = offset_of!(LocalRoots, count);
        "_pObjRefs" = offset_of!(LocalRoots, slots);
        "_numObjRefs" = offset_of!(FrameRegistration, count);
        "_maybeInterior" = offset_of!(FrameRegistration, maybe_interior);
    }
}

record! {
    /// `QCallTypeHandle`: a type, as QCalls get it.
    #[derive(Clone, Copy)]
    pub struct QCallTypeHandle {
        /// The stack slot of its RuntimeType.
        pub object: *mut Obj,
        /// Its MethodTable.
        pub handle: *const MethodTable,
    }
}

record! {
    /// `QCallAssembly` and `QCallModule`.
    #[derive(Clone, Copy)]
    pub struct QCallHandle {
        /// The stack slot of the object.
        pub object: *mut Obj,
        /// Its native pointer.
        pub handle: *mut u8,
    }
}

record! {
    /// `ConstArray`: bytes of metadata.
    pub struct ConstArray {
        /// Number of them.
        pub length: i32,
        /// The first.
        pub bytes: *const u8,
    }
}

record! {
    /// `GCFrameRegistration`: reserved for the runtime are the first two words, then come the slots and their number. So it doubles as a
    /// record of local roots.
    pub struct FrameRegistration {
        /// The record.
        pub roots: LocalRoots,
        /// Number of slots.
        pub count: u32,
        /// They may point into objects.
        pub maybe_interior: i32,
    }
}
