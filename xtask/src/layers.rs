//! The allowed arrows between crates.
//!
//! An arrow that is missing here is a decision, not an oversight: it needs an ADR (`docs/adr`) that says what it buys and
//! what it costs. `cargo xtask tidy` compares this table with the manifests. ARCHITECTURE.md explains it in prose.

/// One crate of the workspace and what it may depend on.
pub(crate) struct Layer {
    /// The package's name.
    pub(crate) package: &'static str,
    /// The workspace's packages that it may depend on.
    pub(crate) may_use: &'static [&'static str],
    /// Why it may contain `unsafe`; nothing for the crates that forbid it.
    pub(crate) unsafe_because: Option<&'static str>,
}

const fn safe(package: &'static str, may_use: &'static [&'static str]) -> Layer {
    Layer { package, may_use, unsafe_because: None }
}

const fn with_unsafe(package: &'static str, reason: &'static str, may_use: &'static [&'static str]) -> Layer {
    Layer { package, may_use, unsafe_because: Some(reason) }
}

/// All crates, in the order of the path of a method; an arrow only ever points to a line above.
pub(crate) const LAYERS: &[Layer] = &[
    // What everyone may use.
    safe("kiln-support", &[]),
    with_unsafe("kiln-abi", "describes memory that compiled code and the runtime share", &[]),
    safe("kiln-target", &[]),
    safe("kiln-diag", &["kiln-support"]),
    safe("kiln-simd", &["kiln-abi"]),
    // Input.
    safe("kiln-metadata", &["kiln-support"]),
    safe("kiln-il", &["kiln-support", "kiln-metadata"]),
    safe("kiln-typesys", &["kiln-support", "kiln-diag", "kiln-abi", "kiln-metadata", "kiln-il"]),
    // The two intermediate forms, and the steps between them.
    safe("kiln-mir", &["kiln-support", "kiln-simd", "kiln-typesys"]),
    safe("kiln-importer", &["kiln-support", "kiln-abi", "kiln-diag", "kiln-simd", "kiln-metadata", "kiln-il", "kiln-typesys", "kiln-mir"]),
    // Where types go that reflection asks.
    safe("kiln-flow", &["kiln-support", "kiln-metadata", "kiln-typesys", "kiln-mir"]),
    safe("kiln-trim", &["kiln-support", "kiln-diag", "kiln-metadata", "kiln-il", "kiln-typesys", "kiln-mir", "kiln-flow"]),
    // Between two walks of the analysis: it knows facts of the closed program, not who found them.
    safe("kiln-opt", &["kiln-support", "kiln-typesys", "kiln-mir"]),
    safe("kiln-lir", &["kiln-support", "kiln-abi", "kiln-simd", "kiln-typesys"]),
    safe("kiln-lower", &["kiln-support", "kiln-target", "kiln-abi", "kiln-simd", "kiln-metadata", "kiln-typesys", "kiln-mir", "kiln-lir"]),
    // What is needed, given what needs what.
    safe("kiln-depgraph", &["kiln-support"]),
    safe(
        "kiln-analysis",
        &[
            "kiln-support",
            "kiln-depgraph",
            "kiln-diag",
            "kiln-abi",
            "kiln-metadata",
            "kiln-il",
            "kiln-typesys",
            "kiln-mir",
            "kiln-importer",
            "kiln-flow",
            "kiln-lir",
            "kiln-lower",
            "kiln-trim",
        ],
    ),
    // Output.
    safe(
        "kiln-data",
        &["kiln-support", "kiln-target", "kiln-abi", "kiln-metadata", "kiln-typesys", "kiln-lir", "kiln-lower", "kiln-analysis"],
    ),
    with_unsafe("kiln-codegen", "calls LLVM's C interface", &["kiln-support", "kiln-target", "kiln-abi", "kiln-simd", "kiln-lir"]),
    safe("kiln-link", &["kiln-support", "kiln-target", "kiln-diag"]),
    // What is found on the machine.
    safe("kiln-toolchain", &["kiln-support", "kiln-target"]),
    with_unsafe("kiln-corehost", "loads CoreCLR as a shared library", &[]),
    // The product.
    safe(
        "kiln-driver",
        &[
            "kiln-support",
            "kiln-target",
            "kiln-abi",
            "kiln-diag",
            "kiln-simd",
            "kiln-metadata",
            "kiln-il",
            "kiln-toolchain",
            "kiln-typesys",
            "kiln-mir",
            "kiln-importer",
            "kiln-lir",
            "kiln-lower",
            "kiln-opt",
            "kiln-analysis",
            "kiln-data",
            "kiln-codegen",
            "kiln-link",
        ],
    ),
    safe("kiln", &["kiln-support", "kiln-target", "kiln-diag", "kiln-driver", "kiln-toolchain"]),
    // What is linked into programs. Nothing of the compiler may get in here.
    with_unsafe("kiln-pal", "the operating system behind the runtime", &["kiln-abi"]),
    with_unsafe("kiln-rt", "threads, collector, exceptions and type system over raw memory", &["kiln-abi", "kiln-pal"]),
    with_unsafe("kiln-natives", "native halves of the class library, over raw objects", &["kiln-abi", "kiln-pal", "kiln-rt"]),
    with_unsafe("kiln-system-native", "system calls on behalf of the class library", &["kiln-abi", "kiln-pal", "kiln-rt"]),
    with_unsafe("kiln-archive", "the entry point of every program", &["kiln-pal", "kiln-rt", "kiln-natives", "kiln-system-native"]),
    // Tools of the project.
    safe("kiln-iltext", &["kiln-support", "kiln-metadata", "kiln-il"]),
    safe("kiln-testkit", &["kiln-support", "kiln-metadata", "kiln-typesys", "kiln-iltext"]),
    safe("kiln-filetest", &["kiln-support", "kiln-iltext", "kiln-target", "kiln-toolchain"]),
    safe("kiln-progfuzz", &["kiln-toolchain", "kiln-filetest"]),
    safe(
        "xtask",
        &[
            "kiln-support",
            "kiln-target",
            "kiln-abi",
            "kiln-diag",
            "kiln-metadata",
            "kiln-il",
            "kiln-typesys",
            "kiln-mir",
            "kiln-importer",
            "kiln-link",
            "kiln-toolchain",
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_only_point_up() {
        for (index, layer) in LAYERS.iter().enumerate() {
            for used in layer.may_use {
                assert!(LAYERS[..index].iter().any(|l| l.package == *used), "{} -> {used}", layer.package);
            }
        }
    }
}
