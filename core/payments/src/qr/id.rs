//! The names of the data objects of a merchant-presented code (EMV QRCPS, Merchant-Presented Mode, version 1.1, section 4).

use std::ops::RangeInclusive;

pub(super) const INITIATION: u8 = 1;
/// Accounts at card networks, in a form of their own, and accounts in templates.
pub(super) const ACCOUNTS: RangeInclusive<u8> = 2..=51;
pub(super) const ACCOUNT_TEMPLATES: RangeInclusive<u8> = 26..=51;
pub(super) const CATEGORY: u8 = 52;
pub(super) const CURRENCY: u8 = 53;
pub(super) const AMOUNT: u8 = 54;
pub(super) const TIP: u8 = 55;
pub(super) const FIXED_FEE: u8 = 56;
pub(super) const PERCENT_FEE: u8 = 57;
pub(super) const COUNTRY: u8 = 58;
pub(super) const NAME: u8 = 59;
pub(super) const CITY: u8 = 60;
pub(super) const DETAILS: u8 = 62;
pub(super) const CHECKSUM: u8 = 63;
pub(super) const LOCAL_NAMES: u8 = 64;

/// In a template of an account (26 to 51).
pub(super) mod account {
    pub(in super::super) const GLOBALLY_UNIQUE: u8 = 0;
    /// Ours: the account number.
    pub(in super::super) const NUMBER: u8 = 1;
    /// Ours: the CNAPS code of the bank that keeps it.
    pub(in super::super) const BANK: u8 = 2;
}

/// In the template of details (62).
pub(super) mod detail {
    pub(in super::super) const BILL_NUMBER: u8 = 1;
    pub(in super::super) const STORE: u8 = 3;
    pub(in super::super) const REFERENCE: u8 = 5;
    pub(in super::super) const TERMINAL: u8 = 7;
    pub(in super::super) const PURPOSE: u8 = 8;
}

/// In the template of names in another language (64).
pub(super) mod local {
    pub(in super::super) const LANGUAGE: u8 = 0;
    pub(in super::super) const NAME: u8 = 1;
    pub(in super::super) const CITY: u8 = 2;
}
