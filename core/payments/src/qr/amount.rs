//! Amounts as EMV QRCPS 4.7.8 (data object 54) writes them: digits, and a point where the currency has minor units.

use guichet_foundation::money::{Currency, Money};

/// The most characters of an amount.
const LENGTH_MAX: usize = 13;

/// The amount, if `text` is one of at most the currency's digits after the point, and more than zero.
pub(super) fn read(text: &str, currency: Currency) -> Option<Money> {
    let (major, fraction) = text.split_once('.').unwrap_or((text, ""));
    let are_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let digits = currency.minor_digits();
    if text.len() > LENGTH_MAX || major.is_empty() || !are_digits(major) || !are_digits(fraction) {
        return None;
    }
    if fraction.len() > digits {
        return None;
    }
    let minor: i64 = format!("{major}{fraction:0<digits$}").parse().ok()?;
    (minor > 0).then(|| Money::new(currency, minor))
}

/// As a code carries it: `1234.50`.
pub(super) fn write(amount: Money) -> String {
    amount.digits().replace(',', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_in(code: &str, text: &str) -> Option<i64> {
        read(text, code.parse().unwrap()).map(Money::minor)
    }

    #[test]
    fn amounts_have_their_currency_s_digits() {
        assert_eq!(read_in("CNY", "23.72"), Some(2372));
        assert_eq!(read_in("CNY", "23"), Some(2300));
        assert_eq!(read_in("CNY", "23."), Some(2300));
        assert_eq!(read_in("JPY", "1500"), Some(1500));
        assert_eq!(read_in("BHD", "1.234"), Some(1234));
        assert_eq!(read_in("BHD", "9999999999999"), Some(9_999_999_999_999_000));
    }

    #[test]
    fn other_texts_are_no_amounts() {
        for bad in
            ["", ".", ".5", "0", "0.00", "-1", "+1", "1,0", "1.2.3", "1e3", "١", "99999999999999"]
        {
            assert_eq!(read_in("CNY", bad), None, "{bad}");
        }
        assert_eq!(read_in("CNY", "1.234"), None);
        assert_eq!(read_in("JPY", "1.0"), None);
        assert_eq!(read_in("BHD", "1.2345"), None);
    }
}
