//! What every world begins with, made once: a bank with two years of books, and phones that are enrolled and have fetched them.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use guichet_app::Place;
use guichet_bank::people;
use rusqlite::Connection;

use crate::hardware::Chip;
use crate::house::House;
use crate::image::{Image, empty_folder};
use crate::network::Line;
use crate::payees::Payees;
use crate::person::{Around, Person};
use crate::phone::{Parked, Phone};
use crate::scene::{Scene, hold};
use crate::trouble;
use crate::watch::{Bookkeeper, Record};
use crate::world::Beginning;

/// 2 March 2026, 08:00 UTC.
const START_S: i64 = 1_772_438_400;

/// Who holds the phones: one customer has two of them.
const OWNERS: [usize; 3] = [0, 0, 1];

/// More turns than signing in, enrolling and a first sync take.
const TURNS_MAX: u32 = 2_000;

/// Makes it. Inside a runtime of one thread whose time is paused.
pub(crate) async fn make() -> anyhow::Result<Beginning> {
    let scene = Arc::new(Scene::new(0, false));
    let empty = Image::of(empty_folder()?.path())?;
    let house = Arc::new(House::new(Arc::clone(&scene), &empty, START_S)?);
    let announcement = house.start(trouble::limits(false))?.context("a bank that runs already")?;
    let profile = House::profile(&announcement)?;
    let record = Arc::new(Record::default());
    let books = Arc::new(Bookkeeper::new(Arc::clone(&record)));
    let payees = Payees::of(&Connection::open(house.books().0)?, Vec::new())?;
    let mut phones = Vec::new();
    for (number, owner) in OWNERS.into_iter().enumerate() {
        let line = Line::new(number, Arc::clone(&scene), Arc::clone(&house), Arc::clone(&books));
        let parked = Parked { owner, chip: Chip::default(), disk: Image::default() };
        let shared = (Arc::clone(&scene), Arc::new(line), profile.clone());
        let mut phone = Phone::new(number, parked, shared, START_S);
        phone.start()?;
        hold(&record.sensors).push(Arc::clone(&phone.hardware));
        let who = people::sign_ins().get(owner).context("a phone nobody holds")?;
        let around = Around { scene: &scene, house: &house, record: &record, payees: &payees };
        set_up(&phone, &Person::new(who), around).await?;
        phones.push(phone);
    }
    let phones = phones.iter_mut().map(Phone::park).collect();
    house.kill()?;
    let start_s = house.now_s() + 1;
    Ok(Beginning { bank: house.image()?, phones, profile, start_s })
}

async fn set_up(phone: &Phone, person: &Person, around: Around<'_>) -> anyhow::Result<()> {
    for _ in 0..TURNS_MAX {
        let app = phone.app().context("an app that does not start")?.clone();
        match app.state().place {
            Place::Welcome => {
                if let Some(notice) = app.welcome().state().notice {
                    bail!("setting a phone up: {}", notice.text.expose());
                }
                person.take_step(phone, &app, around).await;
            }
            Place::Open if is_synced(&app) => return Ok(()),
            Place::Open => {}
            Place::Locked => bail!("a phone that is being set up has locked"),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    bail!("setting a phone up does not come to an end")
}

fn is_synced(app: &guichet_app::App) -> bool {
    let home = app.home().state().content;
    home.is_some_and(|home| home.progress.is_none() && !home.accounts.is_empty())
}
