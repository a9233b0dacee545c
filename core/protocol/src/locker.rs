//! Lockers: a report's seed, sealed under its receipt and kept by the relay.

use minicbor::{Decode, Encode};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::answer::{open, seal};
use crate::dictionary;
use crate::envelope::{Envelope, Header, NONCE_BYTES, Route, pad, unpad};
use crate::ids::KeyId;
use crate::limits::{ENVELOPE_MAX_BYTES, PROTOCOL_VERSION};
use crate::receipt::ReceiptKeys;
use crate::report::{OpenError, SealError};
use crate::seed::Seed;
use crate::wire::{DecodeError, Message, Wire};

#[derive(Encode, Decode)]
#[cbor(map)]
struct Content {
    #[n(0)]
    version: u8,
    #[cbor(n(1), with = "minicbor::bytes")]
    seed: [u8; 32],
}

impl Message for Content {
    const MAX: (&'static str, usize) = ("a locker", ENVELOPE_MAX_BYTES);
    fn version(&self) -> u8 {
        self.version
    }
}

/// Seals a seed under a receipt. Always one length.
pub fn seal_locker(
    keys: &ReceiptKeys,
    seed: &Seed,
    rng: &mut impl CryptoRng,
) -> Result<Envelope, SealError> {
    let mut nonce = [0_u8; NONCE_BYTES];
    rng.fill_bytes(&mut nonce);
    let header = Header {
        route: Route::Locker,
        dictionary: dictionary::NONE,
        key_id: KeyId::from_bytes([0; 8]),
        address: *keys.address(),
    };
    let plaintext = write_inside(seed)?;
    let ciphertext =
        seal(keys.key(), &nonce, &plaintext, &header.to_bytes()).ok_or(SealError::TooLarge)?;
    Ok(Envelope::from_parts(header, &nonce, &ciphertext))
}

/// What is put inside the seal: the seed, padded.
pub(crate) fn write_inside(seed: &Seed) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let content = Content {
        version: PROTOCOL_VERSION,
        seed: *seed.as_bytes(),
    };
    let content = Zeroizing::new(content.to_bytes());
    let plaintext = pad(&content, Route::Locker).ok_or(SealError::TooLarge)?;
    Ok(Zeroizing::new(plaintext))
}

/// Opens a locker with its receipt.
pub fn open_locker(keys: &ReceiptKeys, envelope: &Envelope) -> Result<Seed, OpenError> {
    if envelope.route() != Route::Locker || envelope.address() != keys.address() {
        return Err(OpenError::WrongAddress);
    }
    let (header, nonce, ciphertext) = envelope
        .split::<NONCE_BYTES>()
        .ok_or(DecodeError::Malformed)?;
    let plaintext =
        Zeroizing::new(open(keys.key(), nonce, ciphertext, header).ok_or(OpenError::NotOpened)?);
    Ok(read_inside(&plaintext)?)
}

/// Reads what was inside the seal of a locker.
pub(crate) fn read_inside(plaintext: &[u8]) -> Result<Seed, DecodeError> {
    let content = Content::from_bytes(unpad(plaintext, Route::Locker)?)?;
    Ok(Seed::from_bytes(content.seed))
}
