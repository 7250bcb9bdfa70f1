use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use guichet_foundation::bank::BankProfile;
use guichet_foundation::key::P256PublicKey;
use guichet_foundation::ports::fakes::FakeClock;
use guichet_foundation::ports::{
    Clock as _, Method, Request, Response, Transport, TransportFailure,
};
use guichet_wire::jwk::Jwk;
use serde_json::{Value, json};
use tokio::sync::{Semaphore, oneshot};
use url::form_urlencoded;

use super::books::{APPROVAL_KEY, Answer, Demand, Inside, Settings};
use super::documents::{self, FOREVER, Key};
use super::proofs;
use super::security::Security;

pub(crate) const ISSUER: &str = "https://bank.example:8443";
pub(super) const REDIRECT_URI: &str = "https://app.example/callback";

/// What goes wrong with the next request to a path.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// No connection.
    Refuse(TransportFailure),
    /// Carried out, and the answer lost.
    LoseAnswer,
    /// Answered with this instead.
    Instead(u16, String),
}

/// The bank. A clone is the same bank.
#[derive(Clone)]
pub(crate) struct Bank {
    inside: Arc<Mutex<Inside>>,
    pub(crate) clock: FakeClock,
    anchor: Key,
    receipt_key: Key,
    /// Answers to token requests wait for a permit: carried out, and still on their way.
    pub(crate) token_gate: Arc<Semaphore>,
    /// The same for answers to syncs.
    pub(crate) sync_gate: Arc<Semaphore>,
    /// The same for answers to enrolments.
    pub(crate) enrol_gate: Arc<Semaphore>,
    hang_ups: Arc<AtomicUsize>,
}

/// Below it each client has the address of its registration.
const REGISTRATIONS: &str = "/oauth/register/";

impl Bank {
    pub(crate) fn at(clock: FakeClock) -> Self {
        let (anchor, receipt_key) = (Key::seeded(100), Key::seeded(101));
        let settings = Settings {
            pins: documents::pin_set(&anchor, 2, 1, FOREVER),
            receipt_keys: documents::receipt_keys(&anchor, 1, std::slice::from_ref(&receipt_key)),
            ..Settings::default()
        };
        let inside = Inside { settings, ..Inside::default() };
        Self {
            inside: Arc::new(Mutex::new(inside)),
            clock,
            anchor,
            receipt_key,
            token_gate: Arc::new(Semaphore::new(1_000_000)),
            sync_gate: Arc::new(Semaphore::new(1_000_000)),
            enrol_gate: Arc::new(Semaphore::new(1_000_000)),
            hang_ups: Arc::default(),
        }
    }

    pub(crate) fn profile(&self) -> BankProfile {
        BankProfile {
            issuer: ISSUER.to_owned(),
            trust_anchor: self.anchor.public,
            first_pin_set: documents::pin_set(&self.anchor, 1, 1, FOREVER),
            redirect_uri: REDIRECT_URI.to_owned(),
            registration_token: "initial".to_owned(),
            private_ca_pem: None,
        }
    }

    pub(crate) fn pin_set(&self, version: u64, first: u8, expires: i64) -> String {
        documents::pin_set(&self.anchor, version, first, expires)
    }

    pub(crate) fn set(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.lock().settings);
    }

    pub(crate) fn fault(&self, path: &str, fault: Fault) {
        self.lock().faults.entry(path.to_owned()).or_default().push_back(fault);
    }

    /// Whatever was to go wrong no longer does.
    pub(crate) fn heal(&self) {
        self.lock().faults.clear();
    }

    /// The answer to the next request to `path` is on its way until the result is dropped; others pass it.
    pub(crate) fn hold_next(&self, path: &str) -> oneshot::Sender<()> {
        let (release, released) = oneshot::channel();
        self.lock().held.entry(path.to_owned()).or_default().push_back(released);
        release
    }

    /// Requests to `path` so far.
    pub(crate) fn count(&self, path: &str) -> usize {
        self.lock().sent.iter().filter(|request| path_of(request) == path).count()
    }

    /// How often the phone hung up.
    pub(crate) fn hang_ups(&self) -> usize {
        self.hang_ups.load(Ordering::SeqCst)
    }

    pub(crate) fn sent(&self) -> Vec<Request> {
        self.lock().sent.clone()
    }

    /// Requests to `path` with `word` in their form.
    pub(crate) fn count_forms(&self, path: &str, word: &str) -> usize {
        let sent = self.sent();
        let about = |request: &&Request| {
            path_of(request) == path && String::from_utf8_lossy(&request.body).contains(word)
        };
        sent.iter().filter(about).count()
    }

    /// Every access token ends now.
    pub(crate) fn expire_access(&self) {
        self.lock().access.clear();
    }

    /// Every refresh token ends now.
    pub(crate) fn end_sessions(&self) {
        let mut inside = self.lock();
        inside.access.clear();
        inside.refresh.clear();
    }

    /// From now on `path` asks the customer to show one of these, no older than 300 s.
    pub(crate) fn demand(&self, path: &str, acr_values: &'static str, always: bool) {
        let demand = Demand { acr_values, max_age: 300, always };
        self.lock().settings.demands.insert(path.to_owned(), demand);
    }

    /// What the bank knows of the customer's security.
    pub(crate) fn security(&self, change: impl FnOnce(&mut Security)) {
        change(&mut self.lock().security);
    }

    pub(crate) fn forget_nonces(&self) {
        self.lock().nonce += 1;
    }

    pub(crate) fn device_count(&self) -> usize {
        self.lock().devices.len()
    }

    /// What each enrolled device brought: the challenge of its proof, and its evidence.
    pub(crate) fn evidence(&self) -> Vec<(String, Value)> {
        self.lock().evidence.clone()
    }

    /// Challenges that were given out are no longer good.
    pub(crate) fn forget_challenges(&self) {
        self.lock().challenges.clear();
    }

    pub(crate) fn client_count(&self) -> usize {
        self.lock().clients.len()
    }

    pub(crate) fn forget_devices(&self) {
        self.lock().devices.clear();
    }

    /// As the bank's staff would.
    pub(crate) fn revoke_all(&self) {
        let mut inside = self.lock();
        let devices = std::mem::take(&mut inside.devices);
        for (device, (client, _)) in devices {
            inside.revoked.insert(client, device);
        }
    }

    /// A notice for another client.
    pub(crate) fn notice_for(&self, client: &str, device: &str) -> String {
        documents::notice(&self.receipt_key, ISSUER, client, device)
    }

    /// Where the only client manages its registration.
    pub(crate) fn registration_path(&self) -> String {
        format!("{REGISTRATIONS}{}", self.a_client())
    }

    /// The only client has this key now.
    pub(crate) fn take_key_of(&self, key: &P256PublicKey) {
        let client = self.a_client();
        self.lock().clients.insert(client, *key);
    }

    pub(crate) fn key_of(&self, client: &str) -> Option<P256PublicKey> {
        self.lock().clients.get(client).copied()
    }

    pub(crate) fn a_client(&self) -> String {
        self.lock().clients.keys().next().cloned().unwrap()
    }

    /// What the browser brings back after the customer said yes.
    pub(crate) fn redirect_for(&self, authorization: &url::Url) -> String {
        let query: BTreeMap<String, String> = authorization.query_pairs().into_owned().collect();
        let mut inside = self.lock();
        let request = inside.pushed.remove(&query["request_uri"]).unwrap();
        assert_eq!(request["client_id"], query["client_id"]);
        let code = inside.next("code");
        let mut redirect = url::Url::parse(&request["redirect_uri"]).unwrap();
        redirect
            .query_pairs_mut()
            .append_pair("code", &code)
            .append_pair("state", &request["state"])
            .append_pair("iss", ISSUER);
        inside.codes.insert(code, request);
        redirect.into()
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap()
    }
}

fn path_of(request: &Request) -> &str {
    let path = request.url.strip_prefix(ISSUER).unwrap_or("elsewhere");
    path.split('?').next().unwrap()
}

#[async_trait]
impl Transport for Bank {
    async fn send(&self, request: Request) -> Result<Response, TransportFailure> {
        let path = path_of(&request).to_owned();
        self.lock().sent.push(request.clone());
        let outcome = self.outcome(&path, &request);
        let held = self.lock().held.get_mut(&path).and_then(VecDeque::pop_front);
        if let Some(released) = held {
            released.await.ok();
        }
        match (request.method, path.as_str()) {
            (_, "/oauth/token") => self.token_gate.acquire().await.unwrap().forget(),
            (_, "/v1/sync") => self.sync_gate.acquire().await.unwrap().forget(),
            (Method::Post, "/v1/devices") => self.enrol_gate.acquire().await.unwrap().forget(),
            _ => {}
        }
        outcome
    }

    fn hang_up(&self) {
        self.hang_ups.fetch_add(1, Ordering::SeqCst);
    }

    fn cut_off(&self) {
        self.hang_up();
    }
}

impl Bank {
    fn outcome(&self, path: &str, request: &Request) -> Result<Response, TransportFailure> {
        let fault = self.lock().faults.get_mut(path).and_then(VecDeque::pop_front);
        match fault {
            Some(Fault::Refuse(failure)) => return Err(failure),
            Some(Fault::Instead(status, body)) => {
                return Ok(self.response(status, body.into_bytes()));
            }
            Some(Fault::LoseAnswer) | None => {}
        }
        let settings = self.lock().settings.clone();
        let mut challenge = None;
        let (status, body) = match path {
            "/v1/trust/pins" => (200, settings.pins),
            "/v1/trust/receipt-keys" => (200, settings.receipt_keys),
            _ => {
                let demand = settings.demands.get(path);
                let demand = demand.or_else(|| settings.demands.get(APPROVAL_KEY));
                let (status, body) = self.answer(path, request);
                if body["error"] == "insufficient_user_authentication" {
                    challenge = demand.map(Demand::challenge);
                }
                (status, body.to_string())
            }
        };
        if fault.is_some() {
            return Err(TransportFailure::Broken);
        }
        let mut response = self.response(status, body.into_bytes());
        if path.starts_with("/v1/") && !path.starts_with("/v1/trust/") {
            response.headers.extend(self.lock().security.headers());
        }
        let challenge = challenge.map(|text| ("www-authenticate".to_owned(), text));
        response.headers.extend(challenge);
        Ok(response)
    }
}

impl Bank {
    fn response(&self, status: u16, body: Vec<u8>) -> Response {
        let date = httpdate::fmt_http_date(
            std::time::UNIX_EPOCH
                + std::time::Duration::from_secs(
                    u64::try_from(self.clock.now().unix_seconds()).unwrap(),
                ),
        );
        let inside = self.lock();
        let mut headers = vec![("dpop-nonce".to_owned(), format!("nonce-{}", inside.nonce))];
        if !inside.settings.hides_its_time {
            headers.push(("date".to_owned(), date));
        }
        Response { status, headers, body }
    }

    fn answer(&self, path: &str, request: &Request) -> Answer {
        match (request.method, path) {
            (Method::Get, "/.well-known/oauth-authorization-server") => (200, self.metadata()),
            (Method::Post, "/oauth/register") => self.register(request),
            (Method::Put | Method::Delete, _) if path.starts_with(REGISTRATIONS) => {
                self.manage(path, request)
            }
            (Method::Post, "/oauth/par") => self.form(request, |inside, form, client| {
                assert_eq!(form["response_type"], "code");
                let name = format!("urn:ietf:params:oauth:request_uri:{}", inside.next("par"));
                assert_eq!(form["client_id"], client);
                inside.pushed.insert(name.clone(), form);
                (201, json!({"request_uri": name, "expires_in": 60}))
            }),
            (Method::Post, "/oauth/token") => {
                let now = self.clock.now();
                self.form(request, |inside, form, client| inside.tokens(form, client, now))
            }
            (Method::Post, "/oauth/revoke") => self.form(request, |inside, form, _| {
                inside.refresh.remove(&form["token"]);
                (200, json!({}))
            }),
            _ => self.resource(path, request),
        }
    }

    fn metadata(&self) -> Value {
        let issuer = self.lock().settings.metadata_issuer;
        json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{ISSUER}/oauth/authorize"),
            "token_endpoint": format!("{ISSUER}/oauth/token"),
            "pushed_authorization_request_endpoint": format!("{ISSUER}/oauth/par"),
            "registration_endpoint": format!("{ISSUER}/oauth/register"),
            "revocation_endpoint": format!("{ISSUER}/oauth/revoke"),
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "dpop_signing_alg_values_supported": ["ES256"],
            "authorization_response_iss_parameter_supported": true,
        })
    }

    fn register(&self, request: &Request) -> Answer {
        if proofs::header(request, "authorization") != Some("Bearer initial") {
            return (401, json!({"error": "invalid_token"}));
        }
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        let jwk: Jwk = serde_json::from_value(body["jwks"]["keys"][0].clone()).unwrap();
        let key = jwk.key().unwrap();
        let mut inside = self.lock();
        let known = inside.clients.iter().find(|(_, found)| **found == key);
        let client = match known {
            Some((client, _)) => client.clone(),
            None => inside.next("client"),
        };
        inside.clients.insert(client.clone(), key);
        if !inside.settings.lets_clients_manage {
            return (201, json!({"client_id": client}));
        }
        let uri = format!("{ISSUER}{REGISTRATIONS}{client}");
        (
            201,
            json!({"client_id": client, "registration_access_token": format!("rat-{client}"),
            "registration_client_uri": uri}),
        )
    }

    /// A registration's own address (docs/protocol.md, section 3.2).
    fn manage(&self, path: &str, request: &Request) -> Answer {
        let now = self.clock.now();
        let mut inside = self.lock();
        let nonce = format!("nonce-{}", inside.nonce);
        let proof = proofs::proof(request, now, None, &mut inside.nonces_used);
        let Some((by, given)) = proof else { return (400, json!({"error": "invalid_dpop_proof"})) };
        if given.as_deref() != Some(&nonce) {
            return (400, json!({"error": "use_dpop_nonce"}));
        }
        let client = path.strip_prefix(REGISTRATIONS).unwrap();
        let bearer = proofs::header(request, "authorization");
        if bearer != Some(&format!("Bearer rat-{client}")) {
            return (401, json!({"error": "invalid_token"}));
        }
        match request.method {
            Method::Put => inside.replace_key(client, by, request, now),
            _ => inside.deregister(client, by),
        }
    }

    /// Nonce first, then proof, then the client, then whether its device is revoked.
    fn form(
        &self,
        request: &Request,
        then: impl FnOnce(&mut Inside, BTreeMap<String, String>, &str) -> Answer,
    ) -> Answer {
        let now = self.clock.now();
        let mut inside = self.lock();
        inside.now = now.unix_seconds();
        let nonce = format!("nonce-{}", inside.nonce);
        let form: BTreeMap<String, String> =
            form_urlencoded::parse(&request.body).into_owned().collect();
        let path = path_of(request);
        match proofs::proof(request, now, None, &mut inside.nonces_used) {
            Some((_, given)) if given.as_deref() != Some(&nonce) && path != "/oauth/revoke" => {
                return (400, json!({"error": "use_dpop_nonce"}));
            }
            None if path != "/oauth/revoke" => {
                return (
                    400,
                    json!({"error": if has_nonce(request, &nonce) { "invalid_dpop_proof" } else { "use_dpop_nonce" }}),
                );
            }
            _ => {}
        }
        let assertion = form["client_assertion"].clone();
        let client = inside.clients.iter().find_map(|(client, key)| {
            let claims = proofs::claims(&assertion, "JWT", key)?;
            let good = claims["iss"] == client.as_str()
                && claims["aud"] == ISSUER
                && (claims["iat"].as_i64()? - now.unix_seconds()).abs() <= 60;
            good.then(|| client.clone())
        });
        let Some(client) = client else { return (401, json!({"error": "invalid_client"})) };
        if let Some(device) = inside.revoked.get(&client) {
            let notice = self.notice(&inside.settings, &client, device);
            return (400, json!({"error": "invalid_grant", "revocation": notice}));
        }
        then(&mut inside, form, &client)
    }

    fn notice(&self, settings: &Settings, client: &str, device: &str) -> String {
        let key = if settings.forge_notices { Key::seeded(999) } else { self.receipt_key.clone() };
        documents::notice(&key, ISSUER, client, device)
    }

    fn resource(&self, path: &str, request: &Request) -> Answer {
        let now = self.clock.now();
        let mut inside = self.lock();
        inside.now = now.unix_seconds();
        let nonce = format!("nonce-{}", inside.nonce);
        if !has_nonce(request, &nonce) {
            return (401, json!({"error": "use_dpop_nonce"}));
        }
        let authorization = proofs::header(request, "authorization").unwrap_or_default();
        let token = authorization.strip_prefix("DPoP ").unwrap_or_default().to_owned();
        let proof = proofs::proof(request, now, Some(&token), &mut inside.nonces_used);
        let Some((key, _)) = proof else { return (401, json!({"error": "invalid_dpop_proof"})) };
        let revoked = inside.clients.iter().find_map(|(client, found)| {
            let device = inside.revoked.get(client)?;
            (*found == key).then(|| self.notice(&inside.settings, client, device))
        });
        if let Some(notice) = revoked {
            return (403, json!({"error": "device_revoked", "revocation": notice}));
        }
        let Some(client) = inside.access.get(&token).cloned() else {
            return (401, json!({"error": "invalid_token"}));
        };
        if inside.clients[&client] != key {
            return (401, json!({"error": "invalid_token"}));
        }
        if request.method != Method::Get && !proofs::is_signed(request, &key, now) {
            return (401, json!({"error": "invalid_signature"}));
        }
        inside.called(path, request, &client)
    }
}

fn has_nonce(request: &Request, nonce: &str) -> bool {
    let payload = proofs::header(request, "dpop").and_then(|proof| proof.split('.').nth(1));
    let payload = payload.and_then(|payload| guichet_wire::base64url::decode(payload).ok());
    let claims = payload.and_then(|payload| serde_json::from_slice::<Value>(&payload).ok());
    claims.is_some_and(|claims| claims["nonce"] == nonce)
}
