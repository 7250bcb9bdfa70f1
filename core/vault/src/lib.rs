//! The encrypted local database: open, key, migrate, erase, quarantine.
