//! Terms of each kind besides the plain transfer.

use serde_json::{Value, json};

/// The name of the vector in English and in Chinese, and the terms.
pub(super) fn kinds() -> Vec<([&'static str; 2], Value)> {
    vec![
        (
            ["arrives later", "arrives later, chinese"],
            with(transfer("transfer"), &json!({"note": "", "arrives": "in_2_hours"})),
        ),
        (
            ["arrives next day", "arrives next day, chinese"],
            with(transfer("transfer"), &json!({"note": "rent", "arrives": "next_day"})),
        ),
        (["own_transfer", "own_transfer, chinese"], own_transfer()),
        (["interbank_transfer", "interbank_transfer, chinese"], interbank_transfer()),
        (["standing_order", "standing_order, chinese"], standing_order("month", 12)),
        (
            ["standing_order without end", "standing_order without end, chinese"],
            standing_order("week", 0),
        ),
        (["standing_order, once", "standing_order, once, chinese"], standing_order("once", 1)),
        (
            ["standing_order_change", "standing_order_change, chinese"],
            with(
                standing_order("year", 2),
                &json!({"kind": "standing_order_change", "order_id": ORDER}),
            ),
        ),
        (
            ["standing_order_skip", "standing_order_skip, chinese"],
            with(
                transfer_of_order("standing_order_skip"),
                &json!({"order_id": ORDER, "date": "2026-05-31"}),
            ),
        ),
        (
            ["standing_order_cancel", "standing_order_cancel, chinese"],
            with(transfer_of_order("standing_order_cancel"), &json!({"order_id": ORDER})),
        ),
        (
            ["cancellation", "cancellation, chinese"],
            with(transfer_of_order("cancellation"), &json!({"payment": ORDER})),
        ),
        (["bill_payment", "bill_payment, chinese"], bill_payment()),
        (["merchant_payment", "merchant_payment, chinese"], merchant_payment("A-20260302-17")),
        (
            ["merchant_payment of a static code", "merchant_payment of a static code, chinese"],
            merchant_payment(""),
        ),
        (
            ["request_payment", "request_payment, chinese"],
            with(transfer("request_payment"), &json!({"request_id": ORDER, "note": "lunch"})),
        ),
        (["code_mandate", "code_mandate, chinese"], code_mandate()),
        (
            ["code_mandate_end", "code_mandate_end, chinese"],
            json!({"kind": "code_mandate_end", "from": {"account": PAYER}}),
        ),
        (
            ["cross_border_transfer", "cross_border_transfer, chinese"],
            cross_border_transfer("EUR", 50_000, "7.8125"),
        ),
        (
            ["cross_border_transfer to yen", "cross_border_transfer to yen, chinese"],
            cross_border_transfer("JPY", 80_000, "0.04882813"),
        ),
    ]
}

const PAYER: &str = "9999000110100100013";
const ORDER: &str = "0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f0";

fn with(mut terms: Value, members: &Value) -> Value {
    if let (Some(terms), Some(members)) = (terms.as_object_mut(), members.as_object()) {
        terms.extend(members.clone());
    }
    terms
}

fn transfer(kind: &str) -> Value {
    with(transfer_of_order(kind), &json!({"from": {"account": PAYER}}))
}

fn transfer_of_order(kind: &str) -> Value {
    json!({
        "kind": kind,
        "to": {"account": "9999000110100200011", "name": "王芳"},
        "amount": cny("88800"),
    })
}

fn own_transfer() -> Value {
    json!({
        "kind": "own_transfer",
        "from": {"account": PAYER},
        "to": {"account": "9999000110100100021"},
        "amount": cny("100000"),
        "note": "",
    })
}

fn interbank_transfer() -> Value {
    with(
        transfer("interbank_transfer"),
        &json!({
            "bank": {"code": "999100000019", "name": "Bank of the Two Rivers"},
            "fee": cny("0"),
            "note": "three crates",
            "arrives": "now",
        }),
    )
}

fn standing_order(every: &str, times: u16) -> Value {
    with(
        transfer("standing_order"),
        &json!({"note": "rent", "schedule": {"every": every, "first": "2026-03-31", "times": times}}),
    )
}

fn bill_payment() -> Value {
    json!({
        "kind": "bill_payment",
        "from": {"account": PAYER},
        "biller": {"biller_id": "water-01", "name": "City Water"},
        "reference": "0042-7788",
        "amount": cny("6230"),
        "note": "",
    })
}

fn merchant_payment(reference: &str) -> Value {
    json!({
        "kind": "merchant_payment",
        "from": {"account": PAYER},
        "merchant": {"account": "9999000110100300019", "name": "Noodle House", "city": "Shanghai"},
        "amount": cny("3850"),
        "reference": reference,
    })
}

fn code_mandate() -> Value {
    json!({
        "kind": "code_mandate",
        "from": {"account": PAYER},
        "per_payment": cny("50000"),
        "per_day": cny("100000"),
        "until": "2027-02-28",
    })
}

fn cross_border_transfer(currency: &str, buy: i64, rate: &str) -> Value {
    json!({
        "kind": "cross_border_transfer",
        "from": {"account": PAYER},
        "to": {"account": "DE89370400440532013000", "name": "Zoé Łuczak", "bic": "COBADEFFXXX", "country": "DE"},
        "quote": {
            "quote_id": "q-1",
            "sell": cny("390625"),
            "buy": {"currency": currency, "minor": buy.to_string()},
            "rate": rate,
            "fee": cny("5000"),
            "charges": "SHA",
            "arrives_by": "2026-03-04",
            "expires": "2026-03-02T04:01:00Z",
        },
        "purpose": "EDUC",
        "uetr": ORDER,
        "note": "first term",
    })
}

fn cny(minor: &str) -> Value {
    json!({"currency": "CNY", "minor": minor})
}
