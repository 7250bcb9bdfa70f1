//! The bank: the sandbox bank's own stores and handlers, in this thread. It can be killed and started again.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use anyhow::Context as _;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use guichet_bank::clock::Clock;
use guichet_bank::intents::LimitTable;
use guichet_bank::random;
use guichet_bank::server::{Announcement, Bank, Options};
use guichet_foundation::bank::BankProfile;
use guichet_foundation::ports::Response;
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;
use tokio::task::AbortHandle;
use tower::ServiceExt as _;

use crate::image::Image;
use crate::scene::{Scene, hold};

/// Where the bank would be, had it a network.
const ORIGIN: &str = "https://bank.example";

const BOOKS: &str = "bank.sqlite";

/// What is on the bank's disk, and the bank while it runs.
pub(crate) struct House {
    scene: Arc<Scene>,
    clock: Clock,
    start_s: i64,
    inside: Mutex<Inside>,
}

struct Inside {
    folder: TempDir,
    running: Option<Running>,
    /// How often it was started.
    starts: u64,
}

struct Running {
    bank: Bank,
    router: Router,
    /// Requests that are being answered.
    at_work: Vec<AbortHandle>,
}

impl House {
    /// The bank of `image`, not yet running; `start_s` is its time when the world begins, in seconds since 1970.
    pub(crate) fn new(scene: Arc<Scene>, image: &Image, start_s: i64) -> anyhow::Result<Self> {
        let clock = Clock::fixed(Timestamp::from_second(start_s)?);
        let inside = Inside { folder: image.unfold()?, running: None, starts: 0 };
        Ok(Self { scene, clock, start_s, inside: Mutex::new(inside) })
    }

    /// Starts it, if it does not run.
    pub(crate) fn start(&self, limits: LimitTable) -> anyhow::Result<Option<Announcement>> {
        self.set_clock();
        let mut inside = hold(&self.inside);
        if inside.running.is_some() {
            return Ok(None);
        }
        let options = Options {
            origin: Some(ORIGIN.to_owned()),
            rotate_refresh_tokens: true,
            clock: self.clock.clone(),
            limits,
            ..Options::default()
        };
        random::repeat_on_this_thread(self.scene.chance.number());
        let (bank, announcement) =
            Bank::without_network(&options, inside.folder.path()).context("the bank")?;
        let router = bank.clone().router();
        inside.running = Some(Running { bank, router, at_work: Vec::new() });
        inside.starts += 1;
        Ok(Some(announcement))
    }

    /// Kills it: what was being answered is cut where it waits, what is on the disk stays as it is.
    pub(crate) fn kill(&self) -> io::Result<()> {
        let mut inside = hold(&self.inside);
        let Some(running) = inside.running.take() else { return Ok(()) };
        running.at_work.iter().for_each(AbortHandle::abort);
        // The dying process has the old files; the next one begins with what they were at this moment.
        inside.folder = Image::of(inside.folder.path())?.unfold()?;
        Ok(())
    }

    pub(crate) fn is_running(&self) -> bool {
        hold(&self.inside).running.is_some()
    }

    /// The bank, to do what its staff do.
    pub(crate) fn bank(&self) -> Option<Bank> {
        self.set_clock();
        hold(&self.inside).running.as_ref().map(|running| running.bank.clone())
    }

    /// What is on the disk.
    pub(crate) fn image(&self) -> io::Result<Image> {
        Image::of(hold(&self.inside).folder.path())
    }

    /// The books' file, and a number that changes when it is another.
    pub(crate) fn books(&self) -> (PathBuf, u64) {
        let inside = hold(&self.inside);
        (inside.folder.path().join(BOOKS), inside.starts * 2 + u64::from(inside.running.is_some()))
    }

    /// The bank's time, in seconds since 1970. Nobody turns this clock.
    pub(crate) fn now_s(&self) -> i64 {
        let age = i64::try_from(self.scene.age().as_secs()).unwrap_or(i64::MAX);
        self.start_s.saturating_add(age)
    }

    fn set_clock(&self) {
        let behind = self.now_s().saturating_sub(self.clock.seconds());
        self.clock.advance(SignedDuration::from_secs(behind));
    }

    /// Answers one request, in a task that dies with the bank. `None`: it died before it had answered, or was not there.
    pub(crate) async fn answer(&self, request: Request<Body>) -> Option<Response> {
        self.set_clock();
        let router = hold(&self.inside).running.as_ref()?.router.clone();
        let task = tokio::spawn(answered(router, request));
        if let Some(running) = &mut hold(&self.inside).running {
            running.at_work.retain(|task| !task.is_finished());
            running.at_work.push(task.abort_handle());
        }
        task.await.ok().flatten()
    }

    /// What an app for this bank is built with.
    pub(crate) fn profile(announcement: &Announcement) -> anyhow::Result<BankProfile> {
        Ok(serde_json::from_value(announcement.app_profile())?)
    }
}

async fn answered(router: Router, request: Request<Body>) -> Option<Response> {
    let Ok(response) = router.oneshot(request).await;
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.ok()?.to_vec();
    let headers = parts.headers.iter().map(|(name, value)| {
        (name.as_str().to_owned(), value.to_str().unwrap_or_default().to_owned())
    });
    Some(Response { status: parts.status.as_u16(), headers: headers.collect(), body })
}
