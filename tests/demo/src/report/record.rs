//! What a run was, for machines: the contents of `--json FILE`.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::Serialize;

use crate::lang::Locale;

/// A whole run.
#[derive(Debug, Serialize)]
pub(crate) struct Run {
    /// Of this file's format.
    pub(crate) version: u32,
    /// The language of the words in it.
    pub(crate) language: Locale,
    /// The seed of the bank's invented past.
    pub(crate) seed: u64,
    /// Where the phone's keys were.
    pub(crate) keys: &'static str,
    /// Whether every check held.
    pub(crate) passed: bool,
    /// Why it ended early, if it did.
    pub(crate) failure: Option<String>,
    /// From the first process to the last.
    pub(crate) milliseconds: u64,
    /// The steps, as far as they came.
    pub(crate) steps: Vec<Step>,
}

/// A step.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Step {
    /// 1 to 8.
    pub(crate) number: u32,
    /// Its name, the same in every language.
    pub(crate) name: &'static str,
    /// Its title.
    pub(crate) title: String,
    /// What the customer saw.
    pub(crate) screens: Vec<Vec<String>>,
    /// What was checked.
    pub(crate) checks: Vec<Check>,
    /// What was counted beside the costs.
    pub(crate) counts: Vec<Count>,
    /// What it cost.
    pub(crate) cost: Cost,
}

/// One expectation.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Check {
    /// Its name, the same in every language.
    pub(crate) name: String,
    /// What is expected, in words.
    pub(crate) expected: String,
    /// Whether it held.
    pub(crate) held: bool,
    /// What was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) found: Option<String>,
}

/// A number.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Count {
    /// Its name.
    pub(crate) name: &'static str,
    /// How many, how much.
    pub(crate) value: u64,
}

/// What a step cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Cost {
    /// Requests of the phone, and of its browser.
    pub(crate) requests: u64,
    /// Bytes on the wire to the bank, TLS included.
    pub(crate) bytes_sent: u64,
    /// Bytes on the wire from the bank, TLS included.
    pub(crate) bytes_received: u64,
    /// Wall-clock time.
    pub(crate) milliseconds: u64,
}

impl Cost {
    /// Both together.
    pub(crate) const fn plus(self, other: Self) -> Self {
        Self {
            requests: self.requests + other.requests,
            bytes_sent: self.bytes_sent + other.bytes_sent,
            bytes_received: self.bytes_received + other.bytes_received,
            milliseconds: self.milliseconds + other.milliseconds,
        }
    }
}

/// The file a record is to be written to.
pub(crate) struct RecordFile {
    path: PathBuf,
    file: File,
}

impl RecordFile {
    /// Makes the file, empty.
    pub(crate) fn create(path: &Path) -> anyhow::Result<Self> {
        let file = File::create(path).with_context(|| {
            format!("{} cannot be written; choose another --json", path.display())
        })?;
        Ok(Self { path: path.to_owned(), file })
    }

    /// Writes the record as JSON.
    pub(crate) fn write(mut self, run: &Run) -> anyhow::Result<()> {
        let mut text = serde_json::to_vec_pretty(run)?;
        text.push(b'\n');
        self.file
            .write_all(&text)
            .with_context(|| format!("the record {} cannot be written", self.path.display()))
    }
}
