//! A certificate authority of the hotline's own.

use std::fs;
use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, PublicKeyData as _,
    date_time_ymd,
};
use sha2::{Digest as _, Sha256};

/// An authority that only this hotline's phones know.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// A relay's certificate and key on the disk.
pub struct TlsFiles {
    /// The certificate, PEM.
    pub certificate: PathBuf,
    /// Its private key, PEM.
    pub key: PathBuf,
    /// The authority, PEM.
    pub authority: PathBuf,
    /// SHA-256 of the key's `SubjectPublicKeyInfo`: what a relay pin certifies.
    pub pin: [u8; 32],
}

impl Authority {
    /// A new one, valid in every year of these stories.
    ///
    /// # Panics
    /// If a certificate cannot be made.
    pub fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.not_before = date_time_ymd(2000, 1, 1);
        params.not_after = date_time_ymd(2200, 1, 1);
        let key = KeyPair::generate().expect("a key is drawn");
        let issuer = CertifiedIssuer::self_signed(params, key).expect("the authority is made");
        Self { issuer }
    }

    /// The authority as a card carries it.
    pub fn der(&self) -> Vec<u8> {
        self.issuer.der().to_vec()
    }

    /// Certifies a relay on `localhost` from the first day of one year to the
    /// first day of another, with files in `folder`.
    ///
    /// # Panics
    /// If a certificate cannot be made or written.
    pub fn certify(&self, folder: &Path, from_year: i32, to_year: i32) -> TlsFiles {
        let key = KeyPair::generate().expect("a key is drawn");
        let mut params =
            CertificateParams::new(vec!["localhost".to_owned()]).expect("localhost is a name");
        params.not_before = date_time_ymd(from_year, 1, 1);
        params.not_after = date_time_ymd(to_year, 1, 1);
        let certificate = params
            .signed_by(&key, &self.issuer)
            .expect("the certificate is made");
        let file = |name: &str, text: &str| {
            let path = folder.join(name);
            fs::write(&path, text).expect("the file is written");
            path
        };
        TlsFiles {
            certificate: file("relay.crt", &certificate.pem()),
            key: file("relay.key", &key.serialize_pem()),
            authority: file("authority.crt", &self.issuer.pem()),
            pin: Sha256::digest(key.subject_public_key_info()).into(),
        }
    }
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}
