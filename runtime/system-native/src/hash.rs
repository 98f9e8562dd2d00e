//! Hash functions: MD5 (RFC 1321), SHA-1 and SHA-2 (FIPS 180-4), HMAC (RFC 2104).

/// Longest block.
pub const MAX_BLOCK: usize = 128;
/// Longest digest.
pub const MAX_DIGEST: usize = 64;

/// Fractional parts of the cube roots of the first 80 primes; SHA-256 uses the upper halves.
const K: [u64; 80] = [
    0x428a2f98d728ae22,
    0x7137449123ef65cd,
    0xb5c0fbcfec4d3b2f,
    0xe9b5dba58189dbbc,
    0x3956c25bf348b538,
    0x59f111f1b605d019,
    0x923f82a4af194f9b,
    0xab1c5ed5da6d8118,
    0xd807aa98a3030242,
    0x12835b0145706fbe,
    0x243185be4ee4b28c,
    0x550c7dc3d5ffb4e2,
    0x72be5d74f27b896f,
    0x80deb1fe3b1696b1,
    0x9bdc06a725c71235,
    0xc19bf174cf692694,
    0xe49b69c19ef14ad2,
    0xefbe4786384f25e3,
    0x0fc19dc68b8cd5b5,
    0x240ca1cc77ac9c65,
    0x2de92c6f592b0275,
    0x4a7484aa6ea6e483,
    0x5cb0a9dcbd41fbd4,
    0x76f988da831153b5,
    0x983e5152ee66dfab,
    0xa831c66d2db43210,
    0xb00327c898fb213f,
    0xbf597fc7beef0ee4,
    0xc6e00bf33da88fc2,
    0xd5a79147930aa725,
    0x06ca6351e003826f,
    0x142929670a0e6e70,
    0x27b70a8546d22ffc,
    0x2e1b21385c26c926,
    0x4d2c6dfc5ac42aed,
    0x53380d139d95b3df,
    0x650a73548baf63de,
    0x766a0abb3c77b2a8,
    0x81c2c92e47edaee6,
    0x92722c851482353b,
    0xa2bfe8a14cf10364,
    0xa81a664bbc423001,
    0xc24b8b70d0f89791,
    0xc76c51a30654be30,
    0xd192e819d6ef5218,
    0xd69906245565a910,
    0xf40e35855771202a,
    0x106aa07032bbd1b8,
    0x19a4c116b8d2d0c8,
    0x1e376c085141ab53,
    0x2748774cdf8eeb99,
    0x34b0bcb5e19b48a8,
    0x391c0cb3c5c95a63,
    0x4ed8aa4ae3418acb,
    0x5b9cca4f7763e373,
    0x682e6ff3d6b2b8a3,
    0x748f82ee5defb2fc,
    0x78a5636f43172f60,
    0x84c87814a1f0ab72,
    0x8cc702081a6439ec,
    0x90befffa23631e28,
    0xa4506cebde82bde9,
    0xbef9a3f7b2c67915,
    0xc67178f2e372532b,
    0xca273eceea26619c,
    0xd186b8c721c0c207,
    0xeada7dd6cde0eb1e,
    0xf57d4f7fee6ed178,
    0x06f067aa72176fba,
    0x0a637dc5a2c898a6,
    0x113f9804bef90dae,
    0x1b710b35131c471b,
    0x28db77f523047d84,
    0x32caab7b40c72493,
    0x3c9ebe0a15c9bebc,
    0x431d67c49c100d4c,
    0x4cc5d4becb3e42b6,
    0x597f299cfc657e2a,
    0x5fcb6fab3ad6faec,
    0x6c44198c4a475817,
];
/// 2^32 times the sines of 1 to 64.
const SINES: [u32; 64] = [
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501, 0x698098d8, 0x8b44f7af, 0xffff5bb1,
    0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821, 0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453,
    0xd8a1e681, 0xe7d3fbc8, 0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a, 0xfffa3942,
    0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70, 0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05,
    0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665, 0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d,
    0x85845dd1, 0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
];
const START_256: [u64; 8] = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];
const START_384: [u64; 8] = [
    0xcbbb9d5dc1059ed8,
    0x629a292a367cd507,
    0x9159015a3070dd17,
    0x152fecd8f70e5939,
    0x67332667ffc00b31,
    0x8eb44a8768581511,
    0xdb0c2e0d64f98fa7,
    0x47b5481dbefa4fa4,
];
const START_512: [u64; 8] = [
    0x6a09e667f3bcc908,
    0xbb67ae8584caa73b,
    0x3c6ef372fe94f82b,
    0xa54ff53a5f1d36f1,
    0x510e527fade682d1,
    0x9b05688c2b3e6c1f,
    0x1f83d9abfb41bd6b,
    0x5be0cd19137e2179,
];
const START_1: [u64; 8] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0, 0, 0, 0];

/// An algorithm.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Algorithm {
    /// MD5.
    Md5 = 1,
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl Algorithm {
    /// The algorithm of a number.
    #[must_use]
    pub const fn from_number(n: usize) -> Option<Self> {
        Some(match n {
            1 => Self::Md5,
            2 => Self::Sha1,
            3 => Self::Sha256,
            4 => Self::Sha384,
            5 => Self::Sha512,
            _ => return None,
        })
    }

    /// Bytes of the digest.
    #[must_use]
    pub const fn size(self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// Bytes of a block.
    #[must_use]
    pub const fn block(self) -> usize {
        match self {
            Self::Sha384 | Self::Sha512 => 128,
            _ => 64,
        }
    }
}

/// A hash in progress.
#[derive(Clone, Copy)]
pub struct Hash {
    algorithm: Algorithm,
    state: [u64; 8],
    buffer: [u8; MAX_BLOCK],
    filled: usize,
    total: u128,
}

impl Hash {
    /// Starts.
    #[must_use]
    pub const fn new(algorithm: Algorithm) -> Self {
        let state = match algorithm {
            Algorithm::Md5 | Algorithm::Sha1 => START_1,
            Algorithm::Sha256 => START_256,
            Algorithm::Sha384 => START_384,
            Algorithm::Sha512 => START_512,
        };
        Self { algorithm, state, buffer: [0; MAX_BLOCK], filled: 0, total: 0 }
    }

    /// What it computes.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Takes more input.
    pub fn update(&mut self, mut data: &[u8]) {
        let block = self.algorithm.block();
        self.total += data.len() as u128;
        while !data.is_empty() {
            let n = data.len().min(block - self.filled);
            self.buffer[self.filled..self.filled + n].copy_from_slice(&data[..n]);
            self.filled += n;
            data = &data[n..];
            if self.filled == block {
                self.compress();
                self.filled = 0;
            }
        }
    }

    /// The digest, of which the first `algorithm.size()` bytes count.
    #[must_use]
    pub fn finish(mut self) -> [u8; MAX_DIGEST] {
        let block = self.algorithm.block();
        let bits = self.total * 8;
        let length = block / 8;
        self.update(&[0x80]);
        while self.filled != block - length {
            self.update(&[0]);
        }
        let mut tail = [0; 16];
        if self.algorithm == Algorithm::Md5 {
            tail[..8].copy_from_slice(&(bits as u64).to_le_bytes());
        } else {
            tail[..length].copy_from_slice(&bits.to_be_bytes()[16 - length..]);
        }
        self.update(&tail[..length]);
        let mut digest = [0; MAX_DIGEST];
        for (index, word) in self.state.iter().enumerate() {
            match self.algorithm {
                Algorithm::Md5 => digest[index * 4..index * 4 + 4].copy_from_slice(&(*word as u32).to_le_bytes()),
                Algorithm::Sha1 | Algorithm::Sha256 => digest[index * 4..index * 4 + 4].copy_from_slice(&(*word as u32).to_be_bytes()),
                _ => digest[index * 8..index * 8 + 8].copy_from_slice(&word.to_be_bytes()),
            }
        }
        digest
    }

    fn compress(&mut self) {
        match self.algorithm {
            Algorithm::Md5 => self.md5(),
            Algorithm::Sha1 => self.sha1(),
            Algorithm::Sha256 => self.sha256(),
            _ => self.sha512(),
        }
    }

    fn word32(&self, index: usize, little: bool) -> u32 {
        let mut bytes = [0; 4];
        bytes.copy_from_slice(&self.buffer[index * 4..index * 4 + 4]);
        if little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) }
    }

    fn md5(&mut self) {
        const SHIFTS: [[u32; 4]; 4] = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];
        let [mut a, mut b, mut c, mut d] = [0, 1, 2, 3].map(|i| self.state[i] as u32);
        for i in 0..64 {
            let (f, g) = match i / 16 {
                0 => ((b & c) | (!b & d), i),
                1 => ((d & b) | (!d & c), (5 * i + 1) % 16),
                2 => (b ^ c ^ d, (3 * i + 5) % 16),
                _ => (c ^ (b | !d), (7 * i) % 16),
            };
            let sum = a.wrapping_add(f).wrapping_add(SINES[i]).wrapping_add(self.word32(g, true));
            (a, d, c) = (d, c, b);
            b = b.wrapping_add(sum.rotate_left(SHIFTS[i / 16][i % 4]));
        }
        self.add32(&[a, b, c, d]);
    }

    fn add32(&mut self, words: &[u32]) {
        for (old, new) in self.state.iter_mut().zip(words) {
            *old = u64::from((*old as u32).wrapping_add(*new));
        }
    }

    fn sha1(&mut self) {
        let mut w = [0; 80];
        for i in 0..80 {
            w[i] = if i < 16 { self.word32(i, false) } else { (w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16]).rotate_left(1) };
        }
        let [mut a, mut b, mut c, mut d, mut e] = [0, 1, 2, 3, 4].map(|i| self.state[i] as u32);
        for (i, word) in w.iter().enumerate() {
            let (f, k) = match i / 20 {
                0 => ((b & c) | (!b & d), 0x5a82_7999),
                1 => (b ^ c ^ d, 0x6ed9_eba1),
                2 => ((b & c) | (b & d) | (c & d), 0x8f1b_bcdc),
                _ => (b ^ c ^ d, 0xca62_c1d6_u32),
            };
            let next = a.rotate_left(5).wrapping_add(f).wrapping_add(e).wrapping_add(k).wrapping_add(*word);
            (e, d, c, b, a) = (d, c, b.rotate_left(30), a, next);
        }
        self.add32(&[a, b, c, d, e]);
    }

    fn sha256(&mut self) {
        let mut w = [0u32; 64];
        for i in 0..64 {
            w[i] = if i < 16 {
                self.word32(i, false)
            } else {
                let (x, y) = (w[i - 15], w[i - 2]);
                let s0 = x.rotate_right(7) ^ x.rotate_right(18) ^ (x >> 3);
                let s1 = y.rotate_right(17) ^ y.rotate_right(19) ^ (y >> 10);
                w[i - 16].wrapping_add(s0).wrapping_add(w[i - 7]).wrapping_add(s1)
            };
        }
        let mut s = self.state.map(|x| x as u32);
        for i in 0..64 {
            let [a, b, c, d, e, f, g, h] = s;
            let s1 = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
            let t1 = h.wrapping_add(s1).wrapping_add((e & f) ^ (!e & g)).wrapping_add((K[i] >> 32) as u32).wrapping_add(w[i]);
            let s0 = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
            let t2 = s0.wrapping_add((a & b) ^ (a & c) ^ (b & c));
            s = [t1.wrapping_add(t2), a, b, c, d.wrapping_add(t1), e, f, g];
        }
        self.add32(&s);
    }

    fn sha512(&mut self) {
        let mut w = [0u64; 80];
        for i in 0..80 {
            w[i] = if i < 16 {
                let mut bytes = [0; 8];
                bytes.copy_from_slice(&self.buffer[i * 8..i * 8 + 8]);
                u64::from_be_bytes(bytes)
            } else {
                let (x, y) = (w[i - 15], w[i - 2]);
                let s0 = x.rotate_right(1) ^ x.rotate_right(8) ^ (x >> 7);
                let s1 = y.rotate_right(19) ^ y.rotate_right(61) ^ (y >> 6);
                w[i - 16].wrapping_add(s0).wrapping_add(w[i - 7]).wrapping_add(s1)
            };
        }
        let mut s = self.state;
        for i in 0..80 {
            let [a, b, c, d, e, f, g, h] = s;
            let s1 = e.rotate_right(14) ^ e.rotate_right(18) ^ e.rotate_right(41);
            let t1 = h.wrapping_add(s1).wrapping_add((e & f) ^ (!e & g)).wrapping_add(K[i]).wrapping_add(w[i]);
            let s0 = a.rotate_right(28) ^ a.rotate_right(34) ^ a.rotate_right(39);
            let t2 = s0.wrapping_add((a & b) ^ (a & c) ^ (b & c));
            s = [t1.wrapping_add(t2), a, b, c, d.wrapping_add(t1), e, f, g];
        }
        for (old, new) in self.state.iter_mut().zip(s) {
            *old = old.wrapping_add(new);
        }
    }
}

/// A keyed hash in progress.
#[derive(Clone, Copy)]
pub struct Hmac {
    inner: Hash,
    outer: Hash,
    fresh: Hash,
}

impl Hmac {
    /// Starts with a key.
    #[must_use]
    pub fn new(algorithm: Algorithm, key: &[u8]) -> Self {
        let block = algorithm.block();
        let mut padded = [0; MAX_BLOCK];
        if key.len() > block {
            let mut hash = Hash::new(algorithm);
            hash.update(key);
            padded[..algorithm.size()].copy_from_slice(&hash.finish()[..algorithm.size()]);
        } else {
            padded[..key.len()].copy_from_slice(key);
        }
        let (mut inner, mut outer) = (Hash::new(algorithm), Hash::new(algorithm));
        inner.update(&padded.map(|b| b ^ 0x36)[..block]);
        outer.update(&padded.map(|b| b ^ 0x5c)[..block]);
        Self { inner, outer, fresh: inner }
    }

    /// What it computes.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.inner.algorithm
    }

    /// Takes more input.
    pub fn update(&mut self, data: &[u8]) {
        self.inner.update(data);
    }

    /// Back to the state after `new`.
    pub fn reset(&mut self) {
        self.inner = self.fresh;
    }

    /// The code of the input so far.
    #[must_use]
    pub fn finish(&self) -> [u8; MAX_DIGEST] {
        let mut outer = self.outer;
        outer.update(&self.inner.finish()[..self.algorithm().size()]);
        outer.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|b| format!("{b:02x}")).collect()
    }

    fn of(algorithm: Algorithm, text: &[u8]) -> String {
        let mut hash = Hash::new(algorithm);
        hash.update(text);
        hex(&hash.finish()[..algorithm.size()])
    }

    #[test]
    fn known_answers() {
        assert_eq!(of(Algorithm::Md5, b"abc"), "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(of(Algorithm::Sha1, b"abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(of(Algorithm::Sha256, b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(
            of(Algorithm::Sha384, b"abc"),
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"
        );
        assert_eq!(
            of(Algorithm::Sha512, b"abc"),
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
        );
        // A million letters cross every block border; RFC 4231, test case 2.
        assert_eq!(of(Algorithm::Sha1, &vec![b'a'; 1_000_000]), "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
        let mut mac = Hmac::new(Algorithm::Sha256, b"Jefe");
        mac.update(b"what do ya want for nothing?");
        assert_eq!(hex(&mac.finish()[..32]), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }
}
