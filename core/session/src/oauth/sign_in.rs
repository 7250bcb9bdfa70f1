//! Signing in: a pushed request, the bank's pages in the system browser, and a code for tokens.

use guichet_foundation::locale::Locale;
use guichet_foundation::sensitivity::C3;
use guichet_wire::base64url;
use guichet_wire::pkce::CodeVerifier;
use serde::Deserialize;
use url::Url;

use super::redirect::{Expected, Outcome};
use super::tokens::{Granted, SCOPE};
use crate::bank::ErrorBody;
use crate::calls::{Call, CallFailure, NotSent};
use crate::keeper::{NotKept, PendingSignIn, Registration, Snapshot, Tokens};
use crate::secret_text::SecretText;
use crate::step_up::Way;
use crate::{Session, finished};

/// The longest a customer may stay on the bank's pages, in seconds.
const LONGEST_VISIT: i64 = 3600;

/// Why a sign-in does not go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignInRefusal {
    /// The bank could not be asked, or its answer was lost: the sign-in is begun again.
    #[error(transparent)]
    Bank(#[from] CallFailure),
    /// The metadata names another issuer, or endpoints elsewhere: not the bank this app is for.
    #[error("the metadata belongs to another issuer")]
    OtherIssuer,
    /// The metadata cannot be read, or the server does not speak the profile this app demands.
    #[error("the authorization server's metadata cannot be used; the app may need an update")]
    MetadataUnusable,
    /// The bank refuses this app or the request.
    #[error("the bank refuses the request; the app may need an update")]
    RefusedByBank,
    /// The redirect does not belong to the sign-in under way. Nothing was changed: the right one may still come.
    #[error("the redirect does not belong to this sign-in")]
    NotOurs,
    /// No sign-in is under way, or it took too long: it is begun again.
    #[error("no sign-in is under way")]
    NothingPending,
    /// The customer said no on the bank's page.
    #[error("the customer declined")]
    Denied,
    /// The bank's pages ended in another error.
    #[error("the bank's page ended in an error")]
    Failed,
    /// Another customer signed in than the one this device is enrolled for. They were signed out again.
    #[error("this device is enrolled for another customer; sign out first")]
    OtherCustomer,
    /// A sign-out or another sign-in came in between.
    #[error("a newer sign-in or sign-out came in between")]
    Superseded,
}

impl From<NotSent> for SignInRefusal {
    fn from(not_sent: NotSent) -> Self {
        Self::Bank(not_sent.into())
    }
}

impl From<NotKept> for SignInRefusal {
    fn from(not_kept: NotKept) -> Self {
        match not_kept {
            NotKept::Superseded => Self::Superseded,
            NotKept::Store(_) => NotSent::Phone.into(),
        }
    }
}

#[derive(Deserialize)]
struct Pushed {
    request_uri: String,
}

impl Session {
    /// Begins a sign-in: registers the installation if need be, pushes the request, and gives the address that the system browser
    /// opens. A sign-in that was under way is replaced.
    pub async fn begin_sign_in(&self, locale: Locale) -> Result<Url, SignInRefusal> {
        let session = self.clone();
        finished(async move { session.begin_or_hang_up(locale, &[]).await }).await?
    }

    /// Begins a sign-in by which a customer who is signed in shows to be there again (RFC 9470 section 4).
    pub(crate) async fn begin_again(
        &self,
        locale: Locale,
        max_age: Option<u32>,
    ) -> Result<Url, SignInRefusal> {
        let session = self.clone();
        finished(async move {
            let max_age = max_age.map(|seconds| seconds.to_string());
            let mut demand = vec![("acr_values", Way::Bank.acr())];
            demand.extend(max_age.as_deref().map(|seconds| ("max_age", seconds)));
            session.begin_or_hang_up(locale, &demand).await
        })
        .await?
    }

    async fn begin_or_hang_up(
        &self,
        locale: Locale,
        demand: &[(&str, &str)],
    ) -> Result<Url, SignInRefusal> {
        let outcome = self.begin(locale, demand).await;
        if outcome.is_err() {
            self.0.contact.hang_up();
        }
        outcome
    }

    /// The browser's answer is not wanted any more, if it was to show that the customer is there.
    pub(crate) fn forget_pending_step_up(&self) {
        let life = self.0.keeper.life();
        let waiting = self.0.keeper.pending_sign_in();
        if !waiting.is_ok_and(|pending| pending.is_some_and(|pending| pending.is_step_up)) {
            return;
        }
        if self.0.keeper.end_sign_in(life).is_err() {
            tracing::warn!("could not note that a sign-in was given up");
        }
    }

    /// Ends a sign-in with the redirect the browser was sent to. Runs to its end even if the caller goes away.
    pub async fn finish_sign_in(&self, redirect: &str) -> Result<(), SignInRefusal> {
        let (session, redirect) = (self.clone(), C3::new(redirect.to_owned()));
        finished(async move {
            let outcome = session.finish(redirect.expose_secret()).await;
            session.0.contact.hang_up();
            outcome
        })
        .await?
    }

    /// The customer has closed the browser: a redirect that comes all the same is not waited for any more.
    pub async fn abandon_sign_in(&self) {
        let _one_at_a_time = self.0.sign_in.lock().await;
        let life = self.0.keeper.life();
        if let Err(failure) = self.0.keeper.end_sign_in(life) {
            tracing::warn!(%failure, "an abandoned sign-in could not be forgotten");
        }
        self.0.contact.hang_up();
    }

    /// `demand` is what the request asks for besides.
    async fn begin(&self, locale: Locale, demand: &[(&str, &str)]) -> Result<Url, SignInRefusal> {
        let _one_at_a_time = self.0.sign_in.lock().await;
        self.wipe_is_over().await?;
        let life = self.0.keeper.life();
        self.introduced().await?;
        let endpoints = self.discover().await?;
        // Wanted with the first receipt; if they cannot be had now, they are asked for then.
        self.current_receipt_keys(false).await.ok();
        self.rotate_key_if_due().await?;
        let seen = self.0.keeper.snapshot();
        let client = self.registered(life, &seen.registration, &endpoints).await?;
        let pending = self.pending(!demand.is_empty());
        let challenge = CodeVerifier::kept(pending.verifier.expose_secret().to_owned()).challenge();
        let members = [
            ("response_type", "code"),
            ("client_id", client.as_str()),
            ("redirect_uri", &self.0.profile.redirect_uri),
            ("scope", SCOPE),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("state", pending.state.expose_secret()),
            ("ui_locales", locale.tag()),
        ];
        let members = [&members, demand].concat();
        let response = self.post_form(&client, &endpoints.pushed_authorization, &members).await?;
        if response.status != 201 && response.status != 200 {
            return Err(self.refused(&seen, &response.body).await);
        }
        let pushed: Pushed =
            serde_json::from_slice(&response.body).map_err(|_| CallFailure::Unreadable)?;
        self.0.keeper.begin_sign_in(seen.life, &pending)?;
        let mut url = Url::parse(&endpoints.authorization).map_err(|_| NotSent::NotReady)?;
        url.query_pairs_mut()
            .append_pair("client_id", client.as_str())
            .append_pair("request_uri", &pushed.request_uri);
        Ok(url)
    }

    async fn refused(&self, seen: &Snapshot, body: &[u8]) -> SignInRefusal {
        let body = ErrorBody::read(body);
        if let Some(notice) = body.revocation.as_deref() {
            return self.told_of_revocation(seen, Some(notice)).await.into();
        }
        if body.error == "invalid_client" && seen.registration.device.is_none() {
            // The bank has forgotten the client; nothing hangs on it yet, so the next try registers anew.
            let forget = |registration: &mut Registration| registration.client_id = None;
            self.0.keeper.change_registration(seen.life, forget).ok();
        }
        SignInRefusal::RefusedByBank
    }

    fn pending(&self, is_step_up: bool) -> PendingSignIn {
        let entropy = &*self.0.phone.entropy;
        let mut state = C3::new([0; 32]);
        entropy.fill(state.expose_secret_mut());
        PendingSignIn {
            state: SecretText::new(base64url::encode(state.expose_secret())),
            verifier: SecretText::new(CodeVerifier::make(entropy).expose_secret().to_owned()),
            begun: self.0.contact.time.now(),
            is_step_up,
        }
    }

    async fn finish(&self, redirect: &str) -> Result<(), SignInRefusal> {
        let _one_at_a_time = self.0.sign_in.lock().await;
        let seen = self.0.keeper.snapshot();
        let pending = self.0.keeper.pending_sign_in().map_err(|_| NotSent::Phone)?;
        let pending = pending.ok_or(SignInRefusal::NothingPending)?;
        let expected = Expected {
            redirect_uri: &self.0.profile.redirect_uri,
            issuer: &self.0.profile.issuer,
            state: pending.state.expose_secret(),
        };
        let outcome = expected.read(redirect)?;
        self.introduced().await?;
        // Used once, and durably so before the code leaves the phone.
        self.0.keeper.end_sign_in(seen.life)?;
        if self.0.contact.time.now().seconds_since(pending.begun).abs() > LONGEST_VISIT {
            return Err(SignInRefusal::NothingPending);
        }
        match outcome {
            Outcome::Code(code) => self.exchange(&seen, &code, &pending.verifier).await,
            Outcome::Denied => Err(SignInRefusal::Denied),
            Outcome::Failed => Err(SignInRefusal::Failed),
        }
    }

    async fn exchange(
        &self,
        seen: &Snapshot,
        code: &SecretText,
        verifier: &SecretText,
    ) -> Result<(), SignInRefusal> {
        let registration = &seen.registration;
        let (Some(client), Some(endpoints)) = (&registration.client_id, &registration.endpoints)
        else {
            return Err(SignInRefusal::NothingPending);
        };
        let members = [
            ("grant_type", "authorization_code"),
            ("code", code.expose_secret()),
            ("redirect_uri", &self.0.profile.redirect_uri),
            ("code_verifier", verifier.expose_secret()),
        ];
        match self.ask_for_tokens(|| true, client, &endpoints.token, &members, None).await? {
            Granted::Tokens(tokens) => self.admit(seen, tokens).await,
            Granted::Refused(body) => match body.revocation.as_deref() {
                Some(notice) => Err(self.told_of_revocation(seen, Some(notice)).await.into()),
                None => Err(SignInRefusal::RefusedByBank),
            },
        }
    }

    async fn admit(&self, seen: &Snapshot, tokens: Tokens) -> Result<(), SignInRefusal> {
        // A refresh of the old session may have moved the generation; a wipe may not.
        let now = self.0.keeper.snapshot();
        if now.life != seen.life {
            return Err(SignInRefusal::Superseded);
        }
        self.0.keeper.commit_tokens(now.generation, tokens)?;
        if seen.registration.device.is_some() { self.confirm_customer().await } else { Ok(()) }
    }

    /// An enrolled device belongs to one customer, and so does what its vault holds: if the bank does not know the device as this
    /// session's own, someone else has signed in. A bank that cannot be asked now is asked by the next call.
    async fn confirm_customer(&self) -> Result<(), SignInRefusal> {
        let stranger =
            match self.authorised_without_customer(&Call::get(crate::devices::PATH)).await {
                Ok(reply) => !self.is_listed(&reply),
                Err(CallFailure::NotEnrolled) => true,
                Err(CallFailure::Revoked) => return Err(CallFailure::Revoked.into()),
                Err(_) => false,
            };
        if !stranger {
            return Ok(());
        }
        let seen = self.0.keeper.with_tokens().map_err(|_| NotSent::Phone)?;
        if let Some(tokens) = &seen.tokens {
            self.0.keeper.end_session_of(seen.generation, tokens.refresh.expose_secret())?;
        }
        Err(SignInRefusal::OtherCustomer)
    }
}
