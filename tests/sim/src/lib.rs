//! The deterministic simulation: several phones with the whole core, the real bank, a modelled network, and every kind of trouble,
//! in one thread and in their own time. Every choice comes from one seed, so that the same seed is the same world.
//!
//! After every step the invariants are checked (`watch`). docs/simulation.md says what is modelled and what is not.

mod beginning;
mod browser;
mod chance;
mod hardware;
mod house;
mod image;
mod life;
mod network;
mod payees;
mod person;
mod phone;
pub mod plants;
mod run;
mod scene;
mod trace;
mod trouble;
mod watch;
mod world;

pub use run::Worlds;
pub use trace::{Told, Whom};
pub use watch::Broken;
pub use world::Ending;
