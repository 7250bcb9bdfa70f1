//! Two processes of one app (an extension) that share the secure store: two sessions on one store, which neither locks nor
//! compares and swaps.

use std::time::Duration;

use guichet_foundation::ports::Slot;
use guichet_session::{CallFailure, Session, Standing, WipeReason};
use proptest::prelude::*;
use tokio::task::JoinHandle;

use crate::refresh::{refreshes, settle};
use crate::support::{Fault, TestPhone};

const TOKEN: &str = "/oauth/token";

/// The app, and an extension that was started before and knows the same tokens. Refresh tokens are rotated.
async fn app_and_extension() -> (TestPhone, Session, Session) {
    let phone = TestPhone::new();
    phone.bank.set(|bank| bank.rotate = true);
    let app = phone.ready().await;
    let extension = phone.open();
    extension.check_in().await.unwrap();
    (phone, app, extension)
}

fn checking_in(session: &Session) -> JoinHandle<Result<(), CallFailure>> {
    let session = session.clone();
    tokio::spawn(async move { session.check_in().await })
}

#[tokio::test(start_paused = true)]
async fn a_refresh_by_one_process_is_taken_up_by_the_other() {
    let (phone, app, extension) = app_and_extension().await;
    let before = refreshes(&phone);
    phone.bank.expire_access();
    for session in [&app, &extension] {
        assert_eq!(session.check_in().await, Ok(()));
    }
    assert_eq!(refreshes(&phone) - before, 1);
}

/// Without a look into the store the extension would bring a token that was retired long ago, and end the family.
#[tokio::test(start_paused = true)]
async fn a_process_that_slept_through_many_rotations_does_not_end_the_session() {
    let (phone, app, extension) = app_and_extension().await;
    for _ in 0..5 {
        phone.wait(Duration::from_hours(1));
        app.check_in().await.unwrap();
    }
    let before = refreshes(&phone);
    assert_eq!(extension.check_in().await, Ok(()));
    assert_eq!(refreshes(&phone), before);
    phone.wait(Duration::from_hours(1));
    assert_eq!(extension.check_in().await, Ok(()), "and refreshes itself when it is the first");
    assert_eq!(app.check_in().await, Ok(()));
    assert_eq!(refreshes(&phone), before + 1);
}

/// Both send the same token. Of the two answers only the one that was stored first is used, by both.
#[tokio::test(start_paused = true)]
async fn of_two_refreshes_at_once_one_is_kept_and_both_processes_go_on() {
    for app_stores_first in [true, false] {
        let (phone, app, extension) = app_and_extension().await;
        phone.bank.expire_access();
        let before = refreshes(&phone);
        let (for_app, for_extension) = (phone.bank.hold_next(TOKEN), phone.bank.hold_next(TOKEN));
        let app_calls = checking_in(&app);
        settle().await;
        let extension_calls = checking_in(&extension);
        settle().await;
        assert_eq!(refreshes(&phone) - before, 2, "both were on their way");
        let (first, second) =
            if app_stores_first { (for_app, for_extension) } else { (for_extension, for_app) };
        drop(first);
        settle().await;
        drop(second);
        assert_eq!((app_calls.await.unwrap(), extension_calls.await.unwrap()), (Ok(()), Ok(())));
        for session in [&extension, &app, &extension] {
            phone.wait(Duration::from_hours(1));
            assert_eq!(session.check_in().await, Ok(()));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_losers_invalid_grant_does_not_wipe_the_winner() {
    let (phone, app, extension) = app_and_extension().await;
    phone.bank.expire_access();
    let for_loser = phone.bank.hold_next(TOKEN);
    let refused = r#"{"error": "invalid_grant"}"#.to_owned();
    phone.bank.fault(TOKEN, Fault::Instead(400, refused));
    let loser = checking_in(&extension);
    settle().await;
    assert_eq!(app.check_in().await, Ok(()));
    drop(for_loser);
    assert_eq!(loser.await.unwrap(), Ok(()), "it goes on with the winner's token");
    assert!(phone.store.holds(Slot::Tokens));
    assert_eq!(phone.open().standing(), Standing::Ready { locked: true });
    assert_eq!(app.check_in().await, Ok(()));
}

/// Frozen between two attempts of one refresh, because of a nonce or of the time, while the other rotated its token away.
#[tokio::test(start_paused = true)]
async fn a_repetition_does_not_send_a_token_that_was_rotated_meanwhile() {
    for refusal in ["use_dpop_nonce", "invalid_dpop_proof"] {
        let (phone, app, extension) = app_and_extension().await;
        phone.bank.expire_access();
        let answer = phone.bank.hold_next(TOKEN);
        let refused = format!(r#"{{"error": "{refusal}"}}"#);
        phone.bank.fault(TOKEN, Fault::Instead(400, refused));
        let frozen = checking_in(&extension);
        settle().await;
        for _ in 0..2 {
            phone.wait(Duration::from_mins(10));
            assert_eq!(app.check_in().await, Ok(()));
        }
        let before = refreshes(&phone);
        drop(answer);
        assert_eq!(frozen.await.unwrap(), Ok(()), "{refusal}");
        assert_eq!(refreshes(&phone), before, "{refusal}");
        phone.wait(Duration::from_mins(10));
        assert_eq!(app.check_in().await, Ok(()), "{refusal}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refresh_that_fails_takes_up_what_the_other_process_got_meanwhile() {
    let (phone, app, extension) = app_and_extension().await;
    phone.bank.expire_access();
    phone.bank.fault(TOKEN, Fault::LoseAnswer);
    let answer = phone.bank.hold_next(TOKEN);
    let unlucky = checking_in(&extension);
    settle().await;
    assert_eq!(app.check_in().await, Ok(()));
    drop(answer);
    assert_eq!(unlucky.await.unwrap(), Ok(()));
}

#[tokio::test(start_paused = true)]
async fn an_answer_after_the_other_process_signed_out_is_never_stored() {
    let (phone, app, extension) = app_and_extension().await;
    phone.bank.expire_access();
    let answer = phone.bank.hold_next(TOKEN);
    let calling = checking_in(&extension);
    settle().await;
    app.sign_out().await.unwrap();
    drop(answer);
    assert_eq!(calling.await.unwrap(), Err(CallFailure::SignedOut));
    assert!(!phone.store.holds(Slot::Tokens));
    assert_eq!(app.standing(), Standing::Wiped(WipeReason::SignedOut));
    assert_eq!(phone.open().standing(), Standing::New);
}

#[tokio::test(start_paused = true)]
async fn a_sign_out_by_one_process_ends_the_session_of_the_other() {
    let (phone, app, extension) = app_and_extension().await;
    app.sign_out().await.unwrap();
    let before = refreshes(&phone);
    assert!(extension.check_in().await.is_err());
    assert_eq!(refreshes(&phone), before);
    assert!(!phone.store.holds(Slot::Tokens));
}

#[derive(Clone, Debug)]
enum Step {
    Calls { app: bool },
    CallAtOnce,
    LosesAnAnswer { app: bool },
    AccessEnds,
    TimePasses { seconds: u64 },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        any::<bool>().prop_map(|app| Step::Calls { app }),
        Just(Step::CallAtOnce),
        any::<bool>().prop_map(|app| Step::LosesAnAnswer { app }),
        Just(Step::AccessEnds),
        (1_u64..4_000).prop_map(|seconds| Step::TimePasses { seconds }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn whatever_two_processes_do_the_session_lives(
        steps in proptest::collection::vec(step(), 1..30),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(async {
            let (phone, app, extension) = app_and_extension().await;
            for step in steps {
                match step {
                    Step::Calls { app: true } => assert_eq!(app.check_in().await, Ok(())),
                    Step::Calls { app: false } => assert_eq!(extension.check_in().await, Ok(())),
                    Step::CallAtOnce => {
                        let both = tokio::join!(app.check_in(), extension.check_in());
                        assert_eq!(both, (Ok(()), Ok(())));
                    }
                    Step::LosesAnAnswer { app: by_app } => {
                        phone.bank.expire_access();
                        phone.bank.fault(TOKEN, Fault::LoseAnswer);
                        let (unlucky, other) =
                            if by_app { (&app, &extension) } else { (&extension, &app) };
                        assert!(unlucky.check_in().await.is_err());
                        phone.wait(Duration::from_secs(50));
                        assert_eq!(other.check_in().await, Ok(()));
                    }
                    Step::AccessEnds => phone.bank.expire_access(),
                    Step::TimePasses { seconds } => phone.wait(Duration::from_secs(seconds)),
                }
            }
            assert_eq!(app.check_in().await, Ok(()));
            assert_eq!(extension.check_in().await, Ok(()));
        });
    }
}
