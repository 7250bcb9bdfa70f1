use guichet_foundation::ports;
use uniffi::UnexpectedUniFFICallbackError;

/// Why a port could not answer. It carries no words: nothing of the platform's own text enters the core.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum PortFailure {
    /// The platform failed.
    #[error("the platform failed")]
    Platform,
}

/// Why the secure store could not do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum StoreFailure {
    /// The phone has not been unlocked since it started; try again later.
    #[error("the secure store is not available before the first unlock of the phone")]
    Unavailable,
    /// Biometrics are missing, so a guarded item cannot be kept.
    #[error("the phone has no usable biometrics for a guarded item")]
    NoBiometrics,
    /// The store is broken or full.
    #[error("the platform's secure store failed")]
    Platform,
}

/// Why a key of the secure hardware could not be made or used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum SignerFailure {
    /// There is no key; it has to be created first.
    #[error("the key does not exist")]
    NoKey,
    /// The phone has no biometrics that the key could be bound to.
    #[error("the phone has no usable biometrics for the key")]
    NoBiometrics,
    /// The hardware failed.
    #[error("the platform's key storage failed")]
    Platform,
}

macro_rules! unexpected_is_platform {
    ($($failure:ty),+) => {$(
        impl From<UnexpectedUniFFICallbackError> for $failure {
            fn from(_: UnexpectedUniFFICallbackError) -> Self {
                Self::Platform
            }
        }
    )+};
}
unexpected_is_platform!(PortFailure, StoreFailure, SignerFailure);

impl From<StoreFailure> for ports::StoreFailure {
    fn from(failure: StoreFailure) -> Self {
        match failure {
            StoreFailure::Unavailable => Self::Unavailable,
            StoreFailure::NoBiometrics => Self::NoBiometrics,
            StoreFailure::Platform => Self::Platform,
        }
    }
}

impl From<SignerFailure> for ports::SignerFailure {
    fn from(failure: SignerFailure) -> Self {
        match failure {
            SignerFailure::NoKey => Self::NoKey,
            SignerFailure::NoBiometrics => Self::NoBiometrics,
            SignerFailure::Platform => Self::Platform,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invariant_07_silent_a_foreign_exception_loses_its_text() {
        let foreign = || UnexpectedUniFFICallbackError::new("IllegalState: token eyJhbGciOi");
        let failures = [
            format!("{0:?} {0}", PortFailure::from(foreign())),
            format!("{0:?} {0}", StoreFailure::from(foreign())),
            format!("{0:?} {0}", SignerFailure::from(foreign())),
        ];
        assert!(failures.iter().all(|text| !text.contains("eyJ")), "{failures:?}");
    }
}
