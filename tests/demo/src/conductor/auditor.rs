//! Somebody else's program that reads the bank's file: `tests/audit/audit.py`, which shares no line with bank or phone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result, bail, ensure};
use rusqlite::Connection;
use serde_json::json;
use tokio::process::Command;

use super::books::Books;
use crate::phone::talk::Stage;

/// The program that runs it. Its remedy is what somebody reads who does not have it.
const PYTHON: &str = "python3";

/// Ways to cook books that held, each with the rule that has to be found broken.
const COOKED: [(&str, &str); 6] = [
    ("conservation", "UPDATE account SET booked = booked + 1 WHERE number IS NOT NULL"),
    (
        "pairs",
        "UPDATE posting SET minor = minor * 2 WHERE entry_id IN (SELECT entry_id FROM decision)",
    ),
    (
        "once",
        "INSERT INTO entry (entry_id, at, description, intent_id) \
         SELECT 'again', at, description, intent_id FROM entry WHERE intent_id IS NOT NULL LIMIT 1; \
         INSERT INTO posting (entry_id, account_id, minor, currency) \
         SELECT 'again', account_id, minor, currency FROM posting WHERE entry_id = \
         (SELECT entry_id FROM entry WHERE intent_id IS NOT NULL ORDER BY rowid LIMIT 1)",
    ),
    ("seen", "UPDATE decision SET approval = zeroblob(64) WHERE outcome = 'executed'"),
    ("receipts", "UPDATE decision SET receipt = replace(receipt, '.', '.A')"),
    ("rows", "UPDATE movement SET minor = minor + 1 WHERE intent_id IS NOT NULL"),
];

/// The auditor of one bank.
pub(super) struct Auditor {
    books: PathBuf,
    folder: PathBuf,
}

impl Auditor {
    /// Whoever audits these books, and keeps what is needed for that in `folder`.
    pub(super) async fn of(books: &Path, folder: PathBuf) -> Result<Self> {
        std::fs::create_dir_all(&folder)?;
        let found = python().arg("--version").output().await;
        ensure!(
            found.is_ok_and(|output| output.status.success()),
            "the books cannot be audited: install Python 3.9 or newer as {PYTHON}"
        );
        Ok(Self { books: books.to_owned(), folder })
    }

    /// Audits the books, and what the phone says of them. The auditor's last line.
    pub(super) async fn audit(
        &self,
        said: &BTreeMap<String, Stage>,
        is_settled: bool,
    ) -> Result<String> {
        let (held, told) = self.judge(&self.books, said, is_settled).await?;
        ensure!(held, "the auditor found:\n{told}");
        Ok(told.trim().to_owned())
    }

    /// The twin: cooks copies of the books, and has each found out. How many there were.
    pub(super) async fn find_cooked(&self, said: &BTreeMap<String, Stage>) -> Result<usize> {
        let copy = self.folder.join("cooked.sqlite");
        for (rule, how) in COOKED {
            Books::at(&self.books).copy_to(&copy)?;
            cook(&copy, how).with_context(|| format!("cooking for {rule}"))?;
            let (held, told) = self.judge(&copy, said, true).await?;
            ensure!(
                !held && told.contains(&format!("{rule}: ")),
                "cooked against '{rule}', and the auditor says: {told}"
            );
            std::fs::remove_file(&copy)?;
        }
        let mut forgotten = said.clone();
        forgotten.retain(|_, stage| *stage != Stage::Confirmed);
        let (held, told) = self.judge(&self.books, &forgotten, true).await?;
        ensure!(!held, "a phone that forgets its payments, and the auditor says: {told}");
        Ok(COOKED.len() + 1)
    }

    async fn judge(
        &self,
        books: &Path,
        said: &BTreeMap<String, Stage>,
        is_settled: bool,
    ) -> Result<(bool, String)> {
        let payments: Vec<_> =
            said.iter().map(|(id, stage)| json!({"id": id, "stage": stage})).collect();
        let report = self.folder.join("phone.json");
        std::fs::write(&report, serde_json::to_vec(&json!({"payments": payments}))?)?;
        let mut command = python();
        command.arg(script()).arg(books).arg("--phone").arg(&report);
        if is_settled {
            command.arg("--settled");
        }
        let output = command.output().await.context("the auditor cannot be started")?;
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        match output.status.code() {
            Some(0) => Ok((true, told)),
            Some(1) => Ok((false, told)),
            _ => bail!("the audit failed: {}", String::from_utf8_lossy(&output.stderr).trim()),
        }
    }
}

fn python() -> Command {
    let mut command = Command::new(PYTHON);
    // No files of its own beside the sources.
    command.arg("-B").stdin(Stdio::null()).kill_on_drop(true);
    #[cfg(unix)]
    command.process_group(0);
    command
}

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../audit/audit.py")
}

/// Does to a copy of the books what their locks keep everybody from.
fn cook(file: &Path, how: &str) -> Result<()> {
    let connection = Connection::open(file)?;
    connection.execute_batch(
        "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON; PRAGMA synchronous = OFF",
    )?;
    let triggers: Vec<String> = connection
        .prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for trigger in triggers {
        connection.execute_batch(&format!("DROP TRIGGER \"{trigger}\""))?;
    }
    Ok(connection.execute_batch(how)?)
}
