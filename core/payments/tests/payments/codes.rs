//! The payment codes of `docs/protocol/vectors.json`, made by the bank's side.

use guichet_foundation::institution::BankCode;
use guichet_foundation::money::Money;
use guichet_foundation::text::City;
use guichet_payments::qr::{CustomerCode, Detail, MerchantCode};
use serde_json::{Value, json};

fn vectors() -> Value {
    serde_json::from_str(include_str!("../../../../docs/protocol/vectors.json")).unwrap()
}

fn list(of: &str) -> Vec<Value> {
    let all = vectors()["codes"][of].as_array().unwrap().clone();
    assert!(!all.is_empty());
    all
}

fn detail(detail: Option<&Detail>) -> Value {
    let asked = json!("***");
    detail.map_or(Value::Null, |it| it.given().map_or(asked, |label| json!(label.expose())))
}

#[test]
fn merchants_codes_say_the_same_on_both_sides() {
    for vector in list("merchant") {
        let text = vector["text"].as_str().unwrap();
        let code = MerchantCode::parse(text).unwrap();
        let says = code.content();
        assert_eq!(code.encode(), text, "{vector}");
        assert_eq!(json!(says.is_dynamic), vector["dynamic"]);
        assert_eq!(json!(says.account.expose()), vector["account"]);
        assert_eq!(json!(says.bank.as_ref().map(BankCode::as_str)), vector["bank_code"]);
        assert_eq!(json!(says.name.expose()), vector["merchant_name"]);
        assert_eq!(json!(says.city.expose()), vector["city"]);
        assert_eq!(json!(says.country.as_str()), vector["country"]);
        assert_eq!(json!(says.category.to_string()), vector["category"]);
        assert_eq!(json!(says.currency.code()), vector["currency"]);
        let amount: Option<Money> = serde_json::from_value(vector["amount"].clone()).unwrap();
        assert_eq!(says.amount, amount);
        assert_eq!(json!(says.asks_for_tip), vector["asks_for_tip"]);
        let local = says.local.as_ref().map(|local| {
            let city = local.city.as_ref().map(City::expose);
            json!([local.language.code(), local.name.expose(), city])
        });
        assert_eq!(json!(local), vector["local"]);
        assert_eq!(detail(says.details.bill_number.as_ref()), vector["details"]["01"]);
        assert_eq!(detail(says.details.reference.as_ref()), vector["details"]["05"]);
        assert_eq!(detail(says.details.terminal.as_ref()), vector["details"]["07"]);
    }
}

#[test]
fn customers_codes_say_the_same_on_both_sides() {
    for vector in list("customer") {
        let text = vector["text"].as_str().unwrap();
        let code = CustomerCode::parse(text).unwrap();
        assert_eq!(code.encode(), text);
        assert_eq!(json!(code.mandate.to_string()), vector["mandate_id"]);
        assert_eq!(json!(code.step), vector["step"]);
        assert_eq!(json!(code.counter), vector["counter"]);
        let cryptogram = u64::from_be_bytes(code.cryptogram);
        assert_eq!(json!(format!("{cryptogram:016x}")), vector["cryptogram_hex"]);
    }
}

#[test]
fn what_is_no_merchants_code_is_refused() {
    for vector in list("refused") {
        let text = vector["text"].as_str().unwrap();
        assert!(MerchantCode::parse(text).is_err(), "{}", vector["why"]);
    }
}
