//! What a program is compiled for: one value that every stage asks, and that is part of every cache key.
//!
//! From a .NET runtime identifier (RID) to plain data: architecture, operating system, C library and everything that follows from
//! them. No I/O, and nothing of the machine that Kiln runs on but [`Target::host`]. A fact about a system or a processor that two
//! stages need, or that differs between targets, belongs here and nowhere else; `cargo xtask tidy` looks for the words.
//! `docs/internals/targets.md` says what a new target takes.

#![forbid(unsafe_code)]

mod linux;

/// Instruction set.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Architecture {
    /// x86-64.
    X64,
    /// AArch64.
    Arm64,
}

/// Operating system.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum OperatingSystem {
    /// Linux.
    Linux,
}

/// The C library that a program is linked with.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CLibrary {
    /// The GNU C library.
    Glibc {
        /// The oldest version whose symbols the runtime's calls are bound to.
        floor: (u8, u8),
    },
}

/// Format of objects and executables.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ObjectFormat {
    /// ELF, 64 bits, little endian.
    Elf,
}

/// How C functions take their arguments and give their results.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CConvention {
    /// System V psABI for x86-64.
    SysV,
    /// Procedure call standard of the Arm 64-bit architecture, as Linux uses it.
    Aapcs64,
}

/// How exceptions find their handlers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ExceptionScheme {
    /// `.eh_frame`, `.gcc_except_table` and the `_Unwind_*` functions of the Itanium C++ ABI.
    Itanium,
}

/// How stores of one thread may look to another.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum MemoryModel {
    /// Stores are seen in program order: an object is whole before a reference to it is seen.
    TotalStoreOrder,
    /// They are not: a store that publishes an object must be a release.
    Weak,
}

/// Where a frame's canonical address (CFA: the stack pointer before the call) is, seen from its frame pointer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FrameShape {
    /// At this distance in every function, so that the stack pointer at a call is known from the callee's frame pointer.
    Fixed(u8),
    /// It differs by function: slots are addressed from the frame pointer alone.
    PerFunction,
}

/// The registers that stack maps and unwind tables name.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FrameRegisters {
    /// DWARF number of the stack pointer.
    pub sp: u16,
    /// DWARF number of the frame pointer.
    pub fp: u16,
    /// Where the canonical address is.
    pub shape: FrameShape,
}

/// The linker and what it is told.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Linker {
    /// `ld.lld`, with the options of GNU ld.
    Gnu(GnuLinker),
}

/// What `ld.lld` needs to know.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct GnuLinker {
    /// Emulation (`-m`).
    pub emulation: &'static str,
    /// The dynamic loader.
    pub loader: &'static str,
    /// First word of GCC's name of the target: its folders begin with it.
    pub gcc: &'static str,
    /// The target's name in folders of libraries (`/usr/lib/NAME`, `/usr/NAME/lib`).
    pub multiarch: &'static str,
    /// File of the C library with the entry point of a dynamic executable.
    pub start: &'static str,
    /// The same for a static one.
    pub static_start: &'static str,
    /// File before all objects.
    pub prologue: &'static str,
    /// File after all objects.
    pub epilogue: &'static str,
}

/// A target. Its debug text has every field: that is its part of a cache key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Target {
    /// .NET's runtime identifier.
    pub rid: &'static str,
    /// Instruction set.
    pub architecture: Architecture,
    /// Operating system.
    pub os: OperatingSystem,
    /// C library.
    pub libc: CLibrary,
    /// Format of objects.
    pub object_format: ObjectFormat,
    /// The convention of P/Invokes and callbacks.
    pub c_convention: CConvention,
    /// How many arguments the convention of compiled code (C's) has in registers: integers and addresses, floating-point values and vectors.
    pub argument_registers: (u8, u8),
    /// Stack and frame pointer.
    pub frame: FrameRegisters,
    /// Smallest and largest page that its kernels use, in bytes.
    pub page_sizes: (u32, u32),
    /// Exceptions.
    pub exceptions: ExceptionScheme,
    /// Order of stores.
    pub memory: MemoryModel,
    /// LLVM's name of the target.
    pub triple: &'static str,
    /// LLVM's name of the oldest processor that programs run on.
    pub cpu: &'static str,
    /// Where the class library has the classes of its instruction sets, behind `System.Runtime.Intrinsics.`, if Kiln has their instructions.
    pub intrinsics: Option<&'static str>,
    /// Section of compiled code.
    pub text_section: &'static str,
    /// Section that LLVM writes stack maps into.
    pub stack_map_section: &'static str,
    /// Section that LLVM writes the addresses of implicit null checks into.
    pub fault_map_section: &'static str,
    /// The NaN of an invalid floating-point operation has its sign set.
    pub negative_nan: bool,
    /// Linker.
    pub linker: Linker,
    /// End of executables' names.
    pub executable_suffix: &'static str,
    /// The identifiers whose assets in packages fit, best first (the fallbacks of .NET's identifier graph).
    pub rid_fallbacks: &'static [&'static str],
}

/// RIDs that .NET has and Kiln does not compile for yet.
const KNOWN: [&str; 6] = ["linux-musl-x64", "linux-musl-arm64", "win-x64", "win-arm64", "osx-x64", "osx-arm64"];

/// A RID that no target has.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TargetError {
    /// .NET runs there, Kiln does not compile for it.
    #[error("the target `{0}` is not supported yet")]
    Unsupported(String),
    /// No RID that is known.
    #[error("`{0}` is not a runtime identifier that Kiln knows")]
    Unknown(String),
}

impl Target {
    /// Every target, in the order in which they are listed.
    pub const ALL: &'static [&'static Self] = &[&linux::X64, &linux::ARM64];

    /// The target with this RID.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn parse(rid: &str) -> Result<&'static Self, TargetError> {
        match Self::ALL.iter().find(|t| t.rid == rid) {
            Some(target) => Ok(target),
            None if KNOWN.contains(&rid) => Err(TargetError::Unsupported(rid.to_owned())),
            None => Err(TargetError::Unknown(rid.to_owned())),
        }
    }

    /// The target that this program itself was compiled for; the first of all where Kiln runs and does not compile for.
    #[must_use]
    pub fn host() -> &'static Self {
        if cfg!(all(target_os = "linux", target_arch = "aarch64", target_env = "gnu")) { &linux::ARM64 } else { &linux::X64 }
    }

    /// The RIDs that can be compiled for, for messages.
    #[must_use]
    pub fn supported() -> String {
        Self::ALL.iter().map(|t| t.rid).collect::<Vec<_>>().join(", ")
    }

    /// Whether this is [`Target::host`].
    #[must_use]
    pub fn is_host(&self) -> bool {
        self == Self::host()
    }

    /// Whether the functions of a library that P/Invokes name are part of the runtime archive.
    #[must_use]
    pub fn builtin_library(&self, name: &str) -> bool {
        match self.os {
            OperatingSystem::Linux => name == "QCall" || name.starts_with("libSystem."),
        }
    }
}

#[cfg(test)]
mod tests;
