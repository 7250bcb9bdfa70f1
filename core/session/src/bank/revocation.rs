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
        let payload = match kept.verify_jws(notice, TYPE) {
            Err(SignedBy::UnknownKey) => verify(&self.current_receipt_keys(true).await?, notice),
            other => other.ok(),
        };
        let notice = payload.and_then(|payload| serde_json::from_slice::<Notice>(&payload).ok());
        Ok(notice.is_some_and(|notice| notice.names(seen)))
    }
}

fn verify(keys: &ReceiptKeys, notice: &str) -> Option<Vec<u8>> {
    keys.verify_jws(notice, TYPE).ok()
}

impl Notice {
    fn names(&self, seen: &Snapshot) -> bool {
        let own = &seen.registration;
        self.iss == own.issuer
            && Some(&self.client_id) == own.client_id.as_ref()
            && own.device.as_ref().is_some_and(|device| device.device_id == self.device_id)
    }
}
