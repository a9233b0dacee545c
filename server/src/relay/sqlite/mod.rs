//! The log in one encrypted `SQLite` file.
//!
//! One connection writes, a few read. `SQLite` lets one transaction write at a
//! time and shows readers only what is committed, so the order of sequences is
//! the order of commits and a cursor cannot skip one.

mod library;
mod pen;
mod schema;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use loive_cipher::{MigrateError, OpenError, Options, StoreKey};
use loive_protocol::{Address, ChunkHash, LogId};
use rusqlite::{Connection, ErrorCode, OptionalExtension, TransactionBehavior, params};

use self::pen::Pen;
use super::mark::{self, Mark};
use super::store::{
    Committed, Forget, Forgotten, Head, LogStore, StoreError, StoredEnvelope, StoredPage, Write,
};
use crate::clock::Env;

/// Connections that read at the same time.
const READERS_COUNT: usize = 3;
/// What a row costs in a page beside its bytes: two integers and their frame.
const ROW_OVERHEAD_BYTES: usize = 24;

/// SQLCipher's pages, unless it says otherwise.
const PAGE_BYTES: i64 = 4_096;

/// How the file is opened.
#[derive(Debug, Clone, Copy, Default)]
pub struct SqliteOptions {
    /// The file's largest size in bytes; beyond it the store says that it is
    /// full, while reading and forgetting go on. `None`: as large as the disk.
    pub max_bytes: Option<u64>,
    /// Begin a new log: the administrator says that the file was restored.
    pub new_log: bool,
}

/// What was found when the file was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opened {
    /// There was nothing; this is a first start.
    Fresh,
    /// The log goes on.
    Same,
    /// The file is older than its mark (`relay.mark`, see the crate's page): a new log.
    Restored,
    /// A new log, because the administrator asked for one.
    Asked,
}

/// Why the relay's store did not open.
#[derive(Debug, thiserror::Error)]
pub enum SqliteOpenError {
    /// The file.
    #[error("relay.db: {0}")]
    Open(#[from] OpenError),
    /// Its tables.
    #[error("relay.db: {0}")]
    Migrate(#[from] MigrateError),
    /// Its first read or write.
    #[error("relay.db: {0}")]
    Store(#[from] StoreError),
    /// The mark beside it.
    #[error("relay.mark, beside relay.db, cannot be read or written: {0}")]
    Mark(#[source] std::io::Error),
}

/// The store.
pub struct SqliteStore {
    writer: Mutex<Writer>,
    readers: Vec<Mutex<Connection>>,
    /// Whose turn it is when all readers are taken.
    turn: AtomicUsize,
    opened: Opened,
}

struct Writer {
    connection: Connection,
    mark: Mark,
    /// Erased bytes still lie in the write-ahead log.
    erased: bool,
    mark_failed: bool,
}

impl SqliteStore {
    /// Opens the file at `path`, or makes it.
    pub fn open(
        path: &Path,
        key: &StoreKey,
        options: SqliteOptions,
        env: &Env,
    ) -> Result<Self, SqliteOpenError> {
        let mut connection = loive_cipher::open(path, key, Options::default())?;
        loive_cipher::migrate(&mut connection, schema::MIGRATIONS)?;
        limit_size(&connection, options.max_bytes).map_err(to_store_error)?;

        let mark_path: PathBuf = mark::path_beside(path);
        let fresh = LogId::from_bytes(env.random());
        let (head, opened) = identify(&connection, &mark_path, options.new_log, fresh)?;
        let mark = Mark::open(&mark_path, head).map_err(SqliteOpenError::Mark)?;

        let readers = (0..READERS_COUNT)
            .map(|_| loive_cipher::open(path, key, Options::default()).map(Mutex::new))
            .collect::<Result<_, _>>()?;
        let writer = Mutex::new(Writer {
            connection,
            mark,
            erased: false,
            mark_failed: false,
        });
        Ok(Self {
            writer,
            readers,
            turn: AtomicUsize::new(0),
            opened,
        })
    }

    /// What was found when the file was opened.
    pub const fn opened(&self) -> Opened {
        self.opened
    }

    fn writer(&self) -> MutexGuard<'_, Writer> {
        // A panic in the middle of a transaction rolled it back when it unwound.
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reader(&self) -> Result<MutexGuard<'_, Connection>, StoreError> {
        for reader in &self.readers {
            match reader.try_lock() {
                Ok(guard) => return Ok(guard),
                Err(TryLockError::Poisoned(poisoned)) => return Ok(poisoned.into_inner()),
                Err(TryLockError::WouldBlock) => {}
            }
        }
        let turn = self.turn.fetch_add(1, Ordering::Relaxed) % self.readers.len().max(1);
        let reader = self
            .readers
            .get(turn)
            .ok_or(StoreError::Failed { code: 0 })?;
        Ok(reader.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl LogStore for SqliteStore {
    fn head(&self) -> Result<Head, StoreError> {
        read_log_row(&*self.reader()?).map_err(to_store_error)
    }

    fn commit(&self, batch: &[Write]) -> Result<Committed, StoreError> {
        let mut writer = self.writer();
        let transaction = writer
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(to_store_error)?;
        let mut pen = Pen::new(&transaction).map_err(to_store_error)?;
        let written = batch
            .iter()
            .map(|write| pen.write(write))
            .collect::<rusqlite::Result<Vec<_>>>()
            .map_err(to_store_error)?;
        pen.finish().map_err(to_store_error)?;
        let (head, erased) = (pen.head, pen.erased);
        transaction.commit().map_err(to_store_error)?;
        writer.erased |= erased;
        writer.note(head);
        Ok(Committed {
            log: head.log,
            written,
        })
    }

    fn read(
        &self,
        address: &Address,
        after: u64,
        budget_bytes: usize,
        limit: usize,
    ) -> Result<StoredPage, StoreError> {
        let mut reader = self.reader()?;
        read_page(&mut reader, address, after, budget_bytes, limit).map_err(to_store_error)
    }

    fn locker(&self, address: &Address, now: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.reader()?
            .prepare_cached("SELECT bytes FROM lockers WHERE address = ?1 AND expires_at > ?2")
            .and_then(|mut statement| {
                statement
                    .query_row(params![address.as_bytes(), signed(now)], |row| row.get(0))
                    .optional()
            })
            .map_err(to_store_error)
    }

    fn certificates(&self) -> Result<Option<Vec<u8>>, StoreError> {
        self.reader()?
            .query_row("SELECT list FROM certificates", [], |row| row.get(0))
            .optional()
            .map_err(to_store_error)
    }

    fn library(&self) -> Result<Option<Vec<u8>>, StoreError> {
        library::manifest(&*self.reader()?).map_err(to_store_error)
    }

    fn library_chunk(&self, hash: &ChunkHash) -> Result<Option<Vec<u8>>, StoreError> {
        library::chunk(&*self.reader()?, hash).map_err(to_store_error)
    }

    fn library_missing(
        &self,
        hashes: &[ChunkHash],
        limit: usize,
    ) -> Result<Vec<ChunkHash>, StoreError> {
        library::missing(&*self.reader()?, hashes, limit).map_err(to_store_error)
    }

    fn forget(&self, rule: &Forget) -> Result<Forgotten, StoreError> {
        let mut writer = self.writer();
        let forgotten = forget(&mut writer.connection, rule).map_err(to_store_error)?;
        writer.erased |= forgotten != Forgotten::default();
        if writer.erased && !forgotten.more {
            // A reader in the way is no failure: the next call tries again.
            writer.erased = !loive_cipher::fold_wal(&writer.connection).map_err(to_store_error)?;
        }
        Ok(forgotten)
    }

    fn begin_log(&self, log: LogId) -> Result<(), StoreError> {
        let mut writer = self.writer();
        rename_log(&writer.connection, log).map_err(to_store_error)?;
        let head = read_log_row(&writer.connection).map_err(to_store_error)?;
        writer.note(head);
        writer.flush_mark();
        Ok(())
    }

    fn settle(&self) -> Result<(), StoreError> {
        let mut writer = self.writer();
        writer.flush_mark();
        loive_cipher::fold_wal(&writer.connection).map_err(to_store_error)?;
        Ok(())
    }
}

impl Writer {
    /// Notes the head in the mark. A mark that cannot be written withholds no
    /// acknowledgement: the commit *is* durable, only a later restore might go
    /// unnoticed, and that is said once.
    fn note(&mut self, head: Head) {
        let noted = self.mark.note(head);
        self.report(noted);
    }

    fn flush_mark(&mut self) {
        let flushed = self.mark.flush();
        self.report(flushed);
    }

    fn report(&mut self, result: std::io::Result<()>) {
        match result {
            Ok(()) => self.mark_failed = false,
            Err(error) if !self.mark_failed => {
                self.mark_failed = true;
                tracing::warn!(
                    kind = %error.kind(),
                    "relay.mark cannot be written; a restore of relay.db from an older copy \
                     may go unnoticed: after one, start with --new-log"
                );
            }
            Err(_) => {}
        }
    }
}

/// Finds out which log this is; see [`mark`](super::mark).
fn identify(
    connection: &Connection,
    mark_path: &Path,
    asked: bool,
    fresh: LogId,
) -> Result<(Head, Opened), SqliteOpenError> {
    let started = connection
        .execute(
            "INSERT OR IGNORE INTO log (only_row, id, highest) VALUES (1, ?1, 0)",
            [fresh.as_bytes()],
        )
        .map_err(to_store_error)?
        == 1;
    let head = read_log_row(connection).map_err(to_store_error)?;
    let mark = mark::read(mark_path).map_err(SqliteOpenError::Mark)?;
    let opened = if asked {
        Opened::Asked
    } else if started {
        Opened::Fresh
    } else if mark::shows_restore(head, mark) {
        Opened::Restored
    } else {
        Opened::Same
    };
    if matches!(opened, Opened::Restored | Opened::Asked) {
        rename_log(connection, fresh).map_err(to_store_error)?;
    }
    Ok((read_log_row(connection).map_err(to_store_error)?, opened))
}

/// Both statements or neither: acknowledgements belong to one log.
fn rename_log(connection: &Connection, log: LogId) -> rusqlite::Result<()> {
    let transaction = connection.unchecked_transaction()?;
    transaction.execute("UPDATE log SET id = ?1", [log.as_bytes()])?;
    transaction.execute("DELETE FROM acknowledgements", [])?;
    transaction.commit()
}

fn limit_size(connection: &Connection, max_bytes: Option<u64>) -> rusqlite::Result<()> {
    let Some(max_bytes) = max_bytes else {
        return Ok(());
    };
    // SQLCipher answers this pragma with text.
    let page: String = connection.pragma_query_value(None, "page_size", |row| row.get(0))?;
    let pages = signed(max_bytes) / page.parse().unwrap_or(PAGE_BYTES).max(1);
    connection.pragma_update_and_check(None, "max_page_count", pages.max(1), |_| Ok(()))
}

fn read_log_row(connection: &Connection) -> rusqlite::Result<Head> {
    connection
        .prepare_cached("SELECT id, highest FROM log")?
        .query_row([], |row| {
            let id: [u8; LogId::BYTES] = row.get(0)?;
            Ok(Head {
                log: LogId::from_bytes(id),
                highest: unsigned(row.get(1)?),
            })
        })
}

fn read_page(
    reader: &mut Connection,
    address: &Address,
    after: u64,
    budget_bytes: usize,
    limit: usize,
) -> rusqlite::Result<StoredPage> {
    // One snapshot for both: the id must be the one of these sequences.
    let transaction = reader.transaction()?;
    let log = read_log_row(&transaction)?.log;
    let mut statement = transaction.prepare_cached(
        "SELECT sequence, received_at, bytes FROM envelopes
         WHERE place = (SELECT number FROM places WHERE address = ?1) AND sequence > ?2
         ORDER BY sequence",
    )?;
    let mut rows = statement.query(params![address.as_bytes(), signed(after)])?;
    let mut page = StoredPage {
        log,
        envelopes: Vec::new(),
        more: false,
    };
    let mut used = 0_usize;
    while let Some(row) = rows.next()? {
        let length = row.get_ref(2)?.as_blob().map_or(0, <[u8]>::len);
        used = used
            .saturating_add(length)
            .saturating_add(ROW_OVERHEAD_BYTES);
        let full = used > budget_bytes || page.envelopes.len() >= limit;
        if full && !page.envelopes.is_empty() {
            page.more = true;
            break;
        }
        page.envelopes.push(StoredEnvelope {
            sequence: unsigned(row.get(0)?),
            received_at: unsigned(row.get(1)?),
            bytes: row.get(2)?,
        });
    }
    Ok(page)
}

fn forget(connection: &mut Connection, rule: &Forget) -> rusqlite::Result<Forgotten> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let acknowledged: i64 = transaction.query_row(
        "SELECT coalesce(max(through), 0) FROM acknowledgements WHERE hour <= ?1",
        [Pen::last_whole_hour(rule.acknowledged_until)],
        |row| row.get(0),
    )?;
    let from_inbox = transaction.execute(
        "DELETE FROM envelopes WHERE sequence IN (
             SELECT sequence FROM envelopes
             WHERE place = (SELECT number FROM places WHERE address = ?1) AND sequence <= ?2
             ORDER BY sequence LIMIT ?3)",
        params![rule.inbox.as_bytes(), acknowledged, rule.limit],
    )?;
    let from_mailboxes = transaction.execute(
        "DELETE FROM envelopes WHERE sequence IN (
             SELECT sequence FROM envelopes
             WHERE sequence <= ?2 AND received_at <= ?3
               AND place IS NOT (SELECT number FROM places WHERE address = ?1)
             ORDER BY sequence LIMIT ?4)",
        params![
            rule.inbox.as_bytes(),
            acknowledged,
            signed(rule.answers_received_until),
            rule.limit
        ],
    )?;
    let lockers = transaction.execute(
        "DELETE FROM lockers WHERE address IN (
             SELECT address FROM lockers WHERE expires_at <= ?1 LIMIT ?2)",
        params![signed(rule.lockers_expired_at), rule.limit],
    )?;
    transaction.commit()?;
    let limit = rule.limit as usize;
    Ok(Forgotten {
        envelopes: (from_inbox + from_mailboxes) as u64,
        lockers: lockers as u64,
        more: from_inbox == limit || from_mailboxes == limit || lockers == limit,
    })
}

/// `SQLite`'s integers are signed; a sequence or time beyond them does not occur,
/// and as a cursor the largest value means the same.
fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

/// The one place where `SQLite`'s errors become the store's.
#[expect(
    clippy::needless_pass_by_value,
    reason = "it is what `map_err` hands over"
)]
fn to_store_error(error: rusqlite::Error) -> StoreError {
    if loive_cipher::is_storage_full(&error) {
        return StoreError::Full;
    }
    if loive_cipher::is_damaged(&error) {
        return StoreError::Damaged;
    }
    match error.sqlite_error() {
        Some(failure)
            if matches!(
                failure.code,
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked
            ) =>
        {
            StoreError::Busy
        }
        Some(failure) => StoreError::Failed {
            code: failure.extended_code,
        },
        None => StoreError::Failed { code: 0 },
    }
}
