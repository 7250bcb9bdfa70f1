//! What the FAPI 2.0 Security Profile and its RFCs ask of a bank beyond what other tests show:
//! docs/security/fapi.md names them all.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use guichet_bank::server::{Bank, Options};
use serde_json::Value;

use crate::bank::{TestBank, options};
use crate::phone::{Phone, hidden_page, open, proof_claims, redirect_parameter, sign_in_as};
use crate::phone::{decide, post_form};
use crate::signing::{Key, random_b64, sha256_b64};

const DAY: i64 = 86_400;

#[tokio::test]
async fn a_page_is_good_only_in_the_browser_that_opened_it() {
    let bank = TestBank::start().await;
    let phone = Phone::registered(&bank).await;
    let page = phone.open(&bank, &phone.push(&bank).await.request_uri).await;
    let cookie = page.header("set-cookie").to_owned();
    assert!(cookie.starts_with("__Host-guichet-browser="), "{cookie}");
    for attribute in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
        assert!(cookie.split("; ").any(|found| found == attribute), "{attribute}");
    }

    // Somebody who saw the handle of the page, in a browser that was never here and in one that was.
    let victims = bank.change_browser();
    let stranger = sign_in_as(&bank, &page, 0).await;
    assert_eq!(stranger.status, StatusCode::BAD_REQUEST);
    phone.open(&bank, &phone.push(&bank).await.request_uri).await.must_succeed(200);
    let thiefs = bank.change_browser();
    bank.return_to_browser(thiefs.clone());
    assert_eq!(sign_in_as(&bank, &page, 0).await.status, StatusCode::BAD_REQUEST);

    bank.return_to_browser(victims.clone());
    let consent = sign_in_as(&bank, &page, 0).await;
    consent.must_succeed(200);
    bank.return_to_browser(thiefs);
    let stolen = decide(&bank, &hidden_page(&consent), "allow").await;
    assert_eq!(stolen.status, StatusCode::BAD_REQUEST);
    assert!(stolen.headers.get("location").is_none());

    // None of it took anything from the customer.
    bank.return_to_browser(victims);
    let allowed = decide(&bank, &hidden_page(&consent), "allow").await;
    assert!(redirect_parameter(&allowed, "code").is_some());
}

#[tokio::test]
async fn two_visits_in_one_browser_do_not_disturb_each_other() {
    let bank = TestBank::start().await;
    let phone = Phone::registered(&bank).await;
    let (first, second) = (phone.push(&bank).await, phone.push(&bank).await);
    let first = phone.open(&bank, &first.request_uri).await;
    let second = phone.open(&bank, &second.request_uri).await;
    for page in [first, second] {
        let consent = sign_in_as(&bank, &page, 0).await;
        let allowed = decide(&bank, &hidden_page(&consent), "allow").await;
        assert_eq!(allowed.status, StatusCode::SEE_OTHER);
    }
}

/// A cookie that somebody planted or cut is not a browser the bank knows.
#[tokio::test]
async fn a_cookie_of_another_make_is_replaced() {
    let bank = TestBank::start().await;
    let phone = Phone::registered(&bank).await;
    for planted in ["__Host-guichet-browser=", "__Host-guichet-browser=short", "other=x"] {
        bank.return_to_browser(Some(planted.to_owned()));
        let page = open(&bank, &phone.client_id, &phone.push(&bank).await.request_uri).await;
        assert!(!page.header("set-cookie").starts_with(&format!("{planted};")));
        sign_in_as(&bank, &page, 0).await.must_succeed(200);
    }
}

#[tokio::test]
async fn a_token_in_the_address_or_the_body_is_no_token() {
    let bank = TestBank::start().await;
    let phone = Phone::signed_in(&bank).await;
    let target = format!("/v1/devices?access_token={}", phone.access_token);
    let mut call = phone.call(&bank, Method::GET, &target, &Value::Null);
    call.headers.retain(|(name, _)| *name != "authorization");
    call.send(&bank).await.must_be(401, "invalid_token");
}

#[tokio::test]
async fn an_answer_with_a_nonce_is_kept_by_no_cache() {
    let bank = TestBank::start().await;
    let phone = Phone::signed_in(&bank).await;
    for answer in [
        phone.get(&bank, "/v1/devices").await,
        phone.refresh(&bank, &phone.refresh_token).await,
        phone.refresh(&bank, "nonsense").await,
        bank.get("/v1/devices").await,
        bank.get("/v1/trust/pins").await,
    ] {
        assert_eq!(answer.headers.get_all("dpop-nonce").iter().count(), 1);
        assert_eq!(answer.header("cache-control"), "no-store");
    }
}

#[tokio::test]
async fn a_pushed_request_names_the_key_it_proves() {
    let bank = TestBank::start().await;
    let phone = Phone::registered(&bank).await;
    let (challenge, state) = (sha256_b64(random_b64()), random_b64());
    let (own, other) = (phone.device_key.thumbprint(), Key::draw().thumbprint());
    for (jkt, status) in [(own, 201), (other, 400)] {
        let mut fields = phone.pushed_fields(&challenge, &state);
        fields.push(("dpop_jkt", &jkt));
        let answer = phone.form(&bank, "/oauth/par", &fields).send(&bank).await;
        assert_eq!(answer.status, status, "{}", answer.text());
    }
}

/// FAPI 2.0, section 5.3.2.1, clause 13: ten seconds ahead are accepted, more than sixty are not.
#[tokio::test]
async fn what_is_dated_ahead_is_accepted_for_a_minute_at_most() {
    let bank = TestBank::start().await;
    let phone = Phone::signed_in(&bank).await;
    let fields = [("grant_type", "refresh_token"), ("refresh_token", phone.refresh_token.as_str())];
    for claim in ["iat", "nbf"] {
        for (ahead, good) in [(10, true), (60, true), (61, false)] {
            let mut proof = proof_claims(&bank, "POST", "/oauth/token");
            proof[claim] = (bank.now() + ahead).into();
            let mut call = phone.form(&bank, "/oauth/token", &fields);
            call.set("dpop", phone.proof(&proof));
            assert_eq!(call.send(&bank).await.status == 200, good, "proof, {claim} + {ahead}");

            let mut assertion = phone.assertion_claims(&bank);
            assertion[claim] = (bank.now() + ahead).into();
            assertion["exp"] = (bank.now() + ahead.min(60) + i64::from(claim == "iat")).into();
            let assertion = phone.assertion(&assertion);
            let mut call = phone.form(&bank, "/oauth/token", &fields);
            let body = url::form_urlencoded::parse(&call.body).into_owned().map(|(name, value)| {
                let value = if name == "client_assertion" { assertion.clone() } else { value };
                (name, value)
            });
            call.body = url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs(body.collect::<Vec<_>>())
                .finish()
                .into_bytes();
            assert_eq!(call.send(&bank).await.status == 200, good, "assertion, {claim} + {ahead}");
        }
    }
}

#[tokio::test]
async fn an_oauth_endpoint_refuses_other_methods() {
    let bank = TestBank::start().await;
    for path in ["/oauth/par", "/oauth/token", "/oauth/revoke", "/oauth/register"] {
        let answer = bank.get(path).await;
        answer.must_be(405, "invalid_request");
        assert_eq!(answer.header("allow"), "POST", "{path}");
    }
}

#[tokio::test]
async fn no_other_origin_may_ask_by_script() {
    let bank = TestBank::start().await;
    for path in ["/oauth/authorize", "/oauth/token", "/v1/devices"] {
        let preflight = Request::options(path)
            .header("origin", "https://thief.example")
            .header("access-control-request-method", "POST")
            .body(Body::empty())
            .unwrap();
        let answer = bank.send(preflight).await;
        assert!(!answer.status.is_success(), "{path}");
        assert!(answer.headers.keys().all(|name| !name.as_str().starts_with("access-control-")));
    }
}

#[tokio::test]
async fn browsers_are_told_to_use_tls_only_unless_the_host_is_everybodys() {
    let local = TestBank::start().await;
    assert!(local.get("/oauth/authorize").await.headers.get("strict-transport-security").is_none());

    let folder = local.folder_as_it_is();
    let origin = Some("https://bank.example".to_owned());
    let options = Options { origin, ..options(folder.path(), &local.clock) };
    let public = Bank::start(options).await.unwrap();
    let request = Request::get("/oauth/authorize").body(Body::empty()).unwrap();
    let answer = tower::ServiceExt::oneshot(public.bank.clone().router(), request).await.unwrap();
    let policy = answer.headers()["strict-transport-security"].to_str().unwrap();
    assert!(policy.starts_with("max-age=") && policy.contains("preload"), "{policy}");
}

#[tokio::test]
async fn a_refresh_token_that_nobody_used_for_ninety_days_has_ended() {
    let bank = TestBank::start().await;
    let phone = Phone::signed_in(&bank).await;
    bank.wait_seconds(90 * DAY);
    phone.refresh(&bank, &phone.refresh_token).await.must_succeed(200);
    bank.wait_seconds(90 * DAY + 1);
    phone.refresh(&bank, &phone.refresh_token).await.must_be(400, "invalid_grant");
}

#[tokio::test]
async fn a_redirect_uri_over_plain_http_is_refused_at_the_start() {
    let redirect_uri = "http://app.guichet.example/callback".to_owned();
    let refused = Bank::start(Options { redirect_uri, ..Options::default() }).await.err().unwrap();
    assert!(refused.to_string().starts_with("http://app.guichet.example/callback cannot be"));
}

/// A form of another site that posts to the bank, even with the right handle, comes without the cookie.
#[tokio::test]
async fn a_form_without_the_cookie_changes_nothing() {
    let bank = TestBank::start().await;
    let phone = Phone::registered(&bank).await;
    let page = phone.open(&bank, &phone.push(&bank).await.request_uri).await;
    let cookie = bank.change_browser();
    let handle = hidden_page(&page);
    let person = &bank.running.announcement.customers[0];
    let fields =
        [("page", handle.as_str()), ("username", person.username), ("password", person.password)];
    assert_eq!(post_form(&bank, "/oauth/sign-in", &fields).await.status, StatusCode::BAD_REQUEST);
    bank.return_to_browser(cookie);
    sign_in_as(&bank, &page, 0).await.must_succeed(200);
}
