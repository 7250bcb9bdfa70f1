use std::time::Duration;

use guichet_foundation::locale::Locale;
use guichet_foundation::ports::PromptFailure;
use guichet_session::lock::UnlockRefusal;
use guichet_session::{
    BankCalls as _, Call, CallFailure, NotSent, Session, SignInRefusal, Standing, StepUpRefusal,
    StepUpRequest, Way, WipeReason,
};
use tokio::task::JoinHandle;

use crate::support::{Fault, PIN, TestPhone, pin};

const INTENTS: &str = "/v1/intents";
const STEP_UP: &str = "/v1/step-up";
const BIOMETRIC_ACR: &str = "urn:guichet:acr:biometric";
const PIN_ACR: &str = "urn:guichet:acr:pin";
const BANK_ACR: &str = "urn:guichet:acr:bank";
const ANY: &str = "urn:guichet:acr:biometric urn:guichet:acr:pin urn:guichet:acr:bank";
const WRONG: &str = "904437";

type Calling = JoinHandle<Result<u16, CallFailure>>;

/// Makes a call that something hangs on, as another room does.
fn calling(session: &Session) -> Calling {
    let session = session.clone();
    tokio::spawn(async move {
        let call = Call::post(INTENTS, br#"{"once": 1}"#.to_vec());
        session.call(call).await.map(|reply| reply.status)
    })
}

async fn asked(session: &Session) -> StepUpRequest {
    let mut asked = session.step_ups();
    let request = asked.wait_for(Option::is_some).await.unwrap().clone();
    request.unwrap()
}

/// A call that the bank does not answer before the customer has shown one of `acr_values`, and what the customer is asked.
async fn turned_away(acr_values: &'static str) -> (TestPhone, Session, Calling, StepUpRequest) {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    phone.bank.demand(INTENTS, acr_values, false);
    let call = calling(&session);
    let request = asked(&session).await;
    (phone, session, call, request)
}

fn is_asked(session: &Session) -> bool {
    session.step_ups().borrow().is_some()
}

async fn by_biometric(
    phone: &TestPhone,
    session: &Session,
    request: &StepUpRequest,
) -> Result<(), StepUpRefusal> {
    let shown = session.step_up_by_biometric(request, "Show it is you".to_owned());
    tokio::join!(shown, phone.approve(session)).0
}

/// The bodies sent to the path of the call.
fn bodies(phone: &TestPhone) -> Vec<Vec<u8>> {
    let sent = phone.bank.sent();
    let to_it = sent.into_iter().filter(|request| request.url.ends_with(INTENTS));
    to_it.map(|request| request.body).collect()
}

#[tokio::test(start_paused = true)]
async fn the_customer_shows_a_finger_and_the_very_call_is_repeated_once() {
    let (phone, session, call, request) = turned_away(ANY).await;
    assert_eq!(request.ways(), Way::ALL);
    assert_eq!(by_biometric(&phone, &session, &request).await, Ok(()));
    assert_eq!(call.await.unwrap(), Ok(200));
    assert!(!is_asked(&session));
    let bodies = bodies(&phone);
    assert_eq!(bodies.len(), 2);
    assert_eq!(bodies[0], bodies[1]);

    // What was shown is known to the bank: the next call is not turned away.
    assert_eq!(calling(&session).await.unwrap(), Ok(200));
    assert_eq!(phone.bank.count(STEP_UP), 1);
}

#[tokio::test(start_paused = true)]
async fn the_customer_shows_the_pin() {
    let (phone, session, call, request) = turned_away(PIN_ACR).await;
    assert_eq!(request.ways(), [Way::Pin]);
    // A wrong PIN is a try that counts, shows nothing, and signs nothing.
    let wrong = session.step_up_by_pin(&request, pin(WRONG)).await;
    assert_eq!(wrong, Err(StepUpRefusal::Pin(UnlockRefusal::Wrong { left: 9 })));
    assert_eq!(phone.bank.count(STEP_UP), 0);
    assert!(is_asked(&session));
    assert_eq!(session.step_up_by_pin(&request, pin(PIN)).await, Ok(()));
    assert_eq!(call.await.unwrap(), Ok(200));
}

#[tokio::test(start_paused = true)]
async fn the_customer_signs_in_at_the_bank_and_new_tokens_replace_the_old_ones() {
    let (phone, session, call, request) = turned_away(BANK_ACR).await;
    let url = session.begin_step_up_at_bank(&request, Locale::En).await.unwrap();
    assert_eq!(phone.bank.count_forms("/oauth/par", "acr_values=urn%3Aguichet%3Aacr%3Abank"), 1);
    assert_eq!(phone.bank.count_forms("/oauth/par", "max_age=300"), 1);
    let redirect = phone.bank.redirect_for(&url);
    let forged = redirect.replace("state=", "state=A");
    let refused = session.finish_step_up_at_bank(&request, &forged).await;
    assert_eq!(refused, Err(StepUpRefusal::SignIn(SignInRefusal::NotOurs)));
    assert!(is_asked(&session), "another try is possible");

    let url = session.begin_step_up_at_bank(&request, Locale::En).await.unwrap();
    let redirect = phone.bank.redirect_for(&url);
    assert_eq!(session.finish_step_up_at_bank(&request, &redirect).await, Ok(()));
    assert_eq!(call.await.unwrap(), Ok(200));
    assert_eq!(session.standing(), Standing::Ready { locked: false });
}

#[tokio::test(start_paused = true)]
async fn a_finger_does_not_show_what_only_the_bank_can() {
    let (phone, session, call, request) = turned_away(BANK_ACR).await;
    let refused = session.step_up_by_biometric(&request, String::new()).await;
    assert_eq!(refused, Err(StepUpRefusal::NotAsked));
    assert_eq!(session.step_up_by_pin(&request, pin(PIN)).await, Err(StepUpRefusal::NotAsked));
    session.cancel_step_up(&request);
    assert_eq!(call.await.unwrap(), Err(NotSent::StepUpCancelled.into()));
    assert_eq!(phone.bank.count(STEP_UP), 0);
}

#[tokio::test(start_paused = true)]
async fn a_prompt_that_brings_no_finger_leaves_the_other_ways() {
    let (phone, session, call, request) = turned_away(ANY).await;
    let showing = session.step_up_by_biometric(&request, String::new());
    let answering = async {
        let (asked, _) = phone.next_approval().await;
        // While the prompt is open nothing else is tried.
        let busy = session.step_up_by_pin(&request, pin(PIN)).await;
        assert_eq!(busy, Err(StepUpRefusal::Busy));
        session.prompts().answer_approval(asked.id, Err(PromptFailure::LockedOut));
    };
    let (refused, ()) = tokio::join!(showing, answering);
    assert_eq!(refused, Err(StepUpRefusal::Prompt(PromptFailure::LockedOut)));
    assert_eq!(session.step_up_by_pin(&request, pin(PIN)).await, Ok(()));
    assert_eq!(call.await.unwrap(), Ok(200));
}

/// A signature over anything else than the proof (an intent that was approved before, say) shows nothing.
#[tokio::test(start_paused = true)]
async fn a_signature_over_other_bytes_shows_nothing() {
    let (phone, session, call, request) = turned_away(BIOMETRIC_ACR).await;
    let showing = session.step_up_by_biometric(&request, String::new());
    let answering = async {
        let (first, signature) = phone.next_approval().await;
        session.prompts().answer_approval(first.id, Err(PromptFailure::Cancelled));
        signature
    };
    let (_, old) = tokio::join!(showing, answering);

    let showing = session.step_up_by_biometric(&request, String::new());
    let answering = async {
        let (second, _) = phone.next_approval().await;
        session.prompts().answer_approval(second.id, old);
    };
    let (refused, ()) = tokio::join!(showing, answering);
    assert_eq!(refused, Err(StepUpRefusal::Prompt(PromptFailure::Platform)));
    assert!(!session.has_approval_ended());
    assert_eq!(phone.bank.count(STEP_UP), 0);
    session.cancel_step_up(&request);
    call.await.unwrap().unwrap_err();
}

#[tokio::test(start_paused = true)]
async fn a_bank_that_asks_for_ever_is_answered_once() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    phone.bank.demand(INTENTS, PIN_ACR, true);
    let call = calling(&session);
    let request = asked(&session).await;
    assert_eq!(session.step_up_by_pin(&request, pin(PIN)).await, Ok(()));
    assert_eq!(call.await.unwrap(), Err(NotSent::StepUpRefused.into()));
    assert_eq!(bodies(&phone).len(), 2);
    assert!(!is_asked(&session));
}

#[tokio::test(start_paused = true)]
async fn a_way_that_nobody_knows_is_not_asked_for() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    phone.bank.demand(INTENTS, "urn:guichet:acr:retina", false);
    assert_eq!(calling(&session).await.unwrap(), Err(NotSent::StepUpRefused.into()));
    assert_eq!(bodies(&phone).len(), 1);
}

/// Asking the customer takes calls of its own; a bank that turns those away gets nowhere.
#[tokio::test(start_paused = true)]
async fn a_bank_that_asks_within_the_asking_is_refused() {
    for path in [STEP_UP, "/v1/challenges"] {
        let phone = TestPhone::new();
        let session = phone.ready().await;
        phone.bank.demand(INTENTS, PIN_ACR, false);
        phone.bank.demand(path, PIN_ACR, true);
        let call = calling(&session);
        let request = asked(&session).await;
        let refused = session.step_up_by_pin(&request, pin(PIN)).await;
        assert_eq!(refused, Err(StepUpRefusal::Bank(NotSent::StepUpRefused.into())), "{path}");
        session.cancel_step_up(&request);
        assert_eq!(call.await.unwrap(), Err(NotSent::StepUpCancelled.into()));
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_proof_is_made_anew_over_a_new_challenge() {
    for error in ["invalid_step_up_proof", "challenge_invalid"] {
        let (phone, session, call, request) = turned_away(PIN_ACR).await;
        let body = format!(r#"{{"error": "{error}"}}"#);
        phone.bank.fault(STEP_UP, Fault::Instead(400, body));
        let refused = session.step_up_by_pin(&request, pin(PIN)).await;
        assert_eq!(refused, Err(StepUpRefusal::ProofRefused));
        assert_eq!(session.step_up_by_pin(&request, pin(PIN)).await, Ok(()));
        assert_eq!(call.await.unwrap(), Ok(200));
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_about_another_way_shows_nothing() {
    let (phone, session, call, request) = turned_away(PIN_ACR).await;
    for body in [r#"{"acr": "urn:guichet:acr:biometric"}"#, "{}", "<html>"] {
        phone.bank.fault(STEP_UP, Fault::Instead(200, body.to_owned()));
        let refused = session.step_up_by_pin(&request, pin(PIN)).await;
        assert_eq!(refused, Err(StepUpRefusal::Bank(CallFailure::Unreadable)), "{body}");
    }
    session.cancel_step_up(&request);
    call.await.unwrap().unwrap_err();
}

/// The answer is lost: the bank has noted it, and the repeated call is let through.
#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_asked_for_again() {
    let (phone, session, call, request) = turned_away(PIN_ACR).await;
    phone.bank.fault(STEP_UP, Fault::LoseAnswer);
    let lost = session.step_up_by_pin(&request, pin(PIN)).await;
    assert_eq!(lost, Err(StepUpRefusal::Bank(CallFailure::Unanswered)));
    assert_eq!(session.step_up_by_pin(&request, pin(PIN)).await, Ok(()));
    assert_eq!(call.await.unwrap(), Ok(200));
}

#[tokio::test(start_paused = true)]
async fn a_repeated_call_that_gets_lost_is_not_repeated_again() {
    let (phone, session, call, request) = turned_away(PIN_ACR).await;
    phone.bank.fault(INTENTS, Fault::LoseAnswer);
    assert_eq!(session.step_up_by_pin(&request, pin(PIN)).await, Ok(()));
    assert_eq!(call.await.unwrap(), Err(CallFailure::Unanswered));
    assert_eq!(bodies(&phone).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn silence_is_a_no() {
    let (phone, session, call, request) = turned_away(ANY).await;
    tokio::time::sleep(Duration::from_secs(119)).await;
    let wrong = session.step_up_by_pin(&request, pin(WRONG)).await;
    assert_eq!(wrong, Err(StepUpRefusal::Pin(UnlockRefusal::Wrong { left: 9 })));
    // A try begins the wait anew.
    tokio::time::sleep(Duration::from_secs(119)).await;
    assert!(is_asked(&session));
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(call.await.unwrap(), Err(NotSent::StepUpCancelled.into()));
    assert_eq!(session.step_up_by_pin(&request, pin(PIN)).await, Err(StepUpRefusal::NotAsked));
    assert_eq!(bodies(&phone).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_shown_after_locking_repeats_nothing() {
    let (phone, session, call, request) = turned_away(ANY).await;
    session.lock();
    assert_eq!(session.step_up_by_pin(&request, pin(PIN)).await, Err(StepUpRefusal::NotAsked));
    let refused = session.step_up_by_biometric(&request, String::new()).await;
    assert_eq!(refused, Err(StepUpRefusal::NotAsked));
    assert_eq!(call.await.unwrap(), Err(NotSent::Locked.into()));
    assert_eq!(bodies(&phone).len(), 1);

    // Nor when it is open again by then.
    session.unlock_by_pin(pin(PIN)).await.unwrap();
    assert_eq!(session.step_up_by_pin(&request, pin(PIN)).await, Err(StepUpRefusal::NotAsked));
    assert_eq!(bodies(&phone).len(), 1);
}

/// The lock closes between what was shown and the repetition.
#[tokio::test(start_paused = true)]
async fn a_lock_that_closes_in_between_ends_the_call() {
    let (phone, session, call, request) = turned_away(BIOMETRIC_ACR).await;
    assert_eq!(by_biometric(&phone, &session, &request).await, Ok(()));
    session.lock();
    assert_eq!(call.await.unwrap(), Err(NotSent::Locked.into()));
    assert_eq!(bodies(&phone).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_redirect_that_comes_after_locking_leads_nowhere() {
    let (phone, session, call, request) = turned_away(BANK_ACR).await;
    let url = session.begin_step_up_at_bank(&request, Locale::En).await.unwrap();
    let redirect = phone.bank.redirect_for(&url);
    session.lock();
    assert_eq!(call.await.unwrap(), Err(NotSent::Locked.into()));
    let late = session.finish_step_up_at_bank(&request, &redirect).await;
    assert_eq!(late, Err(StepUpRefusal::NotAsked));
    assert_eq!(session.finish_sign_in(&redirect).await, Err(SignInRefusal::NothingPending));
    assert_eq!(phone.bank.count_forms("/oauth/token", "grant_type=authorization_code"), 1);
}

/// Locked or not: what runs without the customer asks them nothing.
#[tokio::test(start_paused = true)]
async fn nothing_is_asked_while_locked() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    phone.bank.demand("/v1/devices", ANY, false);
    for locked in [false, true] {
        if locked {
            session.lock();
        }
        assert_eq!(session.check_in().await, Err(NotSent::StepUpRefused.into()));
        assert!(!is_asked(&session));
    }
    assert_eq!(calling(&session).await.unwrap(), Err(NotSent::Locked.into()));
}

/// A call leaves before the lock closes, and is turned away after.
#[tokio::test(start_paused = true)]
async fn a_call_that_is_turned_away_after_locking_asks_nothing() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    phone.bank.demand("/v1/devices", ANY, false);
    phone.bank.enrol_gate.forget_permits(1_000_000);
    let asking = tokio::spawn({
        let session = session.clone();
        async move { session.call(Call::post("/v1/devices", b"{}".to_vec())).await.map(drop) }
    });
    let before = phone.bank.count("/v1/devices");
    while phone.bank.count("/v1/devices") == before {
        tokio::task::yield_now().await;
    }
    session.lock();
    session.unlock_by_pin(pin(PIN)).await.unwrap();
    phone.bank.enrol_gate.add_permits(1);
    assert_eq!(asking.await.unwrap(), Err(CallFailure::Unanswered), "hung up with the lock");
    assert!(!is_asked(&session));
}

#[tokio::test(start_paused = true)]
async fn signing_out_ends_what_is_asked() {
    let (_phone, session, call, request) = turned_away(ANY).await;
    session.sign_out().await.unwrap();
    assert_eq!(call.await.unwrap(), Err(CallFailure::SignedOut));
    assert_eq!(session.step_up_by_pin(&request, pin(PIN)).await, Err(StepUpRefusal::NotAsked));
    assert!(!is_asked(&session));
}

#[tokio::test(start_paused = true)]
async fn the_tenth_wrong_pin_wipes_here_too() {
    let (phone, session, call, request) = turned_away(PIN_ACR).await;
    loop {
        match session.step_up_by_pin(&request, pin(WRONG)).await.unwrap_err() {
            StepUpRefusal::Pin(UnlockRefusal::Wait { seconds }) => {
                session.touched();
                phone.wait(Duration::from_secs(seconds.min(60)));
            }
            StepUpRefusal::Pin(UnlockRefusal::Wrong { .. }) => {}
            refusal => {
                assert_eq!(refusal, StepUpRefusal::Pin(UnlockRefusal::Wiped));
                break;
            }
        }
    }
    assert_eq!(session.standing(), Standing::Wiped(WipeReason::TooManyPins));
    assert_eq!(call.await.unwrap(), Err(CallFailure::SignedOut));
}

/// Several calls are turned away at once: the customer answers once for all of them, with a yes or a no.
#[tokio::test(start_paused = true)]
async fn one_answer_serves_everybody_who_waits() {
    for yes in [true, false] {
        let phone = TestPhone::new();
        let session = phone.ready().await;
        phone.bank.demand(INTENTS, PIN_ACR, false);
        let calls: Vec<Calling> = (0..20).map(|_| calling(&session)).collect();
        let request = asked(&session).await;
        while bodies(&phone).len() < 20 {
            tokio::task::yield_now().await;
        }
        if yes {
            assert_eq!(session.step_up_by_pin(&request, pin(PIN)).await, Ok(()));
        } else {
            session.cancel_step_up(&request);
        }
        let expected = if yes { Ok(200) } else { Err(NotSent::StepUpCancelled.into()) };
        for call in calls {
            assert_eq!(call.await.unwrap(), expected);
        }
        assert!(!is_asked(&session));
        assert_eq!(phone.bank.count(STEP_UP), usize::from(yes));
    }
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_goes_away_takes_its_question_along() {
    let (_phone, session, call, request) = turned_away(PIN_ACR).await;
    call.abort();
    call.await.unwrap_err();
    assert!(!is_asked(&session));
    assert_eq!(session.step_up_by_pin(&request, pin(PIN)).await, Err(StepUpRefusal::NotAsked));
}

/// Before the phone is set up the bank's page is the only way there is.
#[tokio::test(start_paused = true)]
async fn a_phone_that_is_not_set_up_offers_the_bank_only() {
    let phone = TestPhone::new();
    let session = phone.open();
    phone.sign_in(&session).await;
    phone.bank.demand(INTENTS, ANY, false);
    let call = calling(&session);
    let request = asked(&session).await;
    assert_eq!(request.ways(), [Way::Bank]);
    session.cancel_step_up(&request);
    assert_eq!(call.await.unwrap(), Err(NotSent::StepUpCancelled.into()));
}
