//! The challenge of a 401: `WWW-Authenticate` (RFC 9110 section 11.6.1).

/// The value of the parameter `name`, quoted or not. The names of parameters are case-insensitive; what stands in quotes is
/// nobody's parameter.
pub(super) fn parameter(challenge: &str, name: &str) -> Option<String> {
    let mut rest = challenge;
    while let Some((before, after)) = rest.split_once('=') {
        let found = before.rsplit([' ', ',', '\t']).next().unwrap_or_default();
        let (value, next) = value(after)?;
        if found.eq_ignore_ascii_case(name) {
            return Some(value);
        }
        rest = next;
    }
    None
}

/// The value that `text` begins with, and what follows it; `None` if its quotes do not end.
fn value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([',', ' ', '\t']).unwrap_or(text.len());
        let (value, next) = text.split_at(end);
        return Some((value.to_owned(), next));
    };
    let mut value = String::new();
    let mut escaped = false;
    for (at, letter) in quoted.char_indices() {
        match letter {
            _ if escaped => {
                value.push(letter);
                escaped = false;
            }
            '\\' => escaped = true,
            '"' => return Some((value, quoted.get(at + 1..).unwrap_or_default())),
            _ => value.push(letter),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn parameters_are_found_wherever_they_stand() {
        let challenge = r#"DPoP algs="ES256", Error="insufficient", acr_values="a b",max_age=300"#;
        let of = |name| parameter(challenge, name);
        assert_eq!(of("error").as_deref(), Some("insufficient"));
        assert_eq!(of("acr_values").as_deref(), Some("a b"));
        assert_eq!(of("max_age").as_deref(), Some("300"));
        assert_eq!(of("realm"), None);
    }

    #[test]
    fn what_stands_in_quotes_is_no_parameter() {
        let challenge = r#"DPoP error_description="say error=\"gone\", max_age=9", error="here""#;
        assert_eq!(parameter(challenge, "error").as_deref(), Some("here"));
        assert_eq!(parameter(challenge, "max_age"), None);
        let said = parameter(challenge, "error_description");
        assert_eq!(said.as_deref(), Some(r#"say error="gone", max_age=9"#));
        assert_eq!(parameter(r#"DPoP error="without end"#, "error"), None);
    }

    proptest! {
        #[test]
        fn no_text_panics(challenge in ".*", name in "[a-z_]{0,5}") {
            parameter(&challenge, &name);
        }
    }
}
