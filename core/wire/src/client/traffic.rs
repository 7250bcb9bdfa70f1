use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use guichet_foundation::ports::{Request, Response};

/// What has gone over the wire since the start.
///
/// Requests are those that were handed to a connection or failed to get one. Bytes are those of the HTTP messages as HTTP/1.1
/// would write them: request or status line, headers, body. TLS framing and handshakes (about 3 kB for each new connection) come
/// on top; the header compression of HTTP/2 takes some off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Requests.
    pub requests: u64,
    /// TLS handshakes in which the bank's certificate was checked.
    pub handshakes: u64,
    /// Bytes of requests.
    pub bytes_sent: u64,
    /// Bytes of answers, as far as they were read.
    pub bytes_received: u64,
}

/// Counts [`Traffic`]. A clone is a handle to the same.
#[derive(Clone, Debug, Default)]
pub struct TrafficCounter(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    requests: AtomicU64,
    handshakes: AtomicU64,
    bytes_sent: AtomicU64,
    bytes_received: AtomicU64,
}

impl TrafficCounter {
    /// The counts so far.
    pub fn so_far(&self) -> Traffic {
        Traffic {
            requests: self.0.requests.load(Ordering::Relaxed),
            handshakes: self.0.handshakes.load(Ordering::Relaxed),
            bytes_sent: self.0.bytes_sent.load(Ordering::Relaxed),
            bytes_received: self.0.bytes_received.load(Ordering::Relaxed),
        }
    }

    pub(super) fn handshake(&self) {
        self.0.handshakes.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn request(&self, request: &Request) {
        let headers: usize = request.headers.iter().map(|(name, value)| line(name, value)).sum();
        let first = request.method.as_str().len() + request.url.len() + " HTTP/1.1\r\n\r\n".len();
        self.0.requests.fetch_add(1, Ordering::Relaxed);
        self.0.bytes_sent.fetch_add(count(first + headers + request.body.len()), Ordering::Relaxed);
    }

    /// Status line and headers; the body is counted as it comes.
    pub(super) fn head(&self, response: &Response) {
        let headers: usize = response.headers.iter().map(|(name, value)| line(name, value)).sum();
        let first = "HTTP/1.1 200 OK\r\n\r\n".len();
        self.0.bytes_received.fetch_add(count(first + headers), Ordering::Relaxed);
    }

    pub(super) fn body(&self, bytes: usize) {
        self.0.bytes_received.fetch_add(count(bytes), Ordering::Relaxed);
    }
}

const fn line(name: &str, value: &str) -> usize {
    name.len() + value.len() + ": \r\n".len()
}

fn count(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
