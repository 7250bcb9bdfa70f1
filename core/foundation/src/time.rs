//! Instants as the protocol writes them: whole seconds, UTC; and days.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Seconds since 1970-01-01T00:00:00Z, up to 9999-12-30T22:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// The last second that has a calendar's form in every time zone, and so in jiff.
const LAST: i64 = 253_402_207_200;

/// The text is not `YYYY-MM-DDTHH:MM:SSZ`, or the number lies outside the years 1970 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a time in UTC with whole seconds, as 2026-03-01T09:30:00Z")]
pub struct InvalidTimestamp;

impl Timestamp {
    /// The beginning of 1970.
    pub const EPOCH: Self = Self(0);

    /// From seconds since 1970 (the `NumericDate` of RFC 7519).
    pub const fn from_unix_seconds(seconds: i64) -> Result<Self, InvalidTimestamp> {
        if seconds < 0 || seconds > LAST { Err(InvalidTimestamp) } else { Ok(Self(seconds)) }
    }

    /// Seconds since 1970.
    pub const fn unix_seconds(self) -> i64 {
        self.0
    }

    /// Later by `duration`, its fraction of a second dropped; stops at the end of the year 9999.
    pub fn plus(self, duration: Duration) -> Self {
        let seconds = i64::try_from(duration.as_secs()).unwrap_or(LAST);
        Self(self.0.saturating_add(seconds).min(LAST))
    }

    /// Later by `seconds`, or earlier if negative; stays within the years 1970 to 9999.
    pub fn shifted(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds).clamp(0, LAST))
    }

    /// Seconds from `earlier` to this; negative if `earlier` is the later one.
    pub const fn seconds_since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_second(self.0) {
            Ok(instant) => instant.fmt(f),
            Err(_) => Err(fmt::Error),
        }
    }
}

impl FromStr for Timestamp {
    type Err = InvalidTimestamp;

    fn from_str(text: &str) -> Result<Self, InvalidTimestamp> {
        let instant: jiff::Timestamp = text.parse().map_err(|_| InvalidTimestamp)?;
        let time = Self::from_unix_seconds(instant.as_second())?;
        if time.to_string() == text { Ok(time) } else { Err(InvalidTimestamp) }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A day of the bank's calendar, between the years 1970 and 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(jiff::civil::Date);

/// The text is not `YYYY-MM-DD`, or no such day is in the years 1970 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a day, as 2026-03-01")]
pub struct InvalidDay;

impl Day {
    /// The year, the month from 1, the day from 1.
    pub fn parts(self) -> (i16, i8, i8) {
        (self.0.year(), self.0.month(), self.0.day())
    }
}

impl FromStr for Day {
    type Err = InvalidDay;

    fn from_str(text: &str) -> Result<Self, InvalidDay> {
        let date: jiff::civil::Date = text.parse().map_err(|_| InvalidDay)?;
        let day = Self(date);
        if date.year() >= 1970 && day.to_string() == text { Ok(day) } else { Err(InvalidDay) }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_only() {
        let text = "2026-03-01T09:30:00Z";
        assert_eq!(text.parse::<Timestamp>().map(|t| t.to_string()), Ok(text.to_owned()));
        for bad in [
            "2026-03-01T09:30:00.5Z",
            "2026-03-01T09:30:00+00:00",
            "2026-03-01 09:30:00Z",
            "",
            "1969-12-31T23:59:59Z",
        ] {
            assert_eq!(bad.parse::<Timestamp>(), Err(InvalidTimestamp), "{bad}");
        }
    }

    #[test]
    fn a_day_has_one_spelling() {
        let text = "2028-02-29";
        assert_eq!(text.parse::<Day>().map(|day| day.to_string()), Ok(text.to_owned()));
        for bad in ["2026-02-29", "2026-3-1", "20260301", "2026-03-01T00:00:00", "1969-12-31", ""] {
            assert_eq!(bad.parse::<Day>(), Err(InvalidDay), "{bad}");
        }
    }

    #[test]
    fn the_last_second_can_be_shown() {
        let last = Timestamp::EPOCH.shifted(i64::MAX);
        assert_eq!(last.to_string(), "9999-12-30T22:00:00Z");
        assert_eq!(last.to_string().parse(), Ok(last));
        assert_eq!(Timestamp::from_unix_seconds(last.unix_seconds() + 1), Err(InvalidTimestamp));
    }

    #[test]
    fn arithmetic_stays_in_range() {
        assert_eq!(Timestamp::EPOCH.shifted(-5), Timestamp::EPOCH);
        assert_eq!(Timestamp(LAST).plus(Duration::MAX), Timestamp(LAST));
        assert_eq!(Timestamp(90).seconds_since(Timestamp(100)), -10);
    }
}
