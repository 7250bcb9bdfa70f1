//! The sandbox bank: authorization server, ledger, verifier.
