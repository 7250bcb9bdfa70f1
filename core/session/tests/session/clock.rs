use std::time::Duration;

use guichet_foundation::locale::Locale;
use guichet_foundation::ports::{Clock as _, TransportFailure};
use guichet_foundation::time::Timestamp;
use guichet_session::{
    BankCalls as _, Call, CallFailure, NotSent, Session, SignInRefusal, Standing,
};

use crate::support::{Fault, TestPhone};

const PINS: &str = "/v1/trust/pins";
const SYNC: &str = "/v1/sync";
const DAY: i64 = 86_400;
const CLOCK_WRONG: CallFailure = CallFailure::NotSent(NotSent::ClockWrong);

async fn sync(session: &Session) -> Result<u16, CallFailure> {
    session.call(Call::get(SYNC)).await.map(|reply| reply.status)
}

/// A phone that is set up, whose app is started anew with a clock that is off by `seconds`.
async fn started_with_clock_off_by(seconds: i64) -> (TestPhone, Session) {
    let phone = TestPhone::new();
    drop(phone.ready().await);
    phone.clock.set(phone.bank.clock.now().shifted(seconds));
    let session = phone.open();
    session.unlock_by_pin(crate::support::pin(crate::support::PIN)).await.unwrap();
    (phone, session)
}

/// Requests that `call` makes, by path.
async fn requests_of<T>(phone: &TestPhone, call: impl Future<Output = T>) -> (Vec<String>, T) {
    let before = phone.bank.sent().len();
    let answer = call.await;
    let sent = phone.bank.sent().split_off(before);
    let paths = sent.iter().map(|request| url::Url::parse(&request.url).unwrap().path().to_owned());
    (paths.collect(), answer)
}

#[tokio::test(start_paused = true)]
async fn a_phone_whose_clock_is_a_day_off_works() {
    for seconds in [3600, -3600, DAY, -DAY] {
        let phone = TestPhone::with_clock_ahead_by(seconds);
        let session = phone.ready().await;
        assert_eq!(session.check_in().await, Ok(()));
        assert_eq!(session.now(), phone.bank.clock.now());
        assert_eq!(sync(&session).await, Ok(200));
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_signed_by_a_new_phone_whose_clock_is_further_off() {
    for seconds in [DAY + 1, -DAY - 1, 400 * DAY, -400 * DAY] {
        let phone = TestPhone::with_clock_ahead_by(seconds);
        let session = phone.open();
        let refused = session.begin_sign_in(Locale::En).await;
        assert_eq!(refused.err(), Some(SignInRefusal::Bank(CLOCK_WRONG)));
        assert_eq!(phone.device_signer.signatures(), 0);
        assert_eq!(phone.bank.count("/oauth/register"), 0);

        phone.clock.set(phone.bank.clock.now());
        phone.sign_in(&session).await;
        assert_eq!(session.standing(), Standing::SignedIn);
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_signed_by_a_phone_in_use_whose_clock_is_further_off() {
    for seconds in [DAY + 1, -DAY - 1] {
        let (phone, session) = started_with_clock_off_by(seconds).await;
        let before = phone.device_signer.signatures();
        let (requests, refused) = requests_of(&phone, sync(&session)).await;
        assert_eq!(
            (refused, requests.as_slice()),
            (Err(CLOCK_WRONG), [PINS.to_owned()].as_slice())
        );
        assert_eq!(session.check_in().await, Err(CLOCK_WRONG));
        assert!(session.begin_sign_in(Locale::En).await.is_err());
        assert_eq!(phone.device_signer.signatures(), before);
        assert_eq!(session.standing(), Standing::Ready { locked: false });

        // No restart is needed once the customer has set the clock.
        phone.clock.set(phone.bank.clock.now());
        assert_eq!(sync(&session).await, Ok(200));
    }
}

/// The farewell is left out: the customer signs out all the same.
#[tokio::test(start_paused = true)]
async fn signing_out_with_a_wrong_clock_signs_nothing() {
    let (phone, session) = started_with_clock_off_by(2 * DAY).await;
    let before = phone.device_signer.signatures();
    session.sign_out().await.unwrap();
    assert_eq!(phone.device_signer.signatures(), before);
    assert_eq!(phone.open().standing(), Standing::New);
}

#[tokio::test(start_paused = true)]
async fn a_certificate_of_another_time_says_that_the_clock_is_wrong() {
    let (phone, session) = started_with_clock_off_by(0).await;
    phone.bank.fault(PINS, Fault::Refuse(TransportFailure::ClockWrong));
    let before = phone.device_signer.signatures();
    assert_eq!(sync(&session).await, Err(CLOCK_WRONG));
    assert_eq!(phone.device_signer.signatures(), before);
    assert_eq!(sync(&session).await, Ok(200));
}

#[tokio::test(start_paused = true)]
async fn without_the_banks_time_nothing_is_signed() {
    let (phone, session) = started_with_clock_off_by(0).await;
    let before = phone.device_signer.signatures();
    phone.bank.set(|bank| bank.hides_its_time = true);
    assert_eq!(sync(&session).await, Err(NotSent::NotReady.into()));
    phone.bank.fault(PINS, Fault::Refuse(TransportFailure::NotConnected));
    assert_eq!(sync(&session).await, Err(NotSent::Offline.into()));
    phone.bank.fault(PINS, Fault::Refuse(TransportFailure::TimedOut));
    assert_eq!(sync(&session).await, Err(NotSent::NotReady.into()));
    assert_eq!(phone.device_signer.signatures(), before);
    phone.bank.set(|bank| bank.hides_its_time = false);
    assert_eq!(sync(&session).await, Ok(200));
}

#[tokio::test(start_paused = true)]
async fn a_first_call_takes_two_requests_and_every_further_one() {
    let (phone, session) = started_with_clock_off_by(0).await;
    let (first, _) = requests_of(&phone, sync(&session)).await;
    assert_eq!(first, [PINS, SYNC]);
    let (warm, _) = requests_of(&phone, sync(&session)).await;
    assert_eq!(warm, [SYNC]);
    let (check_in, _) = requests_of(&phone, session.check_in()).await;
    assert_eq!(check_in, ["/v1/devices"]);
    phone.bank.forget_nonces();
    let (other_nonce, _) = requests_of(&phone, sync(&session)).await;
    assert_eq!(other_nonce, [SYNC, SYNC]);
}

#[tokio::test(start_paused = true)]
async fn a_first_call_with_an_ended_token_takes_three_requests() {
    let (phone, session) = started_with_clock_off_by(0).await;
    phone.wait(Duration::from_mins(10));
    session.lock();
    session.unlock_by_pin(crate::support::pin(crate::support::PIN)).await.unwrap();
    let (first, answer) = requests_of(&phone, sync(&session)).await;
    assert_eq!(
        (first.as_slice(), answer),
        ([PINS, "/oauth/token", SYNC].map(String::from).as_slice(), Ok(200))
    );
}

#[tokio::test(start_paused = true)]
async fn the_requests_of_a_sign_in_are_no_more_than_needed() {
    let phone = TestPhone::new();
    let session = phone.open();
    let (first, ()) = requests_of(&phone, phone.sign_in(&session)).await;
    let known = [PINS, "/.well-known/oauth-authorization-server", "/v1/trust/receipt-keys"];
    assert_eq!(first[..3], known);
    assert_eq!(first[3..], ["/oauth/register", "/oauth/par", "/oauth/token"]);
    let (again, ()) = requests_of(&phone, phone.sign_in(&session)).await;
    assert_eq!(again, [known[1], "/oauth/par", "/oauth/token"]);
}

#[tokio::test(start_paused = true)]
async fn a_thousand_first_calls_make_one_introduction() {
    let (phone, session) = started_with_clock_off_by(DAY).await;
    for expected in [Err(NotSent::Offline.into()), Ok(200)] {
        let before = phone.bank.count(PINS);
        if expected.is_err() {
            phone.bank.fault(PINS, Fault::Refuse(TransportFailure::NotConnected));
        }
        let answer = phone.bank.hold_next(PINS);
        let mut calls = tokio::task::JoinSet::new();
        for _ in 0..1000 {
            let session = session.clone();
            calls.spawn(async move { sync(&session).await });
        }
        crate::refresh::settle().await;
        drop(answer);
        let all = calls.join_all().await;
        assert!(all.iter().all(|answer| *answer == expected), "{expected:?}");
        assert_eq!(phone.bank.count(PINS) - before, 1, "{expected:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_date_that_jumps_within_a_day_costs_a_repetition_at_most() {
    let (phone, session) = started_with_clock_off_by(0).await;
    sync(&session).await.unwrap();
    let right = phone.bank.clock.now();
    for hours in [20, -20, 23, 0, -23, 0] {
        phone.bank.clock.set(right.shifted(hours * 3600));
        let (requests, answer) = requests_of(&phone, sync(&session)).await;
        assert_eq!(answer, Ok(200), "{hours}");
        // Refused for its time, perhaps a token that seems to have ended, and the call again.
        assert!(requests.len() <= 3, "{hours}: {requests:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_date_that_jumps_further_stops_the_signing_until_it_comes_back() {
    let (phone, session) = started_with_clock_off_by(0).await;
    sync(&session).await.unwrap();
    let right = phone.bank.clock.now();
    for days in [2, -2, 4000] {
        phone.bank.clock.set(right.shifted(days * DAY));
        let before = phone.device_signer.signatures();
        assert_eq!(sync(&session).await, Err(CLOCK_WRONG), "{days}");
        assert_eq!(phone.device_signer.signatures() - before, 1, "made before the jump was seen");
        assert_eq!(sync(&session).await, Err(CLOCK_WRONG), "{days}");
        assert_eq!(phone.device_signer.signatures() - before, 1, "{days}");
        phone.bank.clock.set(right);
        assert_eq!(sync(&session).await, Ok(200), "{days}");
    }
    assert_eq!(session.standing(), Standing::Ready { locked: false });
}

/// Believing one more step each time would let a server walk the phone to any time.
#[tokio::test(start_paused = true)]
async fn many_small_jumps_lead_no_further_than_one() {
    let (phone, session) = started_with_clock_off_by(0).await;
    sync(&session).await.unwrap();
    let right = phone.bank.clock.now();
    let far = |now: Timestamp| now.seconds_since(right).abs() > DAY;
    for hours in 1..100 {
        phone.bank.clock.set(right.shifted(hours * 3600));
        sync(&session).await.ok();
        assert!(!far(session.now()), "{hours}");
    }
    assert_eq!(sync(&session).await, Err(CLOCK_WRONG));
}

#[tokio::test(start_paused = true)]
async fn a_redirect_is_not_too_late_by_a_wrong_clock() {
    let phone = TestPhone::new();
    let url = phone.open().begin_sign_in(Locale::En).await.unwrap();
    phone.clock.set(phone.bank.clock.now().shifted(DAY));
    let session = phone.open();
    session.finish_sign_in(&phone.bank.redirect_for(&url)).await.unwrap();
    assert_eq!(session.standing(), Standing::SignedIn);
}
