//! Envelopes: sealed bytes of a fixed set of lengths.
//!
//! ```text
//! 0      version      1
//! 1      suite        1 HPKE, 2 XChaCha20-Poly1305
//! 2      route        1 report → hotline, 2 hotline → reporter, 3 locker
//! 3      dictionary   of the compression inside
//! 4..12  key id       of the hotline's seal key; in answers a recognition tag
//! 12..44 address
//! 44..   encapsulated key (32) or nonce (24), then ciphertext and tag
//! ```

use crate::derive::hash;
use crate::ids::{Address, EnvelopeId, KeyId, PublicKey};
use crate::limits::{ENVELOPE_MAX_BYTES, PROTOCOL_VERSION};
use crate::wire::DecodeError;

pub(crate) const HEADER_BYTES: usize = 44;
pub(crate) const ENCAPSULATED_BYTES: usize = 32;
pub(crate) const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;
/// The length of the content, before the content.
const LENGTH_BYTES: usize = 4;
/// The lengths of small envelopes; larger ones follow Padmé.
const BUCKETS_BYTES: [usize; 5] = [384, 512, 1_024, 2_048, 4_096];

/// What an envelope carries and in which direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Route {
    /// A report's changes, from its reporter to the hotline.
    Report,
    /// The hotline's answers to one report.
    Answer,
    /// A report's seed under its receipt.
    Locker,
}

impl Route {
    const fn code(self) -> u8 {
        match self {
            Self::Report => 1,
            Self::Answer => 2,
            Self::Locker => 3,
        }
    }

    /// The one suite of each route in this version.
    pub(crate) const fn suite(self) -> u8 {
        match self {
            Self::Report => 1,
            Self::Answer | Self::Locker => 2,
        }
    }

    pub(crate) const fn overhead_bytes(self) -> usize {
        let key = match self {
            Self::Report => ENCAPSULATED_BYTES,
            Self::Answer | Self::Locker => NONCE_BYTES,
        };
        HEADER_BYTES + key + TAG_BYTES + LENGTH_BYTES
    }
}

/// The address of the hotline's inbox, to which every report is pushed.
pub fn inbox(root: &PublicKey) -> Address {
    Address::from_bytes(hash("loive/1 inbox", &[root.as_bytes()]))
}

/// The address of a mailbox shard.
pub fn mailbox(root: &PublicKey, shard: u8) -> Address {
    Address::from_bytes(hash("loive/1 mailbox", &[root.as_bytes(), &[shard]]))
}

/// A sealed envelope, as every carrier takes it.
#[derive(Clone, PartialEq, Eq)]
pub struct Envelope {
    bytes: Vec<u8>,
    header: Header,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) route: Route,
    pub(crate) dictionary: u8,
    pub(crate) key_id: KeyId,
    pub(crate) address: Address,
}

impl Header {
    pub(crate) fn to_bytes(self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0_u8; HEADER_BYTES];
        let fixed = [
            PROTOCOL_VERSION,
            self.route.suite(),
            self.route.code(),
            self.dictionary,
        ];
        let source = fixed
            .iter()
            .chain(self.key_id.as_bytes())
            .chain(self.address.as_bytes());
        for (to, from) in bytes.iter_mut().zip(source) {
            *to = *from;
        }
        bytes
    }
}

impl core::fmt::Debug for Envelope {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(
            f,
            "Envelope({:?}, {} bytes)",
            self.header.route,
            self.bytes.len()
        )
    }
}

impl Envelope {
    /// Takes bytes that have the shape of an envelope: known version, suite and
    /// route, and a length that is a bucket. Says nothing about what is inside.
    pub fn parse(bytes: Vec<u8>) -> Result<Self, DecodeError> {
        if bytes.len() > ENVELOPE_MAX_BYTES {
            return Err(DecodeError::TooLarge {
                what: "an envelope",
                limit: ENVELOPE_MAX_BYTES,
            });
        }
        let (head, _) = bytes
            .split_first_chunk::<HEADER_BYTES>()
            .ok_or(DecodeError::Malformed)?;
        let (&[version, suite, route, dictionary], rest) = head
            .split_first_chunk::<4>()
            .ok_or(DecodeError::Malformed)?;
        if version != PROTOCOL_VERSION {
            return Err(DecodeError::UnknownVersion(version));
        }
        let route = match route {
            1 => Route::Report,
            2 => Route::Answer,
            3 => Route::Locker,
            _ => return Err(DecodeError::Unknown("this kind of envelope")),
        };
        if suite != route.suite() {
            return Err(DecodeError::Unknown("this suite of ciphers"));
        }
        if !crate::dictionary::is_known(dictionary) {
            return Err(DecodeError::Unknown("this dictionary"));
        }
        let (key_id, address) = rest
            .split_first_chunk::<8>()
            .ok_or(DecodeError::Malformed)?;
        let header = Header {
            route,
            dictionary,
            key_id: KeyId::from_bytes(*key_id),
            address: Address::from_slice(address).ok_or(DecodeError::Malformed)?,
        };
        if bytes.len() != bucket_bytes(bytes.len()) {
            return Err(DecodeError::NotCanonical);
        }
        Ok(Self { bytes, header })
    }

    pub(crate) fn from_parts(header: Header, key: &[u8], ciphertext: &[u8]) -> Self {
        let mut bytes = header.to_bytes().to_vec();
        bytes.extend_from_slice(key);
        bytes.extend_from_slice(ciphertext);
        Self { bytes, header }
    }

    /// SHA-256 of all its bytes.
    pub fn id(&self) -> EnvelopeId {
        EnvelopeId::from_bytes(hash("", &[&self.bytes]))
    }

    /// Where it is to lie.
    pub const fn address(&self) -> &Address {
        &self.header.address
    }

    /// The hotline's key that it is sealed to; in an answer a recognition tag.
    pub const fn key_id(&self) -> &KeyId {
        &self.header.key_id
    }

    /// What it carries.
    pub const fn route(&self) -> Route {
        self.header.route
    }

    /// All its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// All its bytes.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    pub(crate) const fn header(&self) -> Header {
        self.header
    }

    /// Header, key part of `N` bytes, ciphertext.
    pub(crate) fn split<const N: usize>(&self) -> Option<(&[u8; HEADER_BYTES], &[u8; N], &[u8])> {
        let (header, rest) = self.bytes.split_first_chunk()?;
        let (key, ciphertext) = rest.split_first_chunk()?;
        Some((header, key, ciphertext))
    }
}

/// The length that something of `len` bytes is padded to: a bucket up to 4,096
/// bytes, above it Padmé (Nikitin et al. 2019), which wastes at most 12 % and
/// leaks O(log log n) bits.
pub(crate) fn bucket_bytes(len: usize) -> usize {
    if let Some(bucket) = BUCKETS_BYTES.iter().find(|bucket| len <= **bucket) {
        return *bucket;
    }
    let exponent = usize::BITS - 1 - len.leading_zeros();
    let mantissa = u32::BITS - exponent.leading_zeros();
    let mask = (1_usize << (exponent - mantissa)) - 1;
    (len + mask) & !mask
}

/// Content with its length before it and zeros after it, so that the whole
/// envelope fills a bucket. `None` if it is too large for any envelope.
pub(crate) fn pad(content: &[u8], route: Route) -> Option<Vec<u8>> {
    let total = bucket_bytes(content.len() + route.overhead_bytes());
    if total > ENVELOPE_MAX_BYTES {
        return None;
    }
    let length = u32::try_from(content.len()).ok()?;
    let mut padded = length.to_be_bytes().to_vec();
    padded.extend_from_slice(content);
    padded.resize(total - route.overhead_bytes() + LENGTH_BYTES, 0);
    Some(padded)
}

/// The content of padded bytes. Padding other than zeros is refused: it would be
/// a place to hide bytes that nobody checks.
pub(crate) fn unpad(padded: &[u8], route: Route) -> Result<&[u8], DecodeError> {
    let (length, rest) = padded.split_first_chunk().ok_or(DecodeError::Malformed)?;
    let length =
        usize::try_from(u32::from_be_bytes(*length)).map_err(|_| DecodeError::Malformed)?;
    let (content, padding) = rest
        .split_at_checked(length)
        .ok_or(DecodeError::Malformed)?;
    let smallest = bucket_bytes(length + route.overhead_bytes());
    let actual = padded.len() + route.overhead_bytes() - LENGTH_BYTES;
    if padding.iter().any(|byte| *byte != 0) || smallest != actual {
        return Err(DecodeError::NotCanonical);
    }
    Ok(content)
}
