//! The browser's HTTPS client.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};
use reqwest::header::{ACCEPT_LANGUAGE, COOKIE, HeaderMap, HeaderValue, LOCATION, SET_COOKIE};
use url::Url;

use crate::https;

/// More than any page of the bank.
const PAGE_LIMIT: usize = 1 << 20;

/// What the server did.
pub(super) enum Answer {
    /// It showed a page.
    Page {
        /// Where it came from.
        address: Url,
        /// The page.
        html: String,
    },
    /// It sent the browser elsewhere.
    Redirect(Url),
}

/// A browser without history: it follows nothing by itself, and keeps its cookies until it is closed.
pub(super) struct Client {
    inside: reqwest::Client,
    cookies: BTreeMap<String, String>,
    requests: u64,
}

impl Client {
    pub(super) fn trusting(ca_pem: &[u8], languages: &str) -> Result<Self> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_str(languages)?);
        let inside = https::builder(ca_pem)?.default_headers(headers).build()?;
        Ok(Self { inside, cookies: BTreeMap::new(), requests: 0 })
    }

    pub(super) const fn requests(&self) -> u64 {
        self.requests
    }

    pub(super) async fn get(&mut self, address: &Url) -> Result<Answer> {
        let request = self.inside.get(address.clone());
        self.send(address, request).await
    }

    pub(super) async fn post(
        &mut self,
        address: &Url,
        fields: &[(String, String)],
    ) -> Result<Answer> {
        let body =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self
            .inside
            .post(address.clone())
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body);
        self.send(address, request).await
    }

    async fn send(&mut self, address: &Url, request: reqwest::RequestBuilder) -> Result<Answer> {
        self.requests += 1;
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request =
            if cookies.is_empty() { request } else { request.header(COOKIE, cookies.join("; ")) };
        let response = request.send().await.context("the bank's page cannot be reached")?;
        self.keep_cookies(response.headers());
        let status = response.status();
        if status.is_redirection() {
            let to = response.headers().get(LOCATION).context("a redirect without a target")?;
            return Ok(Answer::Redirect(address.join(to.to_str()?)?));
        }
        let html = https::text(response, PAGE_LIMIT).await?;
        // A wrong password is a page too: what it says is told, not its status.
        if status.is_server_error() {
            bail!("the bank's page answers {status}");
        }
        Ok(Answer::Page { address: address.clone(), html })
    }

    /// There is one bank in this browser's life, so every cookie is for it.
    fn keep_cookies(&mut self, headers: &HeaderMap) {
        for cookie in headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok()) {
            let pair = cookie.split(';').next().and_then(|pair| pair.trim().split_once('='));
            if let Some((name, value)) = pair {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}
