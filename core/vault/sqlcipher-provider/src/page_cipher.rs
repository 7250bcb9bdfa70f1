//! AES-256-CBC without padding: a page is a whole number of blocks. Its authenticity is the HMAC's, see [`crate::mac`].

use aes::cipher::consts::U16;
use aes::cipher::{Array, BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use aes::{Aes256Dec, Aes256Enc};
use zeroize::Zeroize as _;

use crate::Refused;

/// Bytes of a key.
pub(crate) const KEY_SIZE: usize = 32;
/// Bytes of a block, and of an initialisation vector.
pub(crate) const BLOCK_SIZE: usize = 16;

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// `SQLCIPHER_DECRYPT`, 0.
    Decrypt,
    /// `SQLCIPHER_ENCRYPT`, 1.
    Encrypt,
}

/// Turns `page` in place. Its size is a multiple of [`BLOCK_SIZE`].
pub(crate) fn aes_256_cbc(
    direction: Direction,
    key: &[u8; KEY_SIZE],
    iv: &[u8; BLOCK_SIZE],
    page: &mut [u8],
) -> Result<(), Refused> {
    let (blocks, rest) = Array::slice_as_chunks_mut(page);
    if !rest.is_empty() {
        return Err(Refused);
    }
    turn(direction, key, iv, blocks);
    wipe_stack();
    Ok(())
}

#[inline(never)]
fn turn(
    direction: Direction,
    key: &[u8; KEY_SIZE],
    iv: &[u8; BLOCK_SIZE],
    blocks: &mut [Array<u8, U16>],
) {
    match direction {
        Direction::Encrypt => {
            cbc::Encryptor::<Aes256Enc>::new(key.into(), iv.into()).encrypt_blocks(blocks);
        }
        Direction::Decrypt => {
            cbc::Decryptor::<Aes256Dec>::new(key.into(), iv.into()).decrypt_blocks(blocks);
        }
    }
}

/// The cipher works on several blocks at once, in arrays on the stack, and leaves the last of them there: readable rows, after the
/// vault is locked. This frame begins where [`turn`]'s did and covers it: with the widest instructions 30 blocks and more are in flight.
#[inline(never)]
fn wipe_stack() {
    let mut frame = [0_u128; 512];
    frame.zeroize();
}

#[cfg(test)]
mod tests {
    use super::*;

    // NIST SP 800-38A, F.2.5 and F.2.6.
    const KEY: [u8; 32] = [
        0x60, 0x3D, 0xEB, 0x10, 0x15, 0xCA, 0x71, 0xBE, 0x2B, 0x73, 0xAE, 0xF0, 0x85, 0x7D, 0x77,
        0x81, 0x1F, 0x35, 0x2C, 0x07, 0x3B, 0x61, 0x08, 0xD7, 0x2D, 0x98, 0x10, 0xA3, 0x09, 0x14,
        0xDF, 0xF4,
    ];
    const IV: [u8; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
    const PLAIN: [u8; 64] = [
        0x6B, 0xC1, 0xBE, 0xE2, 0x2E, 0x40, 0x9F, 0x96, 0xE9, 0x3D, 0x7E, 0x11, 0x73, 0x93, 0x17,
        0x2A, 0xAE, 0x2D, 0x8A, 0x57, 0x1E, 0x03, 0xAC, 0x9C, 0x9E, 0xB7, 0x6F, 0xAC, 0x45, 0xAF,
        0x8E, 0x51, 0x30, 0xC8, 0x1C, 0x46, 0xA3, 0x5C, 0xE4, 0x11, 0xE5, 0xFB, 0xC1, 0x19, 0x1A,
        0x0A, 0x52, 0xEF, 0xF6, 0x9F, 0x24, 0x45, 0xDF, 0x4F, 0x9B, 0x17, 0xAD, 0x2B, 0x41, 0x7B,
        0xE6, 0x6C, 0x37, 0x10,
    ];
    const SECRET: [u8; 64] = [
        0xF5, 0x8C, 0x4C, 0x04, 0xD6, 0xE5, 0xF1, 0xBA, 0x77, 0x9E, 0xAB, 0xFB, 0x5F, 0x7B, 0xFB,
        0xD6, 0x9C, 0xFC, 0x4E, 0x96, 0x7E, 0xDB, 0x80, 0x8D, 0x67, 0x9F, 0x77, 0x7B, 0xC6, 0x70,
        0x2C, 0x7D, 0x39, 0xF2, 0x33, 0x69, 0xA9, 0xD9, 0xBA, 0xCF, 0xA5, 0x30, 0xE2, 0x63, 0x04,
        0x23, 0x14, 0x61, 0xB2, 0xEB, 0x05, 0xE2, 0xC3, 0x9B, 0xE9, 0xFC, 0xDA, 0x6C, 0x19, 0x07,
        0x8C, 0x6A, 0x9D, 0x1B,
    ];

    #[test]
    fn known_answers_of_sp_800_38a() {
        let mut page = PLAIN;
        aes_256_cbc(Direction::Encrypt, &KEY, &IV, &mut page).unwrap();
        assert_eq!(page, SECRET);
        aes_256_cbc(Direction::Decrypt, &KEY, &IV, &mut page).unwrap();
        assert_eq!(page, PLAIN);
    }

    #[test]
    fn a_broken_block_is_refused_and_left_alone() {
        let mut page = [7; 17];
        assert_eq!(aes_256_cbc(Direction::Encrypt, &KEY, &IV, &mut page), Err(Refused));
        assert_eq!(page, [7; 17]);
    }
}
