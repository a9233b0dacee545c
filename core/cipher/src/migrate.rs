use rusqlite::{Connection, Transaction, TransactionBehavior};
use thiserror::Error;

use crate::error::OpenError;

/// One numbered change of a database's schema. Once released it is never edited;
/// what it got wrong is put right by the next one.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// 1 for the first, then without a gap. Becomes `PRAGMA user_version`.
    pub number: u32,
    /// A few words for error messages.
    pub name: &'static str,
    /// What it does.
    pub step: Step,
}

/// What a [`Migration`] does, inside a transaction that it must not end.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// Runs these statements.
    Sql(&'static str),
    /// Calls this function, for what SQL cannot say.
    Code(fn(&Transaction<'_>) -> rusqlite::Result<()>),
}

/// Why a database was not brought up to date. Everything up to the migration
/// before the failed one is kept; the failed one left nothing behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MigrateError {
    /// A newer program wrote this database. It was not touched.
    #[error(
        "this data was written by a newer version of the app (format {found}, this one \
         knows {known}): update the app to open it"
    )]
    NewerThanProgram {
        /// The database's version.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
    },

    /// The list given to [`migrate`] is not numbered 1, 2, 3, …: a mistake in the
    /// program.
    #[error("the migration at position {position} does not have that number")]
    Misnumbered {
        /// Where it stands in the list, counted from 1.
        position: usize,
    },

    /// A migration would have left rows that refer to rows which are gone.
    #[error("migration {number} ({name}) would leave broken references: report this")]
    BrokenReferences {
        /// Its number.
        number: u32,
        /// Its name.
        name: &'static str,
    },

    /// A migration's statements failed: a mistake in the program.
    #[error("migration {number} ({name}) failed (code {code}): report this")]
    Failed {
        /// Its number.
        number: u32,
        /// Its name.
        name: &'static str,
        /// SQLite's extended result code, 0 where there is none.
        code: i32,
    },

    /// The store itself was in the way: full, busy, read-only, damaged.
    #[error(transparent)]
    Store(OpenError),
}

/// Brings a database up to the last of `migrations`, each in its own transaction.
///
/// Foreign keys are off while it runs, as SQLite advises for rebuilding tables
/// (else `DROP TABLE` would delete the rows that refer to it), and checked before
/// every commit. Programs that start at the same time wait for each other.
///
/// # Errors
///
/// See [`MigrateError`]; a database that is newer than the program is refused.
pub fn migrate(conn: &mut Connection, migrations: &[Migration]) -> Result<(), MigrateError> {
    for (index, migration) in migrations.iter().enumerate() {
        if usize::try_from(migration.number) != Ok(index + 1) {
            return Err(MigrateError::Misnumbered {
                position: index + 1,
            });
        }
    }
    let known = migrations
        .last()
        .map_or(0, |migration| i64::from(migration.number));
    if version(conn, known)? == known {
        return Ok(());
    }

    let enforced: bool = conn
        .pragma_query_value(None, "foreign_keys", |row| row.get(0))
        .map_err(store)?;
    set_foreign_keys(conn, false)?;
    let migrated = migrations
        .iter()
        .try_for_each(|migration| apply(conn, migration, known));
    let restored = set_foreign_keys(conn, enforced);
    migrated.and(restored)
}

fn apply(conn: &mut Connection, migration: &Migration, known: i64) -> Result<(), MigrateError> {
    let &Migration { number, name, step } = migration;
    let transaction = conn
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(store)?;
    // Asked again under the lock: someone else may have done it meanwhile.
    if version(&transaction, known)? >= i64::from(number) {
        return Ok(());
    }

    let failed = |error: rusqlite::Error| match OpenError::from_sqlite(&error) {
        OpenError::Other { code } => MigrateError::Failed { number, name, code },
        in_the_way => MigrateError::Store(in_the_way),
    };
    match step {
        Step::Sql(statements) => transaction.execute_batch(statements),
        Step::Code(run) => run(&transaction),
    }
    .map_err(failed)?;
    if has_broken_references(&transaction).map_err(failed)? {
        return Err(MigrateError::BrokenReferences { number, name });
    }
    transaction
        .pragma_update(None, "user_version", number)
        .map_err(failed)?;
    transaction.commit().map_err(failed)
}

/// The database's version, unless this program does not know it.
fn version(conn: &Connection, known: i64) -> Result<i64, MigrateError> {
    let found: i64 = conn
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(store)?;
    // No migration of ours makes a negative one: a stranger's, so not to be touched.
    if (0..=known).contains(&found) {
        Ok(found)
    } else {
        Err(MigrateError::NewerThanProgram { found, known })
    }
}

fn has_broken_references(conn: &Connection) -> rusqlite::Result<bool> {
    conn.prepare("PRAGMA foreign_key_check")?.exists([])
}

fn set_foreign_keys(conn: &Connection, on: bool) -> Result<(), MigrateError> {
    conn.pragma_update(None, "foreign_keys", on).map_err(store)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it is what `map_err` hands over"
)]
fn store(error: rusqlite::Error) -> MigrateError {
    MigrateError::Store(OpenError::from_sqlite(&error))
}
