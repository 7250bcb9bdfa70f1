//! The network between phone and server, and whoever sits in it: the real transport, with requests altered or answers lost.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use guichet_foundation::ports::fakes::{FakeEntropy, FakeSigner};
use guichet_foundation::ports::{DeviceSigner, Request, Response, Transport, TransportFailure};
use guichet_foundation::time::Timestamp;
use guichet_session::PinnedTransport;
use guichet_wire::base64url;
use guichet_wire::dpop::Proof;
use serde_json::Value;
use url::{Url, form_urlencoded};

type Alter = Arc<dyn Fn(&mut Request) + Send + Sync>;

#[derive(Clone)]
enum What {
    Alter(Alter),
    LoseAnswer,
}

struct Tap {
    path: &'static str,
    times: usize,
    what: What,
}

/// What happens to a phone's requests. A clone is a handle to the same.
#[derive(Clone, Default)]
pub(crate) struct Taps(Arc<Mutex<Vec<Tap>>>);

impl Taps {
    /// The next `times` requests to `path` are changed on their way.
    pub(crate) fn alter(
        &self,
        path: &'static str,
        times: usize,
        alter: impl Fn(&mut Request) + Send + Sync + 'static,
    ) {
        self.add(path, times, What::Alter(Arc::new(alter)));
    }

    /// Remembers what `read` finds in the next request to `path`, which passes as it is.
    pub(crate) fn overhear(
        &self,
        path: &'static str,
        read: impl Fn(&Request) -> String + Send + Sync + 'static,
    ) -> Arc<Mutex<String>> {
        let heard: Arc<Mutex<String>> = Arc::default();
        let ears = Arc::clone(&heard);
        self.alter(path, 1, move |request| *ears.lock().unwrap() = read(request));
        heard
    }

    /// The next request to `path` is carried out, and its answer never arrives.
    pub(crate) fn lose_answer(&self, path: &'static str) {
        self.add(path, 1, What::LoseAnswer);
    }

    /// From now on everything passes as it is.
    pub(crate) fn remove_all(&self) {
        self.0.lock().unwrap().clear();
    }

    fn add(&self, path: &'static str, times: usize, what: What) {
        self.0.lock().unwrap().push(Tap { path, times, what });
    }

    fn take(&self, url: &str) -> Option<What> {
        let path = Url::parse(url).unwrap().path().to_owned();
        let mut taps = self.0.lock().unwrap();
        let tap = taps.iter_mut().find(|tap| tap.path == path && tap.times > 0)?;
        tap.times -= 1;
        Some(tap.what.clone())
    }
}

pub(crate) struct Wire {
    pub(crate) real: PinnedTransport,
    pub(crate) taps: Taps,
}

#[async_trait]
impl Transport for Wire {
    async fn send(&self, mut request: Request) -> Result<Response, TransportFailure> {
        match self.taps.take(&request.url) {
            None => self.real.send(request).await,
            Some(What::Alter(alter)) => {
                alter(&mut request);
                self.real.send(request).await
            }
            Some(What::LoseAnswer) => {
                self.real.send(request).await?;
                Err(TransportFailure::Broken)
            }
        }
    }
}

/// Exchanges a header's value.
pub(crate) fn set_header(request: &mut Request, name: &'static str, value: String) {
    request.headers.retain(|(found, _)| *found != name);
    request.headers.push((name, value));
}

/// A member of the form a request carries.
pub(crate) fn form_member(request: &Request, name: &str) -> String {
    let mut members = form_urlencoded::parse(&request.body);
    members.find(|(found, _)| found == name).unwrap().1.into_owned()
}

/// The value of a header.
pub(crate) fn header<'a>(request: &'a Request, name: &str) -> &'a str {
    &request.headers.iter().find(|(found, _)| *found == name).unwrap().1
}

/// Exchanges a member of the form a request carries.
pub(crate) fn set_form_member(request: &mut Request, name: &str, value: &str) {
    let members: Vec<_> = form_urlencoded::parse(&request.body).into_owned().collect();
    let members =
        members.iter().map(|(found, old)| (found, if found == name { value } else { old }));
    request.body =
        form_urlencoded::Serializer::new(String::new()).extend_pairs(members).finish().into_bytes();
}

/// Exchanges the DPoP proof for one that is right in everything but the key.
pub(crate) fn proof_by_a_stranger(request: &mut Request) {
    let stranger = FakeSigner::seeded(0xBAD);
    let key = DeviceSigner::create(&stranger).unwrap();
    let honest = header(request, "dpop");
    let payload = base64url::decode(honest.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&payload).unwrap();
    let authorization = request.headers.iter().find(|(name, _)| *name == "authorization");
    let proof = Proof {
        method: request.method,
        url: &Url::parse(&request.url).unwrap(),
        access_token: authorization.map(|(_, value)| value.strip_prefix("DPoP ").unwrap()),
        nonce: claims["nonce"].as_str(),
        issued_at: Timestamp::from_unix_seconds(claims["iat"].as_i64().unwrap()).unwrap(),
    };
    let proof = proof.sign(&stranger, &key, &FakeEntropy::seeded(1)).unwrap();
    set_header(request, "dpop", proof);
}
