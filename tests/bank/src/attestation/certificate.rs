//! One certificate: what the rest of the verifier asks of it.

use core::fmt;

use der::{Decode, Encode};
use ring::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use x509_cert::certificate::Version;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage};
use x509_cert::spki::ObjectIdentifier;

use super::Refusal;

const BASIC_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.19");
const KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.15");

const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const ECDSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
const ECDSA_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3");
const RSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");

/// A certificate, read and not yet believed. `Debug` shows its serial number.
#[derive(Clone)]
pub struct Certificate {
    parsed: x509_cert::Certificate,
    /// What the signature is over: written anew from what was read, so that the two cannot differ.
    signed: Vec<u8>,
}

impl Certificate {
    /// Reads DER, with nothing behind it.
    pub fn read(der: &[u8]) -> Result<Self, Refusal> {
        let parsed =
            x509_cert::Certificate::from_der(der).map_err(|_| Refusal::MalformedCertificate)?;
        let body = parsed.tbs_certificate();
        let extensions: &[Extension] = body.extensions().map_or(&[], Vec::as_slice);
        let is_repeated = extensions.iter().enumerate().any(|(at, one)| {
            extensions.iter().skip(at + 1).any(|other| other.extn_id == one.extn_id)
        });
        let is_whole = body.version() == Version::V3
            && body.signature() == parsed.signature_algorithm()
            && !is_repeated;
        if !is_whole {
            return Err(Refusal::MalformedCertificate);
        }
        let signed = body.to_der().map_err(|_| Refusal::MalformedCertificate)?;
        Ok(Self { parsed, signed })
    }

    /// Whether `now` (seconds since 1970) lies within the validity, both ends included.
    pub(super) fn is_valid_at(&self, now: i64) -> bool {
        let validity = self.parsed.tbs_certificate().validity();
        let Ok(now) = u64::try_from(now) else { return false };
        validity.not_before.to_unix_duration().as_secs() <= now
            && now <= validity.not_after.to_unix_duration().as_secs()
    }

    /// Whether this one names `issuer` as its issuer.
    pub(super) fn names(&self, issuer: &Self) -> bool {
        self.parsed.tbs_certificate().issuer() == issuer.parsed.tbs_certificate().subject()
    }

    /// Whether both are about the same key in the same name, however often it was certified.
    pub(super) fn is_about_the_same(&self, other: &Self) -> bool {
        let (own, other) = (self.parsed.tbs_certificate(), other.parsed.tbs_certificate());
        own.subject() == other.subject()
            && own.subject_public_key_info() == other.subject_public_key_info()
    }

    /// Whether the signature is that of `issuer`'s key.
    pub(super) fn is_signed_by(&self, issuer: &Self) -> bool {
        let Some(algorithm) = self.algorithm_with(issuer) else { return false };
        let (Some(key), Some(signature)) = (
            issuer.parsed.tbs_certificate().subject_public_key_info().subject_public_key.as_bytes(),
            self.parsed.signature().as_bytes(),
        ) else {
            return false;
        };
        UnparsedPublicKey::new(algorithm, key).verify(&self.signed, signature).is_ok()
    }

    /// The pairs of key and signature that Android's and Apple's authorities use.
    fn algorithm_with(&self, issuer: &Self) -> Option<&'static dyn VerificationAlgorithm> {
        let algorithm = self.parsed.signature_algorithm().oid;
        match issuer.key_kind()? {
            KeyKind::P256 if algorithm == ECDSA_SHA256 => Some(&signature::ECDSA_P256_SHA256_ASN1),
            KeyKind::P384 if algorithm == ECDSA_SHA256 => Some(&signature::ECDSA_P384_SHA256_ASN1),
            KeyKind::P384 if algorithm == ECDSA_SHA384 => Some(&signature::ECDSA_P384_SHA384_ASN1),
            KeyKind::Rsa if algorithm == RSA_SHA256 => Some(&signature::RSA_PKCS1_2048_8192_SHA256),
            _ => None,
        }
    }

    fn key_kind(&self) -> Option<KeyKind> {
        let algorithm = &self.parsed.tbs_certificate().subject_public_key_info().algorithm;
        if algorithm.oid == RSA {
            return Some(KeyKind::Rsa);
        }
        let curve = algorithm.parameters.as_ref()?.decode_as::<ObjectIdentifier>().ok()?;
        match curve {
            P256 if algorithm.oid == EC_PUBLIC_KEY => Some(KeyKind::P256),
            P384 if algorithm.oid == EC_PUBLIC_KEY => Some(KeyKind::P384),
            _ => None,
        }
    }

    /// The point of a P-256 key, as it stands in the certificate.
    pub(super) fn p256_point(&self) -> Option<&[u8]> {
        let info = self.parsed.tbs_certificate().subject_public_key_info();
        matches!(self.key_kind()?, KeyKind::P256)
            .then(|| info.subject_public_key.as_bytes())
            .flatten()
    }

    /// Whether it may issue a certificate with `below` authorities between it and the leaf (RFC 5280
    /// sections 4.2.1.3 and 4.2.1.9).
    pub(super) fn may_issue(&self, below: usize) -> bool {
        let Some(constraints) = self.decoded::<BasicConstraints>(BASIC_CONSTRAINTS) else {
            return false;
        };
        constraints.ca
            && constraints.path_len_constraint.is_none_or(|most| below <= usize::from(most))
            && self.decoded::<KeyUsage>(KEY_USAGE).is_some_and(|usage| usage.key_cert_sign())
    }

    /// Whether it calls itself an authority.
    pub(super) fn is_authority(&self) -> bool {
        self.extension(BASIC_CONSTRAINTS).is_some()
            && self.decoded::<BasicConstraints>(BASIC_CONSTRAINTS).is_none_or(|found| found.ca)
    }

    /// Whether a critical extension is none of those looked at here.
    pub(super) fn has_unknown_critical(&self) -> bool {
        self.extensions()
            .iter()
            .any(|one| one.critical && ![BASIC_CONSTRAINTS, KEY_USAGE].contains(&one.extn_id))
    }

    /// An extension's content, if it is there.
    pub(super) fn extension(&self, id: ObjectIdentifier) -> Option<&[u8]> {
        let found = self.extensions().iter().find(|one| one.extn_id == id)?;
        Some(found.extn_value.as_bytes())
    }

    /// The serial number as Google's list of revoked ones writes it: hexadecimal, lower case, without
    /// leading zeros.
    pub fn serial(&self) -> String {
        let bytes = self.parsed.tbs_certificate().serial_number().as_bytes();
        let nibbles = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0x0F]);
        let digits = nibbles.filter_map(|nibble| char::from_digit(nibble.into(), 16));
        digits.skip_while(|digit| *digit == '0').collect()
    }

    fn decoded<'a, T: Decode<'a>>(&'a self, id: ObjectIdentifier) -> Option<T> {
        T::from_der(self.extension(id)?).ok()
    }

    fn extensions(&self) -> &[Extension] {
        self.parsed.tbs_certificate().extensions().map_or(&[], Vec::as_slice)
    }
}

enum KeyKind {
    P256,
    P384,
    Rsa,
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({})", self.serial())
    }
}
