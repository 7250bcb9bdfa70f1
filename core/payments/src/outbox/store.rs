//! Payments as rows. A row is read into a whole, consistent [`Payment`] or not at all.

use guichet_foundation::ids::IntentId;
use guichet_foundation::key::{P256PublicKey, P256Signature};
use guichet_foundation::time::Timestamp;
use guichet_vault::rusqlite::{Connection, OptionalExtension as _, Row, Transaction, named_params};

use super::OutboxFailure;
use super::backoff::WAIT_SECONDS_MAX;
use super::machine::{Payment, Sending, Setback, Settled, State};
use crate::frozen::{Frozen, Signed};
use crate::receipt::{Outcome, Receipt};
use crate::terms::Terms;

const COLUMNS: &str = "intent_id, terms, stage, setback, intent, words, approval, attempts, \
                       retry_at, receipt, receipt_key, made_at, changed_at";

/// How many settled payments a list shows.
const SETTLED_SHOWN: usize = 50;

/// A payment whose signed bytes are to be sent.
pub(crate) struct OnItsWay {
    pub id: IntentId,
    retry_at: Option<Timestamp>,
    /// Whether the bank may have it.
    pub is_uncertain: bool,
}

impl OnItsWay {
    /// When it is to be sent: at once if nothing says when, or if what was written down lies further ahead than any wait does,
    /// since then the clock was set back. A payment in flight is due: whoever asks has made sure that nobody is sending it.
    pub(crate) fn due(&self, now: Timestamp) -> Timestamp {
        let believable = |at: &Timestamp| at.seconds_since(now) <= WAIT_SECONDS_MAX;
        self.retry_at.filter(believable).unwrap_or(now)
    }
}

struct Stored {
    id: String,
    terms: String,
    stage: String,
    setback: Option<String>,
    intent: Option<Vec<u8>>,
    words: Option<String>,
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
        "UPDATE payments_outbox SET stage = :stage, setback = :setback, intent = :intent, words = :words, \
             approval = :approval, attempts = :attempts, retry_at = :retry_at, receipt = :receipt, receipt_key = :receipt_key, \
             changed_at = :now \
         WHERE intent_id = :id",
        named_params! {
            ":id": id.to_string(),
            ":stage": stage_name(state),
            ":setback": state.setback().map(setback_name),
            ":intent": state.frozen().map(Frozen::bytes),
            ":words": state.frozen().map(|frozen| frozen.text().expose()),
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

/// Every payment that is not settled and the last [`SETTLED_SHOWN`] that are, newest first: in the order of making, because the
/// learned time of the bank may step back by a second.
pub(super) fn shown(db: &Connection) -> Result<Vec<Payment>, OutboxFailure> {
    let sql = format!(
        "SELECT {COLUMNS} FROM payments_outbox \
         WHERE stage NOT IN ('confirmed', 'rejected') OR rowid IN (
             SELECT rowid FROM payments_outbox WHERE stage IN ('confirmed', 'rejected') \
             ORDER BY changed_at DESC, rowid DESC LIMIT {SETTLED_SHOWN}) \
         ORDER BY rowid DESC"
    );
    let mut statement = db.prepare_cached(&sql)?;
    let rows = statement.query_map([], Stored::read)?;
    rows.map(|stored| stored?.into_payment()).collect()
}

/// What is to be sent, oldest first, without looking into the payments: one that is damaged does not hide the others.
pub(super) fn on_their_way(db: &Connection) -> Result<Vec<OnItsWay>, OutboxFailure> {
    let mut statement = db.prepare_cached(
        "SELECT intent_id, retry_at, stage <> 'approved' FROM payments_outbox \
         WHERE stage IN ('approved', 'in_flight', 'unknown') ORDER BY made_at, rowid",
    )?;
    let rows = statement.query_map([], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, Option<i64>>(1)?, row.get(2)?))
    })?;
    rows.map(|row| {
        let (id, retry_at, is_uncertain) = row?;
        let id = id.parse().map_err(|_| OutboxFailure::Damaged)?;
        Ok(OnItsWay { id, retry_at: retry_at.map(time).transpose()?, is_uncertain })
    })
    .collect()
}

impl Stored {
    fn read(row: &Row<'_>) -> guichet_vault::rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("intent_id")?,
            terms: row.get("terms")?,
            stage: row.get("stage")?,
            setback: row.get("setback")?,
            intent: row.get("intent")?,
            words: row.get("words")?,
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
        Ok(Payment {
            id: self.id()?,
            terms: self.terms()?,
            made_at: time(self.made_at)?,
            changed_at: time(self.changed_at)?,
            state: self.state()?,
        })
    }

    fn id(&self) -> Result<IntentId, OutboxFailure> {
        self.id.parse().map_err(|_| OutboxFailure::Damaged)
    }

    fn terms(&self) -> Result<Terms, OutboxFailure> {
        serde_json::from_str(&self.terms).map_err(|_| OutboxFailure::Damaged)
    }

    fn state(&self) -> Result<State, OutboxFailure> {
        Ok(match self.stage.as_str() {
            "draft" => State::Draft { setback: self.setback()? },
            "reviewed" => self.reviewed()?,
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

    /// A review whose words an update of the app has changed meanwhile has to be done again.
    fn reviewed(&self) -> Result<State, OutboxFailure> {
        let frozen = self.frozen()?;
        if frozen.reads_the_same() {
            return Ok(State::Reviewed(frozen));
        }
        Ok(State::Draft { setback: Some(Setback::ReviewExpired) })
    }

    fn frozen(&self) -> Result<Frozen, OutboxFailure> {
        let (Some(bytes), Some(words)) = (self.intent.clone(), self.words.clone()) else {
            return Err(OutboxFailure::Damaged);
        };
        let frozen = Frozen::recall(bytes, words).map_err(|_| OutboxFailure::Damaged)?;
        if frozen.is_of(self.id()?, &self.terms()?) {
            Ok(frozen)
        } else {
            Err(OutboxFailure::Damaged)
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_set_back_does_not_hold_a_payment_up() {
        let retry_at = Timestamp::EPOCH.shifted(1_000_000);
        let due = |now| {
            let id = IntentId::from_random([1; 16]);
            OnItsWay { id, retry_at: Some(retry_at), is_uncertain: true }.due(now)
        };
        assert_eq!(due(retry_at.shifted(-900)), retry_at);
        assert_eq!(due(retry_at.shifted(50)), retry_at);
        assert_eq!(due(retry_at.shifted(-901)), retry_at.shifted(-901), "an hour back: at once");
    }
}
