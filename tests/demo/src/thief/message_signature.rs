//! RFC 9421 and RFC 9530, as section 5 of the protocol asks for them.

use base64ct::{Base64, Encoding as _};
use sha2::{Digest as _, Sha256};

use crate::jose::Key;

/// The request that is signed.
pub(super) struct Words<'a> {
    pub(super) method: &'a str,
    pub(super) url: &'a str,
    pub(super) authorization: &'a str,
    pub(super) dpop: &'a str,
    pub(super) body: &'a [u8],
}

/// The three headers: `content-digest`, `signature-input`, `signature`.
pub(super) fn headers(words: &Words<'_>, key: &Key, created: i64) -> [(&'static str, String); 3] {
    let digest = format!("sha-256=:{}:", Base64::encode_string(&Sha256::digest(words.body)));
    let parameters = format!(
        "(\"@method\" \"@target-uri\" \"authorization\" \"dpop\" \"content-digest\");created={created};\
         keyid=\"{}\";alg=\"ecdsa-p256-sha256\";tag=\"guichet-v1\"",
        key.thumbprint()
    );
    let base = format!(
        "\"@method\": {}\n\"@target-uri\": {}\n\"authorization\": {}\n\"dpop\": {}\n\"content-digest\": {digest}\n\
         \"@signature-params\": {parameters}",
        words.method, words.url, words.authorization, words.dpop
    );
    let signature = Base64::encode_string(&key.sign(base.as_bytes()));
    [
        ("content-digest", digest),
        ("signature-input", format!("sig1={parameters}")),
        ("signature", format!("sig1=:{signature}:")),
    ]
}
