//! The phone's process, as the conductor holds it: verbs go in, the newest state of every screen comes out.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::{oneshot, watch};
use tokio::time::timeout;

use super::children::{self, Trap};
use super::last_words::LastWords;
use crate::lang::Locale;
use crate::phone::FreedMemory;
use crate::phone::hardware::{Finger, Folders};
use crate::phone::talk::{
    Answer, AppView, ApprovalView, Asked, HomeView, LockSettingsView, LockView, News, NoticeView,
    PayView, Place, Prompt, PromptKind, Revisions, Screen, SecurityView, StepUpView, Touch, Verb,
    View, WelcomeView,
};
use base64ct::{Base64UrlUnpadded, Encoding as _};

/// What the phone takes for anything, at most. Far more than it needs: whoever waits this long waits for something that will
/// not happen.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// The newest state of every screen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Views {
    pub(crate) app: AppView,
    pub(crate) welcome: WelcomeView,
    pub(crate) lock: LockView,
    pub(crate) home: HomeView,
    pub(crate) pay: PayView,
    pub(crate) security: SecurityView,
    pub(crate) step_up: StepUpView,
    pub(crate) lock_settings: LockSettingsView,
    pub(crate) approval: ApprovalView,
    /// The prompt that waits for a finger.
    pub(crate) prompt: Option<Prompt>,
    /// How often the phone told something: states and prompts.
    pub(crate) told: u64,
    /// Of each screen's state.
    revisions: Revisions,
    /// The phone has ended.
    pub(crate) ended: bool,
}

/// A phone that is switched on.
pub(crate) struct PhoneProcess {
    child: Child,
    stdin: ChildStdin,
    views: Watcher,
    shown: Arc<watch::Sender<Views>>,
    answers: Waiting,
    log: LastWords,
    asked: u64,
}

/// Sees every screen.
pub(crate) type Watcher = watch::Receiver<Views>;

type Waiting = Arc<Mutex<BTreeMap<u64, oneshot::Sender<(Answer, Revisions)>>>>;

/// A phone, on or off.
#[derive(Clone, Debug)]
pub(crate) struct PhoneFolder {
    /// Its folder.
    pub(crate) state: PathBuf,
    /// The bank profile its app was built with.
    pub(crate) profile: PathBuf,
    /// The customer's language.
    pub(crate) locale: Locale,
    /// Its name.
    pub(crate) name: String,
    /// Whether it is watched for what it lets slip, and how.
    pub(crate) watched: Option<Watched>,
    /// Where it ends by itself, if it does.
    pub(crate) trap: Option<Trap>,
}

/// A phone that is watched: it logs everything that any of its crates has to say.
#[derive(Clone, Debug)]
pub(crate) struct Watched {
    /// The file of the log.
    pub(crate) log: PathBuf,
    /// What becomes of memory that it frees.
    pub(crate) freed: FreedMemory,
}

impl PhoneFolder {
    /// Where it keeps what.
    pub(crate) fn folders(&self) -> Folders {
        Folders::of(&self.state)
    }

    /// Switches it on and opens the app; ready when the first states are there.
    pub(crate) async fn start(&self, online: bool) -> Result<PhoneProcess> {
        let mut command = children::role_in(self.trap.as_ref(), "phone")?;
        children::option(&mut command, "--state", &self.state);
        children::option(&mut command, "--profile", &self.profile);
        children::option(&mut command, "--lang", self.locale.tag());
        children::option(&mut command, "--name", &self.name);
        if !online {
            command.arg("--offline");
        }
        if let Some(watched) = &self.watched {
            watched.add_to(&mut command)?;
        }
        let mut child = command.spawn().context("the phone's process cannot be started")?;
        let stdin = child.stdin.take().context("the phone has no input")?;
        let stdout = child.stdout.take().context("the phone has no output")?;
        let (sender, views) = watch::channel(Views::default());
        let shown = Arc::new(sender);
        let answers = Waiting::default();
        let log = LastWords::of(&mut child);
        tokio::spawn(listen(stdout, Arc::clone(&shown), Arc::clone(&answers)));
        let mut phone = PhoneProcess { child, stdin, views, shown, answers, log, asked: 0 };
        // The answer to any verb comes after the first state of every screen.
        if let Err(error) = phone.traffic().await {
            phone.child.kill().await?;
            bail!("the phone does not start: {error:#}\n{}", phone.log.at_the_end().await);
        }
        Ok(phone)
    }
}

impl Watched {
    fn add_to(&self, command: &mut Command) -> Result<()> {
        children::option(command, "--log", "everything");
        children::option(command, "--freed", self.freed.name());
        let log = OpenOptions::new().create(true).append(true).open(&self.log);
        command.stderr(log.with_context(|| format!("no log in {}", self.log.display()))?);
        Ok(())
    }
}

impl PhoneProcess {
    /// The id of its process.
    pub(crate) fn process(&self) -> Result<u32> {
        self.child.id().context("the phone is off")
    }

    /// What the screens show now.
    pub(crate) fn views(&self) -> Views {
        self.views.borrow().clone()
    }

    /// Does a verb and waits for its answer, and until the screens show what it did at once (not what becomes of it later).
    pub(crate) async fn ask(&mut self, verb: Verb) -> Result<Answer> {
        let answer = self.send(verb).await?;
        let (answer, revisions) = match timeout(PATIENCE, answer).await {
            Ok(Ok(answered)) => answered,
            Ok(Err(_)) => bail!("the phone ended before it answered"),
            Err(_) => bail!("the phone did not answer"),
        };
        self.until("what the verb did at once", |views| views.is_as_new_as(&revisions)).await?;
        match answer {
            Answer::Senseless(why) => bail!("the phone makes nothing of a verb: {why}"),
            answer => Ok(answer),
        }
    }

    /// As [`Self::ask`], where anything but taking the verb is a failure.
    pub(crate) async fn tell(&mut self, verb: Verb) -> Result<()> {
        match self.ask(verb).await? {
            Answer::Taken => Ok(()),
            Answer::Refused(refused) => {
                let texts: Vec<_> = refused.into_iter().map(|one| one.text).collect();
                bail!("the app refused: {}", texts.join(" "))
            }
            other => bail!("the phone answered something else: {other:?}"),
        }
    }

    async fn send(&mut self, verb: Verb) -> Result<oneshot::Receiver<(Answer, Revisions)>> {
        self.asked += 1;
        let (sender, answer) = oneshot::channel();
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).insert(self.asked, sender);
        let mut line = serde_json::to_vec(&Asked { number: self.asked, verb })?;
        line.push(b'\n');
        self.stdin.write_all(&line).await.context("the phone is off")?;
        Ok(answer)
    }

    /// Waits until the screens show what is wanted, and returns them.
    pub(crate) async fn until(&self, what: &str, wanted: impl Fn(&Views) -> bool) -> Result<Views> {
        let mut watched = self.views.clone();
        let reached = watched.wait_for(|views| views.ended || wanted(views));
        match timeout(PATIENCE, reached).await.map(|reached| reached.map(|views| views.clone())) {
            Ok(Ok(views)) if !views.ended => Ok(views),
            Ok(_) => bail!("the phone ended while waiting for: {what}{}", self.last_words()),
            Err(_) => bail!(
                "the phone did not come to this within {} s: {what}; {}",
                PATIENCE.as_secs(),
                self.describe()
            ),
        }
    }

    /// Waits until the screens show what is wanted, for so long at most. Whether they do.
    pub(crate) async fn within(
        &self,
        patience: Duration,
        wanted: impl Fn(&Views) -> bool,
    ) -> Result<bool> {
        let mut watched = self.views.clone();
        let reached = watched.wait_for(|views| views.ended || wanted(views));
        match timeout(patience, reached).await.map(|reached| reached.map(|views| views.ended)) {
            Ok(Ok(false)) => Ok(true),
            Ok(_) => bail!("the phone ended"),
            Err(_) => Ok(false),
        }
    }

    /// Where it is, and the end of its log: for whoever has to find out why.
    pub(crate) fn describe(&self) -> String {
        format!("it shows: {}{}", self.views().summary(), self.last_words())
    }

    /// For whoever wants to see the screens without the phone in hand.
    pub(crate) fn watcher(&self) -> Watcher {
        self.views.clone()
    }

    /// Waits until the app is at this place.
    pub(crate) async fn until_at(&self, place: Place) -> Result<Views> {
        self.until(&format!("{place:?}"), |views| views.app.place == place).await
    }

    /// Waits for the sensor to light up, and lays a finger on it.
    pub(crate) async fn touch(&mut self, finger: &Finger) -> Result<Prompt> {
        let touch = Touch::Finger(Base64UrlUnpadded::encode_string(&finger.to_bytes()));
        self.answer_prompt(touch).await
    }

    /// Waits for the sensor to light up, and answers.
    pub(crate) async fn answer_prompt(&mut self, touch: Touch) -> Result<Prompt> {
        let views = self.until("a prompt for a finger", |views| views.prompt.is_some()).await?;
        let prompt = views.prompt.context("a prompt that was there is gone")?;
        self.shown.send_modify(|views| views.prompt = None);
        self.tell(Verb::Touch { prompt: prompt.id, touch }).await?;
        Ok(prompt)
    }

    /// Requests to the bank since the app was opened.
    pub(crate) async fn traffic(&mut self) -> Result<u64> {
        match self.ask(Verb::Traffic).await? {
            Answer::Traffic { requests, .. } => Ok(requests),
            other => bail!("no traffic but {other:?}"),
        }
    }

    /// How the process ended, if it has.
    pub(crate) fn end(&mut self) -> Option<String> {
        self.child.try_wait().ok().flatten().map(|status| status.to_string())
    }

    /// Closes the app as the phone does when it needs the memory, and returns when it is gone.
    pub(crate) async fn close(self) -> Result<()> {
        let Self { mut child, stdin, .. } = self;
        drop(stdin);
        match timeout(PATIENCE, child.wait()).await {
            Ok(_) => Ok(()),
            Err(_) => bail!("the phone does not end when it is closed"),
        }
    }

    /// Returns when it has ended, by itself or by somebody else's hand.
    pub(crate) async fn until_ended(&self) {
        self.views.clone().wait_for(|views| views.ended).await.ok();
    }

    /// `kill -9`, and gone when this returns.
    pub(crate) async fn kill(mut self) -> Result<()> {
        children::kill(&mut self.child).await?;
        // A tracer goes first and takes the phone along.
        self.until_ended().await;
        Ok(())
    }

    /// The end of the phone's log, if it has one.
    fn last_words(&self) -> String {
        let log = self.log.so_far();
        if log.is_empty() { log } else { format!("\nthe phone's log ends with:\n{log}") }
    }
}

async fn listen(stdout: ChildStdout, shown: Arc<watch::Sender<Views>>, answers: Waiting) {
    let mut lines = BufReader::new(stdout).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        match serde_json::from_str(&line) {
            Ok(News::Answer { number, answer, revisions }) => {
                let waiting =
                    answers.lock().unwrap_or_else(PoisonError::into_inner).remove(&number);
                if let Some(waiting) = waiting {
                    waiting.send((answer, revisions)).ok();
                }
            }
            Ok(News::View { revision, view }) => {
                shown.send_modify(|views| views.take(revision, *view));
            }
            Ok(News::Prompt { prompt }) => shown.send_modify(|views| {
                views.told += 1;
                views.prompt = Some(prompt);
            }),
            Err(_) => break,
        }
    }
    answers.lock().unwrap_or_else(PoisonError::into_inner).clear();
    shown.send_modify(|views| views.ended = true);
}

impl Views {
    /// Where the phone is, for whoever has to find out why.
    fn summary(&self) -> String {
        let text = |notice: Option<&NoticeView>| {
            notice.map(|notice| format!(" '{}'", notice.text)).unwrap_or_default()
        };
        let (welcome, lock) = (&self.welcome, &self.lock);
        let home = self.home.content.as_ref();
        let pay = self.pay.content.as_ref();
        let stages: Vec<_> =
            pay.iter().flat_map(|pay| pay.activity.iter().map(|row| row.stage)).collect();
        format!(
            "{:?}; welcome {:?} busy {}{}; lock busy {}{}; home {:?}{}; payments {stages:?}{}; prompt {}",
            self.app.place,
            welcome.step,
            welcome.busy,
            text(welcome.notice.as_ref()),
            lock.busy,
            text(lock.notice.as_ref()),
            home.map(|home| home.progress.as_deref().unwrap_or("at rest")),
            text(home.and_then(|home| home.notice.as_ref())),
            text(pay.and_then(|pay| pay.notice.as_ref())),
            self.prompt.is_some(),
        )
    }

    fn is_as_new_as(&self, revisions: &Revisions) -> bool {
        self.revisions.iter().zip(revisions).all(|(have, wanted)| have >= wanted)
    }

    fn take(&mut self, revision: u64, view: View) {
        self.told += 1;
        let screen = view.screen();
        for (have, of) in self.revisions.iter_mut().zip(Screen::ALL) {
            if of == screen {
                *have = revision;
            }
        }
        match view {
            View::App(view) => {
                self.app = view;
                // A locked app has nothing to approve: the shell has closed the prompt.
                if self.app.place == Place::Locked {
                    self.prompt.take_if(|prompt| prompt.kind == PromptKind::Approval);
                }
            }
            View::Welcome(view) => self.welcome = view,
            View::Lock(view) => self.lock = view,
            View::Home(view) => self.home = view,
            View::Pay(view) => self.pay = view,
            View::Security(view) => self.security = *view,
            View::StepUp(view) => self.step_up = view,
            View::LockSettings(view) => self.lock_settings = view,
            View::Approval(view) => self.approval = view,
        }
    }
}
