use std::fmt;
use std::sync::Arc;

use guichet_foundation::ports::Clock;
use ring::digest::{SHA256, digest};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, TrustAnchor, UnixTime};
use rustls::time_provider::TimeProvider;
use rustls::{CertificateError, DigitallySignedStruct, Error, OtherError, SignatureScheme};
use webpki::{EndEntityCert, KeyUsage, VerifiedPath};

use super::pins::Pins;
use super::traffic::TrafficCounter;

/// Validates the bank's certificate (chain, time, name, purpose), and lets only paths with a pinned key count.
#[derive(Debug)]
pub(super) struct PinnedVerifier {
    pub(super) roots: Vec<TrustAnchor<'static>>,
    pub(super) pins: Pins,
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
        if pins.any(|pin| self.pins.contain(pin.as_ref())) {
            Ok(())
        } else {
            Err(webpki::Error::UnknownIssuer)
        }
    }
}

impl ServerCertVerifier for PinnedVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.traffic.handshake();
        let certificate = EndEntityCert::try_from(end_entity).map_err(refused)?;
        certificate
            .verify_for_usage(
                self.algorithms.all,
                &self.roots,
                intermediates,
                now,
                KeyUsage::server_auth(),
                None,
                Some(&|path| self.has_pin(path)),
            )
            .map_err(refused)?;
        certificate.verify_is_valid_for_subject_name(server_name).map_err(refused)?;
        Ok(ServerCertVerified::assertion())
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

/// The phone's clock as TLS wants it.
pub(super) struct PhoneTime(pub(super) Arc<dyn Clock>);

impl TimeProvider for PhoneTime {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = u64::try_from(self.0.now().unix_seconds()).ok()?;
        Some(UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds)))
    }
}

impl fmt::Debug for PhoneTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneTime")
    }
}
