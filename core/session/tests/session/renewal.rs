//! An approval key that died with a change of fingers or faces, and how the customer comes to a new one.

use guichet_foundation::locale::Locale;
use guichet_foundation::ports::{ApprovalSigner as _, PromptFailure, Slot, TransportFailure};
use guichet_session::lock::UnlockRefusal;
use guichet_session::{
    BankCalls as _, CallFailure, NotSent, RenewRefusal, Session, Standing, StepUpRequest, Way,
    WipeReason,
};
use guichet_vault::VaultFailure;
use tokio::task::JoinHandle;

use crate::support::{Fault, PIN, TestPhone, pin};

const PATH: &str = "/v1/devices/current/approval-key";
const WRONG: &str = "904437";

type Renewing = JoinHandle<Result<(), RenewRefusal>>;

/// A phone whose owner has enrolled another finger: the platform's key is dead, and says so at the prompt.
async fn with_new_finger(phone: &TestPhone) -> Session {
    let session = phone.ready().await;
    approve_failing(phone, &session, PromptFailure::KeyInvalidated).await;
    session
}

async fn approve_failing(phone: &TestPhone, session: &Session, failure: PromptFailure) {
    let approving = session.approve("why".to_owned(), b"words".to_vec());
    let answering = async {
        let (request, _) = phone.next_approval().await;
        session.prompts().answer_approval(request.id, Err(failure));
    };
    let (approved, ()) = tokio::join!(approving, answering);
    assert_eq!(approved.map(drop), Err(failure));
}

async fn approves(phone: &TestPhone, session: &Session) -> bool {
    let approving = session.approve("why".to_owned(), b"words".to_vec());
    tokio::join!(approving, phone.approve(session)).0.is_ok()
}

fn renewing(session: &Session, digits: &str) -> Renewing {
    let (session, digits) = (session.clone(), pin(digits));
    tokio::spawn(async move { session.renew_approval_key(digits, "Set it up".to_owned()).await })
}

async fn asked(session: &Session) -> StepUpRequest {
    session.step_ups().wait_for(Option::is_some).await.unwrap().clone().unwrap()
}

async fn sign_in_at_bank(phone: &TestPhone, session: &Session) {
    let request = asked(session).await;
    assert_eq!(request.ways(), [Way::Bank]);
    let url = session.begin_step_up_at_bank(&request, Locale::En).await.unwrap();
    let redirect = phone.bank.redirect_for(&url);
    session.finish_step_up_at_bank(&request, &redirect).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_new_finger_kills_the_approval_key_and_neither_the_vault_nor_the_session() {
    let phone = TestPhone::new();
    let (session, vault) = phone.ready_with_vault().await;
    let mut changes = session.approval_changes();
    assert!(!session.has_approval_ended() && !*changes.borrow_and_update());
    approve_failing(&phone, &session, PromptFailure::KeyInvalidated).await;
    assert!(session.has_approval_ended() && *changes.borrow_and_update());
    assert_eq!(session.standing(), Standing::Ready { locked: false });
    assert!(vault.read::<(), VaultFailure>(|_| Ok(())).is_ok());
    assert_eq!(session.devices().await.map(|devices| devices.len()), Ok(1));

    // It is known from now on: nobody is asked for a finger in vain, also after a restart.
    let approved = session.approve("why".to_owned(), b"words".to_vec()).await.map(drop);
    assert_eq!(approved, Err(PromptFailure::KeyInvalidated));
    assert!(phone.approval_signer.take_approval().is_none());
    assert!(phone.open().has_approval_ended());
}

/// The twin: what else goes wrong at a prompt says nothing about the key.
#[tokio::test(start_paused = true)]
async fn no_other_failure_ends_the_approval_key() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    for failure in [
        PromptFailure::Cancelled,
        PromptFailure::NotRecognised,
        PromptFailure::LockedOut,
        PromptFailure::NoHardware,
        PromptFailure::NotEnrolled,
        PromptFailure::Platform,
        PromptFailure::TimedOut,
    ] {
        approve_failing(&phone, &session, failure).await;
        assert!(!session.has_approval_ended(), "{failure:?}");
    }
    assert!(approves(&phone, &session).await);
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_gone_or_another_has_ended_without_being_used() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    phone.approval_signer.destroy().unwrap();
    assert!(session.has_approval_ended());
    phone.approval_signer.create().unwrap();
    assert!(session.has_approval_ended());
    assert!(phone.open().has_approval_ended());
}

#[tokio::test(start_paused = true)]
async fn the_customer_renews_it_with_the_pin_the_bank_and_the_new_finger() {
    let phone = TestPhone::new();
    let session = with_new_finger(&phone).await;
    let old = phone.approval_signer.public_key().unwrap();
    let renewing = renewing(&session, PIN);
    sign_in_at_bank(&phone, &session).await;
    phone.approve(&session).await;
    assert_eq!(renewing.await.unwrap(), Ok(()));
    assert!(!session.has_approval_ended() && !*session.approval_changes().borrow());
    assert_ne!(phone.approval_signer.public_key().unwrap(), old);
    assert!(approves(&phone, &session).await);
    drop(session);
    let session = phone.open();
    session.unlock_by_pin(pin(PIN)).await.unwrap();
    assert!(approves(&phone, &session).await);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_made_before_the_pin_and_the_bank() {
    let phone = TestPhone::new();
    let session = with_new_finger(&phone).await;
    let old = phone.approval_signer.public_key().unwrap();
    let before = phone.bank.sent().len();
    let wrong = renewing(&session, WRONG).await.unwrap();
    assert_eq!(wrong, Err(RenewRefusal::Pin(UnlockRefusal::Wrong { left: 9 })));
    assert_eq!(phone.bank.sent().len(), before, "the bank is not even asked");

    let renewing = renewing(&session, PIN);
    let request = asked(&session).await;
    assert_eq!(phone.approval_signer.public_key().unwrap(), old, "the old key stands");
    session.cancel_step_up(&request);
    let cancelled = RenewRefusal::Bank(NotSent::StepUpCancelled.into());
    assert_eq!(renewing.await.unwrap(), Err(cancelled));
    assert_eq!(phone.bank.count(PATH), 0);
    assert!(session.has_approval_ended());
}

/// Somebody who holds the open phone has enrolled a finger of their own: it neither shows that the customer is there nor approves.
#[tokio::test(start_paused = true)]
async fn a_strangers_finger_does_not_renew() {
    let phone = TestPhone::new();
    let session = with_new_finger(&phone).await;
    let renewing = renewing(&session, PIN);
    let request = asked(&session).await;
    assert!(session.step_up_by_biometric(&request, String::new()).await.is_err());
    assert!(session.step_up_by_pin(&request, pin(PIN)).await.is_err());
    session.lock();
    assert_eq!(renewing.await.unwrap(), Err(RenewRefusal::Bank(NotSent::Locked.into())));
    assert_eq!(phone.bank.count(PATH), 0);
}

#[tokio::test(start_paused = true)]
async fn a_good_key_is_not_renewed() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    assert_eq!(renewing(&session, PIN).await.unwrap(), Err(RenewRefusal::NotNeeded));
    assert!(approves(&phone, &session).await);
    session.lock();
    let locked = renewing(&session, PIN).await.unwrap();
    assert_eq!(locked, Err(RenewRefusal::Bank(NotSent::Locked.into())));
}

#[tokio::test(start_paused = true)]
async fn a_prompt_that_fails_leaves_it_to_the_next_try() {
    for failure in [PromptFailure::Cancelled, PromptFailure::KeyInvalidated] {
        let phone = TestPhone::new();
        let session = with_new_finger(&phone).await;
        let first = renewing(&session, PIN);
        sign_in_at_bank(&phone, &session).await;
        let (request, _) = phone.next_approval().await;
        session.prompts().answer_approval(request.id, Err(failure));
        assert_eq!(first.await.unwrap(), Err(RenewRefusal::Prompt(failure)));
        assert!(session.has_approval_ended() && phone.open().has_approval_ended());

        // The bank has been shown enough just now: only PIN and finger are asked for again.
        let second = renewing(&session, PIN);
        phone.approve(&session).await;
        assert_eq!(second.await.unwrap(), Ok(()), "{failure:?}");
        assert!(approves(&phone, &session).await);
    }
}

/// The bank has taken the key, and its answer is lost: the next try brings another.
#[tokio::test(start_paused = true)]
async fn a_lost_answer_costs_another_finger_and_nothing_else() {
    for fault in [Fault::LoseAnswer, Fault::Refuse(TransportFailure::TimedOut)] {
        let phone = TestPhone::new();
        let session = with_new_finger(&phone).await;
        phone.bank.fault(PATH, fault);
        let first = renewing(&session, PIN);
        sign_in_at_bank(&phone, &session).await;
        phone.approve(&session).await;
        assert_eq!(first.await.unwrap(), Err(RenewRefusal::Bank(CallFailure::Unanswered)));
        assert!(!approves_without_prompt(&session).await);
        drop(session);

        let session = phone.open();
        session.unlock_by_pin(pin(PIN)).await.unwrap();
        assert!(session.has_approval_ended());
        let second = renewing(&session, PIN);
        phone.approve(&session).await;
        assert_eq!(second.await.unwrap(), Ok(()));
        assert!(approves(&phone, &session).await);
    }
}

async fn approves_without_prompt(session: &Session) -> bool {
    session.approve("why".to_owned(), b"words".to_vec()).await.is_ok()
}

#[tokio::test(start_paused = true)]
async fn an_answer_about_another_device_or_none_renews_nothing() {
    for (status, body, expected) in [
        (200, r#"{"device_id": "device-99"}"#, RenewRefusal::Bank(CallFailure::Unreadable)),
        (200, "{}", RenewRefusal::Bank(CallFailure::Unreadable)),
        (204, "", RenewRefusal::Bank(CallFailure::Unreadable)),
        (400, r#"{"error": "invalid_approval_proof"}"#, RenewRefusal::ProofRefused),
        (400, r#"{"error": "challenge_invalid"}"#, RenewRefusal::ProofRefused),
    ] {
        let phone = TestPhone::new();
        let session = with_new_finger(&phone).await;
        phone.bank.fault(PATH, Fault::Instead(status, body.to_owned()));
        let renewing = renewing(&session, PIN);
        sign_in_at_bank(&phone, &session).await;
        phone.approve(&session).await;
        assert_eq!(renewing.await.unwrap(), Err(expected), "{body}");
        assert!(session.has_approval_ended());
    }
}

#[tokio::test(start_paused = true)]
async fn the_tenth_wrong_pin_wipes_here_too() {
    let phone = TestPhone::new();
    let session = with_new_finger(&phone).await;
    loop {
        match renewing(&session, WRONG).await.unwrap() {
            Err(RenewRefusal::Pin(UnlockRefusal::Wait { seconds })) => {
                session.touched();
                phone.wait(std::time::Duration::from_secs(seconds.min(60)));
            }
            Err(RenewRefusal::Pin(UnlockRefusal::Wrong { .. })) => {}
            ended => {
                assert_eq!(ended, Err(RenewRefusal::Pin(UnlockRefusal::Wiped)));
                break;
            }
        }
    }
    assert_eq!(session.standing(), Standing::Wiped(WipeReason::TooManyPins));
    assert!(!phone.store.holds(Slot::VaultRootByPin));
    assert!(!session.has_approval_ended(), "nothing is left that could have ended");
}
