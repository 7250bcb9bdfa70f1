use guichet_foundation::ids::{ClientId, CustomerId, DeviceId};
use guichet_foundation::key::P256PublicKey;
use guichet_foundation::time::Timestamp;
use guichet_wire::jwk::Jwk;
use serde::{Deserialize, Serialize};

use crate::enrol::Customer;
use crate::secret_text::SecretText;

/// What the phone knows of its registration at the bank: [`Slot::Registration`](guichet_foundation::ports::Slot::Registration).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Registration {
    pub(crate) issuer: String,
    pub(crate) client_id: Option<ClientId>,
    /// Thumbprint of the device key that was registered.
    pub(crate) device_key: Option<String>,
    pub(crate) endpoints: Option<Endpoints>,
    pub(crate) pending: Option<PendingSignIn>,
    pub(crate) device: Option<Enrolled>,
    /// Whose vault it is. Outlives a device that has to be enrolled anew.
    #[serde(default)]
    pub(crate) owner: Option<CustomerId>,
    /// Whether a copy of the vault's root key is kept behind a biometric.
    #[serde(default)]
    pub(crate) biometric_unlock: bool,
}

/// Where the authorization server listens, each on the issuer's origin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Endpoints {
    pub(crate) authorization: String,
    pub(crate) token: String,
    pub(crate) pushed_authorization: String,
    pub(crate) registration: String,
    pub(crate) revocation: String,
}

/// A sign-in while the customer is in the browser. Kept, since the phone may end the app meanwhile.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PendingSignIn {
    pub(crate) state: SecretText,
    pub(crate) verifier: SecretText,
    pub(crate) begun: Timestamp,
    /// By a customer who is signed in, to show to be there.
    #[serde(default)]
    pub(crate) is_step_up: bool,
}

/// The enrolled device.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Enrolled {
    pub(crate) device_id: DeviceId,
    pub(crate) approval_key: Jwk,
    /// The key was found dead.
    #[serde(default)]
    pub(crate) approval_ended: bool,
    pub(crate) customer: Customer,
    /// The customer has not said yet what becomes of the devices that were there before this one.
    #[serde(default)]
    pub(crate) is_moving_in: bool,
}

/// The session's tokens: [`Slot::Tokens`](guichet_foundation::ports::Slot::Tokens).
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Tokens {
    pub(crate) access: SecretText,
    pub(crate) refresh: SecretText,
    /// When the access token ends, in the bank's time.
    pub(crate) expires: Timestamp,
}

impl Registration {
    pub(crate) fn new(issuer: &str) -> Self {
        Self {
            issuer: issuer.to_owned(),
            client_id: None,
            device_key: None,
            endpoints: None,
            pending: None,
            device: None,
            owner: None,
            biometric_unlock: false,
        }
    }
}

impl Enrolled {
    pub(crate) fn approval_key(&self) -> Option<P256PublicKey> {
        self.approval_key.key().ok()
    }
}
