use guichet_foundation::ports;

/// Why the person's answer did not come. Each has its own words and next step on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum PromptFailure {
    /// The person closed the prompt.
    Cancelled,
    /// The finger or face was not the right one.
    NotRecognised,
    /// Too many failures: the platform refuses biometrics for now.
    LockedOut,
    /// The phone has no biometric hardware, or none of the needed strength.
    NoHardware,
    /// The person has not enrolled a finger or face.
    NotEnrolled,
    /// The key or the stored item died with a change of enrolled biometrics.
    KeyInvalidated,
    /// The platform failed in another way.
    Platform,
}

impl From<PromptFailure> for ports::PromptFailure {
    fn from(failure: PromptFailure) -> Self {
        match failure {
            PromptFailure::Cancelled => Self::Cancelled,
            PromptFailure::NotRecognised => Self::NotRecognised,
            PromptFailure::LockedOut => Self::LockedOut,
            PromptFailure::NoHardware => Self::NoHardware,
            PromptFailure::NotEnrolled => Self::NotEnrolled,
            PromptFailure::KeyInvalidated => Self::KeyInvalidated,
            PromptFailure::Platform => Self::Platform,
        }
    }
}
