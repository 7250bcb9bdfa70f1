//! The network between the phone and the bank: honest, but for the one answer a test spoils.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::http::Request as HttpRequest;
use guichet_foundation::ports::{Request, Response, Transport, TransportFailure};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::bank::ask;

/// Carries requests to the bank's router. A clone is the same network.
#[derive(Clone)]
pub(crate) struct Network {
    router: Router,
    plan: Arc<Mutex<Plan>>,
}

#[derive(Default)]
struct Plan {
    asked: usize,
    spoilt: Option<(usize, Spoiling)>,
    struck: Option<String>,
}

/// What becomes of one answer.
#[derive(Clone, Debug)]
pub(crate) enum Spoiling {
    /// The request never arrives.
    NotArrived(TransportFailure),
    /// It is carried out, and the answer is lost.
    Lost(TransportFailure),
    /// Something before the bank answers instead of it.
    Instead(u16, Vec<u8>),
    /// The answer with another status.
    Status(u16),
    /// The first so many thousandths of the body.
    Cut(usize),
    /// One bit of the body the other way.
    Flipped(usize),
    /// One value of the JSON body replaced.
    Replaced(usize, Value),
    /// One member of the JSON body left out.
    LeftOut(usize),
    /// The answer without a single header.
    Bare,
    /// The bank's clock as a header says it: another time, or none.
    Date(&'static str),
}

impl Network {
    pub(crate) fn to(router: Router) -> Self {
        Self { router, plan: Arc::default() }
    }

    /// From the next request on, the answer to the one after `skipped` others is spoilt.
    pub(crate) fn spoil(&self, skipped: usize, how: Spoiling) {
        *self.plan.lock().unwrap() = Plan { spoilt: Some((skipped, how)), ..Plan::default() };
    }

    /// Whether an answer has been spoilt since the last healing.
    pub(crate) fn has_struck(&self) -> bool {
        self.plan.lock().unwrap().struck.is_some()
    }

    /// Honest from here on. The call that was struck, if one was.
    pub(crate) fn heal(&self) -> Option<String> {
        std::mem::take(&mut *self.plan.lock().unwrap()).struck
    }

    fn strikes(&self, request: &Request) -> Option<Spoiling> {
        let mut plan = self.plan.lock().unwrap();
        plan.asked += 1;
        let (skipped, how) = plan.spoilt.clone()?;
        let struck = plan.asked == skipped + 1;
        if struck {
            plan.struck = Some(format!("{request:?}"));
        }
        struck.then_some(how)
    }

    async fn carry(&self, request: Request) -> Response {
        let path = request.url.splitn(4, '/').nth(3).unwrap_or_default();
        let mut built =
            HttpRequest::builder().method(request.method.as_str()).uri(format!("/{path}"));
        for (name, value) in &request.headers {
            built = built.header(*name, value);
        }
        let answer = ask(&self.router, built.body(Body::from(request.body)).unwrap()).await;
        Response { status: answer.status, headers: answer.headers, body: answer.body }
    }
}

#[async_trait]
impl Transport for Network {
    async fn send(&self, request: Request) -> Result<Response, TransportFailure> {
        match self.strikes(&request) {
            None => Ok(self.carry(request).await),
            Some(Spoiling::NotArrived(failure)) => Err(failure),
            Some(Spoiling::Lost(failure)) => {
                self.carry(request).await;
                Err(failure)
            }
            Some(Spoiling::Instead(status, body)) => {
                Ok(Response { status, headers: Vec::new(), body })
            }
            Some(how) => Ok(how.applied_to(self.carry(request).await)),
        }
    }
}

impl Spoiling {
    fn applied_to(&self, mut answer: Response) -> Response {
        match self {
            Self::Status(status) => answer.status = *status,
            Self::Cut(thousandths) => {
                answer.body.truncate(answer.body.len() * thousandths / 1000);
            }
            Self::Flipped(place) if !answer.body.is_empty() => {
                let bit = place % (answer.body.len() * 8);
                answer.body[bit / 8] ^= 1 << (bit % 8);
            }
            Self::Replaced(place, value) => {
                edit(&mut answer.body, *place, |_| Some(value.clone()));
            }
            Self::LeftOut(place) => edit(&mut answer.body, *place, |_| None),
            Self::Bare => answer.headers.clear(),
            Self::Date(date) => {
                answer.headers.retain(|(name, _)| name != "date");
                answer.headers.push(("date".to_owned(), (*date).to_owned()));
            }
            _ => {}
        }
        answer
    }
}

/// Changes the value at `place`, counted over every member and element; `None` takes it out. A body that is not JSON stays.
fn edit(body: &mut Vec<u8>, place: usize, change: impl Fn(&Value) -> Option<Value>) {
    let Ok(mut value) = serde_json::from_slice::<Value>(body) else { return };
    let mut pointers = Vec::new();
    collect(&value, String::new(), &mut pointers);
    if pointers.is_empty() {
        return;
    }
    let pointer = &pointers[place % pointers.len()];
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    let new = change(value.pointer(pointer).unwrap());
    match (value.pointer_mut(parent).unwrap(), new) {
        (Value::Object(members), Some(new)) => drop(members.insert(last.to_owned(), new)),
        (Value::Object(members), None) => drop(members.remove(last)),
        (Value::Array(elements), Some(new)) => elements[last.parse::<usize>().unwrap()] = new,
        (Value::Array(elements), None) => drop(elements.remove(last.parse().unwrap())),
        _ => {}
    }
    *body = value.to_string().into_bytes();
}

/// Pointers to everything below `value`; of a long list the first elements only, so that members are struck as often as rows.
fn collect(value: &Value, at: String, into: &mut Vec<String>) {
    let mut visit = |name: String, below: &Value| {
        let here = format!("{at}/{name}");
        into.push(here.clone());
        collect(below, here, into);
    };
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, below)| visit(name.clone(), below));
        }
        Value::Array(elements) => {
            let few = elements.iter().take(2).enumerate();
            few.for_each(|(index, below)| visit(index.to_string(), below));
        }
        _ => {}
    }
}

/// Every way an answer can come out wrong.
pub(crate) fn spoilings() -> impl Strategy<Value = Spoiling> {
    let failure = || {
        prop_oneof![
            Just(TransportFailure::TimedOut),
            Just(TransportFailure::Broken),
            Just(TransportFailure::Unreadable),
        ]
    };
    let never = prop_oneof![
        Just(TransportFailure::NotConnected),
        Just(TransportFailure::NotTheBank),
        Just(TransportFailure::TimedOut),
    ];
    let status = || prop_oneof![200..210_u16, 300..310_u16, 400..430_u16, 500..505_u16];
    let value = prop_oneof![
        Just(Value::Null),
        Just(json!(-7)),
        Just(json!(1e300)),
        Just(json!([])),
        Just(json!({"minor": "1"})),
        "[ -~]{0,40}".prop_map(Value::from),
        Just(json!("imaginary")),
        Just(json!("A".repeat(70_000))),
    ];
    prop_oneof![
        never.prop_map(Spoiling::NotArrived),
        failure().prop_map(Spoiling::Lost),
        (status(), proptest::collection::vec(any::<u8>(), 0..300))
            .prop_map(|(status, body)| Spoiling::Instead(status, body)),
        Just(Spoiling::Instead(
            403,
            br#"{"error":"device_revoked","revocation":"e30.e30.AA"}"#.to_vec()
        )),
        Just(Spoiling::Instead(401, br#"{"error":"invalid_token"}"#.to_vec())),
        Just(Spoiling::Instead(400, br#"{"error":"invalid_request"}"#.to_vec())),
        status().prop_map(Spoiling::Status),
        (0..1000_usize).prop_map(Spoiling::Cut),
        any::<usize>().prop_map(Spoiling::Flipped),
        (any::<usize>(), value).prop_map(|(place, value)| Spoiling::Replaced(place, value)),
        any::<usize>().prop_map(Spoiling::LeftOut),
        Just(Spoiling::Bare),
        Just(Spoiling::Date("Mon, 02 Mar 2026 09:00:00 GMT")),
        Just(Spoiling::Date("Fri, 01 Jan 2100 00:00:00 GMT")),
        Just(Spoiling::Date("yesterday")),
    ]
}
