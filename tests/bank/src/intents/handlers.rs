//! The routes of section 9.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use base64ct::{Base64UrlUnpadded, Encoding};
use serde::{Deserialize, Serialize};

use super::receipt::RECEIPT_TYPE;
use super::submit::{Answer, Desk, SubmitError, Submitter, status, submit};
use crate::calls::{ApiError, EnrolledCaller, ErrorCode};
use crate::server::Bank;

#[derive(Deserialize)]
struct Submission {
    intent: String,
    approval: String,
}

#[derive(Serialize)]
pub(super) struct ReceiptAnswer {
    receipt: String,
}

/// `POST /v1/intents`.
pub(super) async fn post_intent(
    State(bank): State<Bank>,
    caller: EnrolledCaller,
) -> Result<(StatusCode, Json<ReceiptAnswer>), ApiError> {
    let submission: Submission = caller.json()?;
    let bytes = Base64UrlUnpadded::decode_vec(&submission.intent).map_err(|_| {
        ApiError::new(ErrorCode::IntentMalformed, "intent is not base64url without padding")
    })?;
    let approval = Base64UrlUnpadded::decode_vec(&submission.approval).map_err(|_| {
        ApiError::new(ErrorCode::InvalidRequest, "approval is not base64url without padding")
    })?;
    let Answer { receipt, is_first } = decide(&bank, &caller, &bytes, &approval)?;
    let code = if is_first { StatusCode::CREATED } else { StatusCode::OK };
    Ok((code, Json(ReceiptAnswer { receipt: bank.switches.outgoing(receipt) })))
}

fn decide(
    bank: &Bank,
    caller: &EnrolledCaller,
    bytes: &[u8],
    approval: &[u8],
) -> Result<Answer, SubmitError> {
    let sign = |receipt: &super::Receipt<'_>| bank.keys.sign_receipt(RECEIPT_TYPE, receipt);
    let limits = &bank.config.limits;
    let desk = Desk { issuer: &bank.issuer, now: bank.clock.now(), limits, sign: &sign };
    let submitter = Submitter {
        customer_id: &caller.customer_id,
        client_id: &caller.client_id,
        device_id: &caller.device_id,
    };
    bank.store.write(|tx| submit(tx, &desk, &submitter, bytes, approval))
}

/// `GET /v1/intents/{id}`.
pub(super) async fn get_intent(
    State(bank): State<Bank>,
    Path(intent_id): Path<String>,
    caller: EnrolledCaller,
) -> Result<Json<ReceiptAnswer>, ApiError> {
    let receipt = bank.store.read(|conn| status(conn, &caller.device_id, &intent_id))?;
    let receipt =
        receipt.ok_or_else(|| ApiError::new(ErrorCode::IntentUnknown, "not decided yet"))?;
    Ok(Json(ReceiptAnswer { receipt: bank.switches.outgoing(receipt) }))
}

impl From<SubmitError> for ApiError {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::Malformed(_) => Self::new(ErrorCode::IntentMalformed, error.to_string()),
            SubmitError::Conflict => Self::new(ErrorCode::IntentConflict, error.to_string()),
            SubmitError::Store(error) => error.into(),
            SubmitError::Receipt(error) => error.into(),
            SubmitError::Ledger(error) => {
                tracing::error!(%error, "the books refused a transfer that had passed every check");
                Self::new(ErrorCode::Unavailable, "the bank cannot reach its books")
            }
        }
    }
}
