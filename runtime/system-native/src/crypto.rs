//! `CryptoNative_*`: the hashing part of what System.Security.Cryptography expects of its OpenSSL shim.
//!
//! An algorithm's handle is its number; a context lies on the C heap.

use crate::hash::{Algorithm, Hash, Hmac};

#[unsafe(no_mangle)]
extern "C" fn CryptoNative_EnsureOpenSslInitialized() -> i32 {
    0
}

/// A version that is new enough for everything here.
#[unsafe(no_mangle)]
extern "C" fn CryptoNative_OpenSslVersionNumber() -> i64 {
    0x3000_0000
}

#[unsafe(no_mangle)]
extern "C" fn CryptoNative_GetMaxMdSize() -> i32 {
    crate::hash::MAX_DIGEST as i32
}

macro_rules! handles {
    ($($name:ident = $value:expr;)*) => {
        $(
            #[unsafe(no_mangle)]
            extern "C" fn $name() -> usize {
                $value
            }
        )*
    };
}

handles! {
    CryptoNative_EvpMd5 = Algorithm::Md5 as usize;
    CryptoNative_EvpSha1 = Algorithm::Sha1 as usize;
    CryptoNative_EvpSha256 = Algorithm::Sha256 as usize;
    CryptoNative_EvpSha384 = Algorithm::Sha384 as usize;
    CryptoNative_EvpSha512 = Algorithm::Sha512 as usize;
    // Null: not supported.
    CryptoNative_EvpSha3_256 = 0;
    CryptoNative_EvpSha3_384 = 0;
    CryptoNative_EvpSha3_512 = 0;
    CryptoNative_EvpShake128 = 0;
    CryptoNative_EvpShake256 = 0;
}

#[unsafe(no_mangle)]
extern "C" fn CryptoNative_EvpMdSize(algorithm: usize) -> i32 {
    Algorithm::from_number(algorithm).map_or(0, |a| a.size() as i32)
}

unsafe fn bytes<'a>(data: *const u8, size: i32) -> &'a [u8] {
    match usize::try_from(size) {
        // SAFETY: the caller owns `size` bytes.
        Ok(size) if size != 0 && !data.is_null() => unsafe { core::slice::from_raw_parts(data, size) },
        _ => &[],
    }
}

fn keep<T>(value: T) -> *mut T {
    // SAFETY: fresh memory of the right size; null is reported as it is.
    unsafe {
        let place = libc::malloc(size_of::<T>()).cast::<T>();
        if !place.is_null() {
            place.write(value);
        }
        place
    }
}

unsafe fn put(digest: &[u8], to: *mut u8, length: *mut u32) -> i32 {
    // SAFETY: the caller has room for the digest.
    unsafe {
        core::ptr::copy_nonoverlapping(digest.as_ptr(), to, digest.len());
        if !length.is_null() {
            length.write(digest.len() as u32);
        }
    }
    1
}

#[unsafe(no_mangle)]
extern "C" fn CryptoNative_EvpMdCtxCreate(algorithm: usize) -> *mut Hash {
    Algorithm::from_number(algorithm).map_or(core::ptr::null_mut(), |a| keep(Hash::new(a)))
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CryptoNative_EvpMdCtxCopyEx(context: *const Hash) -> *mut Hash {
    // SAFETY: a live context.
    unsafe { keep(*context) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CryptoNative_EvpMdCtxDestroy(context: *mut Hash) {
    // SAFETY: from `keep`.
    unsafe { libc::free(context.cast()) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CryptoNative_EvpDigestReset(context: *mut Hash, algorithm: usize) -> i32 {
    let Some(algorithm) = Algorithm::from_number(algorithm) else { return 0 };
    // SAFETY: a live context.
    unsafe { *context = Hash::new(algorithm) }
    1
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CryptoNative_EvpDigestUpdate(context: *mut Hash, data: *const u8, size: i32) -> i32 {
    // SAFETY: a live context and the caller's data.
    unsafe { (*context).update(bytes(data, size)) }
    1
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CryptoNative_EvpDigestFinalEx(context: *mut Hash, digest: *mut u8, length: *mut u32) -> i32 {
    // SAFETY: a live context; room for the digest.
    unsafe {
        let hash = *context;
        put(&hash.finish()[..hash.algorithm().size()], digest, length)
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CryptoNative_EvpDigestCurrent(context: *mut Hash, digest: *mut u8, length: *mut u32) -> i32 {
    // SAFETY: as above.
    unsafe { CryptoNative_EvpDigestFinalEx(context, digest, length) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CryptoNative_EvpDigestOneShot(algorithm: usize, data: *const u8, size: i32, digest: *mut u8, length: *mut u32) -> i32 {
    let Some(algorithm) = Algorithm::from_number(algorithm) else { return 0 };
    let mut hash = Hash::new(algorithm);
    // SAFETY: the caller's data; room for the digest.
    unsafe {
        hash.update(bytes(data, size));
        put(&hash.finish()[..algorithm.size()], digest, length)
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CryptoNative_HmacCreate(key: *const u8, size: i32, algorithm: usize) -> *mut Hmac {
    let Some(algorithm) = Algorithm::from_number(algorithm) else { return core::ptr::null_mut() };
    // SAFETY: the caller's key.
    unsafe { keep(Hmac::new(algorithm, bytes(key, size))) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CryptoNative_HmacCopy(context: *const Hmac) -> *mut Hmac {
    // SAFETY: a live context.
    unsafe { keep(*context) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CryptoNative_HmacDestroy(context: *mut Hmac) {
    // SAFETY: from `keep`.
    unsafe { libc::free(context.cast()) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CryptoNative_HmacReset(context: *mut Hmac) -> i32 {
    // SAFETY: a live context.
    unsafe { (*context).reset() }
    1
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CryptoNative_HmacUpdate(context: *mut Hmac, data: *const u8, size: i32) -> i32 {
    // SAFETY: a live context and the caller's data.
    unsafe { (*context).update(bytes(data, size)) }
    1
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CryptoNative_HmacFinal(context: *mut Hmac, code: *mut u8, length: *mut u32) -> i32 {
    // SAFETY: a live context; room for the code.
    unsafe {
        let mac = &*context;
        put(&mac.finish()[..mac.algorithm().size()], code, length)
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CryptoNative_HmacCurrent(context: *mut Hmac, code: *mut u8, length: *mut u32) -> i32 {
    // SAFETY: as above.
    unsafe { CryptoNative_HmacFinal(context, code, length) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CryptoNative_HmacOneShot(
    algorithm: usize,
    key: *const u8,
    key_size: i32,
    data: *const u8,
    size: i32,
    code: *mut u8,
    length: *mut u32,
) -> i32 {
    let Some(algorithm) = Algorithm::from_number(algorithm) else { return 0 };
    // SAFETY: the caller's key and data; room for the code.
    unsafe {
        let mut mac = Hmac::new(algorithm, bytes(key, key_size));
        mac.update(bytes(data, size));
        put(&mac.finish()[..algorithm.size()], code, length)
    }
}

/// PBKDF2 (RFC 8018, 5.2).
#[unsafe(no_mangle)]
unsafe extern "C" fn CryptoNative_Pbkdf2(
    password: *const u8,
    password_size: i32,
    salt: *const u8,
    salt_size: i32,
    iterations: i32,
    algorithm: usize,
    to: *mut u8,
    size: i32,
) -> i32 {
    let Some(algorithm) = Algorithm::from_number(algorithm) else { return 0 };
    let length = algorithm.size();
    // SAFETY: the caller's inputs and room for `size` bytes.
    unsafe {
        let start = Hmac::new(algorithm, bytes(password, password_size));
        let out = core::slice::from_raw_parts_mut(to, usize::try_from(size).unwrap_or(0));
        for (index, part) in out.chunks_mut(length).enumerate() {
            let mut mac = start;
            mac.update(bytes(salt, salt_size));
            mac.update(&(index as u32 + 1).to_be_bytes());
            let mut u = mac.finish();
            let mut sum = u;
            for _ in 1..iterations {
                let mut mac = start;
                mac.update(&u[..length]);
                u = mac.finish();
                for (total, byte) in sum.iter_mut().zip(u) {
                    *total ^= byte;
                }
            }
            part.copy_from_slice(&sum[..part.len()]);
        }
    }
    1
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CryptoNative_GetRandomBytes(to: *mut u8, size: i32) -> i32 {
    let mut done = 0;
    let size = usize::try_from(size).unwrap_or(0);
    while done < size {
        // SAFETY: the caller's buffer.
        let n = unsafe { libc::getrandom(to.add(done).cast(), size - done, 0) };
        if n < 0 && crate::errors::errno() != libc::EINTR {
            return 0;
        }
        done += n.max(0) as usize;
    }
    1
}

/// Key derivation by the provider is not there: the class library's own code does it.
#[unsafe(no_mangle)]
unsafe extern "C" fn CryptoNative_EvpKdfFetch(_name: *const u8, supported: *mut i32) -> usize {
    // SAFETY: the caller's word.
    unsafe { supported.write(0) }
    0
}
