//! `POST /v1/devices` (section 7.1): an installation brings its approval key.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use rusqlite::{OptionalExtension, Transaction, params};
use serde::{Deserialize, Serialize};

use crate::attestation::{self, Evidence, Expected};
use crate::calls::{ApiError, Caller, ErrorCode};
use crate::challenges::{self, Purpose};
use crate::jws::{self, Jwk, VerifyingKey};
use crate::moment::Moment;
use crate::people;
use crate::random;
use crate::security::{self, Kind, News};
use crate::server::Bank;

#[derive(Deserialize)]
struct Request {
    name: String,
    platform: Platform,
    approval_key: Jwk,
    approval_proof: String,
    attestation: Option<Evidence>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Platform {
    Android,
    Ios,
    #[serde(other)]
    Other,
}

impl Platform {
    fn as_str(self) -> &'static str {
        match self {
            Self::Android => "android",
            Self::Ios => "ios",
            Self::Other => "other",
        }
    }
}

/// What the approval key signs to show that it is there.
#[derive(Deserialize)]
pub(super) struct Possession {
    iss: String,
    aud: String,
    pub(super) challenge: String,
    jkt: String,
}

#[derive(Serialize)]
pub(super) struct Answer {
    device_id: String,
    enrolled_at: Moment,
    customer: Customer,
}

#[derive(Serialize)]
struct Customer {
    id: String,
    name: String,
    locale: String,
    not_in_pin: &'static [&'static str],
}

pub(super) async fn enrol(
    State(bank): State<Bank>,
    caller: Caller,
) -> Result<impl IntoResponse, ApiError> {
    let request: Request = caller.json()?;
    check_name(&request.name)?;
    let key = VerifyingKey::from_jwk(&request.approval_key)
        .map_err(|error| ApiError::new(ErrorCode::InvalidRequest, error.to_string()))?;
    let possession = verify_possession(&bank, &caller, &key, &request.approval_proof)?;

    bank.store.write(|tx| {
        let (status, device) = match enrolled(tx, &caller)? {
            Some(device) if device.is_the_same(&key, &caller) => (StatusCode::OK, device),
            Some(_) => {
                return Err(ApiError::new(
                    ErrorCode::DeviceExists,
                    "another approval key is enrolled for this client",
                ));
            }
            None => {
                let device = add(tx, &bank, &caller, &request, &key, &possession)?;
                (StatusCode::CREATED, device)
            }
        };
        Ok((status, Json(device.answer(tx)?)))
    })
}

/// The answer for the caller's device, if it is enrolled.
pub(super) fn answer(tx: &Transaction<'_>, caller: &Caller) -> rusqlite::Result<Option<Answer>> {
    enrolled(tx, caller)?.map(|device| device.answer(tx)).transpose()
}

fn check_name(name: &str) -> Result<(), ApiError> {
    if !(1..=64).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        return Err(ApiError::new(
            ErrorCode::InvalidRequest,
            "name has 1 to 64 characters and no control characters",
        ));
    }
    Ok(())
}

/// The proof is signed by the key it names, for this client and this bank. The device key cannot be
/// the approval key: it signs without anybody being asked.
pub(super) fn verify_possession(
    bank: &Bank,
    caller: &Caller,
    key: &VerifyingKey,
    proof: &str,
) -> Result<Possession, ApiError> {
    let refused = |why: &str| Err(ApiError::new(ErrorCode::InvalidApprovalProof, why));
    let thumbprint = key.thumbprint();
    if thumbprint == caller.key_thumbprint {
        return refused("the approval key must not be the device key");
    }
    let Ok(possession) = jws::verify::<Possession>(key, "guichet-approval-key+jwt", proof) else {
        return refused("not a guichet-approval-key+jwt signed by approval_key");
    };
    if possession.iss != caller.client_id || possession.aud != *bank.issuer {
        return refused("iss is the client id and aud is the issuer");
    }
    if possession.jkt != thumbprint {
        return refused("jkt is the thumbprint of approval_key");
    }
    Ok(possession)
}

struct Enrolled {
    device_id: String,
    customer_id: String,
    approval_thumbprint: String,
    at: Moment,
}

impl Enrolled {
    fn answer(self, tx: &Transaction<'_>) -> rusqlite::Result<Answer> {
        let customer = customer(tx, &self.customer_id)?;
        Ok(Answer { device_id: self.device_id, enrolled_at: self.at, customer })
    }

    fn is_the_same(&self, key: &VerifyingKey, caller: &Caller) -> bool {
        self.approval_thumbprint == key.thumbprint() && self.customer_id == caller.customer_id
    }
}

fn enrolled(tx: &Transaction<'_>, caller: &Caller) -> rusqlite::Result<Option<Enrolled>> {
    tx.query_row(
        "SELECT device_id, customer_id, approval_thumbprint, enrolled_at
         FROM device WHERE client_id = ?1",
        [&caller.client_id],
        |row| {
            Ok(Enrolled {
                device_id: row.get(0)?,
                customer_id: row.get(1)?,
                approval_thumbprint: row.get(2)?,
                at: Moment::of_second(row.get(3)?),
            })
        },
    )
    .optional()
}

fn add(
    tx: &Transaction<'_>,
    bank: &Bank,
    caller: &Caller,
    request: &Request,
    key: &VerifyingKey,
    possession: &Possession,
) -> Result<Enrolled, ApiError> {
    let now = bank.clock.now();
    let thumbprint = key.thumbprint();
    require_free(tx, &thumbprint)?;
    if !challenges::take(tx, &caller.client_id, Purpose::Enrol, &possession.challenge, now)? {
        return Err(ApiError::new(
            ErrorCode::ChallengeInvalid,
            "the challenge is unknown, used, expired, or not for enrolling",
        ));
    }
    // Refusing rolls back what was taken: the challenge stays good for evidence that holds.
    let expected = Expected::of(key, &possession.challenge, now.as_second());
    let evidence = request.attestation.as_ref();
    let attested = attestation::judge(tx, &bank.config.attestation, evidence, &expected, None)?;
    let device_id = random::identifier("device")?;
    tx.execute(
        "INSERT INTO device (device_id, client_id, customer_id, name, platform, approval_key,
                             approval_thumbprint, enrolled_at, last_seen_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8)",
        params![
            device_id,
            caller.client_id,
            caller.customer_id,
            request.name,
            request.platform.as_str(),
            serde_json::to_string(&key.to_jwk())?,
            thumbprint,
            now.as_second()
        ],
    )?;
    attestation::remember(tx, &device_id, &attested)?;
    let news = News::of_device(&caller.customer_id, Kind::DeviceEnrolled, Some(&device_id));
    security::tell(tx, &news, now.as_second())?;
    security::begin_for_device(tx, &caller.customer_id, &device_id)?;
    Ok(Enrolled {
        device_id,
        customer_id: caller.customer_id.clone(),
        approval_thumbprint: thumbprint,
        at: Moment::of(now),
    })
}

/// A key that is enrolled for a device is no other device's.
pub(super) fn require_free(tx: &Transaction<'_>, thumbprint: &str) -> Result<(), ApiError> {
    let is_taken: bool = tx.query_row(
        "SELECT EXISTS (SELECT 1 FROM device
                        WHERE approval_thumbprint = ?1 AND revoked_at IS NULL)",
        [thumbprint],
        |row| row.get(0),
    )?;
    if is_taken {
        return Err(ApiError::new(
            ErrorCode::InvalidApprovalProof,
            "this approval key is enrolled for another device",
        ));
    }
    Ok(())
}

fn customer(tx: &Transaction<'_>, customer_id: &str) -> rusqlite::Result<Customer> {
    tx.query_row(
        "SELECT name_en, name_zh, locale FROM customer WHERE customer_id = ?1",
        [customer_id],
        |row| {
            let locale: String = row.get(2)?;
            let name = if locale == "zh-CN" { row.get(1)? } else { row.get(0)? };
            let not_in_pin = people::not_in_pin(customer_id);
            Ok(Customer { id: customer_id.to_owned(), name, locale, not_in_pin })
        },
    )
}
