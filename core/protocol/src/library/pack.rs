//! Packs: changes of the library's documents, compressed as one zstd frame and
//! cut into chunks that are named by their hash.

use minicbor::{Decode, Encode};
use zstd::bulk::{Compressor, Decompressor};
use zstd::zstd_safe::DParameter;

use crate::derive::hash;
use crate::ids::ChunkHash;
use crate::limits::{
    CHANGE_MAX_BYTES, ITEM_ID_MAX_BYTES, LIBRARY_CHUNK_BYTES, LIBRARY_INFLATED_MAX_BYTES,
    LIBRARY_PACK_MAX_BYTES, PROTOCOL_VERSION,
};
use crate::wire::{Bytes, DecodeError, Message, Wire, limited_list};

limited_list!(chunks, LIBRARY_CHUNKS_MAX_COUNT);
limited_list!(items, LIBRARY_ITEMS_MAX_COUNT);
limited_list!(changes, LIBRARY_CHANGES_MAX_COUNT);

/// zstd (RFC 8878); packs are made once and fetched by everybody.
const LEVEL: i32 = 19;
/// The largest window that a frame may ask for, as a power of two: 16 MiB, a
/// whole pack.
const WINDOW_MAX_LOG_BYTES: u32 = 24;

impl ChunkHash {
    /// The name of a chunk.
    pub fn of(chunk: &[u8]) -> Self {
        Self::from_bytes(hash("loive/1 library chunk", &[chunk]))
    }
}

/// How one pack is put together.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Pack {
    /// The release that it builds on; 0: none, it is the snapshot of everything.
    #[n(0)]
    pub from: u32,
    /// Length of all chunks together.
    #[n(1)]
    pub bytes: u32,
    /// The chunks in order; each but the last has [`LIBRARY_CHUNK_BYTES`].
    #[cbor(n(2), with = "chunks", has_nil)]
    pub chunks: Vec<ChunkHash>,
}

impl Pack {
    /// The length that a chunk must have; `None` for one that the pack does not
    /// have.
    pub fn chunk_bytes(&self, index: usize) -> Option<usize> {
        let bytes = usize::try_from(self.bytes).ok()?;
        let start = index.checked_mul(LIBRARY_CHUNK_BYTES)?;
        (index < self.chunks.len()).then(|| bytes.saturating_sub(start).min(LIBRARY_CHUNK_BYTES))
    }

    pub(super) fn check(&self) -> Result<(), DecodeError> {
        let bytes = usize::try_from(self.bytes).unwrap_or(usize::MAX);
        if bytes > LIBRARY_PACK_MAX_BYTES {
            return Err(DecodeError::TooLarge {
                what: "a pack of the library",
                limit: LIBRARY_PACK_MAX_BYTES,
            });
        }
        if bytes == 0 || bytes.div_ceil(LIBRARY_CHUNK_BYTES) != self.chunks.len() {
            return Err(DecodeError::NotCanonical);
        }
        Ok(())
    }
}

/// A pack with its bytes.
#[derive(Clone)]
pub struct Packed {
    /// How it is put together.
    pub pack: Pack,
    /// Its bytes: compressed, if it holds changes.
    pub bytes: Vec<u8>,
}

impl Packed {
    /// The chunks, in order.
    pub fn chunks(&self) -> impl Iterator<Item = &[u8]> {
        self.bytes.chunks(LIBRARY_CHUNK_BYTES)
    }
}

/// A pack cannot be made or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    /// More than a pack may hold.
    #[error("the library is larger than a release may be")]
    TooLarge,
    /// Not a pack.
    #[error(transparent)]
    Content(#[from] DecodeError),
}

/// Changes of documents of the library.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Bundle {
    #[n(0)]
    version: u8,
    /// By rising id, each once.
    #[cbor(n(1), with = "items", has_nil)]
    pub items: Vec<BundleItem>,
}

/// Changes of one document.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct BundleItem {
    /// The item.
    #[n(0)]
    pub id: String,
    /// Changes as Automerge writes them, not compressed, each after what it
    /// depends on.
    #[cbor(n(1), with = "changes", has_nil)]
    pub changes: Vec<Bytes>,
}

impl Bundle {
    /// A bundle of these items.
    pub fn new(mut items: Vec<BundleItem>) -> Self {
        items.sort_by(|a, b| a.id.cmp(&b.id));
        Self {
            version: PROTOCOL_VERSION,
            items,
        }
    }

    /// Compresses it into a pack that builds on release `from`.
    pub fn pack(&self, from: u32) -> Result<Packed, PackError> {
        let content = self.to_bytes();
        if content.len() > LIBRARY_INFLATED_MAX_BYTES {
            return Err(PackError::TooLarge);
        }
        let bytes = Compressor::new(LEVEL)
            .and_then(|mut compressor| compressor.compress(&content))
            .map_err(|_| PackError::TooLarge)?;
        let length = u32::try_from(bytes.len()).map_err(|_| PackError::TooLarge)?;
        let pack = Pack {
            from,
            bytes: length,
            chunks: bytes
                .chunks(LIBRARY_CHUNK_BYTES)
                .map(ChunkHash::of)
                .collect(),
        };
        pack.check().map_err(|_| PackError::TooLarge)?;
        Ok(Packed { pack, bytes })
    }

    /// Reads the bytes of a pack, at most [`LIBRARY_INFLATED_MAX_BYTES`] of
    /// content.
    pub fn unpack(bytes: &[u8]) -> Result<Self, PackError> {
        Ok(Self::from_bytes(&inflate(bytes)?)?)
    }
}

fn inflate(compressed: &[u8]) -> Result<Vec<u8>, PackError> {
    let malformed = PackError::Content(DecodeError::Malformed);
    let claimed = zstd::zstd_safe::get_frame_content_size(compressed)
        .ok()
        .flatten()
        .ok_or(malformed)?;
    let claimed = usize::try_from(claimed).map_err(|_| PackError::TooLarge)?;
    if claimed > LIBRARY_INFLATED_MAX_BYTES {
        return Err(PackError::TooLarge);
    }
    let mut decompressor = Decompressor::new().map_err(|_| malformed)?;
    decompressor
        .set_parameter(DParameter::WindowLogMax(WINDOW_MAX_LOG_BYTES))
        .map_err(|_| malformed)?;
    let content = decompressor
        .decompress(compressed, claimed)
        .map_err(|_| malformed)?;
    let frame = zstd::zstd_safe::find_frame_compressed_size(compressed).map_err(|_| malformed)?;
    if content.len() != claimed || frame != compressed.len() {
        return Err(malformed);
    }
    Ok(content)
}

/// Whether a text may name an item: small ASCII letters, digits, `-` and `_`.
pub(crate) fn is_item_id(id: &str) -> bool {
    (1..=ITEM_ID_MAX_BYTES).contains(&id.len())
        && id
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'))
}

impl Message for Bundle {
    const MAX: (&'static str, usize) = ("a bundle of the library", LIBRARY_INFLATED_MAX_BYTES);
    fn version(&self) -> u8 {
        self.version
    }
    fn check(&self) -> Result<(), DecodeError> {
        let rises = self.items.windows(2).all(|pair| match pair {
            [a, b] => a.id < b.id,
            _ => true,
        });
        let has_ids = self.items.iter().all(|item| is_item_id(&item.id));
        if !rises || !has_ids {
            return Err(DecodeError::NotCanonical);
        }
        let changes = self.items.iter().flat_map(|item| &item.changes);
        if changes.map(|raw| raw.len()).any(|n| n > CHANGE_MAX_BYTES) {
            return Err(DecodeError::TooLarge {
                what: "a change",
                limit: CHANGE_MAX_BYTES,
            });
        }
        Ok(())
    }
}
