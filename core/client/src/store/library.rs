//! The library's rows: where it stands, its documents, and their projections.

use loive_documents::fold::{fold, sound, words};
use loive_documents::library::{Fields, ItemDocument, ItemView, keys};
use loive_protocol::{ChunkHash, SignedManifest, Wire as _};
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction};

use crate::error::PhoneError;
use crate::store::meta::{signed, unsigned};
use crate::store::recordings;

/// Where the library stands.
pub(crate) struct State {
    pub(crate) release: u32,
    pub(crate) manifest: Option<SignedManifest>,
    pub(crate) seen: u32,
    pub(crate) root_serial: u32,
    pub(crate) pending: Option<SignedManifest>,
    /// The delta did not fit what is here: everything is wanted.
    pub(crate) is_whole_wanted: bool,
    /// The release that may be fetched over mobile data, whatever its size.
    pub(crate) allowed: u32,
    pub(crate) refused: u32,
    pub(crate) unasked_bytes: u32,
    pub(crate) bytes_fetched: u64,
    /// When the relay was asked last, in seconds that this phone has seen pass.
    pub(crate) asked: Option<u64>,
    /// The release whose recordings may be fetched over mobile data.
    pub(crate) recordings_allowed: u32,
    /// When the relay had none of the recordings that are wanted, likewise.
    pub(crate) recordings_missed: Option<u64>,
}

pub(crate) fn state(connection: &Connection) -> Result<State, PhoneError> {
    let mut statement = connection.prepare_cached(
        "SELECT release, manifest, seen, root_serial, pending, whole_wanted, allowed, refused,
                unasked_bytes, bytes_fetched, asked, recordings_allowed, recordings_missed
         FROM library_state",
    )?;
    let state = statement.query_row([], |row| {
        Ok(State {
            release: number(row, 0)?,
            manifest: manifest(row, 1)?,
            seen: number(row, 2)?,
            root_serial: number(row, 3)?,
            pending: manifest(row, 4)?,
            is_whole_wanted: row.get(5)?,
            allowed: number(row, 6)?,
            refused: number(row, 7)?,
            unasked_bytes: number(row, 8)?,
            bytes_fetched: unsigned(row.get(9)?),
            asked: row.get::<_, Option<i64>>(10)?.map(unsigned),
            recordings_allowed: number(row, 11)?,
            recordings_missed: row.get::<_, Option<i64>>(12)?.map(unsigned),
        })
    })?;
    Ok(state)
}

fn number(row: &Row<'_>, index: usize) -> rusqlite::Result<u32> {
    Ok(u32::try_from(row.get::<_, i64>(index)?).unwrap_or_default())
}

/// A manifest that cannot be read any more is fetched anew.
fn manifest(row: &Row<'_>, index: usize) -> rusqlite::Result<Option<SignedManifest>> {
    let bytes: Option<Vec<u8>> = row.get(index)?;
    Ok(bytes.and_then(|bytes| SignedManifest::from_bytes(&bytes).ok()))
}

/// Notes a verified manifest whose chunks are to be fetched. What was fetched of
/// another one stays only as far as it is part of this one too.
pub(crate) fn begin(
    tx: &Transaction<'_>,
    manifest: &SignedManifest,
    release: u32,
    chunks: &[ChunkHash],
) -> Result<(), PhoneError> {
    tx.execute(
        "UPDATE library_state SET pending = ?1, seen = max(seen, ?2), whole_wanted = 0,
                root_serial = max(root_serial, ?3)",
        (manifest.to_bytes(), release, manifest.root_serial()),
    )?;
    keep_chunks(tx, chunks)
}

/// Forgets every chunk but these.
pub(crate) fn keep_chunks(tx: &Transaction<'_>, wanted: &[ChunkHash]) -> Result<(), PhoneError> {
    let held: Vec<[u8; 32]> = tx
        .prepare_cached("SELECT hash FROM library_chunks")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for hash in held {
        if !wanted.contains(&ChunkHash::from_bytes(hash)) {
            tx.execute("DELETE FROM library_chunks WHERE hash = ?1", [hash])?;
        }
    }
    Ok(())
}

pub(crate) fn chunk(
    connection: &Connection,
    hash: &ChunkHash,
) -> Result<Option<Vec<u8>>, PhoneError> {
    Ok(connection
        .prepare_cached("SELECT bytes FROM library_chunks WHERE hash = ?1")?
        .query_row([hash.as_bytes()], |row| row.get(0))
        .optional()?)
}

pub(crate) fn has_chunk(connection: &Connection, hash: &ChunkHash) -> Result<bool, PhoneError> {
    Ok(connection
        .prepare_cached("SELECT 1 FROM library_chunks WHERE hash = ?1")?
        .exists([hash.as_bytes()])?)
}

pub(crate) fn keep_chunk(
    tx: &Transaction<'_>,
    hash: &ChunkHash,
    bytes: &[u8],
) -> Result<(), PhoneError> {
    tx.prepare_cached("INSERT OR IGNORE INTO library_chunks (hash, bytes) VALUES (?1, ?2)")?
        .execute((hash.as_bytes(), bytes))?;
    count_fetched(tx, bytes)
}

/// Counts the bytes of a chunk that came over the network.
pub(crate) fn count_fetched(tx: &Transaction<'_>, chunk: &[u8]) -> Result<(), PhoneError> {
    tx.execute(
        "UPDATE library_state SET bytes_fetched = bytes_fetched + ?1",
        [signed(chunk.len() as u64)],
    )?;
    Ok(())
}

/// Everything is wanted instead of what changed.
pub(crate) fn want_whole(tx: &Transaction<'_>) -> Result<(), PhoneError> {
    tx.execute("UPDATE library_state SET whole_wanted = 1", [])?;
    keep_chunks(tx, &[])
}

/// Gives up a release that is not what it says.
pub(crate) fn refuse(tx: &Transaction<'_>, release: u32) -> Result<(), PhoneError> {
    tx.execute(
        "UPDATE library_state SET pending = NULL, whole_wanted = 0, refused = ?1",
        [release],
    )?;
    keep_chunks(tx, &[])
}

/// Notes when the relay was asked, or that it is to be asked again at once.
pub(crate) fn set_asked(tx: &Transaction<'_>, observed: Option<u64>) -> Result<(), PhoneError> {
    tx.execute(
        "UPDATE library_state SET asked = ?1",
        [observed.map(signed)],
    )?;
    Ok(())
}

pub(crate) fn allow(tx: &Transaction<'_>, release: u32) -> Result<(), PhoneError> {
    tx.execute("UPDATE library_state SET allowed = ?1", [release])?;
    Ok(())
}

pub(crate) fn set_unasked_bytes(tx: &Transaction<'_>, bytes: u32) -> Result<(), PhoneError> {
    tx.execute("UPDATE library_state SET unasked_bytes = ?1", [bytes])?;
    Ok(())
}

/// The release is whole and shown from now on.
pub(crate) fn finish(
    tx: &Transaction<'_>,
    manifest: &SignedManifest,
    release: u32,
) -> Result<(), PhoneError> {
    tx.execute(
        "UPDATE library_state SET release = ?2, manifest = ?1, pending = NULL, whole_wanted = 0,
                refused = 0, seen = max(seen, ?2), root_serial = max(root_serial, ?3),
                recordings_missed = NULL",
        (manifest.to_bytes(), release, manifest.root_serial()),
    )?;
    keep_chunks(tx, &[])?;
    recordings::prune(tx)
}

/// Ids and heads of all documents, by id.
pub(crate) fn heads(
    connection: &Connection,
) -> Result<std::collections::BTreeMap<String, Vec<[u8; 32]>>, PhoneError> {
    let mut statement = connection.prepare_cached("SELECT id, heads FROM library_items")?;
    let rows = statement.query_map([], |row| {
        let heads: Vec<u8> = row.get(1)?;
        Ok((row.get(0)?, heads.as_chunks().0.to_vec()))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Ids of all documents, in order.
pub(crate) fn ids(connection: &Connection) -> Result<Vec<String>, PhoneError> {
    let mut statement = connection.prepare_cached("SELECT id FROM library_items ORDER BY id")?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The changes of one document, each after what it depends on.
pub(crate) fn changes(connection: &Connection, item: &str) -> Result<Vec<Vec<u8>>, PhoneError> {
    let mut statement =
        connection.prepare_cached("SELECT raw FROM library_changes WHERE item = ?1 ORDER BY id")?;
    let rows = statement.query_map([item], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(crate) fn delete_all(tx: &Transaction<'_>) -> Result<(), PhoneError> {
    tx.execute_batch(
        "DELETE FROM library_items; DELETE FROM library_search;
         INSERT INTO library_sounds (library_sounds) VALUES ('delete-all');",
    )?;
    Ok(())
}

/// Puts a document and its projections in place of what was there.
pub(crate) fn put(
    tx: &Transaction<'_>,
    id: &str,
    document: &ItemDocument,
) -> Result<(), PhoneError> {
    tx.prepare_cached("DELETE FROM library_items WHERE id = ?1")?
        .execute([id])?;
    forget_words(tx, id)?;
    let fields = document.fields();
    let view = ItemView::new(id, &fields);
    tx.prepare_cached("INSERT INTO library_items (id, kind, heads) VALUES (?1, ?2, ?3)")?
        .execute((
            id,
            view.get(keys::KIND).unwrap_or_default(),
            document.heads().concat(),
        ))?;
    for raw in document.changes() {
        tx.prepare_cached("INSERT INTO library_changes (item, raw) VALUES (?1, ?2)")?
            .execute((id, raw))?;
    }
    project(tx, &view, &fields)
}

fn project(tx: &Transaction<'_>, view: &ItemView<'_>, fields: &Fields) -> Result<(), PhoneError> {
    let mut insert =
        tx.prepare_cached("INSERT INTO library_fields (item, key, value) VALUES (?1, ?2, ?3)")?;
    for (key, value) in fields {
        insert.execute((view.id, key, value))?;
    }
    if !view
        .kind()
        .is_some_and(loive_documents::library::Kind::is_page)
    {
        return Ok(());
    }
    for lang in view.languages() {
        index(tx, view, lang)?;
    }
    Ok(())
}

/// The line in lists and the row for searching, in one language.
fn index(tx: &Transaction<'_>, view: &ItemView<'_>, lang: &str) -> Result<(), PhoneError> {
    let title = view.title(lang).unwrap_or_default();
    let summary = view.summary(lang).unwrap_or_default();
    tx.prepare_cached(
        "INSERT INTO library_lines (lang, item, kind, title, summary, topics, audience, picture)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute((
        lang,
        view.id,
        view.get(keys::KIND).unwrap_or_default(),
        title,
        summary,
        view.get(keys::TOPICS).unwrap_or_default(),
        view.get(keys::AUDIENCE).unwrap_or_default(),
        view.get(keys::PICTURE),
    ))?;
    let body: Vec<&str> = view
        .blocks()
        .filter_map(|block| view.text(lang, block.id))
        .collect();
    let (title, summary, body) = (fold(title), fold(summary), fold(&body.join("\n")));
    let heard: Vec<String> = [&title, &summary, &body]
        .iter()
        .flat_map(|text| words(text))
        .map(sound)
        .collect();
    tx.prepare_cached(
        "INSERT INTO library_search (title, summary, body, item, lang)
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute((title, summary, body, view.id, lang))?;
    let row = tx.last_insert_rowid();
    tx.prepare_cached("INSERT INTO library_sounds (rowid, words) VALUES (?1, ?2)")?
        .execute((row, heard.join(" ")))?;
    Ok(())
}

/// Takes an item out of the search. Rows of an item are found by its lines, so
/// that nothing is searched for that was never there.
fn forget_words(tx: &Transaction<'_>, id: &str) -> Result<(), PhoneError> {
    let rows: Vec<i64> = tx
        .prepare_cached("SELECT rowid FROM library_search WHERE item = ?1")?
        .query_map([id], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for row in rows {
        tx.prepare_cached("DELETE FROM library_search WHERE rowid = ?1")?
            .execute([row])?;
        tx.prepare_cached("DELETE FROM library_sounds WHERE rowid = ?1")?
            .execute([row])?;
    }
    Ok(())
}

/// The strings of one item; `None` if there is no such item.
pub(crate) fn fields(connection: &Connection, item: &str) -> Result<Option<Fields>, PhoneError> {
    let mut statement =
        connection.prepare_cached("SELECT key, value FROM library_fields WHERE item = ?1")?;
    let rows = statement.query_map([item], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let fields: Fields = rows.collect::<Result<_, _>>()?;
    Ok((!fields.is_empty()).then_some(fields))
}

/// The words of all blocks of an item in one language, by the blocks' ids.
pub(crate) fn texts(
    connection: &Connection,
    item: &str,
    lang: &str,
) -> Result<Vec<String>, PhoneError> {
    let from = keys::text(lang, "");
    // `/` is the next letter after `.`.
    let until = format!("{}/", from.trim_end_matches('.'));
    let mut statement = connection.prepare_cached(
        "SELECT value FROM library_fields WHERE item = ?1 AND key >= ?2 AND key < ?3",
    )?;
    let rows = statement.query_map([item, &from, &until], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The strings of every item of a kind, in order.
pub(crate) fn fields_of_kind(
    connection: &Connection,
    kind: &str,
) -> Result<Vec<(String, Fields)>, PhoneError> {
    let mut statement = connection.prepare_cached(
        "SELECT item, key, value FROM library_items
         JOIN library_fields ON library_fields.item = library_items.id
         WHERE kind = ?1 ORDER BY library_items.id",
    )?;
    let mut rows = statement.query([kind])?;
    let mut items: Vec<(String, Fields)> = Vec::new();
    while let Some(row) = rows.next()? {
        let item: String = row.get(0)?;
        if items.last().is_none_or(|(id, _)| *id != item) {
            items.push((item, Fields::new()));
        }
        if let Some((_, fields)) = items.last_mut() {
            fields.insert(row.get(1)?, row.get(2)?);
        }
    }
    Ok(items)
}
