//! The bank's process: started, killed, started again on the same folder.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use guichet_foundation::bank::BankProfile;
use serde::Deserialize;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout};
use tokio::time::timeout;

use super::children::{self, Trap};
use super::last_words::LastWords;
use crate::phone::hardware::Maker;

/// Seeding two years takes a moment on a slow machine.
const START: Duration = Duration::from_mins(1);

/// What the bank says about itself when it is ready: what it prints with `--json`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Announcement {
    pub(crate) issuer: String,
    pub(crate) port: u16,
    pub(crate) pid: u32,
    pub(crate) ca_pem: String,
    pub(crate) ca_file: PathBuf,
    pub(crate) pin_set: String,
    pub(crate) trust_anchor: Value,
    pub(crate) redirect_uri: String,
    pub(crate) registration_token: String,
    pub(crate) control_token: String,
    pub(crate) books: PathBuf,
    pub(crate) customers: Vec<SignIn>,
}

/// How a demo customer signs in.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct SignIn {
    pub(crate) username: String,
    pub(crate) password: String,
    pub(crate) name: InBoth,
}

/// A name in both languages.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct InBoth {
    pub(crate) en: String,
    #[serde(rename = "zh-CN")]
    pub(crate) zh: String,
}

impl Announcement {
    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// What an app for this bank is built with.
    pub(crate) fn profile(&self) -> Result<BankProfile> {
        let profile = serde_json::json!({
            "issuer": self.issuer,
            "trust_anchor": self.trust_anchor,
            "first_pin_set": self.pin_set,
            "redirect_uri": self.redirect_uri,
            "registration_token": self.registration_token,
            "private_ca_pem": self.ca_pem,
        });
        serde_json::from_value(profile).context("the bank's announcement makes no profile")
    }

    /// The customer who signs in under this name.
    pub(crate) fn customer(&self, username: &str) -> Result<&SignIn> {
        let found = self.customers.iter().find(|customer| customer.username == username);
        found.with_context(|| format!("the bank has no customer {username}"))
    }
}

/// A bank that runs.
pub(crate) struct BankProcess {
    /// What it says about itself.
    pub(crate) announcement: Announcement,
    child: Child,
    out: Lines<BufReader<ChildStdout>>,
    /// Somebody has to listen.
    _log: LastWords,
}

/// What a bank is started with.
#[derive(Clone, Debug)]
pub(crate) struct BankFolder {
    /// Its folder.
    pub(crate) data: PathBuf,
    /// The seed of its invented past.
    pub(crate) seed: u64,
    /// The port the world sees: the link's, if there is one.
    pub(crate) public_port: Option<u16>,
    /// Whose word about a phone's key it takes.
    pub(crate) maker: Option<Maker>,
    /// Where it ends by itself, if it does.
    pub(crate) trap: Option<Trap>,
}

impl BankFolder {
    /// A bank in `data`, behind a link.
    pub(crate) fn new(data: &Path, seed: u64, public_port: u16) -> Self {
        Self {
            data: data.to_owned(),
            seed,
            public_port: Some(public_port),
            maker: None,
            trap: None,
        }
    }

    /// A bank in `data` that is reached directly, and believes `maker`.
    pub(crate) fn without_link(data: &Path, maker: Option<Maker>) -> Self {
        Self { data: data.to_owned(), seed: 1, public_port: None, maker, trap: None }
    }

    /// Starts the bank on a free port and waits until it is ready.
    pub(crate) async fn start(&self) -> Result<BankProcess> {
        let mut command = children::role_in(self.trap.as_ref(), "bank")?;
        children::option(&mut command, "--port", "0");
        if let Some(port) = self.public_port {
            children::option(&mut command, "--origin", format!("https://localhost:{port}"));
        }
        children::option(&mut command, "--data", &self.data);
        children::option(&mut command, "--seed", self.seed.to_string());
        if let Some(maker) = &self.maker {
            command.args(maker.bank_arguments());
        }
        command.arg("--json");
        let mut child = command.spawn().context("the bank's process cannot be started")?;
        let log = LastWords::of(&mut child);
        let out = child.stdout.take().context("the bank has no output")?;
        let mut lines = BufReader::new(out).lines();
        let Ok(line) = timeout(START, lines.next_line()).await else {
            bail!("the bank is not ready after {} s", START.as_secs());
        };
        let Some(line) = line? else {
            let (end, words) = (child.wait().await?, log.at_the_end().await);
            // How it ended is worth saying where it said nothing itself.
            bail!(
                "the bank did not start: {}",
                if words.is_empty() { end.to_string() } else { words }
            );
        };
        let announcement = serde_json::from_str(&line).context("the bank's announcement")?;
        Ok(BankProcess { announcement, child, out: lines, _log: log })
    }
}

impl BankProcess {
    /// How the process ended, if it has.
    pub(crate) fn end(&mut self) -> Option<String> {
        self.child.try_wait().ok().flatten().map(|status| status.to_string())
    }

    /// Returns when it has ended, by itself or by somebody else's hand.
    pub(crate) async fn until_ended(&mut self) {
        while self.out.next_line().await.is_ok_and(|line| line.is_some()) {}
    }

    /// `kill -9`, and gone when this returns.
    pub(crate) async fn kill(mut self) -> Result<()> {
        children::kill(&mut self.child).await?;
        // A tracer goes first and takes the bank along.
        self.until_ended().await;
        Ok(())
    }
}
