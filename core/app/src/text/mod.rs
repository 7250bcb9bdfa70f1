//! Every word a customer reads: Fluent messages, one file per language, and the forms of amounts and times.

mod amounts;
mod times;

use std::fmt;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use guichet_foundation::locale::Locale;
use unic_langid::LanguageIdentifier;

/// The words of one language.
pub(crate) struct Words {
    locale: Locale,
    bundle: FluentBundle<FluentResource>,
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Words({})", self.locale.tag())
    }
}

const fn source(locale: Locale) -> &'static str {
    match locale {
        Locale::En => include_str!("../../text/en.ftl"),
        Locale::ZhCn => include_str!("../../text/zh-CN.ftl"),
    }
}

impl Words {
    pub(crate) fn new(locale: Locale) -> Self {
        let language: LanguageIdentifier = locale.tag().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![language]);
        bundle.set_use_isolating(false);
        let resource = match FluentResource::try_new(source(locale).to_owned()) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        bundle.add_resource_overriding(resource);
        Self { locale, bundle }
    }

    pub(crate) const fn locale(&self) -> Locale {
        self.locale
    }

    /// The message without arguments.
    pub(crate) fn say(&self, id: &str) -> String {
        self.say_with(id, &[])
    }

    /// The message with its arguments. An unknown id shows itself; a test makes sure that there is none.
    pub(crate) fn say_with(&self, id: &str, arguments: &[(&str, Argument<'_>)]) -> String {
        let Some(pattern) = self.bundle.get_message(id).and_then(|message| message.value()) else {
            return id.to_owned();
        };
        let mut given = FluentArgs::with_capacity(arguments.len());
        for (name, value) in arguments {
            given.set(*name, value.to_fluent());
        }
        self.bundle.format_pattern(pattern, Some(&given), &mut Vec::new()).into_owned()
    }
}

/// What a message is given.
pub(crate) enum Argument<'a> {
    Text(&'a str),
    Count(u64),
}

impl Argument<'_> {
    fn to_fluent(&self) -> FluentValue<'_> {
        match self {
            Self::Text(text) => FluentValue::from(*text),
            Self::Count(count) => FluentValue::from(*count),
        }
    }
}

impl<'a> From<&'a str> for Argument<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Argument<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl From<u64> for Argument<'_> {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl From<usize> for Argument<'_> {
    fn from(count: usize) -> Self {
        Self::Count(count as u64)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::Path;

    use super::*;

    /// Message ids with the arguments they name.
    fn messages(locale: Locale) -> BTreeMap<String, BTreeSet<String>> {
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut current = String::new();
        for line in source(locale).lines().filter(|line| !line.starts_with('#')) {
            if let Some((id, _)) = line.split_once(" = ").filter(|_| !line.starts_with(' ')) {
                current = id.to_owned();
                assert!(found.insert(current.clone(), BTreeSet::new()).is_none(), "{id} twice");
            }
            let names = line.split("{ $").skip(1).filter_map(|rest| rest.split(' ').next());
            if let Some(arguments) = found.get_mut(&current) {
                arguments.extend(names.map(str::to_owned));
            }
        }
        found
    }

    fn rust_sources(folder: &Path, into: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.path().is_dir() {
                rust_sources(&entry.path(), into);
            } else {
                into.push_str(&std::fs::read_to_string(entry.path()).unwrap());
            }
        }
    }

    #[test]
    fn both_languages_have_the_same_messages_with_the_same_arguments() {
        assert_eq!(messages(Locale::En), messages(Locale::ZhCn));
        for locale in Locale::ALL {
            assert!(FluentResource::try_new(source(locale).to_owned()).is_ok(), "{locale:?}");
        }
    }

    #[test]
    fn every_message_is_used_and_every_used_message_exists() {
        let mut code = String::new();
        rust_sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut code);
        let known = messages(Locale::En);
        for id in known.keys() {
            assert!(code.contains(&format!("\"{id}\"")), "{id} is used nowhere");
        }
        for call in
            ["say(\"", "say_with(\"", "say_with(\n            \"", "say_with(\n                \""]
        {
            for rest in code.split(call).skip(1) {
                let id = rest.split('"').next().unwrap_or_default();
                assert!(id.contains('\\') || known.contains_key(id), "{id} does not exist");
            }
        }
    }

    #[test]
    fn arguments_are_filled_and_counts_agree_with_their_noun() {
        let english = Words::new(Locale::En);
        assert_eq!(
            english.say_with("lock-wrong-pin", &[("left", 3_u64.into())]),
            "Wrong PIN. 3 tries are left."
        );
        assert_eq!(english.say_with("span-minutes", &[("count", 1_u64.into())]), "one minute");
        let chinese = Words::new(Locale::ZhCn);
        assert_eq!(chinese.say_with("home-greeting", &[("name", "李明".into())]), "您好，李明");
    }
}
