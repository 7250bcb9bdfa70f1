//! CBOR, written: just what App Attest is made of (RFC 8949 section 3).

fn head(major: u8, value: usize) -> Vec<u8> {
    let major = major << 5;
    match (u8::try_from(value), u16::try_from(value), u32::try_from(value)) {
        (Ok(small), _, _) if small < 24 => vec![major | small],
        (Ok(one), _, _) => vec![major | 0x18, one],
        (_, Ok(two), _) => [&[major | 0x19], two.to_be_bytes().as_slice()].concat(),
        (_, _, Ok(four)) => [&[major | 0x1A], four.to_be_bytes().as_slice()].concat(),
        _ => [&[major | 0x1B], (value as u64).to_be_bytes().as_slice()].concat(),
    }
}

/// A byte string.
pub fn bytes(content: &[u8]) -> Vec<u8> {
    [head(2, content.len()).as_slice(), content].concat()
}

/// A text string.
pub fn text(content: &str) -> Vec<u8> {
    [head(3, content.len()).as_slice(), content.as_bytes()].concat()
}

/// An array.
pub fn array(items: &[Vec<u8>]) -> Vec<u8> {
    [head(4, items.len()), items.concat()].concat()
}

/// A map from texts, in the order given.
pub fn map(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut written = head(5, members.len());
    for (name, value) in members {
        written.extend(text(name));
        written.extend_from_slice(value);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8949, appendix A.
    #[test]
    fn items_are_written_as_rfc_8949_has_them() {
        assert_eq!(text("IETF"), [0x64, 0x49, 0x45, 0x54, 0x46]);
        assert_eq!(bytes(&[1, 2, 3, 4]), [0x44, 1, 2, 3, 4]);
        assert_eq!(array(&[]), [0x80]);
        assert_eq!(map(&[("a", text("A"))]), [0xA1, 0x61, 0x61, 0x61, 0x41]);
        assert_eq!(bytes(&[0; 24])[..2], [0x58, 24]);
        assert_eq!(bytes(&[0; 256])[..3], [0x59, 1, 0]);
        assert_eq!(bytes(&vec![0; 65_536])[..5], [0x5A, 0, 1, 0, 0]);
    }
}
