//! The phone's way of hearing: one line at a time, and nothing kept of a line that was heard. PINs and redirects come this way, and
//! the buffer of the standard library's own input would hold them until other lines come.

use std::io::{self, Read};

use zeroize::Zeroizing;

/// Bytes read at once.
const CHUNK: usize = 4096;

/// Hears the conductor.
pub(crate) struct Ear {
    source: Box<dyn Read>,
    heard: Vec<u8>,
}

impl Ear {
    /// Hears standard input, which nobody else may read.
    pub(crate) fn at_stdin() -> io::Result<Self> {
        Ok(Self { source: stdin()?, heard: Vec::new() })
    }

    /// The next line, without its end; `None` where there are no more.
    pub(crate) fn next_line(&mut self) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
        loop {
            if let Some(end) = self.heard.iter().position(|byte| *byte == b'\n') {
                let after = Zeroizing::new(self.heard.split_off(end)).split_off(1);
                return Ok(Some(Zeroizing::new(std::mem::replace(&mut self.heard, after))));
            }
            let mut chunk = Zeroizing::new(vec![0; CHUNK]);
            let count = self.source.read(&mut chunk)?;
            if count == 0 {
                return Ok(None);
            }
            self.heard.extend_from_slice(chunk.get(..count).unwrap_or_default());
        }
    }
}

#[cfg(unix)]
fn stdin() -> io::Result<Box<dyn Read>> {
    use std::os::fd::AsFd as _;
    Ok(Box::new(std::fs::File::from(io::stdin().as_fd().try_clone_to_owned()?)))
}

#[cfg(not(unix))]
fn stdin() -> io::Result<Box<dyn Read>> {
    Ok(Box::new(io::stdin()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_whole_and_nothing_of_them_is_kept() {
        let text =
            [b"first\n\nsecond\n".as_slice(), &[b'x'; 9000], b"\nlast without an end"].concat();
        let mut ear = Ear { source: Box::new(io::Cursor::new(text)), heard: Vec::new() };
        let mut next = || ear.next_line().unwrap().map(|line| line.len());
        assert_eq!([next(), next(), next(), next()], [Some(5), Some(0), Some(6), Some(9000)]);
        assert_eq!(next(), None);
    }
}
