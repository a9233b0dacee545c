//! Recordings at the desk: chunks beside the documents that name them.

use std::collections::{BTreeMap, BTreeSet};

use loive_documents::library::{CleanRecording, Fields, Recording, keys};
use loive_protocol::ChunkHash;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use super::{LibraryError, rows};
use crate::desk::Desk;

/// Keeps the chunks of a recording.
pub(super) fn keep(
    transaction: &Transaction<'_>,
    recording: &CleanRecording,
) -> Result<(), LibraryError> {
    let sql = "INSERT OR IGNORE INTO library_recordings (hash, bytes) VALUES (?1, ?2)";
    let mut insert = transaction.prepare_cached(sql)?;
    for chunk in recording.chunks() {
        insert.execute(params![ChunkHash::of(chunk).as_bytes(), chunk])?;
    }
    Ok(())
}

/// A chunk, if it is here.
pub(super) fn chunk(
    connection: &Connection,
    hash: &ChunkHash,
) -> Result<Option<Vec<u8>>, LibraryError> {
    let sql = "SELECT bytes FROM library_recordings WHERE hash = ?1";
    Ok(connection
        .prepare_cached(sql)?
        .query_row([hash.as_bytes()], |row| row.get(0))
        .optional()?)
}

/// Hashes of the chunks that are here, with their rows.
fn held(connection: &Connection) -> Result<BTreeMap<ChunkHash, i64>, LibraryError> {
    let mut statement = connection.prepare_cached("SELECT hash, number FROM library_recordings")?;
    let rows = statement.query_map([], |row| {
        Ok((ChunkHash::from_bytes(row.get(0)?), row.get(1)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// What the documents of a release name.
#[derive(Default)]
pub(super) struct Named {
    /// Every chunk.
    pub(super) chunks: BTreeSet<ChunkHash>,
    /// Every language that has a recording.
    pub(super) languages: BTreeSet<String>,
    /// Where each chunk is named first: item and block.
    places: BTreeMap<ChunkHash, (String, String)>,
}

impl Named {
    /// Adds the recordings of a document.
    ///
    /// # Errors
    /// [`LibraryError::NoRecording`] if it names one in no way that phones read.
    pub(super) fn add(&mut self, item: &str, fields: &Fields) -> Result<(), LibraryError> {
        for (key, value) in fields {
            let Some((lang, block)) = keys::recorded(key) else {
                continue;
            };
            let recording =
                Recording::from_value(value).ok_or_else(|| no_recording(item, block))?;
            self.languages.insert(lang.to_owned());
            for hash in recording.chunks {
                let place = (item.to_owned(), block.to_owned());
                self.places.entry(hash).or_insert(place);
                self.chunks.insert(hash);
            }
        }
        Ok(())
    }

    /// # Errors
    /// [`LibraryError::NoRecording`] if a chunk is not here.
    pub(super) fn check(&self, connection: &Connection) -> Result<(), LibraryError> {
        let held = held(connection)?;
        let lost = self
            .places
            .iter()
            .find(|(hash, _)| !held.contains_key(hash));
        match lost {
            Some((_, (item, block))) => Err(no_recording(item, block)),
            None => Ok(()),
        }
    }
}

fn no_recording(item: &str, block: &str) -> LibraryError {
    LibraryError::NoRecording {
        item: item.to_owned(),
        block: block.to_owned(),
    }
}

/// Drops the chunks that nothing names: no document as it stands, and no release
/// to which somebody may go back.
pub(super) fn sweep(transaction: &Transaction<'_>) -> Result<(), LibraryError> {
    let held = held(transaction)?;
    if held.is_empty() {
        return Ok(());
    }
    let mut kept = rows::listed_recordings(transaction)?;
    for (id, changes) in rows::all(transaction)? {
        for (key, value) in rows::document(&id, &changes, None)?.fields() {
            if keys::recorded(&key).is_some() {
                let recording = Recording::from_value(&value);
                kept.extend(recording.into_iter().flat_map(|it| it.chunks));
            }
        }
    }
    let sql = "DELETE FROM library_recordings WHERE number = ?1";
    let mut delete = transaction.prepare_cached(sql)?;
    for (hash, number) in held {
        if !kept.contains(&hash) {
            delete.execute([number])?;
        }
    }
    Ok(())
}

impl Desk {
    /// The recording that stands under a key of an item: an Ogg file with Opus;
    /// `None` if there is none.
    pub fn library_recording(
        &self,
        item: &str,
        key: &str,
    ) -> Result<Option<Vec<u8>>, LibraryError> {
        self.read_library(|connection| {
            let value = rows::load(connection, item)?.values(key).pop();
            let Some(recording) = value.as_deref().and_then(Recording::from_value) else {
                return Ok(None);
            };
            let mut chunks = Vec::new();
            for hash in &recording.chunks {
                match chunk(connection, hash)? {
                    Some(bytes) => chunks.push(bytes),
                    None => return Ok(None),
                }
            }
            Ok(recording.join(chunks.iter().map(Vec::as_slice)))
        })
    }
}
