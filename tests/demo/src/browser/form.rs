//! HTML forms, as far as a person on a bank's page needs them: the forms that post, their fields, their buttons.

use scraper::{ElementRef, Html, Selector};
use url::Url;

/// A page as the person sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    /// The first heading, or the title.
    pub(crate) heading: String,
    /// What the page says is wrong, if it does (an element with the role `alert`).
    pub(crate) trouble: Option<String>,
    /// The forms that post.
    pub(crate) forms: Vec<Form>,
}

/// A form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    /// Where it goes.
    pub(crate) action: Url,
    /// Its inputs with the values they have.
    pub(crate) inputs: Vec<Input>,
    /// Its buttons that carry a value.
    pub(crate) buttons: Vec<Button>,
}

/// A button of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Button {
    pub(crate) name: String,
    pub(crate) value: String,
    /// What stands on it.
    pub(crate) label: String,
}

/// An input of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Input {
    pub(crate) name: String,
    pub(crate) value: String,
    /// Whether the person does not see it.
    pub(crate) hidden: bool,
}

impl Page {
    /// Reads a page that came from `address`.
    pub(crate) fn read(address: &Url, html: &str) -> Self {
        let document = Html::parse_document(html);
        let first = |selector: &str| document.select(&css(selector)).next();
        Self {
            heading: first("h1").or_else(|| first("title")).map(text).unwrap_or_default(),
            trouble: first("[role=alert]").map(text),
            forms: document
                .select(&css("form"))
                .filter_map(|form| Form::read(address, form))
                .collect(),
        }
    }
}

impl Form {
    /// `None` if the form does not post or its action is no address.
    fn read(address: &Url, form: ElementRef<'_>) -> Option<Self> {
        if !form.attr("method").is_some_and(|method| method.eq_ignore_ascii_case("post")) {
            return None;
        }
        let action = address.join(form.attr("action").unwrap_or_default()).ok()?;
        let inputs = form.select(&css("input[name]")).filter_map(Input::read).collect();
        let buttons = form
            .select(&css("button[name]"))
            .filter_map(|button| {
                Some(Button {
                    name: button.attr("name")?.to_owned(),
                    value: button.attr("value")?.to_owned(),
                    label: text(button),
                })
            })
            .collect();
        Some(Self { action, inputs, buttons })
    }

    /// Whether it has an input of this name for the person to fill.
    pub(crate) fn asks_for(&self, name: &str) -> bool {
        self.inputs.iter().any(|input| input.name == name && !input.hidden)
    }

    /// What is posted: every input, with the person's values in place of the page's, and the button pressed.
    pub(crate) fn filled(
        &self,
        typed: &[(&str, &str)],
        button: Option<(&str, &str)>,
    ) -> Vec<(String, String)> {
        let value = |input: &Input| {
            let typed = typed.iter().find(|(name, _)| !input.hidden && *name == input.name);
            typed.map_or_else(|| input.value.clone(), |(_, value)| (*value).to_owned())
        };
        let inputs = self.inputs.iter().map(|input| (input.name.clone(), value(input)));
        let button = button.map(|(name, value)| (name.to_owned(), value.to_owned()));
        inputs.chain(button).collect()
    }
}

impl Input {
    fn read(input: ElementRef<'_>) -> Option<Self> {
        Some(Self {
            name: input.attr("name")?.to_owned(),
            value: input.attr("value").unwrap_or_default().to_owned(),
            hidden: input.attr("type").is_some_and(|kind| kind.eq_ignore_ascii_case("hidden")),
        })
    }
}

fn text(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[expect(clippy::expect_used, reason = "the selectors are constants of this file")]
fn css(selector: &str) -> Selector {
    Selector::parse(selector).expect("a selector of this file parses")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(html: &str) -> Page {
        Page::read(&"https://localhost:8443/oauth/authorize?x=1".parse().unwrap(), html)
    }

    const SIGN_IN: &str = r#"<html><title>t</title><h1> Sign
        in </h1><p role="alert">Wrong &amp; again</p>
        <form method="post" action="/oauth/sign-in"><input type="hidden" name="page" value="a&quot;b">
        <input type="text" name="username" value="old"><input type="password" name="password">
        <button type="submit">Go</button></form>"#;

    #[test]
    fn a_sign_in_page_is_read_and_filled() {
        let page = page(SIGN_IN);
        assert_eq!(page.heading, "Sign in");
        assert_eq!(page.trouble.as_deref(), Some("Wrong & again"));
        let [form] = page.forms.as_slice() else { panic!("{page:?}") };
        assert_eq!(form.action.as_str(), "https://localhost:8443/oauth/sign-in");
        assert!(form.asks_for("password") && !form.asks_for("page"));
        let filled = form.filled(&[("username", "liming"), ("password", "p"), ("page", "x")], None);
        let expected = [("page", "a\"b"), ("username", "liming"), ("password", "p")];
        assert_eq!(filled, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn a_consent_page_has_its_buttons() {
        let page = page(
            "<form method=POST action='?y=2'><button name=decision value=allow>A</button>\
             <button name=decision value=deny> B </button></form>",
        );
        let [form] = page.forms.as_slice() else { panic!("{page:?}") };
        assert_eq!(form.action.query(), Some("y=2"));
        let labels: Vec<_> = form.buttons.iter().map(|button| button.label.as_str()).collect();
        assert_eq!(labels, ["A", "B"]);
        let filled = form.filled(&[], Some(("decision", "allow")));
        assert_eq!(filled, [("decision".to_owned(), "allow".to_owned())]);
    }

    #[test]
    fn pages_without_a_form_that_posts_have_none() {
        for html in
            ["", "<form action='/x'><input name=q></form>", "<form method=post action='http://['>"]
        {
            assert_eq!(page(html).forms, [], "{html}");
        }
    }
}
