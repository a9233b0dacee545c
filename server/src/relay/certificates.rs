//! The hotline's certificates as the relay hands them to phones.

use loive_protocol::{
    Certificate, CertificateError, CertificateKind, Certificates, Fingerprint, PublicKey, Wire,
};

/// The list with its fingerprint.
pub(super) struct Published {
    list: Certificates,
    fingerprint: Fingerprint,
}

impl Published {
    pub(super) fn new(list: Certificates) -> Self {
        let fingerprint = list.fingerprint();
        Self { list, fingerprint }
    }

    /// Checks each certificate of a list against the root.
    pub(super) fn verify(root: &PublicKey, list: &[Certificate]) -> Result<Self, CertificateError> {
        let mut certificates = Certificates::new(*root);
        for certificate in list {
            certificates.add(certificate)?;
        }
        Ok(Self::new(certificates))
    }

    /// All of them, unless they are the ones that the phone has seen.
    pub(super) fn unless_seen(&self, seen: Option<Fingerprint>) -> Vec<Certificate> {
        if seen == Some(self.fingerprint) {
            Vec::new()
        } else {
            self.list.list().to_vec()
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.list().is_empty()
    }

    /// Whether a desk key was taken out of use.
    pub(super) fn is_retired(&self, certificate: &Certificate) -> bool {
        certificate.body().kind == CertificateKind::Sign && self.list.is_retired(certificate.body())
    }

    /// Whether the key of a certificate, of whatever kind, was taken out of use.
    pub(super) fn retires(&self, certificate: &Certificate) -> bool {
        self.list.is_retired(certificate.body())
    }

    /// As the store keeps them: each with its length before it.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for certificate in self.list.list() {
            let one = certificate.to_bytes();
            let length = u16::try_from(one.len()).expect("a certificate has at most 256 bytes");
            bytes.extend_from_slice(&length.to_be_bytes());
            bytes.extend_from_slice(&one);
        }
        bytes
    }

    /// From the store. What does not read any more is left out: the desk
    /// publishes its list again and again.
    pub(super) fn from_bytes(root: &PublicKey, mut bytes: &[u8]) -> Self {
        let mut certificates = Certificates::new(*root);
        while let Some((length, rest)) = bytes.split_first_chunk() {
            let length = usize::from(u16::from_be_bytes(*length));
            let Some((one, rest)) = rest.split_at_checked(length) else {
                break;
            };
            bytes = rest;
            let added = Certificate::from_bytes(one)
                .is_ok_and(|certificate| certificates.add(&certificate).is_ok());
            if !added {
                tracing::warn!("a certificate in the relay's store is not by this hotline's root");
            }
        }
        Self::new(certificates)
    }
}
