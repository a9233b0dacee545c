//! Bringing the published release to the relay: its manifest, then the chunks
//! that the relay says are missing.

use std::collections::BTreeSet;
use std::sync::{MutexGuard, PoisonError};

use loive_protocol::limits::{LIBRARY_CHUNK_BYTES, LIBRARY_CHUNKS_MAX_COUNT};
use loive_protocol::{
    Bytes, ChunkHash, DeskRequest, DeskResponse, LibraryPut, Manifest, Pack, SignedManifest,
    Wire as _,
};
use rusqlite::Connection;

use super::{LibraryError, recordings, rows};
use crate::desk::Desk;

/// Bytes of chunks in one request, so that reports need not wait for long.
const PUT_MAX_BYTES: usize = 524_288;

/// How long a release is kept back of which the relay takes nothing.
const REST_MILLISECONDS: u64 = 300_000;

/// What the relay has of the library, as far as this process knows. A desk that
/// starts anew asks once more.
#[derive(Debug, Default)]
pub struct Shelf {
    /// The release that the relay hands out.
    at_relay: u32,
    /// Chunks of the next one that it has said are missing.
    missing: Vec<ChunkHash>,
    /// Nothing is brought before, by the machine's running clock.
    rests_until_milliseconds: u64,
}

impl Shelf {
    /// The relay is another one, or lost what it had.
    fn forget(&mut self) {
        *self = Self::default();
    }

    /// What the relay said of release `release`, `now` by the machine's running
    /// clock. `true` if it wants more at once.
    ///
    /// One that goes on missing the same has no room, or has retired the key:
    /// offering it again and again would only keep reports waiting.
    fn answered(&mut self, release: u32, missing: &[ChunkHash], now: u64) -> bool {
        let is_stuck = !missing.is_empty() && self.missing == missing;
        self.missing = missing.to_vec();
        if missing.is_empty() {
            self.at_relay = release;
        }
        if is_stuck {
            tracing::warn!(
                release,
                "the relay does not take the library's release; its log says why. The desk \
                 offers it again in five minutes"
            );
            self.rests_until_milliseconds = now.saturating_add(REST_MILLISECONDS);
        }
        !missing.is_empty() && !is_stuck
    }
}

impl Desk {
    /// Puts the next part of the library into a request. What is wrong with it
    /// must not keep reports waiting.
    pub(in crate::desk) fn bring_library(
        &self,
        connection: &Connection,
        request: &mut DeskRequest,
    ) -> Option<u32> {
        match self.library_put(connection, &self.shelf()) {
            Ok(Some((release, put))) => {
                request.library = Some(put);
                Some(release)
            }
            Ok(None) => None,
            Err(error) => {
                tracing::error!(%error, "the library's release cannot be brought to the relay");
                None
            }
        }
    }

    /// Notes what the relay has of the library now.
    /// `true` if it wants more.
    pub(in crate::desk) fn note_library(
        &self,
        brought: Option<u32>,
        response: &DeskResponse,
        new_log: bool,
    ) -> bool {
        let now = self.env.monotonic_milliseconds();
        let mut known = self.shelf();
        let wants_more =
            brought.is_some_and(|release| known.answered(release, &response.library_missing, now));
        if new_log {
            known.forget();
        }
        wants_more
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What to bring to the relay; `None` if it has the latest release.
    fn library_put(
        &self,
        connection: &Connection,
        known: &Shelf,
    ) -> Result<Option<(u32, LibraryPut)>, LibraryError> {
        let Some((release, signed)) = rows::published(connection)? else {
            return Ok(None);
        };
        let rests = self.env.monotonic_milliseconds() < known.rests_until_milliseconds;
        if release <= known.at_relay || rests {
            return Ok(None);
        }
        let manifest =
            SignedManifest::from_bytes(&signed).map_err(loive_protocol::ReleaseError::from)?;
        let content = manifest.verify(self.identity.certificates.root())?;
        let mut put = LibraryPut {
            manifest,
            chunks: Vec::new(),
        };
        if !known.missing.is_empty() {
            put.chunks = wanted(connection, &content, &known.missing)?;
        }
        Ok(Some((release, put)))
    }
}

/// The next of the chunks that are missing, as many as one request takes.
fn wanted(
    connection: &Connection,
    manifest: &Manifest,
    missing: &[ChunkHash],
) -> Result<Vec<Bytes>, LibraryError> {
    let mut load = Load {
        missing: missing.iter().copied().collect(),
        chunks: Vec::new(),
        bytes: 0,
    };
    for pack in std::iter::once(&manifest.snapshot).chain(&manifest.deltas) {
        if load.wants(pack) {
            load.cut(pack, rows::pack(connection, manifest.release, pack.from)?);
        }
    }
    if let Some(list) = manifest.recordings.as_ref().filter(|it| load.wants(it)) {
        load.cut(list, rows::recordings(connection, manifest.release)?);
    }
    // What is left lies in no pack: recordings.
    for hash in missing {
        if load.is_full() {
            break;
        }
        if load.missing.contains(hash)
            && let Some(chunk) = recordings::chunk(connection, hash)?
        {
            load.add(hash, chunk);
        }
    }
    Ok(load.chunks)
}

/// Chunks for one request.
struct Load {
    missing: BTreeSet<ChunkHash>,
    chunks: Vec<Bytes>,
    bytes: usize,
}

impl Load {
    fn wants(&self, pack: &Pack) -> bool {
        !self.is_full() && pack.chunks.iter().any(|hash| self.missing.contains(hash))
    }

    /// One chunk may be the one too much, so that something always goes.
    const fn is_full(&self) -> bool {
        self.bytes >= PUT_MAX_BYTES || self.chunks.len() >= LIBRARY_CHUNKS_MAX_COUNT
    }

    fn cut(&mut self, pack: &Pack, content: Option<Vec<u8>>) {
        let content = content.unwrap_or_default();
        let cut = content.chunks(LIBRARY_CHUNK_BYTES);
        for (hash, chunk) in pack.chunks.iter().zip(cut) {
            if !self.is_full() {
                self.add(hash, chunk.to_vec());
            }
        }
    }

    fn add(&mut self, hash: &ChunkHash, chunk: Vec<u8>) {
        if self.missing.remove(hash) {
            self.bytes += chunk.len();
            self.chunks.push(chunk.into());
        }
    }
}
