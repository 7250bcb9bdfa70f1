//! The one style sheet, served as its own file so that the pages need no inline style.

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::response::IntoResponse;
use axum::routing::get;

use crate::server::Bank;

const STYLE: &str = include_str!("style.css");

/// The routes of this room.
pub fn routes() -> Router<Bank> {
    Router::new().route("/oauth/style.css", get(show))
}

async fn show() -> impl IntoResponse {
    let headers = [
        (CONTENT_TYPE, "text/css; charset=utf-8"),
        (CACHE_CONTROL, "public, max-age=3600"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, STYLE)
}
