use std::error::Error;

use guichet_foundation::ports::TransportFailure;
use rustls::CertificateError;

use super::verifier::NoPin;

/// What a failed exchange means. `is_connect` is true only while the connection, TLS included, was being made: then nothing of
/// the request has left the phone. Everything later may have reached the bank.
pub(super) fn classify(error: &reqwest::Error) -> TransportFailure {
    if error.is_connect() {
        return tls(error).map_or(TransportFailure::NotConnected, of_tls);
    }
    if error.is_timeout() {
        TransportFailure::TimedOut
    } else if error.is_builder() {
        TransportFailure::NotConnected
    } else if causes(error).any(is_not_http) {
        TransportFailure::Unreadable
    } else {
        TransportFailure::Broken
    }
}

/// Whether the other side's certificate was valid in everything and only had no pinned key.
pub(super) fn lacks_pin(error: &reqwest::Error) -> bool {
    match tls(error) {
        Some(rustls::Error::InvalidCertificate(CertificateError::Other(other))) => {
            other.0.is::<NoPin>()
        }
        _ => false,
    }
}

/// The error and what caused it. An `io::Error` hides what it wraps from `source`, hence the extra step.
fn causes<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> + 'a {
    std::iter::successors(Some(error), |error| {
        let error: &'a (dyn Error + 'static) = *error;
        let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        match wrapped {
            Some(inside) => Some(inside as &(dyn Error + 'static)),
            None => error.source(),
        }
    })
}

fn tls(error: &reqwest::Error) -> Option<&rustls::Error> {
    causes(error).find_map(|cause| cause.downcast_ref())
}

fn of_tls(error: &rustls::Error) -> TransportFailure {
    match error {
        rustls::Error::InvalidCertificate(
            CertificateError::Expired | CertificateError::NotValidYet,
        ) => TransportFailure::ClockWrong,
        _ => TransportFailure::NotTheBank,
    }
}

fn is_not_http(error: &(dyn Error + 'static)) -> bool {
    error.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_parse)
}
