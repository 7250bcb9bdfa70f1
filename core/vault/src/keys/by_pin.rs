//! The root key wrapped under the customer's PIN.
//!
//! A PIN has 20 bits. What protects it on the phone is the pepper, 32 random bytes that never leave the secure store, and the
//! count of failed attempts; Argon2id (RFC 9106) is what is left should somebody carry both items away: it makes each guess cost
//! memory and time. Counting attempts is the session's.

use aes_gcm::aead::{Aead as _, Payload};
use aes_gcm::{Aes256Gcm, KeyInit as _};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use guichet_foundation::ports::{Entropy, SecureStore, Slot, StoreFailure};
use guichet_foundation::sensitivity::SecretBytes;
use zeroize::{Zeroize as _, Zeroizing};

use crate::keys::{UnwrapFailure, WrapFailure};
use crate::root_key::{KEY_SIZE, RootKey};

const VERSION: u8 = 1;
const SALT_SIZE: usize = 16;
const NONCE_SIZE: usize = 12;
const TAG_SIZE: usize = 16;
const PEPPER_SIZE: usize = 32;
/// Version, memory, passes, salt, nonce: authenticated with the key.
const HEADER_SIZE: usize = 1 + 4 + 4 + SALT_SIZE + NONCE_SIZE;

/// What one guess at the PIN costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PinCost {
    memory_kib: u32,
    passes: u32,
}

impl PinCost {
    /// What an app that ships uses: 32 MiB, 3 passes, 1 lane.
    ///
    /// The bound is the customer's patience with each unlocking, about 150 ms on a middling phone, and the memory a phone of
    /// 2 GB gives a foreground app without pushing others out. Within it memory is worth more than passes (it is what makes
    /// guessing in parallel dear); 3 passes are RFC 9106's choice for less memory than its first recommendation. One lane: the
    /// core does not start threads for it.
    pub const SHIPPED: Self = Self { memory_kib: 32 * 1024, passes: 3 };

    const MEMORY_KIB_MAX: u32 = 256 * 1024;
    const PASSES_MAX: u32 = 16;

    /// Memory, in KiB.
    pub const fn memory_kib(self) -> u32 {
        self.memory_kib
    }

    /// Passes over it.
    pub const fn passes(self) -> u32 {
        self.passes
    }

    /// Another cost, within what an item may ask for: 8 KiB to 256 MiB, 1 to 16 passes. Tests use a low one.
    pub fn new(memory_kib: u32, passes: u32) -> Self {
        Self {
            memory_kib: memory_kib.clamp(Params::MIN_M_COST, Self::MEMORY_KIB_MAX),
            passes: passes.clamp(1, Self::PASSES_MAX),
        }
    }

    /// The cost an item asks for, if it is within bounds: an altered item must not take all memory.
    fn read(memory_kib: [u8; 4], passes: [u8; 4]) -> Option<Self> {
        let asked =
            Self { memory_kib: u32::from_be_bytes(memory_kib), passes: u32::from_be_bytes(passes) };
        (Self::new(asked.memory_kib, asked.passes) == asked).then_some(asked)
    }
}

/// Wraps `root` under `pin` into [`Slot::VaultRootByPin`]: for a first PIN and for a changed one. The old wrapping stays good until
/// the new one is written, whole. Takes as long as `cost` says.
///
/// # Errors
/// See [`WrapFailure`]; what was kept before is kept still.
pub fn wrap(
    store: &dyn SecureStore,
    entropy: &dyn Entropy,
    root: &RootKey,
    pin: &SecretBytes,
    cost: PinCost,
) -> Result<(), WrapFailure> {
    let pepper = pepper(store, entropy)?;
    let header = Header::make(entropy, cost);
    let cipher = header.cipher(pin, &pepper).ok_or(WrapFailure::Memory)?;
    let header_bytes = header.to_bytes();
    let sealed = cipher
        .encrypt(&header.nonce.into(), Payload { msg: root.expose(), aad: &header_bytes })
        .map_err(|_| WrapFailure::Memory)?;
    let item = SecretBytes::new([header_bytes.as_slice(), &sealed].concat());
    Ok(store.put(Slot::VaultRootByPin, &item)?)
}

/// The root key, if `pin` is the one it was wrapped under. Takes as long as the cost it was wrapped with says.
///
/// # Errors
/// See [`UnwrapFailure`].
pub fn unwrap(store: &dyn SecureStore, pin: &SecretBytes) -> Result<RootKey, UnwrapFailure> {
    let item = store.get(Slot::VaultRootByPin)?.ok_or(UnwrapFailure::NoKey)?;
    let pepper = store.get(Slot::PinPepper)?.ok_or(UnwrapFailure::Damaged)?;
    let (header, sealed) = Header::parse(item.expose_secret())?;
    let cipher = header.cipher(pin, &pepper).ok_or(UnwrapFailure::Memory)?;
    let payload = Payload { msg: sealed, aad: &header.to_bytes() };
    let opened = cipher
        .decrypt(&header.nonce.into(), payload)
        .map(Zeroizing::new)
        .map_err(|_| UnwrapFailure::WrongPin)?;
    RootKey::from_slice(&opened).ok_or(UnwrapFailure::Damaged)
}

/// Whether a PIN was set.
///
/// # Errors
/// If the store does not answer.
pub fn is_set(store: &dyn SecureStore) -> Result<bool, StoreFailure> {
    Ok(store.get(Slot::VaultRootByPin)?.is_some())
}

/// The pepper, drawn at the first PIN. It stays through changes of PIN: replacing it and the wrapped key are two writes, and a kill
/// between them would lose the root.
fn pepper(store: &dyn SecureStore, entropy: &dyn Entropy) -> Result<SecretBytes, StoreFailure> {
    if let Some(pepper) = store.get(Slot::PinPepper)? {
        return Ok(pepper);
    }
    let mut pepper = SecretBytes::new(vec![0; PEPPER_SIZE]);
    entropy.fill(pepper.expose_secret_mut());
    store.put(Slot::PinPepper, &pepper)?;
    Ok(pepper)
}

struct Header {
    cost: PinCost,
    salt: [u8; SALT_SIZE],
    nonce: [u8; NONCE_SIZE],
}

impl Header {
    fn make(entropy: &dyn Entropy, cost: PinCost) -> Self {
        let mut header = Self { cost, salt: [0; SALT_SIZE], nonce: [0; NONCE_SIZE] };
        entropy.fill(&mut header.salt);
        entropy.fill(&mut header.nonce);
        header
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER_SIZE);
        bytes.push(VERSION);
        bytes.extend_from_slice(&self.cost.memory_kib.to_be_bytes());
        bytes.extend_from_slice(&self.cost.passes.to_be_bytes());
        bytes.extend_from_slice(&self.salt);
        bytes.extend_from_slice(&self.nonce);
        bytes
    }

    fn parse(item: &[u8]) -> Result<(Self, &[u8]), UnwrapFailure> {
        match item.split_first() {
            Some((&VERSION, body)) => Self::parse_body(body).ok_or(UnwrapFailure::Damaged),
            Some((version, _)) if *version > VERSION => Err(UnwrapFailure::Newer),
            _ => Err(UnwrapFailure::Damaged),
        }
    }

    fn parse_body(body: &[u8]) -> Option<(Self, &[u8])> {
        let (memory_kib, body) = body.split_first_chunk()?;
        let (passes, body) = body.split_first_chunk()?;
        let (salt, body) = body.split_first_chunk()?;
        let (nonce, sealed) = body.split_first_chunk()?;
        let cost = PinCost::read(*memory_kib, *passes)?;
        let whole = sealed.len() == KEY_SIZE + TAG_SIZE;
        whole.then_some((Self { cost, salt: *salt, nonce: *nonce }, sealed))
    }

    /// AES-256-GCM under the key derived from the PIN; `None` if there is no memory for the derivation.
    fn cipher(&self, pin: &SecretBytes, pepper: &SecretBytes) -> Option<Aes256Gcm> {
        let PinCost { memory_kib, passes } = self.cost;
        let params = Params::new(memory_kib, passes, 1, Some(KEY_SIZE)).ok()?;
        let mut blocks = blocks(params.block_count())?;
        let argon = Argon2::new_with_secret(
            pepper.expose_secret(),
            Algorithm::Argon2id,
            Version::V0x13,
            params,
        )
        .ok()?;
        let mut key = Zeroizing::new([0; KEY_SIZE]);
        let derived = argon.hash_password_into_with_memory(
            pin.expose_secret(),
            &self.salt,
            key.as_mut_slice(),
            &mut blocks,
        );
        // The key follows from the last blocks.
        blocks.zeroize();
        derived.ok()?;
        Some(Aes256Gcm::new((&*key).into()))
    }
}

fn blocks(count: usize) -> Option<Vec<Block>> {
    let mut blocks = Vec::new();
    blocks.try_reserve_exact(count).ok()?;
    blocks.resize(count, Block::default());
    Some(blocks)
}
