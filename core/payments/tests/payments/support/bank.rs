//! A bank for tests: it judges submissions as docs/protocol.md section 9.4 has it, with code of its own, and answers as scripted.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use guichet_foundation::key::{P256PublicKey, P256Signature};
use guichet_foundation::ports::fakes::{FakeEntropy, FakeSigner};
use guichet_foundation::ports::{
    ApprovalRequest, ApprovalSigner, DeviceSigner, Entropy as _, PromptFailure, PromptId,
};
use guichet_foundation::time::Timestamp;
use guichet_session::{BankCalls, Call, CallFailure, Identity, NotSent, ReceiptKeys, Reply};
use p256::ecdsa::signature::Verifier as _;
use serde_json::{Value, json};

use super::clock::BankClock;
use super::killer::Killer;

pub(crate) const ISSUER: &str = "https://bank.example";
pub(crate) const DEVICE: &str = "dev-1";
const KID: &str = "receipts-1";

/// What happens to one submission.
#[derive(Clone)]
pub(crate) struct Script {
    /// Whether the bank gets it and decides.
    pub arrives: bool,
    /// What comes back.
    pub answer: Answer,
}

#[derive(Clone)]
pub(crate) enum Answer {
    /// What the protocol says.
    Honest,
    /// No reply.
    Failure(CallFailure),
    /// These bytes under this status.
    Raw(u16, Vec<u8>),
    /// A receipt that was changed and signed again.
    Forged(Forgery),
    /// Nothing, for ever.
    Hangs,
}

/// How a receipt is falsified: header and payload are changed, then signed by somebody.
#[derive(Clone)]
pub(crate) struct Forgery {
    pub change: fn(&mut Value, &mut Value),
    pub by: Forger,
}

#[derive(Clone, Copy)]
pub(crate) enum Forger {
    /// The receipt key itself.
    Bank,
    /// Some other key under the bank's key id.
    Stranger,
}

impl Script {
    pub(crate) const HONEST: Self = Self { arrives: true, answer: Answer::Honest };
    pub(crate) const LOST_BEFORE: Self =
        Self { arrives: false, answer: Answer::Failure(CallFailure::Unanswered) };
    pub(crate) const LOST_AFTER: Self =
        Self { arrives: true, answer: Answer::Failure(CallFailure::Unanswered) };
    pub(crate) const OFFLINE: Self =
        Self { arrives: false, answer: Answer::Failure(CallFailure::NotSent(NotSent::Offline)) };

    pub(crate) fn raw(arrives: bool, status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { arrives, answer: Answer::Raw(status, body.into()) }
    }

    pub(crate) fn failure(arrives: bool, failure: CallFailure) -> Self {
        Self { arrives, answer: Answer::Failure(failure) }
    }
}

/// The bank's own record of an intent id.
#[derive(Clone)]
pub(crate) struct Decision {
    pub bytes: Vec<u8>,
    pub approval: Vec<u8>,
    pub payload: Value,
    pub at: Timestamp,
}

#[derive(Default)]
struct Books {
    scripts: VecDeque<Script>,
    challenge_script: VecDeque<Result<Reply, CallFailure>>,
    prompt_script: VecDeque<Result<(), PromptFailure>>,
    hold_prompt: bool,
    challenges: BTreeMap<String, Timestamp>,
    decided: BTreeMap<String, Decision>,
    /// Intent ids in the order the money moved.
    executed: Vec<String>,
    /// Bodies of `POST /v1/intents` that left the phone, arrived or not.
    submissions: Vec<Vec<u8>>,
    calls: Vec<String>,
    signed: Vec<Vec<u8>>,
    keys_known: usize,
    keys_refreshed: usize,
    signed_out: bool,
}

/// A clone is a handle to the same bank: it outlives the phone's process.
#[derive(Clone)]
pub(crate) struct ScriptedBank {
    books: Arc<Mutex<Books>>,
    approval_key: FakeSigner,
    approval_public: P256PublicKey,
    receipt_key: FakeSigner,
    receipt_public: P256PublicKey,
    stranger: FakeSigner,
    entropy: FakeEntropy,
    pub clock: BankClock,
    pub killer: Killer,
    /// Minor units of CNY: limit for one payment, remaining today, balance.
    pub limits: (i64, i64, i64),
    release: Arc<tokio::sync::Notify>,
}

impl ScriptedBank {
    pub(crate) fn new() -> Self {
        let approval_key = FakeSigner::seeded(11);
        let approval_public = ApprovalSigner::create(&approval_key, &[0; 32]).unwrap();
        let receipt_key = FakeSigner::seeded(12);
        let receipt_public = DeviceSigner::create(&receipt_key).unwrap();
        let stranger = FakeSigner::seeded(13);
        DeviceSigner::create(&stranger).unwrap();
        Self {
            books: Arc::default(),
            approval_key,
            approval_public,
            receipt_key,
            receipt_public,
            stranger,
            entropy: FakeEntropy::seeded(14),
            clock: BankClock::default(),
            killer: Killer::default(),
            limits: (5_000_000, 2_000_000, 1_000_000),
            release: Arc::default(),
        }
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap()
    }

    /// What happens to the next submissions, in order; after that the bank is honest.
    pub(crate) fn script(&self, scripts: impl IntoIterator<Item = Script>) {
        self.books().scripts.extend(scripts);
    }

    pub(crate) fn script_challenge(&self, reply: Result<Reply, CallFailure>) {
        self.books().challenge_script.push_back(reply);
    }

    pub(crate) fn script_prompt(&self, answer: Result<(), PromptFailure>) {
        self.books().prompt_script.push_back(answer);
    }

    /// The person takes their time until [`Self::release_prompt`].
    pub(crate) fn hold_prompt(&self) {
        self.books().hold_prompt = true;
    }

    pub(crate) fn release_prompt(&self) {
        self.books().hold_prompt = false;
        self.release.notify_waiters();
    }

    /// The list of receipt keys at hand is empty until it is refreshed.
    pub(crate) fn forget_keys(&self) {
        self.books().keys_known = usize::MAX;
    }

    pub(crate) fn sign_out(&self, signed_out: bool) {
        self.books().signed_out = signed_out;
    }

    pub(crate) fn executed(&self) -> Vec<String> {
        self.books().executed.clone()
    }

    pub(crate) fn decision(&self, id: &str) -> Option<Decision> {
        self.books().decided.get(id).cloned()
    }

    pub(crate) fn submissions(&self) -> Vec<Vec<u8>> {
        self.books().submissions.clone()
    }

    pub(crate) fn calls(&self) -> Vec<String> {
        self.books().calls.clone()
    }

    /// Every message the approval key signed.
    pub(crate) fn signed(&self) -> Vec<Vec<u8>> {
        self.books().signed.clone()
    }

    pub(crate) fn key_refreshes(&self) -> usize {
        self.books().keys_refreshed
    }

    fn challenge(&self) -> Result<Reply, CallFailure> {
        if let Some(reply) = self.books().challenge_script.pop_front() {
            return reply;
        }
        let mut bytes = [0; 32];
        self.entropy.fill(&mut bytes);
        let challenge = Base64UrlUnpadded::encode_string(&bytes);
        let expires = self.clock.now().shifted(300);
        self.books().challenges.insert(challenge.clone(), expires);
        let money = |minor: i64| json!({"currency": "CNY", "minor": minor.to_string()});
        let limits =
            json!({"per_payment": money(self.limits.0), "remaining_today": money(self.limits.1)});
        let body = json!({"challenge": challenge, "expires_at": expires, "limits": limits, "x": 1});
        Ok(Reply { status: 201, body: body.to_string().into_bytes() })
    }

    async fn submit(&self, body: Vec<u8>) -> Result<Reply, CallFailure> {
        let script = self.books().scripts.pop_front().unwrap_or(Script::HONEST);
        if !matches!(script.answer, Answer::Failure(CallFailure::NotSent(_))) {
            self.books().submissions.push(body.clone());
        }
        let decided = if script.arrives { self.judge(&body) } else { Err((500, "not_arrived")) };
        self.killer.after_the_bank_acted().await;
        match script.answer {
            Answer::Honest => Ok(self.honest(decided)),
            Answer::Failure(failure) => Err(failure),
            Answer::Raw(status, body) => Ok(Reply { status, body }),
            Answer::Forged(forgery) => Ok(self.forged(decided, &forgery)),
            Answer::Hangs => std::future::pending().await,
        }
    }

    /// `(status, payload)` of the decision about this submission, now or then.
    fn judge(&self, body: &[u8]) -> Result<(u16, Value), (u16, &'static str)> {
        let malformed = (400, "intent_malformed");
        let body: Value = serde_json::from_slice(body).map_err(|_| malformed)?;
        let part = |name: &str| {
            let text = body[name].as_str().ok_or(malformed)?;
            Base64UrlUnpadded::decode_vec(text).map_err(|_| malformed)
        };
        let (bytes, approval) = (part("intent")?, part("approval")?);
        let intent: Value = serde_json::from_slice(&bytes).map_err(|_| malformed)?;
        if serde_jcs::to_vec(&intent).map_err(|_| malformed)? != bytes {
            return Err(malformed);
        }
        let id = intent["id"].as_str().ok_or(malformed)?.to_owned();
        if let Some(decision) = self.decision(&id) {
            let same = decision.bytes == bytes && decision.approval == approval;
            return if same { Ok((200, decision.payload)) } else { Err((409, "intent_conflict")) };
        }
        let refusal = self.refusal(&intent, &bytes, &approval);
        Ok((201, self.decide(&id, bytes, approval, refusal)))
    }

    fn refusal(&self, intent: &Value, bytes: &[u8], approval: &[u8]) -> Option<&'static str> {
        let now = self.clock.now();
        if !self.approval_verifies(bytes, approval) {
            return Some("approval_invalid");
        }
        if intent["device"] != DEVICE || intent["aud"] != ISSUER {
            return Some("wrong_device");
        }
        let expires: Timestamp = intent["expires"].as_str()?.parse().ok()?;
        if now > expires {
            return Some("expired");
        }
        let challenge = intent["challenge"].as_str()?;
        if self.books().challenges.remove(challenge).is_none_or(|until| now > until) {
            return Some("challenge_invalid");
        }
        let minor: i64 = intent["terms"]["amount"]["minor"].as_str()?.parse().ok()?;
        (minor > self.limits.2).then_some("insufficient_funds")
    }

    fn approval_verifies(&self, bytes: &[u8], approval: &[u8]) -> bool {
        let key =
            p256::ecdsa::VerifyingKey::from_sec1_bytes(&self.approval_public.to_uncompressed());
        let signature = p256::ecdsa::Signature::from_slice(approval);
        let message = [b"GUICHET-INTENT-V1\n", bytes].concat();
        matches!((key, signature), (Ok(key), Ok(signature)) if key.verify(&message, &signature).is_ok())
    }

    fn decide(
        &self,
        id: &str,
        bytes: Vec<u8>,
        approval: Vec<u8>,
        refusal: Option<&'static str>,
    ) -> Value {
        let sha256 = |bytes: &[u8]| {
            use sha2::Digest as _;
            Base64UrlUnpadded::encode_string(&sha2::Sha256::digest(bytes))
        };
        let at = self.clock.now();
        let mut payload = json!({
            "iss": ISSUER, "receipt_id": format!("receipt-{id}"), "device_id": DEVICE, "intent_id": id,
            "intent_sha256": sha256(&bytes), "approval_sha256": sha256(&approval),
            "iat": at.unix_seconds(), "further": {"member": [1]},
        });
        match refusal {
            None => {
                payload["outcome"] = json!("executed");
                payload["entry_id"] = json!("entry-1");
                self.books().executed.push(id.to_owned());
            }
            Some(reason) => {
                payload["outcome"] = json!("refused");
                payload["reason"] = json!(reason);
            }
        }
        let decision = Decision { bytes, approval, payload: payload.clone(), at };
        self.books().decided.insert(id.to_owned(), decision);
        payload
    }

    fn honest(&self, decided: Result<(u16, Value), (u16, &'static str)>) -> Reply {
        match decided {
            Ok((status, payload)) => receipt(status, &header(), &payload, &self.receipt_key),
            Err((status, error)) => {
                Reply { status, body: json!({"error": error}).to_string().into_bytes() }
            }
        }
    }

    fn forged(&self, decided: Result<(u16, Value), (u16, &'static str)>, how: &Forgery) -> Reply {
        let Ok((status, mut payload)) = decided else { return self.honest(decided) };
        let mut header = header();
        (how.change)(&mut header, &mut payload);
        let signer = match how.by {
            Forger::Bank => &self.receipt_key,
            Forger::Stranger => &self.stranger,
        };
        receipt(status, &header, &payload, signer)
    }

    async fn person(&self, message: &[u8]) -> Result<P256Signature, PromptFailure> {
        while self.books().hold_prompt {
            self.release.notified().await;
        }
        self.books().prompt_script.pop_front().unwrap_or(Ok(()))?;
        self.books().signed.push(message.to_vec());
        let (id, reason) = (PromptId(1), String::new());
        self.approval_key.ask(ApprovalRequest { id, reason, message: message.to_vec() });
        self.approval_key.take_approval().unwrap().1
    }
}

fn receipt(status: u16, header: &Value, payload: &Value, by: &FakeSigner) -> Reply {
    let part = |value: &Value| Base64UrlUnpadded::encode_string(value.to_string().as_bytes());
    let message = format!("{}.{}", part(header), part(payload));
    let signature = by.sign(message.as_bytes()).unwrap();
    let signature = Base64UrlUnpadded::encode_string(signature.as_raw());
    let body = json!({"receipt": format!("{message}.{signature}")});
    Reply { status, body: body.to_string().into_bytes() }
}

fn header() -> Value {
    json!({"alg": "ES256", "kid": KID, "typ": "guichet-receipt+jwt"})
}

#[async_trait]
impl BankCalls for ScriptedBank {
    async fn call(&self, call: Call) -> Result<Reply, CallFailure> {
        self.killer.before_a_call().await;
        self.books().calls.push(format!("{} {}", call.method.as_str(), call.path));
        if self.books().signed_out {
            return Err(CallFailure::SignedOut);
        }
        let body = call.body.unwrap_or_default();
        match call.path.as_str() {
            "/v1/challenges" => self.challenge(),
            "/v1/intents" => self.submit(body).await,
            _ => Err(CallFailure::Unreadable),
        }
    }

    fn now(&self) -> Timestamp {
        self.killer.step();
        self.clock.now()
    }

    fn identity(&self) -> Option<Identity> {
        Some(Identity {
            issuer: ISSUER.to_owned(),
            client_id: "client-1".parse().unwrap(),
            device_id: DEVICE.parse().unwrap(),
        })
    }

    async fn receipt_keys(&self, refresh: bool) -> Result<ReceiptKeys, CallFailure> {
        self.killer.before_a_call().await;
        if refresh {
            let mut books = self.books();
            books.keys_refreshed += 1;
            books.keys_known = 0;
        }
        let from = Timestamp::EPOCH;
        let to = Timestamp::EPOCH.plus(Duration::from_secs(4_000_000_000));
        let key = (KID.to_owned(), self.receipt_public, from, to);
        let keys = (self.books().keys_known == 0).then_some(key);
        Ok(ReceiptKeys::unsigned(ISSUER, keys))
    }

    async fn approve(
        &self,
        _reason: String,
        message: Vec<u8>,
    ) -> Result<P256Signature, PromptFailure> {
        self.killer.before_a_call().await;
        let answer = self.person(&message).await;
        self.killer.after_the_bank_acted().await;
        answer
    }
}
