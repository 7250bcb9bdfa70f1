//! A customer at the page, held by a page handle: each is good for one form, and for ten minutes.

use rusqlite::{OptionalExtension, Transaction, params};

use crate::oauth::hash;
use crate::pages::{Locale, PageError};
use crate::random;

/// Seconds a page waits for its form.
const PAGE_LIFETIME_S: i64 = 600;

/// Who is at the page.
#[derive(Debug)]
pub(super) struct Visit {
    pub(super) customer_id: String,
    pub(super) locale: Locale,
}

impl Visit {
    /// Takes the visit of a page handle; the handle is worthless from now on.
    pub(super) fn take(
        tx: &Transaction<'_>,
        page: &str,
        now: i64,
    ) -> rusqlite::Result<Option<Self>> {
        tx.query_row(
            "DELETE FROM security_page WHERE page_hash = ?1 AND expires_at >= ?2
             RETURNING customer_id, locale",
            params![hash(page), now],
            |row| {
                let locale: String = row.get(1)?;
                Ok(Self {
                    customer_id: row.get(0)?,
                    locale: Locale::from_ui_locales(&locale).unwrap_or(Locale::English),
                })
            },
        )
        .optional()
    }

    /// The handle of the next page.
    pub(super) fn turn_page(&self, tx: &Transaction<'_>, now: i64) -> Result<String, PageError> {
        let page = random::secret()?;
        tx.execute("DELETE FROM security_page WHERE expires_at < ?1", [now])?;
        tx.execute(
            "INSERT INTO security_page (page_hash, customer_id, locale, expires_at)
             VALUES (?1, ?2, ?3, ?4)",
            params![hash(&page), self.customer_id, self.locale.as_str(), now + PAGE_LIFETIME_S],
        )?;
        Ok(page)
    }
}
