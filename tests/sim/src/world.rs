//! One world: phones, customers, the bank and the network between them, from a seed to its end.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use guichet_app::Place;
use guichet_bank::people;
use rusqlite::Connection;

use crate::house::House;
use crate::image::Image;
use crate::network::{Line, Weather};
use crate::payees::Payees;
use crate::person::{self, Around, Person};
use crate::phone::{Parked, Phone};
use crate::scene::{Scene, hold};
use crate::trace::Told;
use crate::trouble::{self, Temper};
use crate::watch::{Bookkeeper, Broken, Inspector, Record, is_settled};

/// Steps before everything is made well again.
const STEPS: u64 = 240;

/// Virtual minutes that an unknown payment may need to settle once everything is well. The longest wait between two tries is
/// 15 minutes, and PINs that were tried wrongly take their time too.
const SETTLING_MINUTES: u64 = 90;

/// Sentences of a story.
const STORY_MAX: usize = 40;

/// What every world begins with.
#[derive(Clone)]
pub(crate) struct Beginning {
    pub(crate) bank: Image,
    pub(crate) phones: Vec<Parked>,
    pub(crate) profile: guichet_foundation::bank::BankProfile,
    /// In seconds since 1970.
    pub(crate) start_s: i64,
}

/// What became of a world.
#[derive(Debug)]
pub struct Ending {
    /// The seed it came from.
    pub seed: u64,
    /// The SHA-256 of everything that happened.
    pub hash: String,
    /// How many events that were.
    pub events: u64,
    /// How long it lasted, in its own time.
    pub lasted: Duration,
    /// Payments the bank executed and refused.
    pub executed: usize,
    /// Payments the bank refused.
    pub refused: usize,
    /// What did not hold.
    pub broken: Option<Broken>,
    /// What happened before that, for a person.
    pub story: Vec<Told>,
    /// Every line of the trace, where they were asked for.
    pub lines: Vec<String>,
}

struct World {
    scene: Arc<Scene>,
    house: Arc<House>,
    record: Arc<Record>,
    books: Arc<Bookkeeper>,
    payees: Payees,
    phones: Vec<Phone>,
    people: Vec<Person>,
    inspector: Inspector,
    temper: Temper,
}

/// Lives a world to its end, or to the first thing that does not hold. Inside a runtime of one thread whose time is paused.
pub(crate) async fn live(
    beginning: &Beginning,
    seed: u64,
    keep_lines: bool,
) -> anyhow::Result<Ending> {
    let mut world = World::begin(beginning, seed, keep_lines)?;
    world.live_through().await?;
    if world.scene.broken().is_none() {
        world.make_well_and_wait().await?;
    }
    Ok(world.end(seed))
}

impl World {
    fn begin(beginning: &Beginning, seed: u64, keep_lines: bool) -> anyhow::Result<Self> {
        let scene = Arc::new(Scene::new(seed, keep_lines));
        let house = Arc::new(House::new(Arc::clone(&scene), &beginning.bank, beginning.start_s)?);
        house.start(trouble::limits(false))?;
        let record = Arc::new(Record::default());
        let books = Arc::new(Bookkeeper::new(Arc::clone(&record)));
        let payees = {
            let usernames = people::sign_ins().iter().map(|who| who.username).collect();
            Payees::of(&Connection::open(house.books().0)?, usernames)?
        };
        let mut phones = Vec::new();
        let mut persons = Vec::new();
        for (number, parked) in beginning.phones.iter().enumerate() {
            let who = people::sign_ins().get(parked.owner).context("a phone nobody holds")?;
            let line =
                Line::new(number, Arc::clone(&scene), Arc::clone(&house), Arc::clone(&books));
            let shared = (Arc::clone(&scene), Arc::new(line), beginning.profile.clone());
            let mut phone = Phone::new(number, parked.clone(), shared, beginning.start_s);
            phone.start()?;
            hold(&record.sensors).push(Arc::clone(&phone.hardware));
            phones.push(phone);
            persons.push(Person::new(who));
        }
        books.look(&scene, &house);
        let temper = Temper {
            trouble: scene.chance.between(20, 350),
            clearing: scene.chance.between(100, 600),
        };
        Ok(Self {
            scene,
            house,
            record,
            books,
            payees,
            phones,
            people: persons,
            inspector: Inspector::default(),
            temper,
        })
    }

    async fn live_through(&mut self) -> anyhow::Result<()> {
        for _ in 0..STEPS {
            if self.scene.chance.permille(self.temper.trouble) {
                trouble::strike(&self.scene, &self.house, &mut self.phones, self.temper)?;
            }
            trouble::bring_up(&self.scene, &self.house, &mut self.phones, false)?;
            self.act().await;
            self.let_time_pass().await;
            self.check();
            if self.scene.broken().is_some() {
                return Ok(());
            }
        }
        Ok(())
    }

    async fn act(&mut self) {
        let count = u64::try_from(self.phones.len()).unwrap_or(1);
        let at = usize::try_from(self.scene.chance.below(count)).unwrap_or(0);
        let (Some(person), Some(phone)) = (self.people.get_mut(at), self.phones.get(at)) else {
            return;
        };
        let around = Around {
            scene: &self.scene,
            house: &self.house,
            record: &self.record,
            payees: &self.payees,
        };
        person.act(phone, around).await;
    }

    /// From a few turns of the scheduler, so that a kill finds work half done, to a quarter of an hour.
    async fn let_time_pass(&self) {
        let chance = &self.scene.chance;
        let ms = match chance.below(1_000) {
            0..=299 => {
                for _ in 0..chance.below(25) {
                    tokio::task::yield_now().await;
                }
                return;
            }
            300..=599 => chance.between(1, 300),
            600..=859 => chance.between(300, 5_000),
            860..=979 => chance.between(5_000, 90_000),
            _ => chance.between(90_000, 900_000),
        };
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }

    fn check(&mut self) {
        self.books.look(&self.scene, &self.house);
        for phone in &self.phones {
            if phone.place() == Some(Place::Welcome) {
                self.inspector.forget(phone.number);
            }
            self.inspector.look(phone, &self.books, &self.scene);
        }
        self.scene.note("checked");
    }

    /// The network heals, the bank is up, the customers open their phones and wait.
    async fn make_well_and_wait(&mut self) -> anyhow::Result<()> {
        self.scene.note("everything is made well");
        for phone in &self.phones {
            phone.light_fuse(0);
            phone.line.set_weather(Weather::FAIR);
            phone.hardware.store_is_full.store(false, std::sync::atomic::Ordering::SeqCst);
            phone.hardware.clock_off_s.store(0, std::sync::atomic::Ordering::SeqCst);
        }
        for minute in 0..SETTLING_MINUTES {
            trouble::bring_up(&self.scene, &self.house, &mut self.phones, true)?;
            for at in 0..self.phones.len() {
                self.tend(at, minute).await;
            }
            tokio::time::sleep(Duration::from_mins(1)).await;
            self.check();
            if self.scene.broken().is_some() {
                return Ok(());
            }
            if minute > 0 && self.phones.iter().all(|phone| is_settled(phone, &self.books)) {
                break;
            }
        }
        for phone in &self.phones {
            Inspector::look_at_the_end(phone, &self.books, &self.scene);
        }
        self.books.audit(&self.scene);
        Ok(())
    }

    /// Does what a patient customer does: opens the app, signs in again where the bank has ended the session.
    async fn tend(&self, at: usize, minute: u64) {
        let (Some(person), Some(phone)) = (self.people.get(at), self.phones.get(at)) else {
            return;
        };
        let Some(app) = phone.app().cloned() else { return };
        if minute == 0 {
            app.pay().set_obscured(false);
            app.connectivity_changed();
        }
        if phone.hardware.is_asking()
            && let Some(id) = phone.hardware.close_prompt()
        {
            app.answer_approval(id, Err(guichet_foundation::ports::PromptFailure::Cancelled));
        }
        match app.state().place {
            Place::Locked => person::open(&app),
            Place::Open => {
                app.touched();
                let ended = app.home().state().content.is_some_and(|home| home.sign_in.is_some());
                let around = Around {
                    scene: &self.scene,
                    house: &self.house,
                    record: &self.record,
                    payees: &self.payees,
                };
                if ended {
                    person.take_step(phone, &app, around).await;
                } else {
                    app.home().refresh();
                    app.pay().resolve();
                }
            }
            Place::Welcome => {}
        }
    }

    fn end(mut self, seed: u64) -> Ending {
        let broken = self.scene.broken();
        let decisions = self.books.decisions();
        let executed = decisions.iter().filter(|decision| decision.executed).count();
        let ending = Ending {
            seed,
            hash: self.scene.trace.hash(),
            events: self.scene.trace.events(),
            lasted: self.scene.age(),
            executed,
            refused: decisions.len() - executed,
            story: self.scene.trace.story(broken.as_ref().map(|broken| broken.whom), STORY_MAX),
            broken,
            lines: self.scene.trace.take_lines(),
        };
        self.phones.iter_mut().for_each(Phone::kill);
        ending
    }
}
