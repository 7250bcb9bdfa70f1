use guichet_foundation::stack::wipe_dead_stack;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::JoinError;

/// Runs `work`, which handles keys and takes long, on a thread for blocking work. The stack it has used is overwritten: such a
/// thread waits for other work, or ends, with whatever is on it.
///
/// A runtime of one thread has nobody to keep free. There the work is a task like any other, so that what a simulation does
/// follows from its seed and not from which thread is faster.
pub(crate) async fn key_work<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, JoinError> {
    let silenced = move || {
        let done = work();
        wipe_dead_stack();
        done
    };
    if Handle::current().runtime_flavor() == RuntimeFlavor::CurrentThread {
        return tokio::spawn(async move { silenced() }).await;
    }
    tokio::task::spawn_blocking(silenced).await
}
