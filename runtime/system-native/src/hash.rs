//! The hash functions that the class library asks for, over the RustCrypto project's crates: MD5 (RFC 1321), SHA-1 and SHA-2 (FIPS 180-4),
//! SHA-3 and SHAKE (FIPS 202), HMAC (RFC 2104), PBKDF2 (RFC 8018).
//!
//! The crates ask the processor at run time for its instructions (SHA-NI, the SHA2 extension of ARM).

use digest::{Digest, DynDigest, ExtendableOutput, KeyInit, Mac as _, Update, XofReader};
use hmac::{Hmac, SimpleHmac};
use md5::Md5;
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};
use sha3::{Sha3_256, Sha3_384, Sha3_512};
use shake::{Shake128, Shake128Reader, Shake256, Shake256Reader};

/// Longest digest.
pub const MAX_DIGEST: usize = 64;

/// The functions with a digest of one size: everything else here is written once for all of them.
macro_rules! functions {
    ($($name:ident = $number:literal, $size:literal, $mac:ident;)*) => {
        /// An algorithm.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u8)]
        #[allow(missing_docs, reason = "the names are the algorithms")]
        pub enum Algorithm {
            $($name = $number,)*
            Shake128 = 9,
            Shake256 = 10,
        }

        impl Algorithm {
            /// The algorithm of a number.
            #[must_use]
            pub const fn from_number(n: usize) -> Option<Self> {
                Some(match n {
                    $($number => Self::$name,)*
                    9 => Self::Shake128,
                    10 => Self::Shake256,
                    _ => return None,
                })
            }

            /// Bytes of the digest; of the functions with any size, what OpenSSL gives unasked.
            #[must_use]
            pub const fn size(self) -> usize {
                match self {
                    $(Self::$name => $size,)*
                    Self::Shake128 => 16,
                    Self::Shake256 => 32,
                }
            }
        }

        /// A hash in progress.
        #[derive(Clone)]
        #[allow(missing_docs, reason = "the names are the algorithms")]
        pub enum Hash {
            $($name($name),)*
            Shake128(Shake128),
            Shake256(Shake256),
            /// No more input, but more output.
            Reading128(Shake128Reader),
            Reading256(Shake256Reader),
        }

        impl Hash {
            /// Starts.
            #[must_use]
            pub fn new(algorithm: Algorithm) -> Self {
                match algorithm {
                    $(Algorithm::$name => Self::$name($name::new()),)*
                    Algorithm::Shake128 => Self::Shake128(Shake128::default()),
                    Algorithm::Shake256 => Self::Shake256(Shake256::default()),
                }
            }

            /// Takes more input; false when it is too late.
            pub fn update(&mut self, data: &[u8]) -> bool {
                match self {
                    $(Self::$name(hash) => Digest::update(hash, data),)*
                    Self::Shake128(hash) => Update::update(hash, data),
                    Self::Shake256(hash) => Update::update(hash, data),
                    Self::Reading128(_) | Self::Reading256(_) => return false,
                }
                true
            }

            /// The digest of the input so far, and its size; nothing when it has no size of its own.
            #[must_use]
            pub fn digest(&self) -> Option<([u8; MAX_DIGEST], usize)> {
                let mut digest = [0; MAX_DIGEST];
                match self {
                    $(Self::$name(hash) => {
                        DynDigest::finalize_into(hash.clone(), &mut digest[..$size]).ok()?;
                        Some((digest, $size))
                    })*
                    Self::Shake128(_) | Self::Shake256(_) | Self::Reading128(_) | Self::Reading256(_) => None,
                }
            }
        }

        /// A keyed hash in progress.
        #[derive(Clone)]
        #[allow(missing_docs, reason = "the names are the algorithms")]
        pub enum Mac {
            $($name($mac<$name>),)*
        }

        impl Mac {
            /// Starts with a key; the functions with digests of any size have no such code.
            #[must_use]
            pub fn new(algorithm: Algorithm, key: &[u8]) -> Option<Self> {
                match algorithm {
                    $(Algorithm::$name => $mac::new_from_slice(key).ok().map(Self::$name),)*
                    Algorithm::Shake128 | Algorithm::Shake256 => None,
                }
            }

            /// Takes more input.
            pub fn update(&mut self, data: &[u8]) {
                match self {
                    $(Self::$name(mac) => Update::update(mac, data),)*
                }
            }

            /// The code of the input so far, and its size.
            #[must_use]
            pub fn code(&self) -> ([u8; MAX_DIGEST], usize) {
                let mut code = [0; MAX_DIGEST];
                match self {
                    $(Self::$name(mac) => {
                        code[..$size].copy_from_slice(&mac.clone().finalize().into_bytes());
                        (code, $size)
                    })*
                }
            }
        }

        /// PBKDF2 with HMAC (RFC 8018, 5.2); false when there is no HMAC of the algorithm.
        pub fn pbkdf2(algorithm: Algorithm, password: &[u8], salt: &[u8], iterations: u32, out: &mut [u8]) -> bool {
            match algorithm {
                $(Algorithm::$name => pbkdf2::pbkdf2::<$mac<$name>>(password, salt, iterations, out).is_ok(),)*
                Algorithm::Shake128 | Algorithm::Shake256 => false,
            }
        }
    };
}

// A number, the size of the digest, and the crate's HMAC that fits: the first kind keeps half of the work of every code.
functions! {
    Md5 = 1, 16, Hmac;
    Sha1 = 2, 20, Hmac;
    Sha256 = 3, 32, Hmac;
    Sha384 = 4, 48, Hmac;
    Sha512 = 5, 64, Hmac;
    Sha3_256 = 6, 32, SimpleHmac;
    Sha3_384 = 7, 48, SimpleHmac;
    Sha3_512 = 8, 64, SimpleHmac;
}

impl Hash {
    /// The next bytes of the output of a function whose output has any size; false for the others.
    pub fn squeeze(&mut self, out: &mut [u8]) -> bool {
        match self {
            Self::Shake128(hash) => *self = Self::Reading128(hash.clone().finalize_xof()),
            Self::Shake256(hash) => *self = Self::Reading256(hash.clone().finalize_xof()),
            _ => {}
        }
        match self {
            Self::Reading128(reader) => reader.read(out),
            Self::Reading256(reader) => reader.read(out),
            _ => return false,
        }
        true
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
        assert!(hash.update(text));
        let (digest, size) = hash.digest().expect("a digest");
        assert_eq!(size, algorithm.size());
        hex(&digest[..size])
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
        assert_eq!(of(Algorithm::Sha3_256, b"abc"), "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532");
    }

    #[test]
    fn numbers_and_algorithms_are_the_same() {
        let all: Vec<Algorithm> = (0..20).filter_map(Algorithm::from_number).collect();
        assert_eq!(all.iter().map(|a| *a as usize).collect::<Vec<_>>(), (1..=10).collect::<Vec<_>>());
    }

    #[test]
    fn a_code_may_be_asked_for_in_between() {
        // RFC 4231, test case 2.
        let mut mac = Mac::new(Algorithm::Sha256, b"Jefe").expect("an HMAC");
        mac.update(b"what do ya want ");
        let early = mac.clone();
        assert_ne!(hex(&mac.code().0[..4]), "5bdcc146");
        mac.update(b"for nothing?");
        assert_eq!(hex(&mac.code().0[..32]), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        let mut again = early;
        again.update(b"for nothing?");
        assert_eq!(again.code(), mac.code());
        assert!(Mac::new(Algorithm::Shake128, b"k").is_none());
    }

    #[test]
    fn output_of_any_size_goes_on_where_it_ended() {
        let (mut whole, mut parts) = ([0; 48], [0; 48]);
        let mut hash = Hash::new(Algorithm::Shake128);
        assert!(hash.update(b"abc") && hash.clone().squeeze(&mut whole));
        assert!(hash.squeeze(&mut parts[..20]) && hash.squeeze(&mut parts[20..]));
        assert_eq!(hex(&whole[..16]), "5881092dd818bf5cf8a3ddb793fbcba7");
        assert_eq!(whole, parts);
        assert!(!hash.update(b"too late"));
        assert!(!Hash::new(Algorithm::Sha1).squeeze(&mut whole) && hash.digest().is_none());
    }
}
