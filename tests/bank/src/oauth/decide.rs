//! The consent form: the customer's decision ends the pages and goes back to the app.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, LOCATION, REFERRER_POLICY};
use axum::response::{IntoResponse, Response};
use url::Url;

use super::authorize::{self, OpenRequest};
use super::code;
use super::fields::Form;
use crate::pages::{Locale, PageError};
use crate::server::Bank;

pub(super) async fn submit(
    State(bank): State<Bank>,
    form: Result<Form, super::OAuthError>,
) -> Result<Response, PageError> {
    let form = form.map_err(|_| PageError::Unusable(Locale::English))?;
    let fallback = Locale::of_browser(&form.headers);
    let page = form.optional("page").unwrap_or_default();
    let decision = form.optional("decision").unwrap_or_default();
    let now = bank.clock.seconds();

    bank.store.write(|tx| {
        let request = authorize::by_page(tx, page, &form.headers, now)?
            .ok_or(PageError::Unusable(fallback))?;
        let Some(customer_id) = &request.customer_id else {
            return Err(PageError::Unusable(request.locale));
        };
        let answer = match decision {
            "allow" => ("code", code::issue(tx, &request, customer_id, now)?),
            "deny" => ("error", "access_denied".to_owned()),
            _ => return Err(PageError::Unusable(request.locale)),
        };
        authorize::close(tx, &request)?;
        send_back(&request, &bank.issuer, (answer.0, &answer.1))
    })
}

/// The redirect to the app: 303, with `state` and `iss` (RFC 9207) always.
pub(super) fn send_back(
    request: &OpenRequest,
    issuer: &str,
    answer: (&str, &str),
) -> Result<Response, PageError> {
    let mut target =
        Url::parse(&request.redirect_uri).map_err(|_| PageError::Unusable(request.locale))?;
    target
        .query_pairs_mut()
        .append_pair(answer.0, answer.1)
        .append_pair("state", &request.state)
        .append_pair("iss", issuer);
    let headers = [
        (LOCATION, target.as_str()),
        (CACHE_CONTROL, "no-store"),
        (REFERRER_POLICY, "no-referrer"),
    ];
    Ok((StatusCode::SEE_OTHER, headers).into_response())
}
