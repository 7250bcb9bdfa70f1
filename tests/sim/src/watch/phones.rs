//! What the phones show and keep, against the bank's books: invariants 4, 5, 8, 10 and 11.

use std::collections::BTreeMap;

use guichet_app::{ActivityRow, ActivityStage, App, Place, WelcomeStep};
use guichet_foundation::ports::Slot;

use super::{Bookkeeper, Broken};
use crate::phone::Phone;
use crate::scene::Scene;
use crate::trace::Whom;

/// What opens a vault or speaks for the customer.
const KEYS: [Slot; 4] =
    [Slot::VaultRootByPin, Slot::VaultRootByBiometric, Slot::PinPepper, Slot::Tokens];

/// Remembers what each phone has claimed: what was once said to be settled must stay true.
#[derive(Default)]
pub(crate) struct Inspector {
    /// Payments a phone has shown as rejected, or as never sent with these approvals behind them.
    claims: BTreeMap<(usize, String), Claim>,
    stages: BTreeMap<(usize, String), ActivityStage>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Claim {
    NeverExecuted,
    Executed,
}

impl Inspector {
    /// Checks one phone.
    pub(crate) fn look(&mut self, phone: &Phone, books: &Bookkeeper, scene: &Scene) {
        let Some(app) = phone.app() else { return };
        let whom = Whom::Phone(phone.number);
        match app.state().place {
            Place::Welcome => check_gone(phone, app, scene),
            Place::Locked => check_locked(phone, app, scene),
            Place::Open => {
                check_balances(app, books, whom, scene);
                self.check_truth(phone, app, books, scene);
            }
        }
        for ((number, intent), claim) in &self.claims {
            if *number == phone.number
                && *claim == Claim::NeverExecuted
                && books.has_executed(intent)
            {
                let what = "a payment shown as rejected was executed";
                scene.report(Broken::new(4, whom, what));
            }
        }
    }

    /// Invariant 4.
    fn check_truth(&mut self, phone: &Phone, app: &App, books: &Bookkeeper, scene: &Scene) {
        let Some(content) = app.pay().state().content else { return };
        let whom = Whom::Phone(phone.number);
        for row in &content.activity {
            let intent = row.id.to_string();
            self.tell_change(phone, row, &intent, scene);
            let (executed, refused) = (books.has_executed(&intent), books.has_refused(&intent));
            let lie = match row.stage {
                ActivityStage::Confirmed if !executed => {
                    Some("confirmed, and the bank has not executed it")
                }
                ActivityStage::Rejected if executed => {
                    Some("rejected, and the bank has executed it")
                }
                ActivityStage::Rejected if !refused => {
                    Some("rejected, and the bank has not refused it")
                }
                ActivityStage::Draft | ActivityStage::Review | ActivityStage::NotSent
                    if executed =>
                {
                    Some("not paid, and the bank has executed it")
                }
                _ => None,
            };
            if let Some(lie) = lie {
                scene.report(Broken::new(4, whom, format!("a payment is shown as {lie}")));
            }
            let claim = match row.stage {
                ActivityStage::Confirmed => Claim::Executed,
                ActivityStage::Rejected => Claim::NeverExecuted,
                _ => continue,
            };
            self.claims.insert((phone.number, intent), claim);
        }
        self.check_nothing_is_lost(phone, &content.activity, books, scene);
    }

    /// What this installation was seen to have, and the bank has executed, it still has.
    fn check_nothing_is_lost(
        &self,
        phone: &Phone,
        rows: &[ActivityRow],
        books: &Bookkeeper,
        scene: &Scene,
    ) {
        for (number, intent) in self.stages.keys() {
            let is_here = || rows.iter().any(|row| row.id.to_string() == *intent);
            if *number == phone.number && books.has_executed(intent) && !is_here() {
                let what = "a payment the bank has executed is no longer among the phone's";
                scene.report(Broken::new(4, Whom::Phone(phone.number), what));
            }
        }
    }

    fn tell_change(&mut self, phone: &Phone, row: &ActivityRow, intent: &str, scene: &Scene) {
        let key = (phone.number, intent.to_owned());
        let before = self.stages.insert(key, row.stage);
        if before != Some(row.stage) {
            let (amount, name) = (row.amount.expose(), row.title.expose());
            let what =
                format!("Phone {} shows {amount} to {name} as {:?}.", phone.number, row.stage);
            scene.tell(Whom::Phone(phone.number), what);
        }
    }

    /// The phone was wiped: what it showed before is no longer its.
    pub(crate) fn forget(&mut self, phone: usize) {
        self.stages.retain(|(number, _), _| *number != phone);
    }

    /// Invariants 5, 8 and 10, once the network is fair, everything runs and there was time.
    pub(crate) fn look_at_the_end(phone: &Phone, books: &Bookkeeper, scene: &Scene) {
        if let Some((invariant, what)) = unsettled(phone, books) {
            scene.report(Broken::new(invariant, Whom::Phone(phone.number), what));
        }
    }
}

/// Whether nothing more is to be waited for.
pub(crate) fn is_settled(phone: &Phone, books: &Bookkeeper) -> bool {
    unsettled(phone, books).is_none()
}

/// What a phone that is well must not be like, and the number of the invariant that says so.
fn unsettled(phone: &Phone, books: &Bookkeeper) -> Option<(u8, String)> {
    let Some(app) = phone.app() else {
        return Some((5, "the app does not start any more".to_owned()));
    };
    if app.state().place == Place::Welcome {
        // An enrolment that was cut off leaves a key with a registration; a wipe leaves neither.
        let is_nobodys_key =
            phone.hardware.has_approval_key() && !phone.hardware.holds(Slot::Registration);
        let is_left =
            phone.hardware.holds(Slot::WipeJournal) || is_nobodys_key || phone.has_vault();
        let is_out = app.welcome().state().step == WelcomeStep::SignIn;
        return (is_out && is_left)
            .then(|| (8, "a wipe does not come to its end: keys or a vault are left".to_owned()));
    }
    if books.has_signed_out(phone.number) {
        return Some((8, "the bank has signed the phone out, and it is not wiped".to_owned()));
    }
    let Some(content) = app.pay().state().content else {
        return Some((5, "the phone does not open any more".to_owned()));
    };
    let is_open =
        |row: &&ActivityRow| matches!(row.stage, ActivityStage::Sending | ActivityStage::Unknown);
    if let Some(row) = content.activity.iter().find(is_open) {
        let (amount, name) = (row.amount.expose(), row.title.expose());
        return Some((5, format!("{amount} to {name} never settles")));
    }
    let home = app.home().state().content;
    home.iter().flat_map(|content| &content.accounts).find_map(|row| {
        let shown = row.balance.expose();
        let booked = books.balance(row.id.as_str())?;
        (minor_of(shown) != Some(booked)).then(|| {
            (10, format!("an account is shown with {shown}, the bank has {booked} minor units"))
        })
    })
}

/// Invariant 8: on the way in there is nothing of the life before, or it is written down that it will be destroyed.
fn check_gone(phone: &Phone, app: &App, scene: &Scene) {
    if app.welcome().state().step != WelcomeStep::SignIn || phone.hardware.holds(Slot::WipeJournal)
    {
        return;
    }
    if let Some(slot) = KEYS.into_iter().find(|slot| phone.hardware.holds(*slot)) {
        let what = format!("the phone asks to sign in, and still keeps {}", slot.name());
        scene.report(Broken::new(8, Whom::Phone(phone.number), what));
    }
}

/// Invariant 11: nothing but the lock screen, and the vault is closed.
fn check_locked(phone: &Phone, app: &App, scene: &Scene) {
    let open = [
        ("the home screen", app.home().state().content.is_some()),
        ("payments", app.pay().state().content.is_some()),
        ("the security centre", app.security_centre().state().content.is_some()),
        // Whoever is at the door has the key in hand.
        ("an open vault", phone.has_open_vault() && !app.lock_screen().state().busy),
    ];
    for (what, _) in open.into_iter().filter(|(_, is_open)| *is_open) {
        let what = format!("the app is locked, and there is still {what}");
        scene.report(Broken::new(11, Whom::Phone(phone.number), what));
    }
}

/// Invariant 10: no balance that the bank never had.
fn check_balances(app: &App, books: &Bookkeeper, whom: Whom, scene: &Scene) {
    let content = app.home().state().content;
    for row in content.iter().flat_map(|content| &content.accounts) {
        let shown = minor_of(row.balance.expose());
        if !shown.is_some_and(|minor| books.ever_held(row.id.as_str(), minor)) {
            let what =
                format!("an account is shown with {}, which it never held", row.balance.expose());
            scene.report(Broken::new(10, whom, what));
        }
    }
}

/// `−¥1,234.50` in minor units.
fn minor_of(shown: &str) -> Option<i64> {
    let digits: String = shown.chars().filter(char::is_ascii_digit).collect();
    let minor: i64 = digits.parse().ok()?;
    Some(if shown.starts_with('−') { -minor } else { minor })
}
