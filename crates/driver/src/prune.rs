//! Bounds a folder of the cache: what was not used for the longest time goes first.
//!
//! Every entry is a folder, and the time of change of its record is the time of its last use. An entry leaves by a rename, so that no
//! process ever finds half of one; what was used a moment ago stays whatever the bound, because a process may be about to run it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// How the names of folders begin that are not entries yet, or no more.
pub(crate) const UNFINISHED: &str = ".";
/// What was used within this time is in use.
const IN_USE: Duration = Duration::from_secs(600);
/// A process that is still busy with an unfinished folder does not take so long.
const ABANDONED: Duration = Duration::from_secs(3600);

/// Notes that the entry of this record was used; a failure only makes it leave early.
pub(crate) fn touch(record: &Path) {
    let _ = File::options().append(true).open(record).and_then(|file| file.set_modified(SystemTime::now()));
}

struct Entry {
    used: SystemTime,
    size: u64,
    path: PathBuf,
}

/// Removes entries of `folder` until the rest takes at most `limit` bytes. What cannot be removed stays: another process may be at it.
pub(crate) fn bound(folder: &Path, record: &str, limit: u64, now: SystemTime) {
    let mut entries = Vec::new();
    for child in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = child.path();
        let changed = |path: &Path| fs::metadata(path).and_then(|m| m.modified()).ok();
        let age = |time: SystemTime| now.duration_since(time).unwrap_or_default();
        if child.file_name().to_string_lossy().starts_with(UNFINISHED) {
            if changed(&path).is_some_and(|time| age(time) > ABANDONED) {
                let _ = fs::remove_dir_all(&path);
            }
            continue;
        }
        // An entry that is being removed has no time any more.
        let Some(used) = changed(&path.join(record)).or_else(|| changed(&path)) else { continue };
        let sizes = fs::read_dir(&path).into_iter().flatten().flatten().filter_map(|file| file.metadata().ok()).map(|m| m.len());
        entries.push(Entry { used, size: sizes.sum(), path });
    }
    entries.sort_by(|a, b| (a.used, &a.path).cmp(&(b.used, &b.path)));
    let mut total: u64 = entries.iter().map(|e| e.size).sum();
    for Entry { used, size, path } in entries {
        if total <= limit || now.duration_since(used).unwrap_or_default() < IN_USE {
            break;
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let aside = path.with_file_name(format!("{UNFINISHED}{name}.{}.old", std::process::id()));
        let moved = fs::rename(&path, &aside).is_ok();
        let _ = fs::remove_dir_all(&aside);
        // Another process may have taken it first, and counts on the same bound.
        if moved || !path.exists() {
            total -= size;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &str = "record";

    /// An entry of 1000 bytes that was last used so long ago.
    fn entry(folder: &Path, name: &str, age: u64, now: SystemTime) {
        let path = folder.join(name);
        fs::create_dir_all(&path).expect("created");
        fs::write(path.join("program"), [0; 990]).expect("written");
        fs::write(path.join(RECORD), [0; 10]).expect("written");
        let time = now - Duration::from_secs(age);
        for file in [path.join(RECORD), path.clone()] {
            File::open(file).expect("open").set_modified(time).expect("set");
        }
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut all: Vec<String> =
            fs::read_dir(folder).expect("a folder").flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect();
        all.sort();
        all
    }

    #[test]
    fn what_was_not_used_for_longest_goes_first_and_what_is_in_use_stays() {
        let folder = std::env::temp_dir().join(format!("kiln-prune-{}", std::process::id()));
        let now = SystemTime::now();
        for (name, age) in [("a", 5000), ("b", 9000), ("c", 4000), ("new", 10), (".unfinished", 100), (".abandoned", 4000)] {
            entry(&folder, name, age, now);
        }
        bound(&folder, RECORD, 4000, now);
        assert_eq!(names(&folder), [".unfinished", "a", "b", "c", "new"]);
        bound(&folder, RECORD, 3999, now);
        assert_eq!(names(&folder), [".unfinished", "a", "c", "new"]);
        touch(&folder.join("a").join(RECORD));
        bound(&folder, RECORD, 2000, now);
        assert_eq!(names(&folder), [".unfinished", "a", "new"]);
        bound(&folder, RECORD, 0, now);
        assert_eq!(names(&folder), [".unfinished", "a", "new"]);

        // Two at once leave what one leaves.
        for number in 0..40 {
            entry(&folder, &format!("e{number:02}"), 5000 - number, now);
        }
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| bound(&folder, RECORD, 12_000, now));
            }
        });
        let left = names(&folder);
        assert!(left.len() <= 13 && left.contains(&"new".to_owned()) && left.contains(&"e39".to_owned()), "{left:?}");
        assert!(!left.iter().any(|name| name.ends_with(".old")), "{left:?}");
        fs::remove_dir_all(&folder).expect("removed");
    }
}
