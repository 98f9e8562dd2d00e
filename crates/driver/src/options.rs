//! What a build is asked to do. The CLI fills it; nothing here reads the environment.

pub use kiln_codegen::OptLevel;
use kiln_importer::Processor;
use kiln_simd::IsaSet;
use kiln_target::Target;
use std::path::PathBuf;

/// What is written instead of (or beside) the executable.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Emit {
    /// The linked file (the default).
    Link,
    /// MIR text of every reached method.
    Mir,
    /// MIR text of every method after optimisation.
    MirOpt,
    /// LIR text.
    Lir,
    /// LLVM IR before optimisation.
    LlvmIr,
    /// Assembly text.
    Asm,
    /// The object files, in a folder.
    Obj,
    /// Symbol, section and size of everything.
    Map,
}

/// What is wanted of warnings. Codes are compared without regard to case.
#[derive(Clone, Debug, Default)]
pub struct WarningOptions {
    /// Codes that are not said.
    pub hidden: Vec<String>,
    /// Every warning fails the build.
    pub all_are_errors: bool,
    /// Codes that fail the build.
    pub errors: Vec<String>,
    /// Codes that do not, whatever else is said.
    pub no_errors: Vec<String>,
    /// What trimming may break in referenced assemblies is said one by one.
    pub expand: bool,
}

/// A build.
#[derive(Clone, Debug)]
pub struct BuildOptions {
    /// How Kiln was called, as a shell reads it: the variables that it looks at, and its name. For the command that reproduces a bug.
    pub called: String,
    /// `.cs` files, or one `.dll`/`.exe`.
    pub inputs: Vec<PathBuf>,
    /// The file to write.
    pub output: PathBuf,
    /// What the program is to run on.
    pub target: &'static Target,
    /// What every processor that the program runs on has beyond the target's least.
    pub instruction_sets: IsaSet,
    /// Optimisation level.
    pub opt: OptLevel,
    /// Most rewrites that MIR optimisation does; `None`: as many as there are.
    pub opt_fuel: Option<u64>,
    /// Line tables in the output (`-g`).
    pub debug_info: bool,
    /// Keep symbols in the output file.
    pub keep_symbols: bool,
    /// Folder of Microsoft.NETCore.App.
    pub framework: Option<PathBuf>,
    /// More folders to look for references in.
    pub references: Vec<PathBuf>,
    /// Assemblies that are kept whole, by name.
    pub roots: Vec<String>,
    /// Files that say what is kept for reflection (`ILLink.Descriptors.xml`, `rd.xml`).
    pub descriptors: Vec<PathBuf>,
    /// Files that say what is substituted (`ILLink.Substitutions.xml`).
    pub substitutions: Vec<PathBuf>,
    /// Files with attributes that are added to members.
    pub link_attributes: Vec<PathBuf>,
    /// What is wanted of warnings.
    pub warnings: WarningOptions,
    /// Files to embed in the assembly that sources are compiled to.
    pub resources: Vec<kiln_toolchain::Resource>,
    /// What to write.
    pub emit: Emit,
    /// For text dumps: only methods whose name contains this.
    pub filter: Option<String>,
    /// Code-generation threads; 0 = number of processors.
    pub threads: usize,
    /// The object cache; `None` = do not use one.
    pub cache: Option<PathBuf>,
    /// Feature switches: (`System.Globalization.Invariant`, `true`).
    pub features: Vec<(String, String)>,
    /// `libkilnrt.a`.
    pub runtime_archive: PathBuf,
}

impl BuildOptions {
    /// Only the objects of some functions are wanted, and no program.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.emit == Emit::Obj && self.filter.is_some()
    }

    /// The processors that the program is for. What they may have is asked of them when it runs.
    #[must_use]
    pub fn processor(&self) -> Processor {
        let Some(namespace) = self.target.intrinsics else { return Processor::PLAIN };
        Processor { compiled: IsaSet::BASELINE.and(self.instruction_sets), ..Processor::least(namespace) }
    }
}

/// What the words of `--instruction-set` stand for beyond the target's least.
///
/// # Errors
///
/// What is wrong with them, as a sentence.
pub fn instruction_sets(target: &Target, words: &[String]) -> Result<IsaSet, String> {
    let known = || IsaSet::words().join(", ");
    let mut sets = IsaSet::EMPTY;
    for word in words {
        if target.intrinsics.is_none() {
            return Err(format!("the target {} has no instruction sets to choose from", target.rid));
        }
        let set = IsaSet::find(word).ok_or_else(|| format!("`{word}` is not an instruction set; there are {}", known()))?;
        sets = sets.and(set);
    }
    Ok(sets.without(IsaSet::BASELINE))
}

/// A build of nothing, as it is asked for without options.
#[cfg(test)]
pub(crate) fn plain() -> BuildOptions {
    BuildOptions {
        called: "kiln".to_owned(),
        inputs: Vec::new(),
        output: PathBuf::new(),
        target: Target::host(),
        instruction_sets: IsaSet::default(),
        opt: OptLevel::O2,
        opt_fuel: None,
        debug_info: false,
        keep_symbols: false,
        framework: None,
        references: Vec::new(),
        roots: Vec::new(),
        descriptors: Vec::new(),
        substitutions: Vec::new(),
        link_attributes: Vec::new(),
        warnings: WarningOptions::default(),
        resources: Vec::new(),
        emit: Emit::Link,
        filter: None,
        threads: 0,
        cache: None,
        features: Vec::new(),
        runtime_archive: PathBuf::new(),
    }
}
