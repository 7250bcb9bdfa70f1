//! The CBOR of App Attest: the attestation object, the assertion, and the authenticator data in them.

use minicbor::Decoder;

/// Not the CBOR that App Attest writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an App Attest object")]
pub(super) struct NotAnObject;

impl From<minicbor::decode::Error> for NotAnObject {
    fn from(_: minicbor::decode::Error) -> Self {
        Self
    }
}

/// What `attestKey` gives.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct AttestationObject<'a> {
    pub(super) format: &'a str,
    pub(super) certificates: Vec<&'a [u8]>,
    pub(super) authenticator_data: &'a [u8],
}

/// What `generateAssertion` gives.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Assertion<'a> {
    pub(super) signature: &'a [u8],
    pub(super) authenticator_data: &'a [u8],
}

impl<'a> AttestationObject<'a> {
    pub(super) fn read(cbor: &'a [u8]) -> Result<Self, NotAnObject> {
        let mut decoder = Decoder::new(cbor);
        let (mut format, mut certificates, mut data) = (None, None, None);
        for _ in 0..members(&mut decoder)? {
            match decoder.str()? {
                "fmt" => once(&mut format, decoder.str()?)?,
                "attStmt" => once(&mut certificates, statement(&mut decoder)?)?,
                "authData" => once(&mut data, decoder.bytes()?)?,
                _ => decoder.skip()?,
            }
        }
        ended(&decoder)?;
        Ok(Self {
            format: format.ok_or(NotAnObject)?,
            certificates: certificates.ok_or(NotAnObject)?,
            authenticator_data: data.ok_or(NotAnObject)?,
        })
    }
}

impl<'a> Assertion<'a> {
    pub(super) fn read(cbor: &'a [u8]) -> Result<Self, NotAnObject> {
        let mut decoder = Decoder::new(cbor);
        let (mut signature, mut data) = (None, None);
        for _ in 0..members(&mut decoder)? {
            match decoder.str()? {
                "signature" => once(&mut signature, decoder.bytes()?)?,
                "authenticatorData" => once(&mut data, decoder.bytes()?)?,
                _ => decoder.skip()?,
            }
        }
        ended(&decoder)?;
        Ok(Self {
            signature: signature.ok_or(NotAnObject)?,
            authenticator_data: data.ok_or(NotAnObject)?,
        })
    }
}

/// The certificates of `attStmt`; the receipt beside them is for asking Apple, which nobody does here.
fn statement<'a>(decoder: &mut Decoder<'a>) -> Result<Vec<&'a [u8]>, NotAnObject> {
    let mut certificates = None;
    for _ in 0..members(decoder)? {
        match decoder.str()? {
            "x5c" => {
                let count = decoder.array()?.ok_or(NotAnObject)?;
                let found = (0..count).map(|_| decoder.bytes()).collect::<Result<_, _>>()?;
                once(&mut certificates, found)?;
            }
            _ => decoder.skip()?,
        }
    }
    certificates.ok_or(NotAnObject)
}

/// Members of a map of known length: Apple writes no other.
fn members(decoder: &mut Decoder<'_>) -> Result<u64, NotAnObject> {
    decoder.map()?.ok_or(NotAnObject)
}

fn once<T>(place: &mut Option<T>, value: T) -> Result<(), NotAnObject> {
    if place.replace(value).is_some() { Err(NotAnObject) } else { Ok(()) }
}

fn ended(decoder: &Decoder<'_>) -> Result<(), NotAnObject> {
    if decoder.position() == decoder.input().len() { Ok(()) } else { Err(NotAnObject) }
}

/// The authenticator data of Web Authentication level 2, section 6.1, as Apple fills it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct AuthenticatorData<'a> {
    /// SHA-256 of the app id.
    pub(super) app_hash: &'a [u8; 32],
    /// How often the key has signed.
    pub(super) counter: u32,
    /// The environment and the credential id; an assertion has none.
    pub(super) credential: Option<Credential<'a>>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Credential<'a> {
    pub(super) environment: &'a [u8; 16],
    pub(super) id: &'a [u8],
}

impl<'a> AuthenticatorData<'a> {
    /// What follows the credential id (the key once more) is covered by the nonce like all the rest, and
    /// says nothing that the certificate does not.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, NotAnObject> {
        const HAS_CREDENTIAL: u8 = 0x40;
        let (app_hash, rest) = bytes.split_first_chunk::<32>().ok_or(NotAnObject)?;
        let ([flags], rest) = rest.split_first_chunk::<1>().ok_or(NotAnObject)?;
        let (counter, rest) = rest.split_first_chunk::<4>().ok_or(NotAnObject)?;
        // An assertion of Apple's has the flag set and ends here all the same.
        let credential = if flags & HAS_CREDENTIAL != 0 && !rest.is_empty() {
            Some(Credential::read(rest)?)
        } else {
            None
        };
        Ok(Self { app_hash, counter: u32::from_be_bytes(*counter), credential })
    }
}

impl<'a> Credential<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, NotAnObject> {
        let (environment, rest) = bytes.split_first_chunk::<16>().ok_or(NotAnObject)?;
        let (length, rest) = rest.split_first_chunk::<2>().ok_or(NotAnObject)?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (id, _key) = rest.split_at_checked(length).ok_or(NotAnObject)?;
        Ok(Self { environment, id })
    }
}
