//! `SystemNative_*`: the entry points that .NET's class library expects of `libSystem.Native`, as thin system calls.
//!
//! Signatures and structures are those of the `Interop.Sys` declarations in System.Private.CoreLib and System.Console; values that cross
//! the border (error codes, open flags, file types) are .NET's platform-independent ones and are translated here.
//! `compression` is `libSystem.IO.Compression.Native`, over zlib-rs.
//! `crypto` is the part of `libSystem.Security.Cryptography.Native.OpenSsl` that needs no OpenSSL: hashes and random bytes.
//! Linked statically; what a program does not reach is dropped by the linker.

#![cfg_attr(not(test), no_std)]

pub mod address;
pub mod blocking;
pub mod child;
pub mod compression;
pub mod console;
pub mod crypto;
pub mod dir;
pub mod errors;
pub mod events;
pub mod file;
pub mod hash;
pub mod mapping;
pub mod memory;
pub mod monitor;
pub mod mount;
pub mod network;
pub mod pipe;
pub mod process;
pub mod signal;
pub mod socket;
pub mod time;
pub mod watch;

/// Restarts a system call that a signal interrupted.
macro_rules! retry {
    ($call:expr) => {
        loop {
            let r = $call;
            if r >= 0 || crate::errors::errno() != libc::EINTR {
                break r;
            }
        }
    };
}
pub(crate) use retry;

#[cfg(test)]
kiln_rt::empty_program!();
