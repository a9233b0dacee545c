//! What the desk says to the relay. Signed by the desk, so that the relay needs
//! no shared secret: the root's public key is enough.

use minicbor::{Decode, Encode};

use crate::certificate::{Certificate, CertificateKind};
use crate::ids::{Address, ChunkHash, LogId, PublicKey, Signature};
use crate::keys::{SignKey, verify};
use crate::library::LibraryPut;
use crate::limits::{
    DESK_SKEW_MAX_SECONDS, PAGE_MIN_BYTES, PROTOCOL_VERSION, REQUEST_MAX_BYTES, RESPONSE_MAX_BYTES,
    WAIT_MAX_SECONDS,
};
use crate::sync::{
    Ack, LockerAnswer, MailboxCursor, Page, check_cursors, check_envelopes, check_page,
    check_page_bytes, check_sequences,
};
use crate::wire::{Bytes, DecodeError, Message, Wire, check_time, limited_list};

limited_list!(pushes, PUSH_MAX_COUNT);
limited_list!(cursors, MAILBOX_MAX_COUNT);
limited_list!(lockers, LOCKER_MAX_COUNT);
limited_list!(arrived, PAGE_MAX_COUNT);
limited_list!(certificates, CERTIFICATES_MAX_COUNT);
limited_list!(chunks, LIBRARY_ALL_CHUNKS_MAX_COUNT);

const LABEL: &str = "loive/1 desk request";

/// What the desk asks of a relay: one cursor over the inbox, and answers to be
/// laid into mailboxes.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct DeskRequest {
    #[n(0)]
    version: u8,
    /// The desk's clock, in Unix seconds.
    #[n(1)]
    pub signed_at: u64,
    /// The log that the cursors are of; none at first.
    #[n(2)]
    pub log: Option<LogId>,
    /// The sequence number of the last inbox envelope that is durable here.
    #[n(3)]
    pub inbox_after: u64,
    /// The most bytes of envelopes wanted back.
    #[n(4)]
    pub page_bytes: u32,
    /// How long the relay may hold the request open while the inbox has
    /// nothing new.
    #[n(5)]
    pub wait_seconds: u8,
    /// Answers.
    #[cbor(n(6), with = "pushes", has_nil)]
    pub push: Vec<Bytes>,
    /// Inbox envelopes up to this number are safe at the desk and may be
    /// dropped after the relay's grace.
    #[n(7)]
    pub acknowledged_through: u64,
    /// Mailbox shards to read back: only after the desk's store was lost.
    #[cbor(n(8), with = "cursors", has_nil)]
    pub mailboxes: Vec<MailboxCursor>,
    /// Lockers to hand out, for a caller who reads out a receipt.
    #[cbor(n(9), with = "lockers", has_nil)]
    pub locker_gets: Vec<Address>,
    /// The certificates that the relay is to hand to phones, if they changed.
    #[cbor(n(10), with = "certificates", has_nil)]
    pub certificates: Vec<Certificate>,
    /// A release for phones.
    #[n(11)]
    pub library: Option<LibraryPut>,
}

impl DeskRequest {
    /// A request that asks for the inbox from its beginning.
    pub const fn new(signed_at: u64) -> Self {
        Self {
            version: PROTOCOL_VERSION,
            signed_at,
            log: None,
            inbox_after: 0,
            page_bytes: PAGE_MIN_BYTES,
            wait_seconds: 0,
            push: Vec::new(),
            acknowledged_through: 0,
            mailboxes: Vec::new(),
            locker_gets: Vec::new(),
            certificates: Vec::new(),
            library: None,
        }
    }
}

impl Message for DeskRequest {
    const MAX: (&'static str, usize) = ("a desk request", REQUEST_MAX_BYTES);
    fn version(&self) -> u8 {
        self.version
    }
    fn check(&self) -> Result<(), DecodeError> {
        check_time(self.signed_at)?;
        check_page_bytes(self.page_bytes)?;
        check_cursors(&self.mailboxes)?;
        check_envelopes(&self.push)?;
        if self.wait_seconds > WAIT_MAX_SECONDS {
            return Err(DecodeError::TooLarge {
                what: "the seconds to wait",
                limit: usize::from(WAIT_MAX_SECONDS),
            });
        }
        self.library.as_ref().map_or(Ok(()), LibraryPut::check)
    }
}

/// A desk request as it travels.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SignedDeskRequest {
    #[n(0)]
    version: u8,
    #[n(1)]
    request: Bytes,
    #[n(2)]
    certificate: Certificate,
    #[n(3)]
    signature: Signature,
}

/// A desk request is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DeskRequestError {
    /// Not signed by a desk of this hotline.
    #[error("the request is not signed by this hotline's desk")]
    NotSigned,
    /// Signed too long ago, or the clocks of desk and relay differ.
    #[error("the request's time is more than {DESK_SKEW_MAX_SECONDS} s from the relay's clock")]
    Stale,
    /// Not understood.
    #[error(transparent)]
    Content(#[from] DecodeError),
}

impl SignedDeskRequest {
    /// Signs a request.
    pub fn sign(request: &DeskRequest, key: &SignKey, certificate: &Certificate) -> Self {
        let bytes = request.to_bytes();
        Self {
            version: PROTOCOL_VERSION,
            signature: key.sign(LABEL, &[&bytes]),
            request: bytes.into(),
            certificate: certificate.clone(),
        }
    }

    /// The request, if a desk that the root has certified signed it within ten
    /// minutes of `now` (Unix seconds). Replaying one is harmless: it shows
    /// sealed bytes, and what it pushes and acknowledges was so before.
    pub fn verify(&self, root: &PublicKey, now: u64) -> Result<DeskRequest, DeskRequestError> {
        let body = self.certificate.body();
        if body.kind != CertificateKind::Sign
            || self.certificate.verify(root).is_err()
            || !verify(&body.key, LABEL, &[&self.request], &self.signature)
        {
            return Err(DeskRequestError::NotSigned);
        }
        let request = DeskRequest::from_bytes(&self.request)?;
        if request.signed_at.abs_diff(now) > DESK_SKEW_MAX_SECONDS {
            return Err(DeskRequestError::Stale);
        }
        Ok(request)
    }

    /// The certificate of the key that signed it.
    pub const fn certificate(&self) -> &Certificate {
        &self.certificate
    }
}

impl Message for SignedDeskRequest {
    const MAX: (&'static str, usize) = ("a desk request", REQUEST_MAX_BYTES);
    fn version(&self) -> u8 {
        self.version
    }
}

/// What a relay answers to the desk.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct DeskResponse {
    #[n(0)]
    version: u8,
    /// The log of every sequence number in this answer.
    #[n(1)]
    pub log: LogId,
    /// The next inbox envelopes.
    #[cbor(n(2), with = "arrived", has_nil)]
    pub arrived: Vec<Arrived>,
    /// The cursor to ask with next.
    #[n(3)]
    pub next: u64,
    /// Whether there is more behind it.
    #[n(4)]
    pub more: bool,
    /// One for each pushed answer, in order.
    #[cbor(n(5), with = "pushes", has_nil)]
    pub acks: Vec<Ack>,
    /// Mailbox pages, if they were asked for.
    #[cbor(n(6), with = "cursors", has_nil)]
    pub pages: Vec<Page>,
    /// One for each locker to hand out.
    #[cbor(n(7), with = "lockers", has_nil)]
    pub lockers: Vec<LockerAnswer>,
    /// Chunks of the release that are not here yet; none: it is handed out.
    #[cbor(n(8), with = "chunks", has_nil)]
    pub library_missing: Vec<ChunkHash>,
}

impl DeskResponse {
    /// An empty answer of a log.
    pub const fn new(log: LogId) -> Self {
        Self {
            version: PROTOCOL_VERSION,
            log,
            arrived: Vec::new(),
            next: 0,
            more: false,
            acks: Vec::new(),
            pages: Vec::new(),
            lockers: Vec::new(),
            library_missing: Vec::new(),
        }
    }
}

/// An envelope of the inbox with the relay's clock.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Arrived {
    /// Its sequence number.
    #[n(0)]
    pub seq: u64,
    /// When the relay received it, in Unix seconds.
    #[n(1)]
    pub received_at: u64,
    /// Its bytes.
    #[n(2)]
    pub envelope: Bytes,
}

impl Message for DeskResponse {
    const MAX: (&'static str, usize) = ("a desk response", RESPONSE_MAX_BYTES);
    fn version(&self) -> u8 {
        self.version
    }
    fn check(&self) -> Result<(), DecodeError> {
        check_envelopes(self.arrived.iter().map(|arrived| &arrived.envelope))?;
        check_sequences(self.arrived.iter().map(|arrived| arrived.seq), self.next)?;
        self.pages.iter().try_for_each(check_page)
    }
}
