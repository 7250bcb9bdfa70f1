use std::str::FromStr;

use guichet_foundation::account_number::AccountNumber;
use guichet_foundation::ids::{QuoteId, Uetr};
use guichet_foundation::institution::{Bic, Country};
use guichet_foundation::money::Money;
use guichet_foundation::text::{Note, PartyName};
use guichet_foundation::time::{Day, Timestamp};
use serde::{Deserialize, Serialize};

use super::Payer;

/// The terms of a transfer to another country.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CrossBorderTransfer {
    /// Where the money comes from.
    pub from: Payer,
    /// Where it goes.
    pub to: PayeeAbroad,
    /// At what price.
    pub quote: Quote,
    /// What for.
    pub purpose: Purpose,
    /// By which every bank on the way knows it.
    pub uetr: Uetr,
    /// What goes with it; may be empty.
    pub note: Note,
}

/// Who is paid in another country.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PayeeAbroad {
    /// The account: an IBAN (ISO 13616) where the country has them.
    pub account: AccountNumber,
    /// The holder's name.
    pub name: PartyName,
    /// The holder's bank.
    pub bic: Bic,
    /// The bank's country.
    pub country: Country,
}

/// The bank's offer: what leaves, what arrives, and until when it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quote {
    /// The offer.
    pub quote_id: QuoteId,
    /// What leaves the account, without the fee.
    pub sell: Money,
    /// What arrives.
    pub buy: Money,
    /// What one major unit of the currency that arrives costs, in major units of the one that leaves.
    pub rate: Rate,
    /// What the bank takes on top, in the currency that leaves.
    pub fee: Money,
    /// Who pays the banks on the way.
    pub charges: Charges,
    /// The day on which it arrives at the latest.
    pub arrives_by: Day,
    /// After this the offer is over.
    pub expires: Timestamp,
}

/// Who pays the banks on the way (closed; ISO 20022 `ChargeBearerType1Code` as SWIFT's MT wrote it).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Charges {
    /// The payer.
    #[serde(rename = "OUR")]
    Our,
    /// Each their own side.
    #[serde(rename = "SHA")]
    Shared,
}

impl Charges {
    /// The protocol's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Our => "OUR",
            Self::Shared => "SHA",
        }
    }
}

/// What the money is for (closed; of ISO 20022 `ExternalPurpose1Code`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Purpose {
    /// Education.
    Educ,
    /// Purchase or sale of goods.
    Gdds,
    /// A gift.
    Gift,
    /// Medical services.
    Mdcs,
    /// Something else.
    Othr,
    /// Rent.
    Rent,
    /// Savings.
    Savg,
    /// Purchase or sale of services.
    Scve,
}

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 8] = [
        Self::Educ,
        Self::Gdds,
        Self::Gift,
        Self::Mdcs,
        Self::Othr,
        Self::Rent,
        Self::Savg,
        Self::Scve,
    ];

    /// The code.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Educ => "EDUC",
            Self::Gdds => "GDDS",
            Self::Gift => "GIFT",
            Self::Mdcs => "MDCS",
            Self::Othr => "OTHR",
            Self::Rent => "RENT",
            Self::Savg => "SAVG",
            Self::Scve => "SCVE",
        }
    }
}

/// A rate as the bank wrote it: a decimal number of at most nine digits before the point and eight after it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Rate(String);

/// The text is not a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a rate: a number above zero such as 7.1234")]
pub struct InvalidRate;

impl Rate {
    /// The number, as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Rate {
    type Err = InvalidRate;

    fn from_str(text: &str) -> Result<Self, InvalidRate> {
        let (major, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str, max| {
            (1..=max).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        let is_number = digits(major, 9) && digits(fraction, 8);
        let is_short = major == "0" || !major.starts_with('0');
        let is_positive = text.bytes().any(|byte| (b'1'..=b'9').contains(&byte));
        if is_number && is_short && is_positive {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidRate)
        }
    }
}

impl TryFrom<String> for Rate {
    type Error = InvalidRate;

    fn try_from(text: String) -> Result<Self, InvalidRate> {
        text.parse()
    }
}

impl From<Rate> for String {
    fn from(rate: Rate) -> Self {
        rate.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_a_plain_positive_number() {
        for good in ["7.1234", "0.00000001", "156", "0.5", "10.0"] {
            assert!(good.parse::<Rate>().is_ok(), "{good}");
        }
        for bad in
            ["", "0", "0.0", "07.1", "7.", ".5", "-1", "+1", "1e3", "7,1", "1.123456789", "1.2.3"]
        {
            assert_eq!(bad.parse::<Rate>(), Err(InvalidRate), "{bad}");
        }
    }
}
