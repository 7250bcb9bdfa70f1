//! Everything that needs more than one crate to be tested, in one binary.

#[cfg(test)]
mod sandbox;
#[cfg(test)]
mod sync;
#[cfg(test)]
mod tidy;
