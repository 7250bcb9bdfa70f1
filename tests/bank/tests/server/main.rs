//! The bank's server from the outside: what a phone, a browser, a thief and an engineer meet.

#[cfg(test)]
mod bank;
#[cfg(test)]
mod command;
#[cfg(test)]
mod control;
#[cfg(test)]
mod devices;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod par;
#[cfg(test)]
mod phone;
#[cfg(test)]
mod proofs;
#[cfg(test)]
mod registration;
#[cfg(test)]
mod renewal;
#[cfg(test)]
mod security;
#[cfg(test)]
mod security_page;
#[cfg(test)]
mod signatures;
#[cfg(test)]
mod signing;
#[cfg(test)]
mod start;
#[cfg(test)]
mod step_up;
#[cfg(test)]
mod tls;
#[cfg(test)]
mod tokens;
#[cfg(test)]
mod trust;
