//! Everything that must not be found: what the customer has, as the bank's books have it; what the customer types; and what the
//! phone's secure store and the customer's finger open, read from its files.

use std::sync::Arc;

use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use anyhow::{Context as _, Result};
use argon2::{Algorithm, Argon2, Params, Version};
use guichet_foundation::ports::{SecureStore as _, Slot};
use hkdf::Hkdf;
use serde_json::Value;
use sha2::Sha256;
use url::Url;
use zeroize::Zeroizing;

use crate::conductor::{Books, SignIn};
use crate::json;
use crate::phone::hardware::{FileStore, Finger, Folders};
use crate::search::Wanted;

/// The purpose of the database's key among those of the vault (core/vault).
const DATABASE_KEY: &[u8] = b"guichet vault: database key, v1";
/// Version, memory, passes, salt, nonce: what stands before a wrapped root key.
const HEADER: usize = 1 + 4 + 4 + 16 + 12;
const KEY: usize = 32;
/// The bank pays interest and takes fees under its own name, which its certificate tells everybody.
const BANK: [&str; 2] = ["Guichet Sandbox Bank", "柜台沙盒银行"];

/// What is looked for, and what it takes to learn more.
#[derive(Default)]
pub(crate) struct Secrets {
    pub(crate) wanted: Wanted,
    pin: Option<String>,
    /// The wrapping of the root key that was taken apart already: that takes a while.
    wrapping: Vec<u8>,
}

impl Secrets {
    /// Who the customer is and what they have.
    pub(crate) fn add_customer(&mut self, customer: &SignIn, books: &Books) -> Result<()> {
        for (what, text) in books.private_texts(&customer.username)? {
            if BANK.contains(&text.as_str()) {
                continue;
            }
            self.wanted.add(what, &text);
            if what.ends_with("number") {
                self.wanted.add(what, &in_groups(&text));
            }
        }
        Ok(())
    }

    /// A PIN that the customer chooses or tries.
    pub(crate) fn add_pin(&mut self, pin: &str) {
        self.wanted.add("PIN", pin);
        self.pin.get_or_insert_with(|| pin.to_owned());
    }

    /// The PIN that is in force.
    pub(crate) fn add_pin_in_force(&mut self, pin: &str) {
        self.add_pin(pin);
        self.pin = Some(pin.to_owned());
    }

    /// A payment's own words.
    pub(crate) fn add_payment(
        &mut self,
        to_name: &str,
        to_account: &str,
        amount: &str,
        note: &str,
    ) {
        self.wanted.add("payee", to_name);
        self.wanted.add("payee's number", to_account);
        self.wanted.add("payee's number", &in_groups(to_account));
        self.wanted.add("amount", amount);
        self.wanted.add("note", note);
    }

    /// What came back from the bank's page.
    pub(crate) fn add_redirect(&mut self, redirect: &str) -> Result<()> {
        for (name, value) in Url::parse(redirect)?.query_pairs() {
            match &*name {
                "code" => self.wanted.add_random("authorization code", value.as_bytes()),
                "state" => self.wanted.add_random("state", value.as_bytes()),
                _ => {}
            }
        }
        Ok(())
    }

    /// What the phone keeps now.
    pub(crate) fn learn(&mut self, folders: &Folders, finger: &Finger) -> Result<()> {
        let store = FileStore::of(folders, Arc::new(|_| ()))?;
        let item = |slot| store.get(slot).context("the phone's store cannot be read");
        if let Some(item) = item(Slot::Tokens)? {
            let tokens: Value = serde_json::from_slice(item.expose_secret())?;
            self.add_member("access token", &tokens, "access")?;
            self.add_member("refresh token", &tokens, "refresh")?;
        }
        if let Some(item) = item(Slot::SignIn)? {
            let pending: Value = serde_json::from_slice(item.expose_secret())?;
            self.add_member("state", &pending, "state")?;
            self.add_member("PKCE verifier", &pending, "verifier")?;
        }
        if let Ok(item) = store.release(Slot::VaultRootByBiometric, finger) {
            self.add_root(item.expose_secret())?;
        }
        if let (Some(wrapped), Some(pepper)) = (item(Slot::VaultRootByPin)?, item(Slot::PinPepper)?)
        {
            self.wanted.add_random("pepper", pepper.expose_secret());
            self.add_pin_key(wrapped.expose_secret(), pepper.expose_secret())?;
        }
        Ok(())
    }

    fn add_member(&mut self, what: &str, of: &Value, name: &str) -> Result<()> {
        let text = json::text(of, name).with_context(|| format!("the phone keeps no {what}"))?;
        self.wanted.add_random(what, text.as_bytes());
        Ok(())
    }

    /// The root key after its version byte, and the database's key, which follows from it.
    fn add_root(&mut self, item: &[u8]) -> Result<()> {
        let root = item.get(1..).filter(|root| root.len() == KEY).context("no root key")?;
        let mut database = Zeroizing::new([0; KEY]);
        let hkdf = Hkdf::<Sha256>::from_prk(root).ok().context("a root key is long enough")?;
        hkdf.expand(DATABASE_KEY, database.as_mut_slice()).ok().context("a key is short enough")?;
        self.wanted.add_random("vault root key", root);
        self.wanted.add_random("database key", database.as_slice());
        Ok(())
    }

    /// The key derived from the PIN, if it opens what the phone has wrapped: then it is the right one.
    fn add_pin_key(&mut self, wrapped: &[u8], pepper: &[u8]) -> Result<()> {
        let Some(pin) = self.pin.clone().filter(|_| self.wrapping != wrapped) else {
            return Ok(());
        };
        let (header, sealed) = wrapped.split_at_checked(HEADER).context("no wrapped key")?;
        let [_, m0, m1, m2, m3, p0, p1, p2, p3, salt_and_nonce @ ..] = header else {
            anyhow::bail!("no header of a wrapped key")
        };
        let (salt, nonce) = salt_and_nonce.split_at(16);
        let memory = u32::from_be_bytes([*m0, *m1, *m2, *m3]);
        let passes = u32::from_be_bytes([*p0, *p1, *p2, *p3]);
        let params = Params::new(memory, passes, 1, Some(KEY))?;
        let argon = Argon2::new_with_secret(pepper, Algorithm::Argon2id, Version::V0x13, params)?;
        let mut key = Zeroizing::new([0; KEY]);
        argon.hash_password_into(pin.as_bytes(), salt, key.as_mut_slice())?;
        let nonce: [u8; 12] = nonce.try_into()?;
        let payload = Payload { msg: sealed, aad: header };
        let opened = Aes256Gcm::new((&*key).into()).decrypt(&Nonce::from(nonce), payload);
        let Ok(root) = opened.map(Zeroizing::new) else { return Ok(()) };
        self.wanted.add_random("key derived from the PIN", key.as_slice());
        self.add_root(&[&[0], root.as_slice()].concat())?;
        self.wrapping = wrapped.to_vec();
        Ok(())
    }
}

/// `6222 0210 0011`, as numbers are drawn.
fn in_groups(number: &str) -> String {
    let characters: Vec<char> = number.chars().collect();
    characters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}
