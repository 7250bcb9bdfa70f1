//! Section 3.7: codes, tokens, refreshing, revoking.

use std::fs;

use serde_json::json;

use crate::bank::TestBank;
use crate::phone::{Phone, REDIRECT_URI, proof_claims};
use crate::signing::random_b64;

#[tokio::test]
async fn a_whole_sign_in_gives_tokens_that_work() {
    let bank = TestBank::start().await;
    let phone = Phone::registered(&bank).await;
    let pushed = phone.push(&bank).await;
    let code = phone.allow(&bank, &pushed, 0).await;
    let answer = phone.exchange(&bank, &code, &pushed.verifier).await;
    answer.must_succeed(200);
    assert_eq!(answer.json()["token_type"], "DPoP");
    assert_eq!(answer.json()["expires_in"], 300);
    assert_eq!(answer.json()["scope"], "banking");
    assert_eq!(answer.header("cache-control"), "no-store");

    let mut phone = phone;
    phone.keep_tokens(&answer);
    phone.get(&bank, "/v1/devices").await.must_succeed(200);
}

#[tokio::test]
async fn a_code_used_twice_ends_the_tokens_of_its_first_use() {
    let bank = TestBank::start().await;
    let mut phone = Phone::registered(&bank).await;
    let pushed = phone.push(&bank).await;
    let code = phone.allow(&bank, &pushed, 0).await;
    phone.keep_tokens(&phone.exchange(&bank, &code, &pushed.verifier).await);
    phone.get(&bank, "/v1/devices").await.must_succeed(200);

    phone.exchange(&bank, &code, &pushed.verifier).await.must_be(400, "invalid_grant");
    phone.get(&bank, "/v1/devices").await.must_be(401, "invalid_token");
    phone.refresh(&bank, &phone.refresh_token).await.must_be(400, "invalid_grant");
}

#[tokio::test]
async fn a_code_needs_its_verifier() {
    let bank = TestBank::start().await;
    let phone = Phone::registered(&bank).await;
    let pushed = phone.push(&bank).await;
    let code = phone.allow(&bank, &pushed, 0).await;
    for verifier in [random_b64(), "short".to_owned(), format!("{}=", pushed.verifier)] {
        phone.exchange(&bank, &code, &verifier).await.must_be(400, "invalid_grant");
    }
    phone.exchange(&bank, &code, &pushed.verifier).await.must_succeed(200);
}

#[tokio::test]
async fn a_code_lives_sixty_seconds() {
    let bank = TestBank::start().await;
    let phone = Phone::registered(&bank).await;
    let (early, late) = (phone.push(&bank).await, phone.push(&bank).await);
    let early_code = phone.allow(&bank, &early, 0).await;
    let late_code = phone.allow(&bank, &late, 0).await;
    bank.wait_seconds(60);
    phone.exchange(&bank, &early_code, &early.verifier).await.must_succeed(200);
    bank.wait_seconds(1);
    phone.exchange(&bank, &late_code, &late.verifier).await.must_be(400, "invalid_grant");
}

#[tokio::test]
async fn a_stolen_code_is_worthless_and_stays_good_for_its_owner() {
    let bank = TestBank::start().await;
    let phone = Phone::registered(&bank).await;
    let thief = Phone::registered(&bank).await;
    let pushed = phone.push(&bank).await;
    let code = phone.allow(&bank, &pushed, 0).await;
    thief.exchange(&bank, &code, &pushed.verifier).await.must_be(400, "invalid_grant");
    phone.exchange(&bank, &code, &pushed.verifier).await.must_succeed(200);
}

#[tokio::test]
async fn a_code_needs_the_redirect_uri_it_was_sent_to() {
    let bank = TestBank::start().await;
    let phone = Phone::registered(&bank).await;
    let pushed = phone.push(&bank).await;
    let code = phone.allow(&bank, &pushed, 0).await;
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", "https://evil.example/"),
        ("code_verifier", pushed.verifier.as_str()),
    ];
    let answer = phone.form(&bank, "/oauth/token", &fields).send(&bank).await;
    answer.must_be(400, "invalid_grant");
}

#[tokio::test]
async fn a_kept_refresh_token_is_repeated() {
    let bank = TestBank::start().await;
    let mut phone = Phone::signed_in(&bank).await;
    let before = phone.refresh_token.clone();
    for _ in 0..3 {
        let answer = phone.refresh(&bank, &before).await;
        answer.must_succeed(200);
        phone.keep_tokens(&answer);
        assert_eq!(phone.refresh_token, before);
        bank.wait_seconds(3_600);
        phone.get(&bank, "/v1/devices").await.must_be(401, "invalid_token");
    }
}

#[tokio::test]
async fn a_rotated_refresh_token_works_again_until_its_answer_has_been_used() {
    let bank = TestBank::start().await;
    bank.switch(json!({ "rotate_refresh_tokens": true })).await;
    let mut phone = Phone::signed_in(&bank).await;
    let first = phone.refresh_token.clone();
    phone.refresh(&bank, &first).await.must_succeed(200);

    // That answer was lost. The same token again, within 60 seconds.
    bank.wait_seconds(60);
    let answer = phone.refresh(&bank, &first).await;
    answer.must_succeed(200);
    phone.keep_tokens(&answer);
    let second = phone.refresh_token.clone();
    assert_ne!(second, first);
    phone.keep_tokens(&phone.refresh(&bank, &second).await);

    // Now that the second has been used, the first can only be a copy: the family ends.
    phone.get(&bank, "/v1/devices").await.must_succeed(200);
    phone.refresh(&bank, &first).await.must_be(400, "invalid_grant");
    phone.get(&bank, "/v1/devices").await.must_be(401, "invalid_token");
    phone.refresh(&bank, &phone.refresh_token).await.must_be(400, "invalid_grant");
}

#[tokio::test]
async fn a_rotated_refresh_token_that_comes_too_late_ends_the_family() {
    let bank = TestBank::start().await;
    bank.switch(json!({ "rotate_refresh_tokens": true })).await;
    let mut phone = Phone::signed_in(&bank).await;
    let first = phone.refresh_token.clone();
    phone.keep_tokens(&phone.refresh(&bank, &first).await);
    bank.wait_seconds(61);
    phone.refresh(&bank, &first).await.must_be(400, "invalid_grant");
    phone.refresh(&bank, &phone.refresh_token).await.must_be(400, "invalid_grant");
    phone.get(&bank, "/v1/devices").await.must_be(401, "invalid_token");
}

#[tokio::test]
async fn the_twin_of_a_used_refresh_token_ends_the_family() {
    let bank = TestBank::start().await;
    bank.switch(json!({ "rotate_refresh_tokens": true })).await;
    let phone = Phone::signed_in(&bank).await;
    let twin = phone.refresh(&bank, &phone.refresh_token).await.json();
    let used = phone.refresh(&bank, &phone.refresh_token).await.json();
    let used = phone.refresh(&bank, used["refresh_token"].as_str().unwrap()).await;
    used.must_succeed(200);
    let twin = phone.refresh(&bank, twin["refresh_token"].as_str().unwrap()).await;
    twin.must_be(400, "invalid_grant");
    let after = used.json()["refresh_token"].as_str().unwrap().to_owned();
    phone.refresh(&bank, &after).await.must_be(400, "invalid_grant");
}

#[tokio::test]
async fn a_stolen_refresh_token_without_the_device_key_is_refused_and_does_no_harm() {
    let bank = TestBank::start().await;
    let phone = Phone::signed_in(&bank).await;
    let thief = Phone::signed_in(&bank).await;
    // As another client.
    thief.refresh(&bank, &phone.refresh_token).await.must_be(400, "invalid_grant");
    // As this client, but with another key for assertion or proof.
    let fields = [("grant_type", "refresh_token"), ("refresh_token", phone.refresh_token.as_str())];
    let mut call = phone.form(&bank, "/oauth/token", &fields);
    call.set("dpop", thief.proof(&proof_claims(&bank, "POST", "/oauth/token")));
    call.send(&bank).await.must_be(400, "invalid_dpop_proof");

    phone.get(&bank, "/v1/devices").await.must_succeed(200);
    phone.refresh(&bank, &phone.refresh_token).await.must_succeed(200);
}

#[tokio::test]
async fn revoking_either_token_ends_the_session() {
    let bank = TestBank::start().await;
    for which in ["access", "refresh"] {
        let phone = Phone::signed_in(&bank).await;
        let token = if which == "access" { &phone.access_token } else { &phone.refresh_token };
        let answer =
            phone.form(&bank, "/oauth/revoke", &[("token", token.as_str())]).send(&bank).await;
        assert_eq!(answer.status, 200);
        phone.get(&bank, "/v1/devices").await.must_be(401, "invalid_token");
        phone.refresh(&bank, &phone.refresh_token).await.must_be(400, "invalid_grant");
    }
}

#[tokio::test]
async fn revoking_says_nothing_and_touches_nobody_else() {
    let bank = TestBank::start().await;
    let phone = Phone::signed_in(&bank).await;
    let thief = Phone::signed_in(&bank).await;
    for token in [phone.refresh_token.as_str(), "nonsense"] {
        let answer = thief.form(&bank, "/oauth/revoke", &[("token", token)]).send(&bank).await;
        assert_eq!((answer.status.as_u16(), answer.body.len()), (200, 0));
    }
    phone.get(&bank, "/v1/devices").await.must_succeed(200);
}

#[tokio::test]
async fn other_grant_types_are_refused() {
    let bank = TestBank::start().await;
    let phone = Phone::registered(&bank).await;
    for (grant_type, error) in
        [("password", "unsupported_grant_type"), ("client_credentials", "unsupported_grant_type")]
    {
        let call = phone.form(&bank, "/oauth/token", &[("grant_type", grant_type)]);
        call.send(&bank).await.must_be(400, error);
    }
    let call = phone.form(&bank, "/oauth/token", &[("redirect_uri", REDIRECT_URI)]);
    call.send(&bank).await.must_be(400, "invalid_request");
}

#[tokio::test]
async fn a_session_outlives_a_kill_of_the_bank() {
    let bank = TestBank::start().await;
    let mut phone = Phone::enrolled(&bank).await;
    let restarted = TestBank::start_in(bank.folder_as_it_is()).await;
    phone.get(&restarted, "/v1/devices").await.must_succeed(200);
    phone.keep_tokens(&phone.refresh(&restarted, &phone.refresh_token).await);
    phone.get(&restarted, "/v1/devices").await.must_succeed(200);
}

#[tokio::test]
async fn invariant_07_silent_nothing_that_was_issued_can_be_read_from_the_files() {
    let bank = TestBank::start().await;
    let phone = Phone::registered(&bank).await;
    let pushed = phone.push(&bank).await;
    let code = phone.allow(&bank, &pushed, 0).await;
    let tokens = phone.exchange(&bank, &code, &pushed.verifier).await.json();

    let mut files = Vec::new();
    for name in ["bank.sqlite", "bank.sqlite-wal"] {
        files.extend(fs::read(bank.folder.path().join(name)).unwrap());
    }
    let holds = |text: &str| files.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds(&phone.client_id), "the search itself works");
    for issued in [
        tokens["access_token"].as_str().unwrap(),
        tokens["refresh_token"].as_str().unwrap(),
        &code,
        pushed.request_uri.rsplit(':').next().unwrap(),
        bank.running.announcement.customers[0].password,
    ] {
        assert!(!holds(issued));
    }
}
