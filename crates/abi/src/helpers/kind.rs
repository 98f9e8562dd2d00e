//! What helpers take and give: for compiled code a register type, for the runtime a Rust type.

use crate::dispatch::{DispatchCell, GvmHandle};
use crate::method_table::MethodTable;
use crate::object::Obj;
use crate::statics::{StaticsHeader, ThreadStaticsDescriptor};
use crate::thread::{CallbackFrame, FilterFrame, NativeCall};
use core::ffi::c_char;

/// How compiled code passes a value (LIR's types of the same names).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Register {
    /// No result.
    Void,
    /// An object or a managed byref: the collector sees and updates it.
    Ref,
    /// A raw address.
    Ptr,
    /// A 32-bit integer.
    I32,
    /// A 64-bit or native integer.
    I64,
}

/// A parameter or a result, seen from both sides.
pub trait Kind {
    /// What compiled code passes.
    const REGISTER: Register;
    /// What the runtime takes.
    type Rust;
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident: $register:ident = $rust:ty;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug)]
            pub enum $name {}

            impl Kind for $name {
                const REGISTER: Register = Register::$register;
                type Rust = $rust;
            }
        )*
    };
}

kinds! {
    /// No result.
    Nothing: Void = ();
    /// An object or null.
    Object: Ref = Obj;
    /// A byref to a value, in an object or elsewhere, that is written.
    ByRef: Ref = *mut u8;
    /// A byref to a value, in an object or elsewhere, that is only read.
    ReadOnlyByRef: Ref = *const u8;
    /// A byref to a reference.
    Slot: Ref = *mut Obj;
    /// A type.
    Table: Ptr = *const MethodTable;
    /// Raw memory outside of the heap, written.
    Memory: Ptr = *mut u8;
    /// The address of code, or of constant data that has no record.
    Address: Ptr = *const u8;
    /// A writable word that keeps the address of code.
    CodeCell: Ptr = *mut *const u8;
    /// NUL-terminated UTF-8.
    Text: Ptr = *const c_char;
    /// Lengths or bounds of an array.
    Bounds: Ptr = *const i32;
    /// A statics block.
    Statics: Ptr = *mut StaticsHeader;
    /// A description of thread statics.
    ThreadStatics: Ptr = *const ThreadStaticsDescriptor;
    /// A dispatch cell.
    Cell: Ptr = *mut DispatchCell;
    /// A generic virtual method.
    GenericVirtual: Ptr = *const GvmHandle;
    /// A frame that has filters.
    Filters: Ptr = *mut FilterFrame;
    /// A call of a C function.
    Outside: Ptr = *mut NativeCall;
    /// A call by a C function.
    Callback: Ptr = *mut CallbackFrame;
    /// A 32-bit integer.
    Int32: I32 = i32;
    /// A native integer.
    NativeInt: I64 = isize;
}
