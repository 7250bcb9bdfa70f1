//! The extension `1.3.6.1.4.1.11129.2.1.17`: what Android's key storage says of a key it made.
//!
//! The schema is Android's `KeyDescription`. Of its two lists of authorizations only the one that the
//! hardware enforces is believed; the other is the operating system's word, and holds what only the
//! system can know: which app asked for the key.

use der::asn1::{AnyRef, OctetStringRef};
use der::{Decode, Reader, SliceReader, Tag, Tagged};

/// The extension is not a key description: not DER, another shape, or an entry twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a key description")]
pub struct NotADescription;

impl From<der::Error> for NotADescription {
    fn from(_: der::Error) -> Self {
        Self
    }
}

/// Where a key lives, or what attests it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SecurityLevel {
    /// In software.
    Software,
    /// In the trusted execution environment.
    TrustedEnvironment,
    /// In a security chip of its own.
    StrongBox,
}

/// How the phone's system was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerifiedBoot {
    /// By the maker's key.
    Verified,
    /// By a key the owner put there.
    SelfSigned,
    /// By nobody.
    Unverified,
    /// Not even that is known.
    Failed,
}

/// What the boot loader told the key storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RootOfTrust {
    /// Whether the boot loader is locked.
    pub is_locked: bool,
    /// How the system was started.
    pub boot: VerifiedBoot,
}

/// The app that asked for the key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApplicationId {
    /// Every package that shares the app's user id. They have the same signers.
    pub packages: Vec<Vec<u8>>,
    /// SHA-256 of each signing certificate.
    pub signers: Vec<Vec<u8>>,
}

/// What one of the two lists says, as far as it matters here. The numbers are Android's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Authorizations {
    /// What the key may be used for (1).
    pub purposes: Vec<u64>,
    /// The algorithm (2).
    pub algorithm: Option<u64>,
    /// The digests it may sign (5).
    pub digests: Vec<u64>,
    /// The curve (10).
    pub curve: Option<u64>,
    /// Whether it works without anybody being asked (503).
    pub needs_nobody: bool,
    /// By what the person is recognised (504), a set of bits.
    pub user_auth: Option<u64>,
    /// For how many seconds one recognition is good (505); nothing: for one use.
    pub auth_timeout_s: Option<u64>,
    /// Whether every app may use it (600).
    pub any_app: bool,
    /// Where the key came from (702).
    pub origin: Option<u64>,
    /// How the phone was started (704).
    pub root_of_trust: Option<RootOfTrust>,
    /// The app that asked (709).
    pub app: Option<ApplicationId>,
}

/// A key description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyDescription {
    /// What made this description.
    pub attested_by: SecurityLevel,
    /// What keeps the key.
    pub kept_by: SecurityLevel,
    /// The challenge the app gave when it asked for the key.
    pub challenge: Vec<u8>,
    /// What the system says.
    pub software: Authorizations,
    /// What the hardware says.
    pub hardware: Authorizations,
}

impl KeyDescription {
    /// Reads the extension's content, with nothing behind it.
    pub fn read(bytes: &[u8]) -> Result<Self, NotADescription> {
        AnyRef::from_der(bytes)?.sequence(|reader| {
            let _attestation_version = number(reader.decode()?)?;
            let attested_by = security_level(reader.decode()?)?;
            let _keymint_version = number(reader.decode()?)?;
            let kept_by = security_level(reader.decode()?)?;
            let challenge = octets(reader.decode()?)?.to_vec();
            let _unique_id = octets(reader.decode()?)?;
            let software = Authorizations::read(reader.decode()?)?;
            let hardware = Authorizations::read(reader.decode()?)?;
            Ok(Self { attested_by, kept_by, challenge, software, hardware })
        })
    }
}

impl Authorizations {
    fn read(list: AnyRef<'_>) -> Result<Self, NotADescription> {
        let mut read = Self::default();
        let mut seen = Vec::new();
        list.sequence(|reader| {
            while !reader.is_finished() {
                let entry: AnyRef<'_> = reader.decode()?;
                let Tag::ContextSpecific { constructed: true, number } = entry.tag() else {
                    return Err(NotADescription);
                };
                // Two answers to one question are none. The order is left free: some phones mix it up.
                if seen.contains(&number.0) {
                    return Err(NotADescription);
                }
                seen.push(number.0);
                read.take(number.0, AnyRef::from_der(entry.value())?)?;
            }
            Ok(())
        })?;
        Ok(read)
    }

    fn take(&mut self, entry: u32, value: AnyRef<'_>) -> Result<(), NotADescription> {
        match entry {
            1 => self.purposes = numbers(value)?,
            2 => self.algorithm = Some(number(value)?),
            5 => self.digests = numbers(value)?,
            10 => self.curve = Some(number(value)?),
            503 => self.needs_nobody = true,
            504 => self.user_auth = Some(number(value)?),
            505 => self.auth_timeout_s = Some(number(value)?),
            600 => self.any_app = true,
            702 => self.origin = Some(number(value)?),
            704 => self.root_of_trust = Some(root_of_trust(value)?),
            709 => self.app = Some(application_id(octets(value)?)?),
            _ => {}
        }
        Ok(())
    }
}

fn number(value: AnyRef<'_>) -> Result<u64, NotADescription> {
    Ok(value.decode_as::<u64>()?)
}

fn octets(value: AnyRef<'_>) -> Result<&[u8], NotADescription> {
    Ok(value.decode_as::<&OctetStringRef>()?.as_bytes())
}

fn numbers(value: AnyRef<'_>) -> Result<Vec<u64>, NotADescription> {
    each_of(Tag::Set, value, number)
}

fn each_of<'a, T>(
    tag: Tag,
    list: AnyRef<'a>,
    read: impl Fn(AnyRef<'a>) -> Result<T, NotADescription>,
) -> Result<Vec<T>, NotADescription> {
    if list.tag() != tag {
        return Err(NotADescription);
    }
    let mut reader = SliceReader::new(list.value())?;
    let mut found = Vec::new();
    while !reader.is_finished() {
        found.push(read(reader.decode()?)?);
    }
    Ok(found)
}

fn enumerated(value: AnyRef<'_>) -> Result<u8, NotADescription> {
    match (value.tag(), value.value()) {
        (Tag::Enumerated, [one]) => Ok(*one),
        _ => Err(NotADescription),
    }
}

fn security_level(value: AnyRef<'_>) -> Result<SecurityLevel, NotADescription> {
    match enumerated(value)? {
        0 => Ok(SecurityLevel::Software),
        1 => Ok(SecurityLevel::TrustedEnvironment),
        2 => Ok(SecurityLevel::StrongBox),
        _ => Err(NotADescription),
    }
}

fn root_of_trust(value: AnyRef<'_>) -> Result<RootOfTrust, NotADescription> {
    value.sequence(|reader| {
        let _verified_boot_key = octets(reader.decode()?)?;
        let is_locked = reader.decode::<bool>()?;
        let boot = match enumerated(reader.decode()?)? {
            0 => VerifiedBoot::Verified,
            1 => VerifiedBoot::SelfSigned,
            2 => VerifiedBoot::Unverified,
            3 => VerifiedBoot::Failed,
            _ => return Err(NotADescription),
        };
        if !reader.is_finished() {
            let _verified_boot_hash = octets(reader.decode()?)?;
        }
        Ok(RootOfTrust { is_locked, boot })
    })
}

fn application_id(bytes: &[u8]) -> Result<ApplicationId, NotADescription> {
    AnyRef::from_der(bytes)?.sequence(|reader| {
        let packages = each_of(Tag::Set, reader.decode()?, |package| {
            package.sequence(|reader| {
                let name = octets(reader.decode()?)?.to_vec();
                let _version = number(reader.decode()?)?;
                Ok(name)
            })
        })?;
        let signers = each_of(Tag::Set, reader.decode()?, |one| Ok(octets(one)?.to_vec()))?;
        Ok(ApplicationId { packages, signers })
    })
}
