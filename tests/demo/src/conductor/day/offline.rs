//! Step 4: no network. The app opens all the same, finds things, and takes a draft.

use anyhow::{Context as _, Result};

use super::first_sync::search_words;
use crate::conductor::draw;
use crate::conductor::stage::{PIN, Stage};
use crate::lang::say;
use crate::phone::talk::{DraftCard, Place, Verb};
use crate::report::Report;
use crate::stopwatch::Stopwatch;

/// What is paid, as the customer types it.
pub(super) const AMOUNT: &str = "38.50";

/// Returns the draft.
pub(super) async fn play(stage: &mut Stage, report: &mut Report) -> Result<DraftCard> {
    let locale = stage.locale;
    report.begin(4, "offline", say!(locale, "The network is cut", "断网"));
    let mark = stage.mark().await?;
    open_without_network(stage, report).await?;
    search(stage, report).await?;
    let draft = draft(stage, report).await?;
    let cost = stage.since(mark).await?;
    report.check(
        "nothing-on-the-wire",
        say!(locale, "not a byte on the wire", "线路上没有一个字节"),
        cost.bytes_sent == 0 && cost.bytes_received == 0,
        || format!("{cost:?}"),
    )?;
    report.end(cost);
    Ok(draft)
}

async fn open_without_network(stage: &mut Stage, report: &mut Report) -> Result<()> {
    let locale = stage.locale;
    let before = stage.phone()?.views();
    stage.link()?.cut().await;
    stage.close_phone().await?;
    let time = Stopwatch::start();
    stage.open_phone(false).await?;
    stage.phone()?.until_at(Place::Locked).await?;
    stage.phone()?.unlock_with_pin(PIN).await?;
    let views = stage
        .phone()?
        .until("the home screen without a network", |views| {
            views.home.content.as_ref().is_some_and(|home| home.offline.is_some())
        })
        .await?;
    let took = time.milliseconds();
    let home = views.home_content()?;
    report.shows(draw::home(home, 1));
    report.check(
        "opens-offline",
        say!(locale, "closed and opened again without a network: there in {took} ms, process and PIN included", "关闭后在无网络时重新打开：{took} 毫秒即现，含进程启动与密码"),
        views.app.place == Place::Open,
        || format!("{:?}", views.app),
    )?;
    let same = before.home_content()?.accounts == home.accounts;
    report.check(
        "as-of",
        say!(
            locale,
            "the balances are those of the last contact, and say as of when",
            "余额为上次联系时的数目，并注明截至何时"
        ),
        same && home.offline.is_some(),
        || format!("{:?}", home.accounts),
    )?;
    Ok(())
}

async fn search(stage: &mut Stage, report: &mut Report) -> Result<()> {
    let locale = stage.locale;
    let words = search_words(locale);
    let found = stage.phone()?.search(words).await?;
    let rows = found.rows.len();
    report.check(
        "search-offline",
        say!(
            locale,
            "search still finds '{words}': {rows} transactions",
            "仍可搜到“{words}”：{rows} 笔"
        ),
        rows > 0,
        || "nothing".to_owned(),
    )?;
    Ok(())
}

async fn draft(stage: &mut Stage, report: &mut Report) -> Result<DraftCard> {
    let locale = stage.locale;
    let (to_account, to_name) = stage.payee()?;
    let views = stage.phone()?.views();
    let from = views.home_content()?.accounts.first().context("no account")?.id.clone();
    let note = say!(locale, "For the pears", "梨钱");
    let phone = stage.phone()?;
    phone.tell(Verb::Draft { from, to_name, to_account, amount: AMOUNT.to_owned(), note }).await?;
    let views = phone.views();
    report.shows(draw::pay(views.pay_content()?));
    let executed = stage.books()?.executed()?;
    report.check(
        "drafted-not-paid",
        say!(
            locale,
            "the draft is in the vault; nothing is signed, nothing is paid",
            "草稿已存入保险库；未签名，未付款"
        ),
        executed.is_empty(),
        || format!("{} payments", executed.len()),
    )?;
    views.draft().cloned().context("the draft is not on the screen")
}
