use libsqlite3_sys as ffi;
use rusqlite::ErrorCode;
use thiserror::Error;

/// Why a store did not open, named after what the person can do about it.
///
/// Neither the messages nor the debug output hold anything but numbers: no path,
/// no SQL, no key and no word of what is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The first page does not authenticate, or the file is cut short. SQLCipher
    /// cannot tell one from the other: both look like bytes from elsewhere.
    #[error(
        "the store does not open with this key: try the key or PIN again; if it is \
         right, the file is damaged, so set it aside and start a new store"
    )]
    WrongKeyOrDamaged,

    /// An ordinary SQLite database, readable by anyone, lies where the store should.
    #[error(
        "the file is a database without encryption and is not used: move it away or \
         choose another place for the store"
    )]
    NotEncrypted,

    /// This program was built without SQLCipher and would write plaintext.
    #[error(
        "this program was built without encryption and opens no store: install a \
         build that has it"
    )]
    NoCipher,

    /// No space is left.
    #[error("the storage is full: free some space and try again")]
    Full,

    /// The file, its folder or the whole file system cannot be written.
    #[error(
        "the store cannot be written: give this program write access to the file and \
         its folder"
    )]
    ReadOnly,

    /// Somebody else held the store for longer than [`Options::busy_timeout`].
    ///
    /// [`Options::busy_timeout`]: crate::Options::busy_timeout
    #[error("another program is using the store: close it, or wait, and try again")]
    Busy,

    /// The file system refused or failed.
    #[error(
        "the store's file cannot be reached (code {code}): check that its folder \
         exists and that the storage is in order"
    )]
    Io {
        /// SQLite's extended result code.
        code: i32,
    },

    /// Anything else.
    #[error("the store did not open (code {code}): restart, and report this code if it stays")]
    Other {
        /// SQLite's extended result code, 0 where there is none.
        code: i32,
    },
}

impl OpenError {
    /// The one place where an error of SQLite becomes ours. Its text, which may
    /// hold a path or a statement, ends here.
    pub(crate) fn from_sqlite(error: &rusqlite::Error) -> Self {
        let Some(failure) = error.sqlite_error() else {
            return Self::Other { code: 0 };
        };
        let code = failure.extended_code;
        if is_storage_full(error) {
            return Self::Full;
        }
        match failure.code {
            // A search index at odds with its table; it can be rebuilt from that.
            ErrorCode::DatabaseCorrupt if code == ffi::SQLITE_CORRUPT_VTAB => Self::Other { code },
            ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt => Self::WrongKeyOrDamaged,
            // The file was renamed or removed under an open connection.
            ErrorCode::ReadOnly if code == ffi::SQLITE_READONLY_DBMOVED => Self::Io { code },
            ErrorCode::ReadOnly | ErrorCode::PermissionDenied => Self::ReadOnly,
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Busy,
            ErrorCode::SystemIoFailure
            | ErrorCode::CannotOpen
            | ErrorCode::FileLockingProtocolFailed
            | ErrorCode::NoLargeFileSupport => Self::Io { code },
            _ => Self::Other { code },
        }
    }

    /// For what the standard library could not read.
    pub(crate) fn from_io(error: &std::io::Error) -> Self {
        use std::io::ErrorKind;
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::Full,
            ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            ErrorKind::PermissionDenied => Self::Io {
                code: ffi::SQLITE_IOERR_ACCESS,
            },
            _ => Self::Io {
                code: ffi::SQLITE_IOERR_READ,
            },
        }
    }
}

/// Whether a statement failed because no space is left. Nothing of its
/// transaction was kept; after space was freed it can be tried again.
pub fn is_storage_full(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|failure| {
        failure.code == ErrorCode::DiskFull
            // The index of the WAL could not grow, by 32 kB at a time: SQLite
            // has no other word for a full disk there.
            || failure.extended_code == ffi::SQLITE_IOERR_SHMSIZE
    })
}

/// Whether a statement failed because the store's bytes are not what was
/// written. The connection is of no more use, and answers everything that
/// follows with "out of memory": close it at the first such error, call
/// [`set_aside`](crate::set_aside), and say so.
pub fn is_damaged(error: &rusqlite::Error) -> bool {
    matches!(OpenError::from_sqlite(error), OpenError::WrongKeyOrDamaged)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(code: i32) -> rusqlite::Error {
        let text = "no such table: /home/em/Lào Cai".to_owned();
        rusqlite::Error::SqliteFailure(ffi::Error::new(code), Some(text))
    }

    #[test]
    fn every_code_becomes_what_the_person_can_do() {
        use OpenError::{Busy, Full, Io, Other, ReadOnly, WrongKeyOrDamaged};
        let io = |code| Io { code };
        let other = |code| Other { code };
        let cases = [
            (ffi::SQLITE_NOTADB, WrongKeyOrDamaged),
            (ffi::SQLITE_CORRUPT, WrongKeyOrDamaged),
            (ffi::SQLITE_CORRUPT_INDEX, WrongKeyOrDamaged),
            (ffi::SQLITE_CORRUPT_VTAB, other(ffi::SQLITE_CORRUPT_VTAB)),
            (ffi::SQLITE_FULL, Full),
            (ffi::SQLITE_IOERR_SHMSIZE, Full),
            (ffi::SQLITE_READONLY, ReadOnly),
            (ffi::SQLITE_READONLY_DIRECTORY, ReadOnly),
            (ffi::SQLITE_PERM, ReadOnly),
            (
                ffi::SQLITE_READONLY_DBMOVED,
                io(ffi::SQLITE_READONLY_DBMOVED),
            ),
            (ffi::SQLITE_BUSY, Busy),
            (ffi::SQLITE_BUSY_RECOVERY, Busy),
            (ffi::SQLITE_LOCKED, Busy),
            (ffi::SQLITE_CANTOPEN, io(ffi::SQLITE_CANTOPEN)),
            (ffi::SQLITE_IOERR_FSYNC, io(ffi::SQLITE_IOERR_FSYNC)),
            (ffi::SQLITE_NOMEM, other(ffi::SQLITE_NOMEM)),
            (ffi::SQLITE_ERROR, other(ffi::SQLITE_ERROR)),
        ];
        for (code, expected) in cases {
            let error = failure(code);
            assert_eq!(OpenError::from_sqlite(&error), expected, "code {code}");
            assert_eq!(is_damaged(&error), expected == WrongKeyOrDamaged);
            assert_eq!(is_storage_full(&error), expected == Full);
        }
        let without_code = OpenError::from_sqlite(&rusqlite::Error::QueryReturnedNoRows);
        assert_eq!(without_code, Other { code: 0 });
    }

    #[test]
    fn the_text_of_sqlite_ends_here() {
        let error = OpenError::from_sqlite(&failure(ffi::SQLITE_ERROR));
        assert!(!format!("{error} {error:?}").contains("Cai"));
    }
}
