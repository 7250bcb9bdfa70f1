//! Answers spoilt on purpose, with their status and headers left as they were.

use core::convert::Infallible;
use core::pin::Pin;
use core::task::{Context, Poll};

use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::CONTENT_LENGTH;
use axum::response::Response;
use hyper::body::Frame;
use serde_json::{Map, Value};

use crate::switches::Garble;

/// Longest answer that is taken apart; longer ones are sent as garbage.
const ANSWER_MAX: usize = 16 * 1024 * 1024;

const CHUNK_BYTES: usize = 64 * 1024;
/// 100 MiB in chunks.
const HUGE_CHUNKS: usize = 1_600;

/// Members whose values are open enumerations, and those whose values are closed ones.
const OPEN: [&str; 4] = ["kind", "category", "platform", "trust_level"];
const CLOSED: [&str; 2] = ["payments", "status"];

/// Spoils the body of an answer.
pub(super) async fn spoil(response: Response, how: Garble) -> Response {
    let (mut parts, body) = response.into_parts();
    parts.headers.remove(CONTENT_LENGTH);
    if how == Garble::Huge {
        return Response::from_parts(parts, huge());
    }
    let body = to_bytes(body, ANSWER_MAX).await.unwrap_or_default();
    let spoilt = match how {
        Garble::Garbage | Garble::Huge => Bytes::from_static(b"\xff\xfe<<< 404 \x00 {\"cursor\":"),
        Garble::Truncate => body.slice(..body.len() / 2),
        Garble::WrongTypes => rewritten(&body, &wrong_type),
        Garble::UnknownEnum => rewritten(&body, &|name, value| unheard_of(&OPEN, name, value)),
        Garble::UnknownClosedEnum => {
            rewritten(&body, &|name, value| unheard_of(&CLOSED, name, value))
        }
    };
    Response::from_parts(parts, Body::from(spoilt))
}

fn huge() -> Body {
    Body::new(Huge { begun: false, chunk: Bytes::from(vec![b'A'; CHUNK_BYTES]), left: HUGE_CHUNKS })
}

/// Valid JSON as far as it goes: a string that does not end. Written as it is read.
struct Huge {
    begun: bool,
    chunk: Bytes,
    left: usize,
}

impl hyper::body::Body for Huge {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if !core::mem::replace(&mut self.begun, true) {
            let begin = Bytes::from_static(b"{\"cursor\":\"");
            return Poll::Ready(Some(Ok(Frame::data(begin))));
        }
        match self.left.checked_sub(1) {
            None => Poll::Ready(None),
            Some(left) => {
                self.left = left;
                Poll::Ready(Some(Ok(Frame::data(self.chunk.clone()))))
            }
        }
    }
}

/// Rewrites the members of a JSON document; what is no JSON becomes `null`.
fn rewritten(body: &[u8], change: &impl Fn(&str, Value) -> Value) -> Bytes {
    let document = serde_json::from_slice(body).unwrap_or(Value::Null);
    Bytes::from(rewrite(document, change).to_string())
}

fn rewrite(value: Value, change: &impl Fn(&str, Value) -> Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(
            members
                .into_iter()
                .map(|(name, value)| {
                    let value = change(&name, rewrite(value, change));
                    (name, value)
                })
                .collect::<Map<_, _>>(),
        ),
        Value::Array(items) => {
            Value::Array(items.into_iter().map(|item| rewrite(item, change)).collect())
        }
        other => other,
    }
}

fn wrong_type(_: &str, value: Value) -> Value {
    match value {
        Value::String(_) => Value::from(7),
        Value::Number(_) => Value::from("seven"),
        Value::Bool(_) => Value::from("yes"),
        other => other,
    }
}

fn unheard_of(members: &[&str], name: &str, value: Value) -> Value {
    if members.contains(&name) && value.is_string() { Value::from("unheard_of") } else { value }
}
