//! Section 7.6: the bank's own page, for whoever has no phone at hand.

use axum::body::Body;
use axum::http::Request;
use serde_json::json;

use crate::bank::{Answer, TestBank};
use crate::phone::{Phone, hidden_page, nonsense, post_form};

async fn sign_in(bank: &TestBank, customer: usize) -> Answer {
    let person = &bank.running.announcement.customers[customer];
    type_password(bank, person.username, person.password).await
}

async fn type_password(bank: &TestBank, username: &str, password: &str) -> Answer {
    let fields = [("ui_locales", "en"), ("username", username), ("password", password)];
    post_form(bank, "/security/sign-in", &fields).await
}

async fn act(bank: &TestBank, page: &Answer, action: &str, more: &[(&str, &str)]) -> Answer {
    let hidden = hidden_page(page);
    let fields = [&[("page", hidden.as_str()), ("action", action)], more].concat();
    post_form(bank, "/security/act", &fields).await
}

async fn is_frozen(bank: &TestBank, phone: &Phone) -> bool {
    phone.get(bank, "/v1/devices").await.header("guichet-payments") == "frozen"
}

#[tokio::test]
async fn a_customer_without_a_phone_signs_the_lost_one_out() {
    let bank = TestBank::start().await;
    let lost = Phone::enrolled(&bank).await;
    let page = sign_in(&bank, 0).await;
    page.must_succeed(200);
    for shown in ["Li Ming", "Li Ming&#39;s phone", "Android phone", "Last used 2 Mar 2026, 16:00"]
    {
        let shown = shown.replace("&#39;", "'");
        assert!(page.text().contains(&shown), "{shown}: {}", page.text());
    }
    let device = [("device", lost.device_id.as_str())];
    let asked = act(&bank, &page, "ask_sign_out", &device).await;
    asked.must_succeed(200);
    assert!(asked.text().contains("Sign this phone out?"));
    lost.get(&bank, "/v1/sync").await.must_succeed(200);

    let done = act(&bank, &asked, "sign_out", &device).await;
    done.must_succeed(200);
    assert!(done.text().contains("No phone is signed in."), "{}", done.text());
    let answer = lost.get(&bank, "/v1/sync").await;
    answer.must_be(403, "device_revoked");
    assert!(answer.json()["revocation"].is_string());
}

#[tokio::test]
async fn payments_are_stopped_there_at_once_and_allowed_again_with_the_password() {
    let bank = TestBank::start().await;
    let phone = Phone::enrolled(&bank).await;
    let page = sign_in(&bank, 0).await;
    let page = act(&bank, &page, "freeze", &[]).await;
    page.must_succeed(200);
    assert!(page.text().contains("Payments are stopped since 2 Mar 2026, 16:00."));
    assert!(is_frozen(&bank, &phone).await);

    let person = &bank.running.announcement.customers[0];
    let page = act(&bank, &page, "unfreeze", &[]).await;
    assert_eq!(page.status, 403);
    let page = act(&bank, &page, "unfreeze", &[("password", "wrong")]).await;
    assert_eq!(page.status, 403);
    assert!(is_frozen(&bank, &phone).await);
    let page = act(&bank, &page, "unfreeze", &[("password", person.password)]).await;
    page.must_succeed(200);
    assert!(!is_frozen(&bank, &phone).await);

    let security = phone.get(&bank, "/v1/security").await.json();
    let kinds: Vec<_> =
        security["notices"].as_array().unwrap().iter().map(|it| &it["kind"]).collect();
    assert_eq!(kinds, ["signed_in", "payments_frozen", "payments_unfrozen"]);
    assert!(security["notices"][2].get("device").is_none());
}

#[tokio::test]
async fn a_page_is_good_for_one_form() {
    let bank = TestBank::start().await;
    let phone = Phone::enrolled(&bank).await;
    let first = sign_in(&bank, 0).await;
    let second = act(&bank, &first, "freeze", &[]).await;
    let person = &bank.running.announcement.customers[0];
    let password = [("password", person.password)];
    act(&bank, &first, "unfreeze", &password).await.must_be_dead_end();
    assert!(is_frozen(&bank, &phone).await);
    // The twin: the page that came after it works.
    act(&bank, &second, "unfreeze", &password).await.must_succeed(200);
    assert!(!is_frozen(&bank, &phone).await);
}

#[tokio::test]
async fn another_site_cannot_act_for_a_customer_at_the_page() {
    let bank = TestBank::start().await;
    let phone = Phone::enrolled(&bank).await;
    let page = sign_in(&bank, 0).await;
    // What another site can make a browser send: a form without the secret of the page, or a guess.
    for hidden in ["", &nonsense()] {
        let fields = [("page", hidden), ("action", "freeze")];
        post_form(&bank, "/security/act", &fields).await.must_be_dead_end();
    }
    // Even with the secret, a browser that says where the form comes from is believed.
    let body = format!("page={}&action=freeze", hidden_page(&page));
    for site in ["cross-site", "same-site", "none"] {
        cross_site(&bank, "/security/act", site, &body).await.must_be_dead_end();
    }
    let person = &bank.running.announcement.customers[0];
    let body = format!("username={}&password={}", person.username, person.password);
    cross_site(&bank, "/security/sign-in", "cross-site", &body).await.must_be_dead_end();
    assert!(!is_frozen(&bank, &phone).await);
    // Nothing of that used the page up, and no cookie was ever set.
    let body = format!("page={}&action=freeze", hidden_page(&page));
    let done = cross_site(&bank, "/security/act", "same-origin", &body).await;
    done.must_succeed(200);
    assert!(is_frozen(&bank, &phone).await);
    assert!([&page, &done].iter().all(|answer| answer.headers.get("set-cookie").is_none()));
}

async fn cross_site(bank: &TestBank, path: &str, site: &str, body: &str) -> Answer {
    let request = Request::post(path)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", site)
        .body(Body::from(body.to_owned()))
        .unwrap();
    bank.send(request).await
}

#[tokio::test]
async fn another_customers_phone_is_not_there() {
    let bank = TestBank::start().await;
    let phone = Phone::enrolled(&bank).await;
    let page = sign_in(&bank, 1).await;
    assert!(!page.text().contains(&phone.device_id));
    let device = [("device", phone.device_id.as_str())];
    let page = act(&bank, &page, "ask_sign_out", &device).await;
    assert!(page.text().contains("not on your list") && !page.text().contains("Li Ming's phone"));
    let page = act(&bank, &page, "sign_out", &device).await;
    assert!(page.text().contains("not on your list"));
    let page = act(&bank, &page, "freeze", &[]).await;
    page.must_succeed(200);
    phone.get(&bank, "/v1/sync").await.must_succeed(200);
    assert!(!is_frozen(&bank, &phone).await);
}

#[tokio::test]
async fn guessing_is_slowed_down_there_as_on_every_sign_in() {
    let bank = TestBank::start().await;
    let phone = Phone::registered(&bank).await;
    let person = &bank.running.announcement.customers[0];
    for _ in 0..5 {
        assert_eq!(type_password(&bank, person.username, "wrong").await.status, 403);
    }
    let slowed = sign_in(&bank, 0).await;
    assert_eq!((slowed.status.as_u16(), slowed.header("retry-after")), (429, "60"));
    let page = phone.open(&bank, &phone.push(&bank).await.request_uri).await;
    assert_eq!(crate::phone::sign_in_as(&bank, &page, 0).await.status, 429);
    bank.wait_seconds(60);
    sign_in(&bank, 0).await.must_succeed(200);
}

#[tokio::test]
async fn guessing_at_an_open_page_is_slowed_down_too() {
    let bank = TestBank::start().await;
    let phone = Phone::enrolled(&bank).await;
    let mut page = act(&bank, &sign_in(&bank, 0).await, "freeze", &[]).await;
    for _ in 0..5 {
        page = act(&bank, &page, "unfreeze", &[("password", "wrong")]).await;
        assert_eq!(page.status, 403);
    }
    let person = &bank.running.announcement.customers[0];
    page = act(&bank, &page, "unfreeze", &[("password", person.password)]).await;
    assert_eq!((page.status.as_u16(), page.header("retry-after")), (429, "60"));
    assert!(is_frozen(&bank, &phone).await);
    // Stopping is never slowed down.
    act(&bank, &page, "freeze", &[]).await.must_succeed(200);
}

#[tokio::test]
async fn a_page_ends_after_ten_minutes_and_when_it_is_left() {
    let bank = TestBank::start().await;
    let page = sign_in(&bank, 0).await;
    bank.wait_seconds(601);
    act(&bank, &page, "freeze", &[]).await.must_be_dead_end();
    let page = sign_in(&bank, 0).await;
    let left = act(&bank, &page, "leave", &[]).await;
    left.must_succeed(200);
    assert!(!left.text().contains("name=\"page\""));
    act(&bank, &page, "freeze", &[]).await.must_be_dead_end();
}

#[tokio::test]
async fn the_page_speaks_both_languages_without_scripts_frames_or_caches() {
    let bank = TestBank::start().await;
    let person = &bank.running.announcement.customers[0];
    for (asked, lang, title) in [("zh-CN", "zh-CN", "安全中心"), ("fr en", "en", "Security")] {
        let open = bank.get(&format!("/security?ui_locales={}", asked.replace(' ', "%20"))).await;
        let fields =
            [("ui_locales", asked), ("username", person.username), ("password", person.password)];
        let signed_in = post_form(&bank, "/security/sign-in", &fields).await;
        let frozen = act(&bank, &signed_in, "freeze", &[]).await;
        for page in [&open, &signed_in, &frozen] {
            page.must_succeed(200);
            assert!(page.text().contains(&format!("<html lang=\"{lang}\">")), "{}", page.text());
            assert!(page.text().contains(&format!("<h1>{title}</h1>")));
            assert!(!page.text().contains("<script") && !page.text().contains("style="));
            assert_eq!(
                page.header("content-security-policy"),
                "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; \
                 frame-ancestors 'none'"
            );
            assert_eq!(page.header("cache-control"), "no-store");
            for field in page.text().split("<input id=\"").skip(1) {
                let id = field.split('"').next().unwrap();
                assert!(page.text().contains(&format!("<label for=\"{id}\">")), "{id}");
            }
        }
    }
}

#[tokio::test]
async fn a_phones_name_is_shown_as_text_and_cannot_turn_its_line_around() {
    let bank = TestBank::start().await;
    let phone = Phone::signed_in(&bank).await;
    let challenge = phone.challenge(&bank, "enrol").await;
    let mut enrolment = phone.enrolment(&phone.possession_claims(&bank, &challenge));
    enrolment["name"] = json!("<script>\u{202E}x");
    phone.post(&bank, "/v1/devices", &enrolment).await.must_succeed(201);
    let page = sign_in(&bank, 0).await;
    assert!(!page.text().contains("<script"));
    assert!(page.text().contains("<bdi>&lt;script&gt;\u{202E}x</bdi>"), "{}", page.text());
}

impl Answer {
    /// A page that says so, and nothing happened.
    #[track_caller]
    fn must_be_dead_end(&self) {
        assert_eq!(self.status, 400, "{}", self.text());
        assert!(self.text().contains("cannot be used any more"), "{}", self.text());
    }
}
