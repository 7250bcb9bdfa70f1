use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::calls::CallFailure;

type Outcome = Result<(), CallFailure>;

/// Work that is under way at most once, whoever asks for it. The first who asks starts it in a task of its own, so that a caller
/// that goes away does not cut it; whoever comes while it is under way waits for the same outcome.
#[derive(Clone, Default)]
pub(crate) struct Flight(Arc<Mutex<Option<UnderWay>>>);

/// Work that is under way.
#[derive(Clone)]
pub(crate) struct UnderWay {
    /// What it is about, as said by the one who started it.
    pub(crate) about: u64,
    outcome: watch::Receiver<Option<Outcome>>,
}

impl UnderWay {
    /// What it came to; `None` if its task was ended.
    pub(crate) async fn landed(mut self) -> Option<Outcome> {
        let landed = self.outcome.wait_for(Option::is_some).await;
        landed.ok().and_then(|outcome| *outcome)
    }
}

impl Flight {
    /// The work to wait for: what is under way, or else `work`, begun now. `None` if `is_done`, asked while nobody can begin.
    pub(crate) fn join_or_start<W>(
        &self,
        about: u64,
        is_done: impl FnOnce() -> bool,
        work: impl FnOnce() -> W,
    ) -> Option<UnderWay>
    where
        W: Future<Output = Outcome> + Send + 'static,
    {
        let mut flight = self.lock();
        if is_done() {
            return None;
        }
        if let Some(under_way) = &*flight {
            return Some(under_way.clone());
        }
        let (sender, outcome) = watch::channel(None);
        let under_way = UnderWay { about, outcome };
        *flight = Some(under_way.clone());
        let (landing, work) = (Landing(self.clone()), work());
        tokio::spawn(async move {
            let outcome = work.await;
            drop(landing);
            sender.send_replace(Some(outcome));
        });
        Some(under_way)
    }

    fn lock(&self) -> MutexGuard<'_, Option<UnderWay>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends the flight, however it ends.
struct Landing(Flight);

impl Drop for Landing {
    fn drop(&mut self) {
        *self.0.lock() = None;
    }
}
