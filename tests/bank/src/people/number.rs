//! Account numbers: 19 digits for accounts, 16 for cards, with the check digit of ISO/IEC 7812-1
//! annex B (Luhn).
//!
//! They begin with 9999: an issuer of "country 999", which does not exist, so that none is
//! anybody's.

/// The 19-digit number of an account.
pub(super) fn account_number(serial: u32) -> String {
    with_check_digit(&format!("9999000110{serial:08}"))
}

/// The 16-digit number of a card.
pub(super) fn card_number(serial: u32) -> String {
    with_check_digit(&format!("9999010{serial:08}"))
}

fn with_check_digit(digits: &str) -> String {
    // The check digit itself stands at an undoubled place, so its neighbour is doubled.
    let sum = weigh(digits, true);
    format!("{digits}{}", (10 - sum % 10) % 10)
}

fn weigh(digits: &str, double_last: bool) -> u32 {
    let mut doubled = double_last;
    let mut sum = 0;
    for digit in digits.chars().rev().filter_map(|digit| digit.to_digit(10)) {
        let weighed = if doubled { digit * 2 } else { digit };
        sum += weighed / 10 + weighed % 10;
        doubled = !doubled;
    }
    sum
}

/// Whether a number's check digit is right.
pub fn is_luhn_valid(number: &str) -> bool {
    !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && weigh(number, false).is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_numbers_check() {
        // Luhn's usual example, and the payment networks' published test numbers.
        for valid in ["79927398713", "4111111111111111", "5555555555554444"] {
            assert!(is_luhn_valid(valid), "{valid}");
        }
        for invalid in ["79927398710", "4111111111111112", "", "7992739871x"] {
            assert!(!is_luhn_valid(invalid), "{invalid}");
        }
    }

    #[test]
    fn numbers_have_their_length_and_check() {
        for serial in [1, 42, 99_999_999] {
            assert_eq!(account_number(serial).len(), 19);
            assert_eq!(card_number(serial).len(), 16);
            assert!(is_luhn_valid(&account_number(serial)));
            assert!(is_luhn_valid(&card_number(serial)));
        }
    }
}
