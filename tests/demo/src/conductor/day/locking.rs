//! Step 3: locking, and the two ways back in.

use anyhow::Result;

use crate::conductor::draw;
use crate::conductor::stage::{PIN, Stage};
use crate::lang::say;
use crate::phone::talk::Place;
use crate::report::Report;
use crate::stopwatch::Stopwatch;

const WRONG_PIN: &str = "739185";

pub(super) async fn play(stage: &mut Stage, report: &mut Report) -> Result<()> {
    let locale = stage.locale;
    report.begin(3, "locking", say!(locale, "Locked, and opened again", "锁定与解锁"));
    let mark = stage.mark().await?;
    lock(stage, report).await?;
    unlock_with_finger(stage, report).await?;
    wrong_finger(stage, report).await?;
    pin(stage, report).await?;
    let cost = stage.since(mark).await?;
    report.end(cost);
    Ok(())
}

async fn lock(stage: &mut Stage, report: &mut Report) -> Result<()> {
    let locale = stage.locale;
    let phone = stage.phone()?;
    phone.lock().await?;
    let views = phone
        .until("empty screens", |views| views.home.content.is_none() && views.pay.content.is_none())
        .await?;
    report.shows(draw::lock(&views.lock));
    let found = phone.search(super::first_sync::search_words(locale)).await?;
    report.check(
        "locked-is-locked",
        say!(
            locale,
            "locked is locked: home, payments and devices are empty, and search finds nothing",
            "锁定即锁定：首页、付款、设备皆空，搜索无果"
        ),
        found.rows.is_empty() && views.security.content.is_none(),
        || format!("{} rows", found.rows.len()),
    )?;
    Ok(())
}

async fn unlock_with_finger(stage: &mut Stage, report: &mut Report) -> Result<()> {
    let locale = stage.locale;
    let finger = stage.finger.clone();
    let time = Stopwatch::start();
    let views = stage.phone()?.unlock_with(&finger).await?;
    let took = time.milliseconds();
    report.check(
        "right-finger-opens",
        say!(
            locale,
            "the right finger opens it, in {took} ms",
            "正确的指纹打开应用，用时 {took} 毫秒"
        ),
        views.app.place == Place::Open,
        || format!("{:?}", views.lock.notice),
    )?;
    Ok(())
}

async fn wrong_finger(stage: &mut Stage, report: &mut Report) -> Result<()> {
    let locale = stage.locale;
    let stranger = stage.stranger.clone();
    stage.phone()?.lock().await?;
    let views = stage.phone()?.unlock_with(&stranger).await?;
    report.shows(draw::lock(&views.lock));
    report.check(
        "wrong-finger-refused",
        say!(
            locale,
            "another finger is refused: the item it guards does not open",
            "别人的指纹被拒绝：受其保护的密钥打不开"
        ),
        views.app.place == Place::Locked,
        || format!("{:?}", views.app),
    )?;
    Ok(())
}

async fn pin(stage: &mut Stage, report: &mut Report) -> Result<()> {
    let locale = stage.locale;
    let phone = stage.phone()?;
    let views = phone.unlock_with_pin(WRONG_PIN).await?;
    let notice = views.lock.notice.as_ref().map(|notice| notice.text.clone()).unwrap_or_default();
    report.check(
        "wrong-pin-counted",
        say!(locale, "a wrong PIN is counted: '{notice}'", "错误的密码会被计数：“{notice}”"),
        views.app.place == Place::Locked,
        || format!("{:?}", views.app),
    )?;
    let time = Stopwatch::start();
    let views = phone.unlock_with_pin(PIN).await?;
    let took = time.milliseconds();
    report.check(
        "right-pin-opens",
        say!(
            locale,
            "the right PIN opens it, in {took} ms (Argon2id)",
            "正确的密码打开应用，用时 {took} 毫秒（Argon2id）"
        ),
        views.app.place == Place::Open,
        || format!("{:?}", views.lock.notice),
    )?;
    phone.until("the screens to come back", |views| views.home.content.is_some()).await?;
    phone.refresh().await?;
    Ok(())
}
