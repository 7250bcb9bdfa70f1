//! The text a customer approves, rendered from the terms alone (protocol section 9.3).
//!
//! The words are data of the protocol, the same file for phone and bank; the code that fills them
//! is this side's own.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use base64ct::{Base64UrlUnpadded, Encoding};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::object::Locale;
use super::terms::Terms;
use crate::moment::{Moment, bank_time};
use crate::money::Money;

#[derive(Deserialize)]
struct Templates {
    /// By kind and language.
    lines: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    /// By language: what is written for a word of the protocol.
    words: BTreeMap<String, BTreeMap<String, String>>,
}

#[expect(clippy::expect_used, reason = "the file is compiled in, and the tests render it")]
static TEMPLATES: LazyLock<Templates> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../../docs/protocol/display-templates.json"))
        .expect("the display templates are JSON of the protocol's shape")
});

/// The display text of the terms in a language.
pub fn text(terms: &Terms, locale: Locale) -> String {
    let locale = match locale {
        Locale::En => "en",
        Locale::ZhCn => "zh-CN",
    };
    let of_kind = TEMPLATES.lines.get(terms.kind());
    let lines = of_kind.and_then(|lines| lines.get(locale)).map(Vec::as_slice).unwrap_or_default();
    let members = Members::of(terms, TEMPLATES.words.get(locale));
    lines.iter().filter_map(|line| fill(line, &members)).collect::<Vec<_>>().join("\n")
}

/// base64url of the SHA-256 over a display text.
pub fn digest(text: &str) -> String {
    Base64UrlUnpadded::encode_string(&Sha256::digest(text))
}

/// Fills a line in one pass, so that a name that looks like a placeholder stays a name. `None`: a
/// placeholder is empty.
fn fill(line: &str, members: &Members<'_>) -> Option<String> {
    let mut filled = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('{') {
        let (placeholder, after) = after.split_once('}')?;
        let value = members.shown(placeholder)?;
        if value.is_empty() {
            return None;
        }
        filled.push_str(before);
        filled.push_str(&value);
        rest = after;
    }
    filled.push_str(rest);
    Some(filled)
}

/// The terms as they stand in the intent. A placeholder is the path to a member, except where the
/// protocol says otherwise.
struct Members<'a> {
    terms: serde_json::Value,
    words: Option<&'a BTreeMap<String, String>>,
}

impl<'a> Members<'a> {
    fn of(terms: &Terms, words: Option<&'a BTreeMap<String, String>>) -> Self {
        Self { terms: serde_json::to_value(terms).unwrap_or_default(), words }
    }

    fn shown(&self, placeholder: &str) -> Option<String> {
        match placeholder {
            "from.account" => self.text(placeholder).map(masked),
            "to.account" if self.text("kind") == Some("own_transfer") => {
                self.text(placeholder).map(masked)
            }
            "to.account" | "merchant.account" => self.text(placeholder).map(in_fours),
            "order" => self.text("order_id").map(short),
            "payment" => self.text(placeholder).map(short),
            "arrives" => self.word("arrives", placeholder),
            "schedule.every" => self.word("every", placeholder),
            "schedule.times" => match self.member(placeholder)?.as_u64()? {
                0 => self.words?.get("times.0").cloned(),
                times => Some(times.to_string()),
            },
            "purpose" => self.word("purpose", placeholder),
            "quote.charges" => self.word("charges", placeholder),
            "quote.rate" => self.rate(),
            "quote.expires" => self.text(placeholder).and_then(bank_minute),
            _ => self.text(placeholder).map(str::to_owned).or_else(|| self.money(placeholder)),
        }
    }

    fn member(&self, path: &str) -> Option<&serde_json::Value> {
        path.split('.').try_fold(&self.terms, |value, name| value.get(name))
    }

    fn text(&self, path: &str) -> Option<&str> {
        self.member(path)?.as_str()
    }

    fn money(&self, path: &str) -> Option<String> {
        serde_json::from_value(self.member(path)?.clone()).ok().map(amount)
    }

    fn word(&self, of: &str, path: &str) -> Option<String> {
        self.words?.get(&format!("{of}.{}", self.text(path)?)).cloned()
    }

    fn rate(&self) -> Option<String> {
        let currency = |path: &str| self.text(path);
        let (sold, bought) = (currency("quote.sell.currency")?, currency("quote.buy.currency")?);
        Some(format!("1 {bought} = {} {sold}", self.text("quote.rate")?))
    }
}

/// The minute on the bank's clocks: `2026-03-01 17:30`.
fn bank_minute(moment: &str) -> Option<String> {
    let second = Moment::parse(moment)?.as_second();
    Some(bank_time(second).strftime("%Y-%m-%d %H:%M").to_string())
}

fn short(id: &str) -> String {
    id.chars().take(8).collect()
}

fn masked(number: &str) -> String {
    format!("\u{2022}\u{2022}{}", last_four(number))
}

/// `CNY 1,234.50`: the code, the major units in groups of three, the minor digits the currency has.
fn amount(money: Money) -> String {
    let digits = money.currency().digits() as usize;
    let minor = format!("{:0>width$}", money.minor().unsigned_abs(), width = digits + 1);
    let (major, fraction) = minor.split_at_checked(minor.len() - digits).unwrap_or((&minor, ""));
    let sign = if money.minor() < 0 { "-" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{} {sign}{}{point}{fraction}", money.currency(), in_threes(major))
}

fn in_threes(digits: &str) -> String {
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

fn in_fours(number: &str) -> String {
    let mut grouped = String::new();
    for (index, character) in number.chars().enumerate() {
        if index > 0 && index.is_multiple_of(4) {
            grouped.push(' ');
        }
        grouped.push(character);
    }
    grouped
}

fn last_four(number: &str) -> String {
    let skipped = number.chars().count().saturating_sub(4);
    number.chars().skip(skipped).collect()
}

#[cfg(test)]
mod tests {
    use super::super::terms::{Arrival, Payee, Payer, Transfer};
    use super::*;
    use crate::money::Currency;

    fn terms(currency: &str, minor: i64, name: &str, note: &str) -> Terms {
        Terms::Transfer(Transfer {
            from: Payer { account: "9999000110000000017".to_owned() },
            to: Payee { account: "6222021000112233445".to_owned(), name: name.to_owned() },
            amount: Money::new(Currency::from_code(currency).unwrap(), minor).unwrap(),
            note: note.to_owned(),
            arrives: Arrival::Now,
        })
    }

    #[test]
    fn english_text_is_the_templates_filled() {
        assert_eq!(
            text(&terms("CNY", 123_450, "Wang Fang", "Lunch"), Locale::En),
            "Pay CNY 1,234.50\nTo Wang Fang\nAccount 6222 0210 0011 2233 445\nFrom account \u{2022}\u{2022}0017\nMessage: Lunch"
        );
    }

    #[test]
    fn chinese_text_without_a_note_has_no_line_for_it() {
        assert_eq!(
            text(&terms("CNY", 5, "王芳", ""), Locale::ZhCn),
            "付款 CNY 0.05\n收款人 王芳\n收款账号 6222 0210 0011 2233 445\n付款账户 \u{2022}\u{2022}0017"
        );
    }

    #[test]
    fn amounts_have_the_digits_of_their_currency() {
        let amount =
            |code, minor| amount(Money::new(Currency::from_code(code).unwrap(), minor).unwrap());
        assert_eq!(amount("JPY", 1_234_567), "JPY 1,234,567");
        assert_eq!(amount("JPY", 0), "JPY 0");
        assert_eq!(amount("BHD", 1), "BHD 0.001");
        assert_eq!(amount("BHD", 1_000_000), "BHD 1,000.000");
        assert_eq!(amount("CNY", 100), "CNY 1.00");
        assert_eq!(amount("CNY", 99_999), "CNY 999.99");
        assert_eq!(amount("CNY", -123_456), "CNY -1,234.56");
        assert_eq!(amount("CNY", i64::MAX), "CNY 92,233,720,368,547,758.07");
    }

    #[test]
    fn a_name_that_looks_like_a_placeholder_stays_a_name() {
        let text = text(&terms("CNY", 1, "{note}", "{to.account}"), Locale::En);
        assert!(text.contains("To {note}\n"));
        assert!(text.ends_with("Message: {to.account}"));
    }
}
