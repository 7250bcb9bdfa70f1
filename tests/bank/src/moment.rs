//! Times as the protocol writes them: RFC 3339, UTC, whole seconds, `Z`. And the bank's day.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};

/// China has kept one time zone, eight hours ahead of UTC and without summer time, since 1991; the
/// bank's books begin later.
const BANK_OFFSET: Offset = Offset::constant(8);

/// A whole second, with exactly one spelling on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Moment(i64);

impl Moment {
    /// The second this falls into.
    pub fn of(timestamp: Timestamp) -> Self {
        Self(timestamp.as_second())
    }

    /// The second this many after 1970-01-01T00:00:00Z: how tables keep it.
    pub const fn of_second(second: i64) -> Self {
        Self(second)
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    pub const fn as_second(self) -> i64 {
        self.0
    }

    /// Reads exactly `2026-03-01T09:30:00Z`, and no other spelling of it. Nothing before 1970.
    pub fn parse(text: &str) -> Option<Self> {
        let timestamp: Timestamp = text.parse().ok()?;
        let is_whole = timestamp.subsec_nanosecond() == 0 && timestamp.as_second() >= 0;
        (is_whole && timestamp.to_string() == text).then(|| Self::of(timestamp))
    }
}

impl From<Moment> for String {
    fn from(moment: Moment) -> Self {
        rfc3339(moment.0)
    }
}

impl TryFrom<String> for Moment {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("a time is not RFC 3339 in UTC with whole seconds and Z")
    }
}

/// A second since 1970 as the protocol writes it. Seconds beyond what a calendar holds are written
/// as the epoch.
pub fn rfc3339(second: i64) -> String {
    Timestamp::from_second(second).unwrap_or_default().to_string()
}

/// The day of the bank's books this time falls into: the date in Shanghai.
pub fn bank_day(at: Timestamp) -> Date {
    BANK_OFFSET.to_datetime(at).date()
}

/// What the bank's clocks show at a second since 1970; those beyond what a calendar holds count as 1970.
pub fn bank_time(second: i64) -> DateTime {
    BANK_OFFSET.to_datetime(Timestamp::from_second(second).unwrap_or_default())
}

/// The time at which a bank day shows `second_of_day` seconds after its midnight.
pub fn on_bank_day(day: Date, second_of_day: i64) -> Timestamp {
    let midnight = BANK_OFFSET.to_timestamp(day.at(0, 0, 0, 0)).unwrap_or_default();
    Timestamp::from_second(midnight.as_second().saturating_add(second_of_day)).unwrap_or(midnight)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_one_spelling() {
        assert!(Moment::parse("2026-03-01T09:30:00Z").is_some());
        for other in [
            "2026-03-01T09:30:00.0Z",
            "2026-03-01T09:30:00.5Z",
            "2026-03-01T09:30:00+00:00",
            "2026-03-01T17:30:00+08:00",
            "2026-03-01T09:30Z",
            "2026-03-01t09:30:00z",
            "2026-03-01 09:30:00Z",
            "2026-02-30T09:30:00Z",
            "2026-03-01T09:30:60Z",
            "",
        ] {
            assert!(Moment::parse(other).is_none(), "{other}");
        }
    }

    #[test]
    fn the_bank_day_turns_at_midnight_in_shanghai() {
        let before: Timestamp = "2026-02-28T15:59:59Z".parse().unwrap();
        let after: Timestamp = "2026-02-28T16:00:00Z".parse().unwrap();
        assert_eq!(bank_day(before).to_string(), "2026-02-28");
        assert_eq!(bank_day(after).to_string(), "2026-03-01");
        assert_eq!(on_bank_day(bank_day(after), 0), after);
    }
}
