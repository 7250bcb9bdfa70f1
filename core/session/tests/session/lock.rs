use std::time::Duration;

use guichet_foundation::ports::{PromptFailure, SecureStore as _, Slot};
use guichet_session::lock::{IDLE, PinRefusal, SetPinRefusal, SettingRefusal, UnlockRefusal};
use guichet_session::{Session, Standing, WipeReason};
use guichet_vault::{Opened, Vault, VaultFailure};

use crate::support::{PIN, TestPhone, pin};

const WRONG: &str = "904437";
const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_mins(1);

fn opens(vault: &Vault) -> bool {
    vault.read::<(), VaultFailure>(|_| Ok(())).is_ok()
}

/// Waits out the delay and tries the wrong PIN.
async fn wrong_pin(phone: &TestPhone, session: &Session) -> UnlockRefusal {
    loop {
        match session.unlock_by_pin(pin(WRONG)).await.unwrap_err() {
            UnlockRefusal::Wait { seconds } => phone.wait(Duration::from_secs(seconds)),
            refusal => return refusal,
        }
    }
}

#[tokio::test(start_paused = true)]
async fn invariant_11_locked_is_locked() {
    let phone = TestPhone::new();
    let (session, vault) = phone.ready_with_vault().await;
    assert!(opens(&vault));
    session.lock();
    assert_eq!(session.standing(), Standing::Ready { locked: true });
    assert!(!opens(&vault));
    assert_eq!(session.enable_biometric_unlock().await, Err(SettingRefusal::Locked));
    assert_eq!(session.unlock_by_pin(pin(PIN)).await, Ok(Opened::Existing));
    assert!(opens(&vault));
    assert_eq!(session.standing(), Standing::Ready { locked: false });
}

/// Two taps on a button, or a finger while a PIN is being checked.
#[tokio::test(start_paused = true)]
async fn unlocking_twice_does_not_close_the_vault_under_its_readers() {
    let phone = TestPhone::new();
    let (session, vault) = phone.ready_with_vault().await;
    // Temporary tables die with their connection.
    let run = |sql: &'static str| vault.write::<(), VaultFailure>(|tx| Ok(tx.execute_batch(sql)?));
    run("CREATE TEMP TABLE mark (x)").unwrap();
    assert_eq!(session.unlock_by_pin(pin(PIN)).await, Ok(Opened::Existing));
    assert!(run("SELECT * FROM mark").is_ok(), "the same connection");
    session.lock();
    assert_eq!(session.unlock_by_pin(pin(PIN)).await, Ok(Opened::Existing));
    assert!(run("SELECT * FROM mark").is_err(), "another one after locking");
}

#[tokio::test(start_paused = true)]
async fn a_pin_that_may_not_be_chosen_is_refused() {
    let phone = TestPhone::new();
    let session = phone.open();
    let early = session.set_pin(pin(PIN)).await;
    assert_eq!(early, Err(SetPinRefusal::NotNow));
    phone.sign_in(&session).await;
    phone.enrol(&session).await;
    let weak = session.set_pin(pin("123456")).await;
    assert_eq!(weak, Err(SetPinRefusal::Pin(PinRefusal::Run)));
    assert_eq!(session.standing(), Standing::Enrolled);
    session.set_pin(pin(PIN)).await.unwrap();
    assert_eq!(session.set_pin(pin(WRONG)).await, Err(SetPinRefusal::NotNow));
}

/// The app ends after the key was wrapped and before the vault was made: the PIN is set, and makes the vault.
#[tokio::test(start_paused = true)]
async fn a_pin_that_was_set_is_the_pin_though_the_vault_did_not_open() {
    let phone = TestPhone::new();
    let session = phone.open();
    phone.sign_in(&session).await;
    phone.enrol(&session).await;
    // The count, the pepper, the wrapped key.
    phone.store.fail_after(Some(3));
    let refused = session.set_pin(pin(PIN)).await;
    assert!(matches!(refused, Err(SetPinRefusal::Old(UnlockRefusal::Vault(_)))), "{refused:?}");
    phone.store.fail_after(None);
    assert_eq!(session.standing(), Standing::Ready { locked: true });
    assert_eq!(phone.open().standing(), Standing::Ready { locked: true });
    assert_eq!(session.unlock_by_pin(pin(PIN)).await.map(drop), Ok(()));
}

#[tokio::test(start_paused = true)]
async fn wrong_pins_wait_longer_and_longer_and_the_tenth_destroys_everything() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    session.lock();
    let begun = phone.uptime();
    for left in (1..=9).rev() {
        assert_eq!(wrong_pin(&phone, &session).await, UnlockRefusal::Wrong { left });
    }
    assert_eq!(wrong_pin(&phone, &session).await, UnlockRefusal::Wiped);
    assert!(phone.uptime() > begun + Duration::from_hours(1));
    assert_eq!(session.standing(), Standing::Wiped(WipeReason::TooManyPins));
    assert!(!phone.store.holds(Slot::VaultRootByPin));
    assert_eq!(session.unlock_by_pin(pin(PIN)).await, Err(UnlockRefusal::NotSetUp));
    assert_eq!(phone.open().standing(), Standing::New);
}

#[tokio::test(start_paused = true)]
async fn the_right_pin_clears_the_count() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    session.lock();
    for _ in 0..5 {
        wrong_pin(&phone, &session).await;
    }
    phone.wait(Duration::from_hours(1));
    session.unlock_by_pin(pin(PIN)).await.unwrap();
    session.lock();
    assert_eq!(wrong_pin(&phone, &session).await, UnlockRefusal::Wrong { left: 9 });
}

#[tokio::test(start_paused = true)]
async fn neither_the_clock_nor_a_restart_shortens_the_wait() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    session.lock();
    for _ in 0..5 {
        wrong_pin(&phone, &session).await;
    }
    phone.clock.set("2036-01-01T00:00:00Z".parse().unwrap());
    let wait = UnlockRefusal::Wait { seconds: 30 };
    assert_eq!(session.unlock_by_pin(pin(PIN)).await, Err(wait));
    assert_eq!(phone.open().unlock_by_pin(pin(PIN)).await, Err(wait));
    phone.wait(Duration::from_secs(29));
    let wait = UnlockRefusal::Wait { seconds: 1 };
    assert_eq!(session.unlock_by_pin(pin(PIN)).await, Err(wait));
    phone.wait(SECOND);
    assert!(session.unlock_by_pin(pin(PIN)).await.is_ok());
}

/// Ending the process after each wrong answer wins nothing: the try was counted before it was made.
#[tokio::test(start_paused = true)]
async fn a_try_is_counted_before_it_is_made() {
    let phone = TestPhone::new();
    phone.ready().await;
    let session = phone.open();
    let store = phone.store.clone();
    let before = store.writes();
    // The one write that is allowed is the count; whatever would follow a right PIN fails.
    store.fail_after(Some(1));
    session.unlock_by_pin(pin(PIN)).await.unwrap_err();
    store.fail_after(None);
    assert!(store.writes() > before);
    let counted = store.get(Slot::PinAttempts).unwrap().unwrap();
    assert!(String::from_utf8_lossy(counted.expose_secret()).contains("\"failed\":1"));

    // The twin: where it cannot be counted it is not made.
    store.fail_after(Some(0));
    let refused = phone.open().unlock_by_pin(pin(PIN)).await;
    assert!(matches!(refused, Err(UnlockRefusal::Store(_))), "{refused:?}");
}

#[tokio::test(start_paused = true)]
async fn a_tenth_try_that_was_killed_is_a_wrong_one() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    session.lock();
    for _ in 0..9 {
        wrong_pin(&phone, &session).await;
    }
    phone.wait(Duration::from_hours(2));
    phone.store.fail_after(Some(1));
    session.unlock_by_pin(pin(WRONG)).await.unwrap_err();
    drop(session);
    phone.store.fail_after(None);
    assert_eq!(phone.open().standing(), Standing::Wiped(WipeReason::TooManyPins));
    assert!(!phone.store.holds(Slot::VaultRootByPin));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_the_pin_is_not_counted() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    session.lock();
    for no_pin in ["", "12345", "12345a", "1234567890123", "１２３４５６"] {
        let refused = session.unlock_by_pin(pin(no_pin)).await;
        assert_eq!(refused, Err(UnlockRefusal::NotAPin), "{no_pin}");
    }
    assert_eq!(wrong_pin(&phone, &session).await, UnlockRefusal::Wrong { left: 9 });
}

#[tokio::test(start_paused = true)]
async fn a_spoilt_count_leaves_one_try() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    session.lock();
    let spoilt = guichet_foundation::sensitivity::SecretBytes::new(b"?".to_vec());
    phone.store.put(Slot::PinAttempts, &spoilt).unwrap();
    let refused = session.unlock_by_pin(pin(PIN)).await;
    assert!(matches!(refused, Err(UnlockRefusal::Wait { .. })), "{refused:?}");
}

#[tokio::test(start_paused = true)]
async fn a_biometric_unlocks_and_a_wrong_one_does_not() {
    let phone = TestPhone::new();
    let (session, vault) = phone.ready_with_vault().await;
    let not_set_up = session.unlock_by_biometric("why".to_owned()).await;
    assert_eq!(not_set_up, Err(UnlockRefusal::NotSetUp));
    session.enable_biometric_unlock().await.unwrap();
    session.lock();
    let (refused, ()) = tokio::join!(
        session.unlock_by_biometric("Unlock".to_owned()),
        phone.release(&session, Err(PromptFailure::NotRecognised))
    );
    assert_eq!(refused, Err(UnlockRefusal::Prompt(PromptFailure::NotRecognised)));
    assert!(!opens(&vault));
    let (opened, ()) = tokio::join!(
        session.unlock_by_biometric("Unlock".to_owned()),
        phone.release(&session, Ok(()))
    );
    assert_eq!(opened, Ok(Opened::Existing));
    assert!(opens(&vault));
}

#[tokio::test(start_paused = true)]
async fn a_new_finger_ends_unlocking_by_biometric_and_nothing_else() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    session.enable_biometric_unlock().await.unwrap();
    session.lock();
    phone.store.enrol_new_biometrics();
    let (refused, ()) = tokio::join!(
        session.unlock_by_biometric("Unlock".to_owned()),
        phone.release(&session, Ok(()))
    );
    assert_eq!(refused, Err(UnlockRefusal::Prompt(PromptFailure::KeyInvalidated)));
    assert!(!session.has_biometric_unlock());
    session.unlock_by_pin(pin(PIN)).await.unwrap();
    session.enable_biometric_unlock().await.unwrap();
    assert!(session.has_biometric_unlock());
    session.disable_biometric_unlock().await.unwrap();
    assert!(!phone.store.holds(Slot::VaultRootByBiometric));
}

#[tokio::test(start_paused = true)]
async fn a_key_of_another_vault_opens_nothing() {
    let phone = TestPhone::new();
    let (session, vault) = phone.ready_with_vault().await;
    session.enable_biometric_unlock().await.unwrap();
    let other = TestPhone::new();
    // Another phone's customer drew other random bytes before: the keys differ.
    let other_session = other.open();
    other.sign_in(&other_session).await;
    other.sign_in(&other_session).await;
    other.enrol(&other_session).await;
    other_session.set_pin(pin(PIN)).await.unwrap();
    other_session.enable_biometric_unlock().await.unwrap();
    other_session.lock();
    session.lock();
    let (_, foreign) = {
        let asking = tokio::spawn({
            let session = other_session.clone();
            async move { session.unlock_by_biometric("why".to_owned()).await }
        });
        let taken = loop {
            match other.store.take_release() {
                Some(taken) => break taken,
                None => tokio::task::yield_now().await,
            }
        };
        asking.abort();
        taken
    };
    let (refused, ()) = tokio::join!(session.unlock_by_biometric("why".to_owned()), async {
        let (request, _) = loop {
            match phone.store.take_release() {
                Some(taken) => break taken,
                None => tokio::task::yield_now().await,
            }
        };
        session.prompts().answer_release(request.id, foreign);
    });
    assert_eq!(refused, Err(UnlockRefusal::Vault(guichet_vault::OpenFailure::WrongKey)));
    assert!(!opens(&vault));
}

#[tokio::test(start_paused = true)]
async fn changing_the_pin_takes_the_old_one() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    let wrong = session.change_pin(pin(WRONG), pin("861937")).await;
    assert_eq!(wrong, Err(SetPinRefusal::Old(UnlockRefusal::Wrong { left: 9 })));
    session.change_pin(pin(PIN), pin("861937")).await.unwrap();
    session.lock();
    let old = session.unlock_by_pin(pin(PIN)).await;
    assert_eq!(old, Err(UnlockRefusal::Wrong { left: 9 }));
    session.unlock_by_pin(pin("861937")).await.unwrap();
}

/// Both clocks pass, and the timers of the runtime see it.
async fn pass(phone: &TestPhone, by: Duration) {
    phone.wait(by);
    tokio::time::sleep(by).await;
    tokio::task::yield_now().await;
}

#[tokio::test(start_paused = true)]
async fn it_locks_by_itself_when_nobody_is_there() {
    let phone = TestPhone::new();
    let (session, vault) = phone.ready_with_vault().await;
    pass(&phone, IDLE.saturating_sub(SECOND)).await;
    assert!(opens(&vault));
    session.touched();
    pass(&phone, IDLE.saturating_sub(SECOND)).await;
    assert!(opens(&vault));
    pass(&phone, Duration::from_secs(2)).await;
    assert!(!opens(&vault));
    assert_eq!(session.standing(), Standing::Ready { locked: true });
}

#[tokio::test(start_paused = true)]
async fn it_locks_in_the_background_after_a_while() {
    let phone = TestPhone::new();
    let (session, vault) = phone.ready_with_vault().await;
    session.backgrounded();
    pass(&phone, MINUTE.saturating_sub(SECOND)).await;
    session.foregrounded();
    assert!(opens(&vault));
    session.backgrounded();
    pass(&phone, MINUTE + SECOND).await;
    assert!(!opens(&vault));
}

/// The phone slept: no timer ran, only the uptime went on.
#[tokio::test(start_paused = true)]
async fn it_is_locked_when_it_comes_back_from_sleep() {
    let phone = TestPhone::new();
    let (session, vault) = phone.ready_with_vault().await;
    session.backgrounded();
    phone.wait(MINUTE);
    session.foregrounded();
    assert!(!opens(&vault));
    assert_eq!(session.standing(), Standing::Ready { locked: true });
}

#[tokio::test(start_paused = true)]
async fn locking_beats_an_unlocking_under_way() {
    let phone = TestPhone::new();
    let (session, vault) = phone.ready_with_vault().await;
    session.enable_biometric_unlock().await.unwrap();
    session.lock();
    let unlocking = tokio::spawn({
        let session = session.clone();
        async move { session.unlock_by_biometric("Unlock".to_owned()).await }
    });
    let (request, answer) = loop {
        match phone.store.take_release() {
            Some(taken) => break taken,
            None => tokio::task::yield_now().await,
        }
    };
    session.prompts().answer_release(request.id, answer);
    session.lock();
    assert_eq!(unlocking.await.unwrap(), Err(UnlockRefusal::Superseded));
    assert!(!opens(&vault));
    assert_eq!(session.standing(), Standing::Ready { locked: true });
}

#[tokio::test(start_paused = true)]
async fn an_ended_session_still_opens_what_is_on_the_phone() {
    let phone = TestPhone::new();
    let (session, vault) = phone.ready_with_vault().await;
    phone.bank.end_sessions();
    session.check_in().await.unwrap_err();
    session.lock();
    assert_eq!(session.standing(), Standing::SignedOutAgain { locked: true });
    session.unlock_by_pin(pin(PIN)).await.unwrap();
    assert!(opens(&vault));
}
