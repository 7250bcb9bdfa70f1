//! The thief's clock, nobody's port.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use guichet_foundation::time::Timestamp;

/// Seconds since 1970.
#[expect(clippy::disallowed_methods, reason = "the thief's clock is nobody's port")]
pub(super) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// Now, and the end of an intent made now, as the protocol writes times.
pub(super) fn now_and_in_five_minutes() -> (String, String) {
    let now = Timestamp::from_unix_seconds(now()).unwrap_or(Timestamp::EPOCH);
    (now.to_string(), now.plus(Duration::from_mins(5)).to_string())
}
