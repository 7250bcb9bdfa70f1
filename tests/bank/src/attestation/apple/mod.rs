//! Apple App Attest, after Apple's "Validating apps that connect to your server".
//!
//! Apple attests no key that an app made itself. What is attested is a key of App Attest's own, which
//! vouches for the approval key: its thumbprint stands in the client data.

mod object;

use der::asn1::{AnyRef, OctetStringRef};
use der::{Decode, Reader, Tag, TagNumber, Tagged};
use ring::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use sha2::{Digest, Sha256};
use x509_cert::spki::ObjectIdentifier;

use super::chain::{self, Trust, ensure};
use super::{AppAttestKey, Binary, Expected, Policy, Refusal};
use object::{Assertion, AttestationObject, AuthenticatorData, NotAnObject};

const NONCE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113635.100.8.2");
const PRODUCTION: &[u8; 16] = b"appattest\0\0\0\0\0\0\0";
const DEVELOPMENT: &[u8; 16] = b"appattestdevelop";

impl From<NotAnObject> for Refusal {
    fn from(_: NotAnObject) -> Self {
        Self::MalformedObject
    }
}

/// Verifies a new App Attest key that vouches for the approval key.
pub(super) fn attested(
    policy: &Policy,
    (key_id, object): (&[u8], &[u8]),
    expected: &Expected<'_>,
) -> Result<AppAttestKey, Refusal> {
    ensure(!policy.apple_apps.is_empty(), Refusal::NoApp)?;
    let object = AttestationObject::read(object)?;
    ensure(object.format == "apple-appattest", Refusal::OtherFormat)?;
    let certificates: Vec<Binary> =
        object.certificates.iter().map(|der| Binary(der.to_vec())).collect();
    let trust = Trust { roots: &policy.apple_roots, revoked: &policy.revoked, now: expected.now };
    let path = chain::follow(&certificates, trust)?;

    let nonce = path.leaf.extension(NONCE).ok_or(Refusal::NoAttestation)?;
    let nonce = read_nonce(nonce).map_err(|_| Refusal::MalformedAttestation)?;
    let wanted = nonce_of(object.authenticator_data, &expected.client_data_hash);
    ensure(nonce == wanted, Refusal::OtherNonce)?;
    let point = path.leaf.p256_point().ok_or(Refusal::Algorithm)?;
    ensure(Sha256::digest(point).as_slice() == key_id, Refusal::OtherKeyId)?;

    let data = AuthenticatorData::read(object.authenticator_data)?;
    ensure(policy.is_apple_app(data.app_hash), Refusal::OtherApp)?;
    ensure(data.counter == 0, Refusal::UsedBefore)?;
    let credential = data.credential.ok_or(Refusal::MalformedObject)?;
    let is_accepted = credential.environment == PRODUCTION
        || (policy.apple_development && credential.environment == DEVELOPMENT);
    ensure(is_accepted, Refusal::OtherEnvironment)?;
    ensure(credential.id == key_id, Refusal::OtherCredential)?;
    Ok(AppAttestKey {
        key_id: key_id.to_vec(),
        point: point.to_vec(),
        app_hash: data.app_hash.to_vec(),
        counter: 0,
    })
}

/// Verifies an assertion by a key that was attested before, and gives the key with its new counter.
pub(super) fn asserted(
    policy: &Policy,
    known: AppAttestKey,
    (key_id, assertion): (&[u8], &[u8]),
    expected: &Expected<'_>,
) -> Result<AppAttestKey, Refusal> {
    ensure(known.key_id == key_id, Refusal::UnknownKey)?;
    let assertion = Assertion::read(assertion)?;
    let nonce = nonce_of(assertion.authenticator_data, &expected.client_data_hash);
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, &known.point)
        .verify(&nonce, assertion.signature)
        .map_err(|_| Refusal::AssertionSignature)?;
    let data = AuthenticatorData::read(assertion.authenticator_data)?;
    let is_same_app = known.app_hash == data.app_hash && policy.is_apple_app(data.app_hash);
    ensure(is_same_app, Refusal::OtherApp)?;
    ensure(data.counter > known.counter, Refusal::Replayed)?;
    Ok(AppAttestKey { counter: data.counter, ..known })
}

fn nonce_of(authenticator_data: &[u8], client_data_hash: &[u8; 32]) -> [u8; 32] {
    Sha256::new().chain_update(authenticator_data).chain_update(client_data_hash).finalize().into()
}

/// `SEQUENCE { [1] EXPLICIT OCTET STRING }`.
fn read_nonce(extension: &[u8]) -> Result<&[u8], der::Error> {
    AnyRef::from_der(extension)?.sequence(|reader| {
        let tagged: AnyRef<'_> = reader.decode()?;
        let wanted = Tag::ContextSpecific { constructed: true, number: TagNumber(1) };
        tagged.tag().assert_eq(wanted)?;
        Ok(<&OctetStringRef>::from_der(tagged.value())?.as_bytes())
    })
}
