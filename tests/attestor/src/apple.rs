//! Apple's App Attest: the attestation object and the assertion.

use rcgen::{Error, KeyPair, SigningKey as _};
use sha2::{Digest as _, Sha256};

use crate::authority::{Authority, Form};
use crate::{cbor, der};

/// The extension with the nonce.
pub const NONCE: &[u64] = &[1, 2, 840, 113_635, 100, 8, 2];
/// The environment of apps from the App Store.
pub const PRODUCTION: &[u8; 16] = b"appattest\0\0\0\0\0\0\0";
/// The environment of apps under development.
pub const DEVELOPMENT: &[u8; 16] = b"appattestdevelop";

/// A key of App Attest's, in software.
#[derive(Debug)]
pub struct AppAttestKey(KeyPair);

impl AppAttestKey {
    /// A new one.
    pub fn generate() -> Result<Self, Error> {
        KeyPair::generate().map(Self)
    }

    /// The public half: the uncompressed point.
    pub fn point(&self) -> &[u8] {
        self.0.public_key_raw()
    }

    /// SHA-256 of the point.
    pub fn key_id(&self) -> Vec<u8> {
        Sha256::digest(self.point()).to_vec()
    }

    /// What `generateAssertion` gives.
    pub fn assert(
        &self,
        app_id: &str,
        counter: u32,
        client_data_hash: &[u8],
    ) -> Result<Vec<u8>, Error> {
        let data = header(app_id, counter);
        let signature = self.0.sign(&nonce(&data, client_data_hash))?;
        Ok(cbor::map(&[
            ("signature", cbor::bytes(&signature)),
            ("authenticatorData", cbor::bytes(&data)),
        ]))
    }
}

/// What an attestation object says.
#[derive(Clone, Debug)]
pub struct AppAttest {
    /// `TEAMID.BUNDLEID`.
    pub app_id: String,
    /// [`PRODUCTION`] or [`DEVELOPMENT`].
    pub environment: [u8; 16],
    /// How often the key has signed.
    pub counter: u32,
    /// The credential id, if it is not the key id.
    pub credential: Option<Vec<u8>>,
    /// The word for the format.
    pub format: String,
    /// The hash that the app gave.
    pub client_data_hash: Vec<u8>,
    /// The form of the key's certificate, without the nonce.
    pub form: Form,
}

impl AppAttest {
    /// As it should be, for this app and this hash.
    pub fn of(app_id: &str, client_data_hash: &[u8]) -> Self {
        Self {
            app_id: app_id.to_owned(),
            environment: *PRODUCTION,
            counter: 0,
            credential: None,
            format: "apple-appattest".to_owned(),
            client_data_hash: client_data_hash.to_vec(),
            form: Form::leaf("App Attest key"),
        }
    }

    /// What `attestKey` gives for this key. Like Apple's, without the root.
    pub fn object(&self, authority: &Authority, key: &AppAttestKey) -> Result<Vec<u8>, Error> {
        let data = self.authenticator_data(key);
        let nonce = der::octets(&nonce(&data, &self.client_data_hash));
        let form = self.form.clone().with(NONCE, der::sequence(&[der::explicit(1, &nonce)]));
        let mut certificates = authority.chain(&form, key.point())?;
        certificates.pop();
        Ok(self.written(&certificates, &data))
    }

    /// The object with these certificates, whatever they say.
    pub fn written(&self, certificates: &[Vec<u8>], authenticator_data: &[u8]) -> Vec<u8> {
        let certificates: Vec<Vec<u8>> =
            certificates.iter().map(|certificate| cbor::bytes(certificate)).collect();
        let statement = cbor::map(&[
            ("x5c", cbor::array(&certificates)),
            ("receipt", cbor::bytes(b"a receipt for asking Apple")),
        ]);
        cbor::map(&[
            ("fmt", cbor::text(&self.format)),
            ("attStmt", statement),
            ("authData", cbor::bytes(authenticator_data)),
        ])
    }

    /// The authenticator data for this key.
    pub fn authenticator_data(&self, key: &AppAttestKey) -> Vec<u8> {
        let credential = self.credential.clone().unwrap_or_else(|| key.key_id());
        let length = u16::try_from(credential.len()).unwrap_or(u16::MAX).to_be_bytes();
        [
            header(&self.app_id, self.counter).as_slice(),
            &self.environment,
            &length,
            &credential,
            &cose(key.point()),
        ]
        .concat()
    }
}

/// Hash of the app id, flags, counter.
fn header(app_id: &str, counter: u32) -> Vec<u8> {
    const HAS_CREDENTIAL: u8 = 0x40;
    let app = Sha256::digest(app_id);
    [app.as_slice(), &[HAS_CREDENTIAL], &counter.to_be_bytes()].concat()
}

fn nonce(authenticator_data: &[u8], client_data_hash: &[u8]) -> Vec<u8> {
    Sha256::new()
        .chain_update(authenticator_data)
        .chain_update(client_data_hash)
        .finalize()
        .to_vec()
}

/// The key once more, as COSE (RFC 9053 section 7.1.1): kty EC2, alg ES256, crv P-256, x, y.
fn cose(point: &[u8]) -> Vec<u8> {
    let coordinates = point.get(1..).unwrap_or_default();
    let (x, y) = coordinates.split_at(coordinates.len() / 2);
    [&[0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21], cbor::bytes(x).as_slice(), &[0x22]]
        .concat()
        .into_iter()
        .chain(cbor::bytes(y))
        .collect()
}
