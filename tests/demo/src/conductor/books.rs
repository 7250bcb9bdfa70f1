//! The bank's books, read straight from its file: not through the bank, and not through anything of the phone's.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, Row, params};

use crate::lang::Locale;

/// The file `bank.sqlite`.
#[derive(Clone, Debug)]
pub(crate) struct Books(PathBuf);

/// An intent that moved money.
#[derive(Clone, Debug)]
pub(crate) struct Executed {
    pub(crate) intent_id: String,
    pub(crate) entry_id: String,
    /// The canonical bytes, as they were approved.
    pub(crate) intent: Vec<u8>,
    /// r||s.
    pub(crate) approval: Vec<u8>,
}

/// One side of an entry.
#[derive(Clone, Debug)]
pub(crate) struct Posting {
    pub(crate) owner: String,
    pub(crate) account: String,
    pub(crate) number: String,
    pub(crate) minor: i64,
    pub(crate) currency: String,
}

/// What a customer has, as the bank has it.
#[derive(Clone, Debug)]
pub(crate) struct Holdings {
    pub(crate) accounts: i64,
    pub(crate) transactions: i64,
    /// Seconds from the oldest transaction to the newest.
    pub(crate) span_seconds: i64,
}

/// What is private about the customer `?1`, by what it is. Balances and amounts as they are kept and as they are drawn.
const PRIVATE_TEXTS: [(&str, &str); 8] = [
    (
        "account number",
        "SELECT number FROM account JOIN customer USING (customer_id) WHERE username = ?1",
    ),
    (
        "account's name",
        "SELECT name_en FROM (SELECT a.name_en FROM account a JOIN customer USING (customer_id) WHERE username = ?1
         UNION SELECT a.name_zh FROM account a JOIN customer USING (customer_id) WHERE username = ?1)",
    ),
    (
        "customer's name",
        "SELECT name_zh FROM customer WHERE username = ?1 UNION SELECT name_en FROM customer WHERE username = ?1",
    ),
    (
        "payee",
        "SELECT counterparty_zh FROM movement JOIN customer USING (customer_id)
         WHERE username = ?1 AND counterparty_zh IS NOT NULL
         UNION SELECT counterparty_en FROM movement JOIN customer USING (customer_id)
         WHERE username = ?1 AND counterparty_en IS NOT NULL",
    ),
    (
        "payee's number",
        "SELECT DISTINCT counterparty_account FROM movement JOIN customer USING (customer_id)
         WHERE username = ?1 AND counterparty_account IS NOT NULL",
    ),
    (
        "note",
        "SELECT DISTINCT note FROM movement JOIN customer USING (customer_id)
         WHERE username = ?1 AND note IS NOT NULL",
    ),
    (
        "balance",
        "SELECT printf('%d', booked) FROM account JOIN customer USING (customer_id)
         WHERE username = ?1 AND abs(booked) > 99999
         UNION SELECT printf('%,d.%02d', abs(booked) / 100, abs(booked) % 100)
         FROM account JOIN customer USING (customer_id) WHERE username = ?1 AND abs(booked) > 99999",
    ),
    (
        "amount",
        "SELECT DISTINCT printf('%,d.%02d', abs(minor) / 100, abs(minor) % 100)
         FROM movement JOIN customer USING (customer_id) WHERE username = ?1 AND abs(minor) > 99999",
    ),
];

impl Books {
    /// The books in this file.
    pub(crate) fn at(file: &Path) -> Self {
        Self(file.to_owned())
    }

    /// Read-only, and as another program would: on a connection of its own.
    fn open(&self) -> Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.0, flags)
            .with_context(|| format!("the books {} cannot be opened", self.0.display()))?;
        connection.busy_timeout(Duration::from_secs(5))?;
        Ok(connection)
    }

    /// A copy of the books in a new file.
    pub(crate) fn copy_to(&self, file: &Path) -> Result<()> {
        self.open()?.execute("VACUUM INTO ?1", [file.to_string_lossy()])?;
        Ok(())
    }

    /// What a customer has.
    pub(crate) fn holdings(&self, username: &str) -> Result<Holdings> {
        let connection = self.open()?;
        let accounts = connection.query_row(
            "SELECT count(*) FROM account JOIN customer USING (customer_id) WHERE username = ?1",
            [username],
            |row| row.get(0),
        )?;
        let sql = "SELECT count(*), max(at) - min(at) FROM movement JOIN customer USING (customer_id) WHERE username = ?1";
        Ok(connection.query_row(sql, [username], |row| {
            Ok(Holdings { accounts, transactions: row.get(0)?, span_seconds: row.get(1)? })
        })?)
    }

    /// The customer's balances in minor units, by account id.
    pub(crate) fn balances(&self, username: &str) -> Result<BTreeMap<String, i64>> {
        let connection = self.open()?;
        let mut statement = connection.prepare(
            "SELECT account_id, booked FROM account JOIN customer USING (customer_id) WHERE username = ?1",
        )?;
        let rows = statement.query_map([username], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The number and the owner's name of a customer's first account that pays in CNY.
    pub(crate) fn payee(&self, username: &str, locale: Locale) -> Result<(String, String)> {
        let sql = "SELECT number, name_en, name_zh FROM (SELECT number, c.name_en, c.name_zh, a.rowid AS r FROM account a \
                   JOIN customer c USING (customer_id) WHERE username = ?1 AND currency = 'CNY' AND can_pay) ORDER BY r LIMIT 1";
        let (number, english, chinese): (String, String, String) =
            self.open()?
                .query_row(sql, [username], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok((
            number,
            match locale {
                Locale::En => english,
                Locale::ZhCn => chinese,
            },
        ))
    }

    /// Texts a customer would not want found, each with what it is: numbers, names, notes, balances and larger amounts.
    pub(crate) fn private_texts(&self, username: &str) -> Result<Vec<(&'static str, String)>> {
        let connection = self.open()?;
        let mut texts = Vec::new();
        for (what, sql) in PRIVATE_TEXTS {
            let mut statement = connection.prepare(sql)?;
            for text in statement.query_map([username], |row| row.get(0))? {
                texts.push((what, text?));
            }
        }
        Ok(texts)
    }

    /// Every intent that moved money, in the order it did.
    pub(crate) fn executed(&self) -> Result<Vec<Executed>> {
        let connection = self.open()?;
        let mut statement = connection.prepare(
            "SELECT intent_id, entry_id, intent, approval FROM decision WHERE outcome = 'executed' ORDER BY rowid",
        )?;
        let rows = statement.query_map([], |row| {
            Ok(Executed {
                intent_id: row.get(0)?,
                entry_id: row.get(1)?,
                intent: row.get(2)?,
                approval: row.get(3)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// What became of an intent at the bank, if it was decided: `executed` or `refused`.
    pub(crate) fn outcome(&self, intent_id: &str) -> Result<Option<String>> {
        let sql = "SELECT outcome FROM decision WHERE intent_id = ?1";
        Ok(self.open()?.query_row(sql, [intent_id], |row| row.get(0)).optional()?)
    }

    /// Id and amount in minor units of every transaction of an account.
    pub(crate) fn transactions(&self, account_id: &str) -> Result<BTreeMap<String, i64>> {
        let connection = self.open()?;
        let mut statement =
            connection.prepare("SELECT movement_id, minor FROM movement WHERE account_id = ?1")?;
        let rows = statement.query_map([account_id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Both sides of the entries that an intent made.
    pub(crate) fn postings(&self, intent_id: &str, locale: Locale) -> Result<Vec<Posting>> {
        let connection = self.open()?;
        let mut statement = connection.prepare(
            "SELECT c.name_en, c.name_zh, a.name_en, a.name_zh, a.number, p.minor, p.currency \
             FROM entry JOIN posting p USING (entry_id) JOIN account a USING (account_id) \
             LEFT JOIN customer c USING (customer_id) WHERE intent_id = ?1 ORDER BY p.minor",
        )?;
        let rows = statement.query_map(params![intent_id], |row| posting(row, locale))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The sum of all postings per currency that is not zero: money out of nowhere.
    pub(crate) fn imbalances(&self) -> Result<i64> {
        let sql =
            "SELECT count(*) FROM (SELECT 1 FROM posting GROUP BY currency HAVING sum(minor) <> 0)";
        Ok(self.open()?.query_row(sql, [], |row| row.get(0))?)
    }
}

fn posting(row: &Row<'_>, locale: Locale) -> rusqlite::Result<Posting> {
    let of = |english: usize, chinese: usize| {
        row.get::<_, Option<String>>(match locale {
            Locale::En => english,
            Locale::ZhCn => chinese,
        })
    };
    Ok(Posting {
        owner: of(0, 1)?.unwrap_or_default(),
        account: of(2, 3)?.unwrap_or_default(),
        number: row.get(4)?,
        minor: row.get(5)?,
        currency: row.get(6)?,
    })
}
