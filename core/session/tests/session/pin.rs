//! The PIN: which may be chosen, how tries are counted, how it is changed.

use std::time::Duration;

use guichet_foundation::ports::{SecureStore as _, Slot};
use guichet_foundation::sensitivity::SecretBytes;
use guichet_session::lock::{PinRefusal, SetPinRefusal, UnlockRefusal};
use guichet_session::{Session, Standing, WipeReason};

use crate::support::{PIN, TestPhone, pin};

const WRONG: &str = "904437";
const SECOND: Duration = Duration::from_secs(1);

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
async fn a_pin_that_may_not_be_chosen_is_refused() {
    let phone = TestPhone::new();
    let session = phone.open();
    let early = session.set_pin(pin(PIN)).await;
    assert_eq!(early, Err(SetPinRefusal::NotNow));
    phone.sign_in(&session).await;
    phone.enrol(&session).await;
    let weak = session.set_pin(pin("123456")).await;
    assert_eq!(weak, Err(SetPinRefusal::Pin(PinRefusal::Run)));
    let known = session.set_pin(pin("736204")).await;
    assert_eq!(known, Err(SetPinRefusal::Pin(PinRefusal::Known)), "the end of their phone number");
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

/// The app was removed and installed anew: the phone's secure store is still there where the platform keeps it, the files are not.
#[tokio::test(start_paused = true)]
async fn a_reinstalled_app_counts_on() {
    let mut phone = TestPhone::new();
    let session = phone.ready().await;
    session.lock();
    for _ in 0..5 {
        wrong_pin(&phone, &session).await;
    }
    drop(session);
    phone.folder = tempfile::tempdir().unwrap();
    phone.wait(Duration::from_hours(1));
    let session = phone.open();
    assert_eq!(session.standing(), Standing::Ready { locked: true });
    assert_eq!(wrong_pin(&phone, &session).await, UnlockRefusal::Wrong { left: 4 });
}

/// Every write on the way may be the last: the PIN is the old one or the new one, never neither.
#[tokio::test(start_paused = true)]
async fn a_change_of_pin_that_is_killed_leaves_one_that_opens() {
    let writes = {
        let phone = TestPhone::new();
        let session = phone.ready().await;
        let before = phone.store.writes();
        session.change_pin(pin(PIN), pin("861937")).await.unwrap();
        phone.store.writes() - before
    };
    assert_eq!(writes, 3, "the try, its end, the wrapped key");
    for killed_after in 0..=writes {
        let phone = TestPhone::new();
        let session = phone.ready().await;
        phone.store.fail_after(Some(killed_after));
        let changed = session.change_pin(pin(PIN), pin("861937")).await.is_ok();
        assert_eq!(changed, killed_after == writes);
        drop(session);
        phone.store.fail_after(None);
        let (holds, does_not) = if changed { ("861937", PIN) } else { (PIN, "861937") };
        let session = phone.open();
        let other = session.unlock_by_pin(pin(does_not)).await;
        assert!(matches!(other, Err(UnlockRefusal::Wrong { .. })), "{other:?}");
        assert!(session.unlock_by_pin(pin(holds)).await.is_ok(), "{killed_after}");
    }
}

/// Whoever can take the count out of the secure store gains nothing by it.
#[tokio::test(start_paused = true)]
async fn a_count_that_was_taken_away_leaves_one_try() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    session.lock();
    phone.store.remove(Slot::PinAttempts).unwrap();
    let refused = session.unlock_by_pin(pin(PIN)).await;
    assert!(matches!(refused, Err(UnlockRefusal::Wait { .. })), "{refused:?}");
    phone.wait(Duration::from_hours(1));
    assert_eq!(session.unlock_by_pin(pin(WRONG)).await, Err(UnlockRefusal::Wiped));
}

#[tokio::test(start_paused = true)]
async fn a_spoilt_count_leaves_one_try() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    session.lock();
    let spoilt = SecretBytes::new(b"?".to_vec());
    phone.store.put(Slot::PinAttempts, &spoilt).unwrap();
    let refused = session.unlock_by_pin(pin(PIN)).await;
    assert!(matches!(refused, Err(UnlockRefusal::Wait { .. })), "{refused:?}");
}

#[tokio::test(start_paused = true)]
async fn changing_the_pin_takes_the_old_one() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    let wrong = session.change_pin(pin(WRONG), pin("861937")).await;
    assert_eq!(wrong, Err(SetPinRefusal::Old(UnlockRefusal::Wrong { left: 9 })));
    let same = session.change_pin(pin(PIN), pin(PIN)).await;
    assert_eq!(same, Err(SetPinRefusal::Same));
    for (weak, refusal) in [("737373", PinRefusal::Repeated), ("800736", PinRefusal::Known)] {
        let refused = session.change_pin(pin(PIN), pin(weak)).await;
        assert_eq!(refused, Err(SetPinRefusal::Pin(refusal)));
    }
    session.change_pin(pin(PIN), pin("861937")).await.unwrap();
    session.lock();
    let locked = session.change_pin(pin("861937"), pin("406291")).await;
    assert_eq!(locked, Err(SetPinRefusal::NotNow));
    let old = session.unlock_by_pin(pin(PIN)).await;
    assert_eq!(old, Err(UnlockRefusal::Wrong { left: 9 }));
    session.unlock_by_pin(pin("861937")).await.unwrap();
}
