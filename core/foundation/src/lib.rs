//! What things are: money, ids, time, sensitivity classes, and, in [`ports`], what the core asks of the phone.
//!
//! Everything here is plain data and traits. Nothing reads a clock, draws randomness, opens a file or a connection.

pub mod account_number;
pub mod bank;
pub mod ids;
pub mod institution;
pub mod key;
pub mod locale;
pub mod money;
pub mod ports;
pub mod sensitivity;
pub mod stack;
pub mod text;
pub mod time;
