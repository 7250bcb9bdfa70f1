use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::calls::CallFailure;

type Outcome<T> = Result<T, CallFailure>;

/// Work that is under way at most once, whoever asks for it. The first who asks starts it in a task of its own, so that a caller
/// that goes away does not cut it; whoever comes while it is under way waits for the same outcome.
pub(crate) struct Flight<T>(Arc<Mutex<Option<UnderWay<T>>>>);

/// Work that is under way.
#[derive(Clone)]
pub(crate) struct UnderWay<T> {
    /// What it is about, as said by the one who started it.
    pub(crate) about: u64,
    outcome: watch::Receiver<Option<Outcome<T>>>,
}

impl<T: Copy> UnderWay<T> {
    /// What it came to; `None` if its task was ended.
    pub(crate) async fn landed(mut self) -> Option<Outcome<T>> {
        let landed = self.outcome.wait_for(Option::is_some).await;
        landed.ok().and_then(|outcome| *outcome)
    }
}

impl<T> Default for Flight<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T: Copy + Send + Sync + 'static> Flight<T> {
    /// The work to wait for: what is under way, or else `work`, begun now. `None` if `is_done`, asked while nobody can begin.
    pub(crate) fn join_or_start<W>(
        &self,
        about: u64,
        is_done: impl FnOnce() -> bool,
        work: impl FnOnce() -> W,
    ) -> Option<UnderWay<T>>
    where
        W: Future<Output = Outcome<T>> + Send + 'static,
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
        let (landing, work) = (Landing(Arc::clone(&self.0)), work());
        tokio::spawn(async move {
            let outcome = work.await;
            drop(landing);
            sender.send_replace(Some(outcome));
        });
        Some(under_way)
    }

    fn lock(&self) -> MutexGuard<'_, Option<UnderWay<T>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends the flight, however it ends.
struct Landing<T>(Arc<Mutex<Option<UnderWay<T>>>>);

impl<T> Drop for Landing<T> {
    fn drop(&mut self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
