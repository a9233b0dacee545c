//! Who this desk is: the hotline's keys.

use loive_protocol::{Certificate, Certificates, PublicKey, SealKeyPair, SignKey};

use super::error::DeskOpenError;
use crate::keys::DeskKeys;

/// The desk's keys and what the root says of them.
pub(super) struct Identity {
    pub(super) seal_keys: Vec<SealKeyPair>,
    pub(super) sign_key: SignKey,
    pub(super) sign_certificate: Certificate,
    pub(super) certificates: Certificates,
}

impl Identity {
    pub(super) fn new(keys: DeskKeys) -> Result<Self, DeskOpenError> {
        if keys.seal.is_empty() {
            return Err(DeskOpenError::NoSealKey);
        }
        let body = keys.sign_certificate.body();
        let certified = keys.sign_certificate.verify(&keys.root).is_ok()
            && body.key == keys.sign.public()
            && !keys.certificates.is_retired(body);
        if !certified {
            return Err(DeskOpenError::SignKeyNotCertified);
        }
        Ok(Self {
            seal_keys: keys.seal,
            sign_key: keys.sign,
            sign_certificate: keys.sign_certificate,
            certificates: keys.certificates,
        })
    }

    pub(super) fn root(&self) -> &PublicKey {
        self.certificates.root()
    }
}
