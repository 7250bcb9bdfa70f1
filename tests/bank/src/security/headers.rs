//! What every answer to an enrolled device says beside itself: how many notices wait for it, and
//! whether payments are frozen.

use std::sync::{Arc, OnceLock};

use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;

use super::{freeze, notices};
use crate::server::Bank;

const NOTICES_HEADER: &str = "guichet-security-notices";
const PAYMENTS_HEADER: &str = "guichet-payments";

/// Where a call that has proven its device leaves it for [`attach_security`]. In every request's
/// extensions.
#[derive(Clone, Debug, Default)]
pub struct ProvenDevice(Arc<OnceLock<Device>>);

#[derive(Debug)]
struct Device {
    customer_id: String,
    device_id: String,
}

impl ProvenDevice {
    /// This device has proven itself.
    pub fn is(&self, customer_id: &str, device_id: &str) {
        let device =
            Device { customer_id: customer_id.to_owned(), device_id: device_id.to_owned() };
        // A request is one caller's; there is no second one to remember.
        let _first = self.0.set(device);
    }
}

/// Whether payments go, as a word on the wire.
pub(super) fn payments(is_frozen: bool) -> &'static str {
    if is_frozen { "frozen" } else { "open" }
}

/// Puts both headers on the answer to a proven device, as things stand after the call.
pub async fn attach_security(
    State(bank): State<Bank>,
    mut request: Request,
    next: Next,
) -> Response {
    let proven = ProvenDevice::default();
    request.extensions_mut().insert(proven.clone());
    let mut response = next.run(request).await;
    let Some(device) = proven.0.get() else { return response };
    let standing = bank.store.read(|conn| {
        let waiting = notices::count(conn, &device.customer_id, &device.device_id)?;
        let is_frozen = freeze::is_frozen(conn, &device.customer_id)?;
        Ok::<_, rusqlite::Error>((waiting, is_frozen))
    });
    match standing {
        Ok((waiting, is_frozen)) => {
            let headers = response.headers_mut();
            headers.insert(NOTICES_HEADER, HeaderValue::from(waiting));
            headers.insert(PAYMENTS_HEADER, HeaderValue::from_static(payments(is_frozen)));
        }
        // The call itself was answered; the next answer says it.
        Err(error) => tracing::error!(%error, "what waits for a device could not be read"),
    }
    response
}
