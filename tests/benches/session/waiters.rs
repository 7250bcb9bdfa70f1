//! A thousand calls at once whose token has ended.

use axum::http::Method;
use guichet_session::{BankCalls as _, Call, Session};
use serde_json::Value;
use tokio::task::JoinSet;

use crate::bank::SandboxBank;
use crate::figures::{Figures, timed};
use crate::phone::SandboxPhone;

const WAITERS: usize = 1_000;

pub(crate) async fn measure(figures: &mut Figures) {
    let bank = SandboxBank::start().await;
    let phone = SandboxPhone::new(&bank);
    let session = phone.open(&bank);
    phone.set_up(&bank, &session).await;
    let (with_tokens, ()) = timed(all(&session)).await;
    bank.control(Method::POST, "/sandbox/tokens/expire", Value::Null).await;
    let before = bank.count("POST /oauth/token");
    let (with_refresh, ()) = timed(all(&session)).await;
    let refreshes = bank.count("POST /oauth/token") - before;
    figures.count("refreshes_for_1000", "token requests for 1,000 waiters", refreshes, "");
    let remark = format!("{:.0} ms with a token that lives", with_tokens.as_secs_f64() * 1e3);
    figures.time("waiters_us", "  until all 1,000 have their answer", with_refresh, remark);
}

async fn all(session: &Session) {
    let mut calls = JoinSet::new();
    for _ in 0..WAITERS {
        let session = session.clone();
        calls.spawn(async move { session.call(Call::get("/v1/devices")).await.unwrap() });
    }
    calls.join_all().await;
}
