use std::time::Duration;

use guichet_foundation::locale::Locale;
use guichet_foundation::time::Timestamp;
use jiff::tz::{Offset, offset};

use crate::text::Words;

/// Times are shown as the bank's clocks show them: China Standard Time, UTC+8, without summer time.
const BANK_OFFSET: Offset = offset(8);

impl Words {
    /// A day and a time to the minute: `23 Nov 2026, 17:05`; `2026年11月23日 17:05`.
    pub(crate) fn time(&self, time: Timestamp) -> String {
        self.formatted(time, "%-d %b %Y, %H:%M", "%Y年%-m月%-d日 %H:%M")
    }

    /// A day: `23 Nov 2026`; `2026年11月23日`.
    pub(crate) fn day(&self, time: Timestamp) -> String {
        self.formatted(time, "%-d %b %Y", "%Y年%-m月%-d日")
    }

    /// A time of the day to the minute: `17:05`.
    pub(crate) fn clock_time(&self, time: Timestamp) -> String {
        self.formatted(time, "%H:%M", "%H:%M")
    }

    fn formatted(&self, time: Timestamp, english: &str, chinese: &str) -> String {
        let format = match self.locale() {
            Locale::En => english,
            Locale::ZhCn => chinese,
        };
        jiff::Timestamp::from_second(time.unix_seconds())
            .map(|instant| BANK_OFFSET.to_datetime(instant).strftime(format).to_string())
            .unwrap_or_default()
    }

    /// How long to wait, rounded up to a unit people think in.
    pub(crate) fn span(&self, span: Duration) -> String {
        let seconds = span.as_secs() + u64::from(span.subsec_nanos() > 0);
        match seconds {
            0..=59 | 61..=90 => self.say_with("span-seconds", &[("count", seconds.into())]),
            60 | 91..=5_400 => {
                self.say_with("span-minutes", &[("count", seconds.div_ceil(60).into())])
            }
            _ => self.say_with("span-hours", &[("count", seconds.div_ceil(3_600).into())]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_the_bank_s() {
        let time: Timestamp = "2026-11-23T16:05:59Z".parse().unwrap();
        let (en, zh) = (Words::new(Locale::En), Words::new(Locale::ZhCn));
        assert_eq!(en.time(time), "24 Nov 2026, 00:05");
        assert_eq!(zh.time(time), "2026年11月24日 00:05");
        assert_eq!(en.clock_time(time), "00:05");
        assert_eq!(zh.day(time), "2026年11月24日");
    }

    #[test]
    fn spans_round_up() {
        let en = Words::new(Locale::En);
        assert_eq!(en.span(Duration::from_millis(1_500)), "2 seconds");
        assert_eq!(en.span(Duration::from_mins(1)), "one minute");
        assert_eq!(en.span(Duration::from_secs(91)), "2 minutes");
        assert_eq!(en.span(Duration::from_hours(2)), "2 hours");
    }
}
