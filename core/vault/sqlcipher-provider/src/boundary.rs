//! The C side: SQLCipher's table of functions, and one thin function for each entry.
//!
//! Each function turns pointers and lengths into slices, refuses null and negative ones, and calls safe code. Nothing here
//! holds state: the context pointer SQLCipher passes around stays null.
#![allow(unsafe_code, reason = "C calls these functions and hands over pointers")]
#![allow(
    clippy::too_many_arguments,
    reason = "the signatures are those of struct sqlcipher_provider"
)]

use core::ffi::{CStr, c_char, c_int, c_uchar, c_void};
use core::mem::{MaybeUninit, offset_of};
use core::{ptr, slice};

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

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> SqlcipherProvider {
        let mut table = MaybeUninit::uninit();
        // SAFETY: the table is written whole before it is read.
        unsafe {
            assert_eq!(sqlcipher_rust_setup(table.as_mut_ptr()), SQLITE_OK);
            table.assume_init()
        }
    }

    const N: *mut c_void = ptr::null_mut();

    #[test]
    fn a_null_table_is_refused() {
        // SAFETY: null is allowed.
        assert_eq!(unsafe { sqlcipher_rust_setup(ptr::null_mut()) }, SQLITE_ERROR);
    }

    #[test]
    fn the_announced_name_is_the_exported_one() {
        // SAFETY: a static string.
        let name = unsafe { CStr::from_ptr((table().get_provider_name)(N)) };
        assert_eq!(name.to_str(), Ok(crate::NAME));
    }

    #[test]
    fn sizes_are_those_of_aes_256_and_the_digests() {
        let t = table();
        // SAFETY: no pointers are read.
        unsafe {
            assert_eq!(((t.get_key_sz)(N), (t.get_iv_sz)(N), (t.get_block_sz)(N)), (32, 16, 16));
            let digests = [-1, 0, 1, 2, 3].map(|number| (t.get_hmac_sz)(N, number));
            assert_eq!(digests, [0, 20, 32, 64, 0]);
        }
    }

    #[test]
    fn random_bytes_fill_the_buffer_and_differ() {
        let t = table();
        let (mut a, mut b) = ([0_u8; 32], [0_u8; 32]);
        // SAFETY: the lengths are those of the buffers, or refused before the pointer is used.
        unsafe {
            assert_eq!((t.random)(N, a.as_mut_ptr().cast(), 32), SQLITE_OK);
            assert_eq!((t.random)(N, b.as_mut_ptr().cast(), 32), SQLITE_OK);
            assert_eq!((t.random)(N, ptr::null_mut(), 0), SQLITE_OK);
            assert_eq!((t.random)(N, ptr::null_mut(), 32), SQLITE_ERROR);
            assert_eq!((t.random)(N, b.as_mut_ptr().cast(), -1), SQLITE_ERROR);
        }
        assert_ne!(a, b);
        assert_ne!(a, [0; 32]);
    }

    #[test]
    fn hmac_refuses_null_negative_and_unknown() {
        let t = table();
        let (key, text, mut tag) = ([1_u8; 32], [2_u8; 8], [0_u8; 64]);
        let (k, x, o) = (key.as_ptr(), text.as_ptr(), tag.as_mut_ptr());
        let none = ptr::null();
        // SAFETY: every length is that of its buffer, or refused before the pointer is used.
        let refused = unsafe {
            [
                (t.hmac)(N, 3, k, 32, x, 8, none, 0, o),
                (t.hmac)(N, -1, k, 32, x, 8, none, 0, o),
                (t.hmac)(N, 2, none, 32, x, 8, none, 0, o),
                (t.hmac)(N, 2, k, -32, x, 8, none, 0, o),
                (t.hmac)(N, 2, k, 32, none, 8, none, 0, o),
                (t.hmac)(N, 2, k, 32, x, -8, none, 0, o),
                (t.hmac)(N, 2, k, 32, x, 8, x, -8, o),
                (t.hmac)(N, 2, k, 32, x, 8, none, 0, ptr::null_mut()),
            ]
        };
        assert_eq!(refused, [SQLITE_ERROR; 8]);
        // SAFETY: as above; a null second piece counts as empty whatever its length.
        assert_eq!(unsafe { (t.hmac)(N, 2, k, 32, x, 8, none, 4, o) }, SQLITE_OK);
        assert_ne!(tag, [0; 64]);
    }

    #[test]
    fn kdf_refuses_null_negative_and_unknown() {
        let t = table();
        let (word, salt, mut key) = ([1_u8; 8], [2_u8; 16], [0_u8; 32]);
        let (p, s, o) = (word.as_ptr(), salt.as_ptr(), key.as_mut_ptr());
        let none = ptr::null();
        // SAFETY: every length is that of its buffer, or refused before the pointer is used.
        let refused = unsafe {
            [
                (t.kdf)(N, 3, p, 8, s, 16, 2, 32, o),
                (t.kdf)(N, 2, none, 8, s, 16, 2, 32, o),
                (t.kdf)(N, 2, p, -8, s, 16, 2, 32, o),
                (t.kdf)(N, 2, p, 8, none, 16, 2, 32, o),
                (t.kdf)(N, 2, p, 8, s, -16, 2, 32, o),
                (t.kdf)(N, 2, p, 8, s, 16, 0, 32, o),
                (t.kdf)(N, 2, p, 8, s, 16, -2, 32, o),
                (t.kdf)(N, 2, p, 8, s, 16, 2, 0, o),
                (t.kdf)(N, 2, p, 8, s, 16, 2, -32, o),
                (t.kdf)(N, 2, p, 8, s, 16, 2, 65, o),
                (t.kdf)(N, 2, p, 8, s, 16, 2, 32, ptr::null_mut()),
            ]
        };
        assert_eq!(refused, [SQLITE_ERROR; 11]);
        assert_eq!(key, [0; 32]);
    }

    #[test]
    fn cipher_refuses_null_negative_and_unknown() {
        let t = table();
        let (key, iv, page, mut out) = ([1_u8; 32], [2_u8; 16], [3_u8; 32], [0_u8; 32]);
        let (k, i, x, o) = (key.as_ptr(), iv.as_ptr(), page.as_ptr(), out.as_mut_ptr());
        let none = ptr::null();
        // SAFETY: every length is that of its buffer, or refused before the pointer is used.
        let refused = unsafe {
            [
                (t.cipher)(N, 2, k, 32, i, x, 32, o),
                (t.cipher)(N, 1, none, 32, i, x, 32, o),
                (t.cipher)(N, 1, k, 16, i, x, 32, o),
                (t.cipher)(N, 1, k, -32, i, x, 32, o),
                (t.cipher)(N, 1, k, 32, none, x, 32, o),
                (t.cipher)(N, 1, k, 32, i, none, 32, o),
                (t.cipher)(N, 1, k, 32, i, x, -32, o),
                (t.cipher)(N, 1, k, 32, i, x, 31, o),
                (t.cipher)(N, 1, k, 32, i, x, 32, ptr::null_mut()),
            ]
        };
        assert_eq!(refused, [SQLITE_ERROR; 9]);
        assert_eq!(out, [0; 32]);
    }

    #[test]
    fn a_page_may_be_turned_in_place_with_its_iv_right_behind_it() {
        let t = table();
        let key = [9_u8; 32];
        let mut page = [5_u8; 48];
        let start = page.as_mut_ptr();
        // SAFETY: 32 bytes of page and 16 of IV lie in the array of 48; all pointers come from the one mutable one.
        unsafe {
            let iv = start.add(32);
            assert_eq!((t.cipher)(N, 1, key.as_ptr(), 32, iv, start, 32, start), SQLITE_OK);
            assert_eq!((t.cipher)(N, 0, key.as_ptr(), 32, iv, start, 32, start), SQLITE_OK);
        }
        assert_eq!(page, [5; 48]);
    }
}
