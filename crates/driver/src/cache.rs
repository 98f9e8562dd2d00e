//! The object cache: content hash → code and GC records of one function.
//!
//! One file per entry, in a folder of the version that made it, written beside and renamed, so that builds running at the same time never
//! see half an entry. The time of change of a file is that of its last use, to a day.
//! An entry that cannot be read, or is not what was written, is a miss; a cache that cannot be written is a slower build, not a failed one.

use crate::key::Generator;
use crate::prune;
use kiln_codegen::{Code, Piece, SitePlace};
use kiln_support::{ContentHash, ContentHasher};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use std::{fs, io};

/// GC record of the function of an entry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CachedGc {
    /// Function symbol.
    pub symbol: String,
    /// Encoded record (`abi::gc_info`); empty = the function has no sites.
    pub gc: Vec<u8>,
    /// Where its calls are, as far as there is something to tell, by return offset.
    pub places: Vec<(u32, SitePlace)>,
    /// Bytes of machine code.
    pub code: u64,
}

/// What code generation made of one unit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Its code.
    pub code: Code,
    /// Its GC record.
    pub gc: CachedGc,
}

/// A folder of entries.
#[derive(Debug)]
pub struct ObjectCache {
    root: Option<PathBuf>,
    counter: AtomicU64,
    failure: Mutex<Option<(PathBuf, io::Error)>>,
}

/// Part of every entry and of every key: another form is another entry.
pub const FORM: &str = "KILNOBJ6";

const DAY: Duration = Duration::from_secs(24 * 3600);

/// The folder of all versions' entries in a cache.
pub(crate) fn objects(root: &Path) -> PathBuf {
    root.join("objects")
}

impl ObjectCache {
    /// Opens (or makes) the cache of this version of Kiln; `None` disables it.
    #[must_use]
    pub fn open(root: Option<&Path>) -> Self {
        let root = root.map(|r| objects(r).join(Generator::version().to_string()));
        Self { root, counter: AtomicU64::new(0), failure: Mutex::new(None) }
    }

    /// Its folder.
    pub(crate) fn root(&self) -> Option<&Path> {
        self.root.as_deref()
    }

    /// The first entry that could not be written, and why.
    pub fn failure(&self) -> Option<(PathBuf, io::Error)> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn path(&self, hash: ContentHash) -> Option<PathBuf> {
        let hex = hash.to_string();
        Some(self.root.as_ref()?.join(&hex[..2]).join(&hex[2..]))
    }

    /// Looks an entry up.
    #[must_use]
    pub fn get(&self, hash: ContentHash) -> Option<Entry> {
        let path = self.path(hash)?;
        let mut file = fs::File::open(&path).ok()?;
        let found = file.metadata().ok()?;
        let mut bytes = Vec::with_capacity(usize::try_from(found.len()).unwrap_or_default());
        file.read_to_end(&mut bytes).ok()?;
        if found.modified().is_ok_and(|time| time.elapsed().is_ok_and(|age| age > DAY)) {
            prune::touch(&path);
        }
        decode(&bytes)
    }

    /// Stores an entry.
    pub fn put(&self, hash: ContentHash, entry: &Entry) {
        self.put_bytes(hash, &encode(entry));
    }

    /// Stores an entry as it is in a file, if it is one.
    pub(crate) fn put_encoded(&self, hash: ContentHash, bytes: &[u8]) -> bool {
        let good = decode(bytes).is_some();
        if good {
            self.put_bytes(hash, bytes);
        }
        good
    }

    fn put_bytes(&self, hash: ContentHash, bytes: &[u8]) {
        let Some(path) = self.path(hash) else { return };
        let Some(dir) = path.parent() else { return };
        let unique = self.counter.fetch_add(1, Ordering::Relaxed);
        let temp = dir.join(format!(".{}-{unique}", std::process::id()));
        let written = fs::create_dir_all(dir).and_then(|()| fs::write(&temp, bytes)).and_then(|()| fs::rename(&temp, &path));
        if let Err(e) = written {
            let _ = fs::remove_file(&temp);
            self.failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert((path, e));
        }
    }
}

fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_len(out, bytes.len());
    out.extend_from_slice(bytes);
}

fn put_u32(out: &mut Vec<u8>, value: u32) {
    out.extend_from_slice(&value.to_le_bytes());
}

fn put_len(out: &mut Vec<u8>, len: usize) {
    put_u32(out, u32::try_from(len).unwrap_or(u32::MAX));
}

fn encode(entry: &Entry) -> Vec<u8> {
    let mut out = FORM.as_bytes().to_vec();
    match &entry.code {
        Code::Object(object) => {
            out.push(0);
            put_bytes(&mut out, object);
        }
        Code::Piece(piece) => {
            out.push(1);
            piece.encode(&mut out);
        }
    }
    let g = &entry.gc;
    put_bytes(&mut out, g.symbol.as_bytes());
    put_bytes(&mut out, &g.gc);
    out.extend_from_slice(&g.code.to_le_bytes());
    put_len(&mut out, g.places.len());
    for &(offset, SitePlace { scope, document, line }) in &g.places {
        [offset, scope, document, line].into_iter().for_each(|v| put_u32(&mut out, v));
    }
    let seal = seal(&out);
    out.extend_from_slice(&seal);
    out
}

/// Ends an entry: half of one, or one with a damaged byte, has another.
fn seal(bytes: &[u8]) -> [u8; 16] {
    ContentHasher::new("entry").update(bytes).finish().bytes()
}

fn take<'a>(data: &mut &'a [u8], len: usize) -> Option<&'a [u8]> {
    let (head, tail) = data.split_at_checked(len)?;
    *data = tail;
    Some(head)
}

fn take_u32(data: &mut &[u8]) -> Option<u32> {
    Some(u32::from_le_bytes(take(data, 4)?.try_into().ok()?))
}

fn take_bytes<'a>(data: &mut &'a [u8]) -> Option<&'a [u8]> {
    let len = take_u32(data)? as usize;
    take(data, len)
}

fn take_string(data: &mut &[u8]) -> Option<String> {
    String::from_utf8(take_bytes(data)?.to_vec()).ok()
}

fn decode(data: &[u8]) -> Option<Entry> {
    let (mut data, end) = data.split_last_chunk::<16>()?;
    if *end != seal(data) || take(&mut data, FORM.len())? != FORM.as_bytes() {
        return None;
    }
    let code = match take(&mut data, 1)? {
        [0] => Code::Object(take_bytes(&mut data)?.to_vec()),
        [1] => Code::Piece(Piece::decode(&mut data)?),
        _ => return None,
    };
    let (symbol, bytes) = (take_string(&mut data)?, take_bytes(&mut data)?.to_vec());
    let size = u64::from_le_bytes(take(&mut data, 8)?.try_into().ok()?);
    let mut places = Vec::new();
    for _ in 0..take_u32(&mut data)? {
        let offset = take_u32(&mut data)?;
        places.push((offset, SitePlace { scope: take_u32(&mut data)?, document: take_u32(&mut data)?, line: take_u32(&mut data)? }));
    }
    let gc = CachedGc { symbol, gc: bytes, places, code: size };
    data.is_empty().then_some(Entry { code, gc })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_survives_encoding_and_a_damaged_one_is_a_miss() {
        let code = kiln_codegen::Section { place: kiln_codegen::Place::Code, align: 16, data: vec![0xC3], relocations: vec![] };
        let piece = Piece { symbol: "f".into(), sections: vec![code], externals: vec![] };
        let place = SitePlace { scope: 3, document: 0, line: 7 };
        for code in [Code::Object(vec![1, 2, 3]), Code::Piece(piece)] {
            let gc = CachedGc { symbol: "f".into(), gc: vec![9], places: vec![(5, place), (9, SitePlace::default())], code: 7 };
            let entry = Entry { code, gc };
            let bytes = encode(&entry);
            assert_eq!(decode(&bytes), Some(entry));
            for len in 0..bytes.len() {
                assert_eq!(decode(&bytes[..len]), None, "prefix of {len} bytes");
                let mut flipped = bytes.clone();
                flipped[len] ^= 1;
                assert_eq!(decode(&flipped), None, "byte {len} flipped");
            }
        }
    }
}
