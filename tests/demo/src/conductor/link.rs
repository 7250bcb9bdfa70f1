//! The network between phone and bank: a TCP relay on the loopback that counts bytes, can be cut, and can lead elsewhere.
//!
//! The bank is told that the relay's port is its public one, so that everything the phone sends and signs goes through here. What
//! is counted is what a network operator would see: TLS records, handshakes included.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// Bytes on the wire, as the phone's side sees them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bytes {
    /// From the phone to the bank.
    pub(crate) sent: u64,
    /// From the bank to the phone.
    pub(crate) received: u64,
}

impl Bytes {
    /// What came since `earlier`.
    pub(crate) const fn since(self, earlier: Self) -> Self {
        Self {
            sent: self.sent.saturating_sub(earlier.sent),
            received: self.received.saturating_sub(earlier.received),
        }
    }
}

#[derive(Default)]
struct Counters {
    sent: AtomicU64,
    received: AtomicU64,
    open: watch::Sender<usize>,
}

/// An open connection.
struct Open(Arc<Counters>);

impl Open {
    fn new(counters: &Arc<Counters>) -> Self {
        counters.open.send_modify(|open| *open += 1);
        Self(Arc::clone(counters))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.send_modify(|open| *open -= 1);
    }
}

/// The network. Dropping it cuts it.
pub(crate) struct Link {
    port: u16,
    /// Bound and never listening: while the network is cut, nobody else is given the port.
    _place: TcpSocket,
    counters: Arc<Counters>,
    relay: Option<JoinHandle<()>>,
}

impl Link {
    /// Takes a free port of the loopback. Nothing is relayed before [`Self::lead_to`].
    pub(crate) fn lay() -> io::Result<Self> {
        let place = TcpSocket::new_v4()?;
        place.set_reuseaddr(true)?;
        place.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        let port = place.local_addr()?.port();
        Ok(Self { port, _place: place, counters: Arc::default(), relay: None })
    }

    /// The port that the phone connects to.
    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    /// Cuts what there was, and relays every new connection to `bank`.
    pub(crate) async fn lead_to(&mut self, bank: SocketAddr) -> io::Result<()> {
        self.cut().await;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).await?;
        let relay = relay(listener, bank, Arc::clone(&self.counters));
        self.relay = Some(tokio::spawn(relay));
        Ok(())
    }

    /// Breaks every connection and refuses new ones.
    pub(crate) async fn cut(&mut self) {
        if let Some(relay) = self.relay.take() {
            relay.abort();
            // Only when the task has ended are its sockets closed.
            relay.await.ok();
        }
    }

    /// Whether it leads nowhere.
    pub(crate) const fn is_cut(&self) -> bool {
        self.relay.is_none()
    }

    /// Waits until the phone has closed every connection.
    pub(crate) async fn until_unused(&self) {
        let mut open = self.counters.open.subscribe();
        // The sender lives as long as this.
        open.wait_for(|open| *open == 0).await.ok();
    }

    /// Bytes so far.
    pub(crate) fn bytes(&self) -> Bytes {
        Bytes {
            sent: self.counters.sent.load(Ordering::Relaxed),
            received: self.counters.received.load(Ordering::Relaxed),
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        if let Some(relay) = &self.relay {
            relay.abort();
        }
    }
}

/// Aborting this future closes the listener and, with the set, every connection.
async fn relay(listener: TcpListener, bank: SocketAddr, counters: Arc<Counters>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((phone, _)) => {
                    connections.spawn(join(phone, bank, Arc::clone(&counters)));
                }
                Err(_) => return,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn join(phone: TcpStream, bank: SocketAddr, counters: Arc<Counters>) {
    let open = Open::new(&counters);
    let Ok(bank) = TcpStream::connect(bank).await else { return };
    phone.set_nodelay(true).ok();
    bank.set_nodelay(true).ok();
    let (mut from_phone, mut to_phone) = phone.into_split();
    let (mut from_bank, mut to_bank) = bank.into_split();
    let up = async {
        pump(&mut from_phone, &mut to_bank, &counters.sent).await;
        drop(open);
    };
    let down = pump(&mut from_bank, &mut to_phone, &counters.received);
    // Either side closing ends the other direction only once its bytes are through.
    tokio::join!(up, down);
}

async fn pump(
    from: &mut (impl AsyncReadExt + Unpin),
    to: &mut (impl AsyncWriteExt + Unpin),
    counter: &AtomicU64,
) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let count = match from.read(&mut buffer).await {
            Ok(0) | Err(_) => break,
            Ok(count) => count,
        };
        let Some(bytes) = buffer.get(..count) else { break };
        if to.write_all(bytes).await.is_err() {
            break;
        }
        counter.fetch_add(count as u64, Ordering::Relaxed);
    }
    to.shutdown().await.ok();
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A bank that answers each byte with two.
    async fn doubling() -> SocketAddr {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let mut byte = [0];
                    while stream.read_exact(&mut byte).await.is_ok() {
                        stream.write_all(&[byte[0], byte[0]]).await.unwrap();
                    }
                });
            }
        });
        address
    }

    async fn ask(port: u16, byte: u8) -> io::Result<[u8; 2]> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
        stream.write_all(&[byte]).await?;
        let mut answer = [0; 2];
        stream.read_exact(&mut answer).await?;
        Ok(answer)
    }

    #[tokio::test]
    async fn bytes_pass_and_are_counted_in_both_directions() {
        let mut link = Link::lay().unwrap();
        link.lead_to(doubling().await).await.unwrap();
        assert_eq!(ask(link.port(), 7).await.unwrap(), [7, 7]);
        let first = link.bytes();
        assert_eq!(first, Bytes { sent: 1, received: 2 });
        ask(link.port(), 8).await.unwrap();
        assert_eq!(link.bytes().since(first), Bytes { sent: 1, received: 2 });
    }

    #[tokio::test]
    async fn a_cut_breaks_what_is_open_refuses_what_is_new_and_heals() {
        let bank = doubling().await;
        let mut link = Link::lay().unwrap();
        link.lead_to(bank).await.unwrap();
        let mut open = TcpStream::connect((Ipv4Addr::LOCALHOST, link.port())).await.unwrap();
        open.write_all(&[1]).await.unwrap();
        open.read_exact(&mut [0; 2]).await.unwrap();
        link.cut().await;
        assert_eq!(open.read(&mut [0]).await.unwrap_or(0), 0, "the open connection ends");
        assert!(ask(link.port(), 1).await.is_err());
        link.lead_to(bank).await.unwrap();
        assert_eq!(ask(link.port(), 9).await.unwrap(), [9, 9], "the same port works again");
    }

    #[tokio::test]
    async fn it_is_unused_once_every_connection_is_closed() {
        let mut link = Link::lay().unwrap();
        link.lead_to(doubling().await).await.unwrap();
        let mut open = TcpStream::connect((Ipv4Addr::LOCALHOST, link.port())).await.unwrap();
        open.write_all(&[1]).await.unwrap();
        open.read_exact(&mut [0; 2]).await.unwrap();
        let mut unused = std::pin::pin!(link.until_unused());
        assert!(is_pending(unused.as_mut()).await, "the twin: one is open");
        drop(open);
        unused.await;
    }

    async fn is_pending(future: std::pin::Pin<&mut impl Future<Output = ()>>) -> bool {
        tokio::select! {
            biased;
            () = future => false,
            () = tokio::task::yield_now() => true,
        }
    }

    #[tokio::test]
    async fn it_can_lead_elsewhere() {
        let mut link = Link::lay().unwrap();
        link.lead_to(doubling().await).await.unwrap();
        let other = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        link.lead_to(other.local_addr().unwrap()).await.unwrap();
        let (connected, accepted) =
            tokio::join!(TcpStream::connect((Ipv4Addr::LOCALHOST, link.port())), other.accept());
        assert!(connected.is_ok() && accepted.is_ok());
    }
}
