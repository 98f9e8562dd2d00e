//! Content hashes, for cache keys, checksums and names made of contents: the first 128 bits of SHA-256 (FIPS 180-4).
//!
//! A key decides which machine code is linked, so two contents must never have the same by accident, on any machine: that rules out
//! the hashers of the standard library and everything whose quality somebody would have to argue for. 128 bits, because keys are
//! file names; of SHA-256 any of its bits will do. The runtime has the same crate, for the class library.

use sha2::{Digest, Sha256};
use std::fmt;

/// The hash of some content; prints as 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ContentHash([u8; 16]);

impl ContentHash {
    /// The hash whose bytes these are.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The hash as bytes, as it is printed.
    #[must_use]
    pub fn bytes(self) -> [u8; 16] {
        self.0
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

/// Computes a [`ContentHash`] over a sequence of byte strings.
#[derive(Clone, Debug)]
pub struct ContentHasher(Sha256);

impl ContentHasher {
    /// Starts a hash; `domain` keeps the keys of different uses apart.
    #[must_use]
    pub fn new(domain: &str) -> Self {
        let mut hasher = Self(Sha256::new());
        hasher.update(domain.as_bytes());
        hasher
    }

    /// Adds one byte string; its length counts, so `"ab","c"` differs from `"a","bc"`.
    pub fn update(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
        self
    }

    /// The hash of everything added so far.
    #[must_use]
    pub fn finish(&self) -> ContentHash {
        let digest: [u8; 32] = self.0.clone().finalize().into();
        let (first, _) = digest.split_at(16);
        let mut hash = [0; 16];
        hash.copy_from_slice(first);
        ContentHash(hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(parts: &[&str]) -> ContentHash {
        let mut hasher = ContentHasher::new("t");
        for part in parts {
            hasher.update(part.as_bytes());
        }
        hasher.finish()
    }

    #[test]
    fn the_split_into_parts_counts() {
        assert_ne!(hash(&["ab", "c"]), hash(&["a", "bc"]));
        assert_ne!(hash(&["12345678"]), hash(&["12345678", ""]));
        assert_eq!(hash(&["ab", "c"]), hash(&["ab", "c"]));
    }

    #[test]
    fn uses_are_kept_apart_by_their_names() {
        assert_ne!(ContentHasher::new("a").update(b"x").finish(), ContentHasher::new("b").update(b"x").finish());
    }

    #[test]
    fn it_is_sha_256_of_lengths_and_parts() {
        // printf '\1\0\0\0\0\0\0\0t\3\0\0\0\0\0\0\0abc' | sha256sum
        assert_eq!(hash(&["abc"]).to_string(), "698a3842e84b13fce0a5d17400be9053");
    }
}
