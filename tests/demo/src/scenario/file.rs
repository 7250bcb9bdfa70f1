//! A scenario as it is written: tests/scenarios/README.md describes it.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::lang::Locale;

/// A whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scenario {
    /// What it is about.
    #[serde(rename = "scenario")]
    pub(super) title: String,
    /// The language of the app.
    pub(super) language: Locale,
    /// Index into the bank's customers.
    pub(super) customer: usize,
    /// What happens, in order.
    pub(super) steps: Vec<Step>,
}

/// One step.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub(super) enum Step {
    /// A verb with its members.
    Do(Verb),
    /// What must hold now.
    Expect(BTreeMap<String, Expected>),
    /// What must hold together before long.
    Wait(BTreeMap<String, Expected>),
}

/// A verb and its members. Each member is taken once; what is left over was not known.
#[derive(Clone, Debug)]
pub(super) struct Verb {
    pub(super) name: String,
    members: Map<String, Value>,
}

/// What a value must be.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expected {
    /// This very value.
    Is(Value),
    /// A text that holds this.
    Has(String),
    /// A number that is this or more.
    AtLeast(u64),
    /// Anything but nothing.
    There,
}

impl Scenario {
    /// Reads a file.
    pub(super) fn read(file: &Path) -> Result<Self> {
        let text = std::fs::read(file)
            .with_context(|| format!("the scenario {} cannot be read", file.display()))?;
        serde_json::from_slice(&text)
            .with_context(|| format!("the scenario {} is not as it should be", file.display()))
    }
}

impl TryFrom<Map<String, Value>> for Step {
    type Error = anyhow::Error;

    fn try_from(mut step: Map<String, Value>) -> Result<Self> {
        // For the reader of the file.
        step.remove("says");
        let mut take = |name: &str| step.remove(name);
        if let Some(name) = take("do") {
            let name = name.as_str().context("`do` is not a text")?.to_owned();
            return Ok(Self::Do(Verb { name, members: step }));
        }
        let found = match (take("expect"), take("wait")) {
            (Some(values), None) => Self::Expect(expectations(values)?),
            (None, Some(values)) => Self::Wait(expectations(values)?),
            _ => bail!("a step has one of `do`, `expect`, `wait`"),
        };
        match step.keys().next() {
            Some(unknown) => bail!("a step has no `{unknown}`"),
            None => Ok(found),
        }
    }
}

fn expectations(values: Value) -> Result<BTreeMap<String, Expected>> {
    let Value::Object(values) = values else { bail!("expectations are an object") };
    values.into_iter().map(|(path, value)| Ok((path, Expected::try_from(value)?))).collect()
}

impl TryFrom<Value> for Expected {
    type Error = anyhow::Error;

    fn try_from(value: Value) -> Result<Self> {
        let Value::Object(form) = &value else { return Ok(Self::Is(value)) };
        let mut members = form.iter();
        match (members.next(), members.next()) {
            (Some((name, Value::String(text))), None) if name == "has" => {
                Ok(Self::Has(text.clone()))
            }
            (Some((name, Value::String(text))), None) if name == "is" && text == "there" => {
                Ok(Self::There)
            }
            (Some((name, Value::Number(least))), None) if name == "at_least" => {
                Ok(Self::AtLeast(least.as_u64().context("`at_least` takes a whole number")?))
            }
            _ => bail!("{value} is no value of a scenario"),
        }
    }
}

impl Expected {
    /// Whether `found` is as expected.
    pub(super) fn holds(&self, found: &Value) -> bool {
        match self {
            Self::Is(value) => value == found,
            Self::Has(text) => found.as_str().is_some_and(|found| found.contains(text.as_str())),
            Self::AtLeast(least) => found.as_u64().is_some_and(|found| found >= *least),
            Self::There => !found.is_null(),
        }
    }
}

impl std::fmt::Display for Expected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Is(value) => write!(f, "{value}"),
            Self::Has(text) => write!(f, "a text with \"{text}\""),
            Self::AtLeast(least) => write!(f, "{least} or more"),
            Self::There => f.write_str("something"),
        }
    }
}

impl Verb {
    /// Takes a member that is a text.
    pub(super) fn text(&mut self, name: &str) -> Result<String> {
        match self.members.remove(name) {
            Some(Value::String(text)) => Ok(text),
            _ => bail!("`{}` needs a text `{name}`", self.name),
        }
    }

    /// Takes a member that is an index.
    pub(super) fn index(&mut self, name: &str) -> Result<usize> {
        let number = self.members.remove(name).and_then(|number| number.as_u64());
        let number = number.with_context(|| format!("`{}` needs a number `{name}`", self.name))?;
        Ok(usize::try_from(number)?)
    }

    /// Takes a member that is a list of texts.
    pub(super) fn texts(&mut self, name: &str) -> Result<Vec<String>> {
        let list = self.members.remove(name).unwrap_or_default();
        serde_json::from_value(list)
            .with_context(|| format!("`{}` needs a list of texts `{name}`", self.name))
    }

    /// Takes a member that is an object.
    pub(super) fn object(&mut self, name: &str) -> Result<Value> {
        match self.members.remove(name) {
            Some(object @ Value::Object(_)) => Ok(object),
            _ => bail!("`{}` needs an object `{name}`", self.name),
        }
    }

    /// Fails if a member was not taken.
    pub(super) fn nothing_else(&self) -> Result<()> {
        match self.members.keys().next() {
            Some(unknown) => bail!("`{}` has no `{unknown}`", self.name),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn step(value: Value) -> Result<Step, serde_json::Error> {
        serde_json::from_value(value)
    }

    #[test]
    fn a_step_is_one_thing_and_nothing_unknown() {
        assert!(matches!(step(json!({"do": "lock", "says": "x"})), Ok(Step::Do(_))));
        assert!(matches!(step(json!({"wait": {"place": "open"}})), Ok(Step::Wait(_))));
        for bad in [
            json!({}),
            json!({"expect": {}, "wait": {}}),
            json!({"expect": {}, "more": 1}),
            json!({"expect": {"place": {"holds": "x"}}}),
            json!({"expect": {"place": {"is": "here"}}}),
            json!({"do": 3}),
        ] {
            assert!(step(bad.clone()).is_err(), "{bad}");
        }
    }

    #[test]
    fn members_that_a_verb_does_not_have_are_found() {
        let Ok(Step::Do(mut verb)) = step(json!({"do": "search", "for": "x", "also": 1})) else {
            panic!("no verb")
        };
        assert_eq!(verb.text("for").unwrap(), "x");
        assert!(verb.nothing_else().unwrap_err().to_string().contains("also"));
    }

    #[test]
    fn values_hold_as_the_readme_says() {
        let holds =
            |expected: Value, found: Value| Expected::try_from(expected).unwrap().holds(&found);
        assert!(holds(json!(null), json!(null)) && !holds(json!(null), json!("")));
        assert!(
            holds(json!({"has": "b"}), json!("abc")) && !holds(json!({"has": "b"}), json!(null))
        );
        assert!(
            holds(json!({"at_least": 3}), json!(3)) && !holds(json!({"at_least": 3}), json!(2))
        );
        assert!(
            holds(json!({"is": "there"}), json!(false))
                && !holds(json!({"is": "there"}), json!(null))
        );
        assert!(holds(json!(2), json!(2)) && !holds(json!(2), json!("2")));
    }
}
