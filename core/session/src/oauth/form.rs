//! Requests to the authorization server: a form, authenticated by the device key, with a DPoP proof.

use guichet_foundation::ids::ClientId;
use guichet_foundation::key::P256PublicKey;
use guichet_foundation::ports::{Method, Response, SignerFailure};
use guichet_foundation::time::Timestamp;
use guichet_wire::client_assertion;
use guichet_wire::dpop::Proof;
use url::{Url, form_urlencoded};

use crate::Session;
use crate::bank::{ErrorBody, Outgoing, Server, answered};
use crate::calls::{CallFailure, NotSent};

/// How often a request is repeated with a new nonce, since nothing has happened.
const NONCE_TRIES: u8 = 2;

impl Session {
    /// Posts `members` as `client`.
    pub(crate) async fn post_form(
        &self,
        client: &ClientId,
        endpoint: &str,
        members: &[(&str, &str)],
    ) -> Result<Response, CallFailure> {
        self.post_form_while(|| true, client, endpoint, members).await
    }

    /// As [`Self::post_form`], as long as it is wanted.
    pub(super) async fn post_form_while(
        &self,
        is_wanted: impl Fn() -> bool + Send,
        client: &ClientId,
        endpoint: &str,
        members: &[(&str, &str)],
    ) -> Result<Response, CallFailure> {
        let url = Url::parse(endpoint).map_err(|_| NotSent::NotReady)?;
        self.send_signed(is_wanted, |now| self.form(client, &url, members, now)).await
    }

    /// Sends what `signed` makes. Repeats it, made anew, where the server says that the nonce is not accepted, or where it refused
    /// what was signed and its `Date` shows that the clock has moved. Nothing more is sent once it is not wanted any more: asked
    /// right before each sending, since the process may have been frozen after the last.
    pub(super) async fn send_signed<'a>(
        &self,
        is_wanted: impl Fn() -> bool + Send,
        signed: impl Fn(Timestamp) -> Result<Outgoing<'a>, CallFailure> + Send,
    ) -> Result<Response, CallFailure> {
        let (mut nonces, mut clock_has_moved) = (0, false);
        loop {
            self.introduced().await?;
            if !is_wanted() {
                return Err(NotSent::NotReady.into());
            }
            let signed_at = self.signing_time()?;
            let response = self.0.contact.send(signed(signed_at)?).await?;
            let response = answered(response)?;
            if !matches!(response.status, 400 | 401) {
                return Ok(response);
            }
            let error = ErrorBody::read(&response.body).error;
            if error == "use_dpop_nonce" && nonces < NONCE_TRIES {
                nonces += 1;
            } else if is_about_signatures(&error) && !clock_has_moved && self.clock_moved(signed_at)
            {
                clock_has_moved = true;
            } else {
                self.0.forget_device_key();
                return Ok(response);
            }
        }
    }

    /// A proof for one request to the authorization server, without a token.
    pub(super) fn proof(
        &self,
        method: Method,
        url: &Url,
        key: &P256PublicKey,
        now: Timestamp,
    ) -> Result<String, SignerFailure> {
        let nonce = self.0.contact.nonce(Server::Authorization);
        let proof =
            Proof { method, url, access_token: None, nonce: nonce.as_deref(), issued_at: now };
        proof.sign(&*self.0.phone.device_signer, key, &*self.0.phone.entropy)
    }

    fn form<'a>(
        &self,
        client: &ClientId,
        url: &'a Url,
        members: &[(&str, &str)],
        now: Timestamp,
    ) -> Result<Outgoing<'a>, CallFailure> {
        let key = self.device_key()?;
        let signer = &*self.0.phone.device_signer;
        let entropy = &*self.0.phone.entropy;
        let assertion =
            client_assertion::sign(client, &self.0.profile.issuer, now, signer, &key, entropy)
                .map_err(|_| NotSent::Phone)?;
        let dpop = self.proof(Method::Post, url, &key, now).map_err(|_| NotSent::Phone)?;
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(members)
            .append_pair("client_assertion_type", client_assertion::ASSERTION_TYPE)
            .append_pair("client_assertion", &assertion)
            .finish();
        Ok(Outgoing {
            method: Method::Post,
            url,
            headers: vec![
                ("accept", "application/json".to_owned()),
                ("content-type", "application/x-www-form-urlencoded".to_owned()),
                ("dpop", dpop),
            ],
            body: body.into_bytes(),
            to: Server::Authorization,
        })
    }
}

fn is_about_signatures(error: &str) -> bool {
    matches!(error, "invalid_client" | "invalid_dpop_proof")
}
