//! A bank with nothing in front of it, for whoever brings their own phone.

use std::path::PathBuf;

use anyhow::{Context as _, Result};

use super::bank::{Announcement, BankFolder, BankProcess, SignIn};
use super::folder::DayFolder;
use super::person;
use crate::browser::Visit;
use crate::lang::Locale;
use crate::phone::hardware::Maker;

/// The bank and a folder.
pub(crate) struct Sandbox {
    folder: DayFolder,
    bank: Option<BankProcess>,
}

impl Sandbox {
    /// A folder; the bank is closed.
    pub(crate) fn new() -> Result<Self> {
        Ok(Self { folder: DayFolder::temporary()?, bank: None })
    }

    /// Opens the bank, which believes `maker`. The file with the profile an app for it is built with.
    pub(crate) async fn open(&mut self, maker: Option<Maker>) -> Result<PathBuf> {
        let bank = BankFolder::without_link(&self.folder.at("bank"), maker).start().await?;
        let profile = self.folder.at("profile.json");
        std::fs::write(&profile, serde_json::to_vec(&bank.announcement.profile()?)?)?;
        self.bank = Some(bank);
        Ok(profile)
    }

    /// The bank, as it announced itself.
    pub(crate) fn announcement(&self) -> Result<&Announcement> {
        self.bank.as_ref().map(|bank| &bank.announcement).context("the bank is closed")
    }

    /// A folder in the sandbox.
    pub(crate) fn folder(&self, name: &str) -> PathBuf {
        self.folder.at(name)
    }

    /// Signs in as this customer, in the browser.
    pub(crate) async fn visit(&self, who: &SignIn, url: &str, locale: Locale) -> Result<Visit> {
        person::visit(self.announcement()?, who, url, locale).await
    }

    /// Signs in as this customer at the bank's security page, and presses these buttons there.
    pub(crate) async fn press(
        &self,
        who: &SignIn,
        buttons: &[String],
        locale: Locale,
    ) -> Result<Visit> {
        person::press(self.announcement()?, who, buttons, locale).await
    }

    /// Ends the bank, then removes the folder.
    pub(crate) async fn clear(self) -> Result<()> {
        if let Some(bank) = self.bank {
            bank.kill().await?;
        }
        self.folder.close().await
    }
}
