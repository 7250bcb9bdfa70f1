//! The phone, as its own process: the core behind its facade, software adapters for its ports, and a hand that does what the
//! conductor says. It can be killed at any moment and started again on the same folder.

mod ear;
pub(crate) mod hardware;
pub(crate) mod log;
mod screens;
mod sensor;
mod surroundings;
pub(crate) mod talk;
mod teller;
mod verbs;
mod views;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use guichet_app::observe::ViewState;
use guichet_app::{App, AppConfig, PinCost, Place, Platform, ShellPorts, Subscription};
use guichet_foundation::bank::BankProfile;
use guichet_foundation::sensitivity::C2;
use guichet_silence::contained;
use zeroize::Zeroizing;

use crate::lang::Locale;
use ear::Ear;
use hardware::{FileStore, Folders, Maker, SoftwareApprovalKey, SoftwareDeviceKey};
use log::Detail;
pub(crate) use sensor::Sensor;
use surroundings::{SystemClock, SystemEntropy, ToldNetwork};
use talk::{Answer, Asked, News, Prompt, Screen, View};
use teller::Teller;
pub(crate) use verbs::Hand;

/// Which phone, for which bank.
#[derive(Debug, clap::Args)]
pub(crate) struct PhoneOptions {
    /// The phone's folder; made if it is not there.
    #[arg(long)]
    pub(crate) state: PathBuf,
    /// The bank profile the app is built with, as JSON.
    #[arg(long)]
    pub(crate) profile: PathBuf,
    /// The customer's language.
    #[arg(long, default_value = "en")]
    pub(crate) lang: Locale,
    /// What the customer's other phones call this one.
    #[arg(long, default_value = "Demo phone")]
    pub(crate) name: String,
    /// Start without a network.
    #[arg(long)]
    pub(crate) offline: bool,
    /// Who vouches for the approval key; without, nobody does.
    #[arg(skip)]
    pub(crate) maker: Option<Maker>,
    /// What is written to standard error.
    #[arg(long, default_value = "core")]
    pub(crate) log: Detail,
    /// What becomes of memory that is freed.
    #[arg(long, default_value = "wiped")]
    pub(crate) freed: FreedMemory,
}

/// What becomes of memory that is freed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum FreedMemory {
    /// It is overwritten, as on a phone.
    Wiped,
    /// It is left as it is: a search of it then has to find something.
    Left,
}

impl FreedMemory {
    /// As the command line says it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Wiped => "wiped",
            Self::Left => "left",
        }
    }
}

/// Runs the phone until its standard input ends.
pub(crate) fn run(options: PhoneOptions) -> Result<()> {
    guichet_silence::redact();
    log::to(std::io::stderr(), options.log);
    if options.freed == FreedMemory::Left {
        crate::ALLOCATOR.leave_what_is_freed();
    }
    let mut ear = Ear::at_stdin()?;
    let teller = Teller::to_stdout()?;
    let prompts = teller.clone();
    let lights_up = move |prompt: &Prompt| prompts.tell(&News::Prompt { prompt: prompt.clone() });
    let hand = start(&options, Sensor::new(Box::new(lights_up)))?;
    let _subscriptions = follow(&hand.app, &teller);
    let _closing = close_prompts(&hand);
    while let Some(line) = ear.next_line()? {
        contained(|| heed(&hand, &teller, line))?;
    }
    Ok(())
}

/// Does what a line asks for and tells the answer.
fn heed(hand: &Hand, teller: &Teller, line: Zeroizing<Vec<u8>>) -> Result<()> {
    let Asked { number, verb } =
        serde_json::from_slice(&line).context("not a verb of the phone")?;
    // What generated code does with a panic of the core: the call has failed, and the app goes on.
    let answer = catch_unwind(AssertUnwindSafe(|| contained(|| hand.carry_out(verb))));
    let answer = answer.unwrap_or(Answer::Failed);
    teller.tell(&News::Answer { number, answer, revisions: hand.revisions() });
    Ok(())
}

/// Opens the app on the phone's software adapters.
pub(crate) fn start(options: &PhoneOptions, sensor: Sensor) -> Result<Hand> {
    let profile = std::fs::read(&options.profile)
        .with_context(|| format!("{} cannot be read", options.profile.display()))?;
    let profile: BankProfile = serde_json::from_slice(&profile).context("not a bank profile")?;
    let folders = Folders::of(&options.state);
    folders.create().with_context(|| format!("{} cannot be used", options.state.display()))?;
    let sensor = Arc::new(sensor);
    let (for_approvals, for_releases) = (Arc::clone(&sensor), Arc::clone(&sensor));
    let approval_key = SoftwareApprovalKey::of(
        &folders,
        options.maker.clone(),
        Arc::new(move |request| for_approvals.ask_approval(request)),
    );
    let store = FileStore::of(&folders, Arc::new(move |request| for_releases.ask_release(request)))
        .context("the phone's secure store cannot be opened")?;
    let store = Arc::new(store);
    let network = Arc::new(ToldNetwork::new(!options.offline));
    let clock = Arc::new(SystemClock::new());
    let ports = ShellPorts {
        secure_store: Arc::clone(&store) as _,
        device_signer: Arc::new(SoftwareDeviceKey::of(&folders.chip)),
        approval_signer: Arc::new(approval_key),
        clock: Arc::clone(&clock) as _,
        entropy: Arc::new(SystemEntropy),
        connectivity: Arc::clone(&network) as _,
    };
    let config = AppConfig {
        profile,
        folder: folders.app.clone(),
        locale: options.lang,
        device_name: C2::new(options.name.clone()),
        platform: Platform::Other,
        pin_cost: PinCost::SHIPPED,
    };
    let app = App::start(config, ports).context("the app does not start")?;
    Ok(Hand { app, folders, store, sensor, network, clock })
}

/// From now on a prompt for an approval closes when the app locks, as every shell has it.
fn close_prompts(hand: &Hand) -> Subscription {
    let sensor = Arc::clone(&hand.sensor);
    hand.app.observe(Arc::new(move |state| {
        if state.place == Place::Locked {
            sensor.forget_approvals();
        }
    }))
}

/// Tells every state of every screen from now on.
fn follow(app: &App, teller: &Teller) -> [Subscription; Screen::ALL.len()] {
    fn telling<S: ViewState + Into<View>>(teller: &Teller) -> Arc<dyn Fn(S) + Send + Sync> {
        let teller = teller.clone();
        Arc::new(move |state| {
            teller.tell(&News::View { revision: state.revision(), view: Box::new(state.into()) });
        })
    }
    [
        app.observe(telling(teller)),
        app.welcome().observe(telling(teller)),
        app.lock_screen().observe(telling(teller)),
        app.home().observe(telling(teller)),
        app.pay().observe(telling(teller)),
        app.security_centre().observe(telling(teller)),
        app.step_up().observe(telling(teller)),
        app.lock_settings().observe(telling(teller)),
        app.approval().observe(telling(teller)),
    ]
}
