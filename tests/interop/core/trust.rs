use guichet_foundation::locale::Locale;
use guichet_foundation::ports::Slot;
use guichet_session::{CallFailure, NotSent, OpenRefusal, SignInRefusal};
use serde_json::{Value, json};

use crate::support::{Server, TestPhone, sign_in};

async fn pin_set(server: &Server, mut wanted: Value) -> String {
    wanted["do"] = "pin_set".into();
    server.order(wanted).await.as_str().unwrap().to_owned()
}

/// A server with a good certificate of the right authority, and a key that is not in the set, is asked for the signed set and for
/// nothing else.
#[tokio::test]
async fn a_server_without_a_pinned_key_is_not_the_bank() {
    let server = Server::start().await;
    let mut profile = server.profile();
    profile.first_pin_set = pin_set(&server, json!({"version": 1, "leaf": false})).await;
    let refused = TestPhone::with(profile).open().begin_sign_in(Locale::En).await;
    let not_the_bank = CallFailure::NotSent(NotSent::NotTheBank);
    assert_eq!(refused.err(), Some(SignInRefusal::Bank(not_the_bank)));
    assert_eq!(server.order(json!({"do": "counts"})).await, json!({"GET /v1/trust/pins": 1}));
}

/// A certificate by an authority the app was not built with, though for the right name.
#[tokio::test]
async fn a_server_of_another_authority_is_not_the_bank() {
    let (server, other) = (Server::start().await, Server::start().await);
    let mut profile = server.profile();
    profile.private_ca_pem = other.profile().private_ca_pem;
    let refused = TestPhone::with(profile).open().begin_sign_in(Locale::En).await;
    let not_the_bank = CallFailure::NotSent(NotSent::NotTheBank);
    assert_eq!(refused.err(), Some(SignInRefusal::Bank(not_the_bank)));
    assert_eq!(server.order(json!({"do": "counts"})).await, json!({}));
}

#[tokio::test]
async fn an_app_built_with_a_forged_pin_set_does_not_open() {
    let server = Server::start().await;
    let mut profile = server.profile();
    profile.first_pin_set = pin_set(&server, json!({"version": 1, "by_stranger": true})).await;
    let refused = TestPhone::with(profile).try_open().err();
    assert!(matches!(refused, Some(OpenRefusal::FirstPinSet(_))), "{refused:?}");
}

/// Documents signed by npm `jose`: a newer set is taken up, a forged or older one changes nothing. Each start looks at it once.
#[tokio::test]
async fn a_newer_pin_set_is_taken_up_and_a_forged_or_older_one_is_not() {
    let server = Server::start().await;
    let phone = TestPhone::for_bank(&server);
    let publish = |mut wanted: Value| {
        wanted["do"] = "publish_pins".into();
        server.order(wanted)
    };
    let kept = || guichet_foundation::ports::SecureStore::get(&phone.store, Slot::PinSet).unwrap();
    publish(json!({"version": 9, "by_stranger": true, "leaf": false})).await;
    sign_in(&phone.open(), &server).await.unwrap();
    assert!(kept().is_none(), "a forged set was kept");
    publish(json!({"version": 5})).await;
    sign_in(&phone.open(), &server).await.unwrap();
    let fifth = kept().expect("the new set is kept");
    publish(json!({"version": 4, "leaf": false})).await;
    sign_in(&phone.open(), &server).await.unwrap();
    let still = kept().expect("the new set is still kept");
    assert_eq!(still.expose_secret(), fifth.expose_secret());
}
