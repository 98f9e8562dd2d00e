//! System packages: LLVM 22 and lld to generate and link code, the C library's start files to link against; for other targets their
//! C library, and an emulator to test with.

use kiln_target::{Architecture, Target};
use std::env;
use std::path::Path;
use std::process::Command;

/// Debian's names, each with a file or program that shows that it is there on any system.
const NEEDED: [(&str, &str); 7] = [
    ("llvm-22-dev", "LLVM 22's headers and libLLVM, for code generation"),
    ("libpolly-22-dev", "part of LLVM that its build information names"),
    ("lld-22", "the linker"),
    ("zlib1g-dev", "needed by LLVM"),
    ("libzstd-dev", "needed by LLVM"),
    ("libc6-dev", "start files (crt1.o, crti.o) of every program"),
    ("gcc", "libgcc (unwinding) and the linker driver of Rust"),
];

/// Installs what is missing, or says how.
pub(super) fn ensure(install: bool) -> Result<String, String> {
    if !is_debian() {
        return other_system();
    }
    install_missing(&NEEDED.map(|(name, _)| name.to_owned()), install)
}

/// The same for the targets that this machine is not. GCC's library has the compiler's version in its name.
pub(super) fn ensure_foreign(targets: &[&Target], install: bool) -> Result<String, String> {
    if !is_debian() {
        return Ok("this is no Debian: not checked".to_owned());
    }
    let gcc = Command::new("gcc").arg("-dumpversion").output().map_err(|e| format!("gcc: {e}"))?;
    let version = String::from_utf8_lossy(&gcc.stdout).trim().split('.').next().unwrap_or_default().to_owned();
    let mut needed = vec!["qemu-user".to_owned()];
    for name in targets.iter().map(|t| debian_name(t.architecture)) {
        needed.extend([format!("libc6-dev-{name}-cross"), format!("libgcc-{version}-dev-{name}-cross")]);
    }
    install_missing(&needed, install)
}

/// Debian's name of an architecture.
pub(super) fn debian_name(architecture: Architecture) -> &'static str {
    match architecture {
        Architecture::X64 => "amd64",
        Architecture::Arm64 => "arm64",
    }
}

pub(super) fn is_debian() -> bool {
    runs("dpkg-query", &["--version"])
}

fn install_missing(needed: &[String], install: bool) -> Result<String, String> {
    let missing: Vec<&str> = needed.iter().map(String::as_str).filter(|name| !installed(name)).collect();
    if missing.is_empty() {
        return Ok(format!("all {} are installed", needed.len()));
    }
    let command = format!("apt-get install -y --no-install-recommends {}", missing.join(" "));
    if !install {
        return Err(format!("missing; install them with\n  {command}"));
    }
    let prefix: &[&str] = if is_root() {
        &[]
    } else if runs("sudo", &["-n", "true"]) {
        &["sudo", "-n"]
    } else {
        return Err(format!("not allowed to install packages; as root, run\n  {command}\nthen run this again"));
    };
    super::progress(&format!("installing {}", missing.join(", ")));
    let apt = |args: &[&str]| {
        let words: Vec<&str> = prefix.iter().copied().chain(["apt-get", "-q", "-y"]).chain(args.iter().copied()).collect();
        let output = Command::new(words[0])
            .args(&words[1..])
            .env("DEBIAN_FRONTEND", "noninteractive")
            .output()
            .map_err(|e| format!("{}: {e}", words[0]))?;
        if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
    };
    // Package lists are often absent (containers) or old; a failed update still leaves the lists that are there.
    let updated = apt(&["update"]);
    let mut args = vec!["install", "--no-install-recommends"];
    args.extend(&missing);
    apt(&args).map_err(|error| {
        let update = updated.err().unwrap_or_default();
        format!("{update}{error}\nhelp: where the distribution has no LLVM 22, https://apt.llvm.org does; then run this again")
    })?;
    Ok(format!("installed {}", missing.join(", ")))
}

/// Without Debian's package database only the programs can be looked for.
fn other_system() -> Result<String, String> {
    let found = runs("llvm-config-22", &["--version"])
        || env::var_os("LLVM_SYS_221_PREFIX").is_some_and(|dir| Path::new(&dir).join("bin/llvm-config").is_file());
    if found {
        return Ok("LLVM 22 was found; this is no Debian, so nothing else was checked".to_owned());
    }
    let list: Vec<String> = NEEDED.iter().map(|(name, reason)| format!("  {name}: {reason}")).collect();
    Err(format!(
        "this is no Debian or Ubuntu: install the equivalents of these yourself, and set LLVM_SYS_221_PREFIX to LLVM's folder\n{}",
        list.join("\n")
    ))
}

fn installed(package: &str) -> bool {
    Command::new("dpkg-query")
        .args(["-W", "-f", "${Status}", package])
        .output()
        .is_ok_and(|output| output.stdout.starts_with(b"install ok installed"))
}

fn runs(program: &str, args: &[&str]) -> bool {
    Command::new(program).args(args).output().is_ok_and(|output| output.status.success())
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
