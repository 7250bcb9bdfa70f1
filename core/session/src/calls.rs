//! What the rooms above see of the bank.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use guichet_foundation::ids::{ClientId, DeviceId};
use guichet_foundation::key::P256Signature;
use guichet_foundation::ports::{Method, PromptFailure};
use guichet_foundation::time::Timestamp;

use crate::ReceiptKeys;

/// The bank, for a customer who is signed in. The session is the real one; tests of other rooms bring their own.
#[async_trait]
pub trait BankCalls: Send + Sync {
    /// Sends an authorised call: proof, message signature, nonce and refresh are taken care of. Dropping the future does not
    /// undo a call that has left the phone.
    async fn call(&self, call: Call) -> Result<Reply, CallFailure>;

    /// The bank's time: what is written into everything that is signed.
    fn now(&self) -> Timestamp;

    /// Who this installation is to the bank; `None` until it is enrolled.
    fn identity(&self) -> Option<Identity>;

    /// The bank's receipt keys, verified with the trust anchor. From the phone unless there are none or `refresh` asks for the
    /// newest list, as one does when a key is unknown.
    async fn receipt_keys(&self, refresh: bool) -> Result<ReceiptKeys, CallFailure>;

    /// Asks the person for a biometric and has the approval key sign `message`. `reason` is what the prompt says; it carries no
    /// name, number or amount. The signature was verified with the enrolled approval key.
    async fn approve(
        &self,
        reason: String,
        message: Vec<u8>,
    ) -> Result<P256Signature, PromptFailure>;
}

/// A call to `/v1/...`.
#[derive(Clone)]
pub struct Call {
    /// The method. All but GET change something and are signed.
    pub method: Method,
    /// Path and query, from `/v1/`.
    pub path: String,
    /// JSON, if any.
    pub body: Option<Vec<u8>>,
}

impl Call {
    /// Reads.
    pub fn get(path: impl Into<String>) -> Self {
        Self { method: Method::Get, path: path.into(), body: None }
    }

    /// Creates, with a body of JSON.
    pub fn post(path: impl Into<String>, body: Vec<u8>) -> Self {
        Self { method: Method::Post, path: path.into(), body: Some(body) }
    }

    /// Replaces, with a body of JSON.
    pub fn put(path: impl Into<String>, body: Vec<u8>) -> Self {
        Self { method: Method::Put, path: path.into(), body: Some(body) }
    }

    /// Removes.
    pub fn delete(path: impl Into<String>) -> Self {
        Self { method: Method::Delete, path: path.into(), body: None }
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.split('?').next().unwrap_or_default();
        write!(f, "{} {path}", self.method.as_str())
    }
}

/// The bank's answer to the call itself: 2xx, or a 4xx that is about what was asked (400, 404, 409, 410, 413, 422 and the like),
/// never one about tokens, proofs, enrolment or load.
#[derive(Clone)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The body, whole. Whether it is JSON is for the caller to find out.
    pub body: Vec<u8>,
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} bytes)", self.status, self.body.len())
    }
}

/// Why there is no reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum CallFailure {
    /// The bank has not carried the call out.
    #[error("the call was not carried out: {0}")]
    NotSent(#[from] NotSent),
    /// The call left the phone and no answer came: it may have been carried out.
    #[error("no answer came; the call may have been carried out")]
    Unanswered,
    /// The bank asks to wait (429, 503). Whether the call was carried out is not known.
    #[error("the bank is busy")]
    Busy {
        /// How long the bank asks to wait, if it says so.
        retry_after: Option<Duration>,
    },
    /// The bank has revoked this device, proved by a signed notice: everything on the phone is being wiped.
    #[error("the device was revoked by the bank")]
    Revoked,
    /// The session has ended, or never began: the customer signs in.
    #[error("not signed in")]
    SignedOut,
    /// This installation is not enrolled as a device.
    #[error("this device is not enrolled")]
    NotEnrolled,
    /// An answer came that cannot be used: too large, malformed or against the protocol. It may have been carried out.
    #[error("the bank's answer cannot be used")]
    Unreadable,
}

impl CallFailure {
    /// Whether the bank may have carried the call out.
    pub const fn may_have_been_carried_out(self) -> bool {
        matches!(self, Self::Unanswered | Self::Busy { .. } | Self::Unreadable)
    }
}

/// Why a call certainly was not carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum NotSent {
    /// No connection to the bank.
    #[error("no connection to the bank")]
    Offline,
    /// The other side could not prove to be the bank.
    #[error("the other side could not prove to be the bank")]
    NotTheBank,
    /// The phone's clock and the bank's do not come together: the bank refuses what was signed as made at another time.
    #[error("the clocks of phone and bank differ")]
    ClockWrong,
    /// Something that has to come before the call (a refresh, the pin set) got no usable answer.
    #[error("the bank did not answer what has to come first")]
    NotReady,
    /// The bank refuses proofs or signatures of this phone's device key.
    #[error("the bank refuses what the device key signed")]
    Refused,
    /// The app is locked, or was while the call was under way: the lock screen is all there is.
    #[error("the app is locked")]
    Locked,
    /// The bank wanted the customer to show to be there, and they did not.
    #[error("the customer did not show to be there")]
    StepUpCancelled,
    /// The bank wanted the customer to show to be there in a way that this phone does not have, or was not satisfied.
    #[error("the bank wants the customer to show to be there in another way")]
    StepUpRefused,
    /// The device key or the secure store failed.
    #[error("the phone's secure hardware failed")]
    Phone,
}

/// Who this installation is to the bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The bank's origin; the audience of everything signed.
    pub issuer: String,
    /// The installation as an OAuth client.
    pub client_id: ClientId,
    /// The enrolled device.
    pub device_id: DeviceId,
}
