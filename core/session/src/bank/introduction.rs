//! The first exchange of a process with the bank, before anything is signed: one unsigned request for the pin set. Its answer
//! teaches the bank's time and a nonce, and keeps the pins fresh.

use std::time::Duration;

use guichet_foundation::time::Timestamp;

use crate::Session;
use crate::bank::not_ready;
use crate::calls::{CallFailure, NotSent};

/// The pin set is asked for again when it was had so long ago.
const RENEWAL: Duration = Duration::from_hours(24);
/// Or when it could not be had so long ago.
const RETRY: Duration = Duration::from_mins(10);

impl Session {
    /// Returns once the bank's time is known and the pin set is in force and fresh. At most one request, whoever asks, and none
    /// as long as what was learned holds.
    pub(crate) async fn introduced(&self) -> Result<(), CallFailure> {
        let session = self.clone();
        let work = || async move { session.introduce().await };
        match self.0.introduction.join_or_start(0, || self.is_introduced(), work) {
            Some(under_way) => under_way.landed().await.unwrap_or(Err(NotSent::NotReady.into())),
            None => Ok(()),
        }
    }

    /// The bank's time, for what is signed. Nothing is signed with the phone's own.
    pub(crate) fn signing_time(&self) -> Result<Timestamp, NotSent> {
        self.0.contact.time.known().ok_or(NotSent::ClockWrong)
    }

    fn is_introduced(&self) -> bool {
        let fresh = self.0.phone.clock.uptime() < *self.0.pins_due();
        self.0.contact.time.known().is_some_and(|now| fresh && !self.0.pins.is_expired(now))
    }

    async fn introduce(&self) -> Result<(), CallFailure> {
        let time = &self.0.contact.time;
        if time.known().is_none() {
            // The customer may have set the clock.
            time.forget();
        }
        let fetched = self.refresh_pins().await;
        let again = if fetched.is_ok() { RENEWAL } else { RETRY };
        *self.0.pins_due() = self.0.phone.clock.uptime() + again;
        match (time.known(), fetched) {
            (Some(now), Err(failure)) if self.0.pins.is_expired(now) => Err(not_ready(failure)),
            // What is in force goes on serving if a newer set cannot be had now.
            (Some(_), _) => Ok(()),
            (None, _) if time.is_contradicted() => Err(NotSent::ClockWrong.into()),
            (None, Err(failure)) => Err(not_ready(failure)),
            (None, Ok(())) => Err(NotSent::NotReady.into()),
        }
    }
}
