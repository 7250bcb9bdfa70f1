use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use guichet_foundation::bank::BankProfile;
use guichet_foundation::ports::{Clock, Method, Request, Response, Transport, TransportFailure};
use rustls::ClientConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, TrustAnchor};

use super::failure::classify;
use super::pins::Pins;
use super::traffic::{Traffic, TrafficCounter};
use super::verifier::{PhoneTime, PinnedVerifier};

const CONNECT_TIME_OUT: Duration = Duration::from_secs(10);
/// Shorter than the idle time-outs of usual servers, so that a request seldom meets a connection that is just being closed.
const IDLE_TIME_OUT: Duration = Duration::from_secs(25);

/// Why a transport cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetupFailure {
    /// The private CA of the bank's profile is not PEM of a certificate authority.
    #[error("the private CA in the bank profile is not a certificate in PEM; check private_ca_pem")]
    PrivateCa,
    /// rustls or reqwest refuse the configuration.
    #[error("the TLS client cannot be configured")]
    Tls,
}

/// The way to the bank, see [`client`](super). A clone is a handle to the same connections.
#[derive(Clone)]
pub struct PinnedTransport(Arc<Inside>);

struct Inside {
    roots: Vec<TrustAnchor<'static>>,
    pins: Pins,
    clock: Arc<dyn Clock>,
    traffic: TrafficCounter,
    client: Mutex<(u64, reqwest::Client)>,
}

impl PinnedTransport {
    /// A transport for the bank of `profile`. `pins` is shared with the one who keeps them up to date; `clock` dates certificates.
    pub fn new(
        profile: &BankProfile,
        pins: Pins,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SetupFailure> {
        let roots = match &profile.private_ca_pem {
            Some(pem) => private_roots(pem)?,
            None => webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        };
        let traffic = TrafficCounter::default();
        let edition = pins.edition();
        let client = client(&roots, &pins, &clock, &traffic)?;
        let client = Mutex::new((edition, client));
        Ok(Self(Arc::new(Inside { roots, pins, clock, traffic, client })))
    }

    /// What has gone over the wire since the start.
    pub fn traffic(&self) -> Traffic {
        self.0.traffic.so_far()
    }
}

impl Inside {
    /// The client for the pins in force. New pins mean a new client: connections and session tickets of the old one are not
    /// used again, since a resumed TLS session checks no certificate.
    fn client(&self) -> Result<reqwest::Client, TransportFailure> {
        let edition = self.pins.edition();
        let mut kept = self.client.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.0 != edition {
            let fresh = client(&self.roots, &self.pins, &self.clock, &self.traffic)
                .map_err(|_| TransportFailure::NotConnected)?;
            *kept = (edition, fresh);
        }
        Ok(kept.1.clone())
    }
}

#[async_trait]
impl Transport for PinnedTransport {
    async fn send(&self, request: Request) -> Result<Response, TransportFailure> {
        let client = self.0.client()?;
        self.0.traffic.request(&request);
        let limit = request.answer_limit;
        let answer = client.execute(prepared(request)?).await.map_err(|error| classify(&error))?;
        let too_large = |length: u64| usize::try_from(length).map_or(true, |length| length > limit);
        if answer.content_length().is_some_and(too_large) {
            return Err(TransportFailure::Unreadable);
        }
        self.0.read(answer, limit).await
    }
}

impl Inside {
    async fn read(
        &self,
        mut answer: reqwest::Response,
        limit: usize,
    ) -> Result<Response, TransportFailure> {
        let status = answer.status().as_u16();
        let headers = answer.headers().iter().filter_map(readable).collect();
        let mut response = Response { status, headers, body: Vec::new() };
        self.traffic.head(&response);
        while let Some(chunk) = answer.chunk().await.map_err(|error| classify(&error))? {
            self.traffic.body(chunk.len());
            if response.body.len() + chunk.len() > limit {
                return Err(TransportFailure::Unreadable);
            }
            response.body.extend_from_slice(&chunk);
        }
        Ok(response)
    }
}

fn readable((name, value): (&http::HeaderName, &http::HeaderValue)) -> Option<(String, String)> {
    Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
}

/// Nothing has left the phone when a request cannot even be put together.
fn prepared(request: Request) -> Result<reqwest::Request, TransportFailure> {
    let method = match request.method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Delete => reqwest::Method::DELETE,
    };
    let url = request.url.parse().map_err(|_| TransportFailure::NotConnected)?;
    let mut prepared = reqwest::Request::new(method, url);
    for (name, value) in request.headers {
        let value = value.parse().map_err(|_| TransportFailure::NotConnected)?;
        prepared.headers_mut().insert(name, value);
    }
    if !request.body.is_empty() {
        *prepared.body_mut() = Some(request.body.into());
    }
    *prepared.timeout_mut() = Some(request.timeout);
    Ok(prepared)
}

fn client(
    roots: &[TrustAnchor<'static>],
    pins: &Pins,
    clock: &Arc<dyn Clock>,
    traffic: &TrafficCounter,
) -> Result<reqwest::Client, SetupFailure> {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls(roots, pins, clock, traffic)?)
        .https_only(true)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .connect_timeout(CONNECT_TIME_OUT)
        .pool_idle_timeout(IDLE_TIME_OUT)
        .build()
        .map_err(|_| SetupFailure::Tls)
}

fn tls(
    roots: &[TrustAnchor<'static>],
    pins: &Pins,
    clock: &Arc<dyn Clock>,
    traffic: &TrafficCounter,
) -> Result<ClientConfig, SetupFailure> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = PinnedVerifier {
        roots: roots.to_vec(),
        pins: pins.clone(),
        algorithms: provider.signature_verification_algorithms,
        traffic: traffic.clone(),
    };
    let mut config =
        ClientConfig::builder_with_details(provider, Arc::new(PhoneTime(Arc::clone(clock))))
            .with_protocol_versions(&[&rustls::version::TLS13])
            .map_err(|_| SetupFailure::Tls)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

fn private_roots(pem: &str) -> Result<Vec<TrustAnchor<'static>>, SetupFailure> {
    let roots: Vec<TrustAnchor<'static>> = CertificateDer::pem_slice_iter(pem.as_bytes())
        .map(|certificate| {
            let certificate = certificate.map_err(|_| SetupFailure::PrivateCa)?;
            let root = webpki::anchor_from_trusted_cert(&certificate);
            root.map(|root| root.to_owned()).map_err(|_| SetupFailure::PrivateCa)
        })
        .collect::<Result<_, _>>()?;
    if roots.is_empty() { Err(SetupFailure::PrivateCa) } else { Ok(roots) }
}
