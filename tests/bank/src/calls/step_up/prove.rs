//! `POST /v1/step-up`: a finger or the PIN, shown by the key that it let sign.

use axum::Json;
use axum::extract::State;
use rusqlite::Transaction;
use serde::{Deserialize, Serialize};

use crate::calls::{ApiError, EnrolledCaller, ErrorCode};
use crate::challenges::{self, Purpose};
use crate::devices;
use crate::jws::{self, VerifyingKey};
use crate::moment::Moment;
use crate::oauth::{self, Acr, Authentication};
use crate::server::Bank;

#[derive(Deserialize)]
struct Request {
    acr: String,
    proof: String,
}

/// What the key signs.
#[derive(Deserialize)]
struct Shown {
    iss: String,
    aud: String,
    challenge: String,
    acr: String,
}

#[derive(Serialize)]
pub(super) struct Answer {
    acr: &'static str,
    auth_time: Moment,
}

pub(super) async fn prove(
    State(bank): State<Bank>,
    caller: EnrolledCaller,
) -> Result<Json<Answer>, ApiError> {
    let request: Request = caller.json()?;
    let now = bank.clock.now();
    bank.store.write(|tx| {
        let (acr, key) = asked(tx, &request.acr, &caller)?;
        let shown = verify(&bank, &caller, acr, &key, &request.proof)?;
        if !challenges::take(tx, &caller.client_id, Purpose::StepUp, &shown.challenge, now)? {
            return Err(ApiError::new(
                ErrorCode::ChallengeInvalid,
                "the challenge is unknown, used, expired, or not for step-up",
            ));
        }
        let authentication = Authentication { acr, at: now.as_second() };
        oauth::note_authentication(tx, caller.caller().grant_id(), authentication)?;
        Ok(Json(Answer { acr: acr.as_str(), auth_time: Moment::of(now) }))
    })
}

/// The way that is being shown, and the key that has to have signed.
fn asked(
    tx: &Transaction<'_>,
    acr: &str,
    caller: &EnrolledCaller,
) -> Result<(Acr, VerifyingKey), ApiError> {
    let acr = Acr::from_word(acr);
    let key = match acr {
        Some(Acr::Biometric) => devices::approval_key(tx, &caller.device_id)?,
        Some(Acr::Pin) => {
            oauth::client_by_key(tx, &caller.caller().key_thumbprint)?.map(|client| client.key)
        }
        Some(Acr::Bank) | None => None,
    };
    acr.zip(key).ok_or_else(|| {
        ApiError::new(ErrorCode::InvalidRequest, "acr is urn:guichet:acr:biometric or ...:pin")
    })
}

fn verify(
    bank: &Bank,
    caller: &EnrolledCaller,
    acr: Acr,
    key: &VerifyingKey,
    proof: &str,
) -> Result<Shown, ApiError> {
    let refused = |why: &str| Err(ApiError::new(ErrorCode::InvalidStepUpProof, why));
    let Ok(shown) = jws::verify::<Shown>(key, "guichet-step-up+jwt", proof) else {
        return refused("not a guichet-step-up+jwt signed by the key of this acr");
    };
    if shown.iss != caller.client_id || shown.aud != *bank.issuer {
        return refused("iss is the client id and aud is the issuer");
    }
    if shown.acr != acr.as_str() {
        return refused("acr is not the one the request names");
    }
    Ok(shown)
}
