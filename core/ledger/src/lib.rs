//! The accounts as stored: ingest, pages, search. No network.
