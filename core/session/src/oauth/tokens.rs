//! The token endpoint (RFC 6749 sections 4.1.3 and 6).

use guichet_foundation::ids::ClientId;
use guichet_foundation::time::Timestamp;
use serde::Deserialize;

use crate::Session;
use crate::bank::ErrorBody;
use crate::calls::CallFailure;
use crate::keeper::Tokens;
use crate::secret_text::SecretText;

/// The longest life of an access token that is believed, in seconds.
const LONGEST_LIFE: i64 = 24 * 3600;
const LONGEST_TOKEN: usize = 4096;
/// The one scope that is asked for.
pub(super) const SCOPE: &str = "banking";

/// What the token endpoint said.
pub(super) enum Granted {
    Tokens(Tokens),
    Refused(ErrorBody),
}

#[derive(Deserialize)]
struct Answer {
    access_token: String,
    token_type: String,
    expires_in: i64,
    refresh_token: Option<String>,
    scope: Option<String>,
}

impl Session {
    /// Asks for tokens, as long as they are wanted. `kept` is the refresh token to keep if the answer brings none.
    pub(super) async fn ask_for_tokens(
        &self,
        is_wanted: impl Fn() -> bool + Send,
        client: &ClientId,
        endpoint: &str,
        members: &[(&str, &str)],
        kept: Option<&SecretText>,
    ) -> Result<Granted, CallFailure> {
        // Their life is counted from the asking: an answer may have waited for a process that was frozen.
        let asked_at = self.0.contact.time.now();
        let response = self.post_form_while(is_wanted, client, endpoint, members).await?;
        if response.status != 200 {
            return Ok(Granted::Refused(ErrorBody::read(&response.body)));
        }
        let answer: Answer =
            serde_json::from_slice(&response.body).map_err(|_| CallFailure::Unreadable)?;
        answer.tokens(asked_at, kept).map(Granted::Tokens)
    }
}

impl Answer {
    fn tokens(self, asked_at: Timestamp, kept: Option<&SecretText>) -> Result<Tokens, CallFailure> {
        let access = SecretText::new(self.access_token);
        let refresh = self.refresh_token.map(SecretText::new).or_else(|| kept.cloned());
        let refresh = refresh.ok_or(CallFailure::Unreadable)?;
        let bound = self.token_type.eq_ignore_ascii_case("DPoP");
        // Left out, it is what was asked for (RFC 6749 section 5.1).
        let of_use = self.scope.is_none_or(|scope| scope.split(' ').any(|word| word == SCOPE));
        if !bound || !of_use || !is_token(&access) || !is_token(&refresh) {
            return Err(CallFailure::Unreadable);
        }
        let expires = asked_at.shifted(self.expires_in.clamp(0, LONGEST_LIFE));
        Ok(Tokens { access, refresh, expires })
    }
}

/// Printable ASCII without spaces: what can stand in a header as it is (RFC 6750 section 2.1 allows less).
pub(super) fn is_token(token: &SecretText) -> bool {
    let text = token.expose_secret();
    !text.is_empty() && text.len() <= LONGEST_TOKEN && text.bytes().all(|b| b.is_ascii_graphic())
}
