//! Step 2: the first sync, and the screens from the vault.

use anyhow::{Context as _, Result};

use crate::conductor::draw;
use crate::conductor::stage::Stage;
use crate::lang::{Locale, say};
use crate::phone::talk::HomeContent;
use crate::report::{Report, kilobytes};

const DAY_SECONDS: i64 = 86_400;
/// Two years, less a week at either end in which nothing may have happened.
const TWO_YEARS_DAYS: i64 = 716;

pub(super) async fn play(stage: &mut Stage, report: &mut Report) -> Result<()> {
    let locale = stage.locale;
    report.begin(2, "first-sync", say!(locale, "The first sync", "首次同步"));
    let mark = stage.mark().await?;
    let views =
        stage.phone()?.until("the first sync", crate::conductor::phone::Views::is_synced).await?;
    let synced = stage.since(mark).await?;
    let home = views.home_content()?;
    report.shows(draw::home(home, 3));
    compare_with_books(stage, report, home).await?;
    report.count("first_sync_requests", synced.requests);
    report.count("first_sync_bytes_received", synced.bytes_received);
    report.count("first_sync_bytes_sent", synced.bytes_sent);
    account_screen(stage, report, home).await?;
    search_screen(stage, report).await?;
    refresh(stage, report).await?;
    let cost = stage.since(mark).await?;
    report.end(cost);
    Ok(())
}

async fn compare_with_books(
    stage: &mut Stage,
    report: &mut Report,
    home: &HomeContent,
) -> Result<()> {
    let locale = stage.locale;
    let username = stage.customer()?.username.clone();
    let books = stage.books()?;
    let (holdings, balances) = (books.holdings(&username)?, books.balances(&username)?);
    let (accounts, transactions) = (holdings.accounts, holdings.transactions);
    let days = holdings.span_seconds / DAY_SECONDS;
    let mut on_phone = 0;
    for account in &home.accounts {
        on_phone += stage.phone()?.count_rows(&account.id).await?;
    }
    report.check(
        "every-transaction",
        say!(
            locale,
            "{accounts} accounts and {transactions} transactions over {days} days: as many as in the bank's books",
            "{accounts} 个账户、{days} 天内 {transactions} 笔交易：与银行账本数目一致"
        ),
        i64::try_from(home.accounts.len())? == accounts && on_phone == transactions && days >= TWO_YEARS_DAYS,
        || format!("{} accounts, {on_phone} transactions", home.accounts.len()),
    )?;
    let wrong: Vec<_> = home
        .accounts
        .iter()
        .filter(|account| {
            balances.get(&account.id).is_none_or(|minor| !shows(&account.balance, *minor))
        })
        .map(|account| account.balance.clone())
        .collect();
    report.check(
        "every-balance",
        say!(
            locale,
            "every balance on the screen is the ledger's, to the last digit",
            "屏幕上的每个余额与账本分毫不差"
        ),
        wrong.is_empty(),
        || wrong.join(", "),
    )?;
    report.count("transactions", u64::try_from(transactions)?);
    Ok(())
}

/// Whether a balance as written for people is this many minor units.
pub(super) fn shows(balance: &str, minor: i64) -> bool {
    let digits: String = balance.chars().filter(char::is_ascii_digit).collect();
    let negative = balance.contains(['−', '-']);
    digits.parse::<i64>().is_ok_and(|size| if negative { -size == minor } else { size == minor })
}

async fn account_screen(stage: &mut Stage, report: &mut Report, home: &HomeContent) -> Result<()> {
    let locale = stage.locale;
    let account = home.accounts.first().context("no account")?;
    let page = stage.phone()?.page(&account.id, None).await?;
    report.shows(draw::page(&format!("{} {}", account.name, account.number), &page, 4));
    let rows = page.rows.len();
    report.check(
        "account-page",
        say!(
            locale,
            "the account's newest {rows} rows, from the vault; older ones a page away",
            "账户最新的 {rows} 笔，取自保险库；更早的一页即到"
        ),
        rows > 0 && page.older.is_some(),
        || format!("{rows} rows"),
    )?;
    Ok(())
}

/// Something that happens in everybody's two years.
pub(super) const fn search_words(locale: Locale) -> &'static str {
    match locale {
        Locale::En => "noodles",
        Locale::ZhCn => "牛肉面",
    }
}

async fn search_screen(stage: &mut Stage, report: &mut Report) -> Result<()> {
    let locale = stage.locale;
    let words = search_words(locale);
    let found = stage.phone()?.search(words).await?;
    report.shows(draw::page(&format!("⌕ {words}"), &found, 3));
    let holds = |title: &str| title.to_lowercase().contains(words);
    report.check(
        "search",
        say!(
            locale,
            "search finds what was typed, newest first, without asking the bank",
            "搜索结果符合输入、最新在前，无需询问银行"
        ),
        !found.rows.is_empty()
            && found.rows.iter().all(|row| holds(&row.title) || holds(&row.detail)),
        || format!("{:?}", found.rows.iter().map(|row| &row.title).collect::<Vec<_>>()),
    )?;
    Ok(())
}

async fn refresh(stage: &mut Stage, report: &mut Report) -> Result<()> {
    let locale = stage.locale;
    let mark = stage.mark().await?;
    stage.phone()?.refresh().await?;
    let cost = stage.since(mark).await?;
    report.count("home_refresh_requests", cost.requests);
    report.count("home_refresh_bytes_sent", cost.bytes_sent);
    report.count("home_refresh_bytes_received", cost.bytes_received);
    let (requests, bytes) = (cost.requests, kilobytes(cost.bytes_sent + cost.bytes_received));
    report.remark(&say!(
        locale,
        "a refresh with nothing new: {requests} request, {bytes} on the wire",
        "无新内容时刷新一次：{requests} 次请求，线路上共 {bytes}"
    ));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_balance_for_people_is_compared_to_the_last_digit() {
        assert!(shows("¥18,342.17", 1_834_217));
        assert!(shows("−¥1,200.05", -120_005));
        assert!(shows("JPY 12,000", 12_000));
        assert!(!shows("¥18,342.17", 1_834_218));
        assert!(!shows("¥1.00", -100));
    }
}
