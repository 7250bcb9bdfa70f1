//! Whether the sums and the texts in terms keep the rules of protocol section 9.1: what `terms_invalid` is about.

use serde_json::Value;
use unicode_normalization::is_nfc;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use super::terms::Terms;
use crate::money::Money;

/// Whether every sum and every text of the terms is one that a customer may sign.
pub fn is_valid_terms(terms: &Terms) -> bool {
    let Ok(members) = serde_json::to_value(terms) else { return false };
    let has_reference = !matches!(terms, Terms::BillPayment(bill) if bill.reference.is_empty());
    has_reference && are_valid(&members)
}

fn are_valid(members: &Value) -> bool {
    members.as_object().is_none_or(|members| {
        members.iter().all(|(name, value)| is_valid(name, value) && are_valid(value))
    })
}

fn is_valid(name: &str, value: &Value) -> bool {
    match value {
        Value::String(text) => match name {
            "name" => !text.is_empty() && is_plain_text(text, 70),
            "city" => is_plain_text(text, 70),
            "note" => is_plain_text(text, 140),
            "reference" => is_plain_text(text, 35),
            _ => true,
        },
        Value::Object(members) if members.contains_key("minor") => {
            serde_json::from_value::<Money>(value.clone())
                .is_ok_and(|money| money.minor() > 0 || (name == "fee" && money.minor() == 0))
        }
        _ => true,
    }
}

/// Text without anything that shows nothing, or shows something else than it is: a name must not be
/// able to reorder the line it stands in, nor to begin another.
fn is_plain_text(text: &str, scalars_max: usize) -> bool {
    text.chars().count() <= scalars_max
        && is_nfc(text)
        && text.trim() == text
        && text.chars().all(is_plain)
}

fn is_plain(character: char) -> bool {
    !matches!(
        character.general_category(),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::Surrogate
            | GeneralCategory::PrivateUse
            | GeneralCategory::Unassigned
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
    )
}
