//! Assembly identities (ECMA-335 II.6.2.1): names, versions and public key tokens.

use crate::ids::{AssemblyId, AssemblyRefId};
use crate::rows::{AssemblyRefRow, AssemblyRow};
use crate::{Module, Result, flags};
use core::fmt;

/// What identifies an assembly.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct AssemblyIdentity<'a> {
    /// Simple name.
    pub name: &'a str,
    /// Major, minor, build, revision.
    pub version: [u16; 4],
    /// Culture, empty for neutral.
    pub culture: &'a str,
    /// Last eight bytes of the SHA-1 of the public key, reversed; `None` without a key.
    pub public_key_token: Option<[u8; 8]>,
}

impl fmt::Display for AssemblyIdentity<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d] = self.version;
        let culture = if self.culture.is_empty() { "neutral" } else { self.culture };
        write!(f, "{}, Version={a}.{b}.{c}.{d}, Culture={culture}, PublicKeyToken=", self.name)?;
        match self.public_key_token {
            None => f.write_str("null"),
            Some(t) => t.iter().try_for_each(|b| write!(f, "{b:02x}")),
        }
    }
}

/// The token of a public key.
#[must_use]
pub fn public_key_token(key: &[u8]) -> [u8; 8] {
    let hash = sha1(key);
    let mut token = [0; 8];
    for (t, h) in token.iter_mut().zip(hash.iter().rev()) {
        *t = *h;
    }
    token
}

impl<'a> AssemblyRow<'a> {
    /// The identity.
    #[must_use]
    pub fn identity(&self) -> AssemblyIdentity<'a> {
        AssemblyIdentity {
            name: self.name,
            version: [self.major, self.minor, self.build, self.revision],
            culture: self.culture,
            public_key_token: (!self.public_key.is_empty()).then(|| public_key_token(self.public_key)),
        }
    }
}

impl<'a> AssemblyRefRow<'a> {
    /// The identity.
    #[must_use]
    pub fn identity(&self) -> AssemblyIdentity<'a> {
        let key = self.public_key_or_token;
        let token = if self.flags & flags::assembly_flags::PUBLIC_KEY != 0 && !key.is_empty() {
            Some(public_key_token(key))
        } else {
            <[u8; 8]>::try_from(key).ok()
        };
        AssemblyIdentity {
            name: self.name,
            version: [self.major, self.minor, self.build, self.revision],
            culture: self.culture,
            public_key_token: token,
        }
    }
}

impl Module {
    /// The manifest; `None` for a netmodule.
    pub fn assembly(&self) -> Result<Option<AssemblyRow<'_>>> {
        if self.row_count(AssemblyId::TABLE) == 0 { Ok(None) } else { self.assembly_row(AssemblyId(1)).map(Some) }
    }

    /// The identity of this assembly; `None` for a netmodule.
    pub fn identity(&self) -> Result<Option<AssemblyIdentity<'_>>> {
        Ok(self.assembly()?.map(|a| a.identity()))
    }

    /// The identity of a referenced assembly.
    pub fn assembly_ref_identity(&self, id: AssemblyRefId) -> Result<AssemblyIdentity<'_>> {
        self.assembly_ref(id).map(|r| r.identity())
    }
}

/// SHA-1 (FIPS 180-4), which the token is defined by.
fn sha1(data: &[u8]) -> [u8; 20] {
    let mut h = [0x6745_2301u32, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0];
    let mut tail = data.chunks_exact(64).remainder().to_vec();
    tail.push(0x80);
    while tail.len() % 64 != 56 {
        tail.push(0);
    }
    tail.extend_from_slice(&(data.len() as u64).wrapping_mul(8).to_be_bytes());
    for block in data.chunks_exact(64).chain(tail.chunks_exact(64)) {
        let mut w = [0u32; 80];
        for (w, b) in w.iter_mut().zip(block.chunks_exact(4)) {
            *w = u32::from_be_bytes([b[0], b[1], b[2], b[3]]);
        }
        for i in 16..80 {
            w[i] = (w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16]).rotate_left(1);
        }
        let [mut a, mut b, mut c, mut d, mut e] = h;
        for (i, &w) in w.iter().enumerate() {
            let (f, k) = match i {
                0..20 => ((b & c) | (!b & d), 0x5A82_7999),
                20..40 => (b ^ c ^ d, 0x6ED9_EBA1),
                40..60 => ((b & c) | (b & d) | (c & d), 0x8F1B_BCDC),
                _ => (b ^ c ^ d, 0xCA62_C1D6u32),
            };
            let t = a.rotate_left(5).wrapping_add(f).wrapping_add(e).wrapping_add(k).wrapping_add(w);
            (e, d, c, b, a) = (d, c, b.rotate_left(30), a, t);
        }
        for (h, v) in h.iter_mut().zip([a, b, c, d, e]) {
            *h = h.wrapping_add(v);
        }
    }
    let mut out = [0; 20];
    for (o, h) in out.chunks_exact_mut(4).zip(h) {
        o.copy_from_slice(&h.to_be_bytes());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{public_key_token, sha1};

    fn hex(b: &[u8]) -> String {
        b.iter().map(|b| format!("{b:02x}")).collect()
    }

    #[test]
    fn sha1_examples() {
        assert_eq!(hex(&sha1(b"abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(hex(&sha1(b"")), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
        assert_eq!(hex(&sha1(b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")), "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
    }

    #[test]
    fn the_neutral_key_has_the_well_known_token() {
        // ECMA-335 II.6.2.1.3: the standard public key.
        let key = [0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(hex(&public_key_token(&key)), "b77a5c561934e089");
    }
}
