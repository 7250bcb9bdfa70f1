//! The bank's books, read from its file with a connection of our own: invariants 1, 2, 3 and 6.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use anyhow::Context as _;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use guichet_bank::audit;
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

use super::{Broken, Record};
use crate::house::House;
use crate::scene::{Scene, hold};
use crate::trace::Whom;

/// What precedes the canonical bytes in what an approval key signs (docs/protocol.md, section 9.2).
const SIGNING_PREFIX: &[u8] = b"GUICHET-INTENT-V1\n";

/// A decision of the bank's.
#[derive(Clone, Debug)]
pub(crate) struct Decision {
    pub(crate) intent: String,
    pub(crate) executed: bool,
    pub(crate) note: String,
}

/// Reads the books after every request and every step.
pub(crate) struct Bookkeeper {
    record: Arc<Record>,
    inside: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    /// The connection, and the number of the file it is to.
    books: Option<(Connection, u64)>,
    /// What each account holds, reckoned from its postings by us.
    balances: BTreeMap<String, i64>,
    /// Every balance an account ever had.
    history: BTreeMap<String, BTreeSet<i64>>,
    entries_read: i64,
    decisions_read: i64,
    decisions: Vec<Decision>,
    /// How often money moved, by the payment's note.
    moved: BTreeMap<String, u32>,
    /// Notes of executed decisions by their ledger entry.
    executed: BTreeMap<String, (String, usize)>,
}

impl Bookkeeper {
    pub(crate) fn new(record: Arc<Record>) -> Self {
        Self { record, inside: Mutex::default() }
    }

    /// Checks what is new. What cannot be read is reported like what does not hold: a check that looks away proves nothing.
    pub(crate) fn look(&self, scene: &Scene, house: &House) {
        if let Err(unread) = self.read(scene, house) {
            scene.report(Broken::new(
                1,
                Whom::Bank,
                format!("the books cannot be read: {unread:#}"),
            ));
        }
    }

    /// Everything the bank has decided.
    pub(crate) fn decisions(&self) -> Vec<Decision> {
        hold(&self.inside).decisions.clone()
    }

    /// Whether the bank has executed this intent.
    pub(crate) fn has_executed(&self, intent: &str) -> bool {
        hold(&self.inside).decisions.iter().any(|it| it.executed && it.intent == intent)
    }

    /// Whether the bank has refused this intent, whichever way it remembers that.
    pub(crate) fn has_refused(&self, intent: &str) -> bool {
        let inside = hold(&self.inside);
        let refused = |it: &Decision| !it.executed && it.intent == intent;
        inside.decisions.iter().any(refused)
            || inside.books.as_ref().is_some_and(|(books, _)| has_refused_approvals(books))
    }

    /// Whether the account ever held this.
    pub(crate) fn ever_held(&self, account: &str, minor: i64) -> bool {
        hold(&self.inside).history.get(account).is_some_and(|held| held.contains(&minor))
    }

    /// What the account holds now.
    pub(crate) fn balance(&self, account: &str) -> Option<i64> {
        hold(&self.inside).balances.get(account).copied()
    }

    /// Whether the bank has signed this phone out, and it has not enrolled again.
    pub(crate) fn has_signed_out(&self, phone: usize) -> bool {
        let sql =
            "SELECT count(*) > 0 AND count(*) = count(revoked_at) FROM device WHERE name = ?1";
        let name = crate::phone::name(phone);
        let inside = hold(&self.inside);
        let Some((books, _)) = &inside.books else { return false };
        books.query_row(sql, [name], |row| row.get(0)).unwrap_or(false)
    }

    /// The whole audit of the bank's own, at the end.
    pub(crate) fn audit(&self, scene: &Scene) {
        let inside = hold(&self.inside);
        let Some((books, _)) = &inside.books else { return };
        match audit::report(books) {
            Ok(report) if report.conserved => {}
            Ok(report) => {
                scene.report(Broken::new(1, Whom::Bank, report.findings.join("; ")));
            }
            Err(unread) => scene.report(Broken::new(1, Whom::Bank, unread.to_string())),
        }
    }

    fn read(&self, scene: &Scene, house: &House) -> anyhow::Result<()> {
        let mut inside = hold(&self.inside);
        let (path, number) = house.books();
        if inside.books.as_ref().is_none_or(|(_, open)| *open != number) {
            let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let books = Connection::open_with_flags(path, flags).context("opening them")?;
            inside.books = Some((books, number));
        }
        let Some((books, number)) = inside.books.take() else { return Ok(()) };
        let looked = inside
            .read_decisions(&books, scene, house, &self.record)
            .and_then(|()| inside.read_entries(&books, scene, &self.record))
            .and_then(|()| inside.compare_balances(&books, scene));
        inside.books = Some((books, number));
        looked
    }
}

/// An approval that did not verify is remembered beside the decisions, by digests only.
fn has_refused_approvals(books: &Connection) -> bool {
    let sql = "SELECT EXISTS (SELECT 1 FROM refused_approval)";
    books.query_row(sql, [], |row| row.get(0)).unwrap_or(false)
}

struct Row {
    number: i64,
    device_name: String,
    bytes: Vec<u8>,
    executed: bool,
    entry: Option<String>,
    is_frozen: bool,
}

impl Inside {
    fn read_decisions(
        &mut self,
        books: &Connection,
        scene: &Scene,
        house: &House,
        record: &Record,
    ) -> anyhow::Result<()> {
        let mut statement = books.prepare_cached(
            "SELECT decision.rowid, device.name, intent, outcome = 'executed', entry_id, \
             EXISTS (SELECT 1 FROM payments_freeze WHERE customer_id = decision.customer_id) \
             FROM decision JOIN device USING (device_id) WHERE decision.rowid > ?1 ORDER BY decision.rowid",
        )?;
        let rows: Vec<Row> = statement
            .query_map([self.decisions_read], |row| {
                Ok(Row {
                    number: row.get(0)?,
                    device_name: row.get(1)?,
                    bytes: row.get(2)?,
                    executed: row.get(3)?,
                    entry: row.get(4)?,
                    is_frozen: row.get(5)?,
                })
            })?
            .collect::<Result<_, _>>()?;
        for row in rows {
            self.decisions_read = row.number;
            self.take_decision(row, scene, house, record)?;
        }
        Ok(())
    }

    fn take_decision(
        &mut self,
        row: Row,
        scene: &Scene,
        house: &House,
        record: &Record,
    ) -> anyhow::Result<()> {
        let intent: Value = serde_json::from_slice(&row.bytes).context("an intent")?;
        let text = |pointer: &str| {
            intent.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        let phone = row.device_name.rsplit(' ').next().and_then(|number| number.parse().ok());
        let decision =
            Decision { intent: text("/id"), executed: row.executed, note: text("/terms/note") };
        let done = if row.executed { "executes" } else { "refuses" };
        let whom = phone.map_or(Whom::Bank, Whom::Phone);
        scene.tell(
            whom,
            format!("The bank {done} payment {} of {}.", decision.note, row.device_name),
        );
        if row.executed {
            if row.is_frozen {
                let what =
                    format!("payment {} was executed while payments were stopped", decision.note);
                scene.report(Broken::new(0, whom, what));
            }
            check_expiry(&text("/expires"), house.now_s(), whom, scene);
            let words = Base64UrlUnpadded::decode_vec(&text("/display/sha256")).unwrap_or_default();
            let phone = phone.unwrap_or(usize::MAX);
            if !record.was_pressed(phone, &decision.intent, &words) {
                let what = format!(
                    "payment {} was executed with other words than those on the screen when it was approved",
                    decision.note
                );
                scene.report(Broken::new(3, whom, what));
            }
            let message = [SIGNING_PREFIX, &row.bytes].concat();
            if record.times_signed(phone, &message) == 0 {
                let what = format!(
                    "payment {} was executed and no finger has signed its bytes",
                    decision.note
                );
                scene.report(Broken::new(3, whom, what));
            }
            if let Some(entry) = row.entry {
                self.executed.insert(entry, (decision.note.clone(), phone));
            }
        }
        self.decisions.push(decision);
        Ok(())
    }

    fn read_entries(
        &mut self,
        books: &Connection,
        scene: &Scene,
        record: &Record,
    ) -> anyhow::Result<()> {
        if self.balances.is_empty() {
            self.begin(books)?;
        }
        let mut statement = books
            .prepare_cached("SELECT rowid, entry_id FROM entry WHERE rowid > ?1 ORDER BY rowid")?;
        let new: Vec<(i64, String)> = statement
            .query_map([self.entries_read], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        for (number, entry) in new {
            self.entries_read = number;
            self.take_entry(books, &entry, scene, record)?;
        }
        Ok(())
    }

    /// The books as this world finds them.
    fn begin(&mut self, books: &Connection) -> anyhow::Result<()> {
        let mut statement = books.prepare("SELECT account_id, booked FROM account")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        self.balances = rows.collect::<Result<_, _>>()?;
        for (account, minor) in &self.balances {
            self.history.entry(account.clone()).or_default().insert(*minor);
        }
        self.entries_read =
            books.query_row("SELECT coalesce(max(rowid), 0) FROM entry", [], |row| row.get(0))?;
        Ok(())
    }

    fn take_entry(
        &mut self,
        books: &Connection,
        entry: &str,
        scene: &Scene,
        record: &Record,
    ) -> anyhow::Result<()> {
        let mut statement = books.prepare_cached(
            "SELECT account_id, number, minor FROM posting JOIN account USING (account_id) \
             WHERE entry_id = ?1 ORDER BY minor",
        )?;
        let postings: Vec<(String, String, i64)> = statement
            .query_map([entry], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<Result<_, _>>()?;
        for (account, _, minor) in &postings {
            let balance = self.balances.entry(account.clone()).or_default();
            *balance += minor;
            self.history.entry(account.clone()).or_default().insert(*balance);
        }
        if postings.iter().map(|(_, _, minor)| minor).sum::<i64>() != 0 {
            scene.report(Broken::new(1, Whom::Bank, format!("entry {entry} does not sum to zero")));
        }
        self.check_payment(books, entry, &postings, scene, record)
    }

    /// Invariants 2 and 3: the entry is the one of an approved payment, with the amount and the accounts its customer typed.
    fn check_payment(
        &mut self,
        books: &Connection,
        entry: &str,
        postings: &[(String, String, i64)],
        scene: &Scene,
        record: &Record,
    ) -> anyhow::Result<()> {
        let note: Option<String> = books
            .prepare_cached("SELECT note FROM movement WHERE entry_id = ?1 AND minor < 0")?
            .query_row([entry], |row| row.get(0))
            .unwrap_or_default();
        let Some(note) = note else {
            scene.report(Broken::new(
                1,
                Whom::Bank,
                format!("entry {entry} belongs to no payment"),
            ));
            return Ok(());
        };
        let times = self.moved.entry(note.clone()).or_default();
        *times += 1;
        let phone = self.executed.get(entry).map(|(_, phone)| Whom::Phone(*phone));
        let whom = phone.unwrap_or(Whom::Bank);
        if *times > 1 {
            let what = format!("payment {note} has moved money {times} times");
            scene.report(Broken::new(2, whom, what));
        }
        let Some(typed) = record.typed(&note) else {
            scene.report(Broken::new(3, whom, format!("nobody has typed payment {note}")));
            return Ok(());
        };
        let expected = [(&typed.from, -typed.minor), (&typed.to, typed.minor)];
        let booked: Vec<(&String, i64)> =
            postings.iter().map(|(_, number, minor)| (number, *minor)).collect();
        if booked != expected {
            let what =
                format!("payment {note} was booked as {booked:?}, and typed as {expected:?}");
            scene.report(Broken::new(3, whom, what));
        }
        Ok(())
    }

    /// Invariant 1: no balance but by an entry.
    fn compare_balances(&self, books: &Connection, scene: &Scene) -> anyhow::Result<()> {
        let mut statement = books.prepare_cached("SELECT account_id, booked FROM account")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (account, booked): (String, i64) = (row.get(0)?, row.get(1)?);
            let ours = self.balances.get(&account).copied();
            if ours != Some(booked) {
                let what =
                    format!("account {account} holds {booked}, its entries come to {ours:?}");
                scene.report(Broken::new(1, Whom::Bank, what));
            }
        }
        Ok(())
    }
}

fn check_expiry(expires: &str, now_s: i64, whom: Whom, scene: &Scene) {
    let in_time = expires.parse::<jiff::Timestamp>().is_ok_and(|at| now_s <= at.as_second());
    if !in_time {
        scene.report(Broken::new(
            6,
            whom,
            format!("a payment that ended at {expires} was executed later"),
        ));
    }
}
