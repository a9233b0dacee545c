use std::path::Path;
use std::sync::Once;
use std::time::{Duration, Instant};
use std::{fs, io, thread};

use libsqlite3_sys as ffi;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::error::OpenError;
use crate::key::StoreKey;

/// How long a statement waits for another writer by default, in milliseconds.
pub const BUSY_TIMEOUT_MS: u64 = 5_000;

/// The pause before a store that somebody else is just creating is opened again,
/// in milliseconds.
const RETRY_PAUSE_MS: u64 = 5;

/// The bits of an extended result code of SQLite that are the code itself.
const PRIMARY_CODE: i32 = 0xff;

/// What a commit is worth when the power fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// A commit that returned is on the disk. For whatever a person was told
    /// is kept.
    #[default]
    Full,
    /// The last commits may be lost; what remains is whole. For what can be
    /// fetched or computed again.
    Normal,
}

/// How a store is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// What a commit is worth.
    pub durability: Durability,
    /// How long a statement waits for another writer before it fails as busy.
    pub busy_timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            durability: Durability::default(),
            busy_timeout: Duration::from_millis(BUSY_TIMEOUT_MS),
        }
    }
}

/// Opens the encrypted store at `path`, or creates it where there is none.
///
/// The connection that comes back has proved the key on the file's first page,
/// keeps a write-ahead log, enforces foreign keys, overwrites what is deleted
/// and keeps temporary data in memory. Memory that SQLite frees is overwritten,
/// from the first call on and in the whole process.
///
/// An empty file is a new store: whoever knows that there was one before notices
/// by its version, 0, and says so.
///
/// # Errors
///
/// See [`OpenError`]. Whatever the error, what was there is left as it was.
pub fn open(path: &Path, key: &StoreKey, options: Options) -> Result<Connection, OpenError> {
    // An absolute path also takes their meaning from the names that SQLite
    // reads otherwise: the empty one, and `:memory:`.
    let path = std::path::absolute(path).map_err(|error| OpenError::from_io(&error))?;

    let started = Instant::now();
    loop {
        let found = look(&path)?;
        let opened = open_found(&path, key, options);
        let retry = match opened {
            // Two who create one store at once draw a salt each, and only one
            // is written; the other sees a stranger's file and looks again.
            Err(OpenError::WrongKeyOrDamaged) => found == Found::Nothing,
            // Where waiting could lock two for ever, SQLite does not wait at all.
            Err(OpenError::Busy) => true,
            _ => false,
        };
        if retry && started.elapsed() < options.busy_timeout {
            thread::sleep(Duration::from_millis(RETRY_PAUSE_MS));
            continue;
        }
        return match opened {
            Err(OpenError::WrongKeyOrDamaged) if is_plain_database(&path) => {
                Err(OpenError::NotEncrypted)
            }
            // SQLite has no other word for a log that may not be made.
            Err(OpenError::Io { code })
                if code & PRIMARY_CODE == ffi::SQLITE_CANTOPEN && is_locked(&path) =>
            {
                Err(OpenError::ReadOnly)
            }
            _ => opened,
        };
    }
}

/// Whether no file can be made beside the store. The store itself is not
/// touched, for the same reason as in [`look`].
fn is_locked(path: &Path) -> bool {
    let probe = path.with_extension("probe");
    match fs::File::create_new(&probe) {
        Ok(_) => {
            // Should it stay, it is empty, and the next probe says the same.
            let _ = fs::remove_file(&probe);
            false
        }
        Err(error) => matches!(
            error.kind(),
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied
        ),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    Nothing,
    Store,
}

/// Whether this process runs on disks that fail on command.
#[cfg(all(feature = "faults", unix))]
fn is_simulated() -> bool {
    crate::faults::is_installed()
}

#[cfg(not(all(feature = "faults", unix)))]
const fn is_simulated() -> bool {
    false
}

/// Looks at lengths only. Opening and closing the file here would silently drop
/// the locks that this process's other connections hold on it (POSIX).
fn look(path: &Path) -> Result<Found, OpenError> {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    // The log first: whoever creates a store writes to its database before.
    let log = length(Path::new(&log))?;
    // SQLite may write one byte to a new file, and takes that for empty too.
    if length(path)? > 1 {
        return Ok(Found::Store);
    }
    // SQLite takes a log beside an empty database for a leftover and deletes
    // it. Here it may be all that is left of somebody's words.
    if log > 0 {
        return Err(OpenError::WrongKeyOrDamaged);
    }
    Ok(Found::Nothing)
}

fn length(path: &Path) -> Result<u64, OpenError> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(metadata.len()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(OpenError::from_io(&error)),
    }
}

/// SQLite says that it is ready before SQLCipher has been given its provider: a
/// second thread could attach a key in between and fail. So the first opens of a
/// process wait for one another.
#[expect(unsafe_code, reason = "rusqlite has no call for it")]
fn initialize() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: takes nothing and may be called at any time. Should it fail,
        // so does every open after it, with a code of its own.
        let _ = unsafe { ffi::sqlite3_initialize() };
    });
}

fn open_found(path: &Path, key: &StoreKey, options: Options) -> Result<Connection, OpenError> {
    initialize();
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags).map_err(from_sqlite)?;
    conn.busy_timeout(options.busy_timeout)
        .map_err(from_sqlite)?;

    // By default SQLCipher writes warnings to stderr or the phone's system log.
    // They hold page numbers only, but a log is not where a store speaks.
    answer(&conn, "PRAGMA cipher_log_level = NONE")?;
    answer(&conn, "PRAGMA cipher_version")?.ok_or(OpenError::NoCipher)?;
    // What SQLite frees is overwritten, and locked out of swap as far as the
    // system lets it be: measured, it costs nothing that shows.
    // A simulation has no secrets, and would spend half its time on it.
    if !is_simulated() {
        answer(&conn, "PRAGMA cipher_memory_security = ON")?;
    }
    attach_key(&conn, key)?;
    // Only a connection that has a codec names its provider.
    answer(&conn, "PRAGMA cipher_provider")?.ok_or(OpenError::NoCipher)?;
    // The first read: here the key is proved, or not. Until it is, closing must
    // not do what SQLite does then: write the log into the database and delete
    // it, or, where it makes no sense of the log, just delete it.
    keep_log_on_close(&conn, true)?;
    read_schema(&conn).map_err(from_sqlite)?;
    configure(&conn, options)?;
    keep_log_on_close(&conn, false)?;
    Ok(conn)
}

/// The same as `PRAGMA key = "x'…'"`, without the key ever being part of an SQL
/// text, whose copies in the parser nobody wipes.
#[expect(unsafe_code, reason = "rusqlite has no call for the key")]
fn attach_key(conn: &Connection, key: &StoreKey) -> Result<(), OpenError> {
    let spec = key.to_raw_spec();
    let length = i32::try_from(spec.len()).map_err(|_| OpenError::Other { code: 0 })?;
    // SAFETY: the handle is not closed, and used while `conn` lives.
    let handle = unsafe { conn.handle() };
    // SAFETY: an open handle that no other thread uses, because `Connection` is
    // not `Sync`; `spec` has `length` bytes, which SQLCipher copies.
    let code = unsafe { ffi::sqlite3_key(handle, spec.as_ptr().cast(), length) };
    if code == ffi::SQLITE_OK {
        Ok(())
    } else {
        Err(from_sqlite(rusqlite::Error::SqliteFailure(
            ffi::Error::new(code),
            None,
        )))
    }
}

fn keep_log_on_close(conn: &Connection, keep: bool) -> Result<(), OpenError> {
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep)
        .map(|_| ())
        .map_err(from_sqlite)
}

fn read_schema(conn: &Connection) -> rusqlite::Result<()> {
    conn.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
}

fn configure(conn: &Connection, options: Options) -> Result<(), OpenError> {
    if conn.is_readonly("main").map_err(from_sqlite)? {
        return Err(OpenError::ReadOnly);
    }
    let journal = answer(conn, "PRAGMA journal_mode = WAL")?;
    if journal.as_deref() != Some("wal") {
        return Err(OpenError::Other { code: 0 });
    }
    let durability = match options.durability {
        // Apple's disks acknowledge what is only in their cache, unless asked
        // for more by `fullfsync`; elsewhere the pragma means nothing.
        Durability::Full => {
            "PRAGMA synchronous = FULL;
             PRAGMA fullfsync = ON;
             PRAGMA checkpoint_fullfsync = ON;"
        }
        Durability::Normal => "PRAGMA synchronous = NORMAL;",
    };
    conn.execute_batch(durability).map_err(from_sqlite)?;
    conn.execute_batch(
        "PRAGMA foreign_keys = ON;
         PRAGMA secure_delete = ON;
         PRAGMA temp_store = MEMORY;",
    )
    .map_err(from_sqlite)
}

/// The first column of the first row, as text; `None` where there is no row.
fn answer(conn: &Connection, pragma: &str) -> Result<Option<String>, OpenError> {
    let ask = || {
        let mut statement = conn.prepare(pragma)?;
        let mut rows = statement.query([])?;
        let first = rows.next()?.map(|row| row.get(0)).transpose()?;
        // To its end: a pragma that writes commits after its row, and where the
        // disk is full only the end says so.
        while rows.next()?.is_some() {}
        Ok(first)
    };
    ask().map_err(from_sqlite)
}

/// Whether SQLite itself, without a key, takes the file for one of its own.
fn is_plain_database(path: &Path) -> bool {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let Ok(conn) = Connection::open_with_flags(path, flags) else {
        return false;
    };
    if keep_log_on_close(&conn, true).is_err() {
        return false;
    }
    match read_schema(&conn) {
        Ok(()) => true,
        // It has the header, whatever comes after.
        Err(error) => error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseCorrupt),
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it is what `map_err` hands over"
)]
fn from_sqlite(error: rusqlite::Error) -> OpenError {
    OpenError::from_sqlite(&error)
}
