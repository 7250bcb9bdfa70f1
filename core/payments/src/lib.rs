//! Intent, approval, outbox, resolution, receipts: the room auditors read.
