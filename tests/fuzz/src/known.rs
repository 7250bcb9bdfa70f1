//! What targets stand on: the protocol's vectors, and keys to sign what a fuzzer makes up, so that it gets past the signature.

use std::sync::LazyLock;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use guichet_foundation::key::{P256PublicKey, P256Signature};
use guichet_payments::{Frozen, Signed};
use guichet_session::ReceiptKeys;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::Value;

/// `docs/protocol/vectors.json`.
pub static VECTORS: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../docs/protocol/vectors.json")).expect("vectors")
});

/// The bank of the vectors.
pub fn issuer() -> &'static str {
    text(&VECTORS["issuer"])
}

/// A text of the vectors.
pub fn text(value: &'static Value) -> &'static str {
    value.as_str().expect("a text")
}

/// A list of the vectors.
pub fn list(path: &str) -> &'static [Value] {
    VECTORS.pointer(path).and_then(Value::as_array).expect("a list")
}

/// Bytes of the vectors.
pub fn bytes(value: &'static Value) -> Vec<u8> {
    Base64UrlUnpadded::decode_vec(text(value)).expect("base64url")
}

/// The public key of a role.
pub fn public_key(role: &str) -> P256PublicKey {
    let coordinate = |name: &str| bytes(&VECTORS["keys"][role]["jwk"][name]).try_into();
    P256PublicKey::from_coordinates(coordinate("x").expect("x"), coordinate("y").expect("y"))
}

/// A compact JWS by a role's key, over a header and a payload of any bytes.
pub fn signed_by(role: &str, header: &str, payload: &[u8]) -> String {
    let key = SigningKey::from_slice(&bytes(&VECTORS["keys"][role]["d"])).expect("a key");
    let [header, payload] = [header.as_bytes(), payload].map(Base64UrlUnpadded::encode_string);
    let input = format!("{header}.{payload}");
    let signature: Signature = key.sign(input.as_bytes());
    format!("{input}.{}", Base64UrlUnpadded::encode_string(&signature.to_bytes()))
}

/// The list of receipt keys that the vectors' receipts verify with.
pub static RECEIPT_KEYS: LazyLock<ReceiptKeys> = LazyLock::new(|| {
    let list = text(&VECTORS["receipt_keys"]["jws"]);
    ReceiptKeys::verified(list, issuer(), &public_key("trust_anchor")).expect("receipt keys")
});

/// The intent that the vectors' first receipt is about.
pub static APPROVED: LazyLock<Signed> = LazyLock::new(|| {
    let receipt = &list("/receipts")[0];
    let named = |vector: &&Value| vector["name"] == receipt["intent"];
    let vector = list("/intents").iter().find(named).expect("its intent");
    let frozen = Frozen::thaw(bytes(&vector["canonical_base64url"])).expect("an intent");
    let approval = bytes(&vector["approval_base64url"]);
    Signed::new(frozen, P256Signature::from_raw(&approval).expect("an approval"))
});

/// The header of the vectors' receipts.
pub fn receipt_header() -> &'static str {
    text(&list("/receipts")[0]["header"])
}
