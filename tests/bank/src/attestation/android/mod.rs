//! Android Key Attestation: the certificates of the approval key itself.

mod key_description;

use x509_cert::spki::ObjectIdentifier;

pub use key_description::{
    ApplicationId, Authorizations, KeyDescription, NotADescription, RootOfTrust, SecurityLevel,
    VerifiedBoot,
};

use super::chain::{self, Trust, ensure};
use super::policy::AndroidApp;
use super::{Binary, Expected, Policy, Refusal, TrustLevel};

const KEY_DESCRIPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.11129.2.1.17");

// The numbers of Android's enumerations.
const PURPOSE_SIGN: u64 = 2;
const PURPOSE_VERIFY: u64 = 3;
const ALGORITHM_EC: u64 = 3;
const DIGEST_SHA256: u64 = 4;
const CURVE_P256: u64 = 1;
const ORIGIN_GENERATED: u64 = 0;
/// A finger or a face, and neither the phone's PIN nor its pattern.
const AUTH_BIOMETRIC: u64 = 2;

/// Verifies the certificates of an approval key and says how well it is kept.
pub(super) fn verify(
    policy: &Policy,
    certificates: &[Binary],
    expected: &Expected<'_>,
) -> Result<TrustLevel, Refusal> {
    ensure(!policy.android_apps.is_empty(), Refusal::NoApp)?;
    let trust = Trust { roots: &policy.android_roots, revoked: &policy.revoked, now: expected.now };
    let path = chain::follow(certificates, trust)?;
    // An attested key can sign whatever it likes, also something that looks like a certificate below
    // its own. Only the leaf may describe a key, and nothing above it may be such a key.
    let described = |one: &super::Certificate| one.extension(KEY_DESCRIPTION).is_some();
    ensure(!path.above.iter().any(described), Refusal::SecondAttestation)?;
    let extension = path.leaf.extension(KEY_DESCRIPTION).ok_or(Refusal::NoAttestation)?;
    let description = KeyDescription::read(extension).map_err(|_| Refusal::MalformedAttestation)?;
    let point = path.leaf.p256_point().ok_or(Refusal::Algorithm)?;
    judge(&description, point, &policy.android_apps, expected)
}

fn judge(
    description: &KeyDescription,
    point: &[u8],
    apps: &[AndroidApp],
    expected: &Expected<'_>,
) -> Result<TrustLevel, Refusal> {
    ensure(description.challenge == expected.challenge, Refusal::OtherChallenge)?;
    // As weak as the weaker of the two: what keeps the key, and what says so.
    let level = match description.attested_by.min(description.kept_by) {
        SecurityLevel::Software => return Err(Refusal::NotInHardware),
        SecurityLevel::TrustedEnvironment => TrustLevel::Tee,
        SecurityLevel::StrongBox => TrustLevel::Strongbox,
    };
    let root = description.hardware.root_of_trust.ok_or(Refusal::NoRootOfTrust)?;
    ensure(root.boot == VerifiedBoot::Verified, Refusal::NotVerifiedBoot)?;
    ensure(root.is_locked, Refusal::Unlocked)?;
    let any_app = description.hardware.any_app || description.software.any_app;
    ensure(!any_app, Refusal::AnyApp)?;
    judge_app(description.software.app.as_ref(), apps)?;
    ensure(point == expected.key.to_uncompressed(), Refusal::OtherKey)?;
    judge_key(&description.hardware)?;
    Ok(level)
}

fn judge_app(id: Option<&ApplicationId>, apps: &[AndroidApp]) -> Result<(), Refusal> {
    let id = id.ok_or(Refusal::OtherApp)?;
    let mut named = apps
        .iter()
        .filter(|app| id.packages.iter().any(|package| package == app.package.as_bytes()))
        .peekable();
    ensure(named.peek().is_some(), Refusal::OtherApp)?;
    let is_signer = |app: &AndroidApp| {
        !id.signers.is_empty() && id.signers.iter().all(|signer| signer == &app.signer)
    };
    ensure(named.any(is_signer), Refusal::OtherSigner)
}

fn judge_key(key: &Authorizations) -> Result<(), Refusal> {
    let signs_only = key.purposes.contains(&PURPOSE_SIGN)
        && key.purposes.iter().all(|it| [PURPOSE_SIGN, PURPOSE_VERIFY].contains(it));
    ensure(signs_only, Refusal::Purpose)?;
    let is_es256 = key.algorithm == Some(ALGORITHM_EC)
        && key.curve == Some(CURVE_P256)
        && key.digests == [DIGEST_SHA256];
    ensure(is_es256, Refusal::Algorithm)?;
    ensure(key.origin == Some(ORIGIN_GENERATED), Refusal::Imported)?;
    let asks_every_time =
        !key.needs_nobody && key.user_auth == Some(AUTH_BIOMETRIC) && key.auth_timeout_s.is_none();
    ensure(asks_every_time, Refusal::NoBiometric)
}
