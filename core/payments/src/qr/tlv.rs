//! Data objects as EMV QRCPS 3.2 has them: two digits name one, two digits count its characters, then the characters.

use std::collections::BTreeMap;

/// Why a text is not a row of data objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotObjects {
    /// A name or a count is not two digits, a count is zero or goes past the end.
    Malformed,
    /// This name stands twice.
    Repeated(u8),
}

/// Data objects of one level, each once.
#[derive(Debug, Default)]
pub(super) struct Objects<'a> {
    values: BTreeMap<u8, &'a str>,
    last: Option<u8>,
}

impl<'a> Objects<'a> {
    /// Reads `text` from end to end. A character is a Unicode scalar value.
    pub(super) fn read(text: &'a str) -> Result<Self, NotObjects> {
        let mut objects = Self::default();
        let mut rest = text;
        while !rest.is_empty() {
            let (tag, value, after) = first_object(rest).ok_or(NotObjects::Malformed)?;
            if objects.values.insert(tag, value).is_some() {
                return Err(NotObjects::Repeated(tag));
            }
            objects.last = Some(tag);
            rest = after;
        }
        Ok(objects)
    }

    /// The value of this name.
    pub(super) fn get(&self, tag: u8) -> Option<&'a str> {
        self.values.get(&tag).copied()
    }

    /// Those whose names lie in `tags`, by name.
    pub(super) fn within(
        &self,
        tags: std::ops::RangeInclusive<u8>,
    ) -> impl Iterator<Item = (u8, &'a str)> {
        self.values.range(tags).map(|(tag, value)| (*tag, *value))
    }

    /// The name of the one that was written last.
    pub(super) const fn last(&self) -> Option<u8> {
        self.last
    }
}

fn first_object(text: &str) -> Option<(u8, &str, &str)> {
    let (tag, rest) = split(text, 2)?;
    let (count, rest) = split(rest, 2)?;
    let (tag, count) = (two_digits(tag)?, two_digits(count)?);
    if count == 0 {
        return None;
    }
    let (value, rest) = split(rest, usize::from(count))?;
    Some((tag, value, rest))
}

/// The first `count` characters, and the rest.
fn split(text: &str, count: usize) -> Option<(&str, &str)> {
    let mut ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    text.split_at_checked(ends.nth(count)?)
}

fn two_digits(text: &str) -> Option<u8> {
    let are_digits = text.bytes().all(|b| b.is_ascii_digit());
    are_digits.then(|| text.parse().ok()).flatten()
}

/// Appends one data object. `value` has 1 to 99 characters, or the row cannot be read again.
pub(super) fn write(into: &mut String, tag: u8, value: &str) {
    let object = format!("{tag:02}{:02}{value}", value.chars().count());
    into.push_str(&object);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_of_characters() {
        let objects = Objects::read("0002最佳0103abc").unwrap();
        assert_eq!((objects.get(0), objects.get(1)), (Some("最佳"), Some("abc")));
        assert_eq!((objects.get(2), objects.last()), (None, Some(1)));
    }

    #[test]
    fn what_does_not_add_up_is_refused() {
        for bad in
            ["0", "00", "000", "0000", "0002a", "0002最", "00+1a", "0a01b", "00０1a", "0001ab"]
        {
            assert_eq!(Objects::read(bad).unwrap_err(), NotObjects::Malformed, "{bad}");
        }
        assert_eq!(Objects::read("0001a0001a").unwrap_err(), NotObjects::Repeated(0));
        assert!(Objects::read("").unwrap().last().is_none());
    }
}
