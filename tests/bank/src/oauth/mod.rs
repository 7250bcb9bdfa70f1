//! The authorization server (section 3): OAuth 2.1 under the FAPI 2.0 Security Profile.
//!
//! One file per endpoint. Tokens, codes, request URIs and page handles are kept only as SHA-256
//! hashes: whoever reads the file cannot use what is in it. Every client has exactly one key, its
//! device key; client assertions and DPoP proofs are made with it.

mod access;
mod acr;
mod assertion;
mod authorize;
mod browser;
mod client_metadata;
mod clients;
mod code;
mod credentials;
mod decide;
mod error;
mod fields;
mod grants;
mod manage;
mod metadata;
mod par;
pub mod password;
mod proven_client;
mod refresh;
mod register;
mod registration_token;
mod revoke;
mod secrets;
mod sign_in;
mod throttle;
mod token;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use crate::server::{Bank, attach_nonce};

pub use access::{Session, expire_all, session};
pub use acr::Acr;
pub use clients::{Client, by_key as client_by_key};
pub(crate) use credentials::{Attempt, Customer, check_credentials};
pub use error::{OAuthCode, OAuthError};
pub(crate) use fields::Form;
pub use grants::{
    Authentication, authentications, end_all_of_client, end_others_of_customer,
    note_authentication, outdate_sign_ins, used,
};
pub(crate) use register::bearer;
pub use registration_token::{RegistrationKeyError, RegistrationTokens};
pub(crate) use secrets::hash;
pub use secrets::same_secret;

/// The tables of this room.
pub const SCHEMA: &str = "
CREATE TABLE client (
    client_id      TEXT PRIMARY KEY,
    key_thumbprint TEXT NOT NULL UNIQUE,
    key            TEXT NOT NULL,
    name           TEXT NOT NULL,
    issued_at      INTEGER NOT NULL
) STRICT;

CREATE TABLE used_assertion (
    client_id  TEXT NOT NULL REFERENCES client (client_id),
    jti        TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (client_id, jti)
) STRICT, WITHOUT ROWID;

CREATE TABLE authorization_request (
    request_hash   TEXT PRIMARY KEY,
    client_id      TEXT NOT NULL REFERENCES client (client_id),
    redirect_uri   TEXT NOT NULL,
    code_challenge TEXT NOT NULL,
    state          TEXT NOT NULL,
    locale         TEXT,
    expires_at     INTEGER NOT NULL,
    page_hash      TEXT UNIQUE,
    failures       INTEGER NOT NULL DEFAULT 0,
    customer_id    TEXT REFERENCES customer (customer_id)
) STRICT;

CREATE TABLE authorization_code (
    code_hash      TEXT PRIMARY KEY,
    client_id      TEXT NOT NULL REFERENCES client (client_id),
    customer_id    TEXT NOT NULL REFERENCES customer (customer_id),
    redirect_uri   TEXT NOT NULL,
    code_challenge TEXT NOT NULL,
    expires_at     INTEGER NOT NULL,
    grant_id       TEXT REFERENCES token_grant (grant_id)
) STRICT;

CREATE TABLE token_grant (
    grant_id    TEXT PRIMARY KEY,
    client_id   TEXT NOT NULL REFERENCES client (client_id),
    customer_id TEXT NOT NULL REFERENCES customer (customer_id),
    began_at    INTEGER NOT NULL,
    ended_at    INTEGER
) STRICT;
CREATE INDEX token_grant_client ON token_grant (client_id);

CREATE TABLE access_token (
    token_hash TEXT PRIMARY KEY,
    grant_id   TEXT NOT NULL REFERENCES token_grant (grant_id),
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX access_token_expiry ON access_token (expires_at);

CREATE TABLE refresh_token (
    token_hash  TEXT PRIMARY KEY,
    grant_id    TEXT NOT NULL REFERENCES token_grant (grant_id),
    parent_hash TEXT,
    replaced_at INTEGER,
    retired     INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX refresh_token_grant ON refresh_token (grant_id);

CREATE TABLE sign_in_failure (
    username TEXT PRIMARY KEY,
    failures INTEGER NOT NULL,
    last_at  INTEGER NOT NULL
) STRICT;
";

/// The second step of this room's tables: what step-up added, the browser that has a request open,
/// when a grant was last of use, and what became of a client's registration.
pub const SCHEMA_2: &str = "
ALTER TABLE token_grant ADD COLUMN used INTEGER NOT NULL DEFAULT 1;
ALTER TABLE token_grant ADD COLUMN used_at INTEGER;
ALTER TABLE authorization_request ADD COLUMN step_up INTEGER NOT NULL DEFAULT 0;
ALTER TABLE authorization_request ADD COLUMN signed_in_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE authorization_request ADD COLUMN browser_hash TEXT;
ALTER TABLE authorization_code ADD COLUMN signed_in_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE client ADD COLUMN former_thumbprint TEXT;
ALTER TABLE client ADD COLUMN deregistered_at INTEGER;

CREATE TABLE authentication (
    grant_id TEXT NOT NULL REFERENCES token_grant (grant_id),
    acr      TEXT NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (grant_id, acr)
) STRICT, WITHOUT ROWID;
";

/// The routes of this room.
pub fn routes(bank: &Bank) -> Router<Bank> {
    let with_proof = Router::new()
        .route("/oauth/par", post(par::push))
        .route("/oauth/token", post(token::issue))
        .route(
            "/oauth/register/{client_id}",
            get(manage::read).put(manage::replace).delete(manage::deregister),
        )
        .layer(from_fn_with_state(bank.clone(), attach_nonce));
    Router::new()
        .route("/.well-known/oauth-authorization-server", get(metadata::show))
        .route("/oauth/register", post(register::register))
        .route("/oauth/revoke", post(revoke::revoke))
        .route("/oauth/authorize", get(authorize::open))
        .route("/oauth/sign-in", post(sign_in::submit))
        .route("/oauth/decision", post(decide::submit))
        .merge(with_proof)
        .method_not_allowed_fallback(error::method_not_allowed)
}
