//! Times and days: both sides read the same ones, and what was read can be shown.

use guichet_bank::moment::Moment;
use guichet_foundation::time::{Day, Timestamp};

use super::utf8;

pub(super) fn times(input: &[u8]) {
    let Some(text) = utf8(input) else { return };
    let ours = text.parse::<Timestamp>().ok();
    let theirs = Moment::parse(text);
    assert_eq!(ours.map(Timestamp::unix_seconds), theirs.map(Moment::as_second), "{text}");
    if let Some(time) = ours {
        assert_eq!(time.to_string(), text);
        assert_eq!(time.shifted(1).shifted(-1).seconds_since(time).abs() / 2, 0, "{text}");
    }
    if let Some(time) = text.parse().ok().and_then(|it| Timestamp::from_unix_seconds(it).ok()) {
        assert_eq!(time.to_string().parse(), Ok(time), "{text}");
    }
    if let Ok(day) = text.parse::<Day>() {
        assert_eq!(day.to_string(), text);
        assert!(day.parts().0 >= 1970, "{text}");
    }
}
