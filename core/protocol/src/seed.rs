//! The seed: a report's full-entropy secret.

use rand_core::CryptoRng;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::derive::{derive, mac};
use crate::ids::ReportId;
use crate::limits::MAILBOX_SHARDS;

/// A report's secret: 256 random bits, known to the phone and, inside the first
/// seal, to the desk. Whoever holds it may write to the report and read the
/// hotline's answers. It is wiped from memory when dropped.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Seed([u8; 32]);

impl core::fmt::Debug for Seed {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Seed(secret)")
    }
}

impl Seed {
    /// A fresh seed.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = [0_u8; 32];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// From its bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes. Keep them only in an encrypted store.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The report that this seed belongs to.
    pub fn report_id(&self) -> ReportId {
        ReportId::from_bytes(derive(&self.0, "report id"))
    }

    /// The actor of the report's first change, and of no other.
    pub fn first_actor(&self) -> [u8; 16] {
        derive(&self.0, "first actor")
    }

    /// The mailbox shard in which the hotline's answers lie.
    pub fn shard(&self) -> u8 {
        let [byte] = derive::<1>(&self.0, "mailbox shard");
        byte % MAILBOX_SHARDS
    }

    pub(crate) fn report_mac(&self, header: &[u8], report: &ReportId, body: &[u8]) -> [u8; 32] {
        mac(
            &derive(&self.0, "report mac key"),
            "loive/1 report mac",
            &[header, report.as_bytes(), body],
        )
    }

    pub(crate) fn answer_key(&self) -> [u8; 32] {
        derive(&self.0, "answer key")
    }

    pub(crate) fn answer_tag(&self, nonce: &[u8]) -> [u8; 8] {
        let tag = mac(
            &derive(&self.0, "answer tag key"),
            "loive/1 answer tag",
            &[nonce],
        );
        let mut short = [0_u8; 8];
        short.copy_from_slice(tag.first_chunk::<8>().expect("a MAC has 32 bytes"));
        short
    }
}
