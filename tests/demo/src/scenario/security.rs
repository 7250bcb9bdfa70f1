//! The words of a scenario that are about the security centre.

use anyhow::{Context as _, Result};

use super::file::Verb as Written;
use super::runner::Runner;
use crate::phone::talk::{SecurityContent, Verb};

impl Runner<'_> {
    /// The verb that a word stands for; `None` for a word that is about something else.
    pub(super) fn secure(&self, verb: &mut Written) -> Result<Option<Verb>> {
        Ok(Some(match verb.name.as_str() {
            "refresh_security" => Verb::RefreshSecurity,
            "freeze" => Verb::Freeze,
            "unfreeze" => Verb::Unfreeze,
            "this_was_me" => Verb::ThisWasMe { id: self.question()? },
            "this_was_not_me" => Verb::ThisWasNotMe { id: self.question()? },
            "sign_out_device" => Verb::SignOutDevice { id: self.device(verb.index("device")?)? },
            "sign_out_old_phone" => Verb::SignOutDevice { id: self.old_phone()? },
            "sign_out_others" => Verb::SignOutOthers,
            "keep_phones" => Verb::KeepPhones,
            "sign_out" => Verb::SignOut,
            _ => return Ok(None),
        }))
    }

    fn question(&self) -> Result<String> {
        Ok(self.centre()?.question.context("nothing is asked")?.id)
    }

    fn device(&self, index: usize) -> Result<String> {
        Ok(self.centre()?.devices.get(index).context("no such phone on the list")?.id.clone())
    }

    fn old_phone(&self) -> Result<String> {
        let moving = self.centre()?.moving.context("nothing is asked about an old phone")?;
        moving.device.context("there is more than one old phone")
    }

    fn centre(&self) -> Result<SecurityContent> {
        self.world()?.security.content.context("the security centre is empty")
    }
}
