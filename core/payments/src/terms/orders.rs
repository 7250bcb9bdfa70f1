use guichet_foundation::ids::OrderId;
use guichet_foundation::money::Money;
use guichet_foundation::text::Note;
use guichet_foundation::time::Day;
use serde::{Deserialize, Serialize};

use super::{Payee, Payer};

/// The terms of a standing order: a transfer inside this bank on days to come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StandingOrder {
    /// Where the money comes from.
    pub from: Payer,
    /// Where it goes.
    pub to: Payee,
    /// How much each time; more than zero.
    pub amount: Money,
    /// What goes with it; may be empty.
    pub note: Note,
    /// When.
    pub schedule: Schedule,
}

/// The terms of a change: what the standing order is from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StandingOrderChange {
    /// The order.
    pub order_id: OrderId,
    /// Where the money comes from.
    pub from: Payer,
    /// Where it goes.
    pub to: Payee,
    /// How much each time; more than zero.
    pub amount: Money,
    /// What goes with it; may be empty.
    pub note: Note,
    /// When, from now on.
    pub schedule: Schedule,
}

/// The terms of leaving one payment of a standing order out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StandingOrderSkip {
    /// The order.
    pub order_id: OrderId,
    /// The day on which it would have paid.
    pub date: Day,
    /// Whom it pays.
    pub to: Payee,
    /// What it pays each time.
    pub amount: Money,
}

/// The terms of ending a standing order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StandingOrderCancel {
    /// The order.
    pub order_id: OrderId,
    /// Whom it pays.
    pub to: Payee,
    /// What it pays each time.
    pub amount: Money,
}

/// On which days of the bank's calendar a standing order pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// How often.
    pub every: Every,
    /// The first day. Where a month has no such day, its last one takes its place.
    pub first: Day,
    /// How many times in all, 0 to 999; 0 is until it is ended. Once is 1.
    pub times: u16,
}

/// How often a standing order pays (closed).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Every {
    /// One time.
    Once,
    /// On the same day of each week.
    Week,
    /// On the same day of each month.
    Month,
    /// On the same day of each year.
    Year,
}

impl Every {
    /// The protocol's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Once => "once",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }
}
