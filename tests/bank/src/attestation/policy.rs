//! What the bank believes: roots, apps, and which certificates no longer.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::certificate::Certificate;
use super::revocation::RevocationList;
use super::roots;

/// An Android app whose keys are believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AndroidApp {
    /// The package's name.
    pub package: String,
    /// SHA-256 of the certificate the app is signed with.
    pub signer: [u8; 32],
}

/// Not an app as the command line names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAnApp {
    /// Not an Android app.
    #[error(
        "write PACKAGE=SHA256: the app's package and the SHA-256 of its signing certificate, 64 \
         hexadecimal digits with or without colons"
    )]
    Android,
    /// Not an Apple app.
    #[error("write TEAMID.BUNDLEID: ten capital letters and digits, a dot, the bundle identifier")]
    Apple,
}

impl FromStr for AndroidApp {
    type Err = NotAnApp;

    /// Reads `PACKAGE=SHA256`, the digest as Android's tools print it.
    fn from_str(text: &str) -> Result<Self, NotAnApp> {
        let (package, digest) = text.split_once('=').ok_or(NotAnApp::Android)?;
        let is_package = package.contains('.')
            && package.chars().all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '_');
        let signer = sha256(digest).filter(|_| is_package).ok_or(NotAnApp::Android)?;
        Ok(Self { package: package.to_owned(), signer })
    }
}

fn sha256(hex: &str) -> Option<[u8; 32]> {
    let digits: Vec<u8> = hex
        .chars()
        .filter(|c| *c != ':')
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect::<Option<_>>()?;
    let bytes: Vec<u8> = digits
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => Some(high << 4 | low),
            _ => None,
        })
        .collect::<Option<_>>()?;
    bytes.try_into().ok()
}

/// An Apple app whose keys are believed: its app id, `TEAMID.BUNDLEID`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppleApp(pub String);

impl FromStr for AppleApp {
    type Err = NotAnApp;

    fn from_str(text: &str) -> Result<Self, NotAnApp> {
        let (team, bundle) = text.split_once('.').ok_or(NotAnApp::Apple)?;
        let is_team =
            team.len() == 10 && team.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
        let is_bundle = !bundle.is_empty()
            && bundle.chars().all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '-');
        if is_team && is_bundle { Ok(Self(text.to_owned())) } else { Err(NotAnApp::Apple) }
    }
}

/// What a bank is started with.
#[derive(Clone, Debug, Default)]
pub struct PolicyOptions {
    /// A folder with the roots to trust, `android/*.pem` and `apple/*.pem`; `None` for those that Google
    /// and Apple publish.
    pub roots: Option<PathBuf>,
    /// A file with serial numbers that are no longer believed, in the form of Google's status list.
    pub revoked: Option<PathBuf>,
    /// The Android apps; without any, no Android evidence holds.
    pub android_apps: Vec<AndroidApp>,
    /// The Apple apps; without any, no Apple evidence holds.
    pub apple_apps: Vec<AppleApp>,
    /// Whether keys of App Attest's development environment count.
    pub apple_development: bool,
}

/// Why there is no policy: one sentence for a person.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// A file or folder cannot be read.
    #[error("cannot read {path} (--attestation-roots, --attestation-revoked): {source}")]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// No certificate at all.
    #[error("no certificate in {path}: put *.pem files into its folders android and apple")]
    NoRoots {
        /// The folder.
        path: PathBuf,
    },
    /// A file that is no certificate.
    #[error("{path} is not a certificate in PEM: take it out of the folder")]
    NotACertificate {
        /// The file.
        path: PathBuf,
    },
    /// Not a list of revoked certificates.
    #[error(
        "{path} is not a revocation list: it looks like {{\"entries\": {{\"<serial>\": {{...}}}}}}"
    )]
    NotAList {
        /// The file.
        path: PathBuf,
    },
    /// A root that came with this program.
    #[error("a root certificate of this program cannot be read")]
    Shipped,
}

/// What the bank believes.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Who may vouch for Android's keys.
    pub android_roots: Vec<Certificate>,
    /// Who may vouch for Apple's keys.
    pub apple_roots: Vec<Certificate>,
    /// The certificates that are no longer believed.
    pub revoked: RevocationList,
    /// The Android apps.
    pub android_apps: Vec<AndroidApp>,
    /// The Apple apps.
    pub apple_apps: Vec<AppleApp>,
    /// Whether keys of App Attest's development environment count.
    pub apple_development: bool,
}

impl Policy {
    /// Reads the files that the options name.
    pub fn load(options: &PolicyOptions) -> Result<Self, PolicyError> {
        let (android_roots, apple_roots) = match &options.roots {
            None => (roots::android()?, roots::apple()?),
            Some(folder) => {
                let pair =
                    (read_roots(&folder.join("android"))?, read_roots(&folder.join("apple"))?);
                if pair.0.is_empty() && pair.1.is_empty() {
                    return Err(PolicyError::NoRoots { path: folder.clone() });
                }
                pair
            }
        };
        Ok(Self {
            android_roots,
            apple_roots,
            revoked: options.revoked.as_deref().map_or(Ok(RevocationList::default()), read_list)?,
            android_apps: options.android_apps.clone(),
            apple_apps: options.apple_apps.clone(),
            apple_development: options.apple_development,
        })
    }

    pub(super) fn is_apple_app(&self, app_hash: &[u8; 32]) -> bool {
        self.apple_apps.iter().any(|app| Sha256::digest(&app.0).as_slice() == app_hash)
    }

    /// What a person has to know of it.
    pub fn summary(&self) -> Summary {
        Summary {
            android_roots: self.android_roots.iter().map(Certificate::serial).collect(),
            android_apps: self.android_apps.iter().map(|app| app.package.clone()).collect(),
            apple_roots: self.apple_roots.iter().map(Certificate::serial).collect(),
            apple_apps: self.apple_apps.iter().map(|app| app.0.clone()).collect(),
            apple_development: self.apple_development,
            revoked: self.revoked.len(),
        }
    }
}

/// What the bank says about its policy when it is ready. Certificates by their serial numbers.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    /// Who may vouch for Android's keys.
    pub android_roots: Vec<String>,
    /// The Android apps' packages.
    pub android_apps: Vec<String>,
    /// Who may vouch for Apple's keys.
    pub apple_roots: Vec<String>,
    /// The Apple apps' ids.
    pub apple_apps: Vec<String>,
    /// Whether keys of App Attest's development environment count.
    pub apple_development: bool,
    /// How many serial numbers are on the revocation list.
    pub revoked: usize,
}

/// The certificates of a folder's `*.pem` files. A folder that is not there has none.
fn read_roots(folder: &Path) -> Result<Vec<Certificate>, PolicyError> {
    let unreadable = |source| PolicyError::Unreadable { path: folder.to_owned(), source };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(error)),
    };
    let mut files = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(unreadable)?;
    files.retain(|path| path.extension().is_some_and(|ending| ending == "pem"));
    files.sort();
    let mut roots = Vec::new();
    for path in files {
        let text = fs::read(&path)
            .map_err(|source| PolicyError::Unreadable { path: path.clone(), source })?;
        let found = certificates(&text).filter(|found| !found.is_empty());
        roots.extend(found.ok_or(PolicyError::NotACertificate { path })?);
    }
    Ok(roots)
}

/// The certificates of a PEM text; `None` if something in it is none.
pub(super) fn certificates(pem: &[u8]) -> Option<Vec<Certificate>> {
    CertificateDer::pem_slice_iter(pem).map(|der| Certificate::read(&der.ok()?).ok()).collect()
}

fn read_list(path: &Path) -> Result<RevocationList, PolicyError> {
    let json = fs::read(path)
        .map_err(|source| PolicyError::Unreadable { path: path.to_owned(), source })?;
    RevocationList::read(&json).ok_or_else(|| PolicyError::NotAList { path: path.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_android_app_is_a_package_and_its_signers_digest() {
        let colons = ["AB"; 32].join(":");
        let plain = "ab".repeat(32);
        let wanted = AndroidApp { package: "bank.guichet".to_owned(), signer: [0xAB; 32] };
        for digest in [&colons, &plain] {
            assert_eq!(format!("bank.guichet={digest}").parse(), Ok(wanted.clone()));
        }
        for text in [
            "",
            "bank.guichet",
            "bank.guichet=",
            "bank=abab",
            &format!("guichet={plain}"),
            &format!("bank.guichet={plain}ab"),
            &format!("bank.guichet={}", "é".repeat(32)),
            &format!("bank guichet.x={plain}"),
        ] {
            assert_eq!(text.parse::<AndroidApp>(), Err(NotAnApp::Android), "{text}");
        }
    }

    #[test]
    fn an_apple_app_is_a_team_and_a_bundle() {
        assert!("AB12345678.bank.guichet-app".parse::<AppleApp>().is_ok());
        for text in
            ["", "bank.guichet", "AB12345678", "AB12345678.", "ab12345678.x", "AB12345678.é"]
        {
            assert_eq!(text.parse::<AppleApp>(), Err(NotAnApp::Apple), "{text}");
        }
    }
}
