use std::time::Duration;

use guichet_foundation::ports::{PromptFailure, Slot};
use guichet_session::Standing;
use guichet_session::lock::{IDLE, SettingRefusal, UnlockRefusal};
use guichet_vault::{Opened, Vault, VaultFailure};

use crate::support::{PIN, TestPhone, pin};

const SECOND: Duration = Duration::from_secs(1);

fn opens(vault: &Vault) -> bool {
    vault.read::<(), VaultFailure>(|_| Ok(())).is_ok()
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
