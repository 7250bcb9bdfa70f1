//! The fingerprint sensor: it lights up when the core asks, and the conductor lays a finger on it.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use base64ct::{Base64UrlUnpadded, Encoding as _};
use guichet_foundation::key::P256Signature;
use guichet_foundation::ports::{ApprovalRequest, PromptFailure, PromptId, ReleaseRequest};
use guichet_foundation::sensitivity::SecretBytes;

use super::hardware::{FileStore, Finger, Folders, sign_with};
use super::talk::{Failing, Prompt, PromptKind, Touch};

/// The sensor.
pub(crate) struct Sensor {
    waiting: Mutex<BTreeMap<u64, Request>>,
    lights_up: Box<dyn Fn(&Prompt) + Send + Sync>,
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
    /// A sensor that says so when it lights up.
    pub(crate) fn new(lights_up: Box<dyn Fn(&Prompt) + Send + Sync>) -> Self {
        Self { waiting: Mutex::default(), lights_up }
    }

    /// Lights up for a signature.
    pub(crate) fn ask_approval(&self, request: ApprovalRequest) {
        self.ask(Request::Approval(request));
    }

    /// Lights up for a guarded item.
    pub(crate) fn ask_release(&self, request: ReleaseRequest) {
        self.ask(Request::Release(request));
    }

    fn ask(&self, request: Request) {
        let prompt = request.prompt();
        self.waiting().insert(prompt.id, request);
        (self.lights_up)(&prompt);
    }

    /// The prompt that waits longest.
    pub(crate) fn oldest(&self) -> Option<Prompt> {
        self.waiting().values().next().map(Request::prompt)
    }

    /// The person walks away from a prompt.
    pub(crate) fn forget(&self, prompt: u64) {
        self.waiting().remove(&prompt);
    }

    fn waiting(&self) -> MutexGuard<'_, BTreeMap<u64, Request>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A finger, or the prompt closed. `None` if no such prompt waits.
    pub(crate) fn touch(
        &self,
        prompt: u64,
        touch: &Touch,
        folders: &Folders,
        store: &FileStore,
    ) -> Option<Touched> {
        let request = self.waiting().remove(&prompt)?;
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

impl Request {
    fn prompt(&self) -> Prompt {
        match self {
            Self::Approval(request) => Prompt {
                id: request.id.0,
                kind: PromptKind::Approval,
                reason: request.reason.clone(),
            },
            Self::Release(request) => Prompt {
                id: request.id.0,
                kind: PromptKind::Release,
                reason: request.reason.clone(),
            },
        }
    }
}

fn read(touch: &Touch) -> Result<Finger, PromptFailure> {
    match touch {
        Touch::Cancel => Err(PromptFailure::Cancelled),
        Touch::Fail(failing) => Err(match failing {
            Failing::LockedOut => PromptFailure::LockedOut,
            Failing::NoHardware => PromptFailure::NoHardware,
            Failing::NotEnrolled => PromptFailure::NotEnrolled,
            Failing::Invalidated => PromptFailure::KeyInvalidated,
            Failing::Broken => PromptFailure::Platform,
        }),
        Touch::Finger(secret) => Base64UrlUnpadded::decode_vec(secret)
            .ok()
            .and_then(|bytes| Finger::from_bytes(&bytes))
            .ok_or(PromptFailure::NotRecognised),
    }
}
