//! The books: ledger, sync, intents, people, through the crate's public surface.

#![allow(missing_docs, unreachable_pub, reason = "tests")]

#[cfg(test)]
mod frozen;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod intents;
#[cfg(test)]
mod ledger;
#[cfg(test)]
mod malformed;
#[cfg(test)]
mod once;
#[cfg(test)]
mod people;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod sync;
#[cfg(test)]
mod vectors;
#[cfg(test)]
mod wycheproof;
