//! What the day has cost so far.

use super::link::{Bytes, Link};
use crate::report::record::Cost;
use crate::stopwatch::Stopwatch;

/// Counts requests over the lives of a phone. Bytes are the link's.
#[derive(Default)]
pub(crate) struct Meter {
    /// Of browsers, and of phones that are off.
    past: u64,
    /// Bytes that were not the phone's.
    foreign: Bytes,
}

/// Where a measurement began.
#[derive(Clone, Copy)]
pub(crate) struct Mark {
    requests: u64,
    bytes: Bytes,
    time: Stopwatch,
}

impl Meter {
    /// Adds requests of a browser, or of a phone that is switched off.
    pub(crate) const fn add(&mut self, requests: u64) {
        self.past += requests;
    }

    /// Takes out what went over the link since `from` and was not the phone's.
    pub(crate) fn exclude(&mut self, link: &Link, from: Bytes) {
        let foreign = link.bytes().since(from);
        self.foreign.sent += foreign.sent;
        self.foreign.received += foreign.received;
    }

    /// The beginning of a measurement. `now` are the requests of the phone that is on.
    pub(crate) fn mark(&self, link: &Link, now: u64) -> Mark {
        Mark { requests: self.past + now, bytes: self.own_bytes(link), time: Stopwatch::start() }
    }

    /// What it cost since.
    pub(crate) fn since(&self, mark: Mark, link: &Link, now: u64) -> Cost {
        let bytes = self.own_bytes(link).since(mark.bytes);
        Cost {
            requests: (self.past + now).saturating_sub(mark.requests),
            bytes_sent: bytes.sent,
            bytes_received: bytes.received,
            milliseconds: mark.time.milliseconds(),
        }
    }

    fn own_bytes(&self, link: &Link) -> Bytes {
        link.bytes().since(self.foreign)
    }
}
