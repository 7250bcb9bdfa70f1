//! The bank's server from the outside: what a phone, a browser, a thief and an engineer meet.

mod bank;
mod command;
mod control;
mod devices;
mod pages;
mod par;
mod phone;
mod proofs;
mod registration;
mod signatures;
mod signing;
mod start;
mod tls;
mod tokens;
mod trust;
