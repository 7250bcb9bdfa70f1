//! A maker of phones, for the one demo phone whose key somebody vouches for: an authority of this machine's own, in place of
//! Google's. A bank has to be told to believe it.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use guichet_attestor::{Authority, Form, KEY_DESCRIPTION, KeyDescription};
use guichet_foundation::key::P256PublicKey;

const ROOT: &str = "Demo phones";
const KEY: &str = "maker.key.pem";
/// The app, as the phone's system names it to the hardware.
const PACKAGE: &str = "bank.guichet.demo";
const SIGNER: [u8; 32] = [0x67; 32];

/// The maker, whose key lies in this folder.
#[derive(Clone, Debug)]
pub(crate) struct Maker {
    folder: PathBuf,
}

impl Maker {
    /// A new maker in a folder that is not there yet.
    pub(crate) fn found(folder: &Path) -> Result<Self> {
        let root = Authority::root(ROOT)?;
        let android = folder.join("roots/android");
        fs::create_dir_all(&android)?;
        fs::write(android.join("root.pem"), root.certificate_pem())?;
        fs::write(folder.join(KEY), root.key_pem())?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// What tells a bank to believe this maker, for this app.
    pub(crate) fn bank_arguments(&self) -> [OsString; 4] {
        let signer: String = SIGNER.iter().flat_map(|byte| hex(*byte)).collect();
        [
            "--attestation-roots".into(),
            self.folder.join("roots").into(),
            "--android-app".into(),
            format!("{PACKAGE}={signer}").into(),
        ]
    }

    /// The certificates of a key in one of this maker's security chips, made with this challenge.
    pub(crate) fn chain(&self, key: &P256PublicKey, challenge: &[u8]) -> Result<Vec<Vec<u8>>> {
        let pem = fs::read_to_string(self.folder.join(KEY)).context("the maker's key")?;
        let chip = Authority::from_pem(ROOT, &pem)?.under(&Form::authority("Security chip"))?;
        let description = KeyDescription::of_approval_key(challenge, PACKAGE, &SIGNER);
        let form = Form::leaf("Approval key").with(KEY_DESCRIPTION, description.to_der());
        Ok(chip.chain(&form, &key.to_uncompressed())?)
    }
}

fn hex(byte: u8) -> [char; 2] {
    [byte >> 4, byte & 0x0F].map(|digit| char::from_digit(digit.into(), 16).unwrap_or('0'))
}
