//! Intents with every step from the object to the approval, and receipts on them.

use jiff::Timestamp;
use serde::Serialize;

use super::keys::Keys;
use super::kinds::kinds;
use super::{
    CHALLENGE, DEVICE_ID, ISSUER, JwsVector, NOW, VectorsError, encode, header_with_kid, hex,
    sha256,
};
use crate::intents::{
    Arrival, Display, Intent, Locale, Outcome, Payee, Payer, RECEIPT_TYPE, Reason, Subject, Suite,
    Terms, Transfer, Version, display_digest, display_text, signing_input,
};
use crate::ledger::EntryId;
use crate::moment::Moment;
use crate::money::{Currency, Money, MoneyError};

#[derive(Clone, Serialize)]
pub(super) struct IntentVector {
    pub(super) name: &'static str,
    pub(super) intent: Intent,
    display_text: String,
    canonical: String,
    pub(super) canonical_base64url: String,
    canonical_sha256_hex: String,
    canonical_sha256_base64url: String,
    signing_input_base64url: String,
    pub(super) approval_base64url: String,
    #[serde(skip)]
    pub(super) bytes: Vec<u8>,
    #[serde(skip)]
    pub(super) approval: [u8; 64],
}

/// What tells one vector from the others.
struct Case {
    name: &'static str,
    locale: Locale,
    amount: (&'static str, i64),
    payee: &'static str,
    note: &'static str,
}

const CASES: [Case; 12] = [
    case("plain", Locale::En, ("CNY", 123_450), "Wang Fang", "Rent for March"),
    case("chinese", Locale::ZhCn, ("CNY", 123_450), "王芳", "三月房租"),
    case("no note: no line for it", Locale::En, ("CNY", 1), "Wang Fang", ""),
    case("no note, chinese", Locale::ZhCn, ("CNY", 10_000_000), "王芳", ""),
    case("no minor digits", Locale::En, ("JPY", 1_234_567), "Zhao Xin", "deposit"),
    case("three minor digits", Locale::En, ("BHD", 1_234_567), "Wang Fang", "three digits"),
    case("three minor digits, below one", Locale::ZhCn, ("BHD", 5), "王芳", "第纳尔"),
    case("the largest amount", Locale::En, ("CNY", i64::MAX), "Wang Fang", "too much"),
    case(
        "characters JSON escapes",
        Locale::En,
        ("CNY", 999),
        "Wang Fang",
        r#"say "hi" \ or / <&>"#,
    ),
    case("emoji, one beyond the BMP", Locale::ZhCn, ("CNY", 8_888), "王芳", "生日快乐🎂❤"),
    case(
        "a name that looks like a placeholder",
        Locale::En,
        ("CNY", 100),
        "{note}",
        "{to.account}",
    ),
    case("a composed letter: NFC", Locale::En, ("CNY", 100), "Zoé Łuczak", "naïve café"),
];

const fn case(
    name: &'static str,
    locale: Locale,
    amount: (&'static str, i64),
    payee: &'static str,
    note: &'static str,
) -> Case {
    Case { name, locale, amount, payee, note }
}

pub(super) fn vectors(keys: &Keys) -> Result<Vec<IntentVector>, VectorsError> {
    let transfers = CASES.iter().map(|case| Ok((case.name, case.locale, transfer(case)?)));
    let of_kinds = kinds().into_iter().flat_map(|([english, chinese], terms)| {
        [(english, Locale::En), (chinese, Locale::ZhCn)]
            .map(|(name, locale)| Ok((name, locale, serde_json::from_value(terms.clone())?)))
    });
    let cases = transfers.chain(of_kinds).collect::<Result<Vec<_>, VectorsError>>()?;
    (1..)
        .zip(cases)
        .map(|(number, (name, locale, terms))| vector(keys, name, intent(number, locale, terms)))
        .collect()
}

pub(super) fn vector(
    keys: &Keys,
    name: &'static str,
    intent: Intent,
) -> Result<IntentVector, VectorsError> {
    let bytes = intent.canonical_bytes()?;
    let canonical = String::from_utf8(bytes.clone())
        .map_err(|_| VectorsError::Fixed("canonical bytes are not UTF-8"))?;
    let signing_input = signing_input(&bytes);
    let approval = keys.approval.signing().sign(&signing_input);
    Ok(IntentVector {
        name,
        display_text: display_text(&intent.terms, intent.display.locale),
        canonical,
        canonical_base64url: encode(&bytes),
        canonical_sha256_hex: hex(&sha256(&bytes)),
        canonical_sha256_base64url: encode(&sha256(&bytes)),
        signing_input_base64url: encode(&signing_input),
        approval_base64url: encode(&approval),
        intent,
        bytes,
        approval,
    })
}

fn transfer(case: &Case) -> Result<Terms, VectorsError> {
    let (code, minor) = case.amount;
    let currency = Currency::from_code(code).ok_or(MoneyError::UnknownCurrency)?;
    Ok(Terms::Transfer(Transfer {
        from: Payer { account: "9999000110100100013".to_owned() },
        to: Payee { account: "9999000110100200011".to_owned(), name: case.payee.to_owned() },
        amount: Money::new(currency, minor)?,
        note: case.note.to_owned(),
        arrives: Arrival::Now,
    }))
}

fn intent(number: u8, locale: Locale, terms: Terms) -> Intent {
    let id = uuid::Builder::from_random_bytes([number; 16]).into_uuid().to_string();
    shown(Intent {
        aud: ISSUER.to_owned(),
        challenge: CHALLENGE.to_owned(),
        created: moment(NOW),
        device: DEVICE_ID.to_owned(),
        display: Display { locale, sha256: String::new() },
        expires: moment(NOW + 300),
        id,
        suite: Suite::Es256,
        terms,
        v: Version,
    })
}

/// The intent with the digest of what its terms are shown as.
pub(super) fn shown(mut intent: Intent) -> Intent {
    intent.display.sha256 = display_digest(&display_text(&intent.terms, intent.display.locale));
    intent
}

fn moment(second: i64) -> Moment {
    Moment::of(Timestamp::from_second(second).unwrap_or_default())
}

#[derive(Serialize)]
pub(super) struct ReceiptVector {
    name: &'static str,
    /// The name of the intent it is about.
    intent: &'static str,
    #[serde(flatten)]
    receipt: JwsVector,
}

pub(super) fn receipts(
    keys: &Keys,
    intents: &[IntentVector],
) -> Result<Vec<ReceiptVector>, VectorsError> {
    let [first, second, ..] = intents else { return Err(VectorsError::Fixed("two intents")) };
    let entry_id = EntryId::derived(&[DEVICE_ID, &first.intent.id]);
    Ok(vec![
        receipt(keys, "executed", first, &Outcome::Executed(entry_id))?,
        receipt(keys, "refused", second, &Outcome::Refused(Reason::InsufficientFunds))?,
        receipt(
            keys,
            "refused for its approval",
            first,
            &Outcome::Refused(Reason::ApprovalInvalid),
        )?,
    ])
}

fn receipt(
    keys: &Keys,
    name: &'static str,
    about: &IntentVector,
    outcome: &Outcome,
) -> Result<ReceiptVector, VectorsError> {
    let payload = receipt_payload(about, outcome)?;
    let receipt = JwsVector::sign(
        keys.receipt.signing(),
        &header_with_kid(RECEIPT_TYPE, &keys.receipt),
        &payload,
    );
    Ok(ReceiptVector { name, intent: about.name, receipt })
}

/// The payload's text.
pub(super) fn receipt_payload(
    about: &IntentVector,
    outcome: &Outcome,
) -> Result<String, VectorsError> {
    let subject = Subject::new(DEVICE_ID, &about.intent.id, &about.bytes, &about.approval);
    let at = Timestamp::from_second(NOW + 2).unwrap_or_default();
    Ok(serde_jcs::to_string(&subject.receipt(ISSUER, outcome, at))?)
}
