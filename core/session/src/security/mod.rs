//! The customer's security centre (docs/protocol.md, section 7.5): what other devices did, and whether payments go.

mod told;

use guichet_foundation::ids::{DeviceId, NoticeId};
use guichet_foundation::sensitivity::C2;
use guichet_foundation::time::Timestamp;
use serde::Deserialize;

pub use told::SecurityNews;
pub(crate) use told::Told;

use crate::Session;
use crate::calls::{BankCalls as _, Call, CallFailure, Reply};
use crate::devices::{TrustLevel, plain_name};
use crate::enrol::Platform;

const SECURITY: &str = "/v1/security";
const ACKNOWLEDGE: &str = "/v1/security/acknowledge";
const FREEZE: &str = "/v1/security/freeze";
const UNFREEZE: &str = "/v1/security/unfreeze";

/// The most notices that are taken in; the protocol has the bank send 50.
const NOTICES_MAX: usize = 200;

/// How often freezing is tried where the answer is lost. Being frozen twice is being frozen.
const FREEZE_TRIES: u8 = 3;

/// Whether the customer's payments go, on all their devices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentsGate {
    /// They go.
    Open,
    /// Every intent is refused until the customer lets them go again.
    Frozen,
}

/// What the bank tells this device.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Security {
    /// Whether payments go.
    pub payments: PaymentsGate,
    /// Since when they are frozen.
    pub frozen_at: Option<Timestamp>,
    /// What this device has not acknowledged, oldest first.
    pub notices: Vec<SecurityNotice>,
}

/// Something that happened and that this device did not do.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct SecurityNotice {
    /// To acknowledge it and all older ones.
    #[serde(rename = "notice_id")]
    pub id: NoticeId,
    /// What happened.
    #[serde(deserialize_with = "known_kind")]
    pub kind: NoticeKind,
    /// When.
    pub at: Timestamp,
    /// The device it is about; none where it happened at the bank or on a phone that is not enrolled.
    pub device: Option<NoticeDevice>,
}

/// What a notice is about (open).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// A device was enrolled.
    DeviceEnrolled,
    /// A device was revoked.
    DeviceRevoked,
    /// A device has another approval key.
    ApprovalKeyRenewed,
    /// Payments were frozen.
    PaymentsFrozen,
    /// Payments go again.
    PaymentsUnfrozen,
    /// Somebody signed in with the customer's user name and password.
    SignedIn,
    /// Something this version does not know.
    #[serde(other)]
    Other,
}

/// The device a notice is about.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct NoticeDevice {
    /// The device.
    #[serde(rename = "device_id")]
    pub id: DeviceId,
    /// What the customer calls it, or whoever enrolled it.
    #[serde(deserialize_with = "plain_name")]
    pub name: C2<String>,
    /// What it runs; `Other` also for a platform this app does not know.
    #[serde(deserialize_with = "Platform::known")]
    pub platform: Platform,
    /// How well its keys are kept; `None` for a level this app does not know.
    #[serde(default, deserialize_with = "TrustLevel::known")]
    pub trust_level: Option<TrustLevel>,
}

/// Why a notice was not acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AcknowledgeRefusal {
    /// The bank could not be asked, or did not answer. Trying again is safe.
    #[error(transparent)]
    Bank(#[from] CallFailure),
    /// The bank has no such notice.
    #[error("the bank has no such notice; ask for the notices again")]
    Unknown,
}

fn known_kind<'de, D: serde::Deserializer<'de>>(from: D) -> Result<NoticeKind, D::Error> {
    let word = String::deserialize(from)?;
    Ok(serde_json::from_value(word.into()).unwrap_or(NoticeKind::Other))
}

impl Session {
    /// What this device has not acknowledged, and whether payments go. An answer that is not whole changes nothing.
    pub async fn security(&self) -> Result<Security, CallFailure> {
        let question = self.question();
        let reply = self.call(Call::get(SECURITY)).await?;
        let security = read(&reply)?;
        self.0.told.payments_are(question, security.payments);
        Ok(security)
    }

    /// Acknowledges a notice and all older ones, for this device.
    pub async fn acknowledge(&self, notice: &NoticeId) -> Result<(), AcknowledgeRefusal> {
        let body = serde_json::json!({ "notice_id": notice }).to_string();
        let reply = self.call(Call::post(ACKNOWLEDGE, body.into_bytes())).await?;
        match reply.status {
            200 | 204 => Ok(()),
            404 => Err(AcknowledgeRefusal::Unknown),
            _ => Err(CallFailure::Unreadable.into()),
        }
    }

    /// Freezes the customer's payments on all devices. Never asks the customer who they are. A lost answer is asked for again:
    /// what is frozen stays frozen.
    pub async fn freeze_payments(&self) -> Result<(), CallFailure> {
        let mut tried = 0;
        loop {
            tried += 1;
            match self.set_payments(FREEZE, PaymentsGate::Frozen).await {
                Err(CallFailure::Unanswered) if tried < FREEZE_TRIES => {}
                outcome => return outcome,
            }
        }
    }

    /// Lets payments go again. The bank asks the customer to sign in with it before.
    pub async fn unfreeze_payments(&self) -> Result<(), CallFailure> {
        self.set_payments(UNFREEZE, PaymentsGate::Open).await
    }

    async fn set_payments(&self, path: &str, gate: PaymentsGate) -> Result<(), CallFailure> {
        let reply = self.call(Call::post(path, b"{}".to_vec())).await?;
        if !matches!(reply.status, 200 | 204) {
            return Err(CallFailure::Unreadable);
        }
        // Numbered here: what was asked while this was under way may have been answered before it.
        self.0.told.payments_are(self.question(), gate);
        Ok(())
    }
}

fn read(reply: &Reply) -> Result<Security, CallFailure> {
    if reply.status != 200 {
        return Err(CallFailure::Unreadable);
    }
    let security: Security =
        serde_json::from_slice(&reply.body).map_err(|_| CallFailure::Unreadable)?;
    if security.notices.len() > NOTICES_MAX {
        return Err(CallFailure::Unreadable);
    }
    Ok(security)
}
