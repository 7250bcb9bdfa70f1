//! The customer on the bank's pages: fills in what is asked, allows, and ends where the bank sends the browser.

use axum::Router;
use axum::body::Body;
use axum::http::{Method, header};
use guichet_bank::people::SignIn;
use scraper::{Html, Selector};

use super::bank::{Answer, ask, request};

/// More pages than a sign-in has.
const PAGES: usize = 6;

/// The redirect to the app at the end of a sign-in that was begun with `url`; `None` if the address leads to no page of the bank.
pub(crate) async fn sign_in(router: &Router, url: &str, who: &SignIn) -> Option<String> {
    let path = url.splitn(4, '/').nth(3).unwrap();
    let mut answer = ask(router, request(Method::GET, &format!("/{path}"), Body::empty())).await;
    let cookie = answer.header("set-cookie")?.split(';').next()?.to_owned();
    for _ in 0..PAGES {
        if let Some(redirect) = answer.header("location") {
            return Some(redirect.to_owned());
        }
        answer = fill_in(router, &answer, &cookie, who).await;
    }
    panic!("the bank's pages do not come to an end");
}

async fn fill_in(router: &Router, page: &Answer, cookie: &str, who: &SignIn) -> Answer {
    let (action, fields) = form(&String::from_utf8_lossy(&page.body), who);
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let mut post = request(Method::POST, &action, Body::from(body));
    let kind = "application/x-www-form-urlencoded".parse().unwrap();
    post.headers_mut().insert(header::CONTENT_TYPE, kind);
    post.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
    ask(router, post).await
}

/// Where the page's form goes, and what it carries once it is filled in.
fn form(html: &str, who: &SignIn) -> (String, Vec<(String, String)>) {
    let page = Html::parse_document(html);
    let css = |selector: &str| Selector::parse(selector).unwrap();
    let form = page.select(&css("form")).next().unwrap();
    let mut fields = Vec::new();
    for input in form.select(&css("input[name]")) {
        let name = input.attr("name").unwrap();
        let value = match name {
            "username" => who.username,
            "password" => who.password,
            _ => input.attr("value").unwrap_or_default(),
        };
        fields.push((name.to_owned(), value.to_owned()));
    }
    if form.select(&css("button[name=decision]")).next().is_some() {
        fields.push(("decision".to_owned(), "allow".to_owned()));
    }
    (form.attr("action").unwrap().to_owned(), fields)
}
