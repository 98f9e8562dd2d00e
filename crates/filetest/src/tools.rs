//! What the tests need besides the test files: Roslyn, the oracle, and the compiler under test.

use crate::foreign::Foreign;
use crate::program::NEWER;
use kiln_target::Target;
pub use kiln_toolchain::requirements::verify_requirements;
use kiln_toolchain::{
    CSharpCompiler, CSharpOptions, Compilation, Compiled, Framework, Oracle, Resource, build_runtime, find_csc, find_framework,
    find_framework_of,
};
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The root of the repository.
#[must_use]
pub fn workspace() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// A class library and CoreCLR on it.
#[derive(Clone, Debug)]
pub struct Platform {
    /// The class library that programs run on.
    pub framework: Framework,
    /// CoreCLR.
    pub oracle: Oracle,
}

impl Platform {
    fn new(framework: Framework) -> Result<Self, String> {
        Ok(Self { oracle: Oracle::new(&framework).map_err(|e| e.to_string())?, framework })
    }
}

/// A newer .NET than the one that all tests run on.
#[derive(Clone, Debug)]
pub struct Newer {
    /// Its major version.
    pub major: u32,
    /// What programs run on.
    pub platform: Platform,
    /// Its own C# compiler, where it has one.
    pub csc: Option<CSharpCompiler>,
}

impl Newer {
    /// The framework that `KILN_FRAMEWORK_<major>` names, an installed one, or one in the cache. No test needs it.
    fn find(major: u32) -> Result<Option<Self>, String> {
        let Some(framework) = find_framework_of(major).map_err(|e| e.to_string())? else { return Ok(None) };
        let root = framework.dir.ancestors().nth(3).map(Path::to_owned);
        let csc = root.map_or(Ok(None), |root| CSharpCompiler::of_installation(&root)).map_err(|e| e.to_string())?;
        Ok(Some(Self { major, platform: Platform::new(framework)?, csc }))
    }
}

/// Everything outside of the test files.
#[derive(Clone, Debug)]
pub struct Tools {
    /// The class library that programs are compiled against and run on.
    pub framework: Framework,
    /// CoreCLR on it.
    pub platform: Platform,
    /// Others that programs run on too, where they are at hand.
    pub newer: Vec<Newer>,
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
        let platform = Platform::new(framework.clone())?;
        let newer = NEWER.into_iter().filter_map(|major| Newer::find(major).transpose()).collect::<Result<_, _>>()?;
        let csc = find_csc().map_err(|e| e.to_string())?;
        let target = target_folder()?;
        let others = Target::ALL.iter().copied().filter(|t| !t.is_host());
        let foreign = others.map(|other| (other, Foreign::find(other, &target))).collect();
        if let Some(kiln) = env::var_os("KILN_TEST_BINARY").map(PathBuf::from) {
            let runtime = env::var_os("KILN_RUNTIME").map_or_else(|| kiln.with_file_name("libkilnrt.a"), PathBuf::from);
            return Ok(Self { framework, platform, newer, csc, kiln, runtime, target: target.join("filetest"), foreign });
        }
        let profile = env::var("KILN_TEST_PROFILE").unwrap_or_else(|_| "release".to_owned());
        // The test binary does not depend on the compiler, so cargo has to be asked for it. Its lock is free while tests run.
        build(&["--package", "kiln", "--profile", &profile])?;
        let runtime = build_runtime(Target::host(), workspace(), &target).map_err(|e| e.to_string())?;
        let folder = if profile == "dev" { "debug" } else { profile.as_str() };
        let kiln = target.join(folder).join("kiln");
        Ok(Self { framework, platform, newer, csc, kiln, runtime, target: target.join("filetest"), foreign })
    }

    /// Compiles every source, with what it embeds, to an assembly of its own, all in one process.
    ///
    /// # Errors
    ///
    /// A failure of the compiler itself; errors in a program are in its [`Compiled`].
    pub fn compile(&self, sources: &[(&str, &Path, Vec<Resource>)]) -> Result<Vec<Compiled>, String> {
        compile(&self.csc, &self.framework, sources, &CSharpOptions::default())
    }

    /// The same in a newer C#, against the newer framework whose compiler knows it. The inner error is what is not at hand for that.
    ///
    /// # Errors
    ///
    /// As [`Tools::compile`].
    pub fn compile_newer(&self, sources: &[(&str, &Path, Vec<Resource>)], csharp: u32) -> Result<Result<Vec<Compiled>, String>, String> {
        match self.compiler_for(csharp) {
            Ok((csc, framework)) => {
                let options = CSharpOptions { language_version: csharp.to_string(), ..CSharpOptions::default() };
                compile(csc, framework, sources, &options).map(Ok)
            }
            Err(lacking) => Ok(Err(lacking)),
        }
    }

    fn compiler_for(&self, version: u32) -> Result<(&CSharpCompiler, &Framework), String> {
        let knows = |csc: &&CSharpCompiler| csc.newest_language().is_some_and(|newest| newest >= version);
        let mut found = self.newer.iter().filter_map(|newer| Some((newer.csc.as_ref().filter(knows)?, &newer.platform.framework)));
        found.next().ok_or_else(|| format!("there is no .NET with a compiler of C# {version}: name one with KILN_FRAMEWORK_10"))
    }

    /// What programs run on: a newer framework, or that of all tests.
    ///
    /// # Errors
    ///
    /// It is not at hand.
    pub fn platform(&self, newer: Option<u32>) -> Result<&Platform, String> {
        let Some(major) = newer else { return Ok(&self.platform) };
        let found = self.newer.iter().find(|newer| newer.major == major);
        found.map(|newer| &newer.platform).ok_or_else(|| format!("there is no .NET {major}: name one with KILN_FRAMEWORK_{major}"))
    }

    /// Whether programs can run in a configuration that no machine needs: on a newer framework, written in its C#.
    #[must_use]
    pub fn lacks_newer(&self, major: u32, csharp: Option<u32>) -> bool {
        self.platform(Some(major)).is_err() || csharp.is_some_and(|version| self.compiler_for(version).is_err())
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

fn compile(
    csc: &CSharpCompiler,
    framework: &Framework,
    sources: &[(&str, &Path, Vec<Resource>)],
    options: &CSharpOptions,
) -> Result<Vec<Compiled>, String> {
    let references = framework.assemblies().map_err(|e| e.to_string())?;
    let compilations: Vec<Compilation> = sources
        .iter()
        .map(|(name, path, resources)| Compilation {
            name: (*name).to_owned(),
            sources: vec![path.to_path_buf()],
            references: references.clone(),
            resources: resources.clone(),
            options: options.clone(),
        })
        .collect();
    csc.compile_cached(&compilations).map_err(|e| e.to_string())
}

/// cargo's target folder: tests run from `TARGET/PROFILE/deps`, programs from `TARGET/PROFILE`.
fn target_folder() -> Result<PathBuf, String> {
    let exe = env::current_exe().map_err(|e| e.to_string())?;
    let profile = exe.ancestors().skip(1).find(|folder| !folder.ends_with("deps"));
    profile.and_then(Path::parent).map(Path::to_owned).ok_or_else(|| format!("{} is not in a target folder", exe.display()))
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
