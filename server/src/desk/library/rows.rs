//! The rows of the library.

use std::collections::BTreeMap;

use loive_documents::library::{ItemDocument, keys, merge};
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
    Ok(connection
        .prepare_cached("SELECT bytes FROM library_packs WHERE release = ?1 AND from_release = ?2")?
        .query_row(params![release, from], |row| row.get(0))
        .optional()?)
}
