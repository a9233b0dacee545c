//! Sync: one request and one response, both ways.

use minicbor::{Decode, Encode};

use crate::certificate::Certificate;
use crate::ids::{Address, EraseToken, Fingerprint, LogId};
use crate::library::{LibraryAnswer, LibraryAsk};
use crate::limits::{
    ENVELOPE_MAX_BYTES, LOCKER_KEEP_MAX_DAYS, MAILBOX_SHARDS, PAGE_MAX_BYTES, PAGE_MIN_BYTES,
    PROTOCOL_VERSION, REQUEST_MAX_BYTES, RESPONSE_MAX_BYTES,
};
use crate::refusal::Refusal;
use crate::wire::{Bytes, DecodeError, Message, limited_list};

limited_list!(pushes, PUSH_MAX_COUNT);
limited_list!(cursors, MAILBOX_MAX_COUNT);
limited_list!(lockers, LOCKER_MAX_COUNT);
limited_list!(stored, PAGE_MAX_COUNT);
limited_list!(certificates, CERTIFICATES_MAX_COUNT);

/// Which of the two lanes a request travels in. They never mix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Lane {
    /// Inbox pushes, mailbox shards, lockers: nobody says who they are.
    #[n(1)]
    Report,
    /// Library, team and device: who we are is known.
    #[n(2)]
    Field,
}

/// What a phone asks of a relay.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SyncRequest {
    #[n(0)]
    version: u8,
    /// The lane.
    #[n(1)]
    pub lane: Lane,
    /// The log that the cursors are of; none at first.
    #[n(2)]
    pub log: Option<LogId>,
    /// Envelopes that the relay has not acknowledged yet.
    #[cbor(n(3), with = "pushes", has_nil)]
    pub push: Vec<Bytes>,
    /// How far each mailbox shard was read.
    #[cbor(n(4), with = "cursors", has_nil)]
    pub mailboxes: Vec<MailboxCursor>,
    /// The most bytes of envelopes wanted back, for all shards together.
    #[n(5)]
    pub page_bytes: u32,
    /// The certificates that are known already.
    #[n(6)]
    pub certificates_seen: Option<Fingerprint>,
    /// Lockers to keep.
    #[cbor(n(7), with = "lockers", has_nil)]
    pub locker_puts: Vec<LockerPut>,
    /// Lockers to hand out.
    #[cbor(n(8), with = "lockers", has_nil)]
    pub locker_gets: Vec<Address>,
    /// Lockers to erase.
    #[cbor(n(9), with = "lockers", has_nil)]
    pub locker_erasures: Vec<LockerErasure>,
    /// What is wanted of the library. Field lane only.
    #[n(10)]
    pub library: Option<LibraryAsk>,
}

impl SyncRequest {
    /// A request that asks for nothing.
    pub const fn new(lane: Lane) -> Self {
        Self {
            version: PROTOCOL_VERSION,
            lane,
            log: None,
            push: Vec::new(),
            mailboxes: Vec::new(),
            page_bytes: PAGE_MIN_BYTES,
            certificates_seen: None,
            locker_puts: Vec::new(),
            locker_gets: Vec::new(),
            locker_erasures: Vec::new(),
            library: None,
        }
    }
}

/// How far a mailbox shard was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct MailboxCursor {
    /// The shard.
    #[n(0)]
    pub shard: u8,
    /// The sequence number of the last envelope that is durable here.
    #[n(1)]
    pub after: u64,
}

/// A locker to keep.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct LockerPut {
    /// The sealed locker; its address is inside.
    #[n(0)]
    pub envelope: Bytes,
    /// Hash of the token that erases it.
    #[n(1)]
    pub erase_hash: EraseToken,
    /// How long to keep it, in days.
    #[n(2)]
    pub keep_days: u16,
}

/// A locker to erase.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct LockerErasure {
    /// Where it lies.
    #[n(0)]
    pub address: Address,
    /// The token whose hash was given with it.
    #[n(1)]
    pub token: EraseToken,
}

/// What a relay answers.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SyncResponse {
    #[n(0)]
    version: u8,
    /// The log of every sequence number in this answer.
    #[n(1)]
    pub log: LogId,
    /// One for each pushed envelope, in order.
    #[cbor(n(2), with = "pushes", has_nil)]
    pub acks: Vec<Ack>,
    /// One for each mailbox shard that has something.
    #[cbor(n(3), with = "cursors", has_nil)]
    pub pages: Vec<Page>,
    /// All certificates, if they are not the ones that the phone has seen.
    #[cbor(n(4), with = "certificates", has_nil)]
    pub certificates: Vec<Certificate>,
    /// One for each locker to keep.
    #[cbor(n(5), with = "lockers", has_nil)]
    pub locker_acks: Vec<LockerAck>,
    /// One for each locker to hand out.
    #[cbor(n(6), with = "lockers", has_nil)]
    pub lockers: Vec<LockerAnswer>,
    /// One for each locker to erase: whether it is gone now.
    #[cbor(n(7), with = "lockers", has_nil)]
    pub locker_erased: Vec<bool>,
    /// What there is of the library.
    #[n(8)]
    pub library: Option<LibraryAnswer>,
}

impl SyncResponse {
    /// An empty answer of a log.
    pub const fn new(log: LogId) -> Self {
        Self {
            version: PROTOCOL_VERSION,
            log,
            acks: Vec::new(),
            pages: Vec::new(),
            certificates: Vec::new(),
            locker_acks: Vec::new(),
            lockers: Vec::new(),
            locker_erased: Vec::new(),
            library: None,
        }
    }
}

/// The relay's word on one pushed envelope. It is not signed and only stops
/// re-sending on this log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(flat)]
pub enum Ack {
    /// Durable, now or before.
    #[n(1)]
    Stored,
    /// Not taken.
    #[n(2)]
    Refused(#[n(0)] Refusal),
}

/// The next envelopes of a mailbox shard.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Page {
    /// The shard.
    #[n(0)]
    pub shard: u8,
    /// The envelopes, by rising sequence number.
    #[cbor(n(1), with = "stored", has_nil)]
    pub envelopes: Vec<Stored>,
    /// The cursor to ask with next.
    #[n(2)]
    pub next: u64,
    /// Whether there is more behind it.
    #[n(3)]
    pub more: bool,
}

/// An envelope as it lies in a log.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Stored {
    /// Its sequence number.
    #[n(0)]
    pub seq: u64,
    /// Its bytes.
    #[n(1)]
    pub envelope: Bytes,
}

/// The relay's word on a locker to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum LockerAck {
    /// Durable, now or before with the same bytes.
    #[n(1)]
    Stored,
    /// Another locker lies there.
    #[n(2)]
    Exists,
    /// Too many at once; try later.
    #[n(3)]
    Busy,
    /// Not a locker.
    #[n(4)]
    Refused,
}

/// The relay's word on a locker to hand out.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(flat)]
pub enum LockerAnswer {
    /// Here it is.
    #[n(1)]
    Found(#[n(0)] Bytes),
    /// There is none.
    #[n(2)]
    Missing,
    /// Too many are asking; try later.
    #[n(3)]
    Busy,
}

pub(crate) fn check_cursors(cursors: &[MailboxCursor]) -> Result<(), DecodeError> {
    let ordered = cursors.windows(2).all(|pair| match pair {
        [a, b] => a.shard < b.shard,
        _ => true,
    });
    if cursors.iter().any(|cursor| cursor.shard >= MAILBOX_SHARDS) || !ordered {
        return Err(DecodeError::NotCanonical);
    }
    Ok(())
}

pub(crate) fn check_envelopes<'a>(
    envelopes: impl IntoIterator<Item = &'a Bytes>,
) -> Result<(), DecodeError> {
    if envelopes
        .into_iter()
        .any(|bytes| bytes.len() > ENVELOPE_MAX_BYTES)
    {
        return Err(DecodeError::TooLarge {
            what: "an envelope",
            limit: ENVELOPE_MAX_BYTES,
        });
    }
    Ok(())
}

pub(crate) fn check_page_bytes(page_bytes: u32) -> Result<(), DecodeError> {
    if !(PAGE_MIN_BYTES..=PAGE_MAX_BYTES).contains(&page_bytes) {
        return Err(DecodeError::TooLarge {
            what: "a page",
            limit: usize::try_from(PAGE_MAX_BYTES).unwrap_or(usize::MAX),
        });
    }
    Ok(())
}

pub(crate) fn check_page(page: &Page) -> Result<(), DecodeError> {
    check_envelopes(page.envelopes.iter().map(|stored| &stored.envelope))?;
    check_sequences(page.envelopes.iter().map(|stored| stored.seq), page.next)?;
    if page.shard >= MAILBOX_SHARDS {
        return Err(DecodeError::NotCanonical);
    }
    Ok(())
}

/// Sequence numbers rise, and none lies behind the next cursor: who keeps the
/// highest number that was read has read all below it.
pub(crate) fn check_sequences(
    sequences: impl Iterator<Item = u64>,
    next: u64,
) -> Result<(), DecodeError> {
    let mut last = None;
    for sequence in sequences {
        if last.is_some_and(|last| sequence <= last) || sequence > next {
            return Err(DecodeError::NotCanonical);
        }
        last = Some(sequence);
    }
    Ok(())
}

impl Message for SyncRequest {
    const MAX: (&'static str, usize) = ("a sync request", REQUEST_MAX_BYTES);
    fn version(&self) -> u8 {
        self.version
    }
    fn check(&self) -> Result<(), DecodeError> {
        check_page_bytes(self.page_bytes)?;
        check_cursors(&self.mailboxes)?;
        check_envelopes(&self.push)?;
        check_envelopes(self.locker_puts.iter().map(|put| &put.envelope))?;
        if self
            .locker_puts
            .iter()
            .any(|put| put.keep_days > LOCKER_KEEP_MAX_DAYS)
        {
            return Err(DecodeError::TooLarge {
                what: "the days to keep a locker",
                limit: usize::from(LOCKER_KEEP_MAX_DAYS),
            });
        }
        Ok(())
    }
}

impl Message for SyncResponse {
    const MAX: (&'static str, usize) = ("a sync response", RESPONSE_MAX_BYTES);
    fn version(&self) -> u8 {
        self.version
    }
    fn check(&self) -> Result<(), DecodeError> {
        self.pages.iter().try_for_each(check_page)?;
        for answer in &self.lockers {
            if let LockerAnswer::Found(bytes) = answer {
                check_envelopes([bytes])?;
            }
        }
        self.library.as_ref().map_or(Ok(()), LibraryAnswer::check)
    }
}
