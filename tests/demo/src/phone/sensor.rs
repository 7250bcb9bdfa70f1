//! The fingerprint sensor: it lights up when the core asks, and the conductor lays a finger on it.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use base64ct::{Base64UrlUnpadded, Encoding as _};
use guichet_foundation::key::P256Signature;
use guichet_foundation::ports::{ApprovalRequest, PromptFailure, PromptId, ReleaseRequest};
use guichet_foundation::sensitivity::SecretBytes;

use super::hardware::{FileStore, Finger, Folders, sign_with};
use super::talk::{News, Prompt, Touch};
use super::teller::Teller;

/// The sensor.
pub(crate) struct Sensor {
    waiting: Mutex<BTreeMap<u64, Request>>,
    teller: Teller,
}

enum Request {
    Approval(ApprovalRequest),
    Release(ReleaseRequest),
}

/// What the platform hands back to the app.
pub(crate) enum Touched {
    Approval(PromptId, Result<P256Signature, PromptFailure>),
    Release(PromptId, Result<SecretBytes, PromptFailure>),
}

impl Sensor {
    pub(crate) const fn new(teller: Teller) -> Self {
        Self { waiting: Mutex::new(BTreeMap::new()), teller }
    }

    /// Lights up for a signature.
    pub(crate) fn ask_approval(&self, request: ApprovalRequest) {
        self.light_up(request.id, request.reason.clone(), Request::Approval(request));
    }

    /// Lights up for a guarded item.
    pub(crate) fn ask_release(&self, request: ReleaseRequest) {
        self.light_up(request.id, request.reason.clone(), Request::Release(request));
    }

    fn light_up(&self, id: PromptId, reason: String, request: Request) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(id.0, request);
        self.teller.tell(&News::Prompt { prompt: Prompt { id: id.0, reason } });
    }

    /// A finger, or the prompt closed. `None` if no such prompt waits.
    pub(crate) fn touch(
        &self,
        prompt: u64,
        touch: &Touch,
        folders: &Folders,
        store: &FileStore,
    ) -> Option<Touched> {
        let request =
            self.waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(&prompt)?;
        let finger = read(touch);
        Some(match request {
            Request::Approval(request) => Touched::Approval(
                request.id,
                finger.and_then(|finger| sign_with(&folders.chip, &finger, &request.message)),
            ),
            Request::Release(request) => Touched::Release(
                request.id,
                finger.and_then(|finger| store.release(request.slot, &finger)),
            ),
        })
    }
}

fn read(touch: &Touch) -> Result<Finger, PromptFailure> {
    match touch {
        Touch::Cancel => Err(PromptFailure::Cancelled),
        Touch::Finger(secret) => Base64UrlUnpadded::decode_vec(secret)
            .ok()
            .and_then(|bytes| Finger::from_bytes(&bytes))
            .ok_or(PromptFailure::NotRecognised),
    }
}
