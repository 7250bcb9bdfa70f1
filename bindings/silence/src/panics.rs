//! What is left of a panic: the place in our own source, never its message. A message may quote what was being worked on, and
//! the generated code hands it to the shell in an exception.

use std::any::Any;
use std::io::Write as _;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::Once;

use guichet_foundation::stack::wipe_dead_stack;

/// Replaces the process's panic hook with one that prints the place only.
pub fn redact() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| panic::set_hook(Box::new(report)));
}

fn report(panic: &PanicHookInfo<'_>) {
    // Nobody is left to tell if standard error is closed.
    let _ = writeln!(std::io::stderr(), "{}", place(panic));
}

fn place(panic: &PanicHookInfo<'_>) -> String {
    match panic.location() {
        Some(place) => format!("guichet: panic at {}:{}", place.file(), place.line()),
        None => "guichet: panic".to_owned(),
    }
}

/// Runs one call into the core. A panic in it goes on without its message, so that the shell's exception says nothing either; and
/// the stack that the call has used is overwritten.
pub fn contained<T>(call: impl FnOnce() -> T) -> T {
    // The facade's state lives behind locks that survive a panic; nothing of `call` is used after one.
    let outcome = panic::catch_unwind(AssertUnwindSafe(call));
    wipe_dead_stack();
    outcome.unwrap_or_else(|_: Box<dyn Any + Send>| {
        panic::resume_unwind(Box::new("the core failed in a way it should not"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invariant_07_silent_a_panic_crosses_without_its_message() {
        redact();
        let escaped = panic::catch_unwind(|| contained(|| panic!("balance of 李明: 1234.50")));
        let message = escaped.unwrap_err();
        assert_eq!(message.downcast_ref::<&str>(), Some(&"the core failed in a way it should not"));
    }

    #[test]
    fn invariant_07_silent_the_hook_prints_the_place_only() {
        use std::sync::{Arc, Mutex};
        let seen: Arc<Mutex<String>> = Arc::default();
        let writer = Arc::clone(&seen);
        std::thread::spawn(move || {
            panic::set_hook(Box::new(move |info| *writer.lock().unwrap() = place(info)));
            let _ = panic::catch_unwind(|| panic!("balance of 李明: 1234.50"));
            panic::set_hook(Box::new(report));
        })
        .join()
        .unwrap();
        let seen = seen.lock().unwrap().clone();
        assert!(
            seen.contains("panics.rs:") && !seen.contains("李明") && !seen.contains("1234"),
            "{seen}"
        );
    }
}
