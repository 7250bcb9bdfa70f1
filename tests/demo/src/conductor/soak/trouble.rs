//! What happens to a payment, drawn from a seed, and what it does.

use std::fmt;
use std::time::Duration;

use anyhow::Result;
use guichet_proxy::{Fault, Plan};

use super::Soak;
use crate::conductor::customer::Wish;

/// How long the network stays broken.
const BROKEN: Duration = Duration::from_millis(900);
/// Kills come within this time of a payment's beginning, in milliseconds.
const WITHIN_MS: u64 = 700;

/// Who is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Victim {
    Phone,
    Bank,
}

/// What happens during one payment.
#[derive(Debug)]
pub(super) struct Trouble {
    /// What goes wrong on the network.
    pub(super) fault: Option<Fault>,
    /// Who is killed, one after the other.
    pub(super) kills: Vec<Victim>,
    /// How long after the payment, or the last kill, began.
    pub(super) moment: Duration,
    /// The access token has ended.
    pub(super) is_token_lost: bool,
    /// The bank carries the payment out, and its answer is lost.
    pub(super) is_answer_lost: bool,
}

/// Draws troubles.
pub(super) struct Troubles(Plan);

impl Troubles {
    pub(super) fn seeded(seed: u64) -> Self {
        Self(Plan::seeded(seed))
    }

    /// The next. Whoever pays too late needs a bank that keeps its wrong clock, which no kill would leave it.
    pub(super) fn draw(&mut self, is_late: bool) -> Trouble {
        let mut one_in = |number| self.0.below(number) == 0;
        let (is_broken, is_token_lost, is_answer_lost) = (one_in(2), one_in(8), one_in(6));
        let kills = match self.0.below(6) {
            _ if is_late => Vec::new(),
            0 | 1 => vec![Victim::Phone],
            2 => vec![Victim::Bank],
            3 => vec![Victim::Phone, Victim::Bank, Victim::Phone],
            _ => Vec::new(),
        };
        let moment = Duration::from_millis(self.0.below(WITHIN_MS));
        let fault = self.0.next().filter(|_| is_broken);
        Trouble { fault, kills, moment, is_token_lost, is_answer_lost }
    }
}

/// What has happened so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Toll {
    pub(super) payments: usize,
    pub(super) faults: u64,
    phones: u64,
    banks: u64,
}

impl Toll {
    pub(super) const fn count(&mut self, victim: Victim) {
        match victim {
            Victim::Phone => self.phones += 1,
            Victim::Bank => self.banks += 1,
        }
    }

    pub(super) const fn kills(&self) -> u64 {
        self.phones + self.banks
    }

    /// A row of the table, after an audit that found nothing.
    pub(super) fn row(&self, after: String) -> [String; 6] {
        let Self { payments, faults, phones, banks } = self;
        [
            after,
            payments.to_string(),
            phones.to_string(),
            banks.to_string(),
            faults.to_string(),
            "✓".to_owned(),
        ]
    }
}

impl fmt::Display for Toll {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { payments, faults, phones, banks } = self;
        write!(f, "{payments} payments, {phones} + {banks} kills, {faults} faults")
    }
}

impl Soak<'_> {
    /// The customer gets what they want, and what the phone says meanwhile is so.
    pub(super) async fn pursue(&mut self, wish: &Wish) -> Result<()> {
        self.witness.follow(&self.customer, wish, self.stage).await
    }

    /// As [`Self::pursue`], while the network, if it is broken, heals after a while.
    pub(super) async fn pursue_and_heal(&mut self, wish: &Wish) -> Result<()> {
        let books = self.stage.books()?;
        let (proxy, phone) = self.stage.proxy_and_phone()?;
        let watcher = phone.watcher();
        let healing = async {
            tokio::time::sleep(BROKEN).await;
            proxy.heal();
            std::future::pending::<()>().await;
        };
        tokio::select! {
            done = self.customer.pursue(wish, phone) => done.map(drop)?,
            lie = self.witness.watch(watcher, &books) => return Err(lie),
            () = healing => {}
        }
        proxy.heal();
        self.witness.see(&self.stage.phone()?.views(), &books)
    }

    /// The customer goes for what they want; then somebody dies, and starts again on what is left on the disk.
    pub(super) async fn pursue_until_killed(
        &mut self,
        wish: &Wish,
        victim: Victim,
        moment: Duration,
    ) -> Result<()> {
        tokio::select! {
            biased;
            () = tokio::time::sleep(moment) => {}
            done = self.pursue(wish) => done?,
        }
        match victim {
            Victim::Phone => {
                self.stage.kill_phone_unasked().await?;
                self.stage.open_phone(true).await
            }
            Victim::Bank => self.stage.actors()?.1.kill_and_reopen().await,
        }
    }
}
