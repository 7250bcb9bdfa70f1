//! How a screen's state reaches a shell: whole, small, in order, newest wins.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::AbortHandle;

/// A view state: what a screen shows, with a revision that grows with every change.
pub trait ViewState: Clone + PartialEq + Send + Sync + 'static {
    /// The revision of this state.
    fn revision(&self) -> u64;
    /// Sets the revision. Only [`Observed`] calls it.
    fn set_revision(&mut self, revision: u64);
}

/// Gives a state struct its [`ViewState`]; the struct has a field `revision: u64`.
macro_rules! view_state {
    ($($name:ty),+ $(,)?) => {$(
        impl $crate::observe::ViewState for $name {
            fn revision(&self) -> u64 {
                self.revision
            }

            fn set_revision(&mut self, revision: u64) {
                self.revision = revision;
            }
        }
    )+};
}
pub(crate) use view_state;

/// One screen's state, kept and told to whoever observes it.
pub(crate) struct Observed<S> {
    runtime: Handle,
    sender: watch::Sender<S>,
    redrawing: Mutex<()>,
}

impl<S: ViewState> Observed<S> {
    pub(crate) fn new(runtime: Handle, first: S) -> Self {
        Self { runtime, sender: watch::Sender::new(first), redrawing: Mutex::default() }
    }

    /// What the screen shows now.
    pub(crate) fn state(&self) -> S {
        self.sender.borrow().clone()
    }

    /// Changes the state in place. Nothing is told if it shows the same afterwards.
    pub(crate) fn change(&self, change: impl FnOnce(&mut S)) {
        self.sender.send_if_modified(|state| {
            let before = state.clone();
            change(state);
            state.set_revision(before.revision());
            if *state == before {
                return false;
            }
            state.set_revision(before.revision() + 1);
            true
        });
    }

    /// Reads what is stored and puts it on the screen, one redraw after the other: what was read earlier never covers what was
    /// read later. While the app is not open, `put` gets nothing, at once: locking waits for no read that is under way, and what
    /// that one brings is not shown. `read` must not redraw the same screen.
    pub(crate) fn redraw<T>(
        &self,
        is_open: impl Fn() -> bool,
        read: impl FnOnce() -> T,
        put: impl FnOnce(&mut S, Option<T>),
    ) {
        if !is_open() {
            return self.change(|state| {
                if !is_open() {
                    put(state, None);
                }
            });
        }
        let _alone = self.redrawing.lock().unwrap_or_else(PoisonError::into_inner);
        let stored = read();
        self.change(|state| put(state, is_open().then_some(stored)));
    }

    /// Calls `listener` with the current state before it returns, then with each newer one, one call at a time, oldest first. A
    /// listener that is slower than the changes misses states in between, never the last.
    pub(crate) fn observe(&self, listener: Arc<dyn Fn(S) + Send + Sync>) -> Subscription {
        let mut receiver = self.sender.subscribe();
        let current = receiver.borrow_and_update().clone();
        listener(current);
        let open = Arc::new(Mutex::new(true));
        let still_open = Arc::clone(&open);
        let task = self.runtime.spawn(async move {
            while receiver.changed().await.is_ok() {
                let next = receiver.borrow_and_update().clone();
                let open = still_open.lock().unwrap_or_else(PoisonError::into_inner);
                if !*open {
                    return;
                }
                listener(next);
            }
        });
        Subscription { open, task: task.abort_handle() }
    }
}

/// Keeps a listener listening. Once it is dropped no further call begins; one that is under way runs to its end.
pub struct Subscription {
    open: Arc<Mutex<bool>>,
    task: AbortHandle,
}

impl Subscription {
    /// Ends the listening, as dropping does.
    pub fn end(&self) {
        self.task.abort();
        match self.open.try_lock() {
            Ok(mut open) => *open = false,
            Err(std::sync::TryLockError::Poisoned(poisoned)) => *poisoned.into_inner() = false,
            Err(std::sync::TryLockError::WouldBlock) => {}
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[derive(Clone, Debug, Default, PartialEq)]
    struct Shown {
        revision: u64,
        text: String,
    }
    view_state!(Shown);

    fn put(state: &mut Shown, text: Option<&str>) {
        text.unwrap_or_default().clone_into(&mut state.text);
    }

    async fn settle() {
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn a_listener_hears_the_current_state_before_observe_returns_then_changes_in_order() {
        let observed = Observed::new(Handle::current(), Shown::default());
        let heard: Arc<Mutex<Vec<u64>>> = Arc::default();
        let writer = Arc::clone(&heard);
        let subscription = observed.observe(Arc::new(move |state: Shown| {
            writer.lock().unwrap().push(state.revision);
        }));
        assert_eq!(*heard.lock().unwrap(), [0]);
        for text in ["a", "b", "b"] {
            observed.change(|state| text.clone_into(&mut state.text));
            settle().await;
        }
        assert_eq!(*heard.lock().unwrap(), [0, 1, 2], "the same words are not told twice");
        drop(subscription);
        observed.change(|state| state.text.push('c'));
        settle().await;
        assert_eq!(*heard.lock().unwrap(), [0, 1, 2], "a dropped subscription is silent");
    }

    #[tokio::test]
    async fn what_was_read_earlier_never_covers_what_was_read_later() {
        let observed = Arc::new(Observed::new(Handle::current(), Shown::default()));
        let stored = Arc::new(Mutex::new("old"));
        let (has_read, reading) = std::sync::mpsc::channel();
        let (go_on, waiting) = std::sync::mpsc::channel::<()>();
        let (screen, source) = (Arc::clone(&observed), Arc::clone(&stored));
        let slow = std::thread::spawn(move || {
            let read = || {
                let text = *source.lock().unwrap();
                has_read.send(()).unwrap();
                waiting.recv().unwrap();
                text
            };
            screen.redraw(|| true, read, put);
        });
        reading.recv().unwrap();
        *stored.lock().unwrap() = "new";
        let (screen, source) = (Arc::clone(&observed), Arc::clone(&stored));
        let (done, is_done) = std::sync::mpsc::channel();
        let quick = std::thread::spawn(move || {
            screen.redraw(|| true, || *source.lock().unwrap(), put);
            done.send(()).unwrap();
        });
        // Only a redraw that does not wait its turn is done before the first one.
        let overtook = is_done.recv_timeout(std::time::Duration::from_millis(50)).is_ok();
        go_on.send(()).unwrap();
        slow.join().unwrap();
        quick.join().unwrap();
        assert_eq!((observed.state().text.as_str(), overtook), ("new", false));
    }

    #[tokio::test]
    async fn invariant_11_locked_what_is_locked_is_hidden_before_a_read_under_way_ends() {
        let observed = Observed::new(Handle::current(), Shown::default());
        observed.change(|state| "a balance".clone_into(&mut state.text));
        let open = std::cell::Cell::new(true);
        let read = || {
            open.set(false);
            observed.redraw(|| open.get(), || "another balance", put);
            assert_eq!(observed.state().text, "");
            "a balance"
        };
        observed.redraw(|| open.get(), read, put);
        assert_eq!(observed.state().text, "");
    }

    #[tokio::test]
    async fn a_slow_listener_still_hears_the_last_state() {
        let observed = Observed::new(Handle::current(), Shown::default());
        let heard: Arc<Mutex<Vec<u64>>> = Arc::default();
        let writer = Arc::clone(&heard);
        let _subscription = observed.observe(Arc::new(move |state: Shown| {
            writer.lock().unwrap().push(state.revision);
        }));
        for count in 0..50 {
            observed.change(|state| state.text = count.to_string());
        }
        settle().await;
        let heard = heard.lock().unwrap().clone();
        assert!(heard.is_sorted());
        assert_eq!(heard.last(), Some(&50));
    }
}
