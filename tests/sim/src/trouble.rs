//! What goes wrong: weather, kills, full disks, clocks, and what a bank does to its customers meanwhile.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use guichet_bank::devices::{self, Revocation};
use guichet_bank::intents::{LevelLimits, LimitTable};
use guichet_bank::{oauth, security};
use guichet_foundation::ports::Slot;

use crate::house::House;
use crate::network::Weather;
use crate::phone::Phone;
use crate::scene::Scene;
use crate::trace::Whom;

/// Two tables of limits, one of them tight.
pub(crate) fn limits(are_tight: bool) -> LimitTable {
    let roomy = LimitTable::default();
    if !are_tight {
        return roomy;
    }
    let tight = LevelLimits { per_payment_fen: 30_000, per_day_fen: 90_000 };
    LimitTable { software: tight, tee: tight, strongbox: tight, secure_enclave: tight }
}

/// How rough a world is: thousandths of each step on which something goes wrong.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Temper {
    pub(crate) trouble: u64,
    /// How often the network changes for the better when it changes, in thousandths.
    pub(crate) clearing: u64,
}

/// The bank's staff and the fates. One trouble.
pub(crate) fn strike(
    scene: &Scene,
    house: &Arc<House>,
    phones: &mut [Phone],
    temper: Temper,
) -> anyhow::Result<()> {
    let count = u64::try_from(phones.len()).unwrap_or(1);
    let at = usize::try_from(scene.chance.below(count)).unwrap_or(0);
    let Some(phone) = phones.get_mut(at) else { return Ok(()) };
    match scene.chance.below(100) {
        0..=39 => change_weather(scene, phone, temper),
        40..=49 => {
            if phone.app().is_some() {
                phone.say("is killed");
                phone.kill();
            }
        }
        50..=61 => {
            phone.light_fuse(scene.chance.between(1, 12));
        }
        62..=71 => kill_bank(scene, house)?,
        72..=77 => set_clock(scene, phone),
        78..=82 => fill_store(scene, phone),
        83..=86 => expire_tokens(scene, house)?,
        87..=91 => freeze_or_unfreeze(scene, house)?,
        92..=93 => revoke(scene, house, phone)?,
        _ => {
            if let Some(app) = phone.app() {
                app.connectivity_changed();
            }
        }
    }
    Ok(())
}

fn change_weather(scene: &Scene, phone: &Phone, temper: Temper) {
    let weather = if scene.chance.permille(temper.clearing) {
        Weather::FAIR
    } else {
        scene.chance.pick(&Weather::ALL).copied().unwrap_or(Weather::FAIR)
    };
    let before = phone.line.weather();
    phone.line.set_weather(weather);
    if before.name != weather.name {
        phone.say(&format!("has another network: {}", weather.name));
        if before.is_online != weather.is_online
            && let Some(app) = phone.app()
        {
            app.connectivity_changed();
        }
    }
}

fn kill_bank(scene: &Scene, house: &House) -> anyhow::Result<()> {
    if house.is_running() {
        scene.tell(Whom::Bank, "The bank is killed.");
        house.kill()?;
    }
    Ok(())
}

/// Whoever is down comes up again.
pub(crate) fn bring_up(
    scene: &Scene,
    house: &House,
    phones: &mut [Phone],
    at_once: bool,
) -> anyhow::Result<()> {
    if !house.is_running() && (at_once || scene.chance.permille(250)) {
        let are_tight = !at_once && scene.chance.permille(250);
        house.start(limits(are_tight))?;
        let with = if are_tight { " with tight limits" } else { "" };
        scene.tell(Whom::Bank, format!("The bank starts again{with}."));
    }
    for phone in phones {
        if phone.bury() {
            phone.say("has died");
        }
        if phone.app().is_none() && (at_once || scene.chance.permille(300)) {
            phone.start()?;
            if phone.app().is_some() {
                phone.say("starts the app");
            }
        }
    }
    Ok(())
}

fn set_clock(scene: &Scene, phone: &Phone) {
    let seconds = match scene.chance.below(4) {
        0 => 0,
        1 => scene.chance.between(1, 600).cast_signed(),
        2 => scene.chance.between(3_600, 400_000).cast_signed(),
        _ => -scene.chance.between(60, 400_000).cast_signed(),
    };
    phone.hardware.clock_off_s.store(seconds, Ordering::SeqCst);
    phone.say(&format!("has its clock set: {seconds} s off"));
}

fn fill_store(scene: &Scene, phone: &Phone) {
    let is_full = scene.chance.permille(400);
    let was_full = phone.hardware.store_is_full.swap(is_full, Ordering::SeqCst);
    if is_full != was_full {
        phone.say(if is_full {
            "has no room in its secure store"
        } else {
            "has room in its secure store again"
        });
    }
}

fn expire_tokens(scene: &Scene, house: &House) -> anyhow::Result<()> {
    let Some(bank) = house.bank() else { return Ok(()) };
    bank.store.write(oauth::expire_all)?;
    scene.tell(Whom::Bank, "The bank ends all access tokens.");
    Ok(())
}

fn freeze_or_unfreeze(scene: &Scene, house: &House) -> anyhow::Result<()> {
    let Some(bank) = house.bank() else { return Ok(()) };
    let customers: Vec<String> = bank.store.read(|books| {
        let mut statement = books.prepare("SELECT DISTINCT customer_id FROM device ORDER BY 1")?;
        statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()
    })?;
    let Some(customer) = scene.chance.pick(&customers) else { return Ok(()) };
    let now = house.now_s();
    let is_frozen = bank.store.read(|books| security::is_frozen(books, customer))?;
    if is_frozen {
        bank.store.write(|tx| security::unfreeze(tx, customer, None, now))?;
        scene.tell(Whom::Bank, format!("The bank lets the payments of {customer} go again."));
    } else {
        bank.store.write(|tx| security::freeze(tx, customer, None, now))?;
        scene.tell(Whom::Bank, format!("The bank stops the payments of {customer}."));
    }
    Ok(())
}

fn revoke(scene: &Scene, house: &House, phone: &Phone) -> anyhow::Result<()> {
    let Some(bank) = house.bank().filter(|_| phone.hardware.holds(Slot::Registration)) else {
        return Ok(());
    };
    let name = crate::phone::name(phone.number);
    let found: Option<String> = bank.store.read(|books| {
        let sql = "SELECT device_id FROM device WHERE name = ?1 AND revoked_at IS NULL ORDER BY enrolled_at DESC LIMIT 1";
        match books.query_row(sql, [&name], |row| row.get(0)) {
            Err(rusqlite::Error::QueryReturnedNoRows) => Ok(None),
            found => found.map(Some),
        }
    })?;
    let Some(device) = found else { return Ok(()) };
    let now = house.now_s();
    let revocation = Revocation { device_id: &device, customer_id: None, by_device_id: None };
    bank.store.write(|tx| devices::revoke(tx, revocation, now))?;
    scene.tell(Whom::Phone(phone.number), format!("The bank signs {name} out."));
    Ok(())
}
