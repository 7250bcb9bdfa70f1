//! Who calls: the extractors that handlers take as their last argument.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::Method;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::message_signature::Signed;
use super::{ApiError, ErrorCode, authorization, digest, message_signature, step_up};
use crate::devices;
use crate::dpop::{Expected, Proof};
use crate::oauth::{self, Authentication};
use crate::security::ProvenDevice;
use crate::server::{BODY_MAX, Bank};

/// A client that has proven its token, its key and, where the call changes something, its words.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Whose session it is.
    pub customer_id: String,
    /// The registered client: one installation.
    pub client_id: String,
    /// The thumbprint of the device key, which everything was signed with.
    pub key_thumbprint: String,
    /// The enrolled device, if this client has enrolled.
    pub device_id: Option<String>,
    /// When the call came, in seconds since 1970.
    pub at: i64,
    grant_id: String,
    authentications: Vec<Authentication>,
    body: Bytes,
}

impl Caller {
    /// What the customer allowed: where it is noted that they have shown to be there.
    pub fn grant_id(&self) -> &str {
        &self.grant_id
    }

    /// How and when the customer has shown to be there.
    pub fn authentications(&self) -> &[Authentication] {
        &self.authentications
    }

    /// The body's bytes, already covered by the digest and the signature.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Reads the body as JSON; 400 `invalid_request` if it is not of this shape.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        serde_json::from_slice(&self.body).map_err(|_| {
            ApiError::new(ErrorCode::InvalidRequest, "the body is not of the expected shape")
        })
    }
}

/// A caller whose device is enrolled; others get 403 `device_not_enrolled`.
#[derive(Clone, Debug)]
pub struct EnrolledCaller {
    /// Whose session it is.
    pub customer_id: String,
    /// The registered client: one installation.
    pub client_id: String,
    /// The enrolled device.
    pub device_id: String,
    caller: Caller,
}

impl EnrolledCaller {
    /// The same as any caller.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// As [`Caller::body`].
    pub fn body(&self) -> &[u8] {
        self.caller.body()
    }

    /// As [`Caller::json`].
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        self.caller.json()
    }
}

impl FromRequest<Bank> for Caller {
    type Rejection = ApiError;

    /// In the protocol's order: nonce and proof, token and binding, digest, signature, revocation,
    /// and the step-up that the sandbox's switch demands.
    async fn from_request(request: Request, bank: &Bank) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let now = bank.clock.seconds();
        let url = format!("{}{}", bank.issuer, parts.uri.path());
        let expected = Expected { method: &parts.method, url: &url, now };
        let proof = bank.dpop.verify(&parts.headers, expected)?;
        let session = authorization::session(bank, &parts.headers, &proof, now)?;

        let body = if is_safe(&parts.method) {
            Bytes::new()
        } else {
            let body = read(body).await?;
            verify_words(bank, &parts, &body, &proof, now)?;
            body
        };
        let device_id = devices::current(bank, &session, now)?;
        if let (Some(proven), Some(device_id)) =
            (parts.extensions.get::<ProvenDevice>(), &device_id)
        {
            proven.is(&session.customer_id, device_id);
        }
        if !session.used {
            bank.store.write(|tx| oauth::used(tx, &session.grant_id, now))?;
        }
        let caller = Self {
            customer_id: session.customer_id,
            client_id: session.client_id,
            key_thumbprint: session.key_thumbprint,
            device_id,
            at: now,
            grant_id: session.grant_id,
            authentications: session.authentications,
            body,
        };
        demanded_by_switch(bank, &parts, &caller)?;
        Ok(caller)
    }
}

fn demanded_by_switch(bank: &Bank, parts: &Parts, caller: &Caller) -> Result<(), ApiError> {
    let is_met = |acrs: &[oauth::Acr], max_age_s| {
        step_up::is_met(&caller.authentications, acrs, max_age_s, caller.at)
    };
    match bank.switches.step_up(&parts.method, parts.uri.path(), is_met) {
        Some((acrs, max_age_s)) => Err(ApiError::step_up(&acrs, max_age_s)),
        None => Ok(()),
    }
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

async fn read(body: Body) -> Result<Bytes, ApiError> {
    to_bytes(body, BODY_MAX)
        .await
        .map_err(|_| ApiError::new(ErrorCode::TooLarge, "the body is longer than 64 KiB"))
}

/// The digest and the message signature of a call that changes something.
fn verify_words(
    bank: &Bank,
    parts: &Parts,
    body: &[u8],
    proof: &Proof,
    now: i64,
) -> Result<(), ApiError> {
    if !digest::covers(&parts.headers, body) {
        return Err(ApiError::new(
            ErrorCode::InvalidSignature,
            "Content-Digest is missing or is not the body's sha-256",
        ));
    }
    let path_and_query =
        parts.uri.path_and_query().map_or(parts.uri.path(), |whole| whole.as_str());
    let signed = Signed {
        method: parts.method.as_str(),
        target_uri: &format!("{}{path_and_query}", bank.issuer),
        headers: &parts.headers,
    };
    message_signature::verify(signed, &proof.key, now)
        .map_err(|refused| ApiError::new(ErrorCode::InvalidSignature, refused.to_string()))
}

impl FromRequest<Bank> for EnrolledCaller {
    type Rejection = ApiError;

    async fn from_request(request: Request, bank: &Bank) -> Result<Self, ApiError> {
        let caller = Caller::from_request(request, bank).await?;
        let Some(device_id) = caller.device_id.clone() else {
            return Err(ApiError::not_enrolled());
        };
        Ok(Self {
            customer_id: caller.customer_id.clone(),
            client_id: caller.client_id.clone(),
            device_id,
            caller,
        })
    }
}
