//! Step 5: the draft is reviewed, approved and executed; the answer is lost, and the phone dies.

use anyhow::Result;

use crate::conductor::draw;
use crate::conductor::stage::Stage;
use crate::jose;
use crate::lang::say;
use crate::phone::talk::{Card, DraftCard, ReviewCard, Stage as At, Verb};
use crate::report::Report;

/// More answers than the phone will ask for in a step.
const ALL_ANSWERS: u32 = 1_000;

/// What the customer approved.
pub(super) struct ApprovedPayment {
    /// The intent.
    pub(super) id: String,
}

pub(super) async fn play(
    stage: &mut Stage,
    report: &mut Report,
    draft: &DraftCard,
) -> Result<ApprovedPayment> {
    let locale = stage.locale;
    report.begin(
        5,
        "payment",
        say!(
            locale,
            "The network returns: a payment is approved, its answer is lost",
            "网络恢复：确认付款，应答丢失"
        ),
    );
    let mark = stage.mark().await?;
    stage.lead_to_bank().await?;
    stage.phone()?.tell(Verb::Network { online: true }).await?;
    let card = review(stage, report, draft).await?;
    wrong_finger(stage, report, &card).await?;
    approve(stage, report, &card).await?;
    stage.kill_phone().await?;
    report.check(
        "killed",
        say!(locale, "the phone's process is killed (kill -9)", "手机进程被强行终止（kill -9）"),
        true,
        String::new,
    )?;
    let cost = stage.since(mark).await?;
    report.end(cost);
    Ok(ApprovedPayment { id: card.id })
}

async fn review(stage: &mut Stage, report: &mut Report, draft: &DraftCard) -> Result<ReviewCard> {
    let locale = stage.locale;
    let (account, name) = stage.payee()?;
    let phone = stage.phone()?;
    let card = phone.review(&draft.id).await?;
    report.shows(draw::pay(phone.views().pay_content()?));
    report.check(
        "digest-of-the-words",
        say!(
            locale,
            "the digest to be signed is that of the very words on the screen",
            "将要签名的摘要正是屏幕上这几行字的摘要"
        ),
        jose::sha256(&card.text) == card.digest,
        || format!("{} of {:?}", card.digest, card.text),
    )?;
    let bare = |text: &str| text.replace(' ', "");
    let says_all = card.text.contains(super::offline::AMOUNT)
        && card.text.contains(&name)
        && bare(&card.text).contains(&account);
    report.check(
        "words-say-all",
        say!(
            locale,
            "they name the amount, the payee and the whole account number",
            "写明金额、收款人与完整账号"
        ),
        says_all,
        || card.text.clone(),
    )?;
    Ok(card)
}

async fn wrong_finger(stage: &mut Stage, report: &mut Report, card: &ReviewCard) -> Result<()> {
    let locale = stage.locale;
    let stranger = stage.stranger.clone();
    let phone = stage.phone()?;
    phone.approve(card, &stranger).await?;
    let views = phone
        .until("the refusal of a wrong finger", |views| {
            views.pay.content.as_ref().is_some_and(|pay| pay.notice.is_some() && pay.busy.is_none())
        })
        .await?;
    let still = matches!(&views.pay_content()?.card, Some(Card::Review(now)) if now.id == card.id);
    let executed = stage.books()?.executed()?.len();
    report.check(
        "wrong-finger-signs-nothing",
        say!(
            locale,
            "another finger approves nothing: no signature, nothing sent",
            "别人的指纹确认不了：没有签名，没有发送"
        ),
        still && executed == 0,
        || format!("{:?}, {executed} payments", views.stage()),
    )?;
    Ok(())
}

async fn approve(stage: &mut Stage, report: &mut Report, card: &ReviewCard) -> Result<()> {
    let locale = stage.locale;
    stage.control()?.lose_answers_to_intents(ALL_ANSWERS).await?;
    let finger = stage.finger.clone();
    let phone = stage.phone()?;
    phone.approve(card, &finger).await?;
    let views = phone.until_stage(At::Unknown).await?;
    report.shows(draw::pay(views.pay_content()?));
    let executed = stage.books()?.executed()?;
    report.check(
        "executed-unheard",
        say!(locale, "the bank has carried it out, once; the phone, which heard nothing, says neither paid nor failed", "银行已执行一次；手机没收到应答，既不说已付，也不说失败"),
        matches!(executed.as_slice(), [one] if one.intent_id == card.id),
        || format!("{} payments", executed.len()),
    )?;
    Ok(())
}
