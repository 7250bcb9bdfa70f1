use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use guichet_foundation::time::Timestamp;
use ring::digest::{SHA256, digest};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, TrustAnchor, UnixTime};
use rustls::time_provider::TimeProvider;
use rustls::{CertificateError, DigitallySignedStruct, Error, OtherError, SignatureScheme};
use webpki::{EndEntityCert, KeyUsage, VerifiedPath};

use super::bank_time::{BankTime, are_close};
use super::pins::Pins;
use super::traffic::TrafficCounter;

/// More certificates than any chain that webpki follows has.
const LONGEST_CHAIN: usize = 8;

/// What a chain has to have besides being valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Demand {
    /// A pinned key.
    PinnedKey,
    /// Nothing more: for fetching the pin set, which is signed itself.
    ValidChain,
}

/// The chain is valid and has no pinned key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the certificate is valid, but none of its keys is pinned")]
pub(super) struct NoPin;

/// Validates the bank's certificate (chain, time, name, purpose), and lets only paths with a pinned key count.
#[derive(Debug)]
pub(super) struct PinnedVerifier {
    pub(super) demand: Demand,
    pub(super) roots: Vec<TrustAnchor<'static>>,
    pub(super) pins: Pins,
    pub(super) time: BankTime,
    /// A certificate was let in that is not valid at the very time the phone believes.
    pub(super) lenient: Arc<AtomicBool>,
    pub(super) algorithms: WebPkiSupportedAlgorithms,
    pub(super) traffic: TrafficCounter,
}

impl PinnedVerifier {
    fn has_pin(&self, path: &VerifiedPath<'_>) -> Result<(), webpki::Error> {
        let certificates = path
            .intermediate_certificates()
            .map(webpki::Cert::subject_public_key_info)
            .chain([path.end_entity().subject_public_key_info()])
            .chain([webpki::spki_for_anchor(path.anchor())]);
        let mut pins = certificates.map(|spki| digest(&SHA256, spki.as_ref()));
        if self.demand == Demand::ValidChain || pins.any(|pin| self.pins.contain(pin.as_ref())) {
            Ok(())
        } else {
            Err(webpki::Error::UnknownIssuer)
        }
    }

    /// The bank's time decides. Before it is known, a phone whose clock is off by less than the tolerance has to reach the bank
    /// to learn it; further off, a chain that is the bank's in everything else shows that the clock is wrong.
    fn is_in_time(
        &self,
        valid_at: impl Fn(UnixTime) -> Result<(), webpki::Error>,
    ) -> Result<(), Error> {
        if let Some(known) = self.time.known() {
            return valid_at(unix_time(known)).map_err(refused);
        }
        let believed = self.time.now();
        let valid = moment_of_validity(unix_time(believed), valid_at).map_err(refused)?;
        let valid = timestamp(valid).ok_or(CertificateError::BadEncoding)?;
        if valid == believed {
            return Ok(());
        }
        tracing::warn!("the server's certificate is not valid at the time the phone believes");
        if are_close(valid, believed) {
            self.lenient.store(true, Ordering::SeqCst);
            return Ok(());
        }
        let early = believed < valid;
        Err(if early { CertificateError::NotValidYet } else { CertificateError::Expired }.into())
    }
}

/// The moment closest to `now` at which the chain is valid: the earliest end of its certificates if `now` is too late, their
/// latest beginning if it is too early.
fn moment_of_validity(
    now: UnixTime,
    valid_at: impl Fn(UnixTime) -> Result<(), webpki::Error>,
) -> Result<UnixTime, webpki::Error> {
    let mut moment = now;
    for _ in 0..LONGEST_CHAIN {
        match valid_at(moment) {
            Ok(()) => return Ok(moment),
            Err(webpki::Error::CertExpired { not_after, .. }) if moment <= now => {
                moment = not_after;
            }
            Err(webpki::Error::CertNotValidYet { not_before, .. }) if moment >= now => {
                moment = not_before;
            }
            Err(other) => return Err(other),
        }
    }
    Err(webpki::Error::MaximumPathDepthExceeded)
}

fn unix_time(time: Timestamp) -> UnixTime {
    let seconds = u64::try_from(time.unix_seconds()).unwrap_or_default();
    UnixTime::since_unix_epoch(Duration::from_secs(seconds))
}

fn timestamp(time: UnixTime) -> Option<Timestamp> {
    Timestamp::from_unix_seconds(i64::try_from(time.as_secs()).ok()?).ok()
}

impl ServerCertVerifier for PinnedVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.traffic.handshake();
        let certificate = EndEntityCert::try_from(end_entity).map_err(refused)?;
        certificate.verify_is_valid_for_subject_name(server_name).map_err(refused)?;
        let lacks_pin = Cell::new(false);
        let has_pin =
            |path: &VerifiedPath<'_>| self.has_pin(path).inspect_err(|_| lacks_pin.set(true));
        let in_time = self.is_in_time(|moment| {
            let path = certificate.verify_for_usage(
                self.algorithms.all,
                &self.roots,
                intermediates,
                moment,
                KeyUsage::server_auth(),
                None,
                Some(&has_pin),
            );
            path.map(drop)
        });
        if in_time.is_err() && lacks_pin.get() {
            return Err(CertificateError::Other(OtherError(Arc::new(NoPin))).into());
        }
        in_time.map(|()| ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

fn refused(error: webpki::Error) -> Error {
    tracing::warn!(reason = ?error, "the server's certificate is refused");
    Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(error))))
}

/// What is known of the time, as TLS wants it: for tickets; certificates are dated by the verifier.
#[derive(Debug)]
pub(super) struct BelievedTime(pub(super) BankTime);

impl TimeProvider for BelievedTime {
    fn current_time(&self) -> Option<UnixTime> {
        Some(unix_time(self.0.now()))
    }
}
