//! One payment over a network on which one thing goes wrong.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context as _, Result};
use guichet_proxy::{Direction, Fault, Kind, Lengths, Phase, Plan, Proxy};

use crate::conductor::agreement::{check_balances, check_paid_once};
use crate::conductor::customer::{Customer, Wish};
use crate::conductor::phone::PATIENCE;
use crate::conductor::stage::Stage;
use crate::conductor::witness::Witness;

/// What each payment is about.
const AMOUNT: &str = "1.23";
/// How long the network stays as it is once it went wrong.
const TROUBLE: Duration = Duration::from_millis(200);

/// Where the faults strike.
pub(super) struct Ground<'a> {
    pub(super) stage: &'a mut Stage,
    pub(super) customer: Customer,
    /// Payments made so far.
    pub(super) payments: usize,
    witness: Witness,
    plan: Plan,
    lengths: Lengths,
}

impl<'a> Ground<'a> {
    /// An enrolled phone that has everything, behind a proxy; and two payments without a fault, one of them over a connection of
    /// its own, to learn how many bytes each phase has.
    pub(super) async fn prepare(stage: &'a mut Stage) -> Result<Self> {
        stage.lay_proxy().await?;
        let customer = Customer::of(stage, AMOUNT)?;
        stage.open_phone(true).await?;
        stage.phone()?.enrol_finger(&customer.finger).await?;
        customer.pursue(&Wish::Synced, stage.phone()?).await?;
        let plan = Plan::seeded(stage.seed());
        let mut ground = Self {
            stage,
            customer,
            payments: 0,
            witness: Witness::default(),
            plan,
            lengths: Lengths::new(),
        };
        for is_cold in [true, false] {
            let known = ground.until_asked().await?;
            let (proxy, _) = ground.stage.proxy_and_phone()?;
            if is_cold {
                proxy.hang_up();
            }
            proxy.take_lengths();
            ground.customer.pursue(&Wish::Paid(known.clone()), ground.stage.phone()?).await?;
            let passed = ground.stage.proxy_and_phone()?.0.take_lengths();
            ground.lengths.extend(passed);
            ground.check(&known).await?;
        }
        Ok(ground)
    }

    /// After how many bytes of the phase a fault of this kind strikes: somewhere, and where a connection ends in the middle of what
    /// matters, also right at both ends.
    pub(super) fn places(&mut self, kind: Kind, phase: Phase, direction: Direction) -> Vec<u64> {
        let length = self.lengths.get(&(phase, direction)).copied().unwrap_or_default();
        let mut places = vec![self.plan.below(length + 1)];
        let matters = matches!(
            (phase, direction),
            (Phase::Request, Direction::Up) | (Phase::Response, Direction::Down)
        );
        if matters && matches!(kind, Kind::Cut | Kind::Reset) {
            places.extend([0, 1, length.saturating_sub(1), length]);
        }
        places
    }

    /// Makes a payment while this happens. Whether it happened.
    pub(super) async fn pay_under(&mut self, fault: Fault) -> Result<bool> {
        let paid = self.try_to_pay_under(fault).await;
        paid.with_context(|| format!("{fault:?}, seed {}", self.stage.seed()))
    }

    async fn try_to_pay_under(&mut self, fault: Fault) -> Result<bool> {
        let known = self.until_asked().await?;
        let customer = self.customer.clone();
        let books = self.stage.books()?;
        let is_let_go = self.plan.below(2) == 0;
        let (proxy, phone) = self.stage.proxy_and_phone()?;
        if matches!(fault.phase, Phase::Connect | Phase::Handshake) {
            proxy.hang_up();
        }
        let before = *proxy.struck().borrow();
        proxy.arm(fault);
        let watcher = phone.watcher();
        let wish = Wish::Paid(known.clone());
        let paid = async {
            let pursuit = async {
                customer.pursue(&wish, phone).await?;
                // What goes wrong after an answer needs somebody who asks again.
                if *proxy.struck().borrow() == before {
                    phone.refresh().await?;
                }
                anyhow::Ok(())
            };
            let (paid, struck) = tokio::join!(pursuit, trouble(proxy, fault, before, is_let_go));
            paid?;
            struck
        };
        let struck = tokio::select! {
            struck = paid => struck?,
            lie = self.witness.watch(watcher, &books) => return Err(lie),
        };
        self.check(&known).await?;
        Ok(struck)
    }

    /// Brings the customer to where a finger is wanted for a new payment. Which payments there were before.
    async fn until_asked(&mut self) -> Result<BTreeSet<String>> {
        let customer = self.customer.clone();
        let phone = self.stage.phone()?;
        let known = phone.views().payment_ids()?;
        customer.pursue(&Wish::Asked(known.clone()), phone).await?;
        Ok(known)
    }

    /// Paid once, by the one new payment; and the balances are the bank's.
    async fn check(&mut self, known: &BTreeSet<String>) -> Result<()> {
        self.payments += 1;
        let customer = self.customer.clone();
        let views = customer.pursue(&Wish::Synced, self.stage.phone()?).await?;
        let books = self.stage.books()?;
        self.witness.see(&views, &books)?;
        check_paid_once(&views, known, &books, self.payments)?;
        check_balances(&views.home_content()?.accounts, &books, &customer.sign_in.username)
    }
}

/// Lets the network go wrong for a while, then heals it: what was held goes on, or its connection ends. Whether it went wrong.
async fn trouble(proxy: &Proxy, fault: Fault, before: u64, is_let_go: bool) -> Result<bool> {
    let mut struck = proxy.struck();
    let strikes = struck.wait_for(|times| *times > before);
    let has_struck = tokio::time::timeout(PATIENCE, strikes).await.is_ok();
    tokio::time::sleep(TROUBLE).await;
    if fault.kind == Kind::Stall && !is_let_go {
        proxy.hang_up();
    }
    proxy.heal();
    Ok(has_struck)
}
