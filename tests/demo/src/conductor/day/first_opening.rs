//! Step 1: the app is opened for the first time and enrols this phone.

use anyhow::Result;

use crate::conductor::draw;
use crate::conductor::person;
use crate::conductor::stage::{PIN, Stage};
use crate::lang::say;
use crate::phone::talk::{Answer, Place, Verb, WayIn};
use crate::report::Report;

const GUESSABLE: &str = "123456";

pub(super) async fn play(stage: &mut Stage, report: &mut Report) -> Result<()> {
    let locale = stage.locale;
    report.begin(
        1,
        "first-opening",
        say!(locale, "The app is opened for the first time", "第一次打开应用"),
    );
    let mark = stage.mark().await?;
    stage.open_phone(true).await?;
    let finger = stage.finger.clone();
    stage.phone()?.enrol_finger(&finger).await?;

    let views = stage.phone()?.views();
    report.shows(draw::welcome(&views.welcome));
    report.check(
        "a-new-phone-knows-nobody",
        say!(
            locale,
            "a new phone knows nobody: it asks to sign in",
            "新手机不认识任何人：请求登录"
        ),
        views.app.place == Place::Welcome && views.welcome.step == WayIn::SignIn,
        || format!("{:?}", views.welcome),
    )?;
    sign_in(stage, report).await?;
    enrol(stage, report).await?;
    choose_pin(stage, report).await?;
    let cost = stage.since(mark).await?;
    report.end(cost);
    Ok(())
}

async fn sign_in(stage: &mut Stage, report: &mut Report) -> Result<()> {
    let locale = stage.locale;
    report.doing(say!(locale, "The customer signs in on the bank's page", "客户在银行网页登录"));
    let (id, url) = stage.phone()?.begin_sign_in().await?;
    let pushed = url.contains("request_uri=") && !url.contains("redirect_uri=");
    report.shows(draw::welcome(&stage.phone()?.views().welcome));
    report.check(
        "request-is-pushed",
        say!(
            locale,
            "the browser gets a reference only; what is asked went to the bank directly (PAR)",
            "浏览器只拿到一个引用；请求内容已直接推送给银行（PAR）"
        ),
        pushed,
        || url.clone(),
    )?;
    let visit = person::visit(stage.announcement()?, stage.customer()?, &url, locale).await?;
    stage.meter.add(visit.requests);
    let pages = visit.pages.join(" → ");
    report.remark(&say!(locale, "the bank's pages: {pages}", "银行的网页：{pages}"));
    let redirect = visit.redirect.clone();
    let phone = stage.phone()?;
    phone.tell(Verb::BrowserReturned { id, url: visit.redirect }).await?;
    let views = phone.until("the end of signing in", |views| !views.welcome.busy).await?;
    report.check(
        "signed-in",
        say!(
            locale,
            "the bank's code, state and issuer are what the app expected: it is signed in",
            "银行返回的 code、state、iss 均符合预期：登录成功"
        ),
        views.welcome.step == WayIn::Enrol,
        || format!("{:?} ({redirect})", views.welcome.notice),
    )?;
    Ok(())
}

async fn enrol(stage: &mut Stage, report: &mut Report) -> Result<()> {
    let locale = stage.locale;
    report.shows(draw::welcome(&stage.phone()?.views().welcome));
    let finger = stage.finger.clone();
    let prompt = stage.phone()?.enrol(&finger).await?;
    let reason = prompt.reason;
    report.remark(&say!(
        locale,
        "the sensor lights up: '{reason}'; the customer's finger",
        "指纹提示：“{reason}”；客户按下指纹"
    ));
    let devices = stage.control()?.devices(&stage.customer()?.username.clone()).await?;
    report.check(
        "device-enrolled",
        say!(
            locale,
            "the bank knows one device; its approval key proved itself over the bank's challenge",
            "银行登记了一台设备；其确认密钥已对银行的挑战值签名自证"
        ),
        devices.len() == 1,
        || format!("{} devices", devices.len()),
    )?;
    Ok(())
}

async fn choose_pin(stage: &mut Stage, report: &mut Report) -> Result<()> {
    let locale = stage.locale;
    report.shows(draw::welcome(&stage.phone()?.views().welcome));
    let phone = stage.phone()?;
    let answer = phone.ask(Verb::ChoosePin { pin: GUESSABLE.to_owned() }).await?;
    let refused = match &answer {
        Answer::Refused(refused) => refused.first().map(|one| one.text.clone()),
        _ => None,
    };
    let text = refused.clone().unwrap_or_default();
    report.check(
        "guessable-pin-refused",
        say!(locale, "{GUESSABLE} is refused: '{text}'", "{GUESSABLE} 被拒绝：“{text}”"),
        refused.is_some(),
        || format!("{answer:?}"),
    )?;
    phone.tell(Verb::ChoosePin { pin: PIN.to_owned() }).await?;
    let views = phone
        .until("the offer of biometrics", |views| {
            views.welcome.step == WayIn::OfferBiometrics && !views.welcome.busy
        })
        .await?;
    report.shows(draw::welcome(&views.welcome));
    phone.tell(Verb::UseBiometrics).await?;
    let views = phone.until_at(Place::Open).await?;
    report.check(
        "open",
        say!(
            locale,
            "PIN set, finger accepted: the vault is made and the app is open",
            "密码已设置、指纹已启用：保险库建立，应用打开"
        ),
        views.app.place == Place::Open,
        || format!("{:?}", views.app),
    )?;
    Ok(())
}
