//! A bank of its own for every test, with a clock that stands still.
//!
//! Inventing two years of books takes a while, so it is done once and the files copied.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use guichet_bank::attestation::Policy;
use guichet_bank::clock::Clock;
use guichet_bank::server::{Bank, Config, Options, RunningBank};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt;

const START: i64 = 1_772_438_400;

pub(crate) struct TestBank {
    pub(crate) running: RunningBank,
    pub(crate) clock: Clock,
    pub(crate) folder: TempDir,
    router: Router,
    cookie: Mutex<Option<String>>,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl TestBank {
    pub(crate) async fn start() -> Self {
        Self::start_in(folder_with_books().await).await
    }

    /// A bank over a folder that another one has left, however it left it.
    pub(crate) async fn start_in(folder: TempDir) -> Self {
        let clock = Clock::fixed(Timestamp::from_second(START).unwrap());
        let running = Bank::start(options(folder.path(), &clock)).await.unwrap();
        let router = running.bank.clone().router();
        Self { running, clock, folder, router, cookie: Mutex::default() }
    }

    /// The same bank, believing this about phones' makers from now on.
    pub(crate) fn believe(&mut self, policy: Policy) {
        let mut bank = self.running.bank.clone();
        bank.config = Arc::new(Config { attestation: policy, ..Config::clone(&bank.config) });
        self.router = bank.router();
    }

    /// What a kill at this moment would leave: the files as they are now.
    pub(crate) fn folder_as_it_is(&self) -> TempDir {
        written(&files(self.folder.path()))
    }

    pub(crate) fn issuer(&self) -> &str {
        &self.running.announcement.issuer
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.seconds()
    }

    pub(crate) fn wait_seconds(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) async fn get(&self, path_and_query: &str) -> Answer {
        self.send(Request::get(path_and_query).body(Body::empty()).unwrap()).await
    }

    /// A request of the one browser that this bank's pages are opened in.
    pub(crate) async fn browse(&self, mut request: Request<Body>) -> Answer {
        if let Some(cookie) = self.cookie.lock().unwrap().clone() {
            request.headers_mut().insert("cookie", cookie.parse().unwrap());
        }
        let answer = self.send(request).await;
        if let Some(cookie) = answer.headers.get("set-cookie") {
            let cookie = cookie.to_str().unwrap().split(';').next().unwrap().to_owned();
            *self.cookie.lock().unwrap() = Some(cookie);
        }
        answer
    }

    /// From here on it is another browser, which has never been here.
    pub(crate) fn change_browser(&self) -> Option<String> {
        self.cookie.lock().unwrap().take()
    }

    /// Back to a browser that was here before.
    pub(crate) fn return_to_browser(&self, cookie: Option<String>) {
        *self.cookie.lock().unwrap() = cookie;
    }

    /// A call of the control surface.
    pub(crate) async fn control(&self, method: Method, path: &str, body: Value) -> Answer {
        let token = &self.running.announcement.control_token;
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {token}"))
            .body(Body::from(body.to_string()))
            .unwrap();
        self.send(request).await
    }

    pub(crate) async fn switch(&self, switches: Value) {
        let answer = self.control(Method::PUT, "/sandbox/switches", switches).await;
        assert_eq!(answer.status, StatusCode::OK, "{:?}", answer.body);
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn text(&self) -> &str {
        str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    /// Status and `error`, for comparing with what the protocol says.
    #[track_caller]
    pub(crate) fn refusal(&self) -> (u16, String) {
        let error = self.json()["error"].as_str().unwrap_or_default().to_owned();
        (self.status.as_u16(), error)
    }

    #[track_caller]
    pub(crate) fn must_be(&self, status: u16, error: &str) {
        assert_eq!(self.refusal(), (status, error.to_owned()), "{}", self.text());
    }

    #[track_caller]
    pub(crate) fn must_succeed(&self, status: u16) {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
    }
}

pub(crate) fn options(folder: &Path, clock: &Clock) -> Options {
    Options { data: Some(folder.to_owned()), clock: clock.clone(), ..Options::default() }
}

/// The files of a folder whose books are invented. In memory, so that nothing is left behind.
type Files = Vec<(OsString, Vec<u8>)>;

/// A new folder with invented books in it.
pub(crate) async fn folder_with_books() -> TempDir {
    static FILES: OnceLock<Files> = OnceLock::new();
    static INVENTING: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    let _inventing = INVENTING.lock().await;
    if FILES.get().is_none() {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::fixed(Timestamp::from_second(START).unwrap());
        let running = Bank::start(options(folder.path(), &clock)).await.unwrap();
        running.stop().await.unwrap();
        FILES.set(files(folder.path())).unwrap();
    }
    written(FILES.get().unwrap())
}

fn files(folder: &Path) -> Files {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries.map(|entry| (entry.file_name(), fs::read(entry.path()).unwrap())).collect()
}

fn written(files: &Files) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}
