//! Numbers of accounts, cards and banks, and the codes that banks answer in.

use guichet_foundation::account_number::AccountNumber;
use guichet_foundation::card_number::CardNumber;
use guichet_foundation::iban::Iban;
use guichet_foundation::ids::Uetr;
use guichet_foundation::institution::{BankCode, Bic};
use guichet_payments::iso20022::{StatusReason, TransactionStatus, Withdrawal};

use super::utf8;
use crate::known;

/// Whatever was typed: what is taken for a number is one, has one spelling, and survives being shown in groups.
pub(super) fn numbers(input: &[u8]) {
    let Some(text) = utf8(input) else { return };
    if let Ok(number) = AccountNumber::from_entry(text) {
        assert_eq!(number.expose().parse().as_ref(), Ok(&number));
        assert_eq!(AccountNumber::from_entry(&number.grouped()), Ok(number));
    }
    if let Ok(iban) = Iban::from_entry(text) {
        assert_eq!(iban.expose().parse(), Ok(iban));
        assert_eq!(Iban::from_entry(&iban.grouped()), Ok(iban));
        assert_eq!(remainder_97(iban.expose()), 1, "{text}");
        assert_eq!(AccountNumber::from(iban).expose(), iban.expose());
    }
    if let Ok(card) = CardNumber::from_entry(text) {
        assert_eq!(card.expose().parse().as_ref(), Ok(&card));
        assert!(guichet_bank::people::is_luhn_valid(card.expose()), "{text}");
        assert!(card.masked().chars().count() == 6);
        assert_eq!(AccountNumber::from(card.clone()).expose(), card.expose());
    }
    if let Ok(code) = BankCode::from_entry(text) {
        assert_eq!(code.as_str().parse().as_ref(), Ok(&code));
        assert_eq!(BankCode::from_entry(&code.grouped()), Ok(code));
    }
    if let Ok(bic) = Bic::from_entry(text) {
        assert_eq!(bic.as_str().parse().as_ref(), Ok(&bic));
        assert!(bic.is_same_branch(&bic) && bic.country().len() == 2);
    }
}

/// ISO 7064 MOD 97-10 over the rearranged number, digit by digit.
fn remainder_97(iban: &str) -> u32 {
    let (head, rest) = iban.split_at_checked(4).unwrap_or((iban, ""));
    rest.chars().chain(head.chars()).fold(0, |remainder, character| {
        let value = character.to_digit(36).expect("a digit or a capital");
        (if value < 10 { remainder * 10 } else { remainder * 100 } + value) % 97
    })
}

pub(super) fn iso20022(input: &[u8]) {
    let Some(text) = utf8(input) else { return };
    if let Ok(status) = text.parse::<TransactionStatus>() {
        assert_eq!(status.code(), text);
        assert_eq!(status.is_final(), status.withdrawal() == Withdrawal::Over);
    }
    if let Ok(reason) = text.parse::<StatusReason>() {
        assert_eq!(reason.code(), text);
        let _ = reason.concern();
    }
    if let Ok(uetr) = text.parse::<Uetr>() {
        assert_eq!(uetr.to_string(), text);
        assert!(text.len() == 36 && text.as_bytes().get(14) == Some(&b'4'));
    }
    let quoted = serde_json::to_string(text).expect("a text is JSON");
    let read = serde_json::from_str::<TransactionStatus>(&quoted).ok();
    assert_eq!(read, text.parse().ok());
}

pub(super) fn seeds() -> Vec<Vec<u8>> {
    let terms = known::list("/intents").iter().map(|vector| &vector["intent"]["terms"]);
    let account = terms.filter_map(|terms| terms["to"]["account"].as_str());
    account.map(|number| number.as_bytes().to_vec()).collect()
}
