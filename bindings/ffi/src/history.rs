use std::sync::Arc;

use guichet_foundation::ids::AccountId;
use guichet_silence::contained;

use crate::cross::Cross;
use crate::private_text::PrivateText;
use crate::rows::TransactionPage;

/// Accounts in depth, and search. Local reads; they never wait for the bank.
#[derive(uniffi::Object)]
pub struct History(pub(crate) Arc<guichet_app::History>);

#[uniffi::export]
impl History {
    /// The newest transactions of an account, or those older than a page that was shown. Empty while locked and for an account
    /// that is not there.
    pub fn page(&self, account: String, older: Option<i64>) -> TransactionPage {
        contained(|| {
            let older = older.map(guichet_app::PageMark);
            let page = account.parse().map(|id: AccountId| self.0.page(&id, older.as_ref()));
            page.unwrap_or_default().cross()
        })
    }

    /// The newest transactions that fit what the customer typed (names, notes, amounts), or those older than a page that was
    /// shown. Empty while locked.
    pub fn search(&self, query: &PrivateText, older: Option<i64>) -> TransactionPage {
        contained(|| {
            let older = older.map(guichet_app::PageMark);
            self.0.search(query.expose(), older.as_ref()).cross()
        })
    }
}
