//! The operating system, as the runtime sees it: memory, waiting, threads, time, output, environment, faults, the end of the process.
//!
//! Everything above (`kiln-rt`, natives) is written over these functions and names no system; `SystemNative_*` alone, which is a
//! shim of POSIX by its definition, calls the C library itself. Nothing here knows objects, or calls back into managed code.

#![cfg_attr(not(test), no_std)]

pub mod buf;
pub mod environment;
pub mod error;
pub mod fault;
pub mod image;
pub mod library;
pub mod memory;
pub mod output;
pub mod process;
pub mod processors;
pub mod threads;
pub mod time;
pub mod tls;
pub mod wait;

pub use buf::Buf;
pub use environment::number as env_number;
pub use memory::{decommit, reserve};
pub use output::{print, print_bytes, print_hex, print_number};
pub use process::{abort, fatal};
pub use time::nanoseconds;
