//! Section 12: the control surface and its switches.

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};

use crate::bank::TestBank;
use crate::phone::Phone;
use crate::signing::open_jws;

#[tokio::test]
async fn every_control_call_needs_the_control_token() {
    let bank = TestBank::start().await;
    let registration = &bank.running.announcement.registration_token;
    for (method, path) in [
        ("GET", "/sandbox/switches"),
        ("PUT", "/sandbox/switches"),
        ("GET", "/sandbox/devices?username=x"),
        ("POST", "/sandbox/devices/x/revoke"),
        ("POST", "/sandbox/pins/rotate"),
        ("POST", "/sandbox/pins/switch"),
        ("POST", "/sandbox/tokens/expire"),
        ("GET", "/sandbox/audit"),
        ("GET", "/sandbox/counters"),
    ] {
        for token in [None, Some(registration.as_str()), Some("")] {
            let mut request = Request::builder().method(method).uri(path);
            if let Some(token) = token {
                request = request.header("authorization", format!("Bearer {token}"));
            }
            let answer = bank.send(request.body(Body::from("{}")).unwrap()).await;
            answer.must_be(401, "invalid_token");
        }
    }
}

#[tokio::test]
async fn switches_are_off_until_set_and_set_one_by_one() {
    let bank = TestBank::start().await;
    let off = json!({
        "delay_ms": 0, "lose_response": null, "fail": null, "garble": null, "clock_offset_s": 0,
        "wrong_receipt_signature": false, "expired_pins": false, "rotate_refresh_tokens": false,
        "step_up": null,
    });
    assert_eq!(bank.control(Method::GET, "/sandbox/switches", Value::Null).await.json(), off);
    let loss = json!({ "path": "/v1/intents", "times": 2 });
    bank.switch(json!({ "lose_response": loss })).await;
    bank.switch(json!({ "expired_pins": true })).await;
    let on = bank.control(Method::GET, "/sandbox/switches", Value::Null).await.json();
    assert_eq!((&on["lose_response"], &on["expired_pins"]), (&loss, &json!(true)));
    bank.switch(json!({ "delay_ms": null, "lose_response": null, "expired_pins": null })).await;
    assert_eq!(bank.control(Method::GET, "/sandbox/switches", Value::Null).await.json(), off);
}

#[tokio::test]
async fn a_switch_that_does_not_exist_is_refused() {
    let bank = TestBank::start().await;
    for wrong in [
        json!({ "delay": 1 }),
        json!({ "delay_ms": 60_001 }),
        json!({ "delay_ms": "1" }),
        json!({ "fail": { "path": "/", "status": 200, "times": 1 } }),
        json!({ "garble": { "path": "/", "how": "badly", "times": 1 } }),
        json!({ "step_up": { "path": "/", "times": 1, "acr_values": "a b", "max_age": 1 } }),
        json!([]),
    ] {
        let answer = bank.control(Method::PUT, "/sandbox/switches", wrong).await;
        answer.must_be(400, "invalid_request");
    }
}

#[tokio::test]
async fn a_failure_is_counted_down_and_nothing_is_carried_out() {
    let bank = TestBank::start().await;
    let phone = Phone::signed_in(&bank).await;
    let fail = json!({ "path": "/v1/challenges", "status": 503, "times": 2, "retry_after_s": 7 });
    bank.switch(json!({ "fail": fail })).await;
    let call = || phone.call(&bank, Method::POST, "/v1/challenges", &json!({ "purpose": "enrol" }));
    phone.get(&bank, "/v1/devices").await.must_succeed(200);
    for _ in 0..2 {
        let answer = call().send(&bank).await;
        answer.must_be(503, "unavailable");
        assert_eq!(answer.header("retry-after"), "7");
    }
    call().send(&bank).await.must_succeed(201);
    let switches = bank.control(Method::GET, "/sandbox/switches", Value::Null).await.json();
    assert_eq!(switches["fail"], Value::Null);
}

#[tokio::test]
async fn a_switch_can_be_aimed_at_a_method() {
    let bank = TestBank::start().await;
    let phone = Phone::signed_in(&bank).await;
    let fail = json!({ "path": "/v1/devices", "method": "POST", "status": 500, "times": 1 });
    bank.switch(json!({ "fail": fail })).await;
    phone.get(&bank, "/v1/devices").await.must_succeed(200);
    phone.post(&bank, "/v1/devices", &json!({})).await.must_be(500, "unavailable");
}

#[tokio::test]
async fn answers_are_spoilt_as_asked() {
    let bank = TestBank::start().await;
    let phone = Phone::enrolled(&bank).await;
    let honest = phone.get(&bank, "/v1/sync?limit=3").await;
    for how in ["garbage", "truncate", "huge", "wrong_types", "unknown_enum", "unknown_closed_enum"]
    {
        bank.switch(json!({ "garble": { "path": "/v1/sync", "how": how, "times": 1 } })).await;
        let spoilt = phone.get(&bank, "/v1/sync?limit=3").await;
        assert_eq!(spoilt.status, 200, "{how}");
        let json = serde_json::from_slice::<Value>(&spoilt.body);
        match how {
            "garbage" => assert!(str::from_utf8(&spoilt.body).is_err()),
            "truncate" => assert_eq!(spoilt.body, honest.body.slice(..honest.body.len() / 2)),
            "huge" => assert_eq!(spoilt.body.len(), 100 * 1024 * 1024 + 11),
            "wrong_types" => assert_eq!(json.unwrap()["accounts"][0]["number"], 7),
            "unknown_enum" => {
                let json = json.unwrap();
                assert_eq!(json["accounts"][0]["kind"], "unheard_of");
                assert_eq!(
                    json["transactions"][0]["status"],
                    honest.json()["transactions"][0]["status"]
                );
            }
            _ => assert_eq!(json.unwrap()["transactions"][0]["status"], "unheard_of"),
        }
        assert_eq!(phone.get(&bank, "/v1/sync?limit=3").await.status, 200);
    }
}

#[tokio::test]
async fn refusals_are_not_spoilt_and_do_not_count() {
    let bank = TestBank::start().await;
    let phone = Phone::enrolled(&bank).await;
    bank.switch(json!({ "garble": { "path": "/v1/sync", "how": "garbage", "times": 1 } })).await;
    bank.get("/v1/sync").await.must_be(401, "invalid_dpop_proof");
    let spoilt = phone.get(&bank, "/v1/sync").await;
    assert!(str::from_utf8(&spoilt.body).is_err());
}

#[tokio::test]
async fn the_banks_clock_and_its_date_go_wrong_together() {
    let bank = TestBank::start().await;
    let phone = Phone::signed_in(&bank).await;
    assert_eq!(bank.get("/").await.header("date"), "Mon, 02 Mar 2026 08:00:00 GMT");
    let stale = phone.call(&bank, Method::GET, "/v1/devices", &Value::Null);
    bank.switch(json!({ "clock_offset_s": 3_600 })).await;
    assert_eq!(bank.get("/").await.header("date"), "Mon, 02 Mar 2026 09:00:00 GMT");
    stale.send(&bank).await.must_be(401, "use_dpop_nonce");
    bank.switch(json!({ "clock_offset_s": -3_600 })).await;
    assert_eq!(bank.get("/").await.header("date"), "Mon, 02 Mar 2026 07:00:00 GMT");
}

#[tokio::test]
async fn a_wrong_receipt_signature_spoils_what_leaves_and_not_what_is_kept() {
    let bank = TestBank::start().await;
    let phone = Phone::enrolled(&bank).await;
    let path = format!("/sandbox/devices/{}/revoke", phone.device_id);
    bank.control(Method::POST, &path, Value::Null).await;
    let anchor = serde_json::to_value(&bank.running.announcement.trust_anchor).unwrap();
    let keys = bank.get("/v1/trust/receipt-keys").await;
    let (_, keys) = open_jws(keys.text(), &anchor).expect("trust documents are not spoilt");
    for (spoilt, verifies) in [(true, false), (false, true)] {
        bank.switch(json!({ "wrong_receipt_signature": spoilt })).await;
        let answer = phone.get(&bank, "/v1/devices").await.json();
        let notice = answer["revocation"].as_str().unwrap();
        assert_eq!(notice.split('.').count(), 3);
        assert_eq!(open_jws(notice, &keys["keys"][0]).is_some(), verifies);
    }
}

#[tokio::test]
async fn access_tokens_can_be_ended_and_refresh_tokens_stay() {
    let bank = TestBank::start().await;
    let mut phone = Phone::signed_in(&bank).await;
    let ended = bank.control(Method::POST, "/sandbox/tokens/expire", Value::Null).await.json();
    assert_eq!(ended["ended"], 1);
    phone.get(&bank, "/v1/devices").await.must_be(401, "invalid_token");
    phone.keep_tokens(&phone.refresh(&bank, &phone.refresh_token).await);
    phone.get(&bank, "/v1/devices").await.must_succeed(200);
}

#[tokio::test]
async fn staff_sees_a_customers_devices_revoked_ones_too() {
    let bank = TestBank::start().await;
    let phone = Phone::enrolled(&bank).await;
    let other = Phone::enrolled(&bank).await;
    let path = format!("/sandbox/devices/{}/revoke", phone.device_id);
    assert_eq!(bank.control(Method::POST, &path, Value::Null).await.status, 204);
    let username = bank.running.announcement.customers[0].username;
    let path = format!("/sandbox/devices?username={username}");
    let listed = bank.control(Method::GET, &path, Value::Null).await.json();
    let revoked = |id: &str| {
        let devices = listed["devices"].as_array().unwrap();
        devices.iter().find(|device| device["device_id"] == id).unwrap().get("revoked_at").is_some()
    };
    assert!(revoked(&phone.device_id));
    assert!(!revoked(&other.device_id));
    let unknown = bank.control(Method::GET, "/sandbox/devices?username=no", Value::Null).await;
    unknown.must_be(404, "not_found");
    let unknown = bank.control(Method::POST, "/sandbox/devices/no/revoke", Value::Null).await;
    unknown.must_be(404, "device_unknown");
}

#[tokio::test]
async fn requests_are_counted_by_route() {
    let bank = TestBank::start().await;
    let phone = Phone::enrolled(&bank).await;
    for id in ["a", "b"] {
        phone.get(&bank, &format!("/v1/intents/{id}")).await;
    }
    bank.get("/nonsense").await.must_be(404, "not_found");
    let counters = bank.control(Method::GET, "/sandbox/counters", Value::Null).await.json();
    assert_eq!(counters["requests"]["POST /v1/devices"], 1);
    assert_eq!(counters["requests"]["GET /v1/intents/{id}"], 2);
    assert_eq!(counters["requests"]["GET unknown"], 1);
    assert!(counters["requests"].get("GET /sandbox/counters").is_none());
}

#[tokio::test]
async fn the_invented_books_are_conserved() {
    let bank = TestBank::start().await;
    let audit = bank.control(Method::GET, "/sandbox/audit", Value::Null).await.json();
    assert_eq!(audit["conserved"], true);
    assert!(audit["entries"].as_u64().unwrap() > 1_000);
}
