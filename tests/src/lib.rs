//! Flows, contracts, house rules.
