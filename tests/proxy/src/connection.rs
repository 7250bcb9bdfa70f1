//! One connection: bytes in both directions, and what a fault does to them.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::watch;

use crate::fault::{Direction, Kind};
use crate::phase::Progress;
use crate::proxy::Shared;

/// How late everything comes.
const LATE: Duration = Duration::from_millis(120);
/// Bytes in a crumb.
const CRUMB: usize = 11;
/// Between two crumbs.
const CRUMB_EVERY: Duration = Duration::from_millis(1);
/// How much of a connection is kept to be replayed, per direction.
const KEPT: usize = 64 * 1024;
/// How long an attacker listens to what comes of a replay.
const LISTENING: Duration = Duration::from_millis(500);

/// Serves a phone until either side, or a fault, ends it.
pub(crate) async fn serve(mut phone: TcpStream, shared: Arc<Shared>) {
    if let Some(stale) = shared.take_stale_answer() {
        replay_to_the_phone(&mut phone, &stale).await;
        return;
    }
    let Some(bank) = shared.bank() else { return };
    let Ok(bank) = TcpStream::connect(bank).await else { return };
    phone.set_nodelay(true).ok();
    bank.set_nodelay(true).ok();
    let (from_phone, to_phone) = phone.into_split();
    let (from_bank, to_bank) = bank.into_split();
    let progress = Arc::new(Mutex::new(Progress::new()));
    let pump = |direction, from, to| Pump {
        direction,
        from,
        to,
        shared: Arc::clone(&shared),
        progress: Arc::clone(&progress),
        kept: Vec::new(),
        pace: Pace::Even,
    };
    let mut up = pump(Direction::Up, from_phone, to_bank);
    let mut down = pump(Direction::Down, from_bank, to_phone);
    let mut hung_up = shared.hung_up();
    let end = tokio::select! {
        end = both(&mut up, &mut down) => end,
        _ = hung_up.changed() => End::Cut,
    };
    match end {
        End::Cut | End::Through => {}
        End::Reset(Direction::Up) => reset(up.to),
        End::Reset(Direction::Down) => reset(down.to),
        End::Replay(Direction::Up) => {
            let kept = std::mem::take(&mut up.kept);
            drop((up, down));
            replay_to_the_bank(&shared, &kept).await;
        }
        End::Replay(Direction::Down) => shared.answer_next_with(std::mem::take(&mut down.kept)),
    }
}

/// How a direction, or the connection, ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// Everything there was has passed.
    Through,
    /// Both sides are closed now.
    Cut,
    /// As [`Self::Cut`], and the receiver of this direction sees a RST.
    Reset(Direction),
    /// As [`Self::Cut`], and the bytes of this direction are used again.
    Replay(Direction),
}

/// Until both directions are through, or a fault ends the connection.
async fn both(up: &mut Pump, down: &mut Pump) -> End {
    let (up, down) = (up.run(), down.run());
    tokio::pin!(up, down);
    tokio::select! {
        end = &mut up => if end == End::Through { down.await } else { end },
        end = &mut down => if end == End::Through { up.await } else { end },
    }
}

/// What a direction does to the bytes it carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pace {
    Even,
    Late,
    Crumbs,
    /// They are read, and nobody gets them.
    Swallowed,
}

/// One direction of a connection.
struct Pump {
    direction: Direction,
    from: OwnedReadHalf,
    to: OwnedWriteHalf,
    shared: Arc<Shared>,
    progress: Arc<Mutex<Progress>>,
    /// What has passed, for a replay.
    kept: Vec<u8>,
    pace: Pace,
}

impl Pump {
    /// Carries bytes until their end or the connection's.
    async fn run(&mut self) -> End {
        let mut healed = self.shared.healed();
        let mut buffer = vec![0; 16 * 1024];
        loop {
            let count = match self.from.read(&mut buffer).await {
                Ok(0) | Err(_) => break,
                Ok(count) => count,
            };
            let Some(bytes) = buffer.get(..count) else { break };
            match self.carry(bytes, &mut healed).await {
                Ok(None) => {}
                Ok(Some(end)) => return end,
                Err(_) => break,
            }
        }
        self.to.shutdown().await.ok();
        End::Through
    }

    /// Carries what was read in one go, phase by phase.
    async fn carry(
        &mut self,
        mut bytes: &[u8],
        healed: &mut watch::Receiver<u64>,
    ) -> io::Result<Option<End>> {
        while !bytes.is_empty() {
            let (length, phase) = {
                let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
                (progress.take(self.direction, bytes), progress.phase())
            };
            let (part, rest) = bytes.split_at_checked(length).unwrap_or((bytes, &[]));
            match self.shared.pass(phase, self.direction, part.len()) {
                None => self.write(part, healed).await?,
                Some(strike) => {
                    let (before, after) = part.split_at_checked(strike.at).unwrap_or((part, &[]));
                    self.write(before, healed).await?;
                    let end = self.suffer(strike.kind, part, healed).await?;
                    if end.is_some() {
                        return Ok(end);
                    }
                    self.write(after, healed).await?;
                }
            }
            bytes = rest;
        }
        Ok(None)
    }

    /// What the fault does here. `passing` is what was passing when it struck.
    async fn suffer(
        &mut self,
        kind: Kind,
        passing: &[u8],
        healed: &mut watch::Receiver<u64>,
    ) -> io::Result<Option<End>> {
        healed.borrow_and_update();
        match kind {
            Kind::Stall => {
                healed.changed().await.ok();
            }
            Kind::Cut => return Ok(Some(End::Cut)),
            Kind::Reset => return Ok(Some(End::Reset(self.direction))),
            Kind::Replay => return Ok(Some(End::Replay(self.direction))),
            Kind::HalfClose => {
                self.to.shutdown().await?;
                self.pace = Pace::Swallowed;
            }
            Kind::Duplicate => self.to.write_all(passing).await?,
            Kind::Delay => self.pace = Pace::Late,
            Kind::Trickle => self.pace = Pace::Crumbs,
        }
        Ok(None)
    }

    async fn write(&mut self, bytes: &[u8], healed: &mut watch::Receiver<u64>) -> io::Result<()> {
        if self.pace != Pace::Swallowed && healed.has_changed().unwrap_or_default() {
            self.pace = Pace::Even;
        }
        let room = KEPT.saturating_sub(self.kept.len());
        self.kept.extend(bytes.iter().take(room));
        match self.pace {
            Pace::Even => self.to.write_all(bytes).await,
            Pace::Swallowed => Ok(()),
            Pace::Late => {
                tokio::time::sleep(LATE).await;
                self.to.write_all(bytes).await
            }
            Pace::Crumbs => {
                let mut left = bytes;
                while !left.is_empty() && !healed.has_changed().unwrap_or_default() {
                    let (crumb, rest) = left.split_at_checked(CRUMB).unwrap_or((left, &[]));
                    self.to.write_all(crumb).await?;
                    tokio::time::sleep(CRUMB_EVERY).await;
                    left = rest;
                }
                self.to.write_all(left).await
            }
        }
    }
}

/// Closing this socket sends a RST, and no FIN before it.
fn reset(receiver: OwnedWriteHalf) {
    receiver.as_ref().set_zero_linger().ok();
    receiver.forget();
}

/// An attacker who kept the bytes sends them again, from a connection of their own.
async fn replay_to_the_bank(shared: &Shared, bytes: &[u8]) {
    let Some(bank) = shared.bank() else { return };
    let Ok(mut bank) = TcpStream::connect(bank).await else { return };
    let talk = async {
        bank.write_all(bytes).await?;
        tokio::io::copy(&mut bank, &mut tokio::io::sink()).await
    };
    // Whatever comes of it, nobody here can use it.
    tokio::time::timeout(LISTENING, talk).await.ok();
}

/// An attacker in the bank's place, who has nothing but old bytes of the bank's.
async fn replay_to_the_phone(phone: &mut TcpStream, bytes: &[u8]) {
    let talk = async {
        // Any hello will do: the answer is the same.
        phone.readable().await?;
        phone.write_all(bytes).await?;
        phone.shutdown().await?;
        tokio::io::copy(phone, &mut tokio::io::sink()).await
    };
    // A phone that hears nothing it believes hangs up.
    tokio::time::timeout(LISTENING, talk).await.ok();
}
