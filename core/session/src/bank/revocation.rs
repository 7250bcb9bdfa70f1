//! Revocation notices (docs/protocol.md, section 7.3).

use guichet_foundation::ids::{ClientId, DeviceId};
use guichet_wire::trust::SignedBy;
use serde::Deserialize;

use crate::calls::CallFailure;
use crate::keeper::Snapshot;
use crate::standing::WipeReason;
use crate::{ReceiptKeys, Session};

const TYPE: &str = "guichet-revocation+jwt";

#[derive(Deserialize)]
struct Notice {
    iss: String,
    client_id: ClientId,
    device_id: DeviceId,
}

impl Session {
    /// The bank says, in an answer to something this phone proved its key for, that the device is revoked. Wipes if the notice
    /// verifies and names this very client and device; an error alone destroys nothing.
    pub(crate) async fn told_of_revocation(
        &self,
        seen: &Snapshot,
        notice: Option<&str>,
    ) -> CallFailure {
        let Some(notice) = notice else { return CallFailure::Unreadable };
        match self.verified_notice(seen, notice).await {
            Ok(true) => {
                if self.0.keeper.life() == seen.life {
                    self.wipe_to_the_end(WipeReason::Revoked).await;
                }
                CallFailure::Revoked
            }
            Ok(false) => CallFailure::Unreadable,
            Err(failure) => failure,
        }
    }

    async fn verified_notice(&self, seen: &Snapshot, notice: &str) -> Result<bool, CallFailure> {
        let kept = self.current_receipt_keys(false).await?;
        let read = match Notice::read(&kept, notice) {
            Err(SignedBy::UnknownKey) => {
                Notice::read(&self.current_receipt_keys(true).await?, notice)
            }
            other => other,
        };
        Ok(read.ok().flatten().is_some_and(|notice| notice.names_phone(seen)))
    }
}

/// Whether `notice` is one, signed by one of `keys`, that names this issuer, client and device.
pub(crate) fn reads_as_revocation(
    keys: &ReceiptKeys,
    notice: &str,
    ours: (&str, &str, &str),
) -> bool {
    Notice::read(keys, notice).ok().flatten().is_some_and(|notice| notice.names(ours))
}

impl Notice {
    /// What is signed, if it is a notice.
    fn read(keys: &ReceiptKeys, compact: &str) -> Result<Option<Self>, SignedBy> {
        let payload = keys.verify_jws(compact, TYPE)?;
        Ok(serde_json::from_slice(&payload).ok())
    }

    fn names_phone(&self, seen: &Snapshot) -> bool {
        let own = &seen.registration;
        let (Some(client), Some(device)) = (&own.client_id, &own.device) else { return false };
        self.names((&own.issuer, client.as_str(), device.device_id.as_str()))
    }

    fn names(&self, (issuer, client, device): (&str, &str, &str)) -> bool {
        self.iss == issuer && self.client_id.as_str() == client && self.device_id.as_str() == device
    }
}
