//! The proxy: where it listens, where it leads, which fault is armed, and what has passed.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use crate::connection;
use crate::fault::{Direction, Fault, Kind};
use crate::phase::Phase;

/// A proxy that runs. Dropping it closes everything at once.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

/// Bytes that passed, by the phase they fell into.
pub type Lengths = BTreeMap<(Phase, Direction), u64>;

/// What all connections share.
#[derive(Debug)]
pub(crate) struct Shared {
    plan: Mutex<Armed>,
    /// Faults that have struck.
    struck: watch::Sender<u64>,
    /// Grows when the network heals.
    healed: watch::Sender<u64>,
    /// Grows when every connection is to end.
    hung_up: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Armed {
    bank: Option<SocketAddr>,
    fault: Option<Fault>,
    /// Bytes of the fault's direction that passed since its phase began; `None`: it has not.
    counted: Option<u64>,
    lengths: Lengths,
    stale_answer: Option<Vec<u8>>,
}

/// What becomes of bytes that are about to pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Strike {
    /// So many of them still pass.
    pub(crate) at: usize,
    pub(crate) kind: Kind,
}

impl Proxy {
    /// Listens on this address (port 0: any). Connections are closed at once before [`Self::lead_to`].
    pub async fn listen(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            plan: Mutex::default(),
            struck: watch::Sender::new(0),
            healed: watch::Sender::new(0),
            hung_up: watch::Sender::new(0),
        });
        let task = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Ok(Self { address, shared, task })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// New connections lead to this bank.
    pub fn lead_to(&self, bank: SocketAddr) {
        self.shared.armed().bank = Some(bank);
    }

    /// Arms a fault, instead of the one that may be armed.
    pub fn arm(&self, fault: Fault) {
        let mut armed = self.shared.armed();
        armed.fault = Some(fault);
        armed.counted = None;
    }

    /// How many faults have struck.
    pub fn struck(&self) -> watch::Receiver<u64> {
        self.shared.struck.subscribe()
    }

    /// Nothing is armed any more, and what was held back, late or crumbled goes on as it should.
    pub fn heal(&self) {
        let mut armed = self.shared.armed();
        armed.fault = None;
        armed.stale_answer = None;
        drop(armed);
        self.shared.healed.send_modify(|times| *times += 1);
    }

    /// Closes every connection; new ones are taken.
    pub fn hang_up(&self) {
        self.shared.hung_up.send_modify(|times| *times += 1);
    }

    /// What has passed since the last time this was asked.
    pub fn take_lengths(&self) -> Lengths {
        std::mem::take(&mut self.shared.armed().lengths)
    }

    /// Closes everything, and returns when the port is free.
    pub async fn close(mut self) {
        self.task.abort();
        // An abort is what was asked for.
        (&mut self.task).await.ok();
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Aborting this closes the listener and, with the set, every connection.
async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((phone, _)) => {
                    connections.spawn(connection::serve(phone, Arc::clone(&shared)));
                }
                Err(_) => return,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

impl Shared {
    pub(crate) fn bank(&self) -> Option<SocketAddr> {
        self.armed().bank
    }

    pub(crate) fn healed(&self) -> watch::Receiver<u64> {
        self.healed.subscribe()
    }

    pub(crate) fn hung_up(&self) -> watch::Receiver<u64> {
        self.hung_up.subscribe()
    }

    /// Old bytes for the phone's next connection, if somebody replays them.
    pub(crate) fn take_stale_answer(&self) -> Option<Vec<u8>> {
        self.armed().stale_answer.take()
    }

    pub(crate) fn answer_next_with(&self, bytes: Vec<u8>) {
        self.armed().stale_answer = Some(bytes);
    }

    /// Bytes of one phase are about to pass. The fault that strikes among them, if one does.
    pub(crate) fn pass(&self, phase: Phase, direction: Direction, count: usize) -> Option<Strike> {
        let mut armed = self.armed();
        let count = count as u64;
        *armed.lengths.entry((phase, direction)).or_default() += count;
        let fault = armed.fault?;
        if armed.counted.is_none() && !begins(fault.phase, phase) {
            return None;
        }
        let before = armed.counted.unwrap_or_default();
        if fault.direction != direction {
            armed.counted = Some(before);
            return None;
        }
        let left = fault.after.saturating_sub(before);
        if left > count {
            armed.counted = Some(before + count);
            return None;
        }
        armed.fault = None;
        drop(armed);
        self.struck.send_modify(|times| *times += 1);
        Some(Strike { at: usize::try_from(left).unwrap_or(usize::MAX), kind: fault.kind })
    }

    fn armed(&self) -> MutexGuard<'_, Armed> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether bytes of phase `now` begin a fault of phase `wanted`. Being connected is over with the first byte, which is where
/// something can happen to bytes at all.
fn begins(wanted: Phase, now: Phase) -> bool {
    wanted == now || (wanted == Phase::Connect && now == Phase::Handshake)
}
