//! The launcher that runs assemblies on CoreCLR, built from `crates/corehost` and kept in the cache.

use kiln_toolchain::Cache;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

/// Builds `kiln-corehost` and puts it into the cache; cargo decides whether there is anything to build.
pub(super) fn ensure(cache: &Cache) -> Result<String, String> {
    let target = cache.root().join("build");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let output = Command::new(cargo)
        .args(["build", "--quiet", "--release", "--package", "kiln-corehost", "--target-dir"])
        // A folder of its own: the workspace's is locked while cargo runs tests that call this.
        .arg(&target)
        .current_dir(workspace)
        .output()
        .map_err(|e| format!("cargo: {e}"))?;
    if !output.status.success() {
        return Err(format!("kiln-corehost does not build\n{}", String::from_utf8_lossy(&output.stderr)));
    }
    let built = target.join("release/kiln-corehost");
    let bytes = fs::read(&built).map_err(|e| format!("{}: {e}", built.display()))?;
    let program = cache.bin().join("kiln-corehost");
    if fs::read(&program).is_ok_and(|old| old == bytes) {
        return Ok("up to date".to_owned());
    }
    Cache::write(&program, &bytes).map_err(|e| e.to_string())?;
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).map_err(|e| format!("{}: {e}", program.display()))?;
    Ok("built".to_owned())
}
