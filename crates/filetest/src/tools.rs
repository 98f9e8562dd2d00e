//! What the tests need besides the test files: Roslyn, the oracle, and the compiler under test.

use crate::foreign::Foreign;
use kiln_target::Target;
pub use kiln_toolchain::requirements::verify_requirements;
use kiln_toolchain::{
    CSharpCompiler, CSharpOptions, Compilation, Compiled, Framework, Oracle, Resource, build_runtime, find_csc, find_framework,
};
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The root of the repository.
#[must_use]
pub fn workspace() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// Everything outside of the test files.
#[derive(Clone, Debug)]
pub struct Tools {
    /// The class library that programs are compiled against and run on.
    pub framework: Framework,
    /// CoreCLR.
    pub oracle: Oracle,
    /// Roslyn.
    pub csc: CSharpCompiler,
    /// The compiler under test.
    pub kiln: PathBuf,
    /// Kiln's runtime library.
    pub runtime: PathBuf,
    /// Scratch space that survives between runs.
    pub target: PathBuf,
    /// Other targets, each with what its programs run on or the reason why they cannot.
    pub foreign: Vec<(&'static Target, Result<Foreign, String>)>,
}

impl Tools {
    /// Finds or builds everything.
    ///
    /// # Errors
    ///
    /// What is missing, and what to do about it.
    pub fn prepare() -> Result<Self, String> {
        let framework = find_framework(None).map_err(|e| e.to_string())?;
        let oracle = Oracle::new(&framework).map_err(|e| e.to_string())?;
        let csc = find_csc().map_err(|e| e.to_string())?;
        let target = target_folder()?;
        let others = Target::ALL.iter().copied().filter(|t| !t.is_host());
        let foreign = others.map(|other| (other, Foreign::find(other, &target))).collect();
        if let Some(kiln) = env::var_os("KILN_TEST_BINARY").map(PathBuf::from) {
            let runtime = env::var_os("KILN_RUNTIME").map_or_else(|| kiln.with_file_name("libkilnrt.a"), PathBuf::from);
            return Ok(Self { framework, oracle, csc, kiln, runtime, target: target.join("filetest"), foreign });
        }
        let profile = env::var("KILN_TEST_PROFILE").unwrap_or_else(|_| "release".to_owned());
        // The test binary does not depend on the compiler, so cargo has to be asked for it. Its lock is free while tests run.
        build(&["--package", "kiln", "--profile", &profile])?;
        let runtime = build_runtime(Target::host(), workspace(), &target).map_err(|e| e.to_string())?;
        let folder = if profile == "dev" { "debug" } else { profile.as_str() };
        Ok(Self { framework, oracle, csc, kiln: target.join(folder).join("kiln"), runtime, target: target.join("filetest"), foreign })
    }

    /// Compiles every source, with what it embeds, to an assembly of its own, all in one process.
    ///
    /// # Errors
    ///
    /// A failure of the compiler itself; errors in a program are in its [`Compiled`].
    pub fn compile(&self, sources: &[(&str, &Path, Vec<Resource>)]) -> Result<Vec<Compiled>, String> {
        let references = self.framework.assemblies().map_err(|e| e.to_string())?;
        let compilations: Vec<Compilation> = sources
            .iter()
            .map(|(name, path, resources)| Compilation {
                name: (*name).to_owned(),
                sources: vec![path.to_path_buf()],
                references: references.clone(),
                resources: resources.clone(),
                options: CSharpOptions::default(),
            })
            .collect();
        self.csc.compile_cached(&compilations).map_err(|e| e.to_string())
    }

    /// What programs for another target run on.
    ///
    /// # Errors
    ///
    /// What is missing for it.
    pub fn foreign(&self, target: &Target) -> Result<&Foreign, String> {
        let found = self.foreign.iter().find(|(other, _)| *other == target).ok_or_else(|| format!("{} is this machine", target.rid))?;
        found.1.as_ref().map_err(Clone::clone)
    }

    /// A command of the compiler under test.
    #[must_use]
    pub fn kiln(&self) -> Command {
        let mut command = Command::new(&self.kiln);
        command.env("KILN_RUNTIME", &self.runtime).env("KILN_FRAMEWORK", &self.framework.dir).env("NO_COLOR", "1");
        // Nothing that tests start stays behind.
        command.env("KILN_CSC_SERVER", "0");
        command
    }
}

/// cargo's target folder: tests run from `TARGET/PROFILE/deps`.
fn target_folder() -> Result<PathBuf, String> {
    let exe = env::current_exe().map_err(|e| e.to_string())?;
    exe.ancestors().nth(3).map(Path::to_owned).ok_or_else(|| format!("{} is not in a target folder", exe.display()))
}

fn build(args: &[&str]) -> Result<(), String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["build", "--quiet"])
        .args(args)
        .arg("--target-dir")
        .arg(target_folder()?)
        .current_dir(workspace())
        .output()
        .map_err(|e| format!("cargo: {e}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("cargo build {} failed\n{}", args.join(" "), String::from_utf8_lossy(&output.stderr)))
}

/// Whether expectations are to be rewritten.
#[must_use]
pub fn bless() -> bool {
    env::var_os("KILN_BLESS").is_some_and(|value| value == "1")
}
