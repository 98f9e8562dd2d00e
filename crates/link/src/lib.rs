//! Linking: objects + runtime archive → executable or shared library, by running lld directly.
//!
//! No C compiler driver is needed at run time: start files, the unwinder (`libgcc_eh.a`) and the C library are found in the
//! usual directories (`find`). A failed link leaves nothing at the output path: lld writes elsewhere and renames.

#![forbid(unsafe_code)]

mod find;
mod symbols;

pub use find::{Toolchain, find_linker};
pub use symbols::{archive_symbols, defined_symbols, undefined_symbols};

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What to produce.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OutputKind {
    /// Position-independent executable against the system's shared C library.
    Exe,
    /// Shared library.
    Shared,
    /// Executable without any shared library (static PIE).
    Static,
}

/// One object to link.
#[derive(Clone, Debug)]
pub enum LinkObject {
    /// A file.
    Path(PathBuf),
    /// Bytes; `name` is used for messages and the map.
    Bytes {
        /// File name without directory.
        name: String,
        /// The ELF relocatable.
        data: Vec<u8>,
    },
}

/// Everything about one link.
#[derive(Clone, Debug)]
pub struct LinkInput {
    /// Objects in link order, which is the order of their code in the output.
    pub objects: Vec<LinkObject>,
    /// The runtime (`libkiln_runtime.a`), if any.
    pub runtime_archive: Option<PathBuf>,
    /// Kind of output.
    pub kind: OutputKind,
    /// Output file.
    pub out: PathBuf,
    /// Drop symbol tables.
    pub strip: bool,
    /// Write a link map here.
    pub map: Option<PathBuf>,
    /// A folder for intermediate files.
    pub scratch: PathBuf,
    /// Further arguments: libraries (`-lssl`, `/path/libx.a`) and options.
    pub extra_libs: Vec<String>,
}

/// Why a link failed.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// No lld.
    #[error("no linker found: looked for {searched}; install lld or set KILN_LLD")]
    NoLinker {
        /// Where it was looked for.
        searched: String,
    },
    /// A start file or system library is missing.
    #[error("{file} not found in {searched}: install the C library's development files")]
    MissingFile {
        /// The file.
        file: String,
        /// Directories.
        searched: String,
    },
    /// File system error.
    #[error("{what}: {source}")]
    Io {
        /// What was done.
        what: String,
        /// The system's error.
        source: std::io::Error,
    },
    /// lld was found, or named, and does not start.
    #[error("the linker `{}` cannot be run: {source}", linker.display())]
    CannotRun {
        /// Its path.
        linker: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// lld reported errors.
    #[error("the linker failed:\n{output}")]
    Failed {
        /// What it printed.
        output: String,
    },
    /// An object or archive cannot be read.
    #[error("cannot read {file}: {what}")]
    BadObject {
        /// The file.
        file: String,
        /// Reason.
        what: String,
    },
}

fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> LinkError {
    let what = what.into();
    move |source| LinkError::Io { what, source }
}

/// Links.
///
/// # Errors
/// Missing linker or system files, or what lld reports.
pub fn link(input: &LinkInput) -> Result<(), LinkError> {
    let linker = find_linker()?;
    let toolchain = Toolchain::find();
    let scratch = &input.scratch;
    let mut objects = Vec::new();
    for (index, object) in input.objects.iter().enumerate() {
        match object {
            LinkObject::Path(path) => objects.push(path.clone()),
            LinkObject::Bytes { name, data } => {
                let file: String =
                    name.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' }).collect();
                let path = scratch.join(format!("{index}-{}.o", file.trim_end_matches(".o")));
                std::fs::write(&path, data).map_err(io(format!("write {}", path.display())))?;
                objects.push(path);
            }
        }
    }
    let args = arguments(input, &toolchain, &objects, &input.out)?;
    let response = scratch.join("args");
    let mut text = Vec::new();
    for arg in &args {
        quote(&mut text, arg);
    }
    std::fs::write(&response, text).map_err(io(format!("write {}", response.display())))?;
    let mut at = OsString::from("@");
    at.push(&response);
    let output = Command::new(&linker).arg(at).output().map_err(|source| LinkError::CannotRun { linker: linker.clone(), source })?;
    if !output.status.success() {
        let mut message = String::from_utf8_lossy(&output.stderr).into_owned();
        message.push_str(&String::from_utf8_lossy(&output.stdout));
        return Err(LinkError::Failed { output: message });
    }
    Ok(())
}

/// One argument in a GNU response file.
fn quote(text: &mut Vec<u8>, arg: &OsString) {
    text.push(b'"');
    for byte in arg.as_encoded_bytes() {
        if matches!(byte, b'"' | b'\\') {
            text.push(b'\\');
        }
        text.push(*byte);
    }
    text.extend(b"\"\n");
}

fn arguments(input: &LinkInput, toolchain: &Toolchain, objects: &[PathBuf], out: &Path) -> Result<Vec<OsString>, LinkError> {
    let mut args: Vec<OsString> = Vec::new();
    let mut add = |arg: &dyn AsRef<std::ffi::OsStr>| args.push(arg.as_ref().to_owned());
    add(&"-o");
    add(&out);
    for option in [
        "-m",
        "elf_x86_64",
        "--hash-style=gnu",
        "--build-id=none",
        "--eh-frame-hdr",
        "--gc-sections",
        "-z",
        "relro",
        "-z",
        "now",
        "-z",
        "noexecstack",
        // Code comes in the order of the objects; folding equal functions would break the sorted method table.
        "--icf=none",
        "-O2",
    ] {
        add(&option);
    }
    if toolchain.packs_relocations() {
        // Eight bytes per 63 relocated words instead of 24 per word: MethodTables are full of pointers.
        add(&"-z");
        add(&"pack-relative-relocs");
    }
    if input.kind != OutputKind::Static {
        // Native libraries of packages lie beside the program, where .NET looks for them too.
        add(&"-rpath");
        add(&"$ORIGIN");
    }
    if input.strip {
        add(&"--strip-all");
    }
    if let Some(map) = &input.map {
        add(&"-Map");
        add(map);
    }
    let start = match input.kind {
        OutputKind::Exe => {
            add(&"-pie");
            add(&"--dynamic-linker");
            add(&"/lib64/ld-linux-x86-64.so.2");
            Some("Scrt1.o")
        }
        OutputKind::Shared => {
            add(&"-shared");
            None
        }
        OutputKind::Static => {
            for option in ["-static", "-pie", "--no-dynamic-linker", "-z", "text"] {
                add(&option);
            }
            Some("rcrt1.o")
        }
    };
    if let Some(start) = start {
        add(&toolchain.file(start)?);
    }
    add(&toolchain.file("crti.o")?);
    for dir in &toolchain.library_dirs {
        let mut arg = OsString::from("-L");
        arg.push(dir);
        add(&arg);
    }
    // Objects may come as an archive without an index: all of it, in its order.
    add(&"--whole-archive");
    for object in objects {
        add(object);
    }
    add(&"--no-whole-archive");
    if let Some(archive) = &input.runtime_archive {
        // First: the archive carries the Rust library's own, differently rounded copies of `cbrt` and others.
        if input.kind != OutputKind::Static {
            add(&"--as-needed");
        }
        add(&"-lm");
        add(archive);
    }
    for extra in &input.extra_libs {
        add(extra);
    }
    match input.kind {
        OutputKind::Static => {
            for arg in ["--start-group", "-lm", "-lgcc", "-lgcc_eh", "-lpthread", "-ldl", "-lc", "--end-group"] {
                add(&arg);
            }
        }
        OutputKind::Exe | OutputKind::Shared => {
            for arg in ["--as-needed", "-lm", "-lpthread", "-ldl", "-lgcc", "-lgcc_eh", "-lc", "-lgcc", "-lgcc_eh"] {
                add(&arg);
            }
        }
    }
    add(&toolchain.file("crtn.o")?);
    Ok(args)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_link_leaves_nothing() {
        let dir = std::env::temp_dir().join(format!("kiln-link-test-{}", std::process::id()));
        std::fs::create_dir_all(&dir).expect("temp dir");
        let input = LinkInput {
            objects: vec![LinkObject::Bytes { name: "bad name".to_owned(), data: b"not an object".to_vec() }],
            runtime_archive: None,
            kind: OutputKind::Exe,
            out: dir.join("prog"),
            strip: false,
            map: None,
            scratch: dir.join("scratch"),
            extra_libs: Vec::new(),
        };
        std::fs::create_dir_all(&input.scratch).expect("scratch");
        let error = link(&input).expect_err("no object");
        assert!(matches!(error, LinkError::Failed { .. }), "{error}");
        assert_eq!(std::fs::read_dir(&dir).expect("dir").count(), 1, "more than the scratch folder");
        std::fs::remove_dir_all(&dir).expect("clean");
    }
}
