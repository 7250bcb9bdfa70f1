//! Whoever looks at the screen all the time and compares what it says of payments with the bank's books at that moment.

use std::collections::BTreeMap;
use std::future::pending;

use anyhow::{Result, ensure};

use super::books::Books;
use super::customer::{Customer, Wish};
use super::phone::{Views, Watcher};
use super::stage;
use crate::phone::talk::Stage;

/// What was last said of each payment, over all of the phone's lives.
#[derive(Debug, Default)]
pub(super) struct Witness {
    said: BTreeMap<String, Stage>,
}

impl Witness {
    /// The customer gets what they want, and what the phone says meanwhile is so.
    pub(super) async fn follow(
        &mut self,
        customer: &Customer,
        wish: &Wish,
        stage: &mut stage::Stage,
    ) -> Result<()> {
        let books = stage.books()?;
        let phone = stage.phone()?;
        let watcher = phone.watcher();
        tokio::select! {
            done = customer.pursue(wish, phone) => done.map(drop)?,
            lie = self.watch(watcher, &books) => return Err(lie),
        }
        self.see(&stage.phone()?.views(), &books)
    }

    /// Watches for as long as the phone says what is so.
    pub(super) async fn watch(&mut self, mut watcher: Watcher, books: &Books) -> anyhow::Error {
        loop {
            let views = watcher.borrow_and_update().clone();
            if let Err(lie) = self.see(&views, books) {
                return lie;
            }
            if watcher.changed().await.is_err() {
                pending::<()>().await;
            }
        }
    }

    /// Confirmed: the bank has it. Rejected: the bank has refused it. A draft, or not sent: the bank has decided nothing. These are
    /// proofs, so the books may be read later than the screen.
    pub(super) fn see(&mut self, views: &Views, books: &Books) -> Result<()> {
        for row in views.pay.content.iter().flat_map(|pay| &pay.activity) {
            if self.said.get(&row.id) == Some(&row.stage) {
                continue;
            }
            let before = self.said.insert(row.id.clone(), row.stage);
            let was_settled = matches!(before, Some(Stage::Confirmed | Stage::Rejected));
            ensure!(!was_settled, "{before:?} and then {:?}: {}", row.stage, row.id);
            let outcome = books.outcome(&row.id)?;
            let is_so = match row.stage {
                Stage::Confirmed => outcome.as_deref() == Some("executed"),
                Stage::Rejected => outcome.as_deref() == Some("refused"),
                Stage::Draft | Stage::Review | Stage::NotSent => outcome.is_none(),
                Stage::Sending | Stage::Unknown => true,
            };
            ensure!(is_so, "the phone says {:?}, the bank {outcome:?}: {}", row.stage, row.id);
        }
        Ok(())
    }

    /// What was last said of each payment.
    pub(super) const fn said(&self) -> &BTreeMap<String, Stage> {
        &self.said
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;
    use crate::phone::talk::{ActivityRow, PayContent};

    fn books(outcome: Option<&str>) -> (tempfile::TempDir, Books) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bank.sqlite");
        let bank = Connection::open(&file).unwrap();
        bank.execute_batch("CREATE TABLE decision (intent_id TEXT, outcome TEXT)").unwrap();
        if let Some(outcome) = outcome {
            bank.execute("INSERT INTO decision VALUES ('i-1', ?1)", [outcome]).unwrap();
        }
        (folder, Books::at(&file))
    }

    fn saying(stage: Stage) -> Views {
        let row = ActivityRow {
            id: "i-1".to_owned(),
            title: String::new(),
            amount: String::new(),
            status: String::new(),
            stage,
            has_receipt: false,
        };
        let mut views = Views::default();
        views.pay.content = Some(PayContent { activity: vec![row], ..PayContent::default() });
        views
    }

    #[test]
    fn what_the_books_do_not_bear_out_is_a_lie() {
        let so = |stage, outcome| Witness::default().see(&saying(stage), &books(outcome).1).is_ok();
        let executed = Some("executed");
        let refused = Some("refused");
        assert!(so(Stage::Confirmed, executed) && so(Stage::Rejected, refused));
        assert!(so(Stage::NotSent, None) && so(Stage::Unknown, executed));
        assert!(!so(Stage::Confirmed, None) && !so(Stage::Confirmed, refused));
        assert!(!so(Stage::Rejected, executed) && !so(Stage::Rejected, None));
        assert!(!so(Stage::NotSent, executed) && !so(Stage::Draft, executed));
    }

    #[test]
    fn what_is_settled_stays_as_it_was_said() {
        let (_folder, books) = books(Some("executed"));
        let mut witness = Witness::default();
        witness.see(&saying(Stage::Confirmed), &books).unwrap();
        witness.see(&saying(Stage::Confirmed), &books).unwrap();
        assert!(witness.see(&saying(Stage::Unknown), &books).is_err());
    }
}
