use std::time::Duration;

use crate::time::Timestamp;

/// The phone's clocks. Waiting is the runtime's (a paused runtime in tests); reading the time is this.
pub trait Clock: Send + Sync {
    /// What the phone believes the time is. People and time zones change it: never measure with it.
    fn now(&self) -> Timestamp;

    /// Time since the phone started, sleep included. Never goes back while the phone is on.
    fn uptime(&self) -> Duration;
}
