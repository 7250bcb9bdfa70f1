use std::time::Duration;

use async_trait::async_trait;

/// The methods the protocol uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// Reads.
    Get,
    /// Creates, or asks for something to be done.
    Post,
    /// Replaces.
    Put,
    /// Removes.
    Delete,
}

impl Method {
    /// The name in capitals, as on the wire and in signatures.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// One HTTP request. Debug shows method and URL without its query.
#[derive(Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Absolute, `https`.
    pub url: String,
    /// Names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// Empty where there is none.
    pub body: Vec<u8>,
    /// For the whole exchange.
    pub timeout: Duration,
    /// The most bytes of body that are read.
    pub answer_limit: usize,
}

/// One HTTP response, read whole. Debug shows the status only.
#[derive(Clone)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// At most `answer_limit` bytes.
    pub body: Vec<u8>,
}

impl Response {
    /// The first header of this name (lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let address = self.url.split('?').next().unwrap_or_default();
        write!(f, "{} {address}", self.method.as_str())
    }
}

impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.status)
    }
}

/// Why there is no response. What matters to money is whether the request may have reached the bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum TransportFailure {
    /// No connection was made: nothing left the phone.
    #[error("no connection to the bank")]
    NotConnected,
    /// The other side is not the bank: certificate, name, pin or TLS version. Nothing left the phone.
    #[error("the other side could not prove to be the bank")]
    NotTheBank,
    /// No answer in time.
    #[error("no answer in time")]
    TimedOut,
    /// The connection ended before the answer did.
    #[error("the connection broke")]
    Broken,
    /// The answer is longer than `answer_limit`, or not HTTP.
    #[error("the answer is too large or malformed")]
    Unreadable,
}

impl TransportFailure {
    /// Whether the bank may have carried the request out.
    pub const fn may_have_reached_bank(self) -> bool {
        !matches!(self, Self::NotConnected | Self::NotTheBank)
    }
}

/// The way to the bank. No retries, no redirects, no cookies, no proxy: one call is at most one request on the wire.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends the request and reads the whole answer.
    async fn send(&self, request: Request) -> Result<Response, TransportFailure>;
}
