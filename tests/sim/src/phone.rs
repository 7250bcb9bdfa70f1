//! One phone: its hardware, its line, its disk, and the whole core behind its facade while it runs.

use std::sync::Arc;

use anyhow::Context as _;
use guichet_app::{App, AppConfig, PinCost, Place, Platform};
use guichet_foundation::bank::BankProfile;
use guichet_foundation::locale::Locale;
use guichet_foundation::ports;
use tempfile::TempDir;
use tokio::runtime::Handle;

use crate::chance::Drawn;
use crate::hardware::{Chip, Hardware, InHand};
use crate::image::Image;
use crate::life::Life;
use crate::network::{Connection, Line};
use crate::scene::Scene;
use crate::trace::Whom;

/// A phone and what it is doing.
pub(crate) struct Phone {
    pub(crate) number: usize,
    /// Which of the bank's customers holds it.
    pub(crate) owner: usize,
    pub(crate) hardware: Arc<Hardware>,
    pub(crate) line: Arc<Line>,
    scene: Arc<Scene>,
    profile: BankProfile,
    /// What is on the disk while no process is there.
    disk: Image,
    running: Option<Running>,
}

struct Running {
    app: Arc<App>,
    life: Arc<Life>,
    /// Removed with the process. What counts was copied when it was killed.
    folder: TempDir,
}

/// A phone that is switched off: what the next world begins with.
#[derive(Clone)]
pub(crate) struct Parked {
    pub(crate) owner: usize,
    pub(crate) chip: Chip,
    pub(crate) disk: Image,
}

impl Phone {
    /// A phone as it was parked, switched off. `start_s` is the time when the world begins, in seconds since 1970.
    pub(crate) fn new(
        number: usize,
        parked: Parked,
        (scene, line, profile): (Arc<Scene>, Arc<Line>, BankProfile),
        start_s: i64,
    ) -> Self {
        let hardware = Arc::new(Hardware::new(parked.chip, scene.chance.number(), start_s));
        let Parked { owner, disk, .. } = parked;
        Self { number, owner, hardware, line, scene, profile, disk, running: None }
    }

    /// Starts the app, if it does not run. One that does not start stays off.
    pub(crate) fn start(&mut self) -> anyhow::Result<()> {
        if self.running.is_some() {
            return Ok(());
        }
        let folder = self.disk.unfold().context("a phone's folder")?;
        let life = Arc::new(Life::beginning_in(folder.path().to_owned()));
        let in_hand = InHand { hardware: Arc::clone(&self.hardware), life: Arc::clone(&life) };
        let phone = ports::Phone {
            secure_store: Arc::new(in_hand.clone()),
            device_signer: Arc::new(in_hand.clone()),
            approval_signer: Arc::new(in_hand.clone()),
            transport: Arc::new(Connection::of(Arc::clone(&self.line), Arc::clone(&life))),
            clock: Arc::new(in_hand),
            entropy: Arc::new(Drawn::of(self.number, &self.scene)),
            connectivity: Arc::clone(&self.line) as Arc<dyn ports::Connectivity>,
        };
        let config = AppConfig {
            profile: self.profile.clone(),
            folder: folder.path().to_owned(),
            locale: Locale::En,
            device_name: name(self.number).into(),
            platform: Platform::Other,
            pin_cost: PinCost::new(64, 1),
        };
        match App::start_on(Handle::current(), config, phone) {
            Ok(app) => self.running = Some(Running { app, life, folder }),
            Err(refusal) => {
                self.disk = Image::of(folder.path())?;
                self.say(&format!("does not start: {refusal}"));
            }
        }
        Ok(())
    }

    /// Kills the app now.
    pub(crate) fn kill(&mut self) {
        if let Some(running) = &self.running {
            running.life.end();
        }
        self.bury();
    }

    /// The app dies before it has used a port so many times more.
    pub(crate) fn light_fuse(&self, uses: u64) {
        if let Some(running) = &self.running {
            running.life.light_fuse(uses);
        }
    }

    /// Takes a process away that has died. Whether there was one.
    pub(crate) fn bury(&mut self) -> bool {
        let Some(running) = self.running.take_if(|running| running.life.is_over()) else {
            return false;
        };
        self.disk = running.life.left().unwrap_or_default();
        self.hardware.close_all_prompts();
        drop(running.app);
        drop(running.folder);
        true
    }

    /// The app, while it runs.
    pub(crate) fn app(&self) -> Option<&Arc<App>> {
        self.running.as_ref().filter(|running| !running.life.is_over()).map(|running| &running.app)
    }

    /// Whether a vault stands on its disk.
    pub(crate) fn has_vault(&self) -> bool {
        self.running.as_ref().map_or_else(
            || self.disk.has("vault.db"),
            |running| running.folder.path().join("current/vault.db").exists(),
        )
    }

    /// Whether the vault is open: SQLite removes the index of its log when the last connection is closed. A killed process takes
    /// it along.
    pub(crate) fn has_open_vault(&self) -> bool {
        self.running
            .as_ref()
            .is_some_and(|running| running.folder.path().join("current/vault.db-shm").exists())
    }

    pub(crate) fn place(&self) -> Option<Place> {
        self.app().map(|app| app.state().place)
    }

    pub(crate) fn say(&self, what: &str) {
        self.scene.tell(Whom::Phone(self.number), format!("Phone {} {what}.", self.number));
    }

    /// Switches it off for the next world.
    pub(crate) fn park(&mut self) -> Parked {
        self.kill();
        Parked { owner: self.owner, chip: self.hardware.chip(), disk: self.disk.clone() }
    }
}

/// What the bank calls a phone.
pub(crate) fn name(number: usize) -> String {
    format!("Phone {number}")
}
