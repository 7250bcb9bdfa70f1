//! Why evidence is not believed: one reason for each thing that can be wrong.

/// Why evidence is not believed. The sentences are for engineers and repeat nothing that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refusal {
    // The chain.
    /// No certificate at all, or more than any phone sends.
    #[error("a chain has 1 to 10 certificates")]
    ChainLength,
    /// Not X.509 version 3 in DER, or with an extension twice.
    #[error("a certificate cannot be read")]
    MalformedCertificate,
    /// A critical extension this verifier knows nothing of.
    #[error("a certificate has a critical extension that is not understood")]
    UnknownCritical,
    /// The next certificate is not in the name of this one's issuer.
    #[error("the certificates do not follow each other: the leaf comes first")]
    NotInOrder,
    /// A certificate that may not issue others has issued one.
    #[error("a certificate of the chain may not issue the one before it")]
    NotAnIssuer,
    /// The key's own certificate could issue others.
    #[error("the leaf is a certificate authority")]
    LeafIsAuthority,
    /// A signature in the chain does not verify, or is of an algorithm nobody attests with.
    #[error("a certificate's signature does not verify")]
    Signature,
    /// The chain does not end at a root of the configuration that is in force.
    #[error("the chain does not end at a configured root")]
    UntrustedRoot,
    /// A certificate is not valid now.
    #[error("a certificate is not valid at this time")]
    OutsideValidity,
    /// A certificate's serial number is on the revocation list.
    #[error("a certificate is on the revocation list")]
    Revoked,

    // Android Key Attestation.
    /// The leaf says nothing about its key.
    #[error("the leaf carries no attestation extension")]
    NoAttestation,
    /// Another certificate than the leaf carries an attestation.
    #[error("a certificate above the leaf carries an attestation too")]
    SecondAttestation,
    /// The extension is not a key description.
    #[error("the attestation extension cannot be read")]
    MalformedAttestation,
    /// The key was made for another challenge.
    #[error("the key was attested for another challenge")]
    OtherChallenge,
    /// The key, or what attests it, lives in software.
    #[error("the key or its attestation is not kept in hardware")]
    NotInHardware,
    /// The hardware says nothing of how the phone started.
    #[error("the hardware vouches for no root of trust")]
    NoRootOfTrust,
    /// The phone did not start a verified system.
    #[error("the phone did not start a verified system")]
    NotVerifiedBoot,
    /// The boot loader is unlocked.
    #[error("the phone's boot loader is unlocked")]
    Unlocked,
    /// The key belongs to another app.
    #[error("the key belongs to an app that is not configured")]
    OtherApp,
    /// The key belongs to an app of that name, signed by somebody else.
    #[error("the app is not signed by its configured signer")]
    OtherSigner,
    /// Every app on the phone may use the key.
    #[error("any app on the phone may use the key")]
    AnyApp,
    /// The attested key is not the approval key.
    #[error("the attested key is not the approval key")]
    OtherKey,
    /// The key may do something else than sign.
    #[error("the key may do something else than sign")]
    Purpose,
    /// Not ECDSA on P-256 with SHA-256.
    #[error("the key is not for ECDSA on P-256 with SHA-256")]
    Algorithm,
    /// The key was brought in from outside.
    #[error("the key was not generated in the hardware")]
    Imported,
    /// The key signs without asking for a biometric every time.
    #[error("the key does not ask for a biometric for every use")]
    NoBiometric,

    // Apple App Attest.
    /// Not the CBOR an App Attest object is.
    #[error("the attestation object or assertion cannot be read")]
    MalformedObject,
    /// Another format of attestation.
    #[error("fmt is not apple-appattest")]
    OtherFormat,
    /// The certificate was issued over other authenticator data or other client data.
    #[error("the nonce is not that of this data and challenge")]
    OtherNonce,
    /// The key id is not the key's.
    #[error("the key id is not the SHA-256 of the attested key")]
    OtherKeyId,
    /// The credential is not the key's.
    #[error("the credential id is not the key id")]
    OtherCredential,
    /// Made on a phone in an environment that is not accepted.
    #[error("the attestation is of an environment that is not accepted")]
    OtherEnvironment,
    /// The key has signed before it was attested.
    #[error("the counter of a new key is not zero")]
    UsedBefore,
    /// This device never had that key attested.
    #[error("the key was not attested for this device")]
    UnknownKey,
    /// The assertion's signature does not hold.
    #[error("the assertion's signature does not verify")]
    AssertionSignature,
    /// The assertion was seen before, or the key was copied.
    #[error("the counter has not grown")]
    Replayed,

    /// No app of that platform is configured, so that no evidence can hold.
    #[error("the bank is configured with no app of this platform")]
    NoApp,
}
