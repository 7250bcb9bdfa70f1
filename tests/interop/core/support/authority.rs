use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};

/// What a server on this machine shows: PEM, each.
pub(crate) struct Identity {
    pub(crate) ca: String,
    pub(crate) certificate: String,
    pub(crate) key: String,
}

impl Identity {
    /// A certificate for this machine's two names, by a certificate authority of its own.
    pub(crate) fn draw() -> Self {
        let ca_key = KeyPair::generate().unwrap();
        let mut ca = CertificateParams::new(Vec::new()).unwrap();
        ca.distinguished_name.push(DnType::CommonName, "A certificate authority of one test");
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let (from, until) = (date_time_ymd(2026, 1, 1), date_time_ymd(2096, 1, 1));
        (ca.not_before, ca.not_after) = (from, until);
        let key = KeyPair::generate().unwrap();
        let names = ["localhost", "127.0.0.1"].map(str::to_owned);
        let mut leaf = CertificateParams::new(names).unwrap();
        (leaf.not_before, leaf.not_after) = (from, until);
        Self {
            ca: ca.self_signed(&ca_key).unwrap().pem(),
            certificate: leaf.signed_by(&key, &Issuer::from_params(&ca, &ca_key)).unwrap().pem(),
            key: key.serialize_pem(),
        }
    }
}
