use std::time::Duration;

use guichet_foundation::ports::{Clock as _, Slot};
use guichet_session::{BankCalls as _, Call, NotSent, Session, Standing};

use crate::support::{Fault, TestPhone};

const PINS: &str = "/v1/trust/pins";
const SYNC: &str = "/v1/sync";

const FOREVER: i64 = 4_000_000_000;
const DAY: Duration = Duration::from_hours(24);

/// A day later the pin set is asked for again.
async fn check_in_a_day_later(phone: &TestPhone, session: &Session) {
    phone.wait(DAY);
    let before = phone.bank.count(PINS);
    session.check_in().await.unwrap();
    assert_eq!(phone.bank.count(PINS), before + 1);
}

#[tokio::test(start_paused = true)]
async fn a_newer_pin_set_is_kept_and_an_older_one_refused() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    phone.bank.set(|bank| bank.pins.clear());
    check_in_a_day_later(&phone, &session).await;
    let newer = phone.bank.pin_set(7, 50, FOREVER);
    phone.bank.set(|bank| bank.pins.clone_from(&newer));
    check_in_a_day_later(&phone, &session).await;
    assert_eq!(kept(&phone, Slot::PinSet), newer);
    for other in [phone.bank.pin_set(6, 60, FOREVER), phone.bank.pin_set(7, 70, FOREVER)] {
        phone.bank.set(|bank| bank.pins = other);
        check_in_a_day_later(&phone, &session).await;
        assert_eq!(kept(&phone, Slot::PinSet), newer);
    }
}

#[tokio::test(start_paused = true)]
async fn the_pin_set_is_asked_for_once_a_day_and_sooner_if_it_could_not_be_had() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    for (answer, again) in [(200, DAY), (500, Duration::from_mins(10))] {
        if answer != 200 {
            phone.bank.fault(PINS, Fault::Instead(answer, String::new()));
        }
        check_in_a_day_later(&phone, &session).await;
        let before = phone.bank.count(PINS);
        phone.wait(again.saturating_sub(Duration::from_secs(1)));
        session.check_in().await.unwrap();
        assert_eq!(phone.bank.count(PINS), before, "{answer}");
        phone.wait(Duration::from_secs(1));
        session.check_in().await.unwrap();
        assert_eq!(phone.bank.count(PINS), before + 1, "{answer}");
    }
}

fn kept(phone: &TestPhone, slot: Slot) -> String {
    use guichet_foundation::ports::SecureStore as _;
    let item = phone.store.get(slot).unwrap().unwrap();
    String::from_utf8(item.expose_secret().clone()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn with_an_expired_pin_set_only_a_new_one_is_asked_for() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    let soon = phone.bank.clock.now().plus(Duration::from_mins(2)).unix_seconds();
    let short = phone.bank.pin_set(8, 50, soon + 86_400);
    phone.bank.set(|bank| bank.pins = short);
    check_in_a_day_later(&phone, &session).await;
    session.lock();
    session.unlock_by_pin(crate::support::pin(crate::support::PIN)).await.unwrap();
    phone.wait(Duration::from_mins(3));
    session.touched();
    let before = phone.bank.count(SYNC);
    let refused = session.call(Call::get(SYNC)).await;
    assert_eq!(refused.err(), Some(NotSent::NotReady.into()));
    assert_eq!(phone.bank.count(SYNC), before);
    let fresh = phone.bank.pin_set(9, 50, FOREVER);
    phone.bank.set(|bank| bank.pins = fresh);
    assert!(session.call(Call::get(SYNC)).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn receipt_keys_come_from_the_phone_unless_asked_for() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    let before = phone.bank.count("/v1/trust/receipt-keys");
    session.receipt_keys(false).await.unwrap();
    assert_eq!(phone.bank.count("/v1/trust/receipt-keys"), before);
    session.receipt_keys(true).await.unwrap();
    assert_eq!(phone.bank.count("/v1/trust/receipt-keys"), before + 1);
    phone.bank.set(|bank| bank.receipt_keys = "garbage".to_owned());
    let refused = session.receipt_keys(true).await;
    assert_eq!(refused.err(), Some(NotSent::NotReady.into()));
    assert!(session.receipt_keys(false).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_broken_trust_endpoint_does_not_stop_a_session_whose_pins_hold() {
    let phone = TestPhone::new();
    for _ in 0..3 {
        phone.bank.fault(PINS, Fault::Instead(500, String::new()));
    }
    let session = phone.ready().await;
    session.check_in().await.unwrap();
    assert_eq!(session.standing(), Standing::Ready { locked: false });
}
