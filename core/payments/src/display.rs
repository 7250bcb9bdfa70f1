//! The words a customer approves, rendered from the terms and a language alone (docs/protocol.md, section 9.3).
//!
//! The templates are data of the protocol, compiled in from `docs/protocol`. The code that fills them is written a second time
//! at the bank, which renders again and refuses an approval of other words. One pass over a template: what stands in a name or
//! a note is never read as a template.

mod values;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use guichet_foundation::locale::Locale;
use guichet_foundation::sensitivity::C2;
use serde::Deserialize;

use crate::terms::{Terms, TermsKind};
use values::Value;

const SOURCE: &str = include_str!("../../../docs/protocol/display-templates.json");

static TEMPLATES: LazyLock<Option<Templates>> = LazyLock::new(|| serde_json::from_str(SOURCE).ok());

#[derive(Deserialize)]
struct Templates {
    /// Of each kind, in each language.
    lines: BTreeMap<TermsKind, BTreeMap<String, Vec<String>>>,
    /// In each language: what stands for a value that is a word of the protocol.
    words: BTreeMap<String, BTreeMap<String, String>>,
}

/// The templates this app was built with do not cover these terms in this language. The app has to be updated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no words for these terms in this language; update the app")]
pub struct NoTemplate;

/// The display text: lines joined by LF, none at the end.
pub fn render(terms: &Terms, locale: Locale) -> Result<C2<String>, NoTemplate> {
    let templates = TEMPLATES.as_ref().ok_or(NoTemplate)?;
    let lines = templates.lines.get(&terms.kind()).ok_or(NoTemplate)?;
    let lines = lines.get(locale.tag()).ok_or(NoTemplate)?;
    let words = templates.words.get(locale.tag()).ok_or(NoTemplate)?;
    let filled: Result<Vec<Option<String>>, NoTemplate> =
        lines.iter().map(|line| fill(line, terms, words)).collect();
    let shown: Vec<String> = filled?.into_iter().flatten().collect();
    Ok(C2::new(shown.join("\n")))
}

/// The line with its placeholders filled, or `None` if one of them is empty.
fn fill(
    line: &str,
    terms: &Terms,
    words: &BTreeMap<String, String>,
) -> Result<Option<String>, NoTemplate> {
    let mut filled = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('{') {
        let (placeholder, tail) = after.split_once('}').ok_or(NoTemplate)?;
        let value = match values::of(terms, placeholder).ok_or(NoTemplate)? {
            Value::Text(text) => text,
            Value::Word(word) => words.get(&word).ok_or(NoTemplate)?.clone(),
        };
        if value.is_empty() {
            return Ok(None);
        }
        filled.push_str(before);
        filled.push_str(&value);
        rest = tail;
    }
    filled.push_str(rest);
    Ok(Some(filled))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terms::{Arrival, Payee, Payer, Transfer};

    fn transfer(currency: &str, minor: i64, name: &str, note: &str) -> Terms {
        Terms::Transfer(Transfer {
            from: Payer { account: "6222021000112233445".parse().unwrap() },
            to: Payee {
                account: "6222021000998877665".parse().unwrap(),
                name: name.parse().unwrap(),
            },
            amount: guichet_foundation::money::Money::new(currency.parse().unwrap(), minor),
            note: note.parse().unwrap(),
            arrives: Arrival::Now,
        })
    }

    fn shown(terms: &Terms, locale: Locale) -> String {
        render(terms, locale).unwrap().into_exposed()
    }

    #[test]
    fn a_transfer_reads_in_both_languages() {
        let terms = transfer("CNY", 123_450, "李娜", "房租 May");
        assert_eq!(
            shown(&terms, Locale::En),
            "Pay CNY 1,234.50\nTo 李娜\nAccount 6222 0210 0099 8877 665\nFrom account ••3445\nMessage: 房租 May"
        );
        assert_eq!(
            shown(&terms, Locale::ZhCn),
            "付款 CNY 1,234.50\n收款人 李娜\n收款账号 6222 0210 0099 8877 665\n付款账户 ••3445\n附言：房租 May"
        );
    }

    #[test]
    fn an_empty_note_leaves_its_line_out() {
        let text = shown(&transfer("JPY", 1_000_000, "Zoë", ""), Locale::En);
        assert_eq!(text.lines().next(), Some("Pay JPY 1,000,000"));
        assert_eq!(text.lines().count(), 4);
        assert!(!text.ends_with('\n'));
    }

    #[test]
    fn braces_in_a_name_or_note_are_only_text() {
        let text = shown(&transfer("CNY", 1, "{amount}", "{to.account} {x"), Locale::En);
        assert!(
            text.contains("To {amount}\n") && text.ends_with("Message: {to.account} {x"),
            "{text}"
        );
    }

    #[test]
    fn every_language_has_words_for_every_kind() {
        for locale in Locale::ALL {
            assert!(render(&transfer("BHD", 1, "a", "b"), locale).is_ok(), "{}", locale.tag());
        }
    }

    #[test]
    fn a_template_with_an_unknown_placeholder_renders_nothing() {
        let terms = transfer("CNY", 1, "a", "");
        let words = BTreeMap::new();
        for line in ["Fee {fee}", "Pay {amount", "{arrives}"] {
            assert_eq!(fill(line, &terms, &words), Err(NoTemplate), "{line}");
        }
    }
}
