//! The cryptography SQLCipher asks for, from `RustCrypto` instead of OpenSSL.
//!
//! SQLCipher is compiled with `-DSQLCIPHER_CRYPTO_CUSTOM=sqlcipher_rust_setup` (`.cargo/config.toml`) and calls
//! [`sqlcipher_rust_setup`] once, when SQLite initialises. The algorithms are exactly those of SQLCipher's own providers
//! (AES-256-CBC without padding, HMAC and PBKDF2 over SHA-1, SHA-256 and SHA-512), so that files are interchangeable with
//! every stock build. Whoever opens a database asserts that `PRAGMA cipher_provider` answers [`NAME`]: a build that lost the
//! flag would silently link another provider.
//!
//! The algorithms are safe code, a module each; [`boundary`] is the C side and the only place with
//! `unsafe`. SQLite's memory comes from there as well: [`wipe_freed_memory`].

pub mod boundary;
mod hash;
mod key_derivation;
mod mac;
mod page_cipher;

pub use boundary::{sqlcipher_rust_setup, wipe_freed_memory};

/// What `PRAGMA cipher_provider` answers when this provider is in use.
pub const NAME: &str = "rustcrypto";

/// The arguments are outside what SQLCipher ever passes; nothing was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Refused;
