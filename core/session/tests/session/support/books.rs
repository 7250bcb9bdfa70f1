//! What the bank knows: clients, codes, tokens, devices.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use guichet_foundation::key::P256PublicKey;
use guichet_foundation::ports::{Method, Request};
use guichet_foundation::time::Timestamp;
use guichet_wire::jwk::Jwk;
use guichet_wire::pkce::CodeVerifier;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::bank::{Fault, ISSUER, REDIRECT_URI};
use super::proofs;
use super::security::Security;

pub(super) type Answer = (u16, Value);

pub(super) const APPROVAL_KEY: &str = "/v1/devices/current/approval-key";

#[derive(Default)]
pub(super) struct Inside {
    pub(super) sent: Vec<Request>,
    pub(super) faults: BTreeMap<String, VecDeque<Fault>>,
    pub(super) held: BTreeMap<String, VecDeque<oneshot::Receiver<()>>>,
    pub(super) nonce: u64,
    pub(super) nonces_used: BTreeSet<String>,
    pub(super) serial: u64,
    pub(super) clients: BTreeMap<String, P256PublicKey>,
    /// The key that a client's key has replaced.
    pub(super) former_keys: BTreeMap<String, P256PublicKey>,
    pub(super) pushed: BTreeMap<String, BTreeMap<String, String>>,
    pub(super) codes: BTreeMap<String, BTreeMap<String, String>>,
    pub(super) access: BTreeMap<String, String>,
    pub(super) refresh: BTreeMap<String, RefreshToken>,
    pub(super) devices: BTreeMap<String, (String, Value)>,
    pub(super) revoked: BTreeMap<String, String>,
    /// With their purposes.
    pub(super) challenges: BTreeMap<String, String>,
    /// What customers have shown, by client and way, and when.
    pub(super) shown: BTreeMap<(String, String), i64>,
    pub(super) now: i64,
    /// What each enrolled device brought: the challenge of its proof, and its evidence.
    pub(super) evidence: Vec<(String, Value)>,
    pub(super) security: Security,
    pub(super) settings: Settings,
}

/// A refresh token, and what rotation has made of it (docs/protocol.md, section 3.7).
pub(super) struct RefreshToken {
    client: String,
    parent: Option<String>,
    replaced_at: Option<Timestamp>,
    retired: bool,
}

/// Seconds a rotated token may still be used.
const GRACE: i64 = 60;

/// How the bank behaves.
#[derive(Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(crate) struct Settings {
    pub(crate) rotate: bool,
    pub(crate) pins: String,
    pub(crate) receipt_keys: String,
    pub(crate) forge_notices: bool,
    /// Clients may replace their key and leave (RFC 7592).
    pub(crate) lets_clients_manage: bool,
    /// Answers carry no `Date`.
    pub(crate) hides_its_time: bool,
    pub(crate) metadata_issuer: &'static str,
    /// What a path asks the customer to show.
    pub(crate) demands: BTreeMap<String, Demand>,
}

/// What a path asks the customer to show.
#[derive(Clone)]
pub(crate) struct Demand {
    pub(crate) acr_values: &'static str,
    pub(crate) max_age: i64,
    /// Whatever has been shown.
    pub(crate) always: bool,
}

impl Demand {
    pub(super) fn challenge(&self) -> String {
        let Self { acr_values, max_age, .. } = self;
        format!(
            "DPoP error=\"insufficient_user_authentication\", algs=\"ES256\", \
             acr_values=\"{acr_values}\", max_age=\"{max_age}\""
        )
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            rotate: false,
            pins: String::new(),
            receipt_keys: String::new(),
            forge_notices: false,
            lets_clients_manage: true,
            hides_its_time: false,
            metadata_issuer: ISSUER,
            demands: BTreeMap::from([(
                APPROVAL_KEY.to_owned(),
                Demand { acr_values: "urn:guichet:acr:bank", max_age: 300, always: false },
            )]),
        }
    }
}

impl Inside {
    pub(super) fn next(&mut self, what: &str) -> String {
        self.serial += 1;
        format!("{what}-{}", self.serial)
    }

    pub(super) fn tokens(
        &mut self,
        form: BTreeMap<String, String>,
        client: &str,
        now: Timestamp,
    ) -> Answer {
        let refresh = if form["grant_type"] == "authorization_code" {
            let Some(request) = self.codes.remove(&form["code"]) else {
                return (400, json!({"error": "invalid_grant"}));
            };
            let verifier = CodeVerifier::kept(form["code_verifier"].clone());
            assert_eq!(verifier.challenge(), request["code_challenge"]);
            assert_eq!(form["redirect_uri"], REDIRECT_URI);
            if let Some(acr) = request.get("acr_values") {
                self.shown.insert((client.to_owned(), acr.clone()), self.now);
            }
            self.new_refresh_token(client, None)
        } else {
            match self.refreshed(&form["refresh_token"], client, now) {
                Some(refresh) => refresh,
                None => return (400, json!({"error": "invalid_grant"})),
            }
        };
        let access = self.next("access");
        self.access.insert(access.clone(), client.to_owned());
        let answer = json!({"access_token": access, "token_type": "DPoP", "expires_in": 300,
            "refresh_token": refresh, "scope": "banking"});
        (200, answer)
    }

    fn new_refresh_token(&mut self, client: &str, parent: Option<String>) -> String {
        let token = self.next("refresh");
        let client = client.to_owned();
        let fresh = RefreshToken { client, parent, replaced_at: None, retired: false };
        self.refresh.insert(token.clone(), fresh);
        token
    }

    /// The token to go on with. One that comes again too late ends everything the client has.
    fn refreshed(&mut self, sent: &str, client: &str, now: Timestamp) -> Option<String> {
        let token = self.refresh.get(sent).filter(|token| token.client == client)?;
        let too_late = token.replaced_at.is_some_and(|at| now.seconds_since(at) > GRACE);
        if token.retired || too_late {
            self.refresh.retain(|_, token| token.client != client);
            self.access.retain(|_, owner| owner != client);
            return None;
        }
        let parent = token.parent.clone();
        for (name, other) in &mut self.refresh {
            let forebear = Some(name) == parent.as_ref();
            let twin = parent.is_some() && other.parent == parent && name != sent;
            other.retired |= forebear || twin;
        }
        if !self.settings.rotate {
            return Some(sent.to_owned());
        }
        self.refresh.get_mut(sent)?.replaced_at.get_or_insert(now);
        Some(self.new_refresh_token(client, Some(sent.to_owned())))
    }

    pub(super) fn replace_key(
        &mut self,
        client: &str,
        by: P256PublicKey,
        request: &Request,
        now: Timestamp,
    ) -> Answer {
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!(body["client_id"], client);
        let jwk: Jwk = serde_json::from_value(body["jwks"]["keys"][0].clone()).unwrap();
        let key = jwk.key().unwrap();
        let word = body["guichet_key_proof"].as_str().unwrap();
        let claims = proofs::claims(word, "guichet-device-key+jwt", &key).unwrap();
        assert_eq!((&claims["iss"], &claims["aud"]), (&json!(client), &json!(ISSUER)));
        assert!((claims["iat"].as_i64().unwrap() - now.unix_seconds()).abs() <= 60);
        let registered = self.clients[client];
        let repeated = registered == key && self.former_keys.get(client) == Some(&by);
        if by != registered && !repeated {
            return (400, json!({"error": "invalid_dpop_proof"}));
        }
        if key != registered {
            self.former_keys.insert(client.to_owned(), registered);
            self.clients.insert(client.to_owned(), key);
            self.access.retain(|_, owner| owner != client);
            self.refresh.retain(|_, token| token.client != client);
        }
        (200, json!({"client_id": client}))
    }

    pub(super) fn deregister(&mut self, client: &str, by: P256PublicKey) -> Answer {
        if self.clients.get(client) != Some(&by) {
            return (400, json!({"error": "invalid_dpop_proof"}));
        }
        self.clients.remove(client);
        self.access.retain(|_, owner| owner != client);
        self.refresh.retain(|_, token| token.client != client);
        (204, Value::Null)
    }

    pub(super) fn called(&mut self, path: &str, request: &Request, client: &str) -> Answer {
        let enrolled = self.devices.iter().find(|(_, (owner, _))| owner == client);
        let enrolled = enrolled.map(|(device, (_, key))| (device.clone(), key.clone()));
        if self.demands(path, client) {
            return (401, json!({"error": "insufficient_user_authentication"}));
        }
        match (request.method, path) {
            (Method::Post, "/v1/challenges") => {
                let challenge = challenge(&self.next("challenge"));
                let body: Value = serde_json::from_slice(&request.body).unwrap();
                let purpose = body["purpose"].as_str().unwrap().to_owned();
                if purpose == "renew" && self.demands(APPROVAL_KEY, client) {
                    return (401, json!({"error": "insufficient_user_authentication"}));
                }
                self.challenges.insert(challenge.clone(), purpose);
                (201, json!({"challenge": challenge, "expires_at": "2036-01-01T00:00:00Z"}))
            }
            (Method::Put, APPROVAL_KEY) => self.renew(request, client),
            (Method::Post, "/v1/step-up") => self.step_up(request, client, enrolled),
            (Method::Post, "/v1/devices") => self.enrol(request, client, enrolled),
            (Method::Get, "/v1/devices") => {
                let devices: Vec<Value> = enrolled
                    .map(|(device, _)| {
                        json!({"device_id": device, "name": "Li Ming's phone", "platform": "other",
                            "enrolled_at": "2026-01-01T00:00:00Z", "last_seen_at":
                            "2026-01-01T00:00:00Z", "current": true, "trust_level": "quantum"})
                    })
                    .into_iter()
                    .collect();
                (200, json!({"devices": devices}))
            }
            (Method::Delete, _) if path.starts_with("/v1/devices/") => {
                let id = path.rsplit('/').next().unwrap();
                match self.devices.remove(id) {
                    Some((owner, _)) => {
                        self.revoked.insert(owner, id.to_owned());
                        (204, json!({}))
                    }
                    None => (404, json!({"error": "device_unknown"})),
                }
            }
            (Method::Post, "/v1/devices/revoke-others") => (200, json!({"revoked": 2})),
            (method, _) if path.starts_with("/v1/security") => {
                self.security.called(method, path, &request.body)
            }
            _ if enrolled.is_none() => (403, json!({"error": "device_not_enrolled"})),
            _ => (200, json!({"path": path})),
        }
    }

    fn demands(&self, path: &str, client: &str) -> bool {
        let Some(demand) = self.settings.demands.get(path) else { return false };
        let is_met = demand.acr_values.split(' ').any(|acr| {
            let at = self.shown.get(&(client.to_owned(), acr.to_owned()));
            at.is_some_and(|at| self.now - at <= demand.max_age)
        });
        demand.always || !is_met
    }

    fn step_up(
        &mut self,
        request: &Request,
        client: &str,
        enrolled: Option<(String, Value)>,
    ) -> Answer {
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        let acr = body["acr"].as_str().unwrap();
        let key = match acr {
            "urn:guichet:acr:biometric" => {
                serde_json::from_value::<Jwk>(enrolled.unwrap().1).unwrap().key().unwrap()
            }
            "urn:guichet:acr:pin" => self.clients[client],
            _ => return (400, json!({"error": "invalid_request"})),
        };
        let proof = body["proof"].as_str().unwrap();
        let Some(claims) = proofs::claims(proof, "guichet-step-up+jwt", &key) else {
            return (400, json!({"error": "invalid_step_up_proof"}));
        };
        assert_eq!((&claims["iss"], &claims["aud"]), (&json!(client), &json!(ISSUER)));
        assert_eq!(claims["acr"], acr);
        let purpose = self.challenges.remove(claims["challenge"].as_str().unwrap());
        if purpose.as_deref() != Some("step_up") {
            return (400, json!({"error": "challenge_invalid"}));
        }
        self.shown.insert((client.to_owned(), acr.to_owned()), self.now);
        (200, json!({"acr": acr, "auth_time": "2036-01-01T00:00:00Z"}))
    }

    fn renew(&mut self, request: &Request, client: &str) -> Answer {
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        let Some(claims) = approval_claims(&body, client) else {
            return (400, json!({"error": "invalid_approval_proof"}));
        };
        let purpose = self.challenges.remove(claims["challenge"].as_str().unwrap());
        if purpose.as_deref() != Some("renew") {
            return (400, json!({"error": "challenge_invalid"}));
        }
        let mut devices = self.devices.iter_mut();
        let (device, (_, kept)) = devices.find(|(_, (owner, _))| owner == client).unwrap();
        *kept = body["approval_key"].clone();
        (200, json!({"device_id": device, "enrolled_at": "2026-01-01T00:00:00Z", "customer": {}}))
    }

    fn enrol(
        &mut self,
        request: &Request,
        client: &str,
        enrolled: Option<(String, Value)>,
    ) -> Answer {
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        let Some(claims) = approval_claims(&body, client) else {
            return (400, json!({"error": "invalid_approval_proof"}));
        };
        let challenge = claims["challenge"].as_str().unwrap();
        let (status, device) = match enrolled {
            Some((_, other)) if other != body["approval_key"] => {
                return (409, json!({"error": "device_exists"}));
            }
            Some((device, _)) => (200, device),
            None if self.challenges.remove(challenge).as_deref() != Some("enrol") => {
                return (400, json!({"error": "challenge_invalid"}));
            }
            None => {
                self.evidence.push((challenge.to_owned(), body["attestation"].clone()));
                (201, self.next("device"))
            }
        };
        self.devices.insert(device.clone(), (client.to_owned(), body["approval_key"].clone()));
        let customer = json!({"id": "customer-1", "name": "李明", "locale": "zh-CN",
            "not_in_pin": ["13800736204", "no number", "9"]});
        (
            status,
            json!({"device_id": device, "enrolled_at": "2026-01-01T00:00:00Z", "customer": customer}),
        )
    }
}

/// What the proof of a new approval key says, if it is one by that key.
fn approval_claims(body: &Value, client: &str) -> Option<Value> {
    let key = serde_json::from_value::<Jwk>(body["approval_key"].clone()).unwrap();
    let proof = body["approval_proof"].as_str().unwrap();
    let claims = proofs::claims(proof, "guichet-approval-key+jwt", &key.key().unwrap())?;
    assert_eq!((&claims["iss"], &claims["aud"]), (&json!(client), &json!(ISSUER)));
    Some(claims)
}

/// 32 bytes that begin with `name`.
fn challenge(name: &str) -> String {
    let mut bytes = name.as_bytes().to_vec();
    bytes.resize(32, 0);
    guichet_wire::base64url::encode(&bytes)
}
