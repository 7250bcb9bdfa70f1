//! The sandbox's own control surface (section 12): not part of the protocol, and never delayed,
//! failed or counted itself.

use axum::body::Bytes;
use axum::extract::{Path, Query, Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use rusqlite::OptionalExtension;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::calls::{ApiError, ErrorCode};
use crate::devices::{self, Device, Revocation, Revoked};
use crate::server::Bank;
use crate::switches::Positions;
use crate::tls::TlsError;
use crate::{audit, oauth, trust};

/// The routes of this room.
pub fn routes(bank: &Bank) -> Router<Bank> {
    Router::new()
        .route("/sandbox/switches", get(show_switches).put(set_switches))
        .route("/sandbox/devices", get(list_devices))
        .route("/sandbox/devices/{device_id}/revoke", post(revoke_device))
        .route("/sandbox/pins/rotate", post(rotate_pins))
        .route("/sandbox/pins/switch", post(switch_pins))
        .route("/sandbox/tokens/expire", post(expire_tokens))
        .route("/sandbox/audit", get(show_audit))
        .route("/sandbox/counters", get(show_counters))
        .route_layer(from_fn_with_state(bank.clone(), with_control_token))
}

async fn with_control_token(
    State(bank): State<Bank>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let given = oauth::bearer(request.headers());
    if !given.is_some_and(|given| oauth::same_secret(given, &bank.config.control_token)) {
        return Err(ApiError::new(ErrorCode::InvalidToken, "the control token is required"));
    }
    Ok(next.run(request).await)
}

async fn show_switches(State(bank): State<Bank>) -> Json<Positions> {
    Json(bank.switches.positions())
}

async fn set_switches(State(bank): State<Bank>, body: Bytes) -> Result<Json<Positions>, ApiError> {
    let invalid = |error: &dyn core::fmt::Display| {
        ApiError::new(ErrorCode::InvalidRequest, error.to_string())
    };
    let change: Value = serde_json::from_slice(&body).map_err(|error| invalid(&error))?;
    let positions = bank.switches.change(change).map_err(|error| invalid(&error))?;
    bank.clock.set_offset_seconds(positions.clock_offset_s);
    Ok(Json(positions))
}

#[derive(Deserialize)]
struct Whose {
    username: String,
}

async fn list_devices(
    State(bank): State<Bank>,
    Query(Whose { username }): Query<Whose>,
) -> Result<Json<Value>, ApiError> {
    let devices: Vec<Device> = bank.store.read(|conn| {
        let customer_id: Option<String> = conn
            .query_row("SELECT customer_id FROM customer WHERE username = ?1", [username], |row| {
                row.get(0)
            })
            .optional()?;
        let customer_id =
            customer_id.ok_or_else(|| ApiError::new(ErrorCode::NotFound, "no such customer"))?;
        Ok::<_, ApiError>(devices::of_customer(conn, &customer_id)?)
    })?;
    Ok(Json(json!({ "devices": devices })))
}

async fn revoke_device(
    State(bank): State<Bank>,
    Path(device_id): Path<String>,
) -> Result<StatusCode, ApiError> {
    let now = bank.clock.seconds();
    let revocation = Revocation { device_id: &device_id, customer_id: None, by_device_id: None };
    match bank.store.write(|tx| devices::revoke(tx, revocation, now))? {
        Revoked::Done => Ok(StatusCode::NO_CONTENT),
        Revoked::Unknown => Err(ApiError::new(ErrorCode::DeviceUnknown, "no such device")),
    }
}

async fn rotate_pins(State(bank): State<Bank>) -> Result<Json<Value>, ApiError> {
    publish(&bank, bank.tls.replace_backup_key(&bank.data))
}

async fn switch_pins(State(bank): State<Bank>) -> Result<Json<Value>, ApiError> {
    publish(&bank, bank.tls.switch_to_backup_key(&bank.data))
}

fn publish(bank: &Bank, pins: Result<[String; 2], TlsError>) -> Result<Json<Value>, ApiError> {
    let pins = pins.map_err(|error| {
        tracing::error!(%error, "the bank's TLS keys could not be changed");
        ApiError::new(ErrorCode::Unavailable, "the bank cannot make a new key")
    })?;
    let now = bank.clock.seconds();
    let version = bank.store.write(|tx| trust::publish_pins(tx, &pins, now))?;
    Ok(Json(json!({ "version": version })))
}

async fn expire_tokens(State(bank): State<Bank>) -> Result<Json<Value>, ApiError> {
    let ended = bank.store.write(oauth::expire_all)?;
    Ok(Json(json!({ "ended": ended })))
}

async fn show_audit(State(bank): State<Bank>) -> Result<Json<audit::Report>, ApiError> {
    Ok(Json(bank.store.read(audit::report)?))
}

async fn show_counters(State(bank): State<Bank>) -> Json<Value> {
    Json(json!({ "requests": bank.counters.requests() }))
}
