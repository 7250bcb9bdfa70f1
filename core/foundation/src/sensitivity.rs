//! Sensitivity classes after JR/T 0171-2020: who may see a value, and where it may stand.
//!
//! The class is part of the type. A [`C2`] or [`C3`] value prints as dots, so that a derived `Debug` above it cannot leak, and
//! reading it takes a named call that a reviewer can search for.

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

/// The classes of JR/T 0171-2020, least sensitive first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Internal to the institution: may stand in logs of the phone.
    C1,
    /// Identifies a customer or their finances: screens and the vault only.
    C2,
    /// Authenticates: never leaves the core, wiped from memory when dropped.
    C3,
}

const DOTS: &str = "••";

/// A value of class C2: account numbers, names, balances, notes.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct C2<T>(T);

impl<T> C2<T> {
    /// The class of every value of this type.
    pub const CLASS: Class = Class::C2;

    /// Marks `value` as C2.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value, for a screen, the vault or the bank.
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// The value itself, for a screen, the vault or the bank.
    pub fn into_exposed(self) -> T {
        self.0
    }

    /// Another C2 value computed from this one.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> C2<U> {
        C2(f(self.0))
    }
}

impl<T> From<T> for C2<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> fmt::Debug for C2<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(DOTS)
    }
}

/// A value of class C3: PINs, keys, tokens. Zeroised when dropped; cloning is possible but spelled out.
pub struct C3<T: Zeroize>(T);

impl<T: Zeroize> C3<T> {
    /// The class of every value of this type.
    pub const CLASS: Class = Class::C3;

    /// Takes charge of `value`. The caller keeps no copy.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The secret, for as long as a call takes.
    pub const fn expose_secret(&self) -> &T {
        &self.0
    }

    /// The secret, to be filled in place.
    pub const fn expose_secret_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: Zeroize + Clone> C3<T> {
    /// A second copy in memory, zeroised on its own.
    pub fn duplicate(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Zeroize> Drop for C3<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> fmt::Debug for C3<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(DOTS)
    }
}

/// Secret bytes of any length.
pub type SecretBytes = C3<Vec<u8>>;

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    #[expect(dead_code, reason = "only its Debug is looked at")]
    struct Row {
        name: C2<String>,
        pin: C3<String>,
    }

    #[test]
    fn invariant_07_silent_debug_of_a_struct_shows_dots() {
        let row = Row { name: C2::new("李明".to_owned()), pin: C3::new("739184".to_owned()) };
        let shown = format!("{row:?} {row:#?}");
        assert!(!shown.contains("李明") && !shown.contains("739184"), "{shown}");
        assert!(shown.contains("••"));
    }

    #[test]
    fn c2_serialises_as_its_value() {
        let value = C2::new(7_u8);
        assert_eq!(value.clone().map(|n| n + 1).into_exposed(), 8);
        assert_eq!(*value.expose(), 7);
    }
}
