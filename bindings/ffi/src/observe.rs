use std::sync::{Mutex, PoisonError};

use uniffi::UnexpectedUniFFICallbackError;

/// A listener could not take a state. It is told the next one all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum ListenerFailure {
    /// The listener threw.
    #[error("the listener failed")]
    Listener,
}

impl From<UnexpectedUniFFICallbackError> for ListenerFailure {
    fn from(_: UnexpectedUniFFICallbackError) -> Self {
        Self::Listener
    }
}

/// Keeps a listener listening. Ended or freed, no further call begins; a call under way is waited for.
#[derive(uniffi::Object)]
pub struct Subscription(Mutex<Option<guichet_app::Subscription>>);

impl Subscription {
    pub(crate) fn new(inside: guichet_app::Subscription) -> std::sync::Arc<Self> {
        std::sync::Arc::new(Self(Mutex::new(Some(inside))))
    }
}

#[uniffi::export]
impl Subscription {
    /// Ends the listening.
    pub fn end(&self) {
        // Taken out first: the lock is not held while a listener that is being called is waited for.
        let inside = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(inside);
    }
}

/// An area's listener and its `observe`. Every area's listener has one method, of the same name.
macro_rules! observable {
    ($area:ident tells $listener:ident $state:ident) => {
        /// Hears every state of the area.
        #[uniffi::export(foreign)]
        pub trait $listener: Send + Sync {
            /// Called with the current state before `observe` returns, then with each newer one: one at a time, oldest first, on
            /// no particular thread.
            fn on_state(&self, state: $state) -> Result<(), $crate::observe::ListenerFailure>;
        }

        #[uniffi::export]
        impl $area {
            /// What the screen shows now. Local, never waits for the bank.
            pub fn state(&self) -> $state {
                guichet_silence::contained(|| self.0.state().cross())
            }

            /// Tells `listener` the current state before it returns, then each newer one, until the subscription ends.
            pub fn observe(
                &self,
                listener: std::sync::Arc<dyn $listener>,
            ) -> std::sync::Arc<$crate::observe::Subscription> {
                guichet_silence::contained(|| {
                    let tell = move |state: guichet_app::$state| {
                        // A listener that throws has lost this state only.
                        let _ = listener.on_state(state.cross());
                    };
                    $crate::observe::Subscription::new(self.0.observe(std::sync::Arc::new(tell)))
                })
            }
        }
    };
}
pub(crate) use observable;
