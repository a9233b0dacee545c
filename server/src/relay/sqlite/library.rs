//! The rows of the library.

use std::collections::HashSet;

use loive_protocol::ChunkHash;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::relay::store::NewRelease;

/// Hands a release out from now on, if it is whole and later than the one before.
pub(super) fn put(transaction: &Transaction<'_>, new: &NewRelease) -> rusqlite::Result<()> {
    if !missing(transaction, &new.chunks, 1)?.is_empty() {
        return Ok(());
    }
    let replaced = transaction.execute(
        "INSERT INTO library_release (only_row, release, manifest) VALUES (1, ?1, ?2)
         ON CONFLICT (only_row) DO UPDATE
         SET release = excluded.release, manifest = excluded.manifest
         WHERE excluded.release > library_release.release",
        params![new.release, new.manifest],
    )?;
    if replaced == 1 {
        keep_only(transaction, &new.chunks)?;
    }
    Ok(())
}

fn keep_only(transaction: &Transaction<'_>, kept: &[ChunkHash]) -> rusqlite::Result<()> {
    // There may be thousands of both.
    let kept: HashSet<&ChunkHash> = kept.iter().collect();
    let held: Vec<(i64, [u8; 32])> = transaction
        .prepare_cached("SELECT number, hash FROM library_chunks")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut delete = transaction.prepare_cached("DELETE FROM library_chunks WHERE number = ?1")?;
    for (number, hash) in held {
        if !kept.contains(&ChunkHash::from_bytes(hash)) {
            delete.execute([number])?;
        }
    }
    Ok(())
}

pub(super) fn missing(
    connection: &Connection,
    hashes: &[ChunkHash],
    limit: usize,
) -> rusqlite::Result<Vec<ChunkHash>> {
    let mut find = connection.prepare_cached("SELECT 1 FROM library_chunks WHERE hash = ?1")?;
    let mut missing = Vec::new();
    for hash in hashes {
        if missing.len() == limit {
            break;
        }
        if !find.exists([hash.as_bytes()])? {
            missing.push(*hash);
        }
    }
    Ok(missing)
}

pub(super) fn manifest(connection: &Connection) -> rusqlite::Result<Option<Vec<u8>>> {
    connection
        .prepare_cached("SELECT manifest FROM library_release")?
        .query_row([], |row| row.get(0))
        .optional()
}

pub(super) fn chunk(
    connection: &Connection,
    hash: &ChunkHash,
) -> rusqlite::Result<Option<Vec<u8>>> {
    connection
        .prepare_cached("SELECT bytes FROM library_chunks WHERE hash = ?1")?
        .query_row([hash.as_bytes()], |row| row.get(0))
        .optional()
}
