//! What this room reads of the bank's without a network, for whoever feeds it anything: nothing here changes or asks.

use crate::oauth::SignInRefusal;
use crate::{ReceiptKeys, bank, oauth};

/// Whether these bytes are metadata that a phone of `issuer` takes (docs/protocol.md, section 3.1).
pub fn metadata(body: &[u8], issuer: &str) -> Result<(), SignInRefusal> {
    oauth::endpoints(body, issuer).map(|_| ())
}

/// Whether `notice` is a revocation notice signed by one of `keys` that names this issuer, client and device (section 7.3).
pub fn revokes(keys: &ReceiptKeys, notice: &str, ours: (&str, &str, &str)) -> bool {
    bank::reads_as_revocation(keys, notice, ours)
}
