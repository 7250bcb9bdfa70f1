//! Codes that a camera or a till reads: what they say, and how they are written. Text in, values out: nothing here asks a bank, a
//! clock or a phone, and no text makes it panic.
//!
//! [`MerchantCode`] is what a merchant shows and a customer scans, [`CustomerCode`] what a customer shows and a till scans
//! (docs/protocol.md, section 13).

mod amount;
mod ber;
mod checksum;
mod content;
mod customer_code;
mod id;
mod labels;
mod merchant_code;
#[cfg(test)]
mod merchant_code_tests;
mod reading;
mod tlv;
mod writing;

pub use content::{Content, Detail, Details, LocalNames};
pub use customer_code::{CustomerCode, InvalidCustomerCode, InvalidMandateId, MandateId};
pub use labels::{Category, InvalidLabel, Label, Language};
pub use merchant_code::{InvalidCode, MerchantCode};
