//! User name and password of a customer, behind the throttle: the one way past every sign-in form.

use rusqlite::{OptionalExtension, Transaction};

use super::{password, throttle};

/// Longest user name and password that are looked at, in bytes.
const INPUT_MAX: usize = 256;

/// A customer who has shown a password.
#[derive(Clone, Debug)]
pub(crate) struct Customer {
    pub(crate) id: String,
    pub(crate) name_en: String,
    pub(crate) name_zh: String,
}

/// What came of trying a password. A wrong one is an outcome, not an error: its mark must be
/// committed.
#[derive(Debug)]
pub(crate) enum Attempt {
    /// It is this customer's.
    SignedIn(Customer),
    /// User name or password is wrong; which one is not said.
    Wrong,
    /// Too many attempts for this user name: nothing was looked at.
    SlowDown {
        /// Seconds to wait.
        wait_s: i64,
    },
}

/// Tries a password. An unknown user name costs as much time as a wrong password.
pub(crate) fn check_credentials(
    tx: &Transaction<'_>,
    username: &str,
    given: &str,
    now: i64,
) -> rusqlite::Result<Attempt> {
    let wait_s = throttle::wait_s(tx, username, now)?;
    if wait_s > 0 {
        return Ok(Attempt::SlowDown { wait_s });
    }
    if let Some(customer) = customer_of(tx, username, given)? {
        throttle::succeeded(tx, username)?;
        Ok(Attempt::SignedIn(customer))
    } else {
        throttle::failed(tx, username, now)?;
        Ok(Attempt::Wrong)
    }
}

fn customer_of(
    tx: &Transaction<'_>,
    username: &str,
    given: &str,
) -> rusqlite::Result<Option<Customer>> {
    if username.len() > INPUT_MAX || given.len() > INPUT_MAX {
        return Ok(None);
    }
    let found = tx
        .query_row(
            "SELECT customer_id, name_en, name_zh, password_hash FROM customer WHERE username = ?1",
            [username],
            |row| {
                let customer =
                    Customer { id: row.get(0)?, name_en: row.get(1)?, name_zh: row.get(2)? };
                Ok((customer, row.get::<_, String>(3)?))
            },
        )
        .optional()?;
    let phc = found.as_ref().map_or(password::NOBODY, |(_, phc)| phc);
    let is_theirs = password::verify(given, phc);
    Ok(found.filter(|_| is_theirs).map(|(customer, _)| customer))
}
