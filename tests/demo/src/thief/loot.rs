//! What the thief carries off: a copy of the phone's whole folder, and what can be read of it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use guichet_foundation::ports::Slot;
use serde_json::Value;

use crate::jose::Key;
use crate::json::text;
use crate::phone::hardware::{Folders, WrappingKey};
use crate::search::named;

/// The loot.
pub(crate) struct Loot {
    /// The copy.
    pub(crate) folders: Folders,
    /// The device key: a software key, so it could be copied.
    pub(crate) device_key: Key,
    /// The access token.
    pub(crate) access_token: String,
    /// The refresh token.
    pub(crate) refresh_token: String,
    /// The installation's client id.
    pub(crate) client_id: String,
}

impl Loot {
    /// Copies the phone's folder into `into` and goes through the pockets.
    pub(crate) fn carry_off(phone: &Path, into: &Path) -> Result<Self> {
        copy_folder(phone, into).context("the phone's folder cannot be copied")?;
        let folders = Folders::of(into);
        let device_key = fs::read(folders.chip.join("device.key"))?;
        let tokens = item(&folders, Slot::Tokens)?;
        let registration = item(&folders, Slot::Registration)?;
        Ok(Self {
            device_key: Key::from_bytes(&device_key).context("no device key")?,
            access_token: text(&tokens, "access").context("no access token")?,
            refresh_token: text(&tokens, "refresh").context("no refresh token")?,
            client_id: text(&registration, "client_id").context("no client id")?,
            folders,
        })
    }

    /// The vault's database file.
    pub(crate) fn vault(&self) -> Result<PathBuf> {
        named(&self.folders.app, "vault.db")?.context("there is no vault in the loot")
    }
}

fn item(folders: &Folders, slot: Slot) -> Result<Value> {
    let wrapped = fs::read(folders.store.join(slot.name()))
        .with_context(|| format!("the phone keeps no {}", slot.name()))?;
    let item = WrappingKey::of(&folders.chip)?
        .unwrap(slot.name(), &wrapped)
        .with_context(|| format!("{} does not unwrap", slot.name()))?;
    Ok(serde_json::from_slice(&item)?)
}

/// Copies a folder and everything in it.
pub(crate) fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
