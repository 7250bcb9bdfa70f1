//! Balances and movements, fetched from the bank into the ledger.
