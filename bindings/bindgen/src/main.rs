//! Generates the Kotlin and the Swift from the built library.

fn main() {}
