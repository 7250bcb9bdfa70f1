//! DER, written: just what attestations are made of (X.690 sections 8 and 10).

/// Tag, length, content.
pub fn element(tag: &[u8], content: &[u8]) -> Vec<u8> {
    [tag, &length(content.len()), content].concat()
}

fn length(length: usize) -> Vec<u8> {
    let bytes = length.to_be_bytes();
    let significant: Vec<u8> = bytes.into_iter().skip_while(|byte| *byte == 0).collect();
    match (u8::try_from(length), u8::try_from(significant.len())) {
        (Ok(short), _) if short < 0x80 => vec![short],
        (_, Ok(count)) => [vec![0x80 | count], significant].concat(),
        // A length of more than 127 bytes does not fit into an address space.
        (_, Err(_)) => Vec::new(),
    }
}

/// `SEQUENCE`.
pub fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    element(&[0x30], &parts.concat())
}

/// `SET`. The order is the caller's.
pub fn set(parts: &[Vec<u8>]) -> Vec<u8> {
    element(&[0x31], &parts.concat())
}

/// `INTEGER`, not negative.
pub fn integer(number: u64) -> Vec<u8> {
    let mut digits: Vec<u8> =
        number.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
    if digits.first().is_none_or(|first| *first >= 0x80) {
        digits.insert(0, 0);
    }
    element(&[0x02], &digits)
}

/// `ENUMERATED`, below 128.
pub fn enumerated(number: u8) -> Vec<u8> {
    element(&[0x0A], &[number])
}

/// `BOOLEAN`.
pub fn boolean(value: bool) -> Vec<u8> {
    element(&[0x01], &[if value { 0xFF } else { 0 }])
}

/// `OCTET STRING`.
pub fn octets(bytes: &[u8]) -> Vec<u8> {
    element(&[0x04], bytes)
}

/// `NULL`.
pub fn null() -> Vec<u8> {
    element(&[0x05], &[])
}

/// `[number] EXPLICIT`, with the long form of the tag from 31 on.
pub fn explicit(number: u32, value: &[u8]) -> Vec<u8> {
    const CONTEXT_CONSTRUCTED: u8 = 0xA0;
    if let Ok(short) = u8::try_from(number)
        && short < 31
    {
        return element(&[CONTEXT_CONSTRUCTED | short], value);
    }
    let mut tag = vec![CONTEXT_CONSTRUCTED | 31];
    let groups: Vec<u8> = (0..5_u32)
        .rev()
        .filter_map(|at| u8::try_from(number >> (7 * at) & 0x7F).ok())
        .skip_while(|group| *group == 0)
        .collect();
    for (at, group) in groups.iter().enumerate() {
        tag.push(if at + 1 < groups.len() { group | 0x80 } else { *group });
    }
    element(&tag, value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_written_as_x_690_has_them() {
        assert_eq!(integer(0), [2, 1, 0]);
        assert_eq!(integer(127), [2, 1, 127]);
        assert_eq!(integer(128), [2, 2, 0, 128]);
        assert_eq!(integer(u64::from(u32::MAX)), [2, 5, 0, 255, 255, 255, 255]);
        assert_eq!(octets(&[7; 200])[..3], [4, 0x81, 200]);
        assert_eq!(octets(&[7; 300])[..4], [4, 0x82, 1, 44]);
        assert_eq!(explicit(1, &null()), [0xA1, 2, 5, 0]);
        // As they stand in Android's documentation: [503] and [704].
        assert_eq!(explicit(503, &null())[..3], [0xBF, 0x83, 0x77]);
        assert_eq!(explicit(704, &null())[..3], [0xBF, 0x85, 0x40]);
    }
}
