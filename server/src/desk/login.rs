//! Logging in, slowly for whoever guesses.

use std::sync::PoisonError;

use rusqlite::{Connection, OptionalExtension};

use super::Desk;
use super::audit;
use super::error::DeskError;
use super::store::{int, uint};
use super::users::{self, Kept, NAME_MAX_CHARS, PASSWORD_MAX_CHARS};
use super::view::User;

/// Wrong passwords for one name before it has to wait.
const FREE_TRIES: i64 = 5;
/// The first wait; it doubles with every further wrong password.
const WAIT_MIN_SECONDS: u64 = 30;
const WAIT_MAX_SECONDS: u64 = 900;
/// After this long without a try the count starts again.
const FORGET_SECONDS: u64 = 86_400;
/// Names whose failures are remembered. Anybody can make names up.
const NAMES_MAX_COUNT: i64 = 10_000;

impl Desk {
    /// Whose name and password these are, at `now` (Unix seconds). Takes as long
    /// for a name that nobody has.
    ///
    /// # Errors
    /// [`DeskError::Throttled`] after too many wrong passwords for this name,
    /// right or wrong.
    pub fn verify_login(
        &self,
        name: &str,
        password: &str,
        now: u64,
    ) -> Result<Option<User>, DeskError> {
        let name = users::normalized(name);
        let fits = name.chars().count() <= NAME_MAX_CHARS
            && password.chars().count() <= PASSWORD_MAX_CHARS;
        if !fits {
            return Ok(None);
        }
        // Counted before the password is looked at, so that many tries at once
        // are as many as one after the other.
        self.store.write(|transaction| {
            check_wait(transaction, &name, now)?;
            note_failure(transaction, &name, now)
        })?;
        let kept = self
            .store
            .read(|connection| Kept::load(connection, &name))?;
        let right = {
            let _one_at_a_time = self.slow.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(kept) = &kept {
                kept.fits(password)?
            } else {
                Kept::new(password, self.env.random())?;
                false
            }
        };
        self.store.write(|transaction| {
            if !right {
                if kept.is_some() {
                    audit::write(transaction, now, &name, audit::LOGIN_FAILED, None)?;
                }
                return Ok(None);
            }
            let sql = "DELETE FROM login_failures WHERE name = ?1";
            transaction.prepare_cached(sql)?.execute([&name])?;
            let user = users::load(transaction, &name)?;
            if user.is_some() {
                audit::write(transaction, now, &name, audit::LOGGED_IN, None)?;
            }
            Ok(user)
        })
    }
}

fn check_wait(connection: &Connection, name: &str, now: u64) -> Result<(), DeskError> {
    let sql = "SELECT blocked_until FROM login_failures WHERE name = ?1";
    let until: Option<i64> = connection
        .prepare_cached(sql)?
        .query_row([name], |row| row.get(0))
        .optional()?;
    match until.map(uint) {
        Some(until) if until > now => {
            // A clock that was set back does not lock anybody out for ever.
            Err(DeskError::Throttled {
                seconds: (until - now).min(WAIT_MAX_SECONDS),
            })
        }
        _ => Ok(()),
    }
}

fn note_failure(connection: &Connection, name: &str, now: u64) -> Result<(), DeskError> {
    let sql = "DELETE FROM login_failures
               WHERE failed_at < ?1 OR blocked_until > ?2
                  OR (SELECT count(*) FROM login_failures) >= ?3 AND failures < ?4";
    connection.prepare_cached(sql)?.execute((
        int(now.saturating_sub(FORGET_SECONDS)),
        int(now.saturating_add(WAIT_MAX_SECONDS)),
        NAMES_MAX_COUNT,
        FREE_TRIES,
    ))?;
    let sql = "INSERT INTO login_failures (name, failures, blocked_until, failed_at)
               VALUES (?1, 1, 0, ?2)
               ON CONFLICT (name) DO UPDATE SET failures = failures + 1, failed_at = ?2
               RETURNING failures";
    let failures: i64 = connection
        .prepare_cached(sql)?
        .query_row((name, int(now)), |row| row.get(0))?;
    if failures >= FREE_TRIES {
        let doublings = u32::try_from(failures - FREE_TRIES)
            .unwrap_or(u32::MAX)
            .min(16);
        let wait = (WAIT_MIN_SECONDS << doublings).min(WAIT_MAX_SECONDS);
        let sql = "UPDATE login_failures SET blocked_until = ?2 WHERE name = ?1";
        connection
            .prepare_cached(sql)?
            .execute((name, int(now.saturating_add(wait))))?;
    }
    Ok(())
}
