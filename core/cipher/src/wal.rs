use rusqlite::Connection;

/// Folds the write-ahead log into the database and cuts it to nothing.
///
/// What was deleted is overwritten in the database (`secure_delete`), but its
/// earlier pages stay in the log until they happen to be written over. Whoever
/// erases something calls this after the commit.
///
/// `false` means that a reader or another writer was in the way and the log may
/// still hold old pages: try again later.
pub fn fold_wal(conn: &Connection) -> rusqlite::Result<bool> {
    conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| {
        let blocked: i64 = row.get(0)?;
        Ok(blocked == 0)
    })
}
