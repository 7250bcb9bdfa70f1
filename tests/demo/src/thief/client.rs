//! The thief's HTTP client: any key, any token, any request, as often as one likes.

use anyhow::{Context as _, Result};
use reqwest::Method;
use serde_json::{Value, json};

use super::clock::now;
use super::message_signature::{Words, headers};
use crate::https;
use crate::jose::{Key, b64, sha256};
use crate::json::{set, text};
use crate::phone::hardware::fill_random;

const ANSWER_LIMIT: usize = 1 << 20;

/// The thief at the bank's door.
pub(crate) struct Client {
    http: reqwest::Client,
    issuer: String,
    nonce: Option<String>,
}

/// A request as it goes out, so that it can go out twice.
#[derive(Clone)]
pub(crate) struct Prepared {
    method: Method,
    url: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

/// What the bank said.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
    /// The `error` of a `WWW-Authenticate`.
    challenge: Option<String>,
}

impl Answer {
    /// The bank's error code, `-` if there is none.
    pub(crate) fn error(&self) -> String {
        let named = text(&self.body, "error");
        named.or_else(|| self.challenge.clone()).unwrap_or_else(|| "-".to_owned())
    }

    /// `401 invalid_token`, `200`.
    pub(crate) fn summary(&self) -> String {
        match self.error().as_str() {
            "-" => self.status.to_string(),
            error => format!("{} {error}", self.status),
        }
    }

    fn wants_a_nonce(&self) -> bool {
        self.error() == "use_dpop_nonce"
    }
}

impl Client {
    /// A client that trusts the bank's CA. The bank's origin is where the phone found it.
    pub(crate) fn at(issuer: &str, ca_pem: &str) -> Result<Self> {
        let http = https::builder(ca_pem.as_bytes())?.build()?;
        Ok(Self { http, issuer: issuer.to_owned(), nonce: None })
    }

    /// A call of the API with this token, proved by this key, ready to be sent. The bank's nonce is fetched first.
    pub(crate) async fn prepare(
        &mut self,
        key: &Key,
        token: &str,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Prepared> {
        if self.nonce.is_none() {
            let probe = self.authorised(key, token, Method::GET, "/v1/devices", None);
            self.send(&probe).await?;
        }
        Ok(self.authorised(key, token, method, path, body))
    }

    /// Prepares and sends.
    pub(crate) async fn call(
        &mut self,
        key: &Key,
        token: &str,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Answer> {
        let prepared = self.prepare(key, token, method, path, body).await?;
        self.send(&prepared).await
    }

    /// A form to the token endpoint.
    pub(crate) async fn token(
        &mut self,
        key: &Key,
        client_id: &str,
        form: &[(&str, &str)],
    ) -> Result<Answer> {
        self.form(key, client_id, "/oauth/token", form).await
    }

    /// A form to an OAuth endpoint, with a proof and a client assertion by this key.
    pub(crate) async fn form(
        &mut self,
        key: &Key,
        client_id: &str,
        path: &str,
        form: &[(&str, &str)],
    ) -> Result<Answer> {
        let answer = self.form_once(key, client_id, path, form).await?;
        if answer.wants_a_nonce() {
            self.form_once(key, client_id, path, form).await
        } else {
            Ok(answer)
        }
    }

    /// Registers a client of the thief's own. The registration token is in every copy of the app.
    pub(crate) async fn register(
        &mut self,
        key: &Key,
        token: &str,
        redirect_uri: &str,
    ) -> Result<String> {
        let mut jwk = key.jwk();
        set(&mut jwk, "use", "sig");
        set(&mut jwk, "alg", "ES256");
        set(&mut jwk, "kid", key.thumbprint());
        let body = json!({
            "client_name": "Guichet", "redirect_uris": [redirect_uri],
            "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
            "token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_signing_alg": "ES256",
            "dpop_bound_access_tokens": true, "scope": "banking", "jwks": {"keys": [jwk]},
        });
        let prepared = Prepared {
            method: Method::POST,
            url: format!("{}/oauth/register", self.issuer),
            headers: vec![
                ("authorization", format!("Bearer {token}")),
                ("content-type", "application/json".to_owned()),
            ],
            body: body.to_string().into_bytes(),
        };
        let answer = self.send(&prepared).await?;
        let client_id = text(&answer.body, "client_id");
        client_id.with_context(|| format!("the thief cannot register: {}", answer.summary()))
    }

    /// Sends what was prepared, byte for byte, as often as it is called.
    pub(crate) async fn send(&mut self, prepared: &Prepared) -> Result<Answer> {
        let mut request = self.http.request(prepared.method.clone(), &prepared.url);
        for (name, value) in &prepared.headers {
            request = request.header(*name, value);
        }
        let response = request
            .body(prepared.body.clone())
            .send()
            .await
            .context("the thief does not reach the bank")?;
        let header = |name: &str| {
            response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
        };
        if let Some(nonce) = header("dpop-nonce") {
            self.nonce = Some(nonce);
        }
        let challenge = header("www-authenticate").and_then(|value| {
            let (_, rest) = value.split_once("error=\"")?;
            rest.split_once('"').map(|(error, _)| error.to_owned())
        });
        let status = response.status().as_u16();
        let body = https::text(response, ANSWER_LIMIT).await?;
        Ok(Answer { status, body: serde_json::from_str(&body).unwrap_or_default(), challenge })
    }

    fn authorised(
        &self,
        key: &Key,
        token: &str,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Prepared {
        let url = format!("{}{path}", self.issuer);
        let body = body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
        let authorization = format!("DPoP {token}");
        let dpop = self.proof(key, method.as_str(), &url, Some(token));
        let mut all = vec![("authorization", authorization.clone()), ("dpop", dpop.clone())];
        if method != Method::GET {
            let words = Words {
                method: method.as_str(),
                url: &url,
                authorization: &authorization,
                dpop: &dpop,
                body: &body,
            };
            all.extend(headers(&words, key, now()));
            all.push(("content-type", "application/json".to_owned()));
        }
        Prepared { method, url, headers: all, body }
    }

    async fn form_once(
        &mut self,
        key: &Key,
        client_id: &str,
        path: &str,
        form: &[(&str, &str)],
    ) -> Result<Answer> {
        let url = format!("{}{path}", self.issuer);
        let header = json!({"alg": "ES256", "kid": key.thumbprint(), "typ": "JWT"});
        let claims = json!({"iss": client_id, "sub": client_id, "aud": self.issuer, "jti": jti(),
            "iat": now(), "exp": now() + 60});
        let assertion = key.jws(&header, &claims);
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .append_pair("client_id", client_id)
            .append_pair(
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            )
            .append_pair("client_assertion", &assertion)
            .finish();
        let prepared = Prepared {
            method: Method::POST,
            headers: vec![
                ("dpop", self.proof(key, "POST", &url, None)),
                ("content-type", "application/x-www-form-urlencoded".to_owned()),
            ],
            url,
            body: body.into_bytes(),
        };
        self.send(&prepared).await
    }

    fn proof(&self, key: &Key, method: &str, url: &str, token: Option<&str>) -> String {
        let header = json!({"alg": "ES256", "jwk": key.jwk(), "typ": "dpop+jwt"});
        let htu = url.split('?').next().unwrap_or_default();
        let mut claims = json!({"htm": method, "htu": htu, "iat": now(), "jti": jti()});
        if let Some(nonce) = &self.nonce {
            set(&mut claims, "nonce", nonce.as_str());
        }
        if let Some(token) = token {
            set(&mut claims, "ath", sha256(token));
        }
        key.jws(&header, &claims)
    }
}

fn jti() -> String {
    let mut bytes = [0; 16];
    fill_random(&mut bytes);
    b64(bytes)
}
