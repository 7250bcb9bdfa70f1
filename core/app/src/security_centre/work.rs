//! What the security centre does with the bank.

use guichet_foundation::ids::{DeviceId, NoticeId};
use guichet_session::{
    AcknowledgeRefusal, CallFailure, Device, NoticeKind, RevokeRefusal, Security, SecurityNotice,
};

use super::SecurityCentre;
use crate::notice::Notice;

/// One thing at a time.
pub(super) enum Work {
    Refresh,
    Unfreeze,
    Acknowledge(NoticeId),
    SignOutDevice(DeviceId),
    SignOutOthers,
}

impl SecurityCentre {
    /// Does it, and then asks how things stand. What the customer is told of it, if anything.
    pub(super) async fn carry_out(&self, work: Work) -> Option<Notice> {
        let session = &self.rooms.session;
        let words = self.rooms.words();
        let done = match work {
            Work::Refresh => Ok(None),
            Work::Unfreeze => {
                session.unfreeze_payments().await.map(|()| Some(words.say("security-now-open")))
            }
            Work::Acknowledge(id) => match session.acknowledge(&id).await {
                // One that is gone was acknowledged already.
                Ok(()) | Err(AcknowledgeRefusal::Unknown) => Ok(None),
                Err(AcknowledgeRefusal::Bank(failure)) => Err(failure),
            },
            Work::SignOutDevice(id) => match session.revoke_device(&id).await {
                // Also where it was gone already, or the list was from another time.
                Ok(()) | Err(RevokeRefusal::Unknown | RevokeRefusal::ThisDevice) => {
                    Ok(Some(words.say("security-device-signed-out")))
                }
                Err(RevokeRefusal::Bank(failure)) => Err(failure),
            },
            Work::SignOutOthers => session.revoke_others().await.map(|count| {
                Some(words.say_with("security-others-signed-out", &[("count", count.into())]))
            }),
        };
        match done {
            Ok(said) => match self.ask().await {
                Ok(()) => said.map(Notice::info),
                // It was done all the same.
                Err(failure) => {
                    Some(said.map_or_else(|| Notice::of_call(failure, &words), Notice::info))
                }
            },
            Err(failure) => Some(Notice::of_call(failure, &words)),
        }
    }

    /// The phones and what happened, whichever the bank answers.
    async fn ask(&self) -> Result<(), CallFailure> {
        let session = &self.rooms.session;
        let listed = session.devices().await.map(|devices| self.learn_devices(devices));
        let told = session.security().await.map(|security| self.learn(security));
        listed.and(told)
    }

    fn learn(&self, security: Security) {
        let mut known = self.known();
        // What arrives after the lock was closed is not kept. Asked while `known` is held: clearing it comes after.
        if self.rooms.is_open() {
            known.notices = security.notices;
            known.frozen_at = security.frozen_at;
        }
    }

    fn learn_devices(&self, devices: Vec<Device>) {
        if devices.iter().all(|device| device.current) {
            // There is no phone to ask about, now or later.
            self.rooms.session.moved_in();
        }
        let mut known = self.known();
        if self.rooms.is_open() {
            known.devices = devices;
            known.listed = true;
        }
    }

    /// Payments stop, or the customer is told that they do not yet.
    pub(super) async fn freeze_now(&self) -> Notice {
        let words = self.rooms.words();
        match self.rooms.session.freeze_payments().await {
            Ok(()) => {
                self.learn_quietly().await;
                Notice::info(words.say("security-now-frozen"))
            }
            Err(failure) => self.not_frozen(failure),
        }
    }

    fn not_frozen(&self, failure: CallFailure) -> Notice {
        let words = self.rooms.words();
        let why = Notice::of_call(failure, &words).text;
        Notice::danger(words.say_with("security-not-frozen", &[("why", why.expose().into())]))
    }

    /// It was not the customer: stops payments first, asks nobody; then signs out the phone it is about, for which the bank wants
    /// to be sure. The question stays until all of it is done.
    pub(super) async fn not_the_customer(&self, notice: &SecurityNotice, has_turn: bool) -> Notice {
        let session = &self.rooms.session;
        if let Err(failure) = session.freeze_payments().await {
            return self.not_frozen(failure);
        }
        self.show();
        let words = self.rooms.words();
        let done = match phone_behind(notice) {
            None => Some("security-frozen-call-bank"),
            Some(_) if !has_turn => None,
            Some(id) => match session.revoke_device(id).await {
                Ok(()) | Err(RevokeRefusal::Unknown) => Some("security-frozen-and-signed-out"),
                Err(RevokeRefusal::ThisDevice) => Some("security-frozen-call-bank"),
                Err(RevokeRefusal::Bank(_)) => None,
            },
        };
        let Some(said) = done else {
            self.learn_quietly().await;
            return Notice::danger(words.say("security-frozen-still-there"));
        };
        // An answer that is lost brings the question back; answering it again does no harm.
        session.acknowledge(&notice.id).await.ok();
        self.ask().await.ok();
        Notice::danger(words.say(said))
    }

    /// Asks what happened, and keeps it to itself if the bank does not answer: nobody has asked.
    pub(crate) async fn learn_quietly(&self) {
        if let Ok(security) = self.rooms.session.security().await {
            self.learn(security);
            self.show();
        }
    }

    /// After moving to this phone: looks for those that were there before.
    pub(crate) async fn look_for_old_phones(&self) {
        if !self.rooms.session.is_moving_in() || self.known().listed {
            return;
        }
        if let Ok(devices) = self.rooms.session.devices().await {
            self.learn_devices(devices);
            self.show();
        }
    }
}

/// The phone that signing out would help against; `None` where nobody knows which, or it is signed out.
fn phone_behind(notice: &SecurityNotice) -> Option<&DeviceId> {
    match notice.kind {
        NoticeKind::DeviceRevoked | NoticeKind::Other => None,
        NoticeKind::DeviceEnrolled
        | NoticeKind::ApprovalKeyRenewed
        | NoticeKind::PaymentsFrozen
        | NoticeKind::PaymentsUnfrozen
        | NoticeKind::SignedIn => notice.device.as_ref().map(|device| &device.id),
    }
}
