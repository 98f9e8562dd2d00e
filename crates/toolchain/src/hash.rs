//! A stable 128-bit content hash (FNV-1a over 64-bit lanes) for cache keys.
//!
//! Keys must be the same on every run and every machine, which rules out the hashers of the standard library. The inputs are
//! the user's own files, so resistance against forged collisions is not needed.

use std::fmt;

/// The hash of some content; prints as 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ContentHash(pub u128);

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// Computes a [`ContentHash`] over a sequence of byte strings.
#[derive(Clone, Debug)]
pub struct ContentHasher(u128);

const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

impl ContentHasher {
    /// Starts a hash; `domain` keeps the keys of different uses apart.
    #[must_use]
    pub fn new(domain: &str) -> Self {
        let mut hasher = Self(OFFSET);
        hasher.update(domain.as_bytes());
        hasher
    }

    /// Adds one byte string; its length counts, so `"ab","c"` differs from `"a","bc"`.
    pub fn update(&mut self, bytes: &[u8]) -> &mut Self {
        self.word(bytes.len() as u64);
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.word(u64::from_le_bytes(*word));
        }
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        self.word(u64::from_le_bytes(last));
        self
    }

    fn word(&mut self, word: u64) {
        self.0 = (self.0 ^ u128::from(word)).wrapping_mul(PRIME);
        // A multiplication only carries upwards; the rotation lets high bits reach low ones.
        self.0 = self.0.rotate_left(61);
    }

    /// The hash of everything added so far.
    #[must_use]
    pub fn finish(&self) -> ContentHash {
        ContentHash(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_split_into_parts_counts() {
        let hash = |parts: &[&str]| {
            let mut hasher = ContentHasher::new("t");
            for part in parts {
                hasher.update(part.as_bytes());
            }
            hasher.finish()
        };
        assert_ne!(hash(&["ab", "c"]), hash(&["a", "bc"]));
        assert_ne!(hash(&["12345678"]), hash(&["12345678", ""]));
        assert_eq!(hash(&["ab", "c"]), hash(&["ab", "c"]));
    }
}
