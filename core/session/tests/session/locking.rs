//! When the lock closes by itself, and what a closed lock means.

use std::time::Duration;

use guichet_foundation::locale::Locale;
use guichet_foundation::ports::{PromptFailure, SecureStore as _, Slot};
use guichet_foundation::sensitivity::SecretBytes;
use guichet_session::lock::{IDLE, SettingRefusal};
use guichet_session::{
    BankCalls as _, Call, CallFailure, LockAfter, NotSent, Session, Standing, StepUpRequest,
    WipeReason,
};
use guichet_vault::{Vault, VaultFailure};
use tokio::task::JoinHandle;

use crate::support::{PIN, TestPhone, pin};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_mins(1);

fn opens(vault: &Vault) -> bool {
    vault.read::<(), VaultFailure>(|_| Ok(())).is_ok()
}

/// Both clocks pass, and the timers of the runtime see it.
async fn pass(phone: &TestPhone, by: Duration) {
    phone.wait(by);
    tokio::time::sleep(by).await;
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

/// Every way in which a phone that was open comes to be locked.
#[derive(Clone, Copy, Debug)]
enum Way {
    OnDemand,
    Idle,
    InTheBackgroundAtOnce,
    InTheBackgroundAfterAWhile,
    Asleep,
    Restarted,
}

const WAYS: [Way; 6] = [
    Way::OnDemand,
    Way::Idle,
    Way::InTheBackgroundAtOnce,
    Way::InTheBackgroundAfterAWhile,
    Way::Asleep,
    Way::Restarted,
];

/// A phone that was open, with a biometric set up, and is locked now.
async fn locked(phone: &TestPhone, way: Way) -> (Session, Vault) {
    let (session, vault) = phone.ready_with_vault().await;
    session.enable_biometric_unlock().await.unwrap();
    match way {
        Way::OnDemand => session.lock(),
        Way::Idle => pass(phone, IDLE).await,
        Way::InTheBackgroundAtOnce => {
            session.set_lock_after(LockAfter::AtOnce).unwrap();
            session.backgrounded();
        }
        Way::InTheBackgroundAfterAWhile => {
            session.backgrounded();
            pass(phone, MINUTE).await;
        }
        Way::Asleep => {
            session.backgrounded();
            phone.wait(MINUTE);
            session.foregrounded();
        }
        Way::Restarted => return phone.open_with_vault(),
    }
    (session, vault)
}

#[tokio::test(start_paused = true)]
async fn invariant_11_locked_is_locked_however_it_came_about() {
    for way in WAYS {
        let phone = TestPhone::new();
        let (session, vault) = locked(&phone, way).await;
        assert_eq!(session.standing(), Standing::Ready { locked: true }, "{way:?}");
        assert!(!opens(&vault), "{way:?}");
        // The root key would be kept behind a biometric if it were there.
        let kept = session.enable_biometric_unlock().await;
        assert_eq!(kept, Err(SettingRefusal::Locked), "{way:?}");
        let before = phone.bank.sent().len();
        let call = session.call(Call::get("/v1/sync")).await.map(drop);
        assert_eq!(call, Err(NotSent::Locked.into()), "{way:?}");
        let approved = session.approve("why".to_owned(), b"words".to_vec()).await.map(drop);
        assert_eq!(approved, Err(PromptFailure::Cancelled), "{way:?}");
        assert!(phone.approval_signer.take_approval().is_none(), "{way:?}: nobody is asked");
        let chosen = session.set_lock_after(LockAfter::FiveMinutes);
        assert_eq!(chosen, Err(SettingRefusal::Locked), "{way:?}");
        assert_eq!(phone.bank.sent().len(), before, "{way:?}: nothing is sent");

        // The twin: unlocked, all of that is there.
        session.unlock_by_pin(pin(PIN)).await.unwrap();
        assert!(opens(&vault), "{way:?}");
        assert_eq!(session.call(Call::get("/v1/sync")).await.map(|reply| reply.status), Ok(200));
        assert_eq!(session.enable_biometric_unlock().await, Ok(()), "{way:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_revocation_is_heard_however_the_phone_was_locked() {
    for way in WAYS {
        let phone = TestPhone::new();
        let (session, vault) = locked(&phone, way).await;
        phone.bank.revoke_all();
        assert_eq!(session.check_in().await, Err(CallFailure::Revoked), "{way:?}");
        assert_eq!(session.standing(), Standing::Wiped(WipeReason::Revoked), "{way:?}");
        assert!(!phone.store.holds(Slot::VaultRootByPin), "{way:?}");
        assert!(!opens(&vault));
    }
}

/// A prompt that is open when the lock closes is closed with it; its late answer approves and opens nothing.
#[tokio::test(start_paused = true)]
async fn a_prompt_does_not_outlive_the_lock() {
    let phone = TestPhone::new();
    let (session, vault) = phone.ready_with_vault().await;
    session.set_lock_after(LockAfter::AtOnce).unwrap();
    let approving = tokio::spawn({
        let session = session.clone();
        async move { session.approve("why".to_owned(), b"words".to_vec()).await.map(drop) }
    });
    let (request, answer) = phone.next_approval().await;
    session.backgrounded();
    session.prompts().answer_approval(request.id, answer);
    assert_eq!(approving.await.unwrap(), Err(PromptFailure::Cancelled));
    assert!(!opens(&vault));
}

#[tokio::test(start_paused = true)]
async fn the_customer_chooses_how_long_the_background_may_last() {
    for lock_after in LockAfter::ALL {
        let phone = TestPhone::new();
        let (session, vault) = phone.ready_with_vault().await;
        assert_eq!(session.lock_after(), LockAfter::OneMinute);
        session.set_lock_after(lock_after).unwrap();
        session.touched();
        session.backgrounded();
        assert_eq!(opens(&vault), lock_after != LockAfter::AtOnce, "locked when it returns");
        pass(&phone, lock_after.delay().saturating_sub(SECOND)).await;
        assert_eq!(opens(&vault), lock_after != LockAfter::AtOnce, "{lock_after:?}");
        pass(&phone, SECOND).await;
        assert!(!opens(&vault), "{lock_after:?}");
    }
}

/// Also when it is chosen while the app is in the background, as a widget or a shortcut may do.
#[tokio::test(start_paused = true)]
async fn a_shorter_delay_counts_from_when_the_app_was_left() {
    let phone = TestPhone::new();
    let (session, vault) = phone.ready_with_vault().await;
    session.set_lock_after(LockAfter::FiveMinutes).unwrap();
    session.backgrounded();
    pass(&phone, Duration::from_secs(59)).await;
    session.set_lock_after(LockAfter::OneMinute).unwrap();
    pass(&phone, SECOND).await;
    assert!(!opens(&vault));
}

#[tokio::test(start_paused = true)]
async fn the_choice_is_known_while_locked_and_after_a_restart_and_gone_after_a_wipe() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    session.set_lock_after(LockAfter::AtOnce).unwrap();
    session.lock();
    assert_eq!(session.lock_after(), LockAfter::AtOnce);
    let session = phone.open();
    assert_eq!(session.lock_after(), LockAfter::AtOnce);
    session.sign_out().await.unwrap();
    assert!(!phone.store.holds(Slot::Settings));
    assert_eq!(session.lock_after(), LockAfter::OneMinute);
    assert_eq!(phone.open().lock_after(), LockAfter::OneMinute);
}

#[tokio::test(start_paused = true)]
async fn a_choice_that_cannot_be_read_or_kept_is_the_default() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    for spoilt in ["?", "{}", r#"{"lock_after": "never"}"#, r#"{"lock_after": 86400}"#] {
        phone.store.put(Slot::Settings, &SecretBytes::new(spoilt.into())).unwrap();
        assert_eq!(phone.open().lock_after(), LockAfter::OneMinute, "{spoilt}");
    }
    phone.store.fail_after(Some(0));
    let refused = session.set_lock_after(LockAfter::FiveMinutes);
    assert!(matches!(refused, Err(SettingRefusal::Store(_))), "{refused:?}");
    assert_eq!(session.lock_after(), LockAfter::OneMinute);
}

/// A call for which the customer has to visit the bank's page.
async fn sent_to_the_bank(
    phone: &TestPhone,
    session: &Session,
) -> (JoinHandle<Result<(), CallFailure>>, StepUpRequest) {
    phone.bank.demand("/v1/intents", "urn:guichet:acr:bank", false);
    let call = tokio::spawn({
        let session = session.clone();
        async move { session.call(Call::post("/v1/intents", b"{}".to_vec())).await.map(drop) }
    });
    let request = session.step_ups().wait_for(Option::is_some).await.unwrap().clone().unwrap();
    (call, request)
}

/// The bank's page is another app: the phone puts this one into the background, at the app's own wish.
#[tokio::test(start_paused = true)]
async fn a_visit_to_the_bank_does_not_lock_behind_the_customers_back() {
    let phone = TestPhone::new();
    let (session, vault) = phone.ready_with_vault().await;
    session.set_lock_after(LockAfter::AtOnce).unwrap();
    let (call, request) = sent_to_the_bank(&phone, &session).await;
    let url = session.begin_step_up_at_bank(&request, Locale::En).await.unwrap();
    session.backgrounded();
    pass(&phone, IDLE.saturating_sub(SECOND)).await;
    assert!(opens(&vault), "not for being in the background");
    session.foregrounded();
    let redirect = phone.bank.redirect_for(&url);
    session.finish_step_up_at_bank(&request, &redirect).await.unwrap();
    assert_eq!(call.await.unwrap(), Ok(()));
    assert!(opens(&vault));
}

/// The twins: nobody touches the phone for too long; or the visit ends and the app stays where it is.
#[tokio::test(start_paused = true)]
async fn a_visit_to_the_bank_is_no_way_around_the_lock() {
    for closes_browser in [false, true] {
        let phone = TestPhone::new();
        let (session, vault) = phone.ready_with_vault().await;
        session.set_lock_after(LockAfter::AtOnce).unwrap();
        let (call, request) = sent_to_the_bank(&phone, &session).await;
        session.begin_step_up_at_bank(&request, Locale::En).await.unwrap();
        session.touched();
        session.backgrounded();
        if closes_browser {
            session.leave_bank(&request);
            pass(&phone, Duration::ZERO).await;
        } else {
            pass(&phone, IDLE).await;
        }
        assert!(!opens(&vault), "{closes_browser}");
        assert_eq!(call.await.unwrap(), Err(NotSent::Locked.into()));
    }
}
