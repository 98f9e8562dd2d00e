//! `#Strings`, `#US`, `#Blob` and `#GUID` (ECMA-335 II.24.2.3 to II.24.2.5). Equal entries are kept once.

use super::compressed;
use kiln_support::FxHashMap;

/// The four heaps.
#[derive(Debug)]
pub(crate) struct Heaps {
    pub strings: Vec<u8>,
    pub user_strings: Vec<u8>,
    pub blobs: Vec<u8>,
    pub guids: Vec<u8>,
    known_strings: FxHashMap<String, u32>,
    known_user_strings: FxHashMap<Vec<u16>, u32>,
    known_blobs: FxHashMap<Vec<u8>, u32>,
}

impl Heaps {
    pub fn new() -> Self {
        Self {
            strings: vec![0],
            user_strings: vec![0],
            blobs: vec![0],
            guids: Vec::new(),
            known_strings: FxHashMap::default(),
            known_user_strings: FxHashMap::default(),
            known_blobs: FxHashMap::default(),
        }
    }

    pub fn string(&mut self, text: &str) -> u32 {
        if text.is_empty() {
            return 0;
        }
        if let Some(&offset) = self.known_strings.get(text) {
            return offset;
        }
        let offset = self.strings.len() as u32;
        self.strings.extend(text.bytes());
        self.strings.push(0);
        self.known_strings.insert(text.to_owned(), offset);
        offset
    }

    pub fn blob(&mut self, bytes: &[u8]) -> u32 {
        if bytes.is_empty() {
            return 0;
        }
        if let Some(&offset) = self.known_blobs.get(bytes) {
            return offset;
        }
        let offset = self.blobs.len() as u32;
        compressed(bytes.len() as u32, &mut self.blobs);
        self.blobs.extend_from_slice(bytes);
        self.known_blobs.insert(bytes.to_vec(), offset);
        offset
    }

    /// A literal; the byte at its end says whether any unit needs more than simple handling.
    pub fn user_string(&mut self, units: &[u16]) -> u32 {
        if let Some(&offset) = self.known_user_strings.get(units) {
            return offset;
        }
        let offset = self.user_strings.len() as u32;
        compressed(units.len() as u32 * 2 + 1, &mut self.user_strings);
        self.user_strings.extend(units.iter().flat_map(|u| u.to_le_bytes()));
        let special = |u: &u16| *u > 0x7E || matches!(*u, 1..=8 | 0x0E..=0x1F | 0x27 | 0x2D);
        self.user_strings.push(u8::from(units.iter().any(special)));
        self.known_user_strings.insert(units.to_vec(), offset);
        offset
    }

    pub fn guid(&mut self, guid: [u8; 16]) -> u32 {
        self.guids.extend(guid);
        (self.guids.len() / 16) as u32
    }
}
