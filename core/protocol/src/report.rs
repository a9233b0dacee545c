//! Reports: sealed to the hotline (RFC 9180, base mode, DHKEM(X25519,
//! HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305).

use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use minicbor::{Decode, Encode};
use rand_core::CryptoRng;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::batch::ReportBatch;
use crate::certificate::{Certificate, CertificateKind};
use crate::dictionary;
use crate::envelope::{
    ENCAPSULATED_BYTES, Envelope, HEADER_BYTES, Header, Route, inbox, pad, unpad,
};
use crate::ids::{PublicKey, ReportId};
use crate::keys::SealKeyPair;
use crate::limits::{ENVELOPE_MAX_BYTES, INFLATED_MAX_BYTES};
use crate::seed::Seed;
use crate::wire::{Bytes, DecodeError, Message, Wire};

const INFO: &[u8] = b"loive/1 report";

/// How the author proves that they hold the seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofKind {
    /// The seed itself: in the first envelope.
    Seed,
    /// A MAC under a key derived from it: in every later one.
    Mac,
}

/// Nothing was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Too large for an envelope.
    #[error("the text is too long to send in one piece (limit {ENVELOPE_MAX_BYTES} bytes)")]
    TooLarge,
    /// The certificate is not of a key to seal to.
    #[error("the hotline's key cannot be used; update the app")]
    BadKey,
}

/// An envelope did not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Not of this route or not for this address.
    #[error("the envelope is not for this address")]
    WrongAddress,
    /// Sealed to a key that is not here.
    #[error("the envelope is sealed to a key that is not held here")]
    UnknownKey,
    /// The bytes were changed, or the key is another.
    #[error("the envelope does not open: it was changed on the way or is for somebody else")]
    NotOpened,
    /// The author does not hold the report's seed.
    #[error("the author of the envelope does not hold the report's secret")]
    BadProof,
    /// Signed with a key that the root has not certified, or not signed by it.
    #[error("the answer is not signed by the hotline")]
    NotSigned,
    /// A later envelope for a report whose seed is not known here.
    #[error("the report {0} is not known here")]
    UnknownReport(ReportId),
    /// What was inside is not understood.
    #[error(transparent)]
    Content(#[from] DecodeError),
}

/// What an opened envelope held.
pub struct OpenedReport {
    /// Whose it is.
    pub report: ReportId,
    /// The report's seed: from inside this envelope, if it was its first.
    pub seed: Option<Seed>,
    /// The changes.
    pub batch: ReportBatch,
}

/// Inside the seal, around the compressed batch.
#[derive(Encode, Decode)]
#[cbor(map)]
struct Sealed {
    #[cbor(n(0), with = "minicbor::bytes")]
    seed: Option<[u8; 32]>,
    #[n(1)]
    report: Option<ReportId>,
    #[cbor(n(2), with = "minicbor::bytes")]
    mac: Option<[u8; 32]>,
    #[n(3)]
    body: Bytes,
}

impl Message for Sealed {
    const MAX: (&'static str, usize) = ("an envelope", INFLATED_MAX_BYTES);
}

/// Seals a batch of a report to the hotline. The same batch gives other bytes
/// every time: seal once and keep what was sealed.
pub fn seal_report(
    batch: &ReportBatch,
    seed: &Seed,
    proof: ProofKind,
    to: &Certificate,
    root: &PublicKey,
    rng: &mut impl CryptoRng,
) -> Result<Envelope, SealError> {
    if to.body().kind != CertificateKind::Seal {
        return Err(SealError::BadKey);
    }
    let header = Header {
        route: Route::Report,
        dictionary: dictionary::CURRENT,
        key_id: to.key_id(),
        address: inbox(root),
    };
    let aad = header.to_bytes();
    let plaintext = write_inside(batch, seed, proof, header)?;
    let public = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(to.body().key.as_bytes())
        .map_err(|_| SealError::BadKey)?;
    let (encapsulated, ciphertext) = hpke::single_shot_seal_with_rng::<
        ChaCha20Poly1305,
        HkdfSha256,
        X25519HkdfSha256,
    >(&OpModeS::Base, &public, INFO, &plaintext, &aad, rng)
    .map_err(|_| SealError::BadKey)?;
    Ok(Envelope::from_parts(
        header,
        &encapsulated.to_bytes(),
        &ciphertext,
    ))
}

/// What is put inside the seal: proof and compressed batch, padded.
pub(crate) fn write_inside(
    batch: &ReportBatch,
    seed: &Seed,
    proof: ProofKind,
    header: Header,
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let content = batch.to_bytes();
    if content.len() > INFLATED_MAX_BYTES {
        return Err(SealError::TooLarge);
    }
    let body = dictionary::deflate(&content, header.dictionary).map_err(|_| SealError::TooLarge)?;
    let sealed = match proof {
        ProofKind::Seed => Sealed {
            seed: Some(*seed.as_bytes()),
            report: None,
            mac: None,
            body: body.into(),
        },
        ProofKind::Mac => {
            let report = seed.report_id();
            let mac = seed.report_mac(&header.to_bytes(), &report, &body);
            Sealed {
                seed: None,
                report: Some(report),
                mac: Some(mac),
                body: body.into(),
            }
        }
    };
    let content = Zeroizing::new(sealed.to_bytes());
    let plaintext = pad(&content, Route::Report).ok_or(SealError::TooLarge)?;
    Ok(Zeroizing::new(plaintext))
}

/// Opens an envelope of the inbox. `seed_of` gives the seed of a report that is
/// known already, to check the proof of later envelopes.
pub fn open_report(
    envelope: &Envelope,
    keys: &[SealKeyPair],
    root: &PublicKey,
    seed_of: impl Fn(&ReportId) -> Option<Seed>,
) -> Result<OpenedReport, OpenError> {
    if envelope.route() != Route::Report || *envelope.address() != inbox(root) {
        return Err(OpenError::WrongAddress);
    }
    let key = keys
        .iter()
        .find(|key| key.key_id() == *envelope.key_id())
        .ok_or(OpenError::UnknownKey)?;
    let (aad, encapsulated, ciphertext) = envelope
        .split::<ENCAPSULATED_BYTES>()
        .ok_or(DecodeError::Malformed)?;
    let encapsulated = <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(encapsulated)
        .map_err(|_| OpenError::NotOpened)?;
    let plaintext = Zeroizing::new(
        hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeR::Base,
            &key.private(),
            &encapsulated,
            INFO,
            ciphertext,
            aad,
        )
        .map_err(|_| OpenError::NotOpened)?,
    );
    read_inside(&plaintext, envelope.header(), seed_of)
}

/// Reads what was inside the seal of an envelope with this header.
pub(crate) fn read_inside(
    plaintext: &[u8],
    header: Header,
    seed_of: impl Fn(&ReportId) -> Option<Seed>,
) -> Result<OpenedReport, OpenError> {
    let sealed = Sealed::from_bytes(unpad(plaintext, Route::Report)?)?;
    let (report, seed) = check_proof(&sealed, &header.to_bytes(), seed_of)?;
    let body = dictionary::inflate(&sealed.body, header.dictionary)?;
    Ok(OpenedReport {
        report,
        seed,
        batch: ReportBatch::from_bytes(&body)?,
    })
}

fn check_proof(
    sealed: &Sealed,
    aad: &[u8; HEADER_BYTES],
    seed_of: impl Fn(&ReportId) -> Option<Seed>,
) -> Result<(ReportId, Option<Seed>), OpenError> {
    match (sealed.seed, sealed.report, sealed.mac) {
        (Some(bytes), None, None) => {
            let seed = Seed::from_bytes(bytes);
            Ok((seed.report_id(), Some(seed)))
        }
        (None, Some(report), Some(mac)) => {
            let seed = seed_of(&report).ok_or(OpenError::UnknownReport(report))?;
            let expected = seed.report_mac(aad, &report, &sealed.body);
            if seed.report_id() == report && bool::from(expected.ct_eq(&mac)) {
                Ok((report, None))
            } else {
                Err(OpenError::BadProof)
            }
        }
        _ => Err(DecodeError::Malformed.into()),
    }
}
