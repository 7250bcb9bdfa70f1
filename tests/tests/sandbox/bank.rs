//! A sandbox bank of a test's own, and a person at its pages.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request};
use guichet_bank::clock::Clock;
use guichet_bank::server::{Bank, Options, RunningBank};
use guichet_foundation::bank::BankProfile;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::OnceCell;
use tower::ServiceExt as _;
use url::{Url, form_urlencoded};

pub(crate) struct SandboxBank {
    pub(crate) running: RunningBank,
    pub(crate) clock: Clock,
    _folder: TempDir,
}

/// Files of a bank whose books are invented: inventing them takes a while.
type Files = Vec<(OsString, Vec<u8>)>;
static FILES: OnceCell<Files> = OnceCell::const_new();

fn options(folder: &Path, clock: &Clock) -> Options {
    Options { data: Some(folder.to_owned()), clock: clock.clone(), ..Options::default() }
}

async fn invented() -> Files {
    let folder = tempfile::tempdir().unwrap();
    let running = Bank::start(options(folder.path(), &Clock::machine())).await.unwrap();
    running.stop().await.unwrap();
    let entries = fs::read_dir(folder.path()).unwrap().map(Result::unwrap);
    entries.map(|entry| (entry.file_name(), fs::read(entry.path()).unwrap())).collect()
}

impl SandboxBank {
    /// A bank whose clock stands at the machine's time, since that is what its certificate is for.
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in FILES.get_or_init(invented).await {
            fs::write(folder.path().join(name), bytes).unwrap();
        }
        let clock = Clock::fixed(Clock::machine().now());
        let running = Bank::start(options(folder.path(), &clock)).await.unwrap();
        Self { running, clock, _folder: folder }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn wait(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    pub(crate) fn router(&self) -> Router {
        self.running.bank.clone().router()
    }

    pub(crate) fn profile(&self) -> BankProfile {
        serde_json::from_value(self.running.announcement.app_profile()).unwrap()
    }

    /// Requests so far, by method and route.
    pub(crate) fn count(&self, route: &str) -> u64 {
        self.running.bank.counters.requests().get(route).copied().unwrap_or_default()
    }

    pub(crate) fn total(&self) -> u64 {
        self.running.bank.counters.requests().values().sum()
    }

    pub(crate) async fn control(&self, method: Method, path: &str, body: Value) -> Value {
        let token = &self.running.announcement.control_token;
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {token}"))
            .body(Body::from(body.to_string()))
            .unwrap();
        let (_, _, body) = send(self.router(), request).await;
        serde_json::from_slice(&body).unwrap()
    }

    pub(crate) async fn switch_pins(&self) {
        self.control(Method::POST, "/sandbox/pins/switch", Value::Null).await;
    }

    /// Signs in as the first customer and allows; where the bank sends the browser then.
    pub(crate) async fn redirect_for(&self, authorization: &Url) -> String {
        let person = &self.running.announcement.customers[0];
        let address = format!("{}?{}", authorization.path(), authorization.query().unwrap());
        let open = Request::get(address).body(Body::empty()).unwrap();
        let (_, headers, page) = send(self.router(), open).await;
        let cookie = headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let signed_in = [
            ("page", hidden(&page)),
            ("username", person.username.to_owned()),
            ("password", person.password.to_owned()),
        ];
        let (_, consent) = self.post("/oauth/sign-in", &cookie, &signed_in).await;
        let allow = [("page", hidden(&consent)), ("decision", "allow".to_owned())];
        let (headers, _) = self.post("/oauth/decision", &cookie, &allow).await;
        headers["location"].to_str().unwrap().to_owned()
    }

    async fn post(
        &self,
        path: &str,
        cookie: &str,
        fields: &[(&str, String)],
    ) -> (HeaderMap, Vec<u8>) {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("cookie", cookie)
            .body(Body::from(body))
            .unwrap();
        let (_, headers, body) = send(self.router(), request).await;
        (headers, body)
    }
}

fn hidden(page: &[u8]) -> String {
    let text = str::from_utf8(page).unwrap();
    let (_, rest) = text.split_once("name=\"page\" value=\"").expect("a form of the bank's");
    rest.split_once('"').unwrap().0.to_owned()
}

/// One request to the bank, without a network.
pub(crate) async fn send(router: Router, request: Request<Body>) -> (u16, HeaderMap, Vec<u8>) {
    let response = router.oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
    (parts.status.as_u16(), parts.headers, body)
}
