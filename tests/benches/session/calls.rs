//! What the phone itself adds to an authorised call: proof, headers, signature, tokens, over an exchange that costs nothing.

use std::sync::Arc;
use std::time::Duration;

use guichet_session::{BankCalls as _, Call, Session};

use crate::bank::SandboxBank;
use crate::figures::{Figures, median, timed};
use crate::hardware::{Instant, RingSigner};
use crate::phone::{SandboxPhone, Straight};

const ROUNDS: usize = 4_000;
/// A payment's body is about this long.
const BODY: [u8; 1_200] = [b'x'; 1_200];

pub(crate) async fn measure(figures: &mut Figures) {
    let bank = SandboxBank::start().await;
    let phone = SandboxPhone::new(&bank);
    let signer = Arc::new(RingSigner::new());
    let transport = Arc::new(Instant::over(Straight::to(&bank)));
    let session = phone.open_with(&bank, signer.clone(), transport.clone());
    phone.sign_in(&bank, &session).await;
    get(&session).await;
    transport.repeat_the_last_answer();

    // What a proof's signature is over.
    let message = vec![b'x'; 480];
    let (mut bare, mut reads, mut changes) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        bare.push(timed(async { signer.bare(&message) }).await.0);
        reads.push(timed(get(&session)).await.0);
        changes.push(timed(post(&session)).await.0);
    }
    let (bare, reads, changes) = (median(bare), median(reads), median(changes));
    figures.time("p256_sign_us", "ring's bare P-256 signature", bare, "");
    figures.time("get_us", "an authorised GET, without its exchange", reads, "one signature");
    figures.time("post_us", "an authorised POST, without its exchange", changes, "two");
    let over =
        |time: Duration, signatures: f64| time.as_secs_f64() / (bare.as_secs_f64() * signatures);
    figures.ratio(
        "get_ratio",
        "  GET over one bare signature",
        over(reads, 1.0),
        "goal: 1.5 at most",
    );
    figures.ratio(
        "post_ratio",
        "  POST over two bare signatures",
        over(changes, 2.0),
        "goal: 1.5 at most",
    );
}

async fn get(session: &Session) {
    session.call(Call::get("/v1/devices")).await.unwrap();
}

async fn post(session: &Session) {
    session.call(Call::post("/v1/intents", BODY.to_vec())).await.unwrap();
}
