//! Recordings: which there are, in which languages somebody wants to hear them,
//! and what has arrived of those.

use std::collections::{BTreeSet, HashSet};

use loive_documents::library::{Recording, keys};
use loive_protocol::ChunkHash;
use loive_protocol::limits::LIBRARY_CHUNK_BYTES;
use rusqlite::{Connection, OptionalExtension as _, Transaction};

use super::library::count_fetched;
use super::meta::signed;
use crate::error::PhoneError;

/// A recording that the library has.
pub(crate) struct Recorded {
    pub(crate) lang: String,
    pub(crate) recording: Recording,
}

/// Chunks that are wanted and not here, in the order in which they are asked for.
#[derive(Default)]
pub(crate) struct Missing {
    pub(crate) chunks: Vec<ChunkHash>,
    pub(crate) bytes: u64,
}

/// All recordings, item by item. What cannot be read is not there.
pub(crate) fn all(connection: &Connection) -> Result<Vec<Recorded>, PhoneError> {
    // The range is the one of the index, word by word.
    let mut statement = connection.prepare_cached(
        "SELECT key, value FROM library_fields
         WHERE key >= 'audio.' AND key < 'audio/' ORDER BY item, key",
    )?;
    let mut rows = statement.query([])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let (key, value): (String, String) = (row.get(0)?, row.get(1)?);
        let lang = keys::recorded(&key).map(|(lang, _)| lang.to_owned());
        if let (Some(lang), Some(recording)) = (lang, Recording::from_value(&value)) {
            all.push(Recorded { lang, recording });
        }
    }
    Ok(all)
}

/// The languages in which somebody wants to hear recordings.
pub(crate) fn heard(connection: &Connection) -> Result<BTreeSet<String>, PhoneError> {
    Ok(connection
        .prepare_cached("SELECT lang FROM heard_languages")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?)
}

pub(crate) fn hear(tx: &Transaction<'_>, lang: &str) -> Result<(), PhoneError> {
    tx.execute(
        "INSERT OR IGNORE INTO heard_languages (lang) VALUES (?1)",
        [lang],
    )?;
    set_missed(tx, None)
}

/// Forgets a language and what arrived for it alone. The caller scrubs.
pub(crate) fn forget(tx: &Transaction<'_>, lang: &str) -> Result<(), PhoneError> {
    tx.execute("DELETE FROM heard_languages WHERE lang = ?1", [lang])?;
    prune(tx)
}

/// Forgets all of it. The caller scrubs.
pub(crate) fn erase(tx: &Transaction<'_>) -> Result<(), PhoneError> {
    tx.execute_batch("DELETE FROM heard_languages; DELETE FROM recording_chunks;")?;
    allow(tx, 0)?;
    set_missed(tx, None)
}

/// What is wanted and not here.
pub(crate) fn missing(connection: &Connection) -> Result<Missing, PhoneError> {
    let heard = heard(connection)?;
    let mut missing = Missing::default();
    if heard.is_empty() {
        return Ok(missing);
    }
    // Several blocks may have the same sound.
    let mut known = here(connection)?;
    for one in all(connection)?
        .iter()
        .filter(|one| heard.contains(&one.lang))
    {
        for (hash, bytes) in lengths(&one.recording) {
            if known.insert(*hash) {
                missing.chunks.push(*hash);
                missing.bytes += bytes;
            }
        }
    }
    Ok(missing)
}

/// The chunks of a recording, each with its length in bytes.
pub(crate) fn lengths(recording: &Recording) -> impl Iterator<Item = (&ChunkHash, u64)> {
    let whole = LIBRARY_CHUNK_BYTES as u64;
    let mut left = u64::from(recording.bytes);
    recording.chunks.iter().map(move |hash| {
        let bytes = left.min(whole);
        left -= bytes;
        (hash, bytes)
    })
}

/// The chunks that have arrived.
pub(crate) fn here(connection: &Connection) -> Result<HashSet<ChunkHash>, PhoneError> {
    Ok(connection
        .prepare_cached("SELECT hash FROM recording_chunks")?
        .query_map([], |row| row.get(0).map(ChunkHash::from_bytes))?
        .collect::<Result<_, _>>()?)
}

pub(crate) fn has_chunk(connection: &Connection, hash: &ChunkHash) -> Result<bool, PhoneError> {
    Ok(connection
        .prepare_cached("SELECT 1 FROM recording_chunks WHERE hash = ?1")?
        .exists([hash.as_bytes()])?)
}

pub(crate) fn chunk(
    connection: &Connection,
    hash: &ChunkHash,
) -> Result<Option<Vec<u8>>, PhoneError> {
    Ok(connection
        .prepare_cached("SELECT bytes FROM recording_chunks WHERE hash = ?1")?
        .query_row([hash.as_bytes()], |row| row.get(0))
        .optional()?)
}

pub(crate) fn keep_chunk(
    tx: &Transaction<'_>,
    hash: &ChunkHash,
    bytes: &[u8],
) -> Result<(), PhoneError> {
    tx.prepare_cached("INSERT OR IGNORE INTO recording_chunks (hash, bytes) VALUES (?1, ?2)")?
        .execute((hash.as_bytes(), bytes))?;
    count_fetched(tx, bytes)
}

/// Drops every chunk that no recording in a wanted language names any more.
pub(crate) fn prune(tx: &Transaction<'_>) -> Result<(), PhoneError> {
    let here = here(tx)?;
    if here.is_empty() {
        return Ok(());
    }
    let heard = heard(tx)?;
    let named: HashSet<ChunkHash> = all(tx)?
        .into_iter()
        .filter(|one| heard.contains(&one.lang))
        .flat_map(|one| one.recording.chunks)
        .collect();
    for hash in here.difference(&named) {
        tx.prepare_cached("DELETE FROM recording_chunks WHERE hash = ?1")?
            .execute([hash.as_bytes()])?;
    }
    Ok(())
}

/// The recordings of this release may be fetched over mobile data.
pub(crate) fn allow(tx: &Transaction<'_>, release: u32) -> Result<(), PhoneError> {
    tx.execute(
        "UPDATE library_state SET recordings_allowed = ?1",
        [release],
    )?;
    Ok(())
}

/// Notes when the relay had none of what is wanted, in seconds that this phone has
/// seen pass, or that it is to be asked at once.
pub(crate) fn set_missed(tx: &Transaction<'_>, observed: Option<u64>) -> Result<(), PhoneError> {
    tx.execute(
        "UPDATE library_state SET recordings_missed = ?1",
        [observed.map(signed)],
    )?;
    Ok(())
}
