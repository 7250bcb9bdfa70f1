//! Names and notes: what a person types, what may be signed, and what is shown of others' texts.

use guichet_bank::intents as bank;
use guichet_foundation::text::{Note, PartyName, plainly};
use guichet_payments::{look_at_name, look_at_note};
use serde_json::json;

use super::utf8;
use crate::known;

pub(super) fn names(input: &[u8]) {
    let Some(text) = utf8(input) else { return };
    let name = text.parse::<PartyName>().is_ok();
    let note = text.parse::<Note>().is_ok();
    assert_eq!(name && note, sensible_at_bank(text, text), "{text:?}");
    assert_eq!(name, sensible_at_bank(text, ""), "{text:?}");
    if let Ok(typed) = PartyName::from_entry(text) {
        assert_eq!(typed.expose().parse::<PartyName>().as_ref(), Ok(&typed));
        assert_eq!(PartyName::from_entry(typed.expose()).as_ref(), Ok(&typed));
        let _ = look_at_name(typed.expose());
    }
    let _ = look_at_note(text);
    let shown = plainly(text, 64);
    assert_eq!(plainly(&shown, 64), shown, "{text:?}");
    assert!(shown.chars().count() <= 64 && !shown.contains(['\u{202E}', '\u{200B}', '\n']));
}

fn sensible_at_bank(name: &str, note: &str) -> bool {
    let terms = json!({
        "kind": "transfer", "from": {"account": "6222021000112233445"},
        "to": {"account": "6222021000998877665", "name": name},
        "amount": {"currency": "CNY", "minor": "1"}, "note": note, "arrives": "now",
    });
    serde_json::from_value::<bank::Terms>(terms).is_ok_and(|terms| bank::is_valid_terms(&terms))
}

pub(super) fn seeds() -> Vec<Vec<u8>> {
    let all = known::list("/intents").iter().chain(known::list("/negative/invalid_terms"));
    let names = all.filter_map(|vector| vector["intent"]["terms"]["to"]["name"].as_str());
    names.map(|name| name.as_bytes().to_vec()).collect()
}
