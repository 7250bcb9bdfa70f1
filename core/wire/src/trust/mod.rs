//! Documents signed by the bank's trust anchor (docs/protocol.md, section 4).
//!
//! Each carries a version that only grows. The phone keeps the newest it has verified and refuses one that is older, and an
//! equal version with other content too: whoever can replay the network cannot bring an old set back.

mod pin_set;
mod receipt_keys;
mod version;

pub use pin_set::{Pin, PinSet};
pub use receipt_keys::{ReceiptKeys, SignedBy};
pub use version::{Document, TrustRefusal};
