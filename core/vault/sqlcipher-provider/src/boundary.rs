//! The C side: SQLCipher's table of functions, and one thin function for each entry.
//!
//! Each function turns pointers and lengths into slices, refuses null and negative ones, and calls safe code. Nothing here
//! holds state: the context pointer SQLCipher passes around stays null.
#![allow(unsafe_code, reason = "C calls these functions and hands over pointers")]
#![allow(
    clippy::too_many_arguments,
    reason = "the signatures are those of struct sqlcipher_provider"
)]

mod memory;
#[cfg(test)]
mod tests;

use core::ffi::{CStr, c_char, c_int, c_uchar, c_void};
use core::mem::{MaybeUninit, offset_of};
use core::{ptr, slice};

pub use memory::wipe_freed_memory;
use zeroize::Zeroizing;

use crate::Refused;
use crate::hash::{Hash, LONGEST_DIGEST};
use crate::key_derivation::pbkdf2;
use crate::mac::hmac;
use crate::page_cipher::{BLOCK_SIZE, Direction, KEY_SIZE, aes_256_cbc};

const SQLITE_OK: c_int = 0;
const SQLITE_ERROR: c_int = 1;

/// `struct sqlcipher_provider` of SQLCipher 4.7 to 4.20. A test compiles C assertions about it against the source.
#[repr(C)]
#[derive(Debug)]
pub struct SqlcipherProvider {
    init: Option<unsafe extern "C" fn() -> c_int>,
    shutdown: Option<unsafe extern "C" fn()>,
    get_provider_name: unsafe extern "C" fn(*mut c_void) -> *const c_char,
    add_random: unsafe extern "C" fn(*mut c_void, *const c_void, c_int) -> c_int,
    random: unsafe extern "C" fn(*mut c_void, *mut c_void, c_int) -> c_int,
    hmac: unsafe extern "C" fn(
        *mut c_void,
        c_int,
        *const c_uchar,
        c_int,
        *const c_uchar,
        c_int,
        *const c_uchar,
        c_int,
        *mut c_uchar,
    ) -> c_int,
    kdf: unsafe extern "C" fn(
        *mut c_void,
        c_int,
        *const c_uchar,
        c_int,
        *const c_uchar,
        c_int,
        c_int,
        c_int,
        *mut c_uchar,
    ) -> c_int,
    cipher: unsafe extern "C" fn(
        *mut c_void,
        c_int,
        *const c_uchar,
        c_int,
        *const c_uchar,
        *const c_uchar,
        c_int,
        *mut c_uchar,
    ) -> c_int,
    get_cipher: unsafe extern "C" fn(*mut c_void) -> *const c_char,
    get_key_sz: unsafe extern "C" fn(*mut c_void) -> c_int,
    get_iv_sz: unsafe extern "C" fn(*mut c_void) -> c_int,
    get_block_sz: unsafe extern "C" fn(*mut c_void) -> c_int,
    get_hmac_sz: unsafe extern "C" fn(*mut c_void, c_int) -> c_int,
    ctx_init: unsafe extern "C" fn(*mut *mut c_void) -> c_int,
    ctx_free: unsafe extern "C" fn(*mut *mut c_void) -> c_int,
    fips_status: unsafe extern "C" fn(*mut c_void) -> c_int,
    get_provider_version: unsafe extern "C" fn(*mut c_void) -> *const c_char,
    next: *mut Self,
}

const _: () = {
    let word = size_of::<usize>();
    assert!(size_of::<SqlcipherProvider>() == 18 * word);
    assert!(offset_of!(SqlcipherProvider, hmac) == 5 * word);
    assert!(offset_of!(SqlcipherProvider, cipher) == 7 * word);
    assert!(offset_of!(SqlcipherProvider, next) == 17 * word);
};

const NAME: &CStr = c"rustcrypto";
const VERSION: &CStr = c"aes 0.9, sha2 0.11";
const CIPHER: &CStr = c"AES-256-CBC";

/// Fills SQLCipher's table of functions. Called once, inside `sqlite3_initialize`.
///
/// # Safety
/// `table` is null (refused) or points to writable memory for one `struct sqlcipher_provider`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sqlcipher_rust_setup(table: *mut SqlcipherProvider) -> c_int {
    if table.is_null() {
        return SQLITE_ERROR;
    }
    // SAFETY: not null, and the caller vouches for the rest. The old content is not read.
    unsafe { ptr::write(table, functions()) };
    SQLITE_OK
}

fn functions() -> SqlcipherProvider {
    SqlcipherProvider {
        init: None,
        shutdown: None,
        get_provider_name,
        add_random,
        random,
        hmac: page_hmac,
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
        next: ptr::null_mut(),
    }
}

fn answered(done: Result<(), Refused>) -> c_int {
    match done {
        Ok(()) => SQLITE_OK,
        Err(Refused) => SQLITE_ERROR,
    }
}

/// A pointer and a length as bytes. Negative lengths, and null with a length, are refused.
///
/// # Safety
/// A pointer that is not null points to `length` readable bytes that nothing writes while the slice lives.
unsafe fn bytes<'a>(start: *const c_uchar, length: c_int) -> Result<&'a [u8], Refused> {
    let length = usize::try_from(length).map_err(|_| Refused)?;
    if length == 0 {
        return Ok(&[]);
    }
    if start.is_null() {
        return Err(Refused);
    }
    // SAFETY: the caller's promise.
    Ok(unsafe { slice::from_raw_parts(start, length) })
}

unsafe extern "C" fn get_provider_name(_: *mut c_void) -> *const c_char {
    NAME.as_ptr()
}

unsafe extern "C" fn get_provider_version(_: *mut c_void) -> *const c_char {
    VERSION.as_ptr()
}

/// The operating system's generator needs nothing added.
unsafe extern "C" fn add_random(_: *mut c_void, _: *const c_void, _: c_int) -> c_int {
    SQLITE_OK
}

unsafe extern "C" fn random(_: *mut c_void, buffer: *mut c_void, length: c_int) -> c_int {
    let Ok(length) = usize::try_from(length) else { return SQLITE_ERROR };
    if length == 0 {
        return SQLITE_OK;
    }
    if buffer.is_null() {
        return SQLITE_ERROR;
    }
    // SAFETY: SQLCipher passes `length` writable bytes, perhaps uninitialised: they are only written.
    let out = unsafe { slice::from_raw_parts_mut(buffer.cast::<MaybeUninit<u8>>(), length) };
    answered(getrandom::fill_uninit(out).map(drop).map_err(|_| Refused))
}

unsafe extern "C" fn page_hmac(
    _: *mut c_void,
    algorithm: c_int,
    key: *const c_uchar,
    key_length: c_int,
    first: *const c_uchar,
    first_length: c_int,
    second: *const c_uchar,
    second_length: c_int,
    out: *mut c_uchar,
) -> c_int {
    let Some(hash) = Hash::from_number(algorithm) else { return SQLITE_ERROR };
    if first.is_null() || out.is_null() {
        return SQLITE_ERROR;
    }
    let second_length = if second.is_null() { 0 } else { second_length };
    let mut room = [0; LONGEST_DIGEST];
    let (tag, _) = room.split_at_mut(hash.digest_size());
    // SAFETY: SQLCipher's buffers, live and unchanged during the call.
    let done = unsafe {
        match (bytes(key, key_length), bytes(first, first_length), bytes(second, second_length)) {
            (Ok(key), Ok(first), Ok(second)) => hmac(hash, key, first, second, tag),
            _ => Err(Refused),
        }
    };
    if done.is_ok() {
        // SAFETY: `out` has room for what `get_hmac_sz` announced. It lies in the same page as `first`, right behind it, so it
        // is written only now that no slice of the inputs is left.
        unsafe { ptr::copy_nonoverlapping(tag.as_ptr(), out, tag.len()) };
    }
    answered(done)
}

unsafe extern "C" fn kdf(
    _: *mut c_void,
    algorithm: c_int,
    password: *const c_uchar,
    password_length: c_int,
    salt: *const c_uchar,
    salt_length: c_int,
    rounds: c_int,
    key_length: c_int,
    out: *mut c_uchar,
) -> c_int {
    let (Some(hash), Ok(rounds), Ok(key_length)) =
        (Hash::from_number(algorithm), u32::try_from(rounds), usize::try_from(key_length))
    else {
        return SQLITE_ERROR;
    };
    let mut room = Zeroizing::new([0; LONGEST_DIGEST]);
    let Some(key) = room.get_mut(..key_length) else { return SQLITE_ERROR };
    if out.is_null() {
        return SQLITE_ERROR;
    }
    // SAFETY: SQLCipher's buffers, live and unchanged during the call.
    let done = unsafe {
        match (bytes(password, password_length), bytes(salt, salt_length)) {
            (Ok(password), Ok(salt)) => pbkdf2(hash, password, salt, rounds, key),
            _ => Err(Refused),
        }
    };
    if done.is_ok() {
        // SAFETY: `out` has room for `key_length` bytes, and no slice of the inputs is left.
        unsafe { ptr::copy_nonoverlapping(key.as_ptr(), out, key.len()) };
    }
    answered(done)
}

unsafe extern "C" fn cipher(
    _: *mut c_void,
    mode: c_int,
    key: *const c_uchar,
    key_length: c_int,
    iv: *const c_uchar,
    source: *const c_uchar,
    length: c_int,
    out: *mut c_uchar,
) -> c_int {
    let direction = match mode {
        0 => Direction::Decrypt,
        1 => Direction::Encrypt,
        _ => return SQLITE_ERROR,
    };
    let Ok(length) = usize::try_from(length) else { return SQLITE_ERROR };
    let nulls = key.is_null() || iv.is_null() || source.is_null() || out.is_null();
    if nulls || usize::try_from(key_length) != Ok(KEY_SIZE) || !length.is_multiple_of(BLOCK_SIZE) {
        return SQLITE_ERROR;
    }
    // SAFETY: a key of 32 bytes as just checked, 16 bytes of IV as `get_iv_sz` says. The IV may lie right behind `out`; both
    // are copied before anything is written. `source` and `out` are `length` bytes each and may overlap, hence a move, and from
    // then on there is one slice.
    let (key, iv, page) = unsafe {
        let key = Zeroizing::new(ptr::read(key.cast::<[u8; KEY_SIZE]>()));
        let iv = ptr::read(iv.cast::<[u8; BLOCK_SIZE]>());
        ptr::copy(source, out, length);
        (key, iv, slice::from_raw_parts_mut(out, length))
    };
    answered(aes_256_cbc(direction, &key, &iv, page))
}

unsafe extern "C" fn get_cipher(_: *mut c_void) -> *const c_char {
    CIPHER.as_ptr()
}

unsafe extern "C" fn get_key_sz(_: *mut c_void) -> c_int {
    size(KEY_SIZE)
}

unsafe extern "C" fn get_iv_sz(_: *mut c_void) -> c_int {
    size(BLOCK_SIZE)
}

unsafe extern "C" fn get_block_sz(_: *mut c_void) -> c_int {
    size(BLOCK_SIZE)
}

unsafe extern "C" fn get_hmac_sz(_: *mut c_void, algorithm: c_int) -> c_int {
    Hash::from_number(algorithm).map_or(0, |hash| size(hash.digest_size()))
}

fn size(bytes: usize) -> c_int {
    c_int::try_from(bytes).unwrap_or(0)
}

unsafe extern "C" fn ctx_init(context: *mut *mut c_void) -> c_int {
    if !context.is_null() {
        // SAFETY: an out-parameter of the caller.
        unsafe { *context = ptr::null_mut() };
    }
    SQLITE_OK
}

unsafe extern "C" fn ctx_free(_: *mut *mut c_void) -> c_int {
    SQLITE_OK
}

unsafe extern "C" fn fips_status(_: *mut c_void) -> c_int {
    0
}
