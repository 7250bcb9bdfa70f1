//! Starting and stopping a bank.

use std::io;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::{Announcement, Bank, Config, Counters, Options, connection};
use crate::attestation::{Policy, PolicyError};
use crate::calls::ApiError;
use crate::data_dir::{DataDir, DataDirError};
use crate::dpop::Dpop;
use crate::keys::{BankKeys, KeysError};
use crate::oauth::{RegistrationKeyError, RegistrationTokens};
use crate::people::{self, SeedError};
use crate::random::{self, NoRandomness};
use crate::store::{OpenError, Store};
use crate::switches::Switches;
use crate::tls::{self, Tls, TlsError, TlsInUse};
use crate::trust;

const BOOKS_FILE: &str = "bank.sqlite";
const TOKENS_FILE: &str = "tokens.json";

/// Why a bank did not start: one sentence for a person.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Somebody else listens there.
    #[error("port {0} is in use: choose another with --port, or --port 0 for any free one")]
    PortInUse(u16),
    /// The system does not allow it.
    #[error("port {0} needs more rights: choose one above 1023 with --port")]
    PortForbidden(u16),
    /// Another reason of the network's.
    #[error("cannot listen on port {port}: {source}")]
    Port {
        /// The port.
        port: u16,
        /// What the system said.
        source: io::Error,
    },
    /// Not an origin.
    #[error("{0} is no origin: write https://host:port, without a path")]
    Origin(String),
    /// Codes would be sent over plain HTTP.
    #[error(
        "{0} cannot be the app's redirect URI: write one with https, or a scheme of the app's own"
    )]
    RedirectUri(String),
    /// No temporary folder.
    #[error("cannot make a temporary folder: {0}; name one with --data")]
    Temporary(io::Error),
    /// The data folder.
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    /// The books' file.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// The bank's keys.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The key of registration access tokens.
    #[error(transparent)]
    RegistrationKey(#[from] RegistrationKeyError),
    /// Certificates and TLS.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The invented books.
    #[error(transparent)]
    Seed(#[from] SeedError),
    /// The file failed while the bank was being set up.
    #[error("the books cannot be written: {0}")]
    Books(#[from] rusqlite::Error),
    /// The pin set could not be signed.
    #[error("the pin set cannot be signed: {0}")]
    PinSet(#[from] ApiError),
    /// No randomness.
    #[error(transparent)]
    Random(#[from] NoRandomness),
    /// Roots, apps or the revocation list.
    #[error(transparent)]
    Attestation(#[from] PolicyError),
}

/// A bank that answers. Stops when it is dropped; a temporary folder goes with it.
#[derive(Debug)]
pub struct RunningBank {
    /// What it says about itself.
    pub announcement: Announcement,
    /// Its state, for tests that look behind the counter.
    pub bank: Bank,
    accepting: JoinHandle<()>,
    temporary: Option<TempDir>,
}

impl Bank {
    /// Starts a bank on the current Tokio runtime and gives it once it accepts connections.
    pub async fn start(options: Options) -> Result<RunningBank, StartError> {
        if !keeps_codes_private(&options.redirect_uri) {
            return Err(StartError::RedirectUri(options.redirect_uri));
        }
        let listener = listen(options.port).await?;
        let port = listener
            .local_addr()
            .map_err(|source| StartError::Port { port: options.port, source })?
            .port();
        let (folder, temporary) = if let Some(folder) = &options.data {
            (folder.clone(), None)
        } else {
            let temporary = temporary_folder()?;
            (temporary.path().to_owned(), Some(temporary))
        };
        let data = DataDir::take(&folder)?;
        let tls = Tls::load(&data)?;
        let ca_pem = tls.ca_pem.clone();
        let bank = open(&options, data, tls, port)?;

        let announcement = announce(&bank, ca_pem, port, options.data.is_some())?;
        let (config, router) = (bank.tls.config(), bank.clone().router());
        let accepting = tokio::spawn(connection::accept(listener, config, router));
        Ok(RunningBank { announcement, bank, accepting, temporary })
    }
}

impl Bank {
    /// Opens the bank of a folder that somebody keeps, without a network: whoever has it calls its router. For simulations.
    pub fn without_network(
        options: &Options,
        folder: &Path,
    ) -> Result<(Self, Announcement), StartError> {
        let data = DataDir::take(folder)?;
        let tls = Tls::load(&data)?;
        let ca_pem = tls.ca_pem.clone();
        let bank = open(options, data, tls, options.port)?;
        let announcement = announce(&bank, ca_pem, options.port, true)?;
        Ok((bank, announcement))
    }
}

impl RunningBank {
    /// Stops answering, cuts every connection, and removes a temporary folder.
    pub async fn stop(mut self) -> io::Result<()> {
        self.accepting.abort();
        // Aborting is what was asked for; there is no other outcome to report.
        let _aborted = (&mut self.accepting).await;
        self.temporary.take().map_or(Ok(()), TempDir::close)
    }
}

impl Drop for RunningBank {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn listen(port: u16) -> Result<TcpListener, StartError> {
    TcpListener::bind(("127.0.0.1", port)).await.map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => StartError::PortInUse(port),
        io::ErrorKind::PermissionDenied => StartError::PortForbidden(port),
        _ => StartError::Port { port, source },
    })
}

fn temporary_folder() -> Result<TempDir, StartError> {
    tempfile::Builder::new().prefix("guichet-bank-").tempdir().map_err(StartError::Temporary)
}

fn open(options: &Options, data: DataDir, tls: Tls, port: u16) -> Result<Bank, StartError> {
    let attestation = Policy::load(&options.attestation)?;
    data.make_private_file(BOOKS_FILE)?;
    let store = Store::open(&data.file(BOOKS_FILE))?;
    let keys = BankKeys::load(&data)?;
    let tokens = Tokens::load(&data)?;
    let registration_tokens = RegistrationTokens::load(&data)?;
    let now = options.clock.now();
    store.write(|tx| {
        let is_fresh: bool =
            tx.query_row("SELECT NOT EXISTS (SELECT 1 FROM customer)", [], |row| row.get(0))?;
        if is_fresh {
            people::seed(tx, options.seed, now)?;
        }
        trust::publish_pins(tx, &tls.pins, now.as_second())?;
        trust::publish_receipt_key(tx, &keys.receipt(), now.as_second())?;
        Ok::<_, StartError>(())
    })?;

    store.checkpoint()?;

    let switches = Switches::default();
    switches.set_rotation(options.rotate_refresh_tokens);
    let config = Config {
        redirect_uri: options.redirect_uri.clone(),
        registration_token: tokens.registration,
        control_token: tokens.control,
        attestation,
        limits: options.limits,
    };
    Ok(Bank {
        store,
        clock: options.clock.clone(),
        keys: Arc::new(keys),
        registration_tokens,
        tls: TlsInUse::new(tls),
        dpop: Dpop::new()?,
        switches,
        counters: Counters::default(),
        issuer: issuer(options.origin.as_deref(), port)?.into(),
        config: Arc::new(config),
        data: Arc::new(data),
    })
}

/// Whether what is sent to a redirect URI stays between browser and app (FAPI 2.0, RFC 8252 section 7):
/// plain HTTP does on the loopback interface only.
fn keeps_codes_private(redirect_uri: &str) -> bool {
    let Ok(url) = url::Url::parse(redirect_uri) else { return false };
    let loopback = match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        _ => false,
    };
    url.fragment().is_none() && (url.scheme() != "http" || loopback)
}

/// The issuer: an `https` origin exactly as browsers write it, since it is compared letter for letter.
fn issuer(origin: Option<&str>, port: u16) -> Result<String, StartError> {
    let Some(origin) = origin else { return Ok(format!("https://localhost:{port}")) };
    let written = url::Url::parse(origin).map(|url| url.origin().ascii_serialization());
    match written {
        Ok(written) if written == origin && origin.starts_with("https://") => Ok(written),
        _ => Err(StartError::Origin(origin.to_owned())),
    }
}

fn announce(
    bank: &Bank,
    ca_pem: String,
    port: u16,
    kept: bool,
) -> Result<Announcement, StartError> {
    Ok(Announcement {
        issuer: bank.issuer.to_string(),
        port,
        pid: std::process::id(),
        ca_pem,
        ca_file: tls::ca_file(&bank.data),
        pin_set: bank.store.read(|conn| trust::current_pins(conn, bank))?,
        trust_anchor: bank.keys.trust_anchor().to_jwk(),
        redirect_uri: bank.config.redirect_uri.clone(),
        registration_token: bank.config.registration_token.clone(),
        control_token: bank.config.control_token.clone(),
        books: bank.data.file(BOOKS_FILE),
        kept,
        attestation: bank.config.attestation.summary(),
        limits: bank.config.limits,
        customers: people::sign_ins(),
    })
}

/// The sandbox's tokens, kept so that a restart changes nothing for its clients.
#[derive(Serialize, Deserialize)]
struct Tokens {
    registration: String,
    control: String,
}

impl Tokens {
    fn load(data: &DataDir) -> Result<Self, StartError> {
        let damaged = || data.damaged(TOKENS_FILE);
        if let Some(text) = data.read(TOKENS_FILE)? {
            return serde_json::from_str(&text).map_err(|_| damaged().into());
        }
        let tokens = Self { registration: random::secret()?, control: random::secret()? };
        data.write(TOKENS_FILE, &serde_json::to_string(&tokens).map_err(|_| damaged())?)?;
        Ok(tokens)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_never_sent_over_plain_http() {
        for good in [
            "https://app.guichet.example/callback",
            "example.guichet:/callback",
            "http://127.0.0.1:4000/callback",
            "http://[::1]/callback",
        ] {
            assert!(keeps_codes_private(good), "{good}");
        }
        for bad in [
            "http://app.guichet.example/callback",
            "http://localhost/callback",
            "https://app.guichet.example/#fragment",
            "/callback",
        ] {
            assert!(!keeps_codes_private(bad), "{bad}");
        }
    }

    #[test]
    fn an_origin_is_taken_as_browsers_write_it_or_not_at_all() {
        assert_eq!(issuer(None, 8443).unwrap(), "https://localhost:8443");
        let origin = "https://bank.example:444";
        assert_eq!(issuer(Some(origin), 8443).unwrap(), origin);
        for other in [
            "http://bank.example",
            "https://bank.example/",
            "https://bank.example:443",
            "https://bank.example/path",
            "bank.example",
            "",
        ] {
            assert!(matches!(issuer(Some(other), 8443), Err(StartError::Origin(_))), "{other}");
        }
    }
}
