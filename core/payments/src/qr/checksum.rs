//! The checksum of a merchant-presented code.

use crc::{CRC_16_IBM_3740, Crc, NoTable};

/// CRC-16/CCITT-FALSE (polynomial 1021, initial value FFFF, nothing reflected). No table: a code is short and a phone is small.
const CRC: Crc<u16, NoTable> = Crc::<u16, NoTable>::new(&CRC_16_IBM_3740);

/// Four hexadecimal capitals over the UTF-8 of everything before them, the checksum's own name and length included.
pub(super) fn checksum(before: &str) -> String {
    format!("{:04X}", CRC.checksum(before.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_value_of_crc_16_ccitt_false_comes_out() {
        // The catalogue of parametrised CRC algorithms, CRC-16/IBM-3740: check value 29b1.
        assert_eq!(checksum("123456789"), "29B1");
    }
}
