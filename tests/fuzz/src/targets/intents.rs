//! Intents and their words: what the phone signs, the bank reads as the same, and renders to the same words.

use guichet_bank::intents as bank;
use guichet_foundation::ids::DeviceId;
use guichet_foundation::locale::Locale;
use guichet_payments::{Frozen, Terms, render};
use serde_json::Value;

use crate::known;

/// Bytes as they stand, and once more in canonical form with the digest of their own words: a fuzzer finds neither by itself.
pub(super) fn intents(input: &[u8]) {
    agree(input);
    let Ok(mut intent) = serde_json::from_slice::<bank::Intent>(input) else { return };
    let words = bank::display_text(&intent.terms, intent.display.locale);
    intent.display.sha256 = bank::display_digest(&words);
    if let Ok(bytes) = intent.canonical_bytes() {
        agree(&bytes);
    }
}

/// What the phone takes for an intent, the bank takes for the same one; the bank takes more, which it answers with a receipt.
fn agree(input: &[u8]) {
    let theirs = bank::Intent::parse(input).ok();
    let Ok(ours) = Frozen::thaw(input.to_vec()) else {
        if let Some(theirs) = theirs {
            assert_eq!(theirs.canonical_bytes().ok().as_deref(), Some(input));
            assert!(!is_sound(&theirs), "the phone refuses a sound intent");
        }
        return;
    };
    let theirs = theirs.expect("the bank reads what the phone signs");
    assert_eq!(ours.bytes(), input);
    assert!(bank::is_valid_terms(&theirs.terms));
    assert_eq!(theirs.id, ours.intent().id.to_string());
    let words = bank::display_text(&theirs.terms, theirs.display.locale);
    assert_eq!(&words, ours.text().expose());
    assert_eq!(bank::display_digest(&words), theirs.display.sha256);
}

/// Whether an intent that the bank reads is one that a phone makes: of a device and a challenge, alive for a while, over the words
/// of its terms.
fn is_sound(intent: &bank::Intent) -> bool {
    let words = bank::display_text(&intent.terms, intent.display.locale);
    let challenge = guichet_wire::base64url::decode(&intent.challenge);
    bank::is_valid_terms(&intent.terms)
        && intent.created.as_second() < intent.expires.as_second()
        && intent.device.parse::<DeviceId>().is_ok()
        && challenge.is_ok_and(|bytes| bytes.len() == 32)
        && bank::display_digest(&words) == intent.display.sha256
}

/// Terms alone, as JSON. The bank's form and sense together are what the phone can hold, and both render them alike.
pub(super) fn terms(input: &[u8]) {
    let ours: Option<Terms> = serde_json::from_slice(input).ok();
    let theirs: Option<bank::Terms> = serde_json::from_slice(input).ok();
    let Some(ours) = ours else { return };
    let theirs = theirs.expect("the bank knows every kind and member");
    let written = serde_json::to_value(&ours).ok();
    assert_eq!(written, serde_json::to_value(&theirs).ok());
    for (locale, at_bank) in [(Locale::En, bank::Locale::En), (Locale::ZhCn, bank::Locale::ZhCn)] {
        let words = render(&ours, locale).expect("words for every kind");
        assert_eq!(words.expose(), &bank::display_text(&theirs, at_bank));
        assert!(words.expose().lines().all(|line| !line.trim().is_empty()), "{words:?}");
    }
}

pub(super) fn intent_seeds() -> Vec<Vec<u8>> {
    let good = known::list("/intents").iter().map(|vector| &vector["canonical_base64url"]);
    let bad = known::list("/negative/malformed_intents").iter().map(|it| &it["bytes_base64url"]);
    good.chain(bad).map(known::bytes).collect()
}

pub(super) fn terms_seeds() -> Vec<Vec<u8>> {
    let all = known::list("/intents").iter().chain(known::list("/negative/invalid_terms"));
    let terms = all.map(|vector: &Value| serde_json::to_vec(&vector["intent"]["terms"]));
    terms.filter_map(Result::ok).collect()
}
