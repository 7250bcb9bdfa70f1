//! Everything that needs more than one crate to be tested, in one binary.

#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod damage;
#[cfg(test)]
mod sandbox;
#[cfg(test)]
mod stage;
#[cfg(test)]
mod sync;
#[cfg(test)]
mod tidy;
