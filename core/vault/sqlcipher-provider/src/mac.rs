//! HMAC (RFC 2104) over two pieces: a page, and its number.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Sha256, Sha512};

use crate::Refused;
use crate::hash::Hash;

/// The tag of `first || second` into `tag`, which has the digest's size.
pub(crate) fn hmac(
    hash: Hash,
    key: &[u8],
    first: &[u8],
    second: &[u8],
    tag: &mut [u8],
) -> Result<(), Refused> {
    match hash {
        Hash::Sha1 => run::<Hmac<Sha1>>(key, first, second, tag),
        Hash::Sha256 => run::<Hmac<Sha256>>(key, first, second, tag),
        Hash::Sha512 => run::<Hmac<Sha512>>(key, first, second, tag),
    }
}

fn run<M: Mac + KeyInit>(
    key: &[u8],
    first: &[u8],
    second: &[u8],
    tag: &mut [u8],
) -> Result<(), Refused> {
    let mut mac = <M as KeyInit>::new_from_slice(key).map_err(|_| Refused)?;
    mac.update(first);
    mac.update(second);
    let computed = mac.finalize().into_bytes();
    if computed.len() != tag.len() {
        return Err(Refused);
    }
    tag.copy_from_slice(&computed);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        hex.as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect()
    }

    fn tag(hash: Hash, key: &[u8], first: &[u8], second: &[u8]) -> Vec<u8> {
        let mut out = vec![0; hash.digest_size()];
        hmac(hash, key, first, second, &mut out).unwrap();
        out
    }

    // RFC 2202 section 3, test case 2; RFC 4231 section 4.3.
    const KEY: &[u8] = b"Jefe";
    const TEXT: &[u8] = b"what do ya want for nothing?";
    const SHA1: &str = "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79";
    const SHA256: &str = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    const SHA512: &str = concat!(
        "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554",
        "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
    );

    #[test]
    fn known_answers_of_rfc_2202_and_rfc_4231() {
        assert_eq!(tag(Hash::Sha1, KEY, TEXT, b""), bytes(SHA1));
        assert_eq!(tag(Hash::Sha256, KEY, TEXT, b""), bytes(SHA256));
        assert_eq!(tag(Hash::Sha512, KEY, TEXT, b""), bytes(SHA512));
    }

    #[test]
    fn a_key_longer_than_the_block_as_in_rfc_4231_case_6() {
        let key = [0xAA; 131];
        let text = b"Test Using Larger Than Block-Size Key - Hash Key First";
        assert_eq!(
            tag(Hash::Sha256, &key, text, b""),
            bytes("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
        );
    }

    #[test]
    fn the_pieces_are_authenticated_as_one_text() {
        for cut in 0..=TEXT.len() {
            let (first, second) = TEXT.split_at(cut);
            assert_eq!(tag(Hash::Sha512, KEY, first, second), bytes(SHA512), "cut at {cut}");
        }
    }

    #[test]
    fn a_tag_buffer_of_another_size_is_refused() {
        assert_eq!(hmac(Hash::Sha256, KEY, TEXT, b"", &mut [0; 31]), Err(Refused));
    }
}
