//! The arguments of `ld.lld`, which takes those of GNU ld.
//!
//! From a link's input and the target's facts: start files, the unwinder (`libgcc_eh.a`) and the C library around the objects.

use crate::{LinkError, LinkInput, OutputKind, Toolchain};
use kiln_target::GnuLinker;
use std::ffi::OsString;
use std::path::PathBuf;

/// The command line.
pub(crate) fn arguments(
    input: &LinkInput,
    facts: &GnuLinker,
    toolchain: &Toolchain,
    objects: &[PathBuf],
) -> Result<Vec<OsString>, LinkError> {
    let mut args: Vec<OsString> = Vec::new();
    let mut add = |arg: &dyn AsRef<std::ffi::OsStr>| args.push(arg.as_ref().to_owned());
    add(&"-o");
    add(&input.out);
    for option in [
        "-m",
        facts.emulation,
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
            add(&facts.loader);
            Some(facts.start)
        }
        OutputKind::Shared => {
            add(&"-shared");
            None
        }
        OutputKind::Static => {
            for option in ["-static", "-pie", "--no-dynamic-linker", "-z", "text"] {
                add(&option);
            }
            Some(facts.static_start)
        }
    };
    if let Some(start) = start {
        add(&toolchain.file(start)?);
    }
    add(&toolchain.file(facts.prologue)?);
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
    add(&toolchain.file(facts.epilogue)?);
    Ok(args)
}
