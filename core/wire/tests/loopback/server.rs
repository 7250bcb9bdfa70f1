//! A TLS server on the loopback that does what a test tells it to.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, PublicKeyData as _,
    date_time_ymd,
};
use ring::digest::{SHA256, digest};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, SupportedProtocolVersion};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// A certificate authority.
pub(crate) struct Authority {
    key: KeyPair,
    params: CertificateParams,
    pub(crate) pem: String,
}

/// What a server shows: a chain and its key.
pub(crate) struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    pub(crate) pin: [u8; 32],
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.not_before = date_time_ymd(2026, 1, 1);
        params.not_after = date_time_ymd(2036, 1, 1);
        let pem = params.self_signed(&key).unwrap().pem();
        Self { key, params, pem }
    }

    pub(crate) fn pin(&self) -> [u8; 32] {
        pin(&self.key)
    }

    /// A certificate for `name`, good through 2026.
    pub(crate) fn identity(&self, name: &str) -> Identity {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.not_before = date_time_ymd(2026, 1, 1);
        params.not_after = date_time_ymd(2027, 1, 1);
        let issuer = Issuer::from_params(&self.params, &self.key);
        let certificate = params.signed_by(&key, &issuer).unwrap();
        Identity {
            chain: vec![certificate.der().clone()],
            pin: pin(&key),
            key: PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
        }
    }
}

impl Identity {
    /// Also sends this authority's certificate, whether it belongs to the chain or not.
    pub(crate) fn sending(mut self, authority: &Authority) -> Self {
        self.chain.push(authority.params.self_signed(&authority.key).unwrap().der().clone());
        self
    }
}

fn pin(key: &KeyPair) -> [u8; 32] {
    digest(&SHA256, &key.subject_public_key_info()).as_ref().try_into().unwrap()
}

/// What the server does with each request.
#[derive(Clone)]
pub(crate) enum Behaviour {
    /// Sends these bytes, and keeps the connection if they say so.
    Answer(Vec<u8>),
    /// As [`Self::Answer`], with what a test puts here once it knows the server's address.
    AnswerLater(Arc<Mutex<Vec<u8>>>),
    /// Sends these bytes and closes.
    Close(Vec<u8>),
    /// Resets the connection.
    Reset,
    /// Sends these bytes and then nothing more.
    Stall(Vec<u8>),
    /// A body of so many bytes, chunked, without an end.
    Endless,
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
    connections: Arc<AtomicUsize>,
    open: Arc<watch::Sender<usize>>,
}

impl Server {
    pub(crate) async fn start(
        identity: Identity,
        version: &'static SupportedProtocolVersion,
        behaviour: Behaviour,
    ) -> Self {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[version])
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(identity.chain, identity.key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (heads, connections) = (Arc::default(), Arc::default());
        let open: Arc<watch::Sender<usize>> = Arc::default();
        let server = Self {
            address,
            heads: Arc::clone(&heads),
            connections: Arc::clone(&connections),
            open: Arc::clone(&open),
        };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, behaviour) = (acceptor.clone(), behaviour.clone());
                let (heads, connections) = (Arc::clone(&heads), Arc::clone(&connections));
                let open = Arc::clone(&open);
                tokio::spawn(async move {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        connections.fetch_add(1, Ordering::SeqCst);
                        open.send_modify(|open| *open += 1);
                        serve(stream, behaviour, &heads).await;
                        open.send_modify(|open| *open -= 1);
                    }
                });
            }
        });
        server
    }

    pub(crate) fn requests(&self) -> usize {
        self.heads().len()
    }

    /// The head of each request, as it came.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }

    /// Waits until so many connections are open.
    pub(crate) async fn until_open(&self, count: usize) {
        self.open.subscribe().wait_for(|open| *open == count).await.unwrap();
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

async fn serve(mut stream: TlsStream<TcpStream>, behaviour: Behaviour, heads: &Mutex<Vec<String>>) {
    while let Some(head) = read_request(&mut stream).await {
        heads.lock().unwrap().push(head);
        match &behaviour {
            Behaviour::Answer(bytes) => {
                if stream.write_all(bytes).await.is_err() || stream.flush().await.is_err() {
                    return;
                }
            }
            Behaviour::AnswerLater(bytes) => {
                let bytes = bytes.lock().unwrap().clone();
                if stream.write_all(&bytes).await.is_err() || stream.flush().await.is_err() {
                    return;
                }
            }
            Behaviour::Close(bytes) => {
                stream.write_all(bytes).await.ok();
                stream.shutdown().await.ok();
                return;
            }
            Behaviour::Reset => {
                stream.get_ref().0.set_zero_linger().ok();
                return;
            }
            Behaviour::Stall(bytes) => {
                stream.write_all(bytes).await.ok();
                stream.flush().await.ok();
                std::future::pending::<()>().await;
            }
            Behaviour::Endless => {
                let head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
                stream.write_all(head).await.ok();
                let chunk = [b"1000\r\n".as_slice(), &[b'x'; 0x1000], b"\r\n"].concat();
                while stream.write_all(&chunk).await.is_ok() {}
                return;
            }
        }
    }
}

/// Reads one request without a body; `None` at the end of the connection.
async fn read_request(stream: &mut TlsStream<TcpStream>) -> Option<String> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => request.push(byte),
            Err(_) => return None,
        }
    }
    String::from_utf8(request).ok()
}
