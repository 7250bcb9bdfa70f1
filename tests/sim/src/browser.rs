//! The customer on the bank's pages: fills in what is asked, allows, and ends where the bank sends the browser.

use axum::body::Body;
use axum::http::{Method, Request, header};
use guichet_bank::people::SignIn;
use guichet_foundation::ports::Response;
use scraper::{Html, Selector};

use crate::house::House;

/// More pages than a sign-in has.
const PAGES_MAX: usize = 6;

/// The redirect to the app at the end of a sign-in that was begun with `url`; `None` if the bank does not lead there.
pub(crate) async fn sign_in(house: &House, url: &str, who: &SignIn) -> Option<String> {
    let path = url.splitn(4, '/').nth(3)?;
    let first = Request::builder().method(Method::GET).uri(format!("/{path}"));
    let mut page = house.answer(first.body(Body::empty()).ok()?).await?;
    let cookie = page.header("set-cookie")?.split(';').next()?.to_owned();
    for _ in 0..PAGES_MAX {
        if let Some(redirect) = page.header("location") {
            return Some(redirect.to_owned());
        }
        page = house.answer(filled_in(&page, &cookie, who)?).await?;
    }
    None
}

fn filled_in(page: &Response, cookie: &str, who: &SignIn) -> Option<Request<Body>> {
    let (action, fields) = form(&String::from_utf8_lossy(&page.body), who)?;
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    Request::builder()
        .method(Method::POST)
        .uri(action)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::COOKIE, cookie)
        .body(Body::from(body))
        .ok()
}

/// Where the page's form goes, and what it carries once it is filled in.
fn form(html: &str, who: &SignIn) -> Option<(String, Vec<(String, String)>)> {
    let page = Html::parse_document(html);
    let form = page.select(&Selector::parse("form").ok()?).next()?;
    let mut fields = Vec::new();
    for input in form.select(&Selector::parse("input[name]").ok()?) {
        let name = input.attr("name")?;
        let value = match name {
            "username" => who.username,
            "password" => who.password,
            _ => input.attr("value").unwrap_or_default(),
        };
        fields.push((name.to_owned(), value.to_owned()));
    }
    if form.select(&Selector::parse("button[name=decision]").ok()?).next().is_some() {
        fields.push(("decision".to_owned(), "allow".to_owned()));
    }
    Some((form.attr("action")?.to_owned(), fields))
}
