//! Step 8: the customer signs the lost phone out on the bank's page, and the phone wipes itself.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use guichet_foundation::ports::Slot;

use crate::conductor::draw;
use crate::conductor::person;
use crate::conductor::phone::{PATIENCE, PhoneFolder};
use crate::conductor::stage::{PIN, Stage};
use crate::lang::{Locale, say};
use crate::phone::talk::{Place, Verb, WayIn};
use crate::report::Report;
use crate::search::{all_files, named};
use crate::stopwatch::Stopwatch;

/// How often the disk is looked at.
const GLANCE: Duration = Duration::from_millis(10);

/// Slots that open the vault or the account, or say that a wipe is under way.
const SLOTS: [Slot; 5] = [
    Slot::VaultRootByPin,
    Slot::VaultRootByBiometric,
    Slot::PinPepper,
    Slot::Tokens,
    Slot::WipeJournal,
];

/// The keys of the phone's hardware.
const KEYS: [&str; 3] = ["device.key", "device-successor.key", "approval.key"];

pub(super) async fn play(stage: &mut Stage, report: &mut Report) -> Result<()> {
    let locale = stage.locale;
    report.begin(
        8,
        "revocation",
        say!(
            locale,
            "The phone is lost, and signed out on the bank's page",
            "手机丢失，客户在银行网页上将其移除"
        ),
    );
    let mark = stage.mark().await?;
    sign_out_at_bank(stage, report).await?;
    let views = stage.phone()?.views();
    report.check(
        "not-yet-known",
        say!(
            locale,
            "the phone, which has not heard of it, is still open",
            "手机尚不知情，仍然打开"
        ),
        views.app.place == Place::Open,
        || format!("{:?}", views.app),
    )?;
    stage.phone()?.tell(Verb::Refresh).await?;
    let views = stage
        .phone()?
        .until("the way in", |views| {
            views.app.place == Place::Welcome
                && views.welcome.step == WayIn::SignIn
                && views.home.content.is_none()
        })
        .await?;
    report.shows(draw::welcome(&views.welcome));
    report.check(
        "wiped",
        say!(
            locale,
            "at the next contact it reads the bank's signed notice, and wipes itself",
            "下一次联系时，它核对银行签名的吊销通知，随即自毁"
        ),
        views.welcome.notice.is_some(),
        || format!("{:?}", views.welcome),
    )?;
    nothing_is_left(stage, report).await?;
    nothing_opens(stage, report).await?;
    let cost = stage.since(mark).await?;
    report.end(cost);
    Ok(())
}

/// In any browser, without the phone: the password, and two buttons.
async fn sign_out_at_bank(stage: &mut Stage, report: &mut Report) -> Result<()> {
    let locale = stage.locale;
    let buttons = match locale {
        Locale::En => ["Sign this phone out", "Yes, sign it out"],
        Locale::ZhCn => ["移除这部手机", "是，移除"],
    };
    let pressed = buttons.map(str::to_owned);
    let visit = person::press(stage.announcement()?, stage.customer()?, &pressed, locale).await?;
    stage.meter.add(visit.requests);
    let pages = visit.pages.join(" → ");
    report.remark(&say!(
        locale,
        "in another browser, the bank's pages: {pages}",
        "在另一个浏览器中，银行的网页：{pages}"
    ));
    let username = stage.customer()?.username.clone();
    let devices = stage.control()?.devices(&username).await?;
    let live = devices.iter().filter(|device| device.revoked_at.is_none()).count();
    report.check(
        "signed-out-at-bank",
        say!(locale, "the bank has revoked the device", "银行已吊销这台设备"),
        live == 0,
        || format!("{live} devices are not revoked"),
    )?;
    Ok(())
}

async fn nothing_is_left(stage: &mut Stage, report: &mut Report) -> Result<()> {
    let locale = stage.locale;
    let phone = stage.phone_folder()?;
    let (keys, rest): (Vec<_>, Vec<_>) =
        what_is_left(&phone).await?.into_iter().partition(|name| KEYS.contains(&name.as_str()));
    report.check(
        "nothing-left",
        say!(
            locale,
            "the vault's file, its wrapped keys and the tokens are gone from the disk",
            "保险库文件、其加密的密钥与令牌均已从磁盘消失"
        ),
        rest.is_empty(),
        || rest.join(", "),
    )?;
    report.check(
        "keys-destroyed",
        say!(
            locale,
            "the device key and the approval key are destroyed",
            "设备密钥与确认密钥均已销毁"
        ),
        keys.is_empty(),
        || keys.join(", "),
    )?;
    Ok(())
}

/// What still opens something once the wipe has had its time: the screen says that it began.
pub(in crate::conductor) async fn what_is_left(phone: &PhoneFolder) -> Result<Vec<String>> {
    let patience = Stopwatch::start();
    loop {
        let left = leftovers(phone)?;
        if left.is_empty() || patience.elapsed() > PATIENCE {
            return Ok(left);
        }
        tokio::time::sleep(GLANCE).await;
    }
}

/// Files of the phone that open the vault or the account, and the journal of a wipe that is not complete.
pub(in crate::conductor) fn leftovers(phone: &PhoneFolder) -> Result<Vec<String>> {
    let folders = phone.folders();
    let name = |file: PathBuf| Some(file.file_name()?.to_str()?.to_owned());
    let vault = named(&folders.app, "vault.db")?.and_then(name);
    let slots = all_files(&folders.store)?
        .into_iter()
        .filter_map(name)
        .filter(|name| SLOTS.iter().any(|slot| name.starts_with(slot.name())));
    let keys = KEYS.into_iter().filter(|key| folders.chip.join(key).exists()).map(str::to_owned);
    Ok(vault.into_iter().chain(slots).chain(keys).collect())
}

async fn nothing_opens(stage: &mut Stage, report: &mut Report) -> Result<()> {
    let locale = stage.locale;
    stage.close_phone().await?;
    stage.open_phone(true).await?;
    let phone = stage.phone()?;
    phone.tell(Verb::UnlockWithPin { pin: PIN.to_owned() }).await?;
    phone.tell(Verb::UnlockWithBiometrics).await?;
    let views = phone.views();
    report.check(
        "nothing-opens",
        say!(
            locale,
            "opened again it knows nobody: neither PIN nor finger opens anything any more",
            "再次打开，它谁也不认识：密码与指纹都打不开任何东西"
        ),
        views.app.place == Place::Welcome && views.prompt.is_none() && views.home.content.is_none(),
        || format!("{:?}", views.app),
    )?;
    Ok(())
}
