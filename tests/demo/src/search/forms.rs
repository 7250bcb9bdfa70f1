//! The forms in which a secret may lie somewhere: as it is, and as programs write bytes into texts.

use base64ct::{Base64Unpadded, Base64UrlUnpadded, Encoding as _};

/// Shorter ones are found anywhere, by chance.
pub(super) const SHORTEST: usize = 6;

/// Bytes of a piece of something random: enough to tell it from everything else.
const PIECE: usize = 8;

/// Every form of something drawn at random, and its pieces: calls that reuse the stack or a buffer overwrite the half of a key and
/// leave the rest.
pub(super) fn of_random(bytes: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let mut forms = of_bytes(bytes);
    forms.extend(bytes.chunks_exact(PIECE).map(|piece| ("in part", piece.to_vec())));
    forms
}

/// Every form of some bytes with its name. None of what is too short.
pub(super) fn of_bytes(bytes: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    if bytes.len() < SHORTEST {
        return Vec::new();
    }
    let mut forms = vec![("as it is", bytes.to_vec())];
    forms.push(("in hex", hex(bytes, b"0123456789abcdef")));
    forms.push(("in capital hex", hex(bytes, b"0123456789ABCDEF")));
    forms.push(("as numbers", listed(bytes, u8::to_string)));
    forms.push(("as signed numbers", listed(bytes, |byte| byte.cast_signed().to_string())));
    forms.push(("as numbers in hex", listed(bytes, |byte| format!("{byte:02x}"))));
    for before in 0..3 {
        forms.push(("in base64", within_base64(bytes, before, Base64Unpadded::encode_string)));
        forms
            .push(("in base64url", within_base64(bytes, before, Base64UrlUnpadded::encode_string)));
    }
    forms.retain(|(_, form)| form.len() >= SHORTEST);
    forms.dedup_by(|(_, later), (_, earlier)| later == earlier);
    forms
}

/// Every form of a text: those of its bytes, and UTF-16 as the JVM and Windows write it.
pub(super) fn of_text(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let mut forms = of_bytes(text.as_bytes());
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    if !forms.is_empty() && wide.len() >= SHORTEST {
        forms.push(("in UTF-16", wide));
    }
    forms
}

fn hex(bytes: &[u8], digits: &[u8; 16]) -> Vec<u8> {
    let digit = |nibble: u8| digits.get(usize::from(nibble)).copied().unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0x0F)]).collect()
}

/// As languages print a list of bytes, without its brackets.
fn listed(bytes: &[u8], print: impl Fn(&u8) -> String) -> Vec<u8> {
    bytes.iter().map(print).collect::<Vec<_>>().join(", ").into_bytes()
}

/// What stands in a base64 text for certain, if the bytes begin `before` bytes after a group of three: a first and a last character
/// that neighbours have a part in is left out.
fn within_base64(bytes: &[u8], before: usize, encode: fn(&[u8]) -> String) -> Vec<u8> {
    let aligned = [&vec![0; before], bytes].concat();
    let shared_at_the_end = usize::from(!aligned.len().is_multiple_of(3));
    let text = encode(&aligned).into_bytes();
    let from = (before * 8).div_ceil(6);
    let to = text.len().saturating_sub(shared_at_the_end);
    text.get(from..to).unwrap_or_default().to_vec()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_has_each_form_once() {
        let forms = of_text("Li Ming");
        let names: Vec<_> = forms.iter().map(|(name, _)| *name).collect();
        assert_eq!(names.iter().filter(|name| **name == "in base64").count(), 3);
        assert!(forms.contains(&("in hex", b"4c69204d696e67".to_vec())));
        assert!(forms.contains(&("in capital hex", b"4C69204D696E67".to_vec())));
        assert!(forms.contains(&("as numbers", b"76, 105, 32, 77, 105, 110, 103".to_vec())));
        assert!(forms.contains(&("as numbers in hex", b"4c, 69, 20, 4d, 69, 6e, 67".to_vec())));
        assert!(names.iter().all(|name| *name != "as signed numbers"), "the same for these");
        assert!(forms.contains(&("in UTF-16", b"L\0i\0 \0M\0i\0n\0g\0".to_vec())));
        assert!(of_text("Li").is_empty(), "two letters are found anywhere");
    }

    #[test]
    fn something_random_is_known_by_its_parts() {
        let forms = of_random(b"0123456789abcdefghij");
        let parts = forms.iter().filter(|(name, _)| *name == "in part");
        let parts: Vec<_> = parts.map(|(_, part)| part.as_slice()).collect();
        assert_eq!(parts, [b"01234567".as_slice(), b"89abcdef"]);
    }

    proptest! {
        #[test]
        fn base64_of_anything_around_it_holds_one_of_the_forms(
            before: Vec<u8>, secret in prop::collection::vec(any::<u8>(), 8..40), after: Vec<u8>,
        ) {
            let whole = [before, secret.clone(), after].concat();
            for text in [
                Base64Unpadded::encode_string(&whole),
                Base64UrlUnpadded::encode_string(&whole),
            ] {
                let holds = |form: &[u8]| text.as_bytes().windows(form.len()).any(|at| at == form);
                prop_assert!(of_bytes(&secret).iter().any(|(_, form)| holds(form)), "{text}");
            }
        }
    }
}
