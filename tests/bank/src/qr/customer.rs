//! Customer-presented codes.

use base64ct::{Base64, Encoding};

/// What a customer's phone showed at a till.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presented {
    /// The mandate, a UUID in lower case.
    pub mandate_id: String,
    /// The step of time it was made in.
    pub step: u32,
    /// Which code of the mandate it is.
    pub counter: u16,
    /// What only the mandate's key makes of those.
    pub cryptogram: [u8; 8],
}

/// ISO/IEC 7816-5, category F: an application that nobody registers.
const APPLICATION: &[u8] = b"\xF0GUICHET";

impl Presented {
    /// Reads a code; `None` if it is not one of this bank's phones.
    pub fn read(text: &str) -> Option<Self> {
        let bytes = Base64::decode_vec(text).ok().filter(|_| text.len() <= 512)?;
        let outer = Elements::read(&bytes)?;
        if outer.0.first() != Some(&(vec![0x85], b"CPV01".as_slice())) {
            return None;
        }
        let application = Elements::read(outer.of(&[0x61])?)?;
        if application.of(&[0x4F])? != APPLICATION {
            return None;
        }
        let data = Elements::read(application.of(&[0x63])?)?;
        let issuer_data: [u8; 21] = data.of(&[0x9F, 0x10])?.try_into().ok()?;
        let [1, mandate @ .., a, b, c, d] = issuer_data else { return None };
        let mandate: [u8; 16] = mandate;
        Some(Self {
            mandate_id: uuid::Uuid::from_bytes(mandate).to_string(),
            step: u32::from_be_bytes([a, b, c, d]),
            counter: u16::from_be_bytes(data.of(&[0x9F, 0x36])?.try_into().ok()?),
            cryptogram: data.of(&[0x9F, 0x26])?.try_into().ok()?,
        })
    }
}

/// Tags, one or two bytes each, with their values, in the order they stand in.
struct Elements<'a>(Vec<(Vec<u8>, &'a [u8])>);

impl<'a> Elements<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut elements = Self(Vec::new());
        let mut at = bytes;
        while let [first, ..] = at {
            let tag_length = if first & 0x1F == 0x1F { 2 } else { 1 };
            let (tag, rest) = at.split_at_checked(tag_length)?;
            // A second byte with its highest bit set would ask for a third.
            if tag.get(1).is_some_and(|second| *second >= 0x80) || elements.of(tag).is_some() {
                return None;
            }
            let (length, rest) = length(rest)?;
            let (value, rest) = rest.split_at_checked(length)?;
            elements.0.push((tag.to_vec(), value));
            at = rest;
        }
        Some(elements)
    }

    fn of(&self, tag: &[u8]) -> Option<&'a [u8]> {
        self.0.iter().find_map(|(found, value)| (found == tag).then_some(*value))
    }
}

/// A length in as few bytes as it takes: one up to 127, two up to 255, three above.
fn length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (first, rest) = bytes.split_first()?;
    let more = match first {
        0..=0x7F => return Some((usize::from(*first), rest)),
        0x81 => 1,
        0x82 => 2,
        _ => return None,
    };
    let (digits, rest) = rest.split_at_checked(more)?;
    let length = digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit));
    let least = if more == 1 { 0x80 } else { 0x100 };
    (length >= least).then_some((length, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Written by hand from the protocol's section 13.
    const CODE: &str = "85 05 4350563031 61 34 4F08 F047554943484554 63 28 9F26 08 0123456789ABCDEF \
        9F10 15 01 EB6305C91F7F49DEAED016487C27B42D 01C2B8E0 9F36 02 0007";

    fn bytes() -> Vec<u8> {
        let digits: String = CODE.split_whitespace().collect();
        let pairs = digits.as_bytes().chunks(2);
        pairs.map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
    }

    #[test]
    fn a_code_is_read_member_for_member() {
        let presented = Presented::read(&Base64::encode_string(&bytes())).unwrap();
        assert_eq!(presented.mandate_id, "eb6305c9-1f7f-49de-aed0-16487c27b42d");
        assert_eq!((presented.step, presented.counter), (29_538_528, 7));
        assert_eq!(presented.cryptogram, *b"\x01\x23\x45\x67\x89\xAB\xCD\xEF");
    }

    #[test]
    fn a_code_that_is_cut_or_padded_is_refused() {
        let bytes = bytes();
        for end in 0..bytes.len() {
            assert_eq!(Presented::read(&Base64::encode_string(&bytes[..end])), None, "{end}");
        }
        let mut longer = bytes;
        longer.push(0);
        assert_eq!(Presented::read(&Base64::encode_string(&longer)), None);
    }
}
