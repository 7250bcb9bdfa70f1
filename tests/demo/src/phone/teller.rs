//! The phone's way of telling: one line of JSON each, whole, in order.

use std::io::{self, Write as _};
use std::sync::{Arc, Mutex, PoisonError};

use super::talk::News;

/// Tells the conductor. Clones tell on the same line.
#[derive(Clone)]
pub(crate) struct Teller(Arc<Mutex<Box<dyn io::Write + Send>>>);

impl Teller {
    /// Tells on standard output.
    pub(crate) fn to_stdout() -> Self {
        Self(Arc::new(Mutex::new(Box::new(io::stdout()))))
    }

    /// Tells. A conductor that is gone hears nothing: the end of standard input ends the phone.
    pub(crate) fn tell(&self, news: &News) {
        let Ok(mut line) = serde_json::to_vec(news) else { return };
        line.push(b'\n');
        let mut out = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        out.write_all(&line).and_then(|()| out.flush()).ok();
    }
}
