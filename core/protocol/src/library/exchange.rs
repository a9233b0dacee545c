//! What phone, relay and desk say to each other about the library.

use minicbor::{Decode, Encode};

use super::manifest::SignedManifest;
use crate::ids::ChunkHash;
use crate::limits::{LIBRARY_CHUNK_BYTES, LIBRARY_PACK_MAX_BYTES};
use crate::wire::{Bytes, DecodeError, limited_list};

limited_list!(chunks, LIBRARY_CHUNKS_MAX_COUNT);

/// What a phone asks of the library.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct LibraryAsk {
    /// The release that is whole on the phone; 0: none.
    #[n(0)]
    pub have: u32,
    /// The release whose manifest is on the phone already, if that is later.
    #[n(1)]
    pub pending: Option<u32>,
    /// Chunks of the pending release that are missing, in the order in which
    /// they are wanted. Without any, a new manifest brings the first chunks of
    /// its pack with it.
    #[cbor(n(2), with = "chunks", has_nil)]
    pub want: Vec<ChunkHash>,
    /// A pack of a new release larger than this, in bytes, is not sent along:
    /// only its manifest is. Over mobile data larger ones wait for leave.
    #[n(3)]
    pub unasked_max_bytes: u32,
}

impl LibraryAsk {
    /// Asks whether there is anything after release `have`.
    pub fn new(have: u32) -> Self {
        Self {
            have,
            pending: None,
            want: Vec::new(),
            unasked_max_bytes: u32::try_from(LIBRARY_PACK_MAX_BYTES).unwrap_or(u32::MAX),
        }
    }
}

/// What a relay answers of the library.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct LibraryAnswer {
    /// The latest release, if the phone has neither it nor its manifest.
    #[n(0)]
    pub manifest: Option<SignedManifest>,
    /// Chunks: of those that were wanted, or the first of the new pack. As many
    /// as the page holds.
    #[cbor(n(1), with = "chunks", has_nil)]
    pub chunks: Vec<Bytes>,
}

impl LibraryAnswer {
    pub(crate) fn check(&self) -> Result<(), DecodeError> {
        check_chunks(&self.chunks)
    }
}

/// A release on its way from the desk to the relay.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct LibraryPut {
    /// The release. It is handed out as soon as every chunk is there.
    #[n(0)]
    pub manifest: SignedManifest,
    /// Chunks that the relay has said are missing.
    #[cbor(n(1), with = "chunks", has_nil)]
    pub chunks: Vec<Bytes>,
}

impl LibraryPut {
    pub(crate) fn check(&self) -> Result<(), DecodeError> {
        check_chunks(&self.chunks)
    }
}

fn check_chunks(chunks: &[Bytes]) -> Result<(), DecodeError> {
    if chunks.iter().any(|chunk| chunk.len() > LIBRARY_CHUNK_BYTES) {
        return Err(DecodeError::TooLarge {
            what: "a chunk of the library",
            limit: LIBRARY_CHUNK_BYTES,
        });
    }
    Ok(())
}
