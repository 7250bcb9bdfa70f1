//! Step 6: reopened, the payment resolves; the bank's books and the receipt say the same.

use anyhow::{Context as _, Result};
use console::Style;

use super::first_sync::shows;
use super::payment::ApprovedPayment;
use crate::conductor::books::Posting;
use crate::conductor::stage::Stage;
use crate::conductor::{draw, receipt};
use crate::lang::{Locale, say};
use crate::phone::talk::{Place, Stage as At};
use crate::report::Report;
use crate::report::table::Table;
use crate::{jose, json};

pub(super) async fn play(
    stage: &mut Stage,
    report: &mut Report,
    approved: &ApprovedPayment,
) -> Result<()> {
    let locale = stage.locale;
    report.begin(
        6,
        "resolution",
        say!(locale, "Opened again, the payment resolves", "重新打开，付款有了结果"),
    );
    let mark = stage.mark().await?;
    stage.control()?.behave().await?;
    reopen(stage, report, approved).await?;
    read_books(stage, report, approved).await?;
    verify_receipt(stage, report, approved).await?;
    home(stage, report).await?;
    let cost = stage.since(mark).await?;
    report.end(cost);
    Ok(())
}

async fn reopen(stage: &mut Stage, report: &mut Report, approved: &ApprovedPayment) -> Result<()> {
    let locale = stage.locale;
    stage.open_phone(true).await?;
    stage.phone()?.until_at(Place::Locked).await?;
    let finger = stage.finger.clone();
    stage.phone()?.unlock_with(&finger).await?;
    let views = stage.phone()?.until_stage(At::Confirmed).await?;
    report.shows(draw::pay(views.pay_content()?));
    let same = views.payment().is_some_and(|payment| payment.id == approved.id);
    report.check(
        "confirmed",
        say!(
            locale,
            "the phone sent the same bytes again, got the same receipt, and says so",
            "手机重发同样的字节，得到同一张回单，并如实显示"
        ),
        same && views.pay_content()?.activity.len() == 1,
        || format!("{:?}", views.pay),
    )?;
    Ok(())
}

async fn read_books(
    stage: &mut Stage,
    report: &mut Report,
    approved: &ApprovedPayment,
) -> Result<()> {
    let locale = stage.locale;
    let books = stage.books()?;
    let executed = books.executed()?;
    report.check(
        "paid-once",
        say!(
            locale,
            "the bank's books, read from its file: this intent moved money once",
            "直接读银行的账本文件：该意向只动过一次钱"
        ),
        matches!(executed.as_slice(), [one] if one.intent_id == approved.id),
        || format!("{} executed", executed.len()),
    )?;
    let postings = books.postings(&approved.id, locale)?;
    let balanced = matches!(postings.as_slice(), [debit, credit]
        if debit.minor < 0 && debit.minor + credit.minor == 0 && debit.currency == credit.currency);
    report.check(
        "one-debit-one-credit",
        say!(locale, "one debit, one credit, the same amount", "一借一贷，金额相等"),
        balanced,
        || format!("{postings:?}"),
    )?;
    let (imbalances, conserved) = (books.imbalances()?, stage.control()?.is_conserved().await?);
    report.check(
        "conserved",
        say!(
            locale,
            "over the whole ledger no money came or went: every currency sums to zero",
            "全账本资金守恒：各币种合计为零"
        ),
        imbalances == 0 && conserved,
        || format!("{imbalances} currencies do not sum to zero"),
    )?;
    report.table(&ledger_table(&postings, locale));
    Ok(())
}

fn ledger_table(postings: &[Posting], locale: Locale) -> Vec<String> {
    let amount = |minor: i64, wanted: bool, currency: &str| {
        if wanted {
            format!("{currency} {}.{:02}", minor.abs() / 100, minor.abs() % 100)
        } else {
            String::new()
        }
    };
    let table = Table::new()
        .column(say!(locale, "account holder", "户名"), 16, Style::new())
        .column(say!(locale, "account", "账户"), 20, Style::new())
        .column(say!(locale, "number", "账号"), 22, Style::new().dim())
        .column(say!(locale, "debit", "借方"), 14, Style::new().yellow())
        .column(say!(locale, "credit", "贷方"), 14, Style::new().green());
    let rows = postings.iter().flat_map(|posting| {
        table.row(&[
            posting.owner.clone(),
            posting.account.clone(),
            posting.number.clone(),
            amount(posting.minor, posting.minor < 0, &posting.currency),
            amount(posting.minor, posting.minor > 0, &posting.currency),
        ])
    });
    table.heading().into_iter().chain(rows).collect()
}

async fn verify_receipt(
    stage: &mut Stage,
    report: &mut Report,
    approved: &ApprovedPayment,
) -> Result<()> {
    let locale = stage.locale;
    let shown = stage.phone()?.receipt(&approved.id).await?;
    let verified = receipt::verify(stage.announcement()?, &shown.signed).await;
    let title = say!(locale, "Receipt", "回单");
    report.shows(draw::text(&title, &shown.text));
    let problem = verified.as_ref().err().map(|error| format!("{error:#}"));
    report.check(
        "receipt-signature",
        say!(
            locale,
            "the receipt's signature verifies, by a key that the bank's trust anchor vouches for",
            "回单签名有效，其密钥由银行的信任锚担保"
        ),
        problem.is_none(),
        || problem.unwrap_or_default(),
    )?;
    let payload = verified?;
    let executed = stage.books()?.executed()?;
    let one = executed.first().context("no payment in the books")?;
    let says = |name: &str, value: &str| json::text(&payload, name).as_deref() == Some(value);
    let fits = says("outcome", "executed")
        && says("intent_id", &approved.id)
        && says("entry_id", &one.entry_id)
        && says("intent_sha256", &jose::sha256(&one.intent))
        && says("approval_sha256", &jose::sha256(&one.approval));
    report.check(
        "receipt-is-about-this",
        say!(
            locale,
            "it is about these bytes, this approval and this entry of the books",
            "回单所指正是这些字节、这次确认与这笔分录"
        ),
        fits,
        || payload.to_string(),
    )?;
    Ok(())
}

async fn home(stage: &mut Stage, report: &mut Report) -> Result<()> {
    let locale = stage.locale;
    let username = stage.customer()?.username.clone();
    let balances = stage.books()?.balances(&username)?;
    let views = stage
        .phone()?
        .until("the new balance", |views| {
            views.is_synced()
                && views.home.content.as_ref().is_some_and(|home| {
                    home.accounts.iter().all(|account| {
                        balances
                            .get(&account.id)
                            .is_some_and(|minor| shows(&account.balance, *minor))
                    })
                })
        })
        .await?;
    let home = views.home_content()?;
    report.shows(draw::home(home, 1));
    report.check(
        "new-balance",
        say!(
            locale,
            "the home screen has the new balance, and nothing to worry about",
            "首页余额已更新，没有待处理的提醒"
        ),
        home.attention.is_none(),
        || format!("{:?}", home.attention),
    )?;
    Ok(())
}
