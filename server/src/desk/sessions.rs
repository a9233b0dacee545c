//! Sessions of people who are logged in. The store has only the hash of a
//! token: who reads the store cannot take over a session.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rusqlite::{Connection, OptionalExtension};
use sha2::{Digest, Sha256};

use super::Desk;
use super::audit;
use super::error::DeskError;
use super::store::{int, uint};
use super::users;
use super::view::User;

/// A session ends after this long, however busy: one shift.
pub const SESSION_MAX_SECONDS: u64 = 12 * 3_600;
/// A session ends after this long without a request.
pub const SESSION_IDLE_SECONDS: u64 = 3_600;
/// Sessions of one person; a further one ends the oldest.
const SESSIONS_MAX_COUNT: i64 = 8;
/// A session's use is written down at most this often.
const USE_NOTED_EVERY_SECONDS: u64 = 60;
const TOKEN_BYTES: usize = 32;
/// Longest token that is looked at, in bytes. Ours have 43.
const TOKEN_MAX_BYTES: usize = 64;

fn hashed(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

impl Desk {
    fn token(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.env.random::<TOKEN_BYTES>())
    }

    /// Begins a session; gives its token for the browser.
    pub fn new_session(&self, user: &User) -> Result<String, DeskError> {
        let (token, csrf) = (self.token(), self.token());
        let now = self.env.now();
        self.store.write(|transaction| {
            let sql = "DELETE FROM sessions WHERE expires_at <= ?1 OR used_at <= ?2";
            let idle = int(now.saturating_sub(SESSION_IDLE_SECONDS));
            transaction.prepare_cached(sql)?.execute((int(now), idle))?;
            let sql = "DELETE FROM sessions WHERE token_hash IN (
                           SELECT token_hash FROM sessions WHERE user = ?1
                           ORDER BY expires_at DESC LIMIT -1 OFFSET ?2)";
            transaction
                .prepare_cached(sql)?
                .execute((&user.name, SESSIONS_MAX_COUNT - 1))?;
            let sql = "INSERT INTO sessions (token_hash, user, csrf, expires_at, used_at)
                       VALUES (?1, ?2, ?3, ?4, ?5)";
            let expires_at = int(now.saturating_add(SESSION_MAX_SECONDS));
            let hash = hashed(&token);
            let parameters = (hash.as_slice(), &user.name, &csrf, expires_at, int(now));
            transaction.prepare_cached(sql)?.execute(parameters)?;
            Ok(())
        })?;
        Ok(token)
    }

    /// Whose session a token is, and the token that its forms must carry; `None`
    /// if there is no such session, or not any more.
    pub fn session(&self, token: &str) -> Result<Option<(User, String)>, DeskError> {
        if token.len() > TOKEN_MAX_BYTES {
            return Ok(None);
        }
        let hash = hashed(token);
        let now = self.env.now();
        let found = self.store.read(|connection| find(connection, &hash, now))?;
        let Some(found) = found else { return Ok(None) };
        if now.saturating_sub(found.used_at) >= USE_NOTED_EVERY_SECONDS {
            self.store.write(|transaction| {
                let sql = "UPDATE sessions SET used_at = ?2 WHERE token_hash = ?1";
                transaction
                    .prepare_cached(sql)?
                    .execute((hash.as_slice(), int(now)))?;
                Ok(())
            })?;
        }
        Ok(Some((found.user, found.csrf)))
    }

    /// Ends a session.
    pub fn end_session(&self, token: &str) -> Result<(), DeskError> {
        let hash = hashed(token);
        let now = self.env.now();
        self.store.write(|transaction| {
            let sql = "DELETE FROM sessions WHERE token_hash = ?1 RETURNING user";
            let user: Option<String> = transaction
                .prepare_cached(sql)?
                .query_row([hash.as_slice()], |row| row.get(0))
                .optional()?;
            user.map_or(Ok(()), |user| {
                audit::write(transaction, now, &user, audit::LOGGED_OUT, None)
            })
        })
    }
}

struct Found {
    user: User,
    csrf: String,
    used_at: u64,
}

fn find(connection: &Connection, hash: &[u8; 32], now: u64) -> Result<Option<Found>, DeskError> {
    let sql = "SELECT user, csrf, used_at FROM sessions
               WHERE token_hash = ?1 AND expires_at > ?2 AND used_at > ?3";
    let idle = int(now.saturating_sub(SESSION_IDLE_SECONDS));
    let row: Option<(String, String, i64)> = connection
        .prepare_cached(sql)?
        .query_row((hash.as_slice(), int(now), idle), |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()?;
    let Some((name, csrf, used_at)) = row else {
        return Ok(None);
    };
    let user = users::load(connection, &name)?;
    Ok(user.map(|user| Found {
        user,
        csrf,
        used_at: uint(used_at),
    }))
}
