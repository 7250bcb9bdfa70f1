//! Rows of data objects: two digits for what one is, two for how many characters it has, and those.

use std::collections::BTreeMap;

/// Each data object by its two digits.
pub(super) type Objects = BTreeMap<String, String>;

/// The objects of a row; `None` if a length is wrong or one stands twice.
pub(super) fn read(row: &str) -> Option<Objects> {
    let characters: Vec<char> = row.chars().collect();
    let mut objects = Objects::new();
    let mut left = characters.as_slice();
    while !left.is_empty() {
        let (head, rest) = left.split_at_checked(4)?;
        let head: String = head.iter().collect();
        if !head.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let (id, length) = head.split_at_checked(2)?;
        let length: usize = length.parse().ok().filter(|length| *length > 0)?;
        let (value, rest) = rest.split_at_checked(length)?;
        if objects.insert(id.to_owned(), value.iter().collect()).is_some() {
            return None;
        }
        left = rest;
    }
    Some(objects)
}

/// One object as it is written; `None` if its value has no or more than 99 characters.
pub(super) fn written(id: &str, value: &str) -> Option<String> {
    let length = value.chars().count();
    (1..=99).contains(&length).then(|| format!("{id}{length:02}{value}"))
}
