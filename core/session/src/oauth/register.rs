//! Registration of this installation as a client (RFC 7591), with the device key as its only key.

use guichet_foundation::ids::ClientId;
use guichet_foundation::key::P256PublicKey;
use guichet_foundation::ports::{Method, SignerFailure};
use guichet_wire::jwk::{Jwk, thumbprint};
use serde::Deserialize;
use serde_json::json;
use url::Url;

use super::metadata::at_home;
use super::sign_in::SignInRefusal;
use super::tokens::{SCOPE, is_token};
use crate::Session;
use crate::bank::{Outgoing, Server, answered};
use crate::calls::{CallFailure, NotSent};
use crate::keeper::{Endpoints, Management, Registration};
use crate::secret_text::SecretText;

#[derive(Deserialize)]
struct Registered {
    client_id: ClientId,
    registration_access_token: Option<String>,
    registration_client_uri: Option<String>,
}

impl Session {
    /// The client this installation is registered as; registers it if it is not. A lost answer costs nothing: the same key gets the
    /// same client.
    pub(super) async fn registered(
        &self,
        life: u64,
        registration: &Registration,
        endpoints: &Endpoints,
    ) -> Result<ClientId, SignInRefusal> {
        if self.0.keeper.life() != life {
            return Err(SignInRefusal::Superseded);
        }
        let key = self.usable_device_key(registration)?;
        let same_key = registration.device_key.as_deref() == Some(thumbprint(&key).as_str());
        if let Some(client) = registration.client_id.as_ref().filter(|_| same_key) {
            self.0.keeper.change_registration(life, |registration| {
                registration.endpoints = Some(endpoints.clone());
            })?;
            return Ok(client.clone());
        }
        let registered = self.register(endpoints, &key).await?;
        let now = self.0.contact.time.now();
        let client = registered.client_id.clone();
        let new_client = registration.client_id.as_ref() != Some(&client);
        let management = registered.management(&self.0.profile.issuer);
        self.0.keeper.keep_management(life, management.as_ref())?;
        self.0.keeper.change_registration(life, |registration| {
            registration.client_id = Some(client.clone());
            registration.device_key = Some(thumbprint(&key));
            registration.endpoints = Some(endpoints.clone());
            registration.key_since = Some(now);
            registration.successor = None;
            if new_client {
                registration.device = None;
                registration.enrolling = None;
            }
        })?;
        Ok(client)
    }

    /// The device key. One that was registered and is gone cannot come back: a new key means a new client and a new enrolment.
    fn usable_device_key(&self, registration: &Registration) -> Result<P256PublicKey, NotSent> {
        let signer = &*self.0.phone.device_signer;
        let existing = signer.public_key().map_err(phone)?;
        let usable = existing.filter(|key| {
            registration.device_key.as_ref().is_none_or(|known| *known == thumbprint(key))
        });
        let key = usable.map_or_else(|| signer.create().map_err(phone), Ok);
        self.0.forget_device_key();
        key
    }

    async fn register(
        &self,
        endpoints: &Endpoints,
        key: &P256PublicKey,
    ) -> Result<Registered, SignInRefusal> {
        let url = Url::parse(&endpoints.registration).map_err(|_| NotSent::NotReady)?;
        let outgoing = Outgoing {
            method: Method::Post,
            url: &url,
            headers: vec![
                ("accept", "application/json".to_owned()),
                ("content-type", "application/json".to_owned()),
                ("authorization", format!("Bearer {}", self.0.profile.registration_token)),
            ],
            body: metadata(&self.0.profile.redirect_uri, key).to_string().into_bytes(),
            to: Server::Authorization,
        };
        let response = answered(self.0.contact.send(outgoing).await.map_err(CallFailure::from)?)?;
        match response.status {
            200 | 201 => {
                serde_json::from_slice(&response.body).map_err(|_| CallFailure::Unreadable.into())
            }
            _ => Err(SignInRefusal::RefusedByBank),
        }
    }
}

impl Registered {
    /// Believed only on the issuer's origin: a token must not be led elsewhere.
    fn management(self, issuer: &str) -> Option<Management> {
        let uri = self.registration_client_uri.filter(|uri| at_home(uri, issuer))?;
        let token = SecretText::new(self.registration_access_token?);
        is_token(&token).then_some(Management { uri, token })
    }
}

/// What the client says about itself (RFC 7591 section 2), with `key` as its only key.
pub(super) fn metadata(redirect_uri: &str, key: &P256PublicKey) -> serde_json::Value {
    let mut jwk = json!(Jwk::of(key));
    if let Some(jwk) = jwk.as_object_mut() {
        jwk.insert("use".to_owned(), "sig".into());
        jwk.insert("alg".to_owned(), "ES256".into());
        jwk.insert("kid".to_owned(), thumbprint(key).into());
    }
    json!({
        "client_name": "Guichet",
        "redirect_uris": [redirect_uri],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "ES256",
        "dpop_bound_access_tokens": true,
        "scope": SCOPE,
        "jwks": {"keys": [jwk]},
    })
}

pub(super) fn phone(failure: SignerFailure) -> NotSent {
    tracing::warn!(%failure, "the device key cannot be used");
    NotSent::Phone
}
