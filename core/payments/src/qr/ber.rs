//! BER-TLV as EMV uses it (EMV Book 3, annex B), in its one shortest spelling: tags of one or two bytes, definite lengths of one to
//! three.

/// A tag: `85`, or `9F26` with both of its bytes.
pub(super) type Tag = u16;

/// Data objects of one level, in their order, each tag once.
#[derive(Debug)]
pub(super) struct Objects<'a>(Vec<(Tag, &'a [u8])>);

impl<'a> Objects<'a> {
    /// Reads `bytes` from end to end; `None` if a tag or a length is cut off, spelt longer than need be, or stands twice.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut objects: Vec<(Tag, &[u8])> = Vec::new();
        let mut rest = bytes;
        while !rest.is_empty() {
            let (tag, value, after) = first_object(rest)?;
            if objects.iter().any(|(other, _)| *other == tag) {
                return None;
            }
            objects.push((tag, value));
            rest = after;
        }
        Some(Self(objects))
    }

    /// The first one.
    pub(super) fn first(&self) -> Option<(Tag, &'a [u8])> {
        self.0.first().copied()
    }

    /// The value of this tag.
    pub(super) fn get(&self, tag: Tag) -> Option<&'a [u8]> {
        self.0.iter().find(|(other, _)| *other == tag).map(|(_, value)| *value)
    }
}

fn first_object(bytes: &[u8]) -> Option<(Tag, &[u8], &[u8])> {
    let (first, rest) = bytes.split_first()?;
    let (tag, rest) = if first & 0x1F == 0x1F {
        let (second, rest) = rest.split_first()?;
        // A third byte would follow; EMV has no such tags.
        if second & 0x80 != 0 {
            return None;
        }
        (u16::from_be_bytes([*first, *second]), rest)
    } else {
        (u16::from(*first), rest)
    };
    let (length, rest) = length(rest)?;
    let (value, rest) = rest.split_at_checked(length)?;
    Some((tag, value, rest))
}

fn length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    match bytes {
        [short @ 0..=0x7F, rest @ ..] => Some((usize::from(*short), rest)),
        [0x81, long @ 0x80..=0xFF, rest @ ..] => Some((usize::from(*long), rest)),
        [0x82, high @ 1..=0xFF, low, rest @ ..] => {
            Some((usize::from(u16::from_be_bytes([*high, *low])), rest))
        }
        _ => None,
    }
}

/// Appends one data object of at most 127 bytes; what is longer is cut there.
pub(super) fn write(into: &mut Vec<u8>, tag: Tag, value: &[u8]) {
    let [high, low] = tag.to_be_bytes();
    if high != 0 {
        into.push(high);
    }
    into.push(low);
    let short = value.len().min(0x7F);
    into.push(u8::try_from(short).unwrap_or(0x7F));
    into.extend(value.iter().take(short));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut bytes = Vec::new();
        write(&mut bytes, 0x85, b"CPV01");
        write(&mut bytes, 0x9F26, &[1; 8]);
        assert_eq!(bytes.get(..3), Some(&[0x85, 5, b'C'][..]));
        let objects = Objects::read(&bytes).unwrap();
        assert_eq!(objects.first(), Some((0x85, &b"CPV01"[..])));
        assert_eq!(objects.get(0x9F26), Some(&[1; 8][..]));
        assert_eq!(objects.get(0x9F36), None);
    }

    #[test]
    fn longer_values_are_read_in_their_shortest_spelling_only() {
        let long = [&[0x61, 0x81, 0x80][..], &[0; 128]].concat();
        assert!(Objects::read(&long).is_some());
        let longer = [&[0x61, 0x82, 1, 0][..], &[0; 256]].concat();
        assert!(Objects::read(&longer).is_some());
        for bad in [
            &[0x61][..],
            &[0x61, 1],
            &[0x61, 0x80],
            &[0x61, 0x81, 1, 0],
            &[0x61, 0x82, 0, 0x81],
            &[0x61, 0x83, 0, 0, 1, 0],
            &[0x9F],
            &[0x9F, 0x81, 1, 0],
            &[0x9F, 0x10],
            &[0x61, 1, 0, 0x61, 1, 0],
        ] {
            assert!(Objects::read(bad).is_none(), "{bad:02X?}");
        }
    }
}
