//! Section 3.6: what happens in the browser.

use axum::http::StatusCode;

use crate::bank::TestBank;
use crate::phone::{
    Phone, decide, hidden_page, nonsense, open, redirect_parameter, sign_in_as, type_password,
};
use crate::signing::{random_b64, sha256_b64};

#[tokio::test]
async fn a_customer_who_allows_is_sent_back_with_code_state_and_issuer() {
    let bank = TestBank::start().await;
    let phone = Phone::registered(&bank).await;
    let pushed = phone.push(&bank).await;
    let page = phone.open(&bank, &pushed.request_uri).await;
    let consent = sign_in_as(&bank, &page, 0).await;
    assert!(consent.text().contains(bank.running.announcement.customers[0].name.en));

    let answer = decide(&bank, &hidden_page(&consent), "allow").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(answer.header("location").starts_with("https://app.guichet.example/callback?code="));
    assert_eq!(redirect_parameter(&answer, "state").unwrap(), pushed.state);
    assert_eq!(redirect_parameter(&answer, "iss").unwrap(), bank.issuer());
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn a_customer_who_denies_is_sent_back_without_a_code() {
    let bank = TestBank::start().await;
    let phone = Phone::registered(&bank).await;
    let pushed = phone.push(&bank).await;
    let consent = sign_in_as(&bank, &phone.open(&bank, &pushed.request_uri).await, 0).await;
    let answer = decide(&bank, &hidden_page(&consent), "deny").await;
    assert_eq!(redirect_parameter(&answer, "error").unwrap(), "access_denied");
    assert_eq!(redirect_parameter(&answer, "state").unwrap(), pushed.state);
    assert_eq!(redirect_parameter(&answer, "iss").unwrap(), bank.issuer());
    assert_eq!(redirect_parameter(&answer, "code"), None);
}

#[tokio::test]
async fn a_request_uri_is_opened_once_by_its_own_client_and_in_time() {
    let bank = TestBank::start().await;
    let phone = Phone::registered(&bank).await;
    let stranger = Phone::registered(&bank).await;

    let pushed = phone.push(&bank).await;
    open(&bank, &stranger.client_id, &pushed.request_uri).await.must_show_dead_end();
    bank.wait_seconds(60);
    phone.open(&bank, &pushed.request_uri).await.must_succeed(200);
    phone.open(&bank, &pushed.request_uri).await.must_show_dead_end();

    let late = phone.push(&bank).await;
    bank.wait_seconds(61);
    phone.open(&bank, &late.request_uri).await.must_show_dead_end();

    phone.open(&bank, &nonsense()).await.must_show_dead_end();
    bank.get("/oauth/authorize").await.must_show_dead_end();
}

#[tokio::test]
async fn only_a_pushed_request_opens_a_page() {
    let bank = TestBank::start().await;
    let phone = Phone::registered(&bank).await;
    let query = format!(
        "/oauth/authorize?client_id={}&response_type=code&redirect_uri=https://evil.example",
        phone.client_id
    );
    let answer = bank.get(&query).await;
    answer.must_show_dead_end();
    assert!(answer.headers.get("location").is_none());
}

#[tokio::test]
async fn a_wrong_password_shows_the_form_again_on_a_new_page() {
    let bank = TestBank::start().await;
    let phone = Phone::registered(&bank).await;
    let pushed = phone.push(&bank).await;
    let first = phone.open(&bank, &pushed.request_uri).await;
    let username = bank.running.announcement.customers[0].username;
    let second = type_password(&bank, &first, username, "wrong").await;
    assert_eq!(second.status, StatusCode::FORBIDDEN);
    assert!(second.text().contains("role=\"alert\""));
    assert!(second.text().contains(username));

    sign_in_as(&bank, &first, 0).await.must_show_dead_end();
    sign_in_as(&bank, &second, 0).await.must_succeed(200);
}

#[tokio::test]
async fn an_unknown_user_name_looks_like_a_wrong_password() {
    let bank = TestBank::start().await;
    let phone = Phone::registered(&bank).await;
    let username = bank.running.announcement.customers[0].username;
    let mut pages = Vec::new();
    for name in [username, "x".repeat(username.len()).as_str()] {
        let page = phone.open(&bank, &phone.push(&bank).await.request_uri).await;
        let again = type_password(&bank, &page, name, "wrong").await;
        let text = again.text().replace(&hidden_page(&again), "").replace(name, "");
        pages.push((again.status, text));
    }
    assert_eq!(pages[0], pages[1]);
}

#[tokio::test]
async fn guessing_passwords_is_slowed_down_across_sign_ins_and_restarts() {
    let bank = TestBank::start().await;
    let phone = Phone::registered(&bank).await;
    let person = &bank.running.announcement.customers[0];
    let mut page = phone.open(&bank, &phone.push(&bank).await.request_uri).await;
    for _ in 0..5 {
        page = type_password(&bank, &page, person.username, "wrong").await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
    }
    // The right password does not help now, in this sign-in or another, before or after a restart.
    let slowed = type_password(&bank, &page, person.username, person.password).await;
    assert_eq!(slowed.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(slowed.header("retry-after"), "60");
    let bank = TestBank::start_in(bank.folder_as_it_is()).await;
    let page = phone.open(&bank, &phone.push(&bank).await.request_uri).await;
    let slowed = type_password(&bank, &page, person.username, person.password).await;
    assert_eq!(slowed.status, StatusCode::TOO_MANY_REQUESTS);

    // Other customers are not held up, and waiting helps.
    let page = phone.open(&bank, &phone.push(&bank).await.request_uri).await;
    sign_in_as(&bank, &page, 1).await.must_succeed(200);
    bank.wait_seconds(60);
    let page = phone.open(&bank, &phone.push(&bank).await.request_uri).await;
    sign_in_as(&bank, &page, 0).await.must_succeed(200);
}

#[tokio::test]
async fn ten_wrong_passwords_end_the_sign_in() {
    let bank = TestBank::start().await;
    let phone = Phone::registered(&bank).await;
    let pushed = phone.push(&bank).await;
    let mut page = phone.open(&bank, &pushed.request_uri).await;
    for attempt in 0..9 {
        page = type_password(&bank, &page, &format!("nobody-{attempt}"), "wrong").await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
    }
    let end = type_password(&bank, &page, "nobody-9", "wrong").await;
    assert_eq!(redirect_parameter(&end, "error").unwrap(), "access_denied");
    assert_eq!(redirect_parameter(&end, "state").unwrap(), pushed.state);
}

#[tokio::test]
async fn consent_before_signing_in_is_impossible() {
    let bank = TestBank::start().await;
    let phone = Phone::registered(&bank).await;
    let page = phone.open(&bank, &phone.push(&bank).await.request_uri).await;
    decide(&bank, &hidden_page(&page), "allow").await.must_show_dead_end();
    decide(&bank, &nonsense(), "allow").await.must_show_dead_end();
}

#[tokio::test]
async fn a_consent_page_gives_one_code() {
    let bank = TestBank::start().await;
    let phone = Phone::registered(&bank).await;
    let page = phone.open(&bank, &phone.push(&bank).await.request_uri).await;
    let consent = sign_in_as(&bank, &page, 0).await;
    let page = hidden_page(&consent);
    assert_eq!(decide(&bank, &page, "allow").await.status, StatusCode::SEE_OTHER);
    decide(&bank, &page, "allow").await.must_show_dead_end();
}

#[tokio::test]
async fn pages_end_after_ten_minutes() {
    let bank = TestBank::start().await;
    let phone = Phone::registered(&bank).await;
    let page = phone.open(&bank, &phone.push(&bank).await.request_uri).await;
    bank.wait_seconds(601);
    sign_in_as(&bank, &page, 0).await.must_show_dead_end();
}

#[tokio::test]
async fn pages_speak_the_language_the_app_asked_for() {
    let bank = TestBank::start().await;
    let phone = Phone::registered(&bank).await;
    for (asked, lang) in [("zh-CN", "zh-CN"), ("fr zh", "zh-CN"), ("en-GB", "en"), ("fr", "en")] {
        let (challenge, state) = (sha256_b64(random_b64()), random_b64());
        let mut fields = phone.pushed_fields(&challenge, &state);
        fields.retain(|(name, _)| *name != "ui_locales");
        fields.push(("ui_locales", asked));
        let pushed = phone.form(&bank, "/oauth/par", &fields).send(&bank).await.json();
        let page = phone.open(&bank, pushed["request_uri"].as_str().unwrap()).await;
        assert!(page.text().contains(&format!("<html lang=\"{lang}\">")), "{asked}");
    }
}

#[tokio::test]
async fn pages_can_be_framed_cached_and_scripted_by_nobody() {
    let bank = TestBank::start().await;
    let phone = Phone::registered(&bank).await;
    let page = phone.open(&bank, &phone.push(&bank).await.request_uri).await;
    assert_eq!(
        page.header("content-security-policy"),
        "default-src 'none'; style-src 'self'; form-action 'self' https://app.guichet.example; \
         base-uri 'none'; frame-ancestors 'none'"
    );
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert!(!page.text().contains("<script") && !page.text().contains("style="));
    assert_eq!(bank.get("/oauth/style.css").await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_was_typed_is_shown_as_text() {
    let bank = TestBank::start().await;
    let phone = Phone::registered(&bank).await;
    let page = phone.open(&bank, &phone.push(&bank).await.request_uri).await;
    let again = type_password(&bank, &page, "\"><script>alert(1)</script>", "x").await;
    assert!(!again.text().contains("<script"));
    assert!(again.text().contains("&lt;script&gt;"));
}

#[tokio::test]
async fn every_field_has_a_label_and_a_purpose() {
    let bank = TestBank::start().await;
    let phone = Phone::registered(&bank).await;
    let page = phone.open(&bank, &phone.push(&bank).await.request_uri).await;
    let text = page.text();
    for field in ["username", "password"] {
        assert!(text.contains(&format!("<label for=\"{field}\">")));
        assert!(text.contains(&format!("id=\"{field}\"")));
    }
    assert!(text.contains("autocomplete=\"username\""));
    assert!(text.contains("autocomplete=\"current-password\""));
    assert!(text.contains("name=\"viewport\""));
}

impl crate::bank::Answer {
    /// A page that says so, no redirect, nothing of the request repeated.
    #[track_caller]
    fn must_show_dead_end(&self) {
        assert_eq!(self.status, StatusCode::BAD_REQUEST, "{}", self.text());
        assert!(self.text().contains("cannot be used any more"), "{}", self.text());
    }
}
