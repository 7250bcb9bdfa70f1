//! Where in an exchange a connection is, from the headers of its TLS records (RFC 8446 section 5.1), which are not encrypted.

use crate::fault::Direction;

/// A part of an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Phase {
    /// Connected, and no byte has passed.
    Connect,
    /// From the first byte to the last of the phone's part of the handshake.
    Handshake,
    /// The phone has sent something since the bank last did.
    Request,
    /// The bank has sent something since the phone last did.
    Response,
}

impl Phase {
    /// All of them, in their order.
    pub const ALL: [Self; 4] = [Self::Connect, Self::Handshake, Self::Request, Self::Response];
}

/// What a record is that only its reader can tell apart: everything after the hellos.
const APPLICATION_DATA: u8 = 23;
/// Content type, version, length.
const HEADER: usize = 5;

/// Follows one connection.
#[derive(Debug)]
pub(crate) struct Progress {
    phase: Phase,
    is_ready: bool,
    phone: Records,
}

impl Progress {
    pub(crate) const fn new() -> Self {
        Self { phase: Phase::Connect, is_ready: false, phone: Records::new() }
    }

    pub(crate) const fn phase(&self) -> Phase {
        self.phase
    }

    /// How many of these bytes, which are about to pass, belong to one phase: the one that [`Self::phase`] says afterwards.
    pub(crate) fn take(&mut self, direction: Direction, bytes: &[u8]) -> usize {
        if self.is_ready {
            self.phase = match direction {
                Direction::Up => Phase::Request,
                Direction::Down => Phase::Response,
            };
            return bytes.len();
        }
        self.phase = Phase::Handshake;
        if direction == Direction::Down {
            return bytes.len();
        }
        // The phone's first encrypted record is its Finished.
        match self.phone.first_application_data(bytes) {
            Some(end) => {
                self.is_ready = true;
                end
            }
            None => bytes.len(),
        }
    }
}

/// Follows the records of one direction.
#[derive(Debug)]
struct Records {
    header: [u8; HEADER],
    have: usize,
    left: usize,
}

impl Records {
    const fn new() -> Self {
        Self { header: [0; HEADER], have: 0, left: 0 }
    }

    /// The index after the end of the first record of application data, if it ends in here.
    fn first_application_data(&mut self, bytes: &[u8]) -> Option<usize> {
        for (index, byte) in bytes.iter().enumerate() {
            if self.left > 0 {
                self.left -= 1;
            } else if let Some(place) = self.header.get_mut(self.have) {
                *place = *byte;
                self.have += 1;
                if self.have < HEADER {
                    continue;
                }
                let [_, _, _, high, low] = self.header;
                self.left = usize::from(u16::from_be_bytes([high, low]));
            }
            if self.left == 0 && self.have == HEADER {
                self.have = 0;
                if self.header.first() == Some(&APPLICATION_DATA) {
                    return Some(index + 1);
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u8, length: u16) -> Vec<u8> {
        let [high, low] = length.to_be_bytes();
        [vec![kind, 3, 3, high, low], vec![9; usize::from(length)]].concat()
    }

    /// Phases of the parts that these bytes fall into, however they are cut up.
    fn phases(progress: &mut Progress, direction: Direction, mut bytes: &[u8]) -> Vec<Phase> {
        let mut seen = Vec::new();
        while !bytes.is_empty() {
            let length = progress.take(direction, bytes);
            bytes = &bytes[length..];
            seen.push(progress.phase());
        }
        seen
    }

    #[test]
    fn the_request_begins_after_the_phones_finished_also_within_one_read() {
        let mut progress = Progress::new();
        assert_eq!(progress.phase(), Phase::Connect);
        let hello = record(22, 300);
        assert_eq!(phases(&mut progress, Direction::Up, &hello), [Phase::Handshake]);
        assert_eq!(phases(&mut progress, Direction::Down, &record(23, 900)), [Phase::Handshake]);
        let rest = [record(20, 1), record(23, 53), record(23, 200)].concat();
        let seen = phases(&mut progress, Direction::Up, &rest);
        assert_eq!(seen, [Phase::Handshake, Phase::Request]);
        assert_eq!(phases(&mut progress, Direction::Down, &[1]), [Phase::Response]);
        assert_eq!(phases(&mut progress, Direction::Up, &[1]), [Phase::Request]);
    }

    #[test]
    fn records_that_come_byte_by_byte_are_followed_all_the_same() {
        let mut progress = Progress::new();
        let handshake = [record(22, 300), record(20, 1), record(23, 53)].concat();
        for byte in &handshake {
            assert_eq!(phases(&mut progress, Direction::Up, &[*byte]), [Phase::Handshake]);
        }
        assert_eq!(phases(&mut progress, Direction::Up, &[23]), [Phase::Request]);
    }
}
