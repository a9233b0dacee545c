//! The table of functions through which SQLCipher asks for its cryptography.
//!
//! SQLCipher 4.10, built with `SQLCIPHER_CRYPTO_CUSTOM=loive_cipher_provider`,
//! calls that function once to have a `sqlcipher_provider` filled, ignores what
//! it returns, sets `next` itself, and then calls the table's members. A member
//! answers `SQLITE_OK` or an error code; on an error SQLCipher wipes its output
//! and refuses the page.
//!
//! C hands over pointers and lengths. Every length and null is checked before a
//! pointer is followed; that the memory behind them is as long as C says is what
//! the SAFETY comments rest on. A panic becomes `SQLITE_ERROR`.
#![expect(
    unsafe_code,
    reason = "SQLCipher is C and speaks in pointers; this is where they end"
)]

use std::ffi::{CStr, c_char, c_int, c_uchar, c_void};
use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::slice;

use libsqlite3_sys::{SQLITE_ERROR, SQLITE_OK};
use zeroize::Zeroizing;

use crate::primitives::{self, BLOCK_BYTES, Digest, IV_BYTES, KEY_BYTES, MAX_TAG_BYTES};

/// SQLCipher's `sqlcipher_provider`: its members, then the link to the provider
/// registered before, which belongs to SQLCipher.
#[repr(C)]
#[derive(Debug)]
pub struct SqlcipherProvider {
    members: Members,
    next: *mut SqlcipherProvider,
}

// Were SQLCipher to add a member, its table would be longer than ours: look at
// `struct sqlcipher_provider` again with every update of libsqlite3-sys.
const _: () = assert!(size_of::<SqlcipherProvider>() == 18 * size_of::<*const c_void>());

type Context = *mut c_void;

#[repr(C)]
#[derive(Debug)]
struct Members {
    init: Option<unsafe extern "C" fn() -> c_int>,
    shutdown: Option<unsafe extern "C" fn()>,
    get_provider_name: unsafe extern "C" fn(Context) -> *const c_char,
    add_random: unsafe extern "C" fn(Context, *const c_void, c_int) -> c_int,
    random: unsafe extern "C" fn(Context, *mut c_void, c_int) -> c_int,
    hmac: HmacMember,
    kdf: KdfMember,
    cipher: CipherMember,
    get_cipher: unsafe extern "C" fn(Context) -> *const c_char,
    get_key_sz: unsafe extern "C" fn(Context) -> c_int,
    get_iv_sz: unsafe extern "C" fn(Context) -> c_int,
    get_block_sz: unsafe extern "C" fn(Context) -> c_int,
    get_hmac_sz: unsafe extern "C" fn(Context, c_int) -> c_int,
    ctx_init: unsafe extern "C" fn(*mut Context) -> c_int,
    ctx_free: unsafe extern "C" fn(*mut Context) -> c_int,
    fips_status: unsafe extern "C" fn(Context) -> c_int,
    get_provider_version: unsafe extern "C" fn(Context) -> *const c_char,
}

/// Context, algorithm, key, two inputs of which the second may be null, tag.
type HmacMember = unsafe extern "C" fn(
    Context,
    c_int,
    *const c_uchar,
    c_int,
    *const c_uchar,
    c_int,
    *const c_uchar,
    c_int,
    *mut c_uchar,
) -> c_int;

/// Context, algorithm, password, salt, rounds, and the key to make.
type KdfMember = unsafe extern "C" fn(
    Context,
    c_int,
    *const c_uchar,
    c_int,
    *const c_uchar,
    c_int,
    c_int,
    c_int,
    *mut c_uchar,
) -> c_int;

/// Context, mode, key, IV, input, output of the same length.
type CipherMember = unsafe extern "C" fn(
    Context,
    c_int,
    *const c_uchar,
    c_int,
    *const c_uchar,
    *const c_uchar,
    c_int,
    *mut c_uchar,
) -> c_int;

/// `CIPHER_MAX_KEY_SZ`: SQLCipher never derives a longer key.
const MAX_DERIVED_KEY_BYTES: usize = 64;

const NAME: &CStr = c"loive-rustcrypto";
const CIPHER: &CStr = c"aes-256-cbc";
const VERSION: &CStr =
    match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
        Ok(version) => version,
        Err(_) => c"unknown",
    };

/// Fills SQLCipher's provider table. SQLCipher calls this; nobody else needs to.
///
/// # Safety
///
/// `provider` is null, or points to memory for one `sqlcipher_provider`, which
/// nothing else uses meanwhile. The memory may be uninitialised.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn loive_cipher_provider(provider: *mut SqlcipherProvider) -> c_int {
    if provider.is_null() || !provider.is_aligned() {
        return SQLITE_ERROR;
    }
    let members = Members {
        init: None,
        shutdown: None,
        get_provider_name,
        add_random,
        random,
        hmac,
        kdf,
        cipher,
        get_cipher,
        get_key_sz,
        get_iv_sz,
        get_block_sz,
        get_hmac_sz,
        ctx_init,
        ctx_free,
        fips_status,
        get_provider_version,
    };
    // SAFETY: not null and aligned, as checked; the caller promises the room.
    // Only the place is computed, nothing is read, and `next` is left alone.
    let place = unsafe { &raw mut (*provider).members };
    // SAFETY: as above; what was there is not dropped, since it may be anything.
    unsafe { place.write(members) };
    SQLITE_OK
}

/// Turns what happened into SQLite's code. A panic must not unwind into C.
fn answer(work: impl FnOnce() -> Option<()>) -> c_int {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Some(())) => SQLITE_OK,
        Ok(None) | Err(_) => SQLITE_ERROR,
    }
}

fn digest(algorithm: c_int) -> Option<Digest> {
    match algorithm {
        0 => Some(Digest::Sha1),
        1 => Some(Digest::Sha256),
        2 => Some(Digest::Sha512),
        _ => None,
    }
}

fn c_size(bytes: usize) -> c_int {
    c_int::try_from(bytes).unwrap_or(0)
}

/// What C means by a pointer and a length; `None` for a negative length or for
/// bytes at null.
///
/// # Safety
///
/// Unless it is null, `data` points to `length` initialised bytes that nothing
/// writes to during `'a`.
unsafe fn input<'a>(data: *const c_uchar, length: c_int) -> Option<&'a [u8]> {
    let length = usize::try_from(length).ok()?;
    if length == 0 {
        return Some(&[]);
    }
    if data.is_null() {
        return None;
    }
    // SAFETY: not null; the caller promises the rest, and a positive `c_int`
    // is within the size that a slice may have.
    Some(unsafe { slice::from_raw_parts(data, length) })
}

unsafe extern "C" fn get_provider_name(_: Context) -> *const c_char {
    NAME.as_ptr()
}

unsafe extern "C" fn get_provider_version(_: Context) -> *const c_char {
    VERSION.as_ptr()
}

unsafe extern "C" fn get_cipher(_: Context) -> *const c_char {
    CIPHER.as_ptr()
}

unsafe extern "C" fn get_key_sz(_: Context) -> c_int {
    c_size(KEY_BYTES)
}

unsafe extern "C" fn get_iv_sz(_: Context) -> c_int {
    c_size(IV_BYTES)
}

unsafe extern "C" fn get_block_sz(_: Context) -> c_int {
    c_size(BLOCK_BYTES)
}

unsafe extern "C" fn get_hmac_sz(_: Context, algorithm: c_int) -> c_int {
    digest(algorithm).map_or(0, |digest| c_size(digest.tag_bytes()))
}

unsafe extern "C" fn fips_status(_: Context) -> c_int {
    0
}

/// There is no state to set up, and SQLCipher calls `ctx_free` with null or with
/// the context's address as it happens: neither pointer is ever followed.
unsafe extern "C" fn ctx_init(_: *mut Context) -> c_int {
    SQLITE_OK
}

unsafe extern "C" fn ctx_free(_: *mut Context) -> c_int {
    SQLITE_OK
}

/// The operating system's generator needs no help from a pragma.
unsafe extern "C" fn add_random(_: Context, _: *const c_void, _: c_int) -> c_int {
    SQLITE_OK
}

unsafe extern "C" fn random(_: Context, buffer: *mut c_void, length: c_int) -> c_int {
    answer(|| {
        let length = usize::try_from(length).ok()?;
        if length == 0 {
            return Some(());
        }
        if buffer.is_null() {
            return None;
        }
        let buffer = buffer.cast::<MaybeUninit<u8>>();
        // SAFETY: not null, and SQLCipher's buffer is `length` bytes that it
        // does not touch during the call. They need not be initialised.
        let buffer = unsafe { slice::from_raw_parts_mut(buffer, length) };
        getrandom::fill_uninit(buffer).ok().map(|_| ())
    })
}

unsafe extern "C" fn hmac(
    _: Context,
    algorithm: c_int,
    key: *const c_uchar,
    key_length: c_int,
    first: *const c_uchar,
    first_length: c_int,
    second: *const c_uchar,
    second_length: c_int,
    tag: *mut c_uchar,
) -> c_int {
    answer(|| {
        let digest = digest(algorithm)?;
        if first.is_null() || tag.is_null() {
            return None;
        }
        // A null second input means that there is none, whatever its length says.
        let second_length = if second.is_null() { 0 } else { second_length };

        // SAFETY: SQLCipher's key, which it leaves alone during the call.
        let key = unsafe { input(key, key_length) }?;
        // SAFETY: the page, likewise.
        let first = unsafe { input(first, first_length) }?;
        // SAFETY: the page number, likewise.
        let second = unsafe { input(second, second_length) }?;

        let mut computed = [0; MAX_TAG_BYTES];
        primitives::hmac(digest, key, first, second, &mut computed)?;
        // SAFETY: `tag` is not null and has room for what `get_hmac_sz` told
        // SQLCipher. `computed` is ours, so the two do not overlap; should `tag`
        // lie within an input, no reference to that is used any more.
        unsafe { ptr::copy_nonoverlapping(computed.as_ptr(), tag, digest.tag_bytes()) };
        Some(())
    })
}

unsafe extern "C" fn kdf(
    _: Context,
    algorithm: c_int,
    password: *const c_uchar,
    password_length: c_int,
    salt: *const c_uchar,
    salt_length: c_int,
    rounds: c_int,
    key_length: c_int,
    key: *mut c_uchar,
) -> c_int {
    answer(|| {
        let digest = digest(algorithm)?;
        let rounds = u32::try_from(rounds).ok()?;
        let key_length = usize::try_from(key_length).ok()?;
        if key.is_null() {
            return None;
        }
        // SAFETY: SQLCipher's password, which it leaves alone during the call.
        let password = unsafe { input(password, password_length) }?;
        // SAFETY: its salt, likewise.
        let salt = unsafe { input(salt, salt_length) }?;

        let mut derived = Zeroizing::new([0; MAX_DERIVED_KEY_BYTES]);
        let derived = derived.get_mut(..key_length)?;
        primitives::pbkdf2(digest, password, salt, rounds, derived)?;
        // SAFETY: `key` is not null and has room for the `key_length` bytes that
        // SQLCipher asked for, which `derived` has. `derived` is ours, so the
        // two do not overlap.
        unsafe { ptr::copy_nonoverlapping(derived.as_ptr(), key, key_length) };
        Some(())
    })
}

unsafe extern "C" fn cipher(
    _: Context,
    mode: c_int,
    key: *const c_uchar,
    key_length: c_int,
    iv: *const c_uchar,
    data: *const c_uchar,
    length: c_int,
    output: *mut c_uchar,
) -> c_int {
    answer(|| {
        let run = match mode {
            0 => primitives::decrypt,
            1 => primitives::encrypt,
            _ => return None,
        };
        let length = usize::try_from(length).ok()?;
        if key_length != c_size(KEY_BYTES) || !length.is_multiple_of(BLOCK_BYTES) {
            return None;
        }
        if key.is_null() || iv.is_null() || data.is_null() || output.is_null() {
            return None;
        }
        // SAFETY: not null, `KEY_BYTES` long as checked, and bytes have no
        // alignment.
        let key = Zeroizing::new(unsafe { key.cast::<[u8; KEY_BYTES]>().read() });
        // SAFETY: not null, and as long as `get_iv_sz` told SQLCipher.
        let iv = unsafe { iv.cast::<[u8; IV_BYTES]>().read() };
        // SAFETY: both are `length` bytes. A copy that allows for overlap, and
        // then work in place, because C never promised that they are apart.
        unsafe { ptr::copy(data, output, length) };
        // SAFETY: not null, `length` bytes, initialised by the copy, and used by
        // nobody else during the call.
        let output = unsafe { slice::from_raw_parts_mut(output, length) };
        run(&key, &iv, output)
    })
}

#[cfg(test)]
#[path = "provider_tests.rs"]
mod tests;
