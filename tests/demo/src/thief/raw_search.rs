//! Reading a disk's raw bytes for what must not be there.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use super::loot::files;

/// A text that was found where it must not be.
#[derive(Clone, Debug)]
pub(crate) struct Leak {
    pub(crate) file: PathBuf,
    /// What it is, not the text itself.
    pub(crate) what: String,
}

/// What is looked for: texts with what they are. Each is looked for as UTF-8 and as UTF-16, SQLite's two encodings.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted(Vec<(String, String)>);

impl Wanted {
    /// Adds a text. Texts too short to mean anything are left out.
    pub(crate) fn add(&mut self, what: &str, text: &str) {
        if text.len() >= 4 {
            self.0.push((what.to_owned(), text.to_owned()));
        }
    }

    /// How many texts are looked for.
    pub(crate) const fn count(&self) -> usize {
        self.0.len()
    }
}

/// What a search found, and how much it read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Searched {
    pub(crate) files: usize,
    pub(crate) bytes: usize,
    pub(crate) leaks: Vec<Leak>,
}

/// Searches every file under these folders.
pub(crate) fn search(folders: &[&Path], wanted: &Wanted) -> io::Result<Searched> {
    let needles = Needles::of(wanted);
    let mut searched = Searched::default();
    for folder in folders {
        for file in files(folder)? {
            let bytes = std::fs::read(&file)?;
            searched.files += 1;
            searched.bytes += bytes.len();
            let leaks = needles.in_bytes(&bytes);
            searched.leaks.extend(leaks.into_iter().map(|what| Leak { file: file.clone(), what }));
        }
    }
    Ok(searched)
}

/// Every text in both encodings, found in one pass: by its first two bytes, then whole.
struct Needles<'a> {
    by_start: BTreeMap<[u8; 2], Vec<(&'a str, Vec<u8>)>>,
    /// Whether any needle starts with these two bytes: most positions of a file end here.
    starts: Vec<bool>,
}

impl<'a> Needles<'a> {
    fn of(wanted: &'a Wanted) -> Self {
        let mut by_start: BTreeMap<_, Vec<_>> = BTreeMap::new();
        let mut starts = vec![false; 1 << 16];
        for (what, text) in &wanted.0 {
            let wide = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            for needle in [text.as_bytes().to_vec(), wide] {
                if let Some(start) = needle.first_chunk::<2>().copied() {
                    if let Some(known) = starts.get_mut(usize::from(u16::from_le_bytes(start))) {
                        *known = true;
                    }
                    by_start.entry(start).or_default().push((what.as_str(), needle));
                }
            }
        }
        Self { by_start, starts }
    }

    fn in_bytes(&self, bytes: &[u8]) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut rest = bytes;
        while let Some(start) = rest.first_chunk::<2>() {
            if self.starts.get(usize::from(u16::from_le_bytes(*start))) == Some(&true) {
                let candidates = self.by_start.get(start).into_iter().flatten();
                let here = candidates.filter(|(_, needle)| rest.starts_with(needle));
                found.extend(here.map(|(what, _)| (*what).to_owned()));
            }
            rest = rest.get(1..).unwrap_or_default();
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_finds_what_lies_in_the_open_in_either_encoding() {
        let folder = tempfile::tempdir().unwrap();
        let mut wanted = Wanted::default();
        wanted.add("a name", "李明");
        wanted.add("a token", "tok-123456");
        wanted.add("too short", "12");
        assert_eq!(wanted.count(), 2);
        let wide: Vec<u8> = "李明".encode_utf16().flat_map(u16::to_le_bytes).collect();
        std::fs::write(folder.path().join("wide"), [b"xx".as_slice(), &wide].concat()).unwrap();
        std::fs::create_dir(folder.path().join("deep")).unwrap();
        std::fs::write(folder.path().join("deep/plain"), "ttok-123456").unwrap();
        let found = search(&[folder.path()], &wanted).unwrap();
        assert_eq!(found.files, 2);
        let what: Vec<_> = found.leaks.iter().map(|leak| leak.what.as_str()).collect();
        assert_eq!(what, ["a token", "a name"]);
    }

    #[test]
    fn it_finds_nothing_in_other_bytes() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("file"), [0xFF; 4096]).unwrap();
        let mut wanted = Wanted::default();
        wanted.add("a name", "Li Ming");
        assert!(search(&[folder.path()], &wanted).unwrap().leaks.is_empty());
    }
}
