use std::path::PathBuf;
use std::sync::Arc;

use guichet_app::PinCost;
use guichet_foundation::bank::BankProfile;
use guichet_foundation::key::P256Signature;
use guichet_foundation::ports::{self, PromptId};
use guichet_foundation::sensitivity::SecretBytes;

use crate::approval::Approval;
use crate::cross::{Cross, enumeration, record};
use crate::history::History;
use crate::home::Home;
use crate::lock_screen::LockScreen;
use crate::lock_settings::LockSettings;
use crate::observe::observable;
use crate::panics::{self, contained};
use crate::pay::Pay;
use crate::ports::{Phone, PromptFailure};
use crate::private_text::PrivateText;
use crate::prompts::Prompts;
use crate::security_centre::SecurityCentre;
use crate::step_up::StepUp;
use crate::welcome::Welcome;

/// What a shell tells the core when it starts it.
#[derive(Clone, Debug, uniffi::Record)]
pub struct AppConfig {
    /// An existing folder for the vault: private to the app, excluded from backups. C1.
    pub folder: String,
    /// The customer's language. C1.
    pub language: Language,
    /// What the customer's other phones call this one: 1 to 64 characters. C2.
    pub device_name: PrivateText,
    /// The operating system. C1.
    pub platform: Platform,
}

/// A language of the app. (Not called `Locale`: Foundation and Java have one.)
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Language {
    /// English.
    En,
    /// Chinese, simplified, as written in mainland China.
    ZhCn,
}

/// The operating system, as the bank lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Platform {
    /// Android.
    Android,
    /// iOS.
    Ios,
    /// Anything else: tests, desktops.
    Other,
}

/// Why the app did not start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum StartRefusal {
    /// The bank profile cannot be used: its form, pin set, trust anchor or certificate authority. The app has to be built again.
    #[error("the bank profile this app was built with cannot be used")]
    BadProfile,
    /// The phone's secure store or storage is not available now; try again.
    #[error("the phone's secure store or storage is not available")]
    PhoneNotReady,
}

record! {
    /// Which screens the shell may show.
    AppState mirrors guichet_app::AppState {
        /// Grows with every change. C1.
        revision: u64,
        /// Where the customer is. C1.
        place: Place,
    }
}

enumeration! {
    /// Where the customer is.
    Place mirrors guichet_app::Place {
        /// On the way in: the welcome screen.
        Welcome,
        /// Locked: the lock screen and nothing else.
        Locked,
        /// Inside.
        Open,
    }
}

record! {
    /// Requests and bytes since the app started.
    Traffic mirrors guichet_app::Traffic {
        /// Requests sent to the bank. C1.
        requests: u64,
        /// TLS handshakes in which the bank's certificate was checked. C1.
        handshakes: u64,
        /// Bytes sent to the bank. C1.
        bytes_sent: u64,
        /// Bytes received from the bank. C1.
        bytes_received: u64,
    }
}

/// The app. Freeing it stops the core; what must finish (a payment's commit, a wipe) is finished when it starts again. (Not
/// called `App`: `SwiftUI` has one.)
#[derive(uniffi::Object)]
pub struct GuichetApp(Arc<guichet_app::App>);

observable!(GuichetApp tells AppListener AppState);

#[uniffi::export]
impl GuichetApp {
    /// Starts the core. `bank_profile` is the JSON file that names the bank this app is built for, the same on every phone.
    /// Finishes a wipe that was cut off before.
    #[uniffi::constructor]
    pub fn start(
        bank_profile: &str,
        config: AppConfig,
        phone: Phone,
    ) -> Result<Self, StartRefusal> {
        panics::redact();
        contained(|| {
            let config = config.with_profile(bank_profile)?;
            let prompts = Arc::new(Prompts::default());
            let app = guichet_app::App::start(config, phone.adapted(&prompts))?;
            prompts.tell(Arc::downgrade(&app));
            Ok(Self(app))
        })
    }

    /// The way in.
    pub fn welcome(&self) -> Welcome {
        Welcome(Arc::clone(self.0.welcome()))
    }

    /// The lock screen.
    pub fn lock_screen(&self) -> LockScreen {
        LockScreen(Arc::clone(self.0.lock_screen()))
    }

    /// When the app locks by itself, its PIN, and whether a finger or face opens it.
    pub fn lock_settings(&self) -> LockSettings {
        LockSettings(Arc::clone(self.0.lock_settings()))
    }

    /// The home screen.
    pub fn home(&self) -> Home {
        Home(Arc::clone(self.0.home()))
    }

    /// Accounts in depth, and search.
    pub fn history(&self) -> History {
        History(Arc::clone(self.0.history()))
    }

    /// Payments.
    pub fn pay(&self) -> Pay {
        Pay(Arc::clone(self.0.pay()))
    }

    /// The security centre: what happened, whether payments go, the customer's phones.
    pub fn security_centre(&self) -> SecurityCentre {
        SecurityCentre(Arc::clone(self.0.security_centre()))
    }

    /// The card over every screen, while the bank wants to be sure that it is the customer.
    pub fn step_up(&self) -> StepUp {
        StepUp(Arc::clone(self.0.step_up()))
    }

    /// Setting up approval again, after fingers or faces on the phone have changed.
    pub fn approval(&self) -> Approval {
        Approval(Arc::clone(self.0.approval()))
    }

    /// The answer to `ApprovalSigner.ask`: the signature, DER or r||s. Late, repeated or unknown: nothing changes.
    pub fn approval_signed(&self, id: u64, signature: &[u8]) {
        contained(|| {
            let answer = P256Signature::from_platform(signature);
            self.0
                .answer_approval(PromptId(id), answer.map_err(|_| ports::PromptFailure::Platform));
        });
    }

    /// The answer to `ApprovalSigner.ask` where there is no signature.
    pub fn approval_failed(&self, id: u64, failure: PromptFailure) {
        contained(|| self.0.answer_approval(PromptId(id), Err(failure.into())));
    }

    /// The answer to `SecureStore.ask_release`: the item. C3, inwards only: it is read where the shell has it, and the shell
    /// overwrites it afterwards. Late, repeated or unknown: nothing changes.
    pub fn item_released(&self, id: u64, item: &[u8]) {
        contained(|| self.0.answer_release(PromptId(id), Ok(SecretBytes::new(item.to_vec()))));
    }

    /// The answer to `SecureStore.ask_release` where there is no item.
    pub fn release_failed(&self, id: u64, failure: PromptFailure) {
        contained(|| self.0.answer_release(PromptId(id), Err(failure.into())));
    }

    /// The phone's network came or went.
    pub fn connectivity_changed(&self) {
        contained(|| self.0.connectivity_changed());
    }

    /// The person touched the screen: the app does not lock itself yet.
    pub fn touched(&self) {
        contained(|| self.0.touched());
    }

    /// The app went to the background: nobody sees it any more. It locks after the time the customer has chosen; where that is none, it
    /// is locked when this returns.
    pub fn backgrounded(&self) {
        contained(|| self.0.backgrounded());
    }

    /// The app came back: locked, if it was away for long.
    pub fn foregrounded(&self) {
        contained(|| self.0.foregrounded());
    }

    /// The customer chose another language.
    pub fn set_language(&self, language: Language) {
        contained(|| self.0.set_locale(language.into()));
    }

    /// Requests and bytes since the app started.
    pub fn traffic(&self) -> Traffic {
        contained(|| self.0.traffic().cross())
    }
}

impl AppConfig {
    fn with_profile(self, profile: &str) -> Result<guichet_app::AppConfig, StartRefusal> {
        let profile: BankProfile =
            serde_json::from_str(profile).map_err(|_| StartRefusal::BadProfile)?;
        Ok(guichet_app::AppConfig {
            profile,
            folder: PathBuf::from(self.folder),
            locale: self.language.into(),
            device_name: self.device_name.expose().to_owned(),
            platform: self.platform.into(),
            pin_cost: PinCost::SHIPPED,
        })
    }
}

impl From<Language> for guichet_foundation::locale::Locale {
    fn from(language: Language) -> Self {
        match language {
            Language::En => Self::En,
            Language::ZhCn => Self::ZhCn,
        }
    }
}

impl From<Platform> for guichet_app::Platform {
    fn from(platform: Platform) -> Self {
        match platform {
            Platform::Android => Self::Android,
            Platform::Ios => Self::Ios,
            Platform::Other => Self::Other,
        }
    }
}

impl From<guichet_app::StartRefusal> for StartRefusal {
    fn from(refusal: guichet_app::StartRefusal) -> Self {
        match refusal {
            guichet_app::StartRefusal::BadProfile => Self::BadProfile,
            guichet_app::StartRefusal::PhoneNotReady => Self::PhoneNotReady,
        }
    }
}
