//! The rows of the library.

use std::collections::{BTreeMap, BTreeSet};

use loive_documents::library::{ItemDocument, keys, merge};
use loive_protocol::{ChunkHash, PackError, Packed, read_recordings};
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use super::LibraryError;
use crate::desk::store::{int, uint};

/// A change that is stored, and the release in which it first went out.
pub(super) struct ChangeRow {
    pub(super) raw: Vec<u8>,
    pub(super) release: Option<u32>,
}

/// Changes by document, each after what it depends on.
pub(super) type Changes = BTreeMap<String, Vec<ChangeRow>>;

/// Whether a document may go into a release.
pub(super) fn is_published(item: &str) -> bool {
    !item.ends_with(keys::DRAFT_SUFFIX)
}

/// Every change of every document, drafts included.
pub(super) fn all(connection: &Connection) -> Result<Changes, LibraryError> {
    let mut statement = connection
        .prepare_cached("SELECT item, raw, release FROM library_changes ORDER BY number")?;
    let mut rows = statement.query([])?;
    let mut changes = Changes::new();
    while let Some(row) = rows.next()? {
        let change = ChangeRow {
            raw: row.get(1)?,
            release: row.get(2)?,
        };
        changes.entry(row.get(0)?).or_default().push(change);
    }
    Ok(changes)
}

/// A document, as of a release or as it stands.
pub(super) fn document(
    item: &str,
    changes: &[ChangeRow],
    as_of: Option<u32>,
) -> Result<ItemDocument, LibraryError> {
    let wanted = changes.iter().filter(|change| match as_of {
        Some(release) => change.release.is_some_and(|first| first <= release),
        None => true,
    });
    merge([], wanted.map(|change| change.raw.as_slice())).map_err(|error| LibraryError::Read {
        item: item.to_owned(),
        error,
    })
}

/// The document of an item; an empty one if there is none.
pub(super) fn load(connection: &Connection, item: &str) -> Result<ItemDocument, LibraryError> {
    let rows: Vec<Vec<u8>> = connection
        .prepare_cached("SELECT raw FROM library_changes WHERE item = ?1 ORDER BY number")?
        .query_map([item], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    if rows.is_empty() {
        return Ok(ItemDocument::new());
    }
    merge([], rows.iter().map(Vec::as_slice)).map_err(|error| LibraryError::Read {
        item: item.to_owned(),
        error,
    })
}

pub(super) fn insert(
    transaction: &Transaction<'_>,
    item: &str,
    raw: &[u8],
    at: u64,
) -> Result<(), LibraryError> {
    transaction
        .prepare_cached("INSERT INTO library_changes (item, raw, written_at) VALUES (?1, ?2, ?3)")?
        .execute(params![item, raw, int(at)])?;
    Ok(())
}

/// Under this in the place of the earlier release lies the list of the chunks of
/// recordings.
const RECORDINGS: i64 = -1;

/// Keeps the bytes of a pack of a release.
pub(super) fn insert_pack(
    transaction: &Transaction<'_>,
    release: u32,
    packed: &Packed,
) -> Result<(), LibraryError> {
    insert_bytes(transaction, release, packed.pack.from.into(), &packed.bytes)
}

/// Keeps the list of a release's recordings.
pub(super) fn insert_recordings(
    transaction: &Transaction<'_>,
    release: u32,
    packed: &Packed,
) -> Result<(), LibraryError> {
    insert_bytes(transaction, release, RECORDINGS, &packed.bytes)
}

fn insert_bytes(
    transaction: &Transaction<'_>,
    release: u32,
    from: i64,
    bytes: &[u8],
) -> Result<(), LibraryError> {
    transaction
        .prepare_cached(
            "INSERT INTO library_packs (release, from_release, bytes) VALUES (?1, ?2, ?3)",
        )?
        .execute(params![release, from, bytes])?;
    Ok(())
}

/// The list of a release's recordings.
pub(super) fn recordings(
    connection: &Connection,
    release: u32,
) -> Result<Option<Vec<u8>>, LibraryError> {
    bytes(connection, release, RECORDINGS)
}

/// Every chunk of a recording that a kept list names.
pub(super) fn listed_recordings(
    connection: &Connection,
) -> Result<BTreeSet<ChunkHash>, LibraryError> {
    let sql = "SELECT bytes FROM library_packs WHERE from_release = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let mut lists = statement.query([RECORDINGS])?;
    let mut listed = BTreeSet::new();
    while let Some(row) = lists.next()? {
        let bytes: Vec<u8> = row.get(0)?;
        // A list that this desk made.
        listed.extend(read_recordings(&bytes).map_err(PackError::from)?);
    }
    Ok(listed)
}

/// Forgets packs but those of the release that is handed out. What a published
/// release names can still be heard when somebody goes back to it: its list stays.
pub(super) fn drop_old_packs(transaction: &Transaction<'_>) -> Result<(), LibraryError> {
    transaction.execute(
        "DELETE FROM library_packs WHERE release NOT IN (
             SELECT max(release) FROM library_releases WHERE published_at IS NOT NULL)
         AND NOT (from_release = ?1 AND release IN (
             SELECT release FROM library_releases WHERE published_at IS NOT NULL))",
        [RECORDINGS],
    )?;
    Ok(())
}

/// Whether part of a document has not gone out yet.
pub(super) fn has_unpublished(connection: &Connection, item: &str) -> Result<bool, LibraryError> {
    Ok(connection
        .prepare_cached("SELECT 1 FROM library_changes WHERE item = ?1 AND release IS NULL")?
        .exists([item])?)
}

/// Number of the last change of any document; 0: none.
pub(super) fn last_change(connection: &Connection) -> Result<u64, LibraryError> {
    let number: i64 = connection.query_row(
        "SELECT coalesce(max(number), 0) FROM library_changes",
        [],
        |row| row.get(0),
    )?;
    Ok(uint(number))
}

/// The highest number that was ever given; 0: none.
pub(super) fn last_release(connection: &Connection) -> Result<u32, LibraryError> {
    Ok(connection.query_row(
        "SELECT coalesce(max(release), 0) FROM library_releases",
        [],
        |row| row.get(0),
    )?)
}

/// The signed manifest of the latest release that is published.
pub(super) fn published(connection: &Connection) -> Result<Option<(u32, Vec<u8>)>, LibraryError> {
    Ok(connection
        .prepare_cached(
            "SELECT release, signed FROM library_releases
             WHERE published_at IS NOT NULL AND signed IS NOT NULL
             ORDER BY release DESC LIMIT 1",
        )?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?)
}

pub(super) fn pack(
    connection: &Connection,
    release: u32,
    from: u32,
) -> Result<Option<Vec<u8>>, LibraryError> {
    bytes(connection, release, from.into())
}

fn bytes(
    connection: &Connection,
    release: u32,
    from: i64,
) -> Result<Option<Vec<u8>>, LibraryError> {
    Ok(connection
        .prepare_cached("SELECT bytes FROM library_packs WHERE release = ?1 AND from_release = ?2")?
        .query_row(params![release, from], |row| row.get(0))
        .optional()?)
}
