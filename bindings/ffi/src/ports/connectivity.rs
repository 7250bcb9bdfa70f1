use std::sync::Arc;

use guichet_foundation::ports;

use super::PortFailure;

/// What the phone knows of its network.
#[uniffi::export(foreign)]
pub trait Connectivity: Send + Sync {
    /// Whether there is a network now. Call `GuichetApp.connectivity_changed` when it changes.
    fn is_online(&self) -> Result<bool, PortFailure>;
}

/// A phone that cannot say counts as online: trying tells the truth.
pub(crate) struct ForeignConnectivity(pub(crate) Arc<dyn Connectivity>);

impl ports::Connectivity for ForeignConnectivity {
    fn is_online(&self) -> bool {
        self.0.is_online().unwrap_or(true)
    }
}
