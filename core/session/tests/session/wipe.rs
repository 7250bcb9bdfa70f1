use guichet_foundation::ports::{ApprovalSigner, DeviceSigner, Slot, TransportFailure};
use guichet_session::{BankCalls as _, Call, CallFailure, Session, Standing, WipeReason};
use guichet_vault::VaultFailure;

use crate::support::{Fault, TestPhone};

/// Nothing that opens the vault or speaks for the customer is left.
fn assert_gone(phone: &TestPhone) {
    for slot in Slot::ALL {
        let public = matches!(slot, Slot::PinSet | Slot::ReceiptKeys);
        assert!(public || !phone.store.holds(slot), "{slot:?}");
    }
    assert_eq!(DeviceSigner::public_key(&phone.device_signer), Ok(None));
    assert_eq!(ApprovalSigner::public_key(&phone.approval_signer), Ok(None));
    assert!(!phone.folder.path().join("current/vault.db").exists());
}

async fn sync(session: &Session) -> Result<u16, CallFailure> {
    session.call(Call::get("/v1/sync")).await.map(|reply| reply.status)
}

#[tokio::test(start_paused = true)]
async fn signing_out_tells_the_bank_and_destroys_everything() {
    let phone = TestPhone::new();
    let (session, vault) = phone.ready_with_vault().await;
    session.sign_out().await.unwrap();
    assert_eq!(session.standing(), Standing::Wiped(WipeReason::SignedOut));
    assert_gone(&phone);
    assert_eq!(phone.bank.device_count(), 0);
    assert_eq!(vault.read::<(), VaultFailure>(|_| Ok(())), Err(VaultFailure::Locked));
    assert_eq!(sync(&session).await, Err(CallFailure::SignedOut));
    assert_eq!(phone.open().standing(), Standing::New);
}

#[tokio::test(start_paused = true)]
async fn signing_out_offline_destroys_everything_all_the_same() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    let device = session.identity().unwrap().device_id;
    let offline = || Fault::Refuse(TransportFailure::NotConnected);
    phone.bank.fault(&format!("/v1/devices/{device}"), offline());
    phone.bank.fault("/oauth/revoke", offline());
    session.sign_out().await.unwrap();
    assert_gone(&phone);
}

#[tokio::test(start_paused = true)]
async fn after_signing_out_the_same_app_can_begin_anew() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    session.sign_out().await.unwrap();
    phone.sign_in(&session).await;
    phone.enrol(&session).await;
    session.set_pin(crate::support::pin("904437")).await.unwrap();
    assert_eq!(session.standing(), Standing::Ready { locked: false });
    assert_eq!(sync(&session).await, Ok(200));
}

#[tokio::test(start_paused = true)]
async fn a_verified_revocation_wipes_at_the_next_contact_also_while_locked() {
    for locked in [false, true] {
        let phone = TestPhone::new();
        let session = phone.ready().await;
        phone.bank.revoke_all();
        if locked {
            session.lock();
        }
        assert_eq!(session.check_in().await, Err(CallFailure::Revoked));
        assert_eq!(session.standing(), Standing::Wiped(WipeReason::Revoked));
        assert_gone(&phone);
    }
}

#[tokio::test(start_paused = true)]
async fn a_revocation_at_the_token_endpoint_wipes() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    phone.wait(std::time::Duration::from_mins(10));
    phone.bank.revoke_all();
    assert_eq!(session.check_in().await, Err(CallFailure::Revoked));
    assert_eq!(phone.bank.count_forms("/oauth/token", "grant_type=refresh_token"), 1);
    assert_gone(&phone);
}

#[tokio::test(start_paused = true)]
async fn a_revocation_is_noticed_when_signing_in_again() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    phone.bank.end_sessions();
    sync(&session).await.unwrap_err();
    phone.bank.revoke_all();
    let refused = session.begin_sign_in(guichet_foundation::locale::Locale::En).await;
    assert_eq!(refused.err(), Some(CallFailure::Revoked.into()));
    assert_gone(&phone);
}

#[tokio::test(start_paused = true)]
async fn an_error_alone_destroys_nothing() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    let client = phone.bank.a_client();
    let device = session.identity().unwrap().device_id.to_string();
    let good = phone.bank.notice_for(&client, &device);
    let notices = [
        String::new(),
        "garbage".to_owned(),
        phone.bank.notice_for("client-other", &device),
        phone.bank.notice_for(&client, "device-other"),
        good.replacen('A', "B", 1),
    ];
    for notice in notices {
        let body = serde_json::json!({"error": "device_revoked", "revocation": notice});
        phone.bank.fault("/v1/sync", Fault::Instead(403, body.to_string()));
        assert_eq!(sync(&session).await, Err(CallFailure::Unreadable), "{notice}");
    }
    let bare = r#"{"error": "device_revoked"}"#.to_owned();
    phone.bank.fault("/v1/sync", Fault::Instead(403, bare));
    assert_eq!(sync(&session).await, Err(CallFailure::Unreadable));
    assert_eq!(sync(&session).await, Ok(200));

    // The twin: the good notice wipes.
    let body = serde_json::json!({"error": "device_revoked", "revocation": good});
    phone.bank.fault("/v1/sync", Fault::Instead(403, body.to_string()));
    assert_eq!(sync(&session).await, Err(CallFailure::Revoked));
    assert_gone(&phone);
}

#[tokio::test(start_paused = true)]
async fn a_forged_notice_at_the_token_endpoint_ends_the_session_only() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    phone.bank.set(|bank| bank.forge_notices = true);
    phone.bank.revoke_all();
    phone.wait(std::time::Duration::from_mins(10));
    assert_eq!(session.check_in().await, Err(CallFailure::SignedOut));
    assert!(phone.store.holds(Slot::VaultRootByPin));
    assert!(matches!(session.standing(), Standing::SignedOutAgain { .. }));
}

/// The process is killed after every possible write of the secure store; the next start finishes what was begun.
#[tokio::test(start_paused = true)]
async fn invariant_08_gone_also_when_the_wipe_was_killed_half_way() {
    let writes = {
        let phone = TestPhone::new();
        let session = phone.ready().await;
        let before = phone.store.writes();
        session.sign_out().await.unwrap();
        phone.store.writes() - before
    };
    assert!(writes >= 8, "{writes}");
    for killed_after in 1..writes {
        let phone = TestPhone::new();
        let session = phone.ready().await;
        session.enable_biometric_unlock().await.unwrap();
        phone.store.fail_after(Some(killed_after));
        assert!(session.sign_out().await.is_err(), "{killed_after}");
        drop(session);
        phone.store.fail_after(None);
        let standing = phone.open().standing();
        assert_eq!(standing, Standing::Wiped(WipeReason::FinishedLater), "{killed_after}");
        assert_gone(&phone);
    }
}

/// The twin: without the first write there was no wipe, and the customer still has everything.
#[tokio::test(start_paused = true)]
async fn a_wipe_that_could_not_begin_is_reported() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    phone.store.fail_after(Some(0));
    assert!(session.sign_out().await.is_err());
    phone.store.fail_after(None);
    assert_eq!(phone.open().standing(), Standing::Ready { locked: true });
}

#[tokio::test(start_paused = true)]
async fn a_wipe_goes_on_when_its_caller_goes_away() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    let leaving = tokio::spawn({
        let session = session.clone();
        async move { session.sign_out().await }
    });
    tokio::task::yield_now().await;
    leaving.abort();
    while phone.store.holds(Slot::WipeJournal) || phone.store.holds(Slot::Registration) {
        tokio::task::yield_now().await;
    }
    assert_gone(&phone);
}
