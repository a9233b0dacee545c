//! What lies behind the seals, for the fuzz targets alone.
//!
//! No fuzzer makes bytes that an AEAD opens or that bear a good signature, so
//! it would never come to the parsers behind them. Whoever holds the keys, or a
//! report's seed, does: these functions begin where the seal has opened.

use zeroize::Zeroizing;

use crate::batch::{AnswerBatch, ReportBatch};
use crate::certificate::Certificates;
use crate::envelope::Envelope;
use crate::ids::ReportId;
use crate::keys::SignKey;
use crate::report::{OpenError, OpenedReport, ProofKind, SealError};
use crate::seed::Seed;
use crate::wire::DecodeError;
use crate::{answer, dictionary, locker, report};

/// What [`open_report`](crate::open_report) does once the seal has opened.
pub fn read_report(
    envelope: &Envelope,
    plaintext: &[u8],
    seed_of: impl Fn(&ReportId) -> Option<Seed>,
) -> Result<OpenedReport, OpenError> {
    report::read_inside(plaintext, envelope.header(), seed_of)
}

/// What [`seal_report`](crate::seal_report) seals.
pub fn write_report(
    envelope: &Envelope,
    batch: &ReportBatch,
    seed: &Seed,
    proof: ProofKind,
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    report::write_inside(batch, seed, proof, envelope.header())
}

/// What [`open_answer`](crate::open_answer) does once the seal has opened.
pub fn read_answer(
    envelope: &Envelope,
    plaintext: &[u8],
    report: &ReportId,
    certificates: &Certificates,
) -> Result<AnswerBatch, OpenError> {
    answer::read_inside(plaintext, envelope.header(), report, certificates)
}

/// What [`seal_answer`](crate::seal_answer) seals.
pub fn write_answer(
    envelope: &Envelope,
    batch: &AnswerBatch,
    report: &ReportId,
    sign: &SignKey,
) -> Result<Vec<u8>, SealError> {
    answer::write_inside(batch, report, sign, envelope.header())
}

/// What [`open_locker`](crate::open_locker) does once the seal has opened.
pub fn read_locker(plaintext: &[u8]) -> Result<Seed, DecodeError> {
    locker::read_inside(plaintext)
}

/// What [`seal_locker`](crate::seal_locker) seals.
pub fn write_locker(seed: &Seed) -> Result<Zeroizing<Vec<u8>>, SealError> {
    locker::write_inside(seed)
}

/// Inflates the body of a batch, by the number of its dictionary.
pub fn inflate(compressed: &[u8], dictionary: u8) -> Result<Vec<u8>, DecodeError> {
    dictionary::inflate(compressed, dictionary)
}

/// Compresses the body of a batch.
pub fn deflate(content: &[u8], dictionary: u8) -> Result<Vec<u8>, DecodeError> {
    dictionary::deflate(content, dictionary)
}
