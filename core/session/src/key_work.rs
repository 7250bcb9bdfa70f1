use guichet_foundation::stack::wipe_dead_stack;
use tokio::task::JoinError;

/// Runs `work`, which handles keys and takes long, on a thread for blocking work. The stack it has used is overwritten: such a
/// thread waits for other work, or ends, with whatever is on it.
pub(crate) async fn key_work<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, JoinError> {
    let silenced = move || {
        let done = work();
        wipe_dead_stack();
        done
    };
    tokio::task::spawn_blocking(silenced).await
}
