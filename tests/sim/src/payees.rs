//! Who can be paid, and from which accounts: read from the bank's books when a world begins.

use guichet_foundation::ids::AccountId;
use rusqlite::Connection;

use crate::chance::Chance;

/// An account in yuan.
#[derive(Clone, Debug)]
pub(crate) struct Purse {
    pub(crate) id: AccountId,
    pub(crate) number: String,
    /// The owner's name, in English.
    pub(crate) owner: String,
    username: String,
    can_pay: bool,
}

/// All customers' accounts in yuan.
pub(crate) struct Payees {
    purses: Vec<Purse>,
    usernames: Vec<&'static str>,
}

impl Payees {
    /// `usernames` in the order in which phones name their owners.
    pub(crate) fn of(books: &Connection, usernames: Vec<&'static str>) -> anyhow::Result<Self> {
        let mut statement = books.prepare(
            "SELECT account_id, number, customer.name_en, username, can_pay FROM account \
             JOIN customer USING (customer_id) WHERE currency = 'CNY' AND kind <> 'card' ORDER BY account_id",
        )?;
        let mut rows = statement.query([])?;
        let mut purses = Vec::new();
        while let Some(row) = rows.next()? {
            purses.push(Purse {
                id: row.get::<_, String>(0)?.parse()?,
                number: row.get(1)?,
                owner: row.get(2)?,
                username: row.get(3)?,
                can_pay: row.get(4)?,
            });
        }
        Ok(Self { purses, usernames })
    }

    /// An account that `owner` pays from, and another one to pay to.
    pub(crate) fn draw(&self, owner: usize, chance: &Chance) -> Option<(&Purse, &Purse)> {
        let username = self.usernames.get(owner)?;
        let own: Vec<&Purse> = self
            .purses
            .iter()
            .filter(|purse| purse.can_pay && purse.username == *username)
            .collect();
        let from = *chance.pick(&own)?;
        let others: Vec<&Purse> =
            self.purses.iter().filter(|purse| purse.number != from.number).collect();
        Some((from, *chance.pick(&others)?))
    }
}
