//! The way back for a prompt that a shell could not even show: it threw instead of returning.

use std::sync::{OnceLock, Weak};
use std::thread;

use guichet_foundation::ports::{PromptFailure, PromptId};

/// A prompt that was not shown.
pub(crate) enum Unshown {
    Approval(PromptId),
    Release(PromptId),
}

/// Knows the app once it has started; the ports are made before it.
#[derive(Default)]
pub(crate) struct Prompts(OnceLock<Weak<guichet_app::App>>);

impl Prompts {
    /// From now on failures are told to `app`.
    pub(crate) fn tell(&self, app: Weak<guichet_app::App>) {
        // A second app cannot be set: each start makes its own `Prompts`.
        let _ = self.0.set(app);
    }

    /// Answers the prompt with a failure, on a thread of its own: the caller may hold what the answer needs.
    pub(crate) fn could_not_show(&self, prompt: Unshown) {
        let Some(app) = self.0.get().cloned() else { return };
        thread::spawn(move || {
            let Some(app) = app.upgrade() else { return };
            match prompt {
                Unshown::Approval(id) => app.answer_approval(id, Err(PromptFailure::Platform)),
                Unshown::Release(id) => app.answer_release(id, Err(PromptFailure::Platform)),
            }
        });
    }
}
