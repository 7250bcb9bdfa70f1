//! Payment codes: core and bank read the same out of every text.

use guichet_bank::qr::customer::Presented;
use guichet_bank::qr::merchant::Merchant;
use guichet_payments::qr::{Content, CustomerCode, Detail, MerchantCode};
use serde_json::Value;

use super::utf8;
use crate::known;

/// The text as it stands, and once more with a checksum that fits: a fuzzer does not find one by itself.
pub(super) fn merchant(input: &[u8]) {
    let Some(text) = utf8(input) else { return };
    agree(text);
    let body = text.strip_suffix("6304").unwrap_or(text);
    agree(&format!("{body}6304{:04X}", crc16(format!("{body}6304").as_bytes())));
}

fn agree(text: &str) {
    let ours = MerchantCode::parse(text).ok();
    let theirs = Merchant::read(text);
    assert_eq!(ours.as_ref().map(|code| said(code.content())), theirs, "{text}");
    let (Some(ours), Some(theirs)) = (ours, theirs) else { return };
    let again = ours.encode();
    assert_eq!(MerchantCode::parse(&again).as_ref(), Ok(&ours), "{text}");
    assert_eq!(theirs.write().as_ref(), Some(&again), "{text}");
}

/// What the core has read, in the bank's words.
fn said(content: &Content) -> Merchant {
    let money = |minor: i64| {
        let currency = guichet_bank::money::Currency::from_code(content.currency.code())?;
        guichet_bank::money::Money::new(currency, minor).ok()
    };
    let details = &content.details;
    let by_id = [
        ("01", &details.bill_number),
        ("03", &details.store),
        ("05", &details.reference),
        ("07", &details.terminal),
        ("08", &details.purpose),
    ];
    let detail = |detail: &Detail| detail.given().map_or("***", |label| label.expose()).to_owned();
    Merchant {
        is_dynamic: content.is_dynamic,
        account: content.account.expose().to_owned(),
        bank: content.bank.as_ref().map(|code| code.as_str().to_owned()),
        name: content.name.expose().to_owned(),
        city: content.city.expose().to_owned(),
        country: content.country.as_str().to_owned(),
        category: content.category.to_string(),
        currency: guichet_bank::money::Currency::from_code(content.currency.code())
            .expect("the bank knows every currency"),
        amount: content.amount.map(|amount| money(amount.minor()).expect("an amount")),
        asks_for_tip: content.asks_for_tip,
        local: content.local.as_ref().map(|local| {
            let city = local.city.as_ref().map(|city| city.expose().to_owned());
            (local.language.code().to_owned(), local.name.expose().to_owned(), city)
        }),
        details: by_id
            .into_iter()
            .filter_map(|(id, value)| Some((id.to_owned(), detail(value.as_ref()?))))
            .collect(),
    }
}

pub(super) fn merchant_seeds() -> Vec<Vec<u8>> {
    let refused = known::list("/codes/refused");
    texts(known::list("/codes/merchant").iter().chain(refused))
}

pub(super) fn customer_seeds() -> Vec<Vec<u8>> {
    texts(known::list("/codes/customer").iter())
}

fn texts(vectors: impl Iterator<Item = &'static Value>) -> Vec<Vec<u8>> {
    vectors.map(|vector| known::text(&vector["text"]).as_bytes().to_vec()).collect()
}

/// CRC-16/CCITT-FALSE.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xFFFF, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte) << 8, |crc, _| {
            if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ 0x1021 }
        })
    })
}

pub(super) fn customer(input: &[u8]) {
    let Some(text) = utf8(input) else { return };
    let ours = CustomerCode::parse(text).ok();
    let theirs = Presented::read(text);
    let said = ours.as_ref().map(|code| Presented {
        mandate_id: code.mandate.to_string(),
        step: code.step,
        counter: code.counter,
        cryptogram: code.cryptogram,
    });
    assert_eq!(said, theirs, "{text}");
    if let Some(code) = ours {
        assert_eq!(CustomerCode::parse(&code.encode()), Ok(code), "{text}");
    }
}
