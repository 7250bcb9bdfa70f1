use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The two servers of a bank, each with its own DPoP nonces as far as RFC 9449 goes (sections 8 and 9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Server {
    Authorization,
    Resource,
}

impl Server {
    const fn other(self) -> Self {
        match self {
            Self::Authorization => Self::Resource,
            Self::Resource => Self::Authorization,
        }
    }
}

/// The newest nonce of each server.
#[derive(Default)]
pub(crate) struct Nonces {
    authorization: Mutex<Option<Learned>>,
    resource: Mutex<Option<Learned>>,
}

#[derive(Clone)]
struct Learned {
    nonce: String,
    uptime: Duration,
}

/// Longer ones are not nonces any more; RFC 9449 leaves the size to the server.
const LONGEST: usize = 512;
/// A nonce that is older is about to end (docs/protocol.md, section 3.4).
const FRESH: Duration = Duration::from_mins(4);

impl Nonces {
    /// The nonce to send to `server` at `uptime`: its own newest. Where it has given none, or none lately, the other's if that is
    /// newer: a bank on one origin accepts its nonces at both, and to one that does not it is as good as none.
    pub(crate) fn of(&self, server: Server, uptime: Duration) -> Option<String> {
        let (own, other) = (self.newest(server), self.newest(server.other()));
        let is_fresh = |own: &Learned| uptime.saturating_sub(own.uptime) < FRESH;
        let newest = match (own, other) {
            (Some(own), Some(other)) if is_fresh(&own) || own.uptime >= other.uptime => Some(own),
            (own, other) => other.or(own),
        };
        newest.map(|learned| learned.nonce)
    }

    pub(crate) fn learn(&self, server: Server, nonce: &str, uptime: Duration) {
        if !nonce.is_empty() && nonce.len() <= LONGEST {
            let mut place = self.place(server).lock().unwrap_or_else(PoisonError::into_inner);
            *place = Some(Learned { nonce: nonce.to_owned(), uptime });
        }
    }

    fn newest(&self, server: Server) -> Option<Learned> {
        self.place(server).lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    const fn place(&self, server: Server) -> &Mutex<Option<Learned>> {
        match server {
            Server::Authorization => &self.authorization,
            Server::Resource => &self.resource,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn each_server_gets_its_own_nonce_while_that_is_fresh() {
        let nonces = Nonces::default();
        assert_eq!(nonces.of(Server::Resource, s(0)), None);
        nonces.learn(Server::Authorization, "a", s(0));
        assert_eq!(nonces.of(Server::Resource, s(0)).as_deref(), Some("a"));
        nonces.learn(Server::Resource, "r", s(10));
        nonces.learn(Server::Authorization, "b", s(20));
        assert_eq!(nonces.of(Server::Resource, s(249)).as_deref(), Some("r"));
        assert_eq!(nonces.of(Server::Resource, s(250)).as_deref(), Some("b"));
        assert_eq!(nonces.of(Server::Authorization, s(900)).as_deref(), Some("b"));
    }

    #[test]
    fn what_is_too_long_or_empty_is_no_nonce() {
        let nonces = Nonces::default();
        nonces.learn(Server::Resource, "", s(0));
        nonces.learn(Server::Resource, &"n".repeat(LONGEST + 1), s(0));
        assert_eq!(nonces.of(Server::Resource, s(0)), None);
    }
}
