//! The C side called as SQLCipher calls it, and as it never should.

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
    let table = table();
    // SAFETY: no pointers are read.
    unsafe {
        assert_eq!(
            ((table.get_key_sz)(N), (table.get_iv_sz)(N), (table.get_block_sz)(N)),
            (32, 16, 16)
        );
        let digests = [-1, 0, 1, 2, 3].map(|number| (table.get_hmac_sz)(N, number));
        assert_eq!(digests, [0, 20, 32, 64, 0]);
    }
}

#[test]
fn random_bytes_fill_the_buffer_and_differ() {
    let table = table();
    let (mut a, mut b) = ([0_u8; 32], [0_u8; 32]);
    // SAFETY: the lengths are those of the buffers, or refused before the pointer is used.
    unsafe {
        assert_eq!((table.random)(N, a.as_mut_ptr().cast(), 32), SQLITE_OK);
        assert_eq!((table.random)(N, b.as_mut_ptr().cast(), 32), SQLITE_OK);
        assert_eq!((table.random)(N, ptr::null_mut(), 0), SQLITE_OK);
        assert_eq!((table.random)(N, ptr::null_mut(), 32), SQLITE_ERROR);
        assert_eq!((table.random)(N, b.as_mut_ptr().cast(), -1), SQLITE_ERROR);
    }
    assert_ne!(a, b);
    assert_ne!(a, [0; 32]);
}

#[test]
fn hmac_refuses_null_negative_and_unknown() {
    let table = table();
    let (key, text, mut tag) = ([1_u8; 32], [2_u8; 8], [0_u8; 64]);
    let (k, x, o) = (key.as_ptr(), text.as_ptr(), tag.as_mut_ptr());
    let none = ptr::null();
    // SAFETY: every length is that of its buffer, or refused before the pointer is used.
    let refused = unsafe {
        [
            (table.hmac)(N, 3, k, 32, x, 8, none, 0, o),
            (table.hmac)(N, -1, k, 32, x, 8, none, 0, o),
            (table.hmac)(N, 2, none, 32, x, 8, none, 0, o),
            (table.hmac)(N, 2, k, -32, x, 8, none, 0, o),
            (table.hmac)(N, 2, k, 32, none, 8, none, 0, o),
            (table.hmac)(N, 2, k, 32, x, -8, none, 0, o),
            (table.hmac)(N, 2, k, 32, x, 8, x, -8, o),
            (table.hmac)(N, 2, k, 32, x, 8, none, 0, ptr::null_mut()),
        ]
    };
    assert_eq!(refused, [SQLITE_ERROR; 8]);
    // SAFETY: as above; a null second piece counts as empty whatever its length.
    assert_eq!(unsafe { (table.hmac)(N, 2, k, 32, x, 8, none, 4, o) }, SQLITE_OK);
    assert_ne!(tag, [0; 64]);
}

#[test]
fn kdf_refuses_null_negative_and_unknown() {
    let table = table();
    let (word, salt, mut key) = ([1_u8; 8], [2_u8; 16], [0_u8; 32]);
    let (p, s, o) = (word.as_ptr(), salt.as_ptr(), key.as_mut_ptr());
    let none = ptr::null();
    // SAFETY: every length is that of its buffer, or refused before the pointer is used.
    let refused = unsafe {
        [
            (table.kdf)(N, 3, p, 8, s, 16, 2, 32, o),
            (table.kdf)(N, 2, none, 8, s, 16, 2, 32, o),
            (table.kdf)(N, 2, p, -8, s, 16, 2, 32, o),
            (table.kdf)(N, 2, p, 8, none, 16, 2, 32, o),
            (table.kdf)(N, 2, p, 8, s, -16, 2, 32, o),
            (table.kdf)(N, 2, p, 8, s, 16, 0, 32, o),
            (table.kdf)(N, 2, p, 8, s, 16, -2, 32, o),
            (table.kdf)(N, 2, p, 8, s, 16, 2, 0, o),
            (table.kdf)(N, 2, p, 8, s, 16, 2, -32, o),
            (table.kdf)(N, 2, p, 8, s, 16, 2, 65, o),
            (table.kdf)(N, 2, p, 8, s, 16, 2, 32, ptr::null_mut()),
        ]
    };
    assert_eq!(refused, [SQLITE_ERROR; 11]);
    assert_eq!(key, [0; 32]);
}

#[test]
fn cipher_refuses_null_negative_and_unknown() {
    let table = table();
    let (key, iv, page, mut out) = ([1_u8; 32], [2_u8; 16], [3_u8; 32], [0_u8; 32]);
    let (k, i, x, o) = (key.as_ptr(), iv.as_ptr(), page.as_ptr(), out.as_mut_ptr());
    let none = ptr::null();
    // SAFETY: every length is that of its buffer, or refused before the pointer is used.
    let refused = unsafe {
        [
            (table.cipher)(N, 2, k, 32, i, x, 32, o),
            (table.cipher)(N, 1, none, 32, i, x, 32, o),
            (table.cipher)(N, 1, k, 16, i, x, 32, o),
            (table.cipher)(N, 1, k, -32, i, x, 32, o),
            (table.cipher)(N, 1, k, 32, none, x, 32, o),
            (table.cipher)(N, 1, k, 32, i, none, 32, o),
            (table.cipher)(N, 1, k, 32, i, x, -32, o),
            (table.cipher)(N, 1, k, 32, i, x, 31, o),
            (table.cipher)(N, 1, k, 32, i, x, 32, ptr::null_mut()),
        ]
    };
    assert_eq!(refused, [SQLITE_ERROR; 9]);
    assert_eq!(out, [0; 32]);
}

#[test]
fn a_page_may_be_turned_in_place_with_its_iv_right_behind_it() {
    let table = table();
    let key = [9_u8; 32];
    let mut page = [5_u8; 48];
    let start = page.as_mut_ptr();
    // SAFETY: 32 bytes of page and 16 of IV lie in the array of 48; all pointers come from the one mutable one.
    unsafe {
        let iv = start.add(32);
        assert_eq!((table.cipher)(N, 1, key.as_ptr(), 32, iv, start, 32, start), SQLITE_OK);
        assert_eq!((table.cipher)(N, 0, key.as_ptr(), 32, iv, start, 32, start), SQLITE_OK);
    }
    assert_eq!(page, [5; 48]);
}
