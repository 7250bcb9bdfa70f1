//! What each fault does to the bytes of a connection, seen from both ends.
#![allow(clippy::unwrap_used, reason = "what a test does not expect is its failure")]

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use guichet_proxy::{Direction, Fault, Kind, Phase, Proxy};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

/// Long enough for the loopback, and what stalls is waited for that long in vain.
const SOON: Duration = Duration::from_millis(300);

/// Phone, proxy and bank, connected, with a handshake behind them.
struct Line {
    proxy: Proxy,
    bank_listens: TcpListener,
    phone: TcpStream,
    bank: TcpStream,
}

fn any_port() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 0).into()
}

fn record(kind: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    [&[kind, 3, 3], &length[..], content].concat()
}

fn handshake() -> Vec<u8> {
    [record(22, b"hello"), record(20, b"1"), record(23, b"finished")].concat()
}

impl Line {
    /// The fault is armed after the handshake, or before it where it belongs to it.
    async fn with(fault: Option<Fault>) -> Self {
        let bank_listens = TcpListener::bind(any_port()).await.unwrap();
        let proxy = Proxy::listen(any_port()).await.unwrap();
        proxy.lead_to(bank_listens.local_addr().unwrap());
        let mut phone = TcpStream::connect(proxy.address()).await.unwrap();
        let (mut bank, _) = bank_listens.accept().await.unwrap();
        let early = |it: &Fault| matches!(it.phase, Phase::Connect | Phase::Handshake);
        match fault {
            Some(fault) if early(&fault) => proxy.arm(fault),
            _ => {
                phone.write_all(&handshake()).await.unwrap();
                assert_eq!(read(&mut bank, handshake().len()).await.unwrap(), handshake());
                if let Some(fault) = fault {
                    proxy.arm(fault);
                }
            }
        }
        Self { proxy, bank_listens, phone, bank }
    }

    async fn request(kind: Kind, direction: Direction, after: u64) -> Self {
        let phase = match direction {
            Direction::Up => Phase::Request,
            Direction::Down => Phase::Response,
        };
        Self::with(Some(Fault { kind, direction, phase, after })).await
    }

    /// Sends in this direction, and says what arrives.
    async fn send(&mut self, direction: Direction, bytes: &[u8], wanted: usize) -> Arrived {
        let (from, to) = match direction {
            Direction::Up => (&mut self.phone, &mut self.bank),
            Direction::Down => (&mut self.bank, &mut self.phone),
        };
        from.write_all(bytes).await.unwrap();
        read(to, wanted).await
    }
}

type Arrived = Result<Vec<u8>, End>;

#[derive(Debug, PartialEq, Eq)]
enum End {
    Nothing,
    Closed,
    Reset,
}

/// So many bytes, or what came instead of the next one.
async fn read(from: &mut TcpStream, count: usize) -> Arrived {
    let mut bytes = vec![0; count];
    match timeout(SOON, from.read_exact(&mut bytes)).await {
        Ok(Ok(_)) => Ok(bytes),
        Ok(Err(error)) if error.kind() == ErrorKind::ConnectionReset => Err(End::Reset),
        Ok(Err(_)) => Err(End::Closed),
        Err(_) => Err(End::Nothing),
    }
}

#[tokio::test]
async fn without_a_fault_every_byte_passes_and_is_counted_in_its_phase() {
    let mut line = Line::with(None).await;
    assert_eq!(line.send(Direction::Up, b"pay", 3).await.unwrap(), b"pay");
    assert_eq!(line.send(Direction::Down, b"paid", 4).await.unwrap(), b"paid");
    let lengths = line.proxy.take_lengths();
    assert_eq!(lengths[&(Phase::Handshake, Direction::Up)], handshake().len() as u64);
    assert_eq!(lengths[&(Phase::Request, Direction::Up)], 3);
    assert_eq!(lengths[&(Phase::Response, Direction::Down)], 4);
    assert_eq!(*line.proxy.struck().borrow(), 0);
}

#[tokio::test]
async fn a_cut_lets_exactly_so_many_bytes_pass() {
    for direction in Direction::ALL {
        for after in 0..=3_usize {
            let mut line = Line::request(Kind::Cut, direction, after as u64).await;
            if direction == Direction::Down {
                line.send(Direction::Up, b"?", 1).await.unwrap();
            }
            let arrived = line.send(direction, b"abc", after).await;
            assert_eq!(arrived.unwrap(), b"abc"[..after]);
            let to = if direction == Direction::Up { &mut line.bank } else { &mut line.phone };
            assert!(matches!(read(to, 1).await, Err(End::Closed | End::Reset)), "{after}");
            assert_eq!(*line.proxy.struck().borrow(), 1);
        }
    }
}

#[tokio::test]
async fn a_stall_holds_one_direction_until_the_network_heals() {
    let mut line = Line::request(Kind::Stall, Direction::Up, 1).await;
    assert_eq!(line.send(Direction::Up, b"abc", 2).await, Err(End::Nothing));
    assert_eq!(line.send(Direction::Down, b"still", 5).await.unwrap(), b"still");
    line.proxy.heal();
    assert_eq!(read(&mut line.bank, 2).await.unwrap(), b"bc");
}

#[tokio::test]
async fn a_reset_is_seen_by_the_receiver_of_the_direction() {
    let mut line = Line::request(Kind::Reset, Direction::Up, 0).await;
    assert_eq!(line.send(Direction::Up, b"abc", 1).await, Err(End::Reset));
    let mut line = Line::request(Kind::Reset, Direction::Down, 0).await;
    line.send(Direction::Up, b"?", 1).await.unwrap();
    assert_eq!(line.send(Direction::Down, b"abc", 1).await, Err(End::Reset));
}

#[tokio::test]
async fn a_half_close_ends_one_direction_and_leaves_the_other() {
    let mut line = Line::request(Kind::HalfClose, Direction::Up, 2).await;
    assert_eq!(line.send(Direction::Up, b"abc", 2).await.unwrap(), b"ab");
    assert_eq!(read(&mut line.bank, 1).await, Err(End::Closed));
    assert_eq!(line.send(Direction::Down, b"paid", 4).await.unwrap(), b"paid");
    line.proxy.heal();
    assert_eq!(line.send(Direction::Up, b"more", 1).await, Err(End::Closed), "closed for good");
}

#[tokio::test]
async fn duplicated_bytes_come_twice_and_the_rest_once() {
    let mut line = Line::request(Kind::Duplicate, Direction::Up, 3).await;
    assert_eq!(line.send(Direction::Up, b"abc", 6).await.unwrap(), b"abcabc");
    assert_eq!(line.send(Direction::Up, b"d", 1).await.unwrap(), b"d");
}

#[tokio::test]
async fn what_is_late_or_crumbled_is_whole_in_the_end() {
    for kind in [Kind::Delay, Kind::Trickle] {
        let mut line = Line::request(kind, Direction::Up, 1).await;
        let long = vec![7; 100];
        assert_eq!(line.send(Direction::Up, &long, 100).await.unwrap(), long, "{kind:?}");
    }
}

#[tokio::test]
async fn a_fault_in_the_handshake_strikes_there_and_one_of_the_connection_at_its_first_byte() {
    for (phase, after) in [(Phase::Connect, 0), (Phase::Handshake, 4)] {
        let fault = Fault { kind: Kind::Cut, direction: Direction::Up, phase, after };
        let mut line = Line::with(Some(fault)).await;
        let passing = usize::try_from(after).unwrap();
        let arrived = line.send(Direction::Up, &handshake(), passing).await;
        assert_eq!(arrived.unwrap(), handshake()[..passing]);
        assert!(read(&mut line.bank, 1).await.is_err());
    }
}

#[tokio::test]
async fn a_replay_sends_the_same_bytes_to_the_bank_again() {
    let mut line = Line::request(Kind::Replay, Direction::Up, 3).await;
    assert_eq!(line.send(Direction::Up, b"pay", 3).await.unwrap(), b"pay");
    assert!(read(&mut line.phone, 1).await.is_err(), "the phone's connection is cut");
    let (mut again, _) = line.bank_listens.accept().await.unwrap();
    let whole = [handshake(), b"pay".to_vec()].concat();
    assert_eq!(read(&mut again, whole.len()).await.unwrap(), whole);
}

#[tokio::test]
async fn a_replay_answers_the_phones_next_connection_with_old_bytes() {
    let mut line = Line::request(Kind::Replay, Direction::Down, 4).await;
    line.send(Direction::Up, b"?", 1).await.unwrap();
    assert_eq!(line.send(Direction::Down, b"paid", 4).await.unwrap(), b"paid");
    assert!(read(&mut line.phone, 1).await.is_err());
    let mut next = TcpStream::connect(line.proxy.address()).await.unwrap();
    next.write_all(&handshake()).await.unwrap();
    assert_eq!(read(&mut next, 4).await.unwrap(), b"paid");
}

#[tokio::test]
async fn hanging_up_closes_what_is_open_and_takes_new_connections() {
    let mut line = Line::with(None).await;
    line.proxy.hang_up();
    assert!(read(&mut line.phone, 1).await.is_err());
    let mut next = TcpStream::connect(line.proxy.address()).await.unwrap();
    let (mut bank, _) = line.bank_listens.accept().await.unwrap();
    next.write_all(b"hi").await.unwrap();
    assert_eq!(read(&mut bank, 2).await.unwrap(), b"hi");
}
