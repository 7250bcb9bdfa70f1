//! PBKDF2 (RFC 8018 section 5.2). With a raw key SQLCipher uses it for two rounds only, to get the HMAC key from the cipher key.

use pbkdf2::pbkdf2_hmac;
use sha1::Sha1;
use sha2::{Sha256, Sha512};

use crate::Refused;
use crate::hash::Hash;

/// Fills `key` from a password and a salt. At least one round, at least one byte.
pub(crate) fn pbkdf2(
    hash: Hash,
    password: &[u8],
    salt: &[u8],
    rounds: u32,
    key: &mut [u8],
) -> Result<(), Refused> {
    if rounds == 0 || key.is_empty() {
        return Err(Refused);
    }
    match hash {
        Hash::Sha1 => pbkdf2_hmac::<Sha1>(password, salt, rounds, key),
        Hash::Sha256 => pbkdf2_hmac::<Sha256>(password, salt, rounds, key),
        Hash::Sha512 => pbkdf2_hmac::<Sha512>(password, salt, rounds, key),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key<const N: usize>(hash: Hash, password: &[u8], salt: &[u8], rounds: u32) -> [u8; N] {
        let mut key = [0; N];
        pbkdf2(hash, password, salt, rounds, &mut key).unwrap();
        key
    }

    // RFC 6070 section 2, second case.
    #[test]
    fn sha1_as_in_rfc_6070() {
        assert_eq!(
            key::<20>(Hash::Sha1, b"password", b"salt", 2),
            [
                0xEA, 0x6C, 0x01, 0x4D, 0xC7, 0x2D, 0x6F, 0x8C, 0xCD, 0x1E, 0xD9, 0x2A, 0xCE, 0x1D,
                0x41, 0xF0, 0xD8, 0xDE, 0x89, 0x57
            ]
        );
    }

    // RFC 7914 section 11, first case.
    #[test]
    fn sha256_as_in_rfc_7914() {
        let expected = [
            0x55, 0xAC, 0x04, 0x6E, 0x56, 0xE3, 0x08, 0x9F, 0xEC, 0x16, 0x91, 0xC2, 0x25, 0x44,
            0xB6, 0x05, 0xF9, 0x41, 0x85, 0x21, 0x6D, 0xDE, 0x04, 0x65, 0xE6, 0x8B, 0x9D, 0x57,
            0xC2, 0x0D, 0xAC, 0xBC,
        ];
        assert_eq!(key::<32>(Hash::Sha256, b"passwd", b"salt", 1), expected);
    }

    // The first round of PBKDF2 is HMAC(password, salt || 1), and a second one is XORed onto it: RFC 8018 section 5.2. No RFC
    // has vectors for SHA-512, so its definition is the witness, on top of the HMAC vectors.
    #[test]
    fn sha512_is_what_the_definition_says() {
        let mut first = [0; 64];
        crate::mac::hmac(Hash::Sha512, b"passwd", b"salt", &[0, 0, 0, 1], &mut first).unwrap();
        let mut second = [0; 64];
        crate::mac::hmac(Hash::Sha512, b"passwd", &first, b"", &mut second).unwrap();
        let sum: Vec<u8> = first.iter().zip(second).map(|(a, b)| a ^ b).collect();
        assert_eq!(key::<64>(Hash::Sha512, b"passwd", b"salt", 2).as_slice(), sum);
    }

    #[test]
    fn nothing_is_derived_without_rounds_or_room() {
        assert_eq!(pbkdf2(Hash::Sha512, b"p", b"s", 0, &mut [0; 32]), Err(Refused));
        assert_eq!(pbkdf2(Hash::Sha512, b"p", b"s", 1, &mut []), Err(Refused));
    }
}
