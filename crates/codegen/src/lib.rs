//! Code generation: LIR functions → LLVM IR → object file with GC records (contract §3, §5, §8, §9).
//!
//! The only crate that links LLVM. It follows LIR mechanically; what it adds is the discipline that LLVM's statepoints need
//! (`late`), and the translation of LLVM's stack maps to `kiln_abi::gc_info` records (`stackmap`, `gc`).
//! Every entry point creates its own context and every thread its own target machine, so units can be compiled on several threads.
//! The usual way is [`compile_batch`]: many functions in one module, each answered with a [`Piece`] that does not depend on the others.

mod batch;
mod elf;
mod emit;
mod error;
mod faultmap;
mod frames;
mod gc;
mod join;
mod late;
mod llvm;
mod passes;
mod piece;
mod pipeline;
mod polls;
mod split;
mod stackmap;
pub mod times;

pub use batch::{Batch, Code, CompiledFunction, compile_batch};
pub use error::CodegenError;
pub use gc::{GcFunction, GcSite, SitePlace, encode_gc};
pub use join::join;
pub use passes::Effort;
pub use piece::{External, Piece, Place, Relocation, Section, To};

use kiln_lir::Function;
use kiln_target::Target;

/// Changes when the code generator's sources change: part of the key of cached objects.
pub const DIGEST: &str = env!("KILN_CODEGEN_DIGEST");

/// The LLVM that generates the code. It is loaded dynamically, so it is part of the key of cached objects too.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LlvmLibrary {
    /// Its version.
    pub version: (u32, u32, u32),
    /// The file that it was loaded from, where the system says it; the program itself, if LLVM is linked into it.
    pub path: Option<std::path::PathBuf>,
}

impl LlvmLibrary {
    /// The one of this process.
    #[must_use]
    pub fn loaded() -> Self {
        Self { version: llvm::library::version(), path: llvm::library::path() }
    }
}

/// How much to optimise.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum OptLevel {
    /// Fast compile: scalars in registers, nothing else.
    O0,
    /// A short pipeline: scalar optimisations, no vectorisation.
    O1,
    /// LLVM's full pipeline.
    O2,
    /// Full pipeline for small code.
    Size,
}

/// Options of one compilation.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct CodegenOptions {
    /// Optimisation.
    pub opt: OptLevel,
    /// What to generate code for.
    pub target: &'static Target,
    /// LLVM feature string (`+avx2,…`), may be empty.
    pub features: String,
    /// The code goes into a shared library: thread-local access by initial-exec instead of local-exec.
    pub shared: bool,
    /// Check the IR before and after optimisation and the placement of references around statepoints.
    pub verify: bool,
}

impl Default for CodegenOptions {
    fn default() -> Self {
        Self { opt: OptLevel::O2, target: Target::host(), features: String::new(), shared: false, verify: cfg!(debug_assertions) }
    }
}

/// Functions that become one object file, in the order they have in it.
#[derive(Clone, Debug)]
pub struct Unit<'a> {
    /// Name for messages and the file symbol.
    pub name: &'a str,
    /// Functions to define.
    pub functions: Vec<&'a Function>,
}

/// Place of one function in an object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FunctionCode {
    /// Link name.
    pub symbol: String,
    /// Number of the section.
    pub section: usize,
    /// Offset in the section.
    pub offset: u64,
    /// Bytes of code.
    pub size: u64,
}

/// Result of compiling a unit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CompiledUnit {
    /// The ELF relocatable file. Its raw stack maps and fault maps are marked SHF_EXCLUDE.
    pub object: Vec<u8>,
    /// GC records, in the order of `functions`; functions without call sites have none.
    pub gc: Vec<GcFunction>,
    /// Defined functions by ascending offset.
    pub functions: Vec<FunctionCode>,
}

/// Compiles a unit to an object file.
///
/// # Errors
/// LIR that breaks its own rules, or an error that LLVM reports; both name the function when it is known.
pub fn compile_unit(unit: &Unit<'_>, opts: &CodegenOptions) -> Result<CompiledUnit, CodegenError> {
    pipeline::with_module(unit, opts, pipeline::Stage::Object, |module, machine, late| {
        let mut object = machine.emit(module, false).map_err(|message| CodegenError::Llvm { unit: unit.name.to_owned(), message })?;
        let parsed =
            elf::ObjectInfo::read(&object, opts.target).map_err(|what| CodegenError::Object { unit: unit.name.to_owned(), what })?;
        let gc = stackmap::read(&parsed, &opts.target.frame, &late.layouts)
            .map_err(|what| CodegenError::Object { unit: unit.name.to_owned(), what })?;
        let functions = parsed.functions.clone();
        let exclude = parsed.excluded.clone();
        elf::exclude_sections(&mut object, &exclude);
        Ok(CompiledUnit { object, gc, functions })
    })
}

/// LLVM IR text of a unit: as emitted (`optimized = false`) or after all passes.
///
/// # Errors
/// As [`compile_unit`].
pub fn emit_llvm_ir(unit: &Unit<'_>, opts: &CodegenOptions, optimized: bool) -> Result<String, CodegenError> {
    let stage = if optimized { pipeline::Stage::Final } else { pipeline::Stage::Emitted };
    pipeline::with_module(unit, opts, stage, |module, _, _| Ok(module.print()))
}

/// Assembly text of a unit.
///
/// # Errors
/// As [`compile_unit`].
pub fn emit_asm(unit: &Unit<'_>, opts: &CodegenOptions) -> Result<String, CodegenError> {
    pipeline::with_module(unit, opts, pipeline::Stage::Final, |module, machine, _| {
        let text = machine.emit(module, true).map_err(|message| CodegenError::Llvm { unit: unit.name.to_owned(), message })?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    })
}
