//! What the store knows about itself: one value a key.

use loive_protocol::LogId;
use rusqlite::types::FromSql;
use rusqlite::{Connection, OptionalExtension as _, ToSql};

use crate::env::Env;
use crate::error::PhoneError;
use crate::limits::{OBSERVE_EVERY_SECONDS, OBSERVED_GAP_MAX_SECONDS};

/// The writer of every change but first ones, on this installation.
const ACTOR: &str = "actor";
/// What tells this file from a copy of it.
const IDENTITY: &str = "identity";
/// The public key of the hotline's root.
const ROOT: &str = "root";
/// The relay's log that all cursors are of.
const LOG: &str = "log";
/// The latest time that the hotline signed, in Unix seconds.
const LAST_SIGNED: &str = "last_signed";
/// Seconds that this phone has seen pass.
const OBSERVED: &str = "observed";
/// What the device's clock said when they were counted last.
const OBSERVED_AT: &str = "observed_at";
/// 1 while deleted words may still lie in free pages.
const SCRUB: &str = "scrub";
/// 1 while the projections are to be made again.
const PROJECT: &str = "project";

fn get<T: FromSql>(connection: &Connection, key: &str) -> Result<Option<T>, PhoneError> {
    Ok(connection
        .prepare_cached("SELECT value FROM meta WHERE key = ?1")?
        .query_row([key], |row| row.get(0))
        .optional()?)
}

fn set(connection: &Connection, key: &str, value: &dyn ToSql) -> Result<(), PhoneError> {
    connection
        .prepare_cached(
            "INSERT INTO meta (key, value) VALUES (?1, ?2)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        )?
        .execute((key, value))?;
    Ok(())
}

fn is_set(connection: &Connection, key: &str) -> Result<bool, PhoneError> {
    Ok(get::<i64>(connection, key)?.unwrap_or_default() != 0)
}

/// The actor of this installation.
pub(crate) fn actor(connection: &Connection) -> Result<[u8; 16], PhoneError> {
    get(connection, ACTOR)?.ok_or_else(|| PhoneError::internal("no-actor"))
}

/// Gives the installation an actor that nobody ever used.
pub(crate) fn renew_actor(connection: &Connection, env: &Env) -> Result<(), PhoneError> {
    set(connection, ACTOR, &env.random::<16>())
}

/// Notes which file this store is. `true` if it is another one than last time:
/// new, or copied back from a backup, so that its actor may have written more
/// than it knows.
pub(crate) fn identity_changed(
    connection: &Connection,
    identity: &[u8],
) -> Result<bool, PhoneError> {
    let changed = get::<Vec<u8>>(connection, IDENTITY)?.is_none_or(|known| known != identity);
    if changed {
        set(connection, IDENTITY, &identity)?;
    }
    Ok(changed)
}

/// Binds the store to a hotline. `false` if it belongs to another.
pub(crate) fn bind_root(connection: &Connection, root: &[u8; 32]) -> Result<bool, PhoneError> {
    if let Some(known) = get::<[u8; 32]>(connection, ROOT)? {
        return Ok(known == *root);
    }
    set(connection, ROOT, root)?;
    Ok(true)
}

pub(crate) fn log(connection: &Connection) -> Result<Option<LogId>, PhoneError> {
    Ok(get(connection, LOG)?.map(LogId::from_bytes))
}

pub(crate) fn set_log(connection: &Connection, log: LogId) -> Result<(), PhoneError> {
    set(connection, LOG, log.as_bytes())
}

pub(crate) fn last_signed(connection: &Connection) -> Result<u64, PhoneError> {
    Ok(unsigned(get(connection, LAST_SIGNED)?.unwrap_or_default()))
}

pub(crate) fn note_signed(connection: &Connection, seconds: u64) -> Result<(), PhoneError> {
    if seconds > last_signed(connection)? {
        set(connection, LAST_SIGNED, &signed(seconds))?;
    }
    Ok(())
}

/// Seconds that this phone has seen pass until now.
///
/// Between two looks at the clock at most [`OBSERVED_GAP_MAX_SECONDS`] count,
/// and a clock that was set back counts nothing: a phone that starts in 1970
/// and then learns the date does not lose its drafts.
pub(crate) fn observed(connection: &Connection, env: &Env) -> Result<u64, PhoneError> {
    let counted = unsigned(get(connection, OBSERVED)?.unwrap_or_default());
    let Some(last) = get(connection, OBSERVED_AT)?.map(unsigned) else {
        return Ok(counted);
    };
    let gap = env.device_seconds().saturating_sub(last);
    Ok(counted + gap.min(OBSERVED_GAP_MAX_SECONDS))
}

/// Counts the seconds since the last look.
///
/// Within [`OBSERVE_EVERY_SECONDS`] of it nothing is written: the seconds count
/// with the next look, and opening the store waits for no disk.
pub(crate) fn observe(connection: &Connection, env: &Env) -> Result<u64, PhoneError> {
    let observed = observed(connection, env)?;
    let is_recent = get(connection, OBSERVED_AT)?
        .map(unsigned)
        .is_some_and(|last| {
            let passed = env.device_seconds().checked_sub(last);
            passed.is_some_and(|seconds| seconds < OBSERVE_EVERY_SECONDS)
        });
    if is_recent {
        return Ok(observed);
    }
    set(connection, OBSERVED, &signed(observed))?;
    set(connection, OBSERVED_AT, &signed(env.device_seconds()))?;
    Ok(observed)
}

pub(crate) fn scrub_due(connection: &Connection) -> Result<(), PhoneError> {
    set(connection, SCRUB, &1)
}

pub(crate) fn scrub_is_due(connection: &Connection) -> Result<bool, PhoneError> {
    is_set(connection, SCRUB)
}

pub(crate) fn scrub_done(connection: &Connection) -> Result<(), PhoneError> {
    set(connection, SCRUB, &0)
}

pub(crate) fn project_is_due(connection: &Connection) -> Result<bool, PhoneError> {
    is_set(connection, PROJECT)
}

pub(crate) fn project_done(connection: &Connection) -> Result<(), PhoneError> {
    set(connection, PROJECT, &0)
}

/// Times and counters are far below 2⁶³; what is not was not written by us.
pub(crate) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

pub(crate) fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or_default()
}
