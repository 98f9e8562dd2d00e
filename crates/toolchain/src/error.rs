//! What can go wrong before a compilation starts: something is missing or does not run.

use crate::Request;
use std::io;
use std::path::PathBuf;

/// A problem with the environment; none of these is about the user's program.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ToolchainError {
    /// No framework folder in any of the places that are looked at.
    #[error(
        "no .NET framework found\n  looked at: {}\n  help: run `cargo xtask setup`, or pass `--framework DIR` with a folder that holds System.Private.CoreLib.dll",
        .looked_at.join(", ")
    )]
    NoFramework {
        /// The places that were looked at, in order.
        looked_at: Vec<String>,
    },
    /// There are frameworks, and none of a version that the program can run on.
    #[error(
        "the program is made for {request}, and none of the .NET frameworks at hand fits\n  found: {}\n  help: install that version, or name the one to use with `--framework DIR`",
        .found.join(", ")
    )]
    NoFittingFramework {
        /// What the program asks for.
        request: Request,
        /// Versions and folders.
        found: Vec<String>,
    },
    /// A folder was named explicitly and is not a framework.
    #[error("`{}` ({origin}) is not a .NET framework folder: it holds no System.Private.CoreLib.dll", dir.display())]
    NotAFramework {
        /// The folder.
        dir: PathBuf,
        /// Where the folder was named, for example `--framework`.
        origin: &'static str,
    },
    /// No Roslyn in any of the places that are looked at.
    #[error(
        "no C# compiler found\n  looked at: {}\n  help: run `cargo xtask setup`, install a .NET SDK, or compile to a .dll yourself and pass that",
        .looked_at.join(", ")
    )]
    NoCompiler {
        /// The places that were looked at, in order.
        looked_at: Vec<String>,
    },
    /// A folder was named explicitly and has no Roslyn.
    #[error("`{}` (KILN_ROSLYN) holds no Microsoft.CodeAnalysis.CSharp.dll\n  help: name a folder with Roslyn's assemblies, or unset the variable", dir.display())]
    NotARoslyn {
        /// The folder.
        dir: PathBuf,
    },
    /// The launcher that runs assemblies on CoreCLR is missing.
    #[error(
        "`kiln-corehost`, which runs the C# compiler, was found neither beside this program nor in {}\n  help: run `cargo xtask setup`",
        bin.as_ref().map_or_else(|| "a cache (neither KILN_CACHE nor HOME is set)".to_owned(), |bin| bin.display().to_string())
    )]
    NoHost {
        /// The folder of the cache that should hold it; nothing when no variable says where the cache is.
        bin: Option<PathBuf>,
    },
    /// The framework has no runtime, for example a folder of reference assemblies or one for another system.
    #[error("`{}` holds no libcoreclr.so: programs cannot be run on it", dir.display())]
    NoRuntime {
        /// The framework folder.
        dir: PathBuf,
    },
    /// Neither `KILN_CACHE` nor a home folder says where the cache is.
    #[error("no place for a cache: neither KILN_CACHE nor HOME is set")]
    NoCache,
    /// The compiler process ended without saying how the compilation went.
    #[error("the C# compiler failed (exit code {code})\n{stderr}")]
    CompilerCrashed {
        /// Its exit code.
        code: i32,
        /// What it wrote to its error stream.
        stderr: String,
    },
    /// No Rust standard library for a target that this machine is not.
    #[error(
        "the runtime library for {rid} needs Rust's standard library for {triple}, which neither `rustc` nor `{}` has\n  help: run `cargo xtask setup`, or `rustup target add {triple}`",
        root.display()
    )]
    NoRustTarget {
        /// The target.
        rid: &'static str,
        /// Rust's name of it.
        triple: &'static str,
        /// The compiler of the cache.
        root: PathBuf,
    },
    /// cargo could not build the runtime library.
    #[error("the runtime library for {rid} does not build\n{stderr}")]
    RuntimeFailed {
        /// The target.
        rid: &'static str,
        /// What cargo said.
        stderr: String,
    },
    /// The operating system refused something.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or program.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
}

impl ToolchainError {
    /// Makes the adapter that adds `path` to an [`io::Error`].
    pub fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}
