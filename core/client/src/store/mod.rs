//! The phone's store: one SQLCipher database, one writer, numbered migrations.
//!
//! Functions that must run in a transaction take `&Transaction`; each file here
//! knows one or two tables.

pub(crate) mod answers;
pub(crate) mod certificates;
pub(crate) mod changes;
pub(crate) mod drafts;
pub(crate) mod header;
pub(crate) mod held;
pub(crate) mod key;
pub(crate) mod library;
pub(crate) mod lockers;
pub(crate) mod meta;
mod open;
pub(crate) mod outbox;
pub(crate) mod plan;
pub(crate) mod project;
pub(crate) mod proposals;
pub(crate) mod recordings;
pub(crate) mod reports;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use loive_cipher::{Migration, Step, StoreKey};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use zeroize::Zeroizing;

use crate::error::PhoneError;
use header::{Header, Way};
use key::Recipe;
pub use open::OpenOutcome;
pub(crate) use open::{open, set_aside_folder};

/// Name of the database in the phone's folder.
const FILE_NAME: &str = "phone.db";

/// Every step that ever changed the schema: see `migrations/LESSONS.md`.
const MIGRATIONS: &[Migration] = &[
    Migration {
        number: 1,
        name: "phone",
        step: Step::Sql(include_str!("../../migrations/0001_phone.sql")),
    },
    Migration {
        number: 2,
        name: "library",
        step: Step::Sql(include_str!("../../migrations/0002_library.sql")),
    },
    Migration {
        number: 3,
        name: "plan",
        step: Step::Sql(include_str!("../../migrations/0003_plan.sql")),
    },
    Migration {
        number: 4,
        name: "proposals",
        step: Step::Sql(include_str!("../../migrations/0004_proposals.sql")),
    },
];

/// The open database. All access goes through one lock: one writer, and no
/// reader that would keep old pages alive in the log.
pub(crate) struct Store {
    path: PathBuf,
    shelf: Mutex<Shelf>,
}

struct Shelf {
    /// None while suspended.
    connection: Option<Connection>,
    key: StoreKey,
}

impl Shelf {
    fn open(&self) -> Result<&Connection, PhoneError> {
        self.connection.as_ref().ok_or_else(suspended)
    }
}

impl Store {
    fn new(path: PathBuf, connection: Connection, key: StoreKey) -> Self {
        Self {
            path,
            shelf: Mutex::new(Shelf {
                connection: Some(connection),
                key,
            }),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Runs `work` in a transaction; what fails leaves nothing behind.
    pub(crate) fn write<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, PhoneError>,
    ) -> Result<T, PhoneError> {
        let mut guard = self.lock();
        let connection = guard.connection.as_mut().ok_or_else(suspended)?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let result = work(&transaction)?;
        transaction.commit()?;
        Ok(result)
    }

    /// Runs `work`, which only reads.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, PhoneError>,
    ) -> Result<T, PhoneError> {
        work(self.lock().open()?)
    }

    /// Makes what was deleted unreadable: secure deletion has zeroed the rows,
    /// but copies of them may lie where pages were rearranged and in the log.
    /// `VACUUM` writes every page anew, and the log is cut to nothing.
    ///
    /// Whoever deletes words sets the mark in the same transaction; a phone
    /// that dies before this is through does it at the next opening.
    pub(crate) fn scrub(&self) -> Result<(), PhoneError> {
        let guard = self.lock();
        let connection = guard.open()?;
        if meta::scrub_is_due(connection)? {
            scrub(connection)?;
        }
        Ok(())
    }

    /// Closes the database, with everything in its main file. iOS kills an app
    /// that is suspended while it holds a lock on a file.
    pub(crate) fn suspend(&self) -> Result<(), PhoneError> {
        if let Some(connection) = self.lock().connection.take() {
            // If the log cannot be folded now, the next opening reads it.
            let _ = loive_cipher::fold_wal(&connection);
            connection
                .close()
                .map_err(|(_, error)| PhoneError::from(error))?;
        }
        Ok(())
    }

    pub(crate) fn resume(&self) -> Result<(), PhoneError> {
        let mut guard = self.lock();
        if guard.connection.is_none() {
            let options = loive_cipher::Options::default();
            guard.connection = Some(loive_cipher::open(&self.path, &guard.key, options)?);
        }
        Ok(())
    }

    /// Encrypts everything under another key. The header names both keys until
    /// it is through, so that a phone that dies in between still opens.
    pub(crate) fn rekey(&self, from: Recipe, to: Recipe, key: StoreKey) -> Result<(), PhoneError> {
        let mut guard = self.lock();
        let old = Way::new(from, &guard.key);
        let new = Way::new(to, &key);
        Header {
            ways: vec![old, new],
        }
        .write(&self.path)?;
        if let Err(error) = rekey(guard.open()?, &key) {
            // Nothing was committed: the old key stays in force.
            Header { ways: vec![old] }.write(&self.path)?;
            return Err(error);
        }
        guard.key = key;
        Header { ways: vec![new] }.write(&self.path)?;
        // The log may hold pages under the old key.
        loive_cipher::fold_wal(guard.open()?)?;
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Shelf> {
        // A panic while the lock was held has rolled its transaction back.
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn suspended() -> PhoneError {
    PhoneError::internal("suspended")
}

fn scrub(connection: &Connection) -> Result<(), PhoneError> {
    connection.execute_batch("VACUUM")?;
    // The mark goes first: its own pages hold no words, and the fold then
    // leaves no log at all.
    meta::scrub_done(connection)?;
    if !loive_cipher::fold_wal(connection)? {
        meta::scrub_due(connection)?;
    }
    Ok(())
}

/// `PRAGMA rekey`: every page is written anew in one transaction.
fn rekey(connection: &Connection, key: &StoreKey) -> Result<(), PhoneError> {
    let mut statement = Zeroizing::new(String::with_capacity(96));
    statement.push_str("PRAGMA rekey = \"x'");
    for byte in key.as_bytes() {
        // Writing to a string cannot fail.
        let _ = write!(statement, "{byte:02x}");
    }
    statement.push_str("'\"");
    connection.execute_batch(&statement)?;
    Ok(())
}
