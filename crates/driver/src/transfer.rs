//! `kiln cache export` and `import`: the object cache of this version of Kiln as one file.
//!
//! The file holds what is in the cache, sorted by key, and nothing about when or where it was made: equal caches give equal files. It can
//! only be read by the version that wrote it, since another's keys would never be asked for; every entry is checked with its key.

use crate::cache::ObjectCache;
use crate::error::BuildError;
use crate::key::Generator;
use kiln_diag::{Diagnostic, codes};
use kiln_support::{ContentHash, ContentHasher};
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// What the file begins with; the version of Kiln follows.
const MAGIC: &[u8; 10] = b"KILNCACHE1";
/// No function is as large.
const LARGEST: u64 = 1 << 30;

/// How much was moved.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Moved {
    /// Functions.
    pub entries: usize,
    /// Their bytes in the cache.
    pub bytes: u64,
}

fn unusable(path: &Path, why: &str) -> BuildError {
    let text = format!("`{}` {why}", path.display());
    let help = "make the file with `kiln cache export` of this version of Kiln, on a machine with the same LLVM";
    BuildError::environment(Diagnostic::error(codes::BAD_CACHE_FILE, text).with_help(help))
}

/// Proves that bytes and key belong together.
fn seal(key: &[u8; 16], bytes: &[u8]) -> [u8; 16] {
    ContentHasher::new("transfer").update(key).update(bytes).finish().bytes()
}

/// Keys and files of a cache, by key.
fn entries(root: &Path) -> Vec<([u8; 16], PathBuf)> {
    let mut found = Vec::new();
    let names = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()).collect::<Vec<_>>();
    for file in names(root).iter().flat_map(|folder| names(folder)) {
        let name = |path: Option<&Path>| path.and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned();
        let hex = name(file.parent()) + &name(Some(&file));
        if hex.len() == 32
            && let Ok(key) = u128::from_str_radix(&hex, 16)
        {
            found.push((key.to_be_bytes(), file));
        }
    }
    found.sort();
    found
}

/// Writes all entries of a cache (the folder of [`kiln_toolchain::Cache`]) to a file.
///
/// # Errors
///
/// A file that cannot be written.
pub fn export(root: &Path, file: &Path) -> Result<Moved, BuildError> {
    let cache = ObjectCache::open(Some(root));
    let bad = |e: io::Error| BuildError::write(file, &e);
    let mut out = BufWriter::with_capacity(1 << 20, fs::File::create(file).map_err(bad)?);
    let mut moved = Moved::default();
    out.write_all(MAGIC).and_then(|()| out.write_all(&Generator::version().bytes())).map_err(bad)?;
    for (key, path) in cache.root().map(entries).unwrap_or_default() {
        // Another process may have removed it.
        let Ok(bytes) = fs::read(&path) else { continue };
        let length = bytes.len() as u64;
        let parts = [&key[..], &seal(&key, &bytes), &length.to_le_bytes(), &bytes];
        parts.iter().try_for_each(|part| out.write_all(part)).map_err(bad)?;
        moved.entries += 1;
        moved.bytes += length;
    }
    out.flush().map_err(bad)?;
    Ok(moved)
}

/// Puts all entries of a file into a cache.
///
/// # Errors
///
/// A file that cannot be read, is of another version, or is damaged: then what came before the damage is in the cache.
pub fn import(root: &Path, file: &Path) -> Result<Moved, BuildError> {
    let cache = ObjectCache::open(Some(root));
    let open = fs::File::open(file).map_err(|e| unusable(file, &format!("cannot be read: {e}")))?;
    let mut input = io::BufReader::with_capacity(1 << 20, open);
    let damaged = || unusable(file, "is damaged");
    let mut magic = [0; MAGIC.len()];
    let mut version = [0; 16];
    if input.read_exact(&mut magic).is_err() || magic != *MAGIC {
        return Err(unusable(file, "is no exported cache"));
    }
    if input.read_exact(&mut version).is_err() || version != Generator::version().bytes() {
        return Err(unusable(file, "was exported by another version of Kiln, or with another LLVM"));
    }
    let mut moved = Moved::default();
    while !io::BufRead::fill_buf(&mut input).map_err(|_| damaged())?.is_empty() {
        let mut head = [[0; 16]; 2];
        let mut length = [0; 8];
        let [key, sealed] = &mut head;
        input
            .read_exact(key)
            .and_then(|()| input.read_exact(sealed))
            .and_then(|()| input.read_exact(&mut length))
            .map_err(|_| damaged())?;
        let length = u64::from_le_bytes(length);
        let mut bytes = Vec::new();
        let read = input.by_ref().take(length.min(LARGEST)).read_to_end(&mut bytes);
        let whole = read.is_ok_and(|n| n as u64 == length) && *sealed == seal(key, &bytes);
        if !whole || !cache.put_encoded(ContentHash::from_bytes(*key), &bytes) {
            return Err(damaged());
        }
        if let Some((path, e)) = cache.failure() {
            return Err(BuildError::write(&path, &e));
        }
        moved.entries += 1;
        moved.bytes += length;
    }
    Ok(moved)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::{CachedGc, Entry};
    use kiln_codegen::Code;
    use kiln_toolchain::Scratch;

    fn entry(text: &str) -> Entry {
        let gc = CachedGc { symbol: text.to_owned(), gc: vec![1], places: vec![], code: 3 };
        Entry { code: Code::Object(text.as_bytes().to_vec()), gc }
    }

    fn key(text: &str) -> ContentHash {
        ContentHasher::new("t").update(text.as_bytes()).finish()
    }

    #[test]
    fn what_is_exported_can_be_imported_and_equal_caches_give_equal_files() {
        let scratch = Scratch::new().expect("a folder");
        let at = |name: &str| scratch.path().join(name);
        let texts = ["a", "b", "c"];
        for (root, order) in [("one", [0, 1, 2]), ("two", [2, 0, 1])] {
            let cache = ObjectCache::open(Some(&at(root)));
            order.iter().for_each(|&i| cache.put(key(texts[i]), &entry(texts[i])));
            assert_eq!(export(&at(root), &at(&format!("{root}.file"))).expect("written").entries, 3);
        }
        let bytes = fs::read(at("one.file")).expect("a file");
        assert_eq!(bytes, fs::read(at("two.file")).expect("a file"));
        assert_eq!(import(&at("three"), &at("one.file")).expect("read").entries, 3);
        let cache = ObjectCache::open(Some(&at("three")));
        texts.iter().for_each(|text| assert_eq!(cache.get(key(text)), Some(entry(text)), "{text}"));
    }

    #[test]
    fn another_version_or_a_damaged_file_is_refused() {
        let scratch = Scratch::new().expect("a folder");
        let at = |name: &str| scratch.path().join(name);
        ObjectCache::open(Some(&at("one"))).put(key("a"), &entry("a"));
        export(&at("one"), &at("file")).expect("written");
        let bytes = fs::read(at("file")).expect("a file");
        let refusal = |bytes: &[u8]| {
            fs::write(at("changed"), bytes).expect("written");
            match import(&at("two"), &at("changed")) {
                Err(BuildError::Environment(d)) => d.message,
                other => panic!("not refused: {other:?}"),
            }
        };
        for (place, says) in
            [(0, "no exported cache"), (MAGIC.len(), "another version"), (MAGIC.len() + 16, "damaged"), (bytes.len() - 1, "damaged")]
        {
            let mut flipped = bytes.clone();
            flipped[place] ^= 1;
            let message = refusal(&flipped);
            assert!(message.contains(says), "byte {place}: {message}");
        }
        assert!(refusal(&bytes[..bytes.len() - 1]).contains("damaged"));
        assert!(refusal(&[]).contains("no exported cache"));
    }
}
