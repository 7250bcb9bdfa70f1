use std::sync::Arc;
use std::time::Duration;

use guichet_foundation::ports::{Method, Request, Response, Transport, TransportFailure};
use guichet_wire::client::BankTime;
use guichet_wire::date;
use url::Url;

use super::nonces::{Nonces, Server};
use crate::calls::{CallFailure, NotSent};

const TIME_OUT: Duration = Duration::from_secs(30);
/// docs/protocol.md, section 1.
const ANSWER_LIMIT: usize = 4 * 1024 * 1024;

/// The bank as one requests it: sends, and learns the time and the nonces from every answer.
pub(crate) struct Contact {
    transport: Arc<dyn Transport>,
    pub(crate) time: BankTime,
    nonces: Nonces,
}

/// One request, ready to be sent.
pub(crate) struct Outgoing<'a> {
    pub(crate) method: Method,
    pub(crate) url: &'a Url,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) to: Server,
}

impl Contact {
    pub(crate) fn new(transport: Arc<dyn Transport>, time: BankTime) -> Self {
        Self { transport, time, nonces: Nonces::default() }
    }

    pub(crate) async fn send(&self, outgoing: Outgoing<'_>) -> Result<Response, TransportFailure> {
        let request = Request {
            method: outgoing.method,
            url: outgoing.url.as_str().to_owned(),
            headers: outgoing.headers,
            body: outgoing.body,
            timeout: TIME_OUT,
            answer_limit: ANSWER_LIMIT,
        };
        let sent_at = self.time.uptime();
        let response = self.transport.send(request).await?;
        // A process that was frozen meanwhile reads an answer, and its `Date`, of long ago.
        let is_fresh = self.time.uptime().saturating_sub(sent_at) <= TIME_OUT;
        if let Some(date) = response.header("date").and_then(date::read).filter(|_| is_fresh) {
            self.time.learn(date);
        }
        if let Some(nonce) = response.header("dpop-nonce") {
            self.nonces.learn(outgoing.to, nonce, sent_at);
        }
        Ok(response)
    }

    /// The nonce for a proof to `server`, if it has given one.
    pub(crate) fn nonce(&self, server: Server) -> Option<String> {
        self.nonces.of(server, self.time.uptime())
    }

    /// Closes what is kept open for later requests.
    pub(crate) fn hang_up(&self) {
        self.transport.hang_up();
    }

    /// As [`Self::hang_up`], and ends every request under way.
    pub(crate) fn cut_off(&self) {
        self.transport.cut_off();
    }

    /// Reads a document that needs no authorization.
    pub(crate) async fn read(&self, url: &Url, to: Server) -> Result<Vec<u8>, CallFailure> {
        let headers = vec![("accept", "*/*".to_owned())];
        let outgoing = Outgoing { method: Method::Get, url, headers, body: Vec::new(), to };
        let response = answered(self.send(outgoing).await?)?;
        if response.status == 200 { Ok(response.body) } else { Err(CallFailure::Unreadable) }
    }
}

/// The answer, unless its status says that the bank is busy, out of order, or redirects.
pub(crate) fn answered(response: Response) -> Result<Response, CallFailure> {
    match response.status {
        429 | 503 => Err(CallFailure::Busy { retry_after: super::retry_after(&response) }),
        500.. => Err(CallFailure::Unanswered),
        200..=299 | 400..=499 => Ok(response),
        _ => Err(CallFailure::Unreadable),
    }
}

impl From<TransportFailure> for CallFailure {
    fn from(failure: TransportFailure) -> Self {
        match failure {
            TransportFailure::NotConnected => NotSent::Offline.into(),
            TransportFailure::NotTheBank => NotSent::NotTheBank.into(),
            TransportFailure::ClockWrong => NotSent::ClockWrong.into(),
            TransportFailure::TimedOut | TransportFailure::Broken => Self::Unanswered,
            TransportFailure::Unreadable => Self::Unreadable,
        }
    }
}
