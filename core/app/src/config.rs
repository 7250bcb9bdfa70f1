use std::path::PathBuf;

use guichet_foundation::bank::BankProfile;
use guichet_foundation::locale::Locale;
use guichet_foundation::sensitivity::C2;
use guichet_session::Platform;
use guichet_vault::keys::by_pin::PinCost;

/// What a shell tells the core when it starts it.
#[derive(Clone, Debug)]
pub struct AppConfig {
    /// The bank this app is built for.
    pub profile: BankProfile,
    /// An existing folder for the vault: private to the app, excluded from backups.
    pub folder: PathBuf,
    /// The customer's language.
    pub locale: Locale,
    /// What the customer's other phones call this one: 1 to 64 characters.
    pub device_name: C2<String>,
    /// The operating system.
    pub platform: Platform,
    /// What deriving a key from the PIN costs: [`PinCost::SHIPPED`], less in tests only.
    pub pin_cost: PinCost,
}
