use std::sync::{Mutex, PoisonError};

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
    authorization: Mutex<Option<String>>,
    resource: Mutex<Option<String>>,
}

/// Longer ones are not nonces any more; RFC 9449 leaves the size to the server.
const LONGEST: usize = 512;

impl Nonces {
    /// The newest nonce of `server`. As long as it has given none, the other's: a bank on one origin accepts its nonces at both
    /// (docs/protocol.md, section 3.4), and to one that does not it is as good as no nonce.
    pub(crate) fn of(&self, server: Server) -> Option<String> {
        self.newest(server).or_else(|| self.newest(server.other()))
    }

    fn newest(&self, server: Server) -> Option<String> {
        self.place(server).lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn learn(&self, server: Server, nonce: &str) {
        if !nonce.is_empty() && nonce.len() <= LONGEST {
            let mut place = self.place(server).lock().unwrap_or_else(PoisonError::into_inner);
            *place = Some(nonce.to_owned());
        }
    }

    const fn place(&self, server: Server) -> &Mutex<Option<String>> {
        match server {
            Server::Authorization => &self.authorization,
            Server::Resource => &self.resource,
        }
    }
}
