//! The attempts at the bank's door, each with the refusal that is expected.

use anyhow::{Context as _, Result};
use reqwest::Method;
use serde_json::{Value, json};

use super::client::{Answer, Client};
use super::loot::Loot;
use super::payment::{self, Approved};
use crate::jose::{self, Key};
use crate::json::text;
use crate::lang::{Locale, say};
use crate::phone::hardware::{Finger, sign_with};

/// Who refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refuser {
    Bank,
    Core,
    Vault,
}

impl Refuser {
    /// In words.
    pub(crate) fn name(self, locale: Locale) -> String {
        match self {
            Self::Bank => say!(locale, "bank", "银行"),
            Self::Core => say!(locale, "core", "核心"),
            Self::Vault => say!(locale, "vault", "保险库"),
        }
    }
}

/// An attempt and its end.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    /// Its name, the same in every language.
    pub(crate) name: &'static str,
    /// What the thief does.
    pub(crate) what: String,
    /// Who refuses.
    pub(crate) refuser: Refuser,
    /// What came back.
    pub(crate) came: String,
    /// Whether it was refused as it must be.
    pub(crate) refused: bool,
}

/// What the thief needs to know of the bank: all of it is in every copy of the app.
pub(crate) struct Target<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) ca_pem: &'a str,
    pub(crate) registration_token: &'a str,
    pub(crate) redirect_uri: &'a str,
}

/// The thief with the loot.
pub(crate) struct Thief<'a> {
    loot: &'a Loot,
    target: Target<'a>,
    client: Client,
    locale: Locale,
    done: Vec<Attempt>,
}

impl<'a> Thief<'a> {
    /// At the door.
    pub(crate) fn new(loot: &'a Loot, target: Target<'a>, locale: Locale) -> Result<Self> {
        let client = Client::at(target.issuer, target.ca_pem)?;
        Ok(Self { loot, target, client, locale, done: Vec::new() })
    }

    /// Everything, in order. `approved` is the customer's payment as it left the phone; `finger` is the customer's own, which the
    /// thief has laid on the sensor by a trick, once.
    pub(crate) async fn try_everything(
        mut self,
        approved: &Approved,
        finger: &Finger,
    ) -> Result<Vec<Attempt>> {
        self.replay_request().await?;
        self.replay_payment(approved).await?;
        self.change_the_sent_payment(approved).await?;
        self.change_the_amount(approved).await?;
        self.approve_other_words(approved, finger).await?;
        self.refresh_without_the_device_key().await?;
        self.refresh_as_another_client().await?;
        self.use_the_token_with_another_key().await?;
        Ok(self.done)
    }

    /// The first time, with the stolen software key, it works: that is what a copied key is worth, and why real ones are in
    /// hardware. The second time it is a replay.
    async fn replay_request(&mut self) -> Result<()> {
        let (key, token) = (self.loot.device_key.clone(), self.loot.access_token.clone());
        let request = self.client.prepare(&key, &token, Method::GET, "/v1/devices", None).await?;
        let first = self.client.send(&request).await?;
        anyhow::ensure!(
            first.status == 200,
            "the request to replay was itself refused: {}",
            first.summary()
        );
        let again = self.client.send(&request).await?;
        let what = say!(
            self.locale,
            "sends a request of the phone's a second time, byte for byte",
            "把手机发过的请求原样再发一次"
        );
        self.expect("replay-request", what, &again, again.error() == "invalid_dpop_proof");
        Ok(())
    }

    async fn replay_payment(&mut self, approved: &Approved) -> Result<()> {
        let first = self.submit(approved).await?;
        let second = self.submit(approved).await?;
        let same = first.status == 200
            && text(&first.body, "receipt").is_some()
            && first.body == second.body;
        let what = say!(
            self.locale,
            "sends the approved payment again, with a fresh proof",
            "用新的证明再次提交已确认的付款"
        );
        let came = if same {
            say!(
                self.locale,
                "200, the receipt of the first time; nothing is paid again",
                "200，仍是首次的回单，未再次付款"
            )
        } else {
            format!("{} / {}", first.summary(), second.summary())
        };
        self.done.push(Attempt {
            name: "replay-payment",
            what,
            refuser: Refuser::Bank,
            came,
            refused: same,
        });
        Ok(())
    }

    async fn change_the_sent_payment(&mut self, approved: &Approved) -> Result<()> {
        let altered = approved.altered(payment::ask_for_more)?;
        let answer = self.submit(&altered).await?;
        let what = say!(
            self.locale,
            "changes the amount of the payment that was sent, same number",
            "沿用原付款编号，改大金额"
        );
        self.expect("same-id-other-bytes", what, &answer, answer.error() == "intent_conflict");
        Ok(())
    }

    async fn change_the_amount(&mut self, approved: &Approved) -> Result<()> {
        let challenge = self.challenge().await?;
        let altered = approved.altered(|intent| {
            renew_now(intent, &challenge);
            payment::ask_for_more(intent);
        })?;
        let answer = self.submit(&altered).await?;
        let what = say!(
            self.locale,
            "changes the amount after the approval, new number and challenge",
            "确认之后改金额，换新编号和新挑战值"
        );
        self.expect_receipt("amount-after-approval", what, &answer, "approval_invalid");
        Ok(())
    }

    async fn approve_other_words(&mut self, approved: &Approved, finger: &Finger) -> Result<()> {
        let challenge = self.challenge().await?;
        let words = "CNY 0.01";
        let mut altered = approved.altered(|intent| {
            renew_now(intent, &challenge);
            payment::claim_other_words(intent, words);
        })?;
        let approval = sign_with(&self.loot.folders.chip, finger, &altered.signed_message())
            .context("the tricked finger")?;
        altered.approval = approval.as_raw().to_vec();
        let answer = self.submit(&altered).await?;
        let what = say!(
            self.locale,
            "tricks the customer's finger into approving while '{words}' is on the screen",
            "屏幕上显示“{words}”，骗客户按下指纹确认另一笔付款"
        );
        self.expect_receipt("other-words", what, &answer, "display_mismatch");
        Ok(())
    }

    async fn refresh_without_the_device_key(&mut self) -> Result<()> {
        let answer =
            self.client.token(&Key::make(), &self.loot.client_id, &self.refresh_form()).await?;
        let what = say!(
            self.locale,
            "uses the refresh token without the device key",
            "没有设备密钥，使用偷来的刷新令牌"
        );
        self.expect("refresh-without-key", what, &answer, answer.error() == "invalid_client");
        Ok(())
    }

    async fn refresh_as_another_client(&mut self) -> Result<()> {
        let key = Key::make();
        let client_id = self
            .client
            .register(&key, self.target.registration_token, self.target.redirect_uri)
            .await?;
        let answer = self.client.token(&key, &client_id, &self.refresh_form()).await?;
        let what = say!(
            self.locale,
            "registers an app of their own and uses the refresh token there",
            "自己注册一个应用，再用偷来的刷新令牌"
        );
        self.expect("refresh-as-another-client", what, &answer, answer.error() == "invalid_grant");
        Ok(())
    }

    async fn use_the_token_with_another_key(&mut self) -> Result<()> {
        let token = self.loot.access_token.clone();
        let answer = self.client.call(&Key::make(), &token, Method::GET, "/v1/sync", None).await?;
        let what = say!(
            self.locale,
            "uses the access token with a key of their own",
            "用自己的密钥使用偷来的访问令牌"
        );
        self.expect("token-with-other-key", what, &answer, answer.error() == "invalid_token");
        Ok(())
    }

    fn refresh_form(&self) -> [(&'static str, &'a str); 2] {
        [("grant_type", "refresh_token"), ("refresh_token", &self.loot.refresh_token)]
    }

    async fn challenge(&mut self) -> Result<String> {
        let answer = self.post("/v1/challenges", &json!({"purpose": "intent"})).await?;
        let challenge = text(&answer.body, "challenge");
        challenge.with_context(|| format!("no challenge: {}", answer.summary()))
    }

    async fn submit(&mut self, payment: &Approved) -> Result<Answer> {
        self.post("/v1/intents", &payment.body()).await
    }

    async fn post(&mut self, path: &str, body: &Value) -> Result<Answer> {
        let (key, token) = (self.loot.device_key.clone(), self.loot.access_token.clone());
        self.client.call(&key, &token, Method::POST, path, Some(body)).await
    }

    fn expect(&mut self, name: &'static str, what: String, answer: &Answer, refused: bool) {
        let came = answer.summary();
        self.done.push(Attempt { name, what, refuser: Refuser::Bank, came, refused });
    }

    /// A receipt that refuses: not an error, but the bank's signed word that nothing was and will be paid.
    fn expect_receipt(&mut self, name: &'static str, what: String, answer: &Answer, reason: &str) {
        let receipt = text(&answer.body, "receipt").and_then(|receipt| jose::claims(&receipt));
        let receipt = receipt.unwrap_or_default();
        let found = text(&receipt, "reason").unwrap_or_else(|| "-".to_owned());
        let refused = text(&receipt, "outcome").as_deref() == Some("refused") && found == reason;
        let came = if receipt.is_object() {
            say!(self.locale, "receipt: refused, {found}", "回单：拒绝，{found}")
        } else {
            answer.summary()
        };
        self.done.push(Attempt { name, what, refuser: Refuser::Bank, came, refused });
    }
}

fn renew_now(intent: &mut Value, challenge: &str) {
    let (now, later) = super::clock::now_and_in_five_minutes();
    payment::renew(intent, challenge, &now, &later);
}
