//! The library on the relay: the latest release whose chunks are all here.
//!
//! Releases are public and signed, so nothing of them is sealed. The relay checks
//! the signature of what the desk brings, and phones check it again.

use std::sync::Arc;

use loive_protocol::limits::LIBRARY_ALL_CHUNKS_MAX_COUNT;
use loive_protocol::{
    ChunkHash, LibraryAnswer, LibraryAsk, LibraryPut, Manifest, SignedManifest, Wire as _,
};

use super::store::{NewRelease, StoreError, Write};
use super::{Relay, RelayError};

impl Relay {
    /// What a phone is told; `None` if there is nothing to say.
    pub(super) fn read_library(
        &self,
        ask: &LibraryAsk,
        page_bytes: usize,
    ) -> Result<Option<LibraryAnswer>, StoreError> {
        let Some((signed, manifest)) = self.release()? else {
            return Ok(None);
        };
        let is_news = manifest.release > ask.have && ask.pending != Some(manifest.release);
        let pack = manifest.pack_from(ask.have);
        let wanted: &[ChunkHash] = match ask.want.as_slice() {
            [] if is_news && pack.bytes <= ask.unasked_max_bytes => &pack.chunks,
            asked => asked,
        };
        let mut chunks = Vec::new();
        let mut bytes = 0_usize;
        for hash in wanted {
            // Of a release that is no longer the latest some may be gone.
            let Some(chunk) = self.store.library_chunk(hash)? else {
                break;
            };
            bytes = bytes.saturating_add(chunk.len());
            if bytes > page_bytes && !chunks.is_empty() {
                break;
            }
            chunks.push(chunk.into());
        }
        if !is_news && chunks.is_empty() {
            return Ok(None);
        }
        self.metrics.library_chunks.add(chunks.len() as u64);
        Ok(Some(LibraryAnswer {
            manifest: is_news.then_some(signed),
            chunks,
        }))
    }

    /// The release that is handed out.
    fn release(&self) -> Result<Option<(SignedManifest, Manifest)>, StoreError> {
        let Some(bytes) = self.store.library()? else {
            return Ok(None);
        };
        // It was verified when it came.
        let read = SignedManifest::from_bytes(&bytes)
            .ok()
            .and_then(|signed| Some((signed.verify(&self.root).ok()?, signed)));
        Ok(read.map(|(manifest, signed)| (signed, manifest)))
    }

    /// Takes what the desk brings of a release, and says which of its chunks are
    /// not here yet.
    pub(super) async fn take_library(
        self: &Arc<Self>,
        put: &LibraryPut,
    ) -> Result<Vec<ChunkHash>, RelayError> {
        let Ok(manifest) = put.manifest.verify(&self.root) else {
            tracing::warn!("the desk brought a release that this hotline did not sign");
            return Ok(Vec::new());
        };
        if self.published().retires(put.manifest.certificate()) {
            tracing::warn!("the desk brought a release that a retired key has signed");
            return Ok(Vec::new());
        }
        let mut wanted: Vec<ChunkHash> = manifest
            .packs()
            .flat_map(|pack| &pack.chunks)
            .copied()
            .collect();
        wanted.sort_unstable();
        wanted.dedup();
        wanted.truncate(LIBRARY_ALL_CHUNKS_MAX_COUNT);
        let mut writes: Vec<Write> = put
            .chunks
            .iter()
            .map(|chunk| (ChunkHash::of(chunk), chunk))
            .filter(|(hash, _)| wanted.binary_search(hash).is_ok())
            .map(|(hash, chunk)| Write::PutChunk {
                hash,
                bytes: chunk.to_vec(),
            })
            .collect();
        writes.push(Write::PutRelease(NewRelease {
            release: manifest.release,
            manifest: put.manifest.to_bytes(),
            chunks: wanted.clone(),
        }));
        self.writer
            .submit(writes)
            .await
            .map_err(|error| match error {
                StoreError::Busy => RelayError::Busy,
                failed => RelayError::Store(failed),
            })?;
        self.blocking(move |relay| relay.store.library_missing(&wanted))
            .await
    }
}
