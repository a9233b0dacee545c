//! Recordings: fetched for whole languages, so that nothing says which page
//! somebody wants to hear, and heard from what is here.

use std::collections::HashSet;
use std::sync::atomic::Ordering;

use loive_documents::library::{ItemView, Recording, keys};
use loive_protocol::limits::LIBRARY_LANGUAGES_MAX_COUNT;
use loive_protocol::{ChunkHash, LibraryAnswer};
use rusqlite::{Connection, Transaction};

use super::list::FIRST_LANG;
use super::view::{Lang, RecordingView};
use crate::error::{PhoneError, Problem, Rejection};
use crate::limits::{LIBRARY_ASK_SECONDS, LIBRARY_WANT_MAX_COUNT};
use crate::phone::{Inner, Phone};
use crate::store::library::{self as rows, State};
use crate::store::{meta, recordings};

impl Phone {
    /// Marks a language in which the person wants to hear recordings, or takes the
    /// mark away. The next syncs fetch all of that language; without the mark they
    /// are gone from this phone. Twice is once.
    ///
    /// # Errors
    /// [`PhoneError::Invalid`] for what is no code of a language;
    /// [`PhoneError::Rejected`] for more languages than a library has.
    pub fn set_listening(&self, lang: &str, is_wanted: bool) -> Result<(), PhoneError> {
        if !keys::is_language(lang) {
            return Err(PhoneError::invalid("lang", Problem::UnknownOption));
        }
        self.0.store.write(|tx| {
            if !is_wanted {
                recordings::forget(tx, lang)?;
                // Which language somebody speaks is to be seen nowhere.
                return meta::scrub_due(tx);
            }
            let limit = LIBRARY_LANGUAGES_MAX_COUNT;
            if recordings::heard(tx)?.len() >= limit {
                return Err(PhoneError::rejected(Rejection::TooMany { limit }));
            }
            recordings::hear(tx, lang)
        })?;
        self.0.store.scrub()
    }

    /// The recording of a block in a language: an Ogg file with Opus. Writes
    /// nothing, and asks nobody.
    ///
    /// # Errors
    /// [`PhoneError::NotFound`] if there is none, or it is not here: see
    /// [`Self::set_listening`].
    pub fn recording(&self, item: &str, block: &str, lang: &Lang) -> Result<Vec<u8>, PhoneError> {
        self.0.store.read(|connection| {
            let fields = rows::fields(connection, item)?.ok_or(PhoneError::NotFound)?;
            let view = ItemView::new(item, &fields);
            let recording = recording(&view, block, lang).ok_or(PhoneError::NotFound)?;
            let mut chunks = Vec::new();
            for hash in &recording.chunks {
                chunks.push(recordings::chunk(connection, hash)?.ok_or(PhoneError::NotFound)?);
            }
            let whole = recording.join(chunks.iter().map(Vec::as_slice));
            whole.ok_or(PhoneError::NotFound)
        })
    }
}

impl Inner {
    /// The chunks to ask for; none while it is not time.
    pub(super) fn recordings_wanted(
        &self,
        connection: &Connection,
        state: &State,
    ) -> Result<Vec<ChunkHash>, PhoneError> {
        let observed = meta::observed(connection, &self.env)?;
        let is_due = state
            .recordings_missed
            .is_none_or(|missed| observed >= missed.saturating_add(LIBRARY_ASK_SECONDS));
        if !is_due {
            return Ok(Vec::new());
        }
        let mut missing = recordings::missing(connection)?;
        if !self.may_listen(state, missing.bytes) {
            return Ok(Vec::new());
        }
        missing.chunks.truncate(LIBRARY_WANT_MAX_COUNT);
        Ok(missing.chunks)
    }

    /// Over mobile data many recordings wait for leave, as a large release does.
    fn may_listen(&self, state: &State, bytes: u64) -> bool {
        !self.is_metered.load(Ordering::Relaxed)
            || bytes <= u64::from(state.unasked_bytes)
            || (state.release > 0 && state.recordings_allowed == state.release)
    }

    /// How many bytes of recordings wait for leave.
    pub(super) fn waiting_recordings(
        &self,
        connection: &Connection,
        state: &State,
    ) -> Result<Option<u64>, PhoneError> {
        let bytes = recordings::missing(connection)?.bytes;
        Ok((!self.may_listen(state, bytes)).then_some(bytes))
    }

    /// Keeps what was asked for and is wanted still. `true` if there is more to
    /// fetch right away: a relay that had none of it is left alone for a while.
    pub(crate) fn take_recordings(
        &self,
        tx: &Transaction<'_>,
        asked: &[ChunkHash],
        answer: Option<&LibraryAnswer>,
    ) -> Result<bool, PhoneError> {
        if asked.is_empty() {
            return Ok(false);
        }
        let wanted: HashSet<ChunkHash> = recordings::missing(tx)?.chunks.into_iter().collect();
        let mut kept = 0;
        for chunk in answer.iter().flat_map(|answer| &answer.chunks) {
            let hash = ChunkHash::of(chunk);
            if asked.contains(&hash) && wanted.contains(&hash) {
                recordings::keep_chunk(tx, &hash, chunk)?;
                kept += 1;
            }
        }
        let is_moot = asked.iter().all(|hash| !wanted.contains(hash));
        if kept == 0 && !is_moot {
            let observed = meta::observed(tx, &self.env)?;
            recordings::set_missed(tx, Some(observed))?;
        }
        Ok(kept > 0 && wanted.len() > kept)
    }
}

/// The recording of a block in exactly this language.
fn recording(view: &ItemView<'_>, block: &str, lang: &Lang) -> Option<Recording> {
    Recording::from_value(view.get(&keys::audio(lang, block))?)
}

/// The recording to offer beside a block: in the language that was asked for, or
/// else in Vietnamese, and then it says so.
pub(super) fn recording_view(
    connection: &Connection,
    view: &ItemView<'_>,
    block: &str,
    lang: &Lang,
) -> Result<Option<RecordingView>, PhoneError> {
    let found = [lang, FIRST_LANG]
        .into_iter()
        .find_map(|tried| Some((recording(view, block, tried)?, tried)));
    let Some((recording, shown)) = found else {
        return Ok(None);
    };
    let mut is_here = true;
    for hash in &recording.chunks {
        is_here &= recordings::has_chunk(connection, hash)?;
    }
    Ok(Some(RecordingView {
        lang: shown.to_owned(),
        milliseconds: recording.milliseconds,
        bytes: recording.bytes,
        is_here,
        is_fallback: shown != lang,
    }))
}
