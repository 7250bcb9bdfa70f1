//! The sandbox bank: authorization server, ledger, verifier of everything the phone signs.
//!
//! A real server over real TLS with an embedded `SQLite` file. It implements `docs/protocol.md`
//! from the bank's side and shares no code with `core/` for what it verifies: two implementations
//! that agree prove something. Read it in the order a request goes:
//!
//! - [`server`]: TLS, connections, the router, and the switches' misbehaviour around it;
//! - [`oauth`]: registration, pushed requests, the bank's pages, tokens (protocol section 3);
//! - [`calls`]: what every call of the API proves before its body is read (section 5);
//! - [`trust`], [`challenges`], [`devices`], [`security`]: sections 4, 6, 7; [`attestation`]: what a
//!   device's makers vouch for;
//! - [`sync`], [`intents`]: the books and the payments (sections 8 and 9);
//! - [`qr`]: the codes that cameras and tills read (section 13);
//! - [`control`]: the sandbox's own control surface (section 12).

// SQLCipher's cryptography, which the `SQLite` build asks for at link time. The bank's own file is
// plain.
use guichet_sqlcipher_provider as _;

pub mod attestation;
pub mod audit;
pub mod calls;
pub mod challenges;
pub mod cli;
pub mod clock;
pub mod control;
pub mod data_dir;
pub mod devices;
pub mod dpop;
pub mod intents;
pub mod jws;
pub mod keys;
pub mod ledger;
pub mod moment;
pub mod money;
pub mod oauth;
pub mod pages;
pub mod people;
pub mod qr;
pub mod random;
pub mod security;
pub mod server;
pub mod store;
pub mod switches;
pub mod sync;
pub mod tls;
pub mod trust;
pub mod vectors;
