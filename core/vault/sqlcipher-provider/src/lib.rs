//! The cryptography SQLCipher asks for, from RustCrypto.
