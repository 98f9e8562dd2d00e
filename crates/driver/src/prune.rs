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

/// How long a folder of files is left alone after it was looked through.
const PERIOD: Duration = Duration::from_secs(24 * 3600);
/// Where the time of that is kept.
const MARK: &str = ".pruned";

/// File systems give a file whole blocks of this many bytes. The code of most functions is less than a kilobyte.
const BLOCK: u64 = 4096;

/// Removes files below `folder` that were not used for `age`, then those that were not for longest, until the blocks of the rest have at most
/// `limit` bytes; the time of change of a file is that of its last use. Does nothing when that was done within a day: there may be 100,000 files.
pub(crate) fn bound_files(folder: &Path, limit: u64, age: Duration, now: SystemTime) {
    let mark = folder.join(MARK);
    let changed = |path: &Path| fs::metadata(path).and_then(|m| m.modified()).ok();
    let since = |time: SystemTime| now.duration_since(time).unwrap_or_default();
    if !folder.is_dir() || changed(&mark).is_some_and(|time| since(time) < PERIOD) || fs::write(&mark, []).is_err() {
        return;
    }
    let _ = File::options().append(true).open(&mark).and_then(|file| file.set_modified(now));
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    let mut next = 0;
    while let Some(parent) = folders.get(next).cloned() {
        next += 1;
        for child in fs::read_dir(parent).into_iter().flatten().flatten() {
            let Ok(data) = child.metadata() else { continue };
            if data.is_dir() {
                folders.push(child.path());
            } else if child.path() != mark {
                let used = data.modified().unwrap_or(now);
                let unfinished = child.file_name().to_string_lossy().starts_with(UNFINISHED);
                let gone = since(used) > if unfinished { ABANDONED } else { age };
                files.push((!gone, used, child.path(), data.len().next_multiple_of(BLOCK)));
            }
        }
    }
    files.sort();
    let mut total: u64 = files.iter().map(|f| f.3).sum();
    for (kept, used, path, size) in files {
        if kept && (total <= limit || since(used) < IN_USE) {
            break;
        }
        // Another process may have removed it.
        let _ = fs::remove_file(&path);
        total -= size;
    }
    // Only empty ones go.
    folders.iter().skip(1).rev().for_each(|folder| drop(fs::remove_dir(folder)));
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
    fn files_go_by_age_then_by_size_and_once_a_day() {
        let folder = std::env::temp_dir().join(format!("kiln-prune-files-{}", std::process::id()));
        let now = SystemTime::now();
        let hours = |n: u64| Duration::from_secs(3600 * n);
        let put = |name: &str, age: Duration| {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("created");
            fs::write(&path, [0; 1000]).expect("written");
            File::options().append(true).open(&path).expect("open").set_modified(now - age).expect("set");
        };
        let left = |names: &[&str]| names.iter().map(|name| folder.join(name).exists()).collect::<Vec<_>>();
        let names = ["v1/a/old", "v2/a/x", "v2/b/y", "v2/b/z", "v2/b/.half"];
        let ages = [hours(500), hours(30), hours(20), hours(10), hours(2)];
        names.iter().zip(ages).for_each(|(name, age)| put(name, age));
        bound_files(&folder, 1_000_000, hours(400), now);
        assert_eq!(left(&names), [false, true, true, true, false]);
        assert!(!folder.join("v1").exists(), "empty folders go");
        bound_files(&folder, 0, hours(400), now + hours(1));
        assert_eq!(left(&names[1..4]), [true; 3], "within a day");
        bound_files(&folder, 2 * BLOCK, hours(400), now + hours(25));
        assert_eq!(left(&names[1..4]), [false, true, true]);
        bound_files(&folder, 0, hours(400), now + hours(50));
        assert_eq!(left(&names[1..4]), [false; 3]);
        fs::remove_dir_all(&folder).expect("removed");
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
