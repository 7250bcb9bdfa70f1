//! P-256 public keys and ECDSA signatures as the core passes them around.
//!
//! Platforms hand signatures out in two forms: Apple and Android as DER (SEC 1), PKCS #11 and JCA's `P1363` variant as r||s.
//! The protocol knows r||s only. The conversion here is strict: one encoding per signature, nothing before, between or after.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A P-256 public key: the affine coordinates, 32 bytes each, big-endian. Whether the point lies on the curve is checked where
/// the key is used.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct P256PublicKey {
    x: [u8; 32],
    y: [u8; 32],
}

/// The bytes are not an uncompressed point of SEC 1 section 2.3.3: 0x04, then 64 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an uncompressed P-256 point of 65 bytes")]
pub struct InvalidPublicKey;

impl P256PublicKey {
    /// From the coordinates.
    pub const fn from_coordinates(x: [u8; 32], y: [u8; 32]) -> Self {
        Self { x, y }
    }

    /// From the uncompressed point: 0x04 || x || y.
    pub fn from_uncompressed(point: &[u8]) -> Result<Self, InvalidPublicKey> {
        let [4, rest @ ..] = point else { return Err(InvalidPublicKey) };
        let (x, y) = rest.split_at_checked(32).ok_or(InvalidPublicKey)?;
        Ok(Self {
            x: x.try_into().map_err(|_| InvalidPublicKey)?,
            y: y.try_into().map_err(|_| InvalidPublicKey)?,
        })
    }

    /// 0x04 || x || y.
    pub fn to_uncompressed(self) -> [u8; 65] {
        let mut point = [4; 65];
        let (_, rest) = point.split_at_mut(1);
        let (x, y) = rest.split_at_mut(32);
        x.copy_from_slice(&self.x);
        y.copy_from_slice(&self.y);
        point
    }

    /// The x coordinate.
    pub const fn x(&self) -> &[u8; 32] {
        &self.x
    }

    /// The y coordinate.
    pub const fn y(&self) -> &[u8; 32] {
        &self.y
    }
}

impl fmt::Debug for P256PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("P256PublicKey")
    }
}

/// An ECDSA signature on P-256: r||s, 32 bytes each, big-endian (RFC 7518 section 3.4).
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<u8>", into = "Vec<u8>")]
pub struct P256Signature([u8; 64]);

/// The bytes are neither r||s nor strict DER, or r or s is zero or not below the group order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an ECDSA signature on P-256")]
pub struct InvalidSignature;

/// The order n of the group (SEC 2 section 2.4.2).
const ORDER: [u8; 32] = [
    0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51,
];

impl P256Signature {
    /// From what a platform's signer returned: exactly 64 bytes are r||s, anything else must be DER.
    ///
    /// A DER signature may happen to have 64 bytes; it is told apart by its leading `30 3E 02`, which as r||s would need an r
    /// that starts with the same three bytes *and* an s that parses as the rest, so both readings are tried, DER first.
    pub fn from_platform(bytes: &[u8]) -> Result<Self, InvalidSignature> {
        Self::from_der(bytes).or_else(|_| Self::from_raw(bytes))
    }

    /// From r||s.
    pub fn from_raw(bytes: &[u8]) -> Result<Self, InvalidSignature> {
        let raw: [u8; 64] = bytes.try_into().map_err(|_| InvalidSignature)?;
        let (r, s) = raw.split_at(32);
        if in_range(r) && in_range(s) { Ok(Self(raw)) } else { Err(InvalidSignature) }
    }

    /// From DER: `SEQUENCE { INTEGER r, INTEGER s }`, short lengths, minimal non-negative integers, no trailing bytes.
    pub fn from_der(bytes: &[u8]) -> Result<Self, InvalidSignature> {
        let (body, after) = element(bytes, 0x30)?;
        let (r, rest) = element(body, 0x02)?;
        let (s, end) = element(rest, 0x02)?;
        if !after.is_empty() || !end.is_empty() {
            return Err(InvalidSignature);
        }
        let mut raw = [0; 64];
        let (r_out, s_out) = raw.split_at_mut(32);
        unsigned(r, r_out)?;
        unsigned(s, s_out)?;
        Self::from_raw(&raw)
    }

    /// r||s.
    pub const fn as_raw(&self) -> &[u8; 64] {
        &self.0
    }
}

fn in_range(number: &[u8]) -> bool {
    number.iter().any(|byte| *byte != 0) && number < ORDER.as_slice()
}

/// One DER element with a short-form length: its content, and what follows it.
fn element(bytes: &[u8], tag: u8) -> Result<(&[u8], &[u8]), InvalidSignature> {
    match bytes {
        [found, length, rest @ ..] if *found == tag && *length < 0x80 => {
            rest.split_at_checked(usize::from(*length)).ok_or(InvalidSignature)
        }
        _ => Err(InvalidSignature),
    }
}

/// A minimal, non-negative DER integer, right-aligned into `out`.
fn unsigned(integer: &[u8], out: &mut [u8]) -> Result<(), InvalidSignature> {
    let digits = match integer {
        [0, rest @ ..] if rest.first().is_some_and(|first| *first >= 0x80) => rest,
        [] | [0, _, ..] => return Err(InvalidSignature),
        [first, ..] if *first >= 0x80 => return Err(InvalidSignature),
        plain => plain,
    };
    let start = out.len().checked_sub(digits.len()).ok_or(InvalidSignature)?;
    out.get_mut(start..).ok_or(InvalidSignature)?.copy_from_slice(digits);
    Ok(())
}

impl TryFrom<Vec<u8>> for P256Signature {
    type Error = InvalidSignature;

    fn try_from(bytes: Vec<u8>) -> Result<Self, InvalidSignature> {
        Self::from_raw(&bytes)
    }
}

impl From<P256Signature> for Vec<u8> {
    fn from(signature: P256Signature) -> Self {
        signature.0.to_vec()
    }
}

impl fmt::Debug for P256Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("P256Signature")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn der(r: &[u8], s: &[u8]) -> Vec<u8> {
        let mut body = vec![2, u8::try_from(r.len()).unwrap()];
        body.extend_from_slice(r);
        body.extend_from_slice(&[2, u8::try_from(s.len()).unwrap()]);
        body.extend_from_slice(s);
        let mut all = vec![0x30, u8::try_from(body.len()).unwrap()];
        all.extend(body);
        all
    }

    #[test]
    fn der_becomes_raw() {
        let signature = P256Signature::from_platform(&der(&[0, 0x80], &[1])).unwrap();
        assert_eq!(signature.as_raw()[31], 0x80);
        assert_eq!(signature.as_raw()[63], 1);
        assert_eq!(P256Signature::from_platform(signature.as_raw()), Ok(signature));
    }

    #[test]
    fn der_has_one_spelling() {
        let mut trailing = der(&[1], &[1]);
        trailing.push(0);
        let long_form = [&[0x30, 0x81, 6][..], &der(&[1], &[1])[2..]].concat();
        for (what, bad) in [
            ("leading zero", der(&[0, 1], &[1])),
            ("negative", der(&[0x80], &[1])),
            ("empty integer", der(&[], &[1])),
            ("zero", der(&[0], &[1])),
            ("too long", der(&[1; 33], &[1])),
            ("the order itself", der(&[&[0][..], &ORDER].concat(), &[1])),
            ("trailing byte", trailing),
            ("long form", long_form),
            ("nothing", Vec::new()),
        ] {
            assert_eq!(P256Signature::from_der(&bad), Err(InvalidSignature), "{what}");
        }
    }

    #[test]
    fn raw_is_64_bytes_in_range() {
        assert_eq!(P256Signature::from_raw(&[1; 63]), Err(InvalidSignature));
        assert_eq!(P256Signature::from_raw(&[0xFF; 64]), Err(InvalidSignature));
        assert_eq!(P256Signature::from_raw(&[0; 64]), Err(InvalidSignature));
    }

    #[test]
    fn points_are_uncompressed() {
        let key = P256PublicKey::from_coordinates([1; 32], [2; 32]);
        assert_eq!(P256PublicKey::from_uncompressed(&key.to_uncompressed()), Ok(key));
        assert_eq!(P256PublicKey::from_uncompressed(&[2; 33]), Err(InvalidPublicKey));
        assert_eq!(P256PublicKey::from_uncompressed(&[4; 66]), Err(InvalidPublicKey));
    }
}
