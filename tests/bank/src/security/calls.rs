//! The calls of section 7.5.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use super::headers::payments;
use super::notices::{self, Kind, Notice};
use super::{freeze, frozen_at, is_frozen, unfreeze};
use crate::attestation::TrustLevel;
use crate::calls::step_up::{self, Acr};
use crate::calls::{ApiError, EnrolledCaller, ErrorCode};
use crate::devices::{self, Device};
use crate::moment::Moment;
use crate::server::Bank;

/// Seconds for which a customer who has signed in at the bank may let payments go again.
const STEP_UP_AGE_S: i64 = 300;

#[derive(Serialize)]
struct Answer {
    payments: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    frozen_at: Option<Moment>,
    notices: Vec<Told>,
}

/// A notice as a device is told of it.
#[derive(Serialize)]
struct Told {
    notice_id: String,
    kind: Kind,
    at: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<About>,
}

/// The device a notice is about, as it is listed, also if it is revoked by now.
#[derive(Serialize)]
struct About {
    device_id: String,
    name: String,
    platform: String,
    trust_level: TrustLevel,
}

/// What a notice's id begins with; its number follows.
const NOTICE_ID_PREFIX: &str = "notice-";

impl Told {
    fn new(notice: Notice, devices: &[Device]) -> Self {
        let device = devices.iter().find(|it| notice.device_id.as_ref() == Some(&it.device_id));
        Self {
            notice_id: format!("{NOTICE_ID_PREFIX}{}", notice.number),
            kind: notice.kind,
            at: Moment::of_second(notice.at),
            device: device.map(|device| About {
                device_id: device.device_id.clone(),
                name: device.name.clone(),
                platform: device.platform.clone(),
                trust_level: device.trust_level,
            }),
        }
    }
}

/// `GET /v1/security`.
pub(super) async fn show(
    State(bank): State<Bank>,
    caller: EnrolledCaller,
) -> Result<impl IntoResponse, ApiError> {
    let answer = bank.store.read(|conn| answer(conn, &caller))?;
    Ok(Json(answer))
}

fn answer(conn: &Connection, caller: &EnrolledCaller) -> rusqlite::Result<Answer> {
    let frozen_at = frozen_at(conn, &caller.customer_id)?;
    let devices = devices::of_customer(conn, &caller.customer_id)?;
    let waiting = notices::unacknowledged(conn, &caller.customer_id, &caller.device_id)?;
    Ok(Answer {
        payments: payments(frozen_at.is_some()),
        frozen_at: frozen_at.map(Moment::of_second),
        notices: waiting.into_iter().map(|notice| Told::new(notice, &devices)).collect(),
    })
}

#[derive(Deserialize)]
struct Acknowledgement {
    notice_id: String,
}

/// `POST /v1/security/acknowledge`.
pub(super) async fn acknowledge(
    State(bank): State<Bank>,
    caller: EnrolledCaller,
) -> Result<StatusCode, ApiError> {
    let Acknowledgement { notice_id } = caller.json()?;
    let unknown = || ApiError::new(ErrorCode::NoticeUnknown, "this customer has no such notice");
    let number = notice_id
        .strip_prefix(NOTICE_ID_PREFIX)
        .and_then(|number| number.parse().ok())
        .ok_or_else(unknown)?;
    let is_known = bank
        .store
        .write(|tx| notices::acknowledge(tx, &caller.customer_id, &caller.device_id, number))?;
    if is_known { Ok(StatusCode::NO_CONTENT) } else { Err(unknown()) }
}

/// `POST /v1/security/freeze`: never asks who it is. Whoever holds the phone may stop payments.
pub(super) async fn freeze_payments(
    State(bank): State<Bank>,
    caller: EnrolledCaller,
) -> Result<StatusCode, ApiError> {
    let now = bank.clock.seconds();
    bank.store.write(|tx| freeze(tx, &caller.customer_id, Some(&caller.device_id), now))?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /v1/security/unfreeze`: a thief who has phone and PIN does not know the bank's password.
pub(super) async fn unfreeze_payments(
    State(bank): State<Bank>,
    caller: EnrolledCaller,
) -> Result<StatusCode, ApiError> {
    let now = bank.clock.seconds();
    bank.store.write(|tx| {
        if !is_frozen(tx, &caller.customer_id)? {
            return Ok(StatusCode::NO_CONTENT);
        }
        step_up::require_in(tx, caller.caller(), &[Acr::Bank], STEP_UP_AGE_S)?;
        unfreeze(tx, &caller.customer_id, Some(&caller.device_id), now)?;
        Ok(StatusCode::NO_CONTENT)
    })
}
