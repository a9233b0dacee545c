//! What a sync asks of the library and what becomes of the answer.

use std::sync::atomic::Ordering;

use loive_protocol::{ChunkHash, LibraryAnswer, LibraryAsk, Manifest, Pack, SignedManifest};
use rusqlite::{Connection, Transaction};

use super::install::{Unfit, install};
use crate::error::PhoneError;
use crate::limits::{LIBRARY_ASK_SECONDS, LIBRARY_WANT_MAX_COUNT};
use crate::phone::Inner;
use crate::store::library::{self as rows, State};
use crate::store::meta;

/// What was asked of the library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AskedLibrary {
    have: u32,
    /// Chunks of recordings.
    pub(crate) recordings: Vec<ChunkHash>,
}

/// What an answer brought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Fetched {
    /// There is more to fetch right away.
    pub(crate) more: bool,
    /// Another release is shown now.
    pub(crate) shown: Option<u32>,
    /// A release was not what it said.
    pub(crate) refused: bool,
}

/// The release that is being fetched.
struct Pending {
    signed: SignedManifest,
    manifest: Manifest,
}

impl Pending {
    /// The pack that is fetched: what changed since `state.release`, or all.
    fn pack(&self, state: &State) -> &Pack {
        let have = if state.is_whole_wanted {
            0
        } else {
            state.release
        };
        self.manifest.pack_from(have)
    }
}

impl Inner {
    /// What to ask: for what is missing, or, not more often than it makes sense,
    /// whether there is news.
    pub(crate) fn library_ask(
        &self,
        connection: &Connection,
    ) -> Result<Option<(LibraryAsk, AskedLibrary)>, PhoneError> {
        let state = rows::state(connection)?;
        let mut ask = LibraryAsk::new(state.release);
        let mut recordings = Vec::new();
        if self.is_metered.load(Ordering::Relaxed) {
            ask.unasked_max_bytes = state.unasked_bytes;
        }
        // A release that was not what it said is not fetched again and again.
        ask.pending = (state.refused > state.release).then_some(state.refused);
        if let Some(pending) = self.pending(&state) {
            ask.pending = Some(pending.manifest.release);
            if self.may_fetch(&state, &pending) {
                ask.want = missing(connection, pending.pack(&state))?;
                ask.want.truncate(LIBRARY_WANT_MAX_COUNT);
            }
        } else {
            // A release goes first: it says which recordings there are.
            recordings = self.recordings_wanted(connection, &state)?;
            ask.want.clone_from(&recordings);
        }
        let observed = meta::observed(connection, &self.env)?;
        let is_news_due = state
            .asked
            .is_none_or(|asked| observed >= asked.saturating_add(LIBRARY_ASK_SECONDS));
        let asked = AskedLibrary {
            have: state.release,
            recordings,
        };
        Ok((is_news_due || !ask.want.is_empty()).then_some((ask, asked)))
    }

    fn pending(&self, state: &State) -> Option<Pending> {
        let signed = state.pending.clone()?;
        let manifest = self.verified(state, &signed).ok()?;
        (manifest.release > state.release).then_some(Pending { signed, manifest })
    }

    /// Over mobile data a large release waits for leave.
    fn may_fetch(&self, state: &State, pending: &Pending) -> bool {
        !self.is_metered.load(Ordering::Relaxed)
            || pending.pack(state).bytes <= state.unasked_bytes
            || state.allowed == pending.manifest.release
    }

    /// How many bytes of a later release wait for leave.
    pub(super) fn waiting_bytes(&self, state: &State) -> Option<(u32, u32)> {
        let pending = self.pending(state)?;
        (!self.may_fetch(state, &pending))
            .then(|| (pending.manifest.release, pending.pack(state).bytes))
    }

    /// Takes the answer in, within the transaction of the response.
    pub(crate) fn take_library(
        &self,
        tx: &Transaction<'_>,
        asked: &AskedLibrary,
        answer: &LibraryAnswer,
    ) -> Result<Fetched, PhoneError> {
        let mut state = rows::state(tx)?;
        let mut fetched = Fetched::default();
        if state.release != asked.have {
            // A file brought another release meanwhile: ask again.
            fetched.more = true;
            return Ok(fetched);
        }
        if let Some(signed) = &answer.manifest {
            match self.verified(&state, signed) {
                Ok(manifest) if manifest.release > state.release => {
                    let pack = manifest.pack_from(state.release);
                    rows::begin(tx, signed, manifest.release, &pack.chunks)?;
                    state = rows::state(tx)?;
                }
                Ok(_) => {}
                Err(_) => fetched.refused = true,
            }
        }
        let Some(pending) = self.pending(&state) else {
            return Ok(fetched);
        };
        let progress = keep(tx, pending.pack(&state), &answer.chunks)?;
        if missing(tx, pending.pack(&state))?.is_empty() {
            complete(tx, &state, &pending, &mut fetched)?;
            if fetched.shown.is_some() {
                let wanted = self.recordings_wanted(tx, &rows::state(tx)?)?;
                fetched.more |= !wanted.is_empty();
            }
        } else {
            fetched.more = progress && self.may_fetch(&state, &pending);
            // A manifest that came alone: now its chunks can be asked for.
            fetched.more |= answer.manifest.is_some()
                && (answer.chunks.is_empty() || !asked.recordings.is_empty())
                && self.may_fetch(&state, &pending)
                && !fetched.refused;
        }
        Ok(fetched)
    }
}

/// Every chunk is here.
fn complete(
    tx: &Transaction<'_>,
    state: &State,
    pending: &Pending,
    fetched: &mut Fetched,
) -> Result<(), PhoneError> {
    let pack = pending.pack(state);
    let mut bytes = Vec::new();
    for hash in &pack.chunks {
        let chunk = rows::chunk(tx, hash)?.ok_or_else(|| PhoneError::internal("chunk-gone"))?;
        bytes.extend_from_slice(&chunk);
    }
    let release = pending.manifest.release;
    match install(tx, &pending.signed, &pending.manifest, pack.from, &bytes) {
        Ok(()) => fetched.shown = Some(release),
        Err(Unfit::Store(error)) => return Err(error),
        // What changed does not fit what is here: fetch everything.
        Err(Unfit::Stored) if pack.from > 0 => {
            rows::want_whole(tx)?;
            fetched.more = true;
        }
        Err(Unfit::Stored | Unfit::Bytes) => {
            rows::refuse(tx, release)?;
            fetched.refused = true;
        }
    }
    Ok(())
}

/// The chunks of a pack that are not here yet, in order.
fn missing(connection: &Connection, pack: &Pack) -> Result<Vec<ChunkHash>, PhoneError> {
    let mut missing = Vec::new();
    for hash in &pack.chunks {
        if !rows::has_chunk(connection, hash)? {
            missing.push(*hash);
        }
    }
    Ok(missing)
}

/// Keeps chunks that belong to the pack; what does not is left alone. `true` if
/// any was new.
fn keep(
    tx: &Transaction<'_>,
    pack: &Pack,
    chunks: &[loive_protocol::Bytes],
) -> Result<bool, PhoneError> {
    let mut progress = false;
    for chunk in chunks {
        let hash = ChunkHash::of(chunk);
        if pack.chunks.contains(&hash) && !rows::has_chunk(tx, &hash)? {
            rows::keep_chunk(tx, &hash, chunk)?;
            progress = true;
        }
    }
    Ok(progress)
}
