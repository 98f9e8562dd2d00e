//! What a C# compilation is made of, and its response file.

use crate::ToolchainError;
use std::fs;
use std::path::{Path, PathBuf};

/// One assembly to compile from C# sources.
#[derive(Clone, Debug)]
pub struct Compilation {
    /// The assembly's name, without extension.
    pub name: String,
    /// The source files.
    pub sources: Vec<PathBuf>,
    /// The assemblies referred to, including the framework's.
    pub references: Vec<PathBuf>,
    /// Files to embed as manifest resources.
    pub resources: Vec<Resource>,
    /// Everything else.
    pub options: CSharpOptions,
}

/// A file that becomes a manifest resource (ECMA-335 II.22.24).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Resource {
    /// The file.
    pub file: PathBuf,
    /// The name that programs ask for it by.
    pub name: String,
}

impl Resource {
    /// Reads csc's form `FILE[,NAME]`; without a name it is the file's.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text.split_once(',') {
            Some((file, name)) if !name.is_empty() => Self { file: file.into(), name: name.to_owned() },
            _ => {
                let file = PathBuf::from(text.trim_end_matches(','));
                let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
                Self { file, name }
            }
        }
    }
}

/// Options of a C# compilation; the default is what `dotnet build -c Release` uses for a console program.
#[derive(Clone, Debug)]
pub struct CSharpOptions {
    /// Optimise the IL (`-optimize`).
    pub optimize: bool,
    /// Put a portable PDB inside the assembly (`-debug:embedded`); without it there is no debug information.
    pub debug: bool,
    /// Compile a library rather than a program.
    pub library: bool,
    /// Allow `unsafe` code.
    pub allow_unsafe: bool,
    /// Nullable reference types (`-nullable`).
    pub nullable: bool,
    /// The usings that the SDK adds to every file of a console program.
    pub implicit_usings: bool,
    /// `-langversion`.
    pub language_version: String,
    /// `-define`.
    pub defines: Vec<String>,
    /// More options in csc's own form, one each.
    pub extra: Vec<String>,
}

impl Default for CSharpOptions {
    fn default() -> Self {
        Self {
            optimize: true,
            debug: true,
            library: false,
            allow_unsafe: true,
            nullable: true,
            implicit_usings: false,
            language_version: "12".to_owned(),
            defines: Vec::new(),
            extra: Vec::new(),
        }
    }
}

/// The usings of `Microsoft.NET.Sdk` (its `ImplicitUsings` property).
const IMPLICIT_USINGS: &str = "\
global using global::System;
global using global::System.Collections.Generic;
global using global::System.IO;
global using global::System.Linq;
global using global::System.Net.Http;
global using global::System.Threading;
global using global::System.Threading.Tasks;
";

impl Compilation {
    /// The response file, one option per line; helper sources are written to `scratch`.
    pub(super) fn response_file(&self, output: &Path, scratch: &Path) -> Result<String, ToolchainError> {
        let options = &self.options;
        let switch = |on: bool| if on { '+' } else { '-' };
        let mut lines = vec![
            "-nologo".to_owned(),
            "-noconfig".to_owned(),
            "-nostdlib".to_owned(),
            "-deterministic+".to_owned(),
            "-utf8output".to_owned(),
            format!("-target:{}", if options.library { "library" } else { "exe" }),
            format!("-optimize{}", switch(options.optimize)),
            format!("-debug{}", if options.debug { ":embedded" } else { "-" }),
            format!("-unsafe{}", switch(options.allow_unsafe)),
            format!("-nullable{}", switch(options.nullable)),
            format!("-langversion:{}", options.language_version),
            // References to several versions of one assembly are normal; CS1701 and CS1702 say so at length.
            "-nowarn:1701,1702".to_owned(),
        ];
        if !options.defines.is_empty() {
            lines.push(format!("-define:{}", options.defines.join(",")));
        }
        lines.extend(options.extra.iter().cloned());
        lines.push(format!("-out:\"{}\"", output.display()));
        for reference in &self.references {
            // A server has another working folder.
            let reference = std::path::absolute(reference).map_err(ToolchainError::io(reference))?;
            lines.push(format!("-reference:\"{}\"", reference.display()));
        }
        for Resource { file, name } in &self.resources {
            let file = std::path::absolute(file).map_err(ToolchainError::io(file))?;
            lines.push(format!("-resource:\"{}\",\"{name}\"", file.display()));
        }
        if options.implicit_usings {
            let file = scratch.join("GlobalUsings.g.cs");
            // The folder has another name in every process; the debug information must not.
            lines.push(format!("-pathmap:{}=/_", scratch.display().to_string().replace(',', ",,").replace('=', "==")));
            fs::write(&file, IMPLICIT_USINGS).map_err(ToolchainError::io(&file))?;
            lines.push(format!("\"{}\"", file.display()));
        }
        for source in &self.sources {
            let absolute = std::path::absolute(source).map_err(ToolchainError::io(source))?;
            lines.push(format!("\"{}\"", absolute.display()));
        }
        lines.push(String::new());
        Ok(lines.join("\n"))
    }
}
