//! `CryptoNative_*`: the hashing part of what System.Security.Cryptography expects of its OpenSSL shim.
//!
//! An algorithm's handle is its number; a context lies on the C heap.

use crate::hash::{self, Algorithm, Hash, Mac};

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
    CryptoNative_EvpSha3_256 = Algorithm::Sha3_256 as usize;
    CryptoNative_EvpSha3_384 = Algorithm::Sha3_384 as usize;
    CryptoNative_EvpSha3_512 = Algorithm::Sha3_512 as usize;
    CryptoNative_EvpShake128 = Algorithm::Shake128 as usize;
    CryptoNative_EvpShake256 = Algorithm::Shake256 as usize;
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

/// Writes a digest; 0 where there is none.
///
/// # Safety
///
/// `to` has room for the digest; `length` is null or a word.
unsafe fn put(digest: Option<([u8; hash::MAX_DIGEST], usize)>, to: *mut u8, length: *mut u32) -> i32 {
    let Some((digest, size)) = digest else { return 0 };
    // SAFETY: the caller has room for the digest.
    unsafe {
        core::ptr::copy_nonoverlapping(digest.as_ptr(), to, size);
        if !length.is_null() {
            length.write(size as u32);
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
    unsafe { keep((*context).clone()) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CryptoNative_EvpMdCtxDestroy(context: *mut Hash) {
    // SAFETY: from `keep`; nothing in a hash needs to be dropped.
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
    i32::from(unsafe { (*context).update(bytes(data, size)) })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CryptoNative_EvpDigestFinalEx(context: *mut Hash, digest: *mut u8, length: *mut u32) -> i32 {
    // SAFETY: a live context; room for the digest.
    unsafe { put((*context).digest(), digest, length) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CryptoNative_EvpDigestCurrent(context: *mut Hash, digest: *mut u8, length: *mut u32) -> i32 {
    // SAFETY: as above.
    unsafe { CryptoNative_EvpDigestFinalEx(context, digest, length) }
}

/// A buffer of the caller.
///
/// # Safety
///
/// It has `size` bytes, and nobody else uses it during the call.
unsafe fn buffer<'a>(to: *mut u8, size: u32) -> &'a mut [u8] {
    if size == 0 || to.is_null() {
        return &mut [];
    }
    // SAFETY: as the caller promises.
    unsafe { core::slice::from_raw_parts_mut(to, size as usize) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CryptoNative_EvpDigestFinalXOF(context: *mut Hash, to: *mut u8, size: u32) -> i32 {
    // SAFETY: a live context; room for `size` bytes.
    i32::from(unsafe { (*context).squeeze(buffer(to, size)) })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CryptoNative_EvpDigestCurrentXOF(context: *mut Hash, to: *mut u8, size: u32) -> i32 {
    // SAFETY: as above.
    i32::from(unsafe { (*context).clone().squeeze(buffer(to, size)) })
}

/// `supported` tells apart an OpenSSL that cannot squeeze twice.
#[unsafe(no_mangle)]
unsafe extern "C" fn CryptoNative_EvpDigestSqueeze(context: *mut Hash, to: *mut u8, size: u32, supported: *mut i32) -> i32 {
    // SAFETY: a live context; room for `size` bytes; the caller's word.
    unsafe {
        supported.write(1);
        i32::from((*context).squeeze(buffer(to, size)))
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CryptoNative_EvpDigestXOFOneShot(algorithm: usize, data: *const u8, size: i32, to: *mut u8, length: u32) -> i32 {
    let Some(algorithm) = Algorithm::from_number(algorithm) else { return 0 };
    let mut hash = Hash::new(algorithm);
    // SAFETY: the caller's data; room for `length` bytes.
    i32::from(unsafe { hash.update(bytes(data, size)) && hash.squeeze(buffer(to, length)) })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CryptoNative_EvpDigestOneShot(algorithm: usize, data: *const u8, size: i32, digest: *mut u8, length: *mut u32) -> i32 {
    let Some(algorithm) = Algorithm::from_number(algorithm) else { return 0 };
    let mut hash = Hash::new(algorithm);
    // SAFETY: the caller's data; room for the digest.
    unsafe {
        hash.update(bytes(data, size));
        put(hash.digest(), digest, length)
    }
}

/// An HMAC, and how it starts.
struct MacContext {
    mac: Mac,
    fresh: Mac,
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CryptoNative_HmacCreate(key: *const u8, size: i32, algorithm: usize) -> *mut MacContext {
    // SAFETY: the caller's key.
    let mac = Algorithm::from_number(algorithm).and_then(|algorithm| Mac::new(algorithm, unsafe { bytes(key, size) }));
    mac.map_or(core::ptr::null_mut(), |mac| keep(MacContext { fresh: mac.clone(), mac }))
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CryptoNative_HmacCopy(context: *const MacContext) -> *mut MacContext {
    // SAFETY: a live context.
    let MacContext { mac, fresh } = unsafe { &*context };
    keep(MacContext { mac: mac.clone(), fresh: fresh.clone() })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CryptoNative_HmacDestroy(context: *mut MacContext) {
    // SAFETY: from `keep`; nothing in it needs to be dropped.
    unsafe { libc::free(context.cast()) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CryptoNative_HmacReset(context: *mut MacContext) -> i32 {
    // SAFETY: a live context, which no other thread uses meanwhile (the class library's own rule).
    let context = unsafe { &mut *context };
    context.mac = context.fresh.clone();
    1
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CryptoNative_HmacUpdate(context: *mut MacContext, data: *const u8, size: i32) -> i32 {
    // SAFETY: a live context and the caller's data.
    unsafe { (*context).mac.update(bytes(data, size)) }
    1
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CryptoNative_HmacFinal(context: *mut MacContext, code: *mut u8, length: *mut u32) -> i32 {
    // SAFETY: a live context; room for the code.
    unsafe { put(Some((*context).mac.code()), code, length) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CryptoNative_HmacCurrent(context: *mut MacContext, code: *mut u8, length: *mut u32) -> i32 {
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
    // SAFETY: the caller's key and data; room for the code.
    unsafe {
        let mac = Algorithm::from_number(algorithm).and_then(|algorithm| Mac::new(algorithm, bytes(key, key_size)));
        let Some(mut mac) = mac else { return 0 };
        mac.update(bytes(data, size));
        put(Some(mac.code()), code, length)
    }
}

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
    let (Ok(iterations), Ok(size)) = (u32::try_from(iterations), u32::try_from(size)) else { return 0 };
    // SAFETY: the caller's inputs and room for `size` bytes.
    i32::from(unsafe { hash::pbkdf2(algorithm, bytes(password, password_size), bytes(salt, salt_size), iterations, buffer(to, size)) })
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
