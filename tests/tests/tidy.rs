//! The house rules, as tests: which crate may need which, what may stand in a source, that documents point at what exists.
//!
//! A rule is a function from text or metadata to complaints. Each is used twice: on the repository, where it must find
//! nothing, and on a bad sample, where it must find what is wrong with it.

mod attacks;
mod classes;
mod documents;
mod edges;
mod fences;
mod graph;
mod invariants;
mod manifests;
mod security;
mod sources;
mod tree;
mod wire;

/// Fails with every complaint, not only the first.
#[track_caller]
fn assert_clean(complaints: Vec<String>) {
    assert!(complaints.is_empty(), "\n  {}\n", complaints.join("\n  "));
}
