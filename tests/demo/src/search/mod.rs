//! Looking for what must not be there: in files, in the memory of another process, in what was printed. One engine for all of
//! them, so that what one search knows how to find all of them do.

mod files;
mod forms;
mod memory;

use std::collections::BTreeSet;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use anyhow::Result;

pub(crate) use files::{all_files, files_under, named};
pub(crate) use memory::Memory;

/// What is looked for: secrets, each with what it is. Every secret is looked for in every form ([`forms`]).
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted(Vec<Secret>);

#[derive(Clone, Debug)]
struct Secret {
    what: String,
    forms: Vec<(&'static str, Vec<u8>)>,
}

impl Wanted {
    /// Adds a text. One that is too short to mean anything is left out.
    pub(crate) fn add(&mut self, what: &str, text: &str) {
        self.push(what, forms::of_text(text));
    }

    /// Adds something drawn at random: a token, a key. It is known by its parts as well.
    pub(crate) fn add_random(&mut self, what: &str, bytes: &[u8]) {
        self.push(what, forms::of_random(bytes));
    }

    fn push(&mut self, what: &str, forms: Vec<(&'static str, Vec<u8>)>) {
        let known = |secret: &Secret| secret.forms == forms;
        if !forms.is_empty() && !self.0.iter().any(known) {
            self.0.push(Secret { what: what.to_owned(), forms });
        }
    }

    /// Whether a secret of this kind is looked for.
    pub(crate) fn has(&self, what: &str) -> bool {
        self.0.iter().any(|secret| secret.what == what)
    }

    /// Takes out a text: it is one for everybody, and says nothing about anybody.
    pub(crate) fn forget_text(&mut self, text: &str) {
        let forms = forms::of_text(text);
        self.0.retain(|secret| secret.forms != forms);
    }

    /// How many secrets are looked for.
    pub(crate) const fn count(&self) -> usize {
        self.0.len()
    }

    /// Takes out what was found: it stands there without anybody's doing, and says nothing about anybody.
    pub(crate) fn forget(&mut self, found: &Found) {
        let mut index = 0;
        self.0.retain(|_| {
            index += 1;
            !found.secrets.contains(&(index - 1))
        });
    }
}

/// A search that is ready to run.
pub(crate) struct Search<'a> {
    wanted: &'a Wanted,
    /// Secret and form of each pattern.
    patterns: Vec<(usize, &'static str)>,
    automaton: AhoCorasick,
    longest: usize,
}

/// What a search found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Found {
    /// Bytes that were read.
    pub(crate) bytes: usize,
    /// What was found where.
    pub(crate) leaks: BTreeSet<Leak>,
    secrets: BTreeSet<usize>,
}

/// A secret that was found where it must not be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Leak {
    /// What it is and in which form; not the secret itself.
    pub(crate) what: String,
    /// Where it lies.
    pub(crate) place: String,
}

impl<'a> Search<'a> {
    /// Prepares to look for all of `wanted`.
    pub(crate) fn new(wanted: &'a Wanted) -> Result<Self> {
        let forms = wanted.0.iter().enumerate().flat_map(|(index, secret)| {
            secret.forms.iter().map(move |(name, form)| (index, *name, form))
        });
        let patterns = forms.clone().map(|(index, name, _)| (index, name)).collect();
        let automaton = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(forms.clone().map(|(_, _, form)| form))?;
        let longest = forms.map(|(_, _, form)| form.len()).max().unwrap_or_default();
        Ok(Self { wanted, patterns, automaton, longest })
    }

    /// Looks through some bytes.
    pub(crate) fn look(&self, bytes: &[u8], place: &str, found: &mut Found) {
        found.bytes += bytes.len();
        for hit in self.automaton.find_overlapping_iter(bytes) {
            let pattern = self.patterns.get(hit.pattern().as_usize());
            let secret = pattern.and_then(|(index, form)| {
                self.wanted.0.get(*index).map(|secret| (*index, &secret.what, form))
            });
            if let Some((index, what, form)) = secret {
                found.secrets.insert(index);
                found
                    .leaks
                    .insert(Leak { what: format!("{what}, {form}"), place: place.to_owned() });
            }
        }
    }

    /// Bytes of the longest form: what is read in pieces has to overlap by one less.
    const fn longest(&self) -> usize {
        self.longest
    }
}

impl Found {
    /// Whether a secret of this kind was found, in any form.
    pub(crate) fn has(&self, what: &str) -> bool {
        self.leaks.iter().any(|leak| leak.what.starts_with(what))
    }

    /// Takes out what may be there.
    pub(crate) fn allow(&mut self, kinds: &[&str]) {
        self.leaks.retain(|leak| !kinds.iter().any(|kind| leak.what.starts_with(kind)));
    }

    /// What was found where, in a sentence.
    pub(crate) fn describe(&self) -> String {
        let leaks: Vec<_> =
            self.leaks.iter().map(|leak| format!("{} ({})", leak.what, leak.place)).collect();
        leaks.join("; ")
    }

    /// Both.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.bytes += other.bytes;
        self.leaks.extend(other.leaks);
        self.secrets.extend(other.secrets);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(wanted: &Wanted, bytes: &[u8]) -> Vec<String> {
        let mut found = Found::default();
        Search::new(wanted).unwrap().look(bytes, "here", &mut found);
        found.leaks.into_iter().map(|leak| leak.what).collect()
    }

    const KEY: [u8; 32] = *b"\xC5one key\xC5two key\xC5thr key\xC5fou key";

    fn wanted() -> Wanted {
        let mut wanted = Wanted::default();
        wanted.add("a name", "李明的账户");
        wanted.add("a token", "tok-123456");
        wanted.add_random("a key", &KEY);
        wanted.add("too short", "12");
        wanted
    }

    #[test]
    fn each_form_is_found() {
        let wanted = wanted();
        assert_eq!(wanted.count(), 3);
        let wide: Vec<u8> = "x李明的账户".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(found(&wanted, &wide), ["a name, in UTF-16"]);
        assert_eq!(found(&wanted, b"ttok-123456"), ["a token, as it is"]);
        let hex = "c56f6e65206b6579c574776f206b6579c5746872206b6579c5666f75206b6579";
        assert_eq!(found(&wanted, hex.as_bytes()), ["a key, in hex"]);
        assert_eq!(found(&wanted, &KEY), ["a key, as it is", "a key, in part"]);
        assert_eq!(found(&wanted, &KEY[8..20]), ["a key, in part"]);
        assert!(found(&wanted, &KEY[1..8]).is_empty());
        assert!(found(&wanted, b"tok-123455 12 c5c5c5").is_empty());
    }

    #[test]
    fn what_stands_there_anyway_is_forgotten() {
        let mut wanted = wanted();
        let mut anyway = Found::default();
        Search::new(&wanted).unwrap().look(b"tok-123456", "here", &mut anyway);
        wanted.forget(&anyway);
        assert_eq!(wanted.count(), 2);
        assert!(found(&wanted, b"tok-123456").is_empty());
        assert_eq!(found(&wanted, "李明的账户".as_bytes()), ["a name, as it is"]);
    }
}
