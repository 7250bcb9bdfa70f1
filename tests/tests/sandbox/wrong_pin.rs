//! What a customer sees whose network, or whose bank, shows a key that is not pinned.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use guichet_app::{App, AppConfig, ShellPorts, Tone};
use guichet_foundation::locale::Locale;
use guichet_foundation::ports::DeviceSigner as _;
use guichet_foundation::ports::fakes::{
    FakeClock, FakeConnectivity, FakeEntropy, FakeSigner, FakeStore,
};
use guichet_foundation::time::Timestamp;
use guichet_session::Platform;
use guichet_vault::keys::by_pin::PinCost;
use guichet_wire::base64url;
use guichet_wire::jws::Unsigned;
use serde_json::json;

use super::bank::SandboxBank;

/// An app for this bank that knows other keys, signed by an anchor that the bank does not have: nothing the bank serves can
/// be the bank to it.
fn app(bank: &SandboxBank, locale: Locale, folder: &Path) -> (Arc<App>, FakeSigner) {
    let anchor = FakeSigner::seeded(70);
    let mut profile = bank.profile();
    profile.trust_anchor = anchor.create().unwrap();
    let header = json!({"alg": "ES256", "typ": "guichet-pins+jwt"});
    let pins = [base64url::encode(&[1; 32]), base64url::encode(&[2; 32])];
    let claims = json!({"iss": profile.issuer, "version": 1, "iat": 0, "exp": 4_000_000_000_i64, "pins": pins});
    profile.first_pin_set = Unsigned::new(&header, &claims).sign(&anchor).unwrap();
    let config = AppConfig {
        profile,
        folder: folder.to_owned(),
        locale,
        device_name: "A phone".to_owned().into(),
        platform: Platform::Other,
        pin_cost: PinCost::new(8, 1),
    };
    let device_signer = FakeSigner::seeded(1);
    let now = Timestamp::from_unix_seconds(bank.now().as_second()).unwrap();
    let ports = ShellPorts {
        secure_store: Arc::new(FakeStore::default()),
        device_signer: Arc::new(device_signer.clone()),
        approval_signer: Arc::new(FakeSigner::seeded(2)),
        clock: Arc::new(FakeClock::at(now)),
        entropy: Arc::new(FakeEntropy::seeded(3)),
        connectivity: Arc::new(FakeConnectivity::new(true)),
    };
    (App::start(config, ports).unwrap(), device_signer)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_pin_is_a_warning_and_nothing_to_press() {
    let bank = SandboxBank::start().await;
    for (locale, words) in [
        (Locale::En, "not letting you reach your bank safely. Do not enter anything"),
        (Locale::ZhCn, "无法安全地连接银行。请不要输入任何内容"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (app, device_signer) = app(&bank, locale, folder.path());
        let (told, states) = channel();
        let _following = app.welcome().observe(Arc::new(move |state| drop(told.send(state))));
        let before = app.welcome().state();
        app.welcome().begin();
        let warned = std::iter::from_fn(|| states.recv_timeout(Duration::from_secs(30)).ok())
            .find(|state| state.notice.is_some())
            .expect("a state with a notice");

        let notice = warned.notice.unwrap();
        assert_eq!(notice.tone, Tone::Danger);
        assert!(notice.text.expose().contains(words), "{}", notice.text.expose());
        // The same screen as before, with the same one button: to try again. No page was opened, nothing was signed or kept.
        assert_eq!((&warned.title, &warned.action), (&before.title, &before.action));
        assert_eq!((warned.skip, warned.browser, warned.busy), (None, None, false));
        assert_eq!(device_signer.signatures(), 0);
    }
    let asked = bank.running.bank.counters.requests();
    assert_eq!(
        asked.keys().collect::<Vec<_>>(),
        ["GET /v1/trust/pins"],
        "the set, and nothing else"
    );
}
