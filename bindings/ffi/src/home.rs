use std::sync::Arc;

use guichet_silence::contained;

use crate::cross::{Cross, record};
use crate::notice::Notice;
use crate::observe::observable;
use crate::private_text::PrivateText;
use crate::rows::{AccountRow, TransactionRow};

record! {
    /// What the home screen shows.
    HomeState mirrors guichet_app::HomeState {
        /// Grows with every change. C1.
        revision: u64,
        /// `None` while locked or signed out. C2.
        content: Option<HomeContent>,
    }
}

record! {
    /// The home screen of an unlocked app.
    HomeContent mirrors guichet_app::HomeContent {
        /// The title. C1.
        title: String,
        /// `Hello, Li Ming`. C2.
        greeting: Option<PrivateText>,
        /// The customer's accounts. C2.
        accounts: Vec<AccountRow>,
        /// The heading above the recent transactions. C1.
        recent_title: String,
        /// The newest transactions over all accounts. C2.
        recent: Vec<TransactionRow>,
        /// `As of 23 Nov 2026, 17:05`. C1.
        as_of: String,
        /// Said above everything while there is no network. C1.
        offline: Option<String>,
        /// Said while the bank is being asked. C1.
        progress: Option<String>,
        /// What needs the customer: payments that are not confirmed. C1.
        attention: Option<String>,
        /// What needs the customer in the security centre. C1.
        security: Option<SecurityAlert>,
        /// The label of the button that leads to signing in again, once the bank has ended the session. C1.
        sign_in: Option<String>,
        /// Said where there is nothing to see yet. C1.
        empty: Option<String>,
        /// Why the last refresh did not work. C2.
        notice: Option<Notice>,
    }
}

record! {
    /// Something in the security centre that needs the customer, and the way there.
    SecurityAlert mirrors guichet_app::SecurityAlert {
        /// What it is. C1.
        text: String,
        /// The label of the button that leads to the security centre. C1.
        action: String,
    }
}

/// The home screen.
#[derive(uniffi::Object)]
pub struct Home(pub(crate) Arc<guichet_app::Home>);

observable!(Home tells HomeListener HomeState);

#[uniffi::export]
impl Home {
    /// Asks the bank for what is new. Returns at once; the result is the next state.
    pub fn refresh(&self) {
        contained(|| self.0.refresh());
    }
}
