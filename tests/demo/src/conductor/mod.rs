//! The conductor: it starts the bank and the phone, plays the customer, the bank's staff and the network, and checks what became
//! of it all from the other side.

mod acts;
mod bank;
mod books;
mod children;
mod control;
mod day;
mod draw;
mod folder;
mod link;
mod meter;
mod person;
mod phone;
mod receipt;

pub(crate) use day::{DayOptions, run};
