//! The library on the relay: the latest release whose chunks are all here.
//!
//! Releases are public and signed, so nothing of them is sealed. The relay checks
//! the signature of what the desk brings, and phones check it again.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use loive_protocol::limits::LIBRARY_ALL_CHUNKS_MAX_COUNT;
use loive_protocol::{
    Bytes, ChunkHash, LibraryAnswer, LibraryAsk, LibraryPut, Manifest, Pack, PublicKey,
    SignedManifest, Wire as _, read_recordings,
};

use super::store::{NewRelease, StoreError, Write};
use super::{Relay, RelayError};

/// A release whose signatures hold. Phones ask all day, so it is verified once
/// for as long as the same bytes are stored.
pub(super) struct Release {
    stored: Vec<u8>,
    signed: SignedManifest,
    pub(super) manifest: Manifest,
}

impl Release {
    fn read(stored: Vec<u8>, root: &PublicKey) -> Option<Self> {
        let signed = SignedManifest::from_bytes(&stored).ok()?;
        let manifest = signed.verify(root).ok()?;
        Some(Self {
            stored,
            signed,
            manifest,
        })
    }
}

impl Relay {
    /// What a phone is told; `None` if there is nothing to say.
    pub(super) fn read_library(
        &self,
        ask: &LibraryAsk,
        page_bytes: usize,
    ) -> Result<Option<LibraryAnswer>, StoreError> {
        let Some(release) = self.release()? else {
            return Ok(None);
        };
        let manifest = &release.manifest;
        let is_news = manifest.release > ask.have && ask.pending != Some(manifest.release);
        let pack = manifest.pack_from(ask.have);
        let wanted: &[ChunkHash] = match ask.want.as_slice() {
            [] if is_news && pack.bytes <= ask.unasked_max_bytes => &pack.chunks,
            asked => asked,
        };
        let mut chunks = Vec::new();
        let mut bytes = 0_usize;
        for hash in wanted {
            // Of a release that is no longer the latest some may be gone, and a
            // recording that is gone is no reason to keep the next one back.
            let Some(chunk) = self.store.library_chunk(hash)? else {
                continue;
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
        let bytes = chunks.iter().map(|chunk: &Bytes| chunk.len() as u64).sum();
        self.metrics.library_bytes.add(bytes);
        Ok(Some(LibraryAnswer {
            manifest: is_news.then(|| release.signed.clone()),
            chunks,
        }))
    }

    /// The release that is handed out.
    pub(super) fn release(&self) -> Result<Option<Arc<Release>>, StoreError> {
        let Some(stored) = self.store.library()? else {
            return Ok(None);
        };
        let known = self.release.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.as_ref().filter(|known| known.stored == stored) {
            return Ok(Some(Arc::clone(known)));
        }
        drop(known);
        // It was verified when it came.
        let Some(read) = Release::read(stored, &self.root).map(Arc::new) else {
            return Ok(None);
        };
        let mut known = self.release.write().unwrap_or_else(PoisonError::into_inner);
        *known = Some(Arc::clone(&read));
        Ok(Some(read))
    }

    /// Takes what the desk brings of a release, and says which of its chunks are
    /// not here yet: none only if nothing stands in the way of handing it out.
    ///
    /// A store without room is no reason to fail: reports are in the same
    /// exchange, and they go first.
    pub(super) async fn take_library(
        self: &Arc<Self>,
        put: &LibraryPut,
    ) -> Result<Vec<ChunkHash>, RelayError> {
        let Ok(manifest) = put.manifest.verify(&self.root) else {
            tracing::warn!("the desk brought a release that this hotline did not sign");
            return Ok(Vec::new());
        };
        let packs = chunks_of(&manifest);
        if self.published().retires(put.manifest.certificate()) {
            tracing::warn!("the desk brought a release that a retired key has signed");
            return Ok(packs);
        }
        let brought: BTreeMap<ChunkHash, Bytes> = put
            .chunks
            .iter()
            .map(|chunk| (ChunkHash::of(chunk), chunk.clone()))
            .collect();
        let signed = put.manifest.to_bytes();
        let brought = Arc::new(brought);
        let (release, chunks) = (manifest.clone(), Arc::clone(&brought));
        let needed = self
            .blocking(move |relay| relay.needed(&release, &chunks))
            .await?;
        let Needed::Chunks {
            all,
            is_known,
            missing,
        } = needed
        else {
            return Ok(packs);
        };
        let is_wanted = |hash: &ChunkHash| all.binary_search(hash).is_ok();
        let wanted = brought.iter().filter(|(hash, _)| is_wanted(hash));
        let mut writes: Vec<Write> = wanted
            .map(|(hash, chunk)| Write::PutChunk {
                hash: *hash,
                bytes: chunk.to_vec(),
            })
            .collect();
        // Only then: looking for thousands of chunks holds up whoever writes.
        let is_whole = is_known && missing.iter().all(|hash| brought.contains_key(hash));
        if is_whole {
            writes.push(Write::PutRelease(NewRelease {
                release: manifest.release,
                manifest: signed,
                chunks: all,
            }));
        }
        let is_committed = writes.is_empty() || self.keep(writes).await;
        self.blocking(move |relay| {
            let needed = relay.needed(&manifest, &BTreeMap::new())?;
            let is_handed_out = is_committed && is_whole && needed.is_here();
            if is_handed_out {
                relay.note_release(&manifest)?;
            }
            Ok(match needed {
                Needed::Chunks { missing, .. } if is_handed_out || !missing.is_empty() => missing,
                // Something stands in the way: the desk comes again.
                _ => packs,
            })
        })
        .await
    }

    /// `false` if there is no room, or the store failed.
    async fn keep(&self, writes: Vec<Write>) -> bool {
        let committed = self.writer.submit(writes).await;
        if let Err(error) = &committed {
            tracing::warn!(%error, "a release that the desk brought could not be kept");
        }
        committed.is_ok()
    }

    /// What a release needs, as far as it is known with the chunks that are here
    /// and those that were `brought`.
    fn needed(
        &self,
        manifest: &Manifest,
        brought: &BTreeMap<ChunkHash, Bytes>,
    ) -> Result<Needed, StoreError> {
        let mut all = chunks_of(manifest);
        let mut is_known = true;
        if let Some(pack) = &manifest.recordings {
            match self
                .put_together(pack, brought)?
                .as_deref()
                .map(read_recordings)
            {
                None => is_known = false,
                Some(Ok(recordings)) => all.extend(recordings),
                Some(Err(error)) => {
                    tracing::warn!(
                        release = manifest.release,
                        %error,
                        "the desk brought a release whose list of recordings cannot be read; it \
                         is not handed out: build it again"
                    );
                    return Ok(Needed::Unreadable);
                }
            }
        }
        all.sort_unstable();
        all.dedup();
        let missing = self
            .store
            .library_missing(&all, LIBRARY_ALL_CHUNKS_MAX_COUNT)?;
        Ok(Needed::Chunks {
            all,
            is_known,
            missing,
        })
    }

    /// The bytes of a pack; `None` while some are missing.
    fn put_together(
        &self,
        pack: &Pack,
        brought: &BTreeMap<ChunkHash, Bytes>,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let mut bytes = Vec::new();
        for hash in &pack.chunks {
            let chunk = match brought.get(hash) {
                Some(chunk) => Some(chunk.to_vec()),
                None => self.store.library_chunk(hash)?,
            };
            let Some(chunk) = chunk else {
                return Ok(None);
            };
            bytes.extend_from_slice(&chunk);
        }
        Ok(Some(bytes))
    }

    /// Counts what is handed out now, and says if it is not what the desk brought.
    fn note_release(&self, brought: &Manifest) -> Result<(), StoreError> {
        let Some(release) = self.release()? else {
            return Ok(());
        };
        let manifest = &release.manifest;
        self.metrics.library_release.set(manifest.release.into());
        if manifest != brought {
            tracing::warn!(
                brought = brought.release,
                handed_out = manifest.release,
                "phones go on getting another release than the desk brought: numbers only grow; \
                 was the desk's store set back?"
            );
        }
        Ok(())
    }
}

/// What a release needs before it is handed out.
enum Needed {
    /// These chunks.
    Chunks {
        /// Each once, rising.
        all: Vec<ChunkHash>,
        /// The list of recordings is here, so that these are all.
        is_known: bool,
        /// Those that are not here, as many as one answer names.
        missing: Vec<ChunkHash>,
    },
    /// Nobody can say: its list of recordings is none.
    Unreadable,
}

impl Needed {
    const fn is_here(&self) -> bool {
        matches!(self, Self::Chunks { is_known: true, missing, .. } if missing.is_empty())
    }
}

/// Every chunk of the packs of a release, each once.
fn chunks_of(manifest: &Manifest) -> Vec<ChunkHash> {
    let chunks = manifest.packs().flat_map(|pack| &pack.chunks);
    let mut chunks: Vec<ChunkHash> = chunks.copied().collect();
    chunks.sort_unstable();
    chunks.dedup();
    chunks.truncate(LIBRARY_ALL_CHUNKS_MAX_COUNT);
    chunks
}
