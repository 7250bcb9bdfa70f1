//! `PUT /v1/devices/current/approval-key` (section 7.4): an enrolled device brings a new approval key, since
//! the old one died with a change of the enrolled fingers or faces.

use axum::Json;
use axum::extract::State;
use rusqlite::{Transaction, params};
use serde::Deserialize;

use super::enrol::{self, Answer};
use crate::attestation::{self, Evidence, Expected};
use crate::calls::step_up::{self, Acr};
use crate::calls::{ApiError, Caller, EnrolledCaller, ErrorCode};
use crate::challenges::{self, Purpose};
use crate::jws::{Jwk, VerifyingKey};
use crate::security::{self, Kind, News};
use crate::server::Bank;

/// Seconds for which a sign-in on the bank's page is good for a new key.
const STEP_UP_AGE_S: i64 = 300;

#[derive(Deserialize)]
struct Request {
    approval_key: Jwk,
    approval_proof: String,
    attestation: Option<Evidence>,
}

/// What a new approval key takes: the customer's password, just now. Whoever could bring one with less
/// could approve payments with their own finger.
pub fn require_step_up(caller: &Caller) -> Result<(), ApiError> {
    step_up::require(caller, &[Acr::Bank], STEP_UP_AGE_S)
}

pub(super) async fn renew(
    State(bank): State<Bank>,
    caller: EnrolledCaller,
) -> Result<Json<Answer>, ApiError> {
    require_step_up(caller.caller())?;
    let request: Request = caller.json()?;
    let key = VerifyingKey::from_jwk(&request.approval_key)
        .map_err(|error| ApiError::new(ErrorCode::InvalidRequest, error.to_string()))?;
    let possession =
        enrol::verify_possession(&bank, caller.caller(), &key, &request.approval_proof)?;
    let now = bank.clock.now();
    bank.store.write(|tx| {
        if !is_enrolled_already(tx, &caller.device_id, &key)? {
            enrol::require_free(tx, &key.thumbprint())?;
            let challenge = &possession.challenge;
            if !challenges::take(tx, &caller.client_id, Purpose::Renew, challenge, now)? {
                return Err(ApiError::new(
                    ErrorCode::ChallengeInvalid,
                    "the challenge is unknown, used, expired, or not for renewing",
                ));
            }
            let expected = Expected::of(&key, challenge, now.as_second());
            let attested = attestation::judge(
                tx,
                &bank.config.attestation,
                request.attestation.as_ref(),
                &expected,
                Some(&caller.device_id),
            )?;
            replace(tx, &caller.device_id, &key)?;
            attestation::remember(tx, &caller.device_id, &attested)?;
            let device = Some(caller.device_id.as_str());
            let news = News::of_device(&caller.customer_id, Kind::ApprovalKeyRenewed, device);
            security::tell(tx, &news, now.as_second())?;
        }
        enrol::answer(tx, caller.caller())?.map(Json).ok_or_else(|| {
            ApiError::new(ErrorCode::DeviceNotEnrolled, "the device is enrolled no more")
        })
    })
}

fn is_enrolled_already(
    tx: &Transaction<'_>,
    device_id: &str,
    key: &VerifyingKey,
) -> rusqlite::Result<bool> {
    tx.query_row(
        "SELECT EXISTS (SELECT 1 FROM device WHERE device_id = ?1 AND approval_thumbprint = ?2)",
        [device_id, &key.thumbprint()],
        |row| row.get(0),
    )
}

/// The old key is forgotten: it approves nothing any more. What was decided with it stays decided.
fn replace(tx: &Transaction<'_>, device_id: &str, key: &VerifyingKey) -> Result<(), ApiError> {
    let jwk = serde_json::to_string(&key.to_jwk())?;
    tx.execute(
        "UPDATE device SET approval_key = ?2, approval_thumbprint = ?3 WHERE device_id = ?1",
        params![device_id, jwk, key.thumbprint()],
    )?;
    Ok(())
}
