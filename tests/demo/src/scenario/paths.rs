//! Paths: what a scenario may look at, and where it stands in the views.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use crate::json::set;
use crate::phone::talk::{
    AppView, ApprovalView, Card, HomeView, LockSettingsView, LockView, PageView, PayView,
    ReceiptText, Refused, SecurityView, StepUpView, WelcomeView,
};

/// Every path of tests/scenarios/README.md; `#` is an index.
const PATHS: [&str; 136] = [
    "place",
    "welcome.step",
    "welcome.title",
    "welcome.message",
    "welcome.action",
    "welcome.skip",
    "welcome.notice",
    "welcome.busy",
    "lock.locked",
    "lock.title",
    "lock.message",
    "lock.biometric",
    "lock.pin",
    "lock.notice",
    "lock.busy",
    "home.title",
    "home.greeting",
    "home.recent_title",
    "home.as_of",
    "home.offline",
    "home.progress",
    "home.attention",
    "home.security.text",
    "home.security.action",
    "home.sign_in",
    "home.empty",
    "home.notice",
    "home.accounts",
    "home.accounts.#.name",
    "home.accounts.#.number",
    "home.accounts.#.kind",
    "home.accounts.#.balance",
    "home.accounts.#.available",
    "home.accounts.#.can_pay",
    "home.recent",
    "home.recent.#.title",
    "home.recent.#.detail",
    "home.recent.#.amount",
    "home.recent.#.pending",
    "home.recent.#.incoming",
    "found.heading",
    "found.rows",
    "found.older",
    "found.rows.#.title",
    "found.rows.#.detail",
    "found.rows.#.amount",
    "found.rows.#.pending",
    "found.rows.#.incoming",
    "pay.title",
    "pay.busy",
    "pay.frozen",
    "pay.notice",
    "pay.card",
    "pay.draft.line",
    "pay.draft.hint",
    "pay.draft.review",
    "pay.draft.discard",
    "pay.review.title",
    "pay.review.text",
    "pay.review.digest",
    "pay.review.expires",
    "pay.review.approve",
    "pay.review.discard",
    "pay.activity",
    "pay.activity.#.stage",
    "pay.activity.#.title",
    "pay.activity.#.amount",
    "pay.activity.#.status",
    "pay.activity.#.has_receipt",
    "receipt.text",
    "receipt.signed",
    "security.title",
    "security.notice",
    "security.busy",
    "security.question.title",
    "security.question.detail",
    "security.question.time",
    "security.question.question",
    "security.question.mine",
    "security.question.not_mine",
    "security.question.hint",
    "security.question.more",
    "security.payments.title",
    "security.payments.frozen",
    "security.payments.message",
    "security.payments.freeze",
    "security.payments.unfreeze",
    "security.payments.busy",
    "security.moving.title",
    "security.moving.message",
    "security.moving.sign_out",
    "security.moving.keep",
    "security.devices_title",
    "security.devices",
    "security.devices.#.name",
    "security.devices.#.platform",
    "security.devices.#.detail",
    "security.devices.#.trust",
    "security.devices.#.current",
    "security.devices.#.sign_out",
    "security.sign_out_others",
    "security.sign_out",
    "step_up.title",
    "step_up.message",
    "step_up.biometric",
    "step_up.pin",
    "step_up.bank",
    "step_up.cancel",
    "step_up.busy",
    "step_up.notice",
    "lock_settings.title",
    "lock_settings.delay_title",
    "lock_settings.delays",
    "lock_settings.delays.#.after",
    "lock_settings.delays.#.label",
    "lock_settings.delays.#.is_chosen",
    "lock_settings.biometric",
    "lock_settings.is_biometric_on",
    "lock_settings.pin_title",
    "lock_settings.old_pin",
    "lock_settings.new_pin",
    "lock_settings.change_pin",
    "lock_settings.busy",
    "lock_settings.notice",
    "approval.title",
    "approval.message",
    "approval.pin",
    "approval.renew",
    "approval.busy",
    "approval.notice",
    "prompt",
    "prompt.reason",
    "refused",
    "refused.#.reason",
    "refused.#.field",
    "refused.#.text",
];

/// Everything a scenario can look at, at one moment.
#[derive(Default)]
pub(super) struct World {
    pub(super) app: AppView,
    pub(super) welcome: WelcomeView,
    pub(super) lock: LockView,
    pub(super) home: HomeView,
    pub(super) pay: PayView,
    pub(super) security: SecurityView,
    pub(super) step_up: StepUpView,
    pub(super) lock_settings: LockSettingsView,
    pub(super) approval: ApprovalView,
    /// The page that was opened or searched for last.
    pub(super) found: Option<PageView>,
    /// The receipt that was opened last.
    pub(super) receipt: Option<ReceiptText>,
    /// What the last verb was refused for.
    pub(super) refused: Vec<Refused>,
    /// Kind and reason of the oldest prompt.
    pub(super) prompt: Option<(&'static str, String)>,
}

impl World {
    /// What stands at `path`: `null` where there is nothing. Fails if there is no such path.
    pub(super) fn look(&self, path: &str) -> Result<Value> {
        ensure!(is_known(path), "`{path}` is no path of a scenario");
        let mut parts = path.split('.');
        let mut found = self.root(parts.next().unwrap_or_default())?;
        for part in parts {
            found = match (part.parse::<usize>(), found) {
                (Ok(index), Value::Array(mut rows)) if index < rows.len() => {
                    rows.swap_remove(index)
                }
                (Err(_), Value::Object(mut members)) => members.remove(part).unwrap_or_default(),
                _ => Value::Null,
            };
        }
        Ok(shown(path, found))
    }

    fn root(&self, name: &str) -> Result<Value> {
        Ok(match name {
            "place" => json!(self.app.place),
            "welcome" => json!(self.welcome),
            "lock" => json!(self.lock),
            "home" => json!(self.home.content),
            "security" => json!(self.security.content),
            "step_up" => json!(self.step_up.card),
            "lock_settings" => json!(self.lock_settings.content),
            "approval" => json!(self.approval.card),
            "pay" => self.pay(),
            "found" => json!(self.found),
            "receipt" => json!(self.receipt),
            "refused" => json!(self.refused),
            "prompt" => match &self.prompt {
                Some((kind, reason)) => json!({"kind": kind, "reason": reason}),
                None => Value::Null,
            },
            other => return None.with_context(|| format!("`{other}` is no screen")),
        })
    }

    /// The card stands under its own name, so that a path says which one it expects.
    fn pay(&self) -> Value {
        let Some(content) = &self.pay.content else { return Value::Null };
        let mut pay = json!(content);
        match &content.card {
            Some(Card::Draft(card)) => {
                set(&mut pay, "card", "draft");
                set(&mut pay, "draft", json!(card));
            }
            Some(Card::Review(card)) => {
                set(&mut pay, "card", "review");
                set(&mut pay, "review", json!(card));
            }
            None => set(&mut pay, "card", Value::Null),
        }
        pay
    }
}

/// Rows are counted where they are not looked into; a notice is its text; a page's end and a signature are yes or no; names of the
/// core are written as the README writes them.
fn shown(path: &str, found: Value) -> Value {
    let last = path.rsplit('.').next().unwrap_or_default();
    match (found, last) {
        (Value::Array(rows), _) => json!(rows.len()),
        (Value::Object(mut members), "prompt") => members.remove("kind").unwrap_or_default(),
        (Value::Object(mut members), _) => members.remove("text").unwrap_or_default(),
        (found, "older") => json!(!found.is_null()),
        (Value::String(signed), "signed") => json!(signed.split('.').count() == 3),
        (Value::String(name), "reason" | "field") if path.starts_with("refused") => {
            json!(snake(&name))
        }
        (found, _) => found,
    }
}

fn is_known(path: &str) -> bool {
    let generic: Vec<_> = path
        .split('.')
        .map(|part| if part.parse::<usize>().is_ok() { "#" } else { part })
        .collect();
    PATHS.contains(&generic.join(".").as_str())
}

/// `OverLimit` as `over_limit`.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    for character in name.chars() {
        if character.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(character.to_ascii_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phone::talk::{DraftCard, HomeContent, NoticeView, PayContent, Tone};

    #[test]
    fn paths_lead_to_values_counts_and_nothing() {
        let notice = NoticeView { tone: Tone::Info, text: "words".to_owned() };
        let card = DraftCard {
            id: "1".to_owned(),
            line: "a line".to_owned(),
            hint: None,
            review: String::new(),
            discard: String::new(),
        };
        let world = World {
            home: HomeView {
                content: Some(HomeContent { notice: Some(notice), ..HomeContent::default() }),
            },
            pay: PayView {
                content: Some(PayContent {
                    card: Some(Card::Draft(card)),
                    ..PayContent::default()
                }),
            },
            refused: vec![Refused {
                reason: "OverLimit".to_owned(),
                field: None,
                text: "x".to_owned(),
            }],
            ..World::default()
        };
        let look = |path: &str| world.look(path).unwrap();
        assert_eq!(look("place"), json!("welcome"));
        assert_eq!(look("welcome.step"), json!("sign_in"));
        assert_eq!(look("home.accounts"), json!(0));
        assert_eq!(look("home.accounts.3.name"), Value::Null);
        assert_eq!(look("home.notice"), json!("words"));
        assert_eq!(look("pay.card"), json!("draft"));
        assert_eq!(look("pay.draft.line"), json!("a line"));
        assert_eq!(look("pay.review.text"), Value::Null);
        assert_eq!(look("security.devices"), Value::Null);
        assert_eq!(look("refused"), json!(1));
        assert_eq!(look("refused.0.reason"), json!("over_limit"));
        assert_eq!(look("prompt"), Value::Null);
        assert!(world.look("home.colour").is_err());
        assert!(world.look("pay.draft.id").is_err());
    }
}
