//! Things that happen at once within one process, each at its worst moment.

use std::time::Duration;

use guichet_foundation::ports::Slot;
use guichet_session::{BankCalls as _, Call, CallFailure, NotSent, Session, Standing};
use tokio::task::JoinHandle;

use crate::refresh::{refreshes, settle};
use crate::support::{Fault, TestPhone};

const SYNC: &str = "/v1/sync";
const TOKEN: &str = "/oauth/token";

async fn sync(session: &Session) -> Result<u16, CallFailure> {
    session.call(Call::get(SYNC)).await.map(|reply| reply.status)
}

fn syncing(session: &Session) -> JoinHandle<Result<u16, CallFailure>> {
    let session = session.clone();
    tokio::spawn(async move { sync(&session).await })
}

async fn rotating() -> (TestPhone, Session) {
    let phone = TestPhone::new();
    phone.bank.set(|bank| bank.rotate = true);
    let session = phone.ready().await;
    (phone, session)
}

/// The timer refreshes a token that is about to end while a call is told that it has ended.
#[tokio::test(start_paused = true)]
async fn invariant_09_the_timer_and_a_401_refresh_once() {
    for timer_first in [true, false] {
        let (phone, session) = rotating().await;
        let answer = phone.bank.hold_next(SYNC);
        phone.bank.expire_access();
        let told = syncing(&session);
        settle().await;
        phone.wait(Duration::from_secs(295));
        session.touched();

        let before = refreshes(&phone);
        let (early, late) = if timer_first {
            let timer = sync(&session).await;
            drop(answer);
            (timer, told.await.unwrap())
        } else {
            let held = phone.bank.hold_next(TOKEN);
            drop(answer);
            settle().await;
            let timer = syncing(&session);
            settle().await;
            drop(held);
            (told.await.unwrap(), timer.await.unwrap())
        };
        assert_eq!((early, late), (Ok(200), Ok(200)), "timer first: {timer_first}");
        assert_eq!(refreshes(&phone) - before, 1, "timer first: {timer_first}");
    }
}

#[tokio::test(start_paused = true)]
async fn invariant_09_an_answer_after_sign_out_leaves_nothing_behind_and_is_told_to_nobody() {
    for fault in [None, Some(Fault::Instead(400, r#"{"error": "invalid_grant"}"#.to_owned()))] {
        let (phone, session) = rotating().await;
        phone.bank.expire_access();
        if let Some(fault) = fault {
            phone.bank.fault(TOKEN, fault);
        }
        let answer = phone.bank.hold_next(TOKEN);
        let calling = syncing(&session);
        settle().await;
        session.sign_out().await.unwrap();
        phone.sign_in(&session).await;
        let standing = session.standing();
        drop(answer);
        calling.await.unwrap().ok();
        settle().await;
        assert_eq!(session.standing(), standing, "the new customer's session is as it was");
        assert!(phone.store.holds(Slot::Tokens));
    }
}

/// Frozen with the answer on its way, and woken an hour later by that very answer: its token has ended, its `Date` and nonce are
/// old.
#[tokio::test(start_paused = true)]
async fn an_app_suspended_mid_refresh_goes_on_when_the_answer_comes_after_all() {
    let (phone, session) = rotating().await;
    phone.bank.expire_access();
    let answer = phone.bank.hold_next(TOKEN);
    let calling = syncing(&session);
    settle().await;
    phone.wait(Duration::from_hours(1));
    phone.bank.forget_nonces();
    phone.bank.expire_access();
    drop(answer);
    assert_eq!(calling.await.unwrap(), Ok(200));
    assert_eq!(session.now(), guichet_foundation::ports::Clock::now(&phone.bank.clock));
}

/// Frozen, and the answer lost. Within the bank's grace, or where tokens are kept, nobody notices; a token rotated longer ago costs
/// a sign-in and nothing else.
#[tokio::test(start_paused = true)]
async fn an_app_suspended_mid_refresh_whose_answer_is_lost_loses_a_sign_in_at_most() {
    let minute = Duration::from_mins(1);
    let hour = Duration::from_hours(1);
    for (rotate, asleep, goes_on) in
        [(false, minute, true), (false, hour, true), (true, minute, true), (true, hour, false)]
    {
        let phone = TestPhone::new();
        phone.bank.set(|bank| bank.rotate = rotate);
        let session = phone.ready().await;
        phone.bank.expire_access();
        phone.bank.fault(TOKEN, Fault::LoseAnswer);
        let answer = phone.bank.hold_next(TOKEN);
        let calling = syncing(&session);
        settle().await;
        phone.wait(asleep);
        phone.bank.forget_nonces();
        drop(answer);
        assert_eq!(calling.await.unwrap(), Err(NotSent::NotReady.into()));

        session.lock();
        session.unlock_by_pin(crate::support::pin(crate::support::PIN)).await.unwrap();
        let expected = if goes_on { Ok(200) } else { Err(CallFailure::SignedOut) };
        assert_eq!(sync(&session).await, expected, "rotate: {rotate}, asleep: {asleep:?}");
        assert!(phone.store.holds(Slot::VaultRootByPin) && phone.store.holds(Slot::Registration));
        if !goes_on {
            assert_eq!(session.standing(), Standing::SignedOutAgain { locked: false });
            phone.sign_in(&session).await;
            assert_eq!(sync(&session).await, Ok(200));
        }
    }
}
