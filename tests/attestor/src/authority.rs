//! Certificates and the authorities that issue them.

use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DnType, Error, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PublicKeyData, SerialNumber,
    SignatureAlgorithm, date_time_ymd,
};

/// An extension of a certificate.
#[derive(Clone, Debug)]
pub struct Extension {
    /// Its object identifier.
    pub id: &'static [u64],
    /// Whether it is critical.
    pub is_critical: bool,
    /// Its content, without the octet string around it.
    pub content: Vec<u8>,
}

/// What a certificate says, apart from its key and its issuer.
#[derive(Clone, Debug)]
pub struct Form {
    /// The subject's common name.
    pub name: String,
    /// Whether it is an authority, and how many authorities may stand below it.
    pub authority: Option<Option<u8>>,
    /// Whether its key usage says that it issues certificates.
    pub may_sign: bool,
    /// The first year it is valid in.
    pub from_year: i32,
    /// The first year it is no longer valid in.
    pub until_year: i32,
    /// The serial number, if not a random one.
    pub serial: Option<Vec<u8>>,
    /// What else it says.
    pub extensions: Vec<Extension>,
}

impl Form {
    /// An authority's certificate.
    pub fn authority(name: &str) -> Self {
        Self { authority: Some(None), may_sign: true, ..Self::leaf(name) }
    }

    /// A certificate for a key that issues nothing.
    pub fn leaf(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            authority: None,
            may_sign: false,
            from_year: 2020,
            until_year: 2040,
            serial: None,
            extensions: Vec::new(),
        }
    }

    /// The same with an extension more.
    pub fn with(mut self, id: &'static [u64], content: Vec<u8>) -> Self {
        self.extensions.push(Extension { id, is_critical: false, content });
        self
    }

    fn params(&self) -> Result<CertificateParams, Error> {
        let mut params = CertificateParams::new(Vec::new())?;
        params.distinguished_name.push(DnType::CommonName, &self.name);
        params.is_ca = match self.authority {
            None => IsCa::NoCa,
            Some(None) => IsCa::Ca(BasicConstraints::Unconstrained),
            Some(Some(below)) => IsCa::Ca(BasicConstraints::Constrained(below)),
        };
        params.key_usages = vec![if self.may_sign {
            KeyUsagePurpose::KeyCertSign
        } else {
            KeyUsagePurpose::DigitalSignature
        }];
        params.not_before = date_time_ymd(self.from_year, 1, 1);
        params.not_after = date_time_ymd(self.until_year, 1, 1);
        params.serial_number = self.serial.clone().map(SerialNumber::from);
        params.custom_extensions = self.extensions.iter().map(custom).collect();
        Ok(params)
    }
}

fn custom(extension: &Extension) -> CustomExtension {
    let mut custom = CustomExtension::from_oid_content(extension.id, extension.content.clone());
    custom.set_criticality(extension.is_critical);
    custom
}

/// A P-256 key whose private half is somebody else's.
struct Point<'a>(&'a [u8]);

impl PublicKeyData for Point<'_> {
    fn der_bytes(&self) -> &[u8] {
        self.0
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_ECDSA_P256_SHA256
    }
}

/// Somebody who issues certificates.
#[derive(Debug)]
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// Its own certificate, then those above it up to the root.
    path: Vec<Vec<u8>>,
    pem: String,
}

impl Authority {
    /// A root of this name with a new P-384 key, as Apple's and Google's newest are.
    pub fn root(name: &str) -> Result<Self, Error> {
        Self::root_with(&Form::authority(name), KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384)?)
    }

    /// The root of this form and key: its certificate is made anew.
    pub fn root_with(form: &Form, key: KeyPair) -> Result<Self, Error> {
        let params = form.params()?;
        let certificate = params.self_signed(&key)?;
        let path = vec![certificate.der().to_vec()];
        Ok(Self { path, pem: certificate.pem(), issuer: Issuer::new(params, key) })
    }

    /// The root of this name and of a key that [`Authority::key_pem`] gave.
    pub fn from_pem(name: &str, key: &str) -> Result<Self, Error> {
        Self::root_with(&Form::authority(name), KeyPair::from_pem(key)?)
    }

    /// The private key as PKCS #8 in PEM. It guards nothing but tests.
    pub fn key_pem(&self) -> String {
        self.issuer.key().serialize_pem()
    }

    /// An authority below this one, with a new P-256 key.
    pub fn under(&self, form: &Form) -> Result<Self, Error> {
        let key = KeyPair::generate()?;
        let params = form.params()?;
        let certificate = params.signed_by(&key, &self.issuer)?;
        let path = [vec![certificate.der().to_vec()], self.path.clone()].concat();
        Ok(Self { path, pem: certificate.pem(), issuer: Issuer::new(params, key) })
    }

    /// A certificate for a P-256 key: the uncompressed point.
    pub fn certify(&self, form: &Form, point: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(form.params()?.signed_by(&Point(point), &self.issuer)?.der().to_vec())
    }

    /// That certificate, then everything above it, the root last.
    pub fn chain(&self, form: &Form, point: &[u8]) -> Result<Vec<Vec<u8>>, Error> {
        Ok([vec![self.certify(form, point)?], self.path.clone()].concat())
    }

    /// Its own certificate, PEM.
    pub fn certificate_pem(&self) -> &str {
        &self.pem
    }

    /// Its own certificate, DER.
    pub fn certificate(&self) -> &[u8] {
        self.path.first().map_or(&[], Vec::as_slice)
    }
}
