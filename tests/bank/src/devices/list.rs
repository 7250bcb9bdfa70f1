//! `GET /v1/devices` (section 7.2).

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use rusqlite::Connection;
use serde::Serialize;

use crate::attestation::TrustLevel;
use crate::calls::{ApiError, Caller};
use crate::moment::Moment;
use crate::server::Bank;

/// A device as its customer sees it.
#[derive(Clone, Debug, Serialize)]
pub struct Device {
    /// Its id.
    pub device_id: String,
    /// The name the phone gave.
    pub name: String,
    /// `android`, `ios` or `other`.
    pub platform: String,
    /// When it was enrolled.
    pub enrolled_at: Moment,
    /// When it last called, to the minute.
    pub last_seen_at: Moment,
    /// How well it keeps its approval key.
    pub trust_level: TrustLevel,
    /// When it was revoked; the customer's own list leaves these out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Moment>,
    /// Which client it is.
    #[serde(skip)]
    pub client_id: String,
}

#[derive(Serialize)]
struct Listed {
    #[serde(flatten)]
    device: Device,
    current: bool,
}

#[derive(Serialize)]
struct Answer {
    devices: Vec<Listed>,
}

pub(super) async fn list(
    State(bank): State<Bank>,
    caller: Caller,
) -> Result<impl IntoResponse, ApiError> {
    let devices: Vec<Device> = bank.store.read(|conn| of_customer(conn, &caller.customer_id))?;
    let devices = devices
        .into_iter()
        .filter(|device| device.revoked_at.is_none())
        .map(|device| Listed { current: device.client_id == caller.client_id, device })
        .collect();
    Ok(Json(Answer { devices }))
}

/// Every device of a customer, revoked ones too, newest first.
pub fn of_customer(conn: &Connection, customer_id: &str) -> rusqlite::Result<Vec<Device>> {
    let mut statement = conn.prepare_cached(
        "SELECT device_id, name, platform, enrolled_at, last_seen_at, trust_level, revoked_at, client_id
         FROM device WHERE customer_id = ?1 ORDER BY enrolled_at DESC, rowid DESC",
    )?;
    let rows = statement.query_map([customer_id], |row| {
        Ok(Device {
            device_id: row.get(0)?,
            name: row.get(1)?,
            platform: row.get(2)?,
            enrolled_at: Moment::of_second(row.get(3)?),
            last_seen_at: Moment::of_second(row.get(4)?),
            trust_level: row.get(5)?,
            revoked_at: row.get::<_, Option<i64>>(6)?.map(Moment::of_second),
            client_id: row.get(7)?,
        })
    })?;
    rows.collect()
}
