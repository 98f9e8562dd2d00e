//! Linux with the GNU C library.

use crate::{
    Architecture, CConvention, CLibrary, ExceptionScheme, FrameRegisters, FrameShape, GnuLinker, Linker, MemoryModel, ObjectFormat,
    OperatingSystem, Target,
};

/// What does not depend on the processor.
const BASE: Target = Target {
    rid: "linux-x64",
    architecture: Architecture::X64,
    os: OperatingSystem::Linux,
    // 2.34 moved the functions of libpthread and libdl into libc itself.
    libc: CLibrary::Glibc { floor: (2, 34) },
    object_format: ObjectFormat::Elf,
    c_convention: CConvention::SysV,
    argument_registers: (6, 8),
    frame: FrameRegisters { sp: 7, fp: 6, shape: FrameShape::Fixed(16) },
    page_sizes: (4096, 4096),
    exceptions: ExceptionScheme::Itanium,
    memory: MemoryModel::TotalStoreOrder,
    triple: "x86_64-unknown-linux-gnu",
    cpu: "x86-64-v2",
    intrinsics: Some("X86"),
    text_section: ".text",
    stack_map_section: ".llvm_stackmaps",
    fault_map_section: ".llvm_faultmaps",
    negative_nan: true,
    linker: Linker::Gnu(GnuLinker {
        emulation: "elf_x86_64",
        loader: "/lib64/ld-linux-x86-64.so.2",
        gcc: "x86_64",
        multiarch: "x86_64-linux-gnu",
        start: "Scrt1.o",
        static_start: "rcrt1.o",
        prologue: "crti.o",
        epilogue: "crtn.o",
    }),
    executable_suffix: "",
    rid_fallbacks: &["linux-x64", "linux", "unix-x64", "unix", "any"],
};

/// x86-64.
pub(crate) static X64: Target = BASE;

/// AArch64, ARMv8.0.
pub(crate) static ARM64: Target = Target {
    rid: "linux-arm64",
    architecture: Architecture::Arm64,
    c_convention: CConvention::Aapcs64,
    argument_registers: (8, 8),
    // The frame record is below the callee-saved registers, whose number differs.
    frame: FrameRegisters { sp: 31, fp: 29, shape: FrameShape::PerFunction },
    page_sizes: (4096, 65536),
    memory: MemoryModel::Weak,
    negative_nan: false,
    triple: "aarch64-unknown-linux-gnu",
    cpu: "generic",
    intrinsics: None,
    linker: Linker::Gnu(GnuLinker {
        emulation: "aarch64linux",
        loader: "/lib/ld-linux-aarch64.so.1",
        gcc: "aarch64",
        multiarch: "aarch64-linux-gnu",
        start: "Scrt1.o",
        static_start: "rcrt1.o",
        prologue: "crti.o",
        epilogue: "crtn.o",
    }),
    rid_fallbacks: &["linux-arm64", "linux", "unix-arm64", "unix", "any"],
    ..BASE
};
