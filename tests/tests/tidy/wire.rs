//! What Cargo cannot hold: the app depends on wire for one thing, making the pinned transport. Whoever could name more of it
//! could make a call that is neither pinned nor authorised.

use super::{assert_clean, tree::sources};

const WIRE: &str = "guichet_wire";
const ONE_THING: &str = "::PinnedTransport";

/// Mentions of wire, in the product but outside of wire and session, that are not the one thing.
fn reaches_past_session(path: &str, text: &str) -> Vec<String> {
    let product = path.starts_with("core/") || path.starts_with("bindings/");
    let may = path.starts_with("core/wire/") || path.starts_with("core/session/");
    if !product || may || !path.contains("/src/") {
        return Vec::new();
    }
    let mut complaints = Vec::new();
    for (at, line) in text.lines().enumerate() {
        for after in line.split(WIRE).skip(1) {
            let named = after.strip_prefix(ONE_THING);
            let whole = named.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()));
            if !whole {
                complaints.push(format!("{path}:{}: {WIRE}, not only {ONE_THING}", at + 1));
            }
        }
    }
    complaints
}

#[test]
fn above_session_wire_is_named_for_the_pinned_transport_only() {
    let found = sources().iter().flat_map(|it| reaches_past_session(&it.path, &it.text));
    assert_clean(found.collect());
}

#[test]
fn more_of_wire_above_session_is_found() {
    let fine = "use guichet_wire::PinnedTransport;\n";
    assert!(reaches_past_session("core/app/src/app.rs", fine).is_empty());
    let more = "use guichet_wire::{PinnedTransport, dpop::Proof};\nlet x = guichet_wire::PinnedTransports;\n";
    assert_eq!(reaches_past_session("core/app/src/app.rs", more).len(), 2);
    assert!(reaches_past_session("core/session/src/calls.rs", more).is_empty());
}
