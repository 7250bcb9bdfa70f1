//! A phone written from the protocol's text, honest unless a test changes what it is about to send.

use axum::body::Body;
use axum::http::header::LOCATION;
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use crate::bank::{Answer, TestBank};
use crate::signing::{Key, b64, content_digest, random_b64, sha256_b64, signature_field};

pub(crate) const REDIRECT_URI: &str = "https://app.guichet.example/callback";

pub(crate) struct Phone {
    pub(crate) device_key: Key,
    pub(crate) approval_key: Key,
    pub(crate) client_id: String,
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
    pub(crate) device_id: String,
}

/// What a pushed request was made of.
pub(crate) struct Pushed {
    pub(crate) request_uri: String,
    pub(crate) verifier: String,
    pub(crate) state: String,
}

/// A call that can still be changed before it is sent.
pub(crate) struct Call {
    pub(crate) method: Method,
    /// Path and query.
    pub(crate) target: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

impl Call {
    pub(crate) fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.headers.retain(|(header, _)| *header != name);
        self.headers.push((name, value.into()));
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        &self.headers.iter().find(|(header, _)| *header == name).unwrap().1
    }

    pub(crate) async fn send(self, bank: &TestBank) -> Answer {
        let mut request = Request::builder().method(self.method).uri(&self.target);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        bank.send(request.body(Body::from(self.body)).unwrap()).await
    }
}

impl Phone {
    /// A phone that has registered.
    pub(crate) async fn registered(bank: &TestBank) -> Self {
        let mut phone = Self {
            device_key: Key::draw(),
            approval_key: Key::draw(),
            client_id: String::new(),
            access_token: String::new(),
            refresh_token: String::new(),
            device_id: String::new(),
        };
        let answer = register(bank, &phone.registration()).await;
        answer.must_succeed(201);
        answer.json()["client_id"].as_str().unwrap().clone_into(&mut phone.client_id);
        phone
    }

    /// A phone whose customer has signed in.
    pub(crate) async fn signed_in(bank: &TestBank) -> Self {
        let mut phone = Self::registered(bank).await;
        phone.sign_in(bank, 0).await;
        phone
    }

    /// A phone that has enrolled its approval key.
    pub(crate) async fn enrolled(bank: &TestBank) -> Self {
        let mut phone = Self::signed_in(bank).await;
        let answer = phone.enrol(bank).await;
        answer.must_succeed(201);
        answer.json()["device_id"].as_str().unwrap().clone_into(&mut phone.device_id);
        phone
    }

    pub(crate) fn registration(&self) -> Value {
        let mut key = self.device_key.jwk();
        key["use"] = "sig".into();
        key["alg"] = "ES256".into();
        key["kid"] = self.device_key.thumbprint().into();
        json!({
            "client_name": "Guichet", "redirect_uris": [REDIRECT_URI],
            "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
            "token_endpoint_auth_method": "private_key_jwt",
            "token_endpoint_auth_signing_alg": "ES256", "dpop_bound_access_tokens": true,
            "scope": "banking", "jwks": { "keys": [key] },
        })
    }

    pub(crate) async fn sign_in(&mut self, bank: &TestBank, customer: usize) {
        let pushed = self.push(bank).await;
        let code = self.allow(bank, &pushed, customer).await;
        let answer = self.exchange(bank, &code, &pushed.verifier).await;
        answer.must_succeed(200);
        self.keep_tokens(&answer);
    }

    pub(crate) fn keep_tokens(&mut self, answer: &Answer) {
        let tokens = answer.json();
        tokens["access_token"].as_str().unwrap().clone_into(&mut self.access_token);
        tokens["refresh_token"].as_str().unwrap().clone_into(&mut self.refresh_token);
    }

    // Client authentication and proofs.

    pub(crate) fn assertion_claims(&self, bank: &TestBank) -> Value {
        json!({ "iss": self.client_id, "sub": self.client_id, "aud": bank.issuer(),
                "jti": random_b64(), "iat": bank.now(), "exp": bank.now() + 60 })
    }

    pub(crate) fn assertion(&self, claims: &Value) -> String {
        let header = json!({ "alg": "ES256", "kid": self.device_key.thumbprint(), "typ": "JWT" });
        self.device_key.jws(&header, claims)
    }

    pub(crate) fn proof(&self, claims: &Value) -> String {
        let header = json!({ "alg": "ES256", "jwk": self.device_key.jwk(), "typ": "dpop+jwt" });
        self.device_key.jws(&header, claims)
    }

    /// A form with client authentication and a proof.
    pub(crate) fn form(&self, bank: &TestBank, path: &str, fields: &[(&str, &str)]) -> Call {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair(
            "client_assertion_type",
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        );
        form.append_pair("client_assertion", &self.assertion(&self.assertion_claims(bank)));
        form.extend_pairs(fields);
        let proof = self.proof(&proof_claims(bank, "POST", path));
        Call {
            method: Method::POST,
            target: path.to_owned(),
            headers: vec![
                ("content-type", "application/x-www-form-urlencoded".to_owned()),
                ("dpop", proof),
            ],
            body: form.finish().into_bytes(),
        }
    }

    // Sign-in.

    pub(crate) fn pushed_fields<'a>(
        &'a self,
        challenge: &'a str,
        state: &'a str,
    ) -> Vec<(&'static str, &'a str)> {
        vec![
            ("response_type", "code"),
            ("client_id", &self.client_id),
            ("redirect_uri", REDIRECT_URI),
            ("scope", "banking"),
            ("code_challenge", challenge),
            ("code_challenge_method", "S256"),
            ("state", state),
            ("ui_locales", "en"),
        ]
    }

    pub(crate) async fn push(&self, bank: &TestBank) -> Pushed {
        let (verifier, state) = (random_b64(), random_b64());
        let challenge = sha256_b64(&verifier);
        let call = self.form(bank, "/oauth/par", &self.pushed_fields(&challenge, &state));
        let answer = call.send(bank).await;
        answer.must_succeed(201);
        assert_eq!(answer.json()["expires_in"], 60);
        let request_uri = answer.json()["request_uri"].as_str().unwrap().to_owned();
        Pushed { request_uri, verifier, state }
    }

    pub(crate) async fn open(&self, bank: &TestBank, request_uri: &str) -> Answer {
        open(bank, &self.client_id, request_uri).await
    }

    /// Goes through the pages as a customer who allows; gives the code.
    pub(crate) async fn allow(&self, bank: &TestBank, pushed: &Pushed, customer: usize) -> String {
        let page = self.open(bank, &pushed.request_uri).await;
        page.must_succeed(200);
        let consent = sign_in_as(bank, &page, customer).await;
        consent.must_succeed(200);
        let answer = decide(bank, &hidden_page(&consent), "allow").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        redirect_parameter(&answer, "code").unwrap()
    }

    pub(crate) async fn exchange(&self, bank: &TestBank, code: &str, verifier: &str) -> Answer {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", verifier),
        ];
        self.form(bank, "/oauth/token", &fields).send(bank).await
    }

    pub(crate) async fn refresh(&self, bank: &TestBank, refresh_token: &str) -> Answer {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
        self.form(bank, "/oauth/token", &fields).send(bank).await
    }

    // Calls.

    /// An honest call: signed if it changes something.
    pub(crate) fn call(&self, bank: &TestBank, method: Method, target: &str, body: &Value) -> Call {
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        let path = target.split('?').next().unwrap();
        let mut claims = proof_claims(bank, method.as_str(), path);
        claims["ath"] = sha256_b64(&self.access_token).into();
        let mut call = Call {
            method,
            target: target.to_owned(),
            headers: vec![
                ("authorization", format!("DPoP {}", self.access_token)),
                ("dpop", self.proof(&claims)),
            ],
            body,
        };
        if call.method != Method::GET {
            call.set("content-digest", content_digest(&call.body));
            self.sign(bank, &mut call);
        }
        call
    }

    /// Signs a call as it stands.
    pub(crate) fn sign(&self, bank: &TestBank, call: &mut Call) {
        self.sign_with(bank, call, &self.signature_parameters(bank.now()));
    }

    pub(crate) fn signature_parameters(&self, created: i64) -> String {
        format!(
            "(\"@method\" \"@target-uri\" \"authorization\" \"dpop\" \"content-digest\");\
             created={created};keyid=\"{}\";alg=\"ecdsa-p256-sha256\";tag=\"guichet-v1\"",
            self.device_key.thumbprint()
        )
    }

    pub(crate) fn sign_with(&self, bank: &TestBank, call: &mut Call, parameters: &str) {
        let base = format!(
            "\"@method\": {}\n\"@target-uri\": {}{}\n\"authorization\": {}\n\"dpop\": {}\n\
             \"content-digest\": {}\n\"@signature-params\": {parameters}",
            call.method,
            bank.issuer(),
            call.target,
            call.header("authorization"),
            call.header("dpop"),
            call.header("content-digest"),
        );
        let signature = signature_field(&self.device_key.sign(base.as_bytes()));
        call.set("signature-input", format!("sig1={parameters}"));
        call.set("signature", signature);
    }

    pub(crate) async fn get(&self, bank: &TestBank, target: &str) -> Answer {
        self.call(bank, Method::GET, target, &Value::Null).send(bank).await
    }

    pub(crate) async fn post(&self, bank: &TestBank, target: &str, body: &Value) -> Answer {
        self.call(bank, Method::POST, target, body).send(bank).await
    }

    pub(crate) async fn delete(&self, bank: &TestBank, target: &str) -> Answer {
        self.call(bank, Method::DELETE, target, &Value::Null).send(bank).await
    }

    // Enrolment.

    pub(crate) async fn challenge(&self, bank: &TestBank, purpose: &str) -> String {
        let answer = self.post(bank, "/v1/challenges", &json!({ "purpose": purpose })).await;
        answer.must_succeed(201);
        answer.json()["challenge"].as_str().unwrap().to_owned()
    }

    pub(crate) fn possession_claims(&self, bank: &TestBank, challenge: &str) -> Value {
        json!({ "iss": self.client_id, "aud": bank.issuer(), "challenge": challenge,
                "jkt": self.approval_key.thumbprint() })
    }

    pub(crate) fn enrolment(&self, claims: &Value) -> Value {
        let header = json!({ "alg": "ES256", "typ": "guichet-approval-key+jwt" });
        json!({ "name": "Li Ming's phone", "platform": "android",
                "approval_key": self.approval_key.jwk(),
                "approval_proof": self.approval_key.jws(&header, claims) })
    }

    pub(crate) async fn enrol(&self, bank: &TestBank) -> Answer {
        let challenge = self.challenge(bank, "enrol").await;
        let enrolment = self.enrolment(&self.possession_claims(bank, &challenge));
        self.post(bank, "/v1/devices", &enrolment).await
    }
}

/// The claims of an honest proof; the nonce is what the bank hands out now.
pub(crate) fn proof_claims(bank: &TestBank, method: &str, path: &str) -> Value {
    json!({ "htm": method, "htu": format!("{}{path}", bank.issuer()), "iat": bank.now(),
            "jti": random_b64(), "nonce": bank.running.bank.dpop.nonce(bank.now()) })
}

pub(crate) async fn register(bank: &TestBank, registration: &Value) -> Answer {
    let token = &bank.running.announcement.registration_token;
    let request = Request::post("/oauth/register")
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .body(Body::from(registration.to_string()))
        .unwrap();
    bank.send(request).await
}

// The browser.

pub(crate) async fn open(bank: &TestBank, client_id: &str, request_uri: &str) -> Answer {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("client_id", client_id), ("request_uri", request_uri)])
        .finish();
    let address = format!("/oauth/authorize?{query}");
    bank.browse(Request::get(address).body(Body::empty()).unwrap()).await
}

pub(crate) async fn sign_in_as(bank: &TestBank, page: &Answer, customer: usize) -> Answer {
    let person = &bank.running.announcement.customers[customer];
    type_password(bank, page, person.username, person.password).await
}

pub(crate) async fn type_password(
    bank: &TestBank,
    page: &Answer,
    username: &str,
    password: &str,
) -> Answer {
    let hidden = hidden_page(page);
    let fields = [("page", hidden.as_str()), ("username", username), ("password", password)];
    post_form(bank, "/oauth/sign-in", &fields).await
}

pub(crate) async fn decide(bank: &TestBank, page: &str, decision: &str) -> Answer {
    post_form(bank, "/oauth/decision", &[("page", page), ("decision", decision)]).await
}

pub(crate) async fn post_form(bank: &TestBank, path: &str, fields: &[(&str, &str)]) -> Answer {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = Request::post(path)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(body))
        .unwrap();
    bank.browse(request).await
}

pub(crate) fn hidden_page(page: &Answer) -> String {
    let (_, rest) = page.text().split_once("name=\"page\" value=\"").expect("a form");
    rest.split_once('"').unwrap().0.to_owned()
}

pub(crate) fn redirect_parameter(answer: &Answer, name: &str) -> Option<String> {
    let location = url::Url::parse(answer.header(LOCATION.as_str())).unwrap();
    location.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// Something that is base64url but means nothing.
pub(crate) fn nonsense() -> String {
    b64(random_b64())
}
