//! A device key by ring, so that a call's signature costs what the bare one does; and a network that answers at once.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use guichet_foundation::key::{P256PublicKey, P256Signature};
use guichet_foundation::ports::{
    DeviceSigner, Request, Response, SignerFailure, Transport, TransportFailure,
};
use ring::signature::Signature;

use crate::bare_key::BareKey;
use crate::phone::Straight;

/// ring's P-256 as the phone's hardware.
pub(crate) struct RingSigner(BareKey);

impl RingSigner {
    pub(crate) fn new() -> Self {
        Self(BareKey::new())
    }

    /// The bare signature.
    pub(crate) fn bare(&self, message: &[u8]) -> Signature {
        self.0.sign(message)
    }

    fn public(&self) -> P256PublicKey {
        P256PublicKey::from_uncompressed(self.0.public()).unwrap()
    }
}

impl DeviceSigner for RingSigner {
    fn create(&self) -> Result<P256PublicKey, SignerFailure> {
        Ok(self.public())
    }

    fn public_key(&self) -> Result<Option<P256PublicKey>, SignerFailure> {
        Ok(Some(self.public()))
    }

    fn sign(&self, message: &[u8]) -> Result<P256Signature, SignerFailure> {
        P256Signature::from_raw(self.bare(message).as_ref()).map_err(|_| SignerFailure::Platform)
    }

    fn destroy(&self) -> Result<(), SignerFailure> {
        Ok(())
    }

    fn create_successor(&self) -> Result<P256PublicKey, SignerFailure> {
        Err(SignerFailure::Platform)
    }

    fn successor(&self) -> Result<Option<P256PublicKey>, SignerFailure> {
        Ok(None)
    }

    fn sign_with_successor(&self, _: &[u8]) -> Result<P256Signature, SignerFailure> {
        Err(SignerFailure::NoKey)
    }

    fn promote_successor(&self) -> Result<(), SignerFailure> {
        Err(SignerFailure::NoKey)
    }
}

/// Leads to the bank, until it repeats the bank's last answer to everything: an exchange that costs nothing.
pub(crate) struct Instant {
    bank: Straight,
    repeats: AtomicBool,
    last: Mutex<Option<Response>>,
}

impl Instant {
    pub(crate) fn over(bank: Straight) -> Self {
        Self { bank, repeats: AtomicBool::new(false), last: Mutex::default() }
    }

    pub(crate) fn repeat_the_last_answer(&self) {
        self.repeats.store(true, Ordering::SeqCst);
    }
}

#[async_trait]
impl Transport for Instant {
    async fn send(&self, request: Request) -> Result<Response, TransportFailure> {
        if self.repeats.load(Ordering::SeqCst) {
            return Ok(self.last.lock().unwrap().clone().unwrap());
        }
        let response = self.bank.send(request).await?;
        *self.last.lock().unwrap() = Some(response.clone());
        Ok(response)
    }
}
