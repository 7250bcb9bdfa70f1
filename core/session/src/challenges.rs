//! Challenges: fresh words of the bank's to sign, each good once and for its purpose (docs/protocol.md, section 6).

use guichet_wire::base64url;
use serde::Deserialize;
use serde_json::json;

use crate::Session;
use crate::calls::{Call, CallFailure, Reply};

/// What a challenge is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To prove an approval key.
    Enrol,
    /// To show that the customer is there.
    StepUp,
    /// To prove an approval key that takes another's place.
    Renew,
}

impl Purpose {
    const fn word(self) -> &'static str {
        match self {
            Self::Enrol => "enrol",
            Self::StepUp => "step_up",
            Self::Renew => "renew",
        }
    }
}

#[derive(Deserialize)]
struct Answer {
    challenge: String,
}

impl Session {
    /// Asks the bank for a challenge.
    pub(crate) async fn challenge(&self, purpose: Purpose) -> Result<String, CallFailure> {
        let body = json!({"purpose": purpose.word()}).to_string().into_bytes();
        let call = Call::post("/v1/challenges", body);
        let reply = match purpose {
            Purpose::Enrol | Purpose::Renew => self.authorised(&call).await?,
            // The customer is being asked already.
            Purpose::StepUp => self.authorised_without_customer(&call).await?,
        };
        challenge(&reply).ok_or(CallFailure::Unreadable)
    }
}

/// The challenge of an answer: 32 bytes in base64url.
fn challenge(reply: &Reply) -> Option<String> {
    if reply.status != 200 && reply.status != 201 {
        return None;
    }
    let answer: Answer = serde_json::from_slice(&reply.body).ok()?;
    let bytes = base64url::decode(&answer.challenge).ok()?;
    (bytes.len() == 32).then_some(answer.challenge)
}
