//! Payment codes that cameras and tills read (protocol section 13).

use std::collections::BTreeMap;

use serde::Serialize;

use super::{VectorsError, hex};
use crate::money::{CNY, JPY, Money};
use crate::qr::customer::Presented;
use crate::qr::merchant::Merchant;

#[derive(Serialize)]
pub(super) struct Codes {
    /// What merchants show, and what it says.
    merchant: Vec<MerchantVector>,
    /// What phones show, and what it says.
    customer: Vec<CustomerVector>,
    /// Texts that are no code to be paid.
    refused: Vec<Refused>,
}

#[derive(Serialize)]
struct MerchantVector {
    name: &'static str,
    text: String,
    dynamic: bool,
    account: String,
    bank_code: Option<String>,
    merchant_name: String,
    city: String,
    country: String,
    category: String,
    currency: &'static str,
    amount: Option<Money>,
    asks_for_tip: bool,
    local: Option<(String, String, Option<String>)>,
    details: BTreeMap<String, String>,
}

#[derive(Serialize)]
struct CustomerVector {
    name: &'static str,
    text: &'static str,
    mandate_id: String,
    step: u32,
    counter: u16,
    cryptogram_hex: String,
}

#[derive(Serialize)]
struct Refused {
    text: String,
    why: &'static str,
}

/// Section 13.2 by hand: 85 05, 61 34, 4F 08, 63 28, and in it 9F26 08, 9F10 15, 9F36 02.
const PRESENTED: &str =
    "hQVDUFYwMWE0TwjwR1VJQ0hFVGMonyYIASNFZ4mrze+fEBUB62MFyR9/Sd6u0BZIfCe0LQHCuOCfNgIABw==";

pub(super) fn vectors() -> Result<Codes, VectorsError> {
    let presented = Presented::read(PRESENTED).ok_or(VectorsError::Fixed("a customer's code"))?;
    Ok(Codes {
        merchant: vec![
            merchant("static, of a customer of this bank", person())?,
            merchant("dynamic, with everything", tea_house()?)?,
            merchant("dynamic, no minor digits", tokyo()?)?,
        ],
        customer: vec![CustomerVector {
            name: "a code of a mandate",
            text: PRESENTED,
            mandate_id: presented.mandate_id,
            step: presented.step,
            counter: presented.counter,
            cryptogram_hex: hex(&presented.cryptogram),
        }],
        refused: refused()?,
    })
}

fn merchant(name: &'static str, says: Merchant) -> Result<MerchantVector, VectorsError> {
    let text = says.write().ok_or(VectorsError::Fixed("a merchant's code"))?;
    Ok(MerchantVector {
        name,
        text,
        dynamic: says.is_dynamic,
        account: says.account,
        bank_code: says.bank,
        merchant_name: says.name,
        city: says.city,
        country: says.country,
        category: says.category,
        currency: says.currency.code(),
        amount: says.amount,
        asks_for_tip: says.asks_for_tip,
        local: says.local,
        details: says.details,
    })
}

fn person() -> Merchant {
    Merchant {
        is_dynamic: false,
        account: "9999000110100200014".to_owned(),
        bank: None,
        name: "Wang Fang".to_owned(),
        city: "SHANGHAI".to_owned(),
        country: "CN".to_owned(),
        category: "0000".to_owned(),
        currency: CNY,
        amount: None,
        asks_for_tip: false,
        local: Some(("zh".to_owned(), "王芳".to_owned(), None)),
        details: BTreeMap::new(),
    }
}

fn tea_house() -> Result<Merchant, VectorsError> {
    let details = [("01", "B-2026-17"), ("05", "T-17"), ("07", "***")];
    Ok(Merchant {
        is_dynamic: true,
        bank: Some("102100099996".to_owned()),
        name: "Tea House".to_owned(),
        city: "BEIJING".to_owned(),
        category: "5812".to_owned(),
        amount: Some(Money::new(CNY, 2372)?),
        asks_for_tip: true,
        local: Some(("zh".to_owned(), "老舍茶馆".to_owned(), Some("北京".to_owned()))),
        details: details.map(|(id, text)| (id.to_owned(), text.to_owned())).into(),
        ..person()
    })
}

fn tokyo() -> Result<Merchant, VectorsError> {
    Ok(Merchant {
        is_dynamic: true,
        name: "Book Shop".to_owned(),
        city: "TOKYO".to_owned(),
        country: "JP".to_owned(),
        currency: JPY,
        amount: Some(Money::new(JPY, 1500)?),
        local: None,
        ..person()
    })
}

fn refused() -> Result<Vec<Refused>, VectorsError> {
    let good = tea_house()?.write().ok_or(VectorsError::Fixed("a merchant's code"))?;
    let altered = |from: &str, to: &str| good.replace(from, to);
    Ok(vec![
        Refused { text: altered("23.72", "93.72"), why: "altered: the checksum does not fit" },
        Refused { text: good.to_lowercase(), why: "no template of ours, and no checksum" },
        Refused { text: good.chars().skip(6).collect(), why: "no payload format indicator" },
        Refused { text: good.chars().take(60).collect(), why: "cut off: the checksum is missing" },
        Refused { text: format!("{good}{PRESENTED}"), why: "something follows the checksum" },
        Refused { text: PRESENTED.to_owned(), why: "a customer's code, not a merchant's" },
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused_is_refused_here() -> Result<(), VectorsError> {
        for code in refused()? {
            assert_eq!(Merchant::read(&code.text), None, "{}", code.why);
        }
        Ok(())
    }
}
