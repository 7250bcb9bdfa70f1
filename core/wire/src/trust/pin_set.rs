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

/// More keys than any bank keeps ready.
const MOST_PINS: usize = 16;

impl PinSet {
    /// Where a bank has it (docs/protocol.md, section 4).
    pub const PATH: &str = "/v1/trust/pins";

    /// Reads and verifies a set for `issuer`, signed by `anchor`. A set of fewer than two different pins is refused: with one, a
    /// lost key would lock every phone out. So is one of more than 16: it would pin next to nothing.
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
        if !(2..=MOST_PINS).contains(&pins.len()) {
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

#[cfg(test)]
mod tests {
    use guichet_foundation::ports::DeviceSigner;
    use guichet_foundation::ports::fakes::FakeSigner;
    use serde_json::{Value, json};

    use super::*;
    use crate::jws::Unsigned;

    const ISSUER: &str = "https://bank.example";

    fn set(claims: &Value) -> Result<PinSet, TrustRefusal> {
        let anchor = FakeSigner::seeded(1);
        let key = DeviceSigner::create(&anchor).unwrap();
        let header = json!({"alg": "ES256", "typ": "guichet-pins+jwt"});
        let jws = Unsigned::new(&header, claims).sign(&anchor).unwrap();
        PinSet::verified(&jws, ISSUER, &key)
    }

    fn claims(version: u64, pins: &[[u8; 32]]) -> Value {
        let pins: Vec<String> = pins.iter().map(|pin| base64url::encode(pin)).collect();
        json!({"iss": ISSUER, "version": version, "iat": 0, "exp": 1000, "pins": pins})
    }

    #[test]
    fn a_set_is_replaced_by_newer_ones_only() {
        let first = set(&claims(3, &[[1; 32], [2; 32]])).unwrap();
        let again = set(&claims(3, &[[2; 32], [1; 32]])).unwrap();
        assert!(again.replacing(&first).is_ok());
        let other = set(&claims(3, &[[1; 32], [9; 32]])).unwrap();
        assert_eq!(other.replacing(&first).err(), Some(TrustRefusal::OtherContent));
        let older = set(&claims(2, &[[1; 32], [2; 32]])).unwrap();
        assert_eq!(older.replacing(&first).err(), Some(TrustRefusal::Older));
        let newer = set(&claims(4, &[[7; 32], [8; 32]])).unwrap();
        assert_eq!(newer.replacing(&first).unwrap().version(), 4);
    }

    #[test]
    fn a_set_of_one_pin_or_of_another_bank_is_refused() {
        let one = set(&claims(1, &[[1; 32], [1; 32]]));
        assert_eq!(one.err(), Some(TrustRefusal::Malformed));
        let many: Vec<[u8; 32]> = (0..17).map(|pin| [pin; 32]).collect();
        assert_eq!(set(&claims(1, &many)).err(), Some(TrustRefusal::Malformed));
        assert!(set(&claims(1, &many[1..])).is_ok());
        let mut other = claims(1, &[[1; 32], [2; 32]]);
        other["iss"] = json!("https://other.example");
        assert_eq!(set(&other).err(), Some(TrustRefusal::OtherIssuer));
        let mut short = claims(1, &[[1; 32], [2; 32]]);
        short["pins"][0] = json!("AAAA");
        assert_eq!(set(&short).err(), Some(TrustRefusal::Malformed));
    }

    #[test]
    fn a_set_ends_at_its_time() {
        let set = set(&claims(1, &[[1; 32], [2; 32]])).unwrap();
        let at = |seconds| Timestamp::from_unix_seconds(seconds).unwrap();
        assert!(!set.is_expired(at(999)));
        assert!(set.is_expired(at(1000)));
    }

    #[test]
    fn a_set_that_someone_else_signed_is_refused() {
        let thief = FakeSigner::seeded(2);
        DeviceSigner::create(&thief).unwrap();
        let anchor = DeviceSigner::create(&FakeSigner::seeded(1)).unwrap();
        let header = json!({"alg": "ES256", "typ": "guichet-pins+jwt"});
        let claims = claims(9, &[[1; 32], [2; 32]]);
        let jws = Unsigned::new(&header, &claims).sign(&thief).unwrap();
        let refused = PinSet::verified(&jws, ISSUER, &anchor).err();
        assert_eq!(refused, Some(TrustRefusal::NotSigned(crate::jws::JwsRefusal::Signature)));
    }
}
