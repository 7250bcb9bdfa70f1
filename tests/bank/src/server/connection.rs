//! Connections: TLS, HTTP/2 or HTTP/1.1, and a handle by which a request can cut its own.

use core::convert::Infallible;
use core::pin::pin;
use core::time::Duration;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::response::{IntoResponse as _, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

/// How long a client may take for its handshake, and for the head of a request.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a request may take as a whole: a client that trickles its body is let go. Longer than any delay that a switch sets.
const REQUEST_PATIENCE: Duration = Duration::from_secs(90);

/// Lets a handler end the connection its request came on. In every request's extensions.
#[derive(Clone, Debug, Default)]
pub struct ConnectionHandle {
    cut: Arc<Notify>,
    gone: Arc<Notify>,
}

impl ConnectionHandle {
    /// Cuts the TCP connection and comes back when it is gone: nothing more is sent, not even TLS's
    /// closing word. Over HTTP/1.1 the handler is gone with it and this never comes back.
    pub async fn cut(&self) {
        self.cut.notify_one();
        self.gone.notified().await;
    }
}

/// Accepts connections until it is dropped; then every connection ends with it. Those under another
/// configuration than the one in use end after what they are answering.
pub(super) async fn accept(
    listener: TcpListener,
    tls: watch::Receiver<Arc<ServerConfig>>,
    router: Router,
) {
    let mut connections = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                connections.spawn(serve(stream, tls.clone(), router.clone()));
            }
            // Out of file descriptors, mostly: wait until some connection has ended.
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn serve(stream: TcpStream, mut tls: watch::Receiver<Arc<ServerConfig>>, router: Router) {
    let acceptor = TlsAcceptor::from(Arc::clone(&tls.borrow_and_update()));
    // Small answers should not wait for each other.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY");
    }
    let stream = match timeout(PATIENCE, acceptor.accept(stream)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => return tracing::debug!(%error, "no TLS"),
        Err(_) => return tracing::debug!("the handshake took too long"),
    };
    let handle = ConnectionHandle::default();
    let service = service_fn({
        let handle = handle.clone();
        move |request| answer(router.clone(), handle.clone(), request)
    });

    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(PATIENCE);
    builder.http2().timer(TokioTimer::new()).max_concurrent_streams(64);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let mut is_ending = false;
    loop {
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(error, "the connection ended");
                }
                break;
            }
            () = handle.cut.notified() => break,
            Ok(()) = tls.changed(), if !is_ending => {
                connection.as_mut().graceful_shutdown();
                is_ending = true;
            }
        }
    }
    handle.gone.notify_one();
}

async fn answer(
    router: Router,
    handle: ConnectionHandle,
    request: Request<Incoming>,
) -> Result<Response, Infallible> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(handle);
    match timeout(REQUEST_PATIENCE, router.oneshot(request)).await {
        Ok(answered) => answered,
        Err(_) => Ok(StatusCode::REQUEST_TIMEOUT.into_response()),
    }
}
