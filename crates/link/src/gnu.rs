//! The arguments of `ld.lld`, which takes those of GNU ld.
//!
//! From a link's input and the target's facts: start files, the unwinder (`libgcc_eh.a`) and the C library around the objects.

use crate::{LinkError, LinkInput, OutputKind, Toolchain};
use kiln_target::GnuLinker;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

/// Of every link.
const COMMON: &[&str] = &[
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
];
/// The C library and the compiler's own, in the order in which they need each other.
const SYSTEM: &[&str] = &["--as-needed", "-lm", "-lpthread", "-ldl", "-lgcc", "-lgcc_eh", "-lc", "-lgcc", "-lgcc_eh"];
const STATIC_SYSTEM: &[&str] = &["--start-group", "-lm", "-lgcc", "-lgcc_eh", "-lpthread", "-ldl", "-lc", "--end-group"];

/// A command line in the making.
#[derive(Default)]
struct Arguments(Vec<OsString>);

impl Arguments {
    fn add(&mut self, argument: impl AsRef<OsStr>) {
        self.0.push(argument.as_ref().to_owned());
    }

    fn all(&mut self, arguments: &[impl AsRef<OsStr>]) {
        arguments.iter().for_each(|argument| self.add(argument));
    }
}

/// The command line.
pub(crate) fn arguments(
    input: &LinkInput,
    facts: &GnuLinker,
    toolchain: &Toolchain,
    objects: &[PathBuf],
) -> Result<Vec<OsString>, LinkError> {
    let mut args = Arguments::default();
    args.add("-o");
    args.add(&input.out);
    args.all(&["-m", facts.emulation]);
    args.all(COMMON);
    if toolchain.packs_relocations() {
        // Eight bytes per 63 relocated words instead of 24 per word: MethodTables are full of pointers.
        args.all(&["-z", "pack-relative-relocs"]);
    }
    if input.kind != OutputKind::Static {
        // Native libraries of packages lie beside the program, where .NET looks for them too.
        args.all(&["-rpath", "$ORIGIN"]);
    }
    if input.strip {
        args.add("--strip-all");
    }
    if let Some(map) = &input.map {
        args.add("-Map");
        args.add(map);
    }
    if let Some(start) = kind(&mut args, input.kind, facts) {
        args.add(toolchain.file(start)?);
    }
    args.add(toolchain.file(facts.prologue)?);
    for dir in &toolchain.library_dirs {
        let mut arg = OsString::from("-L");
        arg.push(dir);
        args.add(arg);
    }
    // Objects may come as an archive without an index: all of it, in its order.
    args.add("--whole-archive");
    args.all(objects);
    args.add("--no-whole-archive");
    if let Some(archive) = &input.runtime_archive {
        // First: the archive carries the Rust library's own, differently rounded copies of `cbrt` and others.
        if input.kind != OutputKind::Static {
            args.add("--as-needed");
        }
        args.add("-lm");
        args.add(archive);
    }
    args.all(&input.extra_libs);
    args.all(if input.kind == OutputKind::Static { STATIC_SYSTEM } else { SYSTEM });
    args.add(toolchain.file(facts.epilogue)?);
    Ok(args.0)
}

/// The options of a kind of output; its start file.
fn kind(args: &mut Arguments, kind: OutputKind, facts: &GnuLinker) -> Option<&'static str> {
    match kind {
        OutputKind::Exe => {
            args.all(&["-pie", "--dynamic-linker", facts.loader]);
            Some(facts.start)
        }
        OutputKind::Shared => {
            args.add("-shared");
            None
        }
        OutputKind::Static => {
            args.all(&["-static", "-pie", "--no-dynamic-linker", "-z", "text"]);
            Some(facts.static_start)
        }
    }
}
