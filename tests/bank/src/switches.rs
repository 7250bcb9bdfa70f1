//! The switches that make the sandbox misbehave (section 12). They live in memory: a restart is
//! well-behaved again.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::Method;
use base64ct::{Base64UrlUnpadded, Encoding};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::jws::SigningKey;
use crate::oauth::Acr;

/// How the bank misbehaves now. Clones share the state.
#[derive(Clone, Debug, Default)]
pub struct Switches {
    positions: Arc<Mutex<Positions>>,
}

/// Every switch, as the control surface shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Positions {
    /// Every answer waits this many milliseconds, 0 to 60,000.
    pub delay_ms: u64,
    /// Carried out, then the connection is cut before the first byte.
    pub lose_response: Option<Loss>,
    /// Not carried out.
    pub fail: Option<Failure>,
    /// Carried out, then the answer is spoilt.
    pub garble: Option<Garbling>,
    /// The bank's own clock is off by this many seconds.
    pub clock_offset_s: i64,
    /// Receipts and revocation notices leave with a signature that does not verify.
    pub wrong_receipt_signature: bool,
    /// The pin set is an expired one.
    pub expired_pins: bool,
    /// Each refresh gives a new refresh token.
    pub rotate_refresh_tokens: bool,
    /// Calls of the API that want the customer to show to be there.
    pub step_up: Option<Demand>,
}

/// Which requests a switch is about: an exact path, and a method if one is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aim {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<String>,
    times: u32,
}

impl Aim {
    fn is_at(&self, method: &Method, path: &str) -> bool {
        self.path == path && self.method.as_deref().is_none_or(|wanted| wanted == method.as_str())
    }
}

/// `lose_response`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loss {
    #[serde(flatten)]
    aim: Aim,
}

/// `fail`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    #[serde(flatten)]
    aim: Aim,
    /// The status answered, 400 to 599.
    pub status: u16,
    /// Sent as `Retry-After`, if given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<u32>,
}

/// `garble`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Garbling {
    #[serde(flatten)]
    aim: Aim,
    /// How the answer is spoilt.
    pub how: Garble,
}

/// `step_up`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Demand {
    #[serde(flatten)]
    aim: Aim,
    /// The ways that will do, the bank's favourite first, with a space between.
    pub acr_values: String,
    /// How old the showing may be, in seconds.
    pub max_age: u32,
    /// Asked for also when it has just been shown: a bank that is never satisfied.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub always: bool,
}

impl Demand {
    /// The ways, if each word is one.
    fn acrs(&self) -> Option<Vec<Acr>> {
        self.acr_values.split(' ').map(Acr::from_word).collect()
    }
}

/// Ways to spoil an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Garble {
    /// Bytes that are no JSON and no UTF-8.
    Garbage,
    /// The first half.
    Truncate,
    /// 100 MiB.
    Huge,
    /// Strings where numbers belong, and so on.
    WrongTypes,
    /// Unheard-of values in open enumerations.
    UnknownEnum,
    /// An unheard-of value in a closed enumeration.
    UnknownClosedEnum,
}

/// Why switches were not set.
#[derive(Debug, thiserror::Error)]
pub enum SwitchError {
    /// Not an object of known switches with values of their types.
    #[error("not switches: {0}")]
    Malformed(#[from] serde_json::Error),
    /// A value outside its range.
    #[error("{0}")]
    OutOfRange(&'static str),
}

impl Switches {
    /// Where the switches stand.
    pub fn positions(&self) -> Positions {
        self.lock().clone()
    }

    /// Sets the switches named by the members of `change`, leaves the others; `null` turns one off.
    pub fn change(&self, change: Value) -> Result<Positions, SwitchError> {
        let mut positions = self.lock();
        let mut whole = serde_json::to_value(&*positions)?;
        match (whole.as_object_mut(), change) {
            (Some(whole), Value::Object(change)) => {
                whole.extend(change);
                whole.retain(|_, position| !position.is_null());
            }
            _ => return Err(SwitchError::OutOfRange("switches are a JSON object")),
        }
        let changed: Positions = serde_json::from_value(whole)?;
        changed.check()?;
        *positions = changed;
        Ok(positions.clone())
    }

    /// Turns rotation of refresh tokens on or off.
    pub fn set_rotation(&self, on: bool) {
        self.lock().rotate_refresh_tokens = on;
    }

    /// Milliseconds every answer waits.
    pub fn delay_ms(&self) -> u64 {
        self.lock().delay_ms
    }

    /// Whether a refresh gives a new refresh token.
    pub fn rotates_refresh_tokens(&self) -> bool {
        self.lock().rotate_refresh_tokens
    }

    /// Whether the pin set shown is an expired one.
    pub fn serves_expired_pins(&self) -> bool {
        self.lock().expired_pins
    }

    /// The failure this request gets instead of being carried out, counting it.
    pub fn failure(&self, method: &Method, path: &str) -> Option<Failure> {
        use_once(&mut self.lock().fail, |failure| &mut failure.aim, method, path)
    }

    /// Whether the answer to this request is lost, counting it.
    pub fn loses_response(&self, method: &Method, path: &str) -> bool {
        use_once(&mut self.lock().lose_response, |loss| &mut loss.aim, method, path).is_some()
    }

    /// How the answer to this request is spoilt, counting it.
    pub fn garbling(&self, method: &Method, path: &str) -> Option<Garble> {
        use_once(&mut self.lock().garble, |garbling| &mut garbling.aim, method, path)
            .map(|garbling| garbling.how)
    }

    /// The ways to show to be there, and the age in seconds, that this call is turned away with,
    /// counting it; `None` if nothing is demanded, or if `is_met` says that it was shown.
    pub fn step_up(
        &self,
        method: &Method,
        path: &str,
        is_met: impl FnOnce(&[Acr], i64) -> bool,
    ) -> Option<(Vec<Acr>, i64)> {
        let mut positions = self.lock();
        let demand = positions.step_up.as_ref().filter(|demand| demand.aim.is_at(method, path))?;
        let (acrs, max_age_s) = (demand.acrs()?, i64::from(demand.max_age));
        if !demand.always && is_met(&acrs, max_age_s) {
            return None;
        }
        use_once(&mut positions.step_up, |demand| &mut demand.aim, method, path)?;
        Some((acrs, max_age_s))
    }

    /// What leaves the bank in place of a signed receipt or notice: the same text, or while
    /// `wrong_receipt_signature` is on the same words signed by a key that is on no list. Spoilt on its
    /// way out only, so that what the books keep stays true.
    pub fn outgoing(&self, signed: String) -> String {
        if !self.lock().wrong_receipt_signature {
            return signed;
        }
        let stranger = SigningKey::from_scalar(&[0x5a; 32]);
        match (signed.rsplit_once('.'), stranger) {
            (Some((words, _)), Some(stranger)) => {
                let signature = stranger.sign(words.as_bytes());
                format!("{words}.{}", Base64UrlUnpadded::encode_string(&signature))
            }
            _ => String::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Positions> {
        self.positions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Positions {
    fn check(&self) -> Result<(), SwitchError> {
        if self.delay_ms > 60_000 {
            return Err(SwitchError::OutOfRange("delay_ms is at most 60000"));
        }
        if self.fail.as_ref().is_some_and(|fail| !(400..=599).contains(&fail.status)) {
            return Err(SwitchError::OutOfRange("fail.status is 400 to 599"));
        }
        if self.step_up.as_ref().is_some_and(|demand| demand.acrs().is_none()) {
            return Err(SwitchError::OutOfRange("step_up.acr_values are acr values"));
        }
        if self.clock_offset_s.unsigned_abs() > 10 * 366 * 86_400 {
            return Err(SwitchError::OutOfRange("clock_offset_s is at most ten years"));
        }
        Ok(())
    }
}

/// Takes one use of a switch that is aimed at this request; after the last it turns itself off.
fn use_once<S: Clone>(
    switch: &mut Option<S>,
    aim: impl Fn(&mut S) -> &mut Aim,
    method: &Method,
    path: &str,
) -> Option<S> {
    let set = switch.as_mut()?;
    let target = aim(set);
    if !target.is_at(method, path) || target.times == 0 {
        return None;
    }
    target.times -= 1;
    let used_up = target.times == 0;
    let used = set.clone();
    if used_up {
        *switch = None;
    }
    Some(used)
}
