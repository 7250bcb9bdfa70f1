//! `Content-Digest` (RFC 9530): the body is the one that was signed.

use axum::http::HeaderMap;
use sfv::{BareItem, Dictionary, ListEntry, Parser};
use sha2::{Digest, Sha256};

use super::message_signature::only;

/// Whether the headers carry a `sha-256` digest and it is this body's. Digests of other algorithms
/// beside it are ignored, as RFC 9530 section 2 allows.
pub(super) fn covers(headers: &HeaderMap, body: &[u8]) -> bool {
    let Some(field) = only(headers, "content-digest") else { return false };
    let Ok(digests) = Parser::new(field).parse::<Dictionary>() else { return false };
    let Some(ListEntry::Item(item)) = digests.get("sha-256") else { return false };
    matches!(&item.bare_item, BareItem::ByteSequence(given) if given[..] == Sha256::digest(body)[..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covered(field: &str, body: &str) -> bool {
        let headers =
            HeaderMap::from_iter([("content-digest".parse().unwrap(), field.parse().unwrap())]);
        covers(&headers, body.as_bytes())
    }

    /// RFC 9530 appendices B.1, B.2 and B.3.
    #[test]
    fn digests_of_rfc_9530_cover_their_content_and_no_other() {
        let whole = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:";
        let nothing = "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:";
        let part = "sha-256=:jjcgBDWNAtbYUXI37CVG3gRuGOAjaaDRGpIUFsdyepQ=:";
        let bodies = ["{\"hello\": \"world\"}\n", "", "\"world\"}\n"];
        for (digest, own) in [whole, nothing, part].into_iter().zip(bodies) {
            for body in bodies {
                assert_eq!(covered(digest, body), body == own, "{digest} {body}");
            }
        }
    }

    /// RFC 9530 section 2: another algorithm beside it is ignored, and does not do alone.
    #[test]
    fn an_algorithm_the_bank_does_not_know_changes_nothing() {
        let sha_512 = "sha-512=:YMAam51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4yP+pgk4vf2aCsyRZOtw8MjkM7iw7yZ/WkppmM44T3qg==:";
        let sha_256 = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:";
        let body = "{\"hello\": \"world\"}\n";
        assert!(covered(&format!("{sha_512}, {sha_256}"), body));
        assert!(!covered(sha_512, body));
    }
}
