//! HTTP message signatures (RFC 9421) and content digests (RFC 9530), in the one form the protocol uses.
//!
//! The signature covers the method, the address, the token, the proof and the body: none of them can be exchanged or repeated
//! without the others.

use base64ct::{Base64, Encoding as _};
use guichet_foundation::key::P256Signature;
use guichet_foundation::ports::{DeviceSigner, Method, SignerFailure};
use guichet_foundation::time::Timestamp;
use ring::digest::{SHA256, digest};
use url::Url;

/// The value of the `tag` parameter: what kind of message the signature belongs to.
pub const TAG: &str = "guichet-v1";

/// What one signature covers.
#[derive(Clone, Copy)]
pub struct Message<'a> {
    /// The method.
    pub method: Method,
    /// The address exactly as it is sent, with its query.
    pub url: &'a Url,
    /// The value of the `authorization` header.
    pub authorization: &'a str,
    /// The value of the `dpop` header.
    pub dpop: &'a str,
    /// The body; empty where there is none.
    pub body: &'a [u8],
    /// The bank's time.
    pub created: Timestamp,
    /// The thumbprint of the device key.
    pub key_id: &'a str,
}

/// The headers that carry a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureHeaders {
    /// `content-digest`.
    pub content_digest: String,
    /// `signature-input`.
    pub signature_input: String,
    /// `signature`.
    pub signature: String,
}

impl Message<'_> {
    /// Signs with the device key.
    pub fn sign(&self, signer: &dyn DeviceSigner) -> Result<SignatureHeaders, SignerFailure> {
        let content_digest = content_digest(self.body);
        let components = [
            ("@method", self.method.as_str()),
            ("@target-uri", self.url.as_str()),
            ("authorization", self.authorization),
            ("dpop", self.dpop),
            ("content-digest", content_digest.as_str()),
        ];
        let params = self.params(&components);
        let signature = signer.sign(base(&components, &params).as_bytes())?;
        Ok(SignatureHeaders {
            content_digest,
            signature_input: format!("sig1={params}"),
            signature: format!("sig1={}", binary(&signature)),
        })
    }

    fn params(&self, components: &[(&str, &str)]) -> String {
        let names: Vec<String> = components.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        format!(
            "({});created={};keyid=\"{}\";alg=\"ecdsa-p256-sha256\";tag=\"{TAG}\"",
            names.join(" "),
            self.created.unix_seconds(),
            self.key_id,
        )
    }
}

/// The signature base (RFC 9421 section 2.5): one line for each component, then the parameters, no line feed at the end.
fn base(components: &[(&str, &str)], params: &str) -> String {
    let mut lines: Vec<String> =
        components.iter().map(|(name, value)| format!("\"{name}\": {value}")).collect();
    lines.push(format!("\"@signature-params\": {params}"));
    lines.join("\n")
}

fn binary(signature: &P256Signature) -> String {
    format!(":{}:", Base64::encode_string(signature.as_raw()))
}

/// The value of `content-digest` for a body (RFC 9530 section 2).
pub fn content_digest(body: &[u8]) -> String {
    format!("sha-256=:{}:", Base64::encode_string(digest(&SHA256, body).as_ref()))
}

#[cfg(test)]
mod tests {
    use guichet_foundation::key::P256PublicKey;
    use guichet_foundation::ports::fakes::FakeSigner;

    use super::*;
    use crate::es256;

    /// RFC 9421 appendix B.2.4, with `test-key-ecc-p256` of appendix B.1.3.
    #[test]
    fn signature_base_of_rfc_9421_verifies() {
        let spki = Base64::decode_vec(concat!(
            "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqIVYZVLCrPZHGHjP17CTW0/+D9Lf",
            "w0EkjqF7xB4FivAxzic30tMM4GF+hR6Dxh71Z50VGGdldkkDXZCnTNnoXQ=="
        ))
        .unwrap();
        let key = P256PublicKey::from_uncompressed(&spki[spki.len() - 65..]).unwrap();
        let base = base(
            &[
                ("@status", "200"),
                ("content-type", "application/json"),
                (
                    "content-digest",
                    concat!(
                        "sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rj",
                        "Juahq4l5aGgfLQ==:"
                    ),
                ),
                ("content-length", "23"),
            ],
            concat!(
                r#"("@status" "content-type" "content-digest" "content-length");"#,
                r#"created=1618884473;keyid="test-key-ecc-p256""#
            ),
        );
        let signature = Base64::decode_vec(concat!(
            "wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLIj+32oi",
            "asw=="
        ))
        .unwrap();
        let signature = P256Signature::from_raw(&signature).unwrap();
        assert_eq!(es256::verify(&key, base.as_bytes(), &signature), Ok(()));
    }

    /// The example of RFC 9421 section 2.5.
    #[test]
    fn signature_base_of_rfc_9421_is_written_alike() {
        let digest = concat!(
            "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+",
            "AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:"
        );
        let components = [
            ("@method", "POST"),
            ("@authority", "example.com"),
            ("@path", "/foo"),
            ("content-digest", digest),
            ("content-length", "18"),
            ("content-type", "application/json"),
        ];
        let params = concat!(
            r#"("@method" "@authority" "@path" "content-digest" "content-length" "content-type")"#,
            r#";created=1618884473;keyid="test-key-rsa-pss""#
        );
        let expected = format!(
            "\"@method\": POST\n\"@authority\": example.com\n\"@path\": /foo\n\
             \"content-digest\": {digest}\n\"content-length\": 18\n\
             \"content-type\": application/json\n\"@signature-params\": {params}"
        );
        assert_eq!(base(&components, params), expected);
    }

    /// RFC 9530 appendices B.1 (content with a line feed), B.2 (none), B.3 (a part of it), B.7, and D (without the line feed).
    #[test]
    fn digests_of_rfc_9530() {
        for (body, digest) in [
            ("{\"hello\": \"world\"}\n", "RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg="),
            ("", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
            ("\"world\"}\n", "jjcgBDWNAtbYUXI37CVG3gRuGOAjaaDRGpIUFsdyepQ="),
            ("{\"title\": \"New Title\"}\n", "mEkdbO7Srd9LIOegftO0aBX+VPTVz7/CSHes2Z27gc4="),
            ("{\"hello\": \"world\"}", "X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE="),
        ] {
            assert_eq!(content_digest(body.as_bytes()), format!("sha-256=:{digest}:"), "{body}");
        }
    }

    #[test]
    fn a_signed_message_has_the_components_in_order() {
        let signer = FakeSigner::seeded(9);
        let key = DeviceSigner::create(&signer).unwrap();
        let url = Url::parse("https://bank.example:8443/v1/devices?x=1").unwrap();
        let message = Message {
            method: Method::Post,
            url: &url,
            authorization: "DPoP token",
            dpop: "proof",
            body: b"{}",
            created: Timestamp::from_unix_seconds(1_767_225_600).unwrap(),
            key_id: "kid",
        };
        let headers = message.sign(&signer).unwrap();
        let params = concat!(
            r#"("@method" "@target-uri" "authorization" "dpop" "content-digest");created=1767225600;"#,
            r#"keyid="kid";alg="ecdsa-p256-sha256";tag="guichet-v1""#
        );
        assert_eq!(headers.signature_input, format!("sig1={params}"));
        let expected = format!(
            "\"@method\": POST\n\"@target-uri\": https://bank.example:8443/v1/devices?x=1\n\
             \"authorization\": DPoP token\n\"dpop\": proof\n\"content-digest\": {}\n\
             \"@signature-params\": {params}",
            content_digest(b"{}")
        );
        let raw = headers.signature.strip_prefix("sig1=:").unwrap().strip_suffix(':').unwrap();
        let signature = P256Signature::from_raw(&Base64::decode_vec(raw).unwrap()).unwrap();
        assert_eq!(es256::verify(&key, expected.as_bytes(), &signature), Ok(()));
    }
}
