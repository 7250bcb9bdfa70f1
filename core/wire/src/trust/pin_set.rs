//! The keys the bank's server may have.

use guichet_foundation::key::P256PublicKey;
use guichet_foundation::time::Timestamp;
use serde::Deserialize;

use super::version::{Document, TrustRefusal, claims};
use crate::base64url;

const TYPE: &str = "guichet-pins+jwt";

/// SHA-256 of a certificate's `SubjectPublicKeyInfo` in DER.
pub type Pin = [u8; 32];

/// The pin set, verified. Whether it has expired depends on when one asks: [`Self::is_expired`].
#[derive(Clone, Debug)]
pub struct PinSet {
    jws: String,
    issuer: String,
    version: u64,
    expires: Timestamp,
    pins: Vec<Pin>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    version: u64,
    exp: i64,
    pins: Vec<String>,
}

impl PinSet {
    /// Reads and verifies a set for `issuer`, signed by `anchor`. A set of fewer than two different pins is refused: with one, a
    /// lost key would lock every phone out.
    pub fn verified(
        compact: &str,
        issuer: &str,
        anchor: &P256PublicKey,
    ) -> Result<Self, TrustRefusal> {
        let claims: Claims = claims(compact, TYPE, anchor)?;
        if claims.iss != issuer {
            return Err(TrustRefusal::OtherIssuer);
        }
        let mut pins: Vec<Pin> =
            claims.pins.iter().map(|pin| read(pin)).collect::<Result<_, _>>()?;
        pins.sort_unstable();
        pins.dedup();
        if pins.len() < 2 {
            return Err(TrustRefusal::Malformed);
        }
        let expires =
            Timestamp::from_unix_seconds(claims.exp).map_err(|_| TrustRefusal::Malformed)?;
        Ok(Self {
            jws: compact.to_owned(),
            issuer: claims.iss,
            version: claims.version,
            expires,
            pins,
        })
    }

    /// The pins, without repetition.
    pub fn pins(&self) -> &[Pin] {
        &self.pins
    }

    /// When it ends.
    pub const fn expires(&self) -> Timestamp {
        self.expires
    }

    /// Whether its time is over at `now`. An expired set stays in force for fetching a new one, and for nothing else.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        now >= self.expires
    }
}

fn read(pin: &str) -> Result<Pin, TrustRefusal> {
    let bytes = base64url::decode(pin).map_err(|_| TrustRefusal::Malformed)?;
    bytes.try_into().map_err(|_| TrustRefusal::Malformed)
}

impl Document for PinSet {
    fn version(&self) -> u64 {
        self.version
    }

    fn as_jws(&self) -> &str {
        &self.jws
    }

    fn same_content(&self, other: &Self) -> bool {
        self.issuer == other.issuer && self.expires == other.expires && self.pins == other.pins
    }
}
