//! Scratch folders: in the system's folder for temporary files, removed when dropped, and what a killed process left removed by a later one.

use crate::ToolchainError;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

/// How the folders' names begin.
const PREFIX: &str = "kiln-scratch-";
/// Nothing younger is removed, whoever made it: process ids say little where containers share a folder. No build takes so long, and a
/// program that runs from one needs its file no more.
const STALE: Duration = Duration::from_secs(3600);

/// A folder of this process alone.
#[derive(Debug)]
pub struct Scratch {
    dir: PathBuf,
}

impl Scratch {
    /// Makes a folder.
    ///
    /// # Errors
    ///
    /// [`ToolchainError::Io`] when it cannot be made.
    pub fn new() -> Result<Self, ToolchainError> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let parent = std::env::temp_dir();
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        if number == 0 {
            sweep(&parent);
        }
        let dir = parent.join(format!("{PREFIX}{}-{number}", std::process::id()));
        // A process of the same id may have left it; its content must not be mistaken for ours.
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir(&dir).map_err(ToolchainError::io(&dir))?;
        Ok(Self { dir })
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.dir
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Nothing can be done about a failure here; a later process tries again.
        let _ = fs::remove_dir_all(&self.dir);
    }
}

fn sweep(parent: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(pid) = name.to_str().and_then(|n| n.strip_prefix(PREFIX)).and_then(|n| n.split('-').next()) else { continue };
        let age = entry.metadata().ok().and_then(|m| m.modified().ok()).and_then(|t| SystemTime::now().duration_since(t).ok());
        if age.is_some_and(|age| age > STALE) && !Path::new("/proc").join(pid).exists() {
            // Another user's folder stays where it is.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_new_and_goes_with_its_owner() {
        let (a, b) = (Scratch::new().expect("made"), Scratch::new().expect("made"));
        assert_ne!(a.path(), b.path());
        let path = a.path().to_owned();
        fs::write(path.join("file"), "x").expect("written");
        drop(a);
        assert!(!path.exists() && b.path().is_dir());
    }
}
