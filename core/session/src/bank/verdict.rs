use std::time::Duration;

use guichet_foundation::ports::Response;
use serde::Deserialize;

use super::challenge::parameter;
use crate::calls::Reply;
use crate::step_up::Demand;

/// What an answer to an authorised call means.
#[derive(Debug)]
pub(super) enum Verdict {
    /// An answer to the call itself.
    Reply(Reply),
    /// The nonce is not accepted; nothing has happened.
    UseNonce,
    /// The access token is not accepted; nothing has happened.
    InvalidToken,
    /// The proof or the message signature is not accepted; nothing has happened.
    InvalidProof,
    /// The customer has to show to be there; nothing has happened.
    StepUp(Demand),
    /// A refusal to authenticate the call that the protocol does not know; nothing has happened.
    Refused,
    /// The device is said to be revoked. Believed only with a notice that verifies.
    Revoked { notice: Option<String> },
    /// The device is not enrolled.
    NotEnrolled,
}

/// The body of an error (docs/protocol.md, section 1; RFC 6749 section 5.2).
#[derive(Default, Deserialize)]
pub(crate) struct ErrorBody {
    #[serde(default)]
    pub(crate) error: String,
    #[serde(default)]
    pub(crate) revocation: Option<String>,
}

impl ErrorBody {
    pub(crate) fn read(body: &[u8]) -> Self {
        serde_json::from_slice(body).unwrap_or_default()
    }
}

/// Judges an answer that is neither busy nor out of order.
pub(super) fn judge(response: Response) -> Verdict {
    match response.status {
        401 => match refusal(&response).as_str() {
            "use_dpop_nonce" => Verdict::UseNonce,
            "invalid_dpop_proof" | "invalid_signature" => Verdict::InvalidProof,
            "insufficient_user_authentication" => Verdict::StepUp(demand(&response)),
            "invalid_token" | "" => Verdict::InvalidToken,
            _ => Verdict::Refused,
        },
        403 => {
            let body = ErrorBody::read(&response.body);
            match body.error.as_str() {
                "device_revoked" => Verdict::Revoked { notice: body.revocation },
                "device_not_enrolled" => Verdict::NotEnrolled,
                _ => reply(response),
            }
        }
        _ => reply(response),
    }
}

fn reply(response: Response) -> Verdict {
    Verdict::Reply(Reply { status: response.status, body: response.body })
}

/// The error code of a 401: of the challenge (RFC 9449 section 7.1), or else of the body.
fn refusal(response: &Response) -> String {
    let challenge = response.header("www-authenticate").unwrap_or_default();
    parameter(challenge, "error").unwrap_or_else(|| ErrorBody::read(&response.body).error)
}

fn demand(response: &Response) -> Demand {
    let challenge = response.header("www-authenticate").unwrap_or_default();
    let (acr_values, max_age) =
        (parameter(challenge, "acr_values"), parameter(challenge, "max_age"));
    Demand::read(acr_values.as_deref(), max_age.as_deref())
}

/// How long the bank asks to wait: `Retry-After` in seconds, at most an hour.
pub(crate) fn retry_after(response: &Response) -> Option<Duration> {
    let seconds: u64 = response.header("retry-after")?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds.min(3600)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::step_up::Way;

    fn response(status: u16, challenge: &str, body: &str) -> Response {
        Response {
            status,
            headers: vec![("www-authenticate".to_owned(), challenge.to_owned())],
            body: body.as_bytes().to_vec(),
        }
    }

    #[test]
    fn the_challenge_of_a_401_names_the_reason() {
        let nonce = response(401, r#"DPoP algs="ES256", error="use_dpop_nonce""#, "");
        assert!(matches!(judge(nonce), Verdict::UseNonce));
        let proof = response(401, r#"DPoP error="invalid_dpop_proof""#, "");
        assert!(matches!(judge(proof), Verdict::InvalidProof));
        let token = response(401, "", "not json");
        assert!(matches!(judge(token), Verdict::InvalidToken));
        let signature = response(401, "", r#"{"error": "invalid_signature"}"#);
        assert!(matches!(judge(signature), Verdict::InvalidProof));
    }

    #[test]
    fn a_demand_to_show_that_the_customer_is_there_is_understood() {
        let challenge = r#"DPoP error="insufficient_user_authentication",
            acr_values="urn:guichet:acr:pin", max_age="60""#;
        match judge(response(401, challenge, "")) {
            Verdict::StepUp(demand) => {
                assert_eq!(demand, Demand { ways: vec![Way::Pin], max_age: Some(60) });
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn other_refusals_are_replies() {
        let reply = judge(response(409, "", r#"{"error": "intent_conflict"}"#));
        assert!(matches!(reply, Verdict::Reply(Reply { status: 409, .. })));
        let reply = judge(response(403, "", "<html>"));
        assert!(matches!(reply, Verdict::Reply(Reply { status: 403, .. })));
    }

    #[test]
    fn a_wait_is_bounded_and_optional() {
        let mut answer = response(503, "", "");
        assert_eq!(retry_after(&answer), None);
        answer.headers.push(("retry-after".to_owned(), "99999999".to_owned()));
        assert_eq!(retry_after(&answer), Some(Duration::from_hours(1)));
    }
}
