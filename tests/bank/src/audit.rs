//! Does the bank's money add up? Asked by the control surface, by tests, and by programs that open
//! the file themselves.
//!
//! Everything is derived from the postings again: the balances the ledger keeps are only compared
//! with them.

use std::collections::BTreeMap;

use rusqlite::Connection;
use serde::Serialize;

/// What an auditor reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whether the books hold: every entry balanced, every kept balance the sum of its postings,
    /// every booked row a customer sees equal to its posting, every executed intent with exactly
    /// one entry of its own.
    pub conserved: bool,
    /// How many entries the books hold.
    pub entries: u64,
    /// The sum of all balances per currency, in minor units: zero, as decimal strings.
    pub sums: BTreeMap<String, String>,
    /// What does not hold, for engineers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<String>,
}

/// Each finds rows that must not exist.
const FAULTS: [(&str, &str); 7] = [
    (
        "an entry that does not sum to zero",
        "SELECT entry_id FROM posting GROUP BY entry_id, currency HAVING sum(minor) <> 0",
    ),
    (
        "an entry without postings",
        "SELECT entry_id FROM entry WHERE entry_id NOT IN (SELECT entry_id FROM posting)",
    ),
    ("an imbalance left behind", "SELECT entry_id FROM imbalance"),
    (
        "a balance that is not the sum of its postings",
        "SELECT account_id FROM account LEFT JOIN (SELECT account_id AS id, sum(minor) AS posted FROM posting GROUP BY account_id) \
         ON id = account_id WHERE booked <> coalesce(posted, 0)",
    ),
    (
        "a booked row that is not its posting",
        "SELECT movement_id FROM movement LEFT JOIN posting USING (entry_id, account_id) \
         WHERE status = 'booked' AND (posting.minor IS NULL OR posting.minor <> movement.minor)",
    ),
    (
        "a posting shown twice",
        "SELECT entry_id FROM movement WHERE entry_id IS NOT NULL GROUP BY entry_id, account_id HAVING count(*) > 1",
    ),
    (
        "an executed intent without its entry",
        "SELECT decision.intent_id FROM decision LEFT JOIN entry USING (entry_id) \
         WHERE outcome = 'executed' AND entry.intent_id IS NOT decision.intent_id",
    ),
];

/// Audits the books of a file. Reads only.
pub fn report(conn: &Connection) -> rusqlite::Result<Report> {
    let entries: i64 = conn.query_row("SELECT count(*) FROM entry", [], |row| row.get(0))?;
    let mut findings = Vec::new();
    for (fault, query) in FAULTS {
        let count: i64 =
            conn.query_row(&format!("SELECT count(*) FROM ({query})"), [], |row| row.get(0))?;
        if count > 0 {
            findings.push(format!("{fault}: {count}"));
        }
    }
    let sums = sums(conn)?;
    if sums.values().any(|sum| sum != "0") {
        findings.push("balances that do not sum to zero".to_owned());
    }
    Ok(Report { conserved: findings.is_empty(), entries: entries.unsigned_abs(), sums, findings })
}

fn sums(conn: &Connection) -> rusqlite::Result<BTreeMap<String, String>> {
    conn.prepare("SELECT currency, CAST(sum(booked) AS TEXT) FROM account GROUP BY currency")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}
