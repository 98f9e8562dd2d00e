//! The command line, as data.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

const EXIT_CODES: &str = "Exit codes:
  0    success
  1    the program has errors (each with a code: kiln explain CODE)
  2    the command line is wrong
  3    something is missing or refused: framework, linker, output path, disk
  101  a bug in Kiln; the message has the command that reproduces it
`kiln run` exits with the program's own code.

@FILE stands for the arguments in FILE, one a line: a name (spaces and all), an option, an option with its value after a space, or
another @FILE. Double quotes around a name go; empty lines and lines that begin with # are skipped.

Environment:
  KILN_FRAMEWORK  folder of Microsoft.NETCore.App     KILN_CACHE  cache folder
  KILN_RUNTIME    path of libkilnrt.a                 KILN_LLD    path of ld.lld
  NO_COLOR        no colours                          TMPDIR      intermediate files
  CLICOLOR_FORCE  colours even where nobody looks";

/// Native ahead-of-time compiler for .NET.
#[derive(Parser, Debug)]
#[command(name = "kiln", version, about = "Compiles .NET programs to self-contained native executables", after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Compile C# sources or an assembly to a native executable
    #[command(
        after_help = "Examples:\n  kiln build hello.cs                     C# in, ./hello out\n  kiln build bin/Release/net9.0/App.dll -o app\n  kiln build a.cs b.cs -o tool --size\n  kiln build App.dll -r linux-arm64       for another system or processor\n  kiln build App.dll --emit=mir --filter Program::Main"
    )]
    Build(Build),
    /// Build into the cache and run
    #[command(after_help = "Examples:\n  kiln run hello.cs\n  kiln run hello.cs -- --name World")]
    Run(Run),
    /// Compile an assembly for distribution into a folder
    #[command(after_help = "Examples:\n  kiln publish bin/Release/net9.0/App.dll -r linux-x64 -o out\n  kiln publish @App.rsp")]
    Publish(Publish),
    /// Show what is inside an assembly: types, methods, IL, layouts, vtables, MIR, LIR
    #[command(
        after_help = "Examples:\n  kiln dump App.dll\n  kiln dump App.dll --stage il --filter Program::Main\n  kiln dump App.dll --stage mir --filter Program"
    )]
    Dump(Dump),
    /// Explain why a type or method is in the output: the path from Main, with reasons
    #[command(
        after_help = "Examples:\n  kiln why System.Text.StringBuilder hello.cs\n  kiln why --all System.Text.StringBuilder::Clear hello.cs\n  kiln why --count '' App.dll              what there is most of\n  kiln why --warning 3 App.dll            how the code of the third warning is reached"
    )]
    Why(Why),
    /// Show where the bytes of the output come from
    #[command(after_help = "Example:\n  kiln size hello.cs")]
    Size(Size),
    /// Move compiled code between machines: the object cache as one file
    #[command(
        after_help = "Examples:\n  kiln cache export framework.kilncache\n  kiln cache import framework.kilncache\n\nThe file can be read by the version of Kiln that wrote it, with the same LLVM."
    )]
    Cache {
        #[command(subcommand)]
        action: CacheAction,
    },
    /// Explain a diagnostic code
    #[command(after_help = "Example:\n  kiln explain KILN0104")]
    Explain {
        /// The code, e.g. KILN0104; without one, lists all
        code: Option<String>,
    },
}

#[derive(Subcommand, Debug)]
pub(crate) enum CacheAction {
    /// Write all code that is in the cache and that this version of Kiln can use to a file
    Export {
        /// The file to write
        file: PathBuf,
    },
    /// Put the code of a file that was exported into the cache
    Import {
        /// The file to read
        file: PathBuf,
    },
}

#[derive(Args, Debug, Clone)]
pub(crate) struct Common {
    /// Target, a .NET runtime identifier (default: this machine's)
    #[arg(short = 'r', long = "runtime", value_name = "RID")]
    pub(crate) rid: Option<String>,
    /// Compile for processors that have more than the target's least: native (this machine's), x86-64-v3, or instruction sets (avx2,bmi2,aes)
    #[arg(long, value_name = "SET,…", value_delimiter = ',')]
    pub(crate) instruction_set: Vec<String>,
    /// Optimise for speed (the default, also plain -O); -O0 compiles fastest
    #[arg(short = 'O', value_name = "LEVEL", value_parser = ["0", "1", "2", "3"])]
    pub(crate) optimize: Option<String>,
    /// Optimise for size
    #[arg(long, conflicts_with = "optimize")]
    pub(crate) size: bool,
    /// Stop optimising with facts about the whole program after N rewrites: to find the one that breaks a program
    #[arg(long, value_name = "N")]
    pub(crate) opt_fuel: Option<u64>,
    /// Debug information: symbols, lines for debuggers (DWARF) and in stack traces, from each assembly's portable PDB
    #[arg(short = 'g')]
    pub(crate) debug: bool,
    /// Folder of Microsoft.NETCore.App to compile
    #[arg(long, value_name = "DIR")]
    pub(crate) framework: Option<PathBuf>,
    /// More assemblies, or folders to look for them in
    #[arg(long = "reference", value_name = "FILE|DIR")]
    pub(crate) references: Vec<PathBuf>,
    /// Keep an assembly whole: every type, and the code of every method, whether reached or not
    #[arg(long = "root", value_name = "ASSEMBLY")]
    pub(crate) roots: Vec<String>,
    /// Keep for reflection what a file says: ILLink.Descriptors.xml or rd.xml (those that assemblies embed count anyway)
    #[arg(long = "descriptor", value_name = "FILE")]
    pub(crate) descriptors: Vec<PathBuf>,
    /// Substitute members by constants as a file says (ILLink.Substitutions.xml; those that assemblies embed count anyway)
    #[arg(long = "substitutions", value_name = "FILE")]
    pub(crate) substitutions: Vec<PathBuf>,
    /// Add attributes to types and members for warnings and data flow as a file says (ILLink.LinkAttributes.xml; embedded ones count anyway)
    #[arg(long = "link-attributes", value_name = "FILE")]
    pub(crate) link_attributes: Vec<PathBuf>,
    /// Embed a file in the assembly that C# sources compile to, as `csc -resource` does
    #[arg(long = "resource", value_name = "FILE[,NAME]")]
    pub(crate) resources: Vec<String>,
    /// Do not say warnings with these codes
    #[arg(long = "nowarn", value_name = "CODE,…")]
    pub(crate) no_warn: Vec<String>,
    /// Fail the build by warnings with these codes; without codes, by every warning
    #[arg(long = "warnaserror", value_name = "CODE,…", num_args = 0.., require_equals = true)]
    pub(crate) warnings_as_errors: Option<Vec<String>>,
    /// Not by warnings with these codes
    #[arg(long = "warnnotaserror", value_name = "CODE,…")]
    pub(crate) warnings_not_as_errors: Vec<String>,
    /// Say each trim and ahead-of-time warning (ILxxxx): not one for each referenced assembly, and equal ones of a member each
    #[arg(long)]
    pub(crate) expand_warnings: bool,
    /// Also write all diagnostics to a file, in the format SARIF 2.1.0
    #[arg(long, value_name = "FILE")]
    pub(crate) sarif: Option<PathBuf>,
    /// Set a feature switch, e.g. System.Resources.UseSystemResourceKeys=true; wins over App.runtimeconfig.json
    #[arg(long = "feature", value_name = "NAME=VALUE")]
    pub(crate) features: Vec<String>,
    /// Code generation threads (default: number of processors)
    #[arg(short = 'j', long = "threads", value_name = "N", default_value_t = 0)]
    pub(crate) threads: usize,
    /// Print the time of every phase
    #[arg(long)]
    pub(crate) time: bool,
    /// Everything on standard error as JSON, one object a line: diagnostics, and the times of --time
    #[arg(long)]
    pub(crate) json: bool,
    /// Do not read or write the object cache
    #[arg(long)]
    pub(crate) no_cache: bool,
    /// No progress display
    #[arg(short = 'q', long)]
    pub(crate) quiet: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum, PartialEq, Eq)]
pub(crate) enum EmitKind {
    Mir,
    MirOpt,
    Lir,
    LlvmIr,
    Asm,
    Obj,
    Map,
}

#[derive(Args, Debug)]
pub(crate) struct Build {
    /// C# sources (.cs) or one assembly (.dll)
    #[arg(required = true, value_name = "FILE")]
    pub(crate) inputs: Vec<PathBuf>,
    /// Output file (default: the input's name without extension, in the current folder)
    #[arg(short = 'o', value_name = "OUT")]
    pub(crate) output: Option<PathBuf>,
    /// Write a stage's text (to -o, default standard output) or the objects (to the folder -o) instead of the executable
    #[arg(long, value_enum, value_name = "STAGE")]
    pub(crate) emit: Option<EmitKind>,
    /// With --emit: only functions whose name contains this
    #[arg(long, value_name = "TEXT", requires = "emit")]
    pub(crate) filter: Option<String>,
    #[command(flatten)]
    pub(crate) common: Common,
}

#[derive(Args, Debug)]
pub(crate) struct Run {
    /// C# sources (.cs) or one assembly (.dll)
    #[arg(required = true, value_name = "FILE")]
    pub(crate) inputs: Vec<PathBuf>,
    /// Arguments for the program, after --
    #[arg(last = true)]
    pub(crate) arguments: Vec<std::ffi::OsString>,
    #[command(flatten)]
    pub(crate) common: Common,
}

#[derive(Args, Debug)]
pub(crate) struct Publish {
    /// The application's assembly
    #[arg(value_name = "APP.dll")]
    pub(crate) input: PathBuf,
    /// Output folder
    #[arg(short = 'o', value_name = "DIR", default_value = "publish")]
    pub(crate) output: PathBuf,
    #[command(flatten)]
    pub(crate) common: Common,
}

#[derive(Clone, Copy, Debug, ValueEnum, PartialEq, Eq)]
pub(crate) enum Stage {
    Types,
    Il,
    Layout,
    Vtable,
    Mir,
    Lir,
}

#[derive(Args, Debug)]
pub(crate) struct Dump {
    /// The assembly (or C# source)
    #[arg(value_name = "FILE")]
    pub(crate) input: PathBuf,
    /// What to show
    #[arg(long, value_enum, default_value = "types")]
    pub(crate) stage: Stage,
    /// Only types or methods whose name contains this
    #[arg(long, value_name = "TEXT")]
    pub(crate) filter: Option<String>,
    #[command(flatten)]
    pub(crate) common: Common,
}

#[derive(Args, Debug)]
pub(crate) struct Why {
    /// Part of the name of a type, method or other symbol (not with --warning)
    pub(crate) symbol: String,
    /// How the code of a warning (ILxxxx) is reached: of the N-th that a build says, or of all with a code
    #[arg(long, value_name = "N|CODE", conflicts_with_all = ["all", "count"])]
    pub(crate) warning: Option<String>,
    /// Every reason, not only the shortest path: each thing that needs it, and the path to that
    #[arg(long)]
    pub(crate) all: bool,
    /// How many there are instead, by kind and by generic definition
    #[arg(long, conflicts_with = "all")]
    pub(crate) count: bool,
    /// C# sources or one assembly
    #[arg(required_unless_present = "warning", value_name = "FILE")]
    pub(crate) inputs: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) common: Common,
}

#[derive(Args, Debug)]
pub(crate) struct Size {
    /// C# sources or one assembly
    #[arg(required = true, value_name = "FILE")]
    pub(crate) inputs: Vec<PathBuf>,
    /// Write an HTML treemap here
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) common: Common,
}
