//! Payments as rows. A row is read into a whole, consistent [`Payment`] or not at all.

use guichet_foundation::ids::IntentId;
use guichet_foundation::key::{P256PublicKey, P256Signature};
use guichet_foundation::time::Timestamp;
use guichet_vault::rusqlite::{Connection, OptionalExtension as _, Row, Transaction, named_params};

use super::OutboxFailure;
use super::machine::{Payment, Sending, Setback, Settled, State};
use crate::frozen::{Frozen, Signed};
use crate::receipt::{Outcome, Receipt};

const COLUMNS: &str = "intent_id, terms, stage, setback, intent, approval, attempts, retry_at, \
                       receipt, receipt_key, made_at, changed_at";

/// How many settled payments a list shows.
const SETTLED_SHOWN: usize = 50;

struct Stored {
    id: String,
    terms: String,
    stage: String,
    setback: Option<String>,
    intent: Option<Vec<u8>>,
    approval: Option<Vec<u8>>,
    attempts: u32,
    retry_at: Option<i64>,
    receipt: Option<String>,
    receipt_key: Option<Vec<u8>>,
    made_at: i64,
    changed_at: i64,
}

pub(super) fn insert(db: &Transaction<'_>, payment: &Payment) -> Result<(), OutboxFailure> {
    let terms = serde_json::to_string(&payment.terms).map_err(|_| OutboxFailure::Damaged)?;
    db.execute(
        "INSERT INTO payments_outbox (intent_id, terms, stage, made_at, changed_at) \
         VALUES (?1, ?2, 'draft', ?3, ?3)",
        (payment.id.to_string(), terms, payment.made_at.unix_seconds()),
    )?;
    Ok(())
}

pub(super) fn update(
    db: &Transaction<'_>,
    id: IntentId,
    state: &State,
    now: Timestamp,
) -> Result<(), OutboxFailure> {
    let signed = state.signed();
    let receipt = state.receipt();
    let sending = state.sending();
    db.execute(
        "UPDATE payments_outbox SET stage = :stage, setback = :setback, intent = :intent, approval = :approval, \
             attempts = :attempts, retry_at = :retry_at, receipt = :receipt, receipt_key = :receipt_key, \
             changed_at = :now \
         WHERE intent_id = :id",
        named_params! {
            ":id": id.to_string(),
            ":stage": stage_name(state),
            ":setback": state.setback().map(setback_name),
            ":intent": state.frozen().map(Frozen::bytes),
            ":approval": signed.map(|signed| signed.approval().as_raw().as_slice()),
            ":attempts": state.attempts(),
            ":retry_at": sending.and_then(|sending| sending.retry_at).map(Timestamp::unix_seconds),
            ":receipt": receipt.map(Receipt::compact),
            ":receipt_key": receipt.map(|receipt| receipt.key().to_uncompressed().to_vec()),
            ":now": now.unix_seconds(),
        },
    )?;
    Ok(())
}

pub(super) fn delete(db: &Transaction<'_>, id: IntentId) -> Result<(), OutboxFailure> {
    db.execute("DELETE FROM payments_outbox WHERE intent_id = ?1", [id.to_string()])?;
    Ok(())
}

pub(super) fn find(db: &Connection, id: IntentId) -> Result<Option<Payment>, OutboxFailure> {
    let sql = format!("SELECT {COLUMNS} FROM payments_outbox WHERE intent_id = ?1");
    let stored = db.query_row(&sql, [id.to_string()], Stored::read).optional()?;
    stored.map(Stored::into_payment).transpose()
}

/// Every payment that is not settled, oldest first.
pub(super) fn open(db: &Connection) -> Result<Vec<Payment>, OutboxFailure> {
    let sql = format!(
        "SELECT {COLUMNS} FROM payments_outbox WHERE stage NOT IN ('confirmed', 'rejected') \
         ORDER BY made_at, rowid"
    );
    many(db, &sql)
}

/// The payments settled last, newest first.
pub(super) fn settled(db: &Connection) -> Result<Vec<Payment>, OutboxFailure> {
    let sql = format!(
        "SELECT {COLUMNS} FROM payments_outbox WHERE stage IN ('confirmed', 'rejected') \
         ORDER BY changed_at DESC, rowid DESC LIMIT {SETTLED_SHOWN}"
    );
    many(db, &sql)
}

fn many(db: &Connection, sql: &str) -> Result<Vec<Payment>, OutboxFailure> {
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map([], Stored::read)?;
    rows.map(|stored| stored?.into_payment()).collect()
}

impl Stored {
    fn read(row: &Row<'_>) -> guichet_vault::rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("intent_id")?,
            terms: row.get("terms")?,
            stage: row.get("stage")?,
            setback: row.get("setback")?,
            intent: row.get("intent")?,
            approval: row.get("approval")?,
            attempts: row.get("attempts")?,
            retry_at: row.get("retry_at")?,
            receipt: row.get("receipt")?,
            receipt_key: row.get("receipt_key")?,
            made_at: row.get("made_at")?,
            changed_at: row.get("changed_at")?,
        })
    }

    fn into_payment(self) -> Result<Payment, OutboxFailure> {
        let payment = Payment {
            id: self.id.parse().map_err(|_| OutboxFailure::Damaged)?,
            terms: serde_json::from_str(&self.terms).map_err(|_| OutboxFailure::Damaged)?,
            made_at: time(self.made_at)?,
            changed_at: time(self.changed_at)?,
            state: self.state()?,
        };
        let fits = payment.state.frozen().is_none_or(|frozen| payment.is_meant_by(frozen));
        if fits { Ok(payment) } else { Err(OutboxFailure::Damaged) }
    }

    fn state(&self) -> Result<State, OutboxFailure> {
        Ok(match self.stage.as_str() {
            "draft" => State::Draft { setback: self.setback()? },
            "reviewed" => State::Reviewed(self.frozen()?),
            "approved" => State::Approved(self.sending()?),
            "in_flight" => State::InFlight(self.sending()?),
            "unknown" => State::Unknown(self.sending()?),
            "confirmed" => State::Confirmed(self.settled(true)?),
            "rejected" => State::Rejected(self.settled(false)?),
            _ => return Err(OutboxFailure::Damaged),
        })
    }

    fn setback(&self) -> Result<Option<Setback>, OutboxFailure> {
        match self.setback.as_deref() {
            None => Ok(None),
            Some("review_expired") => Ok(Some(Setback::ReviewExpired)),
            Some("not_sent") => Ok(Some(Setback::NotSent)),
            Some(_) => Err(OutboxFailure::Damaged),
        }
    }

    fn frozen(&self) -> Result<Frozen, OutboxFailure> {
        let bytes = self.intent.clone().ok_or(OutboxFailure::Damaged)?;
        Frozen::thaw(bytes).map_err(|_| OutboxFailure::Damaged)
    }

    fn signed(&self) -> Result<Signed, OutboxFailure> {
        let approval = self.approval.as_deref().ok_or(OutboxFailure::Damaged)?;
        let approval = P256Signature::from_raw(approval).map_err(|_| OutboxFailure::Damaged)?;
        Ok(Signed::new(self.frozen()?, approval))
    }

    fn sending(&self) -> Result<Sending, OutboxFailure> {
        let retry_at = self.retry_at.map(time).transpose()?;
        Ok(Sending { signed: self.signed()?, attempts: self.attempts, retry_at })
    }

    fn settled(&self, executed: bool) -> Result<Settled, OutboxFailure> {
        let signed = self.signed()?;
        let (Some(compact), Some(key)) = (&self.receipt, &self.receipt_key) else {
            return Err(OutboxFailure::Damaged);
        };
        let key = P256PublicKey::from_uncompressed(key).map_err(|_| OutboxFailure::Damaged)?;
        let receipt = Receipt::recall(compact, key, &signed).map_err(|_| OutboxFailure::Damaged)?;
        if matches!(receipt.outcome(), Outcome::Executed { .. }) != executed {
            return Err(OutboxFailure::Damaged);
        }
        Ok(Settled { signed, attempts: self.attempts, receipt })
    }
}

const fn stage_name(state: &State) -> &'static str {
    match state {
        State::Draft { .. } => "draft",
        State::Reviewed(_) => "reviewed",
        State::Approved(_) => "approved",
        State::InFlight(_) => "in_flight",
        State::Unknown(_) => "unknown",
        State::Confirmed(_) => "confirmed",
        State::Rejected(_) => "rejected",
    }
}

const fn setback_name(setback: Setback) -> &'static str {
    match setback {
        Setback::ReviewExpired => "review_expired",
        Setback::NotSent => "not_sent",
    }
}

fn time(seconds: i64) -> Result<Timestamp, OutboxFailure> {
    Timestamp::from_unix_seconds(seconds).map_err(|_| OutboxFailure::Damaged)
}
