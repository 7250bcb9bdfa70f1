//! Step 7: the thief's turn.

use anyhow::{Context as _, Result};
use console::Style;

use super::offline::AMOUNT;
use super::payment::ApprovedPayment;
use crate::conductor::stage::Stage;
use crate::jose;
use crate::lang::{Locale, say};
use crate::phone::talk::{Answer, Verb};
use crate::report::table::Table;
use crate::report::{Report, kilobytes};
use crate::search::{Search, Wanted, files_under};
use crate::thief::attempts::{Attempt, Refuser, Target, Thief};
use crate::thief::loot::Loot;
use crate::thief::payment::Approved;
use crate::thief::vault_file::{Opening, with_wrong_key, without_key};

pub(super) async fn play(
    stage: &mut Stage,
    report: &mut Report,
    approved: &ApprovedPayment,
) -> Result<()> {
    let locale = stage.locale;
    report.begin(7, "thief", say!(locale, "The thief's turn", "轮到小偷"));
    let mark = stage.mark().await?;
    report.remark(&say!(
        locale,
        "the thief has a copy of the phone's whole disk, software keys included: more than a real phone's hardware would give",
        "小偷复制了手机的整个磁盘，连软件密钥也在内：比真手机的安全芯片给得更多"
    ));
    let loot = Loot::carry_off(&stage.phone_folder()?.state, &stage.folder("loot"))?;
    let mut attempts = at_the_bank(stage, &loot, approved).await?;
    attempts.push(on_the_phone(stage).await?);
    attempts.extend(at_the_vault(stage, &loot)?);
    attempts.push(in_the_middle(stage).await?);
    report.table(&table(&attempts, locale));
    for attempt in &attempts {
        let refused = attempt.refused;
        report.check_of_table(attempt.name, attempt.what.clone(), refused, &attempt.came)?;
    }
    still_paid_once(stage, report, approved)?;
    let cost = stage.since(mark).await?;
    report.end(cost);
    Ok(())
}

async fn at_the_bank(
    stage: &mut Stage,
    loot: &Loot,
    approved: &ApprovedPayment,
) -> Result<Vec<Attempt>> {
    let before = stage.link()?.bytes();
    let executed = stage.books()?.executed()?;
    let sent = executed
        .into_iter()
        .find(|one| one.intent_id == approved.id)
        .map(|one| Approved { intent: one.intent, approval: one.approval })
        .context("the payment is not in the books")?;
    let bank = stage.announcement()?;
    let target = Target {
        issuer: &bank.issuer,
        ca_pem: &bank.ca_pem,
        registration_token: &bank.registration_token,
        redirect_uri: &bank.redirect_uri,
    };
    let thief = Thief::new(loot, target, stage.locale)?;
    let attempts = thief.try_everything(&sent, &stage.finger).await?;
    stage.exclude(before);
    Ok(attempts)
}

/// Malware over the app: it hands back the digest of words that were not on the screen.
async fn on_the_phone(stage: &mut Stage) -> Result<Attempt> {
    let locale = stage.locale;
    let (to_account, to_name) = stage.payee()?;
    let phone = stage.phone()?;
    let from = phone.views().home_content()?.accounts.first().context("no account")?.id.clone();
    phone
        .tell(Verb::Draft {
            from,
            to_name,
            to_account,
            amount: AMOUNT.to_owned(),
            note: String::new(),
        })
        .await?;
    let id = phone.views().draft().context("no draft")?.id.clone();
    phone.review(&id).await?;
    let digest = jose::sha256("CNY 0.01");
    let answer = phone.ask(Verb::Approve { id: id.clone(), digest }).await?;
    let refused = match &answer {
        Answer::Refused(refused) => refused.first().cloned(),
        _ => None,
    };
    phone.tell(Verb::Discard { id }).await?;
    Ok(Attempt {
        name: "approve-other-words-on-the-phone",
        what: say!(
            locale,
            "has the app approve words that were not on the screen",
            "让应用确认屏幕上没有显示过的内容"
        ),
        refuser: Refuser::Core,
        refused: refused.as_ref().is_some_and(|refused| refused.reason == "Changed"),
        came: refused.map_or_else(|| format!("{answer:?}"), |refused| refused.text),
    })
}

fn at_the_vault(stage: &Stage, loot: &Loot) -> Result<Vec<Attempt>> {
    let locale = stage.locale;
    let vault = loot.vault()?;
    let opening = |name, what, opening: Opening| Attempt {
        name,
        what,
        refuser: Refuser::Vault,
        refused: matches!(opening, Opening::Refused(_)),
        came: match opening {
            Opening::Refused(why) => why,
            Opening::Opened(tables) => format!("opened: {tables} tables"),
        },
    };
    let wanted = wanted(stage, loot)?;
    let texts = wanted.count();
    let folders = [loot.folders.app.as_path(), &loot.folders.store];
    let found = Search::new(&wanted)?.files(&folders)?;
    let (files, size) = (files_under(&folders)?.len(), kilobytes(found.bytes as u64));
    Ok(vec![
        opening(
            "vault-without-key",
            say!(
                locale,
                "opens the stolen vault file without a key",
                "不用密钥打开偷来的保险库文件"
            ),
            without_key(&vault),
        ),
        opening(
            "vault-with-wrong-key",
            say!(locale, "opens it with a key drawn at random", "用随机密钥打开"),
            with_wrong_key(&vault),
        ),
        Attempt {
            name: "raw-bytes",
            what: say!(
                locale,
                "searches {size} in {files} raw files for {texts} names, numbers, balances and tokens",
                "在 {files} 个文件的 {size} 原始字节中搜索 {texts} 个姓名、账号、余额与令牌"
            ),
            refuser: Refuser::Vault,
            refused: found.leaks.is_empty() && files > 0,
            came: if found.leaks.is_empty() {
                say!(locale, "finds nothing", "一无所获")
            } else {
                found.describe()
            },
        },
    ])
}

fn wanted(stage: &Stage, loot: &Loot) -> Result<Wanted> {
    let mut wanted = Wanted::default();
    for (what, text) in stage.books()?.private_texts(&stage.customer()?.username)? {
        wanted.add(what, &text);
    }
    wanted.add("access token", &loot.access_token);
    wanted.add("refresh token", &loot.refresh_token);
    wanted.add("amount", AMOUNT);
    Ok(wanted)
}

/// Another bank at the same address: same name, another certificate authority.
async fn in_the_middle(stage: &mut Stage) -> Result<Attempt> {
    let locale = stage.locale;
    let impostor = stage.lead_to_impostor().await?;
    let views = stage.phone()?.refresh().await?;
    let notice = views.home_content()?.notice.clone();
    let heard = impostor.requests().await?;
    stage.lead_to_bank().await?;
    stage.end_impostor().await?;
    stage.phone()?.refresh().await?;
    let text = notice.as_ref().map(|notice| notice.text.clone()).unwrap_or_default();
    Ok(Attempt {
        name: "another-bank",
        what: say!(
            locale,
            "puts a bank with another certificate behind the same address",
            "在同一地址后换上另一张证书的“银行”"
        ),
        refuser: Refuser::Core,
        refused: heard == 0 && notice.is_some(),
        came: say!(
            locale,
            "{text} (It received {heard} requests.)",
            "{text}（它收到 {heard} 次请求）"
        ),
    })
}

fn still_paid_once(stage: &Stage, report: &mut Report, approved: &ApprovedPayment) -> Result<()> {
    let locale = stage.locale;
    let executed = stage.books()?.executed()?;
    report.check(
        "still-paid-once",
        say!(
            locale,
            "after all of it, the books still hold one payment, and it is the customer's",
            "一番折腾之后，账本里仍只有客户自己的那一笔付款"
        ),
        matches!(executed.as_slice(), [one] if one.intent_id == approved.id),
        || format!("{} payments", executed.len()),
    )?;
    Ok(())
}

fn table(attempts: &[Attempt], locale: Locale) -> Vec<String> {
    let table = Table::new()
        .column("", 1, Style::new().green())
        .column(say!(locale, "the thief", "小偷"), 43, Style::new())
        .column(say!(locale, "refused by", "拒绝者"), 10, Style::new().cyan())
        .column(say!(locale, "with", "理由"), 38, Style::new().dim());
    let mark = |refused| if refused { "✓" } else { "✗" };
    let rows = attempts.iter().flat_map(|attempt| {
        table.row(&[
            mark(attempt.refused).to_owned(),
            attempt.what.clone(),
            attempt.refuser.name(locale),
            attempt.came.clone(),
        ])
    });
    table.heading().into_iter().chain(rows).collect()
}
