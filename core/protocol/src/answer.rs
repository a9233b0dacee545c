//! Answers: from the hotline to the holder of a report's seed.
//!
//! XChaCha20-Poly1305 under a key derived from the seed, and inside it the
//! desk's Ed25519 signature, which binds header, report and body.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use minicbor::{Decode, Encode};
use rand_core::CryptoRng;

use crate::batch::AnswerBatch;
use crate::certificate::{CertificateKind, Certificates};
use crate::dictionary;
use crate::envelope::{Envelope, Header, NONCE_BYTES, Route, mailbox, pad, unpad};
use crate::ids::{KeyId, PublicKey, ReportId, Signature};
use crate::keys::{SignKey, verify};
use crate::limits::INFLATED_MAX_BYTES;
use crate::report::{OpenError, SealError};
use crate::seed::Seed;
use crate::wire::{Bytes, DecodeError, Message, Wire};

const LABEL: &str = "loive/1 answer";

/// Inside the seal, around the compressed batch.
#[derive(Encode, Decode)]
#[cbor(map)]
struct Signed {
    #[n(0)]
    key: KeyId,
    #[n(1)]
    signature: Signature,
    #[n(2)]
    body: Bytes,
}

impl Message for Signed {
    const MAX: (&'static str, usize) = ("an envelope", INFLATED_MAX_BYTES);
}

/// Seals and signs an answer for the mailbox shard of a report.
pub fn seal_answer(
    batch: &AnswerBatch,
    seed: &Seed,
    sign: &SignKey,
    root: &PublicKey,
    rng: &mut impl CryptoRng,
) -> Result<Envelope, SealError> {
    let mut nonce = [0_u8; NONCE_BYTES];
    rng.fill_bytes(&mut nonce);
    let header = Header {
        route: Route::Answer,
        dictionary: dictionary::CURRENT,
        key_id: KeyId::from_bytes(seed.answer_tag(&nonce)),
        address: mailbox(root, seed.shard()),
    };
    let report = seed.report_id();
    let plaintext = write_inside(batch, &report, sign, header)?;
    let aad = [header.to_bytes().as_slice(), report.as_bytes()].concat();
    let ciphertext =
        seal(&seed.answer_key(), &nonce, &plaintext, &aad).ok_or(SealError::TooLarge)?;
    Ok(Envelope::from_parts(header, &nonce, &ciphertext))
}

/// What is put inside the seal: signature and compressed batch, padded.
pub(crate) fn write_inside(
    batch: &AnswerBatch,
    report: &ReportId,
    sign: &SignKey,
    header: Header,
) -> Result<Vec<u8>, SealError> {
    let content = batch.to_bytes();
    if content.len() > INFLATED_MAX_BYTES {
        return Err(SealError::TooLarge);
    }
    let body = dictionary::deflate(&content, header.dictionary).map_err(|_| SealError::TooLarge)?;
    let signature = sign.sign(LABEL, &[&header.to_bytes(), report.as_bytes(), &body]);
    let signed = Signed {
        key: sign.key_id(),
        signature,
        body: body.into(),
    };
    pad(&signed.to_bytes(), Route::Answer).ok_or(SealError::TooLarge)
}

/// Whether an envelope of a shard is for the holder of this seed: cheap, and
/// tells nothing to who has no seed.
pub fn is_mine(envelope: &Envelope, seed: &Seed) -> bool {
    envelope.route() == Route::Answer
        && envelope
            .split::<NONCE_BYTES>()
            .is_some_and(|(_, nonce, _)| seed.answer_tag(nonce) == *envelope.key_id().as_bytes())
}

/// Opens an answer and checks that the hotline signed it.
pub fn open_answer(
    envelope: &Envelope,
    seed: &Seed,
    certificates: &Certificates,
) -> Result<AnswerBatch, OpenError> {
    if envelope.route() != Route::Answer
        || *envelope.address() != mailbox(certificates.root(), seed.shard())
    {
        return Err(OpenError::WrongAddress);
    }
    let (header, nonce, ciphertext) = envelope
        .split::<NONCE_BYTES>()
        .ok_or(DecodeError::Malformed)?;
    let report = seed.report_id();
    let aad = [header.as_slice(), report.as_bytes()].concat();
    let plaintext =
        open(&seed.answer_key(), nonce, ciphertext, &aad).ok_or(OpenError::NotOpened)?;
    read_inside(&plaintext, envelope.header(), &report, certificates)
}

/// Reads what was inside the seal of an envelope with this header, for this
/// report.
pub(crate) fn read_inside(
    plaintext: &[u8],
    header: Header,
    report: &ReportId,
    certificates: &Certificates,
) -> Result<AnswerBatch, OpenError> {
    let signed = Signed::from_bytes(unpad(plaintext, Route::Answer)?)?;
    let certificate = certificates
        .find(CertificateKind::Sign, &signed.key)
        .ok_or(OpenError::NotSigned)?;
    let head = header.to_bytes();
    let parts: [&[u8]; 3] = [&head, report.as_bytes(), &signed.body];
    if !verify(&certificate.body().key, LABEL, &parts, &signed.signature) {
        return Err(OpenError::NotSigned);
    }
    let body = dictionary::inflate(&signed.body, header.dictionary)?;
    Ok(AnswerBatch::from_bytes(&body)?)
}

pub(crate) fn seal(
    key: &[u8; 32],
    nonce: &[u8; NONCE_BYTES],
    plaintext: &[u8],
    aad: &[u8],
) -> Option<Vec<u8>> {
    XChaCha20Poly1305::new(key.into())
        .encrypt(
            &XNonce::from(*nonce),
            Payload {
                msg: plaintext,
                aad,
            },
        )
        .ok()
}

pub(crate) fn open(
    key: &[u8; 32],
    nonce: &[u8; NONCE_BYTES],
    ciphertext: &[u8],
    aad: &[u8],
) -> Option<Vec<u8>> {
    XChaCha20Poly1305::new(key.into())
        .decrypt(
            &XNonce::from(*nonce),
            Payload {
                msg: ciphertext,
                aad,
            },
        )
        .ok()
}
