//! Merchant-presented codes.

use std::collections::BTreeMap;

use super::currencies::{by_number, number_of};
use super::objects::{self, Objects};
use crate::intents::{is_account_number, is_bank_code, is_plain_text};
use crate::money::{Currency, Money};

/// The globally unique identifier of templates that name an account as this bank's phones know it.
pub const SCHEME: &str = "example.guichet";

/// The details of template 62 that are acted upon, by their two digits.
pub const DETAILS: [&str; 5] = ["01", "03", "05", "07", "08"];

/// What a code says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merchant {
    /// Made for one payment.
    pub is_dynamic: bool,
    /// The account's number.
    pub account: String,
    /// The CNAPS code of the bank that keeps it, if it is not this one.
    pub bank: Option<String>,
    /// The merchant's name.
    pub name: String,
    /// The merchant's city.
    pub city: String,
    /// Its country, two capitals.
    pub country: String,
    /// Its trade, four digits.
    pub category: String,
    /// The currency of the payment.
    pub currency: Currency,
    /// How much is to be paid.
    pub amount: Option<Money>,
    /// Whether a tip is asked for.
    pub asks_for_tip: bool,
    /// Language (two small letters), name and city once more.
    pub local: Option<(String, String, Option<String>)>,
    /// Those of [`DETAILS`] that are there; `***` where the customer is to say it.
    pub details: BTreeMap<String, String>,
}

impl Merchant {
    /// Reads a code; `None` if it is not one that can be paid at a Guichet bank.
    pub fn read(text: &str) -> Option<Self> {
        let objects = whole(text)?;
        let get = |id: &str| objects.get(id).map(String::as_str);
        let currency = get("53").filter(|digits| digits.len() == 3).and_then(by_number)?;
        let (account, bank) = account(&objects)?;
        Some(Self {
            is_dynamic: match get("01") {
                None | Some("11") => false,
                Some("12") => true,
                Some(_) => return None,
            },
            account,
            bank,
            name: get("59").filter(|name| is_text(name, 25))?.to_owned(),
            city: get("60").filter(|city| is_text(city, 15))?.to_owned(),
            country: get("58").filter(|country| is_capitals(country))?.to_owned(),
            category: get("52").filter(|code| is_digits(code, 4))?.to_owned(),
            currency,
            amount: match get("54") {
                None => None,
                Some(text) => Some(amount(text, currency)?),
            },
            asks_for_tip: match (get("55"), get("56"), get("57")) {
                (None, None, None) => false,
                (Some("01"), None, None) => true,
                // A fee on top is for nobody to pay by mistake.
                _ => return None,
            },
            local: match get("64") {
                None => None,
                Some(row) => Some(local(&objects::read(row)?)?),
            },
            details: match get("62") {
                None => BTreeMap::new(),
                Some(row) => details(objects::read(row)?)?,
            },
        })
    }

    /// Writes a code; `None` if something does not fit into one.
    pub fn write(&self) -> Option<String> {
        let mut account = objects::written("00", SCHEME)? + &objects::written("01", &self.account)?;
        if let Some(bank) = &self.bank {
            account += &objects::written("02", bank)?;
        }
        let mut text = "000201".to_owned();
        text += &objects::written("01", if self.is_dynamic { "12" } else { "11" })?;
        text += &objects::written("26", &account)?;
        text += &objects::written("52", &self.category)?;
        text += &objects::written("53", number_of(self.currency)?)?;
        if let Some(money) = self.amount {
            text += &objects::written("54", &decimal(money))?;
        }
        if self.asks_for_tip {
            text += &objects::written("55", "01")?;
        }
        text += &objects::written("58", &self.country)?;
        text += &objects::written("59", &self.name)?;
        text += &objects::written("60", &self.city)?;
        let mut details = String::new();
        for (id, value) in &self.details {
            details += &objects::written(id, value)?;
        }
        if !details.is_empty() {
            text += &objects::written("62", &details)?;
        }
        if let Some((language, name, city)) = &self.local {
            let mut row = objects::written("00", &language.to_uppercase())?;
            row += &objects::written("01", name)?;
            if let Some(city) = city {
                row += &objects::written("02", city)?;
            }
            text += &objects::written("64", &row)?;
        }
        text += "6304";
        let checksum = format!("{:04X}", crc(text.as_bytes()));
        text += &checksum;
        (Self::read(&text).as_ref() == Some(self)).then_some(text)
    }
}

/// The objects of a code that begins and ends as one, and whose checksum fits.
fn whole(text: &str) -> Option<Objects> {
    let count = text.chars().count();
    if count > 512 || !text.starts_with("000201") {
        return None;
    }
    let checksum: String = text.chars().skip(count.saturating_sub(8)).collect();
    let signed = text.len().checked_sub(4).and_then(|end| text.get(..end))?;
    let is_whole = checksum == format!("6304{:04X}", crc(signed.as_bytes()));
    let before: String = text.chars().take(count.saturating_sub(8)).collect();
    // Read without its end, the row must still add up: the checksum is an object, not part of one.
    if !is_whole || objects::read(&before)?.contains_key("63") {
        return None;
    }
    objects::read(text)
}

/// CRC-16 with the polynomial x^16 + x^12 + x^5 + 1, begun with ones.
fn crc(bytes: &[u8]) -> u16 {
    let mut register: u16 = 0xFFFF;
    for byte in bytes {
        for bit in (0..8).rev() {
            let carry = (register >> 15) ^ u16::from(byte >> bit & 1);
            register <<= 1;
            if carry == 1 {
                register ^= 0x1021;
            }
        }
    }
    register
}

fn account(objects: &Objects) -> Option<(String, Option<String>)> {
    let mut ours = Vec::new();
    for (id, value) in objects {
        if !("26".."52").contains(&id.as_str()) {
            continue;
        }
        let template = objects::read(value)?;
        let scheme = template.get("00").filter(|scheme| scheme.chars().count() <= 32)?;
        if scheme == SCHEME {
            ours.push(template);
        }
    }
    let [template] = ours.as_slice() else { return None };
    let number = template.get("01").filter(|number| is_account_number(number))?;
    let bank = template.get("02");
    bank.is_none_or(|code| is_bank_code(code)).then(|| (number.clone(), bank.cloned()))
}

fn amount(text: &str, currency: Currency) -> Option<Money> {
    let (whole, part) = match text.split_once('.') {
        Some((whole, part)) => (whole, part),
        None => (text, ""),
    };
    let digits = currency.digits();
    let is_decimal = !whole.is_empty()
        && whole.chars().chain(part.chars()).all(|character| character.is_ascii_digit());
    if text.len() > 13 || !is_decimal || part.len() > digits as usize {
        return None;
    }
    let missing = digits.checked_sub(u32::try_from(part.len()).ok()?)?;
    let given: i64 = format!("{whole}{part}").parse().ok()?;
    let minor = given.checked_mul(10_i64.checked_pow(missing)?)?;
    Money::new(currency, minor).ok().filter(|money| money.minor() > 0)
}

fn decimal(money: Money) -> String {
    let digits = money.currency().digits() as usize;
    let minor = format!("{:0>width$}", money.minor(), width = digits + 1);
    match minor.split_at_checked(minor.len() - digits) {
        Some((whole, part)) if !part.is_empty() => format!("{whole}.{part}"),
        _ => minor,
    }
}

fn local(row: &Objects) -> Option<(String, String, Option<String>)> {
    let language = row.get("00").filter(|code| {
        code.len() == 2 && code.bytes().all(|letter| letter.is_ascii_alphabetic())
    })?;
    let name = row.get("01").filter(|name| is_text(name, 25))?;
    let city = row.get("02");
    city.is_none_or(|city| is_text(city, 15))
        .then(|| (language.to_lowercase(), name.clone(), city.cloned()))
}

fn details(mut row: Objects) -> Option<BTreeMap<String, String>> {
    row.retain(|id, _| DETAILS.contains(&id.as_str()));
    row.values().all(|value| is_text(value, 25)).then_some(row)
}

fn is_text(text: &str, characters_max: usize) -> bool {
    !text.is_empty() && is_plain_text(text, characters_max)
}

fn is_digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_capitals(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::CNY;

    fn tea_house() -> Merchant {
        Merchant {
            is_dynamic: true,
            account: "9999000110100200014".to_owned(),
            bank: Some("102100099996".to_owned()),
            name: "Tea House".to_owned(),
            city: "BEIJING".to_owned(),
            country: "CN".to_owned(),
            category: "5812".to_owned(),
            currency: CNY,
            amount: Money::new(CNY, 2372).ok(),
            asks_for_tip: false,
            local: Some(("zh".to_owned(), "老舍茶馆".to_owned(), None)),
            details: BTreeMap::from([("05".to_owned(), "T-17".to_owned())]),
        }
    }

    #[test]
    fn the_checksum_is_the_catalogue_s() {
        assert_eq!(crc(b"123456789"), 0x29B1);
    }

    #[test]
    fn what_is_written_is_read_and_what_is_altered_is_not() {
        let code = tea_house().write().unwrap();
        assert_eq!(Merchant::read(&code), Some(tea_house()));
        assert_eq!(Merchant::read(&code.replace("23.72", "93.72")), None);
    }

    #[test]
    fn what_does_not_fit_is_not_written() {
        for wrong in [
            Merchant { name: "n".repeat(26), ..tea_house() },
            Merchant { account: "1234567".to_owned(), ..tea_house() },
            Merchant { bank: Some("102100099995".to_owned()), ..tea_house() },
            Merchant { amount: Money::new(CNY, 0).ok(), ..tea_house() },
            Merchant { city: String::new(), ..tea_house() },
        ] {
            assert_eq!(wrong.write(), None, "{wrong:?}");
        }
    }
}
