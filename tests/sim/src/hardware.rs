//! A phone's hardware: the secure store, the two keys, the finger, the clock. It outlives every process of the app.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use guichet_foundation::key::{P256PublicKey, P256Signature};
use guichet_foundation::ports::{
    ApprovalRequest, ApprovalSigner, Attestation, Clock, DeviceSigner, PromptFailure, PromptId,
    ReleaseRequest, SecureStore, SignerFailure, Slot, StoreFailure,
};
use guichet_foundation::sensitivity::SecretBytes;
use guichet_foundation::time::Timestamp;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use tokio::time::Instant;

use crate::chance::Chance;
use crate::life::Life;
use crate::scene::hold;

/// What a full secure store still takes, in bytes: a mark, a count.
const SMALL_BYTES: usize = 64;

/// What is in the hardware: what survives a kill and a restart.
#[derive(Clone, Default)]
pub(crate) struct Chip {
    items: BTreeMap<Slot, Vec<u8>>,
    guarded: BTreeMap<Slot, Vec<u8>>,
    device: Option<SigningKey>,
    successor: Option<SigningKey>,
    approval: Option<SigningKey>,
}

/// A phone without its app.
pub(crate) struct Hardware {
    chip: Mutex<Chip>,
    chance: Chance,
    /// The secure store takes small items only.
    pub(crate) store_is_full: AtomicBool,
    /// How far the clock was set, in seconds.
    pub(crate) clock_off_s: AtomicI64,
    asked: Mutex<VecDeque<ApprovalRequest>>,
    signed: Mutex<Vec<Vec<u8>>>,
    start_s: i64,
    booted: Instant,
}

impl Hardware {
    pub(crate) fn new(chip: Chip, seed: u64, start_s: i64) -> Self {
        Self {
            chip: Mutex::new(chip),
            chance: Chance::seeded(seed),
            store_is_full: AtomicBool::new(false),
            clock_off_s: AtomicI64::new(0),
            asked: Mutex::default(),
            signed: Mutex::default(),
            start_s,
            booted: Instant::now(),
        }
    }

    pub(crate) fn chip(&self) -> Chip {
        hold(&self.chip).clone()
    }

    /// Whether anything is kept in `slot`, guarded or not.
    pub(crate) fn holds(&self, slot: Slot) -> bool {
        let chip = hold(&self.chip);
        chip.items.contains_key(&slot) || chip.guarded.contains_key(&slot)
    }

    /// Whether there is a key that approves.
    pub(crate) fn has_approval_key(&self) -> bool {
        hold(&self.chip).approval.is_some()
    }

    /// How often the finger was put on the sensor to sign exactly this.
    pub(crate) fn times_signed(&self, message: &[u8]) -> usize {
        hold(&self.signed).iter().filter(|signed| *signed == message).count()
    }

    /// Whether the sensor waits for the finger.
    pub(crate) fn is_asking(&self) -> bool {
        !hold(&self.asked).is_empty()
    }

    /// The right finger on the oldest prompt.
    pub(crate) fn touch_sensor(&self) -> Option<(PromptId, Result<P256Signature, PromptFailure>)> {
        let request = hold(&self.asked).pop_front()?;
        let Some(key) = hold(&self.chip).approval.clone() else {
            return Some((request.id, Err(PromptFailure::KeyInvalidated)));
        };
        let answer = sign(&key, &request.message).map_err(|_| PromptFailure::Platform);
        hold(&self.signed).push(request.message);
        Some((request.id, answer))
    }

    /// The person closes the oldest prompt.
    pub(crate) fn close_prompt(&self) -> Option<PromptId> {
        Some(hold(&self.asked).pop_front()?.id)
    }

    /// The app has gone, and its prompts with it.
    pub(crate) fn close_all_prompts(&self) {
        hold(&self.asked).clear();
    }

    fn draw_key(&self) -> SigningKey {
        loop {
            let mut scalar = [0; 32];
            for chunk in scalar.chunks_mut(8) {
                chunk.copy_from_slice(&self.chance.number().to_be_bytes());
            }
            if let Ok(key) = SigningKey::from_slice(&scalar) {
                return key;
            }
        }
    }
}

/// The hardware in the hands of one process. Once that is over, nothing answers.
#[derive(Clone)]
pub(crate) struct InHand {
    pub(crate) hardware: Arc<Hardware>,
    pub(crate) life: Arc<Life>,
}

impl InHand {
    fn store(&self) -> Result<MutexGuard<'_, Chip>, StoreFailure> {
        if self.life.is_over() {
            return Err(StoreFailure::Unavailable);
        }
        Ok(hold(&self.hardware.chip))
    }

    /// For an item of so many bytes; 0 to remove one.
    fn store_to_write(&self, bytes: usize) -> Result<MutexGuard<'_, Chip>, StoreFailure> {
        if !self.life.goes_on() {
            return Err(StoreFailure::Unavailable);
        }
        if bytes > SMALL_BYTES && self.hardware.store_is_full.load(Ordering::SeqCst) {
            return Err(StoreFailure::Platform);
        }
        Ok(hold(&self.hardware.chip))
    }

    fn keys(&self) -> Result<MutexGuard<'_, Chip>, SignerFailure> {
        if self.life.is_over() {
            return Err(SignerFailure::Platform);
        }
        Ok(hold(&self.hardware.chip))
    }

    fn keys_to_change(&self) -> Result<MutexGuard<'_, Chip>, SignerFailure> {
        if !self.life.goes_on() {
            return Err(SignerFailure::Platform);
        }
        Ok(hold(&self.hardware.chip))
    }
}

impl SecureStore for InHand {
    fn get(&self, slot: Slot) -> Result<Option<SecretBytes>, StoreFailure> {
        Ok(self.store()?.items.get(&slot).map(|bytes| SecretBytes::new(bytes.clone())))
    }

    fn put(&self, slot: Slot, value: &SecretBytes) -> Result<(), StoreFailure> {
        let bytes = value.expose_secret();
        self.store_to_write(bytes.len())?.items.insert(slot, bytes.clone());
        Ok(())
    }

    fn put_guarded(&self, slot: Slot, value: &SecretBytes) -> Result<(), StoreFailure> {
        let bytes = value.expose_secret();
        self.store_to_write(bytes.len())?.guarded.insert(slot, bytes.clone());
        Ok(())
    }

    fn remove(&self, slot: Slot) -> Result<(), StoreFailure> {
        let mut chip = self.store_to_write(0)?;
        chip.items.remove(&slot);
        chip.guarded.remove(&slot);
        Ok(())
    }

    // Nobody in these worlds opens the app with a finger.
    fn ask_release(&self, _: ReleaseRequest) {}
}

impl DeviceSigner for InHand {
    fn create(&self) -> Result<P256PublicKey, SignerFailure> {
        let key = self.hardware.draw_key();
        let public = public_half(&key)?;
        self.keys_to_change()?.device = Some(key);
        Ok(public)
    }

    fn public_key(&self) -> Result<Option<P256PublicKey>, SignerFailure> {
        self.keys()?.device.as_ref().map(public_half).transpose()
    }

    fn sign(&self, message: &[u8]) -> Result<P256Signature, SignerFailure> {
        sign(self.keys()?.device.as_ref().ok_or(SignerFailure::NoKey)?, message)
    }

    fn destroy(&self) -> Result<(), SignerFailure> {
        let mut chip = self.keys_to_change()?;
        (chip.device, chip.successor) = (None, None);
        Ok(())
    }

    fn create_successor(&self) -> Result<P256PublicKey, SignerFailure> {
        let key = self.hardware.draw_key();
        let public = public_half(&key)?;
        self.keys_to_change()?.successor = Some(key);
        Ok(public)
    }

    fn successor(&self) -> Result<Option<P256PublicKey>, SignerFailure> {
        self.keys()?.successor.as_ref().map(public_half).transpose()
    }

    fn sign_with_successor(&self, message: &[u8]) -> Result<P256Signature, SignerFailure> {
        sign(self.keys()?.successor.as_ref().ok_or(SignerFailure::NoKey)?, message)
    }

    fn promote_successor(&self) -> Result<(), SignerFailure> {
        let mut chip = self.keys_to_change()?;
        let successor = chip.successor.take().ok_or(SignerFailure::NoKey)?;
        chip.device = Some(successor);
        Ok(())
    }
}

impl ApprovalSigner for InHand {
    fn create(&self, _: &[u8; 32]) -> Result<P256PublicKey, SignerFailure> {
        let key = self.hardware.draw_key();
        let public = public_half(&key)?;
        self.keys_to_change()?.approval = Some(key);
        Ok(public)
    }

    fn public_key(&self) -> Result<Option<P256PublicKey>, SignerFailure> {
        self.keys()?.approval.as_ref().map(public_half).transpose()
    }

    fn attestation(
        &self,
        _: &[u8; 32],
        _: Option<&[u8]>,
    ) -> Result<Option<Attestation>, SignerFailure> {
        Ok(None)
    }

    fn ask(&self, request: ApprovalRequest) {
        if !self.life.is_over() {
            hold(&self.hardware.asked).push_back(request);
        }
    }

    fn destroy(&self) -> Result<(), SignerFailure> {
        self.keys_to_change()?.approval = None;
        Ok(())
    }
}

impl Clock for InHand {
    fn now(&self) -> Timestamp {
        let elapsed = i64::try_from(self.hardware.booted.elapsed().as_secs()).unwrap_or(i64::MAX);
        let off = self.hardware.clock_off_s.load(Ordering::SeqCst);
        let now = self.hardware.start_s.saturating_add(elapsed).saturating_add(off);
        Timestamp::from_unix_seconds(now).unwrap_or(Timestamp::EPOCH)
    }

    fn uptime(&self) -> Duration {
        self.hardware.booted.elapsed()
    }
}

fn public_half(key: &SigningKey) -> Result<P256PublicKey, SignerFailure> {
    let point = key.verifying_key().to_sec1_point(false);
    P256PublicKey::from_uncompressed(point.as_bytes()).map_err(|_| SignerFailure::Platform)
}

fn sign(key: &SigningKey, message: &[u8]) -> Result<P256Signature, SignerFailure> {
    let signature: Signature = key.sign(message);
    P256Signature::from_raw(&signature.to_bytes()).map_err(|_| SignerFailure::Platform)
}
