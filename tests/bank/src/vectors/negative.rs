//! What must be refused, and why.

use serde::Serialize;

use super::documents::{PINS_HEADER, backup_pin, pins};
use super::intents::{IntentVector, receipt_payload, shown, vector};
use super::keys::Keys;
use super::{JwsVector, NOW, VectorsError, encode, header_with_kid};
use crate::intents::{Outcome, RECEIPT_TYPE, Reason, Terms};
use crate::ledger::EntryId;

/// The order of the group of `P-256`, big-endian.
const ORDER: [u8; 32] = [
    0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51,
];

#[derive(Serialize)]
pub(super) struct Negative {
    /// Bytes that are no intent: 400 `intent_malformed`.
    malformed_intents: Vec<MalformedIntent>,
    /// Well-formed and approved, but refused with `terms_invalid`.
    invalid_terms: Vec<InvalidTerms>,
    /// Approvals of the first intent that must not verify.
    approvals: Vec<BadApproval>,
    /// Amounts that are none.
    money: Vec<Text>,
    /// Keys that are none.
    jwks: Vec<Text>,
    /// Signed documents that must not be believed.
    documents: Vec<BadDocument>,
}

#[derive(Serialize)]
struct MalformedIntent {
    name: &'static str,
    bytes_base64url: String,
    why: &'static str,
}

#[derive(Serialize)]
struct InvalidTerms {
    why: &'static str,
    #[serde(flatten)]
    vector: IntentVector,
}

#[derive(Serialize)]
struct BadApproval {
    name: &'static str,
    approval_base64url: String,
    why: &'static str,
}

#[derive(Serialize)]
struct Text {
    json: String,
    why: &'static str,
}

#[derive(Serialize)]
struct BadDocument {
    name: &'static str,
    /// The `typ` that is expected.
    expected_type: &'static str,
    /// Which of the file's keys must have signed.
    expected_key: &'static str,
    #[serde(flatten)]
    document: JwsVector,
    why: &'static str,
}

pub(super) fn vectors(keys: &Keys, intents: &[IntentVector]) -> Result<Negative, VectorsError> {
    let first = intents.first().ok_or(VectorsError::Fixed("an intent"))?;
    Ok(Negative {
        malformed_intents: malformed_intents(first)?,
        invalid_terms: invalid_terms(keys, first)?,
        approvals: approvals(keys, first)?,
        money: money(),
        jwks: jwks(keys)?,
        documents: documents(keys, first)?,
    })
}

fn malformed_intents(first: &IntentVector) -> Result<Vec<MalformedIntent>, VectorsError> {
    let text = String::from_utf8_lossy(&first.bytes).into_owned();
    let changes = [
        ("white space", r#""v":1}"#, r#""v": 1}"#, "RFC 8785 writes no white space"),
        ("a line end behind it", r#""v":1}"#, "\"v\":1}\n", "RFC 8785 writes no white space"),
        (
            "members in another order",
            r#"{"aud""#,
            r#"{"v":1,"aud""#,
            "members are sorted, each once",
        ),
        ("a member twice", r#""v":1}"#, r#""v":1,"v":1}"#, "each member once"),
        ("a member too many", r#""v":1}"#, r#""v":1,"x":0}"#, "exactly the members of section 9.1"),
        ("a member missing", r#","v":1}"#, "}", "exactly the members of section 9.1"),
        ("a needless escape", "Rent", r"\u0052ent", "RFC 8785 escapes only what it must"),
        ("an escaped slash", "Rent", r"Rent\/", "RFC 8785 escapes only what it must"),
        ("a lone surrogate", "Rent", r"\ud83d", "not a sequence of Unicode scalar values"),
        ("a floating version", r#""v":1}"#, r#""v":1.0}"#, "RFC 8785 writes 1"),
        ("another version", r#""v":1}"#, r#""v":2}"#, "this is version 1"),
        (
            "another suite",
            r#""suite":"ES256""#,
            r#""suite":"none""#,
            "the suites are a closed list",
        ),
        (
            "an unknown locale",
            r#""locale":"en""#,
            r#""locale":"fr""#,
            "the locales are a closed list",
        ),
        ("an amount as a number", r#""minor":"123450""#, r#""minor":123450"#, "minor is a string"),
        ("leading zeros", r#""minor":"123450""#, r#""minor":"0123450""#, "one spelling per amount"),
        (
            "a currency nobody knows",
            r#""currency":"CNY""#,
            r#""currency":"XYZ""#,
            "not a code of ISO 4217",
        ),
        ("fractions of a second", "04:00:00Z", "04:00:00.0Z", "times have whole seconds"),
        ("an offset", "04:00:00Z", "04:00:00+00:00", "times end with Z"),
        ("a life too long", "04:05:00Z", "04:05:01Z", "expires is at most 300 s after created"),
        ("expiry before creation", "04:05:00Z", "03:59:59Z", "expires is not before created"),
        (
            "an id in upper case",
            r#""id":"01010101-0101-4101-8101-"#,
            r#""id":"0101010A-0101-4101-8101-"#,
            "ids are lower-case",
        ),
        ("an id of another version", "-4101-", "-1101-", "ids are UUIDs of version 4"),
        (
            "a number with a letter in lower case",
            "9999000110100200011",
            "999900011010020001a",
            "0-9 and A-Z",
        ),
    ];
    let mut malformed = Vec::new();
    for (name, from, to, why) in changes {
        if !text.contains(from) {
            return Err(VectorsError::Fixed(name));
        }
        let bytes_base64url = encode(text.replacen(from, to, 1).as_bytes());
        malformed.push(MalformedIntent { name, bytes_base64url, why });
    }
    let mut broken = first.bytes.clone();
    if let Some(byte) = broken.iter_mut().find(|byte| **byte == b'R') {
        *byte = 0xFF;
    }
    malformed.push(MalformedIntent {
        name: "a byte that is not UTF-8",
        bytes_base64url: encode(&broken),
        why: "JSON is UTF-8",
    });
    malformed.push(MalformedIntent {
        name: "nothing",
        bytes_base64url: String::new(),
        why: "not an object",
    });
    Ok(malformed)
}

fn invalid_terms(keys: &Keys, first: &IntentVector) -> Result<Vec<InvalidTerms>, VectorsError> {
    let long_name = "王".repeat(71);
    let long_note = "n".repeat(141);
    let cases = [
        (
            "bidi override in the name",
            "Wang\u{202E}gnaF",
            "",
            "category Cf: the line would read otherwise",
        ),
        ("bidi isolate in the note", "Wang Fang", "\u{2066}rent\u{2069}", "category Cf"),
        ("zero width space in the name", "Wang\u{200B} Fang", "", "category Cf: shows nothing"),
        ("joined emoji in the note", "Wang Fang", "👩\u{200D}💻", "U+200D is category Cf"),
        ("line feed in the name", "Wang Fang\nTo Li", "", "category Cc: would begin another line"),
        ("line separator in the note", "Wang Fang", "a\u{2028}b", "category Zl"),
        ("private use in the name", "Wang \u{E000}", "", "category Co"),
        ("unassigned in the note", "Wang Fang", "\u{378}", "category Cn"),
        ("not NFC", "Zoe\u{301}", "", "e and U+0301 instead of U+00E9"),
        ("white space at the end", "Wang Fang ", "", "white space at an end"),
        ("ideographic space at the beginning", "\u{3000}王芳", "", "white space at an end"),
        ("no name", "", "", "1 to 70 scalar values"),
        ("71 scalar values in the name", long_name.as_str(), "", "1 to 70 scalar values"),
        (
            "141 scalar values in the note",
            "Wang Fang",
            long_note.as_str(),
            "0 to 140 scalar values",
        ),
    ];
    let mut invalid = Vec::new();
    for (name, payee, note, why) in cases {
        let mut intent = first.intent.clone();
        if let Terms::Transfer(terms) = &mut intent.terms {
            payee.clone_into(&mut terms.to.name);
            note.clone_into(&mut terms.note);
        }
        invalid.push(InvalidTerms { why, vector: vector(keys, name, shown(intent))? });
    }
    for (name, minor) in [("an amount of zero", 0), ("a negative amount", -100)] {
        let mut intent = first.intent.clone();
        if let Terms::Transfer(terms) = &mut intent.terms {
            terms.amount = crate::money::Money::new(terms.amount.currency(), minor)?;
        }
        invalid.push(InvalidTerms {
            why: "minor is above zero",
            vector: vector(keys, name, shown(intent))?,
        });
    }
    Ok(invalid)
}

fn approvals(keys: &Keys, first: &IntentVector) -> Result<Vec<BadApproval>, VectorsError> {
    let raw = first.approval;
    let (r, s) = raw.split_at(32);
    let der = p256::ecdsa::Signature::from_slice(&raw)
        .map_err(|_| VectorsError::Fixed("a signature"))?
        .to_der();
    let zero = [0; 32];
    let cases = [
        (
            "by another key",
            keys.stranger.signing().sign(&crate::intents::signing_input(&first.bytes)).to_vec(),
            "another key",
        ),
        (
            "by the device key",
            keys.device.signing().sign(&crate::intents::signing_input(&first.bytes)).to_vec(),
            "the device key approves nothing",
        ),
        (
            "without the prefix",
            keys.approval.signing().sign(&first.bytes).to_vec(),
            "GUICHET-INTENT-V1 and a line feed come first",
        ),
        ("DER", der.as_bytes().to_vec(), "ES256 signatures are r||s"),
        ("r is zero", [&zero, s].concat(), "r is in 1..n-1"),
        ("s is zero", [r, &zero].concat(), "s is in 1..n-1"),
        ("r is n", [&ORDER, s].concat(), "r is in 1..n-1"),
        ("s is n", [r, &ORDER].concat(), "s is in 1..n-1"),
        ("all zero", vec![0; 64], "r and s are in 1..n-1"),
        ("a byte short", raw.get(..63).unwrap_or_default().to_vec(), "64 bytes"),
        ("a byte long", [&raw[..], &[0]].concat(), "64 bytes"),
        ("halves swapped", [s, r].concat(), "r, then s"),
    ];
    Ok(cases
        .into_iter()
        .map(|(name, bytes, why)| BadApproval { name, approval_base64url: encode(&bytes), why })
        .collect())
}

fn money() -> Vec<Text> {
    let amounts = [
        ("CNY", r#""-0""#, "minus zero"),
        ("CNY", r#""+1""#, "a plus sign"),
        ("CNY", r#""01""#, "a leading zero"),
        ("CNY", r#""1.0""#, "a point"),
        ("CNY", r#""1e2""#, "an exponent"),
        ("CNY", r#""""#, "nothing"),
        ("CNY", r#""１""#, "a digit that is not ASCII"),
        ("CNY", r#""9223372036854775808""#, "above 2^63-1"),
        ("CNY", r#""-9223372036854775808""#, "below -(2^63-1)"),
        ("CNY", "100", "a number, not a string"),
        ("cny", r#""1""#, "lower case"),
        ("XXX", r#""1""#, "a code without minor units"),
    ];
    amounts
        .into_iter()
        .map(|(code, minor, why)| Text {
            json: format!(r#"{{"currency":"{code}","minor":{minor}}}"#),
            why,
        })
        .collect()
}

fn jwks(keys: &Keys) -> Result<Vec<Text>, VectorsError> {
    let good = keys.device.jwk_text()?;
    let private =
        keys.device.jwk_text_with(r#""d":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8""#)?;
    let off_curve = r#"{"crv":"P-256","kty":"EC","x":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8","y":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}"#;
    Ok(vec![
        Text { json: good.replace("P-256", "P-384"), why: "another curve" },
        Text { json: good.replace(r#""EC""#, r#""OKP""#), why: "another key type" },
        Text { json: private, why: "a private member" },
        Text { json: off_curve.to_owned(), why: "not a point of the curve" },
        Text {
            json: good.replace(r#""x":""#, r#""x":"AA"#),
            why: "a coordinate of more than 32 bytes",
        },
    ])
}

fn documents(keys: &Keys, first: &IntentVector) -> Result<Vec<BadDocument>, VectorsError> {
    let executed = Outcome::Executed(EntryId::derived(&["never"]));
    let payload = receipt_payload(first, &executed)?;
    let header = header_with_kid(RECEIPT_TYPE, &keys.receipt);
    let sign =
        |header: &str, payload: &str| JwsVector::sign(keys.receipt.signing(), header, payload);
    let good = sign(&header, &payload);
    let refused = receipt_payload(first, &Outcome::Refused(Reason::Expired))?;
    let receipt = |name, document, why| BadDocument {
        name,
        expected_type: RECEIPT_TYPE,
        expected_key: "receipt",
        document,
        why,
    };
    let tampered = JwsVector {
        jws: sign(&header, &refused).jws.rsplit_once('.').map_or_else(String::new, |(input, _)| {
            format!("{input}.{}", good.jws.rsplit_once('.').map_or("", |(_, signature)| signature))
        }),
        ..sign(&header, &refused)
    };
    let unsigned_header = r#"{"alg":"none","typ":"guichet-receipt+jwt"}"#;
    let unsigned = JwsVector {
        jws: format!("{}.{}.", encode(unsigned_header.as_bytes()), encode(payload.as_bytes())),
        ..sign(unsigned_header, &payload)
    };
    let early = payload.replace(&format!("\"iat\":{}", NOW + 2), "\"iat\":1767225599");
    let one_pin =
        JwsVector::sign(keys.trust_anchor.signing(), PINS_HEADER, &pins(4, &[backup_pin()]));
    let stranger = JwsVector::sign(keys.stranger.signing(), &header, &payload);
    Ok(vec![
        receipt("receipt by another key", stranger, "the kid names a key that did not sign"),
        receipt("receipt with another payload", tampered, "the signature is of other bytes"),
        receipt("receipt without a signature", unsigned, "alg is ES256, always"),
        receipt(
            "receipt of another type",
            sign(&header_with_kid("guichet-revocation+jwt", &keys.receipt), &payload),
            "typ tells documents apart",
        ),
        receipt(
            "receipt without a type",
            sign(&format!(r#"{{"alg":"ES256","kid":"{}"}}"#, keys.receipt.thumbprint()), &payload),
            "typ is required",
        ),
        receipt(
            "receipt with a third outcome",
            sign(&header, &payload.replace("executed", "half-done")),
            "outcome is a closed enumeration",
        ),
        receipt(
            "receipt of another bank",
            sign(&header, &payload.replace("bank.guichet", "other.guichet")),
            "iss is another",
        ),
        receipt("receipt before its key's time", sign(&header, &early), "iat is before nbf"),
        BadDocument {
            name: "pin set with one pin",
            expected_type: "guichet-pins+jwt",
            expected_key: "trust_anchor",
            document: one_pin,
            why: "at least two pins",
        },
        BadDocument {
            name: "pin set by a receipt key",
            expected_type: "guichet-pins+jwt",
            expected_key: "trust_anchor",
            document: sign(PINS_HEADER, &pins(4, &[backup_pin(), encode(&[7; 32])])),
            why: "only the trust anchor signs pin sets",
        },
    ])
}
