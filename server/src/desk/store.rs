//! The desk's encrypted store: one connection that writes, one that reads.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use loive_cipher::{Durability, Migration, Options, Step, StoreKey, migrate, open};
use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::error::{DeskError, DeskOpenError};

/// Every step from an empty store to today's. A released one is never edited.
const MIGRATIONS: &[Migration] = &[
    Migration {
        number: 1,
        name: "the desk",
        step: Step::Sql(include_str!("migrations/0001_desk.sql")),
    },
    Migration {
        number: 2,
        name: "the library",
        step: Step::Sql(include_str!("migrations/0002_library.sql")),
    },
    Migration {
        number: 3,
        name: "what the audit log is about",
        step: Step::Sql(include_str!("migrations/0003_audit_subject.sql")),
    },
    Migration {
        number: 4,
        name: "proposals for the library",
        step: Step::Sql(include_str!("migrations/0004_proposals.sql")),
    },
];

/// Statements kept ready on each connection.
const STATEMENTS_MAX_COUNT: usize = 128;

pub(super) struct Store {
    writer: Mutex<Connection>,
    /// Apart from the writer, so that a page that is being opened does not keep
    /// counsellors waiting.
    reader: Mutex<Connection>,
}

impl Store {
    pub(super) fn open(path: &Path, key: &StoreKey) -> Result<Self, DeskOpenError> {
        // Whoever reads a receipt was told that the report is safe here.
        let options = Options {
            durability: Durability::Full,
            ..Options::default()
        };
        let mut writer = open(path, key, options)?;
        migrate(&mut writer, MIGRATIONS)?;
        let reader = open(path, key, options)?;
        for connection in [&writer, &reader] {
            connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX_COUNT);
        }
        Ok(Self {
            writer: Mutex::new(writer),
            reader: Mutex::new(reader),
        })
    }

    /// Runs `work` in one transaction: all of it is durable, or none of it.
    pub(super) fn write<T>(
        &self,
        work: impl FnOnce(&mut Transaction<'_>) -> Result<T, DeskError>,
    ) -> Result<T, DeskError> {
        self.write_or(work)
    }

    /// As [`Self::write`], for work that fails in ways of its own.
    pub(super) fn write_or<T, E: From<DeskError>>(
        &self,
        work: impl FnOnce(&mut Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut connection = lock(&self.writer);
        let mut transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(DeskError::from)?;
        let done = work(&mut transaction)?;
        transaction.commit().map_err(DeskError::from)?;
        Ok(done)
    }

    /// Runs `work` on what is committed, all of it of one moment.
    pub(super) fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, DeskError>,
    ) -> Result<T, DeskError> {
        self.read_or(work)
    }

    /// As [`Self::read`], for work that fails in ways of its own.
    pub(super) fn read_or<T, E: From<DeskError>>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut connection = lock(&self.reader);
        let transaction = connection.transaction().map_err(DeskError::from)?;
        work(&transaction)
    }
}

/// A panic while the lock was held has rolled its transaction back: what the
/// mutex guards is whole.
fn lock(connection: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}

/// As SQLite keeps it. Our numbers are times, counts and sequences, far below
/// the limit of 2⁶³.
pub(super) fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The way back; what is negative was not written by us.
pub(super) fn uint(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
