use guichet_foundation::locale::Locale;
use guichet_foundation::money::{Currency, Money};

use crate::text::Words;

impl Words {
    /// An amount as a screen shows it: `¥1,234.50`, `−USD 12.00`. The sign is U+2212, so that a screen reader says 'minus'.
    #[expect(
        clippy::unused_self,
        reason = "an amount is words like any other; languages may come to differ"
    )]
    pub(crate) fn amount(&self, money: Money) -> String {
        let sign = if money.minor() < 0 { "−" } else { "" };
        format!("{sign}{}", size(money))
    }

    /// As [`Self::amount`], with `+` where money came in.
    pub(crate) fn signed_amount(&self, money: Money) -> String {
        let plus = if money.minor() > 0 { "+" } else { "" };
        format!("{plus}{}", self.amount(money))
    }

    /// An amount as a screen reader says it: `1,234.50 yuan`, `minus 12.00 USD`.
    pub(crate) fn spoken_amount(&self, money: Money) -> String {
        let digits = money.digits();
        let size = digits.trim_start_matches('-');
        let yuan = money.currency() == Currency::CNY;
        match (self.locale(), yuan, money.minor() < 0) {
            (Locale::En, true, negative) => {
                format!("{}{size} yuan", said_minus(negative, "minus "))
            }
            (Locale::En, false, negative) => {
                format!("{}{size} {}", said_minus(negative, "minus "), money.currency())
            }
            (Locale::ZhCn, true, negative) => format!("{}{size}元", said_minus(negative, "负")),
            (Locale::ZhCn, false, negative) => {
                format!("{}{size} {}", said_minus(negative, "负"), money.currency())
            }
        }
    }
}

const fn said_minus(negative: bool, word: &'static str) -> &'static str {
    if negative { word } else { "" }
}

fn size(money: Money) -> String {
    let digits = money.digits();
    let digits = digits.trim_start_matches('-');
    if money.currency() == Currency::CNY {
        format!("¥{digits}")
    } else {
        format!("{} {digits}", money.currency())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_naturally_in_both_languages() {
        let (en, zh) = (Words::new(Locale::En), Words::new(Locale::ZhCn));
        let spent = Money::new(Currency::CNY, -123_450);
        let dollars = Money::new("USD".parse().unwrap(), 1_200);
        assert_eq!(en.amount(spent), "−¥1,234.50");
        assert_eq!(en.signed_amount(dollars), "+USD 12.00");
        assert_eq!(en.spoken_amount(spent), "minus 1,234.50 yuan");
        assert_eq!(zh.spoken_amount(spent), "负1,234.50元");
        assert_eq!(zh.spoken_amount(dollars), "12.00 USD");
        assert_eq!(zh.signed_amount(Money::new(Currency::CNY, 0)), "¥0.00");
    }
}
