use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use guichet_foundation::bank::BankProfile;
use guichet_foundation::key::P256PublicKey;
use guichet_foundation::ports::{Method, Request, Response, Transport, TransportFailure};
use rustls::ClientConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, TrustAnchor};
use tokio::sync::watch;

use super::bank_time::BankTime;
use super::failure::{classify, lacks_pin};
use super::pins::Pins;
use super::traffic::{Traffic, TrafficCounter};
use super::verifier::{BelievedTime, Demand, PinnedVerifier};

const CONNECT_TIME_OUT: Duration = Duration::from_secs(10);
/// Shorter than the idle time-outs of usual servers, so that a request seldom meets a connection that is just being closed.
const IDLE_TIME_OUT: Duration = Duration::from_secs(25);

/// Headers whose values are good for something in other hands.
const SENSITIVE: [&str; 3] = ["authorization", "dpop", "signature"];

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

pub(super) struct Inside {
    pub(super) trust: Trust,
    /// With the edition of the pins it was made for; `None` once it was hung up.
    client: Mutex<Option<(u64, reqwest::Client)>>,
    /// Requests under way end when this changes.
    cut: watch::Sender<()>,
}

/// What a connection is judged by.
pub(super) struct Trust {
    pub(super) issuer: String,
    pub(super) anchor: P256PublicKey,
    roots: Vec<TrustAnchor<'static>>,
    pub(super) pins: Pins,
    pub(super) time: BankTime,
    lenient: Arc<AtomicBool>,
    pub(super) traffic: TrafficCounter,
}

impl PinnedTransport {
    /// A transport for the bank of `profile`. `pins` and `time` are shared with the one who keeps them up to date.
    pub fn new(profile: &BankProfile, pins: Pins, time: BankTime) -> Result<Self, SetupFailure> {
        let roots = match &profile.private_ca_pem {
            Some(pem) => private_roots(pem)?,
            None => webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        };
        let trust = Trust {
            issuer: profile.issuer.clone(),
            anchor: profile.trust_anchor,
            roots,
            pins,
            time,
            lenient: Arc::default(),
            traffic: TrafficCounter::default(),
        };
        let client = Mutex::new(Some((trust.pins.edition(), trust.client(Demand::PinnedKey)?)));
        Ok(Self(Arc::new(Inside { trust, client, cut: watch::Sender::new(()) })))
    }

    /// What has gone over the wire since the start.
    pub fn traffic(&self) -> Traffic {
        self.0.trust.traffic.so_far()
    }
}

impl Inside {
    /// The client for what is trusted now. New pins mean a new client, and so does the bank's time once it is known, if a
    /// certificate was let in before that would perhaps not be now: connections and session tickets of the old client are not
    /// used again, since a resumed TLS session checks no certificate.
    fn client_in_force(&self) -> Result<reqwest::Client, TransportFailure> {
        let edition = self.trust.pins.edition();
        let mut kept = self.client.lock().unwrap_or_else(PoisonError::into_inner);
        // Asked in any case: a client that is made now is strict already.
        let has_become_strict = self.trust.has_become_strict();
        if let Some((of, client)) = &*kept
            && *of == edition
            && !has_become_strict
        {
            return Ok(client.clone());
        }
        let fresh =
            self.trust.client(Demand::PinnedKey).map_err(|_| TransportFailure::NotConnected)?;
        *kept = Some((edition, fresh.clone()));
        Ok(fresh)
    }

    /// The old client closes its connections, once the last request that holds it has ended.
    fn hang_up(&self) {
        *self.client.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

#[async_trait]
impl Transport for PinnedTransport {
    async fn send(&self, request: Request) -> Result<Response, TransportFailure> {
        let mut cut = self.0.cut.subscribe();
        tokio::select! {
            biased;
            answer = self.0.exchange(request) => answer,
            _ = cut.changed() => Err(TransportFailure::Broken),
        }
    }

    fn hang_up(&self) {
        self.0.hang_up();
    }

    fn cut_off(&self) {
        self.0.hang_up();
        self.0.cut.send_replace(());
    }
}

impl Inside {
    async fn exchange(&self, request: Request) -> Result<Response, TransportFailure> {
        let edition = self.trust.pins.edition();
        let client = self.client_in_force()?;
        self.trust.traffic.request(&request);
        let limit = request.answer_limit;
        let request = prepared(request)?;
        // Shares its bytes with the request: nothing is copied.
        let again = request.try_clone();
        let answer = match (client.execute(request).await, again) {
            // No connection was made, so nothing of the request has left the phone.
            (Err(error), Some(again))
                if lacks_pin(&error) && self.has_newer_pins(edition).await =>
            {
                self.client_in_force()?.execute(again).await
            }
            (answer, _) => answer,
        };
        self.read(answer.map_err(|error| classify(&error))?, limit).await
    }

    pub(super) async fn read(
        &self,
        mut answer: reqwest::Response,
        limit: usize,
    ) -> Result<Response, TransportFailure> {
        let too_large = |length: u64| usize::try_from(length).map_or(true, |length| length > limit);
        if answer.content_length().is_some_and(too_large) {
            return Err(TransportFailure::Unreadable);
        }
        let status = answer.status().as_u16();
        let headers = answer.headers().iter().filter_map(readable).collect();
        let mut response = Response { status, headers, body: Vec::new() };
        self.trust.traffic.head(&response);
        while let Some(chunk) = answer.chunk().await.map_err(|error| classify(&error))? {
            self.trust.traffic.body(chunk.len());
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
pub(super) fn prepared(request: Request) -> Result<reqwest::Request, TransportFailure> {
    let method = match request.method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Delete => reqwest::Method::DELETE,
    };
    let url = request.url.parse().map_err(|_| TransportFailure::NotConnected)?;
    let mut prepared = reqwest::Request::new(method, url);
    for (name, value) in request.headers {
        let mut value: http::HeaderValue =
            value.parse().map_err(|_| TransportFailure::NotConnected)?;
        // Printed as nothing, and kept in no table for header compression.
        value.set_sensitive(SENSITIVE.contains(&name));
        prepared.headers_mut().insert(name, value);
    }
    if !request.body.is_empty() {
        *prepared.body_mut() = Some(request.body.into());
    }
    *prepared.timeout_mut() = Some(request.timeout);
    Ok(prepared)
}

impl Trust {
    pub(super) fn client(&self, demand: Demand) -> Result<reqwest::Client, SetupFailure> {
        reqwest::Client::builder()
            .tls_backend_preconfigured(self.tls(demand)?)
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

    fn tls(&self, demand: Demand) -> Result<ClientConfig, SetupFailure> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = PinnedVerifier {
            demand,
            roots: self.roots.clone(),
            pins: self.pins.clone(),
            time: self.time.clone(),
            lenient: Arc::clone(&self.lenient),
            algorithms: provider.signature_verification_algorithms,
            traffic: self.traffic.clone(),
        };
        let time = Arc::new(BelievedTime(self.time.clone()));
        let mut config = ClientConfig::builder_with_details(provider, time)
            .with_protocol_versions(&[&rustls::version::TLS13])
            .map_err(|_| SetupFailure::Tls)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    }

    /// Whether certificates are dated more strictly from now on than they were: once each time.
    fn has_become_strict(&self) -> bool {
        self.time.known().is_some() && self.lenient.swap(false, Ordering::SeqCst)
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invariant_07_silent_headers_that_are_good_for_something_print_as_nothing() {
        let headers = ["accept", "authorization", "dpop", "signature"];
        let request = Request {
            method: Method::Post,
            url: "https://bank.example/v1/x".to_owned(),
            headers: headers.map(|name| (name, format!("{name} eyJhbGciOi"))).to_vec(),
            body: Vec::new(),
            timeout: Duration::from_secs(1),
            answer_limit: 1,
        };
        let prepared = prepared(request).unwrap();
        let shown = format!("{:?}", prepared.headers());
        assert_eq!(shown.matches("eyJ").count(), 1, "{shown}");
        assert!(shown.contains("accept eyJ"), "the twin: an ordinary one is printed");
    }
}
