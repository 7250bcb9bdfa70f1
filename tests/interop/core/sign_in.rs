use guichet_foundation::locale::Locale;
use guichet_foundation::ports::DeviceSigner as _;
use guichet_foundation::ports::fakes::FakeEntropy;
use guichet_session::{BankCalls as _, Call, CallFailure, SignInRefusal, Standing};
use guichet_wire::client_assertion;
use serde_json::json;
use url::Url;

use crate::support::{
    Server, TestPhone, form_member, proof_by_a_stranger, set_form_member, sign_in,
};

const PAR: &str = "/request";
const TOKEN: &str = "/token";

#[tokio::test]
async fn a_customer_signs_in_on_the_servers_own_pages() {
    let server = Server::start().await;
    let phone = TestPhone::for_bank(&server);
    let session = phone.signed_in(&server).await;
    assert_eq!(session.standing(), Standing::SignedIn);
    let reply = session.call(Call::get("/v1/accounts")).await.unwrap();
    let reply: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(reply["sub"], "liming");
    assert_eq!(reply["client_id"], phone.client_id());
}

/// One refused request teaches the authorization server's nonce, the trust documents bring the resource's; nothing else is asked twice.
#[tokio::test]
async fn a_sign_in_takes_no_request_more_than_the_profile_needs() {
    let server = Server::start().await;
    let session = TestPhone::for_bank(&server).signed_in(&server).await;
    for (route, times) in [
        ("GET /.well-known/oauth-authorization-server", 1),
        ("POST /reg", 1),
        ("POST /request", 2),
        ("POST /token", 1),
    ] {
        assert_eq!(server.count(route).await, times, "{route}");
    }
    for calls in 1..=2 {
        session.call(Call::get("/v1/accounts")).await.unwrap();
        assert_eq!(server.count("GET /v1/accounts").await, calls);
    }
}

#[tokio::test]
async fn a_second_sign_in_uses_the_same_client() {
    let server = Server::start().await;
    let phone = TestPhone::for_bank(&server);
    let session = phone.signed_in(&server).await;
    let first = phone.client_id();
    sign_in(&session, &server).await.unwrap();
    assert_eq!((phone.client_id(), server.count("POST /reg").await), (first, 1));
}

/// The server's own clock is the measure: what a phone signs must be of its time, and the phone's certificate check too.
#[tokio::test]
async fn a_phone_whose_clock_is_hours_off_signs_in() {
    for seconds in [-3 * 3600, 3 * 3600] {
        let server = Server::start().await;
        let phone = TestPhone::for_bank(&server);
        phone.clock.set_wrong_by(seconds);
        let session = phone.signed_in(&server).await;
        assert_eq!(session.call(Call::get("/v1/accounts")).await.unwrap().status, 200);
    }
}

#[tokio::test]
async fn a_customer_who_says_no_is_not_signed_in() {
    let server = Server::start().await;
    let session = TestPhone::for_bank(&server).open();
    let url = session.begin_sign_in(Locale::En).await.unwrap();
    let no = server.denied(&url).await;
    assert!(no.contains("error=access_denied"), "{no}");
    assert_eq!(session.finish_sign_in(&no).await, Err(SignInRefusal::Denied));
    assert_eq!(server.count("POST /token").await, 0);
    sign_in(&session, &server).await.unwrap();
}

/// Another error than a no: the pages end without asking anybody anything.
#[tokio::test]
async fn pages_that_end_in_an_error_are_told_apart_from_a_no() {
    let server = Server::start().await;
    let phone = TestPhone::for_bank(&server);
    let session = phone.open();
    phone.taps.alter(PAR, 2, |request| request.body.extend_from_slice(b"&prompt=none"));
    let url = session.begin_sign_in(Locale::En).await.unwrap();
    let failed = server.allowed(&url).await;
    assert!(failed.contains("error=login_required"), "{failed}");
    assert_eq!(session.finish_sign_in(&failed).await, Err(SignInRefusal::Failed));
    sign_in(&session, &server).await.unwrap();
}

/// A server of the profile takes no less than S256, and the phone is told so before anybody opens a browser.
#[tokio::test]
async fn a_pushed_request_that_was_weakened_on_the_way_is_refused() {
    let server = Server::start().await;
    let phone = TestPhone::for_bank(&server);
    let session = phone.open();
    let weakened = [
        ("code_challenge_method", "plain"),
        ("code_challenge", ""),
        ("redirect_uri", "https://thief.example/"),
    ];
    for (member, value) in weakened {
        phone.taps.alter(PAR, 2, move |request| set_form_member(request, member, value));
        let refused = session.begin_sign_in(Locale::En).await;
        assert_eq!(refused.err(), Some(SignInRefusal::RefusedByBank), "{member}");
        phone.taps.remove_all();
    }
    sign_in(&session, &server).await.unwrap();
}

/// RFC 8414 section 3.3: the server at the address the app was built with says it is another one.
#[tokio::test]
async fn metadata_of_another_issuer_is_refused() {
    let server = Server::start().await;
    let mut profile = server.profile();
    profile.issuer = profile.issuer.replace("localhost", "127.0.0.1");
    let order = json!({"do": "pin_set", "version": 1, "issuer": profile.issuer});
    profile.first_pin_set = server.order(order).await.as_str().unwrap().to_owned();
    let order = json!({"do": "publish_pins", "version": 1, "issuer": profile.issuer});
    server.order(order).await;
    let refused = TestPhone::with(profile).open().begin_sign_in(Locale::En).await;
    assert_eq!(refused.err(), Some(SignInRefusal::OtherIssuer));
    assert_eq!(server.count("POST /reg").await, 0);
}

/// RFC 9207: a mix-up. The answer of one server is handed to the app as if it were another's.
#[tokio::test]
async fn an_answer_of_another_issuer_or_to_another_request_is_refused() {
    let (server, other) = (Server::start().await, Server::start().await);
    let session = TestPhone::for_bank(&server).open();
    let earlier = session.begin_sign_in(Locale::En).await.unwrap();
    let earlier = server.allowed(&earlier).await;
    let url = session.begin_sign_in(Locale::En).await.unwrap();
    let good = server.allowed(&url).await;
    let (own, foreign) = (server.profile().issuer, other.profile().issuer);
    let encoded = |issuer: &str| issuer.replace(':', "%3A").replace('/', "%2F");
    let mixed_up = good.replace(&encoded(&own), &encoded(&foreign));
    assert_ne!(mixed_up, good);
    for forged in [mixed_up, good.replace("&iss=", "&was="), earlier] {
        assert_eq!(session.finish_sign_in(&forged).await, Err(SignInRefusal::NotOurs), "{forged}");
    }
    assert_eq!(server.count("POST /token").await, 0);
    assert_eq!(session.finish_sign_in(&good).await, Ok(()));
}

#[tokio::test]
async fn a_pushed_request_is_opened_once_and_in_time() {
    let server = Server::start().await;
    let session = TestPhone::for_bank(&server).open();
    let url = session.begin_sign_in(Locale::En).await.unwrap();
    server.allowed(&url).await;
    assert_eq!(server.dead_end(&url).await, 400, "used");
    let url = session.begin_sign_in(Locale::En).await.unwrap();
    server.move_clock(61).await;
    assert_eq!(server.dead_end(&url).await, 400, "expired");
    sign_in(&session, &server).await.unwrap();
}

/// What the browser is given holds nothing that could be changed on the way: the request is at the server.
#[tokio::test]
async fn a_request_that_was_not_pushed_is_not_opened() {
    let server = Server::start().await;
    let phone = TestPhone::for_bank(&server);
    let mut url = phone.open().begin_sign_in(Locale::En).await.unwrap();
    url.query_pairs_mut().clear().extend_pairs([
        ("client_id", phone.client_id().as_str()),
        ("response_type", "code"),
        ("redirect_uri", &phone.profile.redirect_uri),
        ("scope", "banking"),
        ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
        ("code_challenge_method", "S256"),
    ]);
    let answer = server.order(json!({"do": "visit", "url": url.as_str()})).await;
    let redirect = Url::parse(answer["redirect"].as_str().unwrap()).unwrap();
    assert!(redirect.query_pairs().any(|pair| pair == ("error".into(), "invalid_request".into())));
}

#[tokio::test]
async fn a_code_that_came_too_late_is_refused() {
    let server = Server::start().await;
    let session = TestPhone::for_bank(&server).open();
    let url = session.begin_sign_in(Locale::En).await.unwrap();
    let redirect = server.allowed(&url).await;
    server.move_clock(90).await;
    assert_eq!(session.finish_sign_in(&redirect).await, Err(SignInRefusal::RefusedByBank));
    assert_eq!(session.standing(), Standing::Registered);
    sign_in(&session, &server).await.unwrap();
}

#[tokio::test]
async fn a_code_is_worth_nothing_without_its_verifier() {
    let server = Server::start().await;
    let phone = TestPhone::for_bank(&server);
    let session = phone.open();
    for wrong in ["A".repeat(43), "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned()] {
        phone
            .taps
            .alter(TOKEN, 1, move |request| set_form_member(request, "code_verifier", &wrong));
        assert_eq!(sign_in(&session, &server).await, Err(SignInRefusal::RefusedByBank));
    }
    assert_eq!(sign_in(&session, &server).await, Ok(()));
}

/// RFC 9449 section 10: the code is bound to the key that pushed the request.
#[tokio::test]
async fn a_code_is_worth_nothing_to_another_dpop_key() {
    let server = Server::start().await;
    let phone = TestPhone::for_bank(&server);
    let session = phone.open();
    phone.taps.alter(TOKEN, 1, proof_by_a_stranger);
    assert_eq!(sign_in(&session, &server).await, Err(SignInRefusal::RefusedByBank));
    assert_eq!(sign_in(&session, &server).await, Ok(()));
}

#[tokio::test]
async fn a_lost_answer_with_tokens_ends_the_sign_in_not_the_app() {
    let server = Server::start().await;
    let phone = TestPhone::for_bank(&server);
    let session = phone.open();
    phone.taps.lose_answer(TOKEN);
    let lost = sign_in(&session, &server).await;
    assert_eq!(lost, Err(SignInRefusal::Bank(CallFailure::Unanswered)));
    assert_eq!(sign_in(&session, &server).await, Ok(()));
}

#[tokio::test]
async fn a_lost_registration_is_made_again() {
    let server = Server::start().await;
    let phone = TestPhone::for_bank(&server);
    let session = phone.open();
    phone.taps.lose_answer("/reg");
    let lost = session.begin_sign_in(Locale::En).await;
    assert_eq!(lost.err(), Some(SignInRefusal::Bank(CallFailure::Unanswered)));
    assert_eq!(sign_in(&session, &server).await, Ok(()));
}

/// RFC 7523 section 3: each `jti` once.
#[tokio::test]
async fn an_assertion_used_before_is_refused() {
    let server = Server::start().await;
    let phone = TestPhone::for_bank(&server);
    let session = phone.open();
    let used = phone.taps.overhear(TOKEN, |request| form_member(request, "client_assertion"));
    sign_in(&session, &server).await.unwrap();
    phone.taps.alter(TOKEN, 1, move |request| {
        set_form_member(request, "client_assertion", &used.lock().unwrap());
    });
    assert_eq!(sign_in(&session, &server).await, Err(SignInRefusal::RefusedByBank));
    assert_eq!(sign_in(&session, &server).await, Ok(()));
}

/// FAPI 2.0 section 5.3.2.1: the audience of an assertion is the issuer and nothing else.
#[tokio::test]
async fn an_assertion_for_another_server_is_refused() {
    let server = Server::start().await;
    let phone = TestPhone::for_bank(&server);
    let session = phone.open();
    session.begin_sign_in(Locale::En).await.unwrap();
    let client = phone.client_id().parse().unwrap();
    for audience in ["https://thief.example".to_owned(), format!("{}/token", phone.profile.issuer)]
    {
        let (signer, now) = (phone.device_signer.clone(), session.now());
        let key = signer.public_key().unwrap().unwrap();
        let entropy = FakeEntropy::seeded(5);
        let assertion =
            client_assertion::sign(&client, &audience, now, &signer, &key, &entropy).unwrap();
        let url = session.begin_sign_in(Locale::En).await.unwrap();
        let redirect = server.allowed(&url).await;
        phone.taps.alter(TOKEN, 1, move |request| {
            set_form_member(request, "client_assertion", &assertion);
        });
        let refused = session.finish_sign_in(&redirect).await;
        assert_eq!(refused, Err(SignInRefusal::RefusedByBank), "{audience}");
    }
    sign_in(&session, &server).await.unwrap();
}

#[tokio::test]
async fn registration_needs_the_initial_access_token() {
    let server = Server::start().await;
    let mut profile = server.profile();
    profile.registration_token = "guessed".to_owned();
    let refused = TestPhone::with(profile).open().begin_sign_in(Locale::En).await;
    assert_eq!(refused.err(), Some(SignInRefusal::RefusedByBank));
    assert_eq!(server.count("POST /request").await, 0);
}

#[tokio::test]
async fn a_client_the_server_has_forgotten_registers_anew() {
    let server = Server::start().await;
    let phone = TestPhone::for_bank(&server);
    let session = phone.open();
    session.begin_sign_in(Locale::En).await.unwrap();
    let forgotten = phone.client_id();
    server.order(json!({"do": "forget_client", "client_id": forgotten})).await;
    let refused = session.begin_sign_in(Locale::En).await;
    assert_eq!(refused.err(), Some(SignInRefusal::RefusedByBank));
    sign_in(&session, &server).await.unwrap();
    assert_ne!(phone.client_id(), forgotten);
}
