//! TLS: a CA of the sandbox's own, a leaf for `localhost`, and a backup key that waits.
//!
//! The keys are kept in the data folder, so that a restart keeps both the CA that clients trust and
//! the pins. The leaf certificate is issued afresh from its kept key at every start and so never
//! lies expired in an old folder. Certificates live in the machine's time, whatever the bank's own clock
//! says.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64ct::{Base64UrlUnpadded, Encoding};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PublicKeyData, date_time_ymd,
};
use rustls::ServerConfig;
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use sha2::{Digest, Sha256};
use tokio::sync::watch;

use crate::clock::Clock;
use crate::data_dir::{DataDir, DataDirError};

const CA_FILE: &str = "ca.pem";
const CA_KEY_FILE: &str = "ca.key.pem";
const LEAF_KEY_FILE: &str = "tls.key.pem";
const BACKUP_KEY_FILE: &str = "tls-backup.key.pem";

const DAY: SignedDuration = SignedDuration::from_hours(24);
const LEAF_DAYS: i32 = 90;
const CA_DAYS: i32 = 3_650;

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The folder.
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    /// A key or certificate could not be made.
    #[error("the certificates could not be made: {0}")]
    Certificate(#[from] rcgen::Error),
    /// The server could not be configured.
    #[error("TLS could not be set up: {0}")]
    Config(#[from] rustls::Error),
}

/// What the server and the pin set need.
#[derive(Debug)]
pub struct Tls {
    /// TLS 1.3 only, offering HTTP/2 and HTTP/1.1.
    pub config: Arc<ServerConfig>,
    /// The CA certificate that clients of this sandbox trust.
    pub ca_pem: String,
    /// SPKI pins: the leaf's, then the backup key's.
    pub pins: [String; 2],
}

impl Tls {
    /// Reads the keys of a folder, makes those that are not there, and issues the leaf as of now.
    pub fn load(data: &DataDir) -> Result<Self, TlsError> {
        let now = Clock::machine().now();
        let ca_key = load_or_draw(data, CA_KEY_FILE)?;
        let leaf_key = load_or_draw(data, LEAF_KEY_FILE)?;
        let backup_key = load_or_draw(data, BACKUP_KEY_FILE)?;
        let pins = [pin(&leaf_key), pin(&backup_key)];

        let ca_params = ca_params(now)?;
        let ca_pem = if let Some(pem) = data.read(CA_FILE)? {
            pem
        } else {
            let pem = ca_params.self_signed(&ca_key)?.pem();
            data.write(CA_FILE, &pem)?;
            pem
        };
        let issuer = Issuer::new(ca_params, ca_key);
        let leaf = leaf_params(now)?.signed_by(&leaf_key, &issuer)?;
        let private = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(leaf_key.serialize_der()));

        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .with_no_client_auth()
            .with_single_cert(vec![leaf.der().clone()], private)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self { config: Arc::new(config), ca_pem, pins })
    }
}

/// The TLS in use, which a switch of keys replaces while the bank runs. Clones share it.
#[derive(Clone, Debug)]
pub struct TlsInUse {
    config: watch::Sender<Arc<ServerConfig>>,
    pins: Arc<Mutex<[String; 2]>>,
}

impl TlsInUse {
    /// Begins with what a start has loaded.
    pub fn new(tls: Tls) -> Self {
        let Tls { config, pins, .. } = tls;
        Self { config: watch::Sender::new(config), pins: Arc::new(Mutex::new(pins)) }
    }

    /// The configuration for new connections, and word of another one.
    pub fn config(&self) -> watch::Receiver<Arc<ServerConfig>> {
        self.config.subscribe()
    }

    /// Draws a new backup key; gives the pins: the leaf's, then the backup key's.
    pub fn replace_backup_key(&self, data: &DataDir) -> Result<[String; 2], TlsError> {
        let mut pins = self.pins();
        let key = KeyPair::generate()?;
        data.write(BACKUP_KEY_FILE, &key.serialize_pem())?;
        let [_, backup] = &mut *pins;
        *backup = pin(&key);
        Ok(pins.clone())
    }

    /// Makes the backup key the leaf's and draws a new backup key; gives the pins. New connections get
    /// the new certificate, open ones are closed after what they are answering.
    pub fn switch_to_backup_key(&self, data: &DataDir) -> Result<[String; 2], TlsError> {
        let mut pins = self.pins();
        // Killed in between, the backup key is missing: the next start draws one.
        data.rename(BACKUP_KEY_FILE, LEAF_KEY_FILE)?;
        let tls = Tls::load(data)?;
        pins.clone_from(&tls.pins);
        self.config.send_replace(tls.config);
        Ok(tls.pins)
    }

    fn pins(&self) -> MutexGuard<'_, [String; 2]> {
        self.pins.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The CA certificate's place in a data folder.
pub fn ca_file(data: &DataDir) -> std::path::PathBuf {
    data.file(CA_FILE)
}

fn load_or_draw(data: &DataDir, name: &str) -> Result<KeyPair, TlsError> {
    if let Some(pem) = data.read(name)? {
        return KeyPair::from_pem(&pem).map_err(|_| data.damaged(name).into());
    }
    let key = KeyPair::generate()?;
    data.write(name, &key.serialize_pem())?;
    Ok(key)
}

fn pin(key: &KeyPair) -> String {
    Base64UrlUnpadded::encode_string(&Sha256::digest(key.subject_public_key_info()))
}

fn ca_params(now: Timestamp) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name.push(DnType::CommonName, "Guichet Sandbox CA");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    set_validity(&mut params, now, CA_DAYS);
    Ok(params)
}

fn leaf_params(now: Timestamp) -> Result<CertificateParams, rcgen::Error> {
    let names = ["localhost", "127.0.0.1"].map(str::to_owned);
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name.push(DnType::CommonName, "Guichet Sandbox Bank");
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    set_validity(&mut params, now, LEAF_DAYS);
    Ok(params)
}

/// From yesterday, so that a phone whose clock is behind is served too.
fn set_validity(params: &mut CertificateParams, now: Timestamp, days: i32) {
    let at = |moment: Timestamp| {
        let date = Offset::UTC.to_datetime(moment).date();
        date_time_ymd(date.year().into(), date.month().unsigned_abs(), date.day().unsigned_abs())
    };
    params.not_before = at(now.saturating_sub(DAY).unwrap_or(now));
    params.not_after = at(now.saturating_add(DAY * days).unwrap_or(now));
}
