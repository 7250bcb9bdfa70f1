//! The sandbox bank: authorization server, ledger, verifier.

fn main() {}
