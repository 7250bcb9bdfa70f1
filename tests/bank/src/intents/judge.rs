//! The checks of protocol section 9.4, step 3, in its order. The first that fails gives the reason.

use rusqlite::{OptionalExtension, Transaction};
use unicode_normalization::UnicodeNormalization;

use super::limits::{counted_fen, limits};
use super::object::Intent;
use super::submit::{Desk, Submitter};
use super::terms::{self, Arrival, Terms};
use super::text::is_valid_terms;
use super::{Reason, display};
use crate::challenges::{self, Purpose};
use crate::ledger::Account;
use crate::money::Money;
use crate::{devices, security};

/// How far ahead of the bank's clock an intent may have been made, in seconds.
const AHEAD_SECONDS_MAX: i64 = 60;
/// What precedes the canonical bytes in what the approval key signs.
const SIGNING_PREFIX: &[u8] = b"GUICHET-INTENT-V1\n";

/// A transfer that passed every check.
pub(super) struct Transfer {
    pub(super) from: Account,
    pub(super) to: Account,
    pub(super) counted_fen: i64,
    pub(super) amount: Money,
    pub(super) note: String,
}

/// Why there is no transfer.
pub(super) enum Stop {
    /// A check failed.
    Refused(Reason),
    /// The file could not be read.
    Store(rusqlite::Error),
}

impl From<Reason> for Stop {
    fn from(reason: Reason) -> Self {
        Self::Refused(reason)
    }
}

impl From<rusqlite::Error> for Stop {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error)
    }
}

/// The bytes an approval key signs for these canonical bytes (protocol section 9.2).
pub fn signing_input(canonical_bytes: &[u8]) -> Vec<u8> {
    [SIGNING_PREFIX, canonical_bytes].concat()
}

/// Runs every check. Reaching the fourth uses the challenge up, whatever comes after.
pub(super) fn judge(
    tx: &Transaction<'_>,
    desk: &Desk<'_>,
    submitter: &Submitter<'_>,
    intent: &Intent,
    (bytes, approval): (&[u8], &[u8]),
) -> Result<Transfer, Stop> {
    let key = devices::approval_key(tx, submitter.device_id)?.ok_or(Reason::ApprovalInvalid)?;
    key.verify(&signing_input(bytes), approval).map_err(|_| Reason::ApprovalInvalid)?;
    ensure(intent.device == submitter.device_id && intent.aud == desk.issuer, Reason::WrongDevice)?;
    ensure(is_in_time(intent, desk.now.as_second()), Reason::Expired)?;
    let fresh =
        challenges::take(tx, submitter.client_id, Purpose::Intent, &intent.challenge, desk.now)?;
    ensure(fresh, Reason::ChallengeInvalid)?;
    ensure(!security::is_frozen(tx, submitter.customer_id)?, Reason::PaymentsFrozen)?;
    let shown = display::digest(&display::text(&intent.terms, intent.display.locale));
    ensure(shown == intent.display.sha256, Reason::DisplayMismatch)?;
    judge_terms(tx, desk, submitter, &intent.terms)
}

fn judge_terms(
    tx: &Transaction<'_>,
    desk: &Desk<'_>,
    submitter: &Submitter<'_>,
    terms: &Terms,
) -> Result<Transfer, Stop> {
    let Terms::Transfer(transfer) = terms else { return Err(Reason::KindUnsupported.into()) };
    ensure(transfer.arrives == Arrival::Now, Reason::KindUnsupported)?;
    ensure(is_valid_terms(terms), Reason::TermsInvalid)?;
    judge_transfer(tx, desk, submitter, transfer)
}

fn judge_transfer(
    tx: &Transaction<'_>,
    desk: &Desk<'_>,
    submitter: &Submitter<'_>,
    terms: &terms::Transfer,
) -> Result<Transfer, Stop> {
    let from = Account::by_number(tx, &terms.from.account)?
        .filter(|from| from.can_pay && from.customer_id.as_deref() == Some(submitter.customer_id))
        .ok_or(Reason::AccountNotPayable)?;
    let to = Account::by_number(tx, &terms.to.account)?.filter(|to| to.customer_id.is_some());
    let currency = terms.amount.currency();
    let fits = |account: &Account| account.booked.currency() == currency;
    ensure(fits(&from) && to.as_ref().is_none_or(fits), Reason::CurrencyMismatch)?;
    let to = to.ok_or(Reason::PayeeUnknown)?;
    ensure(is_named(tx, &to, &terms.to.name)?, Reason::PayeeNameMismatch)?;
    ensure(from.account_id != to.account_id, Reason::SameAccount)?;
    let counted_fen = counted_fen(terms.amount).map_err(|_| Reason::LimitExceeded)?;
    let level = desk.limits.of(devices::trust_level(tx, submitter.device_id)?);
    let limits = limits(tx, submitter.customer_id, level, desk.now)?;
    ensure(limits.allow(counted_fen), Reason::LimitExceeded)?;
    ensure(from.available.minor() >= terms.amount.minor(), Reason::InsufficientFunds)?;
    Ok(Transfer { from, to, counted_fen, amount: terms.amount, note: terms.note.clone() })
}

fn ensure(holds: bool, otherwise: Reason) -> Result<(), Reason> {
    if holds { Ok(()) } else { Err(otherwise) }
}

fn is_in_time(intent: &Intent, now: i64) -> bool {
    now <= intent.expires.as_second()
        && intent.created.as_second() <= now.saturating_add(AHEAD_SECONDS_MAX)
}

/// Whether the account's owner has this name, in one of the bank's languages.
fn is_named(tx: &Transaction<'_>, account: &Account, name: &str) -> rusqlite::Result<bool> {
    let names: Option<(String, String)> = tx
        .prepare_cached("SELECT name_en, name_zh FROM customer WHERE customer_id = ?1")?
        .query_row([&account.customer_id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let is_same = |known: &str| known.nfc().eq(name.nfc());
    Ok(names.is_some_and(|(en, zh)| is_same(&en) || is_same(&zh)))
}
