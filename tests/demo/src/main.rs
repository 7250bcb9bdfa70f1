//! A day of banking on one machine: bank, phone, thief.

fn main() {}
