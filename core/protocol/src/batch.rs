//! Batches: what is inside an envelope, before compression.

use minicbor::{Decode, Encode};

use crate::ids::EnvelopeId;
use crate::library::is_item_id;
use crate::limits::{CHANGE_MAX_BYTES, INFLATED_MAX_BYTES, PROTOCOL_VERSION, RECORDING_MAX_BYTES};
use crate::refusal::Refusal;
use crate::wire::{Bytes, DecodeError, Message, check_time, limited_list};

limited_list!(items, ITEMS_MAX_COUNT);

/// What a reporter sends at once: changes of one report's document, by one
/// author.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ReportBatch {
    #[n(0)]
    version: u8,
    /// When it was written by the phone's clock, in Unix seconds. A phone's
    /// clock may be wrong: the desk bounds it and labels it.
    #[n(1)]
    pub written_at: u64,
    /// The changes, in the order in which they were made.
    #[cbor(n(2), with = "items", has_nil)]
    pub items: Vec<ReportItem>,
}

impl ReportBatch {
    /// A batch.
    pub const fn new(written_at: u64, items: Vec<ReportItem>) -> Self {
        Self {
            version: PROTOCOL_VERSION,
            written_at,
            items,
        }
    }
}

/// One change of a report's document, or what a proposal is made of.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(flat)]
pub enum ReportItem {
    /// The first change, as the compact form that it is a pure function of.
    #[n(1)]
    First {
        /// The compact form.
        #[n(0)]
        compact: Bytes,
        /// First bytes of the hash of the change.
        #[cbor(n(1), with = "minicbor::bytes")]
        check: [u8; 8],
    },
    /// A change, as Automerge writes it, not compressed.
    #[n(2)]
    Change(#[n(0)] Bytes),
    /// A proposal for the library: a change to a branch of an item.
    #[n(3)]
    Branch {
        /// The item.
        #[n(0)]
        item: String,
        /// The change, as Automerge writes it, not compressed.
        #[n(1)]
        change: Bytes,
    },
    /// The recording that the change before it names: an Ogg file with Opus.
    #[n(4)]
    Recording(#[n(0)] Bytes),
}

/// What the desk sends to one reporter at once.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct AnswerBatch {
    #[n(0)]
    version: u8,
    /// The desk's clock, in Unix seconds.
    #[n(1)]
    pub signed_at: u64,
    /// What is said, in order.
    #[cbor(n(2), with = "items", has_nil)]
    pub items: Vec<AnswerItem>,
}

impl AnswerBatch {
    /// A batch.
    pub const fn new(signed_at: u64, items: Vec<AnswerItem>) -> Self {
        Self {
            version: PROTOCOL_VERSION,
            signed_at,
            items,
        }
    }
}

/// One thing that the desk says to a reporter.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(flat)]
pub enum AnswerItem {
    /// What became of an envelope.
    #[n(1)]
    Receipt(#[n(0)] DeskReceipt),
    /// A change of the hotline's thread.
    #[n(2)]
    Change(#[n(0)] Bytes),
}

/// The desk's word on one envelope. It lies inside a signed answer: only on it
/// may a phone forget what it sent.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct DeskReceipt {
    /// The envelope.
    #[n(0)]
    pub envelope: EnvelopeId,
    /// When the relay received it, in Unix seconds.
    #[n(1)]
    pub received_at: u64,
    /// What became of it.
    #[n(2)]
    pub outcome: Outcome,
}

/// What became of an envelope at the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(flat)]
pub enum Outcome {
    /// Merged: counsellors see it.
    #[n(1)]
    Merged,
    /// Kept, waiting for a change that it depends on.
    #[n(2)]
    Waiting,
    /// Kept where counsellors see it, not merged.
    #[n(3)]
    Quarantined(#[n(0)] Refusal),
    /// The report is kept; its first change is wanted in full.
    #[n(4)]
    SendRawChange,
}

impl Message for ReportBatch {
    const MAX: (&'static str, usize) = ("a batch", INFLATED_MAX_BYTES);
    fn version(&self) -> u8 {
        self.version
    }
    fn check(&self) -> Result<(), DecodeError> {
        check_time(self.written_at)?;
        self.items.iter().try_for_each(|item| match item {
            ReportItem::First { compact: bytes, .. } | ReportItem::Change(bytes) => {
                check_change(bytes)
            }
            ReportItem::Branch { item, change } if is_item_id(item) => check_change(change),
            ReportItem::Branch { .. } => Err(DecodeError::NotCanonical),
            ReportItem::Recording(bytes) if bytes.len() > RECORDING_MAX_BYTES => {
                Err(DecodeError::TooLarge {
                    what: "a recording",
                    limit: RECORDING_MAX_BYTES,
                })
            }
            ReportItem::Recording(_) => Ok(()),
        })
    }
}

impl Message for AnswerBatch {
    const MAX: (&'static str, usize) = ("a batch", INFLATED_MAX_BYTES);
    fn version(&self) -> u8 {
        self.version
    }
    fn check(&self) -> Result<(), DecodeError> {
        check_time(self.signed_at)?;
        self.items.iter().try_for_each(|item| match item {
            AnswerItem::Receipt(receipt) => check_time(receipt.received_at),
            AnswerItem::Change(bytes) => check_change(bytes),
        })
    }
}

fn check_change(bytes: &[u8]) -> Result<(), DecodeError> {
    if bytes.len() > CHANGE_MAX_BYTES {
        return Err(DecodeError::TooLarge {
            what: "a change",
            limit: CHANGE_MAX_BYTES,
        });
    }
    Ok(())
}
