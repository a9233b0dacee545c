//! A hotline in a box and a source of repeatable "random" bytes.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::indexing_slicing,
    reason = "each test file uses a part; tests may panic"
)]

use core::convert::Infallible;

use loive_protocol::{
    Certificate, CertificateBody, CertificateKind, Certificates, RootKey, SealKeyPair, SignKey,
};
use rand_core::{TryCryptoRng, TryRng};
use sha2::{Digest, Sha256};

/// SHA-256 of a label and a counter: the same bytes on every machine and with
/// every version of every library, so that vectors can be made again.
pub struct Repeatable {
    label: &'static str,
    counter: u64,
    left: Vec<u8>,
}

impl Repeatable {
    pub fn new(label: &'static str) -> Self {
        Self {
            label,
            counter: 0,
            left: Vec::new(),
        }
    }

    fn byte(&mut self) -> u8 {
        if self.left.is_empty() {
            let mut hasher = Sha256::new();
            hasher.update(self.label);
            hasher.update(self.counter.to_be_bytes());
            self.left = hasher.finalize().to_vec();
            self.counter += 1;
        }
        self.left.remove(0)
    }
}

impl TryRng for Repeatable {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_be_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_be_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for byte in bytes {
            *byte = self.byte();
        }
        Ok(())
    }
}

impl TryCryptoRng for Repeatable {}

/// A hotline with one key of each kind.
pub struct Hotline {
    pub root: RootKey,
    pub seal: SealKeyPair,
    pub seal_certificate: Certificate,
    pub sign: SignKey,
    pub sign_certificate: Certificate,
    pub certificates: Certificates,
}

pub const NOW: u64 = 1_790_000_000;
pub const YEAR_SECONDS: u64 = 31_536_000;

impl Hotline {
    pub fn new(label: &'static str) -> Self {
        let mut rng = Repeatable::new(label);
        let root = RootKey::generate(&mut rng);
        let seal = SealKeyPair::generate(&mut rng);
        let sign = SignKey::generate(&mut rng);
        let certify =
            |kind, key| root.certify(CertificateBody::new(kind, 1, key, NOW, NOW + YEAR_SECONDS));
        let seal_certificate = certify(CertificateKind::Seal, seal.public());
        let sign_certificate = certify(CertificateKind::Sign, sign.public());
        let mut certificates = Certificates::new(root.public());
        certificates.add(&seal_certificate).expect("ours");
        certificates.add(&sign_certificate).expect("ours");
        Self {
            root,
            seal,
            seal_certificate,
            sign,
            sign_certificate,
            certificates,
        }
    }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

pub fn unhex(text: &str) -> Vec<u8> {
    (0..text.len() / 2)
        .map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).expect("hexadecimal"))
        .collect()
}
