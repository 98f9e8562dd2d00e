//! The processor: every frame that an exception passes or stops in, the fast paths in assembly, and registers.

#[cfg(target_arch = "x86_64")]
mod x64;
#[cfg(target_arch = "x86_64")]
pub use x64::*;

#[cfg(not(target_arch = "x86_64"))]
compile_error!("kiln-rt: this architecture's assembly is missing");
