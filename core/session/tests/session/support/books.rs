//! What the bank knows: clients, codes, tokens, devices.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use guichet_foundation::key::P256PublicKey;
use guichet_foundation::ports::{Method, Request};
use guichet_wire::jwk::Jwk;
use guichet_wire::pkce::CodeVerifier;
use serde_json::{Value, json};

use super::bank::{Fault, ISSUER, REDIRECT_URI};
use super::proofs;
use super::security::Security;

pub(super) type Answer = (u16, Value);

pub(super) const APPROVAL_KEY: &str = "/v1/devices/current/approval-key";

#[derive(Default)]
pub(super) struct Inside {
    pub(super) sent: Vec<Request>,
    pub(super) faults: BTreeMap<String, VecDeque<Fault>>,
    pub(super) nonce: u64,
    pub(super) nonces_used: BTreeSet<String>,
    pub(super) serial: u64,
    pub(super) clients: BTreeMap<String, P256PublicKey>,
    pub(super) pushed: BTreeMap<String, BTreeMap<String, String>>,
    pub(super) codes: BTreeMap<String, BTreeMap<String, String>>,
    pub(super) access: BTreeMap<String, String>,
    pub(super) refresh: BTreeMap<String, String>,
    pub(super) devices: BTreeMap<String, (String, Value)>,
    pub(super) revoked: BTreeMap<String, String>,
    /// With their purposes.
    pub(super) challenges: BTreeMap<String, String>,
    /// What customers have shown, by client and way, and when.
    pub(super) shown: BTreeMap<(String, String), i64>,
    pub(super) now: i64,
    pub(super) security: Security,
    pub(super) settings: Settings,
}

/// How the bank behaves.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) rotate: bool,
    pub(crate) pins: String,
    pub(crate) receipt_keys: String,
    pub(crate) forge_notices: bool,
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

    pub(super) fn tokens(&mut self, form: BTreeMap<String, String>, client: &str) -> Answer {
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
            self.next("refresh")
        } else {
            let sent = &form["refresh_token"];
            if self.refresh.get(sent).map(String::as_str) != Some(client) {
                return (400, json!({"error": "invalid_grant"}));
            }
            // A rotated token stays good for a while: a lost answer costs nothing.
            if self.settings.rotate { self.next("refresh") } else { sent.clone() }
        };
        let access = self.next("access");
        self.access.insert(access.clone(), client.to_owned());
        self.refresh.insert(refresh.clone(), client.to_owned());
        let answer = json!({"access_token": access, "token_type": "DPoP", "expires_in": 300,
            "refresh_token": refresh, "scope": "banking"});
        (200, answer)
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
        let key = serde_json::from_value::<Jwk>(body["approval_key"].clone()).unwrap();
        let proof = body["approval_proof"].as_str().unwrap();
        let claims = proofs::claims(proof, "guichet-approval-key+jwt", &key.key().unwrap());
        let Some(claims) = claims else { return (400, json!({"error": "invalid_approval_proof"})) };
        assert_eq!((&claims["iss"], &claims["aud"]), (&json!(client), &json!(ISSUER)));
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
        let key = serde_json::from_value::<Jwk>(body["approval_key"].clone()).unwrap();
        let proof = body["approval_proof"].as_str().unwrap();
        let claims = proofs::claims(proof, "guichet-approval-key+jwt", &key.key().unwrap());
        let Some(claims) = claims else { return (400, json!({"error": "invalid_approval_proof"})) };
        assert_eq!((&claims["iss"], &claims["aud"]), (&json!(client), &json!(ISSUER)));
        let purpose = self.challenges.remove(claims["challenge"].as_str().unwrap());
        if purpose.as_deref() != Some("enrol") {
            return (400, json!({"error": "challenge_invalid"}));
        }
        let (status, device) = match enrolled {
            Some((_, other)) if other != body["approval_key"] => {
                return (409, json!({"error": "device_exists"}));
            }
            Some((device, _)) => (200, device),
            None => (201, self.next("device")),
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

/// 32 bytes that begin with `name`.
fn challenge(name: &str) -> String {
    let mut bytes = name.as_bytes().to_vec();
    bytes.resize(32, 0);
    guichet_wire::base64url::encode(&bytes)
}
