//! Texts of the bank: in up to two languages, brought to what may stand on a screen.

use std::fmt;

use guichet_foundation::locale::Locale;
use guichet_foundation::sensitivity::Class;
use serde::Deserialize;

/// The longest text that is kept, in characters. Longer ones are cut: a text must never be what stops a sync.
const TEXT_MAX: usize = 256;

/// A text in English, Chinese or both; never in neither. Class C2: it prints as dots.
#[derive(Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "Languages")]
pub struct LocalizedText {
    en: Option<String>,
    zh_cn: Option<String>,
}

#[derive(Deserialize)]
struct Languages {
    en: Option<String>,
    #[serde(rename = "zh-CN")]
    zh_cn: Option<String>,
}

/// The text has none of the app's languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a text has neither language")]
pub(crate) struct NoLanguage;

impl LocalizedText {
    /// The class of every such text.
    pub const CLASS: Class = Class::C2;

    /// The text in this language, or in the other where its own is missing.
    pub fn in_language(&self, locale: Locale) -> &str {
        let (own, other) = match locale {
            Locale::En => (&self.en, &self.zh_cn),
            Locale::ZhCn => (&self.zh_cn, &self.en),
        };
        own.as_deref().or(other.as_deref()).unwrap_or_default()
    }

    pub(crate) fn from_languages(
        en: Option<String>,
        zh_cn: Option<String>,
    ) -> Result<Self, NoLanguage> {
        let shown =
            |text: Option<String>| text.map(|text| shown_text(&text)).filter(|t| !t.is_empty());
        let (en, zh_cn) = (shown(en), shown(zh_cn));
        if en.is_none() && zh_cn.is_none() { Err(NoLanguage) } else { Ok(Self { en, zh_cn }) }
    }

    pub(crate) fn english(&self) -> Option<&str> {
        self.en.as_deref()
    }

    pub(crate) fn chinese(&self) -> Option<&str> {
        self.zh_cn.as_deref()
    }
}

impl TryFrom<Languages> for LocalizedText {
    type Error = NoLanguage;

    fn try_from(languages: Languages) -> Result<Self, NoLanguage> {
        Self::from_languages(languages.en, languages.zh_cn)
    }
}

impl fmt::Debug for LocalizedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("••")
    }
}

/// The text without characters that would change how a screen shows what stands around it (controls, line breaks, bidirectional
/// overrides), without white space at its ends, and no longer than [`TEXT_MAX`].
pub(crate) fn shown_text(text: &str) -> String {
    let kept: String = text.chars().filter(|c| !disturbs(*c)).collect();
    kept.trim().chars().take(TEXT_MAX).collect()
}

fn disturbs(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{061C}'
                | '\u{200B}'
                | '\u{200E}'
                | '\u{200F}'
                | '\u{2028}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}'
                | '\u{FEFF}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(en: Option<&str>, zh: Option<&str>) -> Result<LocalizedText, NoLanguage> {
        LocalizedText::from_languages(en.map(str::to_owned), zh.map(str::to_owned))
    }

    #[test]
    fn the_other_language_stands_in_for_a_missing_one() {
        let both = text(Some("Rent"), Some("房租")).unwrap();
        assert_eq!(
            (both.in_language(Locale::En), both.in_language(Locale::ZhCn)),
            ("Rent", "房租")
        );
        let chinese = text(None, Some("房租")).unwrap();
        assert_eq!(chinese.in_language(Locale::En), "房租");
        let english = text(Some("Rent"), Some(" \u{200B}")).unwrap();
        assert_eq!(english.in_language(Locale::ZhCn), "Rent");
    }

    #[test]
    fn a_text_in_no_language_is_refused() {
        assert_eq!(text(None, None), Err(NoLanguage));
        assert_eq!(text(Some("\n"), Some("")), Err(NoLanguage));
        assert!(serde_json::from_str::<LocalizedText>(r#"{"fr": "Loyer"}"#).is_err());
    }

    #[test]
    fn what_disturbs_a_screen_is_taken_out() {
        assert_eq!(shown_text("  Evil\u{202E}gnp.exe\u{0}\n"), "Evilgnp.exe");
        assert_eq!(shown_text("👨\u{200D}👩\u{200D}👧 家"), "👨\u{200D}👩\u{200D}👧 家");
        assert_eq!(shown_text(&"李".repeat(1000)).chars().count(), TEXT_MAX);
    }

    #[test]
    fn invariant_07_silent_a_text_prints_as_dots() {
        assert_eq!(format!("{:?}", text(Some("Li Ming"), None).unwrap()), "••");
    }
}
