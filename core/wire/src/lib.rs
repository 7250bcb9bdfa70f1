//! The only room with HTTP and TLS: the client, pins, DPoP proofs, message signatures.
