//! Ctrl-C and the signals that ask a program to end.

use std::io;

/// Which signal it was.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("stopped by {name}; nothing is left behind")]
pub(crate) struct Interrupted {
    name: &'static str,
    number: u8,
}

impl Interrupted {
    /// What shells expect: 128 and the signal's number.
    pub(crate) const fn exit_code(self) -> u8 {
        128 + self.number
    }
}

/// The first signal to come, from now on.
#[cfg(unix)]
pub(crate) fn first() -> io::Result<impl Future<Output = anyhow::Error>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    Ok(async move {
        let (name, number) = tokio::select! {
            _ = interrupt.recv() => ("Ctrl-C", 2),
            _ = terminate.recv() => ("SIGTERM", 15),
            _ = hang_up.recv() => ("SIGHUP", 1),
        };
        Interrupted { name, number }.into()
    })
}

/// The first Ctrl-C, from now on.
#[cfg(not(unix))]
pub(crate) fn first() -> io::Result<impl Future<Output = anyhow::Error>> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        Interrupted { name: "Ctrl-C", number: 2 }.into()
    })
}
