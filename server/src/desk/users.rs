//! People who may log in.

use argon2::{Algorithm, Argon2, Params, Version};
use rusqlite::{Connection, OptionalExtension, named_params};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::Desk;
use super::audit;
use super::codes::{role_code, role_from};
use super::error::DeskError;
use super::view::{Role, User};

/// Fewest characters of a password.
pub const PASSWORD_MIN_CHARS: usize = 10;
/// Most characters of a password.
pub const PASSWORD_MAX_CHARS: usize = 256;
/// Longest login and display name, in characters.
pub const NAME_MAX_CHARS: usize = 40;
/// Under this name the audit log has what was done on the command line.
const COMMAND_LINE: &str = "hotline";

/// Argon2id with 64 MiB and three passes (RFC 9106, section 4, for less memory).
const PASSWORD_MEMORY_KIB: u32 = 65_536;
const PASSWORD_PASSES: u32 = 3;
const HASH_BYTES: usize = 32;
const SALT_BYTES: usize = 16;

/// A password as it is kept.
pub(super) struct Kept {
    salt: [u8; SALT_BYTES],
    hash: [u8; HASH_BYTES],
    memory_kib: u32,
    passes: u32,
}

impl Kept {
    pub(super) fn new(password: &str, salt: [u8; SALT_BYTES]) -> Result<Self, DeskError> {
        let (memory_kib, passes) = (PASSWORD_MEMORY_KIB, PASSWORD_PASSES);
        let hash = hash(password, &salt, memory_kib, passes)?;
        Ok(Self {
            salt,
            hash: *hash,
            memory_kib,
            passes,
        })
    }

    /// Takes as long as making one, whatever the answer.
    pub(super) fn fits(&self, password: &str) -> Result<bool, DeskError> {
        let hash = hash(password, &self.salt, self.memory_kib, self.passes)?;
        Ok(hash.ct_eq(&self.hash).into())
    }

    pub(super) fn load(connection: &Connection, name: &str) -> Result<Option<Self>, DeskError> {
        let sql = "SELECT salt, password, memory_kib, passes FROM users
                   WHERE name = ?1 AND disabled = 0";
        let kept = connection.prepare_cached(sql)?.query_row([name], |row| {
            Ok(Self {
                salt: row.get(0)?,
                hash: row.get(1)?,
                memory_kib: row.get(2)?,
                passes: row.get(3)?,
            })
        });
        Ok(kept.optional()?)
    }
}

fn hash(
    password: &str,
    salt: &[u8; SALT_BYTES],
    memory_kib: u32,
    passes: u32,
) -> Result<Zeroizing<[u8; HASH_BYTES]>, DeskError> {
    let failed = |_| DeskError::Internal { code: 0 };
    let params = Params::new(memory_kib, passes, 1, Some(HASH_BYTES)).map_err(failed)?;
    let mut out = Zeroizing::new([0; HASH_BYTES]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(password.as_bytes(), salt, out.as_mut_slice())
        .map_err(failed)?;
    Ok(out)
}

pub(super) fn load(connection: &Connection, name: &str) -> Result<Option<User>, DeskError> {
    let sql = "SELECT name, display_name, role FROM users WHERE name = ?1 AND disabled = 0";
    let user = connection.prepare_cached(sql)?.query_row([name], |row| {
        Ok(User {
            name: row.get(0)?,
            display_name: row.get(1)?,
            role: role_from(row.get(2)?),
        })
    });
    Ok(user.optional()?)
}

/// Login names are written in small letters everywhere.
pub(super) fn normalized(name: &str) -> String {
    name.trim().to_ascii_lowercase()
}

fn check_name(name: &str) -> Result<(), DeskError> {
    let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_');
    let fits = (1..=NAME_MAX_CHARS).contains(&name.len())
        && name.bytes().all(allowed)
        && name != COMMAND_LINE;
    fits.then_some(()).ok_or(DeskError::BadName {
        limit: NAME_MAX_CHARS,
    })
}

fn check_display_name(name: &str) -> Result<(), DeskError> {
    let fits =
        (1..=NAME_MAX_CHARS).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    fits.then_some(()).ok_or(DeskError::BadName {
        limit: NAME_MAX_CHARS,
    })
}

fn check_password(password: &str) -> Result<(), DeskError> {
    let (min, max) = (PASSWORD_MIN_CHARS, PASSWORD_MAX_CHARS);
    let fits = (min..=max).contains(&password.chars().count());
    fits.then_some(())
        .ok_or(DeskError::BadPassword { min, max })
}

impl Desk {
    /// Adds somebody who may log in. Login names are taken in small letters;
    /// display names are unique, because colleagues are told apart by them.
    pub fn add_user(
        &self,
        name: &str,
        display_name: &str,
        role: Role,
        password: &str,
    ) -> Result<User, DeskError> {
        let (name, display_name) = (normalized(name), display_name.trim());
        check_name(&name)?;
        check_display_name(display_name)?;
        check_password(password)?;
        let kept = Kept::new(password, self.env.random())?;
        let now = self.env.now();
        self.store.write(|transaction| {
            let sql = "INSERT OR IGNORE INTO users
                           (name, display_name, role, salt, password, memory_kib, passes)
                       VALUES (:name, :display, :role, :salt, :hash, :memory, :passes)";
            let added = transaction.prepare_cached(sql)?.execute(named_params! {
                ":name": name,
                ":display": display_name,
                ":role": role_code(role),
                ":salt": kept.salt.as_slice(),
                ":hash": kept.hash.as_slice(),
                ":memory": kept.memory_kib,
                ":passes": kept.passes,
            })?;
            if added == 0 {
                return Err(DeskError::NameTaken);
            }
            audit::write(transaction, now, COMMAND_LINE, audit::ADDED_USER, None)?;
            load(transaction, &name)?.ok_or(DeskError::NotFound)
        })
    }

    /// Gives somebody another password and ends all their sessions.
    pub fn set_password(&self, name: &str, password: &str) -> Result<(), DeskError> {
        check_password(password)?;
        let name = normalized(name);
        let kept = Kept::new(password, self.env.random())?;
        let now = self.env.now();
        self.store.write(|transaction| {
            let sql = "UPDATE users SET salt = :salt, password = :hash, memory_kib = :memory,
                           passes = :passes
                       WHERE name = :name";
            let changed = transaction.prepare_cached(sql)?.execute(named_params! {
                ":salt": kept.salt.as_slice(),
                ":hash": kept.hash.as_slice(),
                ":memory": kept.memory_kib,
                ":passes": kept.passes,
                ":name": name,
            })?;
            end_sessions_of(transaction, changed, &name)?;
            transaction.execute("DELETE FROM login_failures WHERE name = ?1", [&name])?;
            audit::write(
                transaction,
                now,
                COMMAND_LINE,
                audit::CHANGED_PASSWORD,
                None,
            )
        })
    }

    /// Shuts somebody out at once, or lets them in again. What they did keeps
    /// their name.
    pub fn set_user_disabled(&self, name: &str, disabled: bool) -> Result<(), DeskError> {
        let name = normalized(name);
        let now = self.env.now();
        self.store.write(|transaction| {
            let sql = "UPDATE users SET disabled = ?2 WHERE name = ?1";
            let changed = transaction.execute(sql, (&name, disabled))?;
            end_sessions_of(transaction, changed, &name)?;
            let action = if disabled {
                audit::DISABLED_USER
            } else {
                audit::ENABLED_USER
            };
            audit::write(transaction, now, COMMAND_LINE, action, None)
        })
    }

    /// Everybody who may log in, by login name.
    pub fn users(&self) -> Result<Vec<User>, DeskError> {
        self.store.read(|connection| {
            let sql = "SELECT name, display_name, role FROM users WHERE disabled = 0 ORDER BY name";
            let mut statement = connection.prepare(sql)?;
            let users = statement.query_map([], |row| {
                Ok(User {
                    name: row.get(0)?,
                    display_name: row.get(1)?,
                    role: role_from(row.get(2)?),
                })
            })?;
            Ok(users.collect::<Result<_, _>>()?)
        })
    }
}

fn end_sessions_of(connection: &Connection, found: usize, name: &str) -> Result<(), DeskError> {
    if found == 0 {
        return Err(DeskError::NotFound);
    }
    connection.execute("DELETE FROM sessions WHERE user = ?1", [name])?;
    Ok(())
}
