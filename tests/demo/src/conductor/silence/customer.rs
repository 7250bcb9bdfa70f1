//! Who uses the phone, and what they type.

use anyhow::Result;

use crate::conductor::bank::{Announcement, SignIn};
use crate::conductor::stage::Stage;
use crate::lang::Locale;
use crate::phone::hardware::{Finger, fill_random};

/// The customer and everything they know.
pub(super) struct Customer {
    pub(super) bank: Announcement,
    pub(super) sign_in: SignIn,
    pub(super) locale: Locale,
    pub(super) finger: Finger,
    pub(super) stranger: Finger,
    /// Drawn at random: a PIN that stands in the program would be found in it.
    pub(super) pin: String,
    pub(super) wrong_pin: String,
    /// Account number and name of whom they pay.
    pub(super) payee: (String, String),
    pub(super) amount: &'static str,
    /// A message that nobody else writes.
    pub(super) note: String,
}

impl Customer {
    pub(super) fn new(stage: &Stage) -> Result<Self> {
        Ok(Self {
            bank: stage.announcement()?.clone(),
            sign_in: stage.customer()?.clone(),
            locale: stage.locale,
            finger: stage.finger.clone(),
            stranger: stage.stranger.clone(),
            pin: digits(),
            wrong_pin: digits(),
            payee: stage.payee()?,
            amount: "1,357.24",
            note: format!("For the {} pears", digits()),
        })
    }
}

/// Twelve digits that no rule for PINs refuses.
fn digits() -> String {
    let mut random = [0; 12];
    fill_random(&mut random);
    let mut digits: String = random.iter().map(|byte| char::from(b'0' + byte % 10)).collect();
    // Neither a run nor a repetition, whatever was drawn.
    digits.replace_range(..4, "7391");
    digits
}
