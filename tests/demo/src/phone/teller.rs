//! The phone's way of telling: one line of JSON each, whole, in order.

use std::io::{self, Write as _};
use std::sync::{Arc, Mutex, PoisonError};

use super::talk::News;

/// Tells the conductor. Clones tell on the same line.
#[derive(Clone)]
pub(crate) struct Teller(Arc<Mutex<Box<dyn io::Write + Send>>>);

impl Teller {
    /// Tells on standard output.
    pub(crate) fn to_stdout() -> io::Result<Self> {
        Ok(Self(Arc::new(Mutex::new(stdout()?))))
    }

    /// Tells. A conductor that is gone hears nothing: the end of standard input ends the phone.
    pub(crate) fn tell(&self, news: &News) {
        let Ok(mut line) = serde_json::to_vec(news) else { return };
        line.push(b'\n');
        let mut out = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        out.write_all(&line).and_then(|()| out.flush()).ok();
    }
}

/// Without the standard library's buffer, which would hold the end of what was told.
#[cfg(unix)]
fn stdout() -> io::Result<Box<dyn io::Write + Send>> {
    use std::os::fd::AsFd as _;
    Ok(Box::new(std::fs::File::from(io::stdout().as_fd().try_clone_to_owned()?)))
}

#[cfg(not(unix))]
fn stdout() -> io::Result<Box<dyn io::Write + Send>> {
    Ok(Box::new(io::stdout()))
}
