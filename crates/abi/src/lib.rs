//! The contract between compiled code, the data the compiler emits and the runtime: layouts, constants, helper signatures.
//!
//! `no_std`; both sides depend on it, so a layout or a signature exists once. Offsets that CoreLib's own IL reads are CoreCLR's
//! (MethodTable prefix, String, Array, Delegate, Exception); the rest is Kiln's.

#![no_std]

pub mod absent;
pub mod dispatch;
pub mod eh_info;
pub mod element_type;
pub mod gc_info;
pub mod helpers;
pub mod inlined;
pub mod interop;
pub mod line_info;
pub mod managed;
pub mod manifest;
pub mod method_table;
pub mod names;
pub mod object;
pub mod processor;
pub mod program;
pub mod proxies;
pub mod record;
pub mod reflection;
pub mod statics;
pub mod templates;
pub mod thread;
pub mod type_info;
pub mod version;
