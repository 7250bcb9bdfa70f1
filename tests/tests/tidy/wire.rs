//! What Cargo cannot hold: session hands a little of wire on, so that the app can make the pinned transport. Whoever could name
//! more, or make a transport elsewhere, could make a call that is not authorised.

use super::{assert_clean, tree::sources};

/// What session may hand on, and no more.
const HANDED_ON: [&str; 7] =
    ["BankTime", "PinnedTransport", "Pins", "ReceiptKeys", "SetupFailure", "SignedBy", "Traffic"];

/// The rooms that may name the transport.
const MAKES_TRANSPORT: [&str; 3] = ["core/wire/", "core/session/", "core/app/"];

/// Names in `pub use guichet_wire::...` that are not in the list.
fn handed_on_too_much(path: &str, text: &str) -> Vec<String> {
    let exports = text.split("pub use guichet_wire").skip(1).filter_map(|it| it.split(';').next());
    let names = exports.flat_map(|export| {
        let names = export.rsplit_once("::").map_or(export, |(_, names)| names);
        names.split(['{', '}', ',']).map(str::trim).filter(|name| !name.is_empty())
    });
    let more = names.filter(|name| !HANDED_ON.contains(name));
    more.map(|name| format!("{path} hands on {name} of guichet_wire")).collect()
}

fn makes_a_transport(path: &str, text: &str) -> Vec<String> {
    let product = path.starts_with("core/") || path.starts_with("bindings/ffi/");
    let may = MAKES_TRANSPORT.iter().any(|room| path.starts_with(room));
    if !product || may || !text.contains("PinnedTransport") {
        return Vec::new();
    }
    vec![format!("{path} names PinnedTransport: calls go through BankCalls")]
}

#[test]
fn session_hands_on_no_more_of_wire_than_is_listed() {
    let product = sources().iter().filter(|source| source.path.starts_with("core/"));
    assert_clean(product.flat_map(|it| handed_on_too_much(&it.path, &it.text)).collect());
}

#[test]
fn more_of_wire_handed_on_is_found() {
    let text = "pub use guichet_wire::client::{Pins,\n    Traffic};\npub use guichet_wire::dpop;\npub use guichet_wire::*;\n";
    let found = handed_on_too_much("core/session/src/lib.rs", text);
    let expected =
        ["dpop", "*"].map(|it| format!("core/session/src/lib.rs hands on {it} of guichet_wire"));
    assert_eq!(found, expected);
    assert_eq!(handed_on_too_much("a", "pub use guichet_wire as wire;").len(), 1);
}

#[test]
fn only_the_app_makes_the_transport() {
    assert_clean(sources().iter().flat_map(|it| makes_a_transport(&it.path, &it.text)).collect());
}

#[test]
fn a_transport_made_by_a_feature_is_found() {
    let text = "let mine = guichet_session::PinnedTransport::new();";
    assert_eq!(makes_a_transport("core/features/accounts/src/sync.rs", text).len(), 1);
    assert!(makes_a_transport("core/app/src/app.rs", text).is_empty());
}
