//! Whatever one answer of the bank, or of something that stands before it, turns out to be: through the facade, a customer sees a
//! sentence, loses nothing, and the next honest answer puts things right.

use std::sync::Mutex;

use guichet_app::{ActivityStage, HomeContent, PayCard, PayContent, PayForm, Place};
use guichet_foundation::ids::IntentId;
use guichet_foundation::sensitivity::C2;
use proptest::prelude::*;
use tokio::runtime::{Builder, Runtime};

use crate::stage::{Spoiling, Stage, spoilings};

/// The student: the fewest movements, so the quickest sync.
const CUSTOMER: usize = 2;
const CUSTOMER_ID: &str = "c-1003";
const PAYEE: (&str, &str) = ("Wang Fang", "9999000110100200014");

pub(crate) fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// Requests from the first opening to an enrolled phone.
const WAY_IN_REQUESTS: usize = 12;

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, max_shrink_iters: 40, ..ProptestConfig::default() })]

    #[test]
    fn a_spoilt_answer_on_the_way_in_is_said_and_costs_another_try(
        skipped in 0..WAY_IN_REQUESTS, how in spoilings(),
    ) {
        runtime().block_on(async {
            let stage = Stage::open(CUSTOMER).await;
            stage.network.spoil(skipped, how);
            walk_in(&stage).await;
            stage.network.heal();
            refresh(&stage).await;
            stage.wait("the first sync", Stage::is_synced).await;
            assert_eq!(stage.bank.devices(CUSTOMER_ID).len(), 1, "one phone is one device");
        });
    }
}

/// Goes on until the app is open. A step that led nowhere says why, and is tried again.
async fn walk_in(stage: &Stage) {
    for _ in 0..14 {
        if stage.app.state().place == Place::Open {
            return;
        }
        let before = stage.app.welcome().state().step;
        stage.take_step().await;
        let after = stage.app.welcome().state();
        assert!(stage.has_pin() || stage.app.home().state().content.is_none());
        if after.step == before && stage.app.state().place != Place::Open {
            let said = after.notice.expect("a step that leads nowhere says why");
            assert!(!said.text.expose().is_empty());
        }
    }
    panic!("the way in does not end: {:?}", stage.app.welcome().state());
}

/// What a customer may be doing when the answer is spoilt.
#[derive(Clone, Copy, Debug)]
enum Act {
    RefreshHome,
    ListDevices,
    Pay,
}

fn acts() -> impl Strategy<Value = Act> {
    prop_oneof![Just(Act::RefreshHome), Just(Act::ListDevices), Just(Act::Pay), Just(Act::Pay)]
}

/// One phone for all the cases: what one of them broke, the next would find. A case that fails takes its phone with it.
static SET_UP: Mutex<Option<(Runtime, Stage)>> = Mutex::new(None);

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, max_shrink_iters: 40, ..ProptestConfig::default() })]

    #[test]
    fn invariant_10_whole_or_nothing_a_spoilt_answer_inside_loses_nothing_and_pays_nothing_twice(
        act in acts(), skipped in 0..3_usize, how in spoilings(),
    ) {
        let kept = SET_UP.lock().unwrap().take();
        let (runtime, stage) = kept.unwrap_or_else(|| {
            let runtime = runtime();
            let stage = runtime.block_on(Stage::set_up(CUSTOMER));
            (runtime, stage)
        });
        runtime.block_on(carry_out(&stage, act, skipped, how));
        *SET_UP.lock().unwrap() = Some((runtime, stage));
    }
}

async fn carry_out(stage: &Stage, act: Act, skipped: usize, how: Spoiling) {
    let before = home(stage);
    let executed_before = stage.bank.executed(CUSTOMER_ID);
    stage.network.spoil(skipped, how);
    let payment = match act {
        Act::RefreshHome => refresh(stage).await,
        Act::ListDevices => list_devices(stage).await,
        Act::Pay => pay(stage).await,
    };
    let struck = stage.network.heal();
    assert_eq!(stage.app.state().place, Place::Open, "{struck:?}");
    if payment.is_none() {
        assert_eq!(rows(&home(stage)), rows(&before), "{struck:?}");
    }
    // Truthful: what is said to be paid has been, also before the network is honest again.
    if stage_of(stage, payment) == Some(ActivityStage::Confirmed) {
        assert_eq!(stage.bank.executed(CUSTOMER_ID), executed_before + 1, "{struck:?}");
    }

    stage.app.connectivity_changed();
    stage
        .wait("an end of the payment", |stage| stage_of(stage, payment).is_none_or(is_at_rest))
        .await;
    refresh(stage).await;
    let after = home(stage);
    assert!(after.notice.is_none(), "{struck:?}: {:?}", after.notice);
    let paid = u64::from(stage_of(stage, payment) == Some(ActivityStage::Confirmed));
    assert_eq!(stage.bank.executed(CUSTOMER_ID), executed_before + paid, "{struck:?}");
    assert!(stage.bank.audit().conserved);
}

fn home(stage: &Stage) -> HomeContent {
    stage.app.home().state().content.expect("an open app shows the home screen")
}

fn payments(stage: &Stage) -> PayContent {
    stage.app.pay().state().content.expect("an open app shows the payments")
}

/// What the vault holds, as far as the home screen shows it.
fn rows(home: &HomeContent) -> impl PartialEq + std::fmt::Debug {
    let accounts: Vec<_> =
        home.accounts.iter().map(|row| (row.id.clone(), row.balance.expose().clone())).collect();
    let recent: Vec<_> =
        home.recent.iter().map(|row| (row.id.clone(), row.amount.expose().clone())).collect();
    (accounts, recent, home.as_of.clone())
}

fn stage_of(stage: &Stage, payment: Option<IntentId>) -> Option<ActivityStage> {
    let activity = payments(stage).activity;
    activity.into_iter().find(|row| Some(row.id) == payment).map(|row| row.stage)
}

const fn is_at_rest(stage: ActivityStage) -> bool {
    !matches!(stage, ActivityStage::Sending | ActivityStage::Unknown)
}

async fn refresh(stage: &Stage) -> Option<IntentId> {
    let before = stage.app.home().state().revision;
    stage.app.home().refresh();
    stage
        .wait("the refresh", |stage| {
            let now = stage.app.home().state();
            now.revision > before && now.content.is_some_and(|home| home.progress.is_none())
        })
        .await;
    None
}

async fn list_devices(stage: &Stage) -> Option<IntentId> {
    stage.app.security_centre().refresh();
    let busy =
        |stage: &Stage| stage.app.security_centre().state().content.is_some_and(|shown| shown.busy);
    stage.wait("the list of devices", |stage| !busy(stage)).await;
    let shown = stage.app.security_centre().state().content.unwrap();
    assert!(shown.notice.is_some() || !shown.devices.is_empty(), "an empty screen says why");
    None
}

/// From the form to whatever becomes of it, with one spoilt answer on the way. The payment, unless it was given up.
async fn pay(stage: &Stage) -> Option<IntentId> {
    let pay = stage.app.pay();
    let from = home(stage).accounts.iter().find(|row| row.can_pay).unwrap().id.clone();
    pay.draft(&PayForm {
        from,
        to_name: C2::new(PAYEE.0.to_owned()),
        to_account: C2::new(PAYEE.1.to_owned()),
        amount: C2::new("0.01".to_owned()),
        note: C2::default(),
    })
    .unwrap();
    let Some(PayCard::Draft(draft)) = payments(stage).card else { panic!("no draft") };
    pay.review(draft.id);
    stage.wait("the words to approve", |stage| payments(stage).busy.is_none()).await;
    let Some(PayCard::Review(review)) = payments(stage).card else {
        assert!(payments(stage).notice.is_some(), "a review that does not come says why");
        pay.discard(draft.id).unwrap();
        return None;
    };
    pay.approve(review.id, review.digest.expose()).unwrap();
    stage
        .put_the_finger(|stage| {
            let shown = payments(stage);
            match shown.activity.first().unwrap().stage {
                ActivityStage::Review => shown.busy.is_none() && shown.notice.is_some(),
                ActivityStage::Sending => stage.network.has_struck(),
                _ => shown.busy.is_none(),
            }
        })
        .await;
    Some(review.id)
}
