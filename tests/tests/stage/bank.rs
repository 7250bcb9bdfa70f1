//! The sandbox bank in this process, its router called directly: the real handlers and the real books, without sockets.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request};
use guichet_bank::audit::{self, Report};
use guichet_bank::clock::Clock;
use guichet_bank::devices::{self, Device};
use guichet_bank::people::SignIn;
use guichet_bank::server::{Bank, Options, RunningBank};
use guichet_foundation::bank::BankProfile;
use jiff::Timestamp;
use tempfile::TempDir;
use tower::ServiceExt as _;

/// When every test begins: 2 March 2026, 08:00 UTC.
pub(crate) const START: i64 = 1_772_438_400;

pub(crate) struct TestBank {
    running: RunningBank,
    pub(crate) router: Router,
    _folder: TempDir,
}

/// An answer as it left the bank.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl TestBank {
    /// A bank with two years of books. They are invented once and copied from then on.
    pub(crate) async fn open() -> Self {
        static BOOKS: OnceLock<Vec<(String, Vec<u8>)>> = OnceLock::new();
        let folder = TempDir::new().unwrap();
        if let Some(books) = BOOKS.get() {
            for (name, bytes) in books {
                fs::write(folder.path().join(name), bytes).unwrap();
            }
        } else {
            start(folder.path()).await.stop().await.unwrap();
            BOOKS.get_or_init(|| files(folder.path()));
        }
        let running = start(folder.path()).await;
        let router = running.bank.clone().router();
        Self { running, router, _folder: folder }
    }

    /// What an app for this bank is built with.
    pub(crate) fn profile(&self) -> BankProfile {
        serde_json::from_value(self.running.announcement.app_profile()).unwrap()
    }

    pub(crate) fn customer(&self, number: usize) -> &'static SignIn {
        &self.running.announcement.customers[number]
    }

    /// The books as an auditor finds them.
    pub(crate) fn audit(&self) -> Report {
        self.running.bank.store.read(audit::report).unwrap()
    }

    /// The devices of a customer that are not revoked.
    pub(crate) fn devices(&self, customer_id: &str) -> Vec<Device> {
        let all = self.running.bank.store.read(|conn| devices::of_customer(conn, customer_id));
        all.unwrap().into_iter().filter(|device| device.revoked_at.is_none()).collect()
    }

    /// How many intents the bank has executed for a customer.
    pub(crate) fn executed(&self, customer_id: &str) -> u64 {
        let sql = "SELECT count(*) FROM decision WHERE customer_id = ?1 AND outcome = 'executed'";
        let count: i64 = self
            .running
            .bank
            .store
            .read(|conn| conn.query_row(sql, [customer_id], |row| row.get(0)))
            .unwrap();
        count.unsigned_abs()
    }
}

/// One request to a router of the bank.
pub(crate) async fn ask(router: &Router, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
    let headers = parts.headers.iter().map(|(name, value)| {
        (name.as_str().to_owned(), value.to_str().unwrap_or_default().to_owned())
    });
    Answer { status: parts.status.as_u16(), headers: headers.collect(), body }
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

pub(crate) fn request(method: Method, path_and_query: &str, body: Body) -> Request<Body> {
    Request::builder().method(method).uri(path_and_query).body(body).unwrap()
}

async fn start(folder: &Path) -> RunningBank {
    let clock = Clock::fixed(Timestamp::from_second(START).unwrap());
    let options = Options { data: Some(folder.to_owned()), clock, ..Options::default() };
    Bank::start(options).await.unwrap()
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let read = |entry: fs::DirEntry| {
        let name = entry.file_name().into_string().unwrap();
        entry.path().is_file().then(|| (name, fs::read(entry.path()).unwrap()))
    };
    fs::read_dir(folder).unwrap().filter_map(|entry| read(entry.unwrap())).collect()
}
