//! The phone, as its own process: the core behind its facade, software adapters for its ports, and a hand that does what the
//! conductor says. It can be killed at any moment and started again on the same folder.

pub(crate) mod hardware;
mod log;
mod screens;
mod sensor;
mod surroundings;
pub(crate) mod talk;
mod teller;
mod verbs;
mod views;

use std::io::BufRead as _;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use guichet_app::observe::ViewState;
use guichet_app::{App, AppConfig, PinCost, Platform, ShellPorts, Subscription};
use guichet_foundation::bank::BankProfile;

use crate::lang::Locale;
use hardware::{FileStore, Folders, SoftwareApprovalKey, SoftwareDeviceKey};
pub(crate) use sensor::Sensor;
use surroundings::{SystemClock, SystemEntropy, ToldNetwork};
use talk::{Asked, News, Prompt, Screen, View};
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
}

/// Runs the phone until its standard input ends.
pub(crate) fn run(options: PhoneOptions) -> Result<()> {
    log::to_stderr();
    let teller = Teller::to_stdout();
    let prompts = teller.clone();
    let lights_up = move |prompt: &Prompt| prompts.tell(&News::Prompt { prompt: prompt.clone() });
    let hand = start(&options, Sensor::new(Box::new(lights_up)))?;
    let _subscriptions = follow(&hand.app, &teller);
    for line in std::io::stdin().lock().lines() {
        let asked: Asked = serde_json::from_str(&line?).context("not a verb of the phone")?;
        let answer = hand.carry_out(asked.verb);
        let revisions = hand.revisions();
        teller.tell(&News::Answer { number: asked.number, answer, revisions });
    }
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
        Arc::new(move |request| for_approvals.ask_approval(request)),
    );
    let store = FileStore::of(&folders, Arc::new(move |request| for_releases.ask_release(request)))
        .context("the phone's secure store cannot be opened")?;
    let store = Arc::new(store);
    let network = Arc::new(ToldNetwork::new(!options.offline));
    let ports = ShellPorts {
        secure_store: Arc::clone(&store) as _,
        device_signer: Arc::new(SoftwareDeviceKey::of(&folders.chip)),
        approval_signer: Arc::new(approval_key),
        clock: Arc::new(SystemClock::new()),
        entropy: Arc::new(SystemEntropy),
        connectivity: Arc::clone(&network) as _,
    };
    let config = AppConfig {
        profile,
        folder: folders.app.clone(),
        locale: options.lang,
        device_name: options.name.clone(),
        platform: Platform::Other,
        pin_cost: PinCost::SHIPPED,
    };
    let app = App::start(config, ports).context("the app does not start")?;
    Ok(Hand { app, folders, store, sensor, network })
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
