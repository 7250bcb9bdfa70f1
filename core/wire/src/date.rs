//! The bank's time as HTTP tells it: the `Date` header (RFC 9110 section 6.6.1).

use std::time::UNIX_EPOCH;

use guichet_foundation::time::Timestamp;

/// The time of a `Date` header; `None` if it is not one.
pub fn read(header: &str) -> Option<Timestamp> {
    let time = httpdate::parse_http_date(header).ok()?;
    let seconds = time.duration_since(UNIX_EPOCH).ok()?.as_secs();
    Timestamp::from_unix_seconds(i64::try_from(seconds).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_of_rfc_9110_is_read() {
        let time = read("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        assert_eq!(time.to_string(), "1994-11-06T08:49:37Z");
        for bad in ["", "yesterday", "2026-03-01T09:30:00Z", "Sun, 06 Nov 1960 08:49:37 GMT"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
