//! Rust's standard library for a target that this machine is not, to build the runtime library with (docs/internals/targets.md).
//!
//! Where `rustc` has it (`rustup target add`) there is nothing to do. Else Debian's `rustc-web` comes into the cache, with its standard
//! library for both architectures: unpacked, not installed, so that the machine's own Rust stays as it is. apt is told of the other
//! architecture in a configuration of its own.

use super::packages::{debian_name, is_debian};
use kiln_target::Target;
use kiln_toolchain::{Cache, foreign_compiler};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Debian's compiler, and the libraries that come with it.
const COMPILER: &str = "rustc-web";
const LIBRARY: &str = "libstd-rust-web-dev";

/// Puts a compiler with the target's library into the cache, unless there is one.
pub(super) fn ensure(cache: &Cache, target: &Target) -> Result<String, String> {
    match foreign_compiler(target) {
        Ok(None) => return Ok("rustc has the target".to_owned()),
        Ok(Some(root)) => return Ok(format!("in {}", root.display())),
        Err(_) => {}
    }
    if !is_debian() {
        return Err(format!("this is no Debian: run `rustup target add {}`, or leave this out with --no-targets", target.triple));
    }
    let scratch = cache.root().join(format!("unpack-{}", std::process::id()));
    let result = fetch(&scratch, target).and_then(|unpacked| {
        super::progress("unpacking");
        put_into_place(&unpacked, &cache.rust(), target)
    });
    let _ = fs::remove_dir_all(&scratch);
    result?;
    Ok(format!("unpacked into {}", cache.rust().display()))
}

/// Downloads and unpacks the packages; answers where.
fn fetch(scratch: &Path, target: &Target) -> Result<PathBuf, String> {
    let (own, other) = (debian_name(Target::host().architecture), debian_name(target.architecture));
    let apt = Apt::new(scratch, own, other)?;
    super::progress("reading package lists");
    // A source that fails is one that other packages come from, or the download says so.
    let _ = apt.run("apt-get", &["-q", "update"]);
    let library = format!("{LIBRARY}:{own}");
    let about = apt.run("apt-cache", &["show", "--no-all-versions", &library])?;
    let driver = about
        .lines()
        .find_map(|line| line.strip_prefix("Depends: "))
        .and_then(|list| list.split_whitespace().find(|word| word.starts_with("libstd-rust-web-")))
        .ok_or_else(|| format!("the package {LIBRARY} does not say which compiler it belongs to"))?;
    super::progress(&format!("downloading {COMPILER} and its libraries (100 MB)"));
    let packages = [format!("{COMPILER}:{own}"), format!("{driver}:{own}"), library, format!("{LIBRARY}:{other}")];
    let mut arguments = vec!["-q", "download"];
    arguments.extend(packages.iter().map(String::as_str));
    apt.run("apt-get", &arguments)?;
    let unpacked = scratch.join("unpacked");
    for entry in scratch.read_dir().map_err(|e| format!("{}: {e}", scratch.display()))?.flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|e| e == "deb") {
            run(Command::new("dpkg-deb").arg("-x").arg(&path).arg(&unpacked))?;
        }
    }
    Ok(unpacked.join("usr"))
}

/// Moves the compiler into the cache. What says that it is complete, the target's library, goes last.
fn put_into_place(unpacked: &Path, root: &Path, target: &Target) -> Result<(), String> {
    let io = |e: std::io::Error| format!("{}: {e}", root.display());
    let library = Path::new("lib/rustlib").join(target.triple);
    let last = unpacked.with_file_name(target.triple);
    fs::rename(unpacked.join(&library), &last).map_err(io)?;
    let _ = fs::remove_dir_all(root);
    fs::rename(unpacked, root).map_err(io)?;
    fs::rename(&last, root.join(&library)).map_err(io)
}

/// apt with lists and settings of its own: those of the machine, for two architectures.
struct Apt {
    folder: PathBuf,
}

impl Apt {
    fn new(folder: &Path, own: &str, other: &str) -> Result<Self, String> {
        let io = |e: std::io::Error| format!("{}: {e}", folder.display());
        for sub in ["lists/partial", "archives/partial"] {
            fs::create_dir_all(folder.join(sub)).map_err(io)?;
        }
        let at = folder.display();
        let text = format!(
            "APT::Architecture \"{own}\";\nAPT::Architectures {{ \"{own}\"; \"{other}\"; }};\nAPT::Sandbox::User \"root\";\n\
             Dir::State \"{at}\";\nDir::State::status \"/dev/null\";\nDir::State::lists \"{at}/lists\";\n\
             Dir::Cache \"{at}\";\nDir::Cache::archives \"{at}/archives\";\n"
        );
        fs::write(folder.join("apt.conf"), text).map_err(io)?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// Runs one of apt's programs in the folder; answers what it printed.
    fn run(&self, program: &str, arguments: &[&str]) -> Result<String, String> {
        run(Command::new(program).args(arguments).env("APT_CONFIG", self.folder.join("apt.conf")).current_dir(&self.folder))
    }
}

fn run(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|e| format!("{}: {e}", command.get_program().display()))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(format!("{} failed\n{}", command.get_program().display(), String::from_utf8_lossy(&output.stderr)))
}
