use std::fmt;

/// Names one request to the person. The core draws it, the shell hands it back with the answer; an answer to a request that is no
/// longer open changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PromptId(pub u64);

impl fmt::Display for PromptId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Why the person's answer did not come. Each has its own words and next step on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum PromptFailure {
    /// The person closed the prompt.
    #[error("the person cancelled")]
    Cancelled,
    /// The finger or face was not the right one.
    #[error("not recognised")]
    NotRecognised,
    /// Too many failures: the platform refuses biometrics for now.
    #[error("biometrics are locked out")]
    LockedOut,
    /// The phone has no biometric hardware, or none of the needed strength.
    #[error("no biometric hardware")]
    NoHardware,
    /// The person has not enrolled a finger or face.
    #[error("no biometrics enrolled")]
    NotEnrolled,
    /// The key or the stored item died with a change of enrolled biometrics.
    #[error("the key was invalidated by a change of biometrics")]
    KeyInvalidated,
    /// The platform failed in another way.
    #[error("the platform's prompt failed")]
    Platform,
    /// No answer came in time.
    #[error("no answer in time")]
    TimedOut,
}
