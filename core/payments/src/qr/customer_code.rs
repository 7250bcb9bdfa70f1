//! Customer-presented codes: what a phone shows at a till to be paid from.

use std::fmt;
use std::str::FromStr;

use base64ct::{Base64, Encoding as _};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::ber::{self, Objects, Tag};

/// A customer-presented code (EMV QRCPS, Consumer-Presented Mode, version 1.1): a token for one payment within what a mandate
/// allows. Whoever reads it can use it, once, until it is over: it prints as dots, and is never kept.
#[derive(Clone, PartialEq, Eq)]
pub struct CustomerCode {
    /// Under which mandate it pays.
    pub mandate: MandateId,
    /// The step of time it was made in, as the bank counts them.
    pub step: u32,
    /// Which code of that mandate it is (EMV's application transaction counter).
    pub counter: u16,
    /// What only the mandate's key makes of the three above.
    pub cryptogram: [u8; 8],
}

/// A mandate to be charged by codes, as the bank names it: a UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MandateId(Uuid);

/// Why a text is no customer-presented code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCustomerCode {
    /// Something else, or one that was misread.
    #[error("not a payment code of a customer; scan it again")]
    NotACustomerCode,
    /// For another scheme.
    #[error("the code is not from this bank's app")]
    OtherScheme,
    /// Ours, and a part is missing or has another length.
    #[error("the code is not whole; let the customer's app make a new one")]
    Malformed,
}

/// The text is not a UUID in lower case, with its hyphens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a mandate's id: a UUID in lower case")]
pub struct InvalidMandateId;

/// The most characters of a code (EMV QRCPS CPM, section 2.4).
const LENGTH_MAX: usize = 512;
const FORMAT: Tag = 0x85;
const VERSION: &[u8] = b"CPV01";
const APPLICATION: Tag = 0x61;
const APPLICATION_NAME: Tag = 0x4F;
/// Ours: of ISO/IEC 7816-5's category F, for which nobody registers.
const OUR_APPLICATION: &[u8] = b"\xF0GUICHET";
/// The application's own data.
const TRANSPARENT: Tag = 0x63;
const CRYPTOGRAM: Tag = 0x9F26;
const COUNTER: Tag = 0x9F36;
/// The issuer's data: a version, the mandate, the step.
const ISSUER_DATA: Tag = 0x9F10;
const ISSUER_DATA_VERSION: u8 = 1;

impl CustomerCode {
    /// Reads what a till has scanned.
    pub fn parse(text: &str) -> Result<Self, InvalidCustomerCode> {
        if text.len() > LENGTH_MAX {
            return Err(InvalidCustomerCode::NotACustomerCode);
        }
        let bytes = Base64::decode_vec(text).map_err(|_| InvalidCustomerCode::NotACustomerCode)?;
        let objects = Objects::read(&bytes).ok_or(InvalidCustomerCode::NotACustomerCode)?;
        if objects.first() != Some((FORMAT, VERSION)) {
            return Err(InvalidCustomerCode::NotACustomerCode);
        }
        let application = objects.get(APPLICATION).ok_or(InvalidCustomerCode::OtherScheme)?;
        let application =
            Objects::read(application).ok_or(InvalidCustomerCode::NotACustomerCode)?;
        if application.get(APPLICATION_NAME) != Some(OUR_APPLICATION) {
            return Err(InvalidCustomerCode::OtherScheme);
        }
        application.get(TRANSPARENT).and_then(token).ok_or(InvalidCustomerCode::Malformed)
    }

    /// The text to be drawn as a QR code: 84 characters of base64.
    pub fn encode(&self) -> String {
        let mut issuer_data = vec![ISSUER_DATA_VERSION];
        issuer_data.extend(self.mandate.0.as_bytes());
        issuer_data.extend(self.step.to_be_bytes());
        let mut transparent = Vec::new();
        ber::write(&mut transparent, CRYPTOGRAM, &self.cryptogram);
        ber::write(&mut transparent, ISSUER_DATA, &issuer_data);
        ber::write(&mut transparent, COUNTER, &self.counter.to_be_bytes());
        let mut application = Vec::new();
        ber::write(&mut application, APPLICATION_NAME, OUR_APPLICATION);
        ber::write(&mut application, TRANSPARENT, &transparent);
        let mut bytes = Vec::new();
        ber::write(&mut bytes, FORMAT, VERSION);
        ber::write(&mut bytes, APPLICATION, &application);
        Base64::encode_string(&bytes)
    }
}

fn token(transparent: &[u8]) -> Option<CustomerCode> {
    let objects = Objects::read(transparent)?;
    let (version, rest) = objects.get(ISSUER_DATA)?.split_first()?;
    let (mandate, step) = rest.split_at_checked(16)?;
    if *version != ISSUER_DATA_VERSION {
        return None;
    }
    Some(CustomerCode {
        mandate: MandateId(Uuid::from_bytes(mandate.try_into().ok()?)),
        step: u32::from_be_bytes(step.try_into().ok()?),
        counter: u16::from_be_bytes(objects.get(COUNTER)?.try_into().ok()?),
        cryptogram: objects.get(CRYPTOGRAM)?.try_into().ok()?,
    })
}

impl fmt::Debug for CustomerCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("••")
    }
}

impl MandateId {
    /// The 16 bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}

impl FromStr for MandateId {
    type Err = InvalidMandateId;

    fn from_str(text: &str) -> Result<Self, InvalidMandateId> {
        let id = Uuid::try_parse(text).map(Self).map_err(|_| InvalidMandateId)?;
        if id.to_string() == text { Ok(id) } else { Err(InvalidMandateId) }
    }
}

impl TryFrom<String> for MandateId {
    type Error = InvalidMandateId;

    fn try_from(text: String) -> Result<Self, InvalidMandateId> {
        text.parse()
    }
}

impl From<MandateId> for String {
    fn from(id: MandateId) -> Self {
        id.to_string()
    }
}

impl fmt::Display for MandateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sample() -> CustomerCode {
        CustomerCode {
            mandate: "eb6305c9-1f7f-49de-aed0-16487c27b42d".parse().unwrap(),
            step: 29_538_720,
            counter: 7,
            cryptogram: *b"\x01\x23\x45\x67\x89\xAB\xCD\xEF",
        }
    }

    /// The specification's way to name a card application, with nothing of ours in it.
    const OTHERS: &str = "hQVDUFYwMWETTwegAAAAVVVVUAhQcm9kdWN0MQ==";

    #[test]
    fn a_code_fits_a_small_qr_code_and_comes_back() {
        let text = sample().encode();
        assert_eq!(text.len(), 84);
        assert!(text.starts_with("hQVDUFYwMW"), "85 05 CPV01 61: {text}");
        assert_eq!(CustomerCode::parse(&text), Ok(sample()));
    }

    #[test]
    fn other_codes_are_told_apart() {
        assert_eq!(CustomerCode::parse(OTHERS), Err(InvalidCustomerCode::OtherScheme));
        for other in ["", "hQVDUFYwMQ", "hQVDUFYwMA==", "https://pay.example", "AAAA", "000201"] {
            let refused = CustomerCode::parse(other).unwrap_err();
            assert_eq!(refused, InvalidCustomerCode::NotACustomerCode, "{other}");
        }
        let text = sample().encode();
        for bad in
            [text.replace('=', ""), format!("{text}AAAA"), format!(" {text}"), text.repeat(7)]
        {
            assert!(CustomerCode::parse(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_code_that_is_not_whole_is_refused() {
        let bytes = Base64::decode_vec(&sample().encode()).unwrap();
        for end in 0..bytes.len() {
            let cut = Base64::encode_string(&bytes[..end]);
            assert!(CustomerCode::parse(&cut).is_err(), "{end}");
        }
        let version = bytes.windows(3).position(|at| at == [0x9F, 0x10, 21]).unwrap() + 3;
        let mut newer = bytes;
        newer[version] = 2;
        let newer = Base64::encode_string(&newer);
        assert_eq!(CustomerCode::parse(&newer), Err(InvalidCustomerCode::Malformed));
    }

    #[test]
    fn invariant_07_silent_a_code_prints_as_dots() {
        assert_eq!(format!("{:?}", sample()), "••");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(
            mandate: [u8; 16], step: u32, counter: u16, cryptogram: [u8; 8],
        ) {
            let mandate = MandateId(Uuid::from_bytes(mandate));
            let code = CustomerCode { mandate, step, counter, cryptogram };
            prop_assert_eq!(CustomerCode::parse(&code.encode()), Ok(code));
            prop_assert_eq!(mandate.to_string().parse(), Ok(mandate));
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in "(hQVDUFYwMW)?[A-Za-z0-9+/]{0,90}={0,2}") {
            let _ = CustomerCode::parse(&text);
        }
    }
}
