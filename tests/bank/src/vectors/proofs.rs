//! What a phone proves: PKCE, client assertions, DPoP, digests, message signatures, possession of
//! the approval key.

use base64ct::{Base64, Encoding};
use serde::Serialize;

use super::keys::Keys;
use super::{
    CHALLENGE, CLIENT_ID, DEVICE_ID, ISSUER, JwsVector, NOW, VectorsError, encode, header_with_kid,
    sha256,
};

const ACCESS_TOKEN: &str = "at-2YotnFZFEjr1zCsicMWpAA";
const NONCE: &str = "nonce-eyJ7S_zG.0";

#[derive(Serialize)]
pub(super) struct Proofs {
    pkce: Pkce,
    client_assertion: JwsVector,
    approval_proof: JwsVector,
    dpop: Vec<DpopVector>,
    content_digests: Vec<DigestVector>,
    http_signatures: Vec<HttpSignatureVector>,
}

/// RFC 7636 appendix B.
#[derive(Serialize)]
struct Pkce {
    code_verifier: &'static str,
    code_challenge: String,
}

#[derive(Serialize)]
struct DpopVector {
    name: &'static str,
    method: &'static str,
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token: Option<&'static str>,
    #[serde(flatten)]
    proof: JwsVector,
}

#[derive(Serialize)]
struct DigestVector {
    body: &'static str,
    content_digest: String,
}

#[derive(Serialize)]
struct HttpSignatureVector {
    name: &'static str,
    method: &'static str,
    target_uri: String,
    authorization: String,
    dpop: String,
    body: &'static str,
    content_digest: String,
    signature_base: String,
    signature_input: String,
    signature: String,
}

pub(super) fn vectors(keys: &Keys) -> Result<Proofs, VectorsError> {
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let bodies = ["", r#"{"purpose":"intent"}"#, r#"{"name":"李明的手机"}"#];
    let dpop = dpop_proofs(keys)?;
    Ok(Proofs {
        pkce: Pkce {
            code_verifier: verifier,
            code_challenge: encode(&sha256(verifier.as_bytes())),
        },
        client_assertion: client_assertion(keys),
        approval_proof: approval_proof(keys),
        content_digests: bodies
            .into_iter()
            .map(|body| DigestVector { body, content_digest: content_digest(body) })
            .collect(),
        http_signatures: vec![
            http_signature(
                keys,
                "POST with a body",
                "POST",
                "/v1/challenges",
                r#"{"purpose":"intent"}"#,
            )?,
            http_signature(
                keys,
                "DELETE without a body",
                "DELETE",
                &format!("/v1/devices/{DEVICE_ID}"),
                "",
            )?,
        ],
        dpop,
    })
}

fn client_assertion(keys: &Keys) -> JwsVector {
    let payload = format!(
        r#"{{"aud":"{ISSUER}","exp":{},"iat":{NOW},"iss":"{CLIENT_ID}","jti":"AAECAwQFBgcICQoLDA0ODw","sub":"{CLIENT_ID}"}}"#,
        NOW + 60
    );
    JwsVector::sign(keys.device.signing(), &header_with_kid("JWT", &keys.device), &payload)
}

fn approval_proof(keys: &Keys) -> JwsVector {
    let header = r#"{"alg":"ES256","typ":"guichet-approval-key+jwt"}"#;
    let payload = format!(
        r#"{{"aud":"{ISSUER}","challenge":"{CHALLENGE}","iss":"{CLIENT_ID}","jkt":"{}"}}"#,
        keys.approval.thumbprint()
    );
    JwsVector::sign(keys.approval.signing(), header, &payload)
}

fn dpop_proofs(keys: &Keys) -> Result<Vec<DpopVector>, VectorsError> {
    let (token, sync) = (format!("{ISSUER}/oauth/token"), format!("{ISSUER}/v1/sync"));
    Ok(vec![
        DpopVector {
            name: "at the token endpoint, before a nonce is known",
            method: "POST",
            proof: dpop(keys, "POST", &token, None, false)?,
            url: token.clone(),
            access_token: None,
        },
        DpopVector {
            name: "at the token endpoint, with the nonce",
            method: "POST",
            proof: dpop(keys, "POST", &token, None, true)?,
            url: token,
            access_token: None,
        },
        DpopVector {
            name: "at a resource: htu leaves out the query",
            method: "GET",
            proof: dpop(keys, "GET", &sync, Some(ACCESS_TOKEN), true)?,
            url: format!("{sync}?limit=500"),
            access_token: Some(ACCESS_TOKEN),
        },
    ])
}

fn dpop(
    keys: &Keys,
    method: &str,
    htu: &str,
    access_token: Option<&str>,
    with_nonce: bool,
) -> Result<JwsVector, VectorsError> {
    let header = format!(r#"{{"alg":"ES256","jwk":{},"typ":"dpop+jwt"}}"#, keys.device.jwk_text()?);
    let ath = access_token
        .map(|token| format!(r#""ath":"{}","#, encode(&sha256(token.as_bytes()))))
        .unwrap_or_default();
    let nonce = if with_nonce { format!(r#","nonce":"{NONCE}""#) } else { String::new() };
    let payload = format!(
        r#"{{{ath}"htm":"{method}","htu":"{htu}","iat":{NOW},"jti":"EBESExQVFhcYGRobHB0eHw"{nonce}}}"#
    );
    Ok(JwsVector::sign(keys.device.signing(), &header, &payload))
}

fn content_digest(body: &str) -> String {
    format!("sha-256=:{}:", Base64::encode_string(&sha256(body.as_bytes())))
}

/// RFC 9421: the base has a line for each component and one for the parameters, without a line end
/// after the last.
fn http_signature(
    keys: &Keys,
    name: &'static str,
    method: &'static str,
    path: &str,
    body: &'static str,
) -> Result<HttpSignatureVector, VectorsError> {
    let target_uri = format!("{ISSUER}{path}");
    let authorization = format!("DPoP {ACCESS_TOKEN}");
    let dpop = dpop(keys, method, &target_uri, Some(ACCESS_TOKEN), true)?.jws;
    let content_digest = content_digest(body);
    let parameters = format!(
        "(\"@method\" \"@target-uri\" \"authorization\" \"dpop\" \"content-digest\");created={NOW};keyid=\"{}\";\
         alg=\"ecdsa-p256-sha256\";tag=\"guichet-v1\"",
        keys.device.thumbprint()
    );
    let signature_base = format!(
        "\"@method\": {method}\n\"@target-uri\": {target_uri}\n\"authorization\": {authorization}\n\"dpop\": {dpop}\n\
         \"content-digest\": {content_digest}\n\"@signature-params\": {parameters}"
    );
    let signature = Base64::encode_string(&keys.device.signing().sign(signature_base.as_bytes()));
    Ok(HttpSignatureVector {
        name,
        method,
        target_uri,
        authorization,
        dpop,
        body,
        content_digest,
        signature_base,
        signature_input: format!("sig1={parameters}"),
        signature: format!("sig1=:{signature}:"),
    })
}
