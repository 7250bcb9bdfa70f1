//! What an approval is compared with: one signature by ring, one commit by SQLite, and nothing else.

use guichet_foundation::key::P256Signature;
use guichet_vault::rusqlite::Connection;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use tempfile::TempDir;

/// ring's P-256.
pub(crate) struct BareKey {
    key: EcdsaKeyPair,
    random: SystemRandom,
}

impl BareKey {
    pub(crate) fn new() -> Self {
        let (random, algorithm) = (SystemRandom::new(), &ECDSA_P256_SHA256_FIXED_SIGNING);
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).unwrap();
        Self { key, random }
    }

    pub(crate) fn sign(&self, message: &[u8]) -> P256Signature {
        let signature = self.key.sign(&self.random, message).unwrap();
        P256Signature::from_raw(signature.as_ref()).unwrap()
    }
}

/// A file in the clear that keeps what it is given through a loss of power, as the vault's connection does.
pub(crate) struct BareFile {
    connection: Connection,
    _folder: TempDir,
}

impl BareFile {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let connection = Connection::open(folder.path().join("bare")).unwrap();
        connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(())).unwrap();
        connection
            .execute_batch(
                "PRAGMA synchronous = FULL;
                 CREATE TABLE sent (id INTEGER PRIMARY KEY, intent BLOB NOT NULL, approval BLOB NOT NULL) STRICT;",
            )
            .unwrap();
        Self { connection, _folder: folder }
    }

    pub(crate) fn commit(&self, intent: &[u8], approval: &P256Signature) {
        self.connection
            .prepare_cached("INSERT INTO sent (intent, approval) VALUES (?1, ?2)")
            .unwrap()
            .execute((intent, approval.as_raw().as_slice()))
            .unwrap();
    }
}
