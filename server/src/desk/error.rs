//! What can go wrong at the desk, named after what somebody can do about it.

use loive_cipher::{MigrateError, OpenError};

/// Why the desk did not do it. Holds no word of a form and no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DeskError {
    /// There is no such report, row or user here.
    #[error("there is no such thing at this desk")]
    NotFound,
    /// Only for administrators.
    #[error("only an administrator may do this")]
    Forbidden,
    /// The report is somebody else's.
    #[error("a colleague has claimed this report; ask them first")]
    NotYours,
    /// A text, a reason or a name is needed.
    #[error("something must be written here")]
    Empty,
    /// The text is too long.
    #[error("at most {limit} characters are allowed")]
    TooLong {
        /// How many characters are allowed.
        limit: usize,
    },
    /// The thread of this report has as many changes as it may have.
    #[error("no more can be written to this report")]
    Full,
    /// Too many tries.
    #[error("too many tries; wait {seconds} s")]
    Throttled {
        /// When it may be tried again, in seconds.
        seconds: u64,
    },
    /// A login or display name that somebody has.
    #[error("this name is taken; choose another")]
    NameTaken,
    /// A login name of other letters than `a`–`z`, digits, `.`, `-`, `_`, or a
    /// display name that is empty or too long.
    #[error(
        "a login name has 1 to {limit} of a-z, 0-9, '.', '-', '_'; a display name 1 to {limit} characters"
    )]
    BadName {
        /// The limit in characters.
        limit: usize,
    },
    /// A password that is too short or too long.
    #[error("a password has {min} to {max} characters")]
    BadPassword {
        /// The fewest characters.
        min: usize,
        /// The most characters.
        max: usize,
    },
    /// Another program holds the store.
    #[error("the desk's store is busy; try again")]
    Busy,
    /// No space is left.
    #[error(
        "the desk's storage is full: free some space; nothing was lost, and nothing new is kept until then"
    )]
    StorageFull,
    /// The store's bytes are not what was written.
    #[error(
        "the desk's store is damaged: stop, set desk.db aside and restore a backup, or start empty and let it read the relay again"
    )]
    Damaged,
    /// Anything else; the code is the database's, 0 where there is none.
    #[error("the desk failed (code {code}); report this code")]
    Internal {
        /// The code.
        code: i32,
    },
}

/// Why a desk did not open.
#[derive(Debug, thiserror::Error)]
pub enum DeskOpenError {
    /// The file.
    #[error("desk.db: {0}")]
    Open(#[from] OpenError),
    /// Its tables.
    #[error("desk.db: {0}")]
    Migrate(#[from] MigrateError),
    /// Its first read or write.
    #[error("desk.db: {0}")]
    Store(#[from] DeskError),
    /// The root has not certified the key that answers would be signed with.
    #[error(
        "the root has not certified the desk's sign key, or has retired it: run `hotline certify`, or put the right sign.key in place"
    )]
    SignKeyNotCertified,
    /// No key to open reports with.
    #[error("there is no seal key: put the seal-*.key files in place")]
    NoSealKey,
}

/// The one place where an error of SQLite becomes ours. Its text, which may hold
/// a statement or a value, ends here.
impl From<rusqlite::Error> for DeskError {
    fn from(error: rusqlite::Error) -> Self {
        if loive_cipher::is_storage_full(&error) {
            return Self::StorageFull;
        }
        if loive_cipher::is_damaged(&error) {
            return Self::Damaged;
        }
        match error.sqlite_error() {
            Some(failure)
                if matches!(
                    failure.code,
                    rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked
                ) =>
            {
                Self::Busy
            }
            Some(failure) => Self::Internal {
                code: failure.extended_code,
            },
            None => Self::Internal { code: 0 },
        }
    }
}
