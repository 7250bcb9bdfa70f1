//! What a day needs: a folder, a network, a bank, a phone, a customer with a finger, and someone else's finger.

use std::net::Ipv4Addr;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use console::style;
use guichet_proxy::{Direction, Proxy};

use super::DayOptions;
use super::bank::{Announcement, BankFolder, BankProcess, SignIn};
use super::books::Books;
use super::children::Trap;
use super::control::Control;
use super::folder::DayFolder;
use super::link::{Bytes, Link};
use super::meter::{Mark, Meter};
use super::phone::{PhoneFolder, PhoneProcess, Watched};
use crate::lang::{Locale, say};
use crate::phone::hardware::Finger;
use crate::report::Report;
use crate::report::layout::padded;
use crate::report::record::Cost;

/// Who has an account and plays the day.
const CUSTOMER: &str = "liming";
/// Who is paid.
const PAYEE: &str = "wangfang";
/// The customer's PIN.
pub(super) const PIN: &str = "739184";

/// The stage. What starts later is `None` until then.
pub(super) struct Stage {
    pub(super) locale: Locale,
    pub(super) finger: Finger,
    pub(super) stranger: Finger,
    pub(super) meter: Meter,
    seed: u64,
    folder: DayFolder,
    link: Option<Link>,
    proxy: Option<Proxy>,
    bank: Option<BankProcess>,
    impostor: Option<BankProcess>,
    phone: Option<PhoneProcess>,
    phone_name: String,
    watched: Option<Watched>,
    traps: Traps,
}

/// Where processes that are started from now on end by themselves.
#[derive(Clone, Debug, Default)]
pub(super) struct Traps {
    pub(super) phone: Option<Trap>,
    pub(super) bank: Option<Trap>,
}

impl Stage {
    /// Sets the stage; no process runs yet.
    pub(super) fn set(options: &DayOptions) -> Result<Self> {
        let folder = match &options.data {
            Some(root) => DayFolder::kept(root)?,
            None => DayFolder::temporary()?,
        };
        Ok(Self {
            locale: options.locale,
            finger: Finger::grow(),
            stranger: Finger::grow(),
            meter: Meter::default(),
            seed: options.seed,
            folder,
            link: None,
            proxy: None,
            bank: None,
            impostor: None,
            phone: None,
            phone_name: "phone".to_owned(),
            watched: None,
            traps: Traps::default(),
        })
    }

    /// Lays the network, starts the bank, and says who is who.
    pub(super) async fn open(&mut self, report: &Report) -> Result<()> {
        report.doing(say!(self.locale, "The bank opens", "银行开门"));
        let mut link = Link::lay().context("no free port on 127.0.0.1")?;
        let bank = BankFolder::new(&self.folder.at("bank"), self.seed, link.port()).start().await?;
        link.lead_to(bank.announcement.address()).await?;
        let profile = serde_json::to_vec_pretty(&bank.announcement.profile()?)?;
        std::fs::write(self.profile_file(), profile)?;
        self.link = Some(link);
        self.bank = Some(bank);
        self.introduce(report)
    }

    fn introduce(&self, report: &Report) -> Result<()> {
        let locale = self.locale;
        let bank = self.announcement()?;
        let (issuer, process, seed) = (&bank.issuer, bank.pid, self.seed);
        let customer = self.customer()?;
        let (name, username) = (name(customer, locale), &customer.username);
        let title = say!(
            locale,
            "A day of banking: one customer, one phone, one bank",
            "银行的一天：一位客户、一部手机、一家银行"
        );
        report.line("");
        report.line(&format!(" {}  {}", style("Guichet").bold().cyan(), style(title).bold()));
        let facts = [
            (
                say!(locale, "bank", "银行"),
                say!(
                    locale,
                    "{issuer}, process {process}: TLS 1.3, a fresh CA, books from seed {seed}",
                    "{issuer}，进程 {process}：TLS 1.3、全新 CA、账本种子 {seed}"
                ),
            ),
            (
                say!(locale, "phone", "手机"),
                say!(
                    locale,
                    "a process of its own; software keys stand in for its secure hardware",
                    "独立进程；以软件密钥代替手机的安全芯片"
                ),
            ),
            (
                say!(locale, "customer", "客户"),
                say!(
                    locale,
                    "{name}, '{username}' on the bank's own page",
                    "{name}，在银行网页上以“{username}”登录"
                ),
            ),
        ];
        for (what, text) in facts {
            report.line(&format!("   {} {}", style(padded(&what, 9)).dim(), text));
        }
        Ok(())
    }

    /// The bank, as it announced itself.
    pub(super) fn announcement(&self) -> Result<&Announcement> {
        self.bank.as_ref().map(|bank| &bank.announcement).context("the bank is closed")
    }

    /// The customer.
    pub(super) fn customer(&self) -> Result<&SignIn> {
        self.announcement()?.customer(CUSTOMER)
    }

    /// The seed of everything that is drawn.
    pub(super) const fn seed(&self) -> u64 {
        self.seed
    }

    /// The payee's account number and name.
    pub(super) fn payee(&self) -> Result<(String, String)> {
        self.books()?.payee(PAYEE, self.locale)
    }

    /// The bank's books, read from the file.
    pub(super) fn books(&self) -> Result<Books> {
        Ok(Books::at(&self.announcement()?.books))
    }

    /// The bank's staff.
    pub(super) fn control(&self) -> Result<Control> {
        Control::of(self.announcement()?)
    }

    /// The network.
    pub(super) fn link(&mut self) -> Result<&mut Link> {
        self.link.as_mut().context("there is no network")
    }

    /// The network leads to the bank again.
    pub(super) async fn lead_to_bank(&mut self) -> Result<()> {
        let bank = self.announcement()?.address();
        Ok(self.link()?.lead_to(bank).await?)
    }

    /// The network is cut.
    pub(super) async fn cut(&mut self) -> Result<()> {
        self.link()?.cut().await;
        Ok(())
    }

    /// The network leads to the bank again, if it was cut.
    pub(super) async fn lead_to_bank_if_cut(&mut self) -> Result<()> {
        if self.link()?.is_cut() { self.lead_to_bank().await } else { Ok(()) }
    }

    /// From now on a network that goes wrong as it is told lies where the link was.
    pub(super) async fn lay_proxy(&mut self) -> Result<()> {
        self.cut().await?;
        let address = (Ipv4Addr::LOCALHOST, self.link()?.port());
        let proxy = Proxy::listen(address.into()).await.context("the link's port is not free")?;
        proxy.lead_to(self.announcement()?.address());
        self.proxy = Some(proxy);
        Ok(())
    }

    /// The network that goes wrong as it is told, and the phone that is on.
    pub(super) fn proxy_and_phone(&mut self) -> Result<(&Proxy, &mut PhoneProcess)> {
        let proxy = self.proxy.as_ref().context("there is no proxy")?;
        Ok((proxy, self.phone.as_mut().context("the phone is off")?))
    }

    /// The phone that is on.
    pub(super) fn phone(&mut self) -> Result<&mut PhoneProcess> {
        self.phone.as_mut().context("the phone is off")
    }

    /// The customer's phone, on or off.
    pub(super) fn phone_folder(&self) -> Result<PhoneFolder> {
        let owner = name(self.customer()?, self.locale);
        Ok(PhoneFolder {
            state: self.folder.at(&self.phone_name),
            profile: self.profile_file(),
            locale: self.locale,
            name: match &self.watched {
                // The shell's own words stay in its memory, and are not to be found in the core's.
                Some(_) => "Phone 7".to_owned(),
                None => say!(self.locale, "{owner}'s phone", "{owner}的手机"),
            },
            watched: self.watched.clone(),
            trap: self.traps.phone.clone(),
        })
    }

    /// A folder of the day, for whoever needs one.
    pub(super) fn folder(&self, name: &str) -> PathBuf {
        self.folder.at(name)
    }

    /// Sets traps, or takes them away.
    pub(super) fn set_traps(&mut self, traps: Traps) {
        self.traps = traps;
    }

    /// From now on phones are watched.
    pub(super) fn watch(&mut self, watched: Watched) {
        self.watched = Some(watched);
    }

    /// Opens the app.
    pub(super) async fn open_phone(&mut self, online: bool) -> Result<()> {
        self.phone = Some(self.phone_folder()?.start(online).await?);
        Ok(())
    }

    /// Closes the app as the phone's system does.
    pub(super) async fn close_phone(&mut self) -> Result<()> {
        self.keep_count().await?;
        match self.phone.take() {
            Some(phone) => phone.close().await,
            None => Ok(()),
        }
    }

    /// `kill -9` to the phone.
    pub(super) async fn kill_phone(&mut self) -> Result<()> {
        self.keep_count().await?;
        match self.phone.take() {
            Some(phone) => phone.kill().await,
            None => Ok(()),
        }
    }

    /// `kill -9` to the phone, which is not asked for its count of requests before.
    pub(super) async fn kill_phone_unasked(&mut self) -> Result<()> {
        match self.phone.take() {
            Some(phone) => phone.kill().await,
            None => Ok(()),
        }
    }

    /// A phone's own count of requests ends with it.
    async fn keep_count(&mut self) -> Result<()> {
        let requests = self.requests().await?;
        self.meter.add(requests);
        Ok(())
    }

    async fn requests(&mut self) -> Result<u64> {
        match &mut self.phone {
            Some(phone) => phone.traffic().await,
            None => Ok(0),
        }
    }

    /// Begins to measure.
    pub(super) async fn mark(&mut self) -> Result<Mark> {
        let requests = self.requests().await?;
        let link = self.link.as_ref().context("there is no network")?;
        Ok(self.meter.mark(link, requests))
    }

    /// What it cost since.
    pub(super) async fn since(&mut self, mark: Mark) -> Result<Cost> {
        let requests = self.requests().await?;
        let link = self.link.as_ref().context("there is no network")?;
        let cost = self.meter.since(mark, link, requests);
        let Some(proxy) = &self.proxy else { return Ok(cost) };
        let passed = proxy.take_lengths();
        let sum = |wanted: Direction| {
            let of = passed.iter().filter(|((_, direction), _)| *direction == wanted);
            of.map(|(_, bytes)| bytes).sum()
        };
        Ok(Cost { bytes_sent: sum(Direction::Up), bytes_received: sum(Direction::Down), ..cost })
    }

    /// Bytes over the link since `from` were not the phone's.
    pub(super) fn exclude(&mut self, from: Bytes) {
        if let Some(link) = &self.link {
            self.meter.exclude(link, from);
        }
    }

    /// A phone nobody has used yet, in a folder of this name, takes the place of the one before. It is off.
    pub(super) async fn take_new_phone(&mut self, folder: &str) -> Result<()> {
        self.kill_phone().await?;
        folder.clone_into(&mut self.phone_name);
        Ok(())
    }

    /// The phone that is on and the bank, each for somebody else's hands.
    pub(super) fn actors(&mut self) -> Result<(&mut PhoneProcess, BankKeeper<'_>)> {
        let folder = self.bank_folder()?;
        let phone = self.phone.as_mut().context("the phone is off")?;
        let link = self.link.as_mut().context("there is no network")?;
        let proxy = self.proxy.as_ref();
        Ok((phone, BankKeeper { folder, link, proxy, bank: &mut self.bank }))
    }

    fn bank_folder(&self) -> Result<BankFolder> {
        let port = self.link.as_ref().context("there is no network")?.port();
        let folder = BankFolder::new(&self.folder.at("bank"), self.seed, port);
        Ok(BankFolder { trap: self.traps.bank.clone(), ..folder })
    }

    /// Puts another bank behind the same address: other keys, another CA, the same name.
    pub(super) async fn lead_to_impostor(&mut self) -> Result<Control> {
        let data = self.folder.at("impostor");
        std::fs::create_dir_all(&data)?;
        // It copied everything of the bank's but the keys; a bank with books of its own would open too slowly.
        self.books()?.copy_to(&data.join("bank.sqlite"))?;
        let port = self.link()?.port();
        let impostor = BankFolder::new(&data, self.seed, port).start().await?;
        let (address, control) =
            (impostor.announcement.address(), Control::of(&impostor.announcement)?);
        self.impostor = Some(impostor);
        self.link()?.lead_to(address).await?;
        Ok(control)
    }

    /// The impostor gives up.
    pub(super) async fn end_impostor(&mut self) -> Result<()> {
        match self.impostor.take() {
            Some(impostor) => impostor.kill().await,
            None => Ok(()),
        }
    }

    fn profile_file(&self) -> PathBuf {
        self.folder.at("profile.json")
    }

    /// Which process ended that nobody ended here: what failed then need not have failed by itself.
    pub(super) fn unexpected_end(&mut self) -> Option<String> {
        let bank = self.bank.as_mut().and_then(BankProcess::end);
        let phone = self.phone.as_mut().and_then(PhoneProcess::end);
        let bank = bank.map(|end| {
            say!(self.locale, "the bank's process ended: {end}", "银行进程已终止：{end}")
        });
        let phone = phone.map(|end| {
            say!(self.locale, "the phone's process ended: {end}", "手机进程已终止：{end}")
        });
        bank.or(phone)
    }

    /// Ends every process, then removes the folder.
    pub(super) async fn clear(self) -> Result<()> {
        if let Some(phone) = self.phone {
            phone.kill().await?;
        }
        for bank in [self.bank, self.impostor].into_iter().flatten() {
            bank.kill().await?;
        }
        self.folder.close().await
    }
}

/// Whoever can kill the bank and open it again.
pub(super) struct BankKeeper<'a> {
    folder: BankFolder,
    link: &'a mut Link,
    proxy: Option<&'a Proxy>,
    bank: &'a mut Option<BankProcess>,
}

impl BankKeeper<'_> {
    /// Returns when the bank has ended by itself.
    pub(super) async fn until_ended(&mut self) {
        if let Some(bank) = self.bank.as_mut() {
            bank.until_ended().await;
        }
    }

    /// `kill -9` to the bank, and a new process on the same folder.
    pub(super) async fn kill_and_reopen(self) -> Result<()> {
        if let Some(bank) = self.bank.take() {
            bank.kill().await?;
        }
        let bank = self.folder.start().await?;
        let address = bank.announcement.address();
        match self.proxy {
            Some(proxy) => proxy.lead_to(address),
            None => self.link.lead_to(address).await?,
        }
        *self.bank = Some(bank);
        Ok(())
    }
}

/// A person's name in a language.
pub(super) fn name(customer: &SignIn, locale: Locale) -> &str {
    match locale {
        Locale::En => &customer.name.en,
        Locale::ZhCn => &customer.name.zh,
    }
}
