//! The bank's own pages, which the app opens in the system browser (section 3.6).
//!
//! Plain forms in Chinese and English that work without scripts, with a keyboard, with a screen
//! reader and at any text size. Nothing on them comes from anywhere else, nothing may frame them, and
//! no cache keeps them.

mod answer;
mod consent;
mod locale;
pub mod security;
mod shell;
mod sign_in;
mod style;
mod words;

pub use answer::PageError;
pub use consent::{Consent, consent};
pub use locale::Locale;
pub use sign_in::{SignIn, Trouble, sign_in};
pub use style::routes;
