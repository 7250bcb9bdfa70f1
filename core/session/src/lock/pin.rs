//! Which PINs may be chosen.
//!
//! Ten tries are all anybody gets, so what matters is how many customers share the likeliest few PINs. Refused are, besides what
//! is not 6 to 12 digits: one digit or a short group repeated, runs up or down, the most frequent PINs of published lists, and every
//! PIN of 6 or 8 digits that can be read as a date (about a tenth of the six-digit ones; a birthday stands on the identity card that
//! is stolen along with the phone). Where the bank has told digits of the customer's that others may know (the phone number, say), a
//! PIN that holds six of them in a row is refused too.

use guichet_foundation::sensitivity::C2;

/// Fewest and most digits.
pub const DIGITS: std::ops::RangeInclusive<usize> = 6..=12;

/// Why a PIN may not be chosen. Each has its own sentence on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum PinRefusal {
    /// Something else than the digits 0 to 9.
    #[error("a PIN has digits only")]
    NotDigits,
    /// Fewer than 6 or more than 12 digits.
    #[error("a PIN has 6 to 12 digits")]
    Length,
    /// One digit, or a group of two or three, over and over.
    #[error("the PIN repeats itself")]
    Repeated,
    /// Digits in order, up or down.
    #[error("the PIN is a run of digits")]
    Run,
    /// One of the most frequent PINs.
    #[error("the PIN is among the most frequent ones")]
    Common,
    /// It can be read as a date.
    #[error("the PIN can be read as a date")]
    Date,
    /// It holds digits of the customer's that others may know.
    #[error("the PIN holds a number of the customer's that others may know")]
    Known,
}

/// Digits of the customer's in a row that a PIN may not hold.
const KNOWN_RUN: usize = 6;

/// Frequent six-digit PINs and passwords of digits that no other rule catches; from published studies of leaked PINs, Chinese and
/// Western (Wang et al. 2017; Markert et al. 2020).
const COMMON: [&str; 26] = [
    "100200", "102030", "110120", "112233", "112358", "113355", "121314", "123321", "123654",
    "123789", "131420", "142536", "147258", "147369", "147852", "159357", "159753", "168888",
    "332211", "456852", "520131", "520520", "666888", "741852", "789456", "888666",
];

/// Whether `pin` may be chosen by a customer with these `known` numbers.
pub(crate) fn check(pin: &str, known: &[C2<String>]) -> Result<(), PinRefusal> {
    if !pin.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(PinRefusal::NotDigits);
    }
    let digits = pin.as_bytes();
    if !DIGITS.contains(&digits.len()) {
        return Err(PinRefusal::Length);
    }
    if (1..=3).any(|period| repeats(digits, period)) {
        return Err(PinRefusal::Repeated);
    }
    if is_run(digits, 1) || is_run(digits, 9) {
        return Err(PinRefusal::Run);
    }
    if COMMON.contains(&pin) {
        return Err(PinRefusal::Common);
    }
    if is_date(digits) {
        return Err(PinRefusal::Date);
    }
    if known.iter().any(|number| holds_some_of(digits, number.expose())) {
        return Err(PinRefusal::Known);
    }
    Ok(())
}

/// Whether so many digits of `number` stand in `pin`, in a row.
fn holds_some_of(pin: &[u8], number: &str) -> bool {
    let mut runs = number.as_bytes().windows(KNOWN_RUN);
    runs.any(|run| pin.windows(KNOWN_RUN).any(|digits| digits == run))
}

fn repeats(digits: &[u8], period: usize) -> bool {
    digits.iter().zip(digits.iter().skip(period)).all(|(one, other)| one == other)
}

/// Whether each digit is the one before plus `step`, modulo ten: 1 is up, 9 is down.
fn is_run(digits: &[u8], step: u8) -> bool {
    let value = |digit: &u8| digit - b'0';
    digits
        .iter()
        .zip(digits.iter().skip(1))
        .all(|(one, next)| (value(one) + step) % 10 == value(next))
}

fn is_date(digits: &[u8]) -> bool {
    let numbers: Vec<u32> = digits.chunks(2).map(pair).collect();
    match *numbers.as_slice() {
        [a, b, c] => is_day(b, c) || is_day(b, a) || is_day(a, b),
        [19 | 20, _, month, day] if is_day(month, day) => true,
        [a, b, 19 | 20, _] => is_day(a, b) || is_day(b, a),
        _ => false,
    }
}

fn pair(digits: &[u8]) -> u32 {
    digits.iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0'))
}

fn is_day(month: u32, day: u32) -> bool {
    let last = match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=last).contains(&day)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn weak_pins_are_refused_with_their_reason() {
        for (pin, refusal) in [
            ("", PinRefusal::Length),
            ("73918", PinRefusal::Length),
            ("7391846205173", PinRefusal::Length),
            ("73918a", PinRefusal::NotDigits),
            ("７３９１８４", PinRefusal::NotDigits),
            ("777777", PinRefusal::Repeated),
            ("121212", PinRefusal::Repeated),
            ("738738", PinRefusal::Repeated),
            ("7387387", PinRefusal::Repeated),
            ("123456", PinRefusal::Run),
            ("987654", PinRefusal::Run),
            ("890123", PinRefusal::Run),
            ("01234567", PinRefusal::Run),
            ("147258", PinRefusal::Common),
            ("666888", PinRefusal::Common),
            ("880229", PinRefusal::Date),
            ("311299", PinRefusal::Date),
            ("123199", PinRefusal::Date),
            ("19880229", PinRefusal::Date),
            ("29022004", PinRefusal::Date),
            ("02292004", PinRefusal::Date),
        ] {
            assert_eq!(check(pin, &[]), Err(refusal), "{pin}");
        }
    }

    #[test]
    fn ordinary_pins_are_taken() {
        for pin in ["739184", "904437", "88023045", "739184620517", "7391846", "18881399"] {
            assert_eq!(check(pin, &[]), Ok(()), "{pin}");
        }
    }

    #[test]
    fn numbers_of_the_customers_are_refused_whole_or_in_part() {
        let known = [C2::new("13800736204".to_owned()), C2::new("9184".to_owned())];
        for pin in ["736204", "800736", "5800736", "13800736204", "99073620499"] {
            assert_eq!(check(pin, &known), Err(PinRefusal::Known), "{pin}");
            assert_eq!(check(pin, &[]), Ok(()), "{pin}");
        }
        for pin in ["739184", "073629", "402637"] {
            assert_eq!(check(pin, &known), Ok(()), "{pin}");
        }
    }

    #[test]
    fn most_six_digit_pins_may_be_chosen() {
        let taken = (0..1_000_000).filter(|n| check(&format!("{n:06}"), &[]).is_ok()).count();
        assert!((880_000..930_000).contains(&taken), "{taken}");
    }

    proptest! {
        #[test]
        fn no_text_panics(pin in ".*") {
            check(&pin, &[C2::new(pin.clone())]).ok();
        }
    }
}
