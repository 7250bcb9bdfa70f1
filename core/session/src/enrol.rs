//! Enrolling this installation as a device of the customer (docs/protocol.md, sections 6 and 7.1).

use guichet_foundation::ids::{CustomerId, DeviceId};
use guichet_foundation::key::P256PublicKey;
use guichet_foundation::locale::Locale;
use guichet_foundation::ports::{PromptFailure, SignerFailure};
use guichet_foundation::sensitivity::C2;
use guichet_wire::es256;
use guichet_wire::jwk::{Jwk, thumbprint};
use guichet_wire::jws::Unsigned;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::bank::ErrorBody;
use crate::calls::{Call, CallFailure, Reply};
use crate::challenges::Purpose;
use crate::devices::NAME_MAX;
use crate::keeper::{Enrolled, Enrolling, NotKept, Snapshot};
use crate::{Session, finished};

/// What a device runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Platform {
    /// Android.
    Android,
    /// iOS.
    Ios,
    /// Anything else.
    Other,
}

impl Platform {
    /// A platform this app does not know is another one.
    pub(crate) fn known<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let platform = serde_json::Value::deserialize(from)?;
        Ok(serde_json::from_value(platform).unwrap_or(Self::Other))
    }
}

/// The customer a device is enrolled for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// The customer.
    pub id: CustomerId,
    /// The customer's name.
    pub name: C2<String>,
    /// The language the bank knows the customer by, if this app speaks it.
    #[serde(default, deserialize_with = "known_locale")]
    pub locale: Option<Locale>,
    /// Digits that others may know (birthday, phone, identity card), as far as the bank has told them: no PIN holds them.
    #[serde(default, deserialize_with = "digits_only")]
    pub not_in_pin: Vec<C2<String>>,
}

/// The most numbers that are kept, and the most digits of one.
const NUMBERS: usize = 16;
const DIGITS: usize = 32;

/// What is no number is passed over: it cannot be in a PIN.
fn digits_only<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<C2<String>>, D::Error> {
    let told = Vec::<C2<String>>::deserialize(from)?;
    let is_number = |text: &C2<String>| {
        text.expose().len() <= DIGITS && text.expose().bytes().all(|byte| byte.is_ascii_digit())
    };
    Ok(told.into_iter().filter(is_number).take(NUMBERS).collect())
}

fn known_locale<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Locale>, D::Error> {
    let tag = Option::<String>::deserialize(from)?;
    Ok(tag.and_then(|tag| tag.parse().ok()))
}

/// Why the device is not enrolled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnrolRefusal {
    /// The bank could not be asked, or its answer was lost. Trying again is safe: the same key gets the same device.
    #[error(transparent)]
    Bank(#[from] CallFailure),
    /// The name is not 1 to 64 characters.
    #[error("a device's name has 1 to 64 characters")]
    Name,
    /// The phone could not make the approval key.
    #[error(transparent)]
    ApprovalKey(#[from] SignerFailure),
    /// The person did not prove the approval key.
    #[error(transparent)]
    Prompt(#[from] PromptFailure),
    /// The bank did not accept the proof; the next try makes a new key and a new challenge.
    #[error("the bank did not accept the proof of the approval key; try again")]
    ProofRefused,
    /// The bank does not believe what the phone's makers say of the key; the next try makes a new key and asks them again.
    #[error("the bank did not accept the phone's own word for its key; try again")]
    AttestationRefused,
    /// The bank knows another approval key for this installation: it has to sign out and begin anew.
    #[error("another approval key is enrolled for this installation; sign out and begin anew")]
    OtherKeyEnrolled,
    /// The vault on this phone is another customer's, or nobody knows whose: signing out destroys it and begins anew.
    #[error("the vault on this phone belongs to another customer; sign out first")]
    OtherCustomer,
    /// The device is enrolled already.
    #[error("this device is enrolled already")]
    AlreadyEnrolled,
    /// A sign-out or a wipe came in between.
    #[error("a sign-out came in between")]
    Superseded,
}

impl From<NotKept> for EnrolRefusal {
    fn from(not_kept: NotKept) -> Self {
        match not_kept {
            NotKept::Superseded => Self::Superseded,
            NotKept::Store(_) => Self::Bank(crate::NotSent::Phone.into()),
        }
    }
}

#[derive(Deserialize)]
struct Answer {
    device_id: DeviceId,
    customer: Customer,
}

impl Session {
    /// Makes the approval key, has the person prove it with a biometric, and enrols the device under `name`. `reason` is what the
    /// prompt says. Runs to its end even if the caller goes away; a second try after a lost answer sends the same words again, without
    /// a prompt, and ends in the same device.
    pub async fn enrol(
        &self,
        name: &str,
        platform: Platform,
        reason: String,
    ) -> Result<Customer, EnrolRefusal> {
        let name = name.trim().to_owned();
        if !(1..=NAME_MAX).contains(&name.chars().count()) {
            return Err(EnrolRefusal::Name);
        }
        let session = self.clone();
        finished(async move { session.enrol_once(&name, platform, reason).await }).await?
    }

    async fn enrol_once(
        &self,
        name: &str,
        platform: Platform,
        reason: String,
    ) -> Result<Customer, EnrolRefusal> {
        // Not the lock of sign-ins: the bank may ask for one in between.
        let _one_at_a_time = self.0.approval.lock().await;
        let seen = self.0.keeper.snapshot();
        if seen.registration.device.is_some() {
            return Err(EnrolRefusal::AlreadyEnrolled);
        }
        if let Some(kept) = self.still_of_use(&seen)? {
            match self.submit(&seen, kept).await {
                // The bank has not enrolled that key, and no longer takes its words.
                Err(EnrolRefusal::ProofRefused) => {}
                outcome => return outcome,
            }
        }
        let enrolling = self.prepare(&seen, name, platform, reason).await?;
        // What goes out is what was kept: a lost answer, or a kill right here, ends in the same device.
        self.0.keeper.change_registration(seen.life, |registration| {
            registration.enrolling = Some(enrolling.clone());
        })?;
        self.submit(&seen, enrolling).await
    }

    /// The enrolment that was begun before, if the phone still has its key.
    fn still_of_use(&self, seen: &Snapshot) -> Result<Option<Enrolling>, EnrolRefusal> {
        let Some(kept) = seen.registration.enrolling.clone() else { return Ok(None) };
        let key = self.0.phone.approval_signer.public_key()?;
        Ok(kept.approval_key.key().ok().filter(|kept| key == Some(*kept)).map(|_| kept))
    }

    /// Everything an enrolment is made of, the challenge first: the key is made with it, the evidence is about it, the person proves
    /// the key over it.
    async fn prepare(
        &self,
        seen: &Snapshot,
        name: &str,
        platform: Platform,
        reason: String,
    ) -> Result<Enrolling, EnrolRefusal> {
        let challenge = self.challenge(Purpose::Enrol).await?;
        let new = self.new_approval_key(&challenge, None).await?;
        let proof = self.proof_of_possession(seen, &new.key, &challenge, reason).await?;
        let mut request = new.request(&proof);
        if let Some(members) = request.as_object_mut() {
            members.insert("name".to_owned(), json!(name));
            members.insert("platform".to_owned(), json!(platform));
        }
        Ok(Enrolling {
            approval_key: Jwk::of(&new.key),
            app_attest_key_id: new.app_attest_key_id(),
            request: C2::new(request.to_string()),
        })
    }

    /// The proof that the approval key is held here.
    pub(crate) async fn proof_of_possession(
        &self,
        seen: &Snapshot,
        key: &P256PublicKey,
        challenge: &str,
        reason: String,
    ) -> Result<String, PromptFailure> {
        let header = json!({"alg": "ES256", "typ": "guichet-approval-key+jwt"});
        let claims = json!({
            "iss": seen.registration.client_id,
            "aud": self.0.profile.issuer,
            "challenge": challenge,
            "jkt": thumbprint(key),
        });
        let unsigned = Unsigned::new(&header, &claims);
        let signature = self.0.prompts.approval(reason, unsigned.message().to_vec()).await?;
        es256::verify(key, unsigned.message(), &signature)
            .map_err(|_| PromptFailure::KeyInvalidated)?;
        Ok(unsigned.signed(&signature))
    }

    async fn submit(
        &self,
        seen: &Snapshot,
        enrolling: Enrolling,
    ) -> Result<Customer, EnrolRefusal> {
        let body = enrolling.request.expose().clone().into_bytes();
        let reply = self.authorised(&Call::post(crate::devices::PATH, body)).await?;
        let refused = match (reply.status, ErrorBody::read(&reply.body).error.as_str()) {
            (200 | 201, _) => return self.enrolled(seen, enrolling, &reply),
            (400, "invalid_approval_proof" | "challenge_invalid") => EnrolRefusal::ProofRefused,
            (400, "attestation_invalid") => EnrolRefusal::AttestationRefused,
            // Perhaps this very key, for another customer: it stays.
            (409, _) => return Err(EnrolRefusal::OtherKeyEnrolled),
            _ => return Err(CallFailure::Unreadable.into()),
        };
        // The bank has not enrolled this key and will not: the next try makes a new one.
        self.0.keeper.change_registration(seen.life, |registration| {
            registration.enrolling = None;
        })?;
        self.0.phone.approval_signer.destroy()?;
        Err(refused)
    }

    fn enrolled(
        &self,
        seen: &Snapshot,
        enrolling: Enrolling,
        reply: &Reply,
    ) -> Result<Customer, EnrolRefusal> {
        let answer: Answer =
            serde_json::from_slice(&reply.body).map_err(|_| CallFailure::Unreadable)?;
        let customer = answer.customer.clone();
        let others = seen.registration.owner.as_ref() != Some(&customer.id);
        if others && self.0.keeper.has_pin() {
            return Err(EnrolRefusal::OtherCustomer);
        }
        self.0.keeper.keep_customer(seen.life, &customer)?;
        self.0.keeper.change_registration(seen.life, |registration| {
            registration.owner = Some(answer.customer.id);
            registration.enrolling = None;
            registration.device = Some(Enrolled {
                device_id: answer.device_id,
                approval_key: enrolling.approval_key,
                approval_ended: false,
                app_attest_key_id: enrolling.app_attest_key_id,
                is_moving_in: true,
            });
        })?;
        Ok(customer)
    }
}
