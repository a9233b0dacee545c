//! The list of a release's recordings: which chunks a relay has to keep.
//!
//! A recording lies in chunks of its own, so that a phone fetches it only when
//! somebody wants to hear it; the document that it belongs to names them. A relay
//! does not read documents. It reads this list: hashes, one after the other.

use std::collections::BTreeSet;

use super::pack::{Pack, PackError, Packed};
use crate::ids::ChunkHash;
use crate::limits::{LIBRARY_CHUNK_BYTES, LIBRARY_RECORDING_CHUNKS_MAX_COUNT};
use crate::wire::DecodeError;

const HASH_BYTES: usize = 32;

/// The list as a pack; `None` where there are no recordings.
///
/// # Errors
/// [`PackError::TooLarge`] above [`LIBRARY_RECORDING_CHUNKS_MAX_COUNT`].
pub fn pack_recordings(chunks: &BTreeSet<ChunkHash>) -> Result<Option<Packed>, PackError> {
    if chunks.len() > LIBRARY_RECORDING_CHUNKS_MAX_COUNT {
        return Err(PackError::TooLarge);
    }
    let bytes: Vec<u8> = chunks.iter().flat_map(|hash| *hash.as_bytes()).collect();
    let length = u32::try_from(bytes.len()).map_err(|_| PackError::TooLarge)?;
    let pack = Pack {
        from: 0,
        bytes: length,
        chunks: bytes
            .chunks(LIBRARY_CHUNK_BYTES)
            .map(ChunkHash::of)
            .collect(),
    };
    Ok((!bytes.is_empty()).then_some(Packed { pack, bytes }))
}

/// Reads the list: at least one hash, rising, each once.
///
/// # Errors
/// Why it is no such list.
pub fn read_recordings(bytes: &[u8]) -> Result<Vec<ChunkHash>, DecodeError> {
    let limit = LIBRARY_RECORDING_CHUNKS_MAX_COUNT * HASH_BYTES;
    if bytes.len() > limit {
        return Err(DecodeError::TooLarge {
            what: "the list of recordings",
            limit,
        });
    }
    let (hashes, rest) = bytes.as_chunks::<HASH_BYTES>();
    let rises = hashes.windows(2).all(|pair| match pair {
        [a, b] => a < b,
        _ => true,
    });
    if hashes.is_empty() || !rest.is_empty() || !rises {
        return Err(DecodeError::NotCanonical);
    }
    Ok(hashes.iter().copied().map(ChunkHash::from_bytes).collect())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use super::*;

    fn chunks(count: u32) -> BTreeSet<ChunkHash> {
        (0..count)
            .map(|n| ChunkHash::of(&n.to_be_bytes()))
            .collect()
    }

    #[test]
    fn the_list_reads_back_and_is_cut_like_every_pack() {
        let wanted = chunks(1_500);
        let packed = pack_recordings(&wanted).unwrap().unwrap();
        assert_eq!(packed.pack.chunks.len(), 2);
        assert_eq!(
            read_recordings(&packed.bytes).unwrap(),
            wanted.into_iter().collect::<Vec<_>>()
        );
        assert!(pack_recordings(&BTreeSet::new()).unwrap().is_none());
    }

    #[test]
    fn what_is_no_list_is_refused() {
        let bytes = pack_recordings(&chunks(3)).unwrap().unwrap().bytes;
        let turned: Vec<u8> = bytes.rchunks(32).flatten().copied().collect();
        for broken in [bytes.get(..33).unwrap(), &[], turned.as_slice(), &[7; 64]] {
            assert_eq!(read_recordings(broken), Err(DecodeError::NotCanonical));
        }
        let huge = vec![0; LIBRARY_RECORDING_CHUNKS_MAX_COUNT * HASH_BYTES + 1];
        assert!(matches!(
            read_recordings(&huge),
            Err(DecodeError::TooLarge { .. })
        ));
    }
}
