//! Fakes for every port, for tests of any room. Software keys, a clock that stands until it is moved, seeded randomness.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use zeroize::Zeroizing;

use crate::key::{P256PublicKey, P256Signature};
use crate::ports::{
    ApprovalRequest, ApprovalSigner, Attestation, Clock, Connectivity, DeviceSigner, Entropy,
    PromptFailure, ReleaseRequest, Request, Response, SecureStore, SignerFailure, Slot,
    StoreFailure, Transport, TransportFailure,
};
use crate::sensitivity::SecretBytes;
use crate::time::Timestamp;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A secure store in memory. `clone` is a second handle to the same store, as a restarted process would have.
#[derive(Clone, Default)]
pub struct FakeStore(Arc<Mutex<StoreInside>>);

#[derive(Default)]
struct StoreInside {
    items: BTreeMap<Slot, Vec<u8>>,
    guarded: BTreeMap<Slot, Vec<u8>>,
    asked: VecDeque<ReleaseRequest>,
    writes: usize,
    fail_after: Option<usize>,
}

impl StoreInside {
    fn count_write(&mut self) -> Result<(), StoreFailure> {
        self.writes += 1;
        match self.fail_after {
            Some(limit) if self.writes > limit => Err(StoreFailure::Platform),
            _ => Ok(()),
        }
    }
}

impl FakeStore {
    /// Writes and removals so far.
    pub fn writes(&self) -> usize {
        lock(&self.0).writes
    }

    /// Every write after the next `count` fails, as if the process had been killed there. `None` heals it.
    pub fn fail_after(&self, count: Option<usize>) {
        let mut inside = lock(&self.0);
        inside.fail_after = count.map(|count| inside.writes + count);
    }

    /// The oldest release that was asked for and not yet taken, with what the platform would answer if the finger is right.
    pub fn take_release(&self) -> Option<(ReleaseRequest, Result<SecretBytes, PromptFailure>)> {
        let mut inside = lock(&self.0);
        let request = inside.asked.pop_front()?;
        let answer = inside
            .guarded
            .get(&request.slot)
            .map(|bytes| SecretBytes::new(bytes.clone()))
            .ok_or(PromptFailure::KeyInvalidated);
        Some((request, answer))
    }

    /// What happens on a phone when a finger or face is enrolled: guarded items are gone.
    pub fn enrol_new_biometrics(&self) {
        lock(&self.0).guarded.clear();
    }

    /// Whether anything is kept in `slot`, guarded or not.
    pub fn holds(&self, slot: Slot) -> bool {
        let inside = lock(&self.0);
        inside.items.contains_key(&slot) || inside.guarded.contains_key(&slot)
    }
}

impl SecureStore for FakeStore {
    fn get(&self, slot: Slot) -> Result<Option<SecretBytes>, StoreFailure> {
        Ok(lock(&self.0).items.get(&slot).map(|bytes| SecretBytes::new(bytes.clone())))
    }

    fn put(&self, slot: Slot, value: &SecretBytes) -> Result<(), StoreFailure> {
        let mut inside = lock(&self.0);
        inside.count_write()?;
        inside.items.insert(slot, value.expose_secret().clone());
        Ok(())
    }

    fn put_guarded(&self, slot: Slot, value: &SecretBytes) -> Result<(), StoreFailure> {
        let mut inside = lock(&self.0);
        inside.count_write()?;
        inside.guarded.insert(slot, value.expose_secret().clone());
        Ok(())
    }

    fn remove(&self, slot: Slot) -> Result<(), StoreFailure> {
        let mut inside = lock(&self.0);
        inside.count_write()?;
        inside.items.remove(&slot);
        inside.guarded.remove(&slot);
        Ok(())
    }

    fn ask_release(&self, request: ReleaseRequest) {
        lock(&self.0).asked.push_back(request);
    }
}

/// A software P-256 key that stands for a key of the secure hardware: device key and approval key alike.
#[derive(Clone)]
pub struct FakeSigner {
    key: Arc<Mutex<Option<SigningKey>>>,
    successor: Arc<Mutex<Option<SigningKey>>>,
    changes: Arc<Mutex<Changes>>,
    signatures: Arc<Mutex<usize>>,
    lookups: Arc<Mutex<usize>>,
    asked: Arc<Mutex<VecDeque<ApprovalRequest>>>,
    entropy: FakeEntropy,
    maker: Arc<Mutex<FakeMaker>>,
    challenge: Arc<Mutex<Vec<u8>>>,
}

/// Whose phone it is, for what its makers say of its keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FakeMaker {
    /// They say nothing.
    #[default]
    Silent,
    /// Android's: a chain of two "certificates", which are the challenge and the key's point.
    Android,
    /// Apple's: the "object" and the "assertion" are the client data's hash; the id of a new key is 32 bytes of 7.
    Apple,
    /// Apple's server does not answer.
    Unreachable,
}

/// How often keys were made, replaced or destroyed, and after how many times that fails.
#[derive(Default)]
struct Changes {
    made: usize,
    fail_after: Option<usize>,
}

impl FakeSigner {
    /// A signer without a key yet; the keys it makes follow from `seed`.
    pub fn seeded(seed: u64) -> Self {
        Self {
            key: Arc::default(),
            successor: Arc::default(),
            changes: Arc::default(),
            signatures: Arc::default(),
            lookups: Arc::default(),
            asked: Arc::default(),
            entropy: FakeEntropy::seeded(seed),
            maker: Arc::default(),
            challenge: Arc::default(),
        }
    }

    /// Every change of keys after the next `count` fails, as if the process had been killed there. `None` heals it.
    pub fn fail_after(&self, count: Option<usize>) {
        let mut changes = lock(&self.changes);
        changes.fail_after = count.map(|count| changes.made + count);
    }

    fn change(&self) -> Result<(), SignerFailure> {
        let mut changes = lock(&self.changes);
        changes.made += 1;
        match changes.fail_after {
            Some(limit) if changes.made > limit => Err(SignerFailure::Platform),
            _ => Ok(()),
        }
    }

    /// How often the public half was asked for.
    pub fn lookups(&self) -> usize {
        *lock(&self.lookups)
    }

    /// How often the key has signed.
    pub fn signatures(&self) -> usize {
        *lock(&self.signatures)
    }

    /// From now on it is this maker's phone.
    pub fn made_by(&self, maker: FakeMaker) {
        *lock(&self.maker) = maker;
    }

    /// The oldest approval that was asked for and not yet taken, with what the platform would answer if the finger is right.
    pub fn take_approval(&self) -> Option<(ApprovalRequest, Result<P256Signature, PromptFailure>)> {
        let request = lock(&self.asked).pop_front()?;
        let answer = self.signature(&request.message).map_err(|_| PromptFailure::KeyInvalidated);
        Some((request, answer))
    }

    fn signature(&self, message: &[u8]) -> Result<P256Signature, SignerFailure> {
        self.signature_by(&self.key, message)
    }

    fn signature_by(
        &self,
        key: &Mutex<Option<SigningKey>>,
        message: &[u8],
    ) -> Result<P256Signature, SignerFailure> {
        let key = lock(key);
        let signature: Signature = key.as_ref().ok_or(SignerFailure::NoKey)?.sign(message);
        *lock(&self.signatures) += 1;
        P256Signature::from_raw(&signature.to_bytes()).map_err(|_| SignerFailure::Platform)
    }

    fn make(&self, place: &Mutex<Option<SigningKey>>) -> Result<P256PublicKey, SignerFailure> {
        self.change()?;
        loop {
            let mut scalar = Zeroizing::new([0; 32]);
            self.entropy.fill(scalar.as_mut());
            if let Ok(key) = SigningKey::from_slice(scalar.as_ref()) {
                let public = public_half(&key)?;
                *lock(place) = Some(key);
                return Ok(public);
            }
        }
    }

    fn public(&self) -> Result<Option<P256PublicKey>, SignerFailure> {
        *lock(&self.lookups) += 1;
        lock(&self.key).as_ref().map(public_half).transpose()
    }
}

fn public_half(key: &SigningKey) -> Result<P256PublicKey, SignerFailure> {
    let point = key.verifying_key().to_sec1_point(false);
    P256PublicKey::from_uncompressed(point.as_bytes()).map_err(|_| SignerFailure::Platform)
}

impl DeviceSigner for FakeSigner {
    fn create(&self) -> Result<P256PublicKey, SignerFailure> {
        self.make(&self.key)
    }

    fn public_key(&self) -> Result<Option<P256PublicKey>, SignerFailure> {
        self.public()
    }

    fn sign(&self, message: &[u8]) -> Result<P256Signature, SignerFailure> {
        self.signature(message)
    }

    fn destroy(&self) -> Result<(), SignerFailure> {
        self.change()?;
        *lock(&self.key) = None;
        *lock(&self.successor) = None;
        Ok(())
    }

    fn create_successor(&self) -> Result<P256PublicKey, SignerFailure> {
        self.make(&self.successor)
    }

    fn successor(&self) -> Result<Option<P256PublicKey>, SignerFailure> {
        lock(&self.successor).as_ref().map(public_half).transpose()
    }

    fn sign_with_successor(&self, message: &[u8]) -> Result<P256Signature, SignerFailure> {
        self.signature_by(&self.successor, message)
    }

    fn promote_successor(&self) -> Result<(), SignerFailure> {
        self.change()?;
        let successor = lock(&self.successor).take().ok_or(SignerFailure::NoKey)?;
        *lock(&self.key) = Some(successor);
        Ok(())
    }
}

impl ApprovalSigner for FakeSigner {
    fn create(&self, attestation_challenge: &[u8; 32]) -> Result<P256PublicKey, SignerFailure> {
        *lock(&self.challenge) = attestation_challenge.to_vec();
        self.make(&self.key)
    }

    fn public_key(&self) -> Result<Option<P256PublicKey>, SignerFailure> {
        self.public()
    }

    fn attestation(
        &self,
        client_data_hash: &[u8; 32],
        attested_key_id: Option<&[u8]>,
    ) -> Result<Option<Attestation>, SignerFailure> {
        let Some(key) = self.public()? else { return Err(SignerFailure::NoKey) };
        let signed = client_data_hash.to_vec();
        match (*lock(&self.maker), attested_key_id) {
            (FakeMaker::Silent, _) => Ok(None),
            (FakeMaker::Android, _) => {
                let chain = vec![lock(&self.challenge).clone(), key.to_uncompressed().to_vec()];
                Ok(Some(Attestation::AndroidKey { chain }))
            }
            (FakeMaker::Apple, None) => {
                let key_id = vec![7; 32];
                Ok(Some(Attestation::AppleAppAttest { key_id, object: signed }))
            }
            (FakeMaker::Apple, Some(known)) => {
                let key_id = known.to_vec();
                Ok(Some(Attestation::AppleAppAttestAssertion { key_id, assertion: signed }))
            }
            (FakeMaker::Unreachable, _) => Err(SignerFailure::Platform),
        }
    }

    fn ask(&self, request: ApprovalRequest) {
        lock(&self.asked).push_back(request);
    }

    fn destroy(&self) -> Result<(), SignerFailure> {
        *lock(&self.key) = None;
        Ok(())
    }
}

/// A clock that stands still until it is moved.
#[derive(Clone)]
pub struct FakeClock(Arc<Mutex<(Timestamp, Duration)>>);

impl FakeClock {
    /// A clock that shows `now`, on a phone that has just started.
    pub fn at(now: Timestamp) -> Self {
        Self(Arc::new(Mutex::new((now, Duration::ZERO))))
    }

    /// Time passes.
    pub fn advance(&self, by: Duration) {
        let mut inside = lock(&self.0);
        inside.0 = inside.0.plus(by);
        inside.1 += by;
    }

    /// Someone sets the clock; uptime is not affected.
    pub fn set(&self, now: Timestamp) {
        lock(&self.0).0 = now;
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        lock(&self.0).0
    }

    fn uptime(&self) -> Duration {
        lock(&self.0).1
    }
}

/// Randomness that follows from a seed (`SplitMix64`). For tests only.
#[derive(Clone)]
pub struct FakeEntropy(Arc<Mutex<u64>>);

impl FakeEntropy {
    /// The same seed draws the same bytes.
    pub fn seeded(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(seed)))
    }

    fn draw(&self) -> u64 {
        let mut state = lock(&self.0);
        *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = *state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

impl Entropy for FakeEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            let bytes = self.draw().to_le_bytes();
            for (to, from) in chunk.iter_mut().zip(bytes) {
                *to = from;
            }
        }
    }
}

/// A network that is there or not, as told.
#[derive(Clone)]
pub struct FakeConnectivity(Arc<Mutex<bool>>);

impl FakeConnectivity {
    /// Begins as `online`.
    pub fn new(online: bool) -> Self {
        Self(Arc::new(Mutex::new(online)))
    }

    /// Changes it.
    pub fn set(&self, online: bool) {
        *lock(&self.0) = online;
    }
}

impl Connectivity for FakeConnectivity {
    fn is_online(&self) -> bool {
        *lock(&self.0)
    }
}

type Answer = dyn Fn(&Request) -> Result<Response, TransportFailure> + Send + Sync;

/// A transport that answers with a function and remembers what was sent.
#[derive(Clone)]
pub struct ScriptedTransport {
    answer: Arc<Answer>,
    sent: Arc<Mutex<Vec<Request>>>,
}

impl ScriptedTransport {
    /// Each request is answered by `answer`.
    pub fn new(
        answer: impl Fn(&Request) -> Result<Response, TransportFailure> + Send + Sync + 'static,
    ) -> Self {
        Self { answer: Arc::new(answer), sent: Arc::default() }
    }

    /// Every request so far, oldest first.
    pub fn sent(&self) -> Vec<Request> {
        lock(&self.sent).clone()
    }
}

#[async_trait]
impl Transport for ScriptedTransport {
    async fn send(&self, request: Request) -> Result<Response, TransportFailure> {
        lock(&self.sent).push(request.clone());
        (self.answer)(&request)
    }
}
