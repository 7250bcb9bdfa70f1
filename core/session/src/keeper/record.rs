use guichet_foundation::ids::{ClientId, CustomerId, DeviceId};
use guichet_foundation::key::P256PublicKey;
use guichet_foundation::sensitivity::C2;
use guichet_foundation::time::Timestamp;
use guichet_wire::base64url;
use guichet_wire::jwk::Jwk;
use serde::{Deserialize, Serialize};

use crate::secret_text::SecretText;

/// What the phone knows of its registration at the bank: [`Slot::Registration`](guichet_foundation::ports::Slot::Registration).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Registration {
    pub(crate) issuer: String,
    pub(crate) client_id: Option<ClientId>,
    /// Thumbprint of the device key that was registered.
    pub(crate) device_key: Option<String>,
    pub(crate) endpoints: Option<Endpoints>,
    /// Since when the device key serves, in the bank's time.
    #[serde(default)]
    pub(crate) key_since: Option<Timestamp>,
    /// Thumbprint of the key that the bank is being told to take instead.
    #[serde(default)]
    pub(crate) successor: Option<String>,
    pub(crate) device: Option<Enrolled>,
    /// An enrolment on its way.
    #[serde(default)]
    pub(crate) enrolling: Option<Enrolling>,
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

/// The client's own access to its registration (RFC 7592):
/// [`Slot::RegistrationAccess`](guichet_foundation::ports::Slot::RegistrationAccess). Read for the moment of use.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Management {
    pub(crate) uri: String,
    pub(crate) token: SecretText,
}

/// A sign-in while the customer is in the browser: [`Slot::SignIn`](guichet_foundation::ports::Slot::SignIn). Kept, since the phone
/// may end the app meanwhile, and nowhere else: it is read when the browser comes back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PendingSignIn {
    pub(crate) state: SecretText,
    pub(crate) verifier: SecretText,
    pub(crate) begun: Timestamp,
    /// By a customer who is signed in, to show to be there.
    #[serde(default)]
    pub(crate) is_step_up: bool,
}

/// An enrolment on its way: whatever becomes of its answer, the same words are sent again, so that one key ends in one device.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Enrolling {
    /// The key it brings. If the phone no longer has it, the request is worth nothing.
    pub(crate) approval_key: Jwk,
    /// The App Attest key that vouches for it, if one does.
    pub(crate) app_attest_key_id: Option<String>,
    /// The body of the request: name, proof and evidence.
    pub(crate) request: C2<String>,
}

/// The enrolled device.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Enrolled {
    pub(crate) device_id: DeviceId,
    pub(crate) approval_key: Jwk,
    /// The key was found dead.
    #[serde(default)]
    pub(crate) approval_ended: bool,
    /// The App Attest key that vouched for it, in base64url: it can vouch for another one.
    #[serde(default)]
    pub(crate) app_attest_key_id: Option<String>,
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

impl Tokens {
    /// What tells one pair of tokens from another.
    pub(crate) fn secrets(&self) -> [&str; 2] {
        [self.access.expose_secret(), self.refresh.expose_secret()]
    }
}

impl Registration {
    pub(crate) fn new(issuer: &str) -> Self {
        Self {
            issuer: issuer.to_owned(),
            client_id: None,
            device_key: None,
            endpoints: None,
            key_since: None,
            successor: None,
            device: None,
            enrolling: None,
            owner: None,
            biometric_unlock: false,
        }
    }
}

impl Enrolled {
    /// The App Attest key that can vouch for another approval key.
    pub(crate) fn app_attest_key(&self) -> Option<Vec<u8>> {
        base64url::decode(self.app_attest_key_id.as_deref()?).ok()
    }

    pub(crate) fn approval_key(&self) -> Option<P256PublicKey> {
        self.approval_key.key().ok()
    }
}
