//! Certificates: what the root says of the hotline's other keys.

use minicbor::{Decode, Encode};

use crate::derive::hash;
use crate::ids::{Fingerprint, KeyId, PublicKey, Signature};
use crate::keys::verify;
use crate::limits::{CERTIFICATE_MAX_BYTES, CERTIFICATES_MAX_COUNT, PROTOCOL_VERSION};
use crate::wire::{DecodeError, Message, Wire, check_time};

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum CertificateKind {
    /// Reports are sealed to it (X25519).
    #[n(1)]
    Seal,
    /// Answers and desk requests are signed with it (Ed25519).
    #[n(2)]
    Sign,
    /// Library releases are signed with it (Ed25519).
    #[n(3)]
    Publish,
    /// SHA-256 of the relay's TLS public key (its `SubjectPublicKeyInfo`): by
    /// it a phone whose clock is wrong still knows the relay.
    #[n(4)]
    RelayPin,
    /// The root that follows the one that signed this (Ed25519). So far only
    /// releases of the library are read under it.
    #[n(5)]
    Root,
}

impl CertificateKind {
    /// The identifier of a key of this kind.
    pub fn key_id(self, key: &PublicKey) -> KeyId {
        let code = match self {
            Self::Seal => 1,
            Self::Sign => 2,
            Self::Publish => 3,
            Self::RelayPin => 4,
            Self::Root => 5,
        };
        let hash = hash("loive/1 key id", &[&[code], key.as_bytes()]);
        KeyId::from_bytes(*hash.first_chunk().expect("a hash has 32 bytes"))
    }
}

/// What is certified.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct CertificateBody {
    /// Protocol version.
    #[n(0)]
    pub version: u8,
    /// What the key is for.
    #[n(1)]
    pub kind: CertificateKind,
    /// Grows with every new key of a kind; the highest is the one in use.
    #[n(2)]
    pub serial: u32,
    /// Keys of this kind with a lower serial are not to be used any more.
    #[n(3)]
    pub retires_below: u32,
    /// The key.
    #[n(4)]
    pub key: PublicKey,
    /// Unix seconds.
    #[n(5)]
    pub not_before: u64,
    /// Unix seconds.
    #[n(6)]
    pub not_after: u64,
}

impl CertificateBody {
    /// A certificate body of this protocol's version.
    pub const fn new(
        kind: CertificateKind,
        serial: u32,
        key: PublicKey,
        not_before: u64,
        not_after: u64,
    ) -> Self {
        Self {
            version: PROTOCOL_VERSION,
            kind,
            serial,
            retires_below: 0,
            key,
            not_before,
            not_after,
        }
    }

    pub(crate) fn signed_bytes(&self) -> Vec<u8> {
        minicbor::to_vec(self).expect("encoding to memory cannot fail")
    }
}

/// A key of the hotline with the root's signature.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Certificate {
    #[n(0)]
    body: CertificateBody,
    #[n(1)]
    signature: Signature,
}

/// A certificate is not by the root that this phone was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// The signature is not the root's.
    #[error("the certificate was not signed by this hotline's root key")]
    NotByRoot,
    /// The list is full.
    #[error("more than {0} certificates")]
    TooMany(usize),
}

impl Certificate {
    pub(crate) const LABEL: &str = "loive/1 certificate";

    pub(crate) const fn from_parts(body: CertificateBody, signature: Signature) -> Self {
        Self { body, signature }
    }

    /// What is certified. Only as good as [`Self::verify`].
    pub const fn body(&self) -> &CertificateBody {
        &self.body
    }

    /// The identifier of the key.
    pub fn key_id(&self) -> KeyId {
        self.body.kind.key_id(&self.body.key)
    }

    /// Whether the root signed it. Says nothing about time: phones' clocks are
    /// wrong, so validity only ever prefers one key to another.
    pub fn verify(&self, root: &PublicKey) -> Result<(), CertificateError> {
        if verify(
            root,
            Self::LABEL,
            &[&self.body.signed_bytes()],
            &self.signature,
        ) {
            Ok(())
        } else {
            Err(CertificateError::NotByRoot)
        }
    }
}

impl Message for Certificate {
    const MAX: (&'static str, usize) = ("a certificate", CERTIFICATE_MAX_BYTES);
    fn version(&self) -> u8 {
        self.body.version
    }
    fn check(&self) -> Result<(), DecodeError> {
        check_time(self.body.not_before)?;
        check_time(self.body.not_after)
    }
}

/// The hotline's certificates as one side knows them: only verified ones, only
/// growing.
#[derive(Debug, Clone)]
pub struct Certificates {
    root: PublicKey,
    list: Vec<Certificate>,
}

impl Certificates {
    /// An empty list under a root.
    pub const fn new(root: PublicKey) -> Self {
        Self {
            root,
            list: Vec::new(),
        }
    }

    /// The root.
    pub const fn root(&self) -> &PublicKey {
        &self.root
    }

    /// All of them, in a fixed order.
    pub fn list(&self) -> &[Certificate] {
        &self.list
    }

    /// Adds one; `false` if it was known.
    pub fn add(&mut self, certificate: &Certificate) -> Result<bool, CertificateError> {
        if self.list.contains(certificate) {
            return Ok(false);
        }
        certificate.verify(&self.root)?;
        if self.list.len() >= CERTIFICATES_MAX_COUNT {
            return Err(CertificateError::TooMany(CERTIFICATES_MAX_COUNT));
        }
        self.list.push(certificate.clone());
        // A fixed order, so that two sides with the same set have one fingerprint.
        self.list.sort_by_key(Wire::to_bytes);
        Ok(true)
    }

    /// Whether keys of this kind and serial are not to be used any more.
    pub fn is_retired(&self, body: &CertificateBody) -> bool {
        self.of_kind(body.kind)
            .any(|other| other.retires_below > body.serial)
    }

    /// The key to seal a report to at a time (Unix seconds): the highest serial
    /// that is valid, else the highest: a wrong clock never stops a report.
    pub fn seal_key(&self, now: u64) -> Option<&Certificate> {
        let usable = || {
            self.list
                .iter()
                .filter(|c| c.body.kind == CertificateKind::Seal && !self.is_retired(&c.body))
        };
        usable()
            .filter(|c| c.body.not_before <= now && now <= c.body.not_after)
            .max_by_key(|c| c.body.serial)
            .or_else(|| usable().max_by_key(|c| c.body.serial))
    }

    /// The certificate of a key that is not retired.
    pub fn find(&self, kind: CertificateKind, id: &KeyId) -> Option<&Certificate> {
        self.list
            .iter()
            .find(|c| c.body.kind == kind && c.key_id() == *id && !self.is_retired(&c.body))
    }

    /// SHA-256 hashes of the relay's TLS public keys.
    pub fn relay_pins(&self) -> impl Iterator<Item = &PublicKey> {
        self.list
            .iter()
            .filter(|c| c.body.kind == CertificateKind::RelayPin && !self.is_retired(&c.body))
            .map(|c| &c.body.key)
    }

    /// A short hash of the whole list, by which two sides see that they agree.
    pub fn fingerprint(&self) -> Fingerprint {
        let bytes: Vec<Vec<u8>> = self.list.iter().map(Wire::to_bytes).collect();
        let parts: Vec<&[u8]> = bytes.iter().map(Vec::as_slice).collect();
        let hash = hash("loive/1 certificates", &parts);
        Fingerprint::from_bytes(*hash.first_chunk().expect("a hash has 32 bytes"))
    }

    fn of_kind(&self, kind: CertificateKind) -> impl Iterator<Item = &CertificateBody> {
        self.list
            .iter()
            .map(|c| &c.body)
            .filter(move |body| body.kind == kind)
    }
}
