//! Envelopes as anybody could make them.

use loive_protocol::{
    CertificateKind, Certificates, HotlineCard, ProofKind, ReportBatch, ReportItem, Seed,
    seal_report,
};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

/// Envelopes without end, with nothing but noise in them.
pub struct Flood {
    rng: StdRng,
    certificates: Certificates,
}

impl Flood {
    /// For a hotline.
    ///
    /// # Panics
    /// If the card is not genuine.
    pub fn new(card: &HotlineCard) -> Self {
        Self {
            rng: StdRng::seed_from_u64(1),
            certificates: card.verified().expect("the card is genuine"),
        }
    }

    /// The next one, with a change of so many bytes.
    ///
    /// # Panics
    /// If it does not fit.
    pub fn next(&mut self, bytes: usize) -> Vec<u8> {
        let mut noise = vec![0; bytes];
        self.rng.fill_bytes(&mut noise);
        let batch = ReportBatch::new(0, vec![ReportItem::Change(noise.into())]);
        let seal = self
            .certificates
            .list()
            .iter()
            .find(|certificate| certificate.body().kind == CertificateKind::Seal);
        let envelope = seal_report(
            &batch,
            &Seed::generate(&mut self.rng),
            ProofKind::Mac,
            seal.expect("the hotline has a seal key"),
            self.certificates.root(),
            &mut self.rng,
        );
        envelope.expect("it fits").into_bytes()
    }
}
