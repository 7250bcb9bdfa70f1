//! How many requests things take, counted at the bank.

use std::sync::Arc;

use guichet_session::Session;

use crate::bank::SandboxBank;
use crate::figures::Figures;
use crate::phone::{SandboxPhone, Straight};

pub(crate) async fn measure(figures: &mut Figures) {
    let bank = SandboxBank::start().await;
    let phone = SandboxPhone::new(&bank);
    let session = phone.open(&bank);
    let before = bank.running.bank.counters.requests();
    let url = session.begin_sign_in(guichet_foundation::locale::Locale::En).await.unwrap();
    let redirect = bank.redirect_for(&url).await;
    session.finish_sign_in(&redirect).await.unwrap();
    let after = bank.running.bank.counters.requests();
    let pages = ["/oauth/authorize", "/oauth/sign-in", "/oauth/decision"];
    let of_the_app: Vec<&str> = after
        .iter()
        .filter(|(route, count)| before.get(*route) != Some(count))
        .map(|(route, _)| route.as_str())
        .filter(|route| !pages.iter().any(|page| route.ends_with(page)))
        .collect();
    let requests = of_the_app.len().try_into().unwrap();
    figures.count("first_sign_in", "requests of a first sign-in", requests, of_the_app.join(", "));

    let again = requests_of(&bank, phone.sign_in(&bank, &session)).await - 3;
    figures.count("sign_in_again", "requests of signing in again", again, "metadata, PAR, token");

    let phone = SandboxPhone::new(&bank);
    let session = phone.open(&bank);
    phone.set_up(&bank, &session).await;
    let warm = requests_of(&bank, check_in(&session)).await;
    figures.count("warm_call", "requests of a call on a warm session", warm, "the call");

    let transport = Arc::new(Straight::to(&bank));
    let session = phone.open_over(&bank, transport.clone());
    let cold = requests_of(&bank, check_in(&session)).await;
    figures.count("cold_call", "requests of a process's first call", cold, "pin set, the call");
    transport.change_nonces(&bank);
    let nonce = requests_of(&bank, check_in(&session)).await;
    figures.count(
        "call_after_nonce",
        "requests of a call after a change of nonce",
        nonce,
        "refused, and again",
    );
    phone.wait(&bank, 3_600);
    let pause = requests_of(&bank, check_in(&session)).await;
    figures.count(
        "call_after_pause",
        "requests of a call after an hour",
        pause,
        "token refused for its nonce, token, the call",
    );
}

async fn check_in(session: &Session) {
    session.check_in().await.unwrap();
}

async fn requests_of(bank: &SandboxBank, work: impl Future<Output = ()>) -> u64 {
    let before = bank.total();
    work.await;
    bank.total() - before
}
