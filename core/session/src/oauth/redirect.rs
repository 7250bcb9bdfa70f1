//! The browser's answer at the end of a sign-in (RFC 6749 section 4.1.2, RFC 9207).

use subtle::ConstantTimeEq as _;
use url::form_urlencoded;

use super::sign_in::SignInRefusal;
use crate::secret_text::SecretText;

/// What a redirect has to bring to be ours.
pub(super) struct Expected<'a> {
    pub(super) redirect_uri: &'a str,
    pub(super) issuer: &'a str,
    pub(super) state: &'a str,
}

/// What the bank's pages ended in.
#[derive(Debug)]
pub(super) enum Outcome {
    Code(SecretText),
    /// The customer said no.
    Denied,
    /// Another error of the authorization server.
    Failed,
}

impl Expected<'_> {
    /// Reads a redirect. One that does not come from the bank, or answers another request, is refused before anything in it is
    /// looked at: any app or page can open our redirect URI.
    pub(super) fn read(&self, redirect: &str) -> Result<Outcome, SignInRefusal> {
        let (address, query) = redirect.split_once('?').ok_or(SignInRefusal::NotOurs)?;
        if address != self.redirect_uri || query.contains('#') {
            return Err(SignInRefusal::NotOurs);
        }
        let state = only(query, "state")?.ok_or(SignInRefusal::NotOurs)?;
        let issuer = only(query, "iss")?.ok_or(SignInRefusal::NotOurs)?;
        let same_state: bool = state.as_bytes().ct_eq(self.state.as_bytes()).into();
        if !same_state || issuer != self.issuer {
            return Err(SignInRefusal::NotOurs);
        }
        match (only(query, "code")?, only(query, "error")?.as_deref()) {
            (Some(code), None) if !code.is_empty() => Ok(Outcome::Code(SecretText::new(code))),
            (None, Some("access_denied")) => Ok(Outcome::Denied),
            (None, Some(_)) => Ok(Outcome::Failed),
            _ => Err(SignInRefusal::NotOurs),
        }
    }
}

/// The parameter of this name; twice the same name is refused (RFC 6749 section 3.1).
fn only(query: &str, name: &str) -> Result<Option<String>, SignInRefusal> {
    let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(found, _)| found == name);
    let first = values.next().map(|(_, value)| value.into_owned());
    if values.next().is_some() { Err(SignInRefusal::NotOurs) } else { Ok(first) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EXPECTED: Expected<'_> = Expected {
        redirect_uri: "https://app.guichet.example/callback",
        issuer: "https://localhost:8443",
        state: "c3RhdGU",
    };
    const GOOD: &str = "https://app.guichet.example/callback?code=abc%2Bd&state=c3RhdGU&iss=https%3A%2F%2Flocalhost%3A8443";

    #[test]
    fn a_good_redirect_brings_its_code() {
        match EXPECTED.read(GOOD) {
            Ok(Outcome::Code(code)) => assert_eq!(code.expose_secret(), "abc+d"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_no_is_understood_only_from_the_bank() {
        let no = GOOD.replace("code=abc%2Bd", "error=access_denied");
        assert!(matches!(EXPECTED.read(&no), Ok(Outcome::Denied)));
        let failed = GOOD.replace("code=abc%2Bd", "error=server_error");
        assert!(matches!(EXPECTED.read(&failed), Ok(Outcome::Failed)));
        let foreign = no.replace("c3RhdGU", "b3RoZXI");
        assert!(matches!(EXPECTED.read(&foreign), Err(SignInRefusal::NotOurs)));
    }

    #[test]
    fn what_is_not_exactly_ours_is_refused() {
        for bad in [
            GOOD.replace("/callback", "/callback/"),
            GOOD.replace("https://app.", "http://app."),
            GOOD.replace("app.guichet", "APP.guichet"),
            GOOD.replace("&iss=https%3A%2F%2Flocalhost%3A8443", ""),
            GOOD.replace("8443", "8444"),
            GOOD.replace("&state=c3RhdGU", ""),
            GOOD.replace("state=c3RhdGU", "state="),
            GOOD.replace("code=abc%2Bd", "code="),
            GOOD.replace("code=abc%2Bd&", ""),
            format!("{GOOD}&state=c3RhdGU"),
            format!("{GOOD}&code=other"),
            format!("{GOOD}&error=access_denied"),
            format!("{GOOD}#fragment"),
            "https://app.guichet.example/callback".to_owned(),
            String::new(),
        ] {
            assert!(matches!(EXPECTED.read(&bad), Err(SignInRefusal::NotOurs)), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_text_but_the_right_state_is_believed(state in "[A-Za-z0-9_-]{0,10}") {
            prop_assume!(state != EXPECTED.state);
            let redirect = GOOD.replace("c3RhdGU", &state);
            prop_assert!(EXPECTED.read(&redirect).is_err());
        }

        #[test]
        fn no_input_panics(redirect in ".*") {
            prop_assert!(EXPECTED.read(&redirect).is_err());
        }
    }
}
